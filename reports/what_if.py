"""What a what-if changes: the headline beside that of the estimate itself, if it is at hand."""

from __future__ import annotations

from typing import Any

from model.archive.moved import WITHIN, Drawn, moves, unchanged_run
from model.archive.store import DamagedRunError, agreeing
from model.equations.quantities import HEADLINE
from model.terminal.wording import FINEST, MILLION, rounding_unit, three
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue
from reports.typed import without_what_if

Json = dict[str, Any]


def block(run: SavedRun, texts: Catalogue) -> Json | None:
    """Was, now and the difference, or the command of the estimate; nothing if it is no what-if."""
    if not run.manifest["what_if"] or not run.converged:
        return None
    estimate = unchanged_run(run.manifest, run.folder.resolve().parent)
    if estimate is None:
        return {
            "text": texts.say("front.change.missing"),
            "command": without_what_if(run),
            "cells": [],
        }
    try:
        was, now = Drawn.of(estimate), Drawn.of(run.folder)
        with agreeing(estimate):
            found = moves(was, now, HEADLINE)[str(run.year)]
    except DamagedRunError as damage:
        raise ReportError(f"{damage}; no report was made") from None
    moved, error = found.moved / MILLION, WITHIN * found.error / MILLION
    unit = rounding_unit(0.0, error)
    cells = {
        "was": texts.money(found.was),
        "now": texts.money(found.now),
        "difference": texts.numbers.interval(*three(found.difference, MILLION), finest=FINEST),
    }
    return {
        "text": texts.say(
            f"front.change.{'clear' if found.beyond_error else 'noise'}",
            moved=texts.numbers.rounded(moved, unit), error=texts.numbers.rounded(error, unit),
            run=estimate.name,
        ),
        "command": "",
        "cells": [
            {"label": texts.say(f"front.change.{key}", year=run.year), "text": text}
            for key, text in cells.items()
        ],
    }  # fmt: skip
