"""The result as a person reads it in the terminal."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from model.quantities import DEFINITIONS, HEADLINE
from model.wording import interval, percent, rounded, rounding_unit

if TYPE_CHECKING:
    from model.summary import Results

MILLION = 1e6
HEADINGS = {
    "billings": "Billings",
    "wedge": "Wedge",
    "surplus": "Surplus",
    "state_take": "State take",
}
MEANINGS = {
    "billings": "all that contractors pay for the workers",
    "wedge": "payment minus declared salary: the press's arithmetic",
    "surplus": "payment minus taxes, permits, upkeep and what workers keep",
    "state_take": "what reaches the state and its enterprises: the headline",
}


def annual_table(content: dict[str, Any]) -> pd.DataFrame:
    """Yearly revenue as a table: year, definition, currency, then the numbers."""
    rows = [
        {"scenario": scenario, "year": year, "definition": definition, "currency": currency.upper()}
        | numbers
        | {"converged": content["converged"]}
        for scenario, block in content["scenarios"].items()
        for year, definitions in block["annual"].items()
        for definition, currencies in definitions.items()
        for currency, numbers in currencies.items()
    ]
    return pd.DataFrame(rows)


def show(results: Results, content: dict[str, Any], folder: Path, *, brief: bool) -> None:
    """Print the yearly table and, unless brief, how to read it."""
    console = Console(highlight=False, soft_wrap=True)
    handsome = console.is_terminal
    table = _ladder(content, handsome)
    # a table cut to the terminal would lose its columns; its lines wrap instead
    needed = Measurement.get(console, console.options.update(max_width=10_000), table).maximum
    console.width = max(console.width, needed)
    if not content["converged"]:
        console.print(
            "[bold red]NOT CONVERGED: do not use these numbers.[/]"
            if handsome
            else "NOT CONVERGED: do not use these numbers."
        )
    console.print(table)
    if brief:
        return
    for definition in reversed(DEFINITIONS):
        console.print(f"  {HEADINGS[definition]}: {MEANINGS[definition]}", markup=False)
    console.print()
    for line in (_press_line(content), _convergence_line(results), f"Wrote {folder}/"):
        if line:
            console.print(line, markup=False)


def _million(amount: float | None) -> float:
    """An amount of the summary in millions; not a number where it was not finite."""
    return math.nan if amount is None else amount / MILLION


def _ladder(content: dict[str, Any], handsome: bool) -> Table:
    """Year × definition: median and 90 % interval in USD million."""
    table = Table(
        title="Revenue a year, USD million: median (90 % interval)",
        title_justify="left",
        title_style="bold" if handsome else "",
        box=box.SIMPLE_HEAD if handsome else None,
        pad_edge=False,
        padding=(0, 1) if handsome else (0, 2, 0, 0),
        collapse_padding=handsome,
    )
    table.add_column("Year", no_wrap=True, min_width=4)
    for definition in reversed(DEFINITIONS):
        style = "bold" if definition == HEADLINE and handsome else ""
        table.add_column(HEADINGS[definition], justify="right", style=style, no_wrap=True)
    (scenario,) = content["scenarios"].values()
    for year, definitions in scenario["annual"].items():
        cells = [
            interval(*(_million(definitions[name]["usd"][q]) for q in ("q50", "q05", "q95")))
            for name in reversed(DEFINITIONS)
        ]
        table.add_row(year, *cells)
    return table


def _press_line(content: dict[str, Any]) -> str:
    """How the press's multiplication compares."""
    press = content["press_arithmetic"]
    if press is None:
        return ""
    amount = _million(press["usd"])
    (scenario,) = content["scenarios"].values()
    year = scenario["annual"][str(press["year"])]
    take = year[HEADLINE]["usd"]
    unit = rounding_unit(_million(take["q05"]), _million(take["q95"]))
    return (
        f"The press's arithmetic gives ${amount:,.0f} million a year. For {press['year']} the "
        f"median state take is ${rounded(_million(take['q50']), unit)} million; the chance that "
        f"the state took more than the press's figure is "
        f"{percent(press['probability_above'][HEADLINE])}, that the wedge, which that arithmetic "
        f"measures, was larger is {percent(press['probability_above']['wedge'])}."
    )


def _convergence_line(results: Results) -> str:
    """The verdict on the chains, with the worst of each diagnostic."""
    gate = results.convergence
    verdict = "Converged" if gate.converged else "NOT CONVERGED"
    return (
        f"{verdict}: R-hat at most {gate.max_rhat:.3f}, effective draws at least "
        f"{gate.min_ess_bulk:,.0f} (bulk) and {gate.min_ess_tail:,.0f} (tail), "
        f"{gate.divergences} divergences; {results.posterior.seconds['in_all']:.1f} s in all."
    )
