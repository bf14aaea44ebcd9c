"""What each figure draws is what the run holds: the artists' data, not their pixels."""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.case.qualifiers import QUALIFIERS
from model.equations.quantities import DEFINITIONS, USES
from model.terminal.wording import MILLION
from reports import assumed, figures
from reports.figures import evidence, headline, meanings, priors, ranks, totals, workers
from reports.figures.of_estimate import Plots
from reports.figures.style import content
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue


def named(axes: Axes, gid: str) -> Any:
    """The one artist of a name."""
    found: list[Artist] = [one for one in axes.get_children() if one.get_gid() == gid]
    assert len(found) == 1, gid
    return found[0]


def test_fifty_dots_are_quantiles_of_the_headline(run: SavedRun) -> None:
    axes = headline.draw(run)
    points = [line for line in axes.lines if line.get_marker() == "o" and len(line.get_xdata()) > 1]
    shown = sum(len(line.get_xdata()) for line in points)
    values = headline.dots(run, run.year)
    assert shown == headline.DOTS == len(values)
    take = np.sort(run.headline_draws()) / MILLION
    shares = np.searchsorted(take, values) / len(take)
    assert shares == pytest.approx((np.arange(50) + 0.5) / 50, abs=1 / len(take) + 1e-9)
    press = run.summary["press_arithmetic"]["usd"] / MILLION
    above = next(line for line in points if line.get_color() == "#D55E00")
    assert len(above.get_xdata()) == int((values > press).sum()) > 0


def test_dots_are_stacked_within_their_own_width() -> None:
    values = np.sort(np.random.default_rng(4).gamma(3.0, 10.0, 50))
    x, row = headline.stacked(values, 4.0)
    assert np.abs(x - values).max() <= 2.0
    columns = np.unique(x)
    assert np.diff(columns).min() > 0
    for column in columns:
        assert sorted(row[x == column]) == list(range(int((x == column).sum())))


def test_ladder(run: SavedRun) -> None:
    for axes, definition in zip(figures.ladder.draw(run), DEFINITIONS, strict=True):
        medians = [line for line in axes.lines if line.get_gid() == "median"]
        wide = [line for line in axes.lines if line.get_gid() == "90"]
        for year, median, interval in zip(run.years, medians, wide, strict=True):
            numbers = run.annual(year, definition)
            assert median.get_ydata()[0] == pytest.approx(numbers["q50"] / MILLION)
            ends = [numbers["q05"] / MILLION, numbers["q95"] / MILLION]
            assert list(interval.get_ydata()) == pytest.approx(ends)


def test_accounts_are_one_bar_cut_into_items(run: SavedRun) -> None:
    axes = figures.accounts.draw(run)
    whole = figures.accounts.round_amount(run)
    paid = run.summary["accounts"]["items"]["billings"]["per_worker_month"]["q50"]
    assert whole / 3.2 < paid < whole * 3.2
    end = 0.0
    for name in USES:
        share = run.summary["accounts"]["items"][name]["share"]
        bar, line = named(axes, f"item {name}"), named(axes, f"interval {name}")
        assert bar.get_x() == pytest.approx(end)
        assert bar.get_width() == pytest.approx(share["mean"] * whole)
        ends = [end + share["q05"] * whole, end + share["q95"] * whole]
        assert list(line.get_xdata()) == pytest.approx(ends)
        end += bar.get_width()
    assert end == pytest.approx(whole)
    taken = run.summary["accounts"]["items"]["state_take"]["share"]
    both, line = named(axes, "sum state_take"), named(axes, "interval state_take")
    parts = [named(axes, f"item {name}").get_width() for name in USES[-2:]]
    assert both.get_width() == pytest.approx(taken["mean"] * whole) == pytest.approx(sum(parts))
    assert both.get_x() + both.get_width() == pytest.approx(whole)
    ends = [both.get_x() + taken[q] * whole for q in ("q05", "q95")]
    assert list(line.get_xdata()) == pytest.approx(ends)
    wedge, declared = named(axes, "wedge"), named(axes, "declared")
    assert wedge.get_width() + declared.get_width() == pytest.approx(whole)


