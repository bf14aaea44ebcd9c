"""Tables kept as a workbook: a sheet of an .xlsx file as the text of a CSV file."""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from model.case.faults import cut, quote
from model.case.folders import LARGEST
from model.case.reader.cells import MOST_COLUMNS, MOST_ROWS

#: First bytes of a zip file, which a workbook is, and of the format that Excel wrote before 2007.
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: Most files inside a workbook, several times those of any.
MOST_PARTS = 1000

INSTEAD = "save it as CSV UTF-8 or as .xlsx"
#: Workbooks of other programs, by the ending of their name.
OTHERS = {
    ".xls": "a workbook of before 2007",
    ".xlsb": "a binary workbook",
    ".xlsm": "a workbook with macros",
    ".ods": "a workbook of LibreOffice",
    ".numbers": "a workbook of Numbers",
}

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class WorkbookError(ValueError):
    """A workbook from which no table can be read; ``row`` and ``column`` say where, if known."""

    def __init__(self, message: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.row, self.column = row, column


def is_workbook(content: bytes) -> bool:
    """Return whether a file begins as a workbook does, whatever its name is."""
    return content.startswith((ZIP, OLE))


def csv_of_workbook(content: bytes, table: str) -> str:
    """Return a sheet as the text of a CSV file, row by row.

    Dates become ``YYYY-MM-DD`` (``YYYY-MM`` where the cell shows no day), cells in a format of
    percent get a percent sign, and other numbers are written as short as they can be read back.
    A line break within a cell becomes a blank, so that rows keep their numbers.

    Parameters
    ----------
    content : bytes
        The file.
    table : str
        Name of the sheet; a workbook of one sheet may name it as it likes.

    Raises
    ------
    WorkbookError
        If the file is no workbook that can be read, or a cell has no value.
    """
    _check_parts(content)
    import openpyxl  # only for who keeps a workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the workbook has besides values
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = _sheet(book, table)
            values = _rows(sheet)
            if _has_formulas(content):
                again = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
                _check_calculated(values, _rows(again[sheet.title]))
            return _text(values)
    except (WorkbookError, MemoryError):
        raise
    except Exception as error:  # a library for files of any origin raises errors of any type
        why = cut(str(error) or type(error).__name__)
        raise WorkbookError(f"the workbook cannot be read ({why}); {INSTEAD}") from None


def _check_parts(content: bytes) -> None:
    """Raise unless this is a zip file of a size and kind that can be read."""
    if content.startswith(OLE):
        what = f"{OTHERS['.xls']}, or one with a password"
        raise WorkbookError(f"this is {what}; {INSTEAD}, without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = file.infolist()
            names = {part.filename for part in parts}
            # no more than these sizes is ever unpacked
            if sum(part.file_size for part in parts) > LARGEST or len(parts) > MOST_PARTS:
                message = f"unpacked, it is larger than {LARGEST // 2**20} MB, more than is read"
                raise WorkbookError(f"{message}; save the table alone")
            if "xl/workbook.xml" not in names:
                ods = "content.xml" in names
                what = OTHERS[".ods"] if ods else "no workbook of Excel"
                raise WorkbookError(f"this is {what}; {INSTEAD}")
            if any(b"<!ENTITY" in file.read(one) for one in parts if one.filename.endswith("xml")):
                raise WorkbookError(f"it defines entities, as no workbook does; {INSTEAD}")
    except WorkbookError:
        raise
    except Exception:  # of a damaged zip file: of many types
        message = f"this begins as a workbook does, but is damaged or cut off; {INSTEAD}"
        raise WorkbookError(message) from None


def _sheet(book: Any, table: str) -> Any:
    sheets = book.worksheets
    named = [sheet for sheet in sheets if sheet.title.strip().casefold() == table.casefold()]
    if not named and len(sheets) != 1:
        names = ", ".join(quote(sheet.title) for sheet in sheets[:5]) or "none"
        raise WorkbookError(f"no sheet is named {table!r} (there are {names}); name one so")
    return (named or sheets)[0]


def _rows(sheet: Any) -> list[Sequence[Any]]:
    """Return the cells of a sheet's rows, one more of each than is allowed."""
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1)
    return _without_blank_ends(rows)


def _without_blank_ends(rows: Iterator[Sequence[Any]]) -> list[Sequence[Any]]:
    found = [_cut(row) for row in rows]
    while found and not found[-1]:
        found.pop()
    return found


def _cut(row: Sequence[Any]) -> Sequence[Any]:
    last = len(row)
    while last and row[last - 1].value is None:
        last -= 1
    return row[:last]


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        sheets = [name for name in file.namelist() if name.startswith("xl/worksheets/")]
        return any(re.search(rb"<(?:\w+:)?f[\s>/]", file.read(name)) for name in sheets)


def _check_calculated(values: list[Sequence[Any]], formulas: list[Sequence[Any]]) -> None:
    """Raise for a formula whose value the file does not hold."""
    for number, row in enumerate(formulas, start=1):
        known = values[number - 1] if number <= len(values) else ()
        for place, cell in enumerate(row):
            kept = known[place].value if place < len(known) else None
            if cell.data_type == "f" and kept is None:
                message = (
                    f"cell {cell.coordinate} is a formula without a value; open and save the "
                    "workbook in a spreadsheet, or write the value"
                )
                raise WorkbookError(message, number, cell.column_letter)


def _text(rows: list[Sequence[Any]]) -> str:
    width = max(map(len, rows), default=0)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(rows, start=1):
        if not row:
            out.write("\n")  # so that the rows below keep their numbers
            continue
        cells = [_cell(cell, number) for cell in row]
        writer.writerow(cells + [""] * (width - len(cells)))
    return out.getvalue()


def _cell(cell: Any, row: int) -> str:
    value = cell.value
    if cell.data_type == "e":
        message = f"cell {cell.coordinate} holds the error {quote(value)}; write the value"
        raise WorkbookError(message, row, cell.column_letter)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        shown = _QUOTED.sub("", cell.number_format or "")
        return f"{_number(value, 2)}%" if "%" in shown else _number(value, 0)
    if isinstance(value, datetime | date):
        return _date(value, _QUOTED.sub("", cell.number_format or "").casefold())
    if isinstance(value, time | timedelta):
        message = f"cell {cell.coordinate} holds a time of day; write it as text, or the number"
        raise WorkbookError(message, row, cell.column_letter)
    return " ".join(str(value).splitlines())


def _number(value: float, places: int) -> str:
    """Return the shortest text of a number times a power of ten."""
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(repr(value)).scaleb(places)
    whole = exact == exact.to_integral_value() and abs(exact) < 10**15
    return str(int(exact)) if whole else str(exact)


def _date(value: date, shown: str) -> str:
    """Return a date as far as its format shows it: a year, a month or a day."""
    if "d" in shown or not shown or "y" not in shown:
        return value.strftime("%Y-%m-%d") if value.year > 999 else value.isoformat()[:10]
    return f"{value.year:04}-{value.month:02}" if "m" in shown else f"{value.year:04}"
