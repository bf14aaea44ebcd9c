"""Whether ranks are uniform and intervals contain the truth as often as their level states.

If the truth is drawn from the prior and the posterior is right, the rank of the truth among L draws
of its posterior is uniform on 0 … L (Cook, Gelman and Rubin 2006; Talts, Betancourt, Simpson,
Vehtari and Gelman 2018, https://arxiv.org/abs/1804.06788).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Draws of a posterior among which the truth is ranked. With forty places, the central intervals of
#: 50, 80, 90 and 95% are whole numbers of places.
DRAWS = 39
LEVELS = (0.50, 0.80, 0.90, 0.95)
#: Probability that a calibrated model fails the test of uniformity, over all quantities together.
FALSE_ALARM = 1e-4
BINS = 20
#: Probability that the curve of a calibrated quantity leaves its band anywhere.
OUTSIDE = 0.05


def inside(ranks: Ints, level: float) -> NDArray[np.bool_]:
    """Whether the central interval of a level contains the truth, (R, Q)."""
    places = round(level * (DRAWS + 1))
    first = (DRAWS + 1 - places) // 2
    return np.asarray((ranks >= first) & (ranks < first + places))


def covered(ranks: Ints, level: float) -> Floats:
    """Share of replicates in which the central interval contains the truth, (R, Q) to (Q,)."""
    return np.asarray(inside(ranks, level).mean(axis=0))


def uniformity(ranks: Ints) -> Floats:
    """Probability of ranks at least as uneven as these if they are uniform, (R, Q) to (Q,).

    The test is Pearson's chi-squared over ``BINS`` bins of equal size.
    """
    from scipy.stats import chi2

    replicates = ranks.shape[0]
    places = ranks * BINS // (DRAWS + 1)
    counts = np.stack([(places == place).sum(axis=0) for place in range(BINS)])
    expected = replicates / BINS
    return np.asarray(chi2.sf(((counts - expected) ** 2 / expected).sum(axis=0), BINS - 1))


def off_level(ranks: Ints, level: float) -> float:
    """Standard errors by which the intervals of all quantities together miss their level.

    Quantities of one case are correlated, so the error is computed from the means of cases.
    """
    held = inside(ranks, level).mean(axis=1)
    error = held.std() / np.sqrt(len(held))
    return float((held.mean() - level) / error) if error > 0.0 else np.inf


def most_off(looks: int) -> float:
    """Standard errors that the largest of ``looks`` exceeds with probability ``FALSE_ALARM``."""
    from scipy.stats import norm

    return float(norm.isf(FALSE_ALARM / looks / 2.0))


@dataclass(frozen=True)
class Calibration:
    """Verdict on the ranks of many quantities.

    Attributes
    ----------
    p_values : array, (Q,)
        ``uniformity`` of each quantity.
    worst : int
        Place of the smallest.
    p_value : float
        The smallest times the number of quantities, which is the p-value for all of them.
    passed : bool
        Whether ``p_value`` is at least ``FALSE_ALARM``.
    """

    p_values: Floats
    worst: int
    p_value: float
    passed: bool


def calibration(ranks: Ints) -> Calibration:
    """Test the uniformity of all quantities, (R, Q), by Bonferroni's bound.

    The probability of a false alarm is at most ``FALSE_ALARM``, since quantities are correlated.
    """
    p_values = uniformity(ranks)
    worst = int(p_values.argmin())
    p_value = min(1.0, float(p_values[worst]) * len(p_values))
    return Calibration(p_values, worst, p_value, p_value >= FALSE_ALARM)


def curve(ranks: Ints) -> Floats:
    """Distribution function of the ranks minus the uniform one, (R, Q) to (Q, DRAWS + 1)."""
    places = np.arange(DRAWS + 1)
    below = (ranks[:, :, None] <= places).mean(axis=0)
    return np.asarray(below - (places + 1) / (DRAWS + 1))


@cache
def band(replicates: int, simulations: int = 4000) -> tuple[Floats, Floats]:
    """Lower and upper ends of a band that a uniform ``curve`` leaves with probability ``OUTSIDE``.

    The band consists of pointwise binomial intervals, all widened to the same level, found by
    simulation, at which the whole curve stays inside as often as it should (Säilynoja, Bürkner and
    Vehtari 2022, https://doi.org/10.1007/s11222-022-10090-6).

    Returns
    -------
    lower, upper : array, (DRAWS + 1,)
    """
    from scipy.stats import binom

    at = np.arange(1, DRAWS + 1) / (DRAWS + 1)
    ranks = np.random.default_rng(0).integers(0, DRAWS + 1, size=(replicates, simulations))
    below = np.stack([(ranks <= place).sum(axis=0) for place in range(DRAWS)], axis=1)
    tails = np.minimum(binom.cdf(below, replicates, at), binom.sf(below - 1, replicates, at)).min(
        axis=1
    )
    reach = np.quantile(tails, OUTSIDE)
    lower = np.append(binom.ppf(reach, replicates, at) / replicates - at, 0.0)
    upper = np.append(binom.isf(reach, replicates, at) / replicates - at, 0.0)
    return lower, upper
