"""A diary of what could have been known when: a fit of what was published by each day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from model.archive.answer import read_inputs
from model.case.case import Case
from model.case.faults import CaseError
from model.case.folders import COPY
from model.case.publication import last_day
from model.case.statements import struck_out
from model.diary.book import KNOWN, Diary, Entry, NoDiaryError
from model.diary.refits import Refits, Told
from model.diary.split import Cause
from model.diary.states import Run, numbers_of, step_of, year_of
from model.question import Question, WhatIf
from model.terminal.wording import counted

#: Letters of a day by which days are put together.
PERIODS = {"date": 10, "month": 7, "year": 4}
UNDATED = "undated"

#: A state of knowledge: its day, what a fit of it says, its rows, and the run if it is one.
Known = tuple[str, Told, frozenset[str], str]


def as_published(
    refits: Refits, base: Run, case: str, definition: str, year: int | None, by: str
) -> Diary:
    """What could have been known by each day on which a source of a fitted row was published.

    Priors, grades and equations are those of today. Rows of sources without a date come last, with
    the estimate itself.

    Parameters
    ----------
    refits : Refits
    base : Run
        An estimate, with all the evidence.
    by : str
        One of ``PERIODS``.

    Raises
    ------
    NoDiaryError
        If its inputs cannot be read, or no source has a date.
    OSError
        If a refit cannot be kept.
    """
    year = year_of(base, definition, year)
    horizon = base.state.horizon_for(year)
    question = Question(base.folder / COPY, WhatIf(), (), horizon, base.options)
    try:
        told = read_inputs(question).case
    except CaseError as error:
        why = error.faults[0] if error.faults else error
        raise NoDiaryError(
            f"this program cannot read the inputs of {base.folder.name}: {why}"
        ) from None
    days = days_of(told, by)
    if not days:
        raise NoDiaryError(f"no fitted row of {case} is from a source with a date")
    asked = [replace(question, what_if=WhatIf(as_of=day.isoformat())) for day in days]
    read = [read_inputs(one) for one in asked]
    refits.total = refits.missing(read)
    known: list[Known] = []
    for day, one, each in zip(days, asked, read, strict=True):
        found = refits.of(one, each, f"what was published by {day}")
        known.append((day.isoformat(), found, rows_by(told, day), ""))
    every = rows_by(told, None)
    if every != known[-1][2]:
        known.append((UNDATED, base.told, every, base.folder.name))
    entries, usable = _entries(told, known, definition, year)
    whole = step_of(usable[0], usable[-1], definition, year) if usable[1:] else None
    title = str(base.manifest.get("title") or case)
    return Diary(case, title, KNOWN, definition, year, entries, whole, base.folder)


def _entries(
    case: Case, known: list[Known], definition: str, year: int
) -> tuple[tuple[Entry, ...], list[Told]]:
    """The states with the step to each from the last that converged, and those that did."""
    entries: list[Entry] = []
    usable: list[Told] = []
    standing: frozenset[str] = frozenset()
    for when, told, rows, run in known:
        numbers = numbers_of(told, definition, year)
        label, lines = _published(case, standing, rows, dated=when != UNDATED)
        entry = Entry(when, label, run, numbers, told.converged, counted(len(rows), "row", "rows"))
        if entry.usable:
            if usable:
                step = step_of(usable[-1], told, definition, year)
                cause = Cause(label, step.moved, step.error)
                step = replace(step, changed=tuple(lines), label=label, causes=(cause,))
                entry = replace(entry, step=step)
            usable.append(told)
            standing = rows
        entries.append(entry)
    return tuple(entries), usable


def days_of(case: Case, by: str) -> list[date]:
    """Days on which a source of a fitted row was published; of a month or year, the last."""
    fitted = case.evidence[case.evidence["role"] == "fit"]
    dates = case.sources.set_index("id")["date"].map(last_day)
    found = sorted({day for source in fitted["source"] if (day := dates[source]) is not None})
    return list({day.isoformat()[: PERIODS[by]]: day for day in found}.values())


def rows_by(case: Case, day: date | None) -> frozenset[str]:
    """Fitted rows that counted by a day, or ever."""
    table = case.evidence
    fitted = table[table["role"] == "fit"]
    if day is not None:
        fitted = fitted[fitted["source"].isin(case.published_by(day))]
    return frozenset(fitted["id"]) - set(struck_out(table, case.sources, day))


def _published(
    case: Case, before: frozenset[str], now: frozenset[str], *, dated: bool
) -> tuple[str, list[str]]:
    """What came and went between two days, in a few words and in lines."""
    source = dict(zip(case.evidence["id"], case.evidence["source"], strict=True))
    word = "published" if dated else "from sources without a date"
    said, told = [], []
    for rows, done in ((now - before, word), (before - now, "taken back")):
        if rows:
            by: dict[str, list[str]] = {}
            for row in sorted(rows):
                by.setdefault(source[row], []).append(row)
            names = [f"{name} ({counted(len(own), 'row', 'rows')})" for name, own in by.items()]
            said.append(f"{counted(len(rows), 'row', 'rows')} {done} ({', '.join(by)})")
            told.append(f"{done}: {', '.join(names)}")
    return "; ".join(said) or "nothing new", told
