"""Results as printed in the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from model.case.folders import BASELINE, COPY, bytes_of
from model.case.reader.toml_places import toml_of
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.terminal.tables import Screen, empty_table, screen, styled, widen
from model.terminal.wording import (
    ENGLISH,
    FINEST,
    MILLION,
    counted,
    interval,
    moves_in_words,
    percent,
    three,
    unchanged,
)

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from model.archive.answer import Answer

#: Columns of the ladder, as many as fit 80 characters; the wedge stands in the press's line.
HEADINGS = {
    "plan_collected": "Plan collected",
    "state_take": "State take",
    "surplus": "Surplus",
    "billings": "Billings",
}
MEANINGS = {
    "plan_collected": "what workers hand over under the plan",
    "state_take": "that and what the sender's own firms retain: the headline",
    "surplus": "payment minus taxes, permits, upkeep and what workers keep",
    "billings": "all that contractors pay for the workers",
}


def annual_table(content: dict[str, Any]) -> pd.DataFrame:
    """Yearly revenue as a table by scenario, year, definition and currency."""
    import pandas as pd

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


def show(answer: Answer, *, brief: bool) -> None:
    """Print the yearly table, a block for each scenario and, unless brief, notes on reading it."""
    content, end = answer.summary, _data_end(answer)
    console = screen(soft_wrap=True)
    blocks = {name: one for name, one in content["scenarios"].items() if name != BASELINE}
    tables = [_ladder(console, content, end)]
    tables += [_against(console, one, end) for one in blocks.values()]
    by_reading = _readings(console, content) if "readings" in content else None
    widen(console, *tables, *([by_reading] if by_reading else []))
    if not content["converged"]:
        console.print(styled("NOT CONVERGED: do not use these numbers.", "bold red"))
    console.print(tables[0])
    if any(_projected(year, end) for year in content["scenarios"][BASELINE]["annual"]):
        console.print(f"  p: projected, not estimated; the data end in {end}")
    if not brief:
        for definition, heading in HEADINGS.items():
            console.print(f"  {heading}: {MEANINGS[definition]}")
    if by_reading:
        console.print()
        console.print(by_reading)
        if not brief:
            console.print(f"  {_weights_line(content)}")
    for (name, block), table in zip(blocks.items(), tables[1:], strict=True):
        console.print()
        console.print(f"Scenario {name}: {block['title']}")
        console.print(table)
        console.print(f"  {_stake_line(block)}")
    if brief:
        return
    console.print()
    wrote = "Read from" if answer.found else "Wrote"
    lines = (
        _believed_line(content),
        _press_line(content),
        _convergence_line(answer),
        f"{wrote} {answer.folder}/",
    )
    for line in lines:
        if line:
            console.print(line)


def _table(console: Screen, title: str, first: str = "Year") -> Table:
    """A table with a column of years, or of something else."""
    handsome = console.is_terminal
    table = empty_table(
        console,
        title,
        title_style="bold" if handsome else "",
        padding=(0, 1) if handsome else (0, 2, 0, 0),
        collapse_padding=handsome,
    )
    table.add_column(first, no_wrap=True, min_width=4)
    return table


def _data_end(answer: Answer) -> str:
    """The last month that the data cover."""
    timeline = bytes_of(answer.folder / COPY / "timeline.toml").decode("utf-8-sig")
    return str(toml_of(timeline)["end"])


def _projected(year: str, end: str) -> bool:
    return f"{year}-12" > end


def _add_year(table: Table, year: str, end: str, *cells: str) -> None:
    """Add a year's row; one that is wholly or partly projected is marked, and dim."""
    projected = _projected(year, end)
    table.add_row(f"{year} p" if projected else year, *cells, style="dim" if projected else "")


def _against(console: Screen, block: dict[str, Any], end: str) -> Table:
    """State take and its change from the baseline, in the years in which anything changes."""
    table = _table(console, "USD million: median (90% interval)")
    for heading in ("State take", "Change", "Chance it is higher", "Change in billings"):
        style = "bold" if heading == "Change" and console.is_terminal else ""
        table.add_column(heading, justify="right", style=style, no_wrap=True)
    for year, versus in block["versus_baseline"].items():
        take = versus[HEADLINE]["usd"]
        if all(unchanged(versus[name]["usd"]) for name in DEFINITIONS):
            continue
        _add_year(
            table,
            year,
            end,
            _cell(block["annual"][year][HEADLINE]["usd"]),
            _change(take),
            "" if unchanged(take) else percent(take["probability_higher"]),
            _change(versus["billings"]["usd"]),
        )
    return table


def _cell(numbers: dict[str, Any]) -> str:
    return interval(*three(numbers, MILLION))


