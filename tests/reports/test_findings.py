"""No sentence is printed whose claim the numbers do not support: each is tried where it fails."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from model.terminal.wording import MILLION
from reports import findings, front
from reports.saved_run import SavedRun
from reports.texts import Catalogue

HEADLINE = "state_take"


def altered(run: SavedRun, **draws: np.ndarray) -> SavedRun:
    """A copy whose summary may be changed; ``y2017=draws`` sets the state take of a year."""
    new = SavedRun(run.folder, run.manifest, copy.deepcopy(run.summary))
    if draws:
        yearly = copy.deepcopy(run._revenue_draws)
        for year, values in draws.items():
            place = {"scenario": "baseline", "definition": HEADLINE, "year": int(year[1:])}
            yearly.sel(**place).values[:] = values.reshape(2, -1)
        new.__dict__["_revenue_draws"] = yearly
    return new


def quantiles(values: np.ndarray) -> dict[str, float]:
    levels = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
    numbers = {name: float(np.quantile(values, level)) for name, level in levels.items()}
    return numbers | {"mean": float(values.mean()), "sd": float(values.std())}


@pytest.fixture
def draws() -> np.ndarray:
    return np.exp(np.random.default_rng(1).normal(18.0, 0.2, 800))


@pytest.mark.parametrize(
    ("factor", "key", "word"),
    [(0.3, "fell", "less"), (3.0, "rose", "more"), (1.0, "unclear", "unclear")],
)
def test_trend(
    run: SavedRun, english: Catalogue, draws: np.ndarray, factor: float, key: str, word: str
) -> None:
    # the headline's year is made the first, so that there is a later one
    later = factor * draws[np.random.default_rng(2).permutation(800)]
    new = altered(run, y2017=draws, y2018=later)
    new.summary["accounts"]["year"] = 2017
    for year, values in (("2017", draws), ("2018", later)):
        new.summary["scenarios"]["baseline"]["annual"][year][HEADLINE]["usd"] = quantiles(values)
    said = findings.trend(new, english)
    assert said is not None
    assert said.key == f"trend.{key}"
    assert word in said.text
    share = float((later > draws).mean())
    expected = english.numbers.percent(1 - share if key == "fell" else share)
    assert f"({expected})" in said.text
    for values in (draws, later):
        parts = english.numbers.amount(*np.quantile(values, [0.5, 0.05, 0.95]))
        assert f"${parts.middle} million ({parts.low} to {parts.high})" in said.text


def test_no_trend_where_the_headline_is_the_last_year(run: SavedRun, english: Catalogue) -> None:
    assert run.year == run.years[-1]
    assert findings.trend(run, english) is None


@pytest.mark.parametrize(
    ("last", "key"),
    [
        ((900, 1000, 1100), "fell"),
        ((90_000, 95_000, 99_000), "rose"),
        ((1, 20_000, 90_000), "unclear"),
    ],
)
def test_workers(run: SavedRun, english: Catalogue, last: tuple[int, int, int], key: str) -> None:
    new = altered(run)
    new.summary["accounts"]["year"] = 2017
    block = new.summary["scenarios"]["baseline"]["workers"]["2018-12"]["working"]
    block |= dict(zip(("q05", "q50", "q95"), last, strict=True))
    said = findings.workers(new, english)
    assert said.key == f"workers.{key}"
    assert ("fell" in said.text) == (key == "fell")
    assert ("rose" in said.text) == (key == "rose")


@pytest.mark.parametrize(
    ("above", "key"), [(0.001, "less"), (0.09, "less"), (0.5, "unclear"), (0.95, "more")]
)
def test_press(run: SavedRun, english: Catalogue, above: float, key: str) -> None:
    new = altered(run)
    new.summary["press_arithmetic"]["probability_above"][HEADLINE] = above
    said = findings.press(new, english)[1]
    assert said.key == f"press.{key}"
    assert f"{english.chance(above)} ({english.numbers.percent(above)})" in said.text


@pytest.mark.parametrize(("press", "key"), [(1.0, "below"), (150.0, "inside"), (10_000.0, "above")])
def test_wedge(run: SavedRun, english: Catalogue, press: float, key: str) -> None:
    new = altered(run)
    new.summary["press_arithmetic"]["usd"] = press * MILLION
    wedge = new.summary["scenarios"]["baseline"]["annual"][str(new.year)]["wedge"]["usd"]
    wedge |= {"q05": 100 * MILLION, "q50": 160 * MILLION, "q95": 300 * MILLION}
    said = findings.press(new, english)[2]
    assert said.key == f"press.wedge_{key}"
    assert ("too high" in said.text) == (key == "above")
    assert ("too low" in said.text) == (key == "below")


def test_nothing_is_said_of_a_press_that_is_not_named(
    two_host_run: SavedRun, english: Catalogue
) -> None:
    assert findings.press(two_host_run, english) == []
    assert findings.official(two_host_run, english) is None


@pytest.mark.parametrize(
    ("predicted", "key"),
    [((10, 20, 30), "above"), ((100, 160, 220), "overlaps"), ((400, 500, 600), "below")],
)
def test_official_total(
    run: SavedRun, english: Catalogue, predicted: tuple[int, int, int], key: str
) -> None:
    # the claim is 150 to 300 million
    new = altered(run)
    row = new.summary["holdout"]["official_total"]
    row["predicted"] |= dict(zip(("q05", "q50", "q95"), predicted, strict=True))
    said = findings.official(new, english)
    assert said is not None
    assert said.key == f"official.{key}_range"
    assert ("the two overlap" in said.text) == (key == "overlaps")
    assert f"wholly {key}" in said.text or key == "overlaps"


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ((5, 9, 14), "more", "raised the state take by $9.0 million (5.0 to 14.0)"),
        ((-14, -9, -5), "less", "lowered the state take by $9.0 million (5.0 to 14.0)"),
        ((-4, 9, 14), "unclear", "no change at all cannot be ruled out"),
        ((-9, 0, 0), "unclear", "no change at all cannot be ruled out"),
        ((0, 0, 0), "nothing", "No requested scenario"),
    ],
)
def test_scenario(
    run: SavedRun, english: Catalogue, change: tuple[int, int, int], key: str, words: str
) -> None:
    new = altered(run)
    stake: dict[str, Any] = new.summary["scenarios"]["half"]["at_stake"][HEADLINE]["usd"]
    stake |= {q: x * MILLION for q, x in zip(("q05", "q50", "q95"), change, strict=True)}
    stake["mean"] = stake["q50"]
    said = findings.scenario(new, "half", english)
    assert said.key == f"scenario.{key}"
    assert words in said.text


def test_a_change_in_few_draws_is_not_called_none(run: SavedRun, english: Catalogue) -> None:
    new = altered(run)
    stake = new.summary["scenarios"]["half"]["at_stake"][HEADLINE]["usd"]
    stake |= {"q05": 0.0, "q50": 0.0, "q95": 0.0, "mean": -1e5}
    assert findings.scenario(new, "half", english).key == "scenario.unclear"


def test_share_names_the_largest_other_part(run: SavedRun, english: Catalogue) -> None:
    new = altered(run)
    for name, mean in (("broker_take", 0.2), ("worker_keeps", 0.5)):
        new.summary["accounts"]["items"][name]["share"]["mean"] = mean
    assert "went to the worker" in findings.share(new, english).text
    new.summary["accounts"]["items"]["broker_take"]["share"]["mean"] = 0.6
    assert "went to local brokers (assumed)" in findings.share(new, english).text


def test_shares_of_both_rungs(run: SavedRun, english: Catalogue) -> None:
    items, said = run.summary["accounts"]["items"], findings.share(run, english)
    assert said.key == "share.assumed"
    for name in ("plan_collected", "state_take"):
        numbers = (items[name]["share"][q] for q in ("q50", "q05", "q95"))
        assert english.numbers.shares(*numbers) in said.text


def test_the_box_holds_both_rungs_and_what_lies_between(run: SavedRun, english: Catalogue) -> None:
    box = front.box(run, english)
    for rung, definition in zip(box["rungs"], (HEADLINE, "plan_collected"), strict=True):
        numbers = run.annual(run.year, definition)
        parts = english.numbers.amount(*(numbers[q] for q in ("q50", "q05", "q95")))
        assert rung["number"] == f"${parts.middle} {parts.scale}"
        assert f"${parts.low} to {parts.high}" in rung["interval"]
    assert "the state take" in box["rungs"][0]["label"]
    assert "under the plan" in box["rungs"][1]["label"]
    firms = run.headline_draws() - run.headline_draws("plan_collected")
    parts = english.numbers.parts(*np.quantile(firms / MILLION, [0.5, 0.05, 0.95]))
    assert f"{parts.low} to {parts.high} million dollars. No source" in box["words"]


def test_least_taught_is_by_width_on_the_log_scale(run: SavedRun) -> None:
    new = altered(run)
    for label in findings.priors.chosen(new):
        new.summary["quantities"][label] = {
            "prior": {"q05": 1.0, "q95": 100.0},
            "posterior": {"q05": 1.0, "q95": 10.0},
        }
    first = findings.priors.chosen(new)[4]
    new.summary["quantities"][first]["posterior"]["q95"] = 50.0
    found = findings.least_taught(new)
    assert next(iter(found)) == first
    assert found[first] == pytest.approx(np.log(50) / np.log(100))
    assert list(found.values())[1:] == pytest.approx([0.5, 0.5])


def test_segments_without_a_price_are_counted(run: SavedRun, english: Catalogue) -> None:
    said = {one.key: one.text for one in findings.not_known(run, english)}
    assert "1 of 2 parts" in said["unknown.segments"]
    assert "unknown.world" not in said  # its one world total is context


@pytest.mark.parametrize("probability", np.linspace(0, 1, 101))
def test_words_for_probabilities_rise_with_them(english: Catalogue, probability: float) -> None:
    bounds = {step["words"]: step["from"] for step in english.content["chances"]}
    found = bounds[english.chance(probability)]
    above = [bound for bound in bounds.values() if bound > found]
    assert found <= probability
    assert not above or probability < min(above)


def test_draws_of_the_file_are_those_of_the_summary(run: SavedRun) -> None:
    for definition in ("billings", HEADLINE):
        drawn = run.yearly_draws(definition)
        assert list(drawn.labels) == ["year", "chain", "draw"]
        for year in run.years:
            numbers = run.annual(year, definition)
            values = drawn.sel(year=year).values
            assert np.quantile(values, 0.95) == pytest.approx(numbers["q95"], rel=1e-6)
            assert values.mean() == pytest.approx(numbers["mean"], rel=1e-6)
