"""Tables and prose in the terminal: they fit its width, and their text is never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from model.terminal.plain_text import one_line, wrapped

#: Width of a cell of text beyond which it is broken into lines, where columns are scarce.
LONG = 30
#: Columns of a table that are never left out: what a row is about, and one thing about it.
FEWEST = 2


class Screen(Console):
    """A console for which text is text: no markup, no emoji codes, nothing that acts."""

    def render_str(self, text: str, **options: Any) -> Text:
        """A line of text; styles and several lines need ``styled`` and ``stacked``."""
        plain = dict.fromkeys(("markup", "emoji", "highlight"), False)
        return super().render_str(one_line(text), **(options | plain))

    def tell(self, text: str, style: str = "", *, hang: str = "") -> None:
        """Print a text over as many lines as it needs, broken between words."""
        for line in wrapped(text, self.width, hang):
            self.print(styled(line, style), soft_wrap=True)


def screen(*, stderr: bool = False) -> Screen:
    """The console on which a command prints; without a terminal, of 80 columns or ``COLUMNS``."""
    return Screen(stderr=stderr)


def styled(text: str, style: str) -> Text:
    """A line of text in a style, such as ``bold red``."""
    return Text(one_line(text), style)


def stacked(*lines: str) -> Text:
    """Several lines in one cell of a table."""
    return Text("\n".join(map(one_line, lines)))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table to print.

    Attributes
    ----------
    heading : str
    justify : {"left", "right"}
    style : str
        Style of its cells, in a terminal.
    rank : int
        Where columns are scarce, those with the highest rank are left out first; of one rank, the
        last.
    long : int
        Width of a cell of text beyond which it is broken into lines, where columns are scarce.
    """

    heading: str
    justify: Literal["left", "right"] = "right"
    style: str = ""
    rank: int = 0
    long: int = LONG


Cell = str | Text


def put(
    console: Screen,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    title: str = "",
    *,
    wide: bool = False,
) -> None:
    """Print a table.

    In a terminal, columns are left out until it fits, which is said below it. Elsewhere, or if
    ``wide``, it is whole, and as wide as it needs to be; if closer columns make it fit, they are.

    Parameters
    ----------
    console : Screen
    columns : sequence of Column
        The first says what a row is about.
    rows : iterable of sequence
        Cells of each row, by column.
    title : str
    wide : bool
    """
    told = [list(row) for row in rows]
    kept = list(range(len(columns)))
    fits = not wide and console.is_terminal
    while (
        fits
        and len(kept) > FEWEST
        and _needed(console, _table(console, columns, told, kept)) > console.width
    ):
        kept.remove(max(kept[1:], key=lambda place: (columns[place].rank, place)))
    if title:
        console.tell(title, "bold" if console.is_terminal else "")
    table = _table(console, columns, told, kept, narrow=fits)
    width = console.width
    if not fits and _needed(console, table) > width:
        closer = _table(console, columns, told, kept, narrow=False, close=True)
        table = closer if _needed(console, closer) <= width else table
        console.width = max(width, _needed(console, table))
    _print(console, table)
    console.width = width
    left = [one.heading for place, one in enumerate(columns) if place not in kept]
    if left:
        console.tell(
            f"  Left out to fit {console.width} columns: {', '.join(left)}; --wide prints all."
        )


def _print(console: Screen, table: Table) -> None:
    """Print a table; into a file without the blanks that fill up its lines."""
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.print(Text(line.rstrip()), soft_wrap=True)


def _needed(console: Screen, table: Table) -> int:
    """Columns of the terminal that a table needs."""
    return Measurement.get(console, console.options.update(max_width=10_000), table).maximum


def _table(
    console: Screen,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    kept: Sequence[int],
    *,
    narrow: bool = True,
    close: bool = False,
) -> Table:
    """Some columns of a table, framed in a terminal and plain elsewhere.

    ``narrow`` breaks long cells and headings into lines; ``close`` breaks headings alone, and
    leaves one blank between columns.
    """
    handsome = console.is_terminal
    table = Table(
        box=box.SIMPLE_HEAD if handsome else None,
        pad_edge=False,
        padding=(0, 1) if handsome else (0, 1 if close else 2, 0, 0),
        collapse_padding=handsome,
    )
    for place in kept:
        one = columns[place]
        cells = [row[place] for row in rows]
        longest = max((cell_len(line) for cell in cells for line in _lines(cell)), default=0)
        # a column of single words cannot fold, and what narrows it would cut them
        most = max(one.long, *map(_longest_word, cells))
        folds = narrow and longest > most and one.justify == "left"
        heading = _halved(one.heading, longest) if narrow or close else [one.heading]
        table.add_column(
            stacked(*heading),
            justify=one.justify,
            style=one.style if handsome else "",
            no_wrap=not folds,
            max_width=most if folds else None,
        )
    for row in rows:
        table.add_row(*(row[place] for place in kept))
    return table


def _halved(heading: str, least: int) -> list[str]:
    """A heading on as many as two lines, no wider than they or the cells below need."""
    widths = range(least, cell_len(heading))
    tried = (wrapped(heading, width) for width in widths)
    return next((lines for lines in tried if len(lines) <= 2), [heading])


def _lines(cell: Cell) -> list[str]:
    return str(cell).splitlines()


def _longest_word(cell: Cell) -> int:
    return max(map(cell_len, str(cell).split()), default=0)


def cell(value: Any) -> str:
    """A cell as text; numbers have four digits."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    return str(value)
