"""Uses of the contractors' payments in one year, item by item."""

from __future__ import annotations

from typing import Any

import xarray as xr

from model.case.case import Case
from model.projection.prediction import distribution
from model.projection.projection import USD


def common_currency(case: Case) -> str:
    """The hosts' own currency if they share one, else the dollar."""
    currencies = {host.currency for host in case.hosts}
    return currencies.pop() if len(currencies) == 1 else USD


def accounts_block(case: Case, paid_for: xr.DataArray) -> dict[str, Any]:
    """The year's accounts as plain numbers: per worker-month, and as shares of the billings.

    Parameters
    ----------
    paid_for : DataArray, (item, host, draw)
        ``Projector.paid_for``, in the case's common currency.
    """
    items = {
        str(name): paid_for.sel(item=name).sum("host").to_numpy()
        for name in paid_for["item"].to_numpy()
    }
    months = items.pop("worker_months")
    return {
        "year": case.timeline.headline,
        "currency": common_currency(case),
        "worker_months": distribution(months),
        "items": {
            name: {
                "per_worker_month": distribution(amount / months),
                "share": distribution(amount / items["billings"]),
            }
            for name, amount in items.items()
        },
    }
