"""What separates two runs: the numbers, which run a what-if is set against, how it is told."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from model.archive import store
from model.archive.__main__ import app
from model.archive.answer import Answer
from model.archive.moved import Drawn, moves, unchanged_run
from model.archive.moves_told import CHANGE
from model.archive.naming import give
from model.archive.plain_netcdf import read_group
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.result.printed import print_answer
from model.sampling.convergence import median_error
from model.terminal.screen import Talk
from model.terminal.view_options import View
from model.terminal.wording import MILLION, interval
from tests.archive.strangers import resealed
from tests.cases import write_case
from tests.reports.runs import FAILED, write_run, write_scenarios

ESTIMATE, WHAT_IF = "case-0123456789ab", "case-ba9876543210"
COMMAND = "python -m model.estimate"
ASKED = {"priors": [["plan", 700.0, 900.0, "USD/month"]]}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """An estimate, and another fit that counts as a what-if of it, with a higher plan."""
    output = tmp_path_factory.mktemp("moved")
    write_run(output, tiny_folder)
    inputs = store.read_manifest(output / ESTIMATE)["inputs"]
    prior = {"plan": {"p05": 700, "p95": 900, "unit": "USD/month", "basis": "a guess"}}
    changed = write_run(
        output, write_case(tmp_path_factory.mktemp("other") / "case", priors=prior),
        key=WHAT_IF.partition("-")[2],
    )  # fmt: skip
    said = ["--inputs", "x/inputs", "--prior", "plan=700.0:900.0 USD/month", "--seed", "3"]
    resealed(changed, fit="0" * 12, what_if=ASKED, inputs=inputs, arguments=said)
    return output


def copied(runs: Path, target: Path, *names: str) -> Path:
    for name in names:
        shutil.copytree(runs / name, target / name)
    return target


def opened(folder: Path) -> Answer:
    manifest, summary = store.read_run(folder)
    return Answer(folder, summary, manifest, found=True)


def printed(
    folder: Path, form: str, capsys: pytest.CaptureFixture[str], view: View | None = None
) -> str:
    view = view or View()
    assert print_answer(opened(folder), form, view, COMMAND, Talk(verbose=False), wide=False)
    return capsys.readouterr().out


def commanded(*arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exit_code == status, done.output
    return done.output


# Numbers


def test_a_move_is_of_the_draws(runs: Path) -> None:
    now, was = (
        read_group(runs / name / store.POSTERIOR, "revenue")["yearly_usd"].sel(
            scenario="baseline", definition="billings", year=2018
        ).to_numpy()
        for name in (WHAT_IF, ESTIMATE)
    )  # fmt: skip
    found = moves(Drawn.of(runs / ESTIMATE), Drawn.of(runs / WHAT_IF), "billings")
    assert list(found) == ["2017", "2018"]
    one = found["2018"]
    for numbers, draws in ((one.was, was), (one.now, now)):
        assert list(numbers.values()) == pytest.approx(np.quantile(draws, [0.5, 0.05, 0.95]))
    assert one.moved == pytest.approx(np.median(now) - np.median(was))
    assert one.error == pytest.approx(np.hypot(median_error(was), median_error(now)))
    # by convolution: all pairs, of which those drawn are a sample
    every = np.quantile((now.ravel()[:, None] - was.ravel()[None, :]).ravel(), [0.5, 0.05, 0.95])
    assert list(one.difference.values()) == pytest.approx(every, abs=np.ptp(every) / 10)


def test_draws_of_one_fit_cancel(runs: Path) -> None:
    same = Drawn.of(runs / ESTIMATE)
    for one in moves(same, same, HEADLINE).values():
        assert one.nothing
        assert one.error == 0.0
        assert not one.beyond_error
    half = Drawn(same.fit, same.yearly_usd * 0.5, None)
    for year, one in moves(same, half, HEADLINE).items():
        before = same.years("baseline", HEADLINE)[year]
        assert one.difference["q05"] == pytest.approx(np.quantile(-before / 2, 0.05))
        assert one.beyond_error
        assert not one.nothing


def test_error_is_what_sampling_alone_moves() -> None:
    rng = np.random.default_rng(0)

    def drawn(fit: str, shift: float) -> Drawn:
        draws = rng.normal(shift, 1.0, size=(1, 1, 1, 4, 250))
        labels = {"scenario": ["baseline"], "definition": [HEADLINE], "year": [2018]}
        dims = ("scenario", "definition", "year", "chain", "draw")
        return Drawn(fit, xr.DataArray(draws, coords=labels, dims=dims), None)

    def beyond(shift: float) -> float:
        pairs = [(drawn("one", 0.0), drawn("other", shift)) for _ in range(200)]
        return float(np.mean([moves(*pair, HEADLINE)["2018"].beyond_error for pair in pairs]))

    # two standard errors are passed by chance in one case of twenty
    assert 0.01 <= beyond(0.0) <= 0.11
    # a median of 1,000 normal draws has an error of 0.04, and so the difference one of 0.056
    assert beyond(0.056 * 2.0) == pytest.approx(0.5, abs=0.12)
    assert beyond(0.5) == 1.0


def test_a_scenario_that_ends_sooner_is_compared_as_far_as_it_goes(
    tmp_path: Path, tiny_folder: Path
) -> None:
    far = write_run(tmp_path, tiny_folder, horizon="2019-12")
    near = write_run(tmp_path, tiny_folder, key="ba9876543210")
    assert list(moves(Drawn.of(near), Drawn.of(far), HEADLINE)) == ["2017", "2018"]


# Which estimate


def test_a_what_if_is_set_against_the_estimate_sampled_alike(runs: Path, tmp_path: Path) -> None:
    manifest = store.read_manifest(runs / WHAT_IF)
    assert unchanged_run(manifest, runs) == runs / ESTIMATE
    assert unchanged_run(manifest, tmp_path) is None
    copied(runs, tmp_path, WHAT_IF, ESTIMATE)
    (tmp_path / ESTIMATE).rename(tmp_path / "case-000000000001")
    for number in (2, 3, 4, 5):
        shutil.copytree(runs / ESTIMATE, tmp_path / f"case-{number:012x}")
    sampler, gate = manifest["sampler"], manifest["convergence"]
    changes: list[dict[str, object]] = [
        {"sampler": sampler | {"seed": 99}}, {"convergence": gate | {"converged": False}},
        {"inputs": {"evidence.csv": "0"}}, {"versions": {"model": "0", "source": "0"}},
    ]  # fmt: skip
    for number, change in enumerate(changes, 2):
        resealed(tmp_path / f"case-{number:012x}", **change)
    assert unchanged_run(manifest, tmp_path) == tmp_path / "case-000000000001"
    (tmp_path / "case-000000000001" / store.SUMMARY).write_text("{}")
    assert unchanged_run(manifest, tmp_path) == tmp_path / "case-000000000002"
    (tmp_path / "case-000000000002" / store.MANIFEST).write_text("{}")
    assert unchanged_run(manifest, tmp_path) is None


# What is printed


def test_a_what_if_prints_what_it_changes(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = copied(runs, tmp_path, ESTIMATE, WHAT_IF)
    give("base", output / ESTIMATE)
    assert "What it changes" not in printed(output / ESTIMATE, "table", capsys)
    text = printed(output / WHAT_IF, "table", capsys)
    _, _, told = text.partition(
        f"What it changes: state take, USD million, against base ({ESTIMATE})\n"
    )
    moved = moves(Drawn.of(output / ESTIMATE), Drawn.of(output / WHAT_IF), HEADLINE)
    for year, one in moved.items():
        line = next(line for line in told.splitlines() if line.startswith(year))
        for numbers in (one.was, one.now):
            values = (numbers[key] / MILLION for key in ("q50", "q05", "q95"))
            assert interval(*values) in line
        (middle, error) = re.findall(r"([+-]?[\d,.]+) ± ([\d,.]+)", line)[0]
        assert float(error) == pytest.approx(2 * one.error / MILLION, rel=0.5)
        assert float(middle) == pytest.approx(one.moved / MILLION, abs=float(error))
        assert line.split()[-1] == ("yes" if one.beyond_error else "no")
    year_only = printed(output / WHAT_IF, "table", capsys, View(year=2018))
    _, _, told = year_only.partition("What it changes")
    assert "2018 " in told
    assert "2017 " not in told
    assert "against base" in commanded("show", WHAT_IF, "--runs", output)


def test_without_the_estimate_its_command_is_told(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = copied(runs, tmp_path, WHAT_IF) / WHAT_IF
    lines = printed(alone, "table", capsys).splitlines()
    assert lines[-1] == f"  {COMMAND}"
    assert "nothing is fitted unasked" in " ".join(lines)
    change = json.loads(printed(alone, "json", capsys))["change"]
    assert change == {"against": None, "command": COMMAND, "scenarios": {}}
    rows = list(csv.DictReader(io.StringIO(printed(alone, "csv", capsys))))
    assert {row[name] for row in rows for name in CHANGE} == {""}
    text = commanded("show", WHAT_IF, "--runs", tmp_path)
    assert text.splitlines()[-1] == (
        f"  {COMMAND} --inputs {alone / 'inputs'} --seed 3 --runs {tmp_path}"
    )


def test_the_change_is_in_json_and_csv(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = json.loads(printed(runs / WHAT_IF, "json", capsys))
    change = content.pop("change")
    assert content == store.read_summary(runs / WHAT_IF)
    assert change["against"] == ESTIMATE
    base = store.read_summary(runs / ESTIMATE)["scenarios"]["baseline"]["annual"]
    now = content["scenarios"]["baseline"]["annual"]
    years = change["scenarios"]["baseline"]["annual"]
    assert set(years) == set(base)
    for year, found in years.items():
        assert set(found) == set(DEFINITIONS)
        for definition, one in found.items():
            for key in ("q50", "q05", "q95"):
                assert one["usd"]["was"][key] == base[year][definition]["usd"][key]
                assert one["usd"]["now"][key] == now[year][definition]["usd"][key]
    rows = list(csv.DictReader(io.StringIO(printed(runs / WHAT_IF, "csv", capsys))))
    for row in rows:
        if row["currency"] == "USD":
            one = years[row["year"]][row["definition"]]["usd"]
            assert row["against"] == ESTIMATE
            assert float(row["was_q50"]) == one["was"]["q50"]
            assert float(row["difference_q95"]) == one["difference"]["q95"]
            assert row["beyond_error"] == str(one["beyond_error"])
        else:
            assert {row[name] for name in CHANGE} == {""}
    assert "change" not in json.loads(printed(runs / ESTIMATE, "json", capsys))
    assert "against" not in printed(runs / ESTIMATE, "csv", capsys).splitlines()[0]


def test_what_did_not_converge_is_set_against_nothing(
    tmp_path: Path, tiny_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(tmp_path, tiny_folder)
    failed = write_run(tmp_path, tiny_folder, gate=FAILED, key="ba9876543210")
    resealed(failed, what_if=ASKED, fit="0" * 12)
    assert "What it changes" not in printed(failed, "table", capsys)
    assert "change" not in json.loads(printed(failed, "json", capsys))


def test_runs_are_compared_with_a_first_one_in_words_and_tables(
    runs: Path, tmp_path: Path, tiny_folder: Path
) -> None:
    output = copied(runs, tmp_path / "runs", ESTIMATE, WHAT_IF)
    give("base", output / ESTIMATE)
    (scenario, *_) = write_scenarios(tmp_path / "scenarios")
    write_run(output, tiny_folder, [scenario], key="cccccccccccc", gate=FAILED)
    text = commanded("compare", "base", WHAT_IF, "case-c", "--runs", output)
    assert max(map(len, text.splitlines())) <= 80
    assert not re.search(r'[\[{"]', text)
    one, other = text.split("case-cccccccccccc, set against base\n")
    assert one.startswith(f"{WHAT_IF}, set against base\n")
    assert f"only in {WHAT_IF}: plan from 700 to 900 USD/month" in " ".join(one.split())
    assert "priors.toml, plan.p05: " in one
    for heading in ("Plan collected", "State take", "Surplus", "Wedge", "Billings"):
        assert f"\n{heading}, USD million\n" in one
    row = next(line for line in one.split("State take, USD million")[1].splitlines()
               if line.startswith("2018"))  # fmt: skip
    move = moves(Drawn.of(output / ESTIMATE), Drawn.of(output / WHAT_IF), HEADLINE)["2018"]
    assert row.split()[-1] == ("yes" if move.beyond_error else "no")
    # the same draws: nothing to tell but what was asked
    assert f"only in case-cccccccccccc: scenario {scenario.stem}" in other
    assert "case-cccccccccccc did NOT CONVERGE" in other
    assert "USD million" not in other
    assert "there is no run" in commanded("compare", "base", "no", "--runs", output, status=2)
    assert "Missing argument" in commanded("compare", "base", "--runs", output, status=2)
