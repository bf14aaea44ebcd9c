"""Results as printed in the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from model.archive.yearly_table import changes_in_words
from model.case.folders import BASELINE, COPY, bytes_of
from model.case.reader.toml_places import toml_of
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.terminal.tables import Cell, Column, Screen, put, screen, stacked
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
    from collections.abc import Iterable

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


def show(answer: Answer, *, brief: bool, wide: bool = False) -> None:
    """Print the yearly table, those of places, readings and scenarios, and notes unless brief.

    Parameters
    ----------
    answer : Answer
    brief : bool
    wide : bool
        Whether tables are printed whole, though the terminal is narrower.
    """
    content, end = answer.summary, data_end(answer)
    console = screen()
    if not content["converged"]:
        console.tell("NOT CONVERGED: do not use these numbers.", "bold red")
    _put_ladder(console, content, end, wide=wide)
    if any(_projected(year, end) for year in content["scenarios"][BASELINE]["annual"]):
        console.tell(f"  p: projected, not estimated; the data end in {end}")
    if not brief:
        for definition, heading in HEADINGS.items():
            console.tell(f"  {heading}: {MEANINGS[definition]}", hang="  ")
    if "places" in content["scenarios"][BASELINE]:
        console.print()
        _put_places(console, content, wide=wide)
    if "readings" in content:
        console.print()
        _put_readings(console, content, wide=wide)
        if not brief:
            console.tell(f"  {_weights_line(content)}")
    scenarios = {key: one for key, one in content["scenarios"].items() if key != BASELINE}
    if scenarios:
        console.print()
        _put_scenarios(console, scenarios, end, wide=wide)
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
            console.tell(line)


def data_end(answer: Answer) -> str:
    """The last month that the data cover."""
    timeline = bytes_of(answer.folder / COPY / "timeline.toml").decode("utf-8-sig")
    return str(toml_of(timeline)["end"])


def _projected(year: str, end: str) -> bool:
    """Whether a year is wholly or partly projected."""
    return f"{year}-12" > end


def marked(year: str, end: str) -> str:
    """A year, with a mark if it is projected past the last month with data."""
    return f"{year} p" if _projected(year, end) else year


def _put_scenarios(
    console: Screen, scenarios: dict[str, dict[str, Any]], end: str, *, wide: bool
) -> None:
    """Print one table of all scenarios by year, and in all; below it, what each of them changes.

    Billings have a column if a scenario leaves the state take as it is, or if ``wide``.
    """
    columns = [
        Column("Scenario", "left"),
        Column("State take", rank=1),
        Column("Change", style="bold"),
        Column("Chance it is higher", rank=2),
        Column("Change in billings", rank=3),
    ]
    told = wide or any(unchanged(one["at_stake"][HEADLINE]["usd"]) for one in scenarios.values())
    columns = columns if told else columns[:-1]
    rows: list[tuple[Cell, ...]] = []
    for name, block in scenarios.items():
        rows.append((name, *[""] * (len(columns) - 1)))
        for year, versus in block["versus_baseline"].items():
            if not all(unchanged(versus[one]["usd"]) for one in DEFINITIONS):
                take = _cell(block["annual"][year][HEADLINE]["usd"])
                rows.append((f"  {marked(year, end)}", take, *_against(versus)))
        rows.append(("  in all", "", *_against(block["at_stake"])))
    put(console, columns, rows, "Scenarios, USD million: median (90% interval)", wide=wide)
    for name, block in scenarios.items():
        console.tell(f"  {name}: {block['title']}; {_stretch(block)}", hang="  ")
        changes = changes_in_words(block)
        if changes:
            console.tell(f"    {changes}", hang="")


def _against(versus: dict[str, Any]) -> tuple[Cell, Cell, Cell]:
    """A difference from what happened: of the state take, with its chances, and of billings."""
    take = versus[HEADLINE]["usd"]
    chances = "" if unchanged(take) else stacked(*ENGLISH.chances(take))
    return _change(take), chances, _change(versus["billings"]["usd"])


def _cell(numbers: dict[str, Any]) -> str:
    return interval(*three(numbers, MILLION))


def _change(numbers: dict[str, Any]) -> str:
    if unchanged(numbers):
        return "none"
    return interval(*three(numbers, MILLION), finest=FINEST)


def _stretch(block: dict[str, Any]) -> str:
    """The months over which a scenario's difference is added up."""
    stake = block["at_stake"]
    months = f"in all, {stake['from']} to {stake['to']}"
    if "within_data" in stake:
        months += f", projected after {stake['within_data']['to']}"
    return months


def _million(amount: float | None) -> float:
    """An amount of the summary in millions; NaN if it was not finite."""
    return math.nan if amount is None else amount / MILLION


def _put_ladder(console: Screen, content: dict[str, Any], end: str, *, wide: bool) -> None:
    """Print year × definition: median and 90% interval in USD million."""
    rows = [
        (marked(year, end), *(_cell(definitions[name]["usd"]) for name in HEADINGS))
        for year, definitions in content["scenarios"][BASELINE]["annual"].items()
    ]
    title = "Revenue a year, USD million: median (90% interval)"
    put(console, [Column("Year", "left"), *_definitions(HEADINGS)], rows, title, wide=wide)


def _definitions(names: Iterable[str]) -> list[Column]:
    """Columns of definitions of revenue, of which the headline is the last to be left out."""
    return [
        Column(HEADINGS[name], style="bold" if name == HEADLINE else "", rank=name != HEADLINE)
        for name in names
    ]


def _put_readings(console: Screen, content: dict[str, Any], *, wide: bool) -> None:
    """Print the headline's year under each rival reading of the evidence."""
    year = str(content["accounts"]["year"])
    definitions = ("plan_collected", "state_take", "billings")
    columns = [Column("Reading", "left"), Column("Weight"), *_definitions(definitions)]
    rows = []
    for name, block in content["readings"].items():
        annual = block["scenarios"][BASELINE]["annual"]
        blank = [""] * len(definitions)
        cells = (
            [_cell(annual[year][one]["usd"]) for one in definitions] if year in annual else blank
        )
        rows.append((name, f"{block['weight']:.0%}", *cells))
    title = f"{year} by reading, USD million: median (90% interval)"
    put(console, columns, rows, title, wide=wide)


def _put_places(console: Screen, content: dict[str, Any], *, wide: bool) -> None:
    """Print the headline of each host and group of hosts in its year, and its part of the whole."""
    year = str(content["accounts"]["year"])
    columns = [
        Column("Place", "left"),
        Column("State take", style="bold"),
        Column("Share of all, %", rank=1),
        Column("Billings", rank=2),
    ]
    rows = []
    for name, place in content["scenarios"][BASELINE]["places"].items():
        share = three(place["share"][year][HEADLINE])
        own = place["annual"][year]
        rows.append(
            (
                name,
                _cell(own[HEADLINE]["usd"]),
                interval(*(100.0 * one for one in share)),
                _cell(own["billings"]["usd"]),
            )
        )
    title = f"{year} by place, USD million: median (90% interval)"
    put(console, columns, rows, title, wide=wide)


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
