"""The text of a table with a row more, in the layout that its file has."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from model.case.reader.cells import TableError, fitted, records, rows_of_text

Rows = Sequence[Mapping[str, str]]


def header_of(text: str) -> list[str]:
    """Return the columns of a table that can be read."""
    header = records(text)[0][1]
    return fitted(header, 0, len(header))


def table_text(columns: Sequence[str], rows: Rows, end: str = "\n") -> str:
    """Return a table as CSV, with a header; cells that a row lacks are blank."""
    body = [_line(row.get(column, "") for column in columns) for row in rows]
    return "".join(f"{line}{end}" for line in [_line(columns), *body])


def with_row(content: bytes, cells: Mapping[str, str]) -> bytes:
    """Return a table's file with one row more at its end.

    The rest of the file stays as it is: line ends, a byte-order mark, and whether the last line is
    ended. Only where the table lacks a column that the row needs, or where cells are not separated
    by commas, is it written anew.

    Parameters
    ----------
    content : bytes
        A file that was read as part of a valid case.
    cells : mapping of str to str
        The row's cells by column, stripped.
    """
    text = content.decode("utf-8-sig")
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    ends = re.search(r"\r\n|\n|\r", text)
    end = ends[0] if ends else "\n"
    ended = text.endswith(("\n", "\r"))
    header = header_of(text)
    columns = [*header, *(name for name in cells if cells[name] and name not in header)]
    rows = [*(row for _, row in rows_of_text(text)), cells]
    line = _line(cells.get(column, "") for column in columns)
    longer = f"{text}{'' if ended else end}{line}{end if ended else ''}"
    if columns != header or not _says(longer, columns, rows):
        longer = table_text(columns, rows, end)
    return mark + longer.encode()


def _line(cells: Iterable[str]) -> str:
    """Return one row of a table, without the line's end."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerow(cells)
    return stream.getvalue().removesuffix("\r\n")


def _says(text: str, columns: Sequence[str], rows: Rows) -> bool:
    """Return whether a text is read as the table with these columns and rows."""
    try:
        found = [row for _, row in rows_of_text(text)]
    except TableError:
        return False
    return found == [{name: row.get(name, "") for name in columns} for row in rows]
