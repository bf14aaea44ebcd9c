"""Correlations of the main drivers of a revenue in the posterior."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from model.equations.quantities import HEADLINE
from reports.assumed import name_of
from reports.figures.style import BLUE, FAINT_INK, INK, ORANGE, Canvas, canvas, styled
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

SHOWN = 12
ROW = 6.2
#: Least correlation that is written out, and number of pairs named in words.
TOLD, NAMED = 0.1, 3


def shown(run: SavedRun, definition: str = HEADLINE, year: int | None = None) -> pd.DataFrame:
    """Correlations of the main drivers, as a square table."""
    table = run.headline_drivers(definition, year)["tables"]["correlations"].set_index("quantity")
    return table.iloc[:SHOWN, :SHOWN].astype(float)


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    definition: str = HEADLINE,
    year: int | None = None,
) -> Axes:
    """Draw the lower triangle of the correlations as coloured cells with numbers."""
    texts = texts or catalogue()
    table = shown(run, definition, year)
    below = np.tril(np.ones(table.shape, dtype=bool), -1)
    colours = LinearSegmentedColormap.from_list("ties", [ORANGE, "#FFFFFF", BLUE])
    with styled():
        figure = canvas(ROW * len(table) + 12, figure)
        axes = figure.subplots()
        edges = np.arange(len(table) + 1) - 0.5
        axes.pcolormesh(
            edges, edges, np.ma.masked_where(~below, table.to_numpy()), cmap=colours, vmin=-1.0,
            vmax=1.0, edgecolors="white", linewidth=0.8, gid="ties",
        )  # fmt: skip
        axes.set_ylim(len(table) - 0.5, -0.5)
        for row, column in np.argwhere(below & (np.abs(table.to_numpy()) >= TOLD)):
            value = table.iloc[row, column]
            axes.annotate(
                texts.numbers.rounded(value, 0.01), (column, row), ha="center", va="center",
                fontsize=7.5, color="white" if abs(value) > 0.6 else INK,
                gid=f"{table.index[row]} {table.index[column]}",
            )  # fmt: skip
        names = [name_of(run, one, texts) for one in table.index]
        axes.set_yticks(range(len(names)), [f"{n}  {one}" for n, one in enumerate(names, start=1)])
        axes.set_xticks(range(len(names) - 1), [str(n) for n in range(1, len(names))])
        axes.set_xlim(-0.5, len(names) - 1.5)
        axes.tick_params(length=0, labelsize=8)
        axes.tick_params(axis="x", labelcolor=FAINT_INK, top=False, labeltop=False)
        axes.spines["bottom"].set_visible(False)
    return axes


def describe(
    run: SavedRun, texts: Catalogue, definition: str = HEADLINE, year: int | None = None
) -> str:
    """The figure in words, with this run's numbers."""
    table = shown(run, definition, year)
    pairs = [
        (float(table.iloc[row, column]), table.index[row], table.index[column])
        for row in range(len(table))
        for column in range(row)
    ]
    strongest = sorted((one for one in pairs if abs(one[0]) >= TOLD), key=lambda one: -abs(one[0]))
    said = [
        texts.say(
            "figures.correlations.alt_one",
            one=name_of(run, one, texts),
            other=name_of(run, other, texts),
            value=texts.numbers.rounded(value, 0.01),
        )
        for value, one, other in strongest[:NAMED]
    ]  # fmt: skip
    return texts.say(
        "figures.correlations.alt",
        count=len(table),
        definition=texts.say(f"definitions.{definition}.name").lower(),
        year=run.headline_drivers(definition, year)["year"],
        pairs=", ".join(said) or texts.say("figures.correlations.none"),
    )
