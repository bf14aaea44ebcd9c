"""Figures of a saved run, one module each: ``draw`` returns axes, ``describe`` returns words.

In a notebook::

    from reports import figures
    from reports.saved_run import SavedRun

    run = SavedRun.open("runs/NAME")
    figures.ladder.draw(run)[0].figure
"""

from __future__ import annotations

from model.equations.quantities import HEADLINE
from reports.figures import (
    accounts,
    as_of,
    calibration,
    conflicts,
    correlations,
    drivers,
    echo,
    evidence,
    headline,
    hosts,
    information,
    ladder,
    leave_one_out,
    meanings,
    networks,
    priors,
    ranks,
    scenarios,
    sensitivity,
    tornado,
    totals,
    workers,
    years,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue

#: Every figure by name, in the order of the brief and the annex.
FIGURES = {
    "headline": headline,
    "years": years,
    "hosts": hosts,
    "meanings": meanings,
    "ladder": ladder,
    "accounts": accounts,
    "workers": workers,
    "scenarios": scenarios,
    "totals": totals,
    "networks": networks,
    "priors": priors,
    "evidence": evidence,
    "ranks": ranks,
    "drivers": drivers,
    "tornado": tornado,
    "correlations": correlations,
    "information": information,
    "conflicts": conflicts,
    "leave_one_out": leave_one_out,
    "sensitivity": sensitivity,
    "as_of": as_of,
    "calibration": calibration,
    "echo": echo,
}
#: Checks of the run, or of a calibration of its inputs, that a figure needs.
OF_CHECKS = {
    "conflicts": ("conflict",),
    "leave_one_out": ("leave_one_out",),
    "sensitivity": ("power_scaling", "prior_widths"),
    "as_of": ("as_of",),
    "calibration": ("calibration",),
    "echo": ("echo",),
}
#: Figures that need the drivers of the run.
OF_DRIVERS = ("drivers", "tornado", "correlations", "information")


def lacking(run: SavedRun) -> set[str]:
    """Figures for which a run has no data."""
    made = {
        name for name, found in {**run.checks, **run.calibration["checks"]}.items() if found["rows"]
    }
    lacks = {figure for figure, checks in OF_CHECKS.items() if not made.issuperset(checks)}
    lacks |= set() if run.scenarios else {"scenarios"}
    lacks |= set() if f"{HEADLINE} {run.year}" in run.drivers else set(OF_DRIVERS)
    lacks |= set() if len(run.hosts) > 1 else {"hosts", "meanings"}
    lacks |= set() if networks.shown(run) else {"networks"}
    return lacks | (set() if totals.published(run) else {"totals"})


def caption(
    name: str, run: SavedRun, texts: Catalogue, host: str | None = None, year: int | None = None
) -> str:
    """A figure's title, with the numbers of the run and, if it has several hosts, the host."""
    whole = texts.numbers.rounded(accounts.round_amount(run), 1.0)
    title = texts.say(
        f"figures.{name}.title",
        year=run.year if year is None else year,
        dots=headline.DOTS,
        whole=whole,
        currency=run.summary["accounts"]["currency"],
    )
    if host is None or len(run.hosts) == 1:
        return title
    return texts.say("figures.of_host", title=title, host=totals.place_name(run, host, texts))


__all__ = ["FIGURES", "OF_DRIVERS", "caption", "lacking", *FIGURES]
