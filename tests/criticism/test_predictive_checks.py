"""Predictive checks against closed forms."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from model.archive.check_result import CheckResult
from model.calibration.self_test import ASKED
from model.case.case import Case
from model.criticism.predictive_checks import DRAWS, posterior_predictive, prior_predictive
from model.evidence.synthesis import synthesis
from model.projection.prediction import fitted_rows
from model.sampling.fitting import Posterior
from model.sampling.whatif import left_out
from tests.criticism.test_conflict import asked_case

#: Standard error of a tail probability by so many draws, four times.
NEAR = 4 * math.sqrt(0.25 / DRAWS)


@pytest.mark.parametrize("figure", [2.0, 5.0, 9.0, 60.0])
def test_the_prior_predictive_is_the_closed_one(tmp_path: Path, figure: float) -> None:
    case = asked_case(tmp_path, {"one": figure})
    parts = synthesis(case)
    result = prior_predictive(case, parts, seed=1)
    row = result.table.set_index("row").loc["one"]
    place = parts.layout.index[ASKED]
    deviation = math.hypot(parts.layout.scale[place], parts.evidence.error[0])
    centre = parts.layout.location[place]
    score = (math.log(figure) - centre) / deviation
    assert row["p"] == pytest.approx(2 * norm.sf(abs(score)), abs=NEAR)
    assert row["observed"] == pytest.approx(figure)
    for name, score in (("q05", -1.645), ("q50", 0.0), ("q95", 1.645)):
        assert math.log(row[name]) == pytest.approx(centre + score * deviation, abs=0.05)
    assert result.passed is (figure < 60.0)
    assert ("exclude one" in result.sentence) is (figure == 60.0)


def test_rows_that_weigh_nothing_are_left_out(tmp_path: Path) -> None:
    case = asked_case(tmp_path, {"one": 3.0, "two": 500.0})
    parts = synthesis(case)
    assert prior_predictive(case, parts, seed=1).passed is False
    weight = np.array([1.0, 0.0])
    quiet = replace(parts, evidence=replace(parts.evidence, weight=weight))
    result = prior_predictive(case, quiet, seed=1)
    assert result.passed is True
    assert "two" not in set(result.table["row"])


def test_the_headline_is_told_by_the_priors(tmp_path: Path) -> None:
    case = asked_case(tmp_path, {"one": 3.0})
    table = prior_predictive(case, synthesis(case), seed=1).table.set_index("row")
    take = table.loc["state_take of 2017"]
    assert take["q05"] < take["q50"] < take["q95"]
    assert table.loc["plan_collected of 2017", "q05"] > 0
    assert table.loc["billings of 2017", "nothing"] == 0.0


def test_a_row_left_out_of_the_fit_is_told_to_weigh_nothing(
    tiny: Case, tiny_posterior: Posterior
) -> None:
    whole = tiny_posterior.parts
    parts = left_out(whole, tiny, ["plan"])
    given = tiny, whole.layout, tiny_posterior.draws, 1
    found = fitted_rows(*given, parts.evidence, tiny_posterior.error_sizes)
    assert found["plan"]["weight"] == 0.0
    assert found["payment"]["weight"] == 1.0
    assert "plan" not in set(posterior_predictive(found).table["row"])
    before = fitted_rows(*given, whole.evidence, tiny_posterior.error_sizes)
    assert before["plan"]["weight"] == 1.0
    assert before["plan"]["predicted"] == found["plan"]["predicted"]


def rows(*surprises: float) -> dict[str, Any]:
    """The block ``evidence`` of a summary, with so surprising rows."""
    numbers = {"q50": 1.0, "q05": 0.5, "q95": 2.0}
    return {
        f"row_{place}": {
            "unit": "1", "observed": 1.0, "predicted": numbers, "surprise": one, "weight": 1.0
        }
        for place, one in enumerate(surprises)
    }  # fmt: skip


def test_the_posterior_predictive_counts_its_rows() -> None:
    good = posterior_predictive(rows(0.1, 0.5, 0.93, 0.2))
    assert good.passed
    assert "1 row lies outside" in good.sentence
    assert "row_2" in good.sentence
    assert list(good.table["p"]) == pytest.approx([0.9, 0.5, 0.07, 0.8])
    bad = posterior_predictive(rows(0.1, 0.5, 0.995, 0.2))
    assert not bad.passed
    # among two hundred rows one so surprising is chance
    assert posterior_predictive(rows(*[0.5] * 200, 0.995)).passed


def test_a_result_survives_json(tmp_path: Path) -> None:
    case = asked_case(tmp_path, {"one": 3.0})
    result = prior_predictive(case, synthesis(case), seed=1)
    again = CheckResult.of(result.name, result.content())
    assert again.block() == result.block()
    assert again.reading == result.reading
    assert list(again.table["row"]) == list(result.table["row"])
    assert again.table["q50"].to_numpy() == pytest.approx(result.table["q50"].to_numpy(), rel=1e-7)
    assert result.verdict == "passed"
    assert replace(result, passed=None).verdict == "reported"
    assert replace(result, passed=False).verdict == "FAILED"
