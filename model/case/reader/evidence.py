"""Read evidence.csv: check each row's cells together and build the table for the likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from model.case.changes import is_change
from model.case.contents import Segment
from model.case.faults import FAR, Report, choose, closest, quote
from model.case.qualifiers import CEILINGS
from model.case.reader.bases import check_base
from model.case.reader.cells import as_read
from model.case.reader.csv_files import read_table, rows_of
from model.case.reader.figures import FIGURES, check_figures
from model.case.reader.files import Folder
from model.case.reader.numbers import coverage
from model.case.reader.priors import Dimensions
from model.case.reader.revisions import check_panels, check_replaced
from model.case.reader.row_units import check_unit
from model.case.reader.small_tables import (
    as_months,
    by_id,
    listed_host,
    listed_source,
    source_ids,
)
from model.case.reader.tables import EVIDENCE
from model.case.reader.windows import check_window
from model.case.units import is_pure
from model.equations.quantities import BASIC_BY_NAME
from model.equations.subjects import MEASURED_BY_NAME
from model.terminal.wording import counted

FILE = "evidence.csv"

#: Families that cannot be measured, and what to write instead.
UNMEASURED = {
    "segment_share": "is a weight and cannot be measured; write 'segment_workers'",
}


@dataclass(slots=True)
class Row:
    """One row while it is read: its cells and the values derived by the checks.

    Attributes
    ----------
    first_part, last_part : float
        Parts of the first and last month that a sum is over; see ``dates.day_parts``.
    part : float
        Part of a sum's window inside the timeline, to which its figure is reduced.
    per : {"", "shift", "hour"}
        Time worked that an item is stated for, if not a month.
    prices : int
        Year in whose prices the figure is stated; zero for those of its window.
    """

    number: int
    cells: dict[str, str]
    report: Report
    file: str = FILE
    outside: str = "a fitted row must lie inside; move it, or write role 'context'"
    unit: str = ""
    kind: str = ""
    segments: tuple[str, ...] = ()
    first_part: float = 1.0
    last_part: float = 1.0
    part: float = 1.0
    factor: float = math.nan
    per: str = ""
    prices: int = 0
    currency: str = ""
    figures: dict[str, float] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    @property
    def fits(self) -> bool:
        """Whether the row is fitted and must therefore lie inside the case."""
        return self.cells["role"] == "fit"

    def fault(self, column: str, message: str) -> None:
        """Report an error in one cell."""
        self.report.add(self.file, self.number, column, message)

    def clean(self, *columns: str) -> bool:
        """Return whether none of these cells has an error."""
        return self.report.clean(self.file, self.number, *columns)


def read_evidence(
    folder: Folder, dimensions: Dimensions, sources: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return evidence.csv checked and normalised, sorted by id, or None if it is unreadable.

    Returns
    -------
    pd.DataFrame
        The file's columns, with figures as printed (floats), ``start`` and ``end`` as months,
        the selected ``segments`` (an empty tuple means the whole host), the ``factor`` from the
        printed to the canonical unit, the figure's ``currency``, the year of its ``prices``, the
        time worked that it is stated ``per``, the parts of the first and last month in a sum
        (``first_part``, ``last_part``) and the line number as ``row``.
        A row with errors holds whatever could be read; the report decides on the case.
    """
    frame = read_table(folder, FILE, EVIDENCE)
    if frame is None:
        return None
    rows = [Row(number, as_read(cells), folder.report) for number, cells in rows_of(frame)]
    ids = source_ids(sources)
    for row in rows:
        check_subject(row, dimensions)
        check_unit(row, dimensions)
        check_figures(row)
        _check_size(row)
        _check_share(row)
        listed_source(folder.report, FILE, row.number, row["source"], ids)
    _tell_places(rows, dimensions)
    check_replaced(rows)
    check_panels(rows)
    return _normalised(frame, rows)


def _normalised(frame: pd.DataFrame, rows: list[Row]) -> pd.DataFrame:
    frame = frame.assign(
        **windows_of(rows),
        origin=[row["origin"] for row in rows],
        unit=[row["unit"] for row in rows],
        reliability=[row["reliability"] for row in rows],
        credibility=[int(row["credibility"]) if row.clean("credibility") else 0 for row in rows],
        segments=pd.Series([row.segments for row in rows], index=frame.index, dtype=object),
        factor=[row.factor for row in rows],
        currency=[row.currency for row in rows],
        prices=[row.prices for row in rows],
        coverage=[coverage(row["coverage"]) or math.nan for row in rows],
        **{name: [row.figures.get(name, math.nan) for row in rows] for name in FIGURES},
    )
    return by_id(frame)


