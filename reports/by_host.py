"""Several hosts, draw by draw: revenue and workers of each, and what they do to the sum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.archive.months_file import read_all_months
from model.archive.store import DamagedRunError
from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from reports.saved_run import ReportError, SavedRun

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]

#: Groups of draws by which a quantity is taken as known.
KNOWN = 20
#: Groups into which the most uncertain number of workers is divided.
THIRDS = 3
#: Ends of the interval whose width is told.
ENDS = (0.05, 0.95)


@dataclass(frozen=True)
class Monthly:
    """What happened, by host and month.

    Attributes
    ----------
    months : array of str, (T,)
    dollars : DataArray, (definition, host, month, draw)
    present : DataArray, (host, month, draw)
        Workers, on average over the month.
    """

    months: NDArray[np.str_]
    dollars: xr.DataArray
    present: xr.DataArray

    def inside(self, first: str, last: str) -> NDArray[np.bool_]:
        """Which months lie from one to another."""
        return (self.months >= first) & (self.months <= last)


def monthly(run: SavedRun) -> Monthly:
    """Draws by month of every definition.

    Raises
    ------
    ReportError
        If an older program wrote the run, without them.
    """
    return _monthly(run.folder, run.manifest["seal"])


@lru_cache(maxsize=1)
def _monthly(folder: Path, _: str) -> Monthly:
    try:
        found = read_all_months(folder, [BASELINE])[BASELINE]
    except DamagedRunError as error:
        raise ReportError(f"{error}; no report was made") from None
    months = found.revenue["month"].to_numpy()
    return Monthly(months, _flat(found.revenue / found.per_usd), _flat(found.present))


def _flat(array: xr.DataArray) -> xr.DataArray:
    """Chains one after the other, as a single run of draws."""
    return array.stack(one=("chain", "draw")).transpose(..., "host", "month", "one")


def yearly(run: SavedRun, definition: str = HEADLINE, year: int | None = None) -> xr.DataArray:
    """Dollars of each host in a year, (host, draw); by default the headline's."""
    found = monthly(run)
    asked = run.year if year is None else year
    inside = found.inside(f"{asked}-01", f"{asked}-12")
    return found.dollars.sel(definition=definition).isel(month=inside).sum("month")


def workers(run: SavedRun) -> xr.DataArray:
    """Workers of each host, on average over the headline's year, (host, draw)."""
    found = monthly(run)
    inside = found.inside(f"{run.year}-01", f"{run.year}-12")
    return found.present.isel(month=inside).mean("month")


def covers(run: SavedRun, first: str, last: str) -> bool:
    """Whether the data cover the months from one to another."""
    return bool(run.timeline["start"] <= first and last <= run.timeline["end"])


def summed(run: SavedRun, definition: str, hosts: list[str], first: str, last: str) -> Floats:
    """Dollars of some hosts over some months that the data cover, as a yearly rate, (n,)."""
    found = monthly(run)
    inside = found.inside(first, last)
    dollars = found.dollars.sel(definition=definition, host=hosts).isel(month=inside)
    return np.asarray(dollars.sum(["host", "month"]) * 12 / inside.sum(), dtype=float)


def part_of_variance(run: SavedRun) -> dict[str, float]:
    """Part of the variance of the sum that each host accounts for; together they make one.

    It is the covariance of a host's state take with the sum over the sum's variance, so that a
    host that moves against the others has a negative part.
    """
    takes = yearly(run)
    apart = takes - takes.mean("one")
    whole = apart.sum("host")
    parts = (apart * whole).mean("one") / (whole**2).mean("one")
    return {str(host): float(parts.sel(host=host)) for host in parts["host"].to_numpy()}


def most_uncertain(run: SavedRun) -> str:
    """The host whose number of workers has the widest 90% interval, in persons."""
    counted = workers(run)
    low, high = np.quantile(counted, ENDS, axis=1)
    return str(counted["host"].to_numpy()[int(np.argmax(high - low))])


def thirds(counted: Floats) -> list[NDArray[np.int_]]:
    """Places of the draws in which a number is lowest, in between, and highest: a third each."""
    return list(np.array_split(np.argsort(counted, kind="stable"), THIRDS))


def width_if_known(quantity: Floats, whole: Floats) -> float:
    """Width of the sum's 90% interval if a quantity were known, as a part of what it is.

    The mean width among draws in which the quantity is nearly the same: one of twenty groups.
    """
    order = np.argsort(quantity, kind="stable")
    groups = [whole[one] for one in np.array_split(order, KNOWN)]
    return float(np.mean([_width(one) for one in groups]) / _width(whole))


def _width(draws: Floats) -> float:
    low, high = np.quantile(draws, ENDS)
    return float(high - low)
