"""Draws of revenue by month or longer periods, summed, converted and divided draw by draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.case.reader.dates import explain_window, month, months_of
from model.projection.projection import USD

Floats = NDArray[np.float64]
#: Length of a period: ``M``, ``Q``, ``Y``, or ``FY/04`` for years that begin in April.
Frequency = str
#: Months in a period, and what one is called.
LENGTHS, NAMES = {"M": 1, "Q": 3, "Y": 12}, {"M": "month", "Q": "quarter", "Y": "year"}
_FISCAL = re.compile(r"FY/(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class Monthly:
    """Draws by month of one scenario's revenue under one definition.

    Attributes
    ----------
    revenue : DataArray, (host, month, chain, draw)
        In each host's own currency, per month.
    present : DataArray, (host, month, chain, draw)
        Persons working, on average over the month.
    per_usd : DataArray, (host, month) or (host, month, chain, draw)
        Host's currency per US dollar.
    currencies : tuple of str
        Of the hosts.
    """

    revenue: xr.DataArray
    present: xr.DataArray
    per_usd: xr.DataArray
    currencies: tuple[str, ...]

    @property
    def months(self) -> pd.PeriodIndex:
        """The months, (T,)."""
        return pd.PeriodIndex(self.revenue["month"].to_numpy(), freq="M")

    def within(self, chosen: NDArray[np.bool_]) -> Monthly:
        """The same for some of the months."""
        revenue, present, per_usd = (
            one.isel(month=chosen) for one in (self.revenue, self.present, self.per_usd)
        )
        return Monthly(revenue, present, per_usd, self.currencies)


def labelled(months: pd.PeriodIndex, freq: str) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
    """The period of each month, and whether all of that period is among the months.

    Raises
    ------
    ValueError
        If there are no such periods.
    """
    fiscal = _FISCAL.fullmatch(freq)
    if freq not in LENGTHS and not fiscal:
        told = ", ".join(map(repr, LENGTHS))
        raise ValueError(
            f"freq={freq!r}; write one of: {told}, or 'FY/04' for years that begin in April"
        )
    if fiscal:
        years = months.year - (months.month < int(fiscal[1]))
        labels = np.array([f"FY{year}/{fiscal[1]}" for year in years])
    else:
        labels = np.array([str(one) for one in months.asfreq(freq)])
    counts = pd.Series(labels).map(pd.Series(labels).value_counts()).to_numpy()
    return labels, np.asarray(counts == LENGTHS.get(freq, 12))


def whole_periods(
    months: pd.PeriodIndex, freq: str, between: Sequence[object] | None
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which months to sum, and the period of each of those.

    Parameters
    ----------
    months : pd.PeriodIndex
        Months with draws.
    freq : Frequency
    between : pair of str or int, or None
        First and last month, quarter or year; None for every period that is covered whole.

    Raises
    ------
    ValueError
        If the window is none, goes beyond the months, or cuts a period.
    """
    labels, whole = labelled(months, freq)
    if between is None:
        return whole, list(labels[whole])
    first, last = window(between)
    if first > last:
        raise ValueError(f"between={between!r} ends before it begins; write the earlier end first")
    if first < months[0] or last > months[-1]:
        raise ValueError(f"between={between!r}; there are draws from {months[0]} to {months[-1]}")
    chosen = np.asarray((months >= first) & (months <= last))
    cut = sorted({*labels[chosen & ~whole], *(set(labels[chosen]) & set(labels[~chosen]))})
    if cut:
        name = NAMES.get(freq, "fiscal year")
        raise ValueError(
            f"between={between!r} holds only a part of {', '.join(cut)}; "
            f'begin and end with a whole {name}, or use freq="M" and add months up'
        )
    return chosen, list(labels[chosen])


def window(between: Sequence[object]) -> tuple[pd.Period, pd.Period]:
    """First and last month of a pair of months, quarters or years."""
    if isinstance(between, str) or len(between) != 2:
        raise ValueError(f'between={between!r}; write a pair, such as ("2017-01", "2018-06")')
    try:
        return month_at(str(between[0]), 0), month_at(str(between[1]), 1)
    except ValueError as error:
        raise ValueError(f"between={between!r}: {error}") from None


def month_at(text: str, place: int) -> pd.Period:
    """A month that begins (0) or ends (1) a window: itself, or that of a quarter or year.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    found = month((months_of(text) or (text, text))[place])
    if found is None or len(text) > len("FY 2017/04"):
        raise ValueError(explain_window(text))
    return found


def amounts(monthly: Monthly, currency: str, per_usd: Callable[[str], Floats]) -> xr.DataArray:
    """Revenue of all hosts in one currency, (month, chain, draw).

    A host's own currency is not converted; all else goes through dollars, at the month's rates with
    which the run was computed.

    Parameters
    ----------
    monthly : Monthly
    currency : str
    per_usd : callable
        Returns units per US dollar by month, (T,), of a currency that is no host's.
    """
    own = monthly.revenue.astype(np.float64)
    if set(monthly.currencies) == {currency}:
        return own.sum("host")
    dollars = (own / monthly.per_usd.astype(np.float64)).transpose(*own.dims).sum("host")
    if currency == USD:
        return dollars
    if currency in monthly.currencies:
        rates = monthly.per_usd.isel(host=monthly.currencies.index(currency), drop=True)
        return (dollars * rates.astype(np.float64)).transpose(*dollars.dims)
    return dollars * xr.DataArray(per_usd(currency), dims="month")


def summed(money: xr.DataArray, labels: Sequence[str]) -> xr.DataArray:
    """Sums over the months of each period, (chain, draw, period)."""
    names = list(dict.fromkeys(labels))
    place = np.array([names.index(label) for label in labels], dtype=int)
    ordered = money.transpose("month", "chain", "draw")
    found = np.zeros((len(names), *ordered.shape[1:]))
    np.add.at(found, place, ordered.to_numpy())
    coords = {name: ordered[name].to_numpy() for name in ("chain", "draw")}
    return xr.DataArray(
        np.moveaxis(found, 0, -1), dims=("chain", "draw", "period"),
        coords={**coords, "period": names},
    )  # fmt: skip


def average(number: xr.DataArray, labels: Sequence[str]) -> xr.DataArray:
    """Averages over the months of each period, (chain, draw, period)."""
    counts = pd.Series(labels, dtype=str).value_counts(sort=False)
    total = summed(number, labels)
    return total / xr.DataArray(counts.to_numpy(), dims="period", coords={"period": counts.index})
