"""Where a year's money went: the parts add up, and agree with the year's revenue."""

from __future__ import annotations

import numpy as np
import pytest

from model.case.case import Case, read_case
from model.equations.quantities import USES
from model.evidence.economy import (
    Calendar,
    Cells,
    Layout,
    accounts,
    host_of_segment,
    segment_weights,
    workers,
)
from model.projection.projection import Projector
from model.projection.yearly_accounts import accounts_block, common_currency
from model.sampling.fitting import Posterior
from tests.cases import write_case


def draws_of(case: Case, number: int = 50) -> tuple[Layout, np.ndarray]:
    layout = Layout.of(case)
    normals = np.random.default_rng(8).normal(size=(number, layout.size))
    return layout, layout.natural(normals)


def test_items_add_up_to_the_billings_and_are_those_of_the_revenue(tiny: Case) -> None:
    layout, draws = draws_of(tiny)
    projector = Projector(tiny, layout, draws)
    paid = projector.paid_for(2017, "RUB")
    uses = paid.sel(item=[*USES]).sum("item")
    np.testing.assert_allclose(uses, paid.sel(item="billings"), rtol=1e-9)
    for currency, revenue in (
        ("RUB", projector.baseline.revenue),
        ("USD", projector.baseline.revenue_usd),
    ):
        yearly = projector.baseline.by_year(revenue).sel(year=2017)
        found = projector.paid_for(2017, currency)
        for name, parts in (
            ("billings", ["billings"]),
            ("plan_collected", ["plan_collected"]),
            ("state_take", ["plan_collected", "left_with_own_firms"]),
        ):
            together = found.sel(item=parts).sum("item")
            expected = yearly.sel(definition=name)
            scale = float(np.abs(expected).max())
            np.testing.assert_allclose(together, expected, rtol=1e-9, atol=1e-9 * scale)


def test_items_by_brute_force(tiny: Case) -> None:
    layout, draws = draws_of(tiny, 5)
    values = layout.by_family(draws)
    cells = Cells.monthly(tiny)
    by_segment = accounts(values, cells)
    weights = segment_weights(values, host_of_segment(tiny))
    present = workers(values, Calendar.of(tiny)).present[:, 0]
    paid = Projector(tiny, layout, draws).paid_for(2018, "RUB").isel(host=0)
    for name in (*USES, "declared_salary"):
        item = np.broadcast_to(getattr(by_segment, name), by_segment.billings.shape)
        for draw in range(5):
            total = 0.0
            for month in range(12, 24):
                for segment in range(weights.shape[1]):
                    total += (
                        present[draw, month] * weights[draw, segment] * item[draw, month, segment]
                    )
            assert float(paid.sel(item=name)[draw]) == pytest.approx(total)


def test_block(tiny: Case, tmp_path) -> None:  # type: ignore[no-untyped-def]
    layout, draws = draws_of(tiny)
    block = accounts_block(tiny, Projector(tiny, layout, draws).paid_for(2018, "RUB"))
    assert (block["year"], block["currency"]) == (2018, "RUB")
    items = block["items"]
    shares = [items[name]["share"]["mean"] for name in USES]
    assert sum(shares) == pytest.approx(1.0, abs=1e-6)
    two = read_case(write_case(tmp_path / "two", two_hosts=True))
    assert (common_currency(tiny), common_currency(two)) == ("RUB", "USD")
    layout, draws = draws_of(two)
    projector = Projector(two, layout, draws)
    block = accounts_block(two, projector.paid_for(2018, "USD"))
    yearly = projector.baseline.yearly_usd.sel(year=2018, definition="billings").to_numpy()
    total = block["items"]["billings"]["per_worker_month"]["mean"]
    months = projector.paid_for(2018, "USD").sel(item="worker_months").sum("host").to_numpy()
    assert total == pytest.approx((yearly / months).mean(), rel=1e-6)


def test_sums_of_items_are_theirs_month_by_month(tiny: Case, tiny_posterior: Posterior) -> None:
    projector = Projector(tiny, tiny_posterior.layout, tiny_posterior.draws)
    found = projector.sums({"take": ("state_take",), "both": ("broker_take", "managers_take")})
    np.testing.assert_array_equal(
        found.revenue.sel(definition="take"),
        projector.baseline.revenue.sel(definition="state_take"),
    )
    paid = projector.paid_for(2018, "USD")
    expected = paid.sel(item="broker_take") + paid.sel(item="managers_take")
    yearly = found.yearly_usd.sel(definition="both", year=2018)
    np.testing.assert_allclose(yearly.to_numpy(), expected.sum("host").to_numpy())
