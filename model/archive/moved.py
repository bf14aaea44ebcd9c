"""What separates the revenue of two runs: was, now, the difference, and what sampling explains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.archive import store
from model.archive.naming import written
from model.archive.plain_netcdf import read_group
from model.case.folders import BASELINE
from model.projection.unpaired import differences
from model.sampling.convergence import median_error

Json = dict[str, Any]
Floats = NDArray[np.float64]

#: Standard errors within which sampling alone may have moved a median.
WITHIN = 2.0
#: What two runs must share for one to be a what-if of the other.
SHARED = ("inputs", "versions")
QUANTILES = {"q50": 0.5, "q05": 0.05, "q95": 0.95}


@dataclass(frozen=True, slots=True)
class Move:
    """A year's revenue in two runs, in dollars.

    Attributes
    ----------
    was, now, difference : dict of str to float
        Median, 5% and 95% quantile: ``q50``, ``q05``, ``q95``.
    moved : float
        Difference of the medians.
    error : float
        Its standard error, from sampling; zero if the two have the same draws.
    """

    was: dict[str, float]
    now: dict[str, float]
    difference: dict[str, float]
    moved: float
    error: float

    @property
    def beyond_error(self) -> bool:
        """Whether sampling alone does not explain the change."""
        return abs(self.moved) > WITHIN * self.error

    @property
    def nothing(self) -> bool:
        """Whether not a draw differs."""
        return not self.moved and not any(self.difference.values())


@dataclass(frozen=True)
class Drawn:
    """Draws of a run's revenue by year.

    Attributes
    ----------
    fit : str
        Key of the fit: runs of one fit have the same draws.
    yearly_usd : DataArray, (scenario, definition, year, chain, draw)
    reading : array of int, (draw,), or None
        The rival reading of each draw.
    """

    fit: str
    yearly_usd: Any
    reading: NDArray[np.int64] | None

    @classmethod
    def of(cls, folder: Path) -> Drawn:
        """Those of a run on disk.

        Raises
        ------
        DamagedRunError
        """
        return _drawn(folder)

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, what happened first."""
        return [str(name) for name in self.yearly_usd["scenario"].to_numpy()]

    def years(self, scenario: str, definition: str) -> dict[str, Floats]:
        """Draws by year, (chain, draw)."""
        own = self.yearly_usd.sel(scenario=scenario, definition=definition)
        own = own.transpose("year", "chain", "draw")
        found = {
            str(year): one.to_numpy() for year, one in zip(own["year"].values, own, strict=True)
        }
        # a scenario that ends sooner than another has no draws of later years
        return {year: draws for year, draws in found.items() if np.isfinite(draws).any()}


@store.one_run
def _drawn(folder: Path) -> Drawn:
    manifest = store.check_run(folder)
    with store.agreeing(folder):
        stats = read_group(folder / store.POSTERIOR, "sample_stats")
        reading = stats["reading"].to_numpy() if "reading" in stats else None
        revenue = read_group(folder / store.POSTERIOR, "revenue")["yearly_usd"]
        return Drawn(manifest["fit"], revenue, reading)


def moves(was: Drawn, now: Drawn, definition: str, scenario: str = BASELINE) -> dict[str, Move]:
    """What separates two runs in each year that they have in common."""
    before, after = (one.years(scenario, definition) for one in (was, now))
    return {
        year: _move((was, before[year]), (now, after[year])) for year in before if year in after
    }


def _move(was: tuple[Drawn, Floats], now: tuple[Drawn, Floats]) -> Move:
    (first, before), (second, after) = was, now
    paired = first.fit == second.fit
    apart = after - before if paired else differences(after.ravel(), before.ravel())
    errors = [0.0] if paired else [median_error(draws, one.reading) for one, draws in (was, now)]
    return Move(
        was=_quantiles(before),
        now=_quantiles(after),
        difference=_quantiles(apart),
        moved=float(np.median(after) - np.median(before)),
        error=float(np.hypot.reduce(errors)),
    )


def _quantiles(draws: Floats) -> dict[str, float]:
    found = np.quantile(draws, list(QUANTILES.values())).tolist()
    return dict(zip(QUANTILES, found, strict=True))


def unchanged_run(manifest: Mapping[str, Any], output: Path) -> Path | None:
    """The estimate that a what-if changes: of the same inputs, by the same program, converged.

    Of several, one that was sampled alike, then one with the same scenarios, then the newest.

    Parameters
    ----------
    manifest : dict
        Of the what-if.
    output : Path
        Folder of runs.
    """
    found = []
    for folder in store.run_folders(output):
        try:
            one = store.read_manifest(folder)
        except store.DamagedRunError:
            continue
        same = all(one[key] == manifest[key] for key in SHARED)
        if same and not one["what_if"] and one["convergence"]["converged"]:
            alike = all(one["sampler"][key] == manifest["sampler"][key] for key in store.OPTIONS)
            heard = {*manifest["scenarios"]} <= {*one["scenarios"]}
            found.append((alike, heard, written(folder), folder))
    for *_, folder in sorted(found, reverse=True):
        try:
            store.check_run(folder)
        except store.DamagedRunError:
            continue
        return folder
    return None
