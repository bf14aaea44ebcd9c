"""What each row of evidence measures: from the quantities to the log of the figure it speaks of.

Rows fall into four groups, by how their quantity follows from the basic ones: counts (a window of
the workforce, times factors), segment shares, items of the accounts (at a date, for segments, as
an amount or a share of a base) and basic quantities themselves. ``Measurement`` holds the groups
as index arrays; ``log_quantities`` turns values into one vector over all rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.accounts import WorkerMonth
from model.case import Case
from model.economy import Calendar, Grid, Layout, Values, accounts, segment_weights, workers
from model.quantities import MEASURED_BY_NAME
from model.reader.priors import label
from model.workforce import Workforce

Array = Any
Namespace = Any
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Paths by month that counts are windows of, in the order in which they are laid end to end.
PATHS = ("permitted", "irregular", "working", "permit_entries", "irregular_entries")

#: Each count: the paths it adds up, and the power of each factor it is multiplied by.
COUNTS: dict[str, tuple[tuple[str, ...], dict[str, float]]] = {
    "permitted": (("permitted",), {}),
    "irregular": (("irregular",), {}),
    "working": (("working",), {}),
    "quota": (("permitted",), {"quota_use": -1.0}),
    "authorisations": (("permitted",), {"quota_use": -1.0}),
    "permits_issued": (("permitted",), {"permits_per_year": 1.0}),
    "new_permits": (("permit_entries",), {}),
    "visas_issued": (("permit_entries",), {"visas_per_entry": 1.0}),
    "work_registrations": (("permit_entries",), {"registrations_per_entry": 1.0}),
    "irregular_registrations": (("irregular_entries",), {"registrations_per_entry": 1.0}),
    "entries": (("permit_entries", "irregular_entries"), {}),
}
#: Flows that are yearly rates applied to a stock: a month of stock counts for a twelfth.
YEARLY_RATES = ("authorisations", "permits_issued")
FACTORS = ("quota_use", "permits_per_year", "visas_per_entry", "registrations_per_entry")

#: Least amount, in the host's currency: what is left of a payment may be negative in a corner of
#: the prior, and has no logarithm there. The evidence then rules the corner out.
LEAST = 1e-6

#: Items of the accounts that a row may name; properties of ``WorkerMonth``.
ITEMS = (
    "payment", "billings", "net_of_tax", "wage_fund", "declared_salary", "worker_keeps",
    "withheld", "upkeep", "broker_take", "managers_take", "plan", "state_take", "wedge", "surplus",
)  # fmt: skip


@dataclass(frozen=True)
class Measurement:
    """The rows' groups as arrays; R rows in the order counts, shares, accounts, basic.

    Attributes
    ----------
    ids : tuple of str
        Row ids in that order.
    groups : tuple of int
        Number of rows in each group.
    windows : array, (counts, paths * H * T)
        Weight of each path and month in each count.
    factors : array, (counts, factors * H)
        Power of each factor in each count.
    count_segments : array, (counts, S)
        One for each segment that the count covers.
    share_segments : array, (shares, S)
        The same for segment shares.
    date, item, base : array of int, (accounts,)
        Date of the grid, item, and base (-1: an amount).
    account_segments : array, (accounts, S)
        Segments of the row's host, or those it names.
    basic : array of int, (basic,)
        Place in the vector of basic quantities.
    balance : tuple of (int, int)
        First and one-past-last date of the grid that carry the yearly balance.
    """

    ids: tuple[str, ...]
    groups: tuple[int, int, int, int]
    windows: Floats
    factors: Floats
    count_segments: Floats
    share_segments: Floats
    date: Ints
    item: Ints
    base: Ints
    account_segments: Floats
    basic: Ints
    grid: Grid
    calendar: Calendar
    balance: tuple[int, int]


def group_of(quantity: str) -> int:
    """Group (0 counts, 1 shares, 2 accounts, 3 basic) of a quantity that evidence speaks of."""
    measured = MEASURED_BY_NAME.get(quantity)
    if measured is None:
        return 3
    return {"level": 0, "flow": 0, "share": 1, "worker_month": 2}[measured.kind]


def yearly_windows(case: Case) -> list[tuple[int, int]]:
    """First and last month of each calendar year, or part of one, that the timeline covers."""
    years = case.timeline.months.year
    return [
        (int(np.flatnonzero(years == year)[0]), int(np.flatnonzero(years == year)[-1]))
        for year in sorted(set(years))
    ]


def measurement(case: Case, layout: Layout, rows: pd.DataFrame) -> Measurement:
    """Index arrays for rows of evidence that lie within the timeline.

    Parameters
    ----------
    case : Case
    layout : Layout
    rows : DataFrame
        Rows of ``case.evidence``.
    """
    rows = rows.assign(group=[group_of(name) for name in rows["quantity"]])
    rows = rows.sort_values(["group", "id"], kind="stable")
    counts, shares, items, basics = (rows[rows["group"] == group] for group in range(4))
    years = yearly_windows(case)
    dates = sorted({_window(case, row) for row in items.itertuples()} - set(years))
    windows = years + dates
    calendar = Calendar.of(case)
    return Measurement(
        ids=tuple(rows["id"]),
        groups=(len(counts), len(shares), len(items), len(basics)),
        windows=np.array([_path_weights(case, row) for row in counts.itertuples()]),
        factors=np.array([_factor_powers(case, row) for row in counts.itertuples()]),
        count_segments=_segment_masks(case, counts),
        share_segments=_segment_masks(case, shares),
        date=np.array([windows.index(_window(case, row)) for row in items.itertuples()], int),
        item=np.array([ITEMS.index(name) for name in items["quantity"]], int),
        base=np.array([ITEMS.index(base) if base else -1 for base in items["base"]], int),
        account_segments=_segment_masks(case, items),
        basic=np.array(
            [
                layout.index[label(row.quantity, row.host, "", case.hosts[0].name)]
                for row in basics.itertuples()
            ],
            int,
        ),
        grid=Grid.of(case, windows),
        calendar=calendar,
        balance=(0, len(years)),
    )


def log_quantities(
    xp: Namespace,
    layout: Layout,
    measured: Measurement,
    natural: Array,
) -> tuple[Array, Array]:
    """Log of the quantity each row speaks of, and the log balance of the yearly accounts.

    Parameters
    ----------
    xp : namespace
    layout, measured : Layout, Measurement
    natural : array, (..., N)
        Basic quantities in their own units.

    Returns
    -------
    log_quantity : array, (..., R)
        In canonical units; money in the host's currency.
    log_balance : array, (..., years, S)
        Log of billings over the sum of all uses, by year and segment.
    """
    values = layout.by_family(xp, natural)
    weights = segment_weights(xp, values, measured.grid)
    account = accounts(xp, values, measured.grid)
    first, stop = measured.balance
    log_balance = xp.log(account.billings / account.uses)[..., first:stop, :]
    counts, shares, items, basics = measured.groups
    logs = []
    if counts:
        force = workers(xp, values, measured.calendar)
        logs.append(_log_counts(xp, measured, values, force, weights))
    if shares:
        logs.append(xp.log(xp.dot(weights, measured.share_segments.T)))
    if items:
        logs.append(_log_items(xp, measured, account, weights))
    if basics:
        logs.append(xp.log(natural[..., measured.basic]))
    # without any row only priors and balance speak
    log_quantity = xp.concatenate(logs, axis=-1) if logs else natural[..., :0]
    return log_quantity, log_balance


def _log_counts(
    xp: Namespace, measured: Measurement, values: Values, force: Workforce, weights: Array
) -> Array:
    paths = xp.concatenate([xp.flatten(getattr(force, name)) for name in PATHS], axis=-1)
    factors = xp.log(xp.concatenate([values[name] for name in FACTORS], axis=-1))
    return (
        xp.log(xp.dot(paths, measured.windows.T))
        + xp.dot(factors, measured.factors.T)
        + xp.log(xp.dot(weights, measured.count_segments.T))
    )


def _log_items(xp: Namespace, measured: Measurement, account: WorkerMonth, weights: Array) -> Array:
    """Items averaged over the workers of the row's segments; amounts, or shares of a base."""
    used = sorted({*measured.item.tolist(), *measured.base.tolist()} - {-1})
    # 0 * billings gives every item the full shape (dates, segments)
    full = 0.0 * account.billings
    tables = xp.stack([full + getattr(account, ITEMS[item]) for item in used], axis=-3)
    mask = weights[..., None, :] * measured.account_segments
    mask = mask / xp.sum(mask, axis=-1, keepdims=True)
    place = np.array([used.index(item) for item in measured.item], int)
    amount = xp.sum(tables[..., place, measured.date, :] * mask, axis=-1)
    log_amount = xp.log(xp.maximum(amount, LEAST))
    has_base = (measured.base >= 0).astype(float)
    if not has_base.any():
        return log_amount
    base_place = np.array([used.index(b) if b >= 0 else 0 for b in measured.base], int)
    base = xp.sum(tables[..., base_place, measured.date, :] * mask, axis=-1)
    return log_amount - has_base * xp.log(xp.maximum(base, LEAST))


