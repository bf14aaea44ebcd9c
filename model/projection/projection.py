"""Workers and revenue by month and year from draws, with NumPy and xarray only, no PyMC.

A month's revenue is the average number of workers present times the item of the accounts that the
definition names, summed over segments with their shares of the workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.case.case import Case
from model.case.contents import Change
from model.case.reader.scenarios import BY_SEGMENT
from model.equations.quantities import DEFINITIONS, USES
from model.evidence.economy import (
    Calendar,
    Cells,
    Layout,
    host_of_segment,
    inflows_and_exits,
    items,
    segment_weights,
)
from model.projection.counterfactual import STOCKS, HostDraws
from model.projection.horizon import random_walk

Floats = NDArray[np.float64]

#: Columns that report every distribution, and the quantile in each.
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}
USD = "USD"


@dataclass(frozen=True)
class Projection:
    """Workers and revenue by month, draw by draw.

    Attributes
    ----------
    revenue : DataArray, (definition, host, draw, month)
        In each host's own currency, per month.
    workers : DataArray, (stock, host, draw, month)
        Persons at the end of the month.
    present : DataArray, (host, draw, month)
        Persons working, on average over the month: those paid for.
    per_usd : DataArray, (host, month) or (host, draw, month)
        Host's currency per US dollar; by draw where unknown rates follow a random walk.
    """

    revenue: xr.DataArray
    workers: xr.DataArray
    present: xr.DataArray
    per_usd: xr.DataArray

    @cached_property
    def revenue_usd(self) -> xr.DataArray:
        """Revenue in US dollars, at each month's rate."""
        return self.revenue / self.per_usd

    @cached_property
    def yearly_usd(self) -> xr.DataArray:
        """Revenue of each whole year in US dollars, all hosts together."""
        return self.by_year(self.revenue_usd).sum("host")

    def of_draws(self, chosen: NDArray[np.bool_]) -> Projection:
        """The same for some of the draws."""
        by_draw = "draw" in self.per_usd.dims
        return Projection(
            revenue=self.revenue.isel(draw=chosen),
            workers=self.workers.isel(draw=chosen),
            present=self.present.isel(draw=chosen),
            per_usd=self.per_usd.isel(draw=chosen) if by_draw else self.per_usd,
        )

    def until(self, month: pd.Period) -> Projection:
        """The same without the months after one."""
        months = self.revenue["month"].to_numpy()
        if months[-1] <= str(month):
            return self
        inside = months <= str(month)
        return Projection(
            revenue=self.revenue.isel(month=inside),
            workers=self.workers.isel(month=inside),
            present=self.present.isel(month=inside),
            per_usd=self.per_usd.isel(month=inside),
        )

    def by_year(self, revenue: xr.DataArray) -> xr.DataArray:
        """Sum over the months of each calendar year that is covered whole."""
        years = pd.PeriodIndex(revenue["month"].to_index(), freq="M").year.to_numpy()
        whole = [year for year in np.unique(years) if (years == year).sum() == 12]
        sums = [revenue.isel(month=years == year).sum("month") for year in whole]
        if not sums:
            empty = revenue.isel(month=slice(0)).rename(month="year").drop_vars("year")
            return empty.assign_coords(year=np.array([], dtype=int))
        return xr.concat(sums, pd.Index(whole, name="year")).transpose(..., "year")


