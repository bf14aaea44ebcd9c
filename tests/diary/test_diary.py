"""Diaries of made-up runs: their order, what is told, and moves that add up; nothing is fitted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from model.archive import store
from model.archive.__main__ import app
from model.archive.moved import Drawn
from model.archive.naming import give
from model.diary import NoDiaryError, diary
from model.diary.book import Step, sentence
from model.diary.split import Cause
from model.question import WhatIf
from model.sampling.convergence import median_error
from reports.figures import diary as figure
from reports.texts import catalogue, languages
from tests.archive.strangers import resealed
from tests.cases import write_case
from tests.reports.runs import FAILED, write_run

FIRST, SECOND, WORSE, THIRD, WHAT = (f"{one}" * 12 for one in "abcde")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs of one case, one that did not converge between them, and a what-if."""
    base = tmp_path_factory.mktemp("diary")
    output = base / "runs"
    cells = {
        FIRST: {},
        SECOND: {"priors": {"plan": {"p95": 1200}}, "evidence": {"plan": {"reliability": "D"}}},
        WORSE: {"priors": {"plan": {"p95": 1500}}},
        THIRD: {"priors": {"plan": {"p95": 700}}},
        WHAT: {},
    }
    for place, (key, changes) in enumerate(cells.items()):
        inputs = write_case(base / key / "case", **changes)
        what_if = WhatIf(drop_rows=("plan",)) if key == WHAT else None
        gate = {"gate": FAILED} if key == WORSE else {}
        folder = write_run(output, inputs, key=key, what_if=what_if, **gate)
        resealed(folder, fit=key, date=f"2024-0{place + 1}-01")
    give("base", output / f"case-{FIRST}")
    return output


def call(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["diary", *words])
    return done.exit_code, done.output


def test_runs_are_told_in_order_and_moves_add_up(runs: Path) -> None:
    found = diary(output=runs)
    assert [one.name for one in found.entries] == [
        "base", f"case-{SECOND}", f"case-{WORSE}", f"case-{THIRD}",
    ]  # fmt: skip
    assert found.left_out == 1
    assert found.folder.name == f"case-{THIRD}"
    steps = [one.step for one in found.entries]
    # no step leads to or from a run that did not converge
    assert [step is None for step in steps] == [True, False, True, False]
    assert found.whole is not None
    moved = [step.moved for step in steps if step is not None]
    assert sum(moved) == pytest.approx(found.whole.moved, rel=1e-12)
    year = str(found.year)
    drawn = {
        key: Drawn.of(runs / f"case-{key}").years("baseline", "state_take")[year]
        for key in (FIRST, SECOND, THIRD)
    }
    for step, was, now in ((steps[1], FIRST, SECOND), (steps[3], SECOND, THIRD)):
        assert step is not None
        assert step.moved == pytest.approx(np.median(drawn[now]) - np.median(drawn[was]))
        errors = [median_error(drawn[one]) for one in (was, now)]
        assert step.error == pytest.approx(np.hypot(*errors))
        assert step.beyond_error == (abs(step.moved) > 2 * step.error)
    assert steps[1] is not None
    assert steps[1].label == "1 row from paper graded anew; priors"
    assert steps[1].note == "Ask with --explain how far each moved it"
    assert steps[3] is not None
    assert "priors: plan.p95: 1200 -> 700" in steps[3].changed


def test_all_tells_what_ifs_too(runs: Path) -> None:
    found = diary(output=runs, every=True)
    last = found.entries[-1]
    assert last.name == f"case-{WHAT}"
    assert last.step is not None
    assert last.step.label == "priors; asked: without the row plan (before: inputs unchanged)"
    assert found.left_out == 0


