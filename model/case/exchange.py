"""Monthly mean exchange rates from the ECB, overridden by a case's own fx.csv."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.case.contents import Changeover, Host
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
    rows : Rates or None
        Rates of other currencies in which rows of evidence are stated, over the case's months; NaN
        where none is known or no row needs one.
    changeovers : tuple of Changeover
        Currencies that took the place of others, at rates that are fixed.
    """

    per_usd: pd.DataFrame
    source: pd.DataFrame
    own: pd.DataFrame | None
    walks: pd.DataFrame
    rows: Rates | None = None
    changeovers: tuple[Changeover, ...] = ()

    def of(self, currency: str) -> npt.NDArray[np.float64]:
        """Return units of the currency per US dollar by month, shape (T,)."""
        if self.rows is not None and currency not in self.per_usd:
            return self.rows.of(currency)
        return np.asarray(self.per_usd[currency], dtype=np.float64)

    def known(self, currency: str, start: pd.Period, end: pd.Period) -> int:
        """Return the number of a window's months with a rate."""
        return int(np.count_nonzero(~np.isnan(self._window(currency, start, end))))

    def cross(self, one: str, other: str, start: pd.Period, end: pd.Period) -> float:
        """Return units of one currency per unit of another, from means over a window.

        Only months with a rate of both count, lest one's drift be taken for a difference.
        """
        rates = [self._window(currency, start, end) for currency in (one, other)]
        known = ~np.isnan(rates[0]) & ~np.isnan(rates[1])
        if not known.any():
            return np.nan
        means = [float(window[known].sum() / known.sum()) for window in rates]
        return means[0] / means[1]

    def _window(self, currency: str, start: pd.Period, end: pd.Period) -> npt.NDArray[np.float64]:
        # by position: called for many rows, and labels are slow
        first = self.per_usd.index[0].ordinal
        return self.of(currency)[max(start.ordinal - first, 0) : max(end.ordinal - first + 1, 0)]


def reference_rates(
    months: pd.PeriodIndex,
    currencies: Collection[str],
    own: pd.DataFrame | None,
    report: Report,
    changeovers: Sequence[Changeover] = (),
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
    changeovers : sequence of Changeover
        Currencies that took the place of others.
    """
    columns = list(dict.fromkeys(["USD", *currencies]))
    per_usd = pd.DataFrame(np.nan, index=months, columns=columns)
    source = pd.DataFrame("", index=months, columns=columns)
    per_usd["USD"], source["USD"] = 1.0, "the dollar itself"
    known = _Known(own, tuple(changeovers))
    for currency in columns[1:]:
        per_usd[currency], source[currency] = known.by_month(months, currency)
        _report_gaps(currency, months[per_usd[currency].isna()], report)
    none = pd.DataFrame(False, index=months, columns=columns)
    return Rates(per_usd, source, own, none, changeovers=tuple(changeovers))


def changeovers_of(hosts: Collection[Host]) -> tuple[Changeover, ...]:
    """Return every change of currency of some hosts, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(host.became for host in hosts)))


def with_rows(rates: Rates, needed: Mapping[str, Collection[pd.Period]]) -> Rates:
    """Return the rates with those of other currencies, in the months in which a row needs them."""
    if not needed:
        return rates
    months = rates.per_usd.index
    per_usd = pd.DataFrame(np.nan, index=months, columns=list(needed))
    source = pd.DataFrame("", index=months, columns=list(needed))
    known = _Known(rates.own, rates.changeovers)
    for currency, of_rows in needed.items():
        own = months[months.isin(list(of_rows))]
        per_usd.loc[own, currency], source.loc[own, currency] = known.by_month(own, currency)
    none = pd.DataFrame(False, index=months, columns=list(needed))
    return replace(rates, rows=Rates(per_usd, source, rates.own, none))


class _Known:
    """Rates from fx.csv, the ECB, and the fixed rates at which currencies were replaced."""

    def __init__(self, own: pd.DataFrame | None, changeovers: tuple[Changeover, ...]) -> None:
        self._table = own
        self._own: dict[str, dict[pd.Period, tuple[float, str]]] = {}
        self._changeovers = changeovers

    def by_month(self, months: pd.PeriodIndex, currency: str) -> tuple[list[float], list[str]]:
        """Return a currency's rate in each month, NaN if there is none, and its source."""
        found = [self._rate(currency, month, set()) for month in months]
        rates = [np.nan if rate is None else rate for rate, _ in found]
        return rates, ["" if rate is None else where for rate, where in found]

    def _rate(self, currency: str, month: pd.Period, tried: set[str]) -> tuple[float | None, str]:
        """Return a rate and its source; ``tried`` are the currencies already looked at.

        A currency that was replaced follows its successor from then on. One that has no rate yet
        follows its predecessor.
        """
        tried.add(currency)
        after = [one for one in self._changeovers if one.old == currency and month >= one.start]
        before = [one for one in self._changeovers if one.new == currency and month < one.start]
        for one in after:
            if one.new not in tried:
                rate, where = self._rate(one.new, month, tried)
                if rate is not None:
                    return rate * one.per_new, _fixed(where, one)
        rate, where = self._stated(currency, month)
        for one in before:
            if rate is None and one.old not in tried:
                rate, where = self._rate(one.old, month, tried)
                if rate is not None:
                    return rate / one.per_new, _fixed(where, one)
        return rate, where

    def _stated(self, currency: str, month: pd.Period) -> tuple[float | None, str]:
        if currency not in self._own:
            self._own[currency] = _own_rates(self._table, currency)
        own = self._own[currency].get(month)
        if currency == "USD":
            return 1.0, "the dollar itself"
        return own or (ecb_month(currency, month.year, month.month), ECB)


def _fixed(where: str, one: Changeover) -> str:
    return f"{where}; {one.per_new:.10g} {one.old} are one {one.new}"


def later_rates(rates: Rates, months: pd.PeriodIndex) -> Rates:
    """Return the rates of more months, with gaps filled by the last known rate and marked."""
    currencies = [currency for currency in rates.per_usd.columns if currency != "USD"]
    found = reference_rates(months, currencies, rates.own, Report(), rates.changeovers)
    walks = found.per_usd.isna()
    source = found.source.mask(walks, "none: random walk from the last known rate, by draw")
    return replace(
        found, per_usd=found.per_usd.ffill(), source=source, walks=walks, rows=rates.rows
    )


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


def ecb_span(currency: str) -> tuple[str, str] | None:
    """Return the first and the last day of which the ECB's table has rates of a currency."""
    bounds = _converter().bounds.get(currency)
    return None if bounds is None else (str(bounds[0]), str(bounds[1]))


@cache
def _converter() -> Any:
    from currency_converter import CurrencyConverter

    return CurrencyConverter()
