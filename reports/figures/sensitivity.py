"""Sensitivity of the headline to the priors: power-scaling, and priors of other widths."""

from __future__ import annotations

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
    ORANGE,
    ORANGE_INK,
    PALE,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

HEIGHT = 82.0
#: Sensitivity from which priors or evidence matter, as in ``model.criticism.sensitivity``.
THRESHOLD = 0.05
WIDTHS = ("halved", "doubled")


def draw(
    run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None
) -> NDArray[np.object_]:
    """Draw the sensitivity of each definition, and the headline under other prior widths.

    Returns
    -------
    array of Axes, (2,)
    """
    texts = texts or catalogue()
    with styled():
        figure = canvas(HEIGHT, figure)
        panels: NDArray[np.object_] = figure.subplots(1, 2)
        _scaling(panels[0], run, texts)
        _widths(panels[1], run, texts)
    return panels


def _scaling(axes: Axes, run: SavedRun, texts: Catalogue) -> None:
    table = run.check_table("power_scaling")
    for place, row in enumerate(table.itertuples()):
        for name in DEFINITIONS:
            first = name == HEADLINE
            axes.plot(
                [getattr(row, name)],
                [place],
                "o" if first else "|",
                color=BLUE if first else GREY,
                markersize=5 if first else 7,
                gid=f"{name} {row.component}",
            )
    axes.axvline(THRESHOLD, color=INK, linewidth=0.8)
    _labelled(axes, list(table["component"]), texts)
    axes.set_xlim(left=0.0)
    axes.set_title(texts.say("figures.sensitivity.scaling"))
    axes.set_xlabel(texts.say("figures.sensitivity.scaling_axis"))


def _widths(axes: Axes, run: SavedRun, texts: Catalogue) -> None:
    table = run.check_table("prior_widths")
    groups = list(dict.fromkeys(table["priors"]))
    middle, low, high = three(run.annual(run.year, HEADLINE), MILLION)
    axes.axvspan(low, high, color=PALE, linewidth=0, gid="run")
    axes.axvline(middle, color=INK, linewidth=0.8)
    for word, colour, shift in zip(WIDTHS, (BLUE, ORANGE), (-0.17, 0.17), strict=True):
        for row in table[table["widths"] == word].itertuples():
            place = groups.index(row.priors) + shift
            axes.plot(
                [row.q05 / MILLION, row.q95 / MILLION],
                [place] * 2,
                color=colour,
                linewidth=1.5,
                solid_capstyle="butt",
                gid=f"{word} {row.priors}",
            )
            axes.plot([row.q50 / MILLION], [place], "o", color=colour, markersize=3.8)
    _labelled(axes, groups, texts)
    axes.set_title(texts.say("figures.sensitivity.widths"))
    axes.set_xlabel(texts.say("figures.sensitivity.widths_axis", year=run.year))
    for word, ink, column in zip(WIDTHS, (BLUE_INK, ORANGE_INK), (0.02, 0.68), strict=True):
        axes.annotate(
            texts.say(f"figures.sensitivity.{word}"),
            (column, 0),
            (0, 4),
            xycoords="axes fraction",
            textcoords="offset points",
            color=ink,
            fontsize=8.5,
        )


def _labelled(axes: Axes, components: list[str], texts: Catalogue) -> None:
    names = texts.content["components"]
    axes.set_yticks(range(len(components)), [names.get(one, one) for one in components])
    axes.set_ylim(len(components) + 0.1, -0.7)
    axes.tick_params(axis="y", labelsize=8, labelcolor=FAINT_INK)
    faint_grid(axes, "x")


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    table = run.check_table("power_scaling").set_index("component")[HEADLINE]
    names = texts.content["components"]
    found = ", ".join(
        f"{names.get(name, name)} {texts.numbers.rounded(value, 0.01)}"
        for name, value in table.items()
    )
    return texts.say("figures.sensitivity.alt", components=found)
