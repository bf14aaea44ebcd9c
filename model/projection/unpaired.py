"""Draws of two fits set against each other: they share no state of the world, so at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def differences(ours: Floats, theirs: Floats) -> Floats:
    """Differences of draws set against each other at random, as many as the larger set has.

    A smaller set is used several times over, each draw as often as another. The same draws give
    the same differences.

    Parameters
    ----------
    ours, theirs : array, (…, n) and (…, m)

    Returns
    -------
    array, (…, max(n, m))
    """
    count = max(ours.shape[-1], theirs.shape[-1])
    rng = np.random.default_rng(0)
    chosen = [rng.permutation(np.arange(count) % one.shape[-1]) for one in (ours, theirs)]
    found: Floats = ours[..., chosen[0]] - theirs[..., chosen[1]]
    return found
