"""The command line as a user meets it: files, printing, exit status, bytes."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from model.archive.naming import named_run
from model.archive.run_files import EPOCH, today
from model.archive.store import run_folders
from model.case.faults import CaseError
from model.equations.quantities import DEFINITIONS
from model.kernel.cache import VARIABLE
from tests.cases import write_case

ROOT = Path(__file__).parents[1]
SHORT = ["--draws", "100", "--tune", "100", "--chains", "2"]
FILES = {
    "summary.json", "revenue.csv", "workers.csv", "exchange_rates.csv", "posterior.nc",
    "months.nc", "manifest.json",
}  # fmt: skip
NUMBERS = {"mean", "sd", "q05", "q25", "q50", "q75", "q95"}


def run(*arguments: object, cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ)
    if cache is not None:
        environment[VARIABLE] = str(cache)
    return subprocess.run(
        [sys.executable, "-m", "model.estimate", *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


#: The same payment in dollars, as the press prints it: its arithmetic is then the press's own.
IN_DOLLARS = {
    "quantity": "payment", "host": "russia", "segment": "spb_construction", "start": "2018-07",
    "end": "2018-07", "qualifier": "about", "value": "1600", "unit": "USD/month",
    "source": "paper", "said_by": "a developer", "origin": "payment", "reliability": "B",
    "credibility": "2", "role": "fit",
}  # fmt: skip
PRESS = {"workers": "workers", "payment": "payment", "payment_usd": "in_dollars"}


def small_case(path: Path, **changes: Any) -> Path:
    """The case of this module, changed."""
    return write_case(
        path,
        evidence={"in_dollars": IN_DOLLARS},
        timeline={"press_arithmetic": PRESS | {"declared": "declared"}},
        **changes,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case unchanged."""
    return small_case(tmp_path_factory.mktemp("estimate") / "small")


