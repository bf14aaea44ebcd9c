"""The command line of the checks: what it says, what it keeps, and what it refuses."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from model.archive import store
from model.archive.saved_fit import Fitted
from model.criticism.kept import record, recorded
from model.question import WhatIf
from model.sampling.parallel import NoSchedulerError, all_of, completed, executor
from tests.calibration.test_study import ROOT
from tests.cases import write_case

#: Checks of a case of one host, of which none is left out.
OF_ONE_HOST = list(store.checks_of(several=False))
FEW = ["--draws", "300", "--tune", "200", "--chains", "2"]


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "model.criticism", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one run of the small case, with a what-if, and its checks.

    One of its rows was published before the others.
    """
    folder = tmp_path_factory.mktemp("early") / "tiny"
    write_case(folder, evidence={"plan": {"source": "resolution"}})
    output = tmp_path_factory.mktemp("criticism") / "runs"
    done = subprocess.run(
        [sys.executable, "-m", "model.estimate", "--inputs", str(folder), "--output",
         str(output), "--drop-row", "quota", "--quiet", *FEW],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr
    (folder,) = store.run_folders(output)
    (folder / "report").mkdir()
    (folder / "report" / "brief.pdf").write_bytes(b"made before")
    return output


@pytest.fixture(scope="module")
def checked(runs: Path) -> subprocess.CompletedProcess[str]:
    return command("tiny", "--runs", runs)


def the_run(runs: Path) -> Path:
    (folder,) = store.run_folders(runs)
    return folder


@pytest.mark.slow
def test_every_check_is_told_and_kept(
    runs: Path, checked: subprocess.CompletedProcess[str]
) -> None:
    assert checked.returncode in (0, 3), checked.stderr
    folder = the_run(runs)
    manifest = store.check_run(folder)
    assert store.CHECKS in manifest["files"]
    summary = store.read_summary(folder)
    assert list(summary["checks"]) == OF_ONE_HOST
    whole = json.loads((folder / store.CHECKS).read_text())["checks"]
    for name, block in summary["checks"].items():
        assert block == {key: whole[name][key] for key in ("passed", "sentence")}
        assert f"({name})" in checked.stdout
        words = " ".join(checked.stdout.split())
        assert block["sentence"].split()[0] in words
        assert whole[name]["rows"], name
        assert len(whole[name]["columns"]) == len(whole[name]["rows"][0])
    # what was left out of the fit is left out of its checks
    rows = {row[2] for row in whole["conflict"]["rows"]}
    assert "quota" not in rows
    assert {"payment", "plan", "workers"} <= rows
    # reports that were made before are still there, and are no part of the run
    assert (folder / "report" / "brief.pdf").read_bytes() == b"made before"
    assert not any(name.startswith("report") for name in manifest["files"])


@pytest.mark.slow
def test_asked_again_it_is_read(runs: Path, checked: subprocess.CompletedProcess[str]) -> None:
    before = (the_run(runs) / store.CHECKS).read_bytes()
    began = time.perf_counter()
    again = command("tiny", "--runs", runs)
    assert "Already checked" in again.stderr
    assert again.stdout == checked.stdout
    assert time.perf_counter() - began < 60
    table = command("tiny", "--runs", runs, "--show", "conflict", "--format", "csv")
    held = {one.name: one.table for one in recorded(the_run(runs))}
    printed = pd.read_csv(io.StringIO(table.stdout))
    assert list(printed.columns) == list(held["conflict"].columns)
    assert printed["p_row"].to_numpy() == pytest.approx(held["conflict"]["p_row"].to_numpy())
    shown = command("tiny", "--runs", runs, "--show", "held_out")
    assert "official_total" in shown.stdout
    told = json.loads(command("tiny", "--runs", runs, "--format", "json").stdout)
    assert list(told) == OF_ONE_HOST
    assert (the_run(runs) / store.CHECKS).read_bytes() == before


@pytest.mark.slow
def test_checked_anew_on_one_core_the_bytes_are_the_same(
    runs: Path, checked: subprocess.CompletedProcess[str]
) -> None:
    before = {path.name: path.read_bytes() for path in the_run(runs).glob("*.json")}
    done = command("tiny", "--runs", runs, "--fresh", "--cores", "1")
    assert "Already checked" not in done.stderr
    after = {path.name: path.read_bytes() for path in the_run(runs).glob("*.json")}
    assert after == before


@pytest.mark.slow
def test_some_checks_are_those_of_the_whole_and_keep_the_others(
    runs: Path, checked: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    """Anew, or before the others: the same bytes, in the same order."""
    copy = tmp_path / "runs"
    shutil.copytree(runs, copy)
    folder = the_run(copy)
    before = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    some = ["--only", "leave_one_out", "--only", "held_out"]
    done = command("tiny", "--runs", copy, "--fresh", *some)
    assert "(held_out)" in done.stdout
    assert "(conflict)" not in done.stdout
    assert before == {path.name: path.read_bytes() for path in folder.glob("*.json")}
    two = [one for one in recorded(folder) if one.name in some]
    record(folder, two, anew=True)
    assert list(store.read_summary(folder)["checks"]) == ["leave_one_out", "held_out"]
    rest = command("tiny", "--runs", copy)
    assert "Read from the run: leave_one_out, held_out" in rest.stderr
    assert rest.stdout == checked.stdout
    assert before == {path.name: path.read_bytes() for path in folder.glob("*.json")}


@pytest.mark.slow
def test_interrupted_the_run_is_as_it_was(
    runs: Path, checked: subprocess.CompletedProcess[str]
) -> None:
    folder = the_run(runs)
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    process = subprocess.Popen(
        [sys.executable, "-m", "model.criticism", "tiny", "--runs", str(runs), "--fresh"],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "without a source" in line:
            break
    os.kill(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "nothing was written" in said
    assert before == {path: path.read_bytes() for path in before}
    assert [path.name for path in runs.iterdir()] == [folder.name]


@pytest.mark.slow
def test_what_cannot_be_checked_is_told_and_left_alone(
    runs: Path, checked: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    folder = the_run(runs)
    for arguments, said in (
        (["nothing", "--runs", runs], "there is no run 'nothing'"),
        (["tiny", "--runs", tmp_path], "there is no run 'tiny'"),
        (["tiny", "--runs", runs, "--show", "all"], "there is no check 'all'"),
        (["tiny", "--runs", runs, "--format", "csv"], "name it with --show"),
        (["tiny", "--runs", runs, "--show", "without_host"], "has no check without_host"),
        (
            ["tiny", "--runs", runs, "--fresh", "--scheduler", "tcp://127.0.0.1:9"],
            "cannot be reached",
        ),
    ):
        done = command(*arguments)
        assert done.returncode == 2, arguments
        assert said in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr
    manifest = json.loads((folder / store.MANIFEST).read_text())
    older = manifest | {"versions": manifest["versions"] | {"source": "0" * 12}}
    store.write_json(folder / store.MANIFEST, store.sealed(older))
    done = command("tiny", "--runs", runs, "--fresh")
    assert done.returncode == 2
    assert "another version of this program" in done.stderr
    store.write_json(folder / store.MANIFEST, manifest)
    (folder / store.CHECKS).write_text("{}")
    done = command("tiny", "--runs", runs)
    assert done.returncode == 2
    assert "was changed after it was written" in " ".join(done.stderr.split())


def test_a_run_is_opened_as_it_was_asked(tmp_path: Path, tiny_folder: Path) -> None:
    """The what-if of the manifest is the what-if of the arrays that are checked."""
    from tests.reports.runs import write_run

    folder = write_run(tmp_path / "runs", tiny_folder)
    fitted = Fitted.saved(folder)
    assert set(fitted.posterior.parts.evidence.weight) == {1.0}
    manifest = store.read_manifest(folder)
    asked = WhatIf(
        fixed=(("broker_margin", 0.1, ""),), drop_rows=("plan",), weights=(("payment", 0.5),)
    ).asked
    store.write_json(folder / store.MANIFEST, store.sealed(manifest | {"what_if": asked}))
    parts = Fitted.saved(folder).posterior.parts
    weight = dict(zip(parts.evidence.ids, parts.evidence.weight, strict=True))
    assert (weight["plan"], weight["payment"], weight["kept"]) == (0.0, 0.5, 1.0)
    assert parts.layout.scale[parts.layout.index["broker_margin"]] == 0.0


def test_files_are_added_to_a_run_whole_or_not_at_all(tmp_path: Path, tiny_folder: Path) -> None:
    from tests.reports.runs import write_run

    folder = write_run(tmp_path / "runs", tiny_folder)
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    def fails(path: Path) -> None:
        path.write_text("half")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        store.add_to_run(folder, {"checks.json": fails})
    assert before == {
        path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    store.add_to_run(folder, {"checks.json": lambda path: store.write_json(path, {"checks": {}})})
    assert "checks.json" in store.check_run(folder)["files"]
    assert all(path.read_bytes() == old for path, old in before.items() if path.suffix != ".json")
    (folder / "checks.json").write_text("changed")
    with pytest.raises(store.DamagedRunError, match=r"checks\.json was changed"):
        store.add_to_run(folder, {})


def square(number: int) -> int:
    return number * number


def test_work_is_done_once_in_the_order_of_its_names() -> None:
    steps: list[tuple[int, int]] = []
    tasks = {f"task {number}": number for number in range(20)}
    with executor(2) as workers:
        found = all_of(workers, square, tasks, lambda *step: steps.append(step))
        done = dict(completed(workers, square, range(50)))
    assert list(found.items()) == [(name, number**2) for name, number in tasks.items()]
    assert steps == [(done, 20) for done in range(21)]
    assert done == {number: number**2 for number in range(50)}


def test_what_fails_is_raised_and_the_rest_cancelled() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 3:
            raise ValueError("three")
        return number

    with pytest.raises(ValueError, match="three"), executor(1) as workers:
        list(completed(workers, work, range(10_000)))
    assert len(begun) < 100


@pytest.mark.slow
def test_a_cluster_that_speaks_dask_gives_the_same(tiny_folder: Path) -> None:
    """On a scheduler of this machine: the same work, the same results."""
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None,
            host="127.0.0.1", protocol="tcp",
        ) as cluster,
        executor(scheduler=cluster.scheduler_address) as workers,
    ):  # fmt: skip
        found = all_of(workers, square, {str(number): number for number in range(5)})
    assert found == {str(number): number**2 for number in range(5)}
    with pytest.raises(NoSchedulerError, match="cannot be reached"), executor(scheduler="junk"):
        pass
