"""The linear map in which the sampler moves: mode and inverse Hessian of the density."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Density = Callable[[Floats], tuple[float, Floats]]

#: Largest slope at which the search is taken to have arrived at the mode.
STILL = 0.1


@dataclass(frozen=True)
class Whitening:
    """The linear map from sampled points to standard normals: mode + root @ x."""

    mode: Floats
    root: Floats
    done: bool

    @classmethod
    def of_draws(cls, normals: Floats) -> Whitening:
        """Mean and root of the covariance of draws, (n, size): for a posterior much like theirs."""
        values, vectors = np.linalg.eigh(np.cov(normals.T))
        return cls(normals.mean(axis=0), vectors * np.sqrt(np.maximum(values, 1e-6)), done=True)

    def __call__(self, x: Floats) -> Floats:
        """Standard normals, (..., size), from sampled points, (..., size)."""
        return self.mode + x @ self.root.T

    def user_data(self, packed: Floats) -> Floats:
        """The one array that the native function reads."""
        return np.concatenate([self.mode, self.root.ravel(), self.root.T.ravel(), packed])


def whiten(density: Density, size: int) -> Whitening:
    """Mode by L-BFGS, Hessian by central differences of the gradient, and its inverse root.

    Where the Hessian is not positive definite the sampler works on the standard normals
    themselves, starting from the mode: ``done`` says so.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    def negative(point: Floats) -> tuple[float, Floats]:
        value, gradient = density(point)
        if not np.isfinite(value):
            return 1e300, np.zeros_like(point)
        return -value, -gradient

    start = np.zeros(size)
    # on matrices this small, threads of linear algebra wait for each other three times as long
    with threadpool_limits(1):
        mode = minimize(negative, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x
    step = 1e-4
    slopes = [
        (density(mode - step * unit)[1] - density(mode + step * unit)[1]) / (2 * step)
        for unit in np.eye(size)
    ]
    hessian = np.array(slopes)
    if not np.isfinite(hessian).all() or np.abs(density(mode)[1]).max() > STILL:
        return Whitening(mode, np.eye(size), done=False)
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    if values[0] < 1e-3:
        return Whitening(mode, np.eye(size), done=False)
    return Whitening(mode, vectors / np.sqrt(values), done=True)
