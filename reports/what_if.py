"""What a what-if changes: the headline beside that of the estimate itself, if it is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from model.archive import store
from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from model.projection.unpaired import differences
from model.terminal.wording import FINEST, MILLION, rounding_unit
from reports.saved_run import Floats, ReportError, SavedRun
from reports.texts import Catalogue
from reports.typed import without_what_if

Json = dict[str, Any]

#: What two runs must share for one to be a what-if of the other.
SHARED = ("inputs", "versions")


def block(run: SavedRun, texts: Catalogue) -> Json | None:
    """Was, now and the difference, or the command of the estimate; nothing if it is no what-if."""
    if not run.manifest["what_if"] or not run.converged:
        return None
    estimate = estimate_of(run)
    if estimate is None:
        return {
            "text": texts.say("front.change.missing"),
            "command": without_what_if(run),
            "cells": [],
        }
    ours, theirs = (
        np.ravel(one.yearly_draws(HEADLINE).sel(year=run.year)) for one in (run, estimate)
    )
    apart = np.quantile(differences(ours, theirs) / MILLION, [0.5, 0.05, 0.95])
    moved = float(np.median(ours) - np.median(theirs)) / MILLION
    error = noise(run, ours, estimate, theirs) / MILLION
    unit = rounding_unit(0.0, error)
    cells = {
        "was": texts.money(estimate.annual(run.year, HEADLINE)),
        "now": texts.money(run.annual(run.year, HEADLINE)),
        "difference": texts.numbers.interval(*apart, finest=FINEST),
    }
    return {
        "text": texts.say(
            f"front.change.{'clear' if abs(moved) > error else 'noise'}",
            moved=texts.numbers.rounded(moved, unit), error=texts.numbers.rounded(error, unit),
            run=estimate.name,
        ),
        "command": "",
        "cells": [
            {"label": texts.say(f"front.change.{key}", year=run.year), "text": text}
            for key, text in cells.items()
        ],
    }  # fmt: skip


def estimate_of(run: SavedRun) -> SavedRun | None:
    """The estimate that a what-if changes: of the same inputs, in the same folder of runs.

    Of several, the one that was sampled alike, and else the youngest.
    """
    found = sorted(_candidates(run), key=lambda one: (_alike(one, run), one.manifest["date"]))
    return found[-1] if found else None


def _candidates(run: SavedRun) -> Iterator[SavedRun]:
    for folder in store.run_folders(run.folder.resolve().parent):
        try:
            manifest = store.read_manifest(folder)
            same = all(manifest[key] == run.manifest[key] for key in SHARED)
            if same and not manifest["what_if"]:
                one = SavedRun.open(folder)
                if one.converged and str(run.year) in one.summary["scenarios"][BASELINE]["annual"]:
                    yield one
        except (store.DamagedRunError, ReportError):
            continue


def _alike(one: SavedRun, run: SavedRun) -> bool:
    return all(
        one.manifest["sampler"][key] == run.manifest["sampler"][key] for key in store.OPTIONS
    )


def noise(run: SavedRun, ours: Floats, estimate: SavedRun, theirs: Floats) -> float:
    """How far two medians may lie apart by sampling alone, in dollars: two standard errors.

    It takes each run to have no more effective draws than the quantity with the fewest.
    """
    return 2.0 * float(np.hypot(_error(run, ours), _error(estimate, theirs)))


def _error(run: SavedRun, draws: Floats) -> float:
    """Standard error of a median: that of a share of one half, carried over by the quantiles."""
    fewest = run.summary["convergence"]["min_ess_bulk"] or 1.0
    share = min(0.5 / fewest**0.5, 0.49)
    low, high = np.quantile(draws, [0.5 - share, 0.5 + share])
    return float(high - low) / 2.0
