"""What each row of evidence measures: its quantities, windows and segments.

Rows fall into four groups by how their quantity follows from the basic ones: counts (a window of
the workforce, times factors), segment shares, items of the accounts (at a date, for segments, as
an amount or a share of a base) and basic quantities themselves. ``Measurement`` holds the groups
as index arrays; ``row_equations`` uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.case import Case
from model.case.changes import is_change, months_before
from model.case.reader.priors import label
from model.equations.quantities import WORKING_TIME
from model.equations.subjects import COUNTS, MEASURED_BY_NAME, YEARLY_RATES
from model.evidence.economy import Calendar, Cells, Layout, host_of_segment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Monthly paths from which counts take windows, in the order in which they are concatenated.
PATHS = (
    "permitted", "irregular", "working", "permit_entries", "irregular_entries", "departures",
)  # fmt: skip

#: Factors that multiply counts; the last is of an optional family.
FACTORS = (
    "quota_use", "permits_per_year", "visas_per_entry", "registrations_per_entry",
    "crossings_per_year",
)  # fmt: skip

#: Quantities that divide an item which is stated per shift or hour worked.
DIVISORS = WORKING_TIME["hour"]

#: Items of the accounts that a row may name; properties of ``WorkerMonth``.
ITEMS = (
    "payment", "billings", "net_of_tax", "wage_fund", "declared_salary", "worker_keeps",
    "withheld", "upkeep", "broker_take", "managers_take", "plan", "claim", "plan_collected",
    "left_with_firms", "state_take", "wedge", "surplus",
)  # fmt: skip


@dataclass(frozen=True)
class Pieces:
    """Pieces of several rows, laid end to end; those of row r are start[r]:start[r+1].

    Attributes
    ----------
    start : array of int, (rows + 1,)
    columns : dict of array, (pieces,)
    """

    start: Ints
    columns: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, counts: Ints, **columns: NDArray[Any]) -> Pieces:
        """Pieces, from the number that each row has."""
        return cls(np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]), columns)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column."""
        return self.columns[name]


@dataclass(frozen=True)
class Measurement:
    """The rows' groups as index arrays; R rows in the order counts, shares, accounts, basic.

    A row is one part, or several: a row about several hosts has one for each, and a change has the
    same again for the date that it is compared with. The attributes after ``below`` are of parts.

    Attributes
    ----------
    ids : tuple of str
        Row ids in that order.
    groups : tuple of int
        Number of parts in each group.
    row : array of int, (parts,)
        Place of each part's row.
    below : array of bool, (parts,)
        Whether the part is at the date that a change is compared with, by which it is divided.
    windows : Pieces
        Each count's stretches of months: ``path`` of ``PATHS``, ``host``, ``first``, ``stop`` and
        ``weight``.
    factors : Pieces
        Each count's factors: ``factor`` of ``FACTORS``, ``host`` and ``power``.
    segments : Pieces
        Segments that each count, share and item covers; none for a count of the whole host.
    cell_of : array of int
        For the items' segments, in the same order, the cell of their accounts.
    item, base : array of int, (accounts,)
        Item, and base (-1 for an amount).
    worked : Pieces
        Each item's working time, by which it is divided: ``factor`` of ``DIVISORS`` and ``host``.
    basic : array of int, (basic,)
        Place in the vector of basic quantities.
    cells : Cells
        Window and segment of each of the accounts that items need.
    calendar : Calendar
    host_of_segment : array of int, (S,)
    """

    ids: tuple[str, ...]
    groups: tuple[int, int, int, int]
    row: Ints
    below: NDArray[np.bool_]
    windows: Pieces
    factors: Pieces
    segments: Pieces
    cell_of: Ints
    item: Ints
    base: Ints
    worked: Pieces
    basic: Ints
    cells: Cells
    calendar: Calendar
    host_of_segment: Ints

    @property
    def plain(self) -> bool:
        """Whether every row is one part."""
        return len(self.row) == len(self.ids)

    def about(self, *items: str) -> NDArray[np.bool_]:
        """Which rows are about amounts of some items of the accounts, (R,)."""
        first, found = sum(self.groups[:2]), np.zeros(len(self.ids), dtype=bool)
        own = np.isin(self.item, [ITEMS.index(name) for name in items]) & (self.base < 0)
        changes = np.isin(self.row, self.row[self.below])
        found[self.row[first : first + len(own)]] = own & ~changes[first : first + len(own)]
        return found


