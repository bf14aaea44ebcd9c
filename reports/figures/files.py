"""Figures of a run as SVG and PNG files, which stand by themselves: title, source, description."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.layout_engine import ConstrainedLayoutEngine

from reports import figures, readings
from reports.figures import evidence
from reports.figures.style import FAINT_INK, INK, content, styled
from reports.saved_run import SavedRun
from reports.tables import case_title
from reports.texts import Catalogue
from reports.typesetting import check_name

#: Characters in a line of the title; heights in millimetres of such a line and of the source.
LINE, TALL, FOOT = 100, 5.0, 5.5


def drawn(run: SavedRun, texts: Catalogue) -> dict[str, bytes]:
    """Draw every figure for which the run has data, by file name."""
    texts = readings.worded(run, texts)
    files: dict[str, bytes] = {}
    for file, name, values in wanted(run):
        axes = figures.FIGURES[name].draw(run, texts=texts, **values)
        caption = figures.caption(name, run, texts, values.get("host"))
        files |= both(file, axes, run, texts, caption, described(name, run, texts, **values))
    return files


def wanted(run: SavedRun) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """File, figure and options of each file to draw."""
    silent = figures.lacking(run) | {"evidence"}
    for name in figures.FIGURES:
        if name in silent:
            continue
        if name in ("workers", "scenarios"):
            yield from ((f"{name}-{host}", name, {"host": host}) for host in run.hosts)
        else:
            yield name, name, {}
    for part in range(len(evidence.parts(run))):
        yield f"evidence-{part + 1}", "evidence", {"part": part}


def described(name: str, run: SavedRun, texts: Catalogue, **values: Any) -> str:
    """A figure in words."""
    module: Any = figures.FIGURES[name]
    return str(module.describe(run, texts, **values))


def both(
    name: str, axes: Any, run: SavedRun, texts: Catalogue, title: str, words: str
) -> dict[str, bytes]:
    """Return a figure as SVG and as PNG, with its title and its source."""
    check_name(name)
    source = texts.say(
        "figures.source", case=case_title(run, texts), run=run.name,
        date=texts.date(run.manifest["date"]),
    )  # fmt: skip
    _frame(axes, title, source)
    # letters as shapes: who opens the file may not have the fonts
    drawing = content(axes, "svg", letters=False).decode("utf-8")
    return {f"{name}.svg": spoken(drawing, title, words), f"{name}.png": content(axes, "png")}


def _frame(axes: Any, title: str, source: str) -> None:
    """Make room above and below a figure for its title and its source."""
    figure = np.ravel(axes)[0].get_figure(root=True)
    lines = textwrap.wrap(title, LINE)
    width, inches = figure.get_size_inches()
    height, head = inches * 25.4, TALL * len(lines) + 1.5
    whole = height + head + FOOT
    with styled():
        figure.set_size_inches(width, whole / 25.4)
        engine = figure.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):
            engine.set(rect=(0, FOOT / whole, 1, height / whole))
        else:
            for one in figure.get_axes():
                x, y, across, up = one.get_position().bounds
                one.set_position((x, (FOOT + y * height) / whole, across, up * height / whole))
        figure.text(
            0.004, 1 - 1.0 / whole, "\n".join(lines), va="top", fontsize=10, fontweight=600,
            color=INK, linespacing=1.15,
        )  # fmt: skip
        figure.text(0.004, 1.2 / whole, source, va="bottom", fontsize=7.5, color=FAINT_INK)


def spoken(drawing: str, title: str, words: str) -> bytes:
    """An SVG with a title and a description, for those who hear it."""
    said = (
        f'<title id="title">{html.escape(title)}</title>\n'
        f'<desc id="desc">{html.escape(words)}</desc>\n'
    )

    def labelled(root: re.Match[str]) -> str:
        return f'<svg role="img" aria-labelledby="title desc"{root[1]}{said}'

    return re.sub(r"<svg\b([^>]*>\n?)", labelled, drawing, count=1).encode()
