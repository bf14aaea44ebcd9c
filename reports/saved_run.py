"""A saved run, checked and opened for reading; every figure and page is made from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive import naming, store
from model.archive.plain_netcdf import Labelled, read_arrays
from model.case.folders import BASELINE
from model.case.reader.cells import written_table
from model.equations.quantities import HEADLINE
from model.terminal.plain_text import cleaned
from reports.run_inputs import ReportError as ReportError
from reports.run_inputs import RunInputs

Json = dict[str, Any]
Floats = NDArray[np.float64]

#: Entries of a summary that a report needs; older programs wrote fewer.
NEEDED = ("case", "converged", "convergence", "scenarios", "accounts", "quantities", "evidence")


@dataclass(frozen=True)
class SavedRun(RunInputs):
    """A run whose files agree with its checksums.

    Attributes
    ----------
    folder : Path
    manifest, summary : dict
        Content of ``manifest.json`` and ``summary.json``.
    """

    folder: Path
    manifest: Json
    summary: Json

    @classmethod
    def open(cls, name: str | Path, output: Path = store.RUNS) -> SavedRun:
        """Find a run by folder, name or the start of either part of its name, and check it.

        Raises
        ------
        ReportError
            If no such run exists, a part of it is missing, or it was changed.
        """
        try:
            folder = naming.named_run(str(name), output)
            manifest, summary = store.read_run(folder)
        except (store.DamagedRunError, naming.NoSuchRunError) as error:
            raise ReportError(f"{error}; no report was made") from None
        lacking = [key for key in NEEDED if key not in summary]
        lacking += [key for key in ("date", "arguments") if key not in manifest]
        if lacking:
            raise ReportError(
                f"{folder} was made by an older program and is missing {', '.join(lacking)}: "
                "estimate again; no report was made"
            )
        return cls(folder, cleaned(manifest), cleaned(summary))

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.resolve().name

    @property
    def converged(self) -> bool:
        """Whether the chains passed the convergence gate."""
        return bool(self.summary["converged"])

    @property
    def year(self) -> int:
        """The headline's year."""
        return int(self.summary["accounts"]["year"])

    @property
    def years(self) -> list[int]:
        """Whole years that the data cover, without projected years."""
        return [year for year in self.all_years if not self.projected(year)]

    @property
    def all_years(self) -> list[int]:
        """Whole years, also those that are projected in part or wholly."""
        return [int(year) for year in self.summary["scenarios"][BASELINE]["annual"]]

    def projected(self, date: int | str) -> bool:
        """Whether a year or month lies past the data, with any of its months."""
        return (f"{date}-12" if len(str(date)) == 4 else str(date)) > str(self.timeline["end"])

    def whole_year(self, year: int) -> int:
        """A year that was projected whole.

        Raises
        ------
        ReportError
            If it was not; the text lists those that were.
        """
        if year not in self.all_years:
            whole = ", ".join(map(str, self.all_years))
            raise ReportError(f"there is no whole year {year}; write one of: {whole}")
        return year

    @property
    def scenarios(self) -> dict[str, Json]:
        """Scenarios other than the baseline, the largest change in the state take first."""
        blocks = self.summary["scenarios"].items()
        others = {name: block for name, block in blocks if name != BASELINE}

        def size(item: tuple[str, Json]) -> tuple[float, float]:
            change = item[1]["at_stake"]["state_take"]["usd"]
            return abs(change["q50"] or 0.0), abs(change["mean"] or 0.0)

        return dict(sorted(others.items(), key=size, reverse=True))

    def annual(self, year: int, definition: str, scenario: str = BASELINE) -> dict[str, float]:
        """A year's revenue in dollars, by statistic; NaN where it is not finite."""
        block = self.summary["scenarios"][scenario]["annual"][str(year)][definition]["usd"]
        return {name: math.nan if value is None else float(value) for name, value in block.items()}

    @property
    def covered(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last moment that the data cover."""
        timeline = self.timeline
        return pd.Timestamp(timeline["start"]), pd.Period(timeline["end"], "M").end_time

    # --- tables and draws -----------------------------------------------------------------

    @cached_property
    def revenue(self) -> pd.DataFrame:
        """Content of ``revenue.csv``."""
        return written_table(self.folder / "revenue.csv")

    @cached_property
    def workers(self) -> pd.DataFrame:
        """Content of ``workers.csv``."""
        return written_table(self.folder / "workers.csv")

    @cached_property
    def checks(self) -> dict[str, Json]:
        """Results of ``model.criticism`` for this run, by check; empty if it was not checked."""
        return self._added(store.CHECKS, "checks")

    @property
    def not_checked(self) -> list[str]:
        """Checks of the case that were not run."""
        names = store.checks_of(several=len(self.hosts) > 1)
        return [name for name in names if name not in self.checks]

    @cached_property
    def drivers(self) -> dict[str, Json]:
        """Results of ``model.drivers``, by definition and year; empty if none were computed."""
        return self._added(store.DRIVERS, "asked")

    def _added(self, file: str, key: str) -> dict[str, Json]:
        """Content of a file added to the run; empty if no such file exists."""
        try:
            found = store.read_added(self.folder, file) or {key: {}}
        except store.DamagedRunError as error:
            raise ReportError(f"{error}; no report was made") from None
        return dict(cleaned(found[key]))

    def headline_drivers(self, definition: str = HEADLINE, year: int | None = None) -> Json:
        """The drivers of a year's revenue: ``numbers``, ``explained`` and tables by name.

        Raises
        ------
        ReportError
            If they were not computed.
        """
        asked = self.year if year is None else year
        found = self.drivers.get(f"{definition} {asked}")
        if found is None:
            raise ReportError(
                f"{self.folder} has no drivers of {definition} in {asked}: compute them with "
                f"python -m model.drivers {self.folder.name} --what {definition} --year {asked}"
            )
        tables = {
            name: pd.DataFrame(one["rows"], columns=one["columns"])
            for name, one in found["tables"].items()
        }
        return found | {"tables": tables}

    @cached_property
    def calibration(self) -> Json:
        """The largest calibration of this run's inputs by the same program, if any, else empty."""
        found = store.find_calibration(self.folder.parent, self.manifest)
        return dict(cleaned(found or {"checks": {}, "ranks": {}}))

    @cached_property
    def worlds(self) -> Json:
        """Coverage in worlds unlike the model, of this run's inputs, if any, else empty."""
        found = store.find_calibration(self.folder.parent, self.manifest, store.MISSPECIFIED)
        return found["misspecified"] if found else {}

    def check_table(self, name: str) -> pd.DataFrame:
        """Return the table of a check of this run or of its calibration.

        Raises
        ------
        ReportError
            If neither has it.
        """
        found = self.checks.get(name) or self.calibration["checks"].get(name)
        if found is None:
            raise ReportError(
                f"{self.folder} has no check {name!r}: run python -m model.criticism "
                f"{self.folder.name} or python -m model.calibration"
            )
        return pd.DataFrame(found["rows"], columns=found["columns"])

    @cached_property
    def places(self) -> dict[str, list[str]]:
        """Hosts that each modelled place stands for: each host, and each named group of hosts."""
        return {host: [host] for host in self.hosts} | dict(self.timeline.get("groups", {}))

    def is_all(self, place: str) -> bool:
        """Whether a place stands for all hosts, so that its total is like the run's own."""
        return set(self.places.get(place, ())) == set(self.hosts)

    @cached_property
    def _revenue_draws(self) -> Labelled:
        return self._group("revenue")["yearly_usd"]

    def _group(self, name: str) -> dict[str, Labelled]:
        try:
            return read_arrays(self.folder / store.POSTERIOR, name)
        except store.DamagedRunError as error:
            raise ReportError(f"{error}; no report was made") from None

    def yearly_draws(self, definition: str, scenario: str = BASELINE) -> Labelled:
        """Draws of yearly revenue in dollars, (year, chain, draw)."""
        return self._revenue_draws.sel(scenario=scenario, definition=definition)

    def headline_draws(self, definition: str = "state_take") -> Floats:
        """Draws of the headline year's revenue in dollars, (n,)."""
        return self.yearly_draws(definition).sel(year=self.year).values.ravel()

    @cached_property
    def quantity_draws(self) -> dict[str, Floats]:
        """Draws of each basic quantity by label, (chain, draw), in its own unit."""
        families, found = self._group("posterior"), {}
        for label in self.summary["quantities"]:
            name = next(part for part in label.split(".") if part in families)
            host, _, index = (part.strip(".") for part in label.partition(name))
            host = host or next(iter(self.hosts))  # labels omit the first
            values = families[name]
            for dim in list(values.labels)[2:]:
                # where hosts have other phases than each other, both are named
                entry = f"{host}.{index}" if dim.startswith("host_") else index
                values = values.sel(**{dim: host if dim == "host" else entry})
            found[label] = values.values
        return found

    @cached_property
    def rank_correlations(self) -> dict[str, float]:
        """Spearman's correlation of each basic quantity with the headline, the largest first."""
        target = ranks(self.headline_draws())
        found = {
            label: float(np.corrcoef(ranks(draws.ravel()), target)[0, 1])
            for label, draws in self.quantity_draws.items()
            if np.ptp(draws) > 0
        }
        return dict(sorted(found.items(), key=lambda item: -abs(item[1])))


def three_of(draws: Any) -> tuple[float, float, float]:
    """Median and ends of the 90% interval of draws, as reports tell them."""
    middle, low, high = np.quantile(draws, (0.5, 0.05, 0.95))
    return float(middle), float(low), float(high)


def ranks(draws: Floats) -> Floats:
    """Rank of each draw among all, from zero; continuous draws have no ties."""
    return np.argsort(np.argsort(draws, kind="stable"), kind="stable").astype(float)
