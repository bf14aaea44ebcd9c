"""Rows added to a case, and its evidence as typed: what was changed is read as files are."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.case.faults import CaseError, Fault, Listed, choose, quote
from model.case.reader.cells import records, rows_of_text
from model.case.reader.characters import BLANKS, fault_in
from model.case.reader.evidence import FILE
from model.case.reader.tables import EVIDENCE, SOURCES
from model.case.table_text import header_of, table_text, with_row
from model.equations.subjects import MEASURED_BY_NAME

if TYPE_CHECKING:
    from model.case.case import Case

SOURCES_FILE = "sources.csv"
#: Columns that ``grade`` stands for.
GRADE = ("reliability", "credibility")
NO_GRADE = "write a letter A to F and a digit 1 to 6, such as 'B2'"
#: What to do about a source that is not listed.
NEW_SOURCE = "describe a new one: new_source={'title': …, 'date': …}"
#: Longest id.
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that is to be added, as far as it can be read.

    Attributes
    ----------
    cells : dict of str to str
        The row by column, with what was left out filled in.
    faults : tuple of Fault
        Errors; those of the row have an argument of `added` as their file.
    case : Case or None
        The case with the row, if there are no errors.
    """

    cells: dict[str, str]
    faults: tuple[Fault, ...]
    case: Case | None

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def added(case: Case, given: Mapping[str, object]) -> Case:
    """Return the case with one row more; see `Case.add`.

    Raises
    ------
    CaseError
        With every error in the row.
    """
    draft = drafted(case, given)
    if draft.case is None:
        raise CaseError("the row to add", draft.faults)
    return draft.case


def drafted(case: Case, given: Mapping[str, object]) -> Draft:
    """Read a row that is to be added, together with the case.

    Parameters
    ----------
    case : Case
    given : mapping
        Cells by column, ``grade`` and ``new_source``; see `Case.add`.
    """
    told = dict(given)
    described = told.pop("new_source", None)
    faults: list[Fault] = []
    cells = _cells(told, ["grade", *EVIDENCE.columns], "", faults)
    _split_grade(cells, faults)
    _fill_in(cells, case)
    source = _new_source(case, cells, described, faults)
    if faults:
        # what cannot be written is left out, so that the rest is checked all the same
        wrong = {fault.file for fault in faults}
        cells = {name: "" if name in wrong else cell for name, cell in cells.items()}
        _fill_in(cells, case)
    files = dict(case.files)
    files[FILE] = with_row(files[FILE], cells)
    if source is not None:
        files[SOURCES_FILE] = with_row(files[SOURCES_FILE], source)
    try:
        return Draft(cells, tuple(faults), _unless(faults, _read(case, files)))
    except CaseError as error:
        seen = {(fault.file, fault.column) for fault in faults}
        grown = [name for name in (FILE, SOURCES_FILE) if files[name] != case.files[name]]
        lines = {name: _last_line(files[name]) for name in grown}
        graded = bool(given.get("grade")) or not any(cells.get(name) for name in GRADE)
        found = [
            _of_argument(fault, lines, cells["id"], case, graded=graded) for fault in error.faults
        ]
        if not given.get("end") and "start" in {fault.file for fault in found}:
            seen.add(("end", None))  # it was taken from the start
        faults += [one for one in dict.fromkeys(found) if (one.file, one.column) not in seen]
        return Draft(cells, tuple(sorted(faults, key=_in_order)), None)


def _in_order(fault: Fault) -> int:
    """Return the place of an argument among the columns."""
    columns = list(EVIDENCE.columns)
    name = {"grade": GRADE[0], "new_source": "source"}.get(fault.file, fault.file)
    return columns.index(name) if name in columns else -1


def _unless(faults: list[Fault], case: Case) -> Case | None:
    return None if faults else case


def _read(case: Case, files: Mapping[str, bytes]) -> Case:
    from model.case.case import read_again

    return read_again(case, files)


def typed_evidence(case: Case) -> pd.DataFrame:
    """Return the rows of evidence.csv as typed; see `Case.typed_evidence`."""
    text = _text(case, FILE)
    rows = [row for _, row in rows_of_text(text)]
    return pd.DataFrame(rows, columns=header_of(text), dtype=object)


