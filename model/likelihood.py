"""Hedge, grade and origin of each row of evidence, as arrays and as log densities.

With q the log of the quantity a row speaks of and y the log of the figure printed:

- ``exact``, ``about`` and ``range`` are Normal(q, s), s² summing the grade's variance, the
  rounding's and the speaker's interval's;
- ``at_least`` and ``more_than`` are floors, y = q + error - tail, with an exponential tail;
  ``nearly``, ``almost``, ``up_to`` and ``as_much_as`` are ceilings, y = q + error + tail;
- ``spread`` is the density of the lowest and highest of n units around q, n summed over.

Rows of one origin share one common error. Rows of one origin that speak of the same thing are
one statement printed several times: together they carry the weight of one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case import Case, Reading
from model.measurement import Measurement
from model.quantities import BASIC_BY_NAME, MEASURED_BY_NAME

Array = Any
Namespace = Any
Floats = NDArray[np.float64]

FLOORS = ("at_least", "more_than")
CEILINGS = ("nearly", "almost", "up_to", "as_much_as")
LOG_2PI = math.log(2.0 * math.pi)


@dataclass(frozen=True)
class Evidence:
    """Rows of evidence as arrays, in the order of ``Measurement.ids``.

    Attributes
    ----------
    ids : tuple of str
    log_figure : array, (R,)
        Log of the figure, in canonical units and the host's currency; for ``range`` and
        ``spread`` the mid-point of the logs.
    half_width : array, (R,)
        Half the log width of a ``spread``, else zero.
    error : array, (R,)
        Standard deviation of the log error, s.
    tail : array, (R,)
        Mean of the exponential tail; negative for floors, zero for none.
    shared_error : array, (R,)
        Part of the error that the row has in common with its origin's other rows, as a standard
        deviation; zero for a row that stands alone.
    weight : array, (R,)
        One for a row that stands alone; copies of a statement share one; zero when left out.
    origin : array of int, (R,)
        Which shared error the row carries, or -1.
    origins : tuple of str
        Names of the shared errors: origins with more than one row.
    spread : array of int, (Q,)
        Places of the ``spread`` rows.
    units : array, (U,)
        Numbers of units n that are summed over, equally likely.
    to_printed : array, (R,)
        Factor that turns a canonical figure back into the row's printed unit.
    """

    ids: tuple[str, ...]
    log_figure: Floats
    half_width: Floats
    error: Floats
    tail: Floats
    shared_error: Floats
    weight: Floats
    origin: NDArray[np.int64]
    origins: tuple[str, ...]
    spread: NDArray[np.int64]
    units: Floats
    to_printed: Floats

    @property
    def single(self) -> NDArray[np.int64]:
        """Places of the rows that print one figure."""
        return np.setdiff1d(np.arange(len(self.ids)), self.spread)


def evidence(case: Case, measured: Measurement, *, without: tuple[str, ...] = ()) -> Evidence:
    """Arrays of the rows that ``measured`` holds.

    Parameters
    ----------
    case : Case
    measured : Measurement
    without : tuple of str
        Ids of rows to leave out: they keep their place and weigh nothing.
    """
    rows = case.evidence.set_index("id").loc[list(measured.ids)]
    reading = case.reading
    figures = [_figure(case, row) for row in rows.itertuples()]
    counted = np.array([row_id not in without for row_id in measured.ids], dtype=bool)
    repeated = rows["origin"][rows["origin"].duplicated(keep=False)]
    origins = tuple(sorted(set(repeated)))
    origin = np.array([origins.index(o) if o in origins else -1 for o in rows["origin"]], int)
    error = np.array(
        [_error(reading, row, f) for row, f in zip(rows.itertuples(), figures, strict=True)]
    )
    return Evidence(
        ids=measured.ids,
        log_figure=np.array([figure[0] for figure in figures]),
        half_width=np.array(
            [
                f[1] if q == "spread" else 0.0
                for f, q in zip(figures, rows["qualifier"], strict=True)
            ]
        ),
        error=error,
        tail=np.array([hedge_tail(reading, qualifier) for qualifier in rows["qualifier"]]),
        shared_error=_shared_error(origin, counted, error, reading.echo_shared),
        weight=_weights(rows, counted, error),
        origin=origin,
        origins=origins,
        spread=np.flatnonzero(rows["qualifier"] == "spread"),
        units=np.unique(np.round(np.geomspace(*reading.spread_units, 7))),
        to_printed=np.array([figure[2] for figure in figures]),
    )


def _figure(case: Case, row: Any) -> tuple[float, float, float]:
    """Log mid-point, half log width and the factor from canonical back to printed units."""
    factor = float(row.factor) * _exchange(case, row)
    if row.qualifier in ("range", "spread"):
        low, high = math.log(row.low * factor), math.log(row.high * factor)
    else:
        low = high = math.log(row.value * factor)
    return (low + high) / 2, (high - low) / 2, 1.0 / factor


def _exchange(case: Case, row: Any) -> float:
    """Units of the quantity's own currency per unit of the row's: the mean over its window.

    Items of the accounts are in the host's currency; a few basic quantities, such as the cost of
    permits, are in dollars by definition.
    """
    host = next(host for host in case.hosts if host.name == row.host)
    basic = BASIC_BY_NAME.get(row.quantity.split(".")[0])
    own = (
        "USD"
        if basic and row.quantity not in MEASURED_BY_NAME and "USD" in basic.unit
        else host.currency
    )
    if row.currency in ("", own):
        return 1.0
    rates = case.rates
    return rates.mean(own, row.start, row.end) / rates.mean(row.currency, row.start, row.end)


def printed_reading(reading: Reading, row: Any) -> tuple[float, float, float]:
    """Log of a row's figure as printed, its error and its tail, for rows that are not fitted."""
    ends = (row.low, row.high) if row.qualifier in ("range", "spread") else (row.value, row.value)
    low, high = (math.log(end) for end in ends)
    middle, half = (low + high) / 2, (high - low) / 2
    return middle, _error(reading, row, (middle, half, 1.0)), hedge_tail(reading, row.qualifier)