def group_of(quantity: str) -> int:
    """Group (0 counts, 1 shares, 2 accounts, 3 basic) of a quantity that evidence is about."""
    measured = MEASURED_BY_NAME.get(quantity)
    if measured is None:
        return 3
    return {"level": 0, "flow": 0, "share": 1, "worker_month": 2}[measured.kind]


def measurement(case: Case, layout: Layout, rows: pd.DataFrame) -> Measurement:
    """Build the index arrays for rows of evidence within the timeline.

    Parameters
    ----------
    case : Case
    layout : Layout
    rows : DataFrame
        Rows of ``case.evidence``.
    """
    group = rows["quantity"].map({name: group_of(name) for name in rows["quantity"].unique()})
    printed = rows.assign(group=group.astype(int)).sort_values(["group", "id"], kind="stable")
    rows = _parts(case, printed)
    counts, shares, items, basics = (rows[rows["group"] == number] for number in range(4))
    place = {name: number for number, name in enumerate(ITEMS)}
    segments = _segments(case, rows[rows["group"] < 3], len(counts))
    first = int(segments.start[len(counts) + len(shares)])
    own = np.diff(segments.start)[len(counts) + len(shares) :]
    windows = np.repeat(_windows(case, items), own, axis=0)
    cells, cell_of = _cells(case, windows, segments["segment"][first:])
    return Measurement(
        ids=tuple(printed["id"]),
        groups=(len(counts), len(shares), len(items), len(basics)),
        row=rows["row_place"].to_numpy(dtype=np.int64),
        below=rows["below"].to_numpy(dtype=bool),
        windows=_stretches(case, counts),
        factors=_factors(case, counts),
        segments=segments,
        cell_of=cell_of,
        item=items["quantity"].map(place).to_numpy(dtype=np.int64),
        base=np.array([place.get(base, -1) for base in items["base"]], dtype=np.int64),
        worked=_worked(case, items),
        basic=_basic_places(case, layout, basics),
        cells=cells,
        calendar=Calendar.of(case),
        host_of_segment=host_of_segment(case),
    )


