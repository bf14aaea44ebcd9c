"""Horizons by scenario: none changes another's numbers, and what is projected is apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.archive.run_files import run_files
from model.archive.summary import summary
from model.archive.under_scenarios import Results
from model.case.case import Case, read_case
from model.case.reader.scenarios import ScenarioReader
from model.projection.horizon import extended, random_walk
from tests.cases import write_case
from tests.reports.runs import DOUBLE, HALF, PASSED, prior_draws

LATER = HALF.replace("[[changes]]", 'horizon = "2023-06"\n[[changes]]', 1)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(write_case(tmp_path_factory.mktemp("horizons") / "case"))


def results(case: Case, folder: Path, **scenarios: str) -> Results:
    paths = []
    for name, text in scenarios.items():
        paths.append(folder / f"{name}.toml")
        paths[-1].write_text(text, encoding="utf-8")
    read = ScenarioReader(case).read(paths)
    return Results.of(case, prior_draws(case, 100), read, None, PASSED)


def test_no_scenarios_horizon_changes_another(case: Case, tmp_path: Path) -> None:
    alone = summary(results(case, tmp_path, double=DOUBLE))["scenarios"]
    beside = summary(results(case, tmp_path, double=DOUBLE, later=LATER))["scenarios"]
    assert beside["double"] == alone["double"]
    assert beside["double"]["at_stake"]["to"] == "2018-12"
    assert list(beside["double"]["annual"]) == ["2017", "2018"]
    # what happened goes on to the last horizon, and is the same as far as both go
    assert list(beside["baseline"]["annual"]) == [str(year) for year in range(2017, 2023)]
    assert alone["baseline"]["annual"].items() <= beside["baseline"]["annual"].items()


def test_tables_end_with_each_scenario(case: Case, tmp_path: Path) -> None:
    found = results(case, tmp_path, double=DOUBLE, later=LATER)
    files = run_files(found, summary(found))
    for name in ("revenue.csv", "workers.csv"):
        files[name](tmp_path / name)
        last = pd.read_csv(tmp_path / name).groupby("scenario")["month"].max()
        assert last.to_dict() == {"baseline": "2023-06", "double": "2018-12", "later": "2023-06"}


def test_what_is_projected_is_apart(case: Case, tmp_path: Path) -> None:
    found = results(case, tmp_path, later=LATER)
    stake: dict[str, Any] = summary(found)["scenarios"]["later"]["at_stake"]
    assert (stake["to"], stake["within_data"]["to"]) == ("2023-06", "2018-12")
    ours, theirs = found.projections["later"], found.projection
    for block, last in ((stake, "2023-06"), (stake["within_data"], "2018-12")):
        change = (ours.revenue_usd - theirs.revenue_usd).sel(definition="state_take").sum("host")
        months = change["month"].to_numpy()
        summed = change.isel(month=(months >= "2018-01") & (months <= last)).sum("month")
        assert block["state_take"]["usd"]["q50"] == pytest.approx(
            float(np.median(summed.to_numpy())), rel=1e-6
        )


def test_paths_of_a_horizon_begin_those_of_a_later_one(case: Case) -> None:
    walks = []
    for end in ("2029-06", "2031-12"):
        walks.append(random_walk(extended(case, pd.Period(end, "M")), 50, seed=3))
    for currency, walk in walks[0].items():
        assert np.any(walk != 0.0)
        np.testing.assert_array_equal(walks[1][currency][:, : walk.shape[1]], walk)
