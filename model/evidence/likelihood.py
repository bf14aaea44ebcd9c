"""Hedge, grade and origin of each row of evidence, as arrays and as log densities.

With q the log of the quantity a row is about and y the log of the printed figure:

- ``exact``, ``about`` and ``range`` are Normal(q, s), where s² is the sum of the variances of the
  grade, the rounding and the speaker's interval;
- ``at_least``, ``more_than`` and ``incomplete`` (a count with known gaps) are floors,
  y = q + error - tail, with an exponential tail;
  ``nearly``, ``almost``, ``up_to`` and ``as_much_as`` are ceilings, y = q + error + tail;
- ``spread`` is the density of the lowest and highest of n units around their centre, summed over
  n; q is the log of the units' mean, which for log-normal units lies half their variance higher.

The table of grades may itself be wrong. The errors of each letter of reliability are multiplied by
an unknown factor, and any row may be off: with a small probability its error is a larger one, by
the whole, half or a quarter of a given deviation.

Rows of one origin about one quantity share a common error. ``NAME/same`` and ``NAME/opposite``
share it across quantities: such rows err alike, or in opposite directions as a share and its
complement do. Rows
of one origin about the same thing are one statement printed several times, and together carry the
weight of one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.case import Case
from model.case.contents import Reading
from model.equations.quantities import BASIC_BY_NAME
from model.equations.subjects import MEASURED_BY_NAME
from model.evidence.measurement import Measurement

Array = Any
Namespace = Any
Floats = NDArray[np.float64]

FLOORS = ("at_least", "more_than", "incomplete")
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
        Mean of the exponential tail; negative for floors, zero if there is no tail.
    shared_error : array, (R,)
        Part of the error that the row shares with its origin's other rows, as a standard deviation
        with the row's sign; zero for the only row of an origin.
    weight : array, (R,)
        One for a single statement; copies of a statement share one; zero if left out.
    origin : array of int, (R,)
        Index of the row's shared error, or -1.
    origins : tuple of str
        Names of the shared errors: origins with more than one row.
    spread : array of int, (Q,)
        Places of the ``spread`` rows.
    units : array, (U,)
        Numbers of units n to sum over, equally likely.
    to_printed : array, (R,)
        Factor that turns a canonical figure back into the row's printed unit.
    letters : tuple of str
        Letters of reliability whose errors carry an unknown factor; none if the table of grades is
        taken as it stands.
    letter, shared_letter : array of int, (R,)
        Index of the letter of the row, and of the row that sets the size of its shared error.
    letter_sd : float
        Standard deviation of the log of each letter's factor.
    off : (float, float)
        Probability that a row is off, and the deviation that its log error then adds at most.
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
    letters: tuple[str, ...]
    letter: NDArray[np.int64]
    shared_letter: NDArray[np.int64]
    letter_sd: float
    off: tuple[float, float]

    @property
    def scales(self) -> tuple[tuple[float, float], ...]:
        """Deviations that a row's error may add, each with its probability; zero comes first."""
        return scales(self.off)

    @property
    def own_error(self) -> Floats:
        """Standard deviation of the part of each row's error that is not shared, (R,)."""
        # a row left out may have a smaller error than the best counted row; its weight is zero
        return np.sqrt(np.maximum(self.error**2 - self.shared_error**2, 1e-12))


