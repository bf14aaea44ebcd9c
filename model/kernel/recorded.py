"""Operations that equations may apply to recorded numbers; each function records one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.kernel.program import Floats, Op
from model.kernel.tape import Node, exp, log

Ints = NDArray[np.int64]

__all__ = [
    "TAPE", "at_least", "balances", "before", "concatenate", "exp", "group_sums", "hedges", "log",
    "products", "recurrence", "sigmoid", "spreads", "stretches", "weighted_sums",
]  # fmt: skip


def sigmoid(x: Node) -> Node:
    """1 / (1 + exp(-x))."""
    return x._alone(Op.SIGMOID)


def at_least(x: Node, floor: ArrayLike) -> Node:
    """The larger of x and a floor."""
    return x.tape.record(Op.AT_LEAST, len(x), x.place, x.tape.data(floor, len(x)))


def concatenate(nodes: list[Node]) -> Node:
    """Join nodes end to end; nothing is computed."""
    return Node(nodes[0].tape, np.concatenate([node.at for node in nodes]))


def stretches(x: Node, starts: Ints, firsts: Ints, stops: Ints, weights: ArrayLike = 1.0) -> Node:
    """Weighted sums of stretches of ``x``.

    Parameters
    ----------
    x : Node
    starts : array of int, (n + 1,)
        Where each result's stretches begin.
    firsts, stops : array of int, (k,)
        First and one-past-last number of each stretch; none is empty.
    weights : array, (k,)
    """
    tape, at = x.tape, x.at
    breaks = np.cumsum(np.diff(at, prepend=at[:1]) != 1)
    if (breaks[stops - 1] != breaks[firsts]).any():
        # numbers that are not adjacent are laid side by side first
        at = x.laid.at
    return tape.record(
        Op.SUMS, len(starts) - 1, tape.places(starts), tape.places(at[firsts]),
        tape.places(at[stops - 1] + 1), tape.data(weights, len(firsts)), reads=at,
    )  # fmt: skip


def group_sums(x: Node, groups: Ints, count: int) -> Node:
    """Sums of the numbers of each group."""
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(count + 1))
    return stretches(x, starts, order, order + 1)


def weighted_sums(x: Node, starts: Ints, places: Ints, weights: Floats) -> Node:
    """Weighted sums of numbers of ``x``, from each start to the next."""
    return stretches(x, starts, places, places + 1, weights)


def products(x: Node, y: Node, starts: Ints) -> Node:
    """Sums of products of x and y, from each start to the next."""
    tape = x.tape
    return tape.record(
        Op.DOTS, len(starts) - 1, tape.places(starts), tape.places(x.at), tape.places(y.at),
        reads=np.concatenate([x.at, y.at]),
    )  # fmt: skip


def recurrence(before: Node, survival: Node, inflow: Node) -> Node:
    """Solve next = before * survival + inflow, for each number of ``before``."""
    operands = [before.place, survival.place, inflow.place]
    reads = [
        place + np.arange(len(node))
        for place, node in zip(operands, (before, survival, inflow), strict=True)
    ]
    n = len(inflow)
    return before.tape.record(
        Op.RECURRENCE, n, *operands, n // len(before), reads=np.concatenate(reads)
    )


def before(at_start: Node, path: Node) -> Node:
    """The paths of ``recurrence`` a step earlier; nothing is computed."""
    at = path.at.reshape(len(at_start), -1)
    return Node(path.tape, np.column_stack([at_start.at, at[:, :-1]]).ravel())


def hedges(
    x: Node, sd: Node, tail: ArrayLike, weight: ArrayLike, off: tuple[float, float] = (0.0, 1.0)
) -> Node:
    """Weighted log densities at x of Normals with exponential tails.

    ``off`` is the probability that a figure is off, and the deviation that its error then adds.
    """
    n, tape = len(x), x.tape
    return tape.record(
        Op.HEDGES, n, x.place, sd.place, tape.data(tail, n), tape.data(weight, n),
        tape.data(off),
    )  # fmt: skip


def spreads(
    location: Node, log_deviation: Node, low: Floats, high: Floats, weight: Floats, units: Floats
) -> Node:
    """Weighted log densities of the lowest and highest of many units."""
    n, tape = len(location), location.tape
    shares = np.log(units * (units - 1.0) / len(units))
    return tape.record(
        Op.SPREADS, n, location.place, log_deviation.place,
        tape.data(np.concatenate([low, high, weight])),
        tape.data(np.concatenate([units, shares])), len(units),
    )  # fmt: skip


def balances(
    before: Node, after: Node, turnover: Node,
    months: Floats, inflow: tuple[Floats, Floats], hazard: tuple[Floats, Floats],
) -> tuple[Node, Node]:  # fmt: skip
    """Excess of arrivals between two levels of a stock, and the log of its slope in the latter.

    ``inflow`` and ``hazard`` are mean and deviation of the logs of a phase's two rates.
    """
    n, tape = len(before), before.tape
    phases = np.concatenate([months, *inflow, *hazard])
    found = tape.record(Op.BALANCE, n, before.place, after.place, turnover.place, tape.data(phases))
    return found, Node(tape, found.at + 4 * n)


#: The namespace of operations for equations, in recorded form.
TAPE = SimpleNamespace(
    exp=exp, sigmoid=sigmoid, concatenate=concatenate, group_sums=group_sums,
    recurrence=recurrence, weighted_sums=weighted_sums, before=before,
)  # fmt: skip
