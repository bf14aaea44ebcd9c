"""Notebooks show a few lines and tables, in which text from files is text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import model
from model.archive.check_result import CheckResult, Checks
from model.case.case import Case, read_case
from model.drivers.kept import ask
from model.result import Estimate
from model.terminal import html
from tests.cases import write_case
from tests.reports.runs import FAILED, HALF, write_run

EVIL = "<script>alert(1)</script>&amp;\u202e\x1b[2J\"'"
ALLOWED = {"p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td"}


class Tags(HTMLParser):
    """Tags and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert dict(attrs) in ({}, {"class": "dataframe"})
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def estimate(tmp_path_factory: pytest.TempPathFactory) -> Estimate:
    """A run whose texts would act if they were markup."""
    base = tmp_path_factory.mktemp("shown")
    inputs = write_case(base / "case", timeline={"title": "Workers <b>abroad</b> & others"})
    scenario = base / "half.toml"
    scenario.write_text(HALF.replace("Half the workers", "Half <script>the</script> workers"))
    return model.load(write_run(base / "runs", inputs, [scenario]))


def plain(page: str) -> Tags:
    found = Tags(page)
    assert set(found.tags) <= ALLOWED
    assert not set("\u202e\x1b") & set(page)
    return found


def test_escaped_text_comes_back_as_text() -> None:
    found = plain(html.table((EVIL,), [(EVIL,)], EVIL) + html.paragraph(EVIL))
    assert found.text.count("<script>alert(1)</script>&amp;") == 4
    assert "script" not in found.tags


def test_an_estimate_shows_its_headline_and_years(estimate: Estimate) -> None:
    assert repr(estimate).count("\n") == 0
    assert len(repr(estimate)) < 200
    found = plain(estimate._repr_html_())
    assert repr(estimate) in found.text
    assert "Half <script>the</script> workers" in found.text
    assert found.tags.count("table") == 2
    for year in ("2017", "2018"):
        assert year in found.text


def test_a_strangers_title_does_not_act(estimate: Estimate) -> None:
    strange = replace(estimate, manifest=estimate.manifest | {"title": EVIL})
    assert "\\u202e\\x1b" in plain(strange._repr_html_()).text


def test_one_that_did_not_converge_says_so(tiny_folder: Path, tmp_path: Path) -> None:
    failed = model.load(write_run(tmp_path / "runs", tiny_folder, gate=FAILED))
    for text in (repr(failed), failed._repr_html_()):
        assert "NOT CONVERGED: do not use these numbers." in text


def test_checks_show_verdicts_and_one_its_table() -> None:
    table = pd.DataFrame({"row": [EVIL, *map(str, range(20))], "p": 0.25})
    one = CheckResult("conflict", False, f"{EVIL} is contradicted.", "Read so.", table)
    checks = Checks([one, CheckResult("widths", None, "Told.", "Read so.", table)])
    assert repr(one).startswith("conflict: FAILED. ")
    assert repr(checks).splitlines()[1] == "widths: reported. Told."
    found = plain(one._repr_html_())
    assert "and 9 more rows" in found.text
    assert found.tags.count("tr") == 13
    assert plain(checks._repr_html_()).tags.count("tr") == 3
    assert checks[0] is one


def test_drivers_show_shares(estimate: Estimate) -> None:
    found = ask(estimate.folder, "state_take", 2018)
    assert repr(found).startswith("Drivers of state_take in 2018, share of the variance: ")
    assert repr(found).count("\n") == 0
    page = plain(found._repr_html_())
    assert page.tags.count("table") == 2
    assert all(title in page.text for title in found.groups.index)


def test_a_case_shows_what_was_read(estimate: Estimate, tiny: Case, tmp_path: Path) -> None:
    assert repr(tiny) == tiny.in_short
    found = plain(estimate.case._repr_html_())
    assert "Workers <b>abroad</b> & others" in found.text
    rows = read_case(write_case(tmp_path / "case")).evidence
    assert all(quantity in found.text for quantity in set(rows["quantity"]))


def test_names_are_those_of_the_api(estimate: Estimate, tiny: Case) -> None:
    assert set(dir(model)) == {*model.__all__, "__version__"}
    names = dir(estimate)
    assert {"revenue", "draws", "plot", "idata", "folder", "summary"} <= set(names)
    check = CheckResult("a", None, "", "", pd.DataFrame())
    for one in (estimate, tiny, check):
        assert [name for name in dir(one) if name.startswith("_")] == []
    assert "evidence" in dir(tiny)


def test_columns_read_as_words_and_amounts_are_in_the_unit_asked_for(estimate: Estimate) -> None:
    dollars, millions = estimate.revenue("surplus"), estimate.revenue("surplus", unit="million")
    assert list(dollars.columns) == ["mean", "sd", "5%", "25%", "median", "75%", "95%"]
    pd.testing.assert_frame_equal(millions * 1e6, dollars)
    change = estimate.versus("half", unit="million")
    assert change.loc[2018, "median"] * 1e6 == pytest.approx(
        estimate.versus("half").loc[2018, "median"]
    )
    higher = estimate.versus("half")["probability_higher"]
    pd.testing.assert_series_equal(change["probability_higher"], higher)
    draws = estimate.draws(freq="Q", unit="million")
    assert draws.attrs["units"] == "million USD"
    whole = estimate.draws(freq="Q")
    assert float(draws.sum()) * 1e6 == pytest.approx(float(whole.sum()))
    table = model.compare({"one": estimate}, unit="million")
    assert table.loc["one", "median"] == pytest.approx(
        estimate.revenue("state_take").loc[estimate.year, "median"] / 1e6
    )
    with pytest.raises(KeyError, match="write one of: , thousand, million, billion"):
        estimate.revenue(unit="dozen")
