"""What the annex says of errors: letters that err more than graded, and rows that are off."""

from __future__ import annotations

import copy
from typing import Any

from reports.annex import annex
from reports.annex_errors import blocks
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from tests.reports.test_pdf import pages, squeezed

NUMBERS = {"mean": 1.42, "sd": 0.3, "q05": 1.04, "q25": 1.2, "q50": 1.41, "q75": 1.6, "q95": 1.92}
ALIKE = NUMBERS | {"q05": 0.6, "q50": 1.02, "q95": 1.7}


def with_errors(run: SavedRun, letters: dict[str, Any], off: dict[str, float]) -> SavedRun:
    new = SavedRun(run.folder, run.manifest, copy.deepcopy(run.summary))
    new.summary["errors"] = {"letters": letters, "off": off}
    return new


def off_of(run: SavedRun, *likely: str) -> dict[str, float]:
    return {name: 0.7 if name in likely else 0.05 for name in run.summary["evidence"]}


def test_letters_and_rows_that_are_off(run: SavedRun, english: Catalogue) -> None:
    rows = list(run.summary["evidence"])
    new = with_errors(run, {"B": NUMBERS, "C": ALIKE}, off_of(run, rows[1]))
    found = blocks(new, english)
    assert found is not None
    assert found["letters"]["text"] == (
        "Sources graded B err 1.4 times (1.0 to 1.9) as much as the table says."
    )
    assert f"more likely off than not: {rows[1]}." in found["off"]["text"]
    assert [row[0] for row in found["letters"]["rows"]] == ["B", "C"]
    assert found["letters"]["rows"][0][3] == "1.4 (1.0 to 1.9)"
    assert [(row[0], row[4]) for row in found["off"]["rows"]] == [(rows[1], "70%")]
    text = squeezed(" ".join(pages(annex(new, english))))
    assert all(squeezed(found[part]["text"]) in text for part in ("letters", "off"))


def test_nothing_is_off_and_no_letter_differs(run: SavedRun, english: Catalogue) -> None:
    found = blocks(with_errors(run, {"B": ALIKE}, off_of(run)), english)
    assert found is not None
    assert "No letter's errors differ clearly" in found["letters"]["text"]
    assert "None of the" in found["off"]["text"]
    assert found["off"]["rows"] == []


def test_errors_that_are_not_told_are_left_out(run: SavedRun, english: Catalogue) -> None:
    assert blocks(with_errors(run, {}, {}), english) is None
