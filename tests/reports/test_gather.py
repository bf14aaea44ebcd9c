"""The GATHER checklist: each item once, with what the case states and what it does not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from model.case import CaseError, read_case
from model.case.checkout import INPUTS
from reports.annex import annex
from reports.gather import block
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from tests.cases import write_case
from tests.reports.runs import add_checks, write_run
from tests.reports.test_pdf import pages, squeezed

STATED = """
[gather]
funding = "Nobody *paid* #panic."
identified = "Asked around."
included = "All figures."
licence = "CC BY 4.0, by the makers."
[[gather.biases]]
category = "Hearsay"
because = "It grows."
sources = ["SOURCE"]
[[gather.biases]]
category = "Silence"
because = "Nobody counts."
"""


def stating(folder: Path, text: str) -> Path:
    """A copy of the small case with something more at the end of its timeline."""
    case = write_case(folder / "case")
    source = str(read_case(case).sources["id"].iloc[0])
    with (case / "timeline.toml").open("a", encoding="utf-8") as file:
        file.write(text.replace("SOURCE", source))
    return case


def answers(run: SavedRun, texts: Catalogue) -> dict[str, list[str]]:
    rows: list[list[str]] = block(run, texts)["rows"]
    return {row[0]: row[2:] for row in rows}


def test_each_item_stands_once_and_a_silent_case_says_so(run: SavedRun, english: Catalogue) -> None:
    found = answers(run, english)
    assert list(found) == [str(item) for item in range(1, 19)]
    for item in ("2", "6"):
        assert found[item] == ["no", "Not stated."]
    assert found["3"] == ["no", "Identified: Not stated.\nAccessed: Not stated."]
    assert found["8"][0] == "in part"
    assert "does not state a licence" in found["8"][1]
    unmet = [item for item, (met, _) in found.items() if met == "no"]
    assert f"in this run: {', '.join(unmet)}." in block(run, english)["text"]


def test_what_a_case_states_is_printed(tmp_path: Path, english: Catalogue) -> None:
    run = SavedRun.open(write_run(tmp_path / "runs", stating(tmp_path, STATED)))
    found = answers(run, english)
    assert found["2"] == ["stated", "Nobody *paid* #panic."]
    assert found["3"] == ["in part", "Identified: Asked around.\nAccessed: Not stated."]
    assert found["4"][0] == "in part"
    assert found["6"][0] == "stated"
    assert found["6"][1].endswith("\nSilence: Nobody counts.")
    assert found["8"][0] == "yes"
    assert "CC BY 4.0" in found["8"][1]
    text = squeezed(" ".join(pages(annex(run, english))))
    for said in ("Nobody *paid* #panic.", "Hearsay: It grows.", "CC BY 4.0, by the makers."):
        assert squeezed(said) in text


def test_a_long_statement_runs_over_pages(tmp_path: Path, english: Catalogue) -> None:
    long = " ".join(f"word{number}" for number in range(4000))
    case = stating(tmp_path, f'[gather]\nfunding = "{long}"\n')
    run = SavedRun.open(write_run(tmp_path / "runs", case))
    text = squeezed(" ".join(pages(annex(run, english))))
    assert all(f"word{number}" in text for number in (0, 2000, 3999))


def test_a_run_that_was_checked_meets_the_item_of_checks(
    run: SavedRun, english: Catalogue, tmp_path: Path
) -> None:
    assert answers(run, english)["12"][0] == "no"
    copy = Path(shutil.copytree(run.folder, tmp_path / run.folder.name))
    add_checks(copy, copy / "inputs")
    met, where = answers(SavedRun.open(copy), english)["12"]
    assert met == "yes"
    assert english.content["annex"]["checks_title"] in where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[gather]\nfunding = " "\n', "gather.funding"),
        ('[gather]\nfunded = "x"\n', "gather.funded"),
        ('[[gather.biases]]\ncategory = "x"\n', "gather.biases[1].because"),
        (
            '[[gather.biases]]\ncategory = "x"\nbecause = "y"\nsources = ["nowhere"]\n',
            "gather.biases[1].sources",
        ),
    ],
)
def test_faults_are_told_by_place(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(stating(tmp_path, text))
    faults: Any = caught.value.faults
    assert [(one.file, one.column) for one in faults] == [("timeline.toml", where)]


def test_the_shipped_case_names_every_row_that_was_left_out_ad_hoc() -> None:
    case = read_case(INPUTS)
    evidence = case.evidence
    text = (INPUTS / "timeline.toml").read_text(encoding="utf-8")
    said = text.partition("\nad_hoc = ")[2].partition("\n")[0]
    left = evidence.loc[evidence["note"].str.contains("Not fitted"), "id"]
    assert len(left) > 10
    assert [name for name in left if name not in said] == []
    assert "funding =" not in text
    assert "licence =" not in text