def rounding(value: float, cap: float) -> float:
    """Standard deviation, in log, of a figure rounded to its last significant digit.

    The truth is taken as uniform within half a unit of that digit. One-digit figures would be
    off by up to half, which is not how people speak: ``cap`` bounds it.
    """
    digits = f"{value:.12g}"
    mantissa, _, exponent = f"{float(digits):e}".partition("e")
    places = len(mantissa.rstrip("0").partition(".")[2])
    half_unit = 0.5 * 10.0 ** (int(exponent) - places)
    return min(half_unit / math.sqrt(3.0) / value, cap)


def grade_error(reading: Reading, reliability: str, credibility: int) -> float:
    """Log error of a source's reliability and a claim's credibility, added in quadrature."""
    return math.hypot(reading.reliability[reliability], reading.credibility[credibility])


def _error(reading: Reading, row: Any, figure: tuple[float, float, float]) -> float:
    """Log error of a row: its grade, its rounding and the interval its speaker gave."""
    error = grade_error(reading, row.reliability, row.credibility)
    if row.qualifier == "about":
        return math.hypot(error, rounding(row.value, reading.rounding_cap))
    if row.qualifier == "range":
        from statistics import NormalDist

        half = NormalDist().inv_cdf(0.5 + reading.range_coverage / 2)
        return math.hypot(error, figure[1] / half)
    return error


def hedge_tail(reading: Reading, qualifier: str) -> float:
    """Mean of a hedge's tail of y - q: negative for floors, positive for ceilings."""
    if qualifier in FLOORS:
        return -reading.tails[qualifier]
    if qualifier in CEILINGS:
        return reading.tails[qualifier]
    return 0.0


def _weights(rows: pd.DataFrame, counted: NDArray[np.bool_], error: Floats) -> Floats:
    """Weights of the counted rows: copies of one statement share a weight of one.

    They share by precision, so that a poor copy adds next to nothing.
    """
    statement = statements(rows)
    precision = np.where(counted, error**-2.0, 0.0)
    together = [
        sum(p for other, p in zip(statement, precision, strict=True) if other == own)
        for own in statement
    ]
    return np.divide(precision, together, out=np.zeros_like(precision), where=counted)


