"""Maps in which the sampler moves, from the curvature at the mode and from a pilot's draws.

A sampler takes the fewest steps where the posterior is a standard normal. The first map needs no
draws, only the mode and the inverse Hessian. If it shows in a large case that levels of workers are
well known, these become coordinates, and it is made once more. The second is fitted to the draws of
a pilot: each entry is bent to remove its skew and its tails, and the result is scaled by its
covariance and that of the slopes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from model.evidence.levels import Levels
from model.evidence.synthesis import Synthesis, program
from model.kernel.native import Density, Map, density
from model.kernel.program import Program

Floats = NDArray[np.float64]

#: Largest slope at which the search is taken to have reached the mode; how often it begins anew.
STILL, SEARCHES = 0.1, 5
#: Least curvature that a direction is taken to have: of a prior alone it is one.
FLAT = 0.1
#: Skews and tails of the bends that are tried; a tail of one and no skew is a straight line.
SKEWS = np.arange(-10, 11) / 10
TAILS = 2.0 ** (np.arange(-6, 7) / 6)
#: Entries from which on levels are looked for: a map suffices for fewer, and takes fewer steps.
MANY = 300
#: Draws of the Normal at the mode that tell which levels are well known.
AT_MODE = 400
#: Gain in correlation above which a bend is kept.
PAYS = 0.0005
#: Draws at which slopes are computed, or as many times the entries if that is more.
SLOPES, SLOPES_PER_ENTRY = 1000, 4
#: Quantiles of the draws that a bend is fitted to.
SCORES = ndtri((np.arange(64) + 0.5) / 64)


def first_map(parts: Synthesis) -> tuple[Map, bool]:
    """Map of the curvature at the mode, in levels where these are well known.

    The second value is whether there is one: otherwise the map is the identity.
    """
    letters = parts.errors(np.arange(parts.size))[0]
    found, whitened = curvature_map(density(program(parts)), parts.size, letters)
    if not whitened:
        return found, False
    if parts.size < MANY:
        return found, True
    at_mode = np.random.default_rng(0).standard_normal((AT_MODE, parts.size))
    levels = Levels.known(parts.layout, parts.measured.calendar, found(at_mode))
    if levels is None:
        return found, True
    begin = levels.coordinates(found.centre)
    of = density(program(parts, levels))
    again, whitened = curvature_map(of, parts.size, letters, begin)
    return (replace(again, chart=levels), True) if whitened else (found, True)


def levels_of(found: Map) -> Levels | None:
    """Levels that a map leads to, or None if it leads to standard normals."""
    assert found.chart is None or isinstance(found.chart, Levels)
    return found.chart


def curvature_map(
    of: Density, size: int, held: ArrayLike = (), begin: Floats | None = None
) -> tuple[Map, bool]:
    """Mode by L-BFGS, Hessian by central differences of the gradient, and its inverse root.

    Where the density curves upwards, as between two modes, the size of the curvature counts
    (Betancourt 2013). If no mode is found, the sampler works on the standard normals themselves,
    starting from where the search ended, and the second value is False.

    Parameters
    ----------
    of : callable
    size : int
    held : array of int
        Entries held at zero. At the joint mode of the size of errors and of all that they leave
        free, errors are far smaller than anywhere in the bulk of the posterior.
    begin : array, (size,), optional
        Where the search begins, in place of zero.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    free = np.setdiff1d(np.arange(size), held)

    def whole(point: Floats) -> Floats:
        expanded = np.zeros(size)
        expanded[free] = point
        return expanded

    def negative(point: Floats) -> tuple[float, Floats]:
        value, gradient = of(whole(point))
        if not np.isfinite(value):
            return 1e300, np.zeros_like(point)
        return -value, -gradient[free]

    # on matrices this small, linear algebra in threads takes three times as long
    with threadpool_limits(1):
        mode = np.zeros(len(free)) if begin is None else begin[free]
        for _ in range(SEARCHES):
            # it ends where the density hardly gains, which may be short of the mode
            mode = minimize(
                negative, mode, jac=True, method="L-BFGS-B", options={"maxiter": 2000}
            ).x
            if np.abs(negative(mode)[1]).max() <= STILL:
                break
        step = 1e-4
        slopes = [
            (negative(mode + step * unit)[1] - negative(mode - step * unit)[1]) / (2 * step)
            for unit in np.eye(len(free))
        ]
        hessian = np.array(slopes)
        if not np.isfinite(hessian).all() or np.abs(negative(mode)[1]).max() > STILL:
            return Map(whole(mode), np.eye(size)), False
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        values = np.maximum(np.abs(values), FLAT)
        root = np.eye(size)
        root[np.ix_(free, free)] = triangle(vectors / values @ vectors.T, vectors / np.sqrt(values))
    return Map(whole(mode), root), True


