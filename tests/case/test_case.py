"""A valid case: what is read, in which units, and what must not matter."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.case.case import Case, read_case
from model.case.contents import NORMAL_95
from model.case.exchange import ecb_month
from model.case.faults import CaseError
from model.case.units import UnitError, canonical_unit, conversion
from model.equations.quantities import BASIC
from tests.benchmarks.growth_inputs import write_grown_case
from tests.cases import COLUMNS, evidence_rows, row, table_text, write_case

#: The Bank of Russia's mean rate of the year, rubles per dollar. The ECB's cross rates are fixed
#: at another hour, and a mean of monthly means weighs days a little differently.
BANK_OF_RUSSIA = {2016: 67.03, 2018: 62.71}
RATE_TOLERANCE = 0.015


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(write_case(tmp_path_factory.mktemp("cases") / "small"))


@pytest.fixture(scope="module")
def two_hosts(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(write_case(tmp_path_factory.mktemp("cases") / "two", two_hosts=True))


def read(folder: Path, **changes: Any) -> Case:
    return read_case(write_case(folder / "small", **changes))


def of(case: Case, name: str) -> dict[str, Any]:
    """Return a row of evidence by its id."""
    rows = case.evidence.set_index("id").to_dict("index")
    return dict(rows[name])


# The whole


def test_small_case(small: Case) -> None:
    assert (small.name, small.title) == ("small", "A small case")
    assert [host.currency for host in small.hosts] == ["RUB"]
    assert [segment.id for segment in small.segments] == ["forestry", "spb_construction"]
    assert small.warnings == ()
    assert small.press is not None
    assert list(small.press.values()) == ["workers", "payment", "plan", "declared"]
    assert small.reading.credibility[3] == 0.15
    assert small.reading.tails["as_much_as"] == 0.4
    assert small.reading.spread_units == (5, 200)
    assert set(small.reading.basis) >= {"reliability", "tails", "slips"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        small.title = "another"  # type: ignore[misc]


def test_timeline(small: Case) -> None:
    timeline = small.timeline
    assert len(timeline.months) == 24
    assert timeline.reference == pd.Period("2018-07", freq="M")
    np.testing.assert_array_equal(timeline.stretch_of_month("phase"), [0] * 9 + [1] * 15)
    np.testing.assert_array_equal(timeline.stretch_of_month("tax_period"), [0] * 24)
    assert timeline.sanctions[0].date == "2017-09-11"


def test_hashes_are_of_each_file_read(small: Case) -> None:
    """What they are of is in ``test_meaning``."""
    assert sorted(small.hashes) == sorted(path.name for path in small.folder.iterdir())
    assert len(set(small.hashes.values())) == len(small.hashes)


def test_reading_a_case_needs_no_sampler() -> None:
    code = (
        "import sys, model.case.case; sys.exit('pymc' in sys.modules or 'pytensor' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("rows", "hosts", "months"), [(300, 1, 63), (None, 10, 12), (40, 3, 600)])
def test_a_case_of_any_size_is_read(
    rows: int | None, hosts: int, months: int, tmp_path: Path
) -> None:
    case = read_case(
        write_grown_case(tmp_path / "grown", rows=rows, hosts=hosts, months=months), strict=True
    )
    each = len(evidence_rows()) if rows is None else rows
    assert case.evidence["host"].value_counts().tolist() == [each] * hosts
    assert (case.evidence["role"] == "fit").all()
    assert (len(case.hosts), len(case.timeline.months)) == (hosts, months)


# Evidence


def test_evidence_has_the_file_s_columns_and_what_was_made_of_them(small: Case) -> None:
    made = {
        "row", "segments", "factor", "currency", "coverage", "panel", "replaces",
        "first_part", "last_part", "per", "prices",
    }  # fmt: skip
    assert set(small.evidence.columns) == set(COLUMNS["evidence"]) | made
    assert list(small.evidence["id"]) == sorted(evidence_rows())
    assert small.evidence["start"].dtype == small.evidence["end"].dtype == "period[M]"
    payment = of(small, "payment")
    assert (payment["row"], payment["value"], payment["origin"]) == (6, 100000, "payment")
    assert np.isnan(payment["low"])
    assert of(small, "new")["origin"] == of(small, "arrivals")["origin"] == "newspaper"
    assert (of(small, "world_total")["reliability"], payment["credibility"]) == ("F", 2)
    arrivals = of(small, "arrivals")
    assert (str(arrivals["start"]), str(arrivals["end"])) == ("2017-10", "2018-06")


@pytest.mark.parametrize(
    ("name", "factor", "currency"),
    [
        ("payment", 1, "RUB"),
        ("plan", 1 / 12, "USD"),
        ("kept", 1, "USD"),
        ("handed_over", 0.01, ""),
        ("workers", 1, ""),
        ("official_total", 1e6, "USD"),
    ],
)
def test_factor_to_the_canonical_unit(name: str, factor: float, currency: str, small: Case) -> None:
    found = of(small, name)
    assert found["factor"] == pytest.approx(factor, rel=1e-12)
    assert found["currency"] == currency


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("plan", "7200", "USD/year"), ("plan", "600", "USD/month")),
        (("plan", "7200", "USD/year"), ("plan", "7.2", "thousand USD/year")),
        (("plan", "7200", "USD/year"), ("plan", "0.0072", "million USD/year")),
        (("workers", "24000", "persons"), ("workers", "24", "thousand persons")),
        (("handed_over", "66", "percent"), ("handed_over", "0.66", "fraction")),
        (("handed_over", "66", "percent"), ("handed_over", "0.66", "1")),
    ],
)
def test_one_figure_in_two_units_is_one_amount(
    one: tuple[str, str, str], other: tuple[str, str, str], tmp_path: Path
) -> None:
    amounts = []
    for name, value, unit in (one, other):
        case = read(tmp_path, evidence={name: {"value": value, "unit": unit}})
        found = of(case, name)
        amounts.append((found["value"] * found["factor"], found["currency"]))
    assert amounts[0][0] == pytest.approx(amounts[1][0], rel=1e-12)
    assert amounts[0][1] == amounts[1][1]


@pytest.mark.parametrize(
    ("text", "unit", "factor"),
    [
        ("million USD/year", "money/year", 1e6),
        ("RUB/year", "money/month", 1 / 12),
        ("RUB/month", "money/year", 12),
        ("percent", "fraction", 0.01),
        ("percent/year", "1/month", 0.01 / 12),
        ("persons/year", "persons/month", 1 / 12),
        ("permits/person/month", "permits/person/year", 12),
        ("1", "1", 1),
    ],
)
def test_conversion(text: str, unit: str, factor: float) -> None:
    found, _ = conversion(text, unit, ("RUB", "USD"), "it")
    assert found == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize("text", ["thousand**thousand", "RUB/month*month**million"])
def test_units_beyond_all_numbers_are_told(text: str) -> None:
    with pytest.raises(UnitError):
        conversion(text, "money/month", ("RUB",), "payment")


def test_canonical_unit() -> None:
    assert canonical_unit("money/month", "RUB") == "RUB/month"
    assert canonical_unit("USD/month", "RUB") == "USD/month"
    assert canonical_unit("persons", "RUB") == "persons"


def test_order_of_rows_does_not_matter(small: Case, tmp_path: Path) -> None:
    rows = dict(reversed(evidence_rows().items()))
    columns = COLUMNS["evidence"][::-1]
    case = read(tmp_path, evidence_csv=table_text(columns, rows))
    pd.testing.assert_frame_equal(
        case.evidence.drop(columns="row"), small.evidence.drop(columns="row")
    )


def test_bom_line_ends_blank_lines_and_spaces_are_no_matter(small: Case, tmp_path: Path) -> None:
    text = table_text(COLUMNS["evidence"], evidence_rows())
    spaced = text.replace("\nkept,", "\n\n kept ,").replace("\n", "\r\n") + ",,\r\n"
    folder = write_case(tmp_path / "small", evidence_csv="\ufeff" + spaced)
    toml = "\ufeff" + (folder / "timeline.toml").read_text().replace("\n", "\r\n")
    (folder / "timeline.toml").write_text(toml, newline="")
    case = read_case(folder)
    pd.testing.assert_frame_equal(
        case.evidence.drop(columns="row"), small.evidence.drop(columns="row")
    )
    assert of(case, "kept")["row"] == of(small, "kept")["row"] + 1


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", ()),
        ("spb_construction", ("spb_construction",)),
        ("construction", ("spb_construction",)),
        ("far_east", ("forestry",)),
        ("not spb_construction", ("forestry",)),
        ("not far_east", ("spb_construction",)),
        ("forestry+construction", ("forestry", "spb_construction")),
        ("forestry + st_petersburg", ("forestry", "spb_construction")),
    ],
)
def test_segments_selected(text: str, chosen: tuple[str, ...], tmp_path: Path) -> None:
    case = read(tmp_path, evidence={"workers": {"segment": text}})
    assert of(case, "workers")["segments"] == chosen


@pytest.mark.parametrize(
    "cells",
    [
        row("permit_inflow.open", "2017-01", "2017-06", "about", "persons/year", value="9000"),
        row("vat_rate.before_2019", "2017-01", "2018-12", "exact", "percent", value="18"),
        row("quota_use", "2017-01", "2017-12", "up_to", "percent", value="100"),
        row("permit_cost", "2017-01", "2017-12", "about", "RUB/year", value="20000"),
        row("plan", "2017-01", "2017-12", "spread", "USD/month", low="500", high="900"),
        row(
            "segment_workers", "2017-01", "2017-12", "about", "percent", value="20",
            segment="construction",
        ),
        row("payment", "2009-01", "2009-12", "about", "", value="", host="gulf", role="context"),
        row(
            "payment", "2009-01", "2009-12", "about", "KWD/month", value="200", host="kuwait",
            role="context",
        ),
        row(
            "total_billings", "2013-01", "2013-12", "about", "USD/year", value="1e9", host="world",
            role="holdout",
        ),
    ],
)  # fmt: skip
def test_accepted_rows(cells: dict[str, Any], tmp_path: Path) -> None:
    case = read(tmp_path, evidence={"another": cells})
    assert of(case, "another")["quantity"] == cells["quantity"]
    assert case.warnings == ()


# Priors


def test_every_basic_quantity_has_its_prior_in_order(small: Case) -> None:
    index = {
        "": [""],
        "phase": ["open", "banned"],
        "irregular_phase": ["open", "banned"],
        "tax_period": ["before_2019"],
        "segment": ["forestry", "spb_construction"],
    }
    expected = [
        (basic.name, entry) for basic in BASIC if not basic.optional for entry in index[basic.index]
    ]
    assert [(prior.name, prior.index) for prior in small.priors] == expected
    assert [prior.label for prior in small.priors][:3] == [
        "permitted_at_start", "permit_inflow.open", "permit_inflow.banned",
    ]  # fmt: skip


def test_most_specific_table_wins(small: Case) -> None:
    priors = {prior.label: prior for prior in small.priors}
    assert (priors["permit_inflow.open"].p05, priors["permit_inflow.open"].p95) == (200, 2000)
    assert (priors["permit_inflow.banned"].p05, priors["permit_inflow.banned"].p95) == (10, 300)
    assert priors["permit_exit.open"].p05 == priors["permit_exit.banned"].p05 == 0.01
    assert (priors["segment_share.forestry"].p05, priors["segment_share.forestry"].p95) == (
        0.5,
        0.9,
    )


def test_priors_stand_in_the_catalogue_s_units(small: Case) -> None:
    priors = {prior.label: prior for prior in small.priors}
    assert priors["payment"].unit == "RUB/month"
    assert priors["plan"].unit == "USD/month"
    assert (priors["quota_use"].p05, priors["quota_use"].p95) == pytest.approx((0.6, 0.95))
    assert priors["irregular_exit"].p95 == pytest.approx(2 / 12)


def test_location_and_scale_give_the_quantiles_back(small: Case) -> None:
    for prior in small.priors:
        low, high = prior.location + prior.scale * NORMAL_95 * np.array([-1, 1])
        if prior.support == "positive":
            low, high = np.exp([low, high])
        elif prior.support == "fraction":
            low, high = 1 / (1 + np.exp([-low, -high]))
        else:
            assert (prior.location, prior.scale) == (0, 1)
        assert (low, high) == pytest.approx((prior.p05, prior.p95), rel=1e-12)


# A second host is rows and tables


def test_second_host_s_labels_bear_its_name(two_hosts: Case) -> None:
    priors = {prior.label: prior for prior in two_hosts.priors}
    assert priors["china.payment"].unit == "CNY/month"
    assert priors["china.payment"].host == "china"
    assert "russia.payment" not in priors
    assert priors["china.segment_share.dandong_textiles"].p05 == 0.5
    assert "segment_share.dandong_textiles" not in priors
    labels = [prior.label for prior in two_hosts.priors]
    assert labels[2:6] == [
        "permit_inflow.open", "permit_inflow.banned",
        "china.permit_inflow.open", "china.permit_inflow.banned",
    ]  # fmt: skip


def test_second_host_inherits_what_is_not_its_own(two_hosts: Case) -> None:
    priors = {prior.label: prior for prior in two_hosts.priors}
    assert priors["china.permit_inflow.open"].p05 == 500
    assert priors["china.permit_inflow.banned"].p05 == priors["permit_inflow.banned"].p05
    assert priors["china.utilisation"].p95 == priors["utilisation"].p95
    assert of(two_hosts, "china_payment")["currency"] == "CNY"
    assert list(two_hosts.rates.per_usd.columns) == ["USD", "RUB", "CNY"]


# Exchange rates


@pytest.mark.parametrize("year", BANK_OF_RUSSIA)
def test_ecb_months_agree_with_the_bank_of_russia(year: int) -> None:
    months = [ecb_month("RUB", year, month) for month in range(1, 13)]
    assert None not in months
    assert np.mean(np.array(months, dtype=float)) == pytest.approx(
        BANK_OF_RUSSIA[year], rel=RATE_TOLERANCE
    )


def test_rates_of_the_timeline(small: Case) -> None:
    assert small.rates.of("RUB").shape == small.timeline.months.shape
    np.testing.assert_array_equal(small.rates.of("USD"), 1)
    start, end = pd.Period("2018-01", freq="M"), pd.Period("2018-12", freq="M")
    assert small.rates.cross("RUB", "USD", start, end) == pytest.approx(62.71, rel=RATE_TOLERANCE)
    assert "ECB" in small.rates.source.at[start, "RUB"]


def test_own_rates_win_month_by_month(small: Case, tmp_path: Path) -> None:
    own = {"month": "2018-03", "currency": "RUB", "per_usd": "57.5", "source": "central bank"}
    rates = read(tmp_path, fx={"1": own}).rates
    march, april = pd.Period("2018-03", freq="M"), pd.Period("2018-04", freq="M")
    assert rates.per_usd.at[march, "RUB"] == 57.5
    assert rates.source.at[march, "RUB"] == "central bank"
    assert rates.per_usd.at[april, "RUB"] == small.rates.per_usd.at[april, "RUB"]


def test_own_rates_carry_a_currency_that_the_ecb_does_not(tmp_path: Path) -> None:
    money = ("payment", "declared_salary", "upkeep")
    months = pd.period_range("2017-01", "2018-12", freq="M")
    case = read(
        tmp_path,
        timeline={"hosts.russia.currency": "MNT"},
        evidence={name: {"unit": "MNT/month"} for name in ("payment", "declared")},
        priors={name: {"unit": "MNT/month"} for name in money},
        fx={
            str(month): {"month": month, "currency": "MNT", "per_usd": "2400", "source": "bank"}
            for month in months
        },
    )
    np.testing.assert_array_equal(case.rates.of("MNT"), 2400)


def test_ruble_of_march_2022_is_no_month() -> None:
    assert ecb_month("RUB", 2022, 2) is not None
    assert ecb_month("RUB", 2022, 3) is None
    assert ecb_month("RUB", 2022, 4) is None


def test_a_name_that_no_system_takes_is_told() -> None:
    with pytest.raises(CaseError, match="there is no such folder"):
        read_case("x" * 300)
