"""The command line ``sent-workers``, also ``python -m model``: it imports only what is called."""

from __future__ import annotations

from typing import ClassVar

from model.terminal.commands import App, Entry, LazyGroup
from model.terminal.output import command_line

_FIT, _REPORT, _FILES = "Estimate and check", "Write reports of a run", "Cases and runs"


class Commands(LazyGroup):
    """The program's commands; the wings and the reports are named, not imported."""

    entries: ClassVar = {
        "estimate": Entry("model.estimate", "app", "Estimate revenue from a case.", _FIT),
        "check": Entry("model.criticism.__main__", "app", "Check the estimate of a run.", _FIT),
        "drivers": Entry(
            "model.drivers.__main__", "app", "Show what drives a run's revenue, and what to find "
            "out next.", _FIT,
        ),
        "calibrate": Entry(
            "model.calibration.__main__", "app", "Fit simulated cases with known answers.", _FIT
        ),
        "report": Entry("reports.command", "report", "Write brief, annex and figures.", _REPORT),
        "brief": Entry("reports.command", "brief", "Write the brief.", _REPORT),
        "annex": Entry("reports.command", "annex", "Write the technical annex.", _REPORT),
        "figures": Entry("reports.command", "figures", "Write every figure.", _REPORT),
        "case": Entry(
            "model.case.__main__", "app", "Start, check or describe a case, or add evidence.",
            _FILES,
        ),
        "archive": Entry(
            "model.archive.__main__", "app", "List, show, compare, export or prune runs.", _FILES
        ),
    }  # fmt: skip


app = App(
    cls=Commands,
    no_args_is_help=True,
    help="What a state earns from the workers it sends abroad: a Bayesian evidence synthesis.",
    epilog="Examples:\n  {command} estimate\n  {command} estimate --help",
)


@app.callback()
def sent_workers() -> None:
    """Do nothing before the command that is called."""


if __name__ == "__main__":
    command_line(app)