def with_evidence(case: Case, frame: pd.DataFrame) -> Case:
    """Return the case with other evidence; see `Case.with_evidence`.

    Raises
    ------
    CaseError
        With every error in the table.
    """
    if frame.index.name == "id" and "id" not in frame.columns:
        frame = frame.reset_index()
    columns = [str(column) for column in frame.columns]
    labels = [str(label) for label in frame.index]
    body = [[as_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    rows = [dict(zip(columns, cells, strict=True)) for cells in body]
    ids = [row.get("id", "") for row in rows]
    names = [
        f"row {quote(name)}" if ids.count(name) == 1 else f"row {quote(name)} at {quote(label)}"
        for name, label in zip(ids, labels, strict=True)
    ]
    faults = [
        Fault(name, None, column, wrong)
        for name, cells in zip(names, body, strict=True)
        for column, cell in zip(columns, cells, strict=True)
        if (wrong := fault_in(cell)) is not None
    ]
    faults += [
        Fault("the columns", None, column, "this column occurs twice; remove one")
        for column in sorted({one for one in columns if columns.count(one) > 1})
    ]
    if faults:
        raise CaseError("the evidence", faults)
    text = table_text(columns, rows)
    try:
        return _read(case, {**case.files, FILE: text.encode()})
    except CaseError as error:
        by_line = dict(zip([line for line, _ in records(text)[1:]], names, strict=False))
        raise CaseError(
            "the evidence", [_of_row(fault, by_line) for fault in error.faults]
        ) from None


def as_cell(value: object) -> str:
    """Return a value of Python or pandas as the text of a cell; what is missing is blank."""
    if isinstance(value, str):
        return value.strip(BLANKS)
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, bool | pd.Period):
        return str(value)
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        plain = float(value)
        if math.isnan(plain):
            return ""
        return str(int(plain)) if plain.is_integer() and abs(plain) < 1e15 else repr(plain)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip(BLANKS)


# The row, from what was given


def _cells(
    given: Mapping[str, object], allowed: list[str], of: str, faults: list[Fault]
) -> dict[str, str]:
    """Return the cells by column; report columns that do not exist and text that no file holds."""
    cells = {}
    for name, value in given.items():
        cell = as_cell(value)
        wrong = fault_in(cell)
        if name not in allowed:
            wrong = f"there is no such column; {choose(name, allowed)}"
        if wrong is not None:
            faults.append(Fault(of or name, None, name if of else None, wrong))
        if name in allowed:
            cells[name] = cell
    return cells


def _split_grade(cells: dict[str, str], faults: list[Fault]) -> None:
    """Put the letter and the digit of a grade into their columns."""
    if "grade" not in cells:
        return
    grade = cells.pop("grade")
    both = [name for name in GRADE if cells.get(name)]
    if both and grade:
        message = f"the {both[0]} is given too; give the grade alone"
        faults.append(Fault("grade", None, None, message))
    elif grade and not re.fullmatch("[A-Fa-f][1-6]", grade):
        faults.append(Fault("grade", None, None, f"{quote(grade)} is not a grade; {NO_GRADE}"))
    elif grade:
        cells |= {"reliability": grade[0].upper(), "credibility": grade[1]}


def _fill_in(cells: dict[str, str], case: Case) -> None:
    """Fill in what follows from the rest: the only host, the period's end, the role and the id."""
    if not cells.get("host") and len(case.hosts) == 1:
        cells["host"] = case.hosts[0].name
    cells["end"] = cells.get("end") or cells.get("start", "")
    cells["role"] = cells.get("role") or default_role(cells.get("quantity", ""))
    if not cells.get("id"):
        cells["id"] = _free_id(cells, case)


def default_role(quantity: str) -> str:
    """Return the role of a row that states none: published totals are never fitted."""
    measured = MEASURED_BY_NAME.get(quantity)
    return "holdout" if measured is not None and measured.kind == "total" else "fit"


def _free_id(cells: Mapping[str, str], case: Case) -> str:
    """Return an id that no row has, such as ``plan-2018``."""
    named = "-".join(cells[name] for name in ("quantity", "start") if cells.get(name))
    plain = re.sub(r"[^A-Za-z0-9_.\-]+", "-", named).lstrip("-_.")[: LONGEST - 10] or "row"
    taken = set(case.evidence["id"])
    number = 2
    name = plain
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name


def _new_source(
    case: Case, cells: Mapping[str, str], described: Any, faults: list[Fault]
) -> dict[str, str] | None:
    """Return the row of a new source, or None if the row's source is known or not described."""
    source, known = cells.get("source", ""), set(case.sources["id"])
    if described is None:
        unknown = Listed(known, SOURCES_FILE).unlisted(source) if source else None
        if unknown is not None:
            advice = unknown.replace("add it there", NEW_SOURCE)
            faults.append(Fault("source", None, None, advice))
        return None
    if not isinstance(described, Mapping):
        message = "give the columns of sources.csv by name, such as {'title': …, 'date': …}"
        faults.append(Fault("new_source", None, None, message))
        return None
    if source in known:
        message = (
            f"{quote(source)} is in sources.csv already; leave out its description, or rename it"
        )
        faults.append(Fault("source", None, None, message))
        return None
    allowed = [name for name in SOURCES.columns if name != "id"]
    return {"id": source, **_cells(described, allowed, "new_source", faults)}


# Errors, told in the words of the caller


def _text(case: Case, file: str) -> str:
    return case.files[file].decode("utf-8-sig")


def _last_line(content: bytes) -> int:
    return records(content.decode("utf-8-sig"))[-1][0]


def _of_argument(
    fault: Fault, lines: Mapping[str, int], name: str, case: Case, *, graded: bool
) -> Fault:
    """Return an error in a line that was added as one of the argument that it is due to.

    ``graded`` says that the grade is, or should have been, one argument.
    """
    if fault.row is None or fault.row != lines.get(fault.file):
        return fault
    if fault.file == SOURCES_FILE:
        if fault.column == "id":
            return Fault("source", None, None, fault.message)
        return Fault("new_source", None, fault.column, fault.message)
    if fault.column in GRADE and graded:
        return Fault("grade", None, None, f"the grade is missing; {NO_GRADE}")
    if fault.column == "id" and name in set(case.evidence["id"]):
        taken = f"{quote(name)} is the id of another row; ids must differ"
        return Fault("id", None, None, taken)
    return Fault(fault.column or FILE, None, None, fault.message)


def _of_row(fault: Fault, names: Mapping[int, str]) -> Fault:
    """Return an error in a line of the table as one of the row, which has an id but no line."""
    if fault.file != FILE or fault.row is None:
        return fault

    def named(found: re.Match[str]) -> str:
        return f"occurs in {names.get(int(found[1]), found[0])} too"

    message = re.sub(r"already occurs in row (\d+)", named, fault.message)
    return Fault(names.get(fault.row, "the columns"), None, fault.column, message)
