"""Draws by month: sums over months by brute force, conversion, and what is on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import model
from model.archive import store
from model.archive.months_file import read_months
from model.archive.saved_fit import Fitted
from model.case.exchange import ecb_month
from model.equations.quantities import DEFINITIONS
from model.projection.by_period import Monthly, amounts
from model.projection.projection import Projection
from model.result import Estimate
from tests.archive.strangers import resealed
from tests.cases import write_case
from tests.reports.runs import write_run, write_scenarios

#: Draws are kept as single numbers, with seven digits.
KEPT = 2e-7
SHOCK = """
title = "A dearer dollar"
description = "The dollar costs a tenth more from July 2018."
[[changes]]
quantity = "exchange_rate"
from = "2018-07"
scale = 1.1
"""
NOTHING = """
title = "Nothing"
description = "Brokers keep what they kept."
[[changes]]
quantity = "broker_margin"
from = "2018-01"
as_in = "2017-06"
"""


@pytest.fixture(scope="module")
def estimate(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Estimate:
    """A run up to 2031, when no rates are known, with scenarios."""
    base = tmp_path_factory.mktemp("months")
    scenarios = write_scenarios(base / "scenarios")
    for name, text in (("shock", SHOCK), ("nothing", NOTHING)):
        scenarios.append(base / "scenarios" / f"{name}.toml")
        scenarios[-1].write_text(text)
    return model.load(write_run(base / "runs", tiny_folder, scenarios, horizon="2031-03"))


@pytest.fixture(scope="module")
def projection(estimate: Estimate) -> Projection:
    """The same draws projected anew, to the end of the data, in double numbers."""
    return Fitted.saved(estimate.folder).projection


def by_hand(
    projection: Projection, months: list[str], definition: str = "state_take"
) -> np.ndarray:
    """Dollars in some months, (800,), added up one by one."""
    found = np.zeros(800)
    for month in months:
        revenue = projection.revenue.sel(definition=definition, month=month, host="russia")
        found += revenue.to_numpy() / float(projection.per_usd.sel(month=month, host="russia"))
    return found


def test_quarters_are_sums_of_their_months(estimate: Estimate, projection: Projection) -> None:
    draws = estimate.draws("surplus", freq="Q", between=("2017-01", "2018-06"))
    assert draws.dims == ("chain", "draw", "period")
    assert draws.shape == (2, 400, 6)
    assert draws["period"].to_numpy().tolist() == [
        "2017Q1", "2017Q2", "2017Q3", "2017Q4", "2018Q1", "2018Q2",
    ]  # fmt: skip
    own = by_hand(projection, ["2017-10", "2017-11", "2017-12"], "surplus")
    found = draws.sel(period="2017Q4").to_numpy().ravel()
    np.testing.assert_allclose(found, own, rtol=KEPT, atol=1.0)
    # the interval of a sum is that of the sums of draws
    ends = draws.sel(period="2017Q4").quantile([0.05, 0.95])
    np.testing.assert_allclose(ends, np.quantile(own, [0.05, 0.95]), rtol=KEPT)


def test_any_months_may_be_added_up(estimate: Estimate, projection: Projection) -> None:
    draws = estimate.draws(freq="M", between=("2017-03", "2017-07"))
    months = [f"2017-{number:02}" for number in range(3, 8)]
    assert draws["period"].to_numpy().tolist() == months
    np.testing.assert_allclose(
        draws.sum("period").to_numpy().ravel(), by_hand(projection, months), rtol=KEPT, atol=1.0
    )


def test_years_are_the_summarys(estimate: Estimate) -> None:
    names = list(estimate.summary["scenarios"])
    assert len(names) == 6
    for name in names:
        for definition in DEFINITIONS:
            table = estimate.revenue(definition, name)
            draws = estimate.draws(definition, scenario=name)
            assert [int(year) for year in draws["period"].to_numpy()] == list(table.index)
            quantiles = draws.quantile([0.05, 0.5, 0.95], ["chain", "draw"]).transpose()
            wanted = table[["5%", "median", "95%"]]
            np.testing.assert_allclose(quantiles, wanted, rtol=1e-6, atol=1.0)


def test_the_hosts_money_is_not_converted(estimate: Estimate, projection: Projection) -> None:
    rubles = estimate.draws("billings", freq="M", currency="RUB")
    own = projection.revenue.sel(definition="billings", host="russia", month="2018-02")
    found = rubles.sel(period="2018-02").to_numpy().ravel()
    np.testing.assert_allclose(found, own, rtol=KEPT)
    assert rubles.attrs["units"] == "RUB"


def test_dollars_are_at_the_projections_rates_also_where_they_walk(estimate: Estimate) -> None:
    """Past the known rates each draw has its own: the ratio differs, and is that of all money."""
    ratio = {
        name: estimate.draws(name, freq="M", currency="RUB") / estimate.draws(name, freq="M")
        for name in ("billings", "plan_collected")
    }
    known, unknown = (
        ratio["billings"].sel(period=month).to_numpy() for month in ("2018-06", "2031-02")
    )
    np.testing.assert_allclose(known, known[0, 0], rtol=KEPT)
    assert unknown.std() > 0.05 * unknown.mean()
    later = ratio["plan_collected"].sel(period="2031-02")
    np.testing.assert_allclose(later, unknown, rtol=2 * KEPT)
    # a change of the rate is in the scenario's dollars
    shock = estimate.draws(freq="M", currency="RUB", scenario="shock") / estimate.draws(
        freq="M", scenario="shock"
    )
    np.testing.assert_allclose(
        shock.sel(period="2018-07") / ratio["billings"].sel(period="2018-07"), 1.1, rtol=1e-6
    )


def test_other_currencies_are_at_the_ecbs_rates(estimate: Estimate, projection: Projection) -> None:
    euros = estimate.draws(freq="Y", between=(2018, 2018), currency="EUR")
    own = np.zeros(800)
    for number in range(1, 13):
        rate = ecb_month("EUR", 2018, number)
        assert rate is not None
        own += by_hand(projection, [f"2018-{number:02}"]) * rate
    np.testing.assert_allclose(euros.to_numpy().ravel(), own, rtol=KEPT, atol=1.0)
    with pytest.raises(ValueError, match=r"no EUR rate for .* to 2030-12"):
        estimate.draws(currency="EUR")


def test_an_amount_per_worker_is_by_the_average_number(
    estimate: Estimate, projection: Projection
) -> None:
    per = estimate.draws("billings", freq="Q", per="worker", between=("2018Q1", "2018Q1"))
    months = ["2018-01", "2018-02", "2018-03"]
    workers = sum(projection.present.sel(host="russia", month=month).to_numpy() for month in months)
    own = by_hand(projection, months, "billings") / (workers / 3)
    np.testing.assert_allclose(per.to_numpy().ravel(), own, rtol=4 * KEPT)
    assert per.attrs["units"] == "USD per worker"


def test_hosts_are_added_up_in_one_currency(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "runs", write_case(tmp_path / "case", two_hosts=True))
    two, own = model.load(folder), Fitted.saved(folder).projection
    for currency, rate in (("USD", 1.0), ("CNY", own.per_usd.sel(host="china", month="2018-05"))):
        found = two.draws("billings", freq="M", currency=currency).sel(period="2018-05")
        dollars = sum(
            own.revenue.sel(host=host, month="2018-05", definition="billings")
            / own.per_usd.sel(host=host, month="2018-05")
            for host in ("russia", "china")
        )
        np.testing.assert_allclose(found.to_numpy().ravel(), dollars * rate, rtol=4 * KEPT)


def test_prices_of_a_year_are_by_the_cases_index(tmp_path: Path) -> None:
    """An index of dollars that rises by a hundredth each month, by hand."""
    index = {f"{year}-{number:02}": 100.0 * 1.01 ** (12 * (year - 2017) + number)
             for year in (2017, 2018) for number in range(1, 13)}  # fmt: skip
    lines = [f"{month},USD,{value!r},statistics" for month, value in index.items()]
    case = write_case(tmp_path / "case")
    (case / "prices.csv").write_text("\n".join(["month,currency,index,source", *lines]) + "\n")
    one = model.load(write_run(tmp_path / "runs", case))
    nominal = one.draws(freq="M", between=("2017-04", "2017-09"))
    real = one.draws(freq="Q", between=("2017Q2", "2017Q3"), real=2018)
    base = np.mean([value for month, value in index.items() if month.startswith("2018")])
    months = nominal["period"].to_numpy()
    own = sum(nominal.sel(period=month) * base / index[month] for month in months[:3])
    np.testing.assert_allclose(real.sel(period="2017Q2"), own, rtol=1e-12)
    assert real.attrs["units"] == "USD of 2018"
    # prices of a year leave that year's sum nearly as it is
    ratio = one.draws(real=2018).sel(period="2018").sum() / one.draws().sel(period="2018").sum()
    assert float(ratio) == pytest.approx(1.0, abs=0.05)
    with pytest.raises(ValueError, match=r"real=2016: .* prices\.csv lacks 2016-01 to 2016-12"):
        one.draws(real=2016)
    with pytest.raises(ValueError, match="an index of RUB prices"):
        one.draws(real=2018, currency="RUB")


def test_converted_money_goes_through_dollars_of_each_draw() -> None:
    """By hand: two hosts, one month, two draws."""
    labels = {"host": ["a", "b"], "month": ["2018-01"]}
    of_draws = ("host", "month", "chain", "draw")
    revenue = xr.DataArray(np.array([[[[100.0, 200.0]]], [[[30.0, 60.0]]]]), labels, of_draws)
    rates = xr.DataArray(np.array([[[[50.0, 100.0]]], [[[3.0, 6.0]]]]), labels, of_draws)
    monthly = Monthly(revenue, revenue, rates, ("AAA", "BBB"))
    dollars = amounts(monthly, "USD", lambda name: np.full(1, np.nan))
    assert dollars.to_numpy().ravel().tolist() == [12.0, 12.0]
    own = amounts(monthly, "BBB", lambda name: np.full(1, np.nan))
    assert own.to_numpy().ravel().tolist() == [36.0, 72.0]
    other = amounts(monthly, "CCC", lambda name: np.full(1, 2.0))
    assert other.to_numpy().ravel().tolist() == [24.0, 24.0]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"between": ("2017-02", "2018-12")}, "only a part of 2017; begin and end with a whole"),
        ({"between": ("2017-02", "2017-06"), "freq": "Q"}, "only a part of 2017Q1"),
        ({"between": ("2016", "2018")}, "there are draws from 2017-01 to 2031-03"),
        ({"between": (2018, 2017)}, "ends before it begins"),
        ({"between": "2017"}, "write a pair"),
        ({"between": ("2017-13", "2018")}, "'2017-13' is not a date"),
        ({"freq": "D"}, "write one of: 'M', 'Q', 'Y', or 'FY/04'"),
        ({"per": "head"}, 'write "worker"'),
        ({"currency": "XXX"}, "no XXX rate"),
        ({"real": 2018}, r"real=2018: .* add prices\.csv with month, currency, index, source"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    asked: dict[str, object], said: str, estimate: Estimate
) -> None:
    with pytest.raises(ValueError, match=said):
        estimate.draws(**asked)  # type: ignore[arg-type]


def test_a_scenario_keeps_only_what_differs(estimate: Estimate) -> None:
    with h5py.File(estimate.folder / store.MONTHS) as file:
        assert set(file["double"]) & {"revenue", "present", "per_usd"} == {"revenue"}
        assert file["double/month"].asstr()[0] == "2018-01"
        assert len(file["nothing"]) == 0
        shock = file["shock"]
        assert {"revenue", "per_usd"} <= set(shock)
        assert shock["month"].asstr()[0] == "2018-07"
        assert file["baseline/revenue"].dtype == np.float32
        size = file["baseline/revenue"].id.get_storage_size()
        assert size < 0.95 * file["baseline/revenue"].nbytes
    same = read_months(estimate.folder, "nothing", "state_take")
    xr.testing.assert_identical(
        same.revenue, read_months(estimate.folder, "baseline", "state_take").revenue
    )


def test_the_same_run_has_the_same_months_byte_for_byte(tiny_folder: Path, tmp_path: Path) -> None:
    scenarios = write_scenarios(tmp_path / "scenarios")
    first, second = (
        write_run(tmp_path / name, tiny_folder, scenarios) / store.MONTHS for name in ("a", "b")
    )
    assert first.read_bytes() == second.read_bytes()


# Files from strangers

Harm = Callable[[h5py.File], None]


def bomb(file: h5py.File) -> None:
    del file["baseline/revenue"]
    file.create_dataset(
        "baseline/revenue", (2**16, 2**16), dtype="f4", chunks=(256, 256), compression="gzip"
    )


def large_pieces(file: h5py.File) -> None:
    del file["baseline/present"]
    file.create_dataset(
        "baseline/present", (1, 2), maxshape=(None, None), chunks=(2**14, 2**14), dtype="f4"
    )


def other_filter(file: h5py.File) -> None:
    del file["baseline/present"]
    file.create_dataset("baseline/present", data=np.zeros((10, 10)), compression="lzf")


def linked(file: h5py.File) -> None:
    del file["baseline/present"]
    file["baseline/present"] = h5py.ExternalLink("/etc/passwd", "/")


def lacking(file: h5py.File) -> None:
    del file["baseline/present"]


@pytest.mark.parametrize("how", [bomb, large_pieces, other_filter, linked, lacking])
def test_months_that_are_not_ours_are_refused(how: Harm, tiny_folder: Path, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "runs", tiny_folder)
    with h5py.File(folder / store.MONTHS, "r+") as file:
        how(file)
    resealed(folder)
    with pytest.raises(store.DamagedRunError, match=r"months\.nc"):
        model.load(folder).draws()


def test_a_run_of_an_older_program_is_told(tiny_folder: Path, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "runs", tiny_folder)
    (folder / store.MONTHS).unlink()
    manifest = json.loads((folder / store.MANIFEST).read_text())
    files = {name: told for name, told in manifest["files"].items() if name != store.MONTHS}
    resealed(folder, files=files)
    with pytest.raises(store.DamagedRunError, match="an older program wrote it; estimate again"):
        model.load(folder).draws()


def test_periods_are_labelled_as_pandas_does(estimate: Estimate) -> None:
    for freq in ("M", "Q", "Y"):
        labels = estimate.draws(freq=freq)["period"].to_numpy()  # type: ignore[arg-type]
        assert [str(pd.Period(label)) for label in labels] == list(labels)
