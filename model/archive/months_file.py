"""Draws of each month's revenue and workers as packed netCDF, a group a scenario.

They are single numbers (float32), whose sums agree with the summary's to seven digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from model.archive import store
from model.archive.plain_netcdf import as_bytes, read_group
from model.case.case import Case
from model.case.folders import BASELINE
from model.projection.by_period import Monthly
from model.projection.projection import Projection

#: How arrays are packed: quickly, as draws hardly get smaller with more work.
DEFLATE = {"zlib": True, "complevel": 1, "shuffle": True}
ARRAYS = ("revenue", "present", "per_usd")


def write_months(
    path: Path, case: Case, projections: Mapping[str, Projection], chains: int
) -> None:
    """Write the draws by month of each scenario.

    A group holds ``revenue`` by definition and ``present``, the average number of workers, by host,
    month, chain and draw, and ``per_usd``, the rates. A scenario's group lacks what is the
    baseline's: months before the first that differs, and whole arrays.

    Parameters
    ----------
    path : Path
    case : Case
    projections : mapping of str to Projection
        By scenario, from the same draws; the baseline among them.
    chains : int
    """
    groups, packed = {}, {}
    for name, projection in projections.items():
        first = dict.fromkeys(ARRAYS, 0)
        if name != BASELINE:
            first = _first_others(projection, projections[BASELINE])
        group = _by_chain(projection, first, chains)
        if name == BASELINE:
            group["currency"] = ("host", [host.currency for host in case.hosts])
        groups[f"/{name}"] = group
        packed[f"/{name}"] = {
            one: DEFLATE | {"chunksizes": _pieces(array)}
            for one, array in group.data_vars.items()
            if "draw" in array.dims
        }
    path.write_bytes(as_bytes(xr.DataTree.from_dict(groups), packed))


def _pieces(array: xr.DataArray) -> tuple[int, ...]:
    """Pieces in which an array is packed: the draws of one month."""
    return tuple(size if name in ("chain", "draw") else 1 for name, size in array.sizes.items())


def _first_others(projection: Projection, baseline: Projection) -> dict[str, int]:
    """Place of the first month in which each array differs from the baseline's, if any does."""
    found = {}
    for name in ARRAYS:
        other = (getattr(projection, name) != getattr(baseline, name)).transpose(..., "month")
        by_month = other.to_numpy().reshape(-1, other.sizes["month"]).any(axis=0)
        if by_month.any():
            found[name] = int(np.argmax(by_month))
    return found


def _by_chain(projection: Projection, first: dict[str, int], chains: int) -> xr.Dataset:
    """Some of the arrays, from the earliest of their months on, chain by chain."""
    later = slice(min(first.values(), default=0), None)

    def divided(array: xr.DataArray) -> xr.DataArray:
        if "draw" not in array.dims:
            return array
        last = array.transpose(..., "month", "draw").astype(np.float32)
        draws = np.arange(last.sizes["draw"] // chains)
        shape = (*last.shape[:-1], chains, len(draws))
        coords = {name: last[name] for name in last.dims if name != "draw"}
        return xr.DataArray(
            last.to_numpy().reshape(shape),
            dims=(*last.dims[:-1], "chain", "draw"),
            coords={**coords, "chain": np.arange(chains), "draw": draws},
        )

    return xr.Dataset(
        {name: divided(getattr(projection, name).isel(month=later)) for name in first}
    )


@store.one_run
def read_months(folder: Path, scenario: str, definition: str) -> Monthly:
    """Read the draws by month of a scenario's revenue under one definition.

    Raises
    ------
    DamagedRunError
        If the run has no such draws, or they are not what ``write_months`` writes.
    """
    path = _path(folder)
    chosen = {"definition": definition}
    groups = [read_group(path, name, chosen) for name in dict.fromkeys((BASELINE, scenario))]
    return _joined(path, *groups)


@store.one_run
def read_all_months(folder: Path, scenarios: Iterable[str]) -> dict[str, Monthly]:
    """Read the draws by month of some scenarios' revenue under all definitions.

    Revenue then has a dimension more, ``definition``.

    Raises
    ------
    DamagedRunError
        As ``read_months``.
    """
    path = _path(folder)
    baseline = read_group(path, BASELINE, {})
    return {
        name: _joined(path, baseline, *([] if name == BASELINE else [read_group(path, name, {})]))
        for name in scenarios
    }


def _path(folder: Path) -> Path:
    path = folder / store.MONTHS
    if not path.exists():
        raise store.DamagedRunError(
            f"{folder} holds no draws by month, as an older program wrote it; estimate again"
        )
    return path


def _joined(path: Path, baseline: xr.Dataset, own: xr.Dataset | None = None) -> Monthly:
    """A scenario's months after those that it shares with the baseline.

    Raises
    ------
    DamagedRunError
        If the groups are not what ``write_months`` writes.
    """

    def whole(name: str) -> xr.DataArray:
        before = baseline[name]
        if own is None or name not in own:
            return before
        after: xr.DataArray = own[name]
        months = before["month"].to_numpy().tolist()
        shared = before.isel(month=slice(0, months.index(after["month"].to_numpy()[0])))
        if "draw" in after.dims or "draw" in before.dims:
            shared, after = xr.broadcast(shared, after, exclude=["month"])
        return xr.concat([shared, after], "month")

    try:
        arrays: dict[str, Any] = {name: whole(name) for name in ARRAYS}
        currencies = tuple(map(str, baseline["currency"].to_numpy()))
    except (KeyError, ValueError) as error:
        raise store.DamagedRunError(f"{path} is of another form ({error})") from None
    return Monthly(**arrays, currencies=currencies)