def test_what_is_assumed_is_drawn_pale_and_said_to_be(run: SavedRun, english: Catalogue) -> None:
    axes = figures.accounts.draw(run)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    said = figures.accounts.describe(run, english)
    pale = assumed.uses(run)
    assert 0 < len(pale) < len(USES)
    for name, label in zip(USES, labels, strict=False):
        marked = f"{english.say(f'items.{name}')} (assumed)"
        assert (label == marked) == (marked in said) == (name in pale)
        assert (named(axes, f"item {name}").get_alpha() < 1) == (name in pale)


def test_both_rungs_stand_below_the_dots(run: SavedRun) -> None:
    axes = headline.draw(run)
    for definition in ("state_take", "plan_collected"):
        numbers = run.annual(run.year, definition)
        line = named(axes, f"interval {definition}")
        ends = [numbers["q05"] / MILLION, numbers["q95"] / MILLION]
        assert list(line.get_xdata()) == pytest.approx(ends)


def test_workers_and_each_count_as_what_it_is(run: SavedRun) -> None:
    upper, lower = workers.draw(run)
    table = run.workers.query("scenario == 'baseline' and stock == 'working'")
    assert named(upper, "median working").get_ydata() == pytest.approx(table["q50"].to_numpy())
    holders = named(upper, "row workers")
    assert holders.get_ydata()[0] == 24_000
    assert pd.Timestamp(holders.get_xdata()[0]).strftime("%Y-%m") == "2017-12"
    ceiling = named(upper, "row quota")
    assert list(ceiling.get_ydata()) == [47_000, 47_000]
    # more than 10,000 registrations from 1 October 2017 to 30 June 2018: nine months
    events = named(lower, "row arrivals")
    assert events.get_ydata()[0] == pytest.approx(10_000 / 9)
    assert named(lower, "row new").get_ydata()[0] == pytest.approx(700 / 12)
    with pytest.raises(AssertionError):
        named(lower, "row workers")


def test_fans_are_the_monthly_table(run: SavedRun) -> None:
    panels = figures.scenarios.draw(run)
    names = ["baseline", *run.scenarios]
    assert len(panels) == len(names)
    for axes, name in zip(panels, names, strict=True):
        rows = run.revenue.query(
            "scenario == @name and definition == 'state_take' and currency == 'USD'"
        )
        median = named(axes, f"median {name}").get_ydata()
        assert median == pytest.approx(rows["q50"].to_numpy() / MILLION)
    assert len(figures.scenarios.draw(run, most=1)) == 2


