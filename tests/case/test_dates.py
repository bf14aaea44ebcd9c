"""Dates as sources and spreadsheets write them: read, or told what they are."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.archive.comparison import changed_inputs
from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.case.reader.cells import as_read
from model.evidence.row_equations import log_quantities
from model.evidence.synthesis import synthesis
from tests.cases import row, write_case


def case_of(folder: Path, start: str, end: str, row: str = "kept") -> Case:
    return read_case(write_case(folder, evidence={row: {"start": start, "end": end}}))


def fault_of(folder: Path, start: str, end: str) -> tuple[str | None, str]:
    with pytest.raises(CaseError) as error:
        case_of(folder, start, end)
    (fault,) = error.value.faults
    return fault.column, fault.message


@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        ("2017", "2017", "2017-01 2017-12"),
        ("2017", "2018", "2017-01 2018-12"),
        ("2017", "", "2017-01 2017-12"),
        ("2017Q3", "", "2017-07 2017-09"),
        ("2017Q3", "2017-Q4", "2017-07 2017-12"),
        ("2017q1", "2017q1", "2017-01 2017-03"),
        ("FY2017/04", "FY2017/04", "2017-04 2018-03"),
        ("FY2017/07", "", "2017-07 2018-06"),
        ("FY2018/01", "FY2018/01", "2018-01 2018-12"),
        ("2017-02-15", "2017Q4", "2017-02 2017-12"),
    ],
)
def test_a_period_is_its_months(start: str, end: str, window: str, tmp_path: Path) -> None:
    case = case_of(tmp_path, start, end)
    kept = case.evidence.set_index("id").loc["kept"]
    assert f"{kept['start']} {kept['end']}" == window
    # reports read the file of a run by the same words
    cells = as_read({"start": start, "end": end})
    assert f"{cells['start'][:7]} {cells['end'][:7]}" == window
    assert case.warnings == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("43101", "as a spreadsheet counts days it is 2018-01-01: write that"),
        ("43101.0", "as a spreadsheet counts days it is 2018-01-01: write that"),
        ("31.12.2017", "write 2017-12-31"),
        ("12/31/2017", "write 2017-12-31"),
        ("04/05/2017", "write 2017-05-04 or 2017-04-05"),
        ("2017/4", "write 2017-04"),
        ("Dec 2017", "write 2017-12"),
        ("3 December 2017", "write 2017-12-03"),
        ("FY2017", "write FY2017/04 if it runs from April 2017 for a year"),
        ("2017-13", "write YYYY-MM or YYYY-MM-DD, a year, 2017Q3 or FY2017/04"),
        ("FY2017/13", "write YYYY-MM or YYYY-MM-DD, a year, 2017Q3 or FY2017/04"),
        ("2017Q5", "write YYYY-MM or YYYY-MM-DD, a year, 2017Q3 or FY2017/04"),
        ("1850", "is not a date from 1990 to 2100"),
        ("14000", "is not a date from 1990 to 2100"),
        ("31.12.1917", "is not a date from 1990 to 2100"),
        ("Marble 2017", "is not a date from 1990 to 2100"),
        ("sept 2017", "write 2017-09"),
        ("December 31, 2017", "write 2017-12-31"),
        ("00/05/2017", "is not a date from 1990 to 2100"),
        ("later", "is not a date from 1990 to 2100"),
    ],
)
def test_another_date_is_told_what_it_is(text: str, told: str, tmp_path: Path) -> None:
    column, message = fault_of(tmp_path, text, "2018")
    assert column == "start"
    assert told in message


def test_a_month_alone_has_no_end(tmp_path: Path) -> None:
    assert fault_of(tmp_path, "2017-03", "")[0] == "end"


def test_periods_are_in_order(tmp_path: Path) -> None:
    column, message = fault_of(tmp_path, "2018", "2017")
    assert (column, "before the start" in message) == ("end", True)


def test_what_is_typed_stays_in_the_file_and_is_compared(tmp_path: Path) -> None:
    ours = write_case(tmp_path / "ours", evidence={"kept": {"start": "2017", "end": ""}})
    theirs = write_case(tmp_path / "theirs", evidence={"kept": {"start": "2018", "end": ""}})
    changed = changed_inputs(ours, theirs)
    assert any("kept, start" in line and "2017" in line and "2018" in line for line in changed)


# Windows that reach beyond the timeline


def test_of_a_level_the_months_inside_count(tmp_path: Path) -> None:
    case = case_of(tmp_path, "2016-07", "2017-06", "plan")
    plan = case.evidence.set_index("id").loc["plan"]
    assert (str(plan["start"]), str(plan["end"])) == ("2017-01", "2017-06")
    # a rate is not scaled: 7,200 dollars a year are 600 a month in half a year, too
    assert plan["value"] * plan["factor"] == pytest.approx(600.0)
    (said,) = (one for one in case.warnings if one.column == "start")
    assert "2016-07 to 2017-06 is partly outside the timeline" in said.message
    assert "the part inside counts, 2017-01 to 2017-06" in said.message


@pytest.mark.parametrize(
    ("start", "end", "share"),
    [
        ("2018-01", "2019-06", 12 / 18),
        ("FY2018/04", "", 9 / 12),
        # half of June 2018, six months, and two outside
        ("2018-06-16", "2019-02-28", 6.5 / 8.5),
    ],
)
def test_of_a_sum_as_much_of_the_figure_counts(
    start: str, end: str, share: float, tmp_path: Path
) -> None:
    """700 new permits, taken as uniform over the window."""
    case = case_of(tmp_path, start, end, "new")
    said = synthesis(case).evidence
    place = said.ids.index("new")
    figure = math.exp(said.log_figure[place])
    assert figure == pytest.approx(700 * share)
    # what is printed is of the whole window again
    assert figure * said.to_printed[place] == pytest.approx(700)
    assert any("and as much of the figure" in str(one) for one in case.warnings)


def test_a_window_wholly_outside_is_a_fault(tmp_path: Path) -> None:
    column, message = fault_of(tmp_path, "2015", "2016")
    assert (column, "2015-01 lies outside the timeline" in message) == ("start", True)


# Days


def months_counted(folder: Path, start: str, end: str, quantity: str, unit: str) -> float:
    """Months of a sum's window, from what it is where the same arrive in every month."""
    cells = row(quantity, start, end, "about", unit, value="500")
    whole = row(quantity, "2017-01", "2017-03", "about", unit, value="500")
    rows = {"some": cells, "whole": whole}
    parts = synthesis(read_case(write_case(folder, evidence=rows)))
    layout = parts.layout
    found = log_quantities(layout, parts.measured, layout.natural(np.zeros(layout.size)))
    logs = dict(zip(parts.measured.ids, found, strict=True))
    return 3 * math.exp(logs["some"] - logs["whole"])


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2017-02", "2017-04", 3),
        ("2017-02-01", "2017-04-30", 3),
        ("2017-02-01", "2017-02-28", 1),
        ("2017-01-16", "2017-02-15", 16 / 31 + 15 / 28),
        ("2017-04-11", "2017-04-20", 10 / 30),
        ("2017-03-31", "2017-03-31", 1 / 31),
        ("2017-01-16", "2017-03", 2 + 16 / 31),
        ("2017Q2", "2017-07-15", 3 + 15 / 31),
    ],
)
def test_of_a_sum_the_days_inside_count(
    start: str, end: str, months: float, tmp_path: Path
) -> None:
    """New permits are as many in each month of a phase."""
    found = months_counted(tmp_path, start, end, "new_permits", "permits")
    assert found == pytest.approx(months, rel=1e-9)


def test_days_of_a_sum_are_said_and_those_of_a_level_are_not(tmp_path: Path) -> None:
    days = {"start": "2018-01-16", "end": "2018-02-15"}
    case = read_case(write_case(tmp_path, evidence={"new": days, "kept": days}))
    (said,) = case.warnings
    assert "2018-01-16 to 2018-02-15 is not whole months" in said.message
    assert "1.05 months" in said.message
    kept = case.evidence.set_index("id").loc["kept"]
    assert (kept["first_part"], kept["last_part"]) == (1.0, 1.0)


def test_sums_of_other_days_are_other_statements(tmp_path: Path) -> None:
    def weights(folder: Path, **other: Any) -> list[float]:
        one = row("new_permits", "2018-01-16", "2018-02-15", "about", "permits", value="500")
        rows = {"one": one | {"origin": "voice"}, "two": one | {"origin": "voice"} | other}
        said = synthesis(read_case(write_case(folder, evidence=rows))).evidence
        return [said.weight[said.ids.index(name)] for name in ("one", "two")]

    assert weights(tmp_path / "same") == pytest.approx([0.5, 0.5])
    assert weights(tmp_path / "other", end="2018-02-14") == [1.0, 1.0]
