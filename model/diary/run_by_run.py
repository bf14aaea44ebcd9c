"""A diary of runs: what changed from each to the next, and how far each change moved the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model.archive.comparison import changed_options
from model.archive.keys import versions
from model.archive.naming import run_names
from model.archive.overview import asked_in_short
from model.diary.book import RUNS, Diary, Entry, Step
from model.diary.changes import changes
from model.diary.corners import MOST, Corner, NotSplitError, causes, corners, wanted
from model.diary.grouping import Group, groups, lines
from model.diary.refits import Refits
from model.diary.split import Cause, Made
from model.diary.states import Run, numbers_of, step_of, year_of

BEFORE, AFTER = "the run before", "this run"
PROGRAM = "another version of the program or its libraries"
SAMPLING = "other sampling"
TOGETHER = "Not split among these"


def run_by_run(
    refits: Refits, runs: Sequence[Run], case: str, definition: str, year: int | None, *,
    explain: bool,
) -> Diary:  # fmt: skip
    """The diary of runs in order; with ``explain``, moves are split by refits.

    Raises
    ------
    NoDiaryError
        If the newest run does not have the year.
    OSError
        If a refit cannot be kept.
    """
    newest = runs[-1]
    year = year_of(newest, definition, year)
    given = run_names(refits.runs)
    pairs: list[tuple[Run, Run | None]] = []
    last: Run | None = None
    usable = []
    for one in runs:
        fit = one.told.converged and numbers_of(one.told, definition, year) is not None
        pairs.append((one, last if fit else None))
        if fit:
            last = one
            usable.append(one)
    steps = {
        one.folder: Between(was, one, definition, year, case)
        for one, was in pairs
        if was is not None
    }
    if explain:
        refits.total = refits.missing(
            [need.inputs for one in steps.values() for need in one.needs()]
        )
    entries = tuple(
        Entry(
            one.manifest.get("date") or "",
            ", ".join(given.get(one.folder.name, [])) or one.folder.name,
            one.folder.name,
            numbers_of(one.told, definition, year),
            one.told.converged,
            asked_in_short(one.manifest),
            steps[one.folder].step(refits if explain else None) if one.folder in steps else None,
        )
        for one in runs
    )
    whole = step_of(usable[0].told, usable[-1].told, definition, year) if usable[1:] else None
    return Diary(
        case, str(newest.manifest.get("title") or case), RUNS, definition, year, entries, whole,
        newest.folder,
    )  # fmt: skip


class Between:
    """What lies between two runs: changes in groups, and the states between that are refitted."""

    def __init__(self, was: Run, now: Run, definition: str, year: int, case: str) -> None:
        self._was, self._now = was, now
        self._definition, self._year = definition, year
        self._changes = changes(was.state, now.state)
        self._groups: list[Group] = groups(self._changes, MOST)
        self._corners: dict[Made, Corner] = {}
        self._case, self._note = case, ""

    @property
    def _split(self) -> bool:
        """Whether refits are needed to tell the changes apart."""
        return (
            len(self._groups) + bool(self._otherwise) > 1
            and self._was.told.fit != self._now.told.fit
        )

    @property
    def _otherwise(self) -> str:
        """What else made the runs differ."""
        ours, theirs = self._was.manifest, self._now.manifest
        said = [PROGRAM] if ours["versions"] != theirs["versions"] else []
        said += [SAMPLING] if self._was.options != self._now.options else []
        return " and ".join(said)

    @property
    def _own(self) -> tuple[bool, bool]:
        """Whether each run is one that this program would make, sampled as the second was."""
        here = versions()
        now = self._now.manifest["versions"] == here
        was = self._was.manifest["versions"] == here
        return was and self._was.options == self._now.options, now

    def needs(self) -> list[Corner]:
        """Inputs of the refits that tell the changes apart."""
        if not self._split:
            return []
        was, now = self._was.state, self._now.state
        try:
            self._groups, self._corners = corners(
                was, now, self._changes, self._case, self._now.options,
                now.horizon_for(self._year),
            )  # fmt: skip
        except NotSplitError as error:
            self._note = f"{TOGETHER}: {error}"
            return []
        # groups that had to be put together may leave nothing to tell apart
        return wanted(self._corners, self._own) if self._split else []

    def step(self, refits: Refits | None) -> Step:
        """The step, split among the changes where that is asked for or needs no refit."""
        otherwise = [self._otherwise] if self._otherwise else []
        label = "; ".join([*(one.label for one in self._groups), *otherwise])
        plain = step_of(self._was.told, self._now.told, self._definition, self._year)
        told = [
            *lines([one for one in self._changes if one.kind != "asked"]),
            *changed_options(self._was.manifest, self._now.manifest, (BEFORE, AFTER)),
        ]
        found: list[Cause] = []
        note = self._note
        if not self._split:
            found = [Cause(label, plain.moved, plain.error)] if label else []
        elif refits is None:
            note = "Ask with --explain how far each moved it"
        elif not note:
            try:
                found = causes(
                    refits, lambda one: one.median(self._definition, self._year), self._groups,
                    self._corners, (self._was.told, self._now.told), self._own, self._otherwise,
                )  # fmt: skip
            except NotSplitError as error:
                note = f"{TOGETHER}: {error}"
        return replace(plain, changed=tuple(told), label=label, causes=tuple(found), note=note)
