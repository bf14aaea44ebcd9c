"""Tables as spreadsheets keep them: workbooks, and a first line that names the mark of cells."""

from __future__ import annotations

import contextlib
import csv
import io
import random
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from model.case.case import read_case
from model.case.faults import CaseError
from model.case.folders import LARGEST, files_of
from model.case.reader.cells import records
from model.case.reader.workbooks import OTHERS, WorkbookError, csv_of_workbook
from model.evidence.synthesis import synthesis
from tests.case.test_hostile_files import faults_of, only_fault
from tests.cases import COLUMNS, evidence_rows, table_text, write_case

EVIDENCE = table_text(COLUMNS["evidence"], evidence_rows())
TABLES = ("evidence", "sources", "segments", "firms")


def book_of(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(text: str) -> Any:
    """A cell as a spreadsheet takes it: numbers as numbers, a day as a date."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text or None


def rows_of(text: str) -> list[list[Any]]:
    header, *rows = csv.reader(io.StringIO(text))
    return [header, *([typed(cell) for cell in row] for row in rows)]


def formatted(value: Any, number_format: str) -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = value
    book.active["A1"].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("renamed", [False, True])
@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_read_from_a_workbook(table: str, renamed: bool, tmp_path: Path) -> None:
    plain = read_case(write_case(tmp_path / "plain"))
    folder = write_case(tmp_path / "book")
    path = folder / f"{table}.csv"
    content = book_of(("notes", [["other"]]), (table, rows_of(path.read_text(encoding="utf-8"))))
    path.unlink()
    (path if renamed else path.with_suffix(".xlsx")).write_bytes(content)
    case = read_case(folder)
    assert case.warnings == ()
    assert case.priors == plain.priors
    assert case.firms.equals(plain.firms)
    assert case.sources.equals(plain.sources)
    ours, theirs = synthesis(case).evidence, synthesis(plain).evidence
    assert np.array_equal(ours.log_figure, theirs.log_figure)
    assert case.evidence["start"].equals(plain.evidence["start"])
    # what a run keeps is plain CSV under the table's name
    kept = write_case(tmp_path / "kept")
    (kept / f"{table}.csv").write_bytes(case.files[f"{table}.csv"])
    assert read_case(kept).evidence.equals(case.evidence)


def test_a_stored_answer_is_looked_up_only_without_workbooks(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small")
    assert files_of(folder, ()) is not None
    (folder / "fx.xlsx").write_bytes(b"")
    assert files_of(folder, ()) is None


def test_a_workbook_beside_its_table_is_told(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small")
    (folder / "evidence.xlsx").write_bytes(book_of(("evidence", [["id"]])))
    (warning,) = read_case(folder).warnings
    assert warning.file == "evidence.xlsx"
    assert "is not read, because evidence.csv lies beside it" in warning.message


def test_a_fault_names_the_workbook_and_its_row(tmp_path: Path) -> None:
    rows = rows_of(EVIDENCE)
    rows.insert(1, [])
    rows[6][rows[0].index("value")] = "~700"
    folder = write_case(tmp_path / "small", evidence_csv=None)
    (folder / "evidence.xlsx").write_bytes(book_of(("sheet", rows)))
    fault = only_fault(folder)
    assert (fault.file, fault.row, fault.column) == ("evidence.xlsx", 7, "value")


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (24000.0, "General", "24000"),
        (0.1, "General", "0.1"),
        (1e-7, "General", "1E-7"),
        (1e300, "General", "1E+300"),
        (0.66, "0%", "66%"),
        (0.07, "0.00%", "7%"),
        (0.66, '0.00" %"', "0.66"),
        (True, "General", "TRUE"),
        (datetime(2017, 12, 1), "yyyy-mm-dd", "2017-12-01"),
        (datetime(2017, 12, 1), "mmm-yy", "2017-12"),
        (datetime(2017, 12, 1), "yyyy", "2017"),
        ("two\nlines", "General", "two lines"),
        ('a "b", c', "General", '"a ""b"", c"'),
    ],
)
def test_a_cell_is_written_as_it_is_shown(value: Any, number_format: str, text: str) -> None:
    assert csv_of_workbook(formatted(value, number_format), "any").strip() == text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (book_of(("one", [["id"]]), ("two", [["id"]])), "no sheet is named 'evidence'"),
        (formatted("=1+1", "General"), "cell A1 is a formula without a value"),
        (formatted("#N/A", "General"), "cell A1 holds the error '#N/A'"),
        (formatted(time(12, 30), "h:mm"), "cell A1 holds a time of day"),
        (b"PK\x03\x04", "is damaged or cut off"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a workbook of before 2007"),
    ],
    ids=range(6),
)
def test_what_cannot_be_read_is_one_fault(content: bytes, words: str, tmp_path: Path) -> None:
    fault = only_fault(write_case(tmp_path / "small", evidence_csv=content))
    assert fault.file == "evidence.csv"
    assert words in fault.message


def zip_of(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"mimetype": b"", "content.xml": b""}, "a workbook of LibreOffice"),
        ({"Index/Document.iwa": b""}, "no workbook of Excel"),
        ({"xl/workbook.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]>"}, "defines entities"),
        ({"xl/workbook.xml": b"<a/>"}, "cannot be read"),
        ({"xl/workbook.xml": b"", "big": bytes(LARGEST + 1)}, "larger than 32 MB"),
        ({"xl/workbook.xml": b"", **{str(i): b"" for i in range(1000)}}, "larger than"),
    ],
    ids=range(6),
)
def test_other_archives_are_refused(parts: dict[str, bytes], words: str) -> None:
    with pytest.raises(WorkbookError, match=words):
        csv_of_workbook(zip_of(parts), "evidence")


@pytest.mark.parametrize("ending", OTHERS)
@pytest.mark.parametrize("table", ["evidence", "fx"])
def test_workbooks_of_other_programs_are_told(ending: str, table: str, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", **{f"{table}_csv": None})
    (folder / f"{table}{ending}").write_bytes(b"anything")
    fault = only_fault(folder)
    assert fault.file == f"{table}{ending}"
    assert "save it as CSV UTF-8 or as .xlsx" in fault.message


def changed(content: bytes, rng: random.Random) -> bytes:
    """A workbook with some bytes of it, or of its parts, changed."""
    if rng.random() < 0.3:
        cut = bytearray(content)
        for _ in range(rng.randint(1, 5)):
            cut[rng.randrange(len(cut))] = rng.randrange(256)
        return bytes(cut)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {one: bytearray(file.read(one)) for one in file.namelist()}
    part = parts[rng.choice(list(parts))]
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(part))
        part[at : at + rng.choice([0, 1, 9])] = rng.choice([b"", b"9", b"1e999", b"<", b'"', b"\0"])
    return zip_of({name: bytes(part) for name, part in parts.items()})


@pytest.mark.parametrize("seed", range(60))
def test_any_workbook_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    content = book_of(("evidence", rows_of(EVIDENCE)))
    content = changed(content, random.Random(seed))
    folder = write_case(tmp_path / "small", evidence_csv=content)
    with contextlib.suppress(CaseError):  # and no other error
        read_case(folder)


# sep=


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("first", ["sep=,", "SEP=,", '"sep=,"', "sep=,,,,", "sep=;", "sep=\t"])
def test_a_line_that_names_the_mark_is_passed_over(first: str, end: str, tmp_path: Path) -> None:
    plain = read_case(write_case(tmp_path / "plain"))
    out = io.StringIO()
    mark = first.strip('"')[4]
    rows = list(csv.reader(io.StringIO(EVIDENCE)))
    rows[5][rows[0].index("note")] = "with ; and , within"
    csv.writer(out, delimiter=mark, lineterminator=end).writerows(rows)
    text = f"{first}{end}{out.getvalue()}"
    case = read_case(write_case(tmp_path / "marked", evidence_csv=text.encode()))
    assert np.array_equal(synthesis(case).evidence.log_figure, synthesis(plain).evidence.log_figure)
    assert (case.evidence["row"] == plain.evidence["row"] + 1).all()


def test_rows_below_it_keep_their_numbers(tmp_path: Path) -> None:
    text = "sep=,\n" + EVIDENCE.replace("24000", "lots")
    fault = only_fault(write_case(tmp_path / "small", evidence_csv=text))
    assert (fault.row, fault.column) == (3, "value")


@pytest.mark.parametrize("text", ["sep=", "sep=x\na,b\n", "sep=,", "sep=;;;\n", "a\nsep=,\n"])
def test_other_first_lines_are_the_header(text: str, tmp_path: Path) -> None:
    assert isinstance(records(text), list)
    assert faults_of(write_case(tmp_path / "small", evidence_csv=text))
