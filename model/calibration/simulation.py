"""Whole cases with a known truth, drawn from priors and balance and printed with the same hedges.

Before it reads any row, the model consists of its priors and its balance, so truths are drawn from
both. Each row is then printed according to its qualifier, grade and origin, which is the model's
own likelihood used as a generator. A statement that a case prints several times is printed once, by
its best copy: sharing one weight among copies is a rule for reading evidence, not a process that
generates figures.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.case.case import Case
from model.criticism.refits import flat
from model.evidence.likelihood import statements
from model.evidence.row_equations import LEAST
from model.evidence.synthesis import Synthesis, log_quantities
from model.question import SamplerOptions
from model.sampling.fitting import fit
from model.sampling.whatif import left_out

Floats = NDArray[np.float64]

#: Number of truths drawn together; each is determined by its number.
BLOCK = 100
CHAINS = 2
#: Draws from one truth to the next, enough to make truths independent in practice.
THIN = 10
#: Most rounds of sampling for a block, if some of its draws cannot be used.
STRETCHES = 5


class NothingLeftError(RuntimeError):
    """In most draws, priors and balance make the quantity of some row zero or negative."""


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


def silent(parts: Synthesis) -> Synthesis:
    """The arrays of a case before any row is read, with priors and balance only."""
    return replace(
        parts, evidence=replace(parts.evidence, weight=np.zeros_like(parts.evidence.weight))
    )


def truths(parts: Synthesis, block: int, seed: int) -> Floats:
    """Standard normals drawn from priors and balance, (``BLOCK``, size).

    Draws in which the quantity of a row is zero or negative are skipped: no figure can be printed
    for it, and no posterior reaches such values.

    Parameters
    ----------
    parts : Synthesis
    block : int
        Number of the block of truths.
    seed : int

    Raises
    ------
    NothingLeftError
        If most draws would be skipped.
    NoStartingPointError
        If the density is finite nowhere.
    """
    found: list[Floats] = []
    for stretch in range(1, STRETCHES + 1):
        own = int(np.random.SeedSequence([seed, block, stretch]).generate_state(1)[0])
        options = SamplerOptions(
            draws=BLOCK * THIN // CHAINS, tune=300, chains=CHAINS, seed=own, target_accept=0.9
        )
        drawn = flat(fit(silent(parts), options))[::THIN]
        log_quantity = log_quantities(parts, drawn)
        usable = log_quantity.min(axis=1, initial=0.0) > np.log(LEAST) / 2
        if usable.mean() < 0.5:
            break
        found.append(drawn[usable])
        if sum(map(len, found)) >= BLOCK:
            return np.concatenate(found)[:BLOCK]
    raise NothingLeftError


def printed(parts: Synthesis, truth: Floats, rng: np.random.Generator) -> Synthesis:
    """The case that would be published if ``truth``, (size,), were true.

    Errors and tails are drawn anew. The errors that rows share and the location of the units of a
    ``spread`` are part of the truth.
    """
    layout, said = parts.layout, parts.evidence
    spreads, origins = len(said.spread), len(said.origins)
    _, shared, shift, deviation = np.split(truth, np.cumsum([layout.size, origins, spreads]))
    log_quantity = log_quantities(parts, truth)
    own = np.sqrt(np.maximum(said.error**2 - said.shared_error**2, 0.0))
    noise = rng.normal(size=len(own))
    noise[said.spread] = shift
    common = said.shared_error * shared[np.maximum(said.origin, 0)] if origins else 0.0
    figure = log_quantity + common + own * noise + rng.exponential(size=len(own)) * said.tail
    half = said.half_width.copy()
    centre, width = parts.spread_deviation
    for place, score in zip(said.spread, deviation, strict=True):
        units = rng.normal(size=int(rng.choice(said.units))) * np.exp(centre + width * score)
        figure[place] += (units.max() + units.min()) / 2
        half[place] = (units.max() - units.min()) / 2
    return replace(parts, evidence=replace(said, log_figure=figure, half_width=half))