@pytest.fixture(scope="module")
def first(folder: Path) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One run that compiles the kernel, and the folder it wrote."""
    output = folder.parent / "cold"
    done = run("--inputs", folder, "--output", output, *SHORT, cache=folder.parent / "cache")
    assert done.returncode in (0, 3), done.stderr
    (written,) = output.iterdir()
    return done, written


def test_a_run_says_what_it_reads_finds_and_writes(first) -> None:  # type: ignore[no-untyped-def]
    done, written = first
    marked = {"NOT_CONVERGED"} if done.returncode == 3 else set()
    assert {path.name for path in written.iterdir()} == FILES | {"inputs"} | marked
    assert "Read " in done.stderr
    assert "2017-01 to 2018-12" in done.stderr
    assert "State take" in done.stdout
    assert "$378 million" in done.stdout
    assert str(written) in done.stdout
    assert ("Converged" in done.stdout) == (done.returncode == 0)
    assert "\x1b[" not in done.stdout + done.stderr, "piped output is plain"


def test_summary_is_the_contract(first) -> None:  # type: ignore[no-untyped-def]
    done, written = first
    summary = json.loads((written / "summary.json").read_text(encoding="utf-8"))
    assert summary["schema"] == 2
    assert summary["converged"] is (done.returncode == 0)
    assert set(summary["convergence"]) >= {
        "max_rhat", "min_ess_bulk", "min_ess_tail", "divergences",
    }  # fmt: skip
    baseline = summary["scenarios"]["baseline"]
    assert set(baseline["annual"]) == {"2017", "2018"}
    for definitions in baseline["annual"].values():
        assert set(definitions) == set(DEFINITIONS)
        for currencies in definitions.values():
            assert set(currencies) == {"usd", "rub"}
            assert all(set(numbers) == NUMBERS for numbers in currencies.values())
    assert set(baseline["workers"]["2017-12"]) == {"permitted", "irregular", "working"}
    payment = summary["quantities"]["payment"]
    assert payment["unit"] == "RUB/month"
    assert set(payment["prior"]) == set(payment["posterior"]) == NUMBERS
    row = summary["evidence"]["plan"]
    assert row["observed"] == pytest.approx(7200)
    assert 0 <= row["surprise"] <= 1
    held = summary["holdout"]["official_total"]
    assert held["observed"] == pytest.approx((150 * 300) ** 0.5)
    assert 0 <= held["probability_above"] <= 1
    assert summary["press_arithmetic"]["usd"] == pytest.approx(24_000 * 82_000 * 12 / 62.5)


def test_tables_and_posterior_open(first) -> None:  # type: ignore[no-untyped-def]
    import arviz as az
    import xarray as xr

    _, written = first
    with (written / "revenue.csv").open(encoding="utf-8") as file:
        header = next(csv.reader(file))
    assert header == [
        "scenario", "host", "month", "definition", "currency", "mean", "sd",
        "q05", "q25", "q50", "q75", "q95",
    ]  # fmt: skip
    with xr.open_datatree(written / "posterior.nc", engine="h5netcdf") as tree:
        assert tree["posterior"]["payment"].shape == (2, 100)
        assert tree["posterior"]["permit_inflow"].dims == ("chain", "draw", "phase")
        assert bool((tree["posterior"]["utilisation"] > 0).all())
    assert "posterior" in az.from_netcdf(written / "posterior.nc").children


def test_arviz_works_on_the_posterior(first) -> None:  # type: ignore[no-untyped-def]
    import arviz as az

    _, written = first
    tree = az.from_netcdf(written / "posterior.nc")
    # prices and plans multiply segment by segment
    product = tree["posterior"]["payment_ratio"] * tree["posterior"]["plan_ratio"]
    assert product.dims == ("chain", "draw", "segment")
    assert tree["posterior"]["payment"].attrs["units"] == "RUB/month"
    assert tree["posterior"]["payment"].attrs["long_name"].startswith("What a contractor pays")
    counted = tree["observed_data"]["row"][tree["observed_data"]["weight"] > 0]
    assert list(tree["log_likelihood"]["row"]) == list(counted)
    with warnings.catch_warnings():
        # a hundred draws are few for what follows, and it says so
        warnings.simplefilter("ignore", UserWarning)
        loo = az.loo(tree)
        table = az.compare({"one": tree, "again": tree})
        by_quantity = {"quantity": ["plan"]}
        moved = az.psense(tree, var_names=["plan"], group="prior", group_coords=by_quantity)
    assert loo.n_data_points == len(counted)
    assert set(table.index) == {"one", "again"}
    assert float(moved["plan"]) >= 0.0
    assert "energy" in tree["sample_stats"]
    az.plot_energy(tree)


def test_log_likelihood_and_prior_are_those_of_the_density(first, folder: Path) -> None:  # type: ignore[no-untyped-def]
    import numpy as np
    import xarray as xr
    from scipy import stats

    from model.case.case import read_case
    from model.evidence.synthesis import program, synthesis
    from model.kernel.native import evaluate

    _, written = first
    parts = synthesis(read_case(folder))
    with xr.open_datatree(written / "posterior.nc", engine="h5netcdf") as tree:
        normals = tree["unconstrained"]["normals"].to_numpy()
        rows = evaluate(program(parts), "rows", normals)[..., parts.evidence.weight > 0]
        np.testing.assert_allclose(tree["log_likelihood"]["log_figure"], rows, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(
            tree["log_prior"]["prior"], stats.norm.logpdf(normals[..., : parts.layout.size])
        )
        assert list(tree["log_prior"]["quantity"]) == list(parts.layout.labels)


def test_quantiles_of_the_summary_are_those_of_the_posterior(first) -> None:  # type: ignore[no-untyped-def]
    import numpy as np
    import xarray as xr

    _, written = first
    summary = json.loads((written / "summary.json").read_text(encoding="utf-8"))
    with xr.open_datatree(written / "posterior.nc", engine="h5netcdf") as tree:
        draws = tree["posterior"]["broker_margin"].to_numpy().ravel()
    assert summary["quantities"]["broker_margin"]["posterior"]["q95"] == pytest.approx(
        float(np.quantile(draws, 0.95)), rel=1e-6
    )


def test_same_bytes_warm_and_on_one_core(first, folder: Path) -> None:  # type: ignore[no-untyped-def]
    _, cold = first
    output = folder.parent / "warm"
    cache = folder.parent / "cache"
    run("--inputs", folder, "--output", output, "--cores", 1, *SHORT, cache=cache)
    (warm,) = output.iterdir()
    assert warm.name == cold.name
    for name in FILES - {"manifest.json"}:
        assert (warm / name).read_bytes() == (cold / name).read_bytes(), name
    manifests = [json.loads((run_ / "manifest.json").read_text()) for run_ in (cold, warm)]
    for manifest in manifests:
        assert manifest.pop("seconds")
        assert manifest.pop("seal")
    assert manifests[0] == manifests[1]


def test_a_held_out_figure_changes_no_byte_of_the_posterior(  # type: ignore[no-untyped-def]
    first, folder: Path, tmp_path: Path
) -> None:
    _, cold = first
    other = tmp_path / "small"
    shutil.copytree(folder, other)
    text = (other / "evidence.csv").read_text(encoding="utf-8")
    held_out = next(line for line in text.splitlines() if line.startswith("official_total"))
    changed = held_out.replace("150", "15").replace("300", "9000")
    assert changed != held_out
    (other / "evidence.csv").write_text(text.replace(held_out, changed), encoding="utf-8")
    cache = folder.parent / "cache"
    run("--inputs", other, "--output", tmp_path / "runs", *SHORT, cache=cache)
    (written,) = (tmp_path / "runs").iterdir()
    assert (written / "posterior.nc").read_bytes() == (cold / "posterior.nc").read_bytes()
    assert (written / "revenue.csv").read_bytes() == (cold / "revenue.csv").read_bytes()
    assert (written / "summary.json").read_bytes() != (cold / "summary.json").read_bytes()


def test_json_and_csv_print_only_that(first, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, cold = first
    cache = folder.parent / "cache"
    done = run("--inputs", folder, "--output", tmp_path, "--format", "json", *SHORT, cache=cache)
    assert json.loads(done.stdout) == json.loads((cold / "summary.json").read_text("utf-8"))
    mark = "NOT CONVERGED: do not use these numbers.\n"
    assert done.stderr == (mark if done.returncode == 3 else "")
    done = run("--inputs", folder, "--output", tmp_path, "--format", "csv", *SHORT, cache=cache)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 2 * len(DEFINITIONS) * 2
    assert {row["definition"] for row in rows} == set(DEFINITIONS)


def test_a_workbook_and_a_figure_of_a_run(first, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, cold = first
    shutil.copytree(cold.parent, tmp_path / "runs")
    same = ["--inputs", folder, "--output", tmp_path / "runs", *SHORT]
    picture = tmp_path / "out.svg"
    done = run(*same, "--format", "xlsx", "--plot", f"headline={picture}", "--by", "quarter")
    assert done.returncode in (0, 3), done.stderr
    path = Path(done.stdout.strip())
    assert path == tmp_path / "runs" / cold.name / "report" / f"{cold.name}.xlsx"
    assert f"Drew {picture}" in done.stderr
    assert b"on one axis" in picture.read_bytes()
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["Notes", "View", "Revenue"]
    written = path.read_bytes()
    run(*same, "--format", "xlsx", "--by", "quarter", "--quiet")
    assert path.read_bytes() == written
    path.write_bytes(b"a thesis")
    done = run(*same, "--format", "xlsx")
    assert done.returncode == 2
    assert "is not replaced; move or rename it" in done.stderr
    assert path.read_bytes() == b"a thesis"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--plot", "pie"], "no figure 'pie'"),
        (["--plot", "headline=a.pdf"], "ends in .png or .svg"),
        (["--sweep", "upkeep=1:2"], "write QUANTITY=FIRST:LAST:COUNT"),
        (["--sweep", "upkep=4000:9000:2"], "--sweep: no basic quantity 'upkep'; did you mean"),
        (["--sweep", "broker_margin=0.5:1.5:2"], "--sweep: broker_margin must lie between 0"),
        (["--sweep", "upkeep=4000:9000:2", "--set", "upkeep=5000"], "leave out its --set"),
        (["--sweep", "upkeep=4000:9000:2", "--scenario", "x"], "leave out --scenario"),
        (["--sweep", "upkeep=4000:9000:2", "--year", "2030"], "no whole year of the case"),
        (["--sweep", "upkeep=4000:9000:2", "--by", "quarter"], "leave out other views"),
        (["--sweep", "upkeep=4000:9000:2", "--name", "one"], "a sweep makes several runs"),
        (["--sweep", "upkeep=4000:9000:2", "--format", "xlsx"], "printed as table, csv, json"),
        (["--list", "rows", "--format", "xlsx"], "a list is no estimate"),
    ],
)
def test_what_cannot_be_shown_is_told_before_a_fit(
    arguments: list[str], said: str, folder: Path, tmp_path: Path
) -> None:
    done = run("--inputs", folder, "--output", tmp_path / "runs", *SHORT, *arguments)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "runs").exists()


def test_a_sweep_is_a_table_and_a_figure(first, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, cold = first
    shutil.copytree(cold.parent, tmp_path / "runs")
    same = ["--inputs", folder, "--output", tmp_path / "runs", *SHORT]
    same += ["--sweep", "broker_margin=10%:30%:2"]
    cache, picture = folder.parent / "cache", tmp_path / "s.png"
    done = run(*same, "--plot", f"sweep={picture}", cache=cache)
    assert done.returncode in (0, 3), done.stderr
    assert "1 of 3: nothing fixed" in done.stderr
    assert "3 of 3: broker_margin = 30 percent" in done.stderr
    assert "not fixed" in done.stdout
    assert picture.read_bytes()[:4] == b"\x89PNG"
    again = run(*same, "--format", "json", cache=cache)
    rows = json.loads(again.stdout)["rows"]
    assert [row["fixed"]["broker_margin"]["value"] for row in rows] == [10.0, 30.0]
    assert {row["run"] for row in rows} < {one.name for one in (tmp_path / "runs").iterdir()}


def test_without_a_side_is_another_run(first, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, cold = first
    cache = folder.parent / "cache"
    asked = ("--inputs", folder, "--output", tmp_path, "--without", "plan", "--name", "side")
    done = run(*asked, *SHORT, cache=cache)
    assert done.returncode in (0, 3)
    written = named_run("side", tmp_path)
    assert list(run_folders(tmp_path)) == [written]
    assert "Named side" in done.stderr
    told = f"  python -m model.estimate --inputs {folder} "
    assert (told in done.stdout) == (done.returncode == 0)
    assert written.name != cold.name
    summary = json.loads((written / "summary.json").read_text("utf-8"))
    assert summary["what_if"] == {"without": ["plan"]}


def test_faulty_inputs_are_reported_and_nothing_is_written(tmp_path: Path) -> None:
    faulty = write_case(tmp_path / "case", evidence={"payment": {"unit": "RUB/moth"}})
    done = run("--inputs", faulty, "--output", tmp_path / "runs")
    assert done.returncode == 2
    assert "evidence.csv, row 6, unit: 'RUB/moth'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--draws", "1"], ["--draws", "9" * 20], ["--chains", "1"],
        ["--chains", "9" * 9], ["--seed", "-1"], ["--format", "xml"],
        ["--without", "sense"], ["--nonsense"], ["--inputs", "nowhere"], ["--output", "README.md"],
    ],
)  # fmt: skip
def test_faulty_arguments_are_status_two(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_unusable_output_is_told_before_anything_is_computed(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for output in (tmp_path / "file" / "below", tmp_path / ("x" * 300)):
        done = run("--inputs", folder, "--output", output)
        assert done.returncode == 2
        assert "--runs: " in done.stderr
        assert "Sampling" not in done.stderr
        assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("epoch", ["9" * 12, "9" * 40, "-1", "1e9", "²", "yesterday"])
def test_an_impossible_date_is_told(epoch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EPOCH, epoch)
    with pytest.raises(CaseError, match=EPOCH):
        today()
    monkeypatch.setenv(EPOCH, "1533168000")
    assert today() == "2018-08-02"


def test_what_would_fail_when_written_is_told_before(folder: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    done = subprocess.run(
        [sys.executable, "-m", "model.estimate", "--inputs", folder, "--output", runs],
        cwd=ROOT, env={**os.environ, EPOCH: "9" * 12}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "Sampling" in done.stderr, runs.exists()) == (2, False, False)
    assert EPOCH in done.stderr
    for option in ("--inputs", "--scenario", "--output"):
        path = tmp_path / option / os.fsdecode(b"\xff.toml")
        path.parent.mkdir()
        if option == "--inputs":
            write_case(path)
        elif option == "--scenario":
            path.touch()
        done = run("--inputs", folder, "--output", runs, option, path)
        assert (done.returncode, "Sampling" in done.stderr) == (2, False)
        assert "UTF-8" in done.stderr
        assert "Traceback" not in done.stderr
    assert not runs.exists()


def test_without_fitted_rows_the_priors_speak(folder: Path, tmp_path: Path) -> None:
    text = (folder / "evidence.csv").read_text(encoding="utf-8")
    bare = write_case(
        tmp_path / "bare",
        evidence_csv=text.replace(",fit,", ",context,"),
        timeline={"press_arithmetic": None},
    )
    done = run("--inputs", bare, "--output", tmp_path / "runs", *SHORT)
    assert done.returncode in (0, 3), done.stderr
    (written,) = (tmp_path / "runs").iterdir()
    summary = json.loads((written / "summary.json").read_text("utf-8"))
    assert summary["evidence"] == {}
    # without rows the posterior is the prior
    exits = summary["quantities"]["permit_exit.open"]
    assert exits["posterior"]["q50"] == pytest.approx(exits["prior"]["q50"], rel=0.5)


@pytest.mark.parametrize(
    "changes",
    [
        {"priors": {"permit_inflow": {"p05": 1e-300, "p95": 1e300}}},
        {"reading": {"spread.deviation_p95": 1e300}},
    ],
    ids=["prior", "spread"],
)
def test_absurd_inputs_end_in_words(
    folder: Path, tmp_path: Path, changes: dict[str, dict[str, object]]
) -> None:
    absurd = small_case(tmp_path / "case", **changes)
    done = run("--inputs", absurd, "--output", tmp_path / "runs", *SHORT)
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr
    assert "NOT CONVERGED" in done.stdout + done.stderr or "absurd" in done.stderr


def test_a_closed_pipe_keeps_the_status(first, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done, _ = first
    command = [sys.executable, "-m", "model.estimate", "--inputs", str(folder), *SHORT]
    with subprocess.Popen(
        [*command, "--output", str(tmp_path), "--format", "json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == done.returncode
    assert "Traceback" not in said


def test_a_dropped_interrupt_is_remembered() -> None:
    code = (
        "import signal\n"
        "from model.estimate import Interruption\n"
        "interruption = Interruption()\n"
        "try:\n    signal.raise_signal(signal.SIGINT)\n"
        "except KeyboardInterrupt:\n    pass\n"
        "try:\n    interruption.close()\n"
        "except KeyboardInterrupt:\n    print('remembered')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "remembered\n"


def test_ctrl_c_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    """Interrupted while it samples, the program leaves with 130 and no trace of a run."""
    process = subprocess.Popen(
        [sys.executable, "-m", "model.estimate", "--inputs", str(folder), "--output",
         str(tmp_path / "runs"), "--draws", "1000000"],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Sampling"):
            break
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "nothing was written" in rest
    assert "Traceback" not in rest
    assert not (tmp_path / "runs").exists() or not any((tmp_path / "runs").iterdir())


def test_help_answers_without_the_numerical_libraries() -> None:
    code = (
        "import sys, model.estimate; "
        "print({'numpy', 'pandas', 'pymc', 'pytensor', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
    assert "--inputs" in run("--help").stdout


def test_self_test_passes() -> None:
    done = run("--self-test")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "PASSED"
