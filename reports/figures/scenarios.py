"""State take by month: a fan chart for each scenario, beside what happened."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, YearLocator
from numpy.typing import NDArray

from model.case.folders import BASELINE
from model.terminal.wording import FINEST, MILLION, three
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREEN,
    GREEN_INK,
    GREY,
    ORANGE,
    ORANGE_INK,
    Canvas,
    bands,
    canvas,
    faint_grid,
    grid_of,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

COLUMNS = 3
#: Number of scenarios drawn by default.
MOST = 5
ROW_HEIGHT = 45.0
#: Share of a panel's height that its label takes, in two lines.
LABEL = 0.3


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    host: str | None = None,
    most: int = MOST,
) -> NDArray[np.object_]:
    """Draw median, 50% and 90% interval by month, one panel per scenario, in USD million.

    Parameters
    ----------
    most : int
        Largest number of scenarios drawn: those that change the state take most.

    Returns
    -------
    array of Axes
        One for what happened, then one for each scenario drawn.
    """
    texts = texts or catalogue()
    host = host or next(iter(run.hosts))
    names = [BASELINE, *list(run.scenarios)[:most]]
    rows = -(-len(names) // COLUMNS)
    with styled():
        figure = canvas(ROW_HEIGHT * rows + 6, figure)
        panels = grid_of(figure, rows, COLUMNS, len(names), shared=True)
        for place, (axes, name) in enumerate(zip(panels, names, strict=True)):
            _panel(axes, run, host, name, texts, first=place == 0)
        for axes in panels[::COLUMNS]:
            axes.set_ylabel(texts.say("figures.scenarios.axis"))
        panels[0].set_ylim(0, max(_needed(run, host, name) for name in names))
    return panels


def _needed(run: SavedRun, host: str, name: str) -> float:
    """Height of the axes at which a panel's fan and its label do not meet."""
    table = fan(run, host, name)["q95"]
    highest = 1.03 * float(table.max())
    if name == BASELINE:
        return highest
    left, right = _thirds(table)
    return max(highest, min(left, right) / (1 - LABEL))


def _thirds(upper: pd.Series) -> tuple[float, float]:
    """Highest upper end in the first and the last third of the months."""
    third = max(len(upper) // 3, 1)
    return float(upper.iloc[:third].max()), float(upper.iloc[-third:].max())


def fan(run: SavedRun, host: str, scenario: str) -> pd.DataFrame:
    """Quantiles of the monthly state take in USD million, by end of month."""
    rows = run.revenue
    rows = rows[
        (rows["scenario"] == scenario)
        & (rows["host"] == host)
        & (rows["definition"] == "state_take")
        & (rows["currency"] == "USD")
    ]
    index = pd.PeriodIndex(rows["month"], freq="M").end_time
    return rows[["q05", "q25", "q50", "q75", "q95"]].set_index(index) / MILLION


def _panel(
    axes: Axes, run: SavedRun, host: str, name: str, texts: Catalogue, *, first: bool
) -> None:
    colour, dark = _colours(run, name)
    table = fan(run, host, name)
    bands(axes, table, colour, (0.20, 0.35), f"median {name}")
    if name != BASELINE:
        before = fan(run, host, BASELINE)
        axes.plot(
            before.index,
            before["q50"],
            color=FAINT_INK,
            linewidth=0.9,
            linestyle=(0, (3, 2)),
            gid="baseline",
        )
    end = run.covered[1]
    if table.index[-1] > end:
        axes.axvline(end, color=GREY, linewidth=0.7, linestyle=":")
        axes.axvspan(
            end, table.index[-1], facecolor="none", edgecolor=GREY, hatch="////", linewidth=0,
            alpha=0.45, gid="projected",
        )  # fmt: skip
        if first:
            axes.annotate(
                texts.say("figures.scenarios.projected"),
                (end, 1),
                (3, -2),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                va="top",
                color=FAINT_INK,
                fontsize=8,
            )
    title = (
        texts.say("figures.scenarios.baseline")
        if name == BASELINE
        else texts.titled("scenarios", name, run.summary["scenarios"][name]["title"])
    )
    axes.set_title(textwrap.fill(title, 31), color=dark, fontsize=9, linespacing=0.95)
    if name != BASELINE:
        # on the side where the fan leaves more room
        before_it, after_it = _thirds(table["q95"])
        right = before_it > after_it
        axes.annotate(
            stake(run, name, texts),
            (1 if right else 0, 1),
            (0 if right else 3, -2),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right" if right else "left",
            va="top",
            color=dark,
            fontsize=8.5,
            linespacing=0.95,
        )
    axes.xaxis.set_major_locator(YearLocator(2))
    axes.xaxis.set_major_formatter(DateFormatter("%Y"))
    faint_grid(axes)


def _colours(run: SavedRun, name: str) -> tuple[str, str]:
    """Orange where the state loses, green where it gains, blue for what happened."""
    if name == BASELINE:
        return BLUE, BLUE_INK
    change = run.scenarios[name]["at_stake"]["state_take"]["usd"]["q50"]
    return (ORANGE, ORANGE_INK) if change <= 0 else (GREEN, GREEN_INK)


def stake(run: SavedRun, name: str, texts: Catalogue) -> str:
    """The change under a scenario over its months."""
    change = run.scenarios[name]["at_stake"]["state_take"]["usd"]
    parts = texts.numbers.parts(*three(change, MILLION), finest=FINEST)
    sign = "+" if change["q50"] > 0 else ""
    return texts.say(
        "figures.scenarios.stake", middle=sign + parts.middle, low=parts.low, high=parts.high
    )


def describe(run: SavedRun, texts: Catalogue, host: str | None = None, most: int = MOST) -> str:
    """The figure in words, with this run's numbers."""
    said = [
        texts.say(
            "figures.scenarios.alt_one",
            title=texts.titled("scenarios", name, block["title"]),
            first=texts.month(block["at_stake"]["from"]),
            last=texts.month(block["at_stake"]["to"]),
            change=stake(run, name, texts).replace("\n", " "),
        )
        for name, block in list(run.scenarios.items())[:most]
    ]
    return texts.say("figures.scenarios.alt", scenarios="; ".join(said))
