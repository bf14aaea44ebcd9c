"""What separates two runs as it is printed: tables, and what a what-if changes in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.archive import store
from model.archive.comparison import changed_inputs, changed_options, changed_results
from model.archive.moved import WITHIN, Drawn, Move, moves, unchanged_run
from model.archive.naming import run_names
from model.archive.overview import asked
from model.archive.show import HEADINGS, data_end, marked
from model.case.folders import BASELINE, COPY
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.projection.prediction import number
from model.terminal.tables import Column, Screen, put, screen
from model.terminal.wording import ENGLISH, FINEST, MILLION, interval, rounding_unit, three

if TYPE_CHECKING:
    import pandas as pd

    from model.archive.answer import Answer

Json = dict[str, Any]

#: All definitions, of which the wedge stands in no table of a single run.
NAMES = HEADINGS | {"wedge": "Wedge"}
PAIRED = "Both have the same draws, so that what they share cancels and sampling explains nothing."
UNPAIRED = (
    "Each has its own draws: for the difference they are set against each other at random, and its "
    "interval is as wide as both. How far the median moves is known better: ± two standard errors, "
    "beyond which sampling alone does not explain it."
)


# A table


def put_moves(
    console: Screen, found: Mapping[str, Move], title: str, *, wide: bool, end: str = "9999-12"
) -> None:
    """Print was, now and the difference by year; ``end`` is the last month with data."""
    columns = [
        Column("Year", "left"),
        Column("Was", rank=3),
        Column("Now", rank=2),
        Column("Difference", rank=1),
        Column("Median moves", style="bold"),
        Column("Beyond error"),
    ]
    rows = [
        (
            marked(year, end),
            interval(*three(one.was, MILLION)),
            interval(*three(one.now, MILLION)),
            interval(*three(one.difference, MILLION), finest=FINEST),
            _moved(one),
            "yes" if one.beyond_error else "no",
        )
        for year, one in found.items()
    ]
    put(console, columns, rows, title, wide=wide)


def _moved(one: Move) -> str:
    """How far the median moves, with the digits that sampling leaves it."""
    error = WITHIN * one.error / MILLION
    # one digit of the error says enough
    unit = 10.0 * rounding_unit(0.0, error) if error else FINEST
    moved = ENGLISH.rounded(one.moved / MILLION, unit)
    signed = f"+{moved}" if one.moved > 0.0 else moved
    return f"{signed} ± {ENGLISH.rounded(error, unit)}" if error else signed


def note(was: Drawn, now: Drawn) -> str:
    """How the draws were set against each other."""
    return PAIRED if was.fit == now.fit else UNPAIRED


# Two runs


def show_comparison(
    first: tuple[Path, Json, Json], second: tuple[Path, Json, Json], *, wide: bool
) -> None:
    """Print how a run differs from another: what was asked, the inputs, and the results.

    Parameters
    ----------
    first, second : (Path, dict, dict)
        Folder, manifest and summary of a run.
    wide : bool
        Whether tables are printed whole, though the terminal is narrower.

    Raises
    ------
    DamagedRunError
    """
    (folder, manifest, summary), (other, its_manifest, its_summary) = first, second
    was, now = Drawn.of(folder), Drawn.of(other)
    sides = (_short(folder), _short(other))
    lines = [
        *changed_options(manifest, its_manifest, sides),
        *changed_inputs(folder / COPY, other / COPY, sides),
    ]
    console = screen()
    bold = "bold" if console.is_terminal else ""
    console.tell(f"{sides[1]}, set against {sides[0]}", bold)
    for side, one in zip(sides, (manifest, its_manifest), strict=True):
        console.tell(f"  {side}: {asked(one)}", hang="  ")
    console.print()
    _put_lines(console, "Differences in inputs and options:", lines)
    console.print()
    for side, one in zip(sides, (summary, its_summary), strict=True):
        if not one["converged"]:
            console.tell(f"{side} did NOT CONVERGE: do not use its numbers.", "bold red")
    told = _put_all_moves(console, was, now, wide=wide)
    _put_lines(
        console,
        f"Differences in results{' besides revenue' if told else ''}:",
        changed_results(summary, its_summary, sides),
    )
    console.print()


def _put_lines(console: Screen, title: str, lines: Sequence[str]) -> None:
    console.tell(title)
    for line in lines or ["none"]:
        console.tell(f"  {line}", hang="  ")


def _put_all_moves(console: Screen, was: Drawn, now: Drawn, *, wide: bool) -> bool:
    """Print a table of each scenario and definition in which anything moves; whether any does."""
    told = False
    for scenario in now.scenarios:
        if scenario not in was.scenarios:
            continue
        # what happened by every definition; scenarios by the headline alone, to be read at all
        for definition in reversed(DEFINITIONS) if scenario == BASELINE else (HEADLINE,):
            found = moves(was, now, definition, scenario)
            if all(one.nothing for one in found.values()):
                continue
            under = "" if scenario == BASELINE else f" under {scenario}"
            put_moves(console, found, f"{NAMES[definition]}{under}, USD million", wide=wide)
            told = True
    if told:
        console.tell(f"  {note(was, now)}")
        console.print()
    return told


def _short(run: Path) -> str:
    """A run by the names it was given, or by its folder's."""
    return ", ".join(run_names(run.parent).get(run.name, [])) or run.name


