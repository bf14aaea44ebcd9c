"""The states that a diary tells, as found on disk or fitted: runs, or what was known by a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from model.archive import store
from model.archive.answer import read_inputs
from model.archive.comparison import changed_options
from model.archive.keys import versions
from model.archive.moved import Drawn
from model.archive.naming import run_names
from model.archive.overview import asked_in_short
from model.case.case import Case
from model.case.faults import CaseError
from model.case.folders import COPY
from model.case.publication import last_day
from model.case.statements import struck_out
from model.diary.book import KNOWN, RUNS, Diary, Entry, Step
from model.diary.changes import State, changes, groups, lines
from model.diary.refits import MOST, Cause, NotSplitError, Refits, Told, causes, corners, wanted
from model.equations.quantities import DEFINITIONS
from model.question import Question, SamplerOptions, WhatIf
from model.result.readable_tables import known as known_definition
from model.terminal.wording import counted

Json = dict[str, Any]

BEFORE, AFTER = "the run before", "this run"
PROGRAM = "another version of the program or its libraries"
SAMPLING = "other sampling"
#: Parts of a date that a diary of what was known steps by.
PERIODS = {"date": 10, "month": 7, "year": 4}


class NoDiaryError(Exception):
    """There is nothing to tell; the text says why, and what to write."""


@dataclass(frozen=True)
class Run:
    """A run on disk, checked.

    Attributes
    ----------
    folder : Path
    manifest : dict
    told : Told
        Its revenue by year.
    """

    folder: Path
    manifest: Json
    told: Told

    @property
    def options(self) -> SamplerOptions:
        """How it was sampled."""
        return SamplerOptions(**{name: self.manifest["sampler"][name] for name in store.OPTIONS})


def asked_diary(
    refits: Refits, case: str, *, definition: str, year: int | None, every: bool, explain: bool,
    known: str,
) -> Diary:  # fmt: skip
    """The diary of a case.

    Raises
    ------
    NoDiaryError
    OSError
        If a refit cannot be kept.
    """
    known_definition(definition, DEFINITIONS)
    if known and known not in PERIODS:
        raise NoDiaryError(f"known={known!r}; write one of: {', '.join(PERIODS)}")
    name, folders, damaged = _of_case(refits.runs, case)
    plain = [folder for folder in folders if not store.read_manifest(folder)["what_if"]]
    told = folders if every and not known else plain
    if not told:
        raise NoDiaryError(
            f"{refits.runs} holds only what-ifs of {name}; --all tells them, and the estimate "
            "without them makes a diary of its own"
        )
    if known:
        base = next((one for one in reversed(told) if _converged(one)), None)
        if base is None:
            raise NoDiaryError(f"no estimate of {name} in {refits.runs} converged")
        return _known(refits, _run(base), name, definition, year, known)
    runs = []
    for folder in told:
        try:
            runs.append(_run(folder))
        except store.DamagedRunError as error:
            damaged.append(f"{folder.name}  NOT READABLE: {error}")
    if not runs:
        raise NoDiaryError(f"no run of {name} in {refits.runs} can be read")
    found = _of_runs(refits, runs, name, definition, year, explain=explain)
    return replace(found, left_out=len(folders) - len(told), damaged=tuple(damaged))


def _converged(folder: Path) -> bool:
    return bool(store.read_manifest(folder)["convergence"]["converged"])


def _of_case(runs: Path, case: str) -> tuple[str, list[Path], list[str]]:
    """Name of the case, its runs in order of time, and those that cannot be read."""
    by_case: dict[str, list[tuple[tuple[str, float, str], Path]]] = {}
    damaged = []
    for folder in store.run_folders(runs):
        try:
            manifest = store.read_manifest(folder)
            made = (folder / store.POSTERIOR).stat().st_mtime
        except (store.DamagedRunError, OSError) as error:
            damaged.append(f"{folder.name}  NOT READABLE: {error}")
            continue
        own = manifest.get("case") or folder.resolve().name.rpartition("-")[0]
        by_case.setdefault(own, []).append(((manifest.get("date") or "", made, folder.name), folder))
    if not by_case:
        raise NoDiaryError(f"{runs} holds no runs")
    counts = ", ".join(f"{name} ({len(own)})" for name, own in sorted(by_case.items()))
    if case and case not in by_case:
        raise NoDiaryError(f"no run of {case!r} in {runs}, which holds runs of {counts}")
    if not case and len(by_case) > 1:
        raise NoDiaryError(f"{runs} holds runs of several cases; name one: {counts}")
    name = case or next(iter(by_case))
    return name, [folder for _, folder in sorted(by_case[name])], damaged


@store.one_run
def _run(folder: Path) -> Run:
    manifest = store.check_run(folder)
    converged = bool(manifest["convergence"]["converged"])
    return Run(folder, manifest, Told.of(Drawn.of(folder), converged=converged))


def _numbers(told: Told, definition: str, year: int) -> Json | None:
    """Median and interval of a year's revenue; None if there is none."""
    own = told.annual.get(definition, {}).get(str(year))
    return None if own is None else {key: own[key] for key in ("q50", "q05", "q95")}


