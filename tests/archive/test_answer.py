"""Questions, answers and the archive: read again, never trusted when damaged, one engine."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from model.archive import store
from model.archive.__main__ import app
from model.archive.answer import Answer, Hooks, answer, found, read_inputs, results_of
from model.archive.draws_file import read_posterior
from model.question import Question, SamplerOptions, WhatIf, described
from tests.cases import write_case

ROOT = Path(__file__).parents[2]
OPTIONS = SamplerOptions(draws=200, tune=200, chains=2, seed=1)
SCENARIO = """
title = "Half the payment"
description = "Contractors pay half from 2018."
[[changes]]
quantity = "payment"
from = "2018-01"
scale = 0.5
"""


@pytest.fixture(scope="module")
def case_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The session's small case, with a scenario."""
    folder = write_case(tmp_path_factory.mktemp("answer") / "small")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "half.toml").write_text(SCENARIO)
    return folder


@pytest.fixture(scope="module")
def output(case_folder: Path) -> Path:
    return case_folder.parent / "runs"


@pytest.fixture(scope="module")
def question(case_folder: Path) -> Question:
    return Question(inputs=case_folder, options=OPTIONS)


@pytest.fixture(scope="module")
def first(question: Question, output: Path) -> Answer:
    """The question asked for the first time."""
    return answer(question, read_inputs(question), output)


def asking(question: Question, *scenarios: str, horizon: str = "") -> Question:
    return Question(question.inputs, question.what_if, scenarios, horizon, question.options)


def no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a fit was asked for")

    monkeypatch.setattr("model.sampling.fitting.fit", refuse)


def test_the_same_question_is_read(first: Answer, question: Question, output: Path) -> None:
    again = found(question, output)
    assert again is not None
    assert again.found
    assert again.folder == first.folder
    assert again.summary == json.loads(json.dumps(first.summary))
    other = Question(question.inputs, options=SamplerOptions(seed=2))
    assert found(other, output) is None


def test_reading_needs_nothing_numerical(first: Answer, case_folder: Path, output: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from model.archive.answer import found\n"
        "from model.question import Question, SamplerOptions\n"
        "options = SamplerOptions(draws=200, tune=200, chains=2, seed=1)\n"
        f"one = found(Question(inputs=Path({str(case_folder)!r}), options=options), "
        f"Path({str(output)!r}))\n"
        "assert one is not None\n"
        "print({'numpy', 'pandas', 'pymc', 'pytensor', 'scipy', 'xarray'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_projecting_scenarios_imports_no_pymc(
    first: Answer, case_folder: Path, output: Path
) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from model.archive.answer import answer, read_inputs\n"
        "from model.question import Question, SamplerOptions\n"
        "options = SamplerOptions(draws=200, tune=200, chains=2, seed=1)\n"
        f"asked = Question(Path({str(case_folder)!r}), scenarios=('half',), horizon='2019-12', "
        "options=options)\n"
        f"answer(asked, read_inputs(asked), Path({str(output)!r}))\n"
        "print({'pymc', 'pytensor', 'nutpie'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_a_scenario_is_answered_from_the_draws(
    first: Answer, question: Question, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_fit(monkeypatch)
    asked = asking(question, "half")
    one = answer(asked, read_inputs(asked), output)
    assert one.folder != first.folder
    blocks = one.summary["scenarios"]
    assert blocks["baseline"] == first.summary["scenarios"]["baseline"]
    for name in ("quantities", "evidence", "holdout", "convergence"):
        assert one.summary[name] == first.summary[name], name
    versus = blocks["half"]["versus_baseline"]
    assert versus["2017"]["billings"]["usd"]["mean"] == 0.0
    billings = blocks["baseline"]["annual"]["2018"]["billings"]["usd"]
    halved = versus["2018"]["billings"]["usd"]
    assert halved["mean"] == pytest.approx(-0.5 * billings["mean"], rel=1e-7)
    # the difference's own interval: half the baseline's, not the sum of two
    assert halved["sd"] == pytest.approx(0.5 * billings["sd"], rel=1e-7)
    assert (halved["probability_lower"], halved["probability_higher"]) == (1.0, 0.0)
    assert versus["2017"]["billings"]["usd"]["probability_lower"] == 0.0
    stake = blocks["half"]["at_stake"]
    assert (stake["from"], stake["to"]) == ("2018-01", "2018-12")
    assert stake["billings"]["usd"]["mean"] == pytest.approx(halved["mean"], rel=1e-7)


def test_from_the_archive_or_fitted_anew_the_bytes_are_the_same(
    first: Answer, question: Question, output: Path, tmp_path: Path
) -> None:
    asked = asking(question, "half", horizon="2019-06")
    inputs = read_inputs(asked)
    one = answer(asked, inputs, output)
    other = answer(asked, inputs, tmp_path, fresh=True)
    assert one.folder.name == other.folder.name
    names = [path.relative_to(one.folder) for path in files_of(one.folder)]
    for name in names:
        if name.name != store.MANIFEST:
            assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes(), name


