"""An interval around a figure that is not its middle, as a Normal with an exponential tail."""

from __future__ import annotations

import math
from functools import lru_cache

#: Ratio of the tail's mean to the Normal's deviation at which the Normal hardly matters.
MOST_TAIL = 30.0


@lru_cache(maxsize=1024)
def lopsided(below: float, above: float, coverage: float) -> tuple[float, float, float]:
    """Normal plus exponential with median zero and given distances to its quantiles.

    The three parameters of the exponentially modified Normal follow from three quantiles. Its
    longer side is at most log(1 - coverage) / -log(1 + coverage) times its shorter one, as that of
    the exponential; if an interval is more lopsided, the longer side is kept and the shorter one
    made longer, so that the error is never smaller than the source says.

    Parameters
    ----------
    below, above : float
        Distances of the lower and the upper quantile from the median, above zero.
    coverage : float
        Probability between the two quantiles, of which each cuts off half of the rest.

    Returns
    -------
    location : float
        Mean of the Normal, relative to the median.
    deviation : float
        Of the Normal.
    tail : float
        Mean of the exponential; negative if it points downwards, zero if the sides are equal.
    """
    from scipy.optimize import brentq
    from scipy.stats import exponnorm, norm

    longer, shorter = max(below, above), min(below, above)
    ends = [(1.0 - coverage) / 2, 0.5, (1.0 + coverage) / 2]
    if math.isclose(longer, shorter, rel_tol=1e-9):
        return 0.0, longer / float(norm.ppf(ends[2])), 0.0

    def sides(ratio: float) -> tuple[float, float, float]:
        low, middle, high = exponnorm.ppf(ends, ratio)
        return float(middle), float(middle - low), float(high - middle)

    def excess(ratio: float) -> float:
        _, short, long = sides(ratio)
        return long / short - longer / shorter

    least = 1e-3
    if excess(least) > 0.0:  # as good as equal
        return 0.0, (longer + shorter) / 2 / float(norm.ppf(ends[2])), 0.0
    ratio = MOST_TAIL if excess(MOST_TAIL) < 0.0 else float(brentq(excess, least, MOST_TAIL))
    middle, _, long = sides(ratio)
    deviation = longer / long
    sign = 1.0 if above > below else -1.0
    return -sign * middle * deviation, deviation, sign * ratio * deviation
