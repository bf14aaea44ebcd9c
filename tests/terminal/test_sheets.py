"""Workbooks: text is text, numbers come back, bytes repeat, and what others saved is told."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from model.terminal.sheets import Sheet, untouched, workbook

ROOT = Path(__file__).parents[2]
TEXTS = ["=1+1", "+1", "-1", "@SUM(A1)", " =HYPERLINK(\"http://x\")", "\x1b[2J", "a\nb", "plain",
         "#REF!", "\u202etxt", "http://example.org", "TRUE", "1e5", "x" * 40_000]  # fmt: skip


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_no_text_is_a_formula_a_link_or_a_number() -> None:
    table = pd.DataFrame({"=A1": TEXTS})
    (page,) = read(workbook([Sheet("one", table)], "=1+1"))
    cells = [row[0] for row in page.iter_rows()]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    values = [cell.value for cell in cells[1:]]
    assert values[:5] == TEXTS[:5]
    assert values[5:7] == [r"\x1b[2J", r"a\nb"]
    assert values[9] == r"\u202etxt"
    assert len(values[-1]) == 32_767
    assert [cell.quotePrefix for cell in cells[1:6]] == [True] * 5
    assert not cells[8].quotePrefix


def test_numbers_come_back_and_what_is_none_is_empty() -> None:
    numbers = [1.5e9, 0.1234567890123, -3, None, float("nan"), float("inf"), True]
    (page,) = read(workbook([Sheet("one", pd.DataFrame({"n": pd.Series(numbers, dtype=object)}))],
                            "t"))  # fmt: skip
    found = [row[0].value for row in page.iter_rows(min_row=2, max_row=len(numbers) + 1)]
    assert found == [1.5e9, 0.1234567890123, -3, None, None, None, True]


MAKE = """
import sys, pandas as pd
from model.terminal.sheets import Sheet, workbook
table = pd.DataFrame({"a": [1.5, 2.0], "b": ["x", "=y"]})
sys.stdout.buffer.write(workbook([Sheet("one", table), Sheet("two", table)], "t"))
"""


def test_the_same_tables_give_the_same_bytes_whenever_they_are_written() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", MAKE], cwd=ROOT, check=True, capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }  # fmt: skip
    assert len(found) == 1
    assert found.pop()[:2] == b"PK"


def test_a_workbook_that_somebody_saved_is_theirs(tmp_path: Path) -> None:
    path = tmp_path / "one.xlsx"
    path.write_bytes(workbook([Sheet("one", pd.DataFrame({"a": [1]}))], "t <b>"))
    assert untouched(path)
    openpyxl.load_workbook(path).save(path)
    assert not untouched(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a thesis"])
def test_what_is_no_workbook_is_a_stranger_s(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "one.xlsx"
    path.write_bytes(content)
    assert not untouched(path)
    assert not untouched(tmp_path)
    assert not untouched(tmp_path / "none")
