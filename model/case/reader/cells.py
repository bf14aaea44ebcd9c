"""Rows and cells of a table's text: the only reader of CSV, for cases, reports and comparisons."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.case.reader.characters import BLANKS
from model.case.reader.dates import with_months
from model.case.reader.numbers import with_percent_as_unit
from model.terminal.plain_text import cell_text

if TYPE_CHECKING:
    import pandas as pd

#: Most columns of a table, many times those of any.
MOST_COLUMNS = 200
#: Most rows of a table, many more than can be fitted.
MOST_ROWS = 200_000

#: First line by which a spreadsheet is told the mark between cells.
SEPARATOR = re.compile(r'"?[sS][eE][pP]=([,;|\t])"?,*+(?:\r\n|\r|\n|\Z)')

Record = tuple[int, list[str]]


class TableError(ValueError):
    """A text that is not a table; the text says why, and ``row`` is the line."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row


def records(text: str) -> list[Record]:
    """Return the non-empty rows of a table as stripped cells, each with the line it starts on.

    A line ends at a line feed, a carriage return or both, and at no other character. A first line
    ``sep=;``, as Excel writes and takes it, names the mark between cells.

    Raises
    ------
    TableError
        If the text cannot be divided into cells.
    """
    stream = io.StringIO(text, newline="")
    named = SEPARATOR.match(text)
    above = 1 if named else 0
    if named:
        stream.seek(named.end())
    reader = csv.reader(stream, delimiter=named[1] if named else ",", strict=True)
    found, row = [], 1 + above
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise TableError(row, f"{len(cells)} cells; a table has {MOST_COLUMNS} at most")
            stripped = [cell.strip(BLANKS) for cell in cells]
            if any(stripped):
                found.append((row, stripped))
            if len(found) > MOST_ROWS:
                raise TableError(row, f"there are more than {MOST_ROWS:,} rows; divide the case")
            row = reader.line_num + 1 + above
    except csv.Error as error:
        message = f"the quotation marks do not match ({error}); close or double them"
        if "limit" in str(error):
            most = f"{csv.field_size_limit():,} characters"
            message = f"a cell has more than {most}; close its quotation marks, or shorten it"
        raise TableError(row, message) from None
    return found


def fitted(cells: Sequence[str], columns: int, width: int) -> list[str]:
    """Return a row without the blank cells right of its columns, as left by spreadsheets.

    ``width`` is the number of the header's cells; a row of more is no such row.
    """
    kept = list(cells)
    while width >= len(kept) > columns and not kept[-1]:
        kept.pop()
    return kept


def rows_of_text(text: str) -> list[tuple[int, dict[str, str]]]:
    """Return the line and the cells by column of each row of a checked table.

    Raises
    ------
    TableError
        If a row has more or fewer cells than the header.
    """
    found = records(text)
    if not found:
        return []
    (_, header), *body = found
    width = len(header)
    header = fitted(header, 0, width)
    rows = []
    for row, cells in body:
        kept = fitted(cells, len(header), width)
        if len(kept) != len(header):
            raise TableError(row, f"{len(kept)} cells, but the header has {len(header)}")
        rows.append((row, dict(zip(header, kept, strict=True))))
    return rows


def written_table(path: Path) -> pd.DataFrame:
    """Return a table that this program wrote; no name in it, such as ``NA``, is a blank."""
    import pandas as pd

    names = ("scenario", "host", "definition", "currency", "stock")
    texts: dict[Any, Any] = dict.fromkeys(names, cell_text)
    return pd.read_csv(path, keep_default_na=False, na_values=[""], converters=texts)


def as_read(cells: Mapping[str, str]) -> dict[str, str]:
    """Return a row of evidence with what its cells stand for: grades as capitals, own origins.

    A percent sign behind a figure stands for the unit, a year or a quarter for its months.
    """
    return {
        **with_percent_as_unit(with_months(cells), ("low", "value", "high")),
        "reliability": cells.get("reliability", "").upper(),
        "origin": cells.get("origin") or cells.get("id", ""),
    }
