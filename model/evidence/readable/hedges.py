"""Each hedge as a distribution of the printed figure, for ``model.evidence.readable``.

With q the log of the quantity a row is about, y the log of the printed figure, s its error and m
the mean of its tail, figures are distributed as::

    exact, about, range                  y = q + Normal(0, s)
    at_least, more_than, incomplete      y = q + Normal(0, s) - Exponential(m)
    nearly, almost, up_to, as_much_as    y = q + Normal(0, s) + Exponential(m)
    spread                               the lowest and highest of n units ~ Normal(q, s)
    below, above                         q + Normal(0, s) lies on that side of y

A range with a figure between its ends has a tail on its longer side, above or below.

A figure may be off: with a small probability, s is s ⊕ by, s ⊕ by / 2 or s ⊕ by / 4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

Tensor = Any
Floats = NDArray[np.float64]
Scales = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Hedge:
    """One figure printed with a hedge.

    Attributes
    ----------
    printed : callable
        ``printed(q, s, m, size)``: the figure as a random variable.
    log_density : callable
        ``log_density(y, q, s, m)``: its log density.
    """

    printed: Callable[..., Tensor]
    log_density: Callable[..., Tensor]


def log_normal_cdf(x: Tensor) -> Tensor:
    """Log of the standard normal distribution function.

    Each form receives only the numbers it is used for, so that none overflows silently.
    """
    below, above = pt.minimum(x, 0.0), pt.maximum(x, 0.0)
    log_below = pt.log(pt.erfcx(-below / np.sqrt(2.0)) / 2.0) - below**2 / 2.0
    return pt.switch(x < 0.0, log_below, pt.log1p(-pt.erfc(above / np.sqrt(2.0)) / 2.0))


def log_tailed(x: Tensor, s: Tensor, m: Tensor) -> Tensor:
    """Log density at x of Normal(0, s) + Exponential(m), the exponentially modified Normal.

    ``pm.ExGaussian`` is unsuitable: it omits the tail where m is below s / 20.
    """
    return (s / m) ** 2 / 2.0 - x / m - pt.log(m) + log_normal_cdf(x / s - s / m)


ABOUT = Hedge(
    printed=lambda q, s, m, size: pm.Normal.dist(q, s, size=size),
    log_density=lambda y, q, s, m: pm.logp(pm.Normal.dist(q, s), y),
)
FLOOR = Hedge(
    printed=lambda q, s, m, size: (
        pm.Normal.dist(q, s, size=size) - pm.Exponential.dist(scale=m, size=size)
    ),
    log_density=lambda y, q, s, m: log_tailed(q - y, s, m),
)
CEILING = Hedge(
    printed=lambda q, s, m, size: (
        pm.Normal.dist(q, s, size=size) + pm.Exponential.dist(scale=m, size=size)
    ),
    log_density=lambda y, q, s, m: log_tailed(y - q, s, m),
)

# what is printed is where the line is drawn, so what is drawn is the figure held against it
BELOW = Hedge(
    printed=lambda q, s, m, size: pm.Normal.dist(q, s, size=size),
    log_density=lambda y, q, s, m: log_normal_cdf((y - q) / s),
)
ABOVE = Hedge(
    printed=lambda q, s, m, size: pm.Normal.dist(q, s, size=size),
    log_density=lambda y, q, s, m: log_normal_cdf((q - y) / s),
)

HEDGES = {
    "exact": ABOUT,
    "about": ABOUT,
    "range": ABOUT,
    "at_least": FLOOR,
    "more_than": FLOOR,
    "incomplete": FLOOR,
    "nearly": CEILING,
    "almost": CEILING,
    "up_to": CEILING,
    "as_much_as": CEILING,
    "range_longer_above": FLOOR,
    "range_longer_below": CEILING,
    "below": BELOW,
    "above": ABOVE,
}


def contaminated(log_density: Callable[[Tensor], Tensor], s: Tensor, scales: Scales) -> Tensor:
    """Log density of a figure that may be off, from its density given an error.

    It is a mixture over what an error may add to s (``Evidence.scales``).
    """
    among = [np.log(p) + log_density(pt.sqrt(s**2 + by**2)) for p, by in scales if p]
    return pm.math.logsumexp(pt.stack(among), axis=0, keepdims=False)


def shift(error: Tensor, scales: Scales) -> Tensor:
    """How far each spread is off the truth, in units of its error: standard normal or off.

    Parameters
    ----------
    error : tensor, (rows,)
    scales : tuple of (float, float)
        Deviations that errors may add, each with its probability.
    """

    def log_density(score: Tensor, s: Tensor) -> Tensor:
        def log_normal(deviation: Tensor) -> Tensor:
            return pm.logp(pm.Normal.dist(0.0, deviation), score * s)

        return contaminated(log_normal, s, scales) + pt.log(s)

    return pm.CustomDist(
        "shift", error,
        dist=lambda s, size: pm.Normal.dist(0.0, _error(s, scales, size) / s, size=size),
        logp=log_density, support_point=lambda rv, size, s: pt.zeros_like(s),
        dims="spread_row", class_name="shift",
    )  # fmt: skip


def printed(
    qualifier: str, q: Tensor, error: Tensor, tail: Floats, weight: Floats, log_figure: Floats,
    scales: Scales,
) -> Tensor:  # fmt: skip
    """Observed figures printed with one hedge, as a random variable of the model.

    Parameters
    ----------
    qualifier : str
        The hedge; also the name of the variable, whose dimension is ``{qualifier}_row``.
    q : tensor, (rows,)
        Log of the quantity each row is about.
    error : tensor, (rows,)
    tail : array, (rows,)
    weight : array, (rows,)
        Weight of each row; copies of one statement share a weight of one.
    log_figure : array, (rows,)
        Log of the printed figures.
    scales : tuple of (float, float)
        Deviations that errors may add, each with its probability.
    """
    hedge = HEDGES[qualifier]
    return pm.CustomDist(
        qualifier, q, error, tail, weight,
        dist=lambda q, s, m, w, size: hedge.printed(q, _error(s, scales, size), m, size),
        logp=lambda y, q, s, m, w: (
            w * contaminated(lambda error: hedge.log_density(y, q, error, m), s, scales)
        ),
        observed=log_figure, dims=f"{qualifier}_row", class_name=qualifier,
    )  # fmt: skip


def _error(s: Tensor, scales: Scales, size: Tensor) -> Tensor:
    """Error of each figure: s, or s ⊕ by where it is off."""
    chances, added = zip(*scales, strict=True)
    chosen = pm.Categorical.dist(p=np.array(chances), size=size)
    return pt.sqrt(s**2 + pt.constant(added)[chosen] ** 2)


def spread(q: Tensor, deviation: Tensor, units: Floats, weight: Floats, ends: Floats) -> Tensor:
    """The observed lowest and highest of many units, as a random variable of the model.

    Parameters
    ----------
    q, deviation : tensor, (rows,)
        Centre of the units and standard deviation between them, in log.
    units : array, (U,)
        Numbers of units, equally likely.
    weight : array, (rows,)
    ends : array, (rows, 2)
        Logs of the lowest and the highest figure.
    """
    return pm.CustomDist(
        "spread", q, deviation, weight,
        random=partial(draw_extremes, units=units),
        logp=lambda y, q, s, w: w * log_extremes(y[..., 0], y[..., 1], q, s, units),
        observed=ends, dims=("spread_row", "end"), signature="(),(),()->(2)", class_name="spread",
    )  # fmt: skip


def log_extremes(low: Tensor, high: Tensor, q: Tensor, s: Tensor, units: Floats) -> Tensor:
    """Log density of the lowest and highest of n units ~ Normal(q, s), summed over n.

    With a and b the standardised ends, the density is the sum over n, equally likely, of
    n (n - 1) f(a) f(b) [F(b) - F(a)]^(n - 2) / s² (David and Nagaraja 2003, section 2.2).
    """
    a, b = (low - q) / s, (high - q) / s
    # F(b) - F(a) = F(-a) - F(-b); on the side where F is small nothing cancels
    upper = a + b > 0.0
    log_inside = pm.math.logdiffexp(
        log_normal_cdf(pt.switch(upper, -a, b)), log_normal_cdf(pt.switch(upper, -b, a))
    )
    log_ends = pm.logp(pm.Normal.dist(q, s), low) + pm.logp(pm.Normal.dist(q, s), high)
    log_pairs = np.log(units * (units - 1.0) / len(units))
    by_units = log_pairs + (units - 2.0) * log_inside[..., None]
    return log_ends + pm.math.logsumexp(by_units, axis=-1, keepdims=False)


def draw_extremes(
    q: Floats, s: Floats, weight: Floats, rng: np.random.Generator, size: Any, units: Floats
) -> Floats:
    """Draw n, then the lowest and highest of n units."""
    from scipy.special import ndtri

    n = rng.choice(units, size=size if size is not None else np.shape(q))
    # extremes of n normals from the extremes of n uniforms
    lowest = rng.beta(1.0, n)
    highest = lowest + (1.0 - lowest) * rng.beta(n - 1.0, 1.0)
    ends = ndtri(np.stack([lowest, highest], axis=-1))
    return np.asarray(np.asarray(q)[..., None] + np.asarray(s)[..., None] * ends)
