"""The command line ``sent-workers``, also ``python -m model``: it imports only what is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from model.case.checkout import DEFAULT, RUNS, case_folder
from model.terminal.commands import App, Entry, LazyGroup, Offer
from model.terminal.output import answer_shell, command_line

#: Name of the command, and the variable by which a shell asks it what may follow.
PROGRAM, ASKED = "sent-workers", "_SENT_WORKERS_COMPLETE"
_FIT, _REPORT, _FILES = "Estimate and check", "Write reports of a run", "Cases and runs"


def _of_case(kind: str, ending: str = "") -> Offer:
    """Names in the case that was typed, or else in the default one."""

    def offer(typed: Mapping[str, Any]) -> Iterable[str]:
        from model.case.completion import names_in

        folder = case_folder(typed.get("inputs") or typed.get("case") or DEFAULT)
        return [f"{name}{ending}" for name in names_in(folder, kind)]

    return offer


def _runs(typed: Mapping[str, Any]) -> Iterable[str]:
    from model.archive.naming import names_of_runs

    return names_of_runs(Path(typed.get("runs") or RUNS))


def _cases(_: Mapping[str, Any]) -> Iterable[str]:
    from model.case.completion import case_names

    return case_names()


class Commands(LazyGroup):
    """The program's commands; the wings and the reports are named, not imported."""

    entries: ClassVar = {
        "estimate": Entry("model.estimate", "app", "Estimate revenue from a case.", _FIT),
        "check": Entry("model.criticism.__main__", "app", "Check the estimate of a run.", _FIT),
        "drivers": Entry(
            "model.drivers.__main__", "app", "Show what drives a run's revenue, and what to find "
            "out next.", _FIT,
        ),
        "why": Entry(
            "model.why.__main__", "app", "Tell why the answer of a run is what it is.", _FIT
        ),
        "claims": Entry(
            "model.claims.__main__", "app", "Check a newspaper's sentences against a run.", _FIT
        ),
        "exposure": Entry(
            "model.exposure.__main__", "app", "Show what workers approved for firms bring.", _FIT
        ),
        "calibrate": Entry(
            "model.calibration.__main__", "app", "Fit simulated cases with known answers.", _FIT
        ),
        "report": Entry("reports.command", "report", "Write brief, annex and figures.", _REPORT),
        "brief": Entry("reports.command", "brief", "Write the brief.", _REPORT),
        "annex": Entry("reports.command", "annex", "Write the technical annex.", _REPORT),
        "figures": Entry("reports.command", "figures", "Write every figure.", _REPORT),
        "page": Entry("reports.command", "page", "Write the what-if page.", _REPORT),
        "case": Entry(
            "model.case.__main__", "app", "Start, check or describe a case, or add evidence.",
            _FILES,
        ),
        "archive": Entry(
            "model.archive.__main__", "app", "List, show, compare, export or prune runs.", _FILES
        ),
    }  # fmt: skip
    offers: ClassVar = {
        "--inputs": _cases,
        "case": _cases,
        "--scenario": _of_case("scenarios"),
        "--set": _of_case("quantities", "="),
        "--prior": _of_case("quantities", "="),
        "--drop-source": _of_case("sources"),
        "--source": _of_case("sources"),
        "--drop-row": _of_case("rows"),
        "--weight": _of_case("rows", "="),
        "--believe": _of_case("held_out"),
        "--row": _of_case("rows"),
        "--reading": _of_case("readings", "="),
        "--currency": _of_case("currencies"),
        "run": _runs,
        "base": _runs,
        "others": _runs,
    }


app = App(
    # a shell completes commands by name, and python has others
    add_completion=Path(sys.argv[0]).name == PROGRAM,
    cls=Commands,
    no_args_is_help=True,
    help="What a state earns from the workers it sends abroad: a Bayesian evidence synthesis.",
    epilog="Examples:\n  {command} estimate --scenario deadline_2019\n  {command} estimate --help",
)


@app.callback()
def sent_workers() -> None:
    """Do nothing before the command that is called."""


def main() -> None:
    """Run the command line, or tell a shell what may follow."""
    if os.environ.get(ASKED, "").startswith("complete_"):
        answer_shell(app)
    else:
        command_line(app)


if __name__ == "__main__":
    main()
