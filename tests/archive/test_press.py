"""The press's multiplication, from rows in any currency and by any time worked."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xarray as xr

from model.archive.press import press_arithmetic
from model.case.case import Case, read_case
from tests.cases import write_case

#: 24,000 workers, 100,000 rubles and 600 dollars a month, less 18,000 rubles declared.
AMOUNT = 24_000 * (100_000 - 18_000) * 12 / (100_000 / 600)
DAYS = {"p05": 20.0, "p95": 33.8, "unit": "days/month", "basis": "a guess for the tests"}


def amount(case: Case) -> float:
    yearly = xr.DataArray(
        [[[1.0, 1e12]] * 5],
        dims=("year", "definition", "draw"),
        coords={
            "year": [case.timeline.headline],
            "definition": ["billings", "wedge", "surplus", "state_take", "plan_collected"],
        },
    )
    results: Any = SimpleNamespace(case=case, projection=SimpleNamespace(yearly_usd=yearly))
    found = press_arithmetic(results)
    assert found is not None
    assert set(found["probability_above"].values()) == {0.5}
    return float(found["usd"])


def test_the_press_multiplies(tiny: Case) -> None:
    assert amount(tiny) == pytest.approx(AMOUNT)


def test_a_row_in_another_currency_is_converted(tmp_path: Path) -> None:
    fx = {
        str(n): {"month": f"2017-{n:02}", "currency": "KPW", "per_usd": "8000", "source": "paper"}
        for n in range(1, 13)
    }
    plan = {"value": str(600 * 8000), "unit": "KPW/month"}
    assert amount(read_case(write_case(tmp_path, evidence={"plan": plan}, fx=fx))) == (
        pytest.approx(AMOUNT)
    )


def test_pay_by_the_day_is_brought_to_a_month_by_the_centre_of_the_prior(tmp_path: Path) -> None:
    # the geometric mean of 20 and 33.8 is 26
    pay = {"value": repr(100_000 / 26), "unit": "RUB/day"}
    case = read_case(write_case(tmp_path, evidence={"payment": pay}, priors={"days_worked": DAYS}))
    assert amount(case) == pytest.approx(AMOUNT)
