"""Coordinates for a sampler: a phase by the level it leads to and its turnover, not by two rates.

A count that is known well ties down a stock, which many pairs of inflow and exit hazard lead to: in
those two the posterior lies along a bent ridge. In the log of the level at a phase's end, and
the sum of the two rates' scores, it does not. The density is the same, up to the change of volume.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.evidence.economy import Calendar, Layout
from model.kernel import recorded as on
from model.kernel.native import evaluate
from model.kernel.program import Program
from model.kernel.recorded import TAPE
from model.kernel.tape import Node, Tape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: A level is well known if its deviation is below this part of the prior's.
KNOWN = 0.5
#: Draws of the prior that its deviation is told by.
PRIOR_DRAWS = 400


@dataclass(frozen=True)
class Stretches:
    """Phases of the hosts' permitted workers, host by host in order of time; C in all.

    Attributes
    ----------
    start, inflow, exit : array of int, (C,)
        Entries of the host's stock before its first month, and of the phase's two rates.
    first : array of bool, (C,)
        Whether the phase is its host's first.
    months : array, (C,)
    """

    start: Ints
    inflow: Ints
    exit: Ints
    first: NDArray[np.bool_]
    months: Floats

    @classmethod
    def of(cls, layout: Layout, calendar: Calendar) -> Stretches:
        """All phases of a case."""
        places = layout.by_family(np.arange(layout.size))
        inflow, leaving = places["permit_inflow"], places["permit_exit"]
        found = []
        for start, own in zip(places["permitted_at_start"], calendar.phase, strict=True):
            entries, counts = np.unique(own, return_counts=True)
            found += [
                (start, inflow[entry], leaving[entry], not number, months)
                for number, (entry, months) in enumerate(zip(entries, counts, strict=True))
            ]
        begun, arriving, left, first, many = np.array(found).T
        return cls(begun, arriving, left, first.astype(bool), many.astype(float))

    def kept(self, which: NDArray[np.bool_]) -> Stretches:
        """Some of the phases."""
        return Stretches(
            self.start[which], self.inflow[which], self.exit[which], self.first[which],
            self.months[which],
        )  # fmt: skip

    def log_levels(self, layout: Layout, scores: Floats) -> Floats:
        """Log of the permitted at the end of each phase, (..., C), from scores, (..., N)."""
        logs = layout.location + layout.scale * scores
        found = np.empty((*scores.shape[:-1], len(self.start)))
        for number, months in enumerate(self.months):
            before = logs[..., self.start[number]] if self.first[number] else found[..., number - 1]
            hazard = np.exp(logs[..., self.exit[number]])
            stayed = np.log(np.expm1(-hazard * months) / np.expm1(-hazard))
            arrived = logs[..., self.inflow[number]] + stayed
            found[..., number] = np.logaddexp(before - hazard * months, arrived)
        return found


@dataclass(frozen=True)
class Levels:
    """Coordinates in which some phases are told by level and turnover.

    A quarter's own ratio of arrivals is left aside: a level is then near the stock, as it need be.

    They are the scores of the quantities and the normals of the errors. In place of a phase's
    score of inflow they have its log level, less ``centre`` and divided by ``width``; in place of
    its score of exit the sum of both scores over root 2.

    Attributes
    ----------
    layout : Layout
    size : int
        Length of the vector of standard normals.
    phases : Stretches
        Those that are told so: of a host all up to some.
    centre, width : array, (C,)
    """

    layout: Layout
    size: int
    phases: Stretches
    centre: Floats
    width: Floats

    @classmethod
    def known(cls, layout: Layout, calendar: Calendar, normals: Floats) -> Levels | None:
        """Levels that draws, (n, size), know far better than the prior does; None without any."""
        every = Stretches.of(layout, calendar)
        prior = np.random.default_rng(0).standard_normal((PRIOR_DRAWS, layout.size))
        found = every.log_levels(layout, layout.scores(normals[:, : layout.size]))
        before = every.log_levels(layout, layout.scores(prior)).std(axis=0)
        known = found.std(axis=0) < KNOWN * before
        # a level is reached from the one before it, so that none is left out
        last = {int(host): place for place, host in enumerate(every.start) if known[place]}
        which = np.array([place <= last.get(int(h), -1) for place, h in enumerate(every.start)])
        if not which.any():
            return None
        centre, width = found.mean(axis=0)[which], found.std(axis=0)[which]
        return cls(layout, normals.shape[1], every.kept(which), centre, width)

    def coordinates(self, normals: Floats) -> Floats:
        """Coordinates, (..., size), from standard normals, (..., size)."""
        found, layout, phases = np.array(normals), self.layout, self.phases
        scores = layout.scores(normals[..., : layout.size])
        found[..., : layout.size] = scores
        levels = phases.log_levels(layout, scores)
        found[..., phases.inflow] = (levels - self.centre) / self.width
        turnover = scores[..., phases.inflow] + scores[..., phases.exit]
        found[..., phases.exit] = turnover / math.sqrt(2.0)
        return found

    def recorded(self, coordinates: Node) -> tuple[Node, Node, list[Node]]:
        """Scores and standard normals of the quantities, and terms of the log density.

        The kernel counts each coordinate as a standard normal. The terms put the normals in their
        place, and add the log of the change of volume but for a constant.
        """
        layout, phases = self.layout, self.phases
        own = coordinates[..., : layout.size]
        places = np.where(phases.first, phases.start, np.roll(phases.inflow, 1))
        shift = np.where(phases.first, layout.location[phases.start], np.roll(self.centre, 1))
        factor = np.where(phases.first, layout.scale[phases.start], np.roll(self.width, 1))
        turnover = own[..., phases.exit]
        excess, slope = on.balances(
            shift + factor * own[..., places],
            self.centre + self.width * own[..., phases.inflow],
            turnover, phases.months,
            (layout.location[phases.inflow], layout.scale[phases.inflow]),
            (layout.location[phases.exit], layout.scale[phases.exit]),
        )  # fmt: skip
        half = math.sqrt(0.5)
        scores = own.replaced(phases.inflow, half * (turnover + excess))
        scores = scores.replaced(phases.exit, half * (turnover - excess))
        normals = layout.correlation.normals(scores, TAPE)
        other = np.flatnonzero(normals.at != own.at)
        x, z = own[..., other], normals[..., other]
        return scores, normals, [0.5 * (x * x), -0.5 * (z * z), slope]

    def __call__(self, coordinates: Floats) -> Floats:
        """Standard normals, (..., size), from coordinates, (..., size)."""
        return evaluate(self._program, "normals", coordinates)

    @cached_property
    def _program(self) -> Program:
        tape = Tape(self.size)
        _, normals, _ = self.recorded(tape.normals)
        rest = tape.normals[..., self.layout.size :]
        return tape.program(normals=on.concatenate([normals, rest]))
