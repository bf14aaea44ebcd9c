"""Refits that a diary asks for: states between two runs, and what was known by a day.

A refit is kept as a small file beside the runs, ``.diary/KEY.json``, by the key of its fit, so that
none is made twice. It appears whole or not at all.
"""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from model.archive import store
from model.archive.answer import Inputs, read_inputs, results_of
from model.archive.moved import Drawn
from model.archive.plain_files import read_json
from model.case.faults import CaseError
from model.case.folders import BASELINE
from model.diary.changes import ASKED, EVIDENCE, SOURCES, Change, Group, Piece, State, groups
from model.diary.split import Made, Median, partitions, share, subsets
from model.equations.quantities import DEFINITIONS
from model.question import Question, SamplerOptions
from model.sampling.convergence import median_error
from model.sampling.fitting import NoStartingPointError
from model.terminal.screen import lasting

Json = dict[str, Any]

#: Folder of refits, among the runs.
KEPT = ".diary"
SCHEMA = 1
#: Most groups of changes that are made one by one: sixteen states, of which two are the runs.
MOST = 4
REFITTED = "refits by a later version of the program"
QUANTILES = {"q50": 0.5, "q05": 0.05, "q95": 0.95}


class Numbers(BaseModel):
    """A year's revenue in dollars, and the standard error of its median."""

    model_config = ConfigDict(extra="forbid")
    q50: float
    q05: float
    q95: float
    error: float


class Refit(BaseModel):
    """Content of a refit's file."""

    model_config = ConfigDict(extra="forbid")
    schema_: int
    fit: str
    converged: bool
    annual: dict[str, dict[str, Numbers]]
    seal: str


@dataclass(frozen=True, slots=True)
class Told:
    """Revenue of the years of one fit.

    Attributes
    ----------
    fit : str
    converged : bool
    annual : dict
        Numbers by definition and year; none if there is no fit.
    """

    fit: str
    converged: bool
    annual: Json

    @classmethod
    def of(cls, drawn: Drawn, *, converged: bool) -> Told:
        """Those of draws."""
        annual: Json = {
            definition: {
                year: dict(zip(QUANTILES, map(float, np.quantile(draws, [*QUANTILES.values()])),
                               strict=True))
                | {"error": median_error(draws, drawn.reading)}
                for year, draws in drawn.years(BASELINE, definition).items()
            }
            for definition in DEFINITIONS
        }  # fmt: skip
        return cls(drawn.fit, converged, annual)

    def median(self, definition: str, year: int) -> Median:
        """The median of a year's revenue."""
        own = self.annual[definition][str(year)]
        return Median(own["q50"], own["error"], self.fit)


@dataclass
class Refits:
    """Refits, made or read.

    Attributes
    ----------
    runs : Path
        Folder of runs.
    say : callable
        Called with a line before each fit that is made.
    check : callable
        Raises if the user wishes to stop; called before a refit is kept.
    total : int
        Fits that are still to be made, for telling how much is left.
    """

    runs: Path
    say: Callable[[str], object] = lambda _: None
    check: Callable[[], object] = lambda: None
    total: int = 0
    _done: int = field(default=0, init=False)
    _seconds: float = field(default=0.0, init=False)

    def kept(self, inputs: Inputs) -> Told | None:
        """A refit that was made before, or a run of the same fit; None if there is none."""
        key = inputs.keys[1]
        with suppress(store.DamagedRunError, OSError):
            content = read_json(self.runs / KEPT / f"{key}.json", Refit)
            if store.sealed(content)["seal"] == content["seal"] and content["fit"] == key:
                return Told(key, content["converged"], content["annual"])
        folder = store.find_fit(self.runs, key, lambda _: None)
        if folder is None:
            return None
        manifest = store.read_manifest(folder)
        return Told.of(Drawn.of(folder), converged=manifest["convergence"]["converged"])

    def missing(self, asked: Sequence[Inputs]) -> int:
        """How many of some refits are still to be made."""
        return len({one.keys[1] for one in asked if self.kept(one) is None})

    def of(self, question: Question, inputs: Inputs, what: str) -> Told:
        """A refit, made unless it is kept; ``what`` says which in a few words.

        Raises
        ------
        OSError
            If it cannot be kept.
        """
        found = self.kept(inputs)
        if found is not None:
            return found
        left = self.total - self._done
        about = ""
        if self._done and left:
            about = f", about {lasting(self._seconds / self._done * left)} left"
        self.say(f"Refit {self._done + 1} of {max(self.total, self._done + 1)}{about}: {what}")
        began = time.monotonic()
        told = self._made(question, inputs)
        self.check()
        content = {"schema_": SCHEMA, "fit": told.fit, "converged": told.converged}
        content["annual"] = told.annual
        store.replace_json(self.runs / KEPT / f"{told.fit}.json", store.sealed(content))
        self._done += 1
        self._seconds += time.monotonic() - began
        return told

    def _made(self, question: Question, inputs: Inputs) -> Told:
        try:
            results, _ = results_of(question, inputs, None)
        except NoStartingPointError:
            return Told(inputs.keys[1], False, {})
        yearly, posterior = results.yearly_usd, results.posterior
        chains, draws = posterior.diverging.shape
        split = yearly.transpose("scenario", "definition", "year", "draw")
        stacked = split.to_numpy().reshape(*split.shape[:-1], chains, draws)
        import xarray as xr

        named = xr.DataArray(
            stacked,
            dims=("scenario", "definition", "year", "chain", "draw"),
            coords={name: split[name].values for name in ("scenario", "definition", "year")},
        )
        drawn = Drawn(inputs.keys[1], named, posterior.reading)
        return Told.of(drawn, converged=results.convergence.converged)


