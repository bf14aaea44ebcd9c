"""Revenue from draws: hand-computed months, currencies, years, tables."""

from __future__ import annotations

import numpy as np
import pytest

from model.case.case import Case
from model.equations.accounts import collected
from model.equations.quantities import DEFINITIONS
from model.evidence.economy import Layout
from model.projection.blocks import project
from model.projection.projection import quantiles, revenue_table, workers_table
from model.sampling.fitting import Posterior

#: Values by family at which a month can be computed by hand; the rest stay at their medians.
BY_HAND = {
    "permitted_at_start": 10_000.0,
    "permit_inflow": 0.0,
    "permit_exit": np.log(2.0) / 12,  # halves in a year
    "irregular_at_start": 0.0,
    "irregular_inflow": 0.0,
    "payment": 100_000.0,
    "payment_growth": 1.0,
    "payment_ratio": 1.0,
    "utilisation": 0.5,
    "declared_salary": 20_000.0,
    "declared_growth": 1.0,
    "declared_ratio": 1.0,
    "vat_share": 0.0,
    "simplified_rate": 0.0,
    "income_tax_rate": 0.0,
    "contribution_rate": 0.0,
    "permit_cost": 0.0,
    "broker_margin": 0.0,
    "managers_share": 0.0,
    "upkeep": 5_000.0,
    "upkeep_growth": 1.0,
    "keep_share": 0.25,
    "plan": 200.0,
    "plan_growth": 1.0,
    "plan_ratio": 1.0,
    "levies": 1.2,
    "own_firms": 0.25,
    "share_present": 1.0,
}


def draws_by_hand(layout: Layout, copies: int) -> np.ndarray:
    natural = layout.natural(np.zeros(layout.size))
    for place, label in enumerate(layout.labels):
        family = label.split(".")[0]
        if family in BY_HAND:
            natural[place] = BY_HAND[family]
    return np.tile(natural, (copies, 1))


def test_a_month_and_a_year_by_hand(tiny: Case) -> None:
    layout = Layout.of(tiny)
    projection = project(tiny, layout, draws_by_hand(layout, 2))
    months = len(tiny.timeline.months)
    stock = 10_000 * 0.5 ** (np.arange(1, months + 1) / 12)
    force = projection.workers.sel(stock="working", host="russia").isel(draw=1)
    np.testing.assert_allclose(force, stock, rtol=1e-12)

    # paid for on average over the month, not at its end
    before = np.concatenate([[10_000.0], stock[:-1]])
    present = (before + stock) / 2
    billings = projection.revenue.sel(definition="billings", host="russia").isel(draw=0)
    np.testing.assert_allclose(billings, present * 50_000, rtol=1e-12)
    wedge = projection.revenue.sel(definition="wedge", host="russia").isel(draw=0)
    np.testing.assert_allclose(wedge, present * 30_000, rtol=1e-12)
    # of 50,000 rubles 5,000 are upkeep and 5,000 kept; the claim is 240 dollars
    rates = tiny.rates.per_usd["RUB"].to_numpy()
    plan = collected(240.0 * rates, np.array(40_000.0)) / rates
    np.testing.assert_allclose(plan, 240.0, rtol=0.01)
    found = projection.revenue_usd.sel(definition="plan_collected", host="russia").isel(draw=0)
    np.testing.assert_allclose(found, present * plan, rtol=1e-12)
    take = plan + 0.25 * (40_000.0 / rates - plan)
    found = projection.revenue_usd.sel(definition="state_take", host="russia").isel(draw=0)
    np.testing.assert_allclose(found, present * take, rtol=1e-12)
    yearly = projection.by_year(projection.revenue_usd)
    assert yearly["year"].to_numpy().tolist() == [2017, 2018]
    assert float(yearly.sel(year=2017, definition="state_take").isel(draw=0, host=0)) == (
        pytest.approx((take * present)[:12].sum())
    )


def test_rubles_are_dollars_at_the_months_rate(tiny: Case, tiny_posterior: Posterior) -> None:
    projection = project(tiny, tiny_posterior.layout, tiny_posterior.draws[:50])
    rates = tiny.rates.per_usd["RUB"].to_numpy()
    ratio = projection.revenue / projection.revenue_usd
    np.testing.assert_allclose(ratio, np.broadcast_to(rates, ratio.shape), rtol=1e-12)


def test_only_whole_years_are_summed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from model.case.case import read_case
    from tests.cases import write_case

    folder = write_case(
        tmp_path / "case", timeline={"end": "2019-03"}, fx={},
    )  # fmt: skip
    case = read_case(folder)
    layout = Layout.of(case)
    projection = project(case, layout, draws_by_hand(layout, 1))
    years = projection.by_year(projection.revenue)["year"].to_numpy().tolist()
    assert years == [2017, 2018]


def test_the_ladder_descends_where_it_must(tiny: Case, tiny_posterior: Posterior) -> None:
    revenue = project(tiny, tiny_posterior.layout, tiny_posterior.draws).revenue
    top = revenue.sel(definition="billings")
    for definition in DEFINITIONS[1:]:
        assert bool((revenue.sel(definition=definition) < top).all())


def test_tables_hold_the_quantiles_of_the_draws(tiny: Case, tiny_posterior: Posterior) -> None:
    projection = project(tiny, tiny_posterior.layout, tiny_posterior.draws)
    table = revenue_table(tiny, projection, "baseline")
    assert list(table.columns) == [
        "scenario", "host", "month", "definition", "currency", "mean", "sd",
        "q05", "q25", "q50", "q75", "q95",
    ]  # fmt: skip
    assert len(table) == 24 * len(DEFINITIONS) * 2
    row = table.query("month == '2018-03' and definition == 'surplus' and currency == 'USD'").iloc[
        0
    ]
    draws = projection.revenue_usd.sel(definition="surplus", month="2018-03", host="russia")
    assert row["q05"] == pytest.approx(float(np.quantile(draws, 0.05)))
    assert row["mean"] == pytest.approx(float(draws.mean()))
    stocks = workers_table(projection, "baseline")
    row = stocks.query("month == '2017-12' and stock == 'irregular'").iloc[0]
    draws = projection.workers.sel(stock="irregular", month="2017-12", host="russia")
    assert row["q95"] == pytest.approx(float(np.quantile(draws, 0.95)))


def test_quantiles_of_known_numbers() -> None:
    found = quantiles(np.arange(101.0))
    assert found["q05"] == 5.0
    assert found["q50"] == found["mean"] == 50.0
