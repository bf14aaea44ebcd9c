"""A new case is whole, valid and invented throughout, or nothing is written at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import model
from model.case import scaffold
from model.case.case import read_case
from model.case.scaffold import TEMPLATE, NoRoomError, new_case, template_files
from model.terminal.screen import Interruption

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_new_case_is_the_template_and_is_valid(tmp_path: Path) -> None:
    folder = model.new_case(tmp_path / "above" / "mine")
    found = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert found == template_files()
    assert {"evidence.csv", "priors.toml", "prospects.csv", "README.md"} <= set(map(str, found))
    for path in found:
        assert (folder / path).read_bytes() == (TEMPLATE / path).read_bytes()
    case = read_case(folder, strict=True)
    assert case.warnings == ()
    assert len(case.prospects) == 2
    assert list(folder.parent.iterdir()) == [folder]


def test_everything_in_it_says_that_it_is_invented() -> None:
    case = read_case(TEMPLATE)
    assert "invented" in case.title.lower()
    for note in case.evidence["note"]:
        assert "invented" in note.lower()
    for title in case.sources["title"]:
        assert "invented" in title.lower()
    for prior in case.priors:
        if not prior.label.startswith("segment_share"):
            assert "invented" in prior.basis.lower(), prior.label
    for prospect in case.prospects:
        assert "invented" in prospect.title.lower()
    for segment in case.segments:
        assert "invented" in segment.note.lower()


def test_its_readme_names_every_file() -> None:
    text = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    for path in template_files():
        assert f"`{path.parts[0]}" in text or path.name == "README.md", path


def test_every_hedge_is_shown_by_a_row_or_stands_in_the_reading() -> None:
    evidence = read_case(TEMPLATE).evidence
    shown = set(evidence["qualifier"])
    assert {"exact", "about", "at_least", "more_than", "nearly", "range", "spread"} <= shown
    assert set(evidence["role"]) == {"fit", "holdout", "context"}
    # one statement is printed twice, to show the echo
    assert evidence["origin"].duplicated().any()


@pytest.mark.parametrize("there", ["file", "folder", "below a file"])
def test_what_is_there_stays(there: str, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    if there == "folder":
        target.mkdir()
        (target / "notes.txt").write_text("mine")
    else:
        target.write_text("mine")
    asked = target / "inner" if there == "below a file" else target
    with pytest.raises(NoRoomError, match="nothing was written"):
        new_case(asked)
    kept = target / "notes.txt" if there == "folder" else target
    assert kept.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [target]


def test_an_empty_folder_will_do_and_a_link_to_one(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "link").symlink_to("mine")
    assert read_case(new_case(tmp_path / "link"), strict=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "mine" / "evidence.csv").is_file()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoRoomError, match="cannot be written"):
        new_case(tmp_path / "above" / ("x" * 300))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_half_a_case_is_never_left(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[Path] = []
    copy = scaffold.shutil.copyfile

    def failing(source: Path, target: Path) -> None:
        if len(copied) == 3:
            raise error
        copied.append(target)
        copy(source, target)

    monkeypatch.setattr(scaffold.shutil, "copyfile", failing)
    with pytest.raises((KeyboardInterrupt, NoRoomError)) as caught:
        new_case(tmp_path / "above" / "mine")
    if isinstance(error, OSError):
        assert "No space left" in str(caught.value)
    assert len(copied) == 3
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_at_the_end_leaves_nothing(tmp_path: Path) -> None:
    import signal

    handler = signal.getsignal(signal.SIGINT)
    hook = sys.unraisablehook
    try:
        interruption = Interruption()
        interruption.came = True
        with pytest.raises(KeyboardInterrupt):
            new_case(tmp_path / "above" / "mine", interruption.close)
    finally:
        signal.signal(signal.SIGINT, handler)
        sys.unraisablehook = hook
    assert list(tmp_path.iterdir()) == []


def test_new_and_check_on_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "my case"
    made = run("model.case", "new", str(folder))
    assert made.returncode == 0
    assert f"python -m model.estimate --inputs '{folder}'" in made.stdout
    checked = run("model.case", "check", str(folder))
    assert checked.returncode == 0
    assert checked.stderr == ""
    said = " ".join(checked.stdout.split())
    assert "10 claims fitted, 2 held out, 1 kept as context" in said
    again = run("model.case", "new", str(folder))
    assert again.returncode == 2
    assert "not empty" in again.stderr
    assert again.stdout == ""


def test_check_tells_what_the_estimate_would(tmp_path: Path) -> None:
    folder = new_case(tmp_path / "mine")
    evidence = folder / "evidence.csv"
    evidence.write_text(evidence.read_text().replace("EUR/month", "EUR/moth", 1))
    checked = run("model.case", "check", str(folder))
    asked = run("model.estimate", "--inputs", str(folder), "--output", str(tmp_path / "runs"))
    assert checked.returncode == asked.returncode == 2
    assert checked.stderr == asked.stderr
    assert "evidence.csv, row 7, unit" in checked.stderr
    assert not (tmp_path / "runs").exists()


def test_check_reads_scenarios_too(tmp_path: Path) -> None:
    folder = new_case(tmp_path / "mine")
    (scenario,) = (folder / "scenarios").glob("*.toml")
    scenario.write_text(scenario.read_text().replace("permit_inflow", "permit_inflo"))
    checked = run("model.case", "check", str(folder))
    assert checked.returncode == 2
    assert f"{scenario.name}, row" in checked.stderr


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write")
def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(NoRoomError, match="cannot be written"):
            new_case(tmp_path / "mine")
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.slow
def test_it_runs_and_converges(tmp_path: Path) -> None:
    folder = new_case(tmp_path / "mine")
    estimate = model.fit(folder, scenarios=["fewer_arrivals"], output=tmp_path / "runs")
    assert estimate.converged
    assert estimate.convergence["divergences"] == 0
    change = estimate.versus("fewer_arrivals")
    assert change["median"].iloc[-1] < 0
