"""Rival readings in brief, figure and annex; a case with one reading says nothing of them."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

from model.case.folders import COPY, READINGS, bytes_of
from model.terminal.wording import MILLION, rounding_unit
from reports import figures, findings, front, readings
from reports.annex import annex
from reports.brief import brief
from reports.figures import headline
from reports.saved_run import SavedRun
from reports.texts import Catalogue, placeholders
from reports.typesetting import pages as count
from tests.reports.test_figures import named
from tests.reports.test_pdf import pages, squeezed
from tests.reports.test_texts import leaves


def altered(run: SavedRun, **follows: str) -> SavedRun:
    """A copy with what the claim follows by reading; readings that are not named are left out."""
    new = SavedRun(run.folder, run.manifest, copy.deepcopy(run.summary))
    told = new.summary["readings"]
    new.summary["readings"] = {name: told[name] | {"follows": way} for name, way in follows.items()}
    return new


def median(run: SavedRun, name: str) -> float:
    numbers = readings.annual(run.summary["readings"][name], run.year, "state_take")
    return float(numbers["q50"]) / MILLION


def test_one_reading_is_not_spoken_of(run: SavedRun, english: Catalogue) -> None:
    assert readings.told(run) == {}
    assert readings.in_words(run, english) == ""
    assert readings.blocks(run, english) is None
    assert readings.worded(run, english) is english
    assert "under the plan" in front.box(run, english)["rungs"][1]["label"]
    text = squeezed(" ".join([*pages(brief(run, english)), *pages(annex(run, english))]))
    assert not [one for one in ("Rival readings", "such readings") if squeezed(one) in text]


def test_the_box_says_how_far_readings_lie_apart(rival_run: SavedRun, english: Catalogue) -> None:
    texts = readings.worded(rival_run, english)
    box = front.box(rival_run, texts)
    assert box["rungs"][1]["label"] == "collected as the state's claim in 2018"
    numbers = rival_run.annual(rival_run.year, "state_take")
    unit = rounding_unit(numbers["q05"] / MILLION, numbers["q95"] / MILLION)
    plan, share = (
        english.numbers.rounded(median(rival_run, name), unit) for name in ("plan", "share")
    )
    assert plan != share
    said = f"claims a plan ({plan} million) or a share of earnings ({share})"
    assert said in box["words"]
    assert "mix 2 such readings" in box["words"]


def test_readings_of_one_kind_are_named(rival_run: SavedRun, english: Catalogue) -> None:
    both = altered(rival_run, plan="plan", share="plan")
    assert readings.worded(both, english) is english
    said = readings.in_words(both, english)
    assert "“A fixed plan”; “A share of earnings”" in said
    assert " to " in said
    alone = altered(rival_run, share="earnings")
    assert readings.in_words(alone, english).endswith("no source settles: “A share of earnings”.")
    found = readings.blocks(alone, english)
    assert found is not None
    assert [row[0] for row in found["summary"]["rows"]] == ["share"]
    assert headline.rivals(alone, alone.year) == {}


def test_the_only_reading_of_a_case_is_not_called_one_of_several(
    rival_run: SavedRun, english: Catalogue, tmp_path: Path
) -> None:
    assert not rival_run.one_reading
    alone = altered(rival_run, share="earnings")
    (tmp_path / COPY).mkdir()
    text = bytes_of(rival_run.folder / COPY / READINGS).decode("utf-8")
    first = text.index("[share]")
    (tmp_path / COPY / READINGS).write_text(text[first:], encoding="utf-8")
    only = SavedRun(tmp_path, alone.manifest, alone.summary)
    assert only.one_reading
    said = readings.in_words(only, english)
    assert said == "The evidence is read in one way, as the case states it: “A share of earnings”."


def test_each_reading_stands_below_the_mixture(rival_run: SavedRun, english: Catalogue) -> None:
    axes = headline.draw(rival_run)
    heights = []
    for name, block in rival_run.summary["readings"].items():
        line = named(axes, f"reading {name}")
        numbers = readings.annual(block, rival_run.year, "state_take")
        ends = [numbers["q05"] / MILLION, numbers["q95"] / MILLION]
        assert list(line.get_xdata()) == pytest.approx(ends)
        heights.append(line.get_ydata()[0])
        said = english.numbers.interval(*(numbers[q] / MILLION for q in ("q50", "q05", "q95")))
        assert f"if “{block['title']}” (state take): {said}" in headline.describe(
            rival_run, english
        )
    both = [
        named(axes, f"interval {rung}").get_ydata()[0] for rung in ("state_take", "plan_collected")
    ]
    assert both[0] > heights[0] > heights[1] > both[1] > axes.get_ylim()[0]


def test_the_annex_tells_each_reading(rival_run: SavedRun, english: Catalogue) -> None:
    found = readings.blocks(rival_run, english)
    assert found is not None
    plan, share, mixture = found["summary"]["rows"]
    assert (plan[2], share[2]) == ("75%", "25%")
    assert (plan[3], share[3]) == ("the plan", "what crews earn")
    assert (plan[7], share[7]) == ("a guess for the tests", "another guess for the tests")
    for row, source in ((plan, "plan"), (share, "share"), (mixture, "")):
        for cell, definition in zip(row[4:7], readings.SHOWN, strict=True):
            block = rival_run.summary["readings"].get(source, rival_run.summary)
            numbers = readings.annual(block, rival_run.year, definition)
            ends = (numbers[q] / MILLION for q in ("q50", "q05", "q95"))
            assert cell == english.numbers.interval(*ends)
    (held,) = found["holdout"]["rows"]
    logs = [one["holdout"]["official_total"] for one in rival_run.summary["readings"].values()]
    assert held[0] == "official_total"
    assert held[2:] == [english.numbers.rounded(one, 0.1) for one in logs]
    assert "choose nothing" in found["holdout"]["text"]
    changes = {row[0]: row[2:] for row in found["scenarios"]["rows"]}
    # where the claim follows earnings, twice the plan changes nothing
    assert changes["Twice the plan"][2] == "none" != changes["Twice the plan"][1]
    assert changes["Dearer workers"][2] != "none"
    share_between = rival_run.drivers["state_take 2018"]["between_readings"]
    assert f"{english.numbers.percent(share_between)} lies between" in found["summary"]["text"]


def test_both_documents_hold_them(rival_run: SavedRun, english: Catalogue) -> None:
    pdf = brief(rival_run, english)
    assert count(pdf) == len(pages(pdf)) == 3
    front = squeezed(pages(pdf)[0])
    texts = readings.worded(rival_run, english)
    assert squeezed(readings.in_words(rival_run, texts)) in front
    assert squeezed("under the plan") not in front
    text = squeezed(" ".join(pages(annex(rival_run, english)))).replace("−", "-")
    found = readings.blocks(rival_run, texts)
    assert found is not None
    for block in found.values():
        for row in block["rows"]:
            assert all(squeezed(cell).replace("−", "-") in text for cell in row)


def test_other_words_have_the_same_braces(english: Catalogue) -> None:
    texts, reworded = leaves(english.content), leaves(english.content["claim"])
    assert reworded
    for key, text in reworded.items():
        assert placeholders(text) == placeholders(texts[key]), key
    new = english.changed_by("claim")
    assert new.say("items.plan_collected") == "Collected as the claim"
    assert new.say("items.upkeep") == english.say("items.upkeep")
    assert new.changed_by("claim").content == new.content


def test_what_came_later_is_told_if_it_was_checked(
    run: SavedRun, checked_run: SavedRun, english: Catalogue
) -> None:
    said = {one.key: one.text for one in findings.not_known(checked_run, english)}
    assert "published by 2 August 2018 was tested" in said["unknown.later_one"]
    assert "inside its 90% interval: 1 of 1" in said["unknown.later_one"]
    assert not [one for one in findings.not_known(run, english) if "later" in one.key]
    new = SavedRun(checked_run.folder, checked_run.manifest, dict(checked_run.summary))
    new.summary["readings"] = {"plan": {}, "share": {}}
    mixed = {one.key: one.text for one in findings.not_known(new, english)}
    assert "under the reading in which most claims count" in mixed["unknown.later_reading"]
    table = figures.as_of.shown(checked_run)
    assert np.all(table["as_of"] == "2018-08-02")


def test_a_brief_that_is_too_long_is_set_tighter(
    rival_run: SavedRun, english: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def typeset(template: str, data: dict[str, object], drawn: object) -> bytes:
        asked.append(data.get("tight", False))
        return b"<</Type/Pages/Count 4/Kids[]>>"

    monkeypatch.setattr("reports.brief.typeset", typeset)
    brief(rival_run, english)
    # then with fewer figures, one after the other
    assert asked == [False, True, True, True, True]
