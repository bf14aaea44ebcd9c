"""Pruning removes what provably is this program's and of no use; it leaves and names the rest."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from model.archive import pruning, store
from model.archive.__main__ import app
from tests.on_disk import NEW, OLD, RUN, numbers, write

ROOT = Path(__file__).parents[2]
OTHER = "case-00000000000f"


def prune(output: Path, *arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, ["prune", "--output", str(output), *arguments])
    assert done.exit_code == status, done.output
    return done.output


def tree(folder: Path) -> dict[str, bytes | None]:
    """All paths below a folder, with the content of files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def damage(run: Path) -> Path:
    (run / "a.txt").write_text("damaged")
    return run


def aged(path: Path) -> Path:
    then = time.time() - 25 * 3600
    os.utime(path, (then, then))
    return path


@pytest.mark.parametrize("name", ["backup-202401011200", ".draft-thesis", ".draft-case-01234567"])
@pytest.mark.parametrize("manifest", [None, "{}", "", '{"schema": 1, "files": {}}', "cut"])
def test_what_is_no_run_is_left_alone_and_named(
    tmp_path: Path, name: str, manifest: str | None
) -> None:
    write(tmp_path, OLD)
    folder = tmp_path / name
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work")
    if manifest == "cut":
        whole = (tmp_path / RUN / store.MANIFEST).read_text()
        (folder / store.MANIFEST).write_text(whole[:-20])
    elif manifest is not None:
        (folder / store.MANIFEST).write_text(manifest)
    before = tree(tmp_path)
    aged(folder)
    said = prune(tmp_path, "--keep", "1")
    assert f"left alone {name}: " in said
    assert tree(tmp_path) == before


@pytest.mark.parametrize("place", ["notes.txt", "inputs/notes.txt", "report/notes.txt", "new/x"])
def test_a_run_that_holds_another_s_file_is_left_alone_and_named(
    tmp_path: Path, place: str
) -> None:
    write(tmp_path, OLD)
    path = damage(tmp_path / RUN) / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    before = tree(tmp_path)
    said = prune(tmp_path, "--keep", "0")
    assert f"left alone {RUN}: damaged" in said
    assert f"it holds {place}" in said
    assert tree(tmp_path) == before


def test_a_run_goes_with_the_reports_made_of_it(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    figures = damage(tmp_path / RUN) / "report" / "figures"
    figures.mkdir(parents=True)
    for name in ("annual.svg", "workers-russia.png", "evidence-1.svg", "../brief.pdf"):
        (figures / name).touch()
    assert f"removed {RUN}: damaged" in prune(tmp_path)
    assert not list(tmp_path.iterdir())


def test_links_are_unlinked_and_never_followed(tmp_path: Path) -> None:
    output, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    write(elsewhere, OLD)
    damage(elsewhere / RUN)
    write(elsewhere, OLD, OTHER)
    (elsewhere / "thesis").mkdir()
    (elsewhere / "thesis" / "thesis.tex").write_text("years of work")
    before = tree(elsewhere)
    output.mkdir()
    links = {
        RUN: RUN, OTHER: OTHER, "backup-202401011200": "thesis", "gone-0123456789ab": "nowhere",
    }  # fmt: skip
    for name, target in links.items():
        (output / name).symlink_to(elsewhere / target)
    said = prune(output, "--keep", "0")
    assert tree(elsewhere) == before
    assert sorted(path.name for path in output.iterdir()) == [
        "backup-202401011200", "gone-0123456789ab",
    ]  # fmt: skip
    for name in ("backup-202401011200", "gone-0123456789ab"):
        assert f"left alone {name}: " in said


def test_a_link_in_a_run_is_no_part_of_it(tmp_path: Path) -> None:
    output, thesis = tmp_path / "runs", tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "thesis.tex").write_text("years of work")
    write(output, OLD)
    (damage(output / RUN) / "link").symlink_to(thesis)
    before = tree(thesis)
    assert f"left alone {RUN}: " in prune(output)
    # even if its manifest names it
    manifest = store.read_manifest(output / RUN)
    manifest["files"]["link"] = "0" * 64
    store.write_json(output / RUN / store.MANIFEST, store.sealed(manifest))
    assert f"removed {RUN}: " in prune(output)
    assert not list(output.iterdir())
    assert tree(thesis) == before


