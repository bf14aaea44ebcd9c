"""The accounts of a worker-month are an identity, and a hand-made month has its known items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.equations.accounts import (
    UNEVEN,
    WorkerMonth,
    collected,
    grown,
    turnover_tax_rate,
    worker_month,
)
from model.equations.quantities import USES
from tests.kernel.recording import assert_recorded

HAND_MADE = {
    "payment": 100_000.0,
    "utilisation": 0.9,
    "declared_salary": 20_000.0,
    "vat_share": 0.5,
    "vat_rate": 0.18,
    "simplified_rate": 0.06,
    "income_tax_rate": 0.13,
    "contribution_rate": 0.24,
    "permit_cost": 1_000.0,
    "broker_margin": 0.10,
    "upkeep": 8_000.0,
    "keep_share": 0.5,
    "managers_share": 0.05,
    "plan": 20_000.0,
    "levies": 1.1,
    "own_firms": 0.25,
}


def some_months() -> WorkerMonth:
    """Draws around the hand-made month, in some of which the claim is not met."""
    rng = np.random.default_rng(1)
    draws = {name: value * rng.uniform(0.7, 1.2, 4000) for name, value in HAND_MADE.items()}
    draws["plan"] *= rng.uniform(0.2, 3.0, 4000)
    return worker_month(**draws)


def test_items_of_a_hand_made_month() -> None:
    month = worker_month(**HAND_MADE)
    assert month.billings == pytest.approx(90_000)
    assert month.turnover_tax == pytest.approx(45_000 * 18 / 118 + 45_000 * 0.06)
    assert month.income_tax == pytest.approx(2_600)
    assert month.contributions == pytest.approx(4_800)
    assert month.broker_take == pytest.approx(9_000)
    assert month.worker_keeps == pytest.approx(0.5 * 17_400)
    assert month.managers_take == pytest.approx(4_500)
    assert month.wedge == pytest.approx(70_000)
    assert month.claim == pytest.approx(22_000)
    available = 90_000 - 9_564.41 - 2_600 - 4_800 - 1_000 - 9_000 - 8_000 - 8_700 - 4_500
    # nearly all of the claim, since some crews earn less than the mean one
    assert 0.998 * 22_000 < month.plan_collected < 22_000
    assert month.plan_collected + month.left_with_firms == pytest.approx(available)
    assert month.left_with_own_firms == pytest.approx(0.25 * month.left_with_firms)
    assert month.state_take == pytest.approx(
        month.plan_collected + 0.25 * (available - month.plan_collected)
    )


def test_accounts_close_to_the_last_kopeck_at_every_draw() -> None:
    month = some_months()
    short = month.plan_collected < 0.5 * month.claim
    assert 0.05 < short.mean() < 0.95
    parts = sum(getattr(month, use) for use in USES)
    kopeck = 0.01
    assert np.abs(month.billings - parts).max() < kopeck / 100


def test_surplus_is_joint_and_the_state_take_a_part_of_it() -> None:
    month = some_months()
    together = (
        month.plan_collected + month.left_with_firms + month.managers_take + month.broker_take
    )
    np.testing.assert_allclose(month.surplus, together, rtol=1e-12, atol=1e-8)
    np.testing.assert_allclose(
        month.state_take + month.left_with_others,
        month.plan_collected + month.left_with_firms,
        rtol=1e-12,
        atol=1e-8,
    )


def test_what_is_collected_lies_between_nothing_and_the_claim() -> None:
    claim, available = np.meshgrid(np.geomspace(1e4, 1e5, 41), np.linspace(-1e5, 2e5, 601))
    found = collected(claim, available)
    assert (found > 0.0).all()
    assert (found < claim).all()
    # more is collected where more is available, or claimed
    assert (np.diff(found, axis=0) > 0.0).all()
    assert (np.diff(found, axis=1)[available[:, 1:] > 0.0] > 0.0).all()


def test_away_from_the_corners_the_smaller_is_collected() -> None:
    """Rounding takes a hyperbola's distance from its asymptotes, which is known."""
    claim = 30_000.0
    available = claim * np.array([-40.0, -10.0, 0.5, 10.0, 40.0])
    found = collected(claim, available)
    wanted = np.clip(available, 0.0, claim)
    far = np.minimum(np.abs(available), np.abs(available - claim))
    np.testing.assert_array_less(np.abs(found - wanted), (UNEVEN * claim) ** 2 / (4.0 * far) + 1e-6)
    # halfway up both corners round alike
    assert found[2] == pytest.approx(0.5 * claim)
    at_corner = collected(claim, np.array([0.0, claim]))
    np.testing.assert_allclose(at_corner, [0.0, claim], atol=UNEVEN * claim / 2.0)
    assert at_corner[0] == pytest.approx(claim - at_corner[1])


def test_a_crew_that_earns_nothing_hands_over_nothing_and_its_firms_lose() -> None:
    month = worker_month(**HAND_MADE | {"payment": 1.0})
    assert 0.0 < month.plan_collected < 0.02 * month.claim
    assert month.left_with_firms < 0.0
    assert month.state_take < 0.0


@pytest.mark.parametrize("point", [(0.4, -0.3), (1.7, 2.0), (-1.0, 0.02), (0.8, 0.8)])
def test_the_kernel_collects_what_numpy_collects(point: tuple[float, float]) -> None:
    """And the slope is the complex step's, on both sides of the corners."""

    def function(z: Any) -> Any:
        return collected(z[..., :1] * z[..., :1] + 0.5, z[..., 1:])

    assert_recorded(function, function, np.array(point))


def test_wage_fund_divides_into_what_is_kept_and_withheld() -> None:
    month = worker_month(**HAND_MADE)
    assert month.withheld + month.worker_keeps == pytest.approx(month.wage_fund)
    spent = month.turnover_tax + month.contributions + month.permit_cost + month.broker_take
    assert month.wage_fund == pytest.approx(month.billings - spent)


def test_value_added_tax_inside_the_price() -> None:
    # 118 rubles with tax carry 18 of it
    assert turnover_tax_rate(1.0, 0.18, 0.06) == pytest.approx(18 / 118)
    assert turnover_tax_rate(0.0, 0.18, 0.06) == pytest.approx(0.06)


def test_growth_compounds_by_year() -> None:
    assert grown(100.0, 1.1, 2.0) == pytest.approx(121.0)
    assert grown(121.0, 1.1, -2.0) == pytest.approx(100.0)
