"""Projections of some draws at a time, so that a large case needs the memory of its results alone.

The accounts by month and segment that a block of draws needs are forgotten with it. In a small
case there is one block.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.case.case import Case
from model.evidence.economy import Layout
from model.projection.horizon import random_walk
from model.projection.projection import Projection, Projector

Floats = NDArray[np.float64]
Found = TypeVar("Found")

#: Draws times months times segments of a block, at most.
CELLS = 3_000_000


def in_blocks[Found](
    case: Case,
    layout: Layout,
    draws: Floats,
    of: Callable[[Projector], Found],
    seed: int = 0,
    follows_earnings: NDArray[np.bool_] | None = None,
) -> list[Found]:
    """What ``of`` returns for each block of draws, (n, N), in their order.

    Parameters
    ----------
    case, layout, draws, seed, follows_earnings
        See ``Projector``.
    of : callable
    """
    each = max(CELLS // (len(case.timeline.months) * len(case.segments)), 1)
    walk = random_walk(case, len(draws), seed)

    def found(start: int) -> Found:
        block = slice(start, start + each)
        own = {currency: one[block] for currency, one in walk.items()}
        follows = None if follows_earnings is None else follows_earnings[block]
        return of(Projector(case, layout, draws[block], seed, follows, walk=own))

    starts = range(0, max(len(draws), 1), each)
    if len(starts) == 1:
        return [found(0)]
    # arithmetic on whole arrays leaves Python to others
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(starts))) as pool:
        return list(pool.map(found, starts))


def project(case: Case, layout: Layout, draws: Floats) -> Projection:
    """Baseline workers and revenue by month from draws of the basic quantities, (n, N)."""
    return joined(in_blocks(case, layout, draws, lambda one: one.baseline))


def yearly_usd(case: Case, layout: Layout, draws: Floats) -> xr.DataArray:
    """Baseline revenue of each whole year in US dollars, all hosts together."""
    return along_draws(in_blocks(case, layout, draws, lambda one: one.baseline.yearly_usd))


def joined(blocks: Sequence[Projection]) -> Projection:
    """Projections of consecutive draws as one."""
    if len(blocks) == 1:
        return blocks[0]
    first = blocks[0]
    return Projection(
        revenue=along_draws([one.revenue for one in blocks]),
        workers=along_draws([one.workers for one in blocks]),
        present=along_draws([one.present for one in blocks]),
        per_usd=along_draws([one.per_usd for one in blocks])
        if "draw" in first.per_usd.dims
        else first.per_usd,
    )


def along_draws(blocks: Sequence[xr.DataArray]) -> xr.DataArray:
    """Arrays of consecutive draws as one; a single one is not copied."""
    return blocks[0] if len(blocks) == 1 else xr.concat(blocks, "draw")