@pytest.mark.parametrize("layout", [".draft-{0}-01234567", ".draft-{0}-former-abcd_123/{0}"])
def test_the_only_copy_of_a_run_is_put_back_never_removed(tmp_path: Path, layout: str) -> None:
    """As older programs left it, killed between their two moves, and this one if it was removed."""
    write(tmp_path, OLD)
    draft = tmp_path / layout.format(RUN)
    draft.parent.mkdir(exist_ok=True)
    (tmp_path / RUN).rename(draft)
    top = aged(tmp_path / Path(layout.format(RUN)).parts[0])
    assert f"would put back {RUN}" in prune(tmp_path, "--dry-run")
    assert f"put back {RUN}" in prune(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / RUN]
    assert numbers(tmp_path / RUN) == (OLD, {OLD}, 0)
    # it also takes the place of a damaged one
    draft.parent.mkdir(exist_ok=True)
    shutil.copytree(tmp_path / RUN, draft)
    damage(tmp_path / RUN)
    aged(top)
    prune(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / RUN]
    assert numbers(tmp_path / RUN) == (OLD, {OLD}, 0)


def test_a_former_run_whose_place_is_taken_goes(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    shutil.copytree(tmp_path / RUN, aged(tmp_path) / f".draft-{RUN}-01234567")
    aged(tmp_path / f".draft-{RUN}-01234567")
    write(tmp_path, NEW)
    assert "draft of a writer that was killed" in prune(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / RUN]
    assert numbers(tmp_path / RUN) == (NEW, {NEW}, 0)


def test_drafts_of_calibrations_go_and_nothing_else_there(tmp_path: Path) -> None:
    study = tmp_path / store.CALIBRATIONS / "case-0123456789ab"
    store.replace_json(study / store.CALIBRATION, {})
    draft = f".draft-{store.CALIBRATION}-01234567"
    for name in (draft, ".draft-thesis.json", "ranks.csv"):
        (study / name).touch()
        aged(study / name)
    assert prune(tmp_path) == f"removed {draft}: draft of a writer that was killed\n"
    left = {store.CALIBRATION, ".draft-thesis.json", "ranks.csv"}
    assert {path.name for path in study.iterdir()} == left
    assert [path.name for path in tmp_path.iterdir()] == [store.CALIBRATIONS]


@pytest.mark.skipif(sys.platform == "win32", reason="files have no locks there")
def test_a_draft_is_its_writer_s_however_old_while_it_lives(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from model.archive.store import write_run\n"
        "def stuck(path):\n"
        "    path.write_text('half')\n"
        "    print('written', flush=True)\n"
        "    sys.stdin.read()\n"
        "write_run(Path(sys.argv[1]), 'case-0123456789ab', {'a': stuck})"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdout is not None
    assert writer.stdout.readline() == "written\n"
    (draft,) = tmp_path.iterdir()
    aged(draft)
    assert prune(tmp_path) == "nothing to remove\n"
    assert draft.exists()
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    assert "draft of a writer that was killed" in prune(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_run_written_since_it_was_judged_stays(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    damage(tmp_path / RUN)
    (doomed,) = pruning.judged(tmp_path).doomed
    write(tmp_path, NEW)
    with pytest.raises(OSError, match="it was written meanwhile"):
        pruning.remove(doomed)
    assert numbers(tmp_path / RUN) == (NEW, {NEW}, 0)
    assert list(tmp_path.iterdir()) == [tmp_path / RUN]


def test_a_place_that_is_taken_is_said(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / RUN).rename(tmp_path / f".draft-{RUN}-01234567")
    aged(tmp_path / f".draft-{RUN}-01234567")
    (tmp_path / RUN).mkdir()
    (tmp_path / RUN / "thesis.tex").write_text("years of work")
    before = tree(tmp_path)
    assert f"could not put back {RUN}: Directory not empty" in prune(tmp_path, status=2)
    assert tree(tmp_path) == before