def scales(off: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Probability and size of what an error may add, from ``Evidence.off``; zero comes first."""
    share, by = off
    return ((1.0 - share, 0.0), *((share / 3, by / size) for size in (1, 2, 4)))


def evidence(case: Case, measured: Measurement) -> Evidence:
    """Arrays of the rows that ``measured`` holds, all of which count."""
    rows = _rows(case, measured.ids)
    reading = case.reading
    figures = [_figure(case, row) for row in rows.itertuples()]
    counted = np.ones(len(measured.ids), dtype=bool)
    errors, sign = shared_errors(rows)
    repeated = [name for name in set(errors) if name and errors.count(name) > 1]
    origins = tuple(sorted(repeated))
    origin = np.array([origins.index(o) if o in origins else -1 for o in errors], int)
    letters = tuple(sorted(set(rows["reliability"]))) if reading.letter_sd else ()
    letter = np.array([letters.index(o) if letters else 0 for o in rows["reliability"]], int)
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
        shared_error=sign * _shared_error(origin, counted, error, reading.echo_shared),
        weight=_weights(rows, counted, error),
        origin=origin,
        origins=origins,
        spread=np.flatnonzero(rows["qualifier"] == "spread"),
        units=np.unique(np.round(np.geomspace(*reading.spread_units, 7))),
        to_printed=np.array([figure[2] for figure in figures]),
        letters=letters,
        letter=letter,
        shared_letter=letter[_best(origin, counted, error)],
        letter_sd=reading.letter_sd,
        off=reading.off,
    )


def origin_of(stated: str) -> str:
    """Name of an origin, without ``/same`` or ``/opposite``."""
    return stated.partition("/")[0]


def shared_errors(rows: pd.DataFrame) -> tuple[list[str], Floats]:
    """Name of the error that each row may share with others, and the sign with which it does.

    By default an origin errs alike on one quantity and apart on others; a blank shares nothing.
    """
    names, signs = [], []
    for stated, quantity in zip(rows["origin"], rows["quantity"], strict=True):
        origin, slash, how = stated.partition("/")
        names.append(f"{origin} on {quantity}" if origin and not slash else origin)
        signs.append(-1.0 if how == "opposite" else 1.0)
    return names, np.array(signs)


def _rows(case: Case, ids: tuple[str, ...]) -> pd.DataFrame:
    return case.evidence.set_index("id").loc[list(ids)]


def recounted(case: Case, said: Evidence, counted: NDArray[np.bool_]) -> Evidence:
    """The same rows with the weights and shared errors that they have if only some count.

    Parameters
    ----------
    case : Case
    said : Evidence
    counted : array of bool, (R,)
    """
    rows = _rows(case, said.ids)
    _, sign = shared_errors(rows)
    shared = _shared_error(said.origin, counted, said.error, case.reading.echo_shared)
    return replace(
        said,
        weight=_weights(rows, counted, said.error),
        shared_error=sign * shared,
        shared_letter=said.letter[_best(said.origin, counted, said.error)],
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
    """Units of the quantity's own currency per unit of the row's, from means over its window.

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
    """Log of a row's printed figure, its error and its tail, for rows that are not fitted."""
    ends = (row.low, row.high) if row.qualifier in ("range", "spread") else (row.value, row.value)
    low, high = (math.log(end) for end in ends)
    middle, half = (low + high) / 2, (high - low) / 2
    return middle, _error(reading, row, (middle, half, 1.0)), hedge_tail(reading, row.qualifier)


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


def _error(reading: Reading, row: Any, figure: tuple[float, float, float]) -> float:
    """Log error of a row, from its grade, its rounding and its speaker's interval."""
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
    """Weights of the counted rows; copies of one statement share a weight of one.

    Shares are proportional to precision, so that a poor copy adds almost nothing.
    """
    statement = statements(rows)
    precision = np.where(counted, error**-2.0, 0.0)
    together = [
        sum(p for other, p in zip(statement, precision, strict=True) if other == own)
        for own in statement
    ]
    return np.divide(precision, together, out=np.zeros_like(precision), where=counted)


def statements(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Key of each row's statement; copies have the same key.

    Copies are rows of one origin about the same quantity, host, segments and base in the same
    window.
    """
    keys = ["quantity", "host", "segments", "base", "start", "end"]
    return [
        (origin_of(row.origin), *(getattr(row, key) for key in keys)) for row in rows.itertuples()
    ]


def _best(
    origin: NDArray[np.int64], counted: NDArray[np.bool_], error: Floats
) -> NDArray[np.int64]:
    """Place of the best counted row of each row's origin; a row without one is its own."""
    best = np.arange(len(error))
    for place in set(origin.tolist()) - {-1}:
        rows = origin == place
        among = np.flatnonzero(rows & counted) if (rows & counted).any() else np.flatnonzero(rows)
        best[rows] = among[error[among].argmin()]
    return best


def _shared_error(
    origin: NDArray[np.int64], counted: NDArray[np.bool_], error: Floats, shared: float
) -> Floats:
    """Loading of each row on its origin's common error, of one absolute size per origin.

    The best counted row sets the size. If each loading followed the row's own error, a poor repeat
    would pin down the common error and so sharpen the good row.
    """
    best = error[_best(origin, counted, error)]
    return np.where(origin >= 0, math.sqrt(shared) * best, 0.0)
