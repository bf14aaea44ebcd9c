"""Options that choose what of an answer is shown, and how: they change no run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

#: Heading of these options in the help.
PANEL = "What is shown of the answer"


class Kind(StrEnum):
    """What a case can be asked to list."""

    scenarios = "scenarios"
    quantities = "quantities"
    sources = "sources"
    rows = "rows"
    readings = "readings"


class Format(StrEnum):
    """What to print."""

    table = "table"
    json = "json"
    csv = "csv"
    folder = "folder"
    xlsx = "xlsx"


@dataclass(frozen=True, slots=True)
class View:
    """A view of an answer, as it is asked for; see ``model.result.views``.

    Attributes
    ----------
    year : int or None
    by : str
        ``month``, ``quarter``, ``year``, ``fiscal`` or ``fiscal/04``.
    first, last : str
        Months; blank for the first and the last.
    per_worker : bool
    currency : str
    real : int or None
        Year at whose prices amounts are stated.
    """

    year: int | None = None
    by: str = "year"
    first: str = ""
    last: str = ""
    per_worker: bool = False
    currency: str = "USD"
    real: int | None = None

    @property
    def asked(self) -> bool:
        """Whether it is another view than the usual one, years in dollars."""
        return self != View()


#: Options under that heading.
_shown = partial(typer.Option, rich_help_panel=PANEL)

Listed = Annotated[
    Kind | None,
    _shown("--list", metavar="WHAT", help="Instead: list what the case holds."),
]
Year = Annotated[
    int | None,
    _shown(metavar="YEAR", min=1990, max=2100, help="Only this year."),
]
By = Annotated[
    str,
    _shown(metavar="PERIOD", help="month, quarter, year, or fiscal/04 for years from April."),
]
First = Annotated[
    str,
    _shown("--from", metavar="MONTH", help="First month, YYYY-MM."),
]
Last = Annotated[
    str,
    _shown(
        "--to", metavar="MONTH", help="Last month, YYYY-MM; the months named are also added up."
    ),
]
PerWorker = Annotated[
    bool,
    _shown("--per-worker", help="Divide by the workers present."),
]
Currency = Annotated[
    str,
    _shown(metavar="CODE", help="Another currency, at each month's rate."),
]
Plot = Annotated[
    list[str] | None,
    _shown(
        metavar="NAME[=FILE]",
        help="Also draw a figure, such as headline, years or workers, as FILE.png or FILE.svg; "
        "with --sweep, sweep. Repeatable.",
    ),
]
Printed = Annotated[
    Format,
    _shown(
        "--format",
        metavar="FORMAT",
        help="What to print; folder prints the run's folder, for scripts; xlsx writes a workbook "
        "of all tables into it, and prints its path.",
    ),
]
Real = Annotated[
    int | None,
    _shown(
        min=1990,
        max=2100,
        metavar="YEAR",
        help="At the prices of a year, by the case's prices.csv.",
    ),
]
