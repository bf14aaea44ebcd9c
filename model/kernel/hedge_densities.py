"""The hedges' densities on arrays, computed by the kernel for use outside a fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.kernel import recorded as on
from model.kernel.native import evaluate
from model.kernel.tape import Tape

Floats = NDArray[np.float64]


def tailed_logpdf(
    x: ArrayLike, sd: ArrayLike, tail: ArrayLike, off: tuple[float, float] = (0.0, 1.0)
) -> Floats:
    """Log density at x of a Normal(0, sd) plus an exponential of mean ``tail``.

    A negative tail points downwards; zero means no tail. The arguments broadcast. ``off`` is the
    probability that a figure is off, and the deviation that its error then adds.
    """
    shape = np.broadcast_shapes(*(np.shape(one) for one in (x, sd, tail)))
    x, sd, tail = (np.broadcast_to(one, shape).ravel() for one in (x, sd, tail))
    n = len(x)
    if not n:
        return np.empty(shape)
    tape = Tape(2 * n)
    found = on.hedges(tape.normals[:n], tape.normals[n:], tail, 1.0, off)
    points = np.concatenate([x, sd]).astype(float)
    return evaluate(tape.program(found=found), "found", points).reshape(shape)


def extremes_logpdf(
    low: ArrayLike, high: ArrayLike, location: ArrayLike, deviation: ArrayLike, units: Floats
) -> Floats:
    """Log density of the lowest and highest of n Normal units, summed over n in ``units``.

    Parameters
    ----------
    low, high, location, deviation : array
        Lowest and highest, centre and standard deviation of the units; they broadcast.
    units : array, (U,)
        Numbers of units, equally likely a priori.
    """
    given = (low, high, location, np.log(deviation))
    shape = np.broadcast_shapes(*(np.shape(one) for one in given))
    low, high, location, log_deviation = (
        np.array(np.broadcast_to(one, shape), dtype=np.float64).ravel() for one in given
    )
    n = len(low)
    if not n:
        return np.empty(shape)
    tape = Tape(2 * n)
    found = on.spreads(tape.normals[:n], tape.normals[n:], low, high, np.ones(n), units)
    points = np.concatenate([location, log_deviation])
    return evaluate(tape.program(found=found), "found", points).reshape(shape)
