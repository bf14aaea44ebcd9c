"""Rows added without a spreadsheet: in Python, as a table, and by questions in a terminal."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import stat
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import model
from model.case import asking, replacing
from model.case.adding import as_cell
from model.case.asking import Dialogue
from model.case.at_hand import folder_of
from model.case.case import Case, read_case
from model.case.columns import COLUMNS
from model.case.faults import CaseError
from model.case.in_words import in_words, truth_of
from model.case.qualifiers import QUALIFIERS
from model.case.reader.cells import TableError
from model.case.reader.tables import EVIDENCE, SOURCES
from model.case.table_text import with_row
from model.evidence.synthesis import synthesis
from tests.cases import write_case

ROOT = Path(__file__).parents[2]
PLAN: dict[str, Any] = {
    "quantity": "plan", "value": 500, "unit": "USD/month", "qualifier": "about", "grade": "B2",
    "start": "2018", "source": "paper",
}  # fmt: skip
OPTIONS = [f"--{name}={cell}" for name, cell in PLAN.items()]


def row_of(case: Case, name: str) -> Any:
    (row,) = case.evidence[case.evidence["id"] == name].itertuples()
    return row


# In Python


def test_a_row_is_read_as_if_it_stood_in_the_file(tiny: Case, tmp_path: Path) -> None:
    new = tiny.add(**PLAN, note='he said "500", or so')
    typed = {**PLAN, "reliability": "B", "credibility": "2", "end": "2018", "role": "fit"}
    written = typed | {"host": "russia", "note": 'he said "500", or so'}
    del written["grade"]
    same = read_case(write_case(tmp_path / "tiny", evidence={"plan-2018": written}))
    assert new.hashes == same.hashes
    assert len(tiny.evidence) + 1 == len(new.evidence)
    pd.testing.assert_frame_equal(new.evidence, same.evidence)
    np.testing.assert_array_equal(
        synthesis(new).evidence.log_figure, synthesis(same).evidence.log_figure
    )


def test_ids_are_readable_and_free(tiny: Case) -> None:
    case = tiny
    for _ in range(3):
        case = case.add(**PLAN)
    case = case.add(**PLAN | {"start": "2018-01", "end": "2018Q1"})
    assert {"plan-2018", "plan-2018-2", "plan-2018-3", "plan-2018-01"} <= set(case.evidence["id"])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"unit": "USD/moth"}, "unit: 'USD/moth' is not a unit of plan; write 'USD/month'"),
        ({"qualifier": "abot"}, "qualifier: 'abot' is not a qualifier; did you mean 'about'?"),
        ({"valu": 3}, "valu: there is no such column; did you mean 'value'?"),
        ({"grade": "B7"}, "grade: 'B7' is not a grade; write a letter A to F and a digit 1 to 6"),
        ({"grade": None}, "grade: the grade is missing; write a letter"),
        ({"reliability": "A"}, "grade: the reliability is given too"),
        ({"value": -5}, "value: '-5' is negative"),
        ({"value": float("inf")}, "value: 'inf' is not a finite number"),
        ({"source": "papr"}, "source: 'papr' is not an id of sources.csv; did you mean 'paper'?"),
        ({"source": "x"}, "describe a new one: new_source={'title': …"),
        ({"source": "x", "new_source": {"titel": "a"}}, "new_source, titel: there is no such"),
        ({"source": "x", "new_source": {"date": 2018}}, "new_source, title: the title is missing"),
        ({"new_source": {"title": "a"}}, "source: 'paper' is in sources.csv already"),
        ({"new_source": "a"}, "new_source: give the columns of sources.csv by name"),
        ({"id": "payment"}, "id: 'payment' is the id of another row"),
        ({"note": "a\0b"}, "note: holds a control character, U+0000"),
        ({"note": "\ud800"}, "note: holds a code that is no character, U+D800"),
        ({"start": "04/05/2018"}, "start: '04/05/2018' is not a date"),
    ],
)  # fmt: skip
def test_errors_name_arguments_and_no_lines(changed: dict[str, Any], told: str, tiny: Case) -> None:
    with pytest.raises(CaseError) as caught:
        tiny.add(**PLAN | changed)
    assert told in str(caught.value)
    assert "row " not in str(caught.value).partition("\n")[2]
    assert len(caught.value.faults) == (2 if "titel" in str(changed) else 1)


def test_a_total_is_held_out_and_a_new_source_is_listed(tiny: Case) -> None:
    new = tiny.add(
        quantity="total_state_take", low=100, high=150, unit="million USD/year",
        qualifier="range", coverage=0.95, grade="c3", start=2017, source="study",
        new_source={"title": "A study, of 2019", "date": 2019},
    )  # fmt: skip
    row = row_of(new, "total_state_take-2017")
    assert (row.role, row.reliability, row.coverage) == ("holdout", "C", 0.95)
    assert dict(new.sources.set_index("id").loc["study"])["title"] == "A study, of 2019"
    # the column was not in the file, and is now: the other rows say what they said
    ours = new.evidence[new.evidence["id"] != row.id].drop(columns="row")
    theirs = tiny.evidence.drop(columns="row")
    pd.testing.assert_frame_equal(ours.reset_index(drop=True), theirs)


def test_a_fit_takes_a_changed_case_and_keeps_it(tiny: Case, tmp_path: Path) -> None:
    short: dict[str, Any] = {"draws": 100, "tune": 100, "chains": 2, "output": tmp_path}
    new = tiny.add(**PLAN)
    run = model.fit(new, **short)
    assert run.folder.name.startswith("tiny-")
    assert read_case(run.folder / "inputs").hashes == new.hashes
    assert "plan-2018" in synthesis(run.case).evidence.ids
    assert (run.folder / "inputs/evidence.csv").read_bytes() == new.files["evidence.csv"]
    changed = os.stat(run.folder / "manifest.json").st_mtime_ns
    assert model.fit(new, **short).folder == run.folder
    assert os.stat(run.folder / "manifest.json").st_mtime_ns == changed
    assert str(tmp_path) not in (run.folder / "manifest.json").read_text()


def test_a_case_as_read_is_its_folder_and_a_changed_one_a_copy(tiny: Case) -> None:
    with folder_of(tiny) as folder:
        assert folder == tiny.folder
    new = tiny.add(**PLAN)
    with folder_of(new) as folder:
        assert folder != tiny.folder
        found = read_case(folder)
        assert (found.name, found.files) == (tiny.name, new.files)
    assert not folder.exists()


# As a table


def test_the_table_goes_both_ways(tiny: Case, real: Case) -> None:
    for case in (tiny, real):
        frame = case.typed_evidence
        assert all(isinstance(cell, str) for cell in frame.to_numpy().ravel())
        assert case.with_evidence(frame).hashes == case.hashes
        assert case.with_evidence(frame.set_index("id")[::-1]).hashes == case.hashes


def test_an_edited_table_is_read_as_the_edited_file(tiny: Case, tmp_path: Path) -> None:
    frame = tiny.typed_evidence.set_index("id")
    frame.loc["workers", "value"] = 25_000.0
    frame.loc["workers", "base"] = np.nan
    frame.loc["workers", "start"] = pd.Period("2017-12", "M")
    frame.loc["workers", "end"] = pd.Timestamp("2017-12-31")
    new = tiny.with_evidence(frame)
    cells = {"value": "25000", "end": "2017-12-31"}
    same = read_case(write_case(tmp_path / "tiny", evidence={"workers": cells}))
    assert new.hashes == same.hashes


def test_errors_in_a_table_name_the_row_by_its_id(tiny: Case) -> None:
    frame = tiny.typed_evidence.set_index("id")
    frame.loc["payment", "unit"] = "RUB/moth"
    frame.loc["quota", "note"] = "a\nb\x1b"
    frame["colour"] = "red"
    with pytest.raises(CaseError, match="row 'quota', note: holds a control character"):
        tiny.with_evidence(frame)
    frame.loc["quota", "note"] = "two\nlines"
    with pytest.raises(CaseError) as caught:
        tiny.with_evidence(frame)
    faults = sorted(map(str, caught.value.faults))
    assert faults[0].startswith("row 'payment', unit: 'RUB/moth' is not a unit of payment")
    assert faults[1].startswith("the columns, colour: unknown column")
    twice = pd.concat([tiny.typed_evidence, tiny.typed_evidence[:1]], ignore_index=True)
    last = len(twice) - 1
    with pytest.raises(CaseError, match=f"row 'workers' at '{last}', id: .* row 'workers' at '0'"):
        tiny.with_evidence(twice)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""), (float("nan"), ""), (pd.NA, ""), (pd.NaT, ""), (500, "500"), (500.0, "500"),
        (np.int32(7), "7"), (np.float64(0.25), "0.25"), (1e-7, "1e-07"), (" a ", "a"),
        (pd.Period("2018-07", "M"), "2018-07"), (pd.Period("2018Q3"), "2018Q3"),
        (pd.Timestamp("2018-07-31"), "2018-07-31"), (date(2018, 7, 1), "2018-07-01"),
    ],
)  # fmt: skip
def test_values_are_cells(value: object, cell: str) -> None:
    assert as_cell(value) == cell


# In words


def test_the_interval_is_that_of_the_density_by_scipy(real: Case) -> None:
    """Of a floor: a Normal, or a wider one if the row is off, with an exponential tail."""
    new = real.add(**PLAN | {"qualifier": "at_least", "source": "vkoree"})
    truth = truth_of(real.reading, row_of(new, "plan-2018"))
    grade = np.hypot(real.reading.reliability["B"], real.reading.credibility[2])
    tail, (share, by) = real.reading.tails["at_least"], real.reading.off
    parts = [(1 - share, grade), *((share / 3, np.hypot(grade, by / n)) for n in (1, 2, 4))]

    def below(log_truth: float) -> float:
        return float(
            sum(p * stats.exponnorm.cdf(log_truth, tail / sd, scale=sd) for p, sd in parts)
        )

    assert below(np.log(truth.q05 / 500)) == pytest.approx(0.05, abs=5e-4)
    assert below(np.log(truth.q95 / 500)) == pytest.approx(0.95, abs=5e-4)


def test_a_spread_is_that_of_simulated_units(real: Case) -> None:
    """Lowest and highest of n units, drawn until their ratio is the one stated."""
    cells = {"value": None, "low": 700, "high": 900, "qualifier": "spread", "source": "vkoree"}
    row = row_of(real.add(**PLAN | cells), "plan-2018")
    reading, rng, draws = real.reading, np.random.default_rng(5), []
    (low, high), (share, by) = np.log(reading.spread_deviation), reading.off
    grade = np.hypot(reading.reliability["B"], reading.credibility[2])
    half, size = np.log(900 / 700) / 2, 400_000
    for units in np.unique(np.round(np.geomspace(*reading.spread_units, 7))):
        deviation = np.exp(rng.normal((low + high) / 2, (high - low) / 2 / 1.645, size))
        top = rng.random(size) ** (1 / units)
        bottom = top * (1 - rng.random(size) ** (1 / (units - 1)))
        top, bottom = stats.norm.ppf(top) * deviation, stats.norm.ppf(bottom) * deviation
        added = rng.choice([0, by, by / 2, by / 4], size, p=[1 - share, *[share / 3] * 3])
        error = rng.normal(size=size) * np.hypot(grade, added)
        kept = abs((top - bottom) / 2 - half) < 0.01
        draws.append((-(top + bottom) / 2 + deviation**2 / 2 - error)[kept])
    expected = np.quantile(np.concatenate(draws), [0.05, 0.95])
    truth = truth_of(reading, row)
    ours = np.log(np.array([truth.q05, truth.q95]) / np.sqrt(700 * 900))
    np.testing.assert_allclose(ours, expected, atol=0.015)


@pytest.mark.parametrize("qualifier", QUALIFIERS)
def test_every_hedge_has_words(qualifier: str, tiny: Case) -> None:
    figures = {"low": 400, "value": None, "high": 600} if qualifier in ("range", "spread") else {}
    new = tiny.add(**PLAN | figures | {"qualifier": qualifier})
    said = in_words(new.reading, row_of(new, "plan-2018"))
    assert "USD a month" in said
    assert ", graded B2: " in said
    assert ("likely, hardly" if qualifier in ("below", "above") else "90% between") in said


def test_the_words_of_the_brief(real: Case) -> None:
    new = real.add(**PLAN | {"source": "vkoree"})
    assert in_words(real.reading, row_of(new, "plan-2018")) == (
        "about 500 USD a month, graded B2: most likely 500, 90% between 390 and 640"
    )


# In a terminal


def add(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "model.case", "add", str(folder), *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def answered(folder: Path, *answers: str, options: tuple[str, ...] = ()) -> tuple[str, int]:
    """What the command prints in a terminal, and its status; each question gets an answer."""
    command = [sys.executable, "-m", "model.case", "add", str(folder), *options]
    child, screen = pytest.importorskip("pty").fork()
    if child == 0:
        os.chdir(ROOT)
        os.execv(command[0], command)
    said, waiting, until = b"", list(answers), time.monotonic() + 60
    while time.monotonic() < until:
        if not select.select([screen], [], [], 1)[0]:
            continue
        try:
            piece = os.read(screen, 4096)
        except OSError:  # the other side is closed
            piece = b""
        if not piece:
            break
        said += piece
        if said.endswith((b"> ", b"[y/N] ")) and waiting:
            if waiting[0] < " ":
                time.sleep(0.3)  # a person strikes a key once the program waits for it
            os.write(screen, waiting.pop(0).encode())
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL if time.monotonic() >= until else 0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(screen)
    return said.decode().replace("\r\n", "\n"), status


def test_every_column_is_asked_for_and_is_an_option() -> None:
    names = {*EVIDENCE.columns, "grade"} - {"reliability", "credibility"}
    of_source = {f"source_{name}" for name in SOURCES.columns} - {
        "source_id", "source_accessed", "source_note", "source_status",
    }  # fmt: skip
    assert set(COLUMNS) == names | of_source
    shown = add(Path("x"), "--help").stdout
    for name in COLUMNS:
        assert f"--{name.replace('_', '-')} " in shown


def test_questions_lead_to_the_row(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "tiny")
    before = (folder / "evidence.csv").read_bytes()
    said, status = answered(
        folder, "plann\n", "plan\n", "\n", "\n", "2018\n", "\n", "\n", "about\n", "500\n",
        "USD/moth\n", "?\n", "USD/month\n", "survey\n", "A survey\n", "\n", "2019\n", "\n",
        "a firm\n", "B2\n", "\n", "\n", "\n", "back\n", "\n", "they said 500\n", "\n", "y\n",
    )  # fmt: skip
    assert status == 0, said
    assert "quantity: 'plann' is not a quantity of the catalogue; did you mean 'plan'?" in said
    assert "unit: 'USD/moth' is not a unit of plan; write 'USD/month'" in said
    assert "For plan: RUB/month" in said
    assert "about 500 USD a month, graded B2: most" in said
    assert "Appended plan-2018:" in said
    after = (folder / "evidence.csv").read_bytes()
    assert after.startswith(before)
    assert after.removeprefix(before).decode().split(",")[:3] == ["plan-2018", "plan", "russia"]
    assert dict(read_case(folder).sources.set_index("id")["title"])["survey"] == "A survey"


@pytest.mark.parametrize(
    ("answers", "status", "last"),
    [
        (("plan\n", "\x03"), 130, "Interrupted; nothing was written."),
        (("plan\n", "\x04"), 2, "The input ended; nothing was written."),
    ],
)
def test_nothing_is_written_without_a_yes(
    answers: tuple[str, ...], status: int, last: str, tmp_path: Path
) -> None:
    folder = write_case(tmp_path / "tiny")
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    said, found = answered(folder, *answers)
    assert (found, said.rstrip().splitlines()[-1]) == (status, last)
    assert said.count(last) == 1
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


class Answers:
    """Somebody who answers questions in a process of ours."""

    def __init__(self, answers: dict[str, list[str]]) -> None:
        self.answers = answers
        self.told: list[str] = []

    def ask(self, question: str) -> str:
        waiting = self.answers.get(question.rstrip("> ").partition(" ")[0], [])
        return waiting.pop(0) if waiting else ""

    def tell(self, text: str) -> None:
        self.told.append(text)


def test_an_error_of_two_columns_asks_for_both(tiny: Case) -> None:
    somebody = Answers({"low": ["300", "200"], "high": ["250", "250"]})
    given = {name: str(cell) for name, cell in PLAN.items() if name != "value"}
    draft = Dialogue(tiny, given | {"qualifier": "range"}, somebody.ask, somebody.tell).held()
    assert (draft["low"], draft["high"], draft.faults) == ("200", "250", ())
    assert any("low: 300 is not below high, 250" in one for one in somebody.told)


def test_a_faulty_option_is_asked_for_in_a_terminal(tiny: Case) -> None:
    somebody = Answers({"unit": ["USD/year"]})
    given = {name: str(cell) for name, cell in PLAN.items()} | {"unit": "USD"}
    draft = Dialogue(tiny, given, somebody.ask, somebody.tell).held()
    assert draft["unit"] == "USD/year"
    assert draft.case is not None


def test_a_share_is_asked_for_its_base_and_a_total_for_no_segment(tiny: Case) -> None:
    asked: list[str] = []
    somebody = Answers({"base": ["", "wage_fund"]})

    def ask(question: str) -> str:
        asked.append(question.rstrip("> ").partition(" ")[0])
        return somebody.ask(question)

    given = {name: str(cell) for name, cell in PLAN.items()} | {"unit": "%", "value": "50"}
    Dialogue(tiny, given | {"quantity": "state_take"}, ask, somebody.tell).held()
    assert asked.count("base") == 2
    assert "segment" in asked
    asked.clear()
    given |= {"quantity": "total_wedge", "unit": "million USD/year"}
    Dialogue(tiny, given, ask, somebody.tell).held()
    assert not {"base", "segment", "low", "coverage"} & set(asked)


# Without a terminal


def test_options_append_a_row_in_the_layout_of_the_file(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "tiny")
    path = folder / "evidence.csv"
    text = path.read_text().rstrip("\n").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    path.chmod(0o640)
    done = add(folder, *OPTIONS, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    line = "\r\nplan-2018,plan,russia,,2018,2018,about,,500,,USD/month,,paper,,,B,2,fit,"
    assert path.read_bytes() == b"\xef\xbb\xbf" + (text + line).encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert not [one for one in folder.iterdir() if one.name.startswith(".")]
    assert "plan (russia, 2018-01 to 2018-12): about 500 USD a month" in done.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (OPTIONS, "--yes is missing: standard input is no terminal"),
        ([*OPTIONS[:4], OPTIONS[5], OPTIONS[6], "--yes"], "--grade: the grade is missing"),
        ([*OPTIONS, "--source=x", "--yes"], "describe a new one: --source-title"),
        ([*OPTIONS, "--source=x", "--source-title=a", "--source-date=x"], "--source-date: 'x' is"),
    ],
)
def test_what_is_missing_is_told_once_and_nothing_written(
    options: list[str], told: str, tmp_path: Path
) -> None:
    folder = write_case(tmp_path / "tiny")
    before = (folder / "evidence.csv").read_bytes()
    done = add(folder, *options)
    assert done.returncode == 2
    assert done.stderr.count(told) == 1
    assert len(done.stderr.splitlines()) == (1 if "--yes is" in told else 2)
    assert (folder / "evidence.csv").read_bytes() == before


# Files


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id,a\n1,x\n", "id,a\n1,x\n2,y\n"),
        ("id,a\n1,x", "id,a\n1,x\n2,y"),
        ("id,a\r\n1,x\r\n", "id,a\r\n1,x\r\n2,y\r\n"),
        ("id,a\r1,x\r", "id,a\r1,x\r2,y\r"),
        ("\ufeffid,a\n1,x\n", "\ufeffid,a\n1,x\n2,y\n"),
        ('id,a\n"1" , "x\nz"\n', None),  # blanks before quotation marks
        ("a , id,,\nx,1,,\n\n", "a , id,,\nx,1,,\n\ny,2\n"),
        ("id\n1\n", "id,a\n1,\n2,y\n"),
        ('id,a\n"1","x\n,z"\n', 'id,a\n"1","x\n,z"\n2,y\n'),
    ],
)
def test_a_file_keeps_its_layout(before: str, after: str | None) -> None:
    if after is None:
        with pytest.raises(TableError):
            with_row(before.encode(), {"id": "2", "a": "y"})
        return
    assert with_row(before.encode(), {"id": "2", "a": "y"}).decode() == after


def test_a_full_disk_leaves_both_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_case(tmp_path / "tiny")
    case = read_case(folder)
    new = case.add(**PLAN | {"source": "x", "new_source": {"title": "a"}})

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(replacing.UnwritableError, match="No space left on device"):
            replacing.replace_files(folder, case.files, new.files, lambda: None)
    replace, calls = os.replace, []

    def second_fails(draft: Path, path: Path) -> None:
        calls.append(path)
        if len(calls) == 2:
            full(0)
        replace(draft, path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", second_fails)
        with pytest.raises(replacing.UnwritableError):
            replacing.replace_files(folder, case.files, new.files, lambda: None)
    assert len(calls) == 2
    assert read_case(folder).files == case.files
    assert not [one for one in folder.iterdir() if one.name.startswith(".")]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "tiny")
    case = read_case(folder)
    new = case.add(**PLAN)
    path = folder / "evidence.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(replacing.UnwritableError, match="changed meanwhile"):
        replacing.replace_files(folder, case.files, new.files, lambda: None)
    path.unlink()
    with pytest.raises(replacing.UnwritableError, match="no such file"):
        replacing.replace_files(folder, case.files, new.files, lambda: None)


def test_the_copy_in_a_run_is_not_added_to(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "tiny-0123456789ab" / "inputs")
    (folder.parent / "manifest.json").write_text("{}")
    done = add(folder, *OPTIONS, "--yes")
    assert done.returncode == 2
    assert "is the copy that a run keeps" in done.stderr


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "tiny")
    real = (folder / "evidence.csv").rename(tmp_path / "shared.csv")
    (folder / "evidence.csv").symlink_to(real)
    case = read_case(folder)
    replacing.replace_files(folder, case.files, case.add(**PLAN).files, lambda: None)
    assert (folder / "evidence.csv").is_symlink()
    assert "plan-2018" in real.read_text()


def test_help_lists_what_there_is(tiny: Case) -> None:
    somebody = Answers({name: [asking.HELP] for name in COLUMNS})
    given = {"quantity": "plan", "start": "2018", "value": "500", "unit": "USD/month"}
    somebody.answers["qualifier"] += ["about"]
    somebody.answers["source"] += ["paper"]
    somebody.answers["grade"] += ["B2"]
    Dialogue(tiny, given, somebody.ask, somebody.tell).held()
    assert f"  {', '.join(QUALIFIERS)}" in somebody.told
    assert any("paper" in one for one in somebody.told)
