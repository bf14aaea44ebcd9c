"""Text from files does nothing: not in a terminal, not as markup, not in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.terminal.plain_text import (
    cell_text,
    cleaned,
    csv_text,
    json_text,
    one_line,
    printable,
    table_cell,
)

HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b2Ja\rb\u202egpj\u2066\u2028\x85\x00\x7f\t\b"


def acting(text: str) -> set[str]:
    """Characters of a text that are neither seen nor the end of a line."""
    allowed = {"\n", "\u200c", "\u200d", "\u00ad"}  # joiners and soft hyphens are of scripts
    kinds = ("Cc", "Cs", "Zl", "Zp")
    bidirectional = {*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
    found = {one for one in text if unicodedata.category(one) in kinds or one in bidirectional}
    return found - allowed


def test_nothing_acts_and_the_rest_is_as_it_was() -> None:
    assert acting(HOSTILE)
    assert printable(HOSTILE).startswith("\\x1b]0;title\\x07\\x1b[2J\\x9b2Ja\\rb\\u202egpj")
    kept = "Росстат № 7 – 통일연구원 “$5” [b] :bomb: é 🙂 می‌خواهم\n"
    assert printable(kept) == kept
    assert one_line("a\nwarning: forged") == "a\\nwarning: forged"


@given(st.text())
def test_no_text_acts(text: str) -> None:
    assert not acting(printable(text))
    assert "\n" not in one_line(text)
    assert not acting(one_line(text))
    assert one_line(one_line(text)) == one_line(text)


@given(
    st.recursive(st.none() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one))
)
def test_json_reads_as_the_same_and_does_not_act(content: object) -> None:
    text = json_text(content)
    assert not acting(text)
    assert json.loads(text) == content
    assert not acting(json.dumps(cleaned(content), ensure_ascii=False))


def test_json_of_ordinary_text_is_as_python_writes_it() -> None:
    content = {"a": ["é", 1.5, None, "통일", "\\n"]}
    assert json_text(content) == json.dumps(content, indent=1, ensure_ascii=False) + "\n"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("http://x")', "－1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_to_a_spreadsheet_and_comes_back(text: str) -> None:
    assert table_cell(text).startswith("'")
    if text.isprintable():
        assert cell_text(table_cell(text)) == text


@given(st.text(alphabet=st.characters(codec="utf-8")).filter(lambda one: one == one_line(one)))
def test_cells_come_back(text: str) -> None:
    if not text.startswith("'"):
        assert cell_text(table_cell(text)) == text


def test_numbers_stay_numbers_and_text_is_quoted() -> None:
    table = pd.DataFrame(
        {
            "name": ["=1", "plain", "a, b"],
            "number": [-1.5, 2.0, float("nan")],
            "whole": [-1, 2, 3],
            "mixed": [-1, None, "-x"],
            "=column": [True, False, True],
        }
    )
    rows = list(csv.reader(io.StringIO(csv_text(table))))
    assert rows == [
        ["name", "number", "whole", "mixed", "'=column"],
        ["'=1", "-1.5", "-1", "-1", "True"],
        ["plain", "2.0", "2", "", "False"],
        ["a, b", "", "3", "'-x", "True"],
    ]


def test_an_ordinary_table_is_as_pandas_writes_it() -> None:
    table = pd.DataFrame(
        {
            "scenario": ["baseline", "half"], "month": ["2017-01", "2017-02"],
            "kind": pd.Categorical(["a", "b"]), "q50": [1.123456789e8, -2.0], "n": [1, 2],
            "none": [None, None], "some": [1.5, None], "when": pd.to_datetime(["2017", "2018"]),
        }
    )  # fmt: skip
    for options in ({}, {"float_format": "%.8g"}):
        expected = table.to_csv(index=False, lineterminator="\n", **options)
        assert csv_text(table, **options) == expected
    assert csv_text(table.iloc[:0]) == table.iloc[:0].to_csv(index=False)
