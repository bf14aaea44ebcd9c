"""Scenarios against answers known by hand or by brute force."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.case.case import Case, read_case
from model.case.contents import Change
from model.case.reader.scenarios import ScenarioReader
from model.equations.accounts import collected
from model.equations.quantities import DEFINITIONS
from model.evidence.economy import (
    Cells,
    Layout,
    accounts,
    host_of_segment,
    segment_weights,
    workers,
)
from model.projection.horizon import extended
from model.projection.projection import Projector
from tests.cases import write_case
from tests.projection.test_projection import draws_by_hand

ROOT = Path(__file__).parents[2]


def month(text: str) -> pd.Period:
    return pd.Period(text, freq="M")


def change(
    quantity: str, how: str, figure: float, start: str = "2017-01", **cells: object
) -> Change:
    return Change(
        quantity=quantity,
        host="russia",
        segment=str(cells.get("segment", "")),
        first=month(start),
        last=month(str(cells["end"])) if "end" in cells else None,
        how=how,  # type: ignore[arg-type]
        figures=cells.get("figures", ((month(start), figure),)),  # type: ignore[arg-type]
        currency=str(cells.get("currency", "")),
    )


@pytest.fixture(scope="module")
def layout(tiny: Case) -> Layout:
    return Layout.of(tiny)


@pytest.fixture(scope="module")
def draws(layout: Layout) -> np.ndarray:
    """Draws of the prior: what is exact must hold at each of them."""
    normals = np.random.default_rng(5).normal(size=(200, layout.size))
    return layout.natural(normals)


@pytest.fixture(scope="module")
def projector(tiny: Case, layout: Layout, draws: np.ndarray) -> Projector:
    return Projector(tiny, layout, draws)


@pytest.fixture(scope="module")
def by_hand(tiny: Case, layout: Layout) -> Projector:
    return Projector(tiny, layout, draws_by_hand(layout, 2))


def test_the_average_over_segments_is_exact(
    tiny: Case, layout: Layout, draws: np.ndarray, projector: Projector
) -> None:
    """Segment by segment, as the sampler sees the accounts."""
    values = layout.by_family(draws)
    cells = Cells.monthly(tiny)
    from model.evidence.economy import Calendar

    force = workers(values, Calendar.of(tiny))
    account, weights = accounts(values, cells), segment_weights(values, host_of_segment(tiny))
    for definition in DEFINITIONS:
        by_segment = np.broadcast_to(getattr(account, definition), (200, 24, 2))
        expected = force.present[:, 0] * (by_segment * weights[:, None, :]).sum(axis=-1)
        found = projector.baseline.revenue.sel(definition=definition, host="russia")
        np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_twice_the_payment_is_twice_the_billings(projector: Projector) -> None:
    found = projector.project([change("payment", "scale", 2.0)])
    ratio = found.revenue.sel(definition="billings") / projector.baseline.revenue.sel(
        definition="billings"
    )
    np.testing.assert_allclose(ratio, 2.0, rtol=1e-12)
    assert found.workers.equals(projector.baseline.workers)


def test_no_arrivals_decay_at_the_hazard(by_hand: Projector) -> None:
    changes = [
        change("permit_inflow", "set", 0.0, "2017-07"),
        change("permit_exit", "set", 0.25, "2017-07"),
    ]
    stock = by_hand.project(changes).workers.sel(stock="permitted", host="russia").isel(draw=0)
    before = float(by_hand.baseline.workers.sel(stock="permitted", month="2017-06").isel(draw=0)[0])
    expected = before * np.exp(-0.25 * np.arange(1, 19))
    np.testing.assert_allclose(stock.isel(month=slice(6, None)), expected, rtol=1e-12)
    same = by_hand.baseline.workers.sel(stock="permitted", host="russia").isel(draw=0)
    np.testing.assert_array_equal(stock.isel(month=slice(0, 6)), same.isel(month=slice(0, 6)))


def test_another_exchange_rate_leaves_rubles_alone(projector: Projector) -> None:
    found = projector.project([change("exchange_rate", "set", 90.0, "2018-01")])
    for definition in ("billings", "wedge"):
        ours = found.revenue.sel(definition=definition)
        np.testing.assert_allclose(
            ours, projector.baseline.revenue.sel(definition=definition), rtol=1e-12
        )
        dollars = found.revenue_usd.sel(definition=definition, month="2018-05")
        np.testing.assert_allclose(dollars * 90.0, ours.sel(month="2018-05"), rtol=1e-12)


def test_a_falling_ruble_leaves_payments_and_takes_from_firms_first_and_the_plan_last(
    by_hand: Projector,
) -> None:
    """Of 40,000 rubles that are left of a payment, the plan claims 240 dollars."""

    def dollars(rate: float) -> dict[str, float]:
        found = by_hand.project([change("exchange_rate", "set", rate)])
        month = {"host": 0, "draw": 0, "month": 20}
        rubles = found.revenue.sel(definition="billings").isel(month)
        np.testing.assert_array_equal(
            rubles, by_hand.baseline.revenue.sel(definition="billings").isel(month)
        )
        present = float(rubles) / 50_000
        names = ("state_take", "plan_collected", "surplus")
        take, plan, left = (
            float(found.revenue_usd.sel(definition=name).isel(month)) / present for name in names
        )
        assert left == pytest.approx(40_000 / rate)
        assert take == pytest.approx(plan + 0.25 * (left - plan))
        return {"take": take, "plan": plan, "firms": left - plan}

    strong, weak, weaker, worthless = (dollars(rate) for rate in (50.0, 75.0, 100.0, 400.0))
    # firms bear the fall while the plan is covered
    assert strong["plan"] == pytest.approx(240.0, rel=0.005)
    assert weak["plan"] == pytest.approx(240.0, rel=0.01)
    assert weaker["plan"] == pytest.approx(240.0, rel=0.01)
    lost = strong["firms"] - weaker["firms"]
    assert lost == pytest.approx(400.0, rel=0.01)
    assert strong["take"] > weak["take"] > weaker["take"]
    # and where nothing is left with them, the plan falls to what there is
    assert worthless["plan"] == pytest.approx(100.0, rel=0.05)
    assert abs(worthless["firms"]) < 5.0


def test_the_plan_falls_only_once_firms_have_lost(
    tiny: Case, layout: Layout, draws: np.ndarray, projector: Projector
) -> None:
    """In every draw and month where each segment has twice the claim left, firms lose it all."""
    values = layout.by_family(draws)
    account = accounts(values | {"payment": 5.0 * values["payment"]}, Cells.monthly(tiny))
    available = account.plan_collected + account.left_with_firms
    covered = (available > 2.0 * account.claim).all(axis=-1)
    assert covered.sum() > 100
    rich = [change("payment", "scale", 5.0)]
    before = projector.project(rich).revenue_usd
    found = projector.project([*rich, change("exchange_rate", "scale", 1.3)]).revenue_usd
    lost = (before - found).isel(host=0)
    plan, all_lost = (
        lost.sel(definition=name).to_numpy()[covered] for name in ("plan_collected", "surplus")
    )
    assert (all_lost > 0.0).all()
    assert (np.abs(plan) < 0.02 * all_lost).all()


def test_the_state_gets_what_is_left_where_the_surplus_falls_short(by_hand: Projector) -> None:
    found = by_hand.project([change("payment", "scale", 0.3)]).revenue.isel(host=0, draw=0)
    present = found.sel(definition="billings") / 15_000
    left = found.sel(definition="surplus") / present
    np.testing.assert_allclose(left, 5_000.0, rtol=1e-9)
    plan = found.sel(definition="plan_collected") / present
    np.testing.assert_allclose(plan, left, rtol=0.02)


def test_a_scenario_and_itself_differ_by_nothing(projector: Projector) -> None:
    changes = [change("permit_inflow", "scale", 0.5), change("plan", "scale", 1.3)]
    one, other = projector.project(changes), projector.project(changes)
    assert float(abs(one.revenue - other.revenue).max()) == 0.0
    nothing = projector.project([change("plan", "scale", 1.3, "2018-12", end="2018-12")])
    months = slice("2017-01", "2018-11")
    ours, theirs = (p.revenue.sel(month=months) for p in (nothing, projector.baseline))
    np.testing.assert_array_equal(ours, theirs)


def test_dollars_are_converted_at_the_months_rate(tiny: Case, by_hand: Projector) -> None:
    found = by_hand.project([change("payment", "set", 1600.0, currency="USD")])
    present = by_hand.baseline.revenue.sel(definition="billings").isel(draw=0, host=0) / 50_000
    rates = tiny.rates.per_usd["RUB"].to_numpy()
    expected = present * 1600.0 * rates * 0.5
    billings = found.revenue.sel(definition="billings").isel(draw=0, host=0)
    np.testing.assert_allclose(billings, expected, rtol=1e-12)


def test_rubles_in_the_plan_are_converted_too(by_hand: Projector) -> None:
    found = by_hand.project([change("plan", "set", 10_000.0, currency="RUB")])
    present = by_hand.baseline.revenue.sel(definition="billings").isel(draw=0, host=0) / 50_000
    plan = found.revenue.sel(definition="plan_collected").isel(draw=0, host=0)
    expected = collected(10_000 * 1.2, np.array(40_000.0))
    np.testing.assert_allclose(plan, present * expected, rtol=1e-12)


def test_permit_cost_is_a_year(by_hand: Projector) -> None:
    free = by_hand.project([change("permit_cost", "set", 0.0)])
    dear = by_hand.project([change("permit_cost", "set", 1200.0)])
    present = by_hand.baseline.revenue.sel(definition="billings").isel(draw=0, host=0) / 50_000
    lost = (free.revenue_usd - dear.revenue_usd).sel(definition="surplus").isel(draw=0, host=0)
    np.testing.assert_allclose(lost, present * 100.0, rtol=1e-9)


def test_one_segment_alone(
    tiny: Case, layout: Layout, draws: np.ndarray, projector: Projector
) -> None:
    own = [change("payment", "set", 50_000.0, segment="forestry")]
    found = projector.project(own).revenue.sel(definition="billings", host="russia")
    values = layout.by_family(draws)
    cells = Cells.monthly(tiny)
    weights = segment_weights(values, host_of_segment(tiny))
    payment = np.broadcast_to(accounts(values, cells).payment, (200, 24, 2)).copy()
    place = [segment.id for segment in tiny.segments].index("forestry")
    payment[..., place] = 50_000.0
    from model.evidence.economy import Calendar

    present = workers(values, Calendar.of(tiny)).present[:, 0]
    expected = present * (payment * weights[:, None]).sum(-1) * values["utilisation"]
    np.testing.assert_allclose(found, expected, rtol=1e-11)
    # a change of all segments after that of one is made to it as well
    both = projector.project([*own, change("payment", "scale", 3.0)])
    np.testing.assert_allclose(
        both.revenue.sel(definition="billings", host="russia"), 3.0 * expected, rtol=1e-11
    )


def test_a_path_runs_straight_between_its_months_and_stays(by_hand: Projector) -> None:
    figures = ((month("2017-03"), 0.5), (month("2017-05"), 0.3))
    path = change("utilisation", "path", 0.0, "2017-02", end="2017-08", figures=figures)
    ratio = by_hand.project([path]).revenue.sel(definition="billings").isel(draw=0, host=0) / (
        by_hand.baseline.revenue.sel(definition="billings").isel(draw=0, host=0)
    )
    expected = np.ones(24)
    expected[1:8] = np.array([0.5, 0.5, 0.4, 0.3, 0.3, 0.3, 0.3]) / 0.5
    np.testing.assert_allclose(ratio, expected, rtol=1e-12)


def test_as_in_takes_the_same_draws_value(
    layout: Layout, draws: np.ndarray, projector: Projector
) -> None:
    open_phase = change(
        "permit_inflow", "as_in", 1.0, "2017-10", figures=((month("2017-02"), 1.0),)
    )
    exits = change("permit_exit", "set", 0.0, "2017-10")
    stock = projector.project([open_phase, exits]).workers.sel(stock="permitted", host="russia")
    inflow = draws[:, layout.index["permit_inflow.open"]]
    gained = stock.sel(month="2018-09") - stock.sel(month="2017-09")
    np.testing.assert_allclose(gained, 12 * inflow, rtol=1e-9)


def test_a_fraction_is_never_more_than_the_whole(by_hand: Projector) -> None:
    twice = by_hand.project([change("keep_share", "scale", 1000.0)])
    whole = by_hand.project([change("keep_share", "set", 1.0)])
    np.testing.assert_array_equal(twice.revenue, whole.revenue)


# Past the data


def test_months_past_the_data_go_on_at_the_last_rates(tiny: Case, layout: Layout) -> None:
    longer = extended(tiny, month("2019-12"))
    projection = Projector(longer, layout, draws_by_hand(layout, 1)).baseline
    stock = projection.workers.sel(stock="permitted", host="russia").isel(draw=0)
    expected = 10_000 * 0.5 ** (np.arange(1, 37) / 12)
    np.testing.assert_allclose(stock, expected, rtol=1e-12)
    assert projection.yearly_usd["year"].to_numpy().tolist() == [2017, 2018, 2019]
    short = Projector(tiny, layout, draws_by_hand(layout, 1)).baseline
    np.testing.assert_array_equal(projection.revenue.isel(month=slice(0, 24)), short.revenue)


def test_known_rates_are_used_and_then_a_random_walk(tmp_path: Path) -> None:
    """The walk's steps have the deviation of the known months, and add up."""
    known = pd.period_range("2017-01", "2019-03", freq="M")
    rng = np.random.default_rng(3)
    rates = 60.0 * np.exp(np.cumsum(rng.normal(scale=0.04, size=len(known))))
    rows = {
        f"r{i}": {"month": str(m), "currency": "RUB", "per_usd": f"{rate:.10f}", "source": "a test"}
        for i, (m, rate) in enumerate(zip(known, rates, strict=True))
    }
    # months that neither fx.csv nor the ECB has
    case = read_case(write_case(tmp_path / "case", fx=rows))
    case = replace(case, rates=replace(case.rates, own=case.rates.own))
    longer = extended(case, month("2023-12"))
    layout = Layout.of(case)
    projection = Projector(longer, layout, draws_by_hand(layout, 8000), seed=1).baseline
    per_usd = projection.per_usd.sel(host="russia")
    np.testing.assert_allclose(per_usd.sel(month="2019-03"), rates[-1])
    walking = longer.rates.walks["RUB"]
    first = walking.index[walking][0]
    assert first == month("2022-03"), "the ECB stopped quoting the ruble"
    last_known = float(longer.rates.per_usd["RUB"].loc[first - 1])
    history = np.log(longer.rates.per_usd["RUB"].loc[: first - 1].to_numpy())
    step = np.diff(history).std(ddof=1)
    for months_on in (1, 10, 20):
        logs = np.log(per_usd.sel(month=str(first + months_on - 1)) / last_known)
        assert float(logs.std()) == pytest.approx(step * months_on**0.5, rel=0.04)
        assert abs(float(logs.mean())) < 4 * step * (months_on / 8000) ** 0.5
    again = Projector(longer, layout, draws_by_hand(layout, 8000), seed=1)
    np.testing.assert_array_equal(per_usd, again.baseline.per_usd.sel(host="russia"))
    fixed = again.project([change("exchange_rate", "set", 90.0, str(first))])
    assert float(fixed.per_usd.sel(month="2023-12").std()) == 0.0
    other = again.project([change("plan", "scale", 2.0)])
    np.testing.assert_array_equal(other.per_usd, again.baseline.per_usd)


