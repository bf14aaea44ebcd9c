"""Any bytes in any file of a case: a case or a report in words, and nothing else.

Files are changed as bytes, as tables (cells, rows, columns) and as TOML (lines, keys, values).
The suite tries 2,000 examples here and in ``test_fuzz_runs``, always the same; ``make fuzz`` tries
many others, and ``FUZZ_EXAMPLES`` sets how many.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from model.archive.comparison import changed_inputs
from model.archive.summary import summary
from model.archive.under_scenarios import Results
from model.case.case import Case, read_case
from model.case.contents import Scenario
from model.case.faults import CaseError
from model.case.reader.characters import fault_in
from model.case.reader.scenarios import read_scenarios
from model.evidence.synthesis import Synthesis, synthesis
from model.question import WhatIf
from model.sampling.rivals import check_heard, mixed, rivals
from reports.saved_run import SavedRun
from tests.cases import row as claim
from tests.cases import write_case
from tests.reports.runs import PASSED, PROSPECTS, RIVALS, prior_draws, write_scenarios

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1550"))
#: Other currencies, prices, times and dates than those of the accounts.
UNITS = {
    "kept": {"unit": "KRW/week", "start": "2017Q1", "end": "2018", "low": "40000", "high": "60000"},
    "new": {"start": "2018-01-16", "end": "2019-02-15"},
    "shift": claim("upkeep", "FY2017/04", "", "about", "EUR2017/shift", value="7"),
    "hour": claim("wage_fund", "2018-03-01", "2018-04", "about", "RUB/hour", value="200"),
}
WORKED = {
    "days_worked": {"p05": 22, "p95": 30, "unit": "days/month", "basis": "a guess"},
    "hours_worked": {"p05": 8, "p95": 16, "unit": "hours/day", "basis": "a guess"},
}
CHANGE = {"from": "2018-06", "currency": "HRK", "per_new": 10.0}
PRICES = "month,currency,index,source\n" + "".join(
    f"{year}-{month:02},EUR,{100 + month},made up\n"
    for year in (2017, 2018)
    for month in range(1, 13)
)
RATE = {"month": "2018-03", "currency": "RUB", "per_usd": "57.5", "source": "central bank"}
NAMES = ("half", "double", "dearer")

#: Pieces with a meaning to some reader, or of a size that none expects.
PIECES = (
    "", " ", "\n", "\r", "\r\n", "\t", "\0", "\x07", "\x0b", "\x0c", "\x1b[2J", "\x1c", "\x7f",
    "\x85", "\x9b31m", "\xa0", "\u200b", "\u2028", "\u202e", "\u2066", "\ufeff", "\uffff", "é",
    "통일", ",", ";", '"', "'", '"""', "'''", "\\", "\\u001b", "\\ud800", "#", "=", ".", "..", "[",
    "]", "[[", "{", "}", "+", "-", "*", "/", "not ", "/same", "[/b]", ":bomb:", "=cmd()", "%s",
    "{0}", "0", "-0", "1", "-1", "007", "1e308", "1e-320", "1e999", "nan", "inf", "9" * 400,
    "9" * 5000, "0x" + "f" * 5000, "1_000", "1,000", "a." * 60, "(" * 60, "[" * 60, "x" * 3000,
    "true", "payment", "payment.", "permit_inflow.open", "working", "total_billings", "plan",
    "segment_share", "russia", "forestry", "forestry+forestry", "not forestry", "paper", "workers",
    "handed_over", "fit", "holdout", "context", "range", "spread", "about", "up_to", "incomplete",
    "A", "b", "6", "RUB", "USD", "EUR", "RUB/month", "USD/year", "percent", "fraction", "persons",
    "permits", "1/year", "million*million*million USD/year", "1/million/million", "wage_fund",
    "billings", "1990-01", "2017-01", "2018-12", "2100-12", "2017-13", "0000-00", "2018-02-30",
    "20179", "2018", "sep=;\n", "sep=,\r\n", "PK\x03\x04", "66%", "<5", "700+", "10±2", "100–200",
    "1.600", "12,5", "1'600", "٢٤", "p10", "p90", "mean", "sd",
)  # fmt: skip
#: Endings that make another number of a number.
SIZES = ("0", "00000", "1", ".5", "e1", "e-3", "e9", "e-9", "e30", "e-30", "e300", "e-300")
pieces = st.sampled_from(PIECES) | st.text(max_size=8) | st.floats().map(repr)


