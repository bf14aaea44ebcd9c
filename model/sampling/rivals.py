"""Rival readings of one case: what each fits, with what weight, and the mixture of their draws.

Some questions no row settles, such as whether the state claims a plan or a share of earnings. One
density of all rows would make a compromise narrower than either reading, so each is fitted on its
own and the draws are mixed in proportion to the weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.case.case import Case
from model.case.contents import RivalReading
from model.case.faults import CaseError, Report, choose, quote
from model.case.folders import READINGS
from model.evidence.economy import Layout
from model.evidence.synthesis import Synthesis, synthesis
from model.question import WhatIf
from model.sampling.fitting import Posterior
from model.sampling.whatif import changed_parts

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rival:
    """A reading to be fitted.

    Attributes
    ----------
    reading : RivalReading
    weight : float
        Weights of all readings sum to one.
    case : Case
        The case with the reading's bases.
    parts : Synthesis
        Its arrays under the reading and the what-ifs.
    """

    reading: RivalReading
    weight: float
    case: Case
    parts: Synthesis

    @property
    def counted(self) -> int:
        """How many rows count."""
        return int((self.parts.evidence.weight > 0.0).sum())


def rivals(case: Case, what_if: WhatIf) -> tuple[Rival, ...]:
    """The readings of a case with a weight above zero; none if the case has no readings.

    Raises
    ------
    CaseError
        With every unknown name and impossible figure.
    """
    return tuple(
        _rival(case, reading, weight, what_if)
        for reading, weight in weights(case, what_if)
        if weight > 0.0
    )


def weights(case: Case, what_if: WhatIf) -> list[tuple[RivalReading, float]]:
    """Each reading's weight, summing to one.

    Weights that a what-if names are taken as told; the other readings share what is left in
    proportion to their own weights.

    Raises
    ------
    CaseError
        With every unknown reading and impossible weight.
    """
    report, told = Report(), dict(what_if.readings)
    names = [reading.name for reading in case.readings]
    for name, weight in what_if.readings:
        if name not in names:
            advice = choose(name, names) if names else "the case has no readings.toml"
            report.add("--reading", None, None, f"{quote(name)} is not a reading; {advice}")
        elif not 0.0 <= weight <= 1.0:
            report.add("--reading", None, None, f"{name}={weight:g}: write a weight from 0 to 1")
    if len(told) < len(what_if.readings):
        report.add("--reading", None, None, "a reading is given twice; give it once")
    left = 1.0 - sum(told.values())
    others = sum(one.weight for one in case.readings if one.name not in told)
    if told and not report.faulty and (left < -1e-9 or (left > 1e-9 and not others)):
        total = f"{1.0 - left:g}"
        report.add("--reading", None, None, f"the weights sum to {total}; they must sum to 1")
    if report.faulty:
        raise CaseError("the arguments", report.faults)
    left = left if left > 1e-9 else 0.0  # what the told weights leave by rounding is nothing
    return [
        (one, told[one.name] if one.name in told else left * one.weight / others)
        for one in case.readings
    ]


def _rival(case: Case, reading: RivalReading, weight: float, what_if: WhatIf) -> Rival:
    """A case under a reading, then under what-ifs."""
    bases, table = dict(reading.bases), case.evidence
    told = [bases.get(row, base) for row, base in zip(table["id"], table["base"], strict=True)]
    own = replace(case, evidence=table.assign(base=told))
    changes = WhatIf(drop_rows=reading.leave_out, priors=reading.priors)
    parts = changed_parts(synthesis(own), own, changes)
    return Rival(reading, weight, own, changed_parts(parts, own, what_if))


def parts_of(parts: Synthesis, told: Sequence[Rival]) -> Synthesis:
    """The arrays of a case in which each row has the mean of its weights in the readings."""
    if not told:
        return parts
    weight = np.sum([one.weight * one.parts.evidence.weight for one in told], axis=0)
    return replace(parts, evidence=replace(parts.evidence, weight=weight))


def draws_of(rival: Rival, draws: int) -> int:
    """How many draws of each chain to take of a reading of which a mixture has some of ``draws``.

    Not only as many as the mixture has: they must suffice to judge convergence.
    """
    return max(math.ceil(rival.weight * draws), draws // 2)


def check_heard(told: Sequence[Rival], draws: int) -> None:
    """Check that each reading has a part in the mixture, before anything is sampled.

    Parameters
    ----------
    told : sequence of Rival
    draws : int
        Draws of each chain.

    Raises
    ------
    CaseError
        With every reading whose weight is too small for a single draw.
    """
    report = Report()
    for one, count in zip(told, _counts(told, draws), strict=True):
        if not count:
            report.add(
                READINGS, None, one.reading.name,
                f"a weight of {one.weight:.1g} is less than one draw in {draws:,}; raise the "
                f"weight, ask for more --draws, or leave it out with --reading "
                f"{one.reading.name}=0",
            )  # fmt: skip
    if report.faulty:
        raise CaseError("the weights of readings", report.faults)


def _counts(told: Sequence[Rival], draws: int) -> NDArray[np.int64]:
    """Draws of each chain that each reading has in the mixture."""
    stops = np.round(np.cumsum([one.weight for one in told]) * draws).astype(np.int64)
    return np.diff(stops, prepend=0)


def mixed(
    parts: Synthesis, fits: Sequence[Posterior], told: Sequence[Rival], draws: int
) -> Posterior:
    """The draws of several readings in proportion to their weights.

    Each chain takes from the same chain of every fit draws that are evenly spaced; which reading a
    draw is from is in ``Posterior.reading``. Standard normals are restated by the case's own
    priors, so that a quantity has one prior in the mixture.

    Parameters
    ----------
    parts : Synthesis
        ``parts_of`` the readings.
    fits : sequence of Posterior
        One for each of ``told``, with the same number of chains and at least ``draws_of`` draws.
    told : sequence of Rival
    draws : int
        Draws of each chain of the mixture.
    """
    first, layout = fits[0], parts.layout
    counts = _counts(told, draws)
    places = [
        np.arange(count) * fit.options.draws // max(count, 1)
        for count, fit in zip(counts, fits, strict=True)
    ]
    normals = [restated(layout, fit)[:, own] for fit, own in zip(fits, places, strict=True)]
    together = np.concatenate(normals, axis=1)
    return Posterior(
        layout=layout,
        parts=parts,
        normals=together,
        natural=layout.natural(together[..., : layout.size]),
        stats={
            name: np.concatenate(
                [fit.stats[name][:, own] for fit, own in zip(fits, places, strict=True)], axis=1
            )
            for name in first.stats
        },
        options=replace(first.options, draws=draws),
        notes={
            "whitened": all(fit.notes["whitened"] for fit in fits),
            "gradients": sum(fit.notes["gradients"] for fit in fits),
        },
        seconds={
            stage: round(sum(fit.seconds.get(stage, 0.0) for fit in fits), 3)
            for stage in first.seconds
        },
        reading=np.repeat(np.arange(len(told)), counts),
    )


def restated(layout: Layout, fit: Posterior) -> Floats:
    """Standard normals of a fit, stated by other priors of the basic quantities."""
    own, normals, size = fit.layout, fit.normals.copy(), layout.size
    differ = (own.location != layout.location) | (own.scale != layout.scale)
    other = np.flatnonzero(differ & (layout.scale > 0.0))
    if len(other):
        scores = np.array(own.scores(normals[..., :size]))
        values = own.location[other] + own.scale[other] * scores[..., other]
        scores[..., other] = (values - layout.location[other]) / layout.scale[other]
        normals[..., :size] = layout.normals(scores)
    return normals
