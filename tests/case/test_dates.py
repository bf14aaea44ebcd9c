"""Dates as sources and spreadsheets write them: read, or told what they are."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.evidence.measurement import measurement
from model.evidence.synthesis import synthesis
from tests.cases import write_case


def case_of(folder: Path, start: str, end: str, row: str = "kept") -> Case:
    return read_case(write_case(folder, evidence={row: {"start": start, "end": end}}))


@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        ("2017", "2017", "2017-01 2017-12"),
        ("2017", "2018", "2017-01 2018-12"),
        ("2017Q3", "2017-Q4", "2017-07 2017-12"),
        ("2017q1", "2017q1", "2017-01 2017-03"),
        ("FY2017/04", "FY2017/04", "2017-04 2018-03"),
        ("FY2018/01", "FY2018/01", "2018-01 2018-12"),
        ("2017-02-15", "2017Q4", "2017-02 2017-12"),
    ],
)
def test_a_period_is_its_months(start: str, end: str, window: str, tmp_path: Path) -> None:
    kept = case_of(tmp_path, start, end).evidence.set_index("id").loc["kept"]
    assert f"{kept['start']} {kept['end']}" == window


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("43101", "as a spreadsheet counts days it is 2018-01-01: write that"),
        ("31.12.2017", "write 2017-12-31"),
        ("04/05/2017", "write 2017-05-04 or 2017-04-05"),
        ("2017/4", "write 2017-04"),
        ("Dec 2017", "write 2017-12"),
        ("3 December 2017", "write 2017-12-03"),
        ("FY2017", "does not say which month it begins in; write FY2017/04 for April"),
        ("2017-13", "write YYYY-MM or YYYY-MM-DD, a year, 2017Q3 or FY2017/04"),
        ("1850", "is not a date from 1990 to 2100"),
        ("later", "is not a date from 1990 to 2100"),
    ],
)
def test_another_date_is_told_what_it_is(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError) as error:
        case_of(tmp_path, text, "2018")
    (fault,) = error.value.faults
    assert (fault.column, told in fault.message) == ("start", True), fault


def test_of_a_stock_the_months_inside_count(tmp_path: Path) -> None:
    case = case_of(tmp_path, "2016-01", "2017-12")
    kept = case.evidence.set_index("id").loc["kept"]
    assert (str(kept["start"]), str(kept["end"]), kept["factor"]) == ("2017-01", "2017-12", 1.0)
    (said,) = (one for one in case.warnings if one.column == "start")
    assert "2016-01 to 2017-12 is partly outside the timeline" in said.message


def test_of_a_sum_as_much_of_the_figure_counts(tmp_path: Path) -> None:
    """700 permits of 2018 and the half year after it, of which twelve months are modelled."""
    case = case_of(tmp_path, "2018-01", "2019-06", "new")
    said = synthesis(case).evidence
    place = said.ids.index("new")
    assert said.log_figure[place] == pytest.approx(math.log(700 * 12 / 18))
    # what is printed is of the whole window again
    assert math.exp(said.log_figure[place]) * said.to_printed[place] == pytest.approx(700)
    rows = case.evidence[case.evidence["id"] == "new"]
    windows = measurement(case, synthesis(case).layout, rows).windows
    assert (windows["first"].item(), windows["stop"].item()) == (12, 24)
    assert any("12 of 18 months, and as much of the figure" in str(one) for one in case.warnings)


def test_a_window_wholly_outside_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="2015-01 lies outside the timeline"):
        case_of(tmp_path, "2015", "2016")
