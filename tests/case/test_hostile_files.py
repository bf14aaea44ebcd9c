"""Files from strangers: told in one place, never hung on, never believed, and read one way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from model.archive.comparison import changed_inputs
from model.case.case import Case, read_case
from model.case.contents import Scenario
from model.case.faults import MOST, CaseError, Fault
from model.case.folders import LARGEST, LARGEST_TOML, files_of, scenario_paths
from model.case.reader.cells import rows_of_text
from model.case.reader.numbers import whole_number
from model.case.reader.prospects import other_prospects
from model.case.reader.scenarios import ScenarioReader, read_scenarios
from model.case.reader.settings import MOST_HOSTS
from model.case.reader.small_tables import MOST_SEGMENTS
from model.case.reader.toml_places import DEEPEST, lines_of
from model.case.scaffold import NoRoomError, new_case
from model.sampling.whatif import what_if_of
from reports.saved_run import ReportError, SavedRun
from tests.cases import (
    COLUMNS,
    evidence_rows,
    prior_tables,
    priors_text,
    row,
    source_rows,
    table_text,
    write_case,
)
from tests.reports.runs import HALF, PROSPECTS, RIVALS

EVIDENCE = table_text(COLUMNS["evidence"], evidence_rows())
PRIORS = priors_text(prior_tables())


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(CaseError) as error:
        read_case(folder)
    assert str(error.value).replace("\n", "").isprintable()
    return error.value.faults


def only_fault(folder: Path) -> Fault:
    (fault,) = faults_of(folder)
    return fault


def scenario(case: Case, path: Path) -> tuple[Scenario, ...]:
    return ScenarioReader(case).read([path])


def scenario_fault(case: Case, path: Path) -> Fault:
    with pytest.raises(CaseError) as error:
        scenario(case, path)
    assert str(error.value).replace("\n", "").isprintable()
    (fault,) = error.value.faults
    return fault


# Characters that act on what shows them

UNSEEN = {
    "bell": "\x07", "backspace": "\x08", "vertical tab": "\x0b", "form feed": "\x0c",
    "escape": "\x1b", "file separator": "\x1c", "unit separator": "\x1f", "delete": "\x7f",
    "next line": "\x85", "control sequence": "\x9b", "line separator": "\u2028",
    "paragraph separator": "\u2029", "override": "\u202e", "isolate": "\u2066",
    "mark": "\u200f", "noncharacter": "\uffff", "last of a plane": "\U0001ffff",
}  # fmt: skip


@pytest.mark.parametrize("unseen", UNSEEN.values(), ids=UNSEEN)
@pytest.mark.parametrize("before", ["", "Regi", "Register"], ids=["first", "inside", "last"])
def test_a_character_that_acts_is_told_by_row_and_column(
    unseen: str, before: str, tmp_path: Path
) -> None:
    text = f"{before}{unseen}{'Register'[len(before) :]}"
    fault = only_fault(write_case(tmp_path / "small", sources={"paper": {"title": text}}))
    assert (fault.file, fault.row, fault.column) == ("sources.csv", 2, "title")
    assert f"U+{ord(unseen):04X}" in fault.message
    assert "delete it" in fault.message


@pytest.mark.parametrize("unseen", ["\x1b", "\x85", "\u2028", "\u202e"], ids=ascii)
def test_in_ids_headers_and_beyond_the_columns_it_is_told_once(unseen: str, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "id", evidence={"payment": {"source": f"pa{unseen}per"}})
    assert (only_fault(folder).row, only_fault(folder).column) == (6, "source")
    named = table_text(COLUMNS["sources"], source_rows()).replace("\npaper", f"\n{unseen}paper")
    folder = write_case(tmp_path / "listed", sources_csv=named)
    assert (only_fault(folder).row, only_fault(folder).column) == (2, "id")
    headed = EVIDENCE.replace("quantity", f"quan{unseen}tity", 1)
    fault = only_fault(write_case(tmp_path / "header", evidence_csv=headed))
    assert (fault.row, fault.column) == (1, "quantity")
    blank = EVIDENCE.replace("\nkept", f"\n{unseen}\nkept")
    fault = only_fault(write_case(tmp_path / "blank", evidence_csv=blank))
    assert (fault.row, f"U+{ord(unseen):04X}" in fault.message) == (9, True)


def test_a_carriage_return_alone_is_told(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", evidence={"payment": {"note": "seen\rforged"}})
    assert (only_fault(folder).row, only_fault(folder).column) == (6, "note")
    assert "U+000D" in only_fault(folder).message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('title = "A \\u001b[2J trial"', 1, "title"),
        ('title = "A \\u202e trial"', 1, "title"),
        ('title = "A \\rtrial"', 1, "title"),
        ('title = "A \u2028 trial"', 1, "title"),
        ("title = 'A \u202e trial'", 1, "title"),
        ('title = "A \x1b trial"', 1, None),  # no TOML, so of no key
        ('title = "A trial" # \u202e', 1, None),
        ('title = "A trial"\n"ti\\u001btle" = "A trial"', 2, '"ti\\x1btle"'),
        ('title = "A\\nforged line"', 1, "title"),
    ],
    ids=range(9),
)
def test_in_toml_it_is_told_raw_escaped_in_keys_and_in_comments(
    text: str, line: int, column: str | None, tiny: Case, tmp_path: Path
) -> None:
    path = tmp_path / "half.toml"
    path.write_text(HALF.strip().replace('title = "Half the workers"', text), encoding="utf-8")
    fault = scenario_fault(tiny, path)
    assert fault.file == "half.toml"
    if column != '"ti\\x1btle"':
        assert (fault.row, fault.column) == (line, column)
    assert "U+" in fault.message or "one line" in fault.message
    assert str(fault).isprintable()


def test_other_scripts_and_joiners_are_text(tmp_path: Path) -> None:
    title = "Росстат, 통일연구원, السودان, می‌خواهم, 👩‍🌾, e\u0301, 1\u00a0000"
    case = read_case(write_case(tmp_path / "small", sources={"paper": {"title": title}}))
    assert title in set(case.sources["title"])


def test_names_of_files_are_shown_in_one_line(tmp_path: Path, tiny: Case) -> None:
    path = tmp_path / "ha\x1b[2Jlf\nConverged.toml"
    path.write_text(HALF)
    assert "rename it" in scenario_fault(tiny, path).message
    assert "no file" in scenario_fault(tiny, tmp_path / "\x1b[2J.toml").message


# What is no file


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate((LARGEST_TOML if path.suffix == ".toml" else LARGEST) + 1)


STRANGE = {"pipe or a device": make_pipe, "or a device": make_device, "larger than": make_huge}


@pytest.mark.parametrize("words", STRANGE)
@pytest.mark.parametrize("file", ["evidence.csv", "priors.toml", "fx.csv", "prospects.csv"])
def test_what_is_no_file_of_its_size_is_refused(words: str, file: str, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", timeline={"press_arithmetic": None})
    (folder / file).unlink(missing_ok=True)
    STRANGE[words](folder / file)
    fault = faults_of(folder)[0]
    assert (fault.file, words in fault.message) == (file, True)
    assert files_of(folder, ()) is None or words == "larger than"


@pytest.mark.parametrize("words", STRANGE)
def test_scenarios_and_other_prospects_are_files_too(
    words: str, tiny: Case, tmp_path: Path
) -> None:
    path = tmp_path / "half.toml"
    STRANGE[words](path)
    assert words in scenario_fault(tiny, path).message
    assert files_of(tiny.folder, [str(path)]) is None
    (tmp_path / "scenarios").mkdir()
    STRANGE[words](tmp_path / "scenarios" / "baseline.toml")
    assert scenario_paths(tmp_path, []) == [tmp_path / "scenarios" / "baseline.toml"]
    STRANGE[words](tmp_path / "others.csv")
    with pytest.raises(CaseError, match=words):
        other_prospects(tmp_path / "others.csv", tiny)


# What can be known before


@pytest.mark.parametrize("year", [20179, 201, -2018, 0, 10**300])
def test_the_headline_is_a_year(year: int, tmp_path: Path) -> None:
    fault = only_fault(write_case(tmp_path / "small", timeline={"headline": year}))
    assert (fault.file, fault.column) == ("timeline.toml", "headline")


@pytest.mark.parametrize(
    "quantity",
    ["payment.", "plan.", "permit_inflow.", "permit_inflow..open", ".", "working.", ".x"],
)
def test_a_quantity_is_named_in_full(quantity: str, tmp_path: Path) -> None:
    fault = only_fault(write_case(tmp_path / "small", evidence={"kept": {"quantity": quantity}}))
    assert (fault.row, fault.column) == (9, "quantity")


@pytest.mark.parametrize(
    "digits", ["9" * 5000, "0x" + "f" * 5000, "0b" + "1" * 20_000, "1e999", "-" + "9" * 5000]
)
@pytest.mark.parametrize("file", ["priors", "timeline", "reading"])
def test_numbers_of_any_length_are_told(digits: str, file: str, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small")
    path = folder / f"{file}.toml"
    key = {"priors": "p05", "timeline": "headline", "reading": "A"}[file]
    lines = path.read_text().splitlines(keepends=True)
    place = next(place for place, line in enumerate(lines) if line.startswith(f"{key} ="))
    lines[place] = f"{key} = {digits}\n"
    path.write_text("".join(lines))
    fault = only_fault(folder)
    assert fault.file == path.name
    assert len(str(fault)) < 300


def test_a_whole_number_may_have_leading_zeros_without_end() -> None:
    assert whole_number("0" * 5000 + "12") == 12
    assert whole_number("9" * 5000) is None


@pytest.mark.parametrize(
    "text",
    [
        "a." * 5000 + "a = 1",
        "[" + "a." * 5000 + "a]",
        "a = " + "{a." * 30 + "a = 1" + "}" * 30,
        "a = {" + "a." * 5000 + "a = 1}",
        "a = " + "[" * 500 + "]" * 500,
        "\n".join(f"[{'.'.join('a' * depth)}]" for depth in range(1, 60)),
        "a.b.c.d.e.f.g.h.i.j.k = {a.b.c.d.e.f.g.h.i.j.k = 1}",
    ],
    ids=range(7),
)
@pytest.mark.parametrize("file", ["priors", "timeline", "reading", "readings"])
def test_tables_within_tables_end_somewhere(text: str, file: str, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", readings_toml=RIVALS)
    path = folder / f"{file}.toml"
    path.write_text(f"{text}\n{path.read_text()}")
    told = [fault for fault in faults_of(folder) if f"{DEEPEST} deep" in fault.message]
    assert {fault.file for fault in told} == {path.name}


@pytest.mark.parametrize(
    ("value", "unit", "size"),
    [("1e300", "million*million USD/month", "larger"), ("1e-320", "USD/million/month", "smaller")],
)
@pytest.mark.parametrize("role", ["fit", "holdout", "context"])
def test_a_figure_is_a_number_in_its_unit(
    value: str, unit: str, size: str, role: str, tmp_path: Path
) -> None:
    cells = row("plan", "2017-01", "2017-12", "exact", unit, value=value, role=role)
    fault = only_fault(write_case(tmp_path / "small", evidence={"another": cells}))
    assert (fault.row, fault.column) == (13, "value")
    assert size in fault.message


@pytest.mark.parametrize(
    "change",
    ['set = 1e308\nunit = "million USD/month"', 'scale = 1e308\nunit = "million"',
     'path = { "2018-01" = 1e308 }\nunit = "million USD/month"'],
)  # fmt: skip
def test_a_scenario_s_figure_is_a_number_in_its_unit(
    change: str, tiny: Case, tmp_path: Path
) -> None:
    path = tmp_path / "half.toml"
    text = HALF.replace("permit_inflow", "plan").replace('set = 0\nunit = "persons/month"', change)
    path.write_text(text)
    assert "larger than any number" in scenario_fault(tiny, path).message


def test_a_prior_is_a_number_in_its_unit(tmp_path: Path) -> None:
    change = {"plan": {"p95": 1e308, "unit": "million USD/month"}}
    assert "finite" in only_fault(write_case(tmp_path / "small", priors=change)).message


def test_weights_of_readings_add_up_to_a_number(tmp_path: Path) -> None:
    text = RIVALS.replace("weight = 3", "weight = 1e308")
    fault = only_fault(write_case(tmp_path / "small", readings_toml=text))
    assert (fault.file, fault.column) == ("readings.toml", "plan.weight")


@pytest.mark.parametrize("key", ["reliability.B", "credibility.1", "tails.up_to", "errors.off_by"])
def test_a_deviation_of_logs_has_squares(key: str, tmp_path: Path) -> None:
    """One of 1e300 made weights that are no numbers."""
    fault = only_fault(write_case(tmp_path / "small", reading={key: 1e300}))
    assert (fault.file, fault.column) == ("reading.toml", key)
    assert "below 100" in fault.message


@pytest.mark.parametrize("coverage", [1e-300, 0.9999999999999999])
def test_a_coverage_has_a_quantile(coverage: float, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", reading={"range.coverage": coverage})
    assert "write 0.01 to 0.999" in only_fault(folder).message


@pytest.mark.parametrize("name", [b"\xff", b"tab\t", b"line\nforged", b"esc\x1b[2J"])
def test_a_name_that_a_run_cannot_hold_is_told(name: bytes, tmp_path: Path) -> None:
    folder = write_case(tmp_path / os.fsdecode(name))
    assert "rename it" in only_fault(folder).message


@pytest.mark.parametrize("name", [b"\xff", b"esc\x1b[2J"])
def test_no_case_is_begun_under_such_a_name(name: bytes, tmp_path: Path) -> None:
    with pytest.raises(NoRoomError, match="rename it") as error:
        new_case(tmp_path / os.fsdecode(name))
    assert str(error.value).isprintable()
    assert not list(tmp_path.iterdir())


def test_two_rows_of_one_id_are_one_fault_for_readings_too(tmp_path: Path) -> None:
    twice = EVIDENCE + EVIDENCE.splitlines()[9] + "\n"
    text = RIVALS.replace("[share]", '[share]\nbases = { handed_over = "billings" }')
    fault = only_fault(write_case(tmp_path / "small", evidence_csv=twice, readings_toml=text))
    assert (fault.file, fault.column) == ("evidence.csv", "id")


# Time that grows with the file only: any of these took minutes, hours or for ever

LONG = 300_000


@pytest.mark.parametrize(
    "line",
    [
        " " * LONG + "# a comment", "[a]" + " " * LONG + "x", "a" * LONG, "a " * LONG,
        '"' + '\\"' * LONG, "'''" * LONG, '"""' + '"' * LONG, "a = '" + "[" * LONG,
        "#" * LONG, "= " * LONG, "a = [" + "1, " * LONG, "a = " + "1" * LONG + ".x",
    ],
    ids=range(12),
)  # fmt: skip
def test_any_line_of_toml_is_read_in_one_pass(line: str, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", reading_toml=f"{line}\n[echo]\n")
    assert {fault.file for fault in faults_of(folder)} == {"reading.toml"}
    assert len(lines_of(f"a = 1\n{' ' * LONG}# a comment\n[b]\n")) == 2


@pytest.mark.parametrize("text", ["1" * 100_000 + "x", "1" * 100_000 + ".", "1,111" * 20_000])
def test_any_cell_is_read_in_one_pass(text: str, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", evidence={"payment": {"value": text, "unit": text}})
    assert {fault.column for fault in faults_of(folder)} == {"unit", "value"}
    asked = what_if_of(fixed=[f"plan=1{' ' * LONG}x{' ' * LONG}y"])
    assert asked.fixed[0][2].endswith("y")


@pytest.mark.parametrize("length", [81, 100_000])
def test_names_and_titles_have_a_length(length: int, tmp_path: Path) -> None:
    """A table of names takes the memory of the longest for each."""
    name = "x" * length
    fault = only_fault(write_case(tmp_path / "id", firms={"firm_1": {"id": name}}))
    assert (fault.column, "up to 80" in fault.message) == ("id", True)
    title = {"hosts.russia.title": "x" * (300 + length)}
    fault = only_fault(write_case(tmp_path / "title", timeline=title))
    assert (fault.column, "300 at most" in fault.message) == ("hosts.russia.title", True)


def test_segments_and_hosts_have_a_number(tmp_path: Path) -> None:
    cells = {"host": "russia", "region": "r", "sector": "s", "share_p05": "0.1", "share_p95": "0.2"}
    segments = {f"segment_{number}": cells for number in range(2 * MOST_SEGMENTS)}
    folder = write_case(tmp_path / "segments", segments=segments)
    told = [fault for fault in faults_of(folder) if fault.file == "segments.csv"]
    assert [fault.message.startswith("there are 1,002 segments") for fault in told] == [True]
    hosts = {f"hosts.host_{n}": {"title": "H", "currency": "RUB"} for n in range(MOST_HOSTS)}
    told = list(faults_of(write_case(tmp_path / "hosts", timeline=hosts)))
    assert any(f"write {MOST_HOSTS} at most" in fault.message for fault in told)


@pytest.mark.parametrize("ids", [1, 20_000])
def test_a_table_of_nothing_but_errors_is_told_in_part(ids: int, tmp_path: Path) -> None:
    known = {f"source_{number}": {"title": "A study"} for number in range(ids)}
    rows = {
        f"row_{number}": row("plan", "2017-01", "2017-12", "exact", "USD/year", value="7200")
        | {"source": f"nothing_{number}", "host": f"rusia_{number}"}
        for number in range(5000)
    }
    folder = write_case(tmp_path / "small", evidence=rows, sources=known)
    with pytest.raises(CaseError) as error:
        read_case(folder)
    assert len(error.value.faults) == MOST
    head, *lines = str(error.value).splitlines()
    assert len(lines) == MOST
    assert "there may be more" in head


def test_thousands_of_faulty_keys_and_changes_are_told_in_part(tiny: Case, tmp_path: Path) -> None:
    path = tmp_path / "half.toml"
    path.write_text(HALF + '[[changes]]\nquantiti = "plan"\nsacle = 2\n' * 5000)
    with pytest.raises(CaseError) as error:
        scenario(tiny, path)
    assert len(error.value.faults) == MOST
    assert error.value.faults[-1].row is not None
    path.write_text(HALF + HALF.partition("[[")[2].join(["[["] * 9000) + "x = 1")
    with pytest.raises(CaseError):
        scenario(tiny, path)


# One reader, one meaning

ODD_TABLES = {
    "blanks in headers and cells": EVIDENCE.replace("quantity", " quantity\u00a0", 1).replace(
        "\nkept,worker_keeps,", "\n kept ,\tworker_keeps\u3000,"
    ),
    "blank rows and columns": EVIDENCE.replace("\n", ",,\n").replace("\nkept", "\n,,\n\nkept"),
    "line ends of Windows": EVIDENCE.replace("\n", "\r\n"),
    "line ends of old": EVIDENCE.replace("\n", "\r"),
    "a byte-order mark": "\ufeff" + EVIDENCE,
    "text of several lines": EVIDENCE.replace(",fit,\nkept", ',fit,"one, two\n\nthree"\nkept'),
    "small letters": EVIDENCE.replace(",B,2,", ",b,2,"),
}


@pytest.mark.parametrize("text", ODD_TABLES.values(), ids=ODD_TABLES)
def test_reports_and_comparisons_read_what_the_reader_reads(text: str, tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "run" / "inputs", evidence_csv=text))
    plain = read_case(write_case(tmp_path / "plain"))
    saved = SavedRun(tmp_path / "run", {}, {})
    assert set(saved.evidence) == set(case.evidence["id"]) == set(plain.evidence["id"])
    for read in case.evidence.to_dict("records"):
        for column in ("quantity", "host", "unit", "source", "origin", "reliability", "note"):
            assert saved.evidence[read["id"]][column] == read[column]
    told = changed_inputs(case.folder, plain.folder)
    assert all(line.startswith("evidence.csv") for line in told)
    changed = {"text of several lines", "small letters"}
    if text not in [ODD_TABLES[name] for name in changed]:
        assert told == ["evidence.csv: only its layout differs"]


def test_a_comparison_shows_no_character_that_acts(tmp_path: Path) -> None:
    """A run from before such characters were refused, or from a stranger."""
    folders = [tmp_path / name for name in ("plain", "forged")]
    for folder, said in zip(folders, ("seen", "\x1b[2Jseen\u202e\nforged"), strict=True):
        write_case(folder, evidence={"kept": {"note": said}}, timeline={"title": said})
    told = changed_inputs(*folders)
    assert len(told) == 2
    assert all(line.isprintable() for line in told)


@pytest.mark.parametrize(
    "content", [b"\xff", b'"open', b"a,b\n1,2,3\n", b"x" * (LARGEST + 1)], ids=range(4)
)
def test_inputs_of_a_run_that_cannot_be_read_end_in_words(content: bytes, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "run" / "inputs", evidence_csv=content)
    with pytest.raises(ReportError, match=r"evidence\.csv cannot be read"):
        SavedRun(tmp_path / "run", {}, {}).evidence  # noqa: B018
    if len(content) < LARGEST:
        other = write_case(tmp_path / "other")
        assert any("cannot be compared" in line for line in changed_inputs(folder, other))


def test_toml_of_a_run_that_cannot_be_read_ends_in_words(tmp_path: Path) -> None:
    write_case(tmp_path / "run" / "inputs", timeline_toml="[" + "a." * 5000 + "a]")
    with pytest.raises(ReportError, match="deep"):
        SavedRun(tmp_path / "run", {}, {}).timeline  # noqa: B018


def test_names_that_look_like_blanks_or_numbers_stay_names(tmp_path: Path) -> None:
    table = "scenario,host,month,definition,currency,mean\nNA,nan,2018-01,billings,1,\n"
    (tmp_path / "revenue.csv").write_text(table)
    (line,) = SavedRun(tmp_path, {}, {}).revenue.to_dict("records")
    assert (line["scenario"], line["host"], line["currency"]) == ("NA", "nan", "1")
    assert line["mean"] != line["mean"]


def test_a_table_of_commas_has_no_header(tmp_path: Path) -> None:
    fault = only_fault(write_case(tmp_path / "small", fx_csv=",,,\n,,\n"))
    assert (fault.file, "no header" in fault.message) == ("fx.csv", True)
    assert rows_of_text(",,\n") == []


def test_the_files_of_these_tests_are_valid(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"prospects_csv": PROSPECTS, "readings_toml": RIVALS}
    case = read_case(write_case(tmp_path / "small", **changes))
    assert (len(case.prospects), len(case.readings)) == (3, 2)
    (tmp_path / "small" / "scenarios").mkdir()
    (tmp_path / "small" / "scenarios" / "half.toml").write_text(HALF)
    assert [one.name for one in read_scenarios(case, ["half"])] == ["half"]
