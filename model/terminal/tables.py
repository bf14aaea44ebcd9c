"""Tables in the terminal, framed on screen and plain when piped."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table


def empty_table(console: Console, title: str | None = None, **options: Any) -> Table:
    """An empty table without columns, framed if the console is a terminal."""
    frame = box.SIMPLE_HEAD if console.is_terminal else None
    return Table(title=title, title_justify="left", box=frame, pad_edge=False, **options)


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
