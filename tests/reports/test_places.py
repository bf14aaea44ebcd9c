"""The brief's table of places: largest first, groups last, numbers of the summary."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

from model.case.folders import BASELINE
from model.terminal.wording import three
from reports import places
from reports.figures.totals import host_titles
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue
from reports.world_brief import content
from tests.kinds import own_phases
from tests.reports.runs import write_run


@pytest.fixture
def grouped(two_host_run: SavedRun) -> SavedRun:
    """The run of two hosts with a named group of both."""
    run = copy.copy(two_host_run)
    summary = copy.deepcopy(two_host_run.summary)
    block = summary["scenarios"][BASELINE]["places"]
    block["asia"] = block["world"] = block["china"] | {"hosts": ["russia", "china"]}
    run.__dict__["summary"] = summary
    return run


def test_places_are_told_largest_first(two_host_run: SavedRun, english: Catalogue) -> None:
    found = places.block(two_host_run, english)
    assert found is not None
    told = two_host_run.summary["scenarios"][BASELINE]["places"]
    take = {name: one["annual"]["2018"]["state_take"]["usd"]["q50"] for name, one in told.items()}
    titles = {name: host["title"] for name, host in two_host_run.hosts.items()}
    order = sorted(take, key=lambda name: -take[name])
    assert [row[0] for row in found["rows"]] == [titles[name] for name in order]
    assert found["head"] == ["Place", "2018", "Share, %"]
    largest = found["rows"][0]
    numbers = three(told[order[0]]["annual"]["2018"]["state_take"]["usd"], 1e6)
    assert largest[1] == english.numbers.interval(*numbers)
    parts = [100 * one for one in three(told[order[0]]["share"]["2018"]["state_take"])]
    assert largest[2] == english.numbers.interval(*parts)


def test_a_group_comes_last_with_its_hosts(grouped: SavedRun, english: Catalogue) -> None:
    found = places.block(grouped, english)
    assert found is not None
    hosts = ", ".join(grouped.hosts[name]["title"] for name in ("russia", "china"))
    assert found["rows"][-1][0] == f"Asia: {hosts}"
    assert len(found["rows"]) == len(grouped.hosts) + 1  # the world is the sum, told elsewhere


def test_a_case_of_one_host_has_no_such_table(run: SavedRun, english: Catalogue) -> None:
    assert places.block(run, english) is None


def test_the_brief_of_several_hosts_has_the_table(
    two_host_run: SavedRun, english: Catalogue
) -> None:
    told = content(two_host_run, english)["places"]
    assert told == places.block(two_host_run, english)


def test_draws_of_hosts_with_phases_of_their_own(tmp_path: Path) -> None:
    own_phases(tmp_path / "case")
    run = SavedRun.open(write_run(tmp_path / "runs", tmp_path / "case"))
    for label in ("permit_inflow.banned", "china.permit_inflow.late", "china.vat_rate.low", "plan"):
        told = run.summary["quantities"][label]["posterior"]["q50"]
        assert float(np.median(run.quantity_draws[label])) == pytest.approx(told, rel=1e-6)


@pytest.mark.parametrize("language", ["en", "ko", "ru"])
def test_of_many_hosts_it_says_how_many(two_host_run: SavedRun, language: str) -> None:
    run, texts = copy.copy(two_host_run), catalogue(language)
    assert host_titles(run, texts) == "Russia, China"
    run.__dict__["hosts"] = {str(number): {"title": "X"} for number in range(9)}
    assert "9" in host_titles(run, texts)
    assert "X" not in host_titles(run, texts)
