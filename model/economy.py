"""From the vector of standard normals to the workers by month and the accounts by date.

Here the equations of ``workforce`` and ``accounts`` meet a case's hosts, phases and segments.
Sampler and projection call the same functions with another namespace of arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.accounts import WorkerMonth, grown, worker_month
from model.case import Case
from model.quantities import BASIC
from model.workforce import Workforce, by_month, workforce

Array = Any
Namespace = Any
Values = dict[str, Array]
Floats = NDArray[np.float64]
SUPPORTS = ("positive", "fraction")
#: Items of the accounts that are stated in dollars.
IN_DOLLARS = ("permit_cost", "plan")


@dataclass(frozen=True)
class Layout:
    """Where each basic quantity stands in the vector of standard normals.

    The vector is ordered by support (positive, fraction), so that one ``exp`` and one
    ``sigmoid`` serve them all; within a support by the catalogue's order, host and index.

    Attributes
    ----------
    labels : tuple of str
        Label of each entry, e.g. ``permit_inflow.open``.
    families : tuple of (str, int)
        Name and number of entries of each family, in order.
    supports : tuple of int
        How many entries each of the two supports has.
    location, scale : array, (N,)
        Prior mean and standard deviation of the log (positive) or logit (fraction).
    """

    labels: tuple[str, ...]
    families: tuple[tuple[str, int], ...]
    supports: tuple[int, ...]
    location: Floats
    scale: Floats

    @classmethod
    def of(cls, case: Case) -> Layout:
        """Layout of a case's priors."""
        order = {name: place for place, name in enumerate(basic.name for basic in BASIC)}
        priors = sorted(
            case.priors, key=lambda prior: (SUPPORTS.index(prior.support), order[prior.name])
        )
        sizes: dict[str, int] = {}
        for prior in priors:
            sizes[prior.name] = sizes.get(prior.name, 0) + 1
        return cls(
            labels=tuple(prior.label for prior in priors),
            families=tuple(sizes.items()),
            supports=tuple(sum(p.support == support for p in priors) for support in SUPPORTS),
            location=np.array([prior.location for prior in priors]),
            scale=np.array([prior.scale for prior in priors]),
        )

    @property
    def size(self) -> int:
        """Number of basic quantities N."""
        return len(self.labels)

    @cached_property
    def index(self) -> dict[str, int]:
        """Place of each label."""
        return {label: place for place, label in enumerate(self.labels)}

    def natural(self, xp: Namespace, normals: Array, location: Array, scale: Array) -> Array:
        """Basic quantities in their own units, (..., N), from standard normals, (..., N)."""
        positive, fraction = xp.split(location + scale * normals, self.supports)
        return xp.concatenate([xp.exp(positive), 1.0 / (1.0 + xp.exp(-fraction))], axis=-1)

    def by_family(self, xp: Namespace, natural: Array) -> Values:
        """Cut the vector of basic quantities into families, each (..., entries)."""
        pieces = xp.split(natural, [size for _, size in self.families])
        return {name: piece for (name, _), piece in zip(self.families, pieces, strict=True)}


@dataclass(frozen=True)
class Calendar:
    """The case's months, phases and hosts as arrays.

    Attributes
    ----------
    phases, irregular_phases : array, (P, T)
        One where the month lies in the phase.
    hosts : int
        Number of hosts H.
    """

    phases: Floats
    irregular_phases: Floats
    hosts: int

    @classmethod
    def of(cls, case: Case) -> Calendar:
        """Calendar of a case."""
        stretches = case.timeline.month_in_stretch
        return cls(stretches("phase"), stretches("irregular_phase"), len(case.hosts))


