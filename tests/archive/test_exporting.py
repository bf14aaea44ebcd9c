"""A run as an archive that others can read, and that is a run again once it is unpacked."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate
from typer.testing import CliRunner

from model.archive import store
from model.archive.__main__ import app
from model.archive.crate import METADATA, UNSTATED
from model.archive.exporting import NotOursError, export
from model.archive.keys import versions
from tests.archive.strangers import resealed
from tests.reports import runs


@pytest.fixture(scope="module")
def whole(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with checks, drivers and a file of somebody's."""
    folder = runs.write_whole(tmp_path_factory.mktemp("whole"), tiny_folder)
    (folder / "notes.txt").write_text("not of the run")
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "runs" / whole.name))


@pytest.fixture(scope="module")
def crate(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> ROCrate:
    """The archive, opened by another's program."""
    target = tmp_path_factory.mktemp("crate") / "run.zip"
    export(whole, target)
    return ROCrate(str(target))


def command(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["export", *(str(one) for one in arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.output


def test_a_crate_names_the_runs_files_and_no_others(whole: Path, crate: ROCrate) -> None:
    manifest = store.check_run(whole)
    files = {one.id: one for one in crate.get_entities() if one.type == "File"}
    assert set(files) == {*manifest["files"], store.MANIFEST}
    assert "notes.txt" not in files
    for name, one in files.items():
        assert one["contentSize"] == str((whole / name).stat().st_size)
        assert one.get("sha256") == manifest["files"].get(name)
        assert one["description"]
    assert {one.id for one in crate.root_dataset["hasPart"]} == set(files)


def test_a_crate_says_what_was_done_with_what_and_when(whole: Path, crate: ROCrate) -> None:
    manifest = store.read_manifest(whole)
    root = crate.root_dataset
    assert manifest["title"] in root["name"]
    assert manifest["read"] in root["description"]
    assert str(root["datePublished"])[:10] == manifest["date"]
    done = {one.id: one for one in root["mentions"]}
    assert set(done) == {"#estimate", "#criticism", "#drivers"}
    estimate = done["#estimate"]
    assert estimate["name"].startswith("python -m model.estimate --inputs")
    assert {one.id for one in estimate["object"]} == {
        name for name in manifest["files"] if name.startswith("inputs/")
    }
    made = [one.id for action in done.values() for one in (
        action["result"] if isinstance(action["result"], list) else [action["result"]]
    )]  # fmt: skip
    assert len(made) == len(set(made))
    outputs = {name for name in manifest["files"] if not name.startswith("inputs/")}
    assert set(made) == outputs | {store.MANIFEST}
    program = estimate["instrument"]
    found = {one["name"]: one["softwareVersion"] for one in program["softwareRequirements"]}
    own = versions()
    assert program["softwareVersion"] == f"{own.pop('model')} (source {own.pop('source')})"
    assert found == own


def test_a_crate_states_the_terms_or_that_none_are_stated(crate: ROCrate) -> None:
    assert crate.root_dataset["license"]["description"] == UNSTATED


def test_the_terms_that_a_case_states_are_the_crates(tiny_folder: Path, tmp_path: Path) -> None:
    case = Path(shutil.copytree(tiny_folder, tmp_path / "case"))
    with (case / "timeline.toml").open("a", encoding="utf-8") as file:
        file.write('[gather]\nlicence = "CC BY 4.0, by the makers."\n')
    export(runs.write_run(tmp_path / "runs", case), tmp_path / "run.zip")
    terms = ROCrate(str(tmp_path / "run.zip")).root_dataset["license"]
    assert terms["description"] == "CC BY 4.0, by the makers."


def test_an_archive_that_is_unpacked_is_the_run_again(folder: Path, tmp_path: Path) -> None:
    status, text = command(folder.name, "--runs", folder.parent)
    assert (status, text.split(":")[0]) == (0, f"Wrote {folder}.zip")
    with zipfile.ZipFile(f"{folder}.zip") as archive:
        assert archive.namelist()[0] == METADATA
        archive.extractall(tmp_path / "elsewhere")
    assert store.read_run(tmp_path / "elsewhere") == store.read_run(folder)
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, f"{folder.name}.zip"}


def test_the_same_run_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("one.zip", "new/two.zip"):
        export(folder, tmp_path / name)
        for path in folder.rglob("*"):
            os.utime(path, (0, 0))
        (folder / "summary.json").chmod(0o600)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "new" / "two.zip").read_bytes()


def test_a_damaged_run_is_not_exported(folder: Path, tmp_path: Path) -> None:
    with (folder / "revenue.csv").open("a") as file:
        file.write("more\n")
    status, text = command(folder, "--output", tmp_path / "run.zip")
    assert status == 2
    assert text.count("\n") == 1
    assert "revenue.csv was changed" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs"]


def test_a_run_that_changes_while_it_is_packed_is_not_exported(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "checksum", lambda path: store.read_manifest(folder)["files"][
        path.relative_to(folder).as_posix()
    ])  # fmt: skip
    (folder / "workers.csv").write_text("month\n")
    with pytest.raises(store.DamagedRunError, match=r"workers.csv was changed meanwhile"):
        export(folder, tmp_path / "run.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs"]


@pytest.mark.parametrize("what", ["text", "zip", "folder", "link"])
def test_what_is_no_exported_run_is_never_replaced(folder: Path, tmp_path: Path, what: str) -> None:
    target = tmp_path / "thesis.zip"
    if what == "folder":
        target.mkdir()
    elif what == "link":
        (tmp_path / "thesis").write_text("mine")
        target.symlink_to(tmp_path / "thesis")
    elif what == "zip":
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(METADATA, "{}")
    else:
        target.write_text("mine")
    before = target.lstat()
    with pytest.raises(NotOursError, match="name another file"):
        export(folder, target)
    status, text = command(folder, "--output", target)
    assert (status, text.count("\n")) == (2, 1)
    assert target.lstat() == before


def test_an_exported_run_is_replaced(folder: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert command(folder, "--output", tmp_path / "run.zip")[0] == 0


def test_no_such_run_is_one_line(tmp_path: Path) -> None:
    assert command("nowhere", "--runs", tmp_path) == (
        2, f"there is no run 'nowhere' in {tmp_path}; write one of: none\n"
    )  # fmt: skip


def test_a_run_that_did_not_converge_says_so_first(folder: Path, tmp_path: Path) -> None:
    resealed(folder, convergence=store.read_manifest(folder)["convergence"] | {"converged": False})
    export(folder, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        graph = json.loads(archive.read(METADATA))["@graph"]
    (root,) = [one for one in graph if one["@id"] == "./"]
    assert root["description"].startswith("NOT CONVERGED")