def _year(newest: Run, definition: str, year: int | None) -> int:
    years = sorted(newest.told.annual[definition])
    if year is None:
        return int(store.read_summary(newest.folder)["accounts"]["year"])
    if str(year) not in years:
        raise NoDiaryError(f"{year} is no whole year of the newest run; write one of: "
                           f"{', '.join(years)}")  # fmt: skip
    return year


def _step(was: Told, now: Told, definition: str, year: int) -> Step:
    a, b = (one.median(definition, year) for one in (was, now))
    return Step(a.value, b.value, 0.0 if a.fit == b.fit else float(np.hypot(a.error, b.error)))


# Runs


def _of_runs(
    refits: Refits, runs: Sequence[Run], case: str, definition: str, year: int | None, *,
    explain: bool,
) -> Diary:  # fmt: skip
    newest = runs[-1]
    year = _year(newest, definition, year)
    given = run_names(refits.runs)
    pairs: list[tuple[Run, Run | None]] = []
    last: Run | None = None
    usable = []
    for one in runs:
        fit = one.told.converged and _numbers(one.told, definition, year) is not None
        pairs.append((one, last if fit else None))
        if fit:
            last = one
            usable.append(one)
    steps = {
        one.folder: _Between(was, one, definition, year, case) for one, was in pairs if was is not None
    }
    if explain:
        refits.total = refits.missing([need for one in steps.values() for need in one.needs()])
    entries = tuple(
        Entry(
            one.manifest.get("date") or "",
            ", ".join(given.get(one.folder.name, [])) or one.folder.name,
            one.folder.name,
            _numbers(one.told, definition, year),
            one.told.converged,
            asked_in_short(one.manifest),
            steps[one.folder].step(refits if explain else None) if one.folder in steps else None,
        )
        for one in runs
    )
    whole = _step(usable[0].told, usable[-1].told, definition, year) if usable[1:] else None
    return Diary(
        case, str(newest.manifest.get("title") or case), RUNS, definition, year, entries, whole,
        newest.folder,
    )  # fmt: skip


