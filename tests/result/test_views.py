"""Views of an answer: sums by brute force, windows and their names, and what is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import model
from model.case.case import Case
from model.case.listing import HEADINGS, listing, show_listing
from model.result import Estimate
from model.result.asked_months import ViewError
from model.result.shown_views import show_view
from model.result.views import as_json, check_view, view_table
from model.terminal.view_options import View
from tests.cases import write_case
from tests.reports.runs import RIVALS, write_run, write_scenarios


@pytest.fixture(scope="module")
def estimate(tmp_path_factory: pytest.TempPathFactory) -> Estimate:
    base = tmp_path_factory.mktemp("views")
    case = write_case(base / "case", readings_toml=RIVALS)
    return model.load(write_run(base / "runs", case, write_scenarios(case / "scenarios")))


def test_quarters_and_changes_are_those_of_summed_draws(estimate: Estimate) -> None:
    table = view_table(estimate, View(year=2018, by="quarter"))
    rows = table[(table["definition"] == "state_take") & (table["reading"] == "")]
    months = {name: estimate.draws(freq="M", scenario=name) for name in ("baseline", "double")}
    ours = {name: one.sel(period=["2018-04", "2018-05", "2018-06"]).sum("period").to_numpy()
            for name, one in months.items()}  # fmt: skip
    change = ours["double"] - ours["baseline"]
    for name, measure, draws in (("baseline", "amount", ours["baseline"]),
                                 ("double", "change", change)):  # fmt: skip
        row = rows[(rows["scenario"] == name) & (rows["period"] == "2018Q2")
                   & (rows["measure"] == measure)].iloc[0]  # fmt: skip
        ends = np.quantile(draws, [0.05, 0.5, 0.95])
        np.testing.assert_allclose(row[["q05", "q50", "q95"]].astype(float), ends, rtol=1e-6)
    whole = rows[(rows["period"] == "2018-01/2018-12") & (rows["scenario"] == "baseline")].iloc[0]
    assert whole["q50"] == pytest.approx(estimate.revenue("state_take").loc[2018, "median"], 1e-6)
    assert set(table["reading"]) == {"", "plan", "share"}


def test_parts_of_periods_say_their_months(estimate: Estimate) -> None:
    view = View(by="fiscal/04", first="2017-06", last="2018-05", per_worker=True, currency="EUR")
    table = view_table(estimate, view)
    assert list(dict.fromkeys(table["period"])) == [
        "2017-06/2018-03", "2018-04/2018-05", "2017-06/2018-05",
    ]  # fmt: skip
    found = as_json(table, estimate.summary, estimate.folder)
    assert found["currency"] == "EUR"
    assert set(found["scenarios"]["double"]) == {"periods", "versus_baseline", "readings"}


def test_what_cannot_be_shown_is_told_before_a_fit(tiny: Case) -> None:
    for view, said in (
        (View(by="week"), "--by"),
        (View(by="fiscal"), "fiscal/04"),
        (View(year=2016), "covers 2017-01 to 2018-12"),
        (View(year=2018, first="2018-01"), "leave one"),
        (View(first="2018-05", last="2018-01"), "earlier month first"),
        (View(first="soon"), "--from"),
        (View(currency="XXX"), "--currency XXX: no XXX rate"),
        (View(real=2018), "--real 2018: .*prices.csv"),
    ):
        with pytest.raises(ViewError, match=said):
            check_view(view, tiny, (), "")


def test_tables_are_printed(
    estimate: Estimate, tiny: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    view = View(by="quarter", currency="RUB")
    show_view(view_table(estimate, view, readings=False), view)
    said = capsys.readouterr().out
    assert "lion RUB: median" in said
    assert "Change" in said
    for what in HEADINGS:
        show_listing(listing(tiny, what), what)
    assert "permitted_at_start" in capsys.readouterr().out


def test_a_case_lists_its_scenarios(tmp_path: Path) -> None:
    case = write_case(tmp_path / "case")
    write_scenarios(case / "scenarios")
    assert list(listing(model.read_case(case), "scenarios")["name"]) == ["dearer", "double", "half"]
