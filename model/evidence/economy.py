"""Workers by month and accounts by date, from the vector of standard normals.

This module applies the equations of ``workforce`` and ``accounts`` to a case's hosts, phases and
segments. The kernel calls these functions with recorded numbers and ``TAPE``, the projection with
arrays and ``NUMPY``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.case.case import Case
from model.equations.accounts import WorkerMonth, grown, worker_month
from model.equations.backend import NUMPY
from model.equations.quantities import BASIC, BASIC_BY_NAME
from model.equations.workforce import Workforce, workforce
from model.evidence.correlation import Correlation

Array = Any
Namespace = Any
Values = dict[str, Array]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SUPPORTS = ("positive", "fraction")
#: Items of the accounts that are stated in dollars.
IN_DOLLARS = ("permit_cost", "plan")


@dataclass(frozen=True)
class Layout:
    """Place of each basic quantity in the vector of standard normals.

    The vector is ordered by support (positive, fraction), so that one ``exp`` and one
    ``sigmoid`` serve them all, and within a support by the catalogue's order, host and index.

    Attributes
    ----------
    labels : tuple of str
        Label of each entry, e.g. ``permit_inflow.open``.
    families : tuple of (str, int)
        Name and number of entries of each family, in order.
    supports : tuple of int
        Number of entries of each of the two supports.
    location, scale : array, (N,)
        Prior mean and standard deviation of the log (positive) or logit (fraction).
    correlation : Correlation
        Of the entries' scores.
    apart : frozenset of str
        Indexes over phases that hosts cut in their own ways.
    """

    labels: tuple[str, ...]
    families: tuple[tuple[str, int], ...]
    supports: tuple[int, ...]
    location: Floats
    scale: Floats
    correlation: Correlation
    apart: frozenset[str]

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
            correlation=Correlation.of(priors),
            apart=case.timeline.apart([host.name for host in case.hosts]),
        )

    @property
    def size(self) -> int:
        """Number of basic quantities N."""
        return len(self.labels)

    def dims(self, name: str, hosts: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Dimensions of a family of basic quantities, and its shape with one size to be inferred.

        Hosts that are cut into different phases have their entries end to end (``host_phase``).
        """
        index = BASIC_BY_NAME[name].index
        if index in ("", "segment"):
            return (index or "host",), (-1,)
        if index in self.apart:
            return (f"host_{index}",), (-1,)
        return ("host", index), (hosts, -1)

    @cached_property
    def index(self) -> dict[str, int]:
        """Place of each label."""
        return {label: place for place, label in enumerate(self.labels)}

    def natural(self, normals: Array, xp: Namespace = NUMPY) -> Array:
        """Basic quantities in their own units, (..., N), from standard normals, (..., N)."""
        return self.of_scores(self.scores(normals, xp), xp)

    def of_scores(self, scores: Array, xp: Namespace = NUMPY) -> Array:
        """Basic quantities in their own units, (..., N), from scores, (..., N)."""
        scaled = self.location + self.scale * scores
        positive = self.supports[0]
        return xp.concatenate([xp.exp(scaled[..., :positive]), xp.sigmoid(scaled[..., positive:])])

    def scores(self, normals: Array, xp: Namespace = NUMPY) -> Array:
        """How many prior deviations each log or logit lies from its prior mean, (..., N)."""
        return self.correlation.scores(normals, xp)

    def normals(self, scores: Floats) -> Floats:
        """Standard normals, (..., N), from scores, (..., N)."""
        return np.asarray(self.correlation.normals(scores))

    def by_family(self, natural: Array) -> Values:
        """Cut the vector of basic quantities into families, each (..., entries)."""
        stops = np.cumsum([size for _, size in self.families]).tolist()
        return {
            name: natural[..., stop - size : stop]
            for (name, size), stop in zip(self.families, stops, strict=True)
        }


