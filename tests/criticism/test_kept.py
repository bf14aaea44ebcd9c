"""Results that a run keeps: added to each other, in one order, and asked for one by one."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import model
from model.archive import store
from model.archive.check_result import CheckResult
from model.criticism.kept import checks_of_run, record, recorded
from model.criticism.suite import NotACheckError
from tests.calibration.test_study import ROOT
from tests.reports.runs import write_run


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "model.criticism", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def made_up(name: str, sentence: str = "So it is.") -> CheckResult:
    table = pd.DataFrame({"row": ["plan"], "p": [0.25]})
    return CheckResult(name, True, sentence, "Read so.", table)


def held(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def unchecked(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """A run of the small case that nothing has checked."""
    return write_run(tmp_path_factory.mktemp("kept") / "runs", tiny_folder)


@pytest.fixture
def folder(unchecked: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(unchecked.parent, tmp_path / "runs")) / unchecked.name


def test_results_are_added_to_those_that_the_run_has(folder: Path) -> None:
    record(folder, [made_up("held_out"), made_up("conflict")])
    record(folder, [made_up("leave_one_out")])
    record(folder, [made_up("conflict", "It is not so.")])
    names = ["conflict", "leave_one_out", "held_out"]
    assert [one.name for one in recorded(folder)] == names
    assert [one.sentence for one in recorded(folder)] == ["It is not so.", *["So it is."] * 2]
    assert recorded(folder)[0].table["p"].to_list() == [0.25]
    summary = store.read_summary(folder)["checks"]
    assert summary == {one.name: one.block() for one in recorded(folder)}
    assert list(summary) == names
    store.check_run(folder)
    record(folder, [made_up("as_of")], anew=True)
    assert [one.name for one in recorded(folder)] == ["as_of"]
    assert list(store.read_summary(folder)["checks"]) == ["as_of"]


def test_ended_before_it_is_written_nothing_is_added(folder: Path) -> None:
    def ended() -> None:
        raise KeyboardInterrupt

    record(folder, [made_up("conflict")])
    before = held(folder)
    with pytest.raises(KeyboardInterrupt):
        record(folder, [made_up("held_out")], ended)
    assert held(folder) == before


def test_a_run_of_several_hosts_has_a_check_more(folder: Path, small_world_run: Path) -> None:
    assert set(checks_of_run(small_world_run)) - set(checks_of_run(folder)) == {"without_host"}


def test_one_check_is_run_kept_and_read(folder: Path) -> None:
    runs = ["--runs", folder.parent]
    first = command(folder.name, *runs, "--only", "held_out")
    assert first.returncode == 0, first.stderr
    assert "(held_out)" in first.stdout
    kept = recorded(folder)
    assert [one.name for one in kept] == ["held_out"]
    both = ["--only", "held_out", "--only", "prior_predictive"]
    second = command(folder.name, *runs, *both, "--format", "json")
    assert list(json.loads(second.stdout)) == ["prior_predictive", "held_out"]
    before = held(folder)
    third = command(folder.name, *runs, *both)
    assert "Already checked" in third.stderr
    assert "(prior_predictive)" in third.stdout
    table = command(folder.name, *runs, "--show", "held_out", "--format", "csv")
    assert list(pd.read_csv(io.StringIO(table.stdout))["row"]) == list(kept[0].table["row"])
    assert held(folder) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "all"], "--only: there is no check 'all'; write one of: prior_predictive, "),
        (["--only", ""], "--only: there is no check ''; write one of"),
        (["--only", "without_host"], "--only: a case of one host has no check without_host"),
        (["--only", "as_of", "--only", "without_host"], "has no check without_host"),
        (["--show", "without_host"], "--show: a case of one host has no check without_host"),
        (["--only", "as_of", "--show", "conflict"], "--only conflict runs it alone"),
    ],
)
def test_what_there_is_not_is_refused_before_anything_is_run(
    unchecked: Path, arguments: list[str], said: str
) -> None:
    before = held(unchecked.parent)
    done = command(unchecked.name, "--runs", unchecked.parent, *arguments)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert done.stdout == ""
    assert held(unchecked.parent) == before


def test_a_table_that_a_partly_checked_run_lacks_is_not_made_unasked(folder: Path) -> None:
    record(folder, [made_up("held_out")])
    before = held(folder)
    done = command(folder.name, "--runs", folder.parent, "--show", "conflict")
    assert done.returncode == 2
    assert "the run has no check conflict; --only conflict runs it alone" in done.stderr
    assert held(folder) == before


def test_in_python_it_is_the_same(folder: Path) -> None:
    estimate = model.load(folder)
    (one,) = estimate.check(only="held_out")
    both = estimate.check(only=["held_out", "prior_predictive"])
    assert [found.name for found in both] == ["prior_predictive", "held_out"]
    assert both[1].content() == one.content()
    assert [found.name for found in recorded(folder)] == ["prior_predictive", "held_out"]
    record(folder, [made_up("held_out", "Made up.")])
    assert estimate.check(only="held_out")[0].sentence == "Made up."
    anew = estimate.check(only="held_out", fresh=True)
    assert anew[0].content() == one.content()
    assert [found.name for found in recorded(folder)] == ["prior_predictive", "held_out"]
    before = held(folder)
    with pytest.raises(NotACheckError, match="a case of one host has no check without_host"):
        estimate.check(only="without_host")
    assert held(folder) == before