def test_scenarios_are_ordered_by_what_they_change(run: SavedRun) -> None:
    sizes = [abs(b["at_stake"]["state_take"]["usd"]["q50"]) for b in run.scenarios.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert set(run.scenarios) == {"half", "double", "dearer"}


def test_prior_density_is_that_of_its_quantiles(run: SavedRun) -> None:
    for label in ("payment", "keep_share"):
        prior = run.summary["quantities"][label]["prior"]
        x = np.linspace(prior["q05"], prior["q95"], 4001)
        density = priors.prior_density(run, label, x)
        assert np.trapezoid(density, x) == pytest.approx(0.9, abs=1e-4)
        middle = x <= prior["q50"]
        assert np.trapezoid(density[middle], x[middle]) == pytest.approx(0.45, abs=1e-3)


def test_posteriors_are_drawn_for_what_moves_with_the_headline(run: SavedRun) -> None:
    from scipy.stats import spearmanr

    found = run.rank_correlations
    take = run.headline_draws()
    for label in list(found)[:3]:
        expected = spearmanr(run.quantity_draws[label].ravel(), take).statistic
        assert found[label] == pytest.approx(expected, abs=1e-9)
    labels = priors.chosen(run)
    assert labels == list(found)[: len(labels)]
    for axes, label in zip(priors.draw(run), labels, strict=True):
        drawn = named(axes, "posterior").get_paths()[0].vertices
        draws = run.quantity_draws[label]
        inside = (drawn[:, 0] >= draws.min() - np.ptp(draws)).all()
        assert inside
        peak = drawn[np.argmax(drawn[:, 1]), 0]
        assert np.quantile(draws, 0.02) < peak < np.quantile(draws, 0.98)


def test_totals_stand_beside_what_the_model_says(run: SavedRun) -> None:
    axes = totals.draw(run)
    row = run.summary["holdout"]["official_total"]
    assert list(named(axes, "range official_total").get_xdata()) == [150, 300]
    band = list(named(axes, "model official_total").get_xdata())
    assert band == pytest.approx([row["predicted"]["q05"], row["predicted"]["q95"]])
    assert totals.overlaps(run) == (1, 1)


@pytest.mark.parametrize("qualifier", QUALIFIERS)
def test_floors_and_ceilings_are_arrows_and_open_ended(qualifier: str, run: SavedRun) -> None:
    """A count that is known to be incomplete is a floor as well: the sum may be any larger."""
    changed = copy.copy(run)
    rows = run.evidence | {
        "official_total": run.evidence["official_total"] | {"qualifier": qualifier}
    }
    changed.__dict__["evidence"] = rows
    floors = ("at_least", "more_than", "incomplete", "above")
    ceilings = ("up_to", "as_much_as", "below")
    arrow = ">" if qualifier in floors else "<" if qualifier in ceilings else "o"
    assert totals.marker(changed, "official_total") == arrow
    far = np.array([1e9])
    assert meanings.right(changed, "official_total", far).item() == (arrow != "o")


def test_a_place_of_the_inputs_is_a_title_with_its_abbreviations() -> None:
    assert totals.in_words("it_workers") == "IT Workers"
    assert totals.in_words("poland_eu") == "Poland EU"
    assert totals.in_words("gulf") == "Gulf"


def test_each_fitted_row_is_shown_once(run: SavedRun) -> None:
    pieces = evidence.parts(run)
    assert sorted(name for piece in pieces for name in piece) == sorted(run.summary["evidence"])
    axes = evidence.draw(run)
    for name in pieces[0]:
        row = run.summary["evidence"][name]
        ratio = row["observed"] / row["predicted"]["q50"]
        assert named(axes, f"observed {name}").get_xdata()[0] == pytest.approx(ratio)


def test_rank_counts_are_even_only_where_chains_agree() -> None:
    rng = np.random.default_rng(6)
    same = ranks.rank_counts(rng.normal(size=(4, 1000)))
    assert same.sum() == 4000
    assert abs(same - 50).max() < 30
    apart = ranks.rank_counts(rng.normal(size=(4, 1000)) + np.arange(4)[:, None])
    assert apart[0, 0] > 120
    assert apart[3, 0] < 5


@pytest.fixture
def shown(name: str, request: pytest.FixtureRequest) -> SavedRun:
    """A run that has something to show in a figure."""
    other = {"hosts": "two_host_run", "meanings": "two_host_run", "networks": "linked_run"}
    if name in figures.OF_DRIVERS:
        name = "driven_run"
    elif name in figures.OF_CHECKS:
        name = "checked_run"
    else:
        name = other.get(name, "run")
    found: SavedRun = request.getfixturevalue(name)
    return found


@pytest.mark.parametrize("name", list(figures.FIGURES))
def test_bytes_repeat_and_text_stays_text(name: str, shown: SavedRun) -> None:
    run = shown
    contents = [content(figures.FIGURES[name].draw(run), "svg") for _ in range(2)]
    assert contents[0] == contents[1]
    root = ET.fromstring(contents[0])
    width = float(str(root.get("width")).removesuffix("pt"))
    assert width / 72 * 25.4 == pytest.approx(160, abs=0.1)
    texts = [one for one in root.iter() if one.tag.endswith("}text")]
    assert texts
    fonts = {found for one in texts for found in re.findall(r"'([^']+)'", one.get("style") or "")}
    assert fonts == {"Source Sans 3", "NanumGothic"}


@pytest.mark.parametrize("year", [2017, 2018])
def test_a_year_has_its_own_dots_and_all_texts_fit(year: int, run: SavedRun) -> None:
    axes = headline.draw(run, year=year)
    assert any(str(year) in text.get_text() for text in axes.texts)
    points = [line for line in axes.lines if line.get_marker() == "o" and len(line.get_xdata()) > 1]
    found = np.concatenate([line.get_xdata() for line in points])
    take = run.yearly_draws("state_take").sel(year=year).values / MILLION
    assert np.median(found) == pytest.approx(np.median(take), rel=0.1)
    drawn_in = axes.figure.get_window_extent()
    for text in axes.texts:
        assert text.get_window_extent().x1 <= drawn_in.x1, text.get_text()


def test_a_year_that_is_not_there_is_told(run: SavedRun) -> None:
    with pytest.raises(ReportError, match="no whole year 2031; write one of: 2017, 2018"):
        headline.draw(run, year=2031)


def test_a_figure_takes_the_place_of_axes(run: SavedRun) -> None:
    mpl.use("agg")
    import matplotlib.pyplot as plt

    class Estimated:
        folder = run.folder

        def drivers(self, definition: str = "", year: int | None = None) -> None:
            raise AssertionError("not asked for")

    plots = Plots(Estimated())
    assert set(dir(plots)) == set(figures.FIGURES)
    assert "ladder" in repr(plots)
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
    axes = plots.headline(year=2018, ax=left)
    assert axes.get_figure(root=True) is figure
    assert left not in figure.get_axes()
    panels = plots("ladder", ax=right)
    assert all(one.get_figure(root=True) is figure for one in panels)
    figure.canvas.draw()
    middle = figure.bbox.width / 2
    assert axes.get_window_extent().x1 <= middle * 1.02
    assert min(one.get_window_extent().x0 for one in panels) >= middle * 0.98
    bare = figure.add_axes((0.1, 0.1, 0.2, 0.2))
    with pytest.raises(ValueError, match=r"take one from plt\.subplots"):
        plots.years(ax=bare)
    with pytest.raises(KeyError, match="write one of: headline"):
        plots("pie")
    with pytest.raises(AttributeError, match="there is no figure 'pie'; write one of: headline"):
        _ = plots.pie
    # a figure that fails leaves the axes as they were
    figure, own = plt.subplots()
    with pytest.raises(ReportError):
        plots.headline(year=2031, ax=own)
    assert figure.get_axes() == [own]
    assert figure.subfigs == []
    plt.close("all")


def test_png_repeats(run: SavedRun) -> None:
    contents = [content(figures.ladder.draw(run), "png") for _ in range(2)]
    assert contents[0] == contents[1]


def test_a_figure_can_be_drawn_into_a_part_of_another(run: SavedRun) -> None:
    left, right = Figure(figsize=(12, 4), layout="constrained").subfigures(1, 2)
    figures.ladder.draw(run, left)
    axes = figures.totals.draw(run, right)
    assert axes.figure is right


@pytest.mark.parametrize("name", list(figures.FIGURES))
def test_words_for_those_who_cannot_see_hold_the_numbers(
    name: str, shown: SavedRun, english: Catalogue
) -> None:
    run = shown
    said = figures.FIGURES[name].describe(run, english)
    assert re.search(r"\d", said)
    assert "{" not in said
    take = run.annual(run.year, "state_take")
    numbers = english.numbers.parts(*(take[q] / MILLION for q in ("q50", "q05", "q95")))
    if name in ("headline", "ladder"):
        assert numbers.middle in said
        assert numbers.low in said
        assert numbers.high in said
