"""Whole cases with a known truth, drawn from the priors and printed with the same hedges.

Nothing but evidence is conditioned on, so that before it reads any row the model is its priors, and
truths are drawn from them. Each row is then printed according to its qualifier, grade and origin,
which is the model's own likelihood used as a generator. A statement that a case prints several
times is printed once, by its best copy: sharing one weight among copies is a rule for reading
evidence, not a process that generates figures.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.case.case import Case
from model.case.statements import statements
from model.evidence.row_equations import LEAST
from model.evidence.synthesis import Synthesis, common_errors, log_quantities, own_errors
from model.projection.prediction import may_be_off
from model.sampling.whatif import left_out

Floats = NDArray[np.float64]

#: Draws that are tried at a time, and how often, for one of which figures can be printed.
TRIES, TIMES = 20, 50


class NothingLeftError(RuntimeError):
    """In nearly all draws, the priors make the quantity of some row zero or negative."""


def printed_once(parts: Synthesis, case: Case) -> Synthesis:
    """The arrays of a case in which only the best copy of each statement counts."""
    said = parts.evidence
    rows = case.evidence.set_index("id").loc[list(said.ids)]
    best: dict[tuple[object, ...], int] = {}
    for place, statement in enumerate(statements(rows)):
        counts = said.weight[place] > 0.0
        if counts and (statement not in best or said.error[place] < said.error[best[statement]]):
            best[statement] = place
    kept = set(best.values())
    repeats = [row for place, row in enumerate(said.ids) if place not in kept]
    return left_out(parts, case, repeats)


def truth_of(parts: Synthesis, number: int, seed: int) -> Floats:
    """Standard normals drawn from the priors, (size,); each truth is determined by its number.

    Draws in which the quantity of a row is zero or negative are skipped: no figure can be printed
    for it, and no posterior reaches such values.

    Raises
    ------
    NothingLeftError
        If none of ``TIMES`` times ``TRIES`` draws can be used.
    """
    chance = np.random.default_rng([seed, number])
    for _ in range(TIMES):
        drawn = chance.normal(size=(TRIES, parts.size))
        kept = np.flatnonzero(usable(log_quantities(parts, drawn)))
        if len(kept):
            return np.asarray(drawn[kept[0]])
    raise NothingLeftError


def usable(log_quantity: Floats) -> NDArray[np.bool_]:
    """Whether a figure can be printed for every row, from log quantities, (..., R)."""
    return np.asarray(log_quantity.min(axis=-1, initial=0.0) > np.log(LEAST) / 2)


def printed(parts: Synthesis, truth: Floats, rng: np.random.Generator) -> Synthesis:
    """The case that would be published if ``truth``, (size,), were true.

    Errors, tails and units are drawn anew; letters' factors, the errors that rows share and the
    deviation between the units of a ``spread`` are part of the truth.
    """
    said = parts.evidence
    *_, deviation = parts.errors(truth)
    own = may_be_off(own_errors(parts, truth), said, rng)
    figure = log_quantities(parts, truth) + own * rng.normal(size=len(own))
    figure += common_errors(parts, truth)
    return hedged(parts, figure, deviation, rng)


def hedged(
    parts: Synthesis, meant: Floats, deviation: Floats, rng: np.random.Generator
) -> Synthesis:
    """The case that is published if speakers have some figures in mind, and hedge them.

    Parameters
    ----------
    parts : Synthesis
    meant : array, (R,)
        Log of each row's quantity, with the error of its speaker.
    deviation : array, (spreads,)
        Standard normals of the deviation between the units of each ``spread``.
    rng : Generator
        Of tails and units.
    """
    said = parts.evidence
    bound, half, tail = said.bound, said.half_width.copy(), said.tail.copy()
    figure = meant + rng.exponential(size=len(meant)) * np.where(bound, 0.0, tail)
    # a bound stays where it was drawn; what is published is on which side of it the figure lies
    figure[bound] = said.log_figure[bound]
    tail[bound] = np.where(meant[bound] <= figure[bound], np.inf, -np.inf)
    centre, width = parts.spread_deviation
    for place, score in zip(said.spread, deviation, strict=True):
        units = rng.normal(size=int(rng.choice(said.units))) * np.exp(centre + width * score)
        # the quantity is the mean of log-normal units, which lies above their centre
        figure[place] += (units.max() + units.min() - np.exp(2.0 * (centre + width * score))) / 2
        half[place] = (units.max() - units.min()) / 2
    published = replace(said, log_figure=figure, half_width=half, tail=tail)
    return replace(parts, evidence=published)
