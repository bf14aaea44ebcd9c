"""Draws of a run's revenue, by period, in the money asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.archive.months_file import read_months
from model.case.case import Case
from model.case.exchange import reference_rates
from model.case.faults import Report
from model.case.reader.prices import in_prices_of
from model.projection.by_period import (
    Frequency,
    Monthly,
    amounts,
    average,
    summed,
    whole_periods,
)
from model.result.readable_tables import UNITS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What draws are asked for: the arguments of ``Estimate.draws``."""

    definition: str
    scenario: str
    freq: Frequency
    between: Sequence[object] | None
    per: Literal["worker"] | None
    currency: str
    real: int | None
    unit: str


def drawn_money(folder: Path, case: Callable[[], Case], wanted: Wanted) -> xr.DataArray:
    """Draws of revenue, (chain, draw, period).

    Parameters
    ----------
    folder : Path
        A run.
    case : callable
        Returns its case; called only if rates or prices are needed that the draws do not have.
    wanted : Wanted
        Its scenario and definition are known.

    Raises
    ------
    ValueError
        With what cannot be drawn, and what to write instead.
    """
    per, currency, real = wanted.per, wanted.currency, wanted.real
    if per not in (None, "worker"):
        raise ValueError(f'per={per!r}; write "worker", or leave it out')
    monthly = read_months(folder, wanted.scenario, wanted.definition)
    chosen, periods = whole_periods(monthly.months, wanted.freq, wanted.between)
    monthly = monthly.within(chosen)
    found = summed(in_money(monthly, case, currency, real), periods) / UNITS[wanted.unit]
    if per:
        found = found / average(monthly.present.sum("host"), periods)
    units = money_in_words(currency, real, per_worker=bool(per), size=wanted.unit)
    return found.rename(wanted.definition).assign_attrs(units=units)


def in_money(
    monthly: Monthly, case: Callable[[], Case], currency: str, real: int | None
) -> xr.DataArray:
    """Revenue of all hosts in one currency and, if a year is given, at its prices, by month.

    Raises
    ------
    ValueError
        If a month has no rate or no price.
    """
    months = monthly.months
    money = amounts(monthly, currency, lambda name: rates_of(case(), name, months))
    return money if real is None else money * price_factors(case(), real, currency, months)


def money_in_words(currency: str, real: int | None, *, per_worker: bool, size: str = "") -> str:
    """A unit of money, such as ``million RUB of 2018 per worker``."""
    words = (size, currency, f"of {real}" if real else "", "per worker" if per_worker else "")
    return " ".join(filter(None, words))


def rates_of(case: Case, currency: str, months: pd.PeriodIndex) -> Floats:
    """Units per dollar by month of a currency that is no host's."""
    report, own = Report(), case.rates
    rates = reference_rates(months, [currency], own.own, report, own.changeovers)
    if report.faulty:
        raise ValueError(f"currency={currency!r}: {report.faults[0].message}")
    return rates.of(currency)


def price_factors(case: Case, year: int, currency: str, months: pd.PeriodIndex) -> xr.DataArray:
    """Factors by month that state amounts at the prices of a year."""
    try:
        factors = in_prices_of(case.prices, currency, year, months)
    except ValueError as error:
        raise ValueError(f"real={year}: {error}") from None
    return xr.DataArray(factors, dims="month")
