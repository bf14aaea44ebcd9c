"""Ratios that are one for all dates and vary: what they add to errors, shared by nobody."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.evidence.likelihood import recounted
from model.evidence.synthesis import log_quantities, row_densities, synthesis
from tests.cases import row, write_case

#: Of the grade of ``row``: B2.
GRADED = math.hypot(0.08, 0.08)
VARIES = {"quota_use": 0.2, "basis": "Judgement."}


def quotas(folder: Path, **reading: object) -> Case:
    """Two quotas and a change of one register, and a count that no ratio reads."""
    told = {"errors.letter_sd": 0.0, "errors.off_share": 0.0} | reading

    def exact(quantity: str, month: str, unit: str, value: float, **more: str) -> dict[str, object]:
        return row(quantity, month, month, "exact", unit, value=value, **more)

    rows = {
        "first": exact("quota", "2018-01", "persons", 9_000, origin="law"),
        "second": exact("quota", "2018-04", "persons", 5_000, origin="law"),
        "fall": exact("quota", "2018-06", "percent", 70, base="quota@2018-01"),
        "stock": exact("permitted", "2018-03", "persons", 4_000),
    }
    return read_case(write_case(folder, evidence=rows, reading=told))


def test_it_is_added_to_the_rows_read_by_the_ratio_alone(tmp_path: Path) -> None:
    said = synthesis(quotas(tmp_path, varies=VARIES)).evidence
    found = dict(zip(said.ids, said.error, strict=True))
    assert found["first"] == pytest.approx(math.hypot(GRADED, 0.2))
    assert found["second"] == pytest.approx(math.hypot(GRADED, 0.2))
    assert found["fall"] == pytest.approx(math.hypot(GRADED, math.sqrt(2.0) * 0.2))
    assert found["stock"] == pytest.approx(GRADED)


def test_an_origin_does_not_share_it(tmp_path: Path) -> None:
    case = quotas(tmp_path / "varies", varies=VARIES)
    said, plain = synthesis(case).evidence, synthesis(quotas(tmp_path / "plain")).evidence
    np.testing.assert_allclose(said.shared_error, plain.shared_error)
    assert (said.shared_error != 0.0).sum() == 2
    own = [said.ids.index(name) for name in ("first", "second")]
    before = [plain.ids.index(name) for name in ("first", "second")]
    np.testing.assert_allclose(said.own_error[own] ** 2, plain.own_error[before] ** 2 + 0.2**2)
    again = recounted(case, said, said.weight > 0.0)
    np.testing.assert_allclose(again.shared_error, said.shared_error)


def test_the_density_is_scipys(tmp_path: Path) -> None:
    parts = synthesis(quotas(tmp_path, varies=VARIES))
    said = parts.evidence
    normals = 0.3 * np.random.default_rng(4).normal(size=parts.size)
    centre = log_quantities(parts, normals)
    _, shared, *_ = parts.errors(normals)
    error = np.array([math.hypot(GRADED, 0.2 * times) for times in (1, 1, math.sqrt(2.0), 0)])
    places = [said.ids.index(name) for name in ("first", "second", "fall", "stock")]
    common = math.sqrt(0.8) * GRADED * np.array([shared[0], shared[0], 0.0, 0.0])
    own = np.sqrt(error**2 - np.array([0.8, 0.8, 0.0, 0.0]) * GRADED**2)
    expected = stats.norm(centre[places] + common, own).logpdf(said.log_figure[places])
    np.testing.assert_allclose(row_densities(parts, normals, centre)[places], expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"quotas": 0.2, "basis": "Judgement."}, "quotas"),
        ({"quota_use": -0.2, "basis": "Judgement."}, "quota_use"),
        ({"quota_use": 0.2}, "basis"),
    ],
)
def test_a_table_that_says_nothing_usable_is_reported(
    table: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CaseError, match=rf"reading\.toml.*varies.*{message}"):
        quotas(tmp_path, varies=table)
