"""What is in a case, by kind: its scenarios, quantities, sources, rows and readings, as tables."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from model.case.case import Case
from model.case.folders import BASELINE, scenario_names
from model.case.in_words import hedged_figure
from model.case.reader.scenarios import read_scenarios
from model.equations.quantities import BASIC_BY_NAME
from model.terminal.tables import Cell, Column, put, screen, stacked
from model.terminal.wording import ENGLISH, counted

Line = tuple[Cell, ...]
#: Columns of the table that is printed.
HEADINGS = {
    "scenarios": ("Scenario", "Ends", "What it changes"),
    "quantities": ("Quantity", "What it is, and its prior (5% to 95%)"),
    "sources": ("Source", "Date", "Rows", "Title"),
    "rows": ("Row", "Grade", "Role", "What it says"),
    "readings": ("Reading", "Weight", "What it says, and why it has that weight"),
}
#: Columns that go where there is no room for all, the first of them first; never what is said.
SPARE = ("Role", "Rows", "Grade", "Date", "Ends", "Weight")
#: What they are called, one and many.
COUNTED = {
    "scenarios": ("scenario", "scenarios"),
    "quantities": ("quantity", "quantities"),
    "sources": ("source", "sources"),
    "rows": ("entry", "entries"),
    "readings": ("reading", "readings"),
}


def listing(case: Case, what: str) -> pd.DataFrame:
    """A table of one kind of things in a case.

    Parameters
    ----------
    case : Case
    what : {"scenarios", "quantities", "sources", "rows", "readings"}

    Raises
    ------
    CaseError
        With every error in the scenarios, if those are asked for.
    """
    return _TABLES[what](case)


def _scenarios(case: Case) -> pd.DataFrame:
    names = [name for name in scenario_names(case.folder) if name != BASELINE]
    found = [one for one in read_scenarios(case, names) if one.name != BASELINE]
    end = case.timeline.months[-1]
    lines = [
        {
            "name": one.name,
            "title": one.title,
            "from": str(min((change.first for change in one.changes), default="")),
            "ends": str(max(one.horizon or end, end)),
            "changes": ", ".join(dict.fromkeys(change.quantity for change in one.changes)),
            "description": one.description,
            "basis": one.basis,
        }
        for one in found
    ]
    return pd.DataFrame(lines, columns=["name", "title", "from", "ends", "changes", "description",
                                        "basis"])  # fmt: skip


def _quantities(case: Case) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "name": one.label,
                "p05": one.p05,
                "p95": one.p95,
                "unit": one.unit,
                "definition": BASIC_BY_NAME[one.name].definition,
                "basis": one.basis,
            }
            for one in case.priors
        ]
    )


def _sources(case: Case) -> pd.DataFrame:
    counts = case.evidence["source"].value_counts()
    table = case.sources[["id", "title", "publisher", "date", "url"]].copy()
    table.insert(4, "rows", table["id"].map(counts).fillna(0).astype(int))
    return table.reset_index(drop=True)


def _rows(case: Case) -> pd.DataFrame:
    columns = ["id", "quantity", "host", "segment", "start", "end"]
    table = case.evidence[columns].copy()
    for end in ("start", "end"):
        table[end] = table[end].astype(str)
    table["figure"] = [hedged_figure(row) or "" for row in case.evidence.itertuples()]
    table["grade"] = case.evidence["reliability"] + case.evidence["credibility"].astype(str)
    # what was struck out still stands in the file, and no longer counts
    out = case.evidence["id"].isin(case.struck)
    table["role"] = case.evidence["role"].mask(out, "struck out")
    return table.assign(source=case.evidence["source"]).reset_index(drop=True)


def _readings(case: Case) -> pd.DataFrame:
    whole = sum(one.weight for one in case.readings)
    lines = [
        {
            "name": one.name,
            "weight": round(one.weight / whole, 8),
            "follows": one.follows,
            "title": one.title,
            "basis": one.basis,
        }
        for one in case.readings
    ]
    return pd.DataFrame(lines, columns=["name", "weight", "follows", "title", "basis"])


_TABLES: dict[str, Callable[[Case], pd.DataFrame]] = {
    "scenarios": _scenarios,
    "quantities": _quantities,
    "sources": _sources,
    "rows": _rows,
    "readings": _readings,
}


def show_listing(table: pd.DataFrame, what: str, *, wide: bool = False) -> None:
    """Print a table of ``listing`` for people."""
    console = screen()
    if len(table):
        put(
            console,
            [
                Column(name, "left", rank=len(SPARE) - SPARE.index(name) if name in SPARE else 0)
                for name in HEADINGS[what]
            ],
            _LINES[what](table),
            wide=wide,
        )
        console.print(f"{counted(len(table), *COUNTED[what])}; --format csv has every column")
    else:
        console.print(f"The case has no {what}.")


def _scenario_lines(table: pd.DataFrame) -> list[Line]:
    return [(row.name, row.ends, row.title) for row in table.itertuples(index=False)]


def _quantity_lines(table: pd.DataFrame) -> list[Line]:
    """Quantities with their definition, which stands once in a family."""
    lines: list[Line] = []
    said = ""
    for row in table.itertuples():
        unit = "" if row.unit == "1" else f" {row.unit}"
        prior = f"{ENGLISH.plain(row.p05)} to {ENGLISH.plain(row.p95)}{unit}"
        words = [prior] if row.definition == said else [row.definition, prior]
        said = row.definition
        lines.append((row.name, stacked(*words)))
    return lines


def _source_lines(table: pd.DataFrame) -> list[Line]:
    return [
        (row.id, row.date, str(row.rows), f"{row.title} ({row.publisher})")
        for row in table.itertuples()
    ]


def _row_lines(table: pd.DataFrame) -> list[Line]:
    lines: list[Line] = []
    several = table["host"].nunique() > 1
    for row in table.itertuples():
        where = f", {row.segment or row.host}" if several else ""
        when = row.start if row.start == row.end else f"{row.start} to {row.end}"
        said = f"{row.quantity.replace('_', ' ')}{where}, {when}: {row.figure or 'no figure'}"
        lines.append((row.id, row.grade, row.role, said))
    return lines


def _reading_lines(table: pd.DataFrame) -> list[Line]:
    return [
        (row.name, f"{row.weight:.0%}", stacked(row.title, row.basis))
        for row in table.itertuples(index=False)
    ]


_LINES: dict[str, Callable[[pd.DataFrame], list[Line]]] = {
    "scenarios": _scenario_lines,
    "quantities": _quantity_lines,
    "sources": _source_lines,
    "rows": _row_lines,
    "readings": _reading_lines,
}
