"""The chain from an answer down to its claims: shares add up, numbers are the run's."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.archive import store
from model.archive.check_result import CheckResult
from model.archive.months_file import read_months
from model.case.case import Case, read_case
from model.criticism.kept import record
from model.why import chain, claim
from model.why.chain import NoSuchAnswerError, split
from model.why.one_row import NoSuchRowError
from tests.cases import write_case
from tests.reports.runs import RIVALS, add_drivers, write_run

COLUMNS = [
    "kind",
    "group",
    "rows",
    "q50",
    "q05",
    "q95",
    "shift",
    "pareto_k",
    "psis_q50",
    "reliable",
]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with rival readings, drivers of one revenue, and sources that were left out."""
    base = tmp_path_factory.mktemp("why")
    path = write_run(base / "runs", write_case(base / "case", readings_toml=RIVALS))
    add_drivers(path, ("state_take", 2018))
    take = store.read_summary(path)["scenarios"]["baseline"]["annual"]["2018"]["state_take"]["usd"]
    rows = [
        ("source", "paper", "workers, payment", take["q50"] + 30e6, 1e6, 9e7, 0.5, 0.4, None, True),
        ("origin", "paper", "workers, payment", take["q50"] + 30e6, 1e6, 9e7, 0.5, 0.4, None, True),
        ("source", "ministry", "plan", take["q50"] - 4e6, 1e6, 9e7, -0.1, 0.9, None, False),
        ("source", "broken", "share", None, None, None, None, None, None, False),
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    record(path, [CheckResult("leave_one_out", True, "Without paper.", "Read so.", table)])
    return path


def test_two_factors_share_the_variance_of_their_product() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.gamma(9.0, size=500), rng.normal(1.0, 2.0, size=500)
    shares = split(first, second)
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)
    # by brute force: each factor put at its mean before or after the other, in both orders
    y, a, b = first * second, first.mean(), second.mean()
    ours = ((first - a) * b + (first - a) * second) / 2
    assert shares[0] == pytest.approx(np.cov(ours, y, bias=True)[0, 1] / y.var(), rel=1e-12)
    assert split(first, np.ones(500)) == (pytest.approx(1.0), 0.0)
    assert split(np.ones(3), np.ones(3)) == (0.0, 0.0)


def test_the_chain_is_of_the_run(folder: Path) -> None:
    found = chain(folder)
    summary = store.read_summary(folder)
    annual = summary["scenarios"]["baseline"]["annual"]["2018"]
    assert (found.definition, found.year, found.run) == ("state_take", 2018, folder.name)
    assert found.amount["q50"] == pytest.approx(annual["state_take"]["usd"]["q50"], rel=1e-5)
    monthly = read_months(folder, "baseline", "state_take")
    months = sum(
        monthly.present.sel(month=month).sum("host").to_numpy().ravel().astype(float)
        for month in monthly.present["month"].to_numpy()
        if str(month).startswith("2018")
    )
    assert found.worker_months["q50"] == pytest.approx(np.median(months), rel=1e-6)
    assert sum(found.shares.values()) == pytest.approx(1.0, abs=1e-12)
    whole = sum(share for _, share in found.groups) + found.between_readings + found.unexplained
    assert whole == pytest.approx(1.0, abs=1e-12)
    assert {*found.readings} == {*summary["readings"]}
    low, high = min(found.readings.values()), max(found.readings.values())
    assert low <= found.amount["q50"] <= high


def test_one_reading_is_no_rival(folder: Path) -> None:
    found = chain(folder)
    assert "no source settles which is right" in repr(found)
    (name, amount), *_ = found.readings.items()
    assert "By reading" not in repr(replace(found, readings={name: amount}))


def test_a_source_pulls_as_far_as_leaving_it_out_moves(folder: Path) -> None:
    found = chain(folder)
    assert found.pulls is not None
    assert [(pull.kind, pull.name) for pull in found.pulls] == [
        ("source", "paper"), ("source", "ministry"),
    ]  # fmt: skip
    strongest, other = found.pulls
    assert strongest.moves == pytest.approx(-30e6, rel=1e-6)
    assert strongest.deviations == -0.5
    said = repr(found)
    assert "Pulled down by paper, -30 million (workers, payment)." in said
    assert "Pulled up by ministry, +4.0 million, not reliably (plan)." in said
    assert other.rows == ("plan",)
    assert len(said.splitlines()) <= 10


def test_what_is_not_saved_is_told_with_its_command(folder: Path) -> None:
    found = chain(folder, "billings 2017")
    assert (found.definition, found.year, found.pulls, found.groups) == ("billings", 2017, None, ())
    said = repr(found)
    assert f"python -m model.drivers {folder.name} --what billings --year 2017" in said
    assert f"python -m model.criticism {folder.name}" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("state tkae 2018", "is not a definition and a year; write one of: plan collected"),
        ("state take 2031", "the run has no whole year 2031; write one of: 2017, 2018"),
        ("2017 2018", "is not a definition and a year"),
    ],
)
def test_an_answer_that_the_run_does_not_have(folder: Path, asked: str, said: str) -> None:
    with pytest.raises(NoSuchAnswerError, match=said):
        chain(folder, asked)


def test_what_a_claim_does(folder: Path) -> None:
    found, summary = chain(folder), store.read_summary(folder)
    row = claim(folder, "payment", found)
    assert row.predicted == summary["evidence"]["payment"]["predicted"]
    assert row.pulls is not None
    assert [pull.name for pull in row.pulls] == ["paper"]
    assert "and with it workers, the answer would be" in repr(row)
    held = claim(folder, "official_total", found)
    assert (held.role, held.pulls) == ("holdout", ())
    assert repr(held).endswith("It is not fitted, and so it moves nothing.")
    elsewhere = claim(folder, "payment", chain(folder, "billings"))
    assert elsewhere.pulls is None
    assert "What it does is not saved: python -m model.criticism" in repr(elsewhere)


def test_a_row_that_is_not_there(folder: Path) -> None:
    with pytest.raises(NoSuchRowError, match=r"there is no row 'paymnt' in evidence\.csv; did you"):
        claim(folder, "paymnt", chain(folder))


def test_the_case_is_read_once_for_many_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["model.why.one_row"]
    read: list[Path] = []

    def counted(path: Path) -> Case:
        read.append(path)
        return read_case(path)

    monkeypatch.setattr(module, "read_case", counted)
    found = chain(folder)
    both = module.claims(folder, ["payment", "official_total", "payment"], found)
    assert [one.row for one in both] == ["payment", "official_total"]
    assert len(read) == 1
    assert module.claims(folder, [], found) == []
    assert len(read) == 1


def why(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "model.why", folder.name, "--runs", str(folder.parent), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_says_what_python_says(folder: Path) -> None:
    done = why(folder)
    assert done.returncode == 0, done.stderr
    assert repr(chain(folder)).split() == done.stdout.split()[-len(repr(chain(folder)).split()) :]
    done = why(folder, "--row", "payment", "--json")
    content = json.loads(done.stdout)
    assert content["shares"] == chain(folder).shares
    assert content["claims"][0]["row"] == "payment"


@pytest.mark.parametrize(
    ("words", "said"), [(("state take 1999",), "ANSWER: "), (("--row", "nothing"), "--row: ")]
)
def test_faults_are_one_report(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = why(folder, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.count("\n") <= 2  # what was read