def _parts(case: Case, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of one host and date each: ``row_place`` is the place of the row that one is part of."""
    rows = rows.assign(row_place=np.arange(len(rows)), below=False)
    members = [case.members(host) for host in rows["host"]]
    if any(len(own) > 1 for own in members):
        rows = rows.assign(host=members).explode("host")
    changes = rows[[is_change(base) for base in rows["base"]]]
    if changes.empty:
        return rows
    before = [months_before(base) for base in changes["base"]]
    dates = {
        name: pd.PeriodIndex([months[end] for months in before], freq="M")
        for end, name in enumerate(("start", "end"))
    }
    then = changes.assign(**dates, below=True, first_part=1.0, last_part=1.0)
    return pd.concat([rows, then]).sort_values("row_place", kind="stable")


def _windows(case: Case, rows: pd.DataFrame) -> Ints:
    """First and last month of each row, as places in the timeline, (rows, 2)."""
    zero = case.timeline.months[0].ordinal
    ends = [pd.PeriodIndex(rows[name], freq="M").asi8 - zero for name in ("start", "end")]
    return np.stack(ends, axis=1).astype(np.int64)


def _hosts(case: Case, rows: pd.DataFrame) -> Ints:
    """Place of each row's host."""
    places = {host.name: place for place, host in enumerate(case.hosts)}
    return np.array([places[host] for host in rows["host"]], dtype=np.int64)


def _stretches(case: Case, rows: pd.DataFrame) -> Pieces:
    """Months that each count adds up, and the weight of each."""
    window, quantity = _windows(case, rows), rows["quantity"]
    names = quantity.unique()
    paths = {name: [PATHS.index(path) for path in COUNTS[name][0]] for name in names}
    many = quantity.map({name: len(found) for name, found in paths.items()}).to_numpy(dtype=int)
    level = quantity.map({name: MEASURED_BY_NAME[name].kind == "level" for name in names})
    weight = np.where(level.to_numpy(dtype=bool), 1.0 / (window[:, 1] - window[:, 0] + 1), 1.0)
    weight[quantity.isin(YEARLY_RATES).to_numpy()] = 1.0 / 12.0
    whole = pd.DataFrame(
        {
            "row": np.repeat(np.arange(len(rows)), many),
            "path": np.array([path for name in quantity for path in paths[name]], dtype=np.int64),
            "first": np.repeat(window[:, 0], many),
            "stop": np.repeat(window[:, 1] + 1, many),
            "weight": np.repeat(weight, many),
        }
    )
    pieces = [whole]
    # of a first or last month that is a part, the days outside are taken off again
    for part, month in (("first_part", window[:, 0]), ("last_part", window[:, 1])):
        outside = 1.0 - rows[part].to_numpy(dtype=np.float64)[whole["row"]]
        at = month[whole["row"]]
        less = whole.assign(first=at, stop=at + 1, weight=-outside * whole["weight"])
        pieces.append(less[outside > 0.0])
    found = pd.concat(pieces).sort_values("row", kind="stable")
    return Pieces.of(
        np.bincount(found["row"], minlength=len(rows)),
        path=found["path"].to_numpy(),
        host=_hosts(case, rows)[found["row"]],
        first=found["first"].to_numpy(),
        stop=found["stop"].to_numpy(),
        weight=found["weight"].to_numpy(),
    )


def _worked(case: Case, rows: pd.DataFrame) -> Pieces:
    """Working time that divides each item stated per shift or hour."""
    names = [WORKING_TIME[per] for per in rows["per"]]
    many = np.array([len(one) for one in names], dtype=np.int64)
    return Pieces.of(
        many,
        factor=np.array([DIVISORS.index(name) for one in names for name in one], dtype=np.int64),
        host=np.repeat(_hosts(case, rows), many),
    )


def _factors(case: Case, rows: pd.DataFrame) -> Pieces:
    """Factors that multiply each count."""
    powers = [COUNTS[name][1] for name in rows["quantity"]]
    many = np.array([len(one) for one in powers], dtype=np.int64)
    return Pieces.of(
        many,
        factor=np.array([FACTORS.index(name) for one in powers for name in one], dtype=np.int64),
        host=np.repeat(_hosts(case, rows), many),
        power=np.array([power for one in powers for power in one.values()], dtype=np.float64),
    )


def _segments(case: Case, rows: pd.DataFrame, counts: int) -> Pieces:
    """Segments that each row covers: those it names, or all of its host's.

    The first rows are counts; those that name no segment get none.
    """
    places = {segment.id: place for place, segment in enumerate(case.segments)}
    known: dict[Any, Ints] = {}
    for host, named in set(zip(rows["host"], rows["segments"], strict=True)):
        own = [
            one.id for one in case.segments if one.host == host and (not named or one.id in named)
        ]
        known[host, named] = np.array([places[one] for one in own], dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    found = [
        none if number < counts and not named else known[host, named]
        for number, (host, named) in enumerate(zip(rows["host"], rows["segments"], strict=True))
    ]
    many = np.array([len(one) for one in found], dtype=np.int64)
    return Pieces.of(many, segment=np.concatenate([none, *found]))


def _cells(case: Case, window: Ints, segment: Ints) -> tuple[Cells, Ints]:
    """Cells of distinct windows and segments, and the cell of each given one."""
    known = np.column_stack([window, segment]).astype(np.int64)
    distinct, which = np.unique(known, axis=0, return_inverse=True)
    first, last, one = distinct.T
    return Cells.windows(case, first, last, one), which.ravel()


def _basic_places(case: Case, layout: Layout, rows: pd.DataFrame) -> Ints:
    """Places of the basic quantities that rows are about."""
    pairs = set(zip(rows["quantity"], rows["host"], strict=True))
    first = case.hosts[0].name
    places = {pair: layout.index[label(pair[0], pair[1], "", first)] for pair in pairs}
    return np.array(
        [places[pair] for pair in zip(rows["quantity"], rows["host"], strict=True)], dtype=np.int64
    )
