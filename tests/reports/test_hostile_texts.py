"""Texts of a stranger's run are text in figures and pages, and name no file elsewhere."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pypdfium2
import pytest

from reports.brief import brief
from reports.figures.files import both, drawn
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue
from reports.typesetting import typeset
from tests.archive.strangers import changed

ACTING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe]"
)
HOSTILE = "\x1b[2J\x07 \x9b \u202egnp \u2066 \x85 <b> & $x$ #panic() :bomb:"
TOML = json.dumps(HOSTILE)  # escapes that TOML has as well


@pytest.fixture
def folder(checked_run: SavedRun, tmp_path: Path) -> Path:
    """A copy of a run with checks, in every text of which something would act."""
    folder = Path(shutil.copytree(checked_run.folder, tmp_path / "runs" / checked_run.folder.name))
    evidence = folder / "inputs" / "evidence.csv"
    text = evidence.read_text(encoding="utf-8")
    assert "an official" in text
    evidence.write_text(
        text.replace("an official", HOSTILE.replace("\x85", "")), encoding="utf-8", newline=""
    )
    timeline = folder / "inputs" / "timeline.toml"
    text = timeline.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^title = ".*"', f"title = {TOML.replace(chr(92), chr(92) * 2)}", text)
    timeline.write_text(text, encoding="utf-8")

    def told(summary: dict) -> dict:  # type: ignore[type-arg]
        summary["case"] = HOSTILE
        for name, block in summary["scenarios"].items():
            block |= {"title": f"{name} {HOSTILE}", "description": HOSTILE, "basis": HOSTILE}
        return summary

    changed(folder, "summary.json", told)

    def sentences(content: dict) -> dict:  # type: ignore[type-arg]
        for check in content["checks"].values():
            check["sentence"] = check["reading"] = HOSTILE
        return content

    changed(folder, "checks.json", sentences)
    return folder


def test_figures_are_what_they_were(folder: Path, english: Catalogue) -> None:
    for name, content in drawn(SavedRun.open(folder), english).items():
        if name.endswith(".svg"):
            text = content.decode("utf-8")
            ET.fromstring(text)
            assert not ACTING.search(text), name


def test_pages_hold_the_texts_as_escapes(folder: Path, english: Catalogue) -> None:
    pages = pypdfium2.PdfDocument(brief(SavedRun.open(folder), english))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert "\\x1b[2J\\x07" in re.sub(r"\s", "", text)
    assert not ACTING.search(text)


@pytest.mark.parametrize("host", ["../../elsewhere", "/elsewhere", "a/b", "a\\b", "a\0b", "a b"])
def test_a_host_names_no_file_elsewhere(host: str, folder: Path, english: Catalogue) -> None:
    with pytest.raises(ReportError, match="cannot be the name of a file"):
        both(f"workers-{host}", None, SavedRun.open(folder), english, "", "")
    with pytest.raises(ReportError, match="cannot be the name of a file"):
        typeset("brief", {}, {f"workers-{host}": b"<svg/>"})
