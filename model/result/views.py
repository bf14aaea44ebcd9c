"""Views of an answer: other periods, money or months, per worker; they ask nothing of the sampler.

All come from the draws by month that a run keeps, so that the interval of a sum is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.archive import store
from model.archive.months_file import read_months
from model.archive.plain_netcdf import read_group
from model.archive.summary import difference, higher
from model.case.case import Case, read_case
from model.case.contents import Scenario
from model.case.faults import quote
from model.case.folders import BASELINE, COPY, bytes_of
from model.case.reader.toml_places import toml_of
from model.equations.quantities import DEFINITIONS
from model.projection.by_period import Monthly, average, labelled, month_at, summed
from model.projection.horizon import extended
from model.projection.prediction import distribution
from model.result.drawn_money import in_money, price_factors, rates_of
from model.terminal.view_options import View

if TYPE_CHECKING:
    from model.result.estimate import Estimate

Floats = NDArray[np.float64]
Json = dict[str, Any]

#: Periods as they are asked for, and as pandas names them.
PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}
_FISCAL = re.compile(r"fiscal(?:/(0[1-9]|1[0-2]))?", re.ASCII)
_FAULT = re.compile(r"(currency|real)='?([^':]*)'?: ")


class ViewError(ValueError):
    """A view that cannot be shown; the text says why and what to write."""


@dataclass(frozen=True)
class Covered:
    """What a run covers.

    Attributes
    ----------
    months : pd.PeriodIndex
        With those projected past the data.
    data : pd.Period
        Last month of the data.
    fiscal : int or None
        First month of the fiscal year, if the case states it.
    """

    months: pd.PeriodIndex
    data: pd.Period
    fiscal: int | None

    @classmethod
    def of(cls, timeline: bytes, months: pd.PeriodIndex) -> Covered:
        """What is covered, from the bytes of a case's timeline.toml and all months."""
        stated = toml_of(timeline.decode("utf-8-sig"))
        return cls(months, pd.Period(stated["end"], "M"), stated.get("fiscal_month"))


def frequency(view: View, fiscal: int | None) -> str:
    """Length of the periods that a view asks for, as ``by_period.labelled`` takes it.

    Raises
    ------
    ViewError
        If it is none, or the fiscal year is not stated.
    """
    found = _FISCAL.fullmatch(view.by)
    if view.by in PERIODS:
        return PERIODS[view.by]
    if found is None:
        raise ViewError(
            f"--by: {quote(view.by)} is no period; write month, quarter, year, or fiscal/04 for "
            "years that begin in April"
        )
    if found[1] is None and fiscal is None:
        raise ViewError(
            "--by fiscal: the case does not say when its fiscal year begins; write fiscal/04 for "
            "years that begin in April, or fiscal_month = 4 in timeline.toml"
        )
    return f"FY/{found[1] or f'{fiscal:02}'}"


def chosen_months(view: View, covered: Covered) -> tuple[pd.Period, pd.Period] | None:
    """First and last month that a view asks for; None for every period covered whole.

    Raises
    ------
    ViewError
        If there are none, or draws do not cover them.
    """
    months = covered.months
    if not (view.year or view.first or view.last):
        return None
    if view.year and (view.first or view.last):
        raise ViewError("--year and --from or --to both name months; leave one of them out")
    if view.year:
        freq = frequency(view, covered.fiscal)
        start = pd.Period(f"{view.year}-{freq[3:] or '01'}", "M")
        ends, told = (start, start + 11), f"--year {view.year}"
    else:
        ends = (_end("--from", view.first, 0, months[0]), _end("--to", view.last, 1, months[-1]))
        told = " ".join(
            f"{name} {text}" for name, text in (("--from", view.first), ("--to", view.last)) if text
        )
    if ends[0] > ends[1]:
        raise ViewError(f"{told}: {ends[0]} is after {ends[1]}; write the earlier month first")
    if ends[0] < months[0] or ends[1] > months[-1]:
        raise ViewError(
            f"{told}: the answer covers {months[0]} to {months[-1]}; name months of these, or "
            "project further with --horizon"
        )
    return ends


def _end(option: str, text: str, place: int, otherwise: pd.Period) -> pd.Period:
    if not text:
        return otherwise
    try:
        if len(text) > len("FY 2017/04"):
            raise ValueError(f"{quote(text)} is no month; write YYYY-MM")
        return month_at(text, place)
    except ValueError as error:
        raise ViewError(f"{option}: {error}") from None