def test_runs_of_one_fit_have_the_same_draws(tmp_path: Path) -> None:
    inputs = write_case(tmp_path / "case")
    for place, key in enumerate((FIRST, SECOND)):
        resealed(write_run(tmp_path / "runs", inputs, key=key), date=f"2024-01-0{place + 1}")
    step = diary(output=tmp_path / "runs").entries[1].step
    assert step is not None
    assert (step.moved, step.error, step.label) == (0.0, 0.0, "")
    assert sentence(step).endswith("with the same draws.")


def test_within_a_day_runs_stand_in_the_order_of_their_draws(tmp_path: Path) -> None:
    inputs = write_case(tmp_path / "case")
    for when, key in ((2e9, FIRST), (1e9, SECOND)):
        folder = write_run(tmp_path / "runs", inputs, key=key)
        resealed(folder, date="2024-01-01")
        os.utime(folder / store.POSTERIOR, (when, when))
    names = [one.name for one in diary(output=tmp_path / "runs").entries]
    assert names == [f"case-{SECOND}", f"case-{FIRST}"]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step(136e6, 131e6, 1e6, label="a; b", causes=(Cause("a", -4e6, 0.5e6),
                                                       Cause("b", -1e6, 0.9e6))),
         "From 136 to 131 because of a (-4 ± 1) and b (-1 ± 2, within error)."),
        (Step(136e6, 131e6, 1e6, label="a", causes=(Cause("a", -5e6, 1e6),)),
         "From 136 to 131 because of a (-5 ± 2)."),
        (Step(136e6, 135e6, 1e6, label="a", causes=(Cause("a", -1e6, 1e6),)),
         "Unchanged at 135 within error (-1 ± 2) with a."),
        (Step(136e6, 136e6, 0.0, label="a"), "Unchanged at 136.0, with the same draws: a."),
        (Step(136e6, 131e6, 1e6, label="a; b", note="Not split"),
         "From 136 to 131 with a; b. Not split."),
    ],
)  # fmt: skip
def test_a_step_is_a_sentence(step: Step, said: str) -> None:
    assert sentence(step) == said


def test_it_is_printed_for_people_and_machines(runs: Path) -> None:
    status, table = call("--runs", str(runs))
    assert status == 3
    assert "case-cccccccccccc" in table
    assert "NOT CONVERGED" in table
    assert "1 what-if is left out; --all tells them, too." in table
    _, text = call("--runs", str(runs), "--format", "json")
    told = json.loads(text)
    found = diary(output=runs)
    assert [one["name"] for one in told["entries"]] == [one.name for one in found.entries]
    moves = [one["step"]["moved"] for one in told["entries"] if one["step"]]
    assert sum(moves) == pytest.approx(told["whole"]["moved"])
    assert call("--runs", str(runs), "--format", "json")[1] == text
    _, rows = call("--runs", str(runs), "--format", "csv")
    assert rows.splitlines()[0].startswith("date,name,run,asked,converged,q50,q05,q95,moved")
    assert len(rows.splitlines()) == 5
    assert "2024-02-01" in repr(found)
    assert found._repr_html_().startswith("<table")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--inputs", "elsewhere"], "no run of 'elsewhere' in"),
        (["--definition", "profit"], "--definition: no definition 'profit'; write one of: plan_c"),
        (["--year", "1999"], "1999 is no whole year of the newest run; write one of: 2017, 2018"),
        (["--known", "date", "--explain"], "--explain: it is about runs, and --known tells"),
        (["--known", "year", "--all"], "--all: it is about runs, and --known tells of none"),
        (["--plot", "headline"], "--plot: 'headline' is no figure of a diary; write --plot diary"),
        (["--plot", "diary=out.pdf"], "ends in .png or .svg"),
    ],
)
def test_faults_are_told_in_one_line(runs: Path, words: list[str], said: str) -> None:
    status, text = call("--runs", str(runs), *words)
    assert status == 2
    assert said in " ".join(text.split())
    assert len(text.splitlines()) == 1


