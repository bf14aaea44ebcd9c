"""Figures of one document, drawn as it asks for them."""

from __future__ import annotations

from typing import Any

from reports import figures, glyphs
from reports.figures import style
from reports.saved_run import SavedRun
from reports.texts import Catalogue


class FigureFiles:
    """The figures of one document, drawn on request.

    Attributes
    ----------
    drawn : dict of str to bytes
        SVG by name.
    """

    def __init__(self, run: SavedRun, texts: Catalogue) -> None:
        self.run, self.texts = run, texts
        self.drawn: dict[str, bytes] = {}

    def block(self, name: str, **values: Any) -> dict[str, str]:
        """Draw a figure and return its file name, caption and alternative text."""
        module: Any = figures.FIGURES[name]
        named = [str(value) for value in values.values() if not isinstance(value, bool)]
        file = "-".join([name, *named])
        axes = module.draw(self.run, texts=self.texts, **values)
        drawing = style.content(axes, "svg")
        if glyphs.foreign(drawing.decode("utf-8")):
            # the page cannot set every script inside a drawing: letters become outlines
            drawing = style.content(axes, "svg", letters=False)
        self.drawn[file] = drawing
        return {
            "file": f"{file}.svg",
            "caption": figures.caption(name, self.run, self.texts, values.get("host")),
            "alt": module.describe(self.run, self.texts, **values),
        }
