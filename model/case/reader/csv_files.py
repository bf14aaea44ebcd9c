"""Read CSV files against their schemas, with errors by line and column in plain words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pandera.pandas as pa

from model.case.faults import Report, closest, quote
from model.case.including import TABLES
from model.case.reader.cells import Record, TableError, fitted, records
from model.case.reader.characters import fault_in, without_faults
from model.case.reader.columns import EXPLAIN
from model.case.reader.files import Folder
from model.case.reader.joined import joined


def read_table(
    folder: Folder,
    file: str,
    schema: pa.DataFrameSchema,
    *,
    required: bool = True,
    rows: bool = True,
) -> pd.DataFrame | None:
    """Return a table of stripped strings, indexed by line number, with its errors reported.

    It has the rows of included cases too; see `model.case.reader.joined.joined`.

    Parameters
    ----------
    required : bool
        Whether the file must exist.
    rows : bool
        Whether a header without rows is an error.

    Returns
    -------
    pd.DataFrame or None
        None if the file could not be read as a table. Missing columns are blank; invalid cells
        are listed in ``folder.report``.
    """
    if file not in TABLES or not folder.included:
        return _table(folder, file, schema, required=required, rows=rows)
    # a case may take all of its rows from others
    own = _table(folder, file, schema, required=required, rows=False)
    others = [
        _table(one.folder, file, schema, required=required, rows=rows)
        for one in folder.included.values()
    ]
    found = [one for one in (own, *others) if one is not None]
    if not found or (required and len(found) < 1 + len(others)):
        return None
    return joined(folder, file, own, others)


def _table(
    folder: Folder, file: str, schema: pa.DataFrameSchema, *, required: bool, rows: bool
) -> pd.DataFrame | None:
    """Return the rows of one folder's table, or None if it could not be read as a table."""
    text = folder.read(file, required=required)
    if text is None:
        return None
    try:
        found = _shown(file, records(text), folder.report)
    except TableError as error:
        folder.report.add(file, error.row, None, str(error))
        return None
    allowed = list(schema.columns)
    if not found:
        message = f"there is no header; write {','.join(allowed)} above the rows"
        folder.report.add(file, None, None, message)
        return None
    (header_row, header), *body = found
    if not _is_header(file, header_row, header, allowed, folder.report):
        return None
    width = len(header)
    header = fitted(header, 0, width)
    columns, missing = _columns(file, header_row, header, schema, folder.report)
    frame = _frame(file, columns, body, width, folder.report)
    if frame.empty and rows:
        folder.report.add(file, None, None, "the table has no rows; add some below the header")
    _check(file, frame, schema, missing, folder.report)
    if missing:
        for row in frame.index:
            folder.report.spoil(file, row, missing)
    return frame.reindex(columns=allowed, fill_value="")


def rows_of(frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line number and cells of each row in a table of strings."""
    names = frame.columns.tolist()
    columns = [frame[name].tolist() for name in names]
    for row, cells in zip(frame.index.tolist(), zip(*columns, strict=True), strict=True):
        yield row, dict(zip(names, cells, strict=True))


def _shown(file: str, found: list[Record], report: Report) -> list[Record]:
    """Return the rows without the characters that no text may hold, each reported in its place."""
    for row, cells in found:
        for place, cell in enumerate(cells):
            wrong = fault_in(cell)
            if wrong is not None:
                cells[place] = without_faults(cell).strip()
                header = found[0][1]
                column = header[place] if place < len(header) else ""
                report.add(file, row, column or f"column {place + 1}", wrong)
    return [(row, cells) for row, cells in found if any(cells)]


def _is_header(file: str, row: int, header: list[str], allowed: list[str], report: Report) -> bool:
    """Return whether the first row names columns; report it if not."""
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and mark in header[0]:
            report.add(file, row, None, f"cells are separated by {name}; save with commas")
            return False
    if not any(closest(column, allowed) for column in header):
        got = quote(",".join(header))
        message = f"{got} names no column of this table; write {','.join(allowed)} above the rows"
        report.add(file, row, None, message)
        return False
    return True


def _columns(
    file: str, row: int, header: list[str], schema: pa.DataFrameSchema, report: Report
) -> tuple[list[str], list[str]]:
    """Return the header with misspelt columns corrected, and the missing columns."""
    allowed = list(schema.columns)
    optional = {name for name, column in schema.columns.items() if not column.required}
    lacking = [column for column in allowed if column not in header]
    columns: list[str] = []
    for place, column in enumerate(header, start=1):
        near = closest(column, lacking)
        if column in columns:
            report.add(file, row, column, "this column occurs twice; remove one")
            column = f"{column} {place}"
        elif column not in allowed and near is not None:
            report.add(file, row, column, f"unknown column; did you mean {near!r}?")
            lacking.remove(near)
            column = near
        elif column not in allowed:
            named = column or f"column {place}"
            report.add(file, row, named, "unknown column; remove it or move it to the note")
        columns.append(column)
    missing = [column for column in lacking if column not in optional]
    for column in missing:
        report.add(file, row, column, "this column is missing; add it")
    return columns, missing


def _frame(
    file: str, columns: list[str], body: list[tuple[int, list[str]]], width: int, report: Report
) -> pd.DataFrame:
    """Return the rows as a frame; only the first cell of a row of the wrong length is kept."""
    kept = {}
    for row, cells in body:
        cells = fitted(cells, len(columns), width)
        if len(cells) != len(columns):
            # The first cell is in its place, so that references to the id still find it.
            report.spoil(file, row, columns)
            cells, found = [cells[0], *[""] * (len(columns) - 1)], len(cells)
            report.add(
                file,
                row,
                None,
                f"{found} cells, but the header has {len(columns)}; "
                "put quotation marks around cells that hold commas, or add the missing cells",
            )
        kept[row] = cells
    return pd.DataFrame.from_dict(kept, orient="index", columns=columns)


def _check(
    file: str,
    frame: pd.DataFrame,
    schema: pa.DataFrameSchema,
    missing: list[str],
    report: Report,
) -> None:
    """Report pandera's failure cases; unknown and missing columns are already reported."""
    known = frame[[column for column in frame.columns if column in schema.columns]]
    present = schema.remove_columns(missing)
    if set(schema.unique or ()) & set(missing):
        present.unique = None
    try:
        present.validate(known, lazy=True)
    except pa.errors.SchemaErrors as errors:
        # Duplicates last: a blank id is missing, not repeated.
        cases = errors.failure_cases.to_dict("records")
        first: dict[tuple[str, str], int] = {}
        for column in known.columns:
            for row, text in zip(known.index.tolist(), known[column].tolist(), strict=True):
                first.setdefault((column, text), row)
        for case in sorted(cases, key=lambda case: str(case["check"]) not in EXPLAIN):
            row, column, got = int(case["index"]), str(case["column"]), str(case["failure_case"])
            if case["check"] in EXPLAIN:
                report.add(file, row, column, EXPLAIN[case["check"]](got))
            elif case["check"] == "field_uniqueness":
                where = first[column, got]
                message = f"{quote(got)} already occurs in row {where}; ids must differ"
                report.add(file, row, column, message)
            elif schema.unique and column == schema.unique[0]:
                same = " and ".join(schema.unique)
                message = f"another row has the same {same}; keep one of them"
                report.add(file, row, column, message)
