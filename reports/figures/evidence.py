"""Each fitted row against its posterior prediction, with its surprise."""

from __future__ import annotations

from matplotlib.axes import Axes

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

#: Rows in one figure: as many as fit on a page.
ROWS = 40
ROW = 4.6
#: Share of predictions nearer the centre above which a row is called surprising.
SURPRISING = 0.9


def parts(run: SavedRun) -> list[list[str]]:
    """Fitted rows in the order of the file, in parts that fit on a page."""
    names = [name for name in run.evidence if name in run.summary["evidence"]]
    count = max(1, -(-len(names) // ROWS))
    size = -(-len(names) // count)
    return [names[at : at + size] for at in range(0, len(names), size)]


def draw(
    run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None, part: int = 0
) -> Axes:
    """Draw printed figure over predicted median on a log scale, with 90% predictive intervals."""
    texts = texts or catalogue()
    names = parts(run)[part]
    with styled():
        figure = canvas(ROW * len(names) + 18, figure)
        axes = figure.subplots()
        for place, name in enumerate(names):
            _row(axes, run, name, place, texts)
        axes.set_xscale("log")
        axes.axvline(1, color=GREY, linewidth=0.7)
        ticks = [0.25, 0.5, 1, 2, 4]
        axes.set_xlim(0.2, 5.0)
        axes.set_xticks(ticks, ["¼", "½", "1", "2", "4"])
        axes.set_xticks([], minor=True)
        axes.set_yticks(range(len(names)), names, fontsize=7.5)
        axes.set_ylim(len(names) - 0.3, -1.2)
        faint_grid(axes, "x")
        axes.set_xlabel(texts.say("figures.evidence.axis"))
        axes.annotate(
            texts.say("figures.evidence.predicted"),
            (0.02, 1),
            xycoords="axes fraction",
            color=FAINT_INK,
            fontsize=8.5,
            va="bottom",
        )
        axes.annotate(
            texts.say("figures.evidence.surprise"),
            (1, 1),
            xycoords="axes fraction",
            color=FAINT_INK,
            fontsize=8.5,
            ha="right",
            va="bottom",
        )
    return axes


def _row(axes: Axes, run: SavedRun, name: str, place: int, texts: Catalogue) -> None:
    row = run.summary["evidence"][name]
    predicted, surprise = row["predicted"], row["surprise"]
    middle = predicted["q50"]
    axes.plot(
        [predicted["q05"] / middle, predicted["q95"] / middle],
        [place] * 2,
        color=GREY,
        alpha=0.55,
        linewidth=4,
        solid_capstyle="butt",
        gid=f"predicted {name}",
    )
    surprising = surprise is not None and surprise > SURPRISING
    axes.plot(
        [row["observed"] / middle],
        [place],
        "o",
        color=ORANGE if surprising else BLUE,
        markersize=4.2,
        markeredgewidth=0,
        gid=f"observed {name}",
    )
    if surprise is not None:
        axes.annotate(
            texts.numbers.percent_sign.format(f"{100 * surprise:.0f}"),
            (1, place),
            xycoords=("axes fraction", "data"),
            ha="right",
            va="center",
            fontsize=7.5,
            color=ORANGE_INK if surprising else INK,
        )


def surprising(run: SavedRun) -> list[str]:
    """Surprising fitted rows, the most surprising first."""
    rows = run.summary["evidence"]
    found = [name for name, row in rows.items() if (row["surprise"] or 0.0) > SURPRISING]
    return sorted(found, key=lambda name: -rows[name]["surprise"])


def describe(run: SavedRun, texts: Catalogue, part: int = 0) -> str:
    """The figure in words, with this run's numbers."""
    names = parts(run)[part]
    found = [name for name in surprising(run) if name in names]
    return texts.say(
        "figures.evidence.alt",
        rows=len(names),
        surprising=len(found),
        names=", ".join(found) or texts.say("none"),
    )
