"""Monthly mean exchange rates from the ECB, overridden by a case's own fx.csv."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.case.faults import Report

FILE = "fx.csv"

ECB = "ECB reference rates, mean of the month's days"

#: Fewest days with a rate for a monthly mean: the ECB stopped quoting the ruble after one day of
#: March 2022, and one day does not represent a month.
ENOUGH_DAYS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Units of a currency per US dollar, monthly means.

    Attributes
    ----------
    per_usd : pd.DataFrame
        Months (PeriodIndex) by currency; the USD column is always one.
    source : pd.DataFrame
        Source of each rate, in the same shape.
    own : pd.DataFrame or None
        Rows of fx.csv, including those outside the months.
    walks : pd.DataFrame of bool
        True where no rate is known and the last known one is held, in the same shape.
    others : pd.DataFrame
        Units per US dollar of the currencies that only rows of evidence are in, NaN where no rate
        is known; months by currency.
    """

    per_usd: pd.DataFrame
    source: pd.DataFrame
    own: pd.DataFrame | None
    walks: pd.DataFrame
    others: pd.DataFrame = field(default_factory=pd.DataFrame)

    def of(self, currency: str) -> npt.NDArray[np.float64]:
        """Return units of the currency per US dollar by month, shape (T,)."""
        table = self.per_usd if currency in self.per_usd else self.others
        return np.asarray(table[currency], dtype=np.float64)

    def mean(self, currency: str, start: pd.Period, end: pd.Period) -> float:
        """Return the mean of a window's monthly rates, both ends inclusive."""
        # by position: called for many rows, and labels are slow
        first = self.per_usd.index[0].ordinal
        window = self.of(currency)[max(start.ordinal - first, 0) : max(end.ordinal - first + 1, 0)]
        known = np.count_nonzero(~np.isnan(window))
        return float(np.nansum(window) / known) if known else np.nan

    def cross(self, own: str, other: str, start: pd.Period, end: pd.Period) -> float:
        """Return units of one currency per unit of another, from means over a window.

        Only months with a rate of both count, lest one's drift be taken for a difference.
        """
        first = self.per_usd.index[0].ordinal
        window = slice(max(start.ordinal - first, 0), max(end.ordinal - first + 1, 0))
        ours, others = self.of(own)[window], self.of(other)[window]
        known = ~np.isnan(ours) & ~np.isnan(others)
        return float(ours[known].mean() / others[known].mean()) if known.any() else np.nan


def reference_rates(
    months: pd.PeriodIndex,
    currencies: Collection[str],
    own: pd.DataFrame | None,
    report: Report,
) -> Rates:
    """Return the rates of every month and report the months without one.

    Parameters
    ----------
    months : pd.PeriodIndex, shape (T,)
    currencies : collection of str
        Currencies of the case's hosts.
    own : pd.DataFrame or None
        Rows of fx.csv, which take precedence over the ECB's rates: columns ``month`` (Period),
        ``currency``, ``per_usd`` and ``source``.
    report : Report
        Receives an error for each currency with months missing.
    """
    columns = list(dict.fromkeys(["USD", *currencies]))
    per_usd = pd.DataFrame(np.nan, index=months, columns=columns)
    source = pd.DataFrame("", index=months, columns=columns)
    per_usd["USD"], source["USD"] = 1.0, "the dollar itself"
    for currency in columns[1:]:
        known = _own_rates(own, currency)
        found = [
            known.get(month) or (ecb_month(currency, month.year, month.month), ECB)
            for month in months
        ]
        per_usd[currency] = [np.nan if rate is None else rate for rate, _ in found]
        source[currency] = ["" if rate is None else where for rate, where in found]
        _report_gaps(currency, months[per_usd[currency].isna()], report)
    return Rates(per_usd, source, own, pd.DataFrame(False, index=months, columns=columns))


def with_rates_of_rows(rates: Rates, currencies: Collection[str]) -> Rates:
    """Return the rates with those of more currencies, as far as they are known."""
    more = sorted(set(currencies) - {"", *rates.per_usd.columns})
    if not more:
        return rates
    found = reference_rates(rates.per_usd.index, more, rates.own, Report())
    return replace(rates, others=found.per_usd[more])


def later_rates(rates: Rates, months: pd.PeriodIndex) -> Rates:
    """Return the rates of more months, with gaps filled by the last known rate and marked."""
    currencies = [currency for currency in rates.per_usd.columns if currency != "USD"]
    found = reference_rates(months, currencies, rates.own, Report())
    walks = found.per_usd.isna()
    source = found.source.mask(walks, "none: random walk from the last known rate, by draw")
    return Rates(found.per_usd.ffill(), source, rates.own, walks)


def _own_rates(own: pd.DataFrame | None, currency: str) -> dict[pd.Period, tuple[float, str]]:
    if own is None:
        return {}
    rows = own[own["currency"] == currency]
    cells = zip(rows["month"], rows["per_usd"], rows["source"], strict=True)
    return {month: (rate, where) for month, rate, where in cells}


def _report_gaps(currency: str, gaps: pd.PeriodIndex, report: Report) -> None:
    if len(gaps) == 0:
        return
    span = str(gaps[0]) if len(gaps) == 1 else f"{len(gaps)} months from {gaps[0]} to {gaps[-1]}"
    report.add(
        FILE,
        None,
        None,
        f"no {currency} rate for {span}: the ECB's reference rates do not cover it; add "
        f"{FILE} with month, currency, per_usd, source",
    )


@cache
def ecb_month(currency: str, year: int, month: int) -> float | None:
    """Return the mean of a month's ECB cross rates per US dollar, or None if too few days.

    The ECB quotes both currencies per euro; the mean covers the days that have both.
    """
    # Imported when first needed: loading the rates takes a third of a second, and a case with a
    # complete fx.csv never needs them.
    from currency_converter import RateNotFoundError

    converter = _converter()
    if currency not in converter.currencies:
        return None
    rates = []
    first = pd.Period(year=year, month=month, freq="M")
    for day in pd.bdate_range(first.start_time, first.end_time):
        try:
            rates.append(converter.convert(1.0, "USD", currency, date=day.date()))
        except RateNotFoundError:  # a holiday, or outside the ECB's coverage
            continue
    return float(np.mean(rates)) if len(rates) >= ENOUGH_DAYS else None


@cache
def _converter() -> Any:
    from currency_converter import CurrencyConverter

    return CurrencyConverter()
