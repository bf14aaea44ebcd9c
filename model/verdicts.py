"""Verdicts and tables of checks, as a person reads them in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model import store
from model.question import source_hash

if TYPE_CHECKING:
    from model.checks import CheckResult
    from model.terminal import Talk

Json = dict[str, Any]

TITLES = {
    "prior_predictive": "Priors alone",
    "posterior_predictive": "Rows against the posterior",
    "conflict": "Sources against each other",
    "leave_one_out": "Without one source",
    "power_scaling": "Priors or evidence",
    "prior_widths": "Priors of other widths",
    "held_out": "Totals held out",
    "calibration": "Intervals that hold the truth",
    "power": "Slips that are found",
    "echo": "Echoes that teach nothing",
}


class Format(StrEnum):
    """What to print."""

    table = "table"
    json = "json"
    csv = "csv"


# Options that the command lines of checks share.
Printed = Annotated[
    Format, typer.Option("--format", help="What to print; csv is for one check's table.")
]
Cores = Annotated[int | None, typer.Option(min=1, help="Fits at once.")]
Scheduler = Annotated[
    str, typer.Option(metavar="ADDRESS", help="A Dask scheduler to fit on, as tcp://host:8786.")
]


def opened_run(name: str, output: Path, talk: Talk, nothing: str) -> tuple[Path, Json] | None:
    """Folder and manifest of a run that this program made; None with what is wrong said.

    Parameters
    ----------
    name : str
        Of the run, the start of its name, or its folder.
    output : Path
        Folder of runs.
    nothing : str
        What was not done, as ``nothing was checked``.
    """
    try:
        folder = store.named_run(name, output)
        manifest = store.check_run(folder)
    except (store.NoSuchRunError, store.DamagedRunError) as error:
        talk.fault(f"{error}; {nothing}")
        return None
    if manifest["versions"]["source"] != source_hash():
        talk.fault(
            f"{folder} was made by another version of this program, whose model may differ: "
            f"estimate again; {nothing}"
        )
        return None
    talk.say(f"Read {folder}: {manifest['read']}")
    return folder, manifest


def faulty_arguments(show: str, output_format: Format, names: Sequence[str]) -> str:
    """What is wrong with the arguments that choose what is printed; blank if nothing is."""
    known = ", ".join(names)
    if show and show not in names:
        return f"--show: there is no check {show!r}; write one of: {known}"
    if output_format is Format.csv and not show:
        return f"--format csv prints one check's table: name it with --show; one of: {known}"
    return ""


def print_results(results: Sequence[CheckResult], show: str, output_format: Format) -> None:
    """Print verdicts, or one check's whole table, in the format asked for."""
    chosen = {one.name: one for one in results}
    if show and output_format is not Format.json:
        one = chosen[show]
        if output_format is Format.csv:
            sys.stdout.write(one.table.to_csv(index=False, lineterminator="\n"))
            return
        print_table(one)
        return
    if output_format is Format.json:
        import json

        content: Any = {name: one.content() for name, one in chosen.items()}
        text = json.dumps(content[show] if show else content, indent=1, ensure_ascii=False)
        sys.stdout.write(text + "\n")
        return
    print_verdicts(results)


def print_verdicts(results: Sequence[CheckResult]) -> None:
    """Print each check's verdict and sentence."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for heading, ratio in (("Check", 1), ("Verdict", None), ("What was found", 4)):
        table.add_column(heading, ratio=ratio, overflow="fold")
    colours = {True: "green", False: "bold red", None: ""}
    for one in results:
        style = colours[one.passed] if console.is_terminal else ""
        verdict = f"[{style}]{one.verdict}[/]" if style else one.verdict
        title = f"{TITLES.get(one.name, one.name)}\n({one.name})"
        table.add_row(title, verdict, one.sentence, end_section=True)
    if not console.is_terminal:
        console.width = max(console.width, 100)
    console.print(table)


def print_table(result: CheckResult) -> None:
    """Print one check's whole table, each number with four digits."""
    from rich import box
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for column in result.table.columns:
        number = result.table[column].dtype.kind == "f"
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in result.table.itertuples(index=False):
        table.add_row(*(cell(value) for value in row))
    options = console.options.update(max_width=10_000)
    console.width = max(console.width, Measurement.get(console, options, table).maximum)
    console.print(f"{TITLES.get(result.name, result.name)}: {result.verdict}", markup=False)
    console.print(result.sentence, markup=False)
    console.print(table)
    console.print(result.reading, markup=False)


def cell(value: Any) -> str:
    """A cell as text."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    return str(value)