def stretches(
    view: View, covered: Covered, end: pd.Period | None = None
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which months a view adds up, and the period of each of those.

    A period of which only a part is asked for is named by its first and last month.

    Parameters
    ----------
    end : pd.Period, optional
        Last month of a scenario that ends before others.
    """
    ends = chosen_months(view, covered)
    last = covered.months[-1] if end is None else end
    months = covered.months[covered.months <= last]
    labels, whole = labelled(months, frequency(view, covered.fiscal))
    names = labels.astype(object)
    chosen = whole.copy()
    if ends is not None:
        chosen = np.asarray((months >= ends[0]) & (months <= ends[1]))
        for label in dict.fromkeys(labels[chosen]):
            inside = chosen & (labels == label)
            if (inside != (labels == label)).any() or not whole[inside].all():
                names[inside] = _span(months[inside])
    beyond = np.zeros(len(covered.months) - len(months), dtype=bool)
    return np.concatenate([chosen, beyond]), [str(one) for one in names[chosen]]


def _span(months: pd.PeriodIndex) -> str:
    return str(months[0]) if len(months) == 1 else f"{months[0]}/{months[-1]}"


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


def view_table(estimate: Estimate, view: View) -> pd.DataFrame:
    """Revenue of a run as a view asks for it.

    Parameters
    ----------
    estimate : Estimate
    view : View

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
        return _Viewed(estimate, view).table()
    except ViewError:
        raise
    except ValueError as error:
        raise _as_option(error) from None


class _Viewed:
    """The draws of one run, added up as a view asks for."""

    def __init__(self, estimate: Estimate, view: View) -> None:
        self.folder, self.summary, self.view = estimate.folder, estimate.summary, view
        months = read_months(self.folder, BASELINE, DEFINITIONS[0]).months
        timeline = bytes_of(self.folder / COPY / "timeline.toml")
        self.covered = Covered.of(timeline, months)
        self._case: Case | None = None
        _some(stretches(view, self.covered)[0], view)

    def case(self) -> Case:
        """The run's case, read when rates or prices are needed that the draws do not have."""
        if self._case is None:
            self._case = read_case(self.folder / COPY)
        return self._case

    def table(self) -> pd.DataFrame:
        """All rows."""
        readings = self._readings()
        lines: list[Json] = []
        for definition in reversed(DEFINITIONS):
            baseline = read_months(self.folder, BASELINE, definition)
            for name, block in self.summary["scenarios"].items():
                end = pd.Period(max(block["workers"]), "M")
                chosen, labels = stretches(self.view, self.covered, end)
                if not labels:
                    continue
                own = baseline
                if name != BASELINE:
                    own = read_months(self.folder, name, definition)
                amounts = self._amounts(own, chosen, labels)
                measures = {"amount": (amounts, distribution)}
                if name != BASELINE:
                    before = self._amounts(baseline, chosen, labels)
                    measures["change"] = (difference(amounts, before), higher)
                lines += _lines({"scenario": name, "definition": definition}, measures, readings)
        return self._finished(pd.DataFrame(lines))

    def _amounts(
        self, monthly: Monthly, chosen: NDArray[np.bool_], labels: list[str]
    ) -> xr.DataArray:
        """Draws by period, and of all of the months if those are named."""
        monthly = monthly.within(chosen)
        money = in_money(monthly, self.case, self.view.currency, self.view.real)
        present = monthly.present.sum("host") if self.view.per_worker else None
        ways = [labels]
        if chosen_months(self.view, self.covered) is not None and len(set(labels)) > 1:
            ways.append([_span(monthly.months)] * len(labels))
        found = [summed(money, way) for way in ways]
        if present is not None:
            found = [
                one / average(present, way) for one, way in zip(found, ways, strict=True)
            ]
        return xr.concat(found, "period")

    def _readings(self) -> dict[str, NDArray[np.bool_]]:
        """Which draws of a chain are of which reading; the mixture, all of them, has no name."""
        names = list(self.summary.get("readings", ()))
        if not names:
            return {"": np.array(True)}
        stats = read_group(self.folder / store.POSTERIOR, "sample_stats")
        place = stats["reading"].to_numpy()
        return {"": np.full(len(place), True)} | {
            name: place == number for number, name in enumerate(names)
        }

    def _finished(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table with what holds of all rows, in the order in which it is read."""
        order = list(self.summary["scenarios"])
        table["place"] = table["scenario"].map(order.index)
        table = table.sort_values("place", kind="stable").drop(columns="place")
        data = str(self.covered.data)
        table.insert(3, "projected", [_last_month(one) > data for one in table["period"]])
        table.insert(5, "currency", self.view.currency)
        table.insert(6, "per", "worker" if self.view.per_worker else "")
        table.insert(7, "prices_of", "" if self.view.real is None else str(self.view.real))
        return table.assign(converged=self.summary["converged"]).reset_index(drop=True)


def _lines(
    named: Json,
    measures: dict[str, tuple[xr.DataArray, Callable[[Floats], Json]]],
    readings: dict[str, NDArray[np.bool_]],
) -> list[Json]:
    """One row for each reading, period and measure."""
    lines = []
    for reading, mine in readings.items():
        for measure, (draws, describe) in measures.items():
            array = draws.transpose("period", "chain", "draw").to_numpy()
            for place, period in enumerate(draws["period"].to_numpy()):
                values = array[place][:, mine] if mine.ndim else array[place]
                lines.append(
                    {
                        "scenario": named["scenario"],
                        "reading": reading,
                        "period": str(period),
                        "definition": named["definition"],
                        "measure": measure,
                        **describe(values.ravel()),
                    }
                )
    return lines


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
