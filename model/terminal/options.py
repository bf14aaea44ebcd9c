"""Options shared by several command lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from model.terminal.help import OUTPUT as OUTPUT


def one_of(names: Sequence[str]) -> Callable[[str], list[str]]:
    """What a shell offers for an option that takes one of some names."""

    def offered(incomplete: str) -> list[str]:
        return [name for name in names if name.startswith(incomplete)]

    return offered


class Format(StrEnum):
    """What to print."""

    table = "table"
    json = "json"
    csv = "csv"


#: Headings of options in the help, beside that of output.
QUESTION, FITS = "The question", "The fits"

Inputs = Annotated[
    str,
    typer.Option(
        metavar="CASE",
        help="A case in this checkout by name, or any folder.",
        rich_help_panel=QUESTION,
    ),
]
Printed = Annotated[
    Format,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="What to print; csv prints one check's table.",
        rich_help_panel=OUTPUT,
    ),
]
Cores = Annotated[
    int | None, typer.Option(min=1, help="Number of fits at once.", rich_help_panel=FITS)
]
Scheduler = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="A Dask scheduler for the fits, such as tcp://host:8786.",
        rich_help_panel=FITS,
    ),
]
Wide = Annotated[
    bool,
    typer.Option(
        "--wide",
        help="Print tables whole, though the terminal is narrower.",
        rich_help_panel=OUTPUT,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="Print only the result.", rich_help_panel=OUTPUT)
]
Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="Name of a run, its folder or the start of its name; latest for the newest.",
    ),
]
#: Of commands that write nothing but runs.
Runs = Annotated[
    Path,
    typer.Option(
        "--runs",
        "--output",
        metavar="FOLDER",
        help="Folder of runs, in which each has a folder.",
        rich_help_panel=OUTPUT,
    ),
]
#: Of commands whose ``--output`` is something else.
OnlyRuns = Annotated[
    Path,
    typer.Option(
        "--runs",
        metavar="FOLDER",
        help="Folder of runs, where RUN is looked for.",
        rich_help_panel=OUTPUT,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Name the run, so that commands find it by that; the run that had the name loses it.",
        rich_help_panel=OUTPUT,
    ),
]
