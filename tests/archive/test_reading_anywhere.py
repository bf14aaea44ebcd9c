"""Runs are read where files have no locks, nothing may be written and others leave files behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model.archive import store
from model.archive.comparison import changed_inputs
from model.archive.plain_netcdf import read_group, read_tree
from model.case.case import read_case
from model.case.folders import scenario_names
from model.terminal.version import source_hash
from tests.cases import write_case
from tests.reports.runs import write_run, write_scenarios

#: What a Mac, LibreOffice, Emacs and a network drive leave beside a file.
LEFT = ("._{}", ".~lock.{}#", ".#{}", ".nfs0001{}", ".{}.swp")
JUNK = b"\x00\x05\x16\x07\xff\xfe Mac OS X"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("anywhere")
    folder = write_case(base / "case")
    return write_run(base / "runs", folder, write_scenarios(folder / "scenarios"))


def litter(folder: Path) -> None:
    """Leave hidden files beside every file, and a dangling link, as Emacs does."""
    for path in [one for one in folder.rglob("*") if one.is_file()]:
        for name in LEFT:
            path.with_name(name.format(path.name)).write_bytes(JUNK)
        path.with_name(f".link-{path.name}").symlink_to("nobody@nowhere.1234")
    (folder / ".DS_Store").write_bytes(JUNK)
    (folder / ".Trashes").mkdir()
    (folder / ".Trashes" / "evidence.csv").write_bytes(JUNK)


def test_hidden_files_are_no_inputs(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    write_scenarios(folder / "scenarios")
    before, names = read_case(folder), scenario_names(folder)
    litter(folder)
    assert scenario_names(folder) == names
    after = read_case(folder)
    assert (after.files, after.warnings) == (before.files, before.warnings)


def test_hidden_files_do_not_damage_a_run(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "runs" / run.name
    shutil.copytree(run, copy)
    litter(copy)
    assert store.read_run(copy) == store.read_run(run)
    assert [one.name for one in store.run_folders(copy.parent)] == [run.name]
    assert changed_inputs(run / "inputs", copy / "inputs") == []


def test_other_files_among_the_inputs_still_damage_a_run(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / run.name
    shutil.copytree(run, copy)
    (copy / "inputs" / "fx.csv").write_bytes(JUNK)
    with pytest.raises(store.DamagedRunError, match=r"fx\.csv is not a file of the run"):
        store.check_run(copy)


def test_a_shadow_of_a_module_is_not_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.terminal.version.SOURCE", tmp_path / "model")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "one.py").write_text("one = 1")
    before = source_hash()
    (tmp_path / "model" / "._one.py").write_bytes(JUNK)
    assert source_hash() == before
    (tmp_path / "model" / "two.py").write_text("two = 2")
    assert source_hash() != before


# Locks

HOLDER = """
import sys, h5py
with h5py.File(sys.argv[1], "r+", locking=True) as file:
    print("held", flush=True)
    sys.stdin.read()
"""


def test_draws_are_read_while_another_process_has_locked_them(run: Path) -> None:
    path = run / store.POSTERIOR
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdin is not None
        try:
            assert holder.stdout.readline() == "held\n"
            # the lock is one that HDF5 itself does not pass
            plain = "import sys, h5py; h5py.File(sys.argv[1], 'r', locking=True)"
            done = subprocess.run(
                [sys.executable, "-c", plain, path], capture_output=True, text=True, check=False
            )
            assert "lock" in done.stderr
            assert "normals" in read_group(path, "unconstrained")
            assert "revenue" in read_tree(path).children
        finally:
            holder.stdin.close()


#: Fails at any call that opens a file for writing, or locks one.
READER = """
import os, sys
import fcntl
from pathlib import Path
from model.archive import store
from model.archive.plain_netcdf import read_tree
from reports.saved_run import SavedRun
def watch(event, arguments):
    if event == "fcntl.flock":
        raise SystemExit(f"locked: {arguments}")
    if event == "open" and str(arguments[0]).startswith(folder):
        if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise SystemExit(f"written: {arguments}")
folder = sys.argv[1]
import h5py, xarray, h5netcdf
sys.addaudithook(watch)
saved = SavedRun.open(folder)
print(sorted(read_tree(Path(folder) / store.POSTERIOR).children), len(saved.quantity_draws))
"""


def test_reading_a_run_writes_nothing_and_locks_nothing(run: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    done = subprocess.run(
        [sys.executable, "-c", READER, run], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "unconstrained" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_draws_are_read_in_a_folder_that_nobody_may_write(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / run.name
    shutil.copytree(run, copy)
    copy.chmod(0o500)
    try:
        assert "revenue" in read_tree(copy / store.POSTERIOR).children
    finally:
        copy.chmod(0o700)
