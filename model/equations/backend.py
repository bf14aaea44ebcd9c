"""The array operations of the equations in NumPy; ``model.kernel.recorded`` has the recorded ones.

The equations are written once and take ``xp``, a namespace of operations. With ``NUMPY`` they work
on arrays, and leading axes (draws) broadcast; with ``TAPE`` they are recorded for the kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = Any
Namespace = Any
Floats = NDArray[np.float64]


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x))."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def concatenate(arrays: Sequence[Floats]) -> Floats:
    """Join arrays end to end along the last axis."""
    return np.concatenate(arrays, axis=-1)


def group_sums(x: Floats, groups: NDArray[np.int64], count: int) -> Floats:
    """Sum the numbers of each group along the last axis, (..., count)."""
    return np.asarray(x @ (groups[:, None] == np.arange(count)).astype(float))


def weighted_sums(
    x: Floats, starts: NDArray[np.int64], places: NDArray[np.int64], weights: Floats
) -> Floats:
    """Weighted sums of numbers along the last axis, from each start to the next."""
    return np.add.reduceat(x[..., places] * weights, starts[:-1], axis=-1)


def recurrence(before: Floats, survival: Floats, inflow: Floats) -> Floats:
    """Solve next = before * survival + inflow, along the last axis.

    Parameters
    ----------
    before : array, (...)
    survival, inflow : array, (..., T)

    Returns
    -------
    array, (..., T)
    """
    survival, inflow = np.broadcast_arrays(survival, inflow)
    found = np.empty(np.broadcast_shapes((*before.shape, 1), inflow.shape))
    for t in range(inflow.shape[-1]):
        before = before * survival[..., t] + inflow[..., t]
        found[..., t] = before
    return found


def before(at_start: Floats, path: Floats) -> Floats:
    """The path a step earlier, (..., T), from what it starts with, (...)."""
    first = np.broadcast_to(at_start[..., None], (*path.shape[:-1], 1))
    return np.concatenate([first, path[..., :-1]], axis=-1)


NUMPY = SimpleNamespace(
    exp=np.exp, sigmoid=sigmoid, concatenate=concatenate, group_sums=group_sums,
    recurrence=recurrence, weighted_sums=weighted_sums, before=before,
)  # fmt: skip
