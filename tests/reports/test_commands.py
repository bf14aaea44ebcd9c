"""The command lines: what they say, what they write, and how they fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model.archive import store
from reports.saved_run import SavedRun

ROOT = Path(__file__).parents[2]


def call(module: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", module, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=False,
    )


@pytest.fixture
def folder(run: SavedRun, tmp_path: Path) -> Path:
    """A copy of the run that may be harmed."""
    return Path(shutil.copytree(run.folder, tmp_path / "runs" / run.folder.name))


def test_all_reports_of_a_run_by_the_start_of_its_name(folder: Path) -> None:
    done = call("reports", "case-0123", "--runs", folder.parent, PYTHONHASHSEED="1")
    assert (done.returncode, done.stderr) == (0, "")
    written = sorted(path.relative_to(folder).as_posix() for path in folder.glob("report/**/*.*"))
    assert "report/brief.pdf" in written
    assert "report/annex.pdf" in written
    names = {path.removeprefix("report/figures/") for path in written[2:]}
    stems = {Path(name).stem for name in names}
    assert names == {f"{stem}.{kind}" for stem in stems for kind in ("svg", "png")}
    assert stems == {
        "accounts", "evidence-1", "headline", "ladder", "priors", "ranks", "scenarios-russia",
        "totals", "workers-russia", "years",
    }  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"Read {folder}: A small case; 2017-01 to 2018-12")
    assert lines[1:] == [
        f"Wrote {folder}/report/brief.pdf",
        f"Wrote {folder}/report/annex.pdf",
        f"Wrote {len(names)} figures into {folder}/report/figures/",
    ]
    store.check_run(folder)  # a report in a run's folder does not harm it
    # another process, other hashes, the same bytes
    first = (folder / "report" / "brief.pdf").read_bytes()
    other = folder.parent / "other.pdf"
    done = call("reports.brief", folder, "--output", other, PYTHONHASHSEED="2")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == f"Wrote {other}"
    assert other.read_bytes() == first


def test_a_run_that_did_not_converge_is_told(failed_run: SavedRun, tmp_path: Path) -> None:
    output = tmp_path / "new" / "brief.pdf"
    done = call("reports.brief", failed_run.folder, "--output", output)
    assert done.returncode == 0
    assert "NOT CONVERGED" in done.stderr
    assert output.is_file()


@pytest.mark.parametrize("name", ["summary.json", "posterior.nc", "workers.csv", "manifest.json"])
@pytest.mark.parametrize("module", ["reports.brief", "reports"])
def test_a_run_that_lacks_a_part_makes_no_half_report(module: str, name: str, folder: Path) -> None:
    (folder / name).unlink()
    done = call(module, folder.name, "--runs", folder.parent)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr
    assert "no report was made" in done.stderr
    assert not (folder / "report").exists()


def test_a_run_that_was_changed_makes_no_report(folder: Path) -> None:
    with (folder / "summary.json").open("a") as file:
        file.write(" ")
    done = call("reports.annex", folder)
    assert done.returncode == 2
    assert "was changed after it was written" in done.stderr
    assert not (folder / "report").exists()


def test_a_run_of_an_older_program_is_told(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["date"]
    store.write_json(folder / "manifest.json", store.sealed(manifest))
    done = call("reports.brief", folder)
    assert done.returncode == 2
    assert "older program and is missing date: estimate again" in done.stderr


def test_names_that_name_nothing(tmp_path: Path, folder: Path) -> None:
    done = call("reports.brief", "nonsense", "--runs", folder.parent)
    assert done.returncode == 2
    assert "there is no run 'nonsense'" in done.stderr
    assert folder.name in done.stderr
    done = call("reports.brief", folder, "--language", "tlh")
    assert done.returncode == 2
    assert "no language 'tlh'; write one of: en, ko, ru" in done.stderr
    (tmp_path / "file").write_text("")
    done = call("reports.brief", folder, "--output", tmp_path / "file" / "brief.pdf")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize(
    "module", ["reports", "reports.brief", "reports.annex", "reports.figures", "reports.page"]
)
def test_help(module: str) -> None:
    done = call(module, "--help")
    assert done.returncode == 0
    assert "--output" in done.stdout
