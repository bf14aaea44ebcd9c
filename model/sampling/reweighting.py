"""Draws of a fit under other evidence, where importance sampling is reliable.

Leaving one row out usually changes the posterior so little that its draws can be reweighted instead
of drawn again, at a hundredth of the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.evidence.synthesis import Synthesis, row_densities
from model.sampling.convergence import Convergence
from model.sampling.fitting import Posterior

Floats = NDArray[np.float64]

#: Largest Pareto shape with which importance sampling is reliable (Vehtari, Simpson, Gelman, Yao
#: and Gabry 2024, https://jmlr.org/papers/v25/19-556.html).
MAX_PARETO_K = 0.7


@dataclass(frozen=True, slots=True)
class Reweighted:
    """Draws of a fit under other weights, and whether they are reliable.

    Attributes
    ----------
    pareto_k : float
        Shape of the weights' tail; reliable up to 0.7.
    efficiency : float
        Effective draws as a share of all.
    gate : Convergence
        The fit's convergence, with effective draws lowered accordingly.
    posterior : Posterior or None
        Draws of equal weight; None if the weights are unreliable.
    weights : array, (n,), or None
        Weights of the fit's draws, summing to one; None if they are unreliable.
    """

    pareto_k: float
    efficiency: float
    gate: Convergence
    posterior: Posterior | None
    weights: Floats | None = None


def smoothed(log_ratio: Floats, relative: float) -> tuple[Floats, float]:
    """Weights that sum to one, from log ratios of densities, (n,), and their Pareto k.

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
        # ArviZ takes the logs of inverse ratios, as in leave-one-out
        # a tail of equal weights has no shape, of which NumPy would warn
        with np.errstate(divide="ignore", invalid="ignore"):
            log_weights, k = array_stats.psislw(-log_ratio, r_eff=relative)
    else:
        log_weights, k = log_ratio, 0.0
    weights = np.exp(log_weights - log_weights.max())
    return weights / weights.sum(), float(k)


def reweighted(
    posterior: Posterior, gate: Convergence, parts: Synthesis, log_quantity: Floats
) -> Reweighted:
    """Draws under other evidence, by Pareto-smoothed importance sampling.

    Parameters
    ----------
    posterior : Posterior
    gate : Convergence
        The convergence of ``posterior``.
    parts : Synthesis
        The same case with other weights or errors of its rows; priors are unchanged.
    log_quantity : array, (n, R)
        ``log_quantities`` of the draws, shared by many calls.
    """
    flat = posterior.flat
    log_ratio = np.zeros(len(flat))
    for sign, one in ((1.0, parts), (-1.0, posterior.parts)):
        log_ratio += sign * row_densities(one, flat, log_quantity).sum(axis=-1)
    weights, k = smoothed(log_ratio, min(gate.min_ess_bulk / len(flat), 1.0))
    if k == np.inf:
        return Reweighted(k, 0.0, lowered_by(gate, 0.0), None)
    efficiency = efficiency_of(weights)
    lowered = lowered_by(gate, efficiency)
    reliable = np.isfinite(k) and k <= MAX_PARETO_K and lowered.converged
    if not reliable:
        return Reweighted(k, efficiency, lowered, None)
    rng = np.random.default_rng(posterior.options.seed)
    chosen = resample(weights, float(rng.random()))
    return Reweighted(
        k, efficiency, lowered, replace(posterior.chosen(chosen), parts=parts), weights
    )


def weighted_quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> Floats:
    """Quantiles of values, (n,), under weights that sum to one."""
    order = np.argsort(values)
    places = np.cumsum(weights[order]) - weights[order] / 2
    return np.interp(levels, places, values[order])


def efficiency_of(weights: Floats) -> float:
    """Effective draws as a share of all, from weights that sum to one (Kish 1965)."""
    return float(1.0 / (weights**2).sum() / len(weights))


def lowered_by(gate: Convergence, efficiency: float) -> Convergence:
    """The verdict on draws of which a share is effective."""
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
