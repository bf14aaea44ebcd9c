"""Archived draws under other evidence or priors, where importance sampling can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.backend import NUMPY
from model.fitting import Convergence, Posterior
from model.measurement import log_quantities
from model.synthesis import Synthesis, log_density

Floats = NDArray[np.float64]

#: Largest Pareto shape with which importance sampling is reliable (Vehtari, Simpson, Gelman, Yao
#: and Gabry 2024, https://jmlr.org/papers/v25/19-556.html).
MAX_PARETO_K = 0.7


@dataclass(frozen=True, slots=True)
class Reweighted:
    """Archived draws under other weights, and whether they can be relied on.

    Attributes
    ----------
    pareto_k : float
        Shape of the weights' tail: reliable up to 0.7.
    efficiency : float
        Effective draws as a share of all.
    gate : Convergence
        The archived fit's, with effective draws lowered accordingly.
    posterior : Posterior or None
        Draws of equal weight; None where the weights cannot be relied on.
    weights : array, (n,), or None
        Of the archived draws, summing to one; None where they cannot be relied on.
    """

    pareto_k: float
    efficiency: float
    gate: Convergence
    posterior: Posterior | None
    weights: Floats | None = None


def smoothed(log_ratio: Floats, relative: float) -> tuple[Floats, float]:
    """Weights that sum to one from log ratios of densities, (n,), and their Pareto k.

    Parameters
    ----------
    log_ratio : array, (n,)
    relative : float
        Effective draws as a share of all, before weighting.
    """
    from arviz_stats.base import array_stats

    if not np.isfinite(log_ratio).all():
        return np.full(len(log_ratio), 1.0 / len(log_ratio)), np.inf
    if np.ptp(log_ratio) > 0.0:
        # ArviZ takes the logs of inverse ratios, as leave-one-out has them
        log_weights, k = array_stats.psislw(-log_ratio, r_eff=relative)
    else:
        log_weights, k = log_ratio, 0.0
    weights = np.exp(log_weights - log_weights.max())
    return weights / weights.sum(), float(k)


def reweighted(
    posterior: Posterior,
    gate: Convergence,
    parts: Synthesis,
    known: tuple[Floats, Floats] | None = None,
) -> Reweighted:
    """Draws under other evidence or priors, by Pareto-smoothed importance sampling.

    Parameters
    ----------
    posterior : Posterior
        An archived fit.
    gate : Convergence
        Its verdict.
    parts : Synthesis
        The same case under what-ifs.
    known : (array, array), optional
        ``log_quantities`` of the archived draws, for many questions about the same ones.
    """
    flat = posterior.normals.reshape(-1, posterior.normals.shape[-1])
    normals, log_ratio = _log_ratio(posterior.parts, parts, flat, known)
    weights, k = smoothed(log_ratio, min(gate.min_ess_bulk / len(flat), 1.0))
    if k == np.inf:
        return Reweighted(k, 0.0, _lowered(gate, 0.0), None)
    efficiency = float(1.0 / (weights**2).sum() / len(flat))
    lowered = _lowered(gate, efficiency)
    reliable = np.isfinite(k) and k <= MAX_PARETO_K and lowered.converged
    if not reliable:
        return Reweighted(k, efficiency, lowered, None)
    rng = np.random.default_rng(posterior.options.seed)
    chosen = resample(weights, float(rng.random()))
    kept = _chosen(posterior, parts, normals[chosen], chosen)
    return Reweighted(k, efficiency, lowered, kept, weights)


def weighted_quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> Floats:
    """Quantiles of values, (n,), under weights that sum to one."""
    order = np.argsort(values)
    places = np.cumsum(weights[order]) - weights[order] / 2
    return np.interp(levels, places, values[order])


def _log_ratio(
    before: Synthesis,
    after: Synthesis,
    normals: Floats,
    known: tuple[Floats, Floats] | None = None,
) -> tuple[Floats, Floats]:
    """Normals that give the same quantities under other priors, and the log ratio of densities."""
    size = before.layout.size
    moved = (before.layout.location != after.layout.location) | (
        before.layout.scale != after.layout.scale
    )
    new = normals.copy()
    log_ratio = np.zeros(len(normals))
    if moved.any():
        at = np.flatnonzero(moved)
        old, scale = normals[:, at], after.layout.scale[at]
        value = before.layout.location[at] + before.layout.scale[at] * old
        with np.errstate(divide="ignore", invalid="ignore"):
            new[:, at] = (value - after.layout.location[at]) / scale
            prior = 0.5 * (old**2 - new[:, at] ** 2) + np.log(before.layout.scale[at] / scale)
        log_ratio += prior.sum(axis=1)
    assert new.shape[1] >= size
    if np.isfinite(log_ratio).all():
        # other priors give the same quantities: the normals were moved for that
        known = known or quantities_at(before, normals)
        for sign, parts, at_normals in ((1.0, after, new), (-1.0, before, normals)):
            rows, balance = log_density(NUMPY, parts, at_normals, parts.packed(), known)
            log_ratio += sign * (rows.sum(axis=-1) + balance.sum(axis=-1))
    return new, log_ratio


def quantities_at(parts: Synthesis, normals: Floats) -> tuple[Floats, Floats]:
    """What ``log_quantities`` gives at standard normals, (n, size)."""
    layout = parts.layout
    natural = layout.natural(NUMPY, normals[:, : layout.size], layout.location, layout.scale)
    return log_quantities(NUMPY, layout, parts.measured, natural)


def _lowered(gate: Convergence, efficiency: float) -> Convergence:
    return replace(
        gate,
        min_ess_bulk=gate.min_ess_bulk * efficiency,
        min_ess_tail=gate.min_ess_tail * efficiency,
    )


def resample(weights: Floats, offset: float) -> NDArray[np.int64]:
    """Systematic resampling: places of n draws of equal weight, in order (Kitagawa 1996)."""
    positions = (np.arange(len(weights)) + offset) / len(weights)
    places = np.searchsorted(np.cumsum(weights), positions, side="right")
    return np.minimum(places, len(weights) - 1)


def _chosen(
    posterior: Posterior,
    parts: Synthesis,
    normals: Floats,
    chosen: NDArray[np.int64],
) -> Posterior:
    shape = posterior.diverging.shape
    kept = normals.reshape(*shape, -1)
    layout = parts.layout
    return replace(
        posterior,
        layout=layout,
        parts=parts,
        normals=kept,
        natural=layout.natural(NUMPY, kept[..., : layout.size], layout.location, layout.scale),
        diverging=posterior.diverging.ravel()[chosen].reshape(shape),
        steps=posterior.steps.ravel()[chosen].reshape(shape),
        seconds={},
    )
