"""Ranks of the truth in simulated cases; well calibrated curves stay in their band."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from model.equations.quantities import DEFINITIONS, HEADLINE
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREY,
    INK,
    PALE,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

HEIGHT = 62.0


def draw(
    run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None
) -> NDArray[np.object_]:
    """Draw rank distributions less the uniform one: basic quantities, then revenue by year.

    Returns
    -------
    array of Axes, (2,)
    """
    texts = texts or catalogue()
    run.check_table("calibration")  # if none exists, reports what to do
    found = run.calibration["ranks"]
    definitions = set(found["definitions"])
    with styled():
        figure = canvas(HEIGHT, figure)
        panels: NDArray[np.object_] = figure.subplots(1, 2, sharey=True)
        for axes, key in zip(panels, ("quantities", "revenue"), strict=True):
            names = [one for one in found["curves"] if (one in definitions) == (key == "revenue")]
            _panel(axes, run, names, texts)
            axes.set_title(texts.say(f"figures.calibration.{key}", count=len(names)))
        panels[0].set_ylabel(texts.say("figures.calibration.axis"))
        panels[1].annotate(
            texts.say(f"definitions.{HEADLINE}.name"),
            (1, 1),
            (-2, -2),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            va="top",
            color=BLUE_INK,
            fontsize=8.5,
        )
    return panels


def _panel(axes: Axes, run: SavedRun, names: list[str], texts: Catalogue) -> None:
    found = run.calibration["ranks"]
    places = (np.arange(len(found["lower"])) + 1) / len(found["lower"])
    axes.fill_between(places, found["lower"], found["upper"], color=PALE, linewidth=0, step="post")
    axes.axhline(0, color=INK, linewidth=0.6)
    for name in names:
        first = name.startswith(f"{HEADLINE} of")
        axes.plot(
            places,
            found["curves"][name],
            color=BLUE if first else GREY,
            alpha=0.9 if first else 0.5,
            linewidth=1.2 if first else 0.7,
            drawstyle="steps-post",
            gid=f"curve {name}",
        )
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], [texts.numbers.plain(x) for x in (0, 0.5, 1)])
    axes.yaxis.set_major_formatter(lambda value, _: texts.numbers.plain(round(value, 6)))
    axes.tick_params(axis="y", labelcolor=FAINT_INK)
    faint_grid(axes, "y")
    axes.set_xlabel(texts.say("figures.calibration.rank"))


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    table = run.check_table("calibration")
    outside = list(table.loc[table["leaves"], "quantity"])
    return texts.say(
        "figures.calibration.alt",
        cases=run.calibration["replicates"],
        quantities=len(table),
        outside=len(outside),
        names=", ".join(outside) or texts.say("none"),
        definitions=len(DEFINITIONS),
    )
