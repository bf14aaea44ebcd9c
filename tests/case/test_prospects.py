"""Sources that might be found: how prospects.csv is read, and what it changes of a run."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from model.archive import store
from model.archive.answer import found as found_before
from model.archive.answer import read_inputs
from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.case.folders import PROSPECTS
from model.case.qualifiers import ONE_FIGURE
from model.case.reader.prospects import other_prospects
from model.equations.subjects import MEASURED
from model.evidence.economy import Layout
from model.evidence.measurement import measurement
from model.question import Question, SamplerOptions
from tests.cases import row, write_case
from tests.drivers.test_information import COLUMNS, prospects_text

ROOT = Path(__file__).parents[2]

PLAIN: dict[str, dict[str, Any]] = {
    "first": {
        "prospect": "ledger", "title": "A ledger", "quantity": "worker_keeps", "units": "2",
        "note": "Firms' books.",
    },
    "count": {
        "prospect": "register", "quantity": "permitted", "start": "2017-12", "end": "2017-12",
        "qualifier": "up_to", "reliability": "a", "credibility": "1",
    },
    "second": {
        "prospect": "ledger", "quantity": "state_take", "base": "wage_fund",
        "segment": "not forestry", "note": "The same books.",
    },
    "price": {
        "prospect": "contractors", "title": "Three contractors", "quantity": "payment",
        "start": "2018-07-15", "end": "2018-07-31", "segment": "construction", "statements": "3",
        "units": "01",
    },
}  # fmt: skip


def changed(name: str, **cells: str) -> str:
    """The text of a valid file with cells of one row changed."""
    return prospects_text(PLAIN | {name: PLAIN[name] | cells})


def test_rows_become_prospects_in_their_order(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "case", prospects_csv=prospects_text(PLAIN)))
    ledger, register, contractors = case.prospects
    assert [one.name for one in case.prospects] == ["ledger", "register", "contractors"]
    # the first title that is given, else the name
    assert [one.title for one in case.prospects] == ["A ledger", "register", "Three contractors"]
    assert ledger.note == "Firms' books. The same books."
    assert list(ledger.rows["id"]) == ["first", "second"]
    assert list(ledger.rows["units"]) == [2, 0]
    assert list(ledger.rows["statements"]) == [1, 1]
    assert list(ledger.rows["segments"]) == [(), ("spb_construction",)]
    assert list(ledger.rows["base"]) == ["", "wage_fund"]
    (count,) = register.rows.to_dict("records")
    assert (count["reliability"], count["credibility"]) == ("A", 1)
    assert count["start"] == count["end"] == pd.Period("2017-12", freq="M")
    (price,) = contractors.rows.to_dict("records")
    assert (price["statements"], price["units"]) == (3, 1)
    assert (str(price["start"]), str(price["end"])) == ("2018-07", "2018-07")
    assert price["segments"] == ("spb_construction",)
    assert case.warnings == ()


def test_a_case_without_the_file_has_none(tiny: Case) -> None:
    assert tiny.prospects == ()
    assert PROSPECTS not in tiny.files


def test_the_shipped_prospects(real: Case, real_folder: Path) -> None:
    with (real_folder / PROSPECTS).open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    named = list(dict.fromkeys(line["prospect"] for line in written))
    assert [one.name for one in real.prospects] == named
    assert sum(len(one.rows) for one in real.prospects) == len(written)
    for prospect in real.prospects:
        assert prospect.title != prospect.name
        assert prospect.note, "why it might be found"
        assert (prospect.rows["statements"] >= 1).all()
        # a source says the same thing once: two rows of one meaning would count twice
        said = ["quantity", "host", "segments", "base", "start", "end"]
        assert not prospect.rows.duplicated(said).any()
        # and it can be measured
        measurement(real, Layout.of(real), prospect.rows)


def test_a_file_of_ones_own(tiny: Case, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(prospects_text(PLAIN))
    found = other_prospects(path, tiny)
    assert [one.name for one in found] == ["ledger", "register", "contractors"]
    path.write_text(changed("count", quantity="permited"))
    with pytest.raises(CaseError) as caught:
        other_prospects(path, tiny)
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.column) == ("mine.csv", 3, "quantity")
    with pytest.raises(CaseError, match="no such file"):
        other_prospects(tmp_path / "nowhere.csv", tiny)


@pytest.mark.parametrize("qualifier", ONE_FIGURE)
def test_every_hedge_of_one_figure_is_read(tmp_path: Path, qualifier: str) -> None:
    text = changed("count", qualifier=qualifier)
    case = read_case(write_case(tmp_path / "case", prospects_csv=text))
    assert list(case.prospects[1].rows["qualifier"]) == [qualifier]


@pytest.mark.parametrize("quantity", [one.name for one in MEASURED if one.kind != "total"])
def test_whatever_is_measured_may_be_found(tmp_path: Path, quantity: str) -> None:
    kind = next(one.kind for one in MEASURED if one.name == quantity)
    segment = "forestry" if kind == "share" else ""
    text = prospects_text({"one": {"quantity": quantity, "segment": segment}})
    case = read_case(write_case(tmp_path / "case", prospects_csv=text))
    rows = case.prospects[0].rows
    assert measurement(case, Layout.of(case), rows).ids == ("one",)


# Faults


class Planted(NamedTuple):
    """A text of prospects.csv, and where and how its one fault has to be told."""

    text: str | bytes
    row: int | None
    column: str | None
    words: tuple[str, ...]


def cell(name: str, column: str, text: str, *words: str) -> Planted:
    line = 2 + list(PLAIN).index(name)
    return Planted(changed(name, **{column: text}), line, column, words)


HEADER = ",".join(COLUMNS)
VALID = prospects_text(PLAIN)

FAULTS = {
    # what is measured
    "total": cell(
        "count", "quantity", "total_state_take", "total_state_take is a revenue total",
        "never fitted", "name what a source would state",
    ),
    "unknown quantity": cell(
        "count", "quantity", "permited", "'permited'", "not a quantity", "'permitted'"
    ),
    "no quantity": cell("count", "quantity", "", "the quantity is missing"),
    "weight of a segment": cell(
        "count", "quantity", "segment_share.forestry", "segment_workers",
    ),
    "index missing": cell(
        "count", "quantity", "permit_inflow", "value for each phase", "permit_inflow.open"
    ),
    # place and time
    "unknown host": cell("count", "host", "rusia", "did you mean 'russia'"),
    "host of no case": cell("count", "host", "world", "'world'"),
    "no host": cell("count", "host", "", "host is missing"),
    "unknown segment": cell("price", "segment", "forrestry", "did you mean 'forestry'"),
    "every segment but all": cell(
        "price", "segment", "not construction+forestry", "leaves no segment"
    ),
    "segment of a basic quantity": Planted(
        prospects_text({"one": {"quantity": "broker_margin", "segment": "forestry"}}),
        2, "segment", ("broker_margin is not measured by segment",),
    ),
    "share without segment": Planted(
        prospects_text({"one": {"quantity": "segment_workers"}}),
        2, "segment", ("needs its segments",),
    ),
    "month after the timeline": cell(
        "count", "end", "2019-02", "2019-02 lies outside the timeline, 2017-01 to 2018-12"
    ),
    "month before the timeline": cell("count", "start", "2016-12", "lies outside the timeline"),
    "end before start": cell("count", "end", "2017-11", "before the start"),
    "no month": cell("count", "start", "", "the date is missing"),
    "month in words": cell("count", "start", "June 2017", "'June 2017' is not a date"),
    # hedges and grades
    "about": cell("count", "qualifier", "about", "'about' is not a qualifier", "exact"),
    "range": cell("count", "qualifier", "range", "'range' is not a qualifier"),
    "spread": cell("count", "qualifier", "spread", "'spread' is not a qualifier"),
    "no qualifier": cell("count", "qualifier", "", "the qualifier is missing"),
    "reliability": cell("count", "reliability", "G", "'G' is not a reliability"),
    "no reliability": cell("count", "reliability", "", "the reliability is missing"),
    "credibility": cell("count", "credibility", "0", "'0' is not a credibility"),
    "no credibility": cell("count", "credibility", "", "the credibility is missing"),
    # how many
    "no statement": cell(
        "price", "statements", "0", "'0' is not a number of statements", "1 or more"
    ),
    "half a statement": cell("price", "statements", "1.5", "'1.5' is not a number of statements"),
    "statements in words": cell("price", "statements", "two", "'two'", "whole number"),
    "negative statements": cell("price", "statements", "-1", "'-1'", "whole number"),
    "ten thousand statements": cell("price", "statements", "10000", "'10000'"),
    "no unit": cell("price", "units", "0", "'0' is not a number of firms or crews"),
    "half a firm": cell("price", "units", "0.5", "'0.5'", "leave it blank"),
    "firms of a share": cell("second", "units", "3", "a share is not a mean over firms", "blank"),
    "firms of a count": cell("count", "units", "3", "permitted is not a mean over firms", "blank"),
    "firms of a basic quantity": Planted(
        prospects_text({"one": {"quantity": "broker_margin", "units": "3"}}),
        2, "units", ("broker_margin is not a mean over firms",),
    ),
    # bases
    "base of a count": cell(
        "count", "base", "billings", "permitted is never a share", "leave the cell blank"
    ),
    "base of a basic quantity": Planted(
        prospects_text({"one": {"quantity": "broker_margin", "base": "billings"}}),
        2, "base", ("broker_margin is never a share", "leave the cell blank"),
    ),
    "unknown base": cell("second", "base", "wage_fnd", "'wage_fnd'", "did you mean 'wage_fund'"),
    "share of itself": Planted(
        prospects_text({"one": {"quantity": "declared_salary", "base": "declared_salary"}}),
        2, "base", ("share of itself",),
    ),
    # names
    "double id": Planted(
        VALID.replace("\nsecond,", "\nfirst,"), 4, "id", ("'first' already occurs in row 2",)
    ),
    "no id": Planted(VALID.replace("\nsecond,", "\n,"), 4, "id", ("an id is missing",)),
    "no prospect": cell("price", "prospect", "", "a prospect's name is missing"),
    "prospect of two words": cell("price", "prospect", "a b", "'a b' is not a prospect's name"),
    # the table
    "empty": Planted("", None, None, ("the file is empty",)),
    "no rows": Planted(HEADER + "\n", None, None, ("the table has no rows",)),
    "no header": Planted("one,2,3\n", 1, None, ("names no column", "prospect")),
    "column missing": Planted(
        "\n".join(line[: line.rindex(",")] for line in VALID.splitlines()),
        1, "note", ("this column is missing",),
    ),
    "column misspelt": Planted(
        VALID.replace("statements", "statments", 1), 1, "statments",
        ("unknown column", "did you mean 'statements'"),
    ),
    "column of the evidence": Planted(
        "\n".join(
            line + (",3" if place else ",value") for place, line in enumerate(VALID.splitlines())
        ),
        1, "value", ("unknown column",),
    ),
    "too few cells": Planted(
        VALID.replace("A ledger,worker_keeps", "worker_keeps"), 2, None, ("14 cells", "15"),
    ),
    "semicolons": Planted(VALID.replace(",", ";"), 1, None, ("semicolons",)),
    "UTF-16": Planted(VALID.encode("utf-16"), 1, None, ("UTF-16",)),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_once(tmp_path: Path, name: str) -> None:
    planted = FAULTS[name]
    folder = write_case(tmp_path / "case", prospects_csv=planted.text)
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    (fault,) = caught.value.faults
    assert fault.file == PROSPECTS
    assert (fault.row, fault.column) == (planted.row, planted.column)
    for words in planted.words:
        assert words in fault.message


def test_advice_names_what_the_file_has(tmp_path: Path) -> None:
    """A prospect has no role and no figure: what it says of evidence would lead nowhere."""
    for name in (
        "month after the timeline",
        "unknown quantity",
        "share of itself",
        "base of a count",
    ):
        folder = write_case(tmp_path / name.replace(" ", "_"), prospects_csv=FAULTS[name].text)
        with pytest.raises(CaseError) as caught:
            read_case(folder)
        (fault,) = caught.value.faults
        for column in ("role", "context", "holdout", "evidence.csv"):
            assert column not in fault.message


def test_all_faults_come_at_once_beside_those_of_the_evidence(tmp_path: Path) -> None:
    rows = {name: dict(cells) for name, cells in PLAIN.items()}
    rows["first"]["units"] = "1.5"
    rows["count"] |= {"host": "rusia", "reliability": "Q"}
    rows["price"]["quantity"] = "total_billings"
    folder = write_case(
        tmp_path / "case", prospects_csv=prospects_text(rows),
        evidence={"payment": {"unit": "RUB/moth"}},
    )  # fmt: skip
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    told = {(fault.file, fault.row, fault.column) for fault in caught.value.faults}
    assert told == {
        ("evidence.csv", 6, "unit"), (PROSPECTS, 2, "units"), (PROSPECTS, 3, "host"),
        (PROSPECTS, 3, "reliability"), (PROSPECTS, 5, "quantity"),
    }  # fmt: skip
    assert len(caught.value.faults) == len(told)


# Runs


def question(folder: Path, draws: int = 100) -> Question:
    return Question(folder, options=SamplerOptions(draws=draws, tune=100, chains=2, seed=7))


def test_prospects_are_part_of_the_runs_key_and_not_of_the_fits(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    without, fit = read_inputs(question(folder)).keys
    (folder / PROSPECTS).write_text(prospects_text(PLAIN))
    first, same_fit = read_inputs(question(folder)).keys
    (folder / PROSPECTS).write_text(changed("count", reliability="C"))
    second, also_same = read_inputs(question(folder)).keys
    assert fit == same_fit == also_same
    assert len({without, first, second}) == 3
    # evidence changes both
    write_case(folder, evidence={"more": row(
        "plan", "2018-01", "2018-12", "exact", "USD/year", value="7000"
    )})  # fmt: skip
    other = read_inputs(question(folder)).keys
    assert other[1] != fit
    assert PROSPECTS not in read_case(folder).hashes


def estimate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "model.estimate", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_other_prospects_are_another_run_of_the_same_draws(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case", prospects_csv=prospects_text(PLAIN))
    output = tmp_path / "runs"
    asked = ["--inputs", folder, "--output", output, "--draws", 100, "--tune", 100, "--chains", 2,
             "--seed", 7]  # fmt: skip
    done = estimate(*asked)
    assert done.returncode in (0, 3), done.stderr
    (first,) = store.run_folders(output)
    assert (first / "inputs" / PROSPECTS).read_text() == prospects_text(PLAIN)
    before = found_before(question(folder), output)
    assert before is not None
    assert before.folder == first
    # sources change nothing that was computed: the draws come from the archive
    (folder / PROSPECTS).write_text(changed("count", reliability="C"))
    assert found_before(question(folder), output) is None
    again = estimate(*asked)
    assert again.returncode == done.returncode, again.stderr
    assert "no fit is run" in again.stderr
    (second,) = (one for one in store.run_folders(output) if one != first)
    for name in (store.POSTERIOR, store.SUMMARY, "revenue.csv", "workers.csv"):
        assert (second / name).read_bytes() == (first / name).read_bytes(), name
    manifests = [json.loads((one / store.MANIFEST).read_text()) for one in (first, second)]
    assert manifests[0]["fit"] == manifests[1]["fit"]
    assert manifests[0]["run"] != manifests[1]["run"]
    # without the file it is a third
    (folder / PROSPECTS).unlink()
    assert "no fit is run" in estimate(*asked).stderr
    assert len(list(store.run_folders(output))) == 3
    # and a faulty one is told before anything is computed
    (folder / PROSPECTS).write_text(changed("count", qualifier="about"))
    faulty = estimate(*asked)
    assert faulty.returncode == 2
    assert "prospects.csv, row 3, qualifier: 'about'" in faulty.stderr
    assert len(list(store.run_folders(output))) == 3
