"""Figures of a saved run, one module each: ``draw`` returns matplotlib axes, ``describe`` words.

In a notebook::

    from reports import figures
    from reports.saved_run import SavedRun

    run = SavedRun.open("runs/inputs-6bccc8eb6a9a")
    figures.ladder.draw(run)[0].figure
"""

from __future__ import annotations

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

__all__ = ["FIGURES", *FIGURES]
