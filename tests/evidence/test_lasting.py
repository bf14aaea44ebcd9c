"""Families in which a period resembles the one before, and arrivals that vary by quarter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.evidence.economy import Calendar, Layout, inflows_and_exits
from model.projection.horizon import extended
from tests.cases import write_case
from tests.kinds import uneven_arrivals

RATIO = {"p05": 0.5, "p95": 2.0, "unit": "1", "basis": "a guess for the tests"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return uneven_arrivals(tmp_path_factory.mktemp("uneven"))


def test_neighbours_correlate_and_margins_stay(case: Case) -> None:
    """The scores' correlation, from the linear map itself, is a power of the distance."""
    layout = Layout.of(case)
    root = layout.scores(np.eye(layout.size)).T
    expected = np.eye(layout.size)
    apart = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    for label, kept in (("", 0.6), ("china.", 0.2)):
        first = layout.index[f"{label}arrivals_ratio.2017q1"]
        expected[first : first + 8, first : first + 8] = kept**apart
    for label in ("", "china."):
        first = layout.index[f"{label}irregular_inflow.open"]
        expected[first : first + 2, first : first + 2] = [[1.0, 0.4], [0.4, 1.0]]
    np.testing.assert_allclose(root @ root.T, expected, atol=1e-12)


def test_a_quarters_ratio_multiplies_its_arrivals(case: Case) -> None:
    layout, calendar = Layout.of(case), Calendar.of(case)
    values = layout.by_family(layout.natural(np.random.default_rng(3).normal(size=layout.size)))
    even = {name: one for name, one in values.items() if name != "arrivals_ratio"}
    ratio = (
        inflows_and_exits(values, calendar)["permit_inflow"]
        / inflows_and_exits(even, calendar)["permit_inflow"]
    )
    by_quarter = values["arrivals_ratio"].reshape(2, 8)
    np.testing.assert_allclose(ratio, np.repeat(by_quarter, 3, axis=1), rtol=1e-12)


def test_months_past_the_data_keep_the_last_quarters_ratio(case: Case) -> None:
    longer = extended(case, pd.Period("2019-07", freq="M"))
    assert Layout.of(longer).labels == Layout.of(case).labels
    quarter = Calendar.of(longer).quarter
    assert (quarter[:, 24:] == quarter[:, [23]]).all()


def test_quarters_begin_where_the_data_begin(case: Case) -> None:
    timeline = case.timeline
    assert [one.name for one in timeline.stretches("quarter")][:2] == ["2017q1", "2017q2"]
    assert timeline.stretch_of_month("quarter").tolist() == [n for n in range(8) for _ in range(3)]


def test_a_timeline_may_begin_within_a_quarter(tmp_path: Path) -> None:
    start = {"start": "2016-11"}
    timeline = {
        **start,
        "phases": [{"name": "open", "because": "no ban yet"} | start],
        "tax_periods": [{"name": "before_2019", "because": "18% tax"} | start],
    }
    priors = {"arrivals_ratio": RATIO, "permit_inflow.banned": None}
    case = read_case(write_case(tmp_path, timeline=timeline, priors=priors))
    assert case.timeline.stretches("quarter")[0].name == "2016q4"
    assert case.timeline.stretch_of_month("quarter")[:3].tolist() == [0, 0, 1]


def test_without_the_table_arrivals_are_even(tiny: Case) -> None:
    assert not [label for label in Layout.of(tiny).labels if "arrivals_ratio" in label]
    assert not Layout.of(tiny).correlation.lasting


def faults_of(folder: Path, **changes: object) -> str:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(folder, **changes))
    return str(caught.value)


@pytest.mark.parametrize(
    ("priors", "told"),
    [
        ({"arrivals_ratio": RATIO | {"lasting": 1.0}}, "arrivals_ratio.lasting"),
        ({"arrivals_ratio": RATIO | {"lasting": -0.1}}, "arrivals_ratio.lasting"),
        (
            {"arrivals_ratio": RATIO, "arrivals_ratio.2017q2": RATIO | {"lasting": 0.5}},
            "it holds for all entries; write it in [arrivals_ratio]",
        ),
        (
            {"payment_growth": {"p05": 1.0, "p95": 1.2, "unit": "1", "basis": "a", "lasting": 0.5}},
            "payment_growth has no entries by time; remove it",
        ),
        ({"arrivals_ratio.2019q1": RATIO}, "there is no quarter '2019q1'"),
        ({"arrivals_ratio.2018q1": RATIO}, "[arrivals_ratio.2017q1]"),
    ],
)
def test_what_cannot_last_is_refused(priors: dict[str, object], told: str, tmp_path: Path) -> None:
    assert told in faults_of(tmp_path, priors=priors)


def test_one_host_alone_cannot_have_uneven_arrivals(tmp_path: Path) -> None:
    told = faults_of(tmp_path, two_hosts=True, priors={"china.arrivals_ratio": RATIO})
    assert "[arrivals_ratio.2017q1]" in told
