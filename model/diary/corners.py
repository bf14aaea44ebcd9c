"""The states between two runs, refitted, and how much of a move each group of changes makes."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from model.archive.answer import Inputs, read_inputs
from model.case.faults import CaseError
from model.diary.changes import ASKED, BY_ROW, SOURCES, Change, Piece, State, kind_of
from model.diary.grouping import Group, groups
from model.diary.refits import Refits, Told
from model.diary.split import Cause, Made, Median, partitions, share, subsets
from model.question import Question, SamplerOptions

#: Most groups of changes that are made one by one: sixteen states, of which two are the runs.
MOST = 4
REFITTED = "refits by a later version of the program"
NOTHING: Made = frozenset()


@contextmanager
def _folder(files: Mapping[str, bytes], case: str) -> Iterator[Path]:
    """A folder of a case, for as long as it is read."""
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / case
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield folder


def between(was: State, now: State, pending: Collection[Piece]) -> State:
    """The state in which all changes have been made but some.

    Sources of either state stand, since rows name them.
    """
    files: dict[str, bytes] = {}
    for name in [*now.files, *(one for one in was.files if one not in now.files)]:
        if kind_of(name) in BY_ROW:
            rows = _table(name, was, now, pending)
            if rows or name in now.files:
                files[name] = _written(rows)
        else:
            side = was if (name, "") in pending else now
            if name in side.files:
                files[name] = side.files[name]
    return State(files, was.what_if if ASKED in pending else now.what_if)


def _table(name: str, was: State, now: State, pending: Collection[Piece]) -> list[dict[str, str]]:
    """Rows of a table in which all changes have been made but some."""
    ours, theirs = was.table(name), now.table(name)
    rows = []
    for key in [*theirs, *(one for one in ours if one not in theirs)]:
        row = (ours if (name, key) in pending else theirs).get(key)
        if row is None and kind_of(name) == SOURCES:
            row = theirs.get(key) or ours.get(key)
        if row is not None:
            rows.append(row)
    return rows


def _written(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    columns = list(dict.fromkeys(chain.from_iterable(rows)))
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@dataclass(frozen=True)
class Corner:
    """One state between two, read."""

    question: Question
    inputs: Inputs


class NotSplitError(Exception):
    """Two states between which nothing can be refitted; the text says why."""


def corners(
    was: State,
    now: State,
    found: Sequence[Change],
    case: str,
    options: SamplerOptions,
    horizon: str,
) -> tuple[list[Group], dict[Made, Corner]]:
    """Every state between two runs, and the groups whose changes can be made one by one.

    Where a state cannot be read, as when rows speak of a phase that is not there yet, groups are
    put together: of all divisions whose states can be read, the finest is taken. Changes of mere
    words have been made in every state, or in none if it cannot be read with them.

    Raises
    ------
    NotSplitError
        If this program cannot read one of the two states themselves.
    """
    divided = groups(found, MOST)
    every = range(len(divided))
    words = {one.piece for one in found if one.kind == "words"}
    read: dict[Made, Corner] = {}
    wrong: dict[Made, str] = {}
    for made in subsets(len(divided)):
        pending = {*chain.from_iterable(divided[one].pieces for one in every if one not in made)}
        for left in (pending, pending | words):
            one = _read(between(was, now, left), case, options, horizon)
            if isinstance(one, Corner):
                read[made] = one
                break
            wrong.setdefault(made, one)
    for made in (NOTHING, frozenset(every)):
        if made not in read:
            raise NotSplitError(f"this program cannot read its inputs ({wrong[made]})")
    for way in partitions(len(divided)):
        unions = {
            made: frozenset(chain.from_iterable(way[one] for one in made))
            for made in subsets(len(way))
        }
        if all(made in read for made in unions.values()):
            joined = [
                Group(
                    "; ".join(divided[one].label for one in part),
                    frozenset(chain.from_iterable(divided[one].pieces for one in part)),
                )
                for part in way
            ]
            return joined, {made: read[whole] for made, whole in unions.items()}
    raise AssertionError("the coarsest division has the two runs alone")


def _read(state: State, case: str, options: SamplerOptions, horizon: str) -> Corner | str:
    """A state as a question that can be answered, or why it cannot be read."""
    with _folder(state.files, case) as folder:
        question = Question(folder, state.what_if, (), horizon, options)
        try:
            return Corner(question, read_inputs(question))
        except CaseError as error:
            return str(error.faults[0]) if error.faults else str(error)


def causes(
    refits: Refits, medians: Callable[[Told], Median], found: Sequence[Group],
    read: dict[Made, Corner], ends: tuple[Told, Told], own: tuple[bool, bool], otherwise: str,
) -> list[Cause]:  # fmt: skip
    """The share of each group of changes in a move.

    Parameters
    ----------
    refits : Refits
    medians : callable
        The median that is told, of a fit.
    found : sequence of Group
    read : dict of frozenset to Corner
    ends : (Told, Told)
        The two runs.
    own : (bool, bool)
        Whether each was made by this program, sampled as the second was: if so, it is not refitted.
    otherwise : str
        What else made the runs differ, in a few words; blank if nothing.

    Raises
    ------
    NotSplitError
        If a refit did not converge.
    OSError
        If a refit cannot be kept.
    """
    whole = frozenset(range(len(found)))
    told: dict[Made, Told] = {}
    for made, corner in read.items():
        end = {NOTHING: 0, whole: 1}.get(made)
        if end is not None and own[end]:
            told[made] = ends[end]
            continue
        label = "; ".join(found[one].label for one in sorted(made)) or "nothing changed yet"
        told[made] = refits.of(corner.question, corner.inputs, label)
        if not (told[made].converged and told[made].annual):
            raise NotSplitError(f"a refit did not converge ({label})")
    at = {made: medians(one) for made, one in told.items()}
    shares = [Cause(one.label, *share(place, len(found), at)) for place, one in enumerate(found)]
    if otherwise or own != (True, True):
        shares += _otherwise(
            otherwise, (medians(ends[0]), medians(ends[1])), (at[NOTHING], at[whole])
        )
    return shares


def _otherwise(label: str, runs: tuple[Median, Median], here: tuple[Median, Median]) -> list[Cause]:
    """What is left of a move when both runs are refitted alike."""
    pairs = list(zip(runs, here, strict=True))
    if not label and all(a.value == b.value for a, b in pairs):
        return []
    moved = (runs[1].value - runs[0].value) - (here[1].value - here[0].value)
    errors = [error for a, b in pairs if a.fit != b.fit for error in (a.error, b.error)]
    return [Cause(label or REFITTED, moved, float(np.hypot.reduce(errors or [0.0])))]


def wanted(read: dict[Made, Corner], own: tuple[bool, bool]) -> list[Corner]:
    """States that are to be refitted, unless they are kept."""
    whole = max(read, key=len)
    return [
        one
        for made, one in read.items()
        if not (made == NOTHING and own[0]) and not (made == whole and own[1])
    ]
