"""Numbers in cells and options: read alone, with the sign of percent, or refused in words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from model.case.case import read_case
from model.case.faults import CaseError
from model.case.reader.numbers import explain, fraction, number, option_figures, plain_number
from model.evidence.synthesis import synthesis
from model.sampling.whatif import what_if_of
from tests.case.test_hostile_files import only_fault
from tests.cases import write_case


@pytest.mark.parametrize(
    ("text", "value"),
    [("700", 700.0), ("1600.50", 1600.5), (".5", 0.5), ("5.", 5.0), ("+5", 5.0), ("1e5", 1e5)],
)
def test_a_plain_number_is_read(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("<5", "write 5 and qualifier below"),
        ("fewer than 5", "write 5 and qualifier below"),
        (">700", "write 700 and qualifier above"),
        ("≥700", "write 700 and qualifier at_least"),
        (">= 700", "write 700 and qualifier at_least"),
        ("at least 700", "write 700 and qualifier at_least"),
        ("700+", "write 700 and qualifier at_least"),
        ("700 or more", "write 700 and qualifier at_least"),
        ("≤700", "write 700 and qualifier up_to"),
        ("~700", "write 700 and qualifier about"),
        ("≈ 700", "write 700 and qualifier about"),
        ("c. 700", "write 700 and qualifier about"),
        ("ca. 24 000", "write 24000 and qualifier about"),
        ("100-200", "write low 100, high 200, qualifier range"),
        ("100–200", "write low 100, high 200, qualifier range"),
        ("10–20%", "write low 10%, high 20%, qualifier range"),
        ("between 100 and 200", "write low 100, high 200, qualifier range"),
        ("10±2", "write value 10, low 8, high 12, qualifier range"),
        ("10 +/- 2", "write value 10, low 8, high 12, qualifier range"),
        ("12'500", "write 12500"),
        ("12\u2009500", "write 12500"),
        ("12\u202f500,5", "write 12500.5"),
        ("1.600,50", "write 1600.50"),
        ("1,600.50", "write 1600.50"),
        ("1.600.500", "write 1600500"),
        ("1,00,000", "write 100000"),
        ("２４０００", "write 24000"),
        ("٢٤٠٠٠", "write 24000"),
        ("−5", "is negative"),
        ("-5", "write an amount above zero; for a count of nought write 1 and qualifier 'below'"),
        ("12,5", "write 12.5 if"),
        ("12,500", "write 12500 if the mark groups thousands, or 12.5 if"),
        ("0,5", "write 0.5, with a point"),
        ("700 persons", "write 700; 'persons' belongs in the column unit"),
        ("2bn", "write 2; 'bn' belongs in the column unit"),
        ("$1600", "write 1600; '$' belongs in the column unit"),
        ("-10-20", "is not a number"),
        ("lots", "is not a number; write digits with a point"),
        ("9" * 5000 + "x", "is not a number"),
        ("-" * 5000, "is not a number"),
    ],
)  # fmt: skip
def test_any_other_text_is_refused_with_what_to_write(text: str, advice: str) -> None:
    assert not number(text) >= 0
    assert advice in explain(text, hedged=True, least="above zero")


@pytest.mark.parametrize(
    "text", ["12'500", "1.600,50", "1,600.50", "２４０００", "12 500", "1.600.500"]
)
def test_a_plain_form_is_a_number(text: str) -> None:
    plain = plain_number(text)
    assert plain is not None
    assert number(plain) > 1000


@pytest.mark.parametrize(("text", "value"), [("7%", 0.07), ("1e1%", 0.1), (".5 %", 0.005)])
def test_a_share_may_be_written_in_percent(text: str, value: float) -> None:
    assert fraction(text) == pytest.approx(value, rel=1e-15)
    assert math.isnan(fraction(f"{text}%"))


# In a case


@pytest.mark.parametrize("unit", ["", "percent"])
@pytest.mark.parametrize("value", ["66%", "66 %", "66 percent"])
def test_a_percent_sign_is_the_unit(value: str, unit: str, tmp_path: Path) -> None:
    plain = synthesis(read_case(write_case(tmp_path / "plain")))
    cells = {"handed_over": {"value": value, "unit": unit}}
    case = read_case(write_case(tmp_path / "signed", evidence=cells))
    row = case.evidence.set_index("id").loc["handed_over"]
    assert (row["value"], row["unit"]) == (66.0, "percent")
    assert np.array_equal(synthesis(case).evidence.log_figure, plain.evidence.log_figure)


def test_shares_of_segments_in_percent_are_the_same_priors(tmp_path: Path) -> None:
    cells = {"forestry": {"share_p05": "50%", "share_p95": "90 %"}}
    case = read_case(write_case(tmp_path / "signed", segments=cells))
    assert case.priors == read_case(write_case(tmp_path / "plain")).priors


@pytest.mark.parametrize(
    ("table", "row", "cells", "column", "words"),
    [
        ("evidence", "handed_over", {"value": "66%", "unit": "fraction"}, "value", "'fraction'"),
        ("evidence", "payment", {"value": "66%"}, "value", "the unit is 'RUB/month'"),
        ("evidence", "workers", {"value": "1.600"}, "value", "write 1600 if"),
        ("evidence", "payment", {"value": "100.000"}, "value", "or 100 if"),
        ("evidence", "kept", {"low": "<100"}, "low", "write 100 and qualifier below"),
        ("evidence", "new", {"value": "700+"}, "value", "write 700 and qualifier at_least"),
        ("firms", "firm_1", {"workers_approved": "1.600"}, "workers_approved", "or 1.6 if"),
        ("firms", "firm_1", {"workers_approved": "~120"}, "workers_approved", "write 120"),
        ("firms", "firm_1", {"workers_approved": "12%"}, "workers_approved", "does not belong"),
        ("segments", "forestry", {"share_p05": "0,5"}, "share_p05", "write 0.5"),
        ("segments", "forestry", {"share_p05": "0.5+"}, "share_p05", "write 0.5"),
    ],
)  # fmt: skip
def test_each_table_has_one_fault_where_it_is(
    table: str, row: str, cells: dict[str, str], column: str, words: str, tmp_path: Path
) -> None:
    fault = only_fault(write_case(tmp_path / "small", **{table: {row: cells}}))
    assert fault.column == column
    assert words in fault.message


@pytest.mark.parametrize("rate", ["57,5", "~57.5", "57.5 RUB", "-57.5", "57%"])
def test_a_rate_is_a_number_alone(rate: str, tmp_path: Path) -> None:
    row = {"month": "2018-03", "currency": "RUB", "per_usd": rate, "source": "bank"}
    fault = only_fault(write_case(tmp_path / "small", fx={"a": row}))
    assert (fault.file, fault.column) == ("fx.csv", "per_usd")


def test_figures_in_other_units_may_have_three_decimals(tmp_path: Path) -> None:
    cells = {"workers": {"value": "0.125"}, "official_total": {"low": "1.234"}}
    found = read_case(write_case(tmp_path / "small", evidence=cells)).evidence.set_index("id")
    assert (found.loc["workers", "value"], found.loc["official_total", "low"]) == (0.125, 1.234)


# In options


@pytest.mark.parametrize(
    ("text", "count", "figures"),
    [
        ("100000 RUB/month", 1, ([1e5], "RUB/month")),
        ("2.5:7.5 percent", 2, ([2.5, 7.5], "percent")),
        ("5%:10%", 2, ([5.0, 10.0], "percent")),
        ("0.7", 1, ([0.7], "")),
    ],
)
def test_an_option_is_read(text: str, count: int, figures: tuple[list[float], str]) -> None:
    assert option_figures(text, count, "") == figures


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"fixed": ["permitted_at_start=1.600"]}, "write 1600 if"),
        ({"fixed": ["permitted_at_start=1.600 persons"]}, "or 1.6 if"),
        ({"fixed": ["payment=100,000"]}, "write 100000 if"),
        ({"fixed": ["payment=100000+"]}, "write 100000"),
        ({"priors": ["payment=5 men:6"]}, "more than a number"),
        ({"weights": ["workers=0.5 kg"]}, "a factor of at least 0"),
        ({"readings": ["plan=1 RUB"]}, "from 0 to 1"),
    ],
)  # fmt: skip
def test_an_option_with_more_is_refused(option: dict[str, list[str]], words: str) -> None:
    with pytest.raises(CaseError, match="cannot be read") as error:
        what_if_of(**option)  # type: ignore[arg-type]
    assert words in str(error.value)


def test_weights_may_be_percentages() -> None:
    asked = what_if_of(weights=["workers=50%"], readings=["plan=60 %"], fixed=["keep_share=30%"])
    assert asked.weights == (("workers", 0.5),)
    assert asked.readings == (("plan", 0.6),)
    assert asked.fixed == (("keep_share", 30.0, "percent"),)
