"""Stock and flow against a plain loop and a year computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from model.equations.workforce import stock, workforce

MONTHS = 24


def loop(at_start: float, hazard: np.ndarray, inflow: np.ndarray) -> np.ndarray:
    """The recursion as it is written in the design."""
    present, path = at_start, []
    for exit_hazard, arrivals in zip(hazard, inflow, strict=True):
        present = present * np.exp(-exit_hazard) + arrivals
        path.append(present)
    return np.array(path)


@pytest.mark.parametrize("seed", range(5))
def test_stock_is_the_recursion(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hazard, inflow = rng.gamma(1.0, 0.3, MONTHS), rng.gamma(2.0, 500.0, MONTHS)
    start = rng.uniform(0, 50_000)
    closed = stock(np.array(start), hazard, inflow)
    np.testing.assert_allclose(closed, loop(start, hazard, inflow), rtol=1e-12)


def test_a_year_by_hand() -> None:
    # half leave each month, 100 arrive: 800 -> 500 -> 350 -> 275
    path = stock(np.array(800.0), np.full(3, np.log(2.0)), np.full(3, 100.0))
    np.testing.assert_allclose(path, [500.0, 350.0, 275.0], rtol=1e-13)


def test_without_inflow_the_stock_decays() -> None:
    path = stock(np.array(1000.0), np.full(12, 0.1), np.zeros(12))
    np.testing.assert_allclose(path, 1000.0 * np.exp(-0.1 * np.arange(1, 13)), rtol=1e-13)


def test_large_hazards_do_not_overflow() -> None:
    path = stock(np.array(1000.0), np.full(60, 50.0), np.full(60, 5.0))
    np.testing.assert_allclose(path, loop(1000.0, np.full(60, 50.0), np.full(60, 5.0)), rtol=1e-12)


def test_working_counts_the_share_of_the_irregular_and_of_the_permitted() -> None:
    force = workforce(
        permitted_at_start=np.array(100.0),
        permit_exit=np.zeros(2),
        permit_inflow=np.array([10.0, 0.0]),
        irregular_at_start=np.array(40.0),
        irregular_exit=np.zeros(2),
        irregular_inflow=np.array([0.0, 20.0]),
        irregular_working=np.full(2, 0.25),
        share_present=np.full(2, 0.9),
    )
    np.testing.assert_allclose(force.permitted, [110, 110])
    np.testing.assert_allclose(force.working, [109, 114])
    # half of those at a month's beginning and half of those at its end
    np.testing.assert_allclose(force.present, [(100 + 109) / 2, (109 + 114) / 2])
