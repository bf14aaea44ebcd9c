"""Figures published after a day, beside what a fit of the evidence of that day predicts."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from reports.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

ROW = 4.4
#: Predictions drawn within this factor of the figure; wider ones are cut.
WIDEST = 30.0


def shown(run: SavedRun) -> pd.DataFrame:
    """Figures published after the day of the press's article, or after the middle one of the days.

    Sorted by rank, those that the model put too low last.
    """
    table = run.check_table("as_of")
    table = table[table["observed"].notna()]
    days = sorted(set(table["as_of"]))
    day = next((one for one in days if not one.endswith("-12-31")), days[len(days) // 2])
    return table[table["as_of"] == day].sort_values("rank", kind="stable")


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw predictions over the figures published later, on a log scale."""
    texts = texts or catalogue()
    table = shown(run)
    with styled():
        axes = canvas(ROW * len(table) + 22, figure).subplots()
        for place, row in enumerate(table.itertuples()):
            colour = GREY if row.inside else ORANGE
            axes.plot(
                [row.q05 / row.observed, row.q95 / row.observed],
                [place] * 2,
                color=colour,
                alpha=0.6,
                linewidth=4,
                solid_capstyle="butt",
                gid=f"interval {row.row}",
            )
            axes.plot(
                [row.q50 / row.observed],
                [place],
                "o",
                color=BLUE if row.inside else ORANGE,
                markersize=4.2,
                markeredgewidth=0,
                gid=f"median {row.row}",
            )
        axes.axvline(1, color=INK, linewidth=0.8)
        axes.set_xscale("log")
        axes.set_xlim(1 / WIDEST, WIDEST)
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(lambda value, _: texts.numbers.plain(value))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_yticks(range(len(table)), list(table["row"]), fontsize=7.5)
        axes.set_ylim(len(table) - 0.3, -1.0)
        faint_grid(axes, "x")
        day = texts.date(table["as_of"].iloc[0])
        axes.set_xlabel(texts.say("figures.as_of.axis", day=day))
    return axes


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    table = shown(run)
    outside = list(table.loc[~table["inside"].astype(bool), "row"])
    return texts.say(
        "figures.as_of.alt",
        day=texts.date(table["as_of"].iloc[0]),
        rows=len(table),
        inside=len(table) - len(outside),
        names=", ".join(outside) or texts.say("none"),
    )
