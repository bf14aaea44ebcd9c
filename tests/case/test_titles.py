"""A case's own titles in other languages: read, checked, kept with a run, and no part of a fit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from model.case.__main__ import app
from model.case.case import Case, read_case
from model.case.checkout import INPUTS
from model.case.faults import CaseError
from model.case.folders import COPY, TITLES, files_of
from model.case.reader.titles import TitlesTable, of_nothing, untitled
from tests.cases import write_case
from tests.reports.runs import write_run, write_scenarios

KOREAN = """
[ko.case]
title = "러시아의 노동자"

[ko.hosts]
russia = "러시아"

[ko.segments]
spb_construction = "상트페테르부르크 건설업"

[ko.speakers]
payment = "한 관리"
"""


def case_with(folder: Path, titles: str) -> Path:
    write_case(folder)
    (folder / TITLES).write_text(titles, encoding="utf-8")
    return folder


def test_titles_are_read_by_language_kind_and_name(tmp_path: Path) -> None:
    case = read_case(case_with(tmp_path / "case", KOREAN))
    assert set(case.titles) == {"ko"}
    assert case.titles["ko"]["hosts"] == {"russia": "러시아"}
    assert case.titles["ko"]["readings"] == {}
    assert read_case(write_case(tmp_path / "none")).titles == {}


@pytest.mark.parametrize(
    ("titles", "column", "said"),
    [
        ('[Korean.hosts]\nrussia = "a"', "Korean", "not a language; write its code, such as ko"),
        ('[ko.host]\nrussia = "a"', "ko.host", "unknown key; did you mean 'hosts'?"),
        ("[ko.hosts]\nrussia = 1", "ko.hosts.russia", "not text; put it in quotation marks"),
        ('[ko.hosts]\nrussia = " "', "ko.hosts.russia", "the text is blank; fill it in"),
        ("ko = 1", "ko", "'1' is not a table; write [ko]"),
    ],
)
def test_a_title_that_cannot_be_is_one_clear_report(
    titles: str, column: str, said: str, tmp_path: Path
) -> None:
    folder = case_with(tmp_path / "case", titles)
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    (fault,) = caught.value.faults
    assert (fault.file, fault.column) == (TITLES, column)
    assert said in fault.message


def test_a_file_without_a_language(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="there is no language; add"):
        read_case(case_with(tmp_path / "case", "# nothing\n"))


def test_what_has_no_title_is_a_remark(tmp_path: Path) -> None:
    folder = case_with(tmp_path / "case", KOREAN)
    lacking = untitled(read_case(folder))["ko"]
    assert "case.sender" in lacking
    assert "segments.spb_construction" not in lacking
    assert not any(one.startswith(("speakers", "publishers")) for one in lacking)
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert done.exit_code == 0
    said = " ".join(done.output.split())
    assert re.search(r"note: titles\.toml has no ko for case\.sender, .*; reports print", said)


def test_a_title_of_what_the_case_has_not_is_a_remark(tmp_path: Path) -> None:
    titles = (
        '[ko.hosts]\nrusia = "a"\n[ko.scenarios]\nhalf = "a"\n[ko.speakers]\npaymnt = "a"\n'
        'payment = "a"\n[ko.case]\nname = "a"\n'
    )
    folder = case_with(tmp_path / "case", titles)
    strange = ["case.name", "hosts.rusia", "scenarios.half", "speakers.paymnt"]
    assert sorted(of_nothing(read_case(folder))["ko"]) == strange
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert done.exit_code == 0
    said = " ".join(done.output.split())
    assert "note: titles.toml has ko for case.name, hosts.rusia, scenarios.half" in said
    run = write_run(tmp_path / "runs", folder)
    assert "scenarios.half" not in of_nothing(read_case(run / COPY))["ko"]


def test_no_fit_depends_on_them_and_a_run_keeps_them(tmp_path: Path) -> None:
    plain, titled = write_case(tmp_path / "plain"), case_with(tmp_path / "case", KOREAN)
    assert read_case(plain).hashes == read_case(titled).hashes
    found = files_of(titled, [])
    assert found is not None
    assert TITLES in found[1]
    run = write_run(tmp_path / "runs", titled)
    assert (run / COPY / TITLES).read_text(encoding="utf-8") == KOREAN


def test_a_run_holds_titles_of_scenarios_that_it_was_not_asked_for(tmp_path: Path) -> None:
    folder = case_with(tmp_path / "case", KOREAN)
    first, *_ = write_scenarios(folder / "scenarios")
    more = "".join(f'{one.stem} = "가"\n' for one in (folder / "scenarios").glob("*.toml"))
    (folder / TITLES).write_text(f"{KOREAN}\n[ko.scenarios]\n{more}", encoding="utf-8")
    run = write_run(tmp_path / "runs", folder, [first])
    assert len(list((run / COPY / "scenarios").iterdir())) < more.count("\n")
    assert read_case(run / COPY).titles["ko"]["scenarios"]


def test_the_shipped_case_is_titled_whole(real: Case) -> None:
    assert untitled(real) == of_nothing(real) == {"ko": [], "ru": []}
    kinds = set(TitlesTable.model_fields)
    assert all(set(one) == kinds for one in real.titles.values())
    assert (INPUTS / TITLES).is_file()


def test_the_world_is_titled_whole_with_what_it_takes() -> None:
    world = read_case(INPUTS.parent / "world")
    assert untitled(world) == of_nothing(world) == {"ko": [], "ru": []}
    taken = read_case(INPUTS).titles["ko"]["segments"]
    own = (world.folder / TITLES).read_text(encoding="utf-8")
    assert taken.items() <= world.titles["ko"]["segments"].items()
    assert not any(title in own for title in taken.values())
