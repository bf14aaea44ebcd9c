"""Views of an answer: other periods, money or months, per worker; they ask nothing of the sampler.

All come from the draws by month that a run keeps, so that the interval of a sum is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.archive import store
from model.archive.months_file import read_all_months
from model.archive.plain_netcdf import read_group
from model.archive.summary import difference, higher
from model.case.case import Case, read_case
from model.case.contents import Scenario
from model.case.folders import BASELINE, COPY, bytes_of
from model.equations.quantities import DEFINITIONS
from model.projection.by_period import average, month_at, summed
from model.projection.horizon import extended
from model.projection.prediction import distribution
from model.result.asked_months import Covered, ViewError, chosen_months, span, stretches
from model.result.drawn_money import in_money, price_factors, rates_of
from model.terminal.view_options import View

if TYPE_CHECKING:
    from model.result.estimate import Estimate

Floats = NDArray[np.float64]
Json = dict[str, Any]
#: Which draws of a chain are of a reading, by its name; None for all of them.
Told = dict[str, NDArray[np.bool_] | None]
#: Draws of a measure, and what tells their distribution.
Measures = dict[str, tuple[xr.DataArray, Callable[[Floats], Json]]]

_FAULT = re.compile(r"(currency|real)='?([^':]*)'?: ")


def check_view(view: View, case: Case, scenarios: Sequence[Scenario], horizon: str) -> None:
    """Check a view before anything is fitted for it.

    Raises
    ------
    ViewError
    """
    last = max((one.horizon for one in scenarios if one.horizon), default=None)
    longer = extended(case, pd.Period(horizon, "M") if horizon else last)
    covered = Covered.of(case.files["timeline.toml"], longer.timeline.months)
    chosen, _ = stretches(view, covered)
    _some(chosen, view)
    months = covered.months[chosen]
    with_rates = {"USD", *(host.currency for host in case.hosts)}
    try:
        if view.currency not in with_rates:
            rates_of(case, view.currency, months)
        if view.real is not None:
            price_factors(case, view.real, view.currency, months)
    except ValueError as error:
        raise _as_option(error) from None


def _some(chosen: NDArray[np.bool_], view: View) -> None:
    if not chosen.any():
        raise ViewError(f"--by {view.by}: no such period is covered whole; name months by --from")


def _as_option(error: ValueError) -> ViewError:
    """A fault of an argument in Python as one of an option."""
    return ViewError(_FAULT.sub(r"--\1 \2: ", str(error)))


def view_table(estimate: Estimate, view: View, *, readings: bool = True) -> pd.DataFrame:
    """Revenue of a run as a view asks for it.

    Parameters
    ----------
    estimate : Estimate
    view : View
    readings : bool
        Whether to tell each reading's own answer.

    Returns
    -------
    DataFrame
        One row per scenario, reading (blank for the mixture), period, definition and measure:
        ``amount``, or ``change`` from the baseline. Where months are named, the last period is
        all of them. ``projected`` tells periods that reach past the data.

    Raises
    ------
    ViewError
        If the view cannot be shown.
    DamagedRunError
        If the run holds no draws by month.
    """
    try:
        return _Viewed(estimate, view).table(readings=readings)
    except ViewError:
        raise
    except ValueError as error:
        raise _as_option(error) from None


class _Viewed:
    """The draws of one run, added up as a view asks for."""

    def __init__(self, estimate: Estimate, view: View) -> None:
        self.folder, self.summary, self.view = estimate.folder, estimate.summary, view
        self.monthly = read_all_months(self.folder, self.summary["scenarios"])
        timeline = bytes_of(self.folder / COPY / "timeline.toml")
        self.covered = Covered.of(timeline, self.monthly[BASELINE].months)
        self._case: Case | None = None
        _some(stretches(view, self.covered)[0], view)

    def case(self) -> Case:
        """The run's case, read when rates or prices are needed that the draws do not have."""
        if self._case is None:
            self._case = read_case(self.folder / COPY)
        return self._case

    def table(self, *, readings: bool) -> pd.DataFrame:
        """All rows, those of each reading among them if asked for."""
        told: Told = self._readings() if readings else {"": None}
        lines: list[Json] = []
        for name, block in self.summary["scenarios"].items():
            chosen, labels = stretches(
                self.view, self.covered, pd.Period(max(block["workers"]), "M")
            )
            if not labels:
                continue
            amounts = self._amounts(name, chosen, labels)
            measures: Measures = {"amount": (amounts, distribution)}
            if name != BASELINE:
                before = self._amounts(BASELINE, chosen, labels)
                measures["change"] = (difference(amounts, before), higher)
            lines += _lines(name, measures, told)
        return self._finished(pd.DataFrame(lines))

    def _amounts(self, scenario: str, chosen: NDArray[np.bool_], labels: list[str]) -> xr.DataArray:
        """Draws by definition and period, and of all of the months if those are named."""
        monthly = self.monthly[scenario].within(chosen)
        ways = [labels]
        if chosen_months(self.view, self.covered) is not None and len(set(labels)) > 1:
            ways.append([span(monthly.months)] * len(labels))
        present = monthly.present.sum("host") if self.view.per_worker else None
        found = []
        for definition in reversed(DEFINITIONS):
            own = replace(monthly, revenue=monthly.revenue.sel(definition=definition, drop=True))
            money = in_money(own, self.case, self.view.currency, self.view.real)
            each = [summed(money, way) for way in ways]
            if present is not None:
                each = [one / average(present, way) for one, way in zip(each, ways, strict=True)]
            found.append(xr.concat(each, "period"))
        return xr.concat(found, pd.Index(list(reversed(DEFINITIONS)), name="definition"))

    def _readings(self) -> Told:
        """Which draws of a chain are of which reading; the mixture, all of them, has no name."""
        names = list(self.summary.get("readings", ()))
        if not names:
            return {"": None}
        place = read_group(self.folder / store.POSTERIOR, "sample_stats")["reading"].to_numpy()
        return {"": None} | {name: place == number for number, name in enumerate(names)}

    def _finished(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table with what holds of all rows."""
        data = str(self.covered.data)
        table.insert(3, "projected", [_last_month(one) > data for one in table["period"]])
        table.insert(5, "currency", self.view.currency)
        table.insert(6, "per", "worker" if self.view.per_worker else "")
        table.insert(7, "prices_of", "" if self.view.real is None else str(self.view.real))
        return table.assign(converged=self.summary["converged"])


def _lines(scenario: str, measures: Measures, readings: Told) -> list[Json]:
    """One row for each reading, period, definition and measure of a scenario."""
    return [
        {
            "scenario": scenario,
            "reading": reading,
            "period": str(period),
            "definition": str(definition),
            "measure": measure,
            **describe((draws if mine is None else draws[:, mine]).ravel()),
        }
        for reading, mine in readings.items()
        for measure, (array, describe) in measures.items()
        for period in array["period"].to_numpy()
        for definition in array["definition"].to_numpy()
        for draws in (array.sel(period=period, definition=definition).to_numpy(),)
    ]


def _last_month(period: str) -> str:
    """The last month of a period, as its label tells."""
    return str(month_at(period.rpartition("/")[2] if period[:2] != "FY" else period, 1))


def as_json(table: pd.DataFrame, summary: Json, folder: Path) -> Json:
    """A view for machines: amounts and changes by scenario, period and definition."""
    named = ["scenario", "reading", "period", "definition", "measure"]
    of_all = ["currency", "per", "prices_of", "converged"]
    numbers = [one for one in table if one not in (*named, *of_all, "projected")]
    found: Json = {
        "case": summary["case"],
        "run": folder.name,
        "what_if": summary.get("what_if", {}),
        **{name: table[name].iloc[0].item() if name == "converged" else table[name].iloc[0]
           for name in of_all},
        "scenarios": {},
    }  # fmt: skip
    for row in table.to_dict("records"):
        block = found["scenarios"].setdefault(row["scenario"], {})
        if row["reading"]:
            block = block.setdefault("readings", {}).setdefault(row["reading"], {})
        kind = "periods" if row["measure"] == "amount" else "versus_baseline"
        period = block.setdefault(kind, {}).setdefault(row["period"], {})
        period[row["definition"]] = {
            key: None if row[key] != row[key] else row[key]
            for key in numbers
            if row["measure"] == "change" or not key.startswith("probability")
        }
    return found
