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
    "power_scaling": "Priors or evidence",
    "prior_widths": "Other prior widths",
    "held_out": "Held-out totals",
    "as_of": "What came later",
    "calibration": "Interval coverage",
    "power": "Slips found",
    "echo": "Echoes add nothing",
    "misspecified": "Worlds unlike the model",
}


def faulty_arguments(show: str, output_format: Format, names: Sequence[str]) -> str:
    """Describe the error in the arguments that select the output; blank if there is none."""
    known = ", ".join(names)
    if show and show not in names:
        return f"--show: there is no check {show!r}; write one of: {known}"
    if output_format is Format.csv and not show:
        return f"--format csv prints one check's table: name it with --show; one of: {known}"
    return ""


def print_results(results: Sequence[CheckResult], show: str, output_format: Format) -> None:
    """Print verdicts, or one check's whole table, in the requested format."""
    chosen = {one.name: one for one in results}
    if show and output_format is not Format.json:
        one = chosen[show]
        if output_format is Format.csv:
            print_csv(one.table)
            return
        print_table(one)
        return
    if output_format is Format.json:
        content: Any = {name: one.content() for name, one in chosen.items()}
        print_json(content[show] if show else content)
        return
    print_verdicts(results)


def print_verdicts(results: Sequence[CheckResult]) -> None:
    """Print each check's verdict and sentence."""
    from model.terminal.tables import empty_table, screen, stacked, styled

    console = screen()
    table = empty_table(console)
    for heading, ratio in (("Check", 1), ("Verdict", None), ("Finding", 4)):
        table.add_column(heading, ratio=ratio, overflow="fold")
    colours = {True: "green", False: "bold red", None: ""}
    for one in results:
        style = colours[one.passed] if console.is_terminal else ""
        title = stacked(TITLES.get(one.name, one.name), f"({one.name})")
        table.add_row(title, styled(one.verdict, style), one.sentence, end_section=True)
    if not console.is_terminal:
        console.width = max(console.width, 100)
    console.print(table)


def print_table(result: CheckResult) -> None:
    """Print one check's whole table, each number to four digits."""
    from model.terminal.tables import cell, empty_table, screen, widen

    console = screen()
    table = empty_table(console)
    for column in result.table.columns:
        number = result.table[column].dtype.kind == "f"
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in result.table.itertuples(index=False):
        table.add_row(*(cell(value) for value in row))
    widen(console, table)
    console.print(f"{TITLES.get(result.name, result.name)}: {result.verdict}")
    console.print(result.sentence)
    console.print(table)
    console.print(result.reading)
