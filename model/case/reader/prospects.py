"""Read prospects.csv: sources that might be found, checked like evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from model.case.contents import Prospect
from model.case.faults import CaseError, Report
from model.case.reader.csv_files import read_table, rows_of
from model.case.reader.dates import with_months
from model.case.reader.evidence import Row, check_subject, windows_of
from model.case.reader.files import Folder
from model.case.reader.numbers import whole_number
from model.case.reader.priors import Dimensions
from model.case.reader.tables import PROSPECTS
from model.equations.quantities import BASIC_BY_NAME
from model.equations.subjects import MEASURED_BY_NAME

if TYPE_CHECKING:
    from model.case.case import Case

FILE = "prospects.csv"


def other_prospects(path: Path, case: Case) -> tuple[Prospect, ...]:
    """Return the prospects in a file other than the case's own.

    Raises
    ------
    CaseError
        With every error.
    """
    folder = Folder(path.parent, Report(str(path)))
    dimensions = Dimensions(case.timeline, case.hosts, case.segments, case.groups)
    found = read_prospects(folder, dimensions, path.name, required=True)
    if folder.report.faulty:
        raise CaseError(str(path), folder.report.faults)
    return found


def read_prospects(
    folder: Folder, dimensions: Dimensions, file: str = FILE, *, required: bool = False
) -> tuple[Prospect, ...]:
    """Return the prospects in order of their first rows; empty if the case has no file.

    Rows of one prospect are figures from one source and share its error, as rows of one origin do.
    Every error is in ``folder.report``.
    """
    frame = read_table(folder, file, PROSPECTS, required=required)
    if frame is None:
        return ()
    rows = [
        # treated as fitted evidence, which must lie inside the case; a base makes it a share
        Row(
            number,
            with_months(cells) | {"role": "fit", "unit": "fraction" if cells["base"] else ""},
            folder.report, file, "name months inside",
        )
        for number, cells in rows_of(frame)
    ]  # fmt: skip
    for row in rows:
        _check(row, dimensions)
    if folder.report.faulty:
        return ()
    table = frame.assign(
        **windows_of(rows),
        reliability=frame["reliability"].str.upper(),
        credibility=frame["credibility"].map(int),
        segments=pd.Series([row.segments for row in rows], index=frame.index, dtype=object),
        statements=[whole_number(text) or 1 for text in frame["statements"]],
        units=[whole_number(text) or 0 for text in frame["units"]],
    )
    return tuple(
        Prospect(
            name=str(name),
            title=next((text for text in own["title"] if text), str(name)),
            rows=own.reset_index(drop=True),
            note=" ".join(text for text in own["note"] if text),
        )
        for name, own in table.groupby("prospect", sort=False)
    )


def _check(row: Row, dimensions: Dimensions) -> None:
    measured = MEASURED_BY_NAME.get(row["quantity"])
    if measured is not None and measured.kind == "total":
        row.fault(
            "quantity",
            f"{row['quantity']} is a revenue total, which is compared, never fitted; name "
            "what a source would state about workers or their accounts",
        )
        return
    check_subject(row, dimensions)
    basic = BASIC_BY_NAME.get(row["quantity"].partition(".")[0])
    if row["units"] and (row.kind != "worker_month" or row["base"]) and row.clean("quantity"):
        what = "a share" if row["base"] else row["quantity"]
        row.fault("units", f"{what} is not a mean over firms or crews; leave the cell blank")
    if basic is not None and row.kind == "basic" and row["base"]:
        row.fault("base", f"{row['quantity']} is never a share of a base; leave the cell blank")