@dataclass(frozen=True)
class Calendar:
    """Entries of the families by phase that apply in each host's months, as index arrays.

    Attributes
    ----------
    phase, irregular_phase, quarter : array of int, (H, T)
        Entry of the families by phase or quarter.
    host : array of int, (H, T)
        Entry of the families with one entry for each host.
    """

    phase: Ints
    irregular_phase: Ints
    quarter: Ints
    host: Ints

    @classmethod
    def of(cls, case: Case) -> Calendar:
        """Calendar of a case."""
        host = np.arange(len(case.hosts))[:, None]

        def entries(kind: str) -> Ints:
            numbers = [case.timeline.stretch_of_month(kind, one.name) for one in case.hosts]
            return host_entries(case, kind)[0][:, None] + np.stack(numbers)

        phase = entries("phase")
        return cls(phase, entries("irregular_phase"), entries("quarter"), host + 0 * phase)


@dataclass(frozen=True)
class Cells:
    """Windows of months and segments for which the accounts are drawn up.

    The arrays broadcast against each other: a table of dates by segments, (D, S), or a list, (C,).

    Attributes
    ----------
    host, segment : array of int
        Entries of the families with one entry for each host, or each segment.
    years : array
        Years between the reference month and the middle of the window.
    per_usd : array
        Host's currency per US dollar.
    tax_period : list of (array of int, array)
        For each tax period, the entry of the families by tax period and the share of the window
        that lies in the period.
    """

    host: Ints
    segment: Ints
    years: Floats
    per_usd: Floats
    tax_period: list[tuple[Ints, Floats]]

    @classmethod
    def monthly(cls, case: Case) -> Cells:
        """Every month of the timeline by every segment."""
        host, reference = host_of_segment(case)[None, :], _reference(case)
        rates = [case.rates.of(case.hosts[place].currency) for place in host[0]]
        inside = _in_tax_period(case)
        if len(case.hosts) == 1:
            # one column broadcasts, so that a growth factor is raised to a power only once
            host = host[:, :1]
        return cls(
            host=host,
            segment=np.arange(len(case.segments))[None, :],
            years=(np.arange(inside.shape[-1])[:, None] - reference) / 12,
            per_usd=np.stack(rates, axis=1),
            tax_period=[(entry, own[host[0]].T) for entry, own in _tax_entries(case, host, inside)],
        )

    @classmethod
    def windows(cls, case: Case, first: Ints, last: Ints, segment: Ints) -> Cells:
        """A list of windows of months, both ends inclusive, each with a segment."""
        host = host_of_segment(case)[segment]
        summed = np.pad(_in_tax_period(case).cumsum(axis=-1), ((0, 0), (0, 0), (1, 0)))
        per_usd = np.empty(len(segment))
        for place, one in enumerate(case.hosts):
            own = np.flatnonzero(host == place)
            stretches, which = np.unique(
                np.stack([first[own], last[own]], axis=1), axis=0, return_inverse=True
            )
            rates = case.rates.of(one.currency)
            means = [rates[a : b + 1].mean() for a, b in stretches]
            per_usd[own] = np.array(means)[which.ravel()] if len(own) else 0.0
        return cls(
            host=host,
            segment=segment,
            years=((first + last) / 2 - _reference(case)) / 12,
            per_usd=per_usd,
            tax_period=[
                (entry, (own[host, last + 1] - own[host, first]) / (last + 1 - first))
                for entry, own in _tax_entries(case, host, summed)
            ],
        )


def host_of_segment(case: Case) -> Ints:
    """Place of each segment's host, (S,)."""
    names = [host.name for host in case.hosts]
    return np.array([names.index(segment.host) for segment in case.segments])


def host_entries(case: Case, kind: str) -> tuple[Ints, Ints]:
    """Place of each host's first and last entry in the families by a kind of phase, (H,) each."""
    sizes = np.array([len(case.timeline.stretches(kind, host.name)) for host in case.hosts])
    return sizes.cumsum() - sizes, sizes.cumsum() - 1