@dataclass(frozen=True)
class Grid:
    """Dates × segments at which the accounts are drawn up.

    Attributes
    ----------
    years : array, (D, 1)
        Years between the reference month and the date.
    per_usd : array, (D, S)
        Host's currency per US dollar.
    tax_periods : array, (D, V)
        Share of the date's window that lies in each tax period.
    host_of_segment : array of int, (S,)
    same_host : array, (S, S)
        One where two segments belong to one host.
    hosts : int
    """

    years: Floats
    per_usd: Floats
    tax_periods: Floats
    host_of_segment: NDArray[np.int64]
    same_host: Floats
    hosts: int

    @classmethod
    def of(cls, case: Case, windows: list[tuple[int, int]]) -> Grid:
        """Grid whose dates are windows of months (first, last), both inclusive."""
        timeline = case.timeline
        reference = timeline.reference.ordinal - timeline.months[0].ordinal
        names = [host.name for host in case.hosts]
        host_of_segment = np.array([names.index(segment.host) for segment in case.segments])
        currencies = [case.hosts[host].currency for host in host_of_segment]
        rates = {name: case.rates.per_usd[name].to_numpy() for name in set(currencies)}
        period = timeline.month_in_stretch("tax_period")
        return cls(
            years=np.array([[((a + b) / 2 - reference) / 12] for a, b in windows]),
            per_usd=np.array(
                [[rates[currency][a : b + 1].mean() for currency in currencies] for a, b in windows]
            ),
            tax_periods=np.array([period[:, a : b + 1].mean(axis=1) for a, b in windows]),
            host_of_segment=host_of_segment,
            same_host=(host_of_segment[:, None] == host_of_segment).astype(float),
            hosts=len(names),
        )

    @classmethod
    def monthly(cls, case: Case) -> Grid:
        """Grid of every month of the case's timeline."""
        return cls.of(case, [(month, month) for month in range(len(case.timeline.months))])


def workers(xp: Namespace, values: Values, calendar: Calendar) -> Workforce:
    """Workers by host and month, arrays (..., H, T)."""
    return workforce(xp, **inflows_and_exits(xp, values, calendar))


def segment_weights(xp: Namespace, values: Values, grid: Grid) -> Array:
    """Share of each segment in its host's workers, (..., S), summing to one in each host."""
    share = values["segment_share"]
    return share / xp.dot(share, grid.same_host)


def items(xp: Namespace, values: Values, grid: Grid) -> Values:
    """Arguments of ``worker_month`` by date and segment, arrays that broadcast to (..., D, S).

    What is stated in dollars (``IN_DOLLARS``) is still in dollars, per month.
    """

    def of_host(name: str) -> Array:
        value = values[name]
        if grid.hosts > 1:
            value = value[..., grid.host_of_segment]
        return value[..., None, :]

    def of_segment(centre: str, ratio: str) -> Array:
        return of_host(centre) * values[ratio][..., None, :]

    periods = grid.tax_periods.shape[1]
    rate = values["vat_rate"]
    by_host = rate.reshape((*rate.shape[:-1], grid.hosts, periods))
    vat_rate = xp.dot(by_host, grid.tax_periods.T)
    vat_rate = xp.swapaxes(vat_rate[..., grid.host_of_segment, :] if grid.hosts > 1 else vat_rate)
    names = (
        "utilisation", "vat_share", "simplified_rate", "income_tax_rate", "contribution_rate",
        "broker_margin", "keep_share", "managers_share", "plan_fulfilment",
    )  # fmt: skip
    return {
        "payment": grown(
            of_segment("payment", "payment_ratio"), of_host("payment_growth"), grid.years
        ),
        "declared_salary": grown(
            of_segment("declared_salary", "declared_ratio"), of_host("declared_growth"), grid.years
        ),
        "vat_rate": vat_rate,
        "permit_cost": of_host("permit_cost") / 12.0,
        "upkeep": grown(of_host("upkeep"), of_host("upkeep_growth"), grid.years),
        "plan": grown(of_segment("plan", "plan_ratio"), of_host("plan_growth"), grid.years),
        **{name: of_host(name) for name in names},
    }


def accounts(xp: Namespace, values: Values, grid: Grid) -> WorkerMonth:
    """Accounts of a worker-month by date and segment, arrays that broadcast to (..., D, S)."""
    return worker_month(**in_own_currency(items(xp, values, grid), grid.per_usd))


def in_own_currency(stated: Values, per_usd: Array) -> Values:
    """Items of a worker-month with those stated in dollars in the host's own currency."""
    return stated | {name: stated[name] * per_usd for name in IN_DOLLARS}


def inflows_and_exits(xp: Namespace, values: Values, calendar: Calendar) -> Values:
    """Arguments of ``workforce`` by host and month, arrays that broadcast to (..., H, T)."""

    def phased(name: str, month_in_phase: Floats) -> Array:
        value = values[name]
        shape = (*value.shape[:-1], calendar.hosts, month_in_phase.shape[0])
        return by_month(xp, value.reshape(shape), month_in_phase)

    return {
        "permitted_at_start": values["permitted_at_start"][..., None],
        "permit_exit": phased("permit_exit", calendar.phases),
        "permit_inflow": phased("permit_inflow", calendar.phases),
        "irregular_at_start": values["irregular_at_start"][..., None],
        "irregular_exit": values["irregular_exit"][..., None],
        "irregular_inflow": phased("irregular_inflow", calendar.irregular_phases),
        "irregular_working": values["irregular_working"][..., None],
    }
