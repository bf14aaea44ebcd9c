"""Options shared by several command lines."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """What to print."""

    table = "table"
    json = "json"
    csv = "csv"


Inputs = Annotated[
    str, typer.Option(metavar="CASE", help="A case in this checkout by name, or any folder.")
]
Printed = Annotated[
    Format, typer.Option("--format", help="What to print; csv prints one check's table.")
]
Cores = Annotated[int | None, typer.Option(min=1, help="Number of fits at once.")]
Scheduler = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="A Dask scheduler for the fits, such as tcp://host:8786."),
]
Wide = Annotated[
    bool, typer.Option("--wide", help="Print tables whole, though the terminal is narrower.")
]
Run = Annotated[
    str,
    typer.Argument(
        help="Name of a run, its folder or the start of its name; latest for the newest."
    ),
]
Runs = Annotated[
    Path, typer.Option("--runs", "--output", help="Folder of runs, in which each gets a folder.")
]
Name = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Name the run, so that commands find it by that; the run that had the name loses it.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only the result.")]