# States between two runs


@contextmanager
def _folder(files: Mapping[str, bytes], case: str) -> Iterator[Path]:
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
        if name in (EVIDENCE, SOURCES):
            files[name] = _table(name, was, now, pending)
        else:
            side = was if (name, "") in pending else now
            if name in side.files:
                files[name] = side.files[name]
    return State(files, was.what_if if ASKED in pending else now.what_if)


def _table(name: str, was: State, now: State, pending: Collection[Piece]) -> bytes:
    ours, theirs = was.table(name), now.table(name)
    rows = []
    for key in [*theirs, *(one for one in ours if one not in theirs)]:
        row = (ours if (name, key) in pending else theirs).get(key)
        if row is None and name == SOURCES:
            row = theirs.get(key) or ours.get(key)
        if row is not None:
            rows.append(row)
    columns = list(dict.fromkeys(chain.from_iterable(rows)))
    text = io.StringIO(newline="")
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
    was: State, now: State, found: Sequence[Change], case: str, options: SamplerOptions,
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
    for made in (frozenset(), frozenset(every)):
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


@dataclass(frozen=True, slots=True)
class Cause:
    """A group of changes, how far it moves the median in dollars, and the standard error of that."""

    label: str
    moved: float
    error: float


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
    count = len(found)
    whole = frozenset(range(count))
    told: dict[Made, Told] = {}
    for made in subsets(count):
        if made == frozenset() and own[0]:
            told[made] = ends[0]
        elif made == whole and own[1]:
            told[made] = ends[1]
        else:
            label = "; ".join(found[one].label for one in sorted(made)) or "nothing changed yet"
            told[made] = refits.of(read[made].question, read[made].inputs, label)
    for made, one in told.items():
        if not (one.converged and one.annual):
            label = "; ".join(found[number].label for number in sorted(made)) or "the state before"
            raise NotSplitError(f"a refit did not converge (with {label})")
    at = {made: medians(one) for made, one in told.items()}
    shares = [Cause(one.label, *share(place, count, at)) for place, one in enumerate(found)]
    if otherwise or own != (True, True):
        outer = {frozenset(): medians(ends[0]), frozenset({0}): medians(ends[1])}
        moved, _ = share(0, 1, outer)
        inner, _ = share(0, 1, {frozenset(): at[frozenset()], frozenset({0}): at[whole]})
        pairs = ((outer[frozenset()], at[frozenset()]), (outer[frozenset({0})], at[whole]))
        errors = [
            error for a, b in pairs if a.fit != b.fit for error in (a.error, b.error)
        ]
        shares.append(Cause(otherwise or REFITTED, moved - inner, float(np.hypot.reduce(errors or [0.0]))))
    return shares


def wanted(read: dict[Made, Corner], own: tuple[bool, bool]) -> list[Inputs]:
    """States that are to be refitted, unless they are kept."""
    whole = max(read, key=len)
    return [
        one.inputs
        for made, one in read.items()
        if not (made == frozenset() and own[0]) and not (made == whole and own[1])
    ]

