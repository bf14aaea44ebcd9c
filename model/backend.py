"""The few array operations that the equations need, in NumPy; ``synthesis`` has their twin.

The model's equations take ``xp``, a namespace of array operations, and are written once. Leading
axes (draws) are allowed by the NumPy namespace and broadcast through.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = Any
Namespace = Any


def _split(vector: NDArray[Any], sizes: Sequence[int]) -> list[NDArray[Any]]:
    """Cut the last axis into pieces of the given sizes."""
    return np.split(vector, np.cumsum(sizes)[:-1], axis=-1)


def _flatten(array: NDArray[Any]) -> NDArray[Any]:
    """Merge the last two axes."""
    return array.reshape(*array.shape[:-2], -1)


def _cumsum(array: NDArray[Any]) -> NDArray[Any]:
    """Cumulated sums along the last axis."""
    return np.cumsum(array, axis=-1)


def _swapaxes(array: NDArray[Any]) -> NDArray[Any]:
    """Swap the last two axes."""
    return np.swapaxes(array, -1, -2)


def _erfc(x: NDArray[Any]) -> NDArray[Any]:
    from scipy.special import erfc  # SciPy's special functions cost 0.1 s to import

    return np.asarray(erfc(x))


def _erfcx(x: NDArray[Any]) -> NDArray[Any]:
    from scipy.special import erfcx

    return np.asarray(erfcx(x))


NUMPY = SimpleNamespace(
    exp=np.exp,
    log=np.log,
    expm1=np.expm1,
    abs=np.abs,
    sum=np.sum,
    max=np.max,
    dot=np.dot,
    where=np.where,
    maximum=np.maximum,
    cumsum=_cumsum,
    swapaxes=_swapaxes,
    concatenate=np.concatenate,
    stack=np.stack,
    split=_split,
    flatten=_flatten,
    erfc=_erfc,
    erfcx=_erfcx,
)