def test_one_engine_for_all(first: Answer, question: Question, output: Path) -> None:
    """Command line, a notebook's call and a run on disk show the same digits."""
    asked = asking(question, "half")
    inputs = read_inputs(asked)
    results, _ = results_of(asked, inputs, output)
    from model.archive.summary import summary

    in_process = json.loads(json.dumps(summary(results)))
    done = subprocess.run(
        [
            sys.executable, "-m", "model.estimate", "--inputs", str(asked.inputs), "--output",
            str(output), "--scenario", "half", "--draws", "200", "--tune", "200", "--chains", "2",
            "--seed", "1", "--format", "json",
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    printed = json.loads(done.stdout)
    printed.pop("answered_by")
    assert printed == in_process


def test_a_horizon_runs_past_the_data(first: Answer, question: Question, output: Path) -> None:
    asked = asking(question, horizon="2019-12")
    one = answer(asked, read_inputs(asked), output)
    annual = one.summary["scenarios"]["baseline"]["annual"]
    assert set(annual) == {"2017", "2018", "2019"}
    before = first.summary["scenarios"]["baseline"]["annual"]
    assert {year: annual[year] for year in before} == before


def test_an_ineffective_scenario_is_told(
    first: Answer, question: Question, output: Path, tmp_path: Path
) -> None:
    path = tmp_path / "idle.toml"
    path.write_text(SCENARIO.replace("scale = 0.5", 'as_in = "2018-01"').replace(
        '"payment"', '"permit_inflow"'))  # fmt: skip
    asked = asking(question, str(path))
    said: list[str] = []
    answer(asked, read_inputs(asked), output, Hooks(warn=said.append))
    assert said == ["warning: scenario idle changes nothing"]


def test_a_hidden_case_s_runs_are_listed(
    first: Answer, question: Question, output: Path, tmp_path: Path
) -> None:
    hidden = tmp_path / ".small"
    shutil.copytree(question.inputs, hidden)
    asked = Question(hidden, options=question.options)
    shutil.copytree(first.folder, tmp_path / "runs" / "another-0123456789ab")
    one = answer(asked, read_inputs(asked), tmp_path / "runs")
    again = found(asked, tmp_path / "runs")
    assert again is not None
    assert again.folder == one.folder
    assert one.folder in store.run_folders(tmp_path / "runs")
    _, text = command("list", "--output", tmp_path / "runs")
    assert one.folder.name in text
    assert not one.folder.name.startswith(".")


# Damage


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.write_bytes(bytes(content))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [flip, cut, empty, remove])
def test_damage_to_any_file_is_found_told_and_mended(
    first: Answer,
    question: Question,
    output: Path,
    tmp_path: Path,
    harm: Callable[[Path], None],
) -> None:
    names = [path.relative_to(first.folder) for path in files_of(first.folder)]
    assert {"manifest.json", "posterior.nc", "summary.json"} <= {str(name) for name in names}
    for number, name in enumerate(names):
        runs = tmp_path / str(number)
        shutil.copytree(output, runs)
        folder = runs / first.folder.name
        harm(folder / name)
        said: list[str] = []
        assert found(question, runs, Hooks(warn=said.append)) is None, name
        assert len(said) == 1, name
        assert name.name in said[0]
        assert store.find_fit(runs, first.manifest["fit"], said.append) != folder
    # made anew, it reads
    mended = answer(question, read_inputs(question), runs)
    assert found(question, runs) is not None
    assert mended.summary["quantities"] == first.summary["quantities"]


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "null", "{}", '{"schema": 2}', '{"schema": 1, "fit": 3}', "[" * 100_000,
        json.dumps(store.sealed({"schema": 1, "fit": "f"})),
    ],
)  # fmt: skip
def test_foreign_manifests_are_no_runs(first: Answer, tmp_path: Path, content: str) -> None:
    folder = tmp_path / first.folder.name
    shutil.copytree(first.folder, folder)
    (folder / "manifest.json").write_text(content)
    status, text = command("list", "--output", tmp_path)
    assert (status, "NOT READABLE" in text) == (0, True)
    with pytest.raises(store.DamagedRunError):
        store.check_run(folder)
    assert store.find_fit(tmp_path, first.manifest["fit"], print) is None


