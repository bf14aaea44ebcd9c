"""Read firms.csv and links.csv: the firms that sources name, and what ties them to each other."""

from __future__ import annotations

import pandas as pd

from model.case.contents import Host, Segment
from model.case.faults import Listed, Report, choose, quote
from model.case.reader.csv_files import read_table, rows_of
from model.case.reader.files import Folder
from model.case.reader.numbers import number
from model.case.reader.small_tables import (
    as_months,
    by_id,
    in_order,
    listed_host,
    listed_source,
    source_ids,
)
from model.case.reader.tables import FIRMS, LINKS

FIRMS_FILE, LINKS_FILE = "firms.csv", "links.csv"


def read_firms(
    folder: Folder,
    hosts: tuple[Host, ...] | None,
    segments: tuple[Segment, ...] | None,
    sources: pd.DataFrame | None,
) -> pd.DataFrame | None:
    """Return firms.csv sorted by id, with amounts as floats, dates as months and ``row``."""
    frame = read_table(folder, FIRMS_FILE, FIRMS, rows=False)
    if frame is None:
        return None
    ids = source_ids(sources)
    by_host: dict[str, list[str]] = {}
    for one in segments or ():
        by_host.setdefault(one.host, []).append(one.id)
    for row, cells in rows_of(frame):
        listed_source(folder.report, FIRMS_FILE, row, cells["source"], ids)
        if hosts is not None and folder.report.clean(FIRMS_FILE, row, "host"):
            names = [one.name for one in hosts]
            listed_host(folder.report, FIRMS_FILE, row, cells["host"], names)
        if segments is not None and cells["segment"]:
            _check_segment(folder.report, row, cells, by_host)
        in_order(folder.report, FIRMS_FILE, row, cells["start"], cells["end"])
        _check_contract(folder.report, row, cells)
    _check_same_workers(folder.report, frame)
    frame = by_id(frame)
    for column in ("workers_approved", "contract"):
        frame[column] = frame[column].map(number).astype(float)
    for column in ("start", "end"):
        frame[column] = as_months(frame[column])
    return frame


def _check_segment(
    report: Report, row: int, cells: dict[str, str], by_host: dict[str, list[str]]
) -> None:
    """Report a segment that is not one of the firm's host."""
    own = by_host.get(cells["host"], [])
    if cells["segment"] not in own and report.clean(FIRMS_FILE, row, "host"):
        advice = choose(cells["segment"], own)
        message = f"{quote(cells['segment'])} is not an id of segments.csv; {advice}"
        report.add(FIRMS_FILE, row, "segment", message)


def _check_contract(report: Report, row: int, cells: dict[str, str]) -> None:
    """Report a contract without its currency, a currency without one, and one of nothing."""
    amount, currency = cells["contract"], cells["contract_currency"]
    if not report.clean(FIRMS_FILE, row, "contract", "contract_currency"):
        return
    if amount and not currency:
        message = f"the contract of {quote(amount)} has no currency; write one, such as USD"
        report.add(FIRMS_FILE, row, "contract_currency", message)
    if currency and not amount:
        message = (
            f"there is no contract in {currency}; write its value, or leave contract_currency blank"
        )
        report.add(FIRMS_FILE, row, "contract", message)
    if amount and number(amount) == 0:
        message = "the contract is worth nothing; leave the cell blank if its value is not known"
        report.add(FIRMS_FILE, row, "contract", message)


def _check_same_workers(report: Report, frame: pd.DataFrame) -> None:
    """Report firms with the same workers as one that is not there, or, in a ring, as themselves."""
    column = "same_workers_as"
    named = dict(zip(frame["id"].tolist(), frame[column].tolist(), strict=True))
    known = Listed(named, FIRMS_FILE)
    for row, cells in rows_of(frame):
        other = cells[column]
        if not other or not report.clean(FIRMS_FILE, row, "id", column):
            continue
        message = known.unlisted(other)
        if message is not None:
            report.add(FIRMS_FILE, row, column, message)
            continue
        passed = set()
        while other and other not in passed and other != cells["id"]:
            passed.add(other)
            other = named.get(other, "")
        if other == cells["id"]:
            message = (
                f"{quote(cells[column])} leads back to {quote(other)} itself; name the firm whose "
                "approvals are to count, and leave the cell blank there"
            )
            report.add(FIRMS_FILE, row, column, message)


def read_links(
    folder: Folder, firms: pd.DataFrame | None, sources: pd.DataFrame | None
) -> pd.DataFrame:
    """Return links.csv in the order of firm, other, kind and source, with ``row``.

    It is empty if the case has no such file. Two sources may state one link; one source states it
    once, whichever firm comes first.
    """
    frame = read_table(folder, LINKS_FILE, LINKS, required=False, rows=False)
    if frame is None:
        return pd.DataFrame(columns=["row", *LINKS.columns])
    known = None if firms is None else Listed(firms["id"], FIRMS_FILE)
    ids = source_ids(sources)
    first: dict[tuple[str, ...], int] = {}
    for row, cells in rows_of(frame):
        listed_source(folder.report, LINKS_FILE, row, cells["source"], ids)
        for side in ("firm", "other"):
            message = known and known.unlisted(cells[side])
            if message and folder.report.clean(LINKS_FILE, row, side):
                folder.report.add(LINKS_FILE, row, side, message)
        if folder.report.clean(LINKS_FILE, row, "firm", "other", "kind", "source"):
            _check_ends(folder.report, row, cells, first)
    order = ["firm", "other", "kind", "source"]
    return frame.rename_axis("row").reset_index().sort_values(order, ignore_index=True)


def _check_ends(
    report: Report, row: int, cells: dict[str, str], first: dict[tuple[str, ...], int]
) -> None:
    """Report a link of a firm with itself, and one that its source already states."""
    ends = (cells["firm"], cells["other"])
    if ends[0] == ends[1]:
        message = f"links {quote(ends[0])} with itself; name another firm or remove the row"
        report.add(LINKS_FILE, row, "other", message)
        return
    earlier = first.setdefault((*sorted(ends), cells["kind"], cells["source"]), row)
    if earlier != row:
        where = report.row_told(LINKS_FILE, earlier)
        message = f"the same link by the same source is in {where}; keep one of them"
        report.add(LINKS_FILE, row, "other", message)