class _Between:
    """What lies between two runs."""

    def __init__(self, was: Run, now: Run, definition: str, year: int, case: str) -> None:
        self._was, self._now = was, now
        self._definition, self._year = definition, year
        states = [State.of(one.folder, one.manifest) for one in (was, now)]
        self._changes = changes(*states)
        self._groups = groups(self._changes, MOST)
        self._note = ""
        self._corners: Any = {}
        self._states, self._case = states, case

    @property
    def _split(self) -> bool:
        """Whether refits are needed to tell the changes apart."""
        return len(self._groups) + bool(self._otherwise) > 1 and self._was.told.fit != self._now.told.fit

    @property
    def _otherwise(self) -> str:
        """What else made the runs differ."""
        ours, theirs = self._was.manifest, self._now.manifest
        said = [PROGRAM] if ours["versions"] != theirs["versions"] else []
        return " and ".join([*said, *([SAMPLING] if self._was.options != self._now.options else [])])

    @property
    def _own(self) -> tuple[bool, bool]:
        """Whether each run is one that this program would make, sampled as the second was."""
        here = versions()
        now = self._now.manifest["versions"] == here
        was = self._was.manifest["versions"] == here
        return was and self._was.options == self._now.options, now

    def needs(self) -> list[Any]:
        """Inputs of the refits that tell the changes apart."""
        if not self._split:
            return []
        last = f"{self._year}-12"
        data = State.of(self._now.folder, self._now.manifest)
        horizon = last if last > _end(data) else ""
        try:
            self._groups, self._corners = corners(
                *self._states, self._changes, self._case, self._now.options, horizon
            )
        except NotSplitError as error:
            self._note = f"Not split among these: {error}"
            return []
        # groups that had to be put together may leave nothing to tell apart
        return wanted(self._corners, self._own) if self._split else []

    def step(self, refits: Refits | None) -> Step:
        """The step, split among the changes where that is asked for or needs no refit."""
        label = "; ".join(
            [one.label for one in self._groups] + ([self._otherwise] if self._otherwise else [])
        )
        plain = _step(self._was.told, self._now.told, self._definition, self._year)
        told = [
            *lines([one for one in self._changes if one.kind != "asked"]),
            *changed_options(self._was.manifest, self._now.manifest, (BEFORE, AFTER)),
        ]
        found, note = [], self._note
        if not self._split:
            found = [Cause(label, plain.moved, plain.error)] if label else []
        elif refits is None:
            note = "How much each moved it, --explain tells"
        elif not note:
            try:
                found = causes(
                    refits, lambda one: one.median(self._definition, self._year), self._groups,
                    self._corners, (self._was.told, self._now.told), self._own, self._otherwise,
                )  # fmt: skip
            except NotSplitError as error:
                note = f"Not split among these: {error}"
        return replace(
            plain, changed=tuple(told), label=label, causes=tuple(found), note=note
        )


def _end(state: State) -> str:
    from model.case.reader.toml_places import toml_of

    return str(toml_of(state.files["timeline.toml"].decode("utf-8-sig")).get("end", ""))[:7]


# What was known


def _known(
    refits: Refits, base: Run, case: str, definition: str, year: int | None, by: str
) -> Diary:
    year = _year(base, definition, year)
    inputs = base.folder / COPY
    question = Question(inputs, WhatIf(), (), "", base.options)
    try:
        whole = read_inputs(question)
    except CaseError as error:
        said = error.faults[0] if error.faults else error
        raise NoDiaryError(f"this program cannot read the inputs of {base.folder.name}: {said}") from None
    days = days_of(whole.case, by)
    if not days:
        raise NoDiaryError(f"no fitted row of {case} is from a source with a date")
    asked = [replace(question, what_if=WhatIf(as_of=day.isoformat())) for day in days]
    read = [read_inputs(one) for one in asked]
    refits.total = refits.missing(read)
    entries: list[Entry] = []
    last: Told | None = None
    first: Told | None = None
    before: tuple[frozenset[str], date | None] = (frozenset(), None)
    ends: list[tuple[str, Told | None, frozenset[str], str]] = []
    for day, one, each in zip(days, asked, read, strict=True):
        told = refits.of(one, each, f"what was published by {day}")
        ends.append((day.isoformat(), told, rows_by(whole.case, day), ""))
    dated = ends[-1][2]
    every = rows_by(whole.case, None)
    if every != dated:
        ends.append(("undated", base.told, every, base.folder.name))
    standing: frozenset[str] = frozenset()
    for when, told, rows, run in ends:
        assert told is not None
        numbers = _numbers(told, definition, year)
        usable = told.converged and numbers is not None
        label, said = _published(whole.case, standing, rows, dated=when != "undated")
        step = None
        if usable and last is not None:
            step = replace(_step(last, told, definition, year), changed=tuple(said), label=label)
            step = replace(step, causes=(Cause(label, step.moved, step.error),))
        entries.append(
            Entry(when, label, run, numbers, told.converged, counted(len(rows), "row", "rows"), step)
        )
        if usable:
            first, last = first or told, told
            standing = rows
    total = None
    if first is not None and last is not None and first is not last:
        total = _step(first, last, definition, year)
    title = str(base.manifest.get("title") or case)
    return Diary(case, title, KNOWN, definition, year, tuple(entries), total, base.folder)


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