def test_a_folder_without_runs_or_with_several_cases_is_told(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(NoDiaryError, match="holds no runs"):
        diary(output=tmp_path)
    for key, case in ((FIRST, "one"), (SECOND, "two")):
        folder = write_run(tmp_path, write_case(tmp_path / "cases" / case), key=key)
        resealed(folder, case=case)
    with pytest.raises(NoDiaryError, match=r"several cases; name one: one \(1\), two \(1\)"):
        diary(output=tmp_path)
    assert diary("two", tmp_path).entries[0].run == f"case-{SECOND}"


def test_a_damaged_run_is_named_and_not_told(tmp_path: Path) -> None:
    inputs = write_case(tmp_path / "case")
    for key in (FIRST, SECOND):
        write_run(tmp_path / "runs", inputs, key=key)
    with (tmp_path / "runs" / f"case-{SECOND}" / store.SUMMARY).open("a") as file:
        file.write(" ")
    found = diary(output=tmp_path / "runs")
    assert [one.run for one in found.entries] == [f"case-{FIRST}"]
    (said,) = found.damaged
    assert said.startswith(f"case-{SECOND}  NOT READABLE")


def test_the_figure_shows_every_run_and_hollow_ones(runs: Path, tmp_path: Path) -> None:
    found = diary(output=runs)
    axes = figure.draw(found)
    middles = [one.numbers["q50"] / 1e6 for one in found.entries if one.numbers]
    solid = next(line for line in axes.lines if line.get_gid() == "median")
    done = [one.converged for one in found.entries]
    assert list(solid.get_ydata()) == pytest.approx(np.array(middles)[done])
    for language in languages():
        texts = catalogue(language)
        said = figure.describe(found, texts)
        assert all(one.name in said for one in found.entries)
        figure.draw(found, texts=texts)
    status, text = call("--runs", str(runs), "--quiet", "--plot", f"diary={tmp_path / 'a.svg'}")
    assert status == 3, text
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "NOT CONVERGED where hollow" in drawn
    call("--runs", str(runs), "--quiet", "--plot", f"diary={tmp_path / 'b.svg'}")
    assert (tmp_path / "b.svg").read_text(encoding="utf-8") == drawn


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("evidence.csv", 'id,quantity\n"one,plan\n'),
        ("evidence.csv", "id,quantity\none,plan\n"),
        ("sources.csv", "id,title\none\n"),
        ("priors.toml", "[plan\n"),
        ("timeline.toml", "end = \n"),
    ],
)
def test_inputs_that_a_stranger_changed_make_a_run_that_is_not_told(
    name: str, content: str, tmp_path: Path
) -> None:
    folder = write_run(tmp_path / "runs", write_case(tmp_path / "case"), key=FIRST)
    write_run(tmp_path / "runs", tmp_path / "case", key=SECOND)
    (folder / "inputs" / name).write_text(content)
    resealed(folder)
    found = diary(output=tmp_path / "runs")
    assert [one.run for one in found.entries] == [f"case-{SECOND}"]
    assert "contradict each other" in found.damaged[0]


def test_text_of_files_is_text_wherever_it_is_told(tmp_path: Path) -> None:
    """A source whose id is markup, an escape sequence or a formula acts nowhere."""
    odd = "<b>x</b>"
    for place in range(2):
        case = write_case(tmp_path / str(place) / "case")
        folder = write_run(tmp_path / "runs", case, key=f"{place}" * 12)
        for name in ("evidence.csv", "sources.csv") if place else ():
            text = (folder / "inputs" / name).read_text()
            (folder / "inputs" / name).write_text(text.replace("paper", odd))
        resealed(folder, fit=f"{place}" * 12, date=f"2024-01-0{place + 1}")
    found = diary(output=tmp_path / "runs")
    step = found.entries[1].step
    assert step is not None
    assert odd in step.label
    assert odd not in found._repr_html_()
    assert "&lt;b&gt;x" in found._repr_html_()
    assert odd in call("--runs", str(tmp_path / "runs"))[1]