def _in_tax_period(case: Case) -> Floats:
    """One where a month lies in a host's tax period, otherwise zero, (P, H, T).

    A host with fewer periods than another has some without a month.
    """
    each = [case.timeline.month_in_stretch("tax_period", host.name) for host in case.hosts]
    inside = np.zeros((max(map(len, each)), len(each), each[0].shape[1]))
    for place, own in enumerate(each):
        inside[: len(own), place] = own
    return inside


def _tax_entries(case: Case, host: Ints, inside: Floats) -> list[tuple[Ints, Floats]]:
    """Entry of each cell's host in the families by tax period, and that period's months."""
    first, last = host_entries(case, "tax_period")
    return [
        (np.minimum(first[host] + number, last[host]), own) for number, own in enumerate(inside)
    ]


def _reference(case: Case) -> int:
    """Place of the reference month in the timeline."""
    return int(case.timeline.reference.ordinal - case.timeline.months[0].ordinal)


def workers(values: Values, calendar: Calendar, xp: Namespace = NUMPY) -> Workforce:
    """Workers by host and month, arrays (..., H, T)."""
    return workforce(**inflows_and_exits(values, calendar), xp=xp)


def segment_weights(values: Values, host: Ints, xp: Namespace = NUMPY) -> Array:
    """Share of each segment in its host's workers, (..., S), summing to one within each host.

    Parameters
    ----------
    values : dict of array
    host : array of int, (S,)
        Host of each segment.
    xp : namespace
    """
    share = values["segment_share"]
    return share / xp.group_sums(share, host, int(host.max()) + 1)[..., host]


def items(values: Values, cells: Cells) -> Values:
    """Arguments of ``worker_month`` by cell.

    Items stated in dollars (``IN_DOLLARS``) remain in dollars, per month.
    """

    def of_host(name: str) -> Array:
        return values[name][..., cells.host]

    def of_segment(centre: str, ratio: str) -> Array:
        return of_host(centre) * values[ratio][..., cells.segment]

    rate = values["vat_rate"]
    parts = [rate[..., entry] * share for entry, share in cells.tax_period]
    names = (
        "utilisation", "vat_share", "simplified_rate", "income_tax_rate", "contribution_rate",
        "broker_margin", "keep_share", "managers_share", "levies", "own_firms",
    )  # fmt: skip
    return {
        "payment": grown(
            of_segment("payment", "payment_ratio"), of_host("payment_growth"), cells.years
        ),
        "declared_salary": grown(
            of_segment("declared_salary", "declared_ratio"),
            of_host("declared_growth"), cells.years,
        ),
        "vat_rate": sum(parts[1:], start=parts[0]),
        "permit_cost": of_host("permit_cost") / 12.0,
        "upkeep": grown(of_host("upkeep"), of_host("upkeep_growth"), cells.years),
        "plan": grown(of_segment("plan", "plan_ratio"), of_host("plan_growth"), cells.years),
        **{name: of_host(name) for name in names},
    }  # fmt: skip


def accounts(values: Values, cells: Cells) -> WorkerMonth:
    """Accounts of a worker-month by cell."""
    return worker_month(**in_own_currency(items(values, cells), cells.per_usd))


def in_own_currency(stated: Values, per_usd: Array) -> Values:
    """Convert items of a worker-month stated in dollars to the host's own currency."""
    return stated | {name: stated[name] * per_usd for name in IN_DOLLARS}


def inflows_and_exits(values: Values, calendar: Calendar) -> Values:
    """Arguments of ``workforce`` by host and month, arrays (..., H, T) and (..., H)."""
    by_month = {
        "permit_exit": calendar.phase,
        "permit_inflow": calendar.phase,
        "irregular_exit": calendar.host,
        "irregular_inflow": calendar.irregular_phase,
        "irregular_working": calendar.host,
        "share_present": calendar.host,
    }
    at_start = ("permitted_at_start", "irregular_at_start")
    found = {
        **{name: values[name] for name in at_start},
        **{name: values[name][..., index] for name, index in by_month.items()},
    }
    if "arrivals_ratio" in values:
        ratio = values["arrivals_ratio"][..., calendar.quarter]
        found["permit_inflow"] = found["permit_inflow"] * ratio
    return found