def windows_of(rows: list[Row]) -> dict[str, Any]:
    """Return the columns that say what a row's quantity is of: its window, and time worked."""
    return {
        "start": as_months(row["start"] for row in rows),
        "end": as_months(row["end"] for row in rows),
        "first_part": [row.first_part for row in rows],
        "last_part": [row.last_part for row in rows],
        "per": [row.per for row in rows],
    }


# What is measured, where and when


def check_subject(row: Row, dimensions: Dimensions) -> None:
    """Check a row's quantity, host, months, segments and base."""
    _check_quantity(row, dimensions)
    _check_host(row, dimensions)
    check_window(row, dimensions)
    _check_segment(row, dimensions)
    check_base(row, dimensions)


def _check_quantity(row: Row, dimensions: Dimensions) -> None:
    """Find a quantity's unit and kind in the catalogue."""
    name, dot, index = row["quantity"].partition(".")
    if not row.clean("quantity"):
        return
    if row["quantity"] in MEASURED_BY_NAME:
        measured = MEASURED_BY_NAME[row["quantity"]]
        row.unit, row.kind = measured.unit, measured.kind
        if measured.kind == "total" and row.fits:
            row.fault("role", "a revenue total is compared, never fitted; write 'holdout'")
        return
    if name not in BASIC_BY_NAME or name in UNMEASURED:
        unknown = "is not a quantity of the catalogue"
        allowed = [*MEASURED_BY_NAME, *(n for n in BASIC_BY_NAME if n not in UNMEASURED)]
        near = closest(name, allowed)
        advice = (
            f"did you mean {near!r}?" if near else "see model/equations/quantities.py for the names"
        )
        message = UNMEASURED.get(name, f"{unknown}; {advice}")
        row.fault("quantity", f"{quote(row['quantity'])} {message}")
        return
    basic = BASIC_BY_NAME[name]
    # a row for the record may be about a place that is not modelled
    host = row["host"] if dimensions.host(row["host"]) is not None else None
    entries = dimensions.entries(basic.index, host) if basic.index else ()
    if entries is not None and (dot or basic.index) and index not in entries:
        advice = choose(row["quantity"], [f"{name}.{entry}" for entry in entries] or [name])
        what = basic.index.replace("_", " ")
        why = f"{name} has one value for each {what}" if what else f"{name} has no parts"
        if basic.index and index in (dimensions.entries(basic.index) or ()):
            why, advice = f"{index!r} belongs to another host", "change the host or the quantity"
        row.fault("quantity", f"{quote(row['quantity'])} does not name one: {why}; {advice}")
        return
    row.unit, row.kind = basic.unit, "basic"


def _check_host(row: Row, dimensions: Dimensions) -> None:
    if dimensions.hosts is None or not row.clean("host", "role"):
        return
    names = [*(host.name for host in dimensions.hosts), *dimensions.groups]
    if row["host"] in dimensions.groups:
        # an included case does not know the groups; what it keeps for the record is not summed
        if row.number < FAR or row["role"] != "context":
            _check_sum(row)
        return
    if row.fits:
        listed_host(row.report, row.file, row.number, row["host"], names)


def _tell_places(rows: list[Row], dimensions: Dimensions) -> None:
    """Tell once of each place that is not modelled, but has nearly the name of one that is."""
    if dimensions.hosts is None:
        return
    names = [*(host.name for host in dimensions.hosts), *dimensions.groups]
    by_place: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if not row.fits and row.clean("host", "role") and row["host"] not in names:
            file, _ = row.report.place(row.file, row.number)
            by_place.setdefault((file, row["host"]), []).append(row)
    for (_, place), (first, *more) in by_place.items():
        near = closest(place, names)
        if near is None:
            continue
        if first.number >= FAR:
            # no slip: the other case knows nothing of this one's hosts
            message = f"{quote(place)} is not modelled here, and is not taken for {near!r}"
            tell = first.report.note
        else:
            message = f"{quote(place)} is not a host of timeline.toml; did you mean {near!r}?"
            tell = first.report.warn
        others = f" (and {counted(len(more), 'more row', 'more rows')})" if more else ""
        tell(first.file, first.number, "host", f"{message}{others}")