def _window(case: Case, row: Any) -> tuple[int, int]:
    """First and last month of a row, as places in the timeline."""
    zero = case.timeline.months[0].ordinal
    return row.start.ordinal - zero, row.end.ordinal - zero


def _host_index(case: Case, row: Any) -> int:
    return [host.name for host in case.hosts].index(row.host)


def _path_weights(case: Case, row: Any) -> Floats:
    hosts, months = len(case.hosts), len(case.timeline.months)
    first, last = _window(case, row)
    level = MEASURED_BY_NAME[row.quantity].kind == "level"
    weight = 1.0 / (last - first + 1) if level else 1.0
    if row.quantity in YEARLY_RATES:
        weight = 1.0 / 12.0
    table = np.zeros((len(PATHS), hosts, months))
    for path in COUNTS[row.quantity][0]:
        table[PATHS.index(path), _host_index(case, row), first : last + 1] = weight
    return table.ravel()


def _factor_powers(case: Case, row: Any) -> Floats:
    table = np.zeros((len(FACTORS), len(case.hosts)))
    for name, power in COUNTS[row.quantity][1].items():
        table[FACTORS.index(name), _host_index(case, row)] = power
    return table.ravel()


def _segment_masks(case: Case, rows: pd.DataFrame) -> Floats:
    """One for the segments that each row names, or for all of its host's."""
    return np.array(
        [
            [
                float(segment.host == row.host and (not row.segments or segment.id in row.segments))
                for segment in case.segments
            ]
            for row in rows.itertuples()
        ]
    ).reshape(len(rows), len(case.segments))
