"""Runs on disk appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model.archive.keys import fit_key, run_key
from model.archive.store import check_writable, write_json, write_run
from model.question import SamplerOptions, WhatIf


def test_a_run_appears_whole(tmp_path: Path) -> None:
    target = write_run(tmp_path / "runs", "one", {"a.json": lambda p: write_json(p, {"x": 1})})
    assert (target / "a.json").read_text() == '{\n "x": 1\n}\n'
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["one"]


def test_a_failing_writer_leaves_nothing(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half of it")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_run(tmp_path, "one", {"a": lambda p: p.write_text("whole"), "b": fail})
    assert not list(tmp_path.iterdir())


def test_a_former_run_is_replaced_or_stays(tmp_path: Path) -> None:
    write_run(tmp_path, "one", {"a": lambda p: p.write_text("old"), "b": lambda p: p.touch()})
    write_run(tmp_path, "one", {"a": lambda p: p.write_text("new")})
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["a"]
    assert (tmp_path / "one" / "a").read_text() == "new"

    def fail(path: Path) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_run(tmp_path, "one", {"a": fail})
    assert (tmp_path / "one" / "a").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_json_refuses_what_json_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "a.json", {"x": float("nan")})


def test_key_follows_all_that_changes_numbers_and_nothing_else() -> None:
    options, plain = SamplerOptions(), WhatIf()
    key = fit_key({"a.csv": "1"}, plain, options)
    assert fit_key({"a.csv": "1"}, plain, SamplerOptions(cores=1)) == key
    assert fit_key({"a.csv": "2"}, plain, options) != key
    assert fit_key({"a.csv": "1"}, plain, SamplerOptions(seed=1)) != key
    assert fit_key({"a.csv": "1"}, WhatIf(without=("plan",)), options) != key
    run = run_key(key, {}, "")
    assert len({run, run_key(key, {"a": "1"}, ""), run_key(key, {"a": "2"}, ""),
                run_key(key, {}, "2021-12")}) == 4  # fmt: skip


def test_interrupted_between_the_two_moves_the_former_run_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(tmp_path, "one", {"a": lambda p: p.write_text("old")})
    replace, calls = os.replace, []

    def interrupted(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_run(tmp_path, "one", {"a": lambda p: p.write_text("new")})
    assert (tmp_path / "one" / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_two_writers_of_one_run_both_succeed(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def write(number: int) -> Path:
        return write_run(tmp_path, "one", {"a": lambda p: p.write_text(str(number))})

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(write, range(100))) == {tmp_path / "one"}
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_what_is_raised_before_publishing_leaves_nothing(tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_run(tmp_path, "one", {"a": lambda p: p.write_text("whole")}, stop)
    assert not list(tmp_path.iterdir())


def test_checking_a_folder_leaves_no_trace(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "runs", "one")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Not a directory"):
        check_writable(tmp_path / "file" / "runs", "one")
