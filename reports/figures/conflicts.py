"""The estimate from each row against the estimate from all other rows."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from reports.figures.style import (
    BLUE,
    FAINT_INK,
    GREY,
    INK,
    ORANGE,
    ORANGE_INK,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

#: Rows shown: those that differ most.
SHOWN = 36
ROW = 4.4
#: Adjusted probability up to which a row is in conflict, as in ``model.criticism.conflict``.
CONFLICT = 0.05
FINEST = 0.001


def shown(run: SavedRun) -> pd.DataFrame:
    """Rows of evidence, the smallest probability first."""
    table = run.check_table("conflict")
    return table[table["kind"] == "row"].sort_values("p_row", kind="stable").head(SHOWN)


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw direct over indirect estimates, median and 90% interval, on a log scale."""
    texts = texts or catalogue()
    table = shown(run)
    with styled():
        figure = canvas(ROW * len(table) + 20, figure)
        axes = figure.subplots()
        for place, row in enumerate(table.itertuples()):
            at_odds = row.p_adjusted <= CONFLICT
            axes.plot(
                [row.difference_q05, row.difference_q95],
                [place] * 2,
                color=ORANGE if at_odds else GREY,
                alpha=0.6,
                linewidth=4,
                solid_capstyle="butt",
                gid=f"interval {row.row}",
            )
            axes.plot(
                [row.difference_q50],
                [place],
                "o",
                color=ORANGE if at_odds else BLUE,
                markersize=4.2,
                markeredgewidth=0,
                gid=f"median {row.row}",
            )
            axes.annotate(
                probability(row.p_row, texts),
                (1.08, place),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="center",
                fontsize=7.5,
                color=ORANGE_INK if at_odds else INK,
            )
        axes.axvline(1, color=INK, linewidth=0.8)
        axes.set_xscale("log")
        axes.set_xlim(0.09, 35)
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(lambda value, _: texts.numbers.plain(value))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_yticks(range(len(table)), list(table["row"]), fontsize=7.5)
        axes.set_ylim(len(table) - 0.3, -1.2)
        faint_grid(axes, "x")
        axes.set_xlabel(texts.say("figures.conflicts.axis"))
        axes.annotate(
            texts.say("figures.conflicts.p"),
            (1.08, 1),
            xycoords="axes fraction",
            color=FAINT_INK,
            fontsize=8.5,
            ha="right",
            va="bottom",
        )
    return axes


def probability(value: float, texts: Catalogue) -> str:
    """Format a probability with three decimals, never as zero."""
    least = texts.numbers.rounded(FINEST, FINEST)
    if value < FINEST:
        return texts.numbers.below.format(least)
    return texts.numbers.rounded(value, FINEST)


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    table = shown(run)
    at_odds = list(table.loc[table["p_adjusted"] <= CONFLICT, "row"])
    return texts.say(
        "figures.conflicts.alt", rows=len(table), names=", ".join(at_odds) or texts.say("none")
    )
