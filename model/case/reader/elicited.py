"""Priors stated otherwise than as p05 and p95: any two quantiles, or a mean and a deviation."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from model.case.contents import NORMAL_95
from model.case.reader.prior_tables import StatedPrior
from model.equations.quantities import Support

#: Points and weights of a standard normal: spaced so closely that a logit-normal of a scale up to
#: `WIDEST` has its moments to seven digits.
_Z = np.linspace(-9.0, 9.0, 601)
_WEIGHT = np.exp(-(_Z**2) / 2) / np.exp(-(_Z**2) / 2).sum()
#: Largest scale of a logit: the quantity is then nearly all or nothing.
WIDEST = 5.0


class StatedError(ValueError):
    """Figures of which no prior can be made; ``key`` is the figure at fault."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def quantiles_of(table: StatedPrior, factor: float, support: Support) -> tuple[float, float]:
    """Return the 5% and 95% quantiles of the prior that a table states in another way.

    Two quantiles determine the log-normal (of a fraction: the logit-normal); so do a mean and a
    standard deviation, in closed form or, for a fraction, by matching both moments numerically.

    Parameters
    ----------
    table : StatedPrior
    factor : float
        From the table's unit to the quantity's.
    support : {"positive", "fraction"}

    Raises
    ------
    StatedError
        If a figure is impossible, or the two contradict each other.
    """
    limit = 1.0 if support == "fraction" else math.inf
    where = "between 0 and 1, as a fraction" if support == "fraction" else "above zero and finite"
    for key, figure in table.stated.items():
        if not 0.0 < figure * factor < (math.inf if key == "sd" else limit):
            got = f"{figure:.10g} {table.unit}"
            raise StatedError(key, f"{got} is impossible; write a figure {where}")
    if table.mean is not None and table.sd is not None:
        mean, sd = table.mean * factor, table.sd * factor
        location, scale = _of_moments(mean, sd, support)
    else:
        location, scale = _of_quantiles(table.quantiles, factor, support)
    back = _expit if support == "fraction" else math.exp
    ends = location - NORMAL_95 * scale, location + NORMAL_95 * scale
    try:
        p05, p95 = back(ends[0]), back(ends[1])
    except OverflowError:
        p05, p95 = 0.0, math.inf
    if not 0.0 < p05 < p95 < limit:
        key = next(iter(table.stated))
        raise StatedError(key, "the prior is too narrow or too wide for numbers; state p05 and p95")
    return p05, p95


def told(table: StatedPrior, factor: float, support: Support, p05: float, p95: float) -> str:
    """Return how a table was read, in a sentence."""
    given = " and ".join(f"{key} {figure:.10g}" for key, figure in table.stated.items())
    shape = "logit-normal" if support == "fraction" else "log-normal"
    ends = f"p05 {_short(p05 / factor)} and p95 {_short(p95 / factor)}"
    return f"{given} {table.unit} are read as a {shape} with {ends} {table.unit}"


def _short(value: float) -> str:
    return f"{float(f'{value:.5g}'):,.10g}"


def _of_quantiles(
    quantiles: dict[str, float], factor: float, support: Support
) -> tuple[float, float]:
    """Return location and scale of the log or logit with two quantiles."""
    (low, a), (high, b) = sorted(quantiles.items())
    if a >= b:
        message = f"{a:.10g} is not below {high}, {b:.10g}; put the two in order"
        raise StatedError(low, message)
    to: Callable[[float], float] = _logit if support == "fraction" else math.log
    at = [NormalDist().inv_cdf(int(key[1:]) / 100) for key in (low, high)]
    scale = (to(b * factor) - to(a * factor)) / (at[1] - at[0])
    return to(a * factor) - at[0] * scale, scale


@lru_cache(maxsize=1024)
def _of_moments(mean: float, sd: float, support: Support) -> tuple[float, float]:
    """Return location and scale of the log or logit with a mean and a standard deviation."""
    if support != "fraction":
        variance = math.log1p((sd / mean) ** 2)
        return math.log(mean) - variance / 2, math.sqrt(variance)

    def location(scale: float) -> float:
        # the mean of a logit-normal rises with its location
        reach = 10.0 * scale + 1.0
        return _root(lambda at: _moment(at, scale, 1) - mean, _logit(mean), reach)

    def excess(scale: float) -> float:
        return _moment(location(scale), scale, 2) - mean**2 - sd**2

    if excess(WIDEST) <= 0.0:
        most = math.sqrt(mean * (1.0 - mean))
        message = (
            f"a share with mean {mean:.3g} has a deviation below {most:.2g}, and near that it is "
            "nearly all or nothing; state two quantiles, such as p05 and p95"
        )
        raise StatedError("sd", message)
    scale = _root(excess, WIDEST / 2, WIDEST / 2)
    return location(scale), scale


def _root(rises: Callable[[float], float], middle: float, reach: float) -> float:
    """Return where a rising function is zero, by halving."""
    low, high = middle - reach, middle + reach
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) > 0.0 else (middle, high)
    return (low + high) / 2


def _moment(location: float, scale: float, power: int) -> float:
    """Return a moment of a logit-normal."""
    return float(_WEIGHT @ (1.0 / (1.0 + np.exp(-(location + scale * _Z)))) ** power)


def _logit(value: float) -> float:
    return math.log(value / (1.0 - value))


def _expit(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value)) if value > -700.0 else 0.0
