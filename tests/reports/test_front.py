"""The front of a report: what it says, what it rests on, and that a what-if is no estimate."""

from __future__ import annotations

import copy
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.archive.answer import Answer
from model.archive.show import show
from model.terminal.wording import MILLION
from reports import annex_results, front, what_if
from reports.brief import brief, years
from reports.command import named
from reports.figures import headline, scenarios
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from tests.archive.strangers import resealed
from tests.reports.runs import write_run
from tests.reports.test_pdf import pages


def asked(run: SavedRun, what_if: dict[str, Any]) -> SavedRun:
    """The same run as the answer to a what-if."""
    return SavedRun(run.folder, run.manifest | {"what_if": what_if}, run.summary)


WHAT_IF = {"fixed": [["broker_margin", 0.3, ""]]}


def test_the_title_says_what_was_found(run: SavedRun, english: Catalogue) -> None:
    said = front.message(run, english)
    parts = english.numbers.amount(
        *(run.annual(run.year, "state_take")[q] for q in ("q50", "q05", "q95"))
    )
    assert said.startswith(f"The state took about ${parts.middle} {parts.scale} from its workers")
    share = run.annual(run.year, "state_take")["q50"] / run.summary["press_arithmetic"]["usd"]
    assert f"in {run.year}, {english.numbers.percent(share)} of what the press reports" in said
    own = copy.deepcopy(run.timeline) | {"sender": "Ruritania"}
    named_run = SavedRun(run.folder, run.manifest, run.summary)
    named_run.__dict__["timeline"] = own
    assert front.message(named_run, english).startswith("Ruritania took about")


def test_no_press_no_comparison(two_host_run: SavedRun, english: Catalogue) -> None:
    assert "press" not in front.message(two_host_run, english)


def test_a_what_if_says_so_on_every_page(run: SavedRun, english: Catalogue) -> None:
    other = asked(run, WHAT_IF)
    assert front.message(other, english).startswith("What if? The state would have taken")
    made = pages(brief(other, english))
    assert all("WHAT IF, not the estimate: broker_margin = 0.3" in page for page in made)
    assert not any("WHAT IF" in page for page in pages(brief(run, english)))
    assert (named("brief.pdf", run, english), named("brief.pdf", other, english)) == (
        "brief.pdf",
        "brief-what-if.pdf",
    )
    assert headline.rows(other, english, run.year)[0].name == "This what-if, not the estimate"


def test_what_is_estimated_ends_with_the_data(run: SavedRun, english: Catalogue) -> None:
    assert "Nothing after December 2018 is estimated." in front.front(run, english)["about"]
    later = SavedRun(run.folder, run.manifest | {"horizon": "2019-06"}, run.summary)
    about = front.front(later, english)["about"]
    assert "Months after December 2018, to June 2019, are projected" in about


def lines(run: SavedRun, texts: Catalogue) -> dict[str, str]:
    return {one["label"]: one["text"] for one in front.sureness(run, texts)["lines"]}


def test_how_sure_we_are_counts_what_there_is(run: SavedRun, english: Catalogue) -> None:
    found = lines(run, english)
    counts = {part: len(names) for part, names in front.claims(run).items() if names}
    for part, count in counts.items():
        assert f"{english.say(f'sure.parts.{part}')} ({count})" in found["Rests on evidence"]
    assert "local brokers" in found["Rests on judgement"]
    commands = [one["command"] for one in front.sureness(run, english)["lines"]]
    assert f".venv/bin/python -m model.criticism {run.name}" in commands
    assert found["Checks"] == "Not run yet. To run them:"
    assert "Before and after" not in found


def test_checks_come_first_and_by_name(checked_run: SavedRun, english: Catalogue) -> None:
    found = lines(checked_run, english)
    judged = [one["passed"] for one in checked_run.checks.values() if one["passed"] is not None]
    assert f"{sum(judged)} of {len(judged)} passed" in found["Checks"]
    assert "sources against each other" in found["Checks"]
    table = checked_run.check_table("prior_predictive").set_index("row")
    before = table.loc[f"state_take of {checked_run.year}"]
    assert english.money(before.to_dict()) in found["Before and after"]
    # of the sources whose refit is reliable, the one that moves it most
    assert "Without" in found["What would change it"]
    assert english.money({"q50": 1e8, "q05": 6e7, "q95": 2e8}) in found["What would change it"]


@pytest.mark.parametrize("inside", [0.0, 0.4, 1.0])
def test_the_official_figure_is_told_straight(
    run: SavedRun, english: Catalogue, inside: float
) -> None:
    from reports import findings

    new = SavedRun(run.folder, run.manifest, copy.deepcopy(run.summary))
    row = new.summary["holdout"]["official_total"]
    row["predicted"] |= {"q05": 100.0, "q50": 160.0, "q95": 220.0}
    row["probability_inside"] = inside
    said = findings.official(new, english)
    assert said is not None
    assert "the two overlap from 150 to 220 million" in said.text
    assert f"({english.numbers.percent(inside)}) that the truth lies within" in said.text


