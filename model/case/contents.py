"""The immutable parts of a case, after reading and checking."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import Any, Literal

import pandas as pd

from model.equations.quantities import Support

How = Literal["set", "scale", "path", "as_in"]
Follows = Literal["plan", "earnings"]

#: The place of published totals for all the state's workers abroad, and the group of all hosts.
WORLD = "world"
#: The 95% quantile of a standard normal: p05 and p95 lie this many deviations from the centre.
NORMAL_95 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Prior:
    """The prior of one basic quantity, elicited as two quantiles.

    Attributes
    ----------
    label : str
        ``[HOST.]name[.INDEX]``; the first host of the timeline is left out.
    name, host, index : str
        The parts of the label; ``index`` is blank if the family has none.
    p05, p95 : float
        The quantiles, in ``unit``.
    unit : str
        The catalogue's unit; money is in the host's currency.
    support : {"positive", "fraction"}
        Log-normal and logit-normal, respectively.
    basis : str
        The reason, in a sentence.
    lasting : float
        Correlation of the log or logit with that of the period before, in a family by time.
    alike : float
        Part of the log's or logit's variance in common with the other hosts, or segments, that
        state it.
    """

    label: str
    name: str
    host: str
    index: str
    p05: float
    p95: float
    unit: str
    support: Support
    basis: str
    lasting: float = 0.0
    alike: float = 0.0

    @property
    def location(self) -> float:
        """Mean of the log (positive) or of the logit (fraction)."""
        low, high = self._transformed()
        return (low + high) / 2

    @property
    def scale(self) -> float:
        """Standard deviation of the log (positive) or of the logit (fraction)."""
        low, high = self._transformed()
        return (high - low) / (2 * NORMAL_95)

    def _transformed(self) -> tuple[float, float]:
        if self.support == "fraction":
            return log(self.p05 / (1 - self.p05)), log(self.p95 / (1 - self.p95))
        return log(self.p05), log(self.p95)


@dataclass(frozen=True, slots=True)
class Changeover:
    """A currency that took the place of another: from a month on, ``per_new`` old ones are one."""

    old: str
    new: str
    start: pd.Period
    per_new: float


@dataclass(frozen=True, slots=True)
class Host:
    """A country that workers are sent to, and the currency of its accounts.

    The accounts stay in their currency when the country takes another (``became``).
    """

    name: str
    title: str
    currency: str
    became: tuple[Changeover, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a host's workers: a region and a sector."""

    id: str
    host: str
    region: str
    sector: str
    note: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Rules for reading hedges, grades and echoes; distances and deviations are in logs.

    Attributes
    ----------
    reliability, credibility : dict
        Standard deviation by letter A-F and by number 1-6.
    tails : dict
        Mean distance between the figure and the truth, by qualifier.
    rounding_cap : float
        Largest standard deviation added for the rounding of an ``about`` figure.
    range_coverage : float
        Probability that the truth lies in a speaker's range.
    spread_units, spread_deviation : tuple of float
        5% and 95% quantiles of the units behind a spread and of the deviation between them.
    panel_deviation : tuple of float
        5% and 95% quantiles of the deviation between the experts of a panel, beyond their grades.
    echo_shared : float
        Share of a row's error variance common to all rows of its origin.
    letter_sd : float
        Standard deviation of the log of the factor on the errors of each letter; zero takes the
        table of grades as it stands.
    off_share, off_by : float
        Probability that a row is off, and the deviation that its log error then adds.
    slip_factor : float
        Factor beyond the prior's range at which a figure is taken for a slip of unit.
    varies : dict
        Standard deviation around a ratio by which counts are read, of what it was at the time.
    basis : dict
        The reason for each table of reading.toml.
    """

    reliability: dict[str, float]
    credibility: dict[int, float]
    tails: dict[str, float]
    rounding_cap: float
    range_coverage: float
    spread_units: tuple[float, float]
    spread_deviation: tuple[float, float]
    panel_deviation: tuple[float, float]
    echo_shared: float
    letter_sd: float
    off_share: float
    off_by: float
    slip_factor: float
    varies: dict[str, float] = field(default_factory=dict[str, float])
    basis: dict[str, str] = field(default_factory=dict[str, Any])

    @property
    def off(self) -> tuple[float, float]:
        """Probability that a row is off, and the deviation that its log error then adds at most."""
        return self.off_share, self.off_by


@dataclass(frozen=True, slots=True)
class RivalReading:
    """One reading of a question that no row settles; each is fitted on its own.

    Attributes
    ----------
    name, title : str
    weight : float
        Prior weight, before weights are scaled to sum to one.
    follows : {"plan", "earnings"}
        What the state's claim follows in a scenario: the plan, or what crews earn.
    basis : str
        The reason for the reading and its weight.
    leave_out : tuple of str
        Fitted rows that are left out.
    bases : tuple of (str, str)
        Fitted rows that are shares, and the base that they are read as shares of.
    priors : tuple of (str, float, float, str)
        Basic quantities with another prior: label, 5% and 95% quantiles and unit.
    """

    name: str
    title: str
    weight: float
    follows: Follows
    basis: str
    leave_out: tuple[str, ...] = ()
    bases: tuple[tuple[str, str], ...] = ()
    priors: tuple[tuple[str, float, float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change that a scenario makes to the baseline over a range of months.

    Attributes
    ----------
    quantity : str
        Name of a basic quantity of the projection, or ``exchange_rate``.
    host, segment : str
        The workers affected; a blank segment means all of the host's.
    first, last : pd.Period
        Both inclusive; ``last`` is None if the change lasts to the horizon.
    how : {"set", "scale", "path", "as_in"}
    figures : tuple of (pd.Period, float)
        Figures in the catalogue's unit. ``path`` has one for each month it names, in order;
        ``set`` and ``scale`` have one, at ``first``; ``as_in`` has the month whose value is
        copied, with a figure of one.
    currency : str
        Currency of the figures, if it is not the quantity's own.
    """

    quantity: str
    host: str
    segment: str
    first: pd.Period
    last: pd.Period | None
    how: How
    figures: tuple[tuple[pd.Period, float], ...]
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Changes to what happened, and the basis for them.

    Attributes
    ----------
    name : str
        Name of its file, without the extension.
    basis : str
        The published statement that supports it, or ``judgement: …``; may be blank.
    sources : tuple of str
        Ids of sources.csv.
    horizon : pd.Period or None
        Last month to project.
    content : bytes
        Bytes of the file.
    """

    name: str
    title: str
    description: str
    basis: str
    sources: tuple[str, ...]
    horizon: pd.Period | None
    changes: tuple[Change, ...]
    content: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class Prospect:
    """A source that might be found and the statements it would make; figures are unknown.

    Attributes
    ----------
    name : str
    title : str
    rows : pd.DataFrame
        One row per statement: ``id``, ``quantity``, ``host``, ``segments``, ``start``, ``end``,
        ``base``, ``qualifier``, ``reliability`` and ``credibility`` as in the evidence;
        ``statements``, the number of sources that would each make it; ``units``, the number of
        firms or crews that the figure would average (0 for all).
    note : str
        Why it might be found.
    """

    name: str
    title: str
    rows: pd.DataFrame
    note: str = ""
