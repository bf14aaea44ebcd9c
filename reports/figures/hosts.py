"""The state take of each host by year, one panel a host, each with a scale of its own."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from model.terminal.wording import MILLION, three
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    Canvas,
    bands,
    canvas,
    faint_grid,
    grid_of,
    styled,
)
from reports.figures.totals import place_name
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

COLUMNS, TALL = 3, 28.0
#: Characters in a line of a title.
LINE = 30


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Any:
    """Draw median, 50% and 90% interval of each host's state take, in USD million a year."""
    texts = texts or catalogue()
    order = largest_first(run)
    rows = -(-len(order) // COLUMNS)
    with styled():
        panels = grid_of(canvas(TALL * rows + 4, figure), rows, COLUMNS, len(order))
        for axes, host in zip(panels, order, strict=True):
            _panel(axes, run, host, texts)
        for place, axes in enumerate(panels):
            if place % COLUMNS == 0:
                axes.set_ylabel(texts.say("figures.hosts.axis"), fontsize=8)
    return panels


def largest_first(run: SavedRun) -> list[str]:
    """Hosts by their median state take in the headline's year."""

    def median(host: str) -> float:
        return -float(annual(run, host, run.year)["q50"] or 0.0)

    return sorted(run.hosts, key=median)


def annual(run: SavedRun, host: str, year: int) -> dict[str, Any]:
    """A year's state take of a host in dollars, by statistic."""
    places = run.summary["scenarios"][BASELINE]["places"]
    return dict(places[host]["annual"][str(year)][HEADLINE]["usd"])


def _panel(axes: Axes, run: SavedRun, host: str, texts: Catalogue) -> None:
    keys = ("q05", "q25", "q50", "q75", "q95")
    table = (
        pd.DataFrame(
            [{key: annual(run, host, year)[key] for key in keys} for year in run.years],
            index=run.years,
        ).astype(float)
        / MILLION
    )
    bands(axes, table, BLUE, (0.18, 0.32), gid=f"median {host}")
    middle = float(table.loc[run.year, "q50"])
    axes.plot([run.year], [middle], "o", color="white", markeredgecolor=BLUE_INK, markersize=4.2)
    title = "\n".join(textwrap.wrap(place_name(run, host, texts), LINE))
    said = texts.say(
        "figures.hosts.one", year=run.year,
        amount=texts.numbers.interval(*three(annual(run, host, run.year), MILLION)),
    )  # fmt: skip
    for text, up, look in (
        (title, 14, {"fontsize": 8.6, "fontweight": 600, "linespacing": 1.05}),
        (said, 4, {"fontsize": 7.8, "color": FAINT_INK}),
    ):
        axes.annotate(
            text, (0, 1), (0, up), xycoords="axes fraction", textcoords="offset points",
            va="bottom", **look,
        )  # fmt: skip
    axes.set_ylim(min(0.0, float(table["q05"].min())), None)
    axes.set_xlim(run.years[0], run.years[-1])
    ends = dict.fromkeys((run.years[0], run.year, run.years[-1]))
    axes.set_xticks(list(ends), [str(year) for year in ends], fontsize=7.8)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(lambda value, _: texts.numbers.plain(value))
    axes.tick_params(axis="y", labelsize=7.8)
    faint_grid(axes)


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    first, last = run.years[0], run.years[-1]
    said = []
    for host in largest_first(run):
        amounts = "; ".join(
            texts.say(
                "figures.hosts.one", year=year,
                amount=texts.numbers.interval(*three(annual(run, host, year), MILLION)),
            )
            for year in dict.fromkeys((first, run.year, last))
        )  # fmt: skip
        said.append(
            texts.say("figures.hosts.alt_one", host=place_name(run, host, texts), amounts=amounts)
        )
    return texts.say("figures.hosts.alt", hosts=" ".join(said))
