"""Nothing in a run or its reports names the machine, the folders or the user of its author."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import pikepdf
import pypdfium2
import pytest

from model.archive import store
from model.archive.answer import found, read_inputs
from model.case.checkout import case_folder
from model.question import Question
from reports.annex import annex, commands
from reports.brief import brief
from reports.figures.files import drawn
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from reports.typed import command
from tests.cases import write_case
from tests.reports.runs import add_checks, add_drivers, write_run, write_scenarios

#: Parts of a path that occur in no text of a run by chance.
USER, PLACE = "jane.doe", "Evidence of mine"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Question, Path]:
    """A question of a case and a scenario in somebody's folder, and the run that answers it."""
    base = tmp_path_factory.mktemp("machine") / USER / PLACE
    folder = write_case(base / "case")
    (scenario, *_) = write_scenarios(base / "elsewhere")
    question = Question(folder, scenarios=(str(scenario),))
    key, _ = read_inputs(question).keys
    run = write_run(base / "runs", folder, [scenario], key=key)
    add_checks(run, folder)
    add_drivers(run, ("state_take", 2018))
    return question, run


def texts_of(path: str, content: bytes) -> list[str]:
    """Everything that a file says, also where its bytes are packed."""
    said = [content.decode("latin-1")]
    if path.endswith(".pdf"):
        said += [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    return said


def no_trace(path: str, texts: list[str], folder: Path) -> None:
    traces = [str(folder), str(Path.home()) + os.sep, str(Path.cwd()), USER, PLACE]
    for text in texts:
        squeezed = re.sub(r"\s+", "", text)
        for trace in traces:
            assert trace not in text, f"{path} names {trace}"
            assert re.sub(r"\s+", "", trace) not in squeezed, f"{path} names {trace}"


def test_no_file_of_a_run_names_the_machine(made: tuple[Question, Path]) -> None:
    _, run = made
    names = {path.name for path in run.rglob("*")}
    assert {"posterior.nc", "checks.json", "drivers.json", "manifest.json"} <= names
    for path in run.rglob("*"):
        if path.is_file():
            no_trace(path.name, texts_of(path.name, path.read_bytes()), run.parents[2])
    with h5py.File(run / store.POSTERIOR) as file:
        said: list[str] = [str(value) for value in file.attrs.values()]
        file.visititems(lambda _, one: said.extend(map(str, one.attrs.values())))
        assert len(said) > 20
        no_trace("attributes", said, run.parents[2])


def test_no_report_names_the_machine(made: tuple[Question, Path], english: Catalogue) -> None:
    _, folder = made
    run = SavedRun.open(folder)
    files = {"brief.pdf": brief(run, english), "annex.pdf": annex(run, english)}
    for name, content in (files | drawn(run, english)).items():
        no_trace(name, texts_of(name, content), folder.parents[2])
    for name, content in files.items():
        path = folder.parents[2] / name
        path.write_bytes(content)
        with pikepdf.open(path) as pdf:
            packed = [one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream)]
            no_trace(name, [one.decode("latin-1") for one in packed], folder.parents[2])
            no_trace(name, [str(pdf.docinfo)], folder.parents[2])


def test_the_printed_command_asks_for_this_run_wherever_it_lies(
    made: tuple[Question, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else who has nothing but the run's folder."""
    question, run = made
    asked = store.read_manifest(run)["arguments"]
    assert asked == ["--inputs", f"{run.name}/inputs", "--scenario", "half"]
    estimate, _ = commands(SavedRun.open(run))
    assert estimate == command("model.estimate", *asked)
    shutil.copytree(run, tmp_path / "runs" / run.name)
    for here in (tmp_path, tmp_path / "runs"):
        monkeypatch.chdir(here)
        again = Question(case_folder(asked[1]), scenarios=("half",))
        answer = found(again, tmp_path / "runs")
        assert answer is not None
        assert answer.folder == tmp_path / "runs" / run.name
    assert read_inputs(again).keys == read_inputs(question).keys


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["--inputs", "/home/jane.doe/my case"],
         ["--inputs", "my_case-0123456789ab/inputs"]),
        (["--inputs", "C:\\Users\\jane\\case", "--scenario", "C:\\Users\\jane\\half.toml"],
         ["--inputs", "my_case-0123456789ab/inputs", "--scenario", "half"]),
        (["--scenario", "../other/status.quo.toml", "--draws", "500"],
         ["--scenario", "status.quo", "--draws", "500"]),
        ([], []),
    ],
)  # fmt: skip
def test_runs_of_before_are_printed_without_their_paths(
    arguments: list[str], asked: list[str]
) -> None:
    folder = Path("elsewhere/my_case-0123456789ab")
    run: Any = SimpleNamespace(name=folder.name, manifest={"arguments": arguments})
    annex = f".venv/bin/python -m reports.annex {folder.name}"
    assert commands(run) == [command("model.estimate", *asked), annex]