@st.composite
def changed_bytes(draw: st.DrawFn, content: bytes) -> bytes:
    """A file with some bytes replaced."""
    at = draw(st.integers(0, len(content)))
    gap = draw(st.sampled_from([0, 0, 1, 2, 40, len(content)]))
    new = draw(st.binary(max_size=4) | pieces.map(lambda text: text.encode("utf-8", "replace")))
    return content[:at] + new + content[at + gap :]


@st.composite
def changed_table(draw: st.DrawFn, content: bytes) -> bytes:
    """A table with a cell, a row or a column changed."""
    text = content.decode("utf-8", "replace").replace("\0", "")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:  # a cell longer than any
        return content
    rows = [row for row in rows if row] or [[""]]
    row = draw(st.integers(0, len(rows) - 1))
    column = draw(st.integers(0, len(rows[row]) - 1))
    other = draw(st.integers(0, len(rows) - 1))
    ways = ["cell", "end", "size", "size", "copy", "copy", "copy", "row", "again", "swap", "column"]
    way = draw(st.sampled_from(ways))
    if way == "cell":
        rows[row][column] = draw(pieces)
    elif way == "end":
        rows[row][column] += draw(pieces)
    elif way == "size":
        rows[row][column] += draw(st.sampled_from(SIZES))
    elif way == "copy":
        rows[row][column] = rows[other][min(column, len(rows[other]) - 1)]
    elif way == "row":
        del rows[row]
    elif way == "again":
        rows.insert(other, list(rows[row]))
    elif way == "swap":
        rows[row], rows[other] = rows[other], rows[row]
    else:
        rows = [cells[:column] + cells[column + 1 :] for cells in rows]
    out = io.StringIO()
    csv.writer(out, lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"]))).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


@st.composite
def changed_toml(draw: st.DrawFn, content: bytes) -> bytes:
    """A TOML file with a line, a key or a value changed."""
    lines = content.decode("utf-8", "replace").split("\n")
    row, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    key, equals, value = lines[row].partition(" = ")
    ways = ["value", "text", "key", "size", "size", "of other", "out", "again", "swap"]
    way, new = draw(st.sampled_from(ways)), draw(pieces)
    if way == "value":
        lines[row] = f"{key}{equals}{new}"
    elif way == "text":
        lines[row] = f'{key}{equals}"{new}"'
    elif way == "key":
        lines[row] = f"{new}{equals}{value}"
    elif way == "size":
        lines[row] += draw(st.sampled_from(SIZES))
    elif way == "of other":
        lines[row] = f"{key}{equals}{lines[other].partition(' = ')[2]}"
    elif way == "out":
        del lines[row]
    elif way == "again":
        lines.insert(other, lines[row])
    else:
        lines[row], lines[other] = lines[other], lines[row]
    return "\n".join(lines).encode("utf-8", "replace")


#: Firms with a contract and the workers of another, and what ties them.
FIRMS = {
    "firm_2": {"name": "Another", "host": "russia", "source": "paper", "same_workers_as": "firm_1"},
    "firm_3": {
        "name": "A third", "host": "russia", "source": "paper", "contract": "180000",
        "contract_currency": "USD",
    },
}  # fmt: skip
LINKS = """\
firm,other,kind,source,note
firm_1,firm_2,address,paper,one house
firm_2,firm_3,owner,newspaper,
"""


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a run's, with a case that has every file there is as its inputs."""
    folder = tmp_path_factory.mktemp("fuzz") / "run"
    inputs = write_case(
        folder / "inputs", prospects_csv=PROSPECTS, readings_toml=RIVALS, fx={"1": RATE},
        prices_csv=PRICES, evidence=UNITS, priors=WORKED, firms=FIRMS, links_csv=LINKS,
        timeline={"hosts.russia.became": [CHANGE]},
    )  # fmt: skip
    write_scenarios(inputs / "scenarios")
    return folder


FILES = (
    "evidence.csv", "sources.csv", "segments.csv", "firms.csv", "links.csv", "fx.csv",
    "prices.csv",
    "prospects.csv", "priors.toml", "timeline.toml", "reading.toml", "readings.toml",
    "scenarios/half.toml",
)  # fmt: skip


def changed(draw: Callable[..., Any], file: str, content: bytes) -> bytes:
    """A file changed once or several times, more often in its own form than as bytes."""
    own = changed_table if file.endswith(".csv") else changed_toml
    ways = st.sampled_from([own, own, own, own, changed_bytes])
    for change in draw(st.lists(ways, min_size=1, max_size=2)):
        content = draw(change(content))
    return content


def read(inputs: Path) -> tuple[Case, tuple[Scenario, ...]] | None:
    """The case and its scenarios, or None with the report looked at."""
    refused: CaseError | None = None
    try:
        case = read_case(inputs)
        scenarios = read_scenarios(case, NAMES)
        rivals(case, WhatIf())
    except CaseError as error:
        refused = error
    if refused is None:
        assert all(str(warning).isprintable() for warning in case.warnings)
        assert fault_in(case.in_short) is None
        assert "\n" not in case.in_short
        return case, scenarios
    head, *lines = str(refused).split("\n")
    assert head.endswith("nothing was written")
    assert len(lines) == len(refused.faults) > 0
    assert all(line.isprintable() and len(line) < 1000 for line in (head, *lines))
    return None


def listing(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def examples(share: int = 1) -> Any:
    return settings(
        max_examples=max(EXAMPLES // share, 1), deadline=None, database=None,
        derandomize="FUZZ_EXAMPLES" not in os.environ,  # the suite repeats itself
        phases=[Phase.generate, Phase.shrink], print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip


def with_change(run_folder: Path, data: st.DataObject, look: Callable[[Path], None]) -> None:
    """Change one file of the inputs, look, and put it back; nothing else may have changed."""
    file = data.draw(st.sampled_from(FILES), label="file")
    path = run_folder / "inputs" / file
    content = path.read_bytes()
    new = changed(data.draw, file, content)
    before = listing(run_folder) | {str(path): new}
    path.write_bytes(new)
    try:
        look(run_folder)
        assert listing(run_folder) == before
    finally:
        path.write_bytes(content)


@pytest.mark.slow
@examples()
@given(data=st.data())
def test_any_file_gives_a_case_or_a_report(run_folder: Path, data: st.DataObject) -> None:
    with_change(run_folder, data, look_at_the_reading)


def look_at_the_reading(run_folder: Path) -> None:
    """A case that is read is read alike by reports and comparisons, and becomes finite arrays."""
    found = read(run_folder / "inputs")
    if found is None:
        return
    case, _ = found
    saved = SavedRun(run_folder, {}, {})
    assert set(saved.evidence) == set(case.evidence["id"])
    for row in case.evidence.to_dict("records"):
        told = saved.evidence[row["id"]]
        for column in ("quantity", "source", "origin", "reliability", "said_by", "note"):
            assert told[column] == row[column]
    assert set(saved.sources) == set(case.sources["id"])
    assert set(saved.segments) == {segment.id for segment in case.segments}
    assert saved.timeline["title"] == case.title
    assert all(saved.basis(prior.label) for prior in case.priors if prior.name != "segment_share")
    assert changed_inputs(case.folder, case.folder) == []
    finite(synthesis(case))


def finite(parts: Synthesis) -> None:
    for part in (parts.layout, parts.measured, parts.evidence):
        for field in dataclasses.fields(part):
            array = getattr(part, field.name)
            if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                assert np.isfinite(array).all(), field.name


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # absurd figures overflow
@examples(share=10)
@given(data=st.data())
def test_a_case_that_is_read_can_be_answered(run_folder: Path, data: st.DataObject) -> None:
    """All of the work after the sampling, on a few draws of the prior in place of a posterior."""
    with_change(run_folder, data, look_at_the_answer)


def look_at_the_answer(run_folder: Path) -> None:
    found = read(run_folder / "inputs")
    if found is None:
        return
    case, scenarios = found
    told = rivals(case, WhatIf())
    try:
        check_heard(told, 10)
    except CaseError:
        return
    fits = [prior_draws(case, draws=10, parts=one.parts) for one in told]
    posterior = mixed(synthesis(case), fits, told, 10) if told else prior_draws(case, draws=10)
    results = Results.of(case, posterior, scenarios, None, PASSED, rivals=told)
    assert summary(results)["case"] == case.title