def _check_sum(row: Row) -> None:
    """Check that a row about several hosts is about a sum: a count or a revenue total."""
    if row.kind in ("level", "flow", "total") or not row.clean("quantity"):
        return
    what = {"share": "a share of the workers", "worker_month": "an amount per worker"}
    message = f"{what.get(row.kind, row['quantity'])} is not summed over hosts"
    row.fault("host", f"{message}, as {quote(row['host'])} would be; name one host")


def _check_segment(row: Row, dimensions: Dimensions) -> None:
    """Find the segments selected by a cell such as ``not construction``."""
    text = row["segment"]
    if not row.kind or not row.clean("quantity", "host", "segment"):
        return
    if not text:
        if row.kind == "share":
            row.fault("segment", "a share of the workers needs its segments; name them")
        return
    if row.kind in ("total", "basic"):
        row.fault("segment", f"{row['quantity']} is not measured by segment; leave the cell blank")
        return
    if dimensions.segments is None or dimensions.hosts is None:
        return
    if dimensions.host(row["host"]) is None:
        what = "is several hosts" if row["host"] in dimensions.groups else "has no segments"
        row.fault("segment", f"{quote(row['host'])} {what}; leave the cell blank")
        return
    own, key = dimensions.segments_of(row["host"]), (row["host"], text)
    if key not in dimensions.selections:
        dimensions.selections[key] = _selected(*key, own)
    chosen = dimensions.selections[key]
    if isinstance(chosen, str):
        row.fault("segment", chosen)
        return
    if not chosen:
        row.fault("segment", f"{quote(text)} leaves no segment; name fewer of them")
    elif row.kind == "share" and len(chosen) == len(own):
        row.fault("segment", f"{quote(text)} is every segment, so its share is 1; name fewer")
    row.segments = chosen


def _selected(host: str, text: str, own: tuple[Segment, ...]) -> tuple[str, ...] | str:
    """Return the ids of the segments that a cell selects, or the error in it."""
    negated = text.startswith("not ")
    named: set[str] = set()
    for token in dict.fromkeys(part.strip() for part in text.removeprefix("not ").split("+")):
        # An id takes precedence over a sector and a sector over a region of the same name.
        for attribute in ("id", "sector", "region"):
            found = {one.id for one in own if getattr(one, attribute) == token}
            if found:
                break
        else:
            names = dict.fromkeys(w for one in own for w in (one.id, one.sector, one.region))
            message = f"{quote(token)} is not a segment, sector or region of {host}"
            return f"{message}; {choose(token, names)}"
        named |= found
    return tuple(one.id for one in own if (one.id in named) != negated)


# The figures


def _check_size(row: Row) -> None:
    """Check that a figure is still a number above zero in the catalogue's unit."""
    if math.isnan(row.factor):
        return
    for name, figure in row.figures.items():
        value = figure * row.factor
        if math.isinf(value) or (value == 0.0 and figure > 0.0):
            size = "larger" if value else "smaller"
            message = f"{row[name]} {row['unit']} is {size} than any number in {row.unit}"
            row.fault(name, f"{message}; check the figure and its unit")


def _check_share(row: Row) -> None:
    """Check that a share lies between 0 and 1, which only a ceiling or a part of a base may be."""
    basic = BASIC_BY_NAME.get(row["quantity"].partition(".")[0])
    fraction = row.kind == "basic" and basic is not None and basic.support == "fraction"
    share = row.kind == "share" or (row.kind == "worker_month" and is_pure(row["unit"]))
    if not (fraction or share) or math.isnan(row.factor) or is_change(row["base"]):
        return
    for name, figure in row.figures.items():
        value = figure * row.factor
        whole = row["qualifier"] in CEILINGS or row.kind == "worker_month"
        if not (0 < value < 1 or (whole and value == 1)) and row.clean(name, "unit"):
            message = f"{row[name]} {row['unit']} is not a share between 0 and 1"
            row.fault(name, f"{message}; check the figure and its unit")
