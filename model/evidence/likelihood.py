"""Hedge, grade and origin of each row of evidence, as arrays and as log densities.

With q the log of the quantity a row is about and y the log of the printed figure:

- ``exact``, ``about`` and ``range`` are Normal(q, s), where s² is the sum of the variances of the
  grade, the rounding and the speaker's interval;
- ``at_least``, ``more_than`` and ``incomplete`` (a count with known gaps) are floors,
  y = q + error - tail, with an exponential tail;
  ``nearly``, ``almost``, ``up_to`` and ``as_much_as`` are ceilings, y = q + error + tail;
- ``below`` and ``above`` are bare bounds, which say nothing of how far away q is: the row's density
  is the probability that q + error lies on the side named;
- a ``range`` with a figure between its ends is that figure, as the median, with an error whose
  quantiles are the ends: a Normal with an exponential tail on the longer side;
- ``spread`` is the density of the lowest and highest of n units around their centre, summed over
  n; q is the log of the units' mean, which for log-normal units lies half their variance higher.

The table of grades may itself be wrong. The errors of each letter of reliability are multiplied by
an unknown factor, and any row may be off: with a small probability its error is a larger one, by
the whole, half or a quarter of a given deviation.

Rows of one ``panel`` are experts asked about the same thing. They differ by more than their grades
say: each has an error more, of a deviation that the panel has in common and that is unknown.

Rows of one origin about one quantity share a common error. ``NAME/same`` and ``NAME/opposite``
share it across quantities: such rows err alike, or in opposite directions as a share and its
complement do. Rows
of one origin about the same thing are one statement printed several times, and together carry the
weight of one. Rows that are struck out (``model.case.statements``) weigh nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.case import Case
from model.case.printed_figures import Figure, printed_figure
from model.case.statements import statements
from model.equations.quantities import BASIC_BY_NAME
from model.equations.subjects import MEASURED_BY_NAME
from model.evidence.measurement import Measurement

Array = Any
Namespace = Any
Floats = NDArray[np.float64]

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
    varied : array, (R,)
        Part of it that is of a ratio which varies, not of the source: it is never shared.
    tail : array, (R,)
        Mean of the exponential tail; negative for floors, zero if there is no tail, infinite for
        bare bounds.
    offset : array, (R,)
        Log of the figure as printed, over ``log_figure``; not zero for a range that is lopsided.
    shared_error : array, (R,)
        Part of the error that the row shares with its origin's other rows, as a standard deviation
        with the row's sign; zero for the only row of an origin.
    weight : array, (R,)
        One for a single statement; copies of a statement share one; zero if left out.
    origin : array of int, (R,)
        Index of the row's shared error, or -1.
    origins : tuple of str
        Names of the shared errors: origins with more than one row.
    panel : array of int, (R,)
        Index of the row's panel, or -1.
    panels : tuple of str
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
    varied: Floats
    tail: Floats
    offset: Floats
    shared_error: Floats
    weight: Floats
    origin: NDArray[np.int64]
    origins: tuple[str, ...]
    panel: NDArray[np.int64]
    panels: tuple[str, ...]
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
    def bound(self) -> NDArray[np.bool_]:
        """Whether each row is a bare bound, (R,)."""
        return np.asarray(np.isinf(self.tail))

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
    """Arrays of the rows that ``measured`` holds; those that are struck out weigh nothing."""
    rows = _rows(case, measured.ids)
    reading = case.reading
    figures = [_figure(case, row) for row in rows.itertuples()]
    counted = np.array([row not in case.struck for row in measured.ids], dtype=bool)
    errors, sign = shared_errors(rows)
    repeated = [name for name in set(errors) if name and errors.count(name) > 1]
    origins = tuple(sorted(repeated))
    origin = np.array([origins.index(o) if o in origins else -1 for o in errors], int)
    letters = tuple(sorted(set(rows["reliability"]))) if reading.letter_sd else ()
    letter = np.array([letters.index(o) if letters else 0 for o in rows["reliability"]], int)
    error = np.array([figure.error for figure in figures])
    varied = np.array([figure.varied for figure in figures])
    graded = told(error, varied)
    panels = tuple(sorted(set(rows["panel"]) - {""}))
    return Evidence(
        ids=measured.ids,
        log_figure=np.array([figure.log for figure in figures]),
        half_width=np.array([figure.half_width for figure in figures])
        * (rows["qualifier"] == "spread").to_numpy(),
        error=error,
        varied=varied,
        tail=np.array([figure.tail for figure in figures]),
        offset=np.array([figure.offset for figure in figures]),
        shared_error=sign * _shared_error(origin, counted, graded, reading.echo_shared),
        weight=_weights(rows, counted, error),
        origin=origin,
        origins=origins,
        panel=np.array([panels.index(one) if one else -1 for one in rows["panel"]], int),
        panels=panels,
        spread=np.flatnonzero(rows["qualifier"] == "spread"),
        units=np.unique(np.round(np.geomspace(*reading.spread_units, 7))),
        to_printed=np.array([figure.to_printed for figure in figures]),
        letters=letters,
        letter=letter,
        shared_letter=letter[_best(origin, counted, graded)],
        letter_sd=reading.letter_sd,
        off=reading.off,
    )


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
    error = told(said.error, said.varied)
    shared = _shared_error(said.origin, counted, error, case.reading.echo_shared)
    return replace(
        said,
        weight=_weights(rows, counted, said.error),
        shared_error=sign * shared,
        shared_letter=said.letter[_best(said.origin, counted, error)],
    )


def told(error: Floats, varied: Floats) -> Floats:
    """The part of errors, (R,), that is of who told the figure, and of its words."""
    return np.sqrt(error**2 - varied**2)


def _figure(case: Case, row: Any) -> Figure:
    """A row's figure in canonical units and the currency of its quantity."""
    return printed_figure(case.reading, row, float(row.factor) * _exchange(case, row))


def _exchange(case: Case, row: Any) -> float:
    """Units of the quantity's own currency per unit of the row's, from means over its window.

    Items of the accounts are in the host's currency; a few basic quantities, such as the cost of
    permits, are in dollars by definition.
    """
    host = next((host for host in case.hosts if host.name == row.host), None)
    if host is None:
        return 1.0  # a count of several hosts
    basic = BASIC_BY_NAME.get(row.quantity.split(".")[0])
    own = (
        "USD"
        if basic and row.quantity not in MEASURED_BY_NAME and "USD" in basic.unit
        else host.currency
    )
    if row.currency in ("", own):
        return 1.0
    return case.rates.cross(own, row.currency, row.start, row.end)


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
