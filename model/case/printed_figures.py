"""A printed figure as read: the error that its grade and its words leave, and its hedge's tail."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from model.case.changes import is_change
from model.case.contents import Reading
from model.case.intervals import lopsided
from model.case.qualifiers import BOUNDS, CEILINGS, FLOORS, PAIRS
from model.equations.subjects import COUNTS

#: Words that the truth falls short of by a little; those of ceilings may be far above it.
SHORT_OF = ("nearly", "almost")


@dataclass(frozen=True, slots=True)
class Figure:
    """A row's printed figure, as read: the entries of ``Evidence`` for one row."""

    log: float
    half_width: float
    error: float
    tail: float
    offset: float
    to_printed: float
    varied: float


def printed_figure(reading: Reading, row: Any, factor: float = 1.0) -> Figure:
    """Read a row's figure: its log, its error and its hedge.

    Parameters
    ----------
    reading : Reading
    row : named tuple
        A row of ``case.evidence``.
    factor : float
        From the printed to the canonical unit and currency; by default the figure stays as printed.
    """
    pair = row.qualifier in PAIRS
    ends = (row.low, row.high) if pair else (row.value, row.value)
    low, high = (math.log(end * factor) for end in ends)
    grade = grade_error(reading, row.reliability, row.credibility)
    tail = hedge_tail(reading, row.qualifier)
    varied = ratio_error(reading, row.quantity, row.base)
    grade = math.hypot(grade, varied)
    if row.qualifier == "about":
        grade = math.hypot(grade, rounding(row.value, reading.rounding_cap))
    if row.qualifier != "range":
        return Figure((low + high) / 2, (high - low) / 2, grade, tail, 0.0, 1.0 / factor, varied)
    coverage = reading.range_coverage if math.isnan(row.coverage) else row.coverage
    if math.isnan(row.value):
        half = NormalDist().inv_cdf(0.5 + coverage / 2)
        error = math.hypot(grade, (high - low) / 2 / half)
        return Figure((low + high) / 2, (high - low) / 2, error, 0.0, 0.0, 1.0 / factor, varied)
    middle = math.log(row.value * factor)
    location, deviation, tail = lopsided(middle - low, high - middle, coverage)
    # the truth is above the figure where its tail is, so that the figure's own is below
    error = math.hypot(grade, deviation)
    half_width = (high - low) / 2
    return Figure(middle + location, half_width, error, -tail, -location, 1.0 / factor, varied)


def ratio_error(reading: Reading, quantity: str, base: str = "") -> float:
    """Log error since ratios by which a count is read are one for all dates, and in fact vary.

    In a change between two dates, each has its own.
    """
    _, factors = COUNTS.get(quantity, ((), {}))
    once = math.hypot(*(power * reading.varies.get(name, 0.0) for name, power in factors.items()))
    return math.sqrt(2.0) * once if is_change(base) else once


def rounding(value: float, cap: float) -> float:
    """Standard deviation of the log of a figure rounded to its last significant digit.

    The truth is taken as uniform within half a unit of that digit. One-digit figures would then
    be off by up to half, more than people mean, so ``cap`` bounds the result.
    """
    digits = f"{value:.12g}"
    mantissa, _, exponent = f"{float(digits):e}".partition("e")
    places = len(mantissa.rstrip("0").partition(".")[2])
    half_unit = 0.5 * 10.0 ** (int(exponent) - places)
    return min(half_unit / math.sqrt(3.0) / value, cap)


def grade_error(reading: Reading, reliability: str, credibility: int) -> float:
    """Log error from a source's reliability and a claim's credibility, added in quadrature."""
    return math.hypot(reading.reliability[reliability], reading.credibility[credibility])


def hedge_tail(reading: Reading, qualifier: str) -> float:
    """Mean of a hedge's tail of y - q: negative for floors, positive for ceilings.

    A bare bound has a tail without end.
    """
    if qualifier in BOUNDS:
        return math.inf if qualifier == "below" else -math.inf
    if qualifier in FLOORS:
        return -reading.tails[qualifier]
    if qualifier in SHORT_OF or qualifier in CEILINGS:
        return reading.tails[qualifier]
    return 0.0
