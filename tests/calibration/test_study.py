"""Does the shipped model tell the truth, does a wrong one fail, and is nothing lost on the way?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from model.archive import store
from model.calibration.growing_table import GrowingTable
from model.calibration.replicates import Study, replicate
from model.calibration.slips import FALSE_ALARMS, FOUND, Plant, plant, power
from model.calibration.study import Plan, simulate, study_of, uniform, verdicts
from model.case.case import Case
from model.evidence.synthesis import Synthesis
from model.sampling.parallel import completed, executor

ROOT = Path(__file__).parents[2]
#: As many as the command line simulates: the test fails once in ten thousand runs, see
#: ``ranks.FALSE_ALARM``.
CASES = 200
SABOTAGED = 100


def ranked(study: Study, cases: int) -> tuple[bool | None, str]:
    with executor() as workers:
        done = dict(completed(workers, partial(replicate, study), range(cases)))
    result = uniform(study.labels, [done[number] for number in range(cases)])
    return result.passed, result.sentence


@pytest.mark.slow
def test_the_shipped_model_tells_the_truth(real: Case) -> None:
    passed, sentence = ranked(study_of(real), CASES)
    assert passed, sentence


def half_the_errors(parts: Synthesis) -> Synthesis:
    """Trust every row twice as much as its figures deserve, and learn nothing about errors."""
    said = parts.evidence
    halved = {"error": said.error / 2, "shared_error": said.shared_error / 2}
    return replace(parts, evidence=replace(said, **halved, letter_sd=0.0, off=(0.0, said.off[1])))


def half_the_widths(parts: Synthesis) -> Synthesis:
    """Believe in priors of half the width of those that truths come from."""
    return replace(parts, layout=replace(parts.layout, scale=parts.layout.scale / 2))


@pytest.mark.slow
def test_a_model_that_trusts_its_rows_too_much_fails(real: Case) -> None:
    passed, sentence = ranked(replace(study_of(real), fitted=half_the_errors), SABOTAGED)
    assert passed is False, sentence


@pytest.mark.slow
def test_a_model_that_trusts_its_priors_too_much_fails(tiny: Case) -> None:
    study = study_of(tiny)
    assert ranked(study, SABOTAGED)[0] is True
    passed, sentence = ranked(replace(study, fitted=half_the_widths), SABOTAGED)
    assert passed is False, sentence


def test_a_replicate_follows_from_its_number(tiny: Case) -> None:
    study = study_of(tiny)
    one, again, other = (replicate(study, number) for number in (3, 3, 4))
    assert one.ranks is not None
    assert other.ranks is not None
    np.testing.assert_array_equal(one.ranks, again.ranks)
    assert not np.array_equal(one.ranks, other.ranks)
    assert len(one.ranks) == len(study.labels)
    assert "state_take of 2018" in study.labels
    assert plant(study, 5) == plant(study, 5)


def test_too_few_cases_are_not_judged(tiny: Case) -> None:
    study = study_of(tiny)
    done = [replicate(study, number) for number in range(3)]
    result = uniform(study.labels, done)
    assert result.passed is None
    assert "too few" in result.sentence
    lost = [replace(one, ranks=None) for one in done]
    assert uniform(study.labels, lost).passed is False


def slips(found: float, clean: float, beside: float, cases: int = 100) -> list[Plant]:
    """Slips of which so many are found, and good rows of which so many are flagged."""

    def tail(share: float, number: int) -> float:
        return 0.001 if number < round(share * cases) else 0.5

    return [
        Plant("a", tail(found, number), tail(clean, number), "b", tail(beside, number))
        for number in range(cases)
    ]


def test_the_two_rates_are_counted() -> None:
    good = power(slips(FOUND, FALSE_ALARMS, 0.0))
    assert good.passed is True
    assert "finds 95%" in good.sentence
    assert "flags 5.0% of good rows" in good.sentence
    assert power(slips(0.9, 0.0, 0.0)).passed is False
    assert power(slips(1.0, 0.08, 0.0)).passed is False
    assert power(slips(1.0, 0.0, 0.08)).passed is False
    assert power(slips(1.0, 0.0, 0.0, cases=10)).passed is None
    overall = good.table.set_index("row").loc["all rows"]
    assert (overall["planted"], overall["found"], overall["false"]) == (100, 0.95, 0.05)


@pytest.mark.slow
def test_slips_of_rows_that_others_speak_of_are_found(tiny: Case) -> None:
    study = study_of(tiny)
    with executor() as workers:
        done = [one for _, one in completed(workers, partial(plant, study), range(60)) if one]
    told = [one for one in done if one.row in ("payment", "plan", "workers", "declared")]
    assert len(told) > 15
    # priors span less than a factor of ten for these, so nearly every slip stands out
    assert np.mean([one.found < 0.02 for one in told]) > 0.8
    assert np.mean([one.clean < 0.02 for one in done]) < 0.15


def test_what_is_done_is_kept_and_added_to(tiny: Case, tmp_path: Path) -> None:
    study = study_of(tiny)
    seen: list[tuple[str, int, int]] = []

    def run(folder: Path, cases: int) -> list[object]:
        with executor(2) as workers:
            return list(
                simulate(study, Plan(cases, 2), folder, workers, lambda *step: seen.append(step))
            )

    run(tmp_path / "a", 3)
    seen.clear()
    longer, _ = run(tmp_path / "a", 5)
    assert ("simulated cases", 3, 5) in seen
    assert ("cases with a slip", 2, 2) in seen
    at_once, _ = run(tmp_path / "b", 5)
    for one, other in zip(longer, at_once, strict=True):  # type: ignore[call-overload]
        np.testing.assert_array_equal(one.ranks, other.ranks)
        assert one.misfit == other.misfit
    # fewer than are kept: only those that are asked for
    assert len(run(tmp_path / "a", 2)[0]) == 2  # type: ignore[arg-type]
    names = [one.name for one in verdicts(study, longer, [])]  # type: ignore[arg-type]
    assert names == ["calibration", "misfit", "echo"]


def test_a_record_forgets_half_a_line(tmp_path: Path) -> None:
    record = GrowingTable(tmp_path / "deep" / "record.csv", ("number", "a", "b"))
    assert record.read() == {}
    record.add(0, [1, "x, y"])
    record.add(7, ["", 2.5])
    assert record.read() == {0: ["1", "x, y"], 7: ["", "2.5"]}
    text = record.path.read_text()
    for half in ("8,1", "8,1,2", "8,"):
        record.path.write_text(text + half)
        assert record.read() == {0: ["1", "x, y"], 7: ["", "2.5"]}
        assert record.path.read_text() == text
    record.add(8, [3, 4])
    assert record.read()[8] == ["3", "4"]
    other = GrowingTable(record.path, ("number", "c"))
    assert other.read() == {}
    assert record.path.with_suffix(".old").exists()


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "model.calibration", *map(str, arguments)]


@pytest.mark.slow
def test_interrupted_and_taken_up_again(tiny_folder: Path, tmp_path: Path) -> None:
    asked = command("--inputs", tiny_folder, "--output", tmp_path, "--slips", 2)
    process = subprocess.Popen(
        [*asked, "--replicates", "500"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    folder = tmp_path / store.CALIBRATIONS
    for _ in range(1200):
        kept = [path.read_text().count("\n") for path in folder.glob("*/ranks.csv")]
        if kept and kept[0] > 6:
            break
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "resumes from them" in said
    assert not list(folder.glob(f"*/{store.CALIBRATION}"))
    done = subprocess.run(
        [*asked, "--replicates", "8", "--format", "json"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert list(told) == ["calibration", "misfit", "power", "echo"]
    (written,) = folder.glob(f"*/{store.CALIBRATION}")
    content = written.read_bytes()
    assert json.loads(content)["checks"] == told
    # from nothing, in one go, the same bytes
    fresh = tmp_path / "fresh"
    subprocess.run(
        command(
            "--inputs", tiny_folder, "--output", fresh, "--slips", 2, "--replicates", 8,
            "--cores", 1,
        ),
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    (again,) = (fresh / store.CALIBRATIONS).glob(f"*/{store.CALIBRATION}")
    assert again.read_bytes() == content
    assert list(store.run_folders(tmp_path)) == [fresh]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--inputs", "nowhere"], "there is no such folder"),
        (["--show", "nothing"], "there is no check 'nothing'"),
        (["--format", "csv"], "name it with --show"),
        (["--replicates", "0"], "greater than or equal to 1"),
        (["--scheduler", "tcp://127.0.0.1:9"], "cannot be reached"),
    ],
)
def test_faulty_arguments_are_told(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        command(*arguments, "--output", tmp_path / "runs"),
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()
