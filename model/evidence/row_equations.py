"""The log of the quantity each row of evidence is about, from the basic quantities.

``recorded`` records the equations for the kernel; ``log_quantities`` runs them on draws, and
``log_items`` on accounts that were drawn up in another way.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from model.equations.accounts import WorkerMonth
from model.evidence.economy import Layout, Values, accounts, segment_weights, workers
from model.evidence.measurement import DIVISORS, FACTORS, ITEMS, PATHS, Measurement
from model.kernel import recorded as on
from model.kernel.native import evaluate
from model.kernel.recorded import TAPE
from model.kernel.tape import Node, Tape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Least amount, in the host's currency. What is left of a payment may be negative in a corner of
#: the prior, where it has no logarithm; the evidence then rules that corner out.
LEAST = 1e-6


def log_quantities(layout: Layout, measured: Measurement, natural: Floats) -> Floats:
    """Log of the quantity each row is about, (..., R), from basic quantities, (..., N).

    In canonical units, with money in the host's currency. Zero counts give minus infinity.
    """
    tape = Tape(layout.size)
    found = recorded(layout, measured, tape.normals)
    return evaluate(tape.program(rows=found), "rows", natural)


def log_items(measured: Measurement, account: WorkerMonth, weights: Floats) -> Floats:
    """Log of the monthly amount of each row about an item of the accounts, (items,).

    Parameters
    ----------
    measured : Measurement
    account : WorkerMonth
        Accounts of the measurement's cells, which need not be those of the model.
    weights : array, (S,)
        Share of each segment in its host's workers.
    """
    if not measured.groups[2]:
        return np.zeros(0)
    names = [one.name for one in fields(account)]
    shape = (len(names), len(measured.cells.segment))
    amounts = np.empty(shape)
    for place, name in enumerate(names):
        amounts[place] = getattr(account, name)
    tape = Tape(amounts.size + len(weights))
    nodes = [tape.normals[..., own] for own in np.arange(amounts.size).reshape(shape)]
    found = _log_items(
        measured,
        WorkerMonth(**dict(zip(names, nodes, strict=True))),
        tape.normals[..., amounts.size :],
    )
    points = np.concatenate([amounts.ravel(), weights])
    return evaluate(tape.program(rows=found), "rows", points)


def log_time_worked(measured: Measurement, values: Values) -> Floats:
    """Log of the working time in a month that each item is divided by, (items,); zero for none."""
    host, factor = measured.worked["host"], measured.worked["factor"]
    logs = [np.log(values[DIVISORS[one]][place]) for one, place in zip(factor, host, strict=True)]
    found = np.zeros(measured.groups[2])
    np.add.at(found, np.repeat(np.arange(len(found)), np.diff(measured.worked.start)), logs)
    return found


def recorded(layout: Layout, measured: Measurement, natural: Node) -> Node:
    """Record the log of the quantity each row is about, (R,), from the basic quantities."""
    values = layout.by_family(natural)
    weights = segment_weights(values, measured.host_of_segment, TAPE)
    counts, shares, items, basics = measured.groups
    # an empty first entry, so that there is something to concatenate if there are no rows
    logs = [natural[..., :0]]
    if counts:
        logs.append(_log_counts(measured, values, weights))
    if shares:
        start = measured.segments.start[counts : counts + shares + 1]
        logs.append(on.log(_covered(measured, weights, start)))
    if items:
        month = _log_items(measured, accounts(values, measured.cells), weights)
        logs.append(_per_time_worked(measured, values, month))
    if basics:
        logs.append(on.log(natural[..., measured.basic]))
    found = on.concatenate(logs)
    return found if measured.plain else _together(measured, found)


def _together(measured: Measurement, parts: Node) -> Node:
    """Log of each row's quantity, (R,), from the logs of its parts: a sum, or a ratio of two."""
    count = len(measured.ids)

    def log_sums(parts_of: Ints) -> Node:
        """Log of the sum of some parts by row, for the rows that have any."""
        many = np.unique(measured.row[parts_of], return_counts=True)[1]
        starts = np.concatenate([[0], np.cumsum(many)])
        found = parts[..., parts_of[starts[:-1]]]
        several = np.flatnonzero(many > 1)
        if len(several):
            own = np.concatenate([parts_of[starts[r] : starts[r + 1]] for r in several])
            each = np.arange(len(own))
            begin = np.concatenate([[0], np.cumsum(many[several])])
            sums = on.log(on.stretches(on.exp(parts[..., own]), begin, each, each + 1))
            found = found.replaced(several, sums)
        return found

    found = log_sums(np.flatnonzero(~measured.below))
    assert len(found) == count
    then = np.flatnonzero(measured.below)
    if len(then):
        changes = np.unique(measured.row[then])
        found = found.replaced(changes, found[..., changes] - log_sums(then))
    return found


