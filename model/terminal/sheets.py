"""Tables as one workbook: text in it is text, and the same tables give the same bytes."""

from __future__ import annotations

import datetime
import io
import re
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.terminal.plain_text import FORMULA, one_line

if TYPE_CHECKING:
    import pandas as pd

#: Who made a workbook, by which it is told from others.
MAKER = "Sent workers"
#: The first moment that a zip can hold: no workbook tells when it was made.
MOMENT = datetime.datetime(1980, 1, 1)
#: Longest text that a cell of a spreadsheet holds, and widths of columns in characters.
LONGEST, NARROWEST, WIDEST = 32_767, 9, 60
#: The part of a workbook that says who made it and when, and how much of it is read.
PROPERTIES, LARGEST = "docProps/core.xml", 2**16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table and the name of its sheet, of at most 31 characters."""

    name: str
    table: pd.DataFrame


def workbook(sheets: Sequence[Sheet], title: str) -> bytes:
    """A workbook (.xlsx) with a sheet for each table, without indices.

    Numbers stay numbers, to be reckoned with; what is not finite is an empty cell. No text is a
    formula, a link or a control sequence.
    """
    from openpyxl import Workbook  # takes a third of a second

    book = Workbook()
    book.remove(book.active)
    properties = book.properties
    properties.creator = properties.lastModifiedBy = MAKER
    properties.title = one_line(title)
    properties.created = properties.modified = MOMENT
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet.table)
    return _packed(book)


def untouched(path: Path) -> bool:
    """Whether a file is a workbook of this program that nobody has saved since."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with zipfile.ZipFile(path) as archive, archive.open(PROPERTIES) as part:
            told = part.read(LARGEST).decode()
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return False
    said = dict(re.findall(r"<(?:\w+:)?(\w+)[^<>]*>([^<>]*)</", told))
    when = f"{MOMENT.isoformat()}Z"
    mine = {"creator": MAKER, "lastModifiedBy": MAKER, "created": when, "modified": when}
    return mine.items() <= said.items()


def _fill(page: Any, table: pd.DataFrame) -> None:
    """Write a table into a sheet, its headings in bold and staying in sight."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for place, heading in enumerate(table.columns, start=1):
        cell = page.cell(1, place)
        _put(cell, str(heading))
        cell.font = Font(bold=True)
        values = table.iloc[:, place - 1].tolist()
        texts = [one_line(str(value)) for value in values if isinstance(value, str)]
        widest = max(map(len, [str(heading), *texts]))
        for row, value in enumerate(values, start=2):
            _put(page.cell(row, place), value)
            page.cell(row, place).alignment = Alignment(vertical="top", wrap_text=widest > WIDEST)
        width = min(max(widest, NARROWEST) + 2, WIDEST)
        page.column_dimensions[get_column_letter(place)].width = width
    page.freeze_panes = "B2" if len(table.columns) > 2 else "A2"


def _put(cell: Any, value: Any) -> None:
    """Put a value into a cell: a number as it is, text as text whatever it begins with."""
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return
    if isinstance(value, bool | int | float):
        cell.value = value
        cell.number_format = _form(value)
        return
    text = one_line(str(value))
    shortened = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    cell.value = shortened
    cell.data_type = "s"
    # so that it stays text when somebody edits the cell
    cell.quotePrefix = shortened.lstrip(" ").startswith(FORMULA)


def _form(value: float) -> str:
    """How a number is shown: as many decimals as its size warrants."""
    if isinstance(value, int) or value == int(value):
        return "General" if abs(value) < 10_000 else "#,##0"
    if abs(value) >= 1000:
        return "#,##0"
    return "0.00" if abs(value) >= 10 else "0.0000"


def _packed(book: Any) -> bytes:
    """The bytes of a workbook, with one moment for all that openpyxl dates by the clock."""
    from openpyxl.xml.functions import tostring

    file = io.BytesIO()
    book.save(file)
    book.properties.modified = MOMENT
    found = io.BytesIO()
    # stored as they are: what a compression makes of them hangs on its version
    with zipfile.ZipFile(file) as made, zipfile.ZipFile(found, "w", zipfile.ZIP_STORED) as packed:
        for name in made.namelist():
            own = tostring(book.properties.to_tree()) if name == PROPERTIES else made.read(name)
            entry = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            entry.external_attr, entry.create_system = 0o600 << 16, 3
            packed.writestr(entry, own)
    return found.getvalue()
