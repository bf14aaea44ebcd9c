"""The command line of ``model.claims``: a text's figures against the posterior of a run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.archive import store
from model.archive.run_argument import opened_run
from model.case.checkout import RUNS
from model.terminal.commands import App
from model.terminal.options import OUTPUT, Format, Run, Runs, Wide
from model.terminal.output import command_line, print_as
from model.terminal.screen import Interruption, Talk, interruptible

if TYPE_CHECKING:
    from model.claims.paragraph import Paragraph

DONE, FAULTY, NOT_CONVERGED = 0, 2, 3
#: Largest text that is read, in bytes; a page has some thousand.
LARGEST = 2_000_000
STDIN = "-"

app = App()


@app.command(
    help="Check a newspaper's sentences against a run: each amount, count and share of a text, "
    "with what it seems to measure, where the posterior stands, and whether it is supported, "
    "stretched, contradicted, or not about anything modelled. Rules read the text; what it leaves "
    "open is said. No fit is run, and nothing is written.",
    epilog="Examples:\n"
    "  {command} RUN article.txt\n"
    "  {command} RUN - < article.txt\n\n"
    "Exit status: 0 done, whatever the verdicts; 2 invalid run, text or arguments; 3 done, but "
    "the run's sampler had not converged; 130 interrupted.",
)
def claims(
    run: Run,
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A text in English, as UTF-8; - for standard input."),
    ],
    runs: Runs = RUNS,
    output_format: Annotated[
        Format,
        typer.Option("--format", metavar="FORMAT", help="What to print.", rich_help_panel=OUTPUT),
    ] = Format.table,
    wide: Wide = False,
) -> None:
    """Check a text."""
    talk = Talk(verbose=output_format is Format.table)
    status = interruptible(
        lambda interruption: _run(
            run, runs, file, talk, interruption, output_format=output_format, wide=wide
        ),
        "Interrupted.",
    )
    raise typer.Exit(status)


def _run(
    name: str, output: Path, file: str, talk: Talk, interruption: Interruption, *,
    output_format: Format, wide: bool,
) -> int:  # fmt: skip
    try:
        text = read_text(file)
    except UnreadableTextError as error:
        talk.fault(f"FILE: {error}; nothing was checked")
        return FAULTY
    opened = opened_run(name, output, talk, "nothing was checked")
    if opened is None:
        return FAULTY
    from model.case.faults import CaseError
    from model.claims.paragraph import check

    try:
        found = check(opened[0], text, interruption.check)
    except CaseError as error:
        talk.report(error)
        return FAULTY
    except store.DamagedRunError as error:
        talk.fault(f"{error}; nothing was checked")
        return FAULTY
    if not found.converged:
        talk.fault("NOT CONVERGED: do not use these numbers.")
    _print(found, output_format, wide=wide)
    return DONE if found.converged else NOT_CONVERGED


class UnreadableTextError(ValueError):
    """A text that cannot be read; the message says why."""


def read_text(file: str) -> str:
    """The text of a file, or of standard input.

    Raises
    ------
    UnreadableTextError
        If it cannot be read, is too large, or is not text in UTF-8.
    """
    try:
        if file != STDIN:
            with open(file, "rb") as opened:
                content = opened.read(LARGEST + 1)
        elif sys.stdin is None:
            raise UnreadableTextError("there is no standard input; name a file")
        else:
            content = sys.stdin.buffer.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, UnreadableTextError):
            raise
        why = error.strerror if isinstance(error, OSError) else error
        raise UnreadableTextError(f"{file!r} cannot be read ({why})") from None
    if len(content) > LARGEST:
        raise UnreadableTextError(
            f"the text has more than {LARGEST:,} bytes; cut out the paragraphs to be checked"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTextError(
            f"the text is not UTF-8 (byte {error.start + 1}); save it as plain text in UTF-8"
        ) from None


def _print(found: Paragraph, output_format: Format, *, wide: bool) -> None:
    from model.claims.as_data import content, table
    from model.claims.told import show

    print_as(
        output_format,
        lambda: table(found),
        lambda: content(found),
        lambda: show(found, wide=wide),
    )


if __name__ == "__main__":
    command_line(app)
