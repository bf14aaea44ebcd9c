"""Style of all figures (size, fonts, colours), and reproducible files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontEntry, fontManager
from matplotlib.text import Text
from numpy.typing import NDArray

from model.terminal.plain_text import printable
from reports import glyphs
from reports.glyphs import FONTS as FONTS
from reports.saved_run import ReportError

Canvas = Figure | SubFigure

#: Width of the text on the page, in inches: figures are drawn at their printed size.
WIDTH = 160 / 25.4
PIXELS_PER_INCH = 200

# Okabe and Ito's colours, distinct in every kind of colour-blindness; darker tones for text.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#9AA0A6"
SKY = "#56B4E9"
AMBER, PURPLE, PALE = "#E69F00", "#CC79A7", "#E8EDF3"
INK, FAINT_INK, LINE = "#202124", "#5F6368", "#DADCE0"
ORANGE_INK, GREEN_INK, BLUE_INK = "#B34A00", "#007A55", "#005A8E"
AMBER_INK, PURPLE_INK = "#8A5A00", "#9C3F74"

RC: Any = {
    "font.family": ["Source Sans 3", "NanumGothic"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": 600,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "text.parse_math": False,  # a name with two dollar signs is not a formula
    "text.color": INK,
    "xtick.color": FAINT_INK,
    "ytick.color": FAINT_INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "ytick.alignment": "center",  # as all other labels beside a line
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.0,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "axes.unicode_minus": True,
    "svg.fonttype": "none",  # text stays text, which the page sets in the same font
    "svg.hashsalt": "sent-workers",
    "path.simplify": True,
}


@cache
def register_fonts() -> None:
    """Register this package's fonts with matplotlib under the names that the PDF uses."""
    for file, family, weight in (
        ("SourceSans3_400Regular.ttf", "Source Sans 3", 400),
        ("SourceSans3_600SemiBold.ttf", "Source Sans 3", 600),
        ("NanumGothic_400Regular.ttf", "NanumGothic", 400),
        ("NanumGothic_400Regular.ttf", "NanumGothic", 600),
    ):
        path = FONTS / file
        if not path.is_file():
            raise ReportError(f"the font {path} is missing: restore it; no report was made")
        fontManager.ttflist.insert(
            0, FontEntry(fname=str(path), name=family, weight=weight, size="scalable")
        )


@contextmanager
def styled() -> Iterator[None]:
    """Draw in this package's style, regardless of the notebook's."""
    register_fonts()
    with mpl.rc_context(RC):
        yield


def canvas(height: float, figure: Canvas | None = None) -> Canvas:
    """Return the given figure, or a new one of page width and this height in millimetres."""
    if figure is not None:
        return figure
    return Figure(figsize=(WIDTH, height / 25.4), layout="constrained")


def grid_of(
    figure: Canvas, rows: int, columns: int, panels: int, *, shared: bool = False
) -> NDArray[np.object_]:
    """Return the first axes of a grid and hide the rest; ``shared`` axes have one scale."""
    grid = figure.subplots(rows, columns, sharex=shared, sharey=shared, squeeze=False).ravel()
    for axes in grid[panels:]:
        axes.set_visible(False)
    return np.asarray(grid[:panels])


def outermost(figure: Canvas) -> Figure:
    """The whole figure that a part belongs to."""
    found = figure.get_figure(root=True)
    assert found is not None
    return found


def content(axes: Any, kind: str, *, letters: bool = True) -> bytes:
    """Save the figure of one or several axes as ``svg`` or ``png``.

    The same figure gives the same bytes.
    """
    figure = np.ravel(axes)[0].get_figure(root=True)
    file = io.BytesIO()
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
    fonts: Any = {"svg.fonttype": "none" if letters else "path"}
    with styled(), mpl.rc_context(fonts):
        _make_legible(figure)
        figure.savefig(file, format=kind, dpi=PIXELS_PER_INCH, metadata=metadata)
    drawn = file.getvalue()
    # no text of a file may make it another file: XML has no control characters
    return printable(drawn.decode("utf-8")).encode() if kind == "svg" else drawn


def _make_legible(figure: Any) -> None:
    """Give texts the fonts that have their characters; tell by its code what no font has."""
    for axes in figure.findobj(Axes):
        for axis in (axes.xaxis, axes.yaxis):
            labels = [label.get_text() for label in axis.get_ticklabels()]
            _, missing = glyphs.fallbacks(glyphs.foreign("".join(labels)))
            if missing:
                axis.set_ticklabels(glyphs.legible(labels, missing, most=0))
    for one in figure.findobj(Text):
        foreign = glyphs.foreign(one.get_text())
        if foreign:
            fonts, missing = glyphs.fallbacks(foreign)
            one.set_text(glyphs.legible(one.get_text(), missing, most=0))
            one.set_fontfamily([*RC["font.family"], *map(_registered, fonts)])


@cache
def _registered(font: Path) -> str:
    """Family of a font, once matplotlib knows this very file under it."""
    name = glyphs.family(font)
    for weight in (400, 600):
        entry = FontEntry(fname=str(font), name=name, weight=weight, size="scalable")
        fontManager.ttflist.insert(0, entry)
    return name


def bands(
    axes: Axes, table: pd.DataFrame, colour: str, shades: tuple[float, float], gid: str
) -> None:
    """Draw the 90% and 50% interval by date as bands and the median as a line."""
    for (low, high), shade in zip((("q05", "q95"), ("q25", "q75")), shades, strict=True):
        axes.fill_between(
            table.index, table[low], table[high], color=colour, alpha=shade, linewidth=0
        )
    axes.plot(table.index, table["q50"], color=colour, linewidth=1.6, gid=gid)


def bare(axes: Axes) -> None:
    """Remove the left-hand scale and its ticks."""
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def faint_grid(axes: Axes, which: str = "y") -> None:
    """Draw thin grid lines behind everything else."""
    axes.grid(True, axis=which)  # type: ignore[arg-type]