def test_two_hosts_change_apart(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "case", two_hosts=True))
    layout = Layout.of(case)
    normals = np.random.default_rng(2).normal(size=(50, layout.size))
    draws = layout.natural(normals)
    projector = Projector(case, layout, draws)
    found = projector.project([change("payment", "scale", 2.0)])
    ratio = (found.revenue / projector.baseline.revenue).sel(definition="billings")
    np.testing.assert_allclose(ratio.sel(host="russia"), 2.0, rtol=1e-12)
    np.testing.assert_array_equal(ratio.sel(host="china"), 1.0)


# The scenarios supplied


SUPPLIED = (
    "baseline", "one_year_expiry", "deadline_2019", "status_quo", "relabelled", "expansion",
    "ruble_shock", "declared_wages_paid", "plan_raised",
)  # fmt: skip


def test_supplied_scenarios_are_read_have_a_basis_and_change_something(real: Case) -> None:
    folder = ROOT / "inputs" / "russia" / "scenarios"
    assert {path.stem for path in folder.glob("*.toml")} == set(SUPPLIED)
    reader = ScenarioReader(real)
    scenarios = reader.read([folder / f"{name}.toml" for name in SUPPLIED])
    layout = Layout.of(real)
    normals = np.random.default_rng(0).normal(size=(20, layout.size))
    draws = layout.natural(normals)
    longer = extended(real, max(one.horizon for one in scenarios if one.horizon))
    projector = Projector(longer, layout, draws)
    for scenario in scenarios[1:]:
        assert scenario.basis
        assert scenario.sources
        found = projector.project(scenario.changes)
        assert not found.revenue_usd.equals(projector.baseline.revenue_usd), scenario.name
        assert bool(np.isfinite(found.revenue).all())


def test_after_one_year_no_permit_is_left(real: Case) -> None:
    layout = Layout.of(real)
    draws = layout.natural(np.zeros((1, layout.size)))
    reader = ScenarioReader(real)
    (expiry,) = reader.read([ROOT / "inputs" / "russia" / "scenarios" / "one_year_expiry.toml"])
    stock = (
        Projector(real, layout, draws)
        .project(expiry.changes)
        .workers.sel(stock="permitted", host="russia")[0]
    )
    start = float(stock.sel(month="2017-09"))
    left = np.array([float(stock.sel(month=str(month("2017-09") + k))) for k in range(13)])
    # one twelfth of the stock of September 2017 ends each month
    np.testing.assert_allclose(left[:12] / start, 1 - np.arange(12) / 12, atol=2e-4)
    assert left[12] < 0.001 * start
