"""Draws into workers and revenue by month and year: NumPy and xarray only, no PyMC.

Revenue of a month is the workers present, on average over it, times the item of the accounts that
the definition names, summed over segments with their shares of the workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.backend import NUMPY
from model.case import Case
from model.economy import Calendar, Grid, Layout, accounts, segment_weights, workers
from model.quantities import DEFINITIONS

Floats = NDArray[np.float64]

STOCKS = ("permitted", "irregular", "working")
#: Columns in which every distribution is reported, and the quantile each stands for.
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
    per_usd : DataArray, (host, month)
        Host's currency per US dollar.
    """

    revenue: xr.DataArray
    workers: xr.DataArray
    per_usd: xr.DataArray

    @cached_property
    def revenue_usd(self) -> xr.DataArray:
        """Revenue in US dollars, at each month's rate."""
        return self.revenue / self.per_usd

    @cached_property
    def yearly_usd(self) -> xr.DataArray:
        """Revenue of each whole year in US dollars, all hosts together."""
        return self.by_year(self.revenue_usd).sum("host")

    def by_year(self, revenue: xr.DataArray) -> xr.DataArray:
        """Sum over the months of each calendar year that is covered whole."""
        years = pd.PeriodIndex(revenue["month"].to_index(), freq="M").year
        counts = pd.Series(years).value_counts()
        whole = np.isin(years, counts.index[counts == 12])
        kept = revenue.isel(month=whole).assign_coords(year=("month", years[whole]))
        return kept.groupby("year").sum("month")


def project(case: Case, layout: Layout, draws: Floats) -> Projection:
    """Workers and revenue by month from draws of the basic quantities.

    Parameters
    ----------
    case : Case
    layout : Layout
    draws : array, (n, N)
        Basic quantities in their own units.

    Returns
    -------
    Projection
    """
    values = layout.by_family(NUMPY, draws)
    grid, calendar = Grid.monthly(case), Calendar.of(case)
    force = workers(NUMPY, values, calendar)
    account = accounts(NUMPY, values, grid)
    weights = segment_weights(NUMPY, values, grid)[:, None, :]
    hosts = [host.name for host in case.hosts]
    # (S, H): adds up the segments of each host
    of_host = (grid.host_of_segment[:, None] == np.arange(len(hosts))).astype(float)
    revenue = np.stack(
        [
            force.present * np.swapaxes((getattr(account, name) * weights) @ of_host, -1, -2)
            for name in DEFINITIONS
        ]
    )
    months = [str(month) for month in case.timeline.months]
    coords = {"host": hosts, "month": months}
    rates = np.stack([case.rates.per_usd[host.currency].to_numpy() for host in case.hosts])
    return Projection(
        revenue=xr.DataArray(
            np.swapaxes(revenue, 1, 2),
            dims=("definition", "host", "draw", "month"),
            coords={"definition": list(DEFINITIONS), **coords},
        ),
        workers=xr.DataArray(
            np.stack([np.swapaxes(getattr(force, stock), 0, 1) for stock in STOCKS]),
            dims=("stock", "host", "draw", "month"),
            coords={"stock": list(STOCKS), **coords},
        ),
        per_usd=xr.DataArray(rates, dims=("host", "month"), coords=coords),
    )


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