def _change(numbers: dict[str, Any]) -> str:
    if unchanged(numbers):
        return "none"
    return interval(*three(numbers, MILLION), finest=FINEST)


def _stake_line(block: dict[str, Any]) -> str:
    """Describe what is at stake over the horizon."""
    stake = block["at_stake"]
    take = stake[HEADLINE]["usd"]
    months = f"From {stake['from']} to {stake['to']}"
    if "within_data" in stake:
        months += f" (projected after {stake['within_data']['to']})"
    if unchanged(take):
        billings = stake["billings"]["usd"]
        return f"{months}: no change in the state take; in billings {_change(billings)} million."
    return (
        f"{months}: at stake for the state {_change(take)} million dollars; the chance that it "
        f"takes more is {percent(take['probability_higher'])}."
    )


def _million(amount: float | None) -> float:
    """An amount of the summary in millions; NaN if it was not finite."""
    return math.nan if amount is None else amount / MILLION


def _ladder(console: Screen, content: dict[str, Any], end: str) -> Table:
    """Year × definition: median and 90% interval in USD million."""
    table = _table(console, "Revenue a year, USD million: median (90% interval)")
    for definition, heading in HEADINGS.items():
        style = "bold" if definition == HEADLINE and console.is_terminal else ""
        table.add_column(heading, justify="right", style=style, no_wrap=True)
    for year, definitions in content["scenarios"][BASELINE]["annual"].items():
        _add_year(table, year, end, *(_cell(definitions[name]["usd"]) for name in HEADINGS))
    return table


def _readings(console: Screen, content: dict[str, Any]) -> Table:
    """The headline's year under each rival reading of the evidence."""
    year = str(content["accounts"]["year"])
    table = _table(console, f"{year} by reading, USD million: median (90% interval)", "Reading")
    columns = ("plan_collected", "state_take", "billings")
    for heading in ("Weight", *(HEADINGS[name] for name in columns)):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, block in content["readings"].items():
        annual = block["scenarios"][BASELINE]["annual"]
        cells = (_cell(annual[year][one]["usd"]) for one in columns) if year in annual else ()
        table.add_row(name, f"{block['weight']:.0%}", *cells)
    return table


def _weights_line(content: dict[str, Any]) -> str:
    """How far the headline could move if the readings were weighed otherwise."""
    year = str(content["accounts"]["year"])
    medians = sorted(
        _million(block["scenarios"][BASELINE]["annual"][year][HEADLINE]["usd"]["q50"])
        for block in content["readings"].values()
        if year in block["scenarios"][BASELINE]["annual"]
    )
    if not medians:
        return ""
    return (
        f"Revenue above mixes them. With any other weights (--reading NAME=WEIGHT) the median "
        f"state take of {year} lies between {medians[0]:.0f} and {medians[-1]:.0f} million."
    )


def _believed_line(content: dict[str, Any]) -> str:
    """What else must be true if held-out rows are believed."""
    believed = content["answered_by"].get("believed")
    if believed is None:
        return ""
    rows, moved = ", ".join(believed["rows"]), moves_in_words(believed["moves"])
    return f"If {rows} is believed, then: {moved or 'nothing else moves much'}."


def _press_line(content: dict[str, Any]) -> str:
    """Compare the press's multiplication with the posterior."""
    press = content["press_arithmetic"]
    if press is None:
        return ""
    amount = _million(press["usd"])
    year = content["scenarios"][BASELINE]["annual"][str(press["year"])]
    take = year[HEADLINE]["usd"]
    median = ENGLISH.parts(*three(take, MILLION)).middle
    return (
        f"The press's arithmetic gives ${amount:,.0f} million a year. For {press['year']} the "
        f"median state take is ${median} million; the chance that "
        f"the state took more than the press's figure is "
        f"{percent(press['probability_above'][HEADLINE])}; the chance that the wedge, which that "
        f"arithmetic measures, was larger is {percent(press['probability_above']['wedge'])}."
    )


def _convergence_line(answer: Answer) -> str:
    """The verdict on the chains, with the worst of each diagnostic."""
    gate, manifest = answer.summary["convergence"], answer.manifest
    verdict = "Converged" if answer.summary["converged"] else "NOT CONVERGED"
    seconds = "" if answer.found else f"; {manifest['seconds']['in_all']:.1f} s in all"
    return (
        f"{verdict}: R-hat at most {_plain(gate['max_rhat'], '.3f')}, effective draws at least "
        f"{_plain(gate['min_ess_bulk'], ',.0f')} (bulk) and "
        f"{_plain(gate['min_ess_tail'], ',.0f')} (tail), "
        f"{counted(gate['divergences'], 'divergence', 'divergences')}{seconds}."
    )


def _plain(value: float | None, form: str) -> str:
    return "not finite" if value is None else format(value, form)
