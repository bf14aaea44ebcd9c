"""Runs on disk appear whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.archive import store
from model.archive.drafts import copied
from model.archive.keys import fit_key, run_key, run_name
from model.archive.naming import named_run
from model.archive.placing import locked
from model.archive.store import check_writable, write_json, write_run
from model.case.scaffold import new_case
from model.question import SamplerOptions, WhatIf
from reports.typesetting import write_file
from tests.on_disk import COUNT, NEW, OLD, RUN, add, numbers, write

ROOT = Path(__file__).parents[2]


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


def test_json_keeps_a_text_that_acts_as_its_escapes(tmp_path: Path) -> None:
    content = {"title": "\x9b2J\u202egpj\u2028"}
    for write_it in (write_json, store.replace_json):
        write_it(tmp_path / "a.json", content)
        text = (tmp_path / "a.json").read_text(encoding="utf-8")
        assert r"\u009b2J\u202egpj\u2028" in text
        assert json.loads(text) == content


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


# What else lies in a run's folder


def test_other_files_stay_when_a_run_is_added_to_or_replaced(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    folder = tmp_path / RUN
    (folder / "report").mkdir()
    (folder / "report" / "brief.pdf").write_bytes(b"made before")
    (folder / "notes.txt").write_text("mine")
    add(tmp_path)
    (folder / "a.txt").write_text("damaged")
    (folder / "inputs" / "more.txt").write_text("also mine")
    (folder / "link").symlink_to("notes.txt")
    write(tmp_path, NEW)
    assert numbers(folder) == (NEW, {NEW}, 0)
    assert (folder / "report" / "brief.pdf").read_bytes() == b"made before"
    assert (folder / "notes.txt").read_text() == "mine"
    # among the inputs, it would be taken for one
    assert not (folder / "inputs" / "more.txt").exists()
    assert (folder / "others" / "inputs" / "more.txt").read_text() == "also mine"
    # what was added to the former run, and links, are not kept
    assert not (folder / COUNT).exists()
    assert not (folder / "link").is_symlink()


def test_a_report_written_while_a_run_is_added_to_stays(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    late = tmp_path / RUN / "report" / "annex.pdf"

    def write_late() -> None:
        late.parent.mkdir()
        late.write_bytes(b"made meanwhile")

    store.add_to_run(tmp_path / RUN, {}, write_late)
    assert late.read_bytes() == b"made meanwhile"
    assert list(tmp_path.iterdir()) == [tmp_path / RUN]


def test_links_in_a_run_are_neither_followed_nor_written_through(tmp_path: Path) -> None:
    output, secret, folders = tmp_path / "runs", tmp_path / "secret", tmp_path / "folders"
    secret.write_text("secret")
    folders.mkdir()
    (folders / "file").write_text("secret")
    write(output, OLD)
    folder = output / RUN
    links = {"x": secret, "y": folders, store.CHECKS: secret, "z": tmp_path / "nowhere"}
    for name, target in links.items():
        (folder / name).symlink_to(target)
    copy = tmp_path / "copy"
    copy.mkdir()
    copied(folder, copy)
    for name, target in links.items():
        assert os.readlink(copy / name) == str(target)
    with contextlib.suppress(store.DamagedRunError):
        store.add_to_run(folder, {store.CHECKS: lambda path: path.write_text("{}")})
    write(output, NEW)
    assert numbers(folder) == (NEW, {NEW}, 0)
    assert secret.read_text() == "secret"
    assert [path.name for path in folders.iterdir()] == ["file"]
    assert {path.name for path in tmp_path.iterdir()} == {"runs", "secret", "folders", "copy"}


def test_a_link_in_a_run_s_place_is_replaced_and_what_it_names_stays(tmp_path: Path) -> None:
    elsewhere, output = tmp_path / "elsewhere", tmp_path / "runs"
    write(elsewhere, OLD)
    (elsewhere / RUN / "notes.txt").write_text("mine")
    output.mkdir()
    (output / RUN).symlink_to(elsewhere / RUN)
    # a run may be read, and added to, by a link to it
    add(output)
    assert (output / RUN).is_symlink()
    assert numbers(elsewhere / RUN) == (OLD + 1, {OLD}, 1)
    write(output, NEW)
    assert not (output / RUN).is_symlink()
    assert numbers(output / RUN) == (NEW, {NEW}, 0)
    assert numbers(elsewhere / RUN) == (OLD + 1, {OLD}, 1)
    assert (elsewhere / RUN / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_pipe_in_a_run_is_said_not_read(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    os.mkfifo(tmp_path / RUN / "pipe")
    (tmp_path / "copy").mkdir()
    with pytest.raises(OSError, match="pipe is neither a file nor a folder"):
        copied(tmp_path / RUN, tmp_path / "copy")
    with pytest.raises((OSError, store.DamagedRunError), match="pipe is n"):
        add(tmp_path)
    write(tmp_path, NEW)
    assert numbers(tmp_path / RUN) == (NEW, {NEW}, 0)


# Permissions


@pytest.fixture(params=[0o022, 0o077, 0o002, 0o027], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    former = os.umask(request.param)
    yield request.param
    os.umask(former)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_permissions_are_the_user_s_own(tmp_path: Path, umask: int) -> None:
    output = tmp_path / "new" / "runs"

    def permissions() -> set[tuple[bool, int]]:
        paths = [output, *output.rglob("*")]
        assert len(paths) > 5
        return {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in paths}

    expected = {(True, 0o777 & ~umask), (False, 0o666 & ~umask)}
    write(output, OLD)
    assert permissions() == expected
    add(output)
    assert permissions() == expected
    store.replace_json(output / store.CALIBRATIONS / "case" / store.CALIBRATION, {})
    write_file(output / RUN / "report" / "brief.pdf", b"")
    new_case(output / "case")
    assert permissions() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_permissions_that_a_run_was_given_stay(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    for path, mode in ((tmp_path / RUN, 0o2750), (tmp_path / RUN / "a.txt", 0o600)):
        path.chmod(mode)
    add(tmp_path)
    assert stat.S_IMODE((tmp_path / RUN).stat().st_mode) == 0o2750
    assert stat.S_IMODE((tmp_path / RUN / "a.txt").stat().st_mode) == 0o600


# Side by side


@pytest.mark.skipif(sys.platform == "win32", reason="files have no locks there")
def test_a_lock_is_one_process_s_and_ends_with_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from model.archive.placing import locked\n"
        "with locked(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("model.archive.placing.PATIENCE", 0.0)
        with pytest.raises(TimeoutError, match="another process has been writing"):
            write(tmp_path, OLD)
    holder.kill()
    holder.communicate()
    write(tmp_path, OLD)
    assert numbers(tmp_path / RUN) == (OLD, {OLD}, 0)
    with locked(tmp_path):
        # readers do not wait for a writer
        assert numbers(tmp_path / RUN) == (OLD, {OLD}, 0)
        assert list(store.run_folders(tmp_path)) == [tmp_path / RUN]
    assert list(tmp_path.iterdir()) == [tmp_path / RUN]


def test_a_run_replaced_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    read: list[int] = []

    @store.one_run
    def both(folder: Path) -> list[str]:
        first = (folder / "a.txt").read_text().split()[0]
        if len(read) < 3:
            # a freed folder's number on the disk may be given to the next: not here
            write(tmp_path, NEW + len(read) % 2)
            write(tmp_path, NEW + 1 - len(read) % 2)
        read.append(1)
        return [first, (folder / "inputs" / "b.txt").read_text().split()[0]]

    assert both(tmp_path / RUN) == ["3", "3"] or both(tmp_path / RUN) == ["2", "2"]
    assert len(read) > 3


def test_what_is_damaged_is_said_at_once(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / RUN / "a.txt").write_text("damaged")
    asked: list[Path] = []

    @store.one_run
    def read(folder: Path) -> object:
        asked.append(folder)
        return store.check_run(folder)

    with pytest.raises(store.DamagedRunError, match=r"a\.txt was changed"):
        read(tmp_path / RUN)
    assert len(asked) == 1
    assert not store.there(tmp_path / "nothing")
    with pytest.raises(store.DamagedRunError, match="cannot be read"):
        store.check_run(tmp_path / "nothing")


# Names


@pytest.mark.parametrize("name", [".case", "...", "-case", ".draft-case", "..-.x", "calibrations"])
def test_a_run_is_listed_whatever_its_case_is_called(name: str) -> None:
    run = run_name(name, "0123456789ab")
    assert run[0] not in ".-"
    assert run != store.CALIBRATIONS
    assert run.endswith("-0123456789ab")


def test_hidden_runs_of_older_programs_are_listed(tmp_path: Path) -> None:
    hidden = ".case-0123456789ab"
    write(tmp_path, OLD, hidden)
    for name in (".git", ".draft-x-01234567", ".former-x", ".former-"):
        (tmp_path / name).mkdir()
    assert list(store.run_folders(tmp_path)) == [tmp_path / hidden]
    assert named_run(hidden, tmp_path) == tmp_path / hidden
