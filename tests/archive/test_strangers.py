"""Runs from strangers: whatever is in them, it is refused in one line, and nothing else is read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from model.archive import store
from model.archive.__main__ import app
from model.archive.draws_file import read_posterior
from model.archive.plain_files import contents, inside
from model.archive.plain_netcdf import read_arrays, read_group, read_tree
from model.archive.saved_fit import Fitted, saved_gate
from model.case.case import read_case
from model.evidence.synthesis import synthesis
from reports.saved_run import ReportError, SavedRun
from tests.archive import strangers
from tests.archive.strangers import changed, harm, placed, resealed
from tests.reports import runs

SECRET = "nobody is to read this"


@pytest.fixture(scope="module")
def made(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with all that may be added to it."""
    return runs.write_whole(tmp_path_factory.mktemp("made"), tiny_folder)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it that may be harmed, beside one that is whole."""
    shutil.copytree(made.parent, tmp_path / "runs")
    shutil.copytree(made, tmp_path / "runs" / "whole-ba9876543210")
    (tmp_path / "secret").write_text(SECRET)
    return tmp_path / "runs" / made.name


def command(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", done.output)
    assert SECRET not in done.output
    return done.exit_code, done.output


def refused(folder: Path, match: str | None = None) -> None:
    """The run is one line of a listing, is not shown, and stays the only one that is not."""
    with pytest.raises(store.DamagedRunError, match=match):
        store.read_summary(folder) if store.check_run(folder) else None
    status, text = command("list", "--output", folder.parent)
    assert status == 0
    lines = sorted(line.split()[0] for line in text.splitlines() if line[0] != " ")
    assert lines == sorted(["Runs,", "Run", folder.name, "whole-ba9876543210"])
    for asked in (("show", folder.name), ("compare", "whole", folder.name)):
        status, text = command(*asked, "--output", folder.parent)
        assert status == 2
        assert len(text.splitlines()) == 1
    with pytest.raises(ReportError):
        SavedRun.open(folder)


# Names and files


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd", "../secret", "inputs/../../secret", "a/../../b", "..", ".", "", "a//b", "a/",
        "inputs/\0", "a\x1b[2Jb", "a\nb", "\u202egpj.exe", "C:\\secret", "c:secret",
        "\\\\host\\share",
        "x" * 2000,
    ],
)  # fmt: skip
def test_a_name_is_that_of_a_file_inside(folder: Path, name: str) -> None:
    assert not inside(name)
    manifest = json.loads((folder / store.MANIFEST).read_text())
    resealed(folder, files=manifest["files"] | {name: "0" * 64})
    refused(folder, "not the name of a file inside the run")


def test_names_of_files_are_allowed() -> None:
    for name in (
        "a",
        "inputs/evidence.csv",
        "inputs/scenarios/Прогноз 2020.toml",
        "a..b",
        "..a",
        "a\\b",
    ):
        assert inside(name)


def test_a_manifest_that_lists_nothing_checks_nothing(folder: Path) -> None:
    resealed(folder, files={})
    refused(folder, "is not a file of the run")


@pytest.mark.parametrize("name", ["inputs/readings.toml", "inputs/scenarios/x.toml", "checks.json"])
def test_a_file_that_is_read_stands_in_the_manifest(folder: Path, name: str) -> None:
    manifest = json.loads((folder / store.MANIFEST).read_text())
    files = {one: digest for one, digest in manifest["files"].items() if one != name}
    (folder / name).write_text("{}")
    resealed(folder, files=files)
    refused(folder, "is not a file of the run")


def test_what_is_beside_the_run_stays(folder: Path) -> None:
    (folder / "report").mkdir()
    (folder / "report" / "notes.txt").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    store.add_to_run(folder, {"more.json": lambda path: store.write_json(path, {})})
    assert {"report/notes.txt", "notes.txt", "more.json"} <= set(contents(folder))
    assert store.check_run(folder)


@pytest.mark.parametrize("name", ["x", "report/x", "inputs/x.csv"])
@pytest.mark.parametrize("target", ["secret", "nowhere", "/dev/zero", "/"])
def test_links_are_never_followed_nor_copied(folder: Path, name: str, target: str) -> None:
    place = folder / name
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(folder.parent.parent / target)
    with pytest.raises(store.DamagedRunError, match="is a link, which is never followed"):
        store.add_to_run(folder, {"more.json": lambda path: store.write_json(path, {})})
    assert place.is_symlink()
    assert not (folder / "more.json").exists()
    with pytest.raises(store.DamagedRunError, match="is a link, which is never followed"):
        store.check_run(folder)


@pytest.mark.parametrize(
    "name", ["manifest.json", "summary.json", "posterior.nc", "inputs/priors.toml"]
)
@pytest.mark.parametrize(
    "how", [strangers.pipe, strangers.endless, strangers.elsewhere, strangers.folder_there]
)
def test_a_file_is_a_regular_file(folder: Path, name: str, how: Callable[[Path], None]) -> None:
    how(folder / name)
    if name != "manifest.json":
        with pytest.raises(store.DamagedRunError):
            store.check_run(folder)
        assert command("show", folder.name, "--output", folder.parent)[0] == 2
    else:
        refused(folder)


def test_a_run_with_somebodys_link_is_not_pruned(folder: Path) -> None:
    (folder / "report").symlink_to(folder.parent.parent)
    status, text = command("prune", "--output", folder.parent)
    assert status == 0
    assert text.startswith(f"left alone {folder.name}: ")
    assert f"{folder}/report is a link" in " ".join(text.split())
    assert store.read_manifest(folder)


def test_a_folder_in_a_run_is_no_link(folder: Path) -> None:
    shutil.move(folder / "inputs", folder.parent.parent / "inputs")
    (folder / "inputs").symlink_to(folder.parent.parent / "inputs")
    with pytest.raises(store.DamagedRunError, match="is a link"):
        store.check_run(folder)


def test_sizes_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / store.MANIFEST).open("r+b") as file:
        file.truncate(2**40)  # a hole, which takes no room
    refused(folder, "is larger than")
    monkeypatch.setattr("model.archive.plain_files.MOST", 10)
    with pytest.raises(store.DamagedRunError, match="holds more than 10 files"):
        contents(folder)


# JSON

BROKEN = [
    "", "null", "[]", "3", '"text"', "{}", "[" * 100_000, '{"a":' * 100_000, "\ufeff{}",
    '{"schema": NaN}', '{"schema": 1e999}', '{"schema": ' + "9" * 5000 + "}",
    '{"schema": "\\ud800"}', "\xff",
]  # fmt: skip


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("name", ["manifest.json", "summary.json", "checks.json", "drivers.json"])
def test_foreign_json_is_refused(folder: Path, name: str, content: str) -> None:
    (folder / name).write_bytes(content.encode("latin-1" if content == "\xff" else "utf-8"))
    if name == store.MANIFEST:
        refused(folder, "manifest.json")
        return
    resealed(folder)
    assert store.check_run(folder), "the seal is no signature"
    with pytest.raises(store.DamagedRunError, match=name):
        store.read_summary(folder) if name == store.SUMMARY else store.read_added(folder, name)


WRONG: list[tuple[str, str, Any]] = [
    ("manifest.json", "convergence", {}),
    ("manifest.json", "convergence.converged", "yes"),
    ("manifest.json", "convergence.worst", {"rhat": 3}),
    ("manifest.json", "sampler", {}),
    ("manifest.json", "sampler.draws", 10**30),
    ("manifest.json", "sampler.draws", -1),
    ("manifest.json", "sampler.seed", 1.5),
    ("manifest.json", "answered_by", {}),
    ("manifest.json", "answered_by.how", ["fitted"]),
    ("manifest.json", "answered_by.believed", {"rows": 3}),
    ("manifest.json", "horizon", "9999-12"),
    ("manifest.json", "horizon", "2018-13"),
    ("manifest.json", "scenarios", [None]),
    ("manifest.json", "what_if", {"unheard": 1}),
    ("manifest.json", "what_if", {"fixed": [["plan", "x", 3]]}),
    ("manifest.json", "what_if", {"weights": [["plan"]]}),
    ("manifest.json", "versions", {"source": "0"}),
    ("manifest.json", "files", []),
    ("manifest.json", "files", {"summary.json": "no digest"}),
    ("summary.json", "scenarios", {}),
    ("summary.json", "scenarios.baseline", None),
    ("summary.json", "scenarios.baseline.annual", {}),
    ("summary.json", "scenarios.baseline.annual", {"20x7": {}}),
    ("summary.json", "scenarios.baseline.annual.2017", {}),
    ("summary.json", "scenarios.baseline.annual.2017.billings", {}),
    ("summary.json", "scenarios.baseline.annual.2017.billings.usd.q50", "many"),
    ("summary.json", "scenarios.baseline.annual.2017.billings.usd.q50", 10**400),
    ("summary.json", "scenarios.baseline.annual.2017.billings.usd.more", 1),
    ("summary.json", "scenarios.half.at_stake", None),
    ("summary.json", "scenarios.half.versus_baseline", {"2030": {}}),
    ("summary.json", "accounts.year", 3),
    ("summary.json", "accounts.items", []),
    ("summary.json", "readings", {"plan": {}}),
    ("summary.json", "convergence", None),
    ("summary.json", "evidence", {"plan": {}}),
    ("checks.json", "checks.conflict.rows", [[1]]),
    ("checks.json", "checks.conflict.columns", ["a", "a"]),
    ("checks.json", "checks.conflict.passed", "no"),
    ("drivers.json", "asked.state_take 2017.tables", {}),
    ("drivers.json", "asked.state_take 2017.tables.knowing.rows", [[[]]]),
]


@pytest.mark.parametrize(("name", "where", "value"), WRONG, ids=lambda one: str(one)[:40])
def test_another_form_is_refused(folder: Path, name: str, where: str, value: Any) -> None:
    changed(folder, name, lambda content: placed(content, where, value))
    if name in (store.MANIFEST, store.SUMMARY):
        if name == store.MANIFEST:
            refused(folder)
        with pytest.raises(store.DamagedRunError):
            store.read_summary(folder) if store.check_run(folder) else None
        assert command("list", "--output", folder.parent)[0] == 0
        for asked in (("show", folder.name), ("compare", "whole", folder.name)):
            status, text = command(*asked, "--output", folder.parent)
            assert (status, len(text.splitlines())) == (2, 1)
    else:
        with pytest.raises(store.DamagedRunError, match="another form"):
            store.read_added(folder, name)


def test_what_is_not_finite_comes_back(folder: Path) -> None:
    changed(folder, store.MANIFEST, lambda one: placed(one, "convergence.max_rhat", None))
    assert not saved_gate(store.check_run(folder)).converged


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_foreign_calibration_is_none(folder: Path, content: str) -> None:
    manifest = store.check_run(folder)
    assert store.find_calibration(folder.parent, manifest)
    (path,) = (folder.parent / store.CALIBRATIONS).glob(f"*/{store.CALIBRATION}")
    path.write_text(content)
    assert store.find_calibration(folder.parent, manifest) is None


# Draws


@pytest.mark.parametrize("how", strangers.HARMFUL, ids=lambda one: one.__name__)
def test_draws_that_are_not_plain_are_refused(folder: Path, how: strangers.Draws) -> None:
    harm(folder, how)
    manifest = store.check_run(folder)
    parts = synthesis(read_case(folder / "inputs"))
    with pytest.raises(store.DamagedRunError, match=r"posterior\.nc"):
        read_posterior(folder, parts, manifest)
    with pytest.raises(store.DamagedRunError):
        Fitted.saved(folder)


@pytest.mark.parametrize("how", strangers.HARMFUL[:-2], ids=lambda one: one.__name__)
def test_reports_and_notebooks_refuse_them_as_well(folder: Path, how: strangers.Draws) -> None:
    harm(folder, how)
    with pytest.raises(ReportError, match=r"posterior\.nc"):
        SavedRun.open(folder).headline_draws()
    with pytest.raises(store.DamagedRunError, match=r"posterior\.nc"):
        read_tree(folder / store.POSTERIOR)


def test_plain_draws_are_read(folder: Path) -> None:
    saved = Fitted.saved(folder)
    assert saved.posterior.normals.shape[:2] == (2, 400)
    assert SavedRun.open(folder).headline_draws().shape == (800,)
    assert read_tree(folder / store.POSTERIOR)["revenue"]["yearly_usd"].sizes["year"] == 2


def test_arrays_without_xarray_are_those_with_it(folder: Path) -> None:
    path = folder / store.POSTERIOR
    for group in ("revenue", "posterior"):
        plain, whole = read_arrays(path, group), read_group(path, group)
        assert set(plain) == set(whole.data_vars)
        for name, found in plain.items():
            assert tuple(found.labels) == whole[name].dims
            for dim, labels in found.labels.items():
                assert labels == whole[dim].to_numpy().tolist()
            np.testing.assert_array_equal(found.values, whole[name].to_numpy())
    one = plain["payment_growth"].labels
    assert list(one) == ["chain", "draw"]


def test_a_report_needs_no_xarray(folder: Path) -> None:
    root = Path(__file__).parents[2]
    code = (
        "import sys\nfrom reports.saved_run import SavedRun\n"
        f"run = SavedRun.open({str(folder)!r})\nrun.headline_draws(), run.quantity_draws\n"
        "print(sorted({'xarray', 'dask', 'pint'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
