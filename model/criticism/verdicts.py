"""Verdicts and tables of checks, as printed in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from model.terminal.options import Format
from model.terminal.output import print_csv, print_json

if TYPE_CHECKING:
    from model.archive.check_result import CheckResult

TITLES = {
    "prior_predictive": "Priors alone",
    "priors_together": "Priors together",
    "posterior_predictive": "Rows against the posterior",
    "conflict": "Sources against each other",
    "leave_one_out": "Without one source",
    "without_host": "Without one host's rows",
    "power_scaling": "Priors or evidence",
    "prior_widths": "Other prior widths",
    "held_out": "Held-out totals",
    "as_of": "What came later",
    "calibration": "Interval coverage",
    "power": "Slips found",
    "echo": "Echoes add nothing",
    "misspecified": "Worlds unlike the model",
}


def faulty_arguments(
    show: str, output_format: Format, names: Sequence[str], only: Sequence[str] = ()
) -> str:
    """Describe the error in the arguments that name checks; blank if there is none."""
    known = ", ".join(names)
    for option, name in [("--only", one) for one in only] + [("--show", show)] * bool(show):
        if name not in names:
            return f"{option}: there is no check {name!r}; write one of: {known}"
    if output_format is Format.csv and not show:
        return f"--format csv prints one check's table: name it with --show; one of: {known}"
    return ""


def print_results(
    results: Sequence[CheckResult], show: str, output_format: Format, *, wide: bool = False
) -> None:
    """Print verdicts, or one check's whole table, in the requested format."""
    chosen = {one.name: one for one in results}
    if show and output_format is not Format.json:
        one = chosen[show]
        if output_format is Format.csv:
            print_csv(one.table)
            return
        print_table(one, wide=wide)
        return
    if output_format is Format.json:
        content: Any = {name: one.content() for name, one in chosen.items()}
        print_json(content[show] if show else content)
        return
    print_verdicts(results)


def print_verdicts(results: Sequence[CheckResult]) -> None:
    """Print each check's verdict and, below it, its sentence."""
    from model.terminal.tables import screen

    console = screen()
    colours = {True: "green", False: "bold red", None: "bold"}
    for one in results:
        style = colours[one.passed] if console.is_terminal else ""
        console.tell(f"{TITLES.get(one.name, one.name)} ({one.name}): {one.verdict}", style)
        console.tell(f"  {one.sentence}")


def print_table(result: CheckResult, *, wide: bool = False) -> None:
    """Print one check's whole table, each number to four digits."""
    from model.terminal.tables import Column, cell, put, screen

    console = screen()
    columns = [
        Column(
            name,
            "right" if result.table[name].dtype.kind in "fi" else "left",
            rank=name.endswith(("05", "95")),
        )
        for name in result.table.columns
    ]
    rows = [[cell(value) for value in row] for row in result.table.itertuples(index=False)]
    console.tell(f"{TITLES.get(result.name, result.name)}: {result.verdict}")
    console.tell(result.sentence)
    console.print()
    put(console, columns, rows, wide=wide)
    console.print()
    console.tell(result.reading)