# A what-if


def put_change(
    console: Screen,
    answer: Answer,
    command: str,
    *,
    brief: bool,
    wide: bool,
    year: int | None = None,
) -> None:
    """Print what a what-if changes, or the command of the estimate to set it against.

    Parameters
    ----------
    answer : Answer
        Of a what-if.
    command : str
        What makes that estimate.
    brief : bool
        Whether to leave out how to read it.
    year : int, optional
        The only year to print.

    Raises
    ------
    DamagedRunError
    """
    console.print()
    base = unchanged_run(answer.manifest, answer.folder.resolve().parent)
    if base is None:
        console.tell(
            "What it changes: the unchanged estimate is not in this folder of runs, and nothing "
            "is fitted unasked. Make it, and ask again:"
        )
        console.print(f"  {command}", soft_wrap=True)
        return
    title = f"What it changes: state take, USD million, against {called(base)}"
    was, now = Drawn.of(base), Drawn.of(answer.folder)
    with store.agreeing(base):
        found = moves(was, now, HEADLINE)
    if str(year) in found:
        found = {str(year): found[str(year)]}
    put_moves(console, found, title, wide=wide, end=data_end(answer))
    if not brief:
        console.tell(f"  {note(was, now)}")


def called(run: Path) -> str:
    """A run by its name, with that of its folder if it was given another."""
    names = run_names(run.parent).get(run.name, [])
    return f"{', '.join(names)} ({run.name})" if names else run.name


def change_of(answer: Answer, command: str) -> Json:
    """What a what-if changes, for machines; ``against`` is null if the estimate is not there.

    Raises
    ------
    DamagedRunError
    """
    base = unchanged_run(answer.manifest, answer.folder.resolve().parent)
    if base is None:
        return {"against": None, "command": command, "scenarios": {}}
    was, now = Drawn.of(base), Drawn.of(answer.folder)
    found: Json = {}
    with store.agreeing(base):
        for scenario in now.scenarios:
            if scenario in was.scenarios:
                for definition in reversed(DEFINITIONS):
                    for year, one in moves(was, now, definition, scenario).items():
                        block = found.setdefault(scenario, {"annual": {}})["annual"]
                        block.setdefault(year, {})[definition] = {"usd": _numbers(one)}
    return {"against": base.name, "command": None, "scenarios": found}


def _numbers(one: Move) -> Json:
    spread = {"was": one.was, "now": one.now, "difference": one.difference}
    return {
        **{
            key: {name: number(value) for name, value in own.items()} for key, own in spread.items()
        },
        "moved": number(one.moved),
        "error": number(one.error),
        "beyond_error": one.beyond_error,
    }


#: Columns that a what-if's table for machines has besides those of every run.
CHANGE = (
    "against", "was_q50", "difference_q05", "difference_q50", "difference_q95", "moved", "error",
    "beyond_error",
)  # fmt: skip


def with_change(table: pd.DataFrame, found: Json) -> pd.DataFrame:
    """The table of a what-if's years with what it changes, in dollars; blank where unknown."""
    import pandas as pd

    rows = []
    for row in table.to_dict("records"):
        years = found["scenarios"].get(row["scenario"], {"annual": {}})["annual"]
        one = years.get(row["year"], {}).get(row["definition"], {}).get(row["currency"].lower())
        rows.append(_cells(found["against"], one) if one else {})
    return table.join(pd.DataFrame(rows, index=table.index, columns=list(CHANGE)))


def _cells(against: str, one: Json) -> Json:
    spread = {f"difference_{name}": value for name, value in one["difference"].items()}
    return one | spread | {"against": against, "was_q50": one["was"]["q50"]}
