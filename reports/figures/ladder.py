"""Revenue under the five definitions, year by year."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from model.equations.quantities import DEFINITIONS, HEADLINE
from model.terminal.wording import MILLION, three
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREY,
    INK,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

HEIGHT = 66.0
#: Width of the words above a panel, in characters.
WIDTH = 22


def draw(
    run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None
) -> NDArray[np.object_]:
    """Draw median, 50% and 90% interval by year, one panel per definition, in USD million.

    Returns
    -------
    array of Axes, (5,)
        From billings to the plan.
    """
    texts = texts or catalogue()
    with styled():
        figure = canvas(HEIGHT, figure)
        panels: NDArray[np.object_] = np.atleast_1d(
            figure.subplots(1, len(DEFINITIONS), sharey=True)
        )
        for axes, definition in zip(panels, DEFINITIONS, strict=True):
            _panel(axes, run, definition, texts)
        panels[0].set_ylabel(texts.say("figures.ladder.axis"))
        highest = max(run.annual(year, DEFINITIONS[0])["q95"] for year in run.years)
        panels[0].set_ylim(0, 1.18 * highest / MILLION)
    return panels


def _panel(axes: Axes, run: SavedRun, definition: str, texts: Catalogue) -> None:
    dark, colour = (BLUE_INK, BLUE) if definition == HEADLINE else (INK, GREY)
    for place, year in enumerate(run.years):
        numbers = {name: amount / MILLION for name, amount in run.annual(year, definition).items()}
        for low, high, width, percent in (("q05", "q95", 1.3, "90"), ("q25", "q75", 5.0, "50")):
            axes.plot(
                [place] * 2,
                [numbers[low], numbers[high]],
                color=colour,
                linewidth=width,
                solid_capstyle="butt",
                gid=percent,
            )
        axes.plot(
            [place],
            [numbers["q50"]],
            "o",
            color="white",
            markeredgecolor=dark,
            markersize=4.5,
            gid="median",
        )
        parts = texts.numbers.parts(*three(numbers))
        axes.annotate(
            parts.middle,
            (place, numbers["q95"]),
            (0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.5,
            color=dark,
            fontweight=600 if definition == HEADLINE else 400,
        )
    axes.set_title(texts.say(f"definitions.{definition}.name"), color=dark, pad=26)
    axes.annotate(
        textwrap.fill(texts.say(f"definitions.{definition}.short"), WIDTH),
        (0, 1),
        (0, 22),
        xycoords="axes fraction",
        textcoords="offset points",
        color=FAINT_INK,
        fontsize=8,
        va="top",
    )
    axes.set_xticks(range(len(run.years)), [f"’{year % 100:02d}" for year in run.years])
    axes.set_xlim(-0.6, len(run.years) - 0.4)
    faint_grid(axes)


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    said = []
    for definition in DEFINITIONS:
        amount = texts.money(run.annual(run.year, definition))
        name = texts.say(f"definitions.{definition}.name")
        said.append(texts.say("figures.ladder.alt_one", name=name, amount=amount))
    return texts.say(
        "figures.ladder.alt",
        first=run.years[0],
        last=run.years[-1],
        year=run.year,
        rungs="; ".join(said),
    )
