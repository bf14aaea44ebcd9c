"""Figures of a saved run, one module each: ``draw`` returns matplotlib axes, ``describe`` words.

In a notebook::

    from reports import figures
    from reports.saved_run import SavedRun

    run = SavedRun.open("runs/inputs-6bccc8eb6a9a")
    figures.ladder.draw(run)[0].figure
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reports.figures import (
    accounts,
    evidence,
    headline,
    ladder,
    priors,
    ranks,
    scenarios,
    totals,
    workers,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue

#: Every figure by name, in the order of the brief and the annex.
FIGURES = {
    "headline": headline,
    "ladder": ladder,
    "accounts": accounts,
    "workers": workers,
    "scenarios": scenarios,
    "totals": totals,
    "priors": priors,
    "evidence": evidence,
    "ranks": ranks,
}


def figure_of(axes: Any) -> Any:
    """The figure that axes, one or an array, are drawn in."""
    return np.ravel(axes)[0].figure


def caption(name: str, run: SavedRun, texts: Catalogue) -> str:
    """A figure's title, with this run's numbers."""
    whole = texts.numbers.rounded(accounts.round_amount(run), 1.0)
    return texts.say(
        f"figures.{name}.title",
        year=run.year,
        dots=headline.DOTS,
        whole=whole,
        currency=run.summary["accounts"]["currency"],
    )


__all__ = ["FIGURES", "caption", "figure_of", *FIGURES]
