"""Pay by the day, shift or hour, read by stated working time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.evidence.economy import Layout
from model.evidence.row_equations import log_quantities
from model.evidence.synthesis import ErrorSizes, synthesis
from model.projection.prediction import fitted_rows
from tests.cases import write_case

DAYS = {"p05": 22, "p95": 30, "unit": "days/month", "basis": "a guess for the tests"}
WEEKLY = {"p05": 5.0, "p95": 7.0, "unit": "days/week", "basis": "a guess for the tests"}
HOURS = {"p05": 8, "p95": 16, "unit": "hours/day", "basis": "a guess for the tests"}
BOTH = {"days_worked": DAYS, "hours_worked": HOURS}


def paid(folder: Path, unit: str, value: str, priors: Any = BOTH, **cells: Any) -> Case:
    return read_case(
        write_case(
            folder, evidence={"payment": {"unit": unit, "value": value} | cells}, priors=priors
        )
    )


@pytest.mark.parametrize(
    ("unit", "divided"),
    [
        ("RUB/month", ()),
        ("RUB/day", ("days_worked",)),
        ("RUB/shift", ("days_worked",)),
        ("RUB/hour", ("days_worked", "hours_worked")),
    ],
)
def test_a_row_is_about_the_item_over_the_time_worked(
    unit: str, divided: tuple[str, ...], tmp_path: Path
) -> None:
    case = paid(tmp_path / "case", unit, "3300")
    parts, layout = synthesis(case), Layout.of(case)
    normals = np.random.default_rng(1).normal(size=(5, layout.size))
    natural = layout.natural(normals)
    found = log_quantities(layout, parts.measured, natural)
    place = parts.measured.ids.index("payment")
    by_month = synthesis(paid(tmp_path / "month", "RUB/month", "100000"))
    month = log_quantities(layout, by_month.measured, natural)
    expected = month[:, place].copy()
    for name in divided:
        expected -= np.log(natural[:, layout.index[name]])
    np.testing.assert_allclose(found[:, place], expected, rtol=1e-12)
    others = [one for one in range(len(parts.measured.ids)) if one != place]
    np.testing.assert_array_equal(found[:, others], month[:, others])
    # the figure itself stays by the day or the hour, and is printed so
    said = parts.evidence
    assert math.exp(said.log_figure[place]) == pytest.approx(3300.0)
    assert said.to_printed[place] == pytest.approx(1.0)
    lines = {line["row"]: line for line in fitted_lines(case, natural)}
    assert lines["payment"]["observed"] == pytest.approx(3300.0)


def test_upkeep_a_day_is_due_on_every_day(tmp_path: Path) -> None:
    """Food and lodging cost what they cost on days off too: no working time divides them."""
    row = {"quantity": "upkeep", "value": "300", "unit": "RUB/day"}
    case = read_case(write_case(tmp_path, evidence={"payment": row}))
    parts = synthesis(case)
    place = parts.measured.ids.index("payment")
    month = math.exp(parts.evidence.log_figure[place])
    assert month == pytest.approx(300 * 365.25 / 12, rel=1e-12)
    assert month * parts.evidence.to_printed[place] == pytest.approx(300.0, rel=1e-12)


def fitted_lines(case: Case, natural: Any) -> list[dict[str, Any]]:
    parts = synthesis(case)
    rows = fitted_rows(case, parts.layout, natural, 1, parts.evidence, ErrorSizes())
    return [{"row": name, **line} for name, line in rows.items()]


def test_pay_a_day_and_days_worked_give_a_months_pay(tmp_path: Path) -> None:
    """With the days known to be 26, 3,846 rubles a day weigh as 100,000 a month do."""
    known = {"days_worked": {**DAYS, "p05": 25.999, "p95": 26.001}}
    case = paid(tmp_path / "day", "RUB/day", "3846.153846", known)
    month = paid(tmp_path / "month", "RUB/month", "100000", known)
    layout = Layout.of(case)
    natural = layout.natural(np.zeros(layout.size))
    apart = []
    for one in (case, month):
        parts = synthesis(one)
        place = parts.measured.ids.index("payment")
        log = log_quantities(layout, parts.measured, natural)[place]
        apart.append(parts.evidence.log_figure[place] - log)
    assert apart[0] == pytest.approx(apart[1], abs=1e-6)


def test_days_may_be_stated_a_week(tmp_path: Path) -> None:
    case = paid(tmp_path, "RUB/day", "3300", {"days_worked": WEEKLY})
    (prior,) = (one for one in case.priors if one.name == "days_worked")
    assert (prior.p05, prior.p95) == pytest.approx((5 * 365.25 / 84, 7 * 365.25 / 84))


@pytest.mark.parametrize(
    ("unit", "priors", "told"),
    [
        ("RUB/day", {}, '[days_worked] with p05, p95, unit = "shift/month" and basis'),
        ("RUB/hour", {}, '[hours_worked] with p05, p95, unit = "hour/shift" and basis'),
        ("RUB/hour", {"days_worked": DAYS}, "add [hours_worked] with p05"),
    ],
)
def test_without_working_time_it_is_told_what_is_missing(
    unit: str, priors: Any, told: str, tmp_path: Path
) -> None:
    with pytest.raises(CaseError) as error:
        paid(tmp_path, unit, "3300", priors)
    (fault,) = error.value.faults
    assert (fault.file, fault.row, fault.column) == ("evidence.csv", 6, "unit")
    assert told in fault.message


@pytest.mark.parametrize(
    ("value", "suspect"),
    [("3300", False), ("100000", False), ("1000000", True), ("10", True)],
)
def test_slips_are_of_the_pay_a_day(value: str, suspect: bool, tmp_path: Path) -> None:
    """A day's pay is 1,333 (40,000 in 30 days) to 4,545 (100,000 in 22), and 30 times as wide."""
    case = paid(tmp_path, "RUB/day", value, {"days_worked": DAYS})
    assert any("slip of unit" in one.message for one in case.warnings) == suspect


def test_other_quantities_are_not_paid_by_the_day(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="are time worked"):
        read_case(write_case(tmp_path, evidence={"workers": {"unit": "persons/day"}}))
