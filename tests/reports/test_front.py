"""The front of a report: what it says, what it rests on, and that a what-if is no estimate."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from model.terminal.wording import MILLION
from reports import front
from reports.brief import brief
from reports.command import named
from reports.figures import headline
from reports.saved_run import SavedRun
from reports.texts import Catalogue
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
    assert (named("brief.pdf", run), named("brief.pdf", other)) == (
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
    assert f"python -m model.criticism {run.name}" in found["Checks"]
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