def statements(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    """What each row states: copies have the same.

    Copies are rows of one origin that speak of the same quantity, host, segments and base in the
    same window.
    """
    keys = ["origin", "quantity", "host", "segments", "base", "start", "end"]
    return [tuple(getattr(row, key) for key in keys) for row in rows.itertuples()]


def _shared_error(
    origin: NDArray[np.int64], counted: NDArray[np.bool_], error: Floats, shared: float
) -> Floats:
    """Loading of each row on its origin's common error: one absolute size for an origin.

    The size follows the best row that counts. If each row's loading followed its own error, a
    poor repeat would pin the common error and so sharpen the good one.
    """
    loading = np.zeros(len(error))
    for place in set(origin.tolist()) - {-1}:
        rows = origin == place
        best = error[rows & counted] if (rows & counted).any() else error[rows]
        loading[rows] = math.sqrt(shared) * best.min()
    return loading


def normal_logpdf(xp: Namespace, x: Array, sd: Array) -> Array:
    """Log density of a Normal(0, sd) at x."""
    return -0.5 * (x / sd) ** 2 - xp.log(sd) - 0.5 * LOG_2PI


def tailed_logpdf(xp: Namespace, x: Array, sd: Array, tail: Array) -> Array:
    """Log density at x of a Normal(0, sd) plus an exponential of mean ``tail``.

    A negative tail points downwards, a zero tail is none. This is the exponentially modified
    Normal (Grushka 1972), by ``erfcx`` where ``erfc`` would underflow and the other way round.
    """
    plain = xp.abs(tail) < 1e-12
    mean = xp.where(plain, 1.0, xp.abs(tail))
    distance = xp.where(tail < 0.0, -x, x)
    u = (sd / mean - distance / sd) / math.sqrt(2.0)
    far = u > 0.0
    log_near = 0.5 * (sd / mean) ** 2 - distance / mean + xp.log(xp.erfc(xp.where(far, 0.0, u)))
    log_far = -0.5 * (distance / sd) ** 2 + xp.log(xp.erfcx(xp.where(far, u, 0.0)))
    modified = xp.where(far, log_far, log_near) - xp.log(2.0 * mean)
    return xp.where(plain, normal_logpdf(xp, x, sd), modified)


def log_ndtr(xp: Namespace, x: Array) -> Array:
    """Log of the standard normal distribution function."""
    u = -x / math.sqrt(2.0)
    far = u > 0.0
    log_far = xp.log(0.5 * xp.erfcx(xp.where(far, u, 0.0))) - u**2
    log_near = xp.log(0.5 * xp.erfc(xp.where(far, 0.0, u)))
    return xp.where(far, log_far, log_near)


def extremes_logpdf(
    xp: Namespace, low: Array, high: Array, location: Array, deviation: Array, units: Floats
) -> Array:
    """Log density of the lowest and highest of n Normal units, n summed over ``units``.

    The joint density of the extremes of n independent draws is n (n - 1) f(low) f(high)
    [F(high) - F(low)]^(n - 2) (David and Nagaraja 2003, section 2.2).

    Parameters
    ----------
    low, high, location, deviation : array, (..., Q)
        Lowest and highest, centre and standard deviation of the units, all in log.
    units : array, (U,)
        Numbers of units, equally likely beforehand.

    Returns
    -------
    array, (..., Q)
    """
    a, b = (low - location) / deviation, (high - location) / deviation
    # F(b) - F(a) = F(-a) - F(-b): take the side where F is small, so that nothing cancels
    upper = a + b > 0.0
    near, far = xp.where(upper, -a, b), xp.where(upper, -b, a)
    log_near, log_far = log_ndtr(xp, near), log_ndtr(xp, far)
    log_between = log_near + xp.log(-xp.expm1(log_far - log_near))
    log_ends = -0.5 * (a**2 + b**2) - LOG_2PI - 2.0 * xp.log(deviation)
    combinations = np.log(units * (units - 1.0) / len(units))
    terms = combinations + (units - 2.0) * log_between[..., None]
    largest = xp.max(terms, axis=-1, keepdims=True)
    return log_ends + largest[..., 0] + xp.log(xp.sum(xp.exp(terms - largest), axis=-1))


def balance_logpdf(
    xp: Namespace, log_balance: Array, error: Array, persistence: Array, common: Array
) -> Array:
    """Log density of one host's log balances, (..., years, S) to (...).

    Every closing error has the standard deviation ``error``. The errors of one segment correlate
    by ``persistence`` between years, since a fault of definition stays and a fault of timing does
    not; those of one year by ``common`` between segments, since exchange rate, taxes and growth
    are the host's. Without the latter, one misfit would count once for each segment.

    The covariance is error² times the Kronecker product of two compound-symmetric correlations,
    so its eigenvectors are means and contrasts, and the density a sum over the four kinds.
    """
    years, segments = log_balance.shape[-2], log_balance.shape[-1]
    of_year = xp.sum(log_balance, axis=-1, keepdims=True) / segments
    of_segment = xp.sum(log_balance, axis=-2, keepdims=True) / years
    mean = xp.sum(of_year, axis=-2, keepdims=True) / years
    apart, lasting = 1.0 - persistence, 1.0 - persistence + years * persistence
    own, shared = 1.0 - common, 1.0 - common + segments * common
    rest = log_balance - of_year - of_segment + mean

    def total(squares: Array) -> Array:
        return xp.sum(xp.sum(squares, axis=-1), axis=-1)

    squares = (
        total(rest**2) / (apart * own)
        + years * total((of_segment - mean) ** 2) / (lasting * own)
        + segments * total((of_year - mean) ** 2) / (apart * shared)
        + years * segments * total(mean**2) / (lasting * shared)
    )
    log_scale = years * segments * xp.log(error) + 0.5 * (
        segments * ((years - 1) * xp.log(apart) + xp.log(lasting))
        + years * ((segments - 1) * xp.log(own) + xp.log(shared))
    )
    return -0.5 * squares / error**2 - log_scale - 0.5 * years * segments * LOG_2PI
