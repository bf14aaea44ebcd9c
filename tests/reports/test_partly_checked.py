"""A run with some of the checks: reports say which were not run, and claim nothing of those."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from model.archive import store
from model.criticism.kept import record, recorded
from reports import figures, front
from reports.annex import annex
from reports.annex_checks import verdicts
from reports.figures.as_file import Asked, written
from reports.page.content import content
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue, catalogue, languages
from tests.reports.test_as_file import Estimated
from tests.reports.test_pdf import pages, squeezed

#: Two checks that can fail, of which one did.
TWO = ("conflict", "leave_one_out")


def with_only(run: SavedRun, base: Path, *names: str) -> SavedRun:
    """A copy of a checked run that has only some of its checks."""
    folder = Path(shutil.copytree(run.folder, base / run.folder.name))
    record(folder, [one for one in recorded(folder) if one.name in names], anew=True)
    return SavedRun.open(folder)


def checks_line(run: SavedRun, texts: Catalogue) -> dict[str, str]:
    (line,) = (one for one in front.sureness(run, texts)["lines"] if one["key"] == "checks")
    return dict(line)


@pytest.mark.parametrize("language", languages())
def test_what_was_not_run_is_named_with_the_command(
    checked_run: SavedRun, tmp_path: Path, language: str
) -> None:
    run, texts = with_only(checked_run, tmp_path, *TWO), catalogue(language)
    block = verdicts(run, texts)
    assert len(block["rows"]) == 2
    assert block["command"] == f".venv/bin/python -m model.criticism {run.name}"
    for name in store.checks_of(several=False):
        title = texts.say(f"checks.{name}").lower()
        assert (title in block["text"]) == (name not in TWO), name
    line = checks_line(run, texts)
    assert line["command"] == block["command"]
    assert texts.say("checks.conflict").lower() in line["text"]  # it failed
    for text in (block["text"], line["text"]):
        assert text not in (
            texts.say("annex.checks.done", passed=1, judged=2, file=store.CHECKS),
            texts.say("sure.passed", judged=2),
            texts.say("sure.unchecked"),
        )
    whole = verdicts(checked_run, texts)
    assert whole["command"] == checks_line(checked_run, texts)["command"] == ""
    assert texts.say("checks.as_of").lower() not in whole["text"]


def test_no_partial_run_has_passed_all(
    checked_run: SavedRun, tmp_path: Path, english: Catalogue
) -> None:
    one = with_only(checked_run, tmp_path / "one", "leave_one_out")
    assert checks_line(one, english)["text"].startswith(
        "Not all were run. Of those that were, and can fail, 1"
    )
    assert "Of those that were, and can fail, 1 of 1 passed." in verdicts(one, english)["text"]
    informs = with_only(checked_run, tmp_path / "informs", "as_of")
    assert "those that were only inform" in checks_line(informs, english)["text"]
    assert "those that were only inform" in verdicts(informs, english)["text"]


def test_the_annex_has_the_figures_of_the_checks_that_were_run(
    checked_run: SavedRun, tmp_path: Path, english: Catalogue
) -> None:
    run = with_only(checked_run, tmp_path, "conflict", "prior_widths")
    assert "conflicts" not in figures.lacking(run)
    # its other half is the power-scaling of a check that was not run
    assert {"sensitivity", "leave_one_out", "as_of"} <= figures.lacking(run)
    text = squeezed(" ".join(pages(annex(run, english))))
    assert (
        squeezed("Not every check was run. Of those that were, and can fail, 0 of 1 passed.")
        in text
    )
    assert squeezed("priors together, rows against the posterior, without one source") in text
    with pytest.raises(ReportError, match="--only power_scaling --only prior_widths"):
        written(Asked("sensitivity"), Estimated(run.folder))


def test_the_page_says_which_stored_answers_are_missing(
    checked_run: SavedRun, tmp_path: Path, english: Catalogue
) -> None:
    assert content(checked_run, english)["checked"]
    lacking = content(with_only(checked_run, tmp_path, *TWO), english)
    assert not lacking["checked"]
    assert any(one["refit"] for one in lacking["sources"])
    assert lacking["commands"]["believed"].endswith("--only held_out")
    assert lacking["commands"]["refits"].endswith("--only leave_one_out")
