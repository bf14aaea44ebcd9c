"""Figures in any currency that has a rate, and units with percent signs and size words."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from currency_converter import CurrencyConverter, RateNotFoundError

from model.case.case import read_case
from model.case.faults import CaseError
from model.case.units import UnitError, conversion
from model.evidence.synthesis import synthesis
from tests.cases import write_case

ECB = CurrencyConverter()


def mean_rate(currency: str, first: str, last: str) -> float:
    """Units per dollar: mean over the months of the means of their days."""
    months = []
    for month in pd.period_range(first, last, freq="M"):
        rates = []
        for day in pd.date_range(month.start_time, month.end_time.normalize()):
            try:
                rates.append(ECB.convert(1.0, "USD", currency, date=day.date()))
            except RateNotFoundError:
                continue
        months.append(np.mean(rates))
    return float(np.mean(months))


def written(folder: Path, rows: dict[str, Any], **files: Any) -> Path:
    """A case without the press's multiplication, which is of rubles and dollars."""
    dates = {"press_arithmetic": None}
    return write_case(folder, evidence=rows, timeline=dates, **files)


def log_figure(folder: Path, row: str, **cells: Any) -> float:
    said = synthesis(read_case(written(folder, {row: cells}))).evidence
    return float(said.log_figure[said.ids.index(row)])


@pytest.mark.parametrize(
    ("currency", "value", "first", "last", "dollars"),
    [
        ("KRW", 700_000, "2017-01", "2017-12", 620),
        ("HRK", 4_000, "2018-07", "2018-07", 632),
        ("EUR", 500, "2018-07", "2018-07", 584),
    ],
)
def test_a_plan_in_any_currency_is_converted_in_its_window(
    currency: str, value: float, first: str, last: str, dollars: float, tmp_path: Path
) -> None:
    found = log_figure(
        tmp_path, "plan", value=str(value), unit=f"{currency}/month", start=first, end=last
    )
    plain = log_figure(tmp_path, "plan", value="1", unit="USD/month", start=first, end=last)
    converted = math.exp(found - plain)
    assert converted == pytest.approx(value / mean_rate(currency, first, last), rel=1e-9)
    assert converted == pytest.approx(dollars, rel=0.01)


def test_a_euro_wage_is_so_many_rubles(tmp_path: Path) -> None:
    window = {"start": "2018-07", "end": "2018-07"}
    found = log_figure(tmp_path, "payment", value="1000", unit="EUR/month", **window)
    rubles = 1000 * mean_rate("RUB", "2018-07", "2018-07") / mean_rate("EUR", "2018-07", "2018-07")
    assert math.exp(found) == pytest.approx(rubles, rel=1e-9)


def test_a_currency_of_rows_only_changes_no_other_rate(tmp_path: Path) -> None:
    rates = read_case(written(tmp_path, {"plan": {"unit": "KRW/year"}})).rates
    assert list(rates.per_usd.columns) == ["USD", "RUB"]
    assert list(rates.others.columns) == ["KRW"]


@pytest.mark.parametrize("currency", ["EEK", "KPW"])
def test_without_a_rate_in_the_window_it_is_a_fault(currency: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError) as error:
        read_case(written(tmp_path, {"plan": {"unit": f"{currency}/year"}}))
    (fault,) = error.value.faults
    assert (fault.file, fault.column) == ("evidence.csv", "unit")
    assert f"{currency} has no rate from 2017-01 to 2017-12" in fault.message


def test_a_case_may_bring_its_own_rate(tmp_path: Path) -> None:
    fx = {
        str(number): {"month": f"2017-{number:02}", "currency": "KPW", "per_usd": "8000",
                      "source": "paper"}
        for number in range(1, 13)
    }  # fmt: skip
    case = read_case(written(tmp_path, {"plan": {"unit": "KPW/year"}}, fx=fx))
    assert case.rates.mean("KPW", pd.Period("2017-01"), pd.Period("2017-12")) == 8000.0


def test_months_without_a_rate_are_no_drift(tmp_path: Path) -> None:
    """With a rate for the last months only, the ruble's rate is that of those months too."""
    fx = {
        str(number): {"month": f"2018-{number:02}", "currency": "KPW", "per_usd": "8000",
                      "source": "paper"}
        for number in (7, 8)
    }  # fmt: skip
    window = {"start": "2018-01", "end": "2018-08", "unit": "KPW/month"}
    case = read_case(written(tmp_path, {"payment": window}, fx=fx))
    rate = mean_rate("RUB", "2018-07", "2018-08") / 8000
    found = case.rates.cross("RUB", "KPW", pd.Period("2018-01"), pd.Period("2018-08"))
    assert found == pytest.approx(rate, rel=1e-9)
    assert any("has a rate in 2 of 8 months only" in str(one) for one in case.warnings)


@pytest.mark.parametrize("text", ["%%", "%percent", "million%", "%USD"])
def test_a_sign_beside_a_sign_is_no_unit(text: str) -> None:
    with pytest.raises(UnitError, match="is not a unit"):
        conversion(text, "fraction", None, "it")


@pytest.mark.parametrize(
    ("text", "unit", "factor"),
    [
        ("%", "fraction", 0.01),
        ("billion USD/year", "USD/month", 1e9 / 12),
        ("bn USD/year", "USD/month", 1e9 / 12),
        ("mn USD/month", "USD/month", 1e6),
        ("trillion USD/month", "USD/month", 1e12),
    ],
)
def test_size_words_and_the_percent_sign(text: str, unit: str, factor: float) -> None:
    assert conversion(text, unit, ("USD",), "it")[0] == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("billions USD/month", "'million USD/month'"),
        ("HRK/mnth", "USD"),
        ("USD/day", "'USD/year'"),
        ("m USD/month", "'mn USD/month'"),
    ],
)
def test_advice_does_not_change_size_currency_or_time(text: str, never: str) -> None:
    with pytest.raises(UnitError) as error:
        conversion(text, "USD/month", ("USD",), "it")
    said = str(error.value)
    assert f"write {never} " not in f"{said} " or " or " in said


@pytest.mark.parametrize("cells", [{"value": "66%", "unit": ""}, {"value": "66", "unit": "%"}])
def test_a_percent_sign_is_read_in_cell_and_unit(cells: dict[str, str], tmp_path: Path) -> None:
    assert log_figure(tmp_path, "handed_over", **cells) == pytest.approx(math.log(0.66))