class Projector:
    """Draws of one case, ready to be projected under any scenario.

    The baseline is computed once; a scenario computes only what its changes affect. All scenarios
    share the draws, so that a difference between two has its own, correct interval.

    The accounts are drawn up by segment and then averaged with the segments' shares of the workers,
    since one segment may fall short of its plan while another does not.

    Parameters
    ----------
    case : Case
        Its timeline may run past the data; see ``horizon.extended``.
    layout : Layout
    draws : array, (n, N)
        Basic quantities in their own units.
    seed : int
        Seed of the exchange rates' random walks.
    follows_earnings : array of bool, (n,), optional
        Draws in which the state's claim follows what crews earn in a scenario, not the plan.
    walk : mapping of array, (n, T), optional
        The random walks, if these draws are some of those that they were drawn for.
    """

    def __init__(
        self,
        case: Case,
        layout: Layout,
        draws: Floats,
        seed: int = 0,
        follows_earnings: NDArray[np.bool_] | None = None,
        *,
        walk: Mapping[str, Floats] | None = None,
    ) -> None:
        self.case = case
        values = layout.by_family(draws)
        flows = inflows_and_exits(values, Calendar.of(case))
        stated = items(values, Cells.monthly(case))
        host_of = host_of_segment(case)
        weights = segment_weights(values, host_of)
        walk = random_walk(case, len(draws), seed) if walk is None else walk
        self._hosts = {}
        for place, host in enumerate(case.hosts):
            own = host_of == place
            rates = case.rates.of(host.currency)[None, :]
            self._hosts[host.name] = HostDraws(
                segments=tuple(
                    segment.id for segment in case.segments if segment.host == host.name
                ),
                weights=weights[:, own],
                flows={name: value[:, place] for name, value in flows.items()},
                stated={name: _of_host(name, value, own) for name, value in stated.items()},
                per_usd=rates * np.exp(walk[host.currency]) if host.currency in walk else rates,
                follows_earnings=follows_earnings,
            )

    @cached_property
    def baseline(self) -> Projection:
        """What happened, and what follows if nothing changes."""
        return self.project(())

    def project(self, changes: Sequence[Change]) -> Projection:
        """Workers and revenue by month under changes."""
        months = self.case.timeline.months
        found = [
            host.changed([change for change in changes if change.host == name], months)
            for name, host in self._hosts.items()
        ]
        rates = [one.per_usd for one in found]
        by_draw = any(len(rate) > 1 for rate in rates)
        if by_draw:
            rates = list(np.broadcast_arrays(*rates))
        return Projection(
            revenue=self._labelled([one.revenue for one in found], definition=DEFINITIONS),
            workers=self._labelled([one.workers for one in found], stock=STOCKS),
            present=xr.DataArray(
                _joined([one.present for one in found], 0),
                dims=("host", "draw", "month"),
                coords=self._coords,
            ),
            per_usd=xr.DataArray(
                _joined(rates, 0) if by_draw else _joined([rate[0] for rate in rates], 0),
                dims=("host", "draw", "month") if by_draw else ("host", "month"),
                coords=self._coords,
            ),
        )

    def revised(self, change: Callable[[str, HostDraws], HostDraws]) -> Projector:
        """The same draws in another economy.

        Parameters
        ----------
        change : callable
            Returns a host's draws from its name and its draws.
        """
        other = copy(self)
        # nothing computed for this economy holds in the other
        other.__dict__.pop("baseline", None)
        other._hosts = {name: change(name, host) for name, host in self._hosts.items()}
        return other

    def sums(self, of: Mapping[str, Sequence[str]]) -> Projection:
        """What happened, with sums of items of the accounts as its definitions of revenue.

        Parameters
        ----------
        of : mapping of str to sequence of str
            Items of the accounts, by the name of their sum.
        """
        found = [
            np.stack(
                [
                    host.force.present
                    * sum(host.average(getattr(host.account, item)) for item in items)
                    for items in of.values()
                ]
            )
            for host in self._hosts.values()
        ]
        return replace(self.baseline, revenue=self._labelled(found, definition=list(of)))

    def per_worker_month(self, host: str, segment: str = "") -> Floats:
        """Dollars of a worker-month by ``DEFINITIONS``, draw and month; a segment's or the mean."""
        own = self._hosts[host]

        def of(item: Floats) -> Floats:
            if not segment:
                return own.average(item)
            return item[..., min(own.segments.index(segment), item.shape[-1] - 1)]

        each = [of(getattr(own.account, name)) / own.per_usd for name in DEFINITIONS]
        return np.stack(np.broadcast_arrays(*each))

    def paid_for(self, year: int, currency: str) -> xr.DataArray:
        """Uses of the contractors' payments in a year, without changes.

        Parameters
        ----------
        year : int
        currency : str
            ``USD``, or the hosts' own.

        Returns
        -------
        DataArray, (item, host, draw)
            Each of ``USES``, which add up to ``billings``; then ``declared_salary``,
            ``state_take`` and ``worker_months``, which is not money.
        """
        inside = np.asarray(self.case.timeline.months.year == year)
        names = (*USES, "billings", "declared_salary", "state_take")
        found = []
        for host in self._hosts.values():
            present = host.force.present[:, inside]
            rate = host.per_usd[:, inside] if currency == USD else 1.0
            amounts = [
                np.broadcast_to(
                    host.average(getattr(host.account, name)), host.force.present.shape
                )[:, inside]
                for name in names
            ]
            sums = [(present * amount / rate).sum(axis=-1) for amount in amounts]
            found.append(np.stack([*sums, present.sum(axis=-1)]))
        return xr.DataArray(
            _joined(found, 1),
            dims=("item", "host", "draw"),
            coords={"item": [*names, "worker_months"], "host": list(self._hosts)},
        )

    @cached_property
    def _coords(self) -> dict[str, pd.Index]:
        # made once, since turning lists into coordinates takes longer than a scenario's arithmetic
        months = [str(month) for month in self.case.timeline.months]
        return {"host": pd.Index(list(self._hosts)), "month": pd.Index(months)}

    def _labelled(self, by_host: list[Floats], **kind: Sequence[str]) -> xr.DataArray:
        """Join the hosts' arrays, (kind, draw, month), as one, (kind, host, draw, month)."""
        ((name, labels),) = kind.items()
        return xr.DataArray(
            _joined(by_host, 1),
            dims=(name, "host", "draw", "month"),
            coords={name: list(labels), **self._coords},
        )


