"""Read the small tables of a case: sources, segments and its own exchange rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from model.case.contents import Host, Segment
from model.case.faults import Listed, Report, choose, quote
from model.case.reader.csv_files import read_table, rows_of
from model.case.reader.dates import month
from model.case.reader.files import Folder
from model.case.reader.numbers import fraction, number
from model.case.reader.tables import FX, SEGMENTS, SOURCES

#: Most segments of a case: each has a prior of its own.
MOST_SEGMENTS = 500

Shares = dict[str, tuple[float, float, str]]


def read_sources(folder: Folder) -> pd.DataFrame | None:
    """Return sources.csv as strings with the line number as ``row``, sorted by id."""
    frame = read_table(folder, "sources.csv", SOURCES)
    return None if frame is None else by_id(frame)


def by_id(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table sorted by id, with its line numbers as a column."""
    return frame.rename_axis("row").reset_index().sort_values("id", ignore_index=True)


def as_months(column: Iterable[str]) -> pd.PeriodIndex:
    """Return a column of dates as months, NaT if there is no date."""
    return pd.PeriodIndex([month(text) or pd.NaT for text in column], freq="M")


def read_segments(
    folder: Folder, hosts: tuple[Host, ...] | None
) -> tuple[tuple[Segment, ...], Shares] | None:
    """Return the segments, sorted by host and id, and the prior of each segment's share."""
    file = "segments.csv"
    frame = read_table(folder, file, SEGMENTS)
    if frame is None:
        return None
    if len(frame) > MOST_SEGMENTS:
        message = f"there are {len(frame):,} segments; join some, to {MOST_SEGMENTS} at most"
        folder.report.add(file, None, None, message)
        return None
    shares: Shares = {}
    for row, cells in rows_of(frame):
        if hosts is not None and folder.report.clean(file, row, "host"):
            listed_host(folder.report, file, row, cells["host"], [one.name for one in hosts])
        if folder.report.clean(file, row, "share_p05", "share_p95"):
            low, high = fraction(cells["share_p05"]), fraction(cells["share_p95"])
            _check_share(folder.report, file, row, low, high)
            basis = f"segments.csv: {cells['note'] or 'no note'}"
            shares[cells["id"]] = (low, high, basis)
    with_segments = set(frame["host"])
    for host in hosts or ():
        if host.name not in with_segments:
            message = f"{host.name!r} of timeline.toml has no segment; add at least one row"
            folder.report.add(file, None, None, message)
    columns = ["id", "host", "region", "sector", "note"]
    segments = [Segment(*cells) for cells in frame[columns].itertuples(index=False)]
    # host by host, the layout of every vector of basic quantities by segment
    order = {host.name: place for place, host in enumerate(hosts or ())}
    segments.sort(key=lambda segment: (order.get(segment.host, len(order)), segment.id))
    return tuple(segments), shares


def _check_share(report: Report, file: str, row: int, low: float, high: float) -> None:
    for column, value in (("share_p05", low), ("share_p95", high)):
        if not 0 < value < 1:
            advice = "write a fraction between 0 and 1"
            report.add(file, row, column, f"{value:g} is not a share; {advice}")
    if report.clean(file, row, "share_p05", "share_p95") and low >= high:
        message = f"{low:g} is not below share_p95, {high:g}; write the lower one as share_p05"
        report.add(file, row, "share_p05", message)


def listed_host(report: Report, file: str, row: int, host: str, names: Sequence[str]) -> bool:
    """Return whether a host is modelled; report it if not."""
    if host not in names:
        message = f"{quote(host)} is not a host of timeline.toml; {choose(host, names)}"
        report.add(file, row, "host", message)
    return host in names


def source_ids(sources: pd.DataFrame | None) -> Listed | None:
    """Return the ids of sources.csv, or None if it could not be read."""
    return None if sources is None else Listed(sources["id"], "sources.csv")


def listed_source(report: Report, file: str, row: int, source: str, ids: Listed | None) -> None:
    """Report a source that is not listed in sources.csv."""
    if ids is None or not report.clean(file, row, "source"):
        return
    message = ids.unlisted(source)
    if message is not None:
        report.add(file, row, "source", message)


def in_order(report: Report, file: str, row: int, start: str, end: str) -> None:
    """Report a window that ends before it starts."""
    first, last = month(start), month(end)
    if first is None or last is None:
        return
    if last < first or (len(start) == len(end) and end < start):
        message = f"{end} is before the start, {start}; put the two dates in order"
        report.add(file, row, "end", message)


def read_fx(folder: Folder) -> pd.DataFrame | None:
    """Return fx.csv with months and numbers, or None if the case has no such file."""
    frame = read_table(folder, "fx.csv", FX, required=False, rows=False)
    if frame is None:
        return None
    for row, cells in rows_of(frame):
        if number(cells["per_usd"]) == 0:
            message = "the rate is zero; write units of the currency per dollar"
            folder.report.add("fx.csv", row, "per_usd", message)
    frame = frame.assign(
        month=frame["month"].map(month),
        per_usd=frame["per_usd"].map(number).astype(float),
    )
    return frame.dropna(subset=["month", "per_usd"])
