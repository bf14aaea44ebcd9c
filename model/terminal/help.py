"""The help of a command or a group: prose and options in columns, broken between words only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from model.terminal.output import columns
from model.terminal.plain_text import wrapped

#: Widest column of options; the help of a longer one begins on the next line.
WIDEST = 28
#: Widest text, which is easier to read than what fills a wide terminal.
READABLE = 100
#: The last headings: of what is printed and written, and of options without a heading.
OUTPUT, OTHER = "Output", "Other options"

#: A number beyond which a limit is not worth a word.
ANY = 2**31
#: A blank at which no line is broken.
KEPT = "\u00a0"

Row = tuple[str, str]


def help_text(context: Any) -> str:
    """The help of a context's command: usage, what it does, options by heading, examples.

    Parameters
    ----------
    context : typer.Context
    """
    command, width = context.command, min(columns(), READABLE)
    lines = [*_told(command.get_usage(context), width, "    ")]
    lines += _told(command.help or "", width)
    for heading, rows in _sections(context).items():
        lines += ["", _strong(heading), *_rows(rows, width)]
    # an example names the command as it was called
    lines += _told((command.epilog or "").replace("{command}", context.command_path), width)
    return "\n".join(lines).lstrip("\n").replace(KEPT, " ") + "\n"


def _told(text: str, width: int, hang: str = "") -> Iterator[str]:
    """Paragraphs, each after a blank line; lines that begin with a blank are kept apart."""
    for paragraph in filter(None, text.split("\n\n")):
        yield ""
        for line in re.sub(r"(?<=\S)\n(?=\S)", " ", paragraph).split("\n"):
            if line[:1] == " ":
                yield from example(line, width)
            else:
                yield from wrapped(line, width, hang)


def example(line: str, width: int) -> list[str]:
    """An example over as many lines as it needs, broken before options; a shell joins them."""
    lines: list[str] = []
    for piece in line.split(" --"):
        option = f"--{piece}" if lines else piece
        if lines and len(f"{lines[-1]} {option} \\") <= width:
            lines[-1] += f" {option}"
        else:
            lines.append(f"    {option}" if lines else option)
    return [*(f"{one} \\" for one in lines[:-1]), lines[-1]]


def _sections(context: Any) -> dict[str, list[Row]]:
    """Arguments, options and commands by heading, in order; options without one come last."""
    command = context.command
    found: dict[str, list[Row]] = {}
    others = []
    for one in command.get_params(context):
        if one.hidden:
            continue
        heading = one.rich_help_panel
        if one.param_type_name == "argument":
            found.setdefault(heading or "Arguments", []).append((metavar(one), said(one, context)))
        elif heading:
            found.setdefault(heading, []).append((_option(one), said(one, context)))
        else:
            others.append((_option(one), said(one, context)))
    for name, one in getattr(command, "commands", {}).items():
        text = (one.short_help or one.help or "").split("\n\n")[0]
        found.setdefault(one.rich_help_panel or "Commands", []).append((name, text))
    output = found.pop(OUTPUT, [])
    return {
        name: rows for name, rows in [*found.items(), (OUTPUT, output), (OTHER, others)] if rows
    }


def _option(one: Any) -> str:
    """An option as it is typed."""
    return " ".join([", ".join([*one.opts, *one.secondary_opts]), metavar(one)]).strip()


def metavar(one: Any) -> str:
    """What stands for an argument's or option's value; blank for a flag."""
    if one.metavar is not None:
        return str(one.metavar)
    if getattr(one, "is_flag", False):
        return ""
    return "N" if getattr(one, "min", None) is not None else str(one.name).upper()


def said(one: Any, context: Any) -> str:
    """What an option or argument does, what it takes and what it is unless given."""
    parts = [one.help or ""]
    choices = one.type_descriptor.choices
    if choices:
        parts.append(f"One of: {', '.join(map(_value, choices))}.")
    facts = [_range(*(getattr(one, name, None) for name in ("min", "max")))]
    default = one.get_default(context, call=False)
    if one.show_default and default not in (None, "", False, (), []):
        facts.append(f"default {_value(default)}")
    if any(facts):
        parts.append(f"[{'; '.join(one.replace(' ', KEPT) for one in facts if one)}]")
    return " ".join(filter(None, parts))


def _range(low: int | None, high: int | None) -> str:
    """The numbers that an option takes; blank if every one that anybody would write."""
    if not low:
        return "" if high is None or high > ANY else f"at most {_number(high)}"
    return f"at least {low}" if high is None else f"{_number(low)} to {_number(high)}"


def _number(number: int) -> str:
    return f"{number:,}" if number >= 10_000 else str(number)


def _value(value: Any) -> str:
    return str(getattr(value, "value", value))


def _rows(rows: Sequence[Row], width: int) -> Iterator[str]:
    """Two columns; on a narrow terminal, or where the first is long, one below the other."""
    fits = min(WIDEST, width // 2)
    first = max((len(name) for name, _ in rows if len(name) <= fits), default=0)
    for name, text in rows:
        broken = wrapped(text, width - first - 4)
        if len(name) > first:
            yield f"  {name}"
        else:
            yield f"  {name:<{first}}  {broken.pop(0)}".rstrip()
        yield from (f"{'':{first + 4}}{line}" for line in broken)


def _strong(heading: str) -> str:
    """A heading, bold in a terminal; what is printed elsewhere has no such codes."""
    import typer

    return typer.style(heading, bold=True)