def pilot_map(normals: Floats, recorded: Program, levels: Levels | None = None) -> Map:
    """Map that makes draws, (n, size), as nearly standard normal as bends of the entries allow.

    Once the entries are bent, the scale is the geometric mean of the draws' covariance and the
    inverse of their slopes', the linear map that leaves slopes closest to those of a standard
    normal (Seyboldt, Carlson and Carpenter 2026). Covariance alone overlooks directions in which
    the posterior is steep in its bulk but has long tails, and errs more with few draws.

    Parameters
    ----------
    normals : array, (n, size)
    recorded : Program
        The density that they were drawn from, in the coordinates to move in.
    levels : Levels, optional
        These coordinates, if they are not the normals.
    """
    from threadpoolctl import threadpool_limits

    if levels is not None:
        normals = levels.coordinates(normals)
    bends = fitted_bends(normals)
    skew, tail, shift, factor = bends.T
    straight = np.sinh((np.arcsinh((normals - shift) / factor) - skew) / tail)
    size = normals.shape[1]
    slope = density(recorded, Map(np.zeros(size), np.eye(size), bends))
    every = -(-len(straight) // max(SLOPES, SLOPES_PER_ENTRY * size))
    slopes = np.array([slope(point)[1] for point in straight[::every]])
    with threadpool_limits(1):
        values, vectors = np.linalg.eigh(np.cov(straight.T))
        root = vectors * np.sqrt(np.maximum(values, 1e-6))
        values, vectors = np.linalg.eigh(np.cov((slopes @ root).T))
        root = root @ (vectors * np.maximum(values, 1e-6) ** -0.25)
        root = triangle(root @ root.T, root)
    return Map(straight.mean(axis=0), root, bends, levels)


def triangle(covariance: Floats, root: Floats) -> Floats:
    """Lower triangular root of a covariance of which another root is known.

    To a sampler they are the same map, and the kernel passes over the half that is zeros.
    """
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        # one that is nearly singular may not be positive in rounded numbers
        return np.linalg.qr(root.T, mode="r").T


def fitted_bends(normals: Floats) -> Floats:
    """Skew, tail, shift and factor of each entry's sinh-arcsinh (Jones and Pewsey 2009).

    Of the curves tried, takes the one on which quantiles of the draws against normal scores are
    straightest (Filliben 1975, the probability plot correlation). Shift and factor are the line's.

    Parameters
    ----------
    normals : array, (n, size)

    Returns
    -------
    array, (size, 4)
    """
    levels = (np.arange(len(SCORES)) + 0.5) / len(SCORES)
    quantiles = np.quantile(normals, levels, axis=0)
    skew, tail = (grid.ravel() for grid in np.meshgrid(SKEWS, TAILS, indexing="ij"))
    curves = np.sinh(np.arcsinh(SCORES)[:, None] * tail + skew)
    middle, spread = curves.mean(axis=0), curves.std(axis=0)
    scaled = (curves - middle) / spread
    # stuck chains have no width
    centre, width = quantiles.mean(axis=0), np.maximum(quantiles.std(axis=0), 1e-9)
    correlation = scaled.T @ ((quantiles - centre) / width) / len(SCORES)
    best = correlation.argmax(axis=0)
    straight = int(np.flatnonzero((skew == 0.0) & (tail == 1.0))[0])
    # noise also bends a little, so a bend must gain enough
    gain = correlation.max(axis=0) - correlation[straight]
    best = np.where(gain > PAYS, best, straight)
    factor = width * correlation[best, np.arange(len(best))] / spread[best]
    return np.column_stack([skew[best], tail[best], centre - factor * middle[best], factor])
