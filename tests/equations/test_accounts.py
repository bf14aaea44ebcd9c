"""The identity of a worker-month closes, and a hand-made example gives its known items."""

from __future__ import annotations

import numpy as np
import pytest

from model.equations.accounts import grown, turnover_tax_rate, worker_month

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
    "plan": 37_500.0,
    "plan_fulfilment": 1.1,
}


def test_items_of_a_hand_made_month() -> None:
    month = worker_month(**HAND_MADE)
    assert month.billings == pytest.approx(90_000)
    assert month.turnover_tax == pytest.approx(45_000 * 18 / 118 + 45_000 * 0.06)
    assert month.income_tax == pytest.approx(2_600)
    assert month.contributions == pytest.approx(4_800)
    assert month.broker_take == pytest.approx(9_000)
    assert month.worker_keeps == pytest.approx(0.5 * 17_400)
    assert month.managers_take == pytest.approx(4_500)
    assert month.state_take == pytest.approx(41_250)
    assert month.wedge == pytest.approx(70_000)


def test_accounts_close_to_the_last_kopeck_at_every_draw() -> None:
    rng = np.random.default_rng(1)
    draws = {name: value * rng.uniform(0.7, 1.2, 4000) for name, value in HAND_MADE.items()}
    month = worker_month(**draws)
    parts = (
        month.turnover_tax + month.income_tax + month.contributions + month.permit_cost
        + month.broker_take + month.upkeep + month.worker_keeps + month.managers_take
        + month.state_take + month.closing_error
    )  # fmt: skip
    kopeck = 0.01
    assert np.abs(draws["payment"] * draws["utilisation"] - parts).max() < kopeck / 100


def test_surplus_is_state_managers_brokers_and_closing_error() -> None:
    month = worker_month(**HAND_MADE)
    together = month.state_take + month.managers_take + month.broker_take + month.closing_error
    assert month.surplus == pytest.approx(together)


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
