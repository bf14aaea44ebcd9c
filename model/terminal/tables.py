"""Tables in the terminal, framed on screen and plain when piped; text is never markup."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from model.terminal.plain_text import one_line


class Screen(Console):
    """A console for which text is text: no markup, no emoji codes, nothing that acts."""

    def render_str(self, text: str, **options: Any) -> Text:
        """A line of text; styles and several lines need ``styled`` and ``stacked``."""
        plain = dict.fromkeys(("markup", "emoji", "highlight"), False)
        return super().render_str(one_line(text), **(options | plain))


def screen(*, stderr: bool = False, soft_wrap: bool = False) -> Screen:
    """The console on which a command prints."""
    return Screen(stderr=stderr, soft_wrap=soft_wrap)


def styled(text: str, style: str) -> Text:
    """A line of text in a style, such as ``bold red``."""
    return Text(one_line(text), style)


def stacked(*lines: str) -> Text:
    """Several lines in one cell of a table."""
    return Text("\n".join(map(one_line, lines)))


def empty_table(console: Console, title: str | None = None, **options: Any) -> Table:
    """An empty table without columns, framed if the console is a terminal."""
    frame = box.SIMPLE_HEAD if console.is_terminal else None
    return Table(title=title, title_justify="left", box=frame, pad_edge=False, **options)


def bare_table() -> Table:
    """An empty table without frame and with narrow gaps between its columns."""
    return Table(box=None, pad_edge=False, collapse_padding=True)


def widen(console: Console, *tables: Table) -> None:
    """Make the console as wide as its widest table.

    A table cut to the terminal would lose columns; its lines wrap instead.
    """
    options = console.options.update(max_width=10_000)
    needed = max(Measurement.get(console, options, table).maximum for table in tables)
    console.width = max(console.width, needed)


def cell(value: Any) -> str:
    """A cell as text; numbers have four digits."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    return str(value)
