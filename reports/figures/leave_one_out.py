"""The headline without each source and each origin."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from model.terminal.wording import MILLION, three
from reports.figures.style import (
    BLUE,
    FAINT_INK,
    GREY,
    INK,
    ORANGE,
    PALE,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

#: Sources and origins shown: those that move the median most.
SHOWN = 24
ROW = 4.6


def shown(run: SavedRun) -> pd.DataFrame:
    """Sources and origins, the largest shift first; groups of identical rows appear once."""
    table = run.check_table("leave_one_out").drop_duplicates("rows")
    order = table["shift"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].head(SHOWN)


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw the median and 90% interval without each, over the interval with all of them."""
    texts = texts or catalogue()
    table = shown(run)
    middle, low, high = three(run.annual(run.year, "state_take"), MILLION)
    with styled():
        figure = canvas(ROW * len(table) + 24, figure)
        axes = figure.subplots()
        axes.axvspan(low, high, color=PALE, linewidth=0, gid="with all")
        axes.axvline(middle, color=INK, linewidth=0.8)
        for place, row in enumerate(table.itertuples()):
            axes.plot(
                [row.q05 / MILLION, row.q95 / MILLION],
                [place] * 2,
                color=GREY,
                linewidth=1.6,
                solid_capstyle="butt",
                gid=f"interval {row.group}",
            )
            axes.plot(
                [row.q50 / MILLION],
                [place],
                "o",
                color=BLUE if row.reliable else ORANGE,
                markersize=4.4,
                markeredgewidth=0,
                gid=f"median {row.group}",
            )
        axes.set_yticks(range(len(table)), list(table["group"]), fontsize=7.5)
        axes.set_ylim(len(table) - 0.3, -1.2)
        faint_grid(axes, "x")
        axes.set_xlabel(texts.say("figures.leave_one_out.axis", year=run.year))
        axes.annotate(
            texts.say("figures.leave_one_out.whole"),
            (middle, 1),
            (4, 2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            color=FAINT_INK,
            fontsize=8.5,
            va="bottom",
            ha="center",
        )
    return axes


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    first = shown(run).iloc[0]
    amount = texts.money({name: float(first[name]) for name in ("q50", "q05", "q95")})
    return texts.say(
        "figures.leave_one_out.alt", rows=len(shown(run)), year=run.year, name=first["group"],
        amount=amount,
    )  # fmt: skip
