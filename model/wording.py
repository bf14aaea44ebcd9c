"""Numbers for people: money and counts with the digits that their uncertainty earns."""

from __future__ import annotations

import math


def rounding_unit(low: float, high: float) -> float:
    """Power of ten that leaves two significant digits of the interval's width."""
    width = abs(high - low)
    if not math.isfinite(width) or width == 0.0:
        return 1.0
    return 10.0 ** (math.floor(math.log10(width)) - 1)


def rounded(value: float, unit: float) -> str:
    """A number rounded to a power of ten, with thousands separated."""
    if not math.isfinite(value):
        return "not finite"
    decimals = max(0, -round(math.log10(unit)))
    # adding zero turns minus zero into zero
    return f"{round(value / unit) * unit + 0.0:,.{decimals}f}"


def interval(middle: float, low: float, high: float, *, finest: float = 0.0) -> str:
    """Median and interval rounded alike, e.g. ``150 (94 to 230)``, to ``finest`` at most."""
    unit = max(rounding_unit(low, high), finest)
    return f"{rounded(middle, unit)} ({rounded(low, unit)} to {rounded(high, unit)})"


def percent(probability: float) -> str:
    """A probability in whole per cent, never 0 % or 100 % for what the draws cannot tell."""
    if probability < 0.01:
        return "below 1 %"
    if probability > 0.99:
        return "above 99 %"
    return f"{100 * probability:.0f} %"
