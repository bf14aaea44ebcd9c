"""A host cut into phases of its own: months, tax and labels against loops over its months."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.case import Case, CaseError, read_case
from model.case.completion import names_in
from model.evidence.economy import Calendar, Cells, Layout, workers
from model.evidence.economy import items as items_of
from model.projection.horizon import extended
from tests.cases import write_case
from tests.kinds import own_phases

EARLY = {"name": "early", "start": "2017-01", "because": "no ban yet"}
LATE = {"name": "late", "start": "2018-03", "because": "a guess"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return own_phases(tmp_path_factory.mktemp("own") / "case")


@pytest.fixture(scope="module")
def layout(case: Case) -> Layout:
    return Layout.of(case)


@pytest.fixture(scope="module")
def natural(layout: Layout) -> np.ndarray:
    return layout.natural(np.random.default_rng(8).normal(size=layout.size))


def test_each_hosts_stock_follows_its_own_phases(
    case: Case, layout: Layout, natural: np.ndarray
) -> None:
    force = workers(layout.by_family(natural), Calendar.of(case))
    value = dict(zip(layout.labels, natural, strict=True))
    cuts = {
        "russia": ("", [("2017-01", "open"), ("2017-10", "banned")]),
        "china": ("china.", [("2017-01", "early"), ("2017-05", "middle"), ("2018-09", "late")]),
    }
    for place, (prefix, phases) in enumerate(cuts.values()):
        stock = value[f"{prefix}permitted_at_start"]
        for month, when in enumerate(case.timeline.months):
            name = [name for start, name in phases if str(when) >= start][-1]
            stock *= np.exp(-value[f"{prefix}permit_exit.{name}"])
            stock += value[f"{prefix}permit_inflow.{name}"]
            np.testing.assert_allclose(force.permitted[place, month], stock, rtol=1e-12)


def test_tax_follows_each_hosts_own_periods(
    case: Case, layout: Layout, natural: np.ndarray
) -> None:
    values, value = layout.by_family(natural), dict(zip(layout.labels, natural, strict=True))
    monthly = items_of(values, Cells.monthly(case))["vat_rate"]
    for column, segment in enumerate(case.segments):
        for month, when in enumerate(case.timeline.months):
            label = "vat_rate.before_2019"
            if segment.host == "china":
                label = f"china.vat_rate.{'low' if str(when) >= '2018-05' else 'high'}"
            np.testing.assert_allclose(monthly[month, column], value[label], rtol=1e-12)
    china = [segment.host for segment in case.segments].index("china")
    ends = (np.array([14]), np.array([17]))  # March to June 2018, half of them before May
    window = items_of(values, Cells.windows(case, *ends, np.array([china])))["vat_rate"]
    mean = (value["china.vat_rate.high"] + value["china.vat_rate.low"]) / 2
    np.testing.assert_allclose(window, mean, rtol=1e-12)


def test_labels_name_the_host_where_entries_differ(case: Case, layout: Layout) -> None:
    labels = case.timeline.labels(["russia", "china"])
    assert labels["host_tax_period"] == ["russia.before_2019", "china.high", "china.low"]
    assert labels["host_phase"][-1] == "china.late"
    assert "phase" not in labels
    assert labels["quarter"][0] == "2017q1"
    assert layout.dims("vat_rate", 2) == (("host_tax_period",), (-1,))
    assert layout.dims("irregular_exit", 2) == (("host",), (-1,))


def test_months_past_the_data_keep_the_hosts_last_phase(case: Case) -> None:
    phase = Calendar.of(extended(case, pd.Period("2019-06", freq="M"))).phase
    assert (phase[:, 24:] == phase[:, [23]]).all()
    assert phase[:, -1].tolist() == [1, 4]


def test_without_phases_of_its_own_a_host_has_the_cases(tmp_path: Path) -> None:
    timeline = {"hosts.china.irregular_phases": [EARLY, LATE]}
    timeline = read_case(write_case(tmp_path, two_hosts=True, timeline=timeline)).timeline
    assert timeline.stretches("phase", "china") == timeline.stretches("phase")
    assert [one.name for one in timeline.stretches("irregular_phase", "china")] == ["early", "late"]
    assert [one.name for one in timeline.stretches("irregular_phase")] == ["open", "banned"]


@pytest.mark.parametrize(
    ("keys", "column", "said"),
    [
        ({"phases": [LATE]}, "hosts.china.phases[1].start", "the first starts in 2018-03"),
        (
            {"tax_periods": [EARLY, LATE | {"name": "early"}]},
            "hosts.china.tax_periods[2].name",
            "occurs twice",
        ),
        (
            {"irregular_phases": [EARLY, LATE | {"start": "2019-02"}]},
            "hosts.china.irregular_phases[2].start",
            "outside the timeline",
        ),
    ],
)
def test_phases_of_a_host_cover_the_timeline(
    tmp_path: Path, keys: dict[str, object], column: str, said: str
) -> None:
    timeline = {f"hosts.china.{key}": stretches for key, stretches in keys.items()}
    with pytest.raises(CaseError) as caught:
        read_case(write_case(tmp_path, two_hosts=True, timeline=timeline))
    assert any(one.column == column and said in one.message for one in caught.value.faults)


def test_a_shell_completes_the_hosts_own_phases(case: Case, layout: Layout) -> None:
    assert set(names_in(case.folder, "quantities")) == set(layout.labels)


def test_a_phase_of_another_host_is_not_its_own(tmp_path: Path) -> None:
    timeline = {"hosts.china.phases": [EARLY, LATE]}
    priors = {
        "china.permit_inflow.open": None,
        "china.permit_exit.banned": {"p05": 0.1, "p95": 0.2, "unit": "1/month", "basis": "a guess"},
    }
    with pytest.raises(CaseError, match=r"there is no phase 'banned'; write one of early, late"):
        read_case(write_case(tmp_path, two_hosts=True, timeline=timeline, priors=priors))