def _covered(measured: Measurement, weights: Node, start: Ints) -> Node:
    """Share of the workers in the segments that each row names, in row order."""
    inner = measured.segments["segment"][start[0] : start[-1]]
    return on.stretches(weights, start - start[0], inner, inner + 1)


def _log_counts(measured: Measurement, values: Values, weights: Node) -> Node:
    force = workers(values, measured.calendar, TAPE)
    hosts, months = measured.calendar.host.shape
    windows = measured.windows
    # paths after the last that a row is about are not worked out
    asked = PATHS[: int(windows["path"].max()) + 1]
    paths = on.concatenate([force.path(name, TAPE).laid for name in asked])
    begin = (windows["path"] * hosts + windows["host"]) * months
    found = on.log(
        on.stretches(
            paths, windows.start, begin + windows["first"], begin + windows["stop"],
            windows["weight"],
        )
    )  # fmt: skip
    factors, start = measured.factors, measured.segments.start[: measured.groups[0] + 1]
    entry = factors["factor"] * hosts + factors["host"]
    if len(entry):
        # a family that no row needs may be left out; it is the last
        known = on.concatenate([values[name] for name in FACTORS if name in values])
        logs = on.log(known[..., entry])
        each = np.arange(len(entry))
        some = np.flatnonzero(np.diff(factors.start))
        sums = on.stretches(logs, factors.start, each, each + 1, factors["power"])
        found = found.replaced(some, found[some] + sums[some])
    some = np.flatnonzero(np.diff(start))
    if len(some):
        share = on.log(_covered(measured, weights, np.append(start[some], start[-1])))
        found = found.replaced(some, found[some] + share)
    return found


def _per_time_worked(measured: Measurement, values: Values, month: Node) -> Node:
    """Logs of items by the shift or hour worked where a row states that, from those by month."""
    worked, hosts = measured.worked, len(measured.calendar.host)
    some = np.flatnonzero(np.diff(worked.start))
    if not len(some):
        return month
    entry = worked["factor"] * hosts + worked["host"]
    # a family that no row needs may be left out; the last of them is the only one
    known = on.concatenate([values[name] for name in DIVISORS if name in values])
    each = np.arange(len(entry))
    sums = on.stretches(on.log(known[..., entry]), worked.start, each, each + 1)
    return month.replaced(some, month[some] - sums[some])


def _log_items(measured: Measurement, account: WorkerMonth, weights: Node) -> Node:
    """Items averaged over the workers of the row's segments; amounts, or shares of a base."""
    counts, shares, items, _ = measured.groups
    start = measured.segments.start[counts + shares : counts + shares + items + 1]
    inner = measured.segments["segment"][start[0] : start[-1]]
    start = start - start[0]
    workers_in = weights[..., inner]
    each = np.arange(len(inner))
    in_all = on.stretches(workers_in, start, each, each + 1)

    def log_mean(item: Ints, which: Ints) -> Node:
        """Log of the mean item of some rows."""
        own = np.concatenate([np.arange(start[r], start[r + 1]) for r in which])
        used, number = np.unique(item, return_inverse=True)
        tables = [getattr(account, ITEMS[one]) for one in used]
        begin = np.repeat(number * len(tables[0]), np.diff(start)[which])
        amounts = on.concatenate(tables)[..., begin + measured.cell_of[own]]
        starts = np.concatenate([[0], np.cumsum(np.diff(start)[which])])
        mean = on.products(workers_in[..., own], amounts, starts) / in_all[..., which]
        return on.log(on.at_least(mean, LEAST))

    found = log_mean(measured.item, np.arange(items))
    some = np.flatnonzero(measured.base >= 0)
    if len(some):
        found = found.replaced(some, found[some] - log_mean(measured.base[some], some))
    return found
