"""Doubts that the case itself raises: rates, rows and firms told twice, counts far too small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.case.case import read_case
from model.case.checkout import case_folder
from model.case.exchange import ecb_month
from model.case.faults import CaseError, Fault
from model.case.reader.low_counts import _Drawn
from tests.cases import row, write_case

MONTHS = [f"{year}-{month:02}" for year in (2017, 2018) for month in range(1, 13)]


def warnings_of(folder: Path) -> tuple[Fault, ...]:
    return read_case(folder).warnings


def ecb(month: str, currency: str = "RUB") -> float:
    found = ecb_month(currency, *map(int, month.split("-")))
    assert found is not None
    return found


def rates(figures: dict[str, float], currency: str = "RUB") -> dict[str, dict[str, Any]]:
    return {
        month: {"month": month, "currency": currency, "per_usd": repr(rate), "source": "bank"}
        for month, rate in figures.items()
    }


def test_the_shipped_case_raises_none() -> None:
    assert read_case(case_folder("russia")).warnings == ()


# Rates


@pytest.mark.parametrize("factor", [1.0, 1.04, 1.45, 1 / 1.45])
def test_a_rate_near_the_ecb_is_believed(factor: float, tmp_path: Path) -> None:
    own = rates({month: ecb(month) * factor for month in MONTHS})
    assert warnings_of(write_case(tmp_path / "small", fx=own)) == ()


@pytest.mark.parametrize("factor", [1.55, 1 / 1.55, 10.0])
def test_a_rate_far_from_the_ecb_is_doubted(factor: float, tmp_path: Path) -> None:
    own = rates({"2017-05": ecb("2017-05"), "2018-03": ecb("2018-03") * factor})
    (warning,) = warnings_of(write_case(tmp_path / "small", fx=own))
    assert (warning.file, warning.row, warning.column) == ("fx.csv", 3, "per_usd")
    assert f"{max(factor, 1 / factor):.3g} from the ECB's mean of 2018-03" in warning.message


@pytest.mark.parametrize("currency", ["RUB", "EUR", "CNY"])
def test_a_rate_upside_down_is_told(currency: str, tmp_path: Path) -> None:
    own = rates({"2018-03": 1.0 / ecb("2018-03", currency)}, currency)
    (warning,) = warnings_of(write_case(tmp_path / "small", fx=own))
    assert "upside down" in warning.message
    assert f"write units of {currency} per dollar" in warning.message


#: A currency that the ECB does not quote, by month.
ALONE = {month: 1000.0 * 1.05**place for place, month in enumerate(MONTHS)}


@pytest.mark.parametrize(
    ("wrong", "doubted"),
    [
        ({}, []),
        ({"2017-07": 2.0}, ["2017-07"]),
        ({"2017-07": 0.5}, ["2017-07"]),
        ({"2017-07": 10.0, "2017-08": 10.0}, ["2017-07", "2017-08"]),
        ({"2017-07": 1.6}, []),
        (dict.fromkeys(MONTHS[12:], 10.0), []),  # a jump that stays
        ({MONTHS[-1]: 10.0}, []),  # and may stay
    ],
    ids=range(7),
)
def test_a_jump_that_comes_back_is_doubted(
    wrong: dict[str, float], doubted: list[str], tmp_path: Path
) -> None:
    own = {month: rate * wrong.get(month, 1.0) for month, rate in ALONE.items()}
    found = warnings_of(write_case(tmp_path / "small", fx=rates(own, "KPW")))
    assert [warning.row for warning in found] == [MONTHS.index(month) + 2 for month in doubted]
    assert all("from the months around" in warning.message for warning in found)


@pytest.mark.parametrize("place", [0, 8, 23])
def test_a_month_upside_down_is_told_by_its_neighbours(place: int, tmp_path: Path) -> None:
    own = ALONE | {MONTHS[place]: 1.0 / ALONE[MONTHS[place]]}
    (warning,) = warnings_of(write_case(tmp_path / "small", fx=rates(own, "KPW")))
    assert (warning.row, "upside down" in warning.message) == (place + 2, True)


# Rows that say the same

PLAN = row("plan", "2017-01", "2017-12", "exact", "USD/year", value="7200")
PAYMENT = row(
    "payment", "2018-07", "2018-07", "about", "RUB/month", value="100000",
    segment="spb_construction",
)  # fmt: skip
#: 100,000 rubles in dollars at July 2018's mean rate.
DOLLARS = 100_000 / ecb("2018-07")


@pytest.mark.parametrize(
    ("again", "told"),
    [
        (PLAN, "plan"),
        (PLAN | {"value": "600", "unit": "USD/month"}, "plan"),
        (PLAN | {"value": "7.2", "unit": "thousand USD/year"}, "plan"),
        (PLAN | {"qualifier": "about", "value": "7230"}, "plan"),  # 7200 is rounded to 50
        (PAYMENT | {"value": f"{DOLLARS:.0f}", "unit": "USD/month"}, "payment"),
        (PAYMENT | {"value": f"{round(DOLLARS, -2):.0f}", "unit": "USD/month"}, "payment"),
        (PLAN | {"value": "7300"}, None),
        (PLAN | {"source": "newspaper"}, None),
        (PLAN | {"end": "2017-11"}, None),
        (PLAN | {"role": "context"}, None),
        (PAYMENT | {"value": "140000"}, None),  # 100,000 is not 50,000 to 150,000
        (PAYMENT | {"segment": "forestry"}, None),
    ],
    ids=range(12),
)
def test_rows_that_say_the_same_are_told(
    again: dict[str, str], told: str | None, tmp_path: Path
) -> None:
    folder = write_case(tmp_path / "small", evidence={"again": again})
    found = warnings_of(folder)
    if told is None:
        assert found == ()
        return
    (warning,) = found
    assert (warning.file, warning.column) == ("evidence.csv", "origin")
    assert f"'again' says what '{told}' says" in warning.message
    assert "give both one origin" in warning.message
    with pytest.raises(CaseError):
        read_case(folder, strict=True)
    both = {"again": again | {"origin": "one"}, told: {"origin": "one/same"}}
    assert warnings_of(write_case(tmp_path / "tied", evidence=both)) == ()


# Counts


@pytest.mark.parametrize(
    ("name", "cells", "doubted"),
    [
        ("workers", {"value": "240"}, True),
        ("workers", {"value": "240", "start": "2018-12", "end": "2018-12"}, True),
        ("workers", {"value": "2.4", "unit": "thousand persons"}, False),
        ("workers", {"value": "24", "unit": "thousand persons"}, False),
        ("workers", {"value": "240", "qualifier": "at_least"}, False),
        ("quota", {"value": "470"}, True),
        ("new", {"value": "700", "qualifier": "about"}, False),
        ("workers", {"value": "20", "segment": "spb_construction"}, True),
        ("workers", {"value": "2400", "segment": "spb_construction"}, False),
    ],
    ids=range(9),
)
def test_a_count_far_too_small_is_doubted(
    name: str, cells: dict[str, str], doubted: bool, tmp_path: Path
) -> None:
    folder = write_case(
        tmp_path / "small", evidence={name: cells}, timeline={"press_arithmetic": None}
    )
    found = warnings_of(folder)
    assert len(found) == doubted
    if doubted:
        assert (found[0].file, found[0].column) == ("evidence.csv", "value")
        assert "below the" in found[0].message


def test_what_priors_give_a_count_is_stock_and_flow(tmp_path: Path) -> None:
    """Against the closed form with constant rates: L[t] = L0 r^t + a (1 - r^t)/(1 - r)."""
    flat = {"p05": 29999, "p95": 30001}
    folder = write_case(
        tmp_path / "small",
        priors={
            "permitted_at_start": flat,
            "permit_inflow": {"p05": 599.99, "p95": 600.01},
            "permit_inflow.banned": {"p05": 599.99, "p95": 600.01},
            "permit_exit": {"p05": 0.049999, "p95": 0.050001},
        },
    )
    case = read_case(folder)
    drawn = _Drawn(
        {one.label: one for one in case.priors}, case.hosts, case.segments, case.timeline
    )
    december = case.timeline.months[11]
    whole = {"first_part": 1.0, "last_part": 1.0}
    key = {"quantity": "permitted", "host": "russia", "segments": (), **whole}
    low, middle = drawn.expected(key | {"start": december, "end": december})
    kept = np.exp(-0.05)
    exact = 30000 * kept**12 + 600 * (1 - kept**12) / (1 - kept)
    assert (low, middle) == pytest.approx((exact, exact), rel=1e-3)
    flow = {"quantity": "new_permits", "start": case.timeline.months[0], "end": december}
    assert drawn.expected(key | flow)[1] == pytest.approx(12 * 600, rel=1e-3)
    days = {"first_part": 0.25, "last_part": 0.5}
    assert drawn.expected(key | flow | days)[1] == pytest.approx(10.75 * 600, rel=1e-3)


# Firms


@pytest.mark.parametrize(
    ("cells", "doubted"),
    [
        ({"name": "A Firm, of Builders"}, True),
        ({"name": "«A firm of builders» LLC"}, True),
        ({"name": "OOO “A firm of builders”"}, True),
        ({"name": "A firm of builders Co., Ltd."}, True),
        ({"start": "2017-12", "end": ""}, True),
        ({"start": "", "end": ""}, True),
        ({"segment": ""}, True),
        ({"segment": "forestry"}, False),
        ({"start": "2018-01", "end": "2018-12"}, False),
        ({"name": "Another firm, of builders"}, False),
    ],
    ids=range(10),
)
def test_the_same_firm_twice_is_told(cells: dict[str, str], doubted: bool, tmp_path: Path) -> None:
    same = {
        "name": "A firm, of builders", "host": "russia", "segment": "spb_construction",
        "workers_approved": "120", "start": "2017-01", "end": "2017-12",
        "linked_by": "register", "source": "paper",
    }  # fmt: skip
    found = warnings_of(write_case(tmp_path / "small", firms={"firm_2": same | cells}))
    assert len(found) == doubted
    if doubted:
        assert (found[0].file, found[0].row, found[0].column) == ("firms.csv", 3, "name")
        assert "(firm_1), at the same time" in found[0].message