def _of_host(name: str, value: Floats, own: NDArray[np.bool_]) -> Floats:
    """The columns of a host's segments, or one column of what its segments share."""
    if name in BY_SEGMENT:
        return value[..., own]
    column = 0 if value.shape[-1] == 1 else int(np.argmax(own))
    return value[..., column : column + 1]


def _joined(by_host: list[Floats], axis: int) -> Floats:
    """Stack the hosts' arrays along a new axis; a single host's is not copied."""
    if len(by_host) == 1:
        return np.expand_dims(by_host[0], axis)
    return np.stack(by_host, axis=axis)


def quantiles(draws: Floats, axis: int = -1) -> dict[str, Floats]:
    """Mean, standard deviation and quantiles along an axis."""
    levels = np.quantile(draws, list(QUANTILES.values()), axis=axis)
    return {
        "mean": draws.mean(axis=axis),
        "sd": draws.std(axis=axis, ddof=1),
        **dict(zip(QUANTILES, levels, strict=True)),
    }


def revenue_table(case: Case, projection: Projection, scenario: str) -> pd.DataFrame:
    """Quantiles of monthly revenue: scenario, host, month, definition, currency, then numbers."""
    tables = []
    for place, host in enumerate(case.hosts):
        both = {host.currency: projection.revenue, USD: projection.revenue_usd}
        for currency, revenue in both.items():
            draws = revenue.isel(host=place).transpose("month", "definition", "draw")
            index = pd.MultiIndex.from_product(
                [draws["month"].to_numpy(), DEFINITIONS], names=["month", "definition"]
            )
            numbers = {name: q.ravel() for name, q in quantiles(draws.to_numpy()).items()}
            table = pd.DataFrame(numbers, index=index).reset_index()
            tables.append(table.assign(scenario=scenario, host=host.name, currency=currency))
    table = pd.concat(tables)
    keys = ["scenario", "host", "month", "definition", "currency"]
    return table[[*keys, "mean", "sd", *QUANTILES]].reset_index(drop=True)


def workers_table(projection: Projection, scenario: str) -> pd.DataFrame:
    """Quantiles of the stocks by month: scenario, host, month, stock, then numbers."""
    draws = projection.workers.transpose("host", "month", "stock", "draw")
    index = pd.MultiIndex.from_product(
        [draws["host"].to_numpy(), draws["month"].to_numpy(), STOCKS],
        names=["host", "month", "stock"],
    )
    numbers = {name: q.ravel() for name, q in quantiles(draws.to_numpy()).items()}
    table = pd.DataFrame(numbers, index=index).reset_index()
    return table.assign(scenario=scenario)[
        ["scenario", "host", "month", "stock", "mean", "sd", *QUANTILES]
    ]
