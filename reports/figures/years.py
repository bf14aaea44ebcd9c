"""The state take by year, beside the press's arithmetic and the best published total held out."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from model.equations.quantities import HEADLINE
from model.terminal.wording import MILLION, three
from reports.citations import best, figure_printed, speaker
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    INK,
    ORANGE,
    ORANGE_INK,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.figures.totals import ends, grouped, in_millions
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

HEIGHT = 78.0
#: Years beside which an interval has room; of more, its ends are told above and below.
ROOMY = 9


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw median, 50% and 90% interval of the state take by year, in USD million."""
    texts = texts or catalogue()
    with styled():
        axes = canvas(HEIGHT, figure).subplots()
        highest = max(run.annual(year, HEADLINE)["q95"] for year in run.years) / MILLION
        official = beside(run)
        if official is not None:
            highest = max(highest, _total(axes, run, official, texts))
        press = run.summary.get("press_arithmetic")
        if press is not None:
            highest = max(highest, _press(axes, press["year"], press["usd"] / MILLION, texts))
        for year in run.years:
            _year(axes, run, year, texts)
        axes.set(xlim=(run.years[0] - 0.1, run.years[-1] + 1.1), ylim=(0, 1.1 * highest))
        axes.set_xticks([year + 0.5 for year in run.years], [str(year) for year in run.years])
        axes.set_ylabel(texts.say("figures.years.axis"))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        faint_grid(axes)
    return axes


def beside(run: SavedRun) -> str | None:
    """The published total that is drawn; among many years its words have no room."""
    return best_total(run) if len(run.years) <= ROOMY else None


def best_total(run: SavedRun) -> str | None:
    """The best-graded published total of a modelled host's state take, held out of the fit."""
    names = [
        name
        for (where, definition), rows in grouped(run).items()
        if run.is_all(where) and definition == HEADLINE
        for name in rows
        if in_millions(run, name)
    ]
    return next(iter(best(run, names, 1)), None)


def _year(axes: Axes, run: SavedRun, year: int, texts: Catalogue) -> None:
    numbers = {name: amount / MILLION for name, amount in run.annual(year, HEADLINE).items()}
    middle = year + 0.5
    for low, high, width in (("q05", "q95", 1.4), ("q25", "q75", 6.0)):
        axes.plot(
            [middle] * 2,
            [numbers[low], numbers[high]],
            color=BLUE,
            linewidth=width,
            solid_capstyle="butt",
            gid=f"model {year} {low}",
        )
    axes.plot(
        [middle], [numbers["q50"]], "o", color="white", markeredgecolor=BLUE_INK, markersize=5
    )
    parts = texts.numbers.parts(*three(numbers))
    _label(axes, parts.middle, (middle, numbers["q50"]), (7, 0), BLUE_INK, weight=600)
    if len(run.years) > ROOMY:
        for name, text, away in (("q05", parts.low, -7), ("q95", parts.high, 7)):
            _label(axes, text, (middle, numbers[name]), (0, away), FAINT_INK, ha="center")
        return
    _label(
        axes,
        texts.say("figures.years.interval", low=parts.low, high=parts.high),
        (middle, numbers["q50"]),
        (7, -11),
        FAINT_INK,
    )


def _total(axes: Axes, run: SavedRun, name: str, texts: Catalogue) -> float:
    """Draw a published total over its months and return the highest figure drawn."""
    figures, row = in_millions(run, name), run.evidence[name]
    start, end = (pd.Period(row[key], "M") for key in ("start", "end"))
    left, right = (
        start.year + (start.month - 1) / 12,
        end.year + end.month / 12,
    )
    low, high = ends(figures)
    if high > low:
        axes.fill_between([left, right], low, high, color=ORANGE, alpha=0.16, linewidth=0)
    for amount in {low, high}:
        axes.plot([left, right], [amount] * 2, color=ORANGE, linewidth=1.0, gid=f"total {name}")
    words = "\n".join(textwrap.wrap(said(run, name, texts), 27))
    _label(axes, words, (right, high), (5, 2), ORANGE_INK, va="top", linespacing=1.1)
    return float(high)


def said(run: SavedRun, name: str, texts: Catalogue) -> str:
    """A published total in words: the speaker and the amount."""
    printed = figure_printed(run.evidence[name], texts)
    return texts.say("figures.years.total", said=speaker(run, name, texts), printed=printed)


def _press(axes: Axes, year: int, amount: float, texts: Catalogue) -> float:
    axes.plot(
        [year, year + 1], [amount] * 2, color=INK, linestyle=(0, (4, 3)), linewidth=1, gid="press"
    )
    words = texts.say("figures.years.press", press=texts.numbers.rounded(amount, 1.0))
    _label(axes, words, (year, amount), (0, 3), INK, va="bottom")
    return amount


def _label(
    axes: Axes, text: str, place: tuple[float, float], away: tuple[float, float], colour: str,
    **options: Any,
) -> None:  # fmt: skip
    look: dict[str, Any] = {"va": "center", "fontsize": 8.5, **options}
    axes.annotate(text, place, away, textcoords="offset points", color=colour, **look)


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    years = [
        texts.say(
            "figures.years.one",
            year=year,
            amount=texts.numbers.interval(*three(run.annual(year, HEADLINE), MILLION)),
        )
        for year in run.years
    ]
    official = beside(run)
    others = [] if official is None else [said(run, official, texts)]
    press = run.summary.get("press_arithmetic")
    if press is not None:
        amount = texts.numbers.rounded(press["usd"] / MILLION, 1.0)
        others.append(texts.say("figures.years.press", press=amount))
    return texts.say("figures.years.alt", years="; ".join(years), others="; ".join(others))
