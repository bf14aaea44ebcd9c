"""Join a case's tables with those of the cases that it takes hosts from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from model.case.faults import Report, quote, shown
from model.case.reader.files import Folder
from model.case.reader.taken_hosts import Included

#: Columns that tell a row of a table from all others.
KEYS = {
    "evidence.csv": ("id",), "sources.csv": ("id",), "segments.csv": ("id",), "firms.csv": ("id",),
    "fx.csv": ("month", "currency"), "prices.csv": ("month", "currency"),
}  # fmt: skip
#: Tables in which two cases may hold one and the same row.
SHARED = ("sources.csv", "fx.csv", "prices.csv")
#: Tables of which every row is about the host, in evidence those that are fitted.
OF_HOST = ("evidence.csv", "segments.csv", "firms.csv")


def joined(
    folder: Folder, file: str, own: pd.DataFrame | None, others: Sequence[pd.DataFrame | None]
) -> pd.DataFrame:
    """Return the rows of a table and of those of the included cases, indexed by line number.

    The lines of another folder are numbered as its report says. Rows of one key in two of the
    tables, and rows that are about another host than the one that is taken, are reported.

    Parameters
    ----------
    own : DataFrame or None
        None if the case has no such table.
    others : sequence of DataFrame or None
        In the order of ``folder.included``.
    """
    found = [] if own is None else [own]
    for included, frame in zip(folder.included.values(), others, strict=True):
        if frame is None:
            continue
        frame = frame.set_axis(frame.index + included.first, axis="index")
        if file in OF_HOST:
            _check_hosts(folder.report, file, included, frame)
        same = [_clash(folder.report, file, before, frame) for before in found]
        repeated = {row for rows in same for row in rows}
        found.append(frame.drop(index=list(repeated)))
    # a table without rows has columns of no kind
    return pd.concat([frame for frame in found if not frame.empty] or found[:1])


def _check_hosts(report: Report, file: str, included: Included, frame: pd.DataFrame) -> None:
    """Report rows of an included case that speak of another host than its own."""
    about = frame[frame["host"] != included.host]
    if file == "evidence.csv":
        about = about[about["role"] == "fit"]
    for row, host in zip(about.index.tolist(), about["host"].tolist(), strict=True):
        message = f"{quote(host)} is not the host that is taken from this case, {included.host}"
        report.add(file, row, "host", f"{message}; move the row to the case that includes it")


def _clash(report: Report, file: str, before: pd.DataFrame, frame: pd.DataFrame) -> Iterator[int]:
    """Yield the rows that repeat one of another table word for word; report others of its key."""
    keys = list(KEYS.get(file, ()))
    known = dict(zip(_cells(before, keys), _numbered(before), strict=True)) if keys else {}
    for row, key, cells in zip(frame.index, _cells(frame, keys), _cells(frame), strict=True):
        if key not in known or not all(key):
            continue
        earlier, theirs = known[key]
        columns = zip(frame.columns, theirs, cells, strict=True)
        apart = next((column for column, one, other in columns if one != other), None)
        if file in SHARED and apart is None:
            yield row
            continue
        name, (where, line) = " ".join(map(shown, key)), report.place(file, earlier)
        message = f"{name} is in {where}, row {line}, too"
        if file in SHARED:
            message += f", with another {apart}; make the two rows alike"
        else:
            message += "; rename one of them, or remove it if they say the same"
        report.add(file, row, keys[0], message)


def _numbered(frame: pd.DataFrame) -> Iterator[tuple[int, tuple[str, ...]]]:
    return zip(frame.index.tolist(), _cells(frame), strict=True)


def _cells(frame: pd.DataFrame, columns: Sequence[str] | None = None) -> list[tuple[str, ...]]:
    told = frame if columns is None else frame[list(columns)]
    return list(told.itertuples(index=False, name=None))
