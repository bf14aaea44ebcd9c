"""What a hedged figure says about the truth, in words: the likeliest value and a 90% interval."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.case.changes import change_in_words
from model.case.contents import NORMAL_95, Reading
from model.case.printed_figures import Figure, printed_figure
from model.case.qualifiers import BOUNDS
from model.terminal.wording import ENGLISH, percent, rounded, rounding_unit

Floats = NDArray[np.float64]

#: Points of a grid of truths, and of one of deviations between units.
POINTS, DEVIATIONS = 2001, 81
#: Share of a bare bound's level at which the truth hardly lies any more.
HARDLY = 0.05

#: The hedge with its figure and unit.
HEDGED = {
    "exact": "exactly {value} {unit}",
    "about": "about {value} {unit}",
    "nearly": "nearly {value} {unit}",
    "almost": "almost {value} {unit}",
    "at_least": "at least {value} {unit}",
    "more_than": "more than {value} {unit}",
    "incomplete": "{value} {unit} in an incomplete count",
    "up_to": "up to {value} {unit}",
    "as_much_as": "as much as {value} {unit}",
    "below": "below {value} {unit}",
    "above": "above {value} {unit}",
    "range": "{low} to {high} {unit}",
    "spread": "{low} to {high} {unit}, the lowest and the highest of several",
}
AROUND = "{value} {unit}, from {low} to {high}"
ROLES = {"fit": "", "holdout": "; compared, not fitted", "context": "; kept for the record only"}


class Truth(NamedTuple):
    """The truth behind a figure, in its printed unit: the likeliest value and quantiles."""

    likeliest: float
    q05: float
    q95: float


def in_words(reading: Reading, row: Any) -> str:
    """Say how a row's figure is read, with the error of its grade.

    The truth is what the figure alone says, with no prior but that each factor is as likely, and
    with the table of grades as it stands.

    Parameters
    ----------
    reading : Reading
    row : named tuple
        A row of ``case.evidence``.
    """
    hedged = hedged_figure(row)
    if hedged is None:
        return f"no figure{ROLES[row.role]}"
    if row.qualifier in BOUNDS:
        beyond = "above" if row.qualifier == "below" else "below"
        read = f"all {row.qualifier} is as likely, hardly {beyond} {_end(reading, row)}"
    else:
        truth = truth_of(reading, row)
        finest = rounding_unit(truth.q05, truth.q95)
        middle, low, high = (_rounded(one, finest) for one in truth)
        read = f"most likely {middle}, {percent(0.9)} between {low} and {high}"
    return f"{hedged}, graded {row.reliability}{row.credibility}: {read}{ROLES[row.role]}"


def hedged_figure(row: Any) -> str | None:
    """A row's figure with its hedge and unit, such as ``about 100,000 RUB a month``; None if none.

    Parameters
    ----------
    row : named tuple
        A row of ``case.evidence``.
    """
    figures = {name: getattr(row, name) for name in ("low", "value", "high")}
    if all(math.isnan(one) for one in figures.values()):
        return None
    printed = {name: ENGLISH.plain(one) for name, one in figures.items()}
    around = row.qualifier == "range" and not math.isnan(row.value)
    of = f" of {change_in_words(row.base)}" if row.base else ""
    return (AROUND if around else HEDGED[row.qualifier]).format(
        **printed, unit=f"{_unit_in_words(row.unit)}{of}"
    )


def _rounded(value: float, finest: float) -> str:
    """A figure with the digits of its interval, but at least two of its own."""
    return rounded(value, min(finest, 10.0 ** (math.floor(math.log10(value)) - 1)))


def _unit_in_words(unit: str) -> str:
    """A unit such as ``USD/month`` as it is spoken."""
    figure, slash, time = unit.partition("/")
    if not slash or figure == "1":
        return unit
    return f"{figure} {'an' if time == 'hour' else 'a'} {time}"


def _end(reading: Reading, row: Any) -> str:
    """Where a bare bound's likelihood is a twentieth of its level."""
    grid, log_likelihood = _single(reading, printed_figure(reading, row))
    # towards the level the curve rises, which is what interpolation needs
    order = slice(None, None, -1) if row.qualifier == "below" else slice(None)
    end = math.exp(np.interp(math.log(HARDLY), log_likelihood[order], grid[order]))
    return _rounded(end, abs(row.value - end))


def truth_of(reading: Reading, row: Any) -> Truth:
    """The truth behind a row's figure, if any factor is as likely before it; no bare bound's.

    Parameters
    ----------
    reading : Reading
    row : named tuple
        A row of ``case.evidence``.
    """
    found = printed_figure(reading, row)
    if row.qualifier == "spread":
        grid, density = _of_units(reading, found)
    else:
        grid, log_likelihood = _single(reading, found)
        density = np.exp(log_likelihood)
    steps = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    q05, q95 = np.exp(np.interp([0.05, 0.95], steps / steps[-1], grid))
    return Truth(float(np.exp(grid[density.argmax()])), float(q05), float(q95))


def _reach(reading: Reading, found: Figure) -> float:
    """Distance of the log error within which nearly all of it lies, on either side."""
    return 5.0 * math.hypot(found.error, reading.off_by if reading.off_share else 0.0)


def _single(reading: Reading, found: Figure) -> tuple[Floats, Floats]:
    """Logs of the truth, and the log likelihood of each, at most zero."""
    from model.kernel.hedge_densities import tailed_logpdf

    near = _reach(reading, found)
    far = 0.0 if math.isinf(found.tail) else 12.0 * abs(found.tail)
    low = found.log - near - far * (found.tail > 0.0)
    high = found.log + near + far * (found.tail < 0.0)
    grid = np.linspace(low, high, POINTS)
    log_likelihood = tailed_logpdf(found.log - grid, found.error, found.tail, reading.off)
    return grid, log_likelihood - log_likelihood.max()


def _of_units(reading: Reading, found: Figure) -> tuple[Floats, Floats]:
    """Logs of the mean of many units, and its density, given the lowest and the highest.

    Their deviation has the prior that fitted rows have; the mean of log-normal units lies half the
    variance above their centre, and the grade's error comes on top.
    """
    from model.kernel.hedge_densities import extremes_logpdf, tailed_logpdf

    units = np.unique(np.round(np.geomspace(*reading.spread_units, 7)))
    ends = np.log(reading.spread_deviation)
    score = np.linspace(-4.0, 4.0, DEVIATIONS)
    deviation = np.exp(ends.mean() + score * (ends[1] - ends[0]) / (2 * NORMAL_95))
    reach = 3.0 * found.half_width + 0.5 + _reach(reading, found)
    grid = np.linspace(found.log - reach, found.log + reach, POINTS)
    centre = grid[:, None] - deviation**2 / 2
    low, high = found.log - found.half_width, found.log + found.half_width
    each = np.exp(extremes_logpdf(low, high, centre, deviation, units) - score**2 / 2).sum(axis=1)
    lags = (grid[1] - grid[0]) * np.arange(1 - POINTS, POINTS)
    error = np.exp(tailed_logpdf(lags, found.error, 0.0, reading.off))
    return grid, np.convolve(each, error)[POINTS - 1 : 2 * POINTS - 1]