def test_a_foreign_posterior_is_refused_even_with_its_checksum(
    first: Answer, question: Question, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(first.folder, folder)
    (folder / "posterior.nc").write_bytes(b"not a netCDF file")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["posterior.nc"] = store.checksum(folder / "posterior.nc")
    (folder / "manifest.json").write_text(json.dumps(store.sealed(manifest)))
    assert store.check_run(folder)
    with pytest.raises(store.DamagedRunError, match="cannot be read"):
        read_posterior(folder, read_inputs(question).parts, manifest)


def test_draws_come_back_to_the_last_bit(first: Answer, question: Question) -> None:
    inputs = read_inputs(question)
    posterior = read_posterior(first.folder, inputs.parts, first.manifest)
    from model.sampling.fitting import fit

    fitted = fit(inputs.parts, OPTIONS)
    np.testing.assert_array_equal(posterior.normals, fitted.normals)
    np.testing.assert_array_equal(posterior.natural, fitted.natural)
    assert posterior.options == fitted.options


WRITER = """
import sys
from pathlib import Path
from model.archive.store import write_run
from tests.archive.manifests import made_up
output = Path(sys.argv[1])
number = 0
while True:
    number += 1
    text = str(number) * 20_000
    write_run(
        output, f"run-{number % 3}",
        {name: lambda p: p.write_text(text) for name in ("a", "b", "inputs/c")},
        manifest=made_up(number=number),
    )
    print(number, flush=True)
"""


def test_kill_at_any_moment_leaves_an_archive_that_reads(tmp_path: Path) -> None:
    """Writers killed at random, two at a time on one archive."""
    rng = random.Random(1)
    for _ in range(12):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
            )
            for _ in range(2)
        ]
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.03))
        for writer in writers:
            os.kill(writer.pid, signal.SIGKILL)
            writer.communicate()
        folders = list(store.run_folders(tmp_path))
        assert folders
        for folder in folders:
            manifest = store.check_run(folder)
            assert (folder / "a").read_text() == str(manifest["number"]) * 20_000


# The archive's command line


def command(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_list_show_and_compare(
    first: Answer, question: Question, case_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(first.folder, tmp_path / "runs" / first.folder.name)
    other = tmp_path / "other"
    shutil.copytree(case_folder, other)
    text = (other / "evidence.csv").read_text()
    assert ",24000," in text
    (other / "evidence.csv").write_text(text.replace(",24000,", ",34000,"))
    asked = Question(other, options=OPTIONS)
    second = answer(asked, read_inputs(asked), tmp_path / "runs")
    where = ("--output", tmp_path / "runs")
    status, text = command("list", *where)
    assert status == 0
    assert (
        text.count("inputs unchanged; 200 draws a chain; 200 warm-up draws; 2 chains; seed 1") == 2
    )
    status, text = command("show", first.folder.name, *where)
    assert status == 0
    assert "State take" in text
    status, text = command("compare", "small", "other", *where)
    assert status == 0
    assert "evidence.csv, workers, value: 24000 -> 34000" in text
    more, less = (
        one.summary["scenarios"]["baseline"]["annual"]["2018"]["billings"]["usd"]["q50"]
        for one in (second, first)
    )
    _, _, billings = text.partition("Billings, USD million\n")
    line = next(one for one in billings.splitlines() if one.startswith("2018"))
    assert (" +" in line) == (more > less)
    status, text = command("compare", "small", "small", *where)
    assert "Differences in inputs and options:\n  none\n" in text
    status, text = command("show", "nonsense", *where)
    assert status == 2
    assert "there is no run 'nonsense'" in text


def test_what_ifs_are_described() -> None:
    asked = WhatIf(
        (("plan", 7200.0, "USD/year"),), (("keep_share", 0.2, 0.9, ""),), ("paper",), ("payment",),
        (("workers", 0.5),), ("plan",),
    )  # fmt: skip
    assert described(asked.asked) == [
        "plan = 7200 USD/year", "keep_share from 0.2 to 0.9", "without the source paper",
        "without the row payment", "weight of the row workers times 0.5",
        "without rows about the plan",
    ]  # fmt: skip


def test_prune_removes_what_is_damaged_or_left_over(first: Answer, tmp_path: Path) -> None:
    one, two, three = (f"case-{number:012x}" for number in (1, 2, 3))
    for name in (one, two, three):
        shutil.copytree(first.folder, tmp_path / name)
    flip(tmp_path / two / "summary.json")
    (tmp_path / "own notes").mkdir()
    (tmp_path / "own notes" / "manifest.json").write_text("somebody else's")
    for age, name in ((0, ".draft-new"), (48, ".draft-old"), (48, ".hidden")):
        (tmp_path / name).mkdir()
        then = time.time() - age * 3600
        os.utime(tmp_path / name, (then, then))
    os.utime(tmp_path / one / "manifest.json", (1, 1))
    _, text = command("prune", "--output", tmp_path, "--dry-run", "--keep", 1)
    assert text.count("would remove") == 3
    _, text = command("prune", "--output", tmp_path)
    assert text.count("removed") == 2
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {one, three, "own notes", ".draft-new", ".hidden"}
    command("prune", "--output", tmp_path, "--keep", 1)
    assert {path.name for path in tmp_path.iterdir()} == left - {one}
    _, text = command("show", three, "--output", tmp_path)
    flip(tmp_path / three / "posterior.nc")
    status, text = command("show", three, "--output", tmp_path)
    assert status == 2
    assert "was changed after it was written" in text
    status, text = command("list", "--output", tmp_path / "nowhere")
    assert (status, "holds no runs" in text) == (0, True)