def test_the_chart_has_every_range(rival_run: SavedRun, english: Catalogue) -> None:
    rows = {one.gid: one for one in headline.rows(rival_run, english, rival_run.year)}
    assert {"interval state_take", "reading plan", "reading share", "interval plan_collected",
            "total official_total"} <= set(rows)  # fmt: skip
    official = rows["total official_total"]
    assert (official.low, official.high) == (150.0, 300.0)
    predicted = rival_run.summary["holdout"]["official_total"]["predicted"]
    assert official.ours == (predicted["q05"], predicted["q95"])
    numbers = rival_run.annual(rival_run.year, "state_take")
    assert rows["interval state_take"].middle == pytest.approx(numbers["q50"] / MILLION)


# --- what a what-if changes, and what is projected ---------------------------------------------


@pytest.fixture(scope="module")
def beside(
    case_with_scenarios: tuple[Path, list[Path]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[SavedRun, SavedRun]:
    """An estimate, projected past the data, and a what-if in the same folder of runs."""
    folder, _ = case_with_scenarios
    runs = tmp_path_factory.mktemp("beside")
    estimate = write_run(runs, folder, horizon="2020-06")
    other = write_run(runs, folder, key="ba9876543210")
    resealed(other, what_if=WHAT_IF, fit="0" * 12, arguments=["--set", "broker_margin=0.3"])
    return SavedRun.open(estimate), SavedRun.open(other)


def test_a_what_if_shows_what_it_changes(
    beside: tuple[SavedRun, SavedRun], english: Catalogue
) -> None:
    estimate, other = beside
    assert what_if.block(estimate, english) is None
    found = what_if.block(other, english)
    assert found is not None
    assert found["command"] == ""
    was, now, difference = (cell["text"] for cell in found["cells"])
    assert was == english.money(estimate.annual(other.year, "state_take"))
    assert now == english.money(other.annual(other.year, "state_take"))
    # by convolution: all pairs, of which those drawn are a sample
    ours, theirs = (
        one.yearly_draws("state_take").sel(year=other.year).values.ravel() / MILLION
        for one in (other, estimate)
    )
    every = np.quantile((ours[:, None] - theirs[None, :]).ravel(), [0.5, 0.05, 0.95])
    middle, low, high = map(float, re.findall(r"[\d.]+", difference.replace(",", "")))
    assert [abs(one) for one in every] == pytest.approx([middle, low, high], abs=np.ptp(every) / 10)
    # the same draws: no difference but what sampling explains
    assert "this may be no difference at all" in found["text"]
    assert estimate.name in found["text"]
    text = pages(brief(other, english))[0]
    assert was in text
    assert now in text


def test_a_clear_change_is_called_so(
    beside: tuple[SavedRun, SavedRun], english: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.archive.moved.WITHIN", -1.0)
    found = what_if.block(beside[1], english)
    assert found is not None
    assert "more than sampling alone" in found["text"]


def test_without_the_estimate_the_box_says_how_to_get_it(
    beside: tuple[SavedRun, SavedRun], english: Catalogue, tmp_path: Path
) -> None:
    _, other = beside
    alone = SavedRun.open(Path(shutil.copytree(other.folder, tmp_path / other.name)))
    found = what_if.block(alone, english)
    assert found is not None
    assert found["cells"] == []
    assert found["command"] == ".venv/bin/python -m model.estimate"
    assert "is not in this folder of runs" in pages(brief(alone, english))[0]


def test_projected_years_are_marked(beside: tuple[SavedRun, SavedRun], english: Catalogue) -> None:
    estimate, other = beside
    table = years(estimate, english)
    assert [row[0] for row in table["rows"]] == ["2017", "2018", "2019 p"]
    assert table["faint"] == [2]
    assert table["note"].startswith("p: projected")
    assert "December 2018" in table["note"]
    results = annex_results.results(estimate, english)
    assert [results["rows"][place][1] for place in results["faint"]] == ["2019 p"] * 5
    plain = years(other, english)
    assert (plain["faint"], plain["note"]) == ([], "")
    panel = scenarios.draw(estimate)[0]
    assert [one.get_hatch() for one in panel.patches if one.get_gid() == "projected"] == ["////"]


def test_projected_years_are_marked_in_the_terminal(
    beside: tuple[SavedRun, SavedRun], capsys: pytest.CaptureFixture[str]
) -> None:
    for one, marked in zip(beside, (True, False), strict=True):
        show(Answer(one.folder, one.summary, one.manifest, found=True), brief=True)
        printed = capsys.readouterr().out
        assert ("2019 p" in printed) == marked
        assert ("p: projected, not estimated; the data end in 2018-12" in printed) == marked
