"""A run on disk, checked and opened for reading: what every figure and page is made from."""

from __future__ import annotations

import csv
import math
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.archive import store
from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE

Json = dict[str, Any]
Floats = NDArray[np.float64]

#: What a report reads of a summary; older programs wrote less.
NEEDED = ("case", "converged", "convergence", "scenarios", "accounts", "quantities", "evidence")


class ReportError(Exception):
    """A report that cannot be made; its text says what is lacking and what to do."""


@dataclass(frozen=True)
class SavedRun:
    """A run that agrees with its checksums.

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
    def open(cls, name: str | Path, output: Path = Path("runs")) -> SavedRun:
        """Find a run by folder, name or the start of either of its name's parts, and check it.

        Raises
        ------
        ReportError
            When there is no such run, or it lacks a part, or was changed.
        """
        try:
            folder = store.named_run(str(name), output)
            manifest = store.check_run(folder)
            summary = store.read_summary(folder)
        except (store.DamagedRunError, store.NoSuchRunError) as error:
            raise ReportError(f"{error}; no report was made") from None
        lacking = [key for key in NEEDED if key not in summary]
        lacking += [key for key in ("date", "arguments") if key not in manifest]
        if lacking:
            raise ReportError(
                f"{folder} was made by an older program and lacks {', '.join(lacking)}: estimate "
                "again; no report was made"
            )
        return cls(folder, manifest, summary)

    @property
    def converged(self) -> bool:
        """Whether its chains passed the gate."""
        return bool(self.summary["converged"])

    @property
    def year(self) -> int:
        """The headline's year."""
        return int(self.summary["accounts"]["year"])

    @property
    def years(self) -> list[int]:
        """Whole years that the data cover, of what happened; projected ones are left out."""
        last = self.timeline["end"]
        annual = self.summary["scenarios"][BASELINE]["annual"]
        return [int(year) for year in annual if f"{year}-12" <= last]

    @property
    def scenarios(self) -> dict[str, Json]:
        """Scenarios other than the baseline, the largest change of the state take first."""
        blocks = self.summary["scenarios"].items()
        others = {name: block for name, block in blocks if name != BASELINE}

        def size(item: tuple[str, Json]) -> tuple[float, float]:
            change = item[1]["at_stake"]["state_take"]["usd"]
            return abs(change["q50"] or 0.0), abs(change["mean"] or 0.0)

        return dict(sorted(others.items(), key=size, reverse=True))

    def annual(self, year: int, definition: str, scenario: str = BASELINE) -> dict[str, float]:
        """Numbers of a year's revenue in dollars; not a number where they are not finite."""
        block = self.summary["scenarios"][scenario]["annual"][str(year)][definition]["usd"]
        return {name: math.nan if value is None else float(value) for name, value in block.items()}

    @property
    def covered(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last instant that the data cover."""
        timeline = self.timeline
        return pd.Timestamp(timeline["start"]), pd.Period(timeline["end"], "M").end_time

    def speaker(self, row: str) -> str:
        """Who said what a row of evidence says, or who published it."""
        said = self.evidence[row]
        return said["said_by"] or self.sources[said["source"]]["publisher"]

    # --- tables and draws -----------------------------------------------------------------

    @cached_property
    def revenue(self) -> pd.DataFrame:
        """Content of ``revenue.csv``."""
        return pd.read_csv(self.folder / "revenue.csv")

    @cached_property
    def workers(self) -> pd.DataFrame:
        """Content of ``workers.csv``."""
        return pd.read_csv(self.folder / "workers.csv")

    @cached_property
    def checks(self) -> dict[str, Json]:
        """What ``model.criticism`` found of this run, by check; empty if it was not asked."""
        return self._added(store.CHECKS, "checks")

    @cached_property
    def drivers(self) -> dict[str, Json]:
        """What ``model.drivers`` found of this run, by definition and year; empty if not asked."""
        return self._added(store.DRIVERS, "asked")

    def _added(self, file: str, key: str) -> dict[str, Json]:
        """What a file holds that was added to the run; empty if there is none."""
        try:
            found = store.read_added(self.folder, file) or {key: {}}
        except store.DamagedRunError as error:
            raise ReportError(f"{error}; no report was made") from None
        return dict(found[key])

    def headline_drivers(self, definition: str = HEADLINE, year: int | None = None) -> Json:
        """What drives a year's revenue: ``numbers``, ``explained`` and tables by name.

        Raises
        ------
        ReportError
            When that was not asked.
        """
        asked = self.year if year is None else year
        found = self.drivers.get(f"{definition} {asked}")
        if found is None:
            raise ReportError(
                f"{self.folder} does not say what drives {definition} of {asked}: ask with "
                f"python -m model.drivers {self.folder.name} --what {definition} --year {asked}"
            )
        tables = {
            name: pd.DataFrame(one["rows"], columns=one["columns"])
            for name, one in found["tables"].items()
        }
        return found | {"tables": tables}

    @cached_property
    def calibration(self) -> Json:
        """The longest calibration of this run's inputs by its program; empty if there is none."""
        found = store.find_calibration(self.folder.parent, self.manifest)
        return found or {"checks": {}, "ranks": {}}

    def check_table(self, name: str) -> pd.DataFrame:
        """The table of a check, of this run or of its calibration.

        Raises
        ------
        ReportError
            When neither holds it.
        """
        found = self.checks.get(name) or self.calibration["checks"].get(name)
        if found is None:
            raise ReportError(
                f"{self.folder} holds no check {name!r}: make it with python -m model.criticism "
                f"{self.folder.name}, or with python -m model.calibration"
            )
        return pd.DataFrame(found["rows"], columns=found["columns"])

    @cached_property
    def hosts(self) -> dict[str, Json]:
        """Hosts by name, with title and currency."""
        return dict(self.timeline["hosts"])

    @cached_property
    def _revenue_draws(self) -> xr.Dataset:
        return self._group("revenue")

    def _group(self, name: str) -> xr.Dataset:
        path = self.folder / store.POSTERIOR
        try:
            with xr.open_dataset(path, engine="h5netcdf", group=name) as found:
                return found.load()
        except (OSError, ValueError) as error:
            raise ReportError(f"{path}, {name}: {error}; no report was made") from None

    def yearly_draws(self, definition: str, scenario: str = BASELINE) -> xr.DataArray:
        """Draws of yearly revenue in dollars, (year, chain, draw)."""
        return self._revenue_draws["yearly_usd"].sel(scenario=scenario, definition=definition)

    def headline_draws(self, definition: str = "state_take") -> Floats:
        """Draws of the headline year's revenue in dollars, (n,)."""
        return np.asarray(self.yearly_draws(definition).sel(year=self.year)).ravel()

    @cached_property
    def quantity_draws(self) -> dict[str, Floats]:
        """Draws of each basic quantity by label, (chain, draw), in its own unit."""
        families, found = self._group("posterior"), {}
        for label in self.summary["quantities"]:
            name = next(part for part in label.split(".") if part in families)
            host, _, index = label.partition(name)
            values = families[name]
            for dim in values.dims[2:]:
                # the first host is left out of labels
                first = values[dim].to_numpy()[0]
                own = (host.strip(".") or first) if dim == "host" else index.strip(".")
                values = values.sel({dim: own})
            found[label] = values.to_numpy()
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

    # --- inputs, as they were read ---------------------------------------------------------

    @cached_property
    def evidence(self) -> dict[str, dict[str, str]]:
        """Rows of ``evidence.csv`` by id, in their order."""
        return self._table("evidence")

    @cached_property
    def sources(self) -> dict[str, dict[str, str]]:
        """Rows of ``sources.csv`` by id."""
        return self._table("sources")

    @cached_property
    def segments(self) -> dict[str, dict[str, str]]:
        """Rows of ``segments.csv`` by id."""
        return self._table("segments")

    @cached_property
    def priors(self) -> Json:
        """Content of ``priors.toml``."""
        return self._toml("priors")

    @cached_property
    def timeline(self) -> Json:
        """Content of ``timeline.toml``."""
        return self._toml("timeline")

    @cached_property
    def reading(self) -> Json:
        """Content of ``reading.toml``."""
        return self._toml("reading")

    def basis(self, label: str) -> str:
        """What the prior of a basic quantity rests on, as the inputs say it."""
        path = label.split(".")
        if path[-2:-1] == ["segment_share"]:
            return self.segments[path[-1]]["note"]
        # a table may stand for a family's every entry, and for every host
        for keys in (path, path[:-1], path[1:], path[1:-1]):
            node: Any = self.priors
            for key in keys:
                node = node.get(key, {}) if isinstance(node, dict) else {}
            if isinstance(node, dict) and "basis" in node:
                return str(node["basis"])
        return ""

    def _table(self, name: str) -> dict[str, dict[str, str]]:
        text = (self.folder / "inputs" / f"{name}.csv").read_text(encoding="utf-8-sig")
        return {row["id"]: dict(row) for row in csv.DictReader(text.splitlines(keepends=True))}

    def _toml(self, name: str) -> Json:
        text = (self.folder / "inputs" / f"{name}.toml").read_text(encoding="utf-8-sig")
        return tomllib.loads(text)


def ranks(draws: Floats) -> Floats:
    """Place of each draw among all, from zero; continuous draws have no ties."""
    found = np.empty(len(draws))
    found[np.argsort(draws, kind="stable")] = np.arange(len(draws))
    return found
