"""Runs have names: given ones, which move and go with the run, and ``latest``."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from model import estimate
from model.archive import store
from model.archive.__main__ import app
from model.archive.drafts import discard
from model.archive.naming import (
    LATEST,
    NAMES,
    NoSuchRunError,
    fault_in_run_name,
    give,
    named_run,
    run_names,
)
from tests.on_disk import NEW, OLD, RUN, add, write

OTHER = "case-00000000000f"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A folder of two runs, of which ``OTHER`` is the newer."""
    write(tmp_path, OLD)
    write(tmp_path, NEW, OTHER)
    then = time.time() - 60
    os.utime(tmp_path / RUN / store.MANIFEST, (then, then))
    return tmp_path


def prune(output: Path, *arguments: str) -> list[str]:
    done = CliRunner().invoke(app, ["prune", "--runs", str(output), *arguments])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_a_name_is_one_run_s_and_moves(two: Path) -> None:
    before = (two / RUN / store.MANIFEST).read_bytes()
    assert give("base", two / RUN) == ""
    assert give("first", two / RUN) == ""
    assert named_run("base", two) == named_run("first", two) == two / RUN
    assert run_names(two) == {RUN: ["base", "first"]}
    assert give("base", two / RUN) == ""
    assert give("base", two / OTHER) == RUN
    assert run_names(two) == {RUN: ["first"], OTHER: ["base"]}
    # no part of the run: not a byte of it has changed, and it still has its place
    assert (two / RUN / store.MANIFEST).read_bytes() == before
    assert [one.name for one in store.run_folders(two)] == sorted([RUN, OTHER])
    assert sorted(path.name for path in (two / NAMES).iterdir()) == ["base", "first"]


def test_a_given_name_goes_before_the_start_of_another(two: Path) -> None:
    with pytest.raises(NoSuchRunError, match="names 2 runs"):
        named_run("case", two)
    give("case", two / OTHER)
    assert named_run("case", two) == two / OTHER
    assert named_run(RUN, two) == two / RUN
    with pytest.raises(NoSuchRunError, match=f"write one of: case, {RUN}, {OTHER}"):
        named_run("nothing", two)


def test_latest_is_the_run_written_or_added_to_last(two: Path) -> None:
    assert named_run(LATEST, two) == two / OTHER
    add(two, RUN)
    assert named_run(LATEST, two) == two / RUN
    with pytest.raises(NoSuchRunError, match="there is no run 'latest'"):
        named_run(LATEST, two / "empty")


@pytest.mark.parametrize("content", [b"", b"../x-0123456789ab\n", b"\xff", b"case\n", b"x" * 9999])
def test_a_name_that_leads_nowhere_is_none(two: Path, content: bytes) -> None:
    (two / "x-0123456789ab").mkdir()
    (two / "inner" / NAMES).mkdir(parents=True)
    (two / "inner" / NAMES / "odd").write_bytes(content)
    assert run_names(two / "inner") == {}
    with pytest.raises(NoSuchRunError):
        named_run("odd", two / "inner")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../a", "a/b", "-a", ".a", "a.", "a b", "latest", "é", "a\n", "a" * 65, RUN],
)
def test_a_bad_name_estimates_nothing(name: str, tmp_path: Path) -> None:
    assert fault_in_run_name(name)
    done = CliRunner().invoke(estimate.app, [f"--name={name}", "--runs", str(tmp_path / "runs")])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("--name: ")
    assert done.stderr.endswith("nothing was estimated\n")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_cannot_be_written_estimates_nothing(tmp_path: Path) -> None:
    (tmp_path / NAMES).write_text("somebody's")
    done = CliRunner().invoke(estimate.app, ["--name=base", "--runs", str(tmp_path)])
    assert done.exit_code == 2
    assert "--name" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [NAMES]


def test_a_name_goes_with_its_run(two: Path) -> None:
    give("old", two / RUN)
    give("new", two / OTHER)
    lines = prune(two, "--keep", "1", "--dry-run")
    assert lines == [
        f"would remove {RUN}: older than the newest 1",
        f"would remove the name old: that of {RUN}",
    ]
    assert run_names(two) == {RUN: ["old"], OTHER: ["new"]}
    assert prune(two, "--keep", "1") == [line.replace("would remove", "removed") for line in lines]
    assert [path.name for path in (two / NAMES).iterdir()] == ["new"]
    write(two, OLD)
    assert run_names(two) == {OTHER: ["new"]}


def test_a_name_left_over_goes_and_others_files_stay(two: Path) -> None:
    give("mine", two / RUN)
    discard(two / RUN)
    for name in (".draft-mine-01234567", ".draft-thesis", "notes on names.txt"):
        path = two / NAMES / name
        path.touch()
        os.utime(path, (0, 0))
    assert prune(two) == [
        "removed .draft-mine-01234567: draft of a writer that was killed",
        f"removed the name mine: that of {RUN}",
    ]
    left = {path.name for path in (two / NAMES).iterdir()}
    assert left == {".draft-thesis", "notes on names.txt"}
