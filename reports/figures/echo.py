"""Information in k rows: copies, statements of one origin, independent sources."""

from __future__ import annotations

from matplotlib.axes import Axes

from reports.figures.style import (
    BLUE,
    BLUE_INK,
    GREEN,
    GREEN_INK,
    ORANGE,
    ORANGE_INK,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

HEIGHT = 58.0
KINDS = {
    "copies": (ORANGE, ORANGE_INK),
    "one_origin": (GREEN, GREEN_INK),
    "independent": (BLUE, BLUE_INK),
}


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw the posterior deviation of a log quantity by number of rows, with theory as lines."""
    texts = texts or catalogue()
    table = run.check_table("echo")
    with styled():
        figure = canvas(HEIGHT, figure)
        axes = figure.subplots()
        for kind, (colour, ink) in KINDS.items():
            theory = table[f"{kind}_theory"]
            axes.plot(table["k"], theory, color=colour, linewidth=1.2, gid=f"theory {kind}")
            axes.plot(table["k"], table[kind], "o", color=colour, markersize=4.4, gid=kind)
            axes.annotate(
                texts.say(f"figures.echo.{kind}"),
                (table["k"].iloc[-1], theory.iloc[-1]),
                (7, 0),
                textcoords="offset points",
                color=ink,
                fontsize=8.5,
                va="center",
            )
        last = table["k"].iloc[-1]
        axes.set_xlim(0.7, last * 1.38)
        axes.set_xticks(table["k"])
        axes.set_ylim(bottom=0.0)
        axes.yaxis.set_major_formatter(lambda value, _: texts.numbers.plain(round(value, 6)))
        faint_grid(axes)
        axes.set_xlabel(texts.say("figures.echo.rows"))
        axes.set_ylabel(texts.say("figures.echo.axis"))
    return axes


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    table = run.check_table("echo")
    values = {kind: texts.numbers.rounded(table[kind].iloc[-1], 0.001) for kind in KINDS}
    one = texts.numbers.rounded(table["copies"].iloc[0], 0.001)
    return texts.say("figures.echo.alt", most=int(table["k"].iloc[-1]), one=one, **values)
