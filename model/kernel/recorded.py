"""Operations that equations may apply to recorded numbers; each function records one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.kernel.program import Floats, Op
from model.kernel.tape import Node, exp, log

Ints = NDArray[np.int64]

LOG_2PI = float(np.log(2.0 * np.pi))

__all__ = [
    "TAPE", "at_least", "balance", "concatenate", "exp", "group_sums", "hedges", "log", "products",
    "recurrence", "sigmoid", "spreads", "stretches",
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


def hedges(x: Node, sd: ArrayLike, tail: ArrayLike, weight: ArrayLike) -> Node:
    """Weighted log densities at x of Normals with exponential tails."""
    n, tape = len(x), x.tape
    sd, tail, weight = (np.broadcast_to(np.asarray(one, float), (n,)) for one in (sd, tail, weight))
    with np.errstate(divide="ignore"):
        ends = np.log(sd) + 0.5 * LOG_2PI, np.log(2.0 * np.abs(tail))
    constant = -np.where(tail == 0.0, *ends)
    given = (tape.data(one) for one in (sd, tail, weight, constant))
    return tape.record(Op.HEDGES, n, x.place, *given)


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


def balance(
    logs: Node, years: int, error: float, persistence: float, common: float, weight: float
) -> Node:
    """Weighted log density of one host's log balances, years by segments."""
    tape, begin, segments = logs.tape, logs.place, len(logs) // years
    # eigenvalues of the two correlations, with the number of contrasts and means
    of_years = (1.0 - persistence, years - 1), (1.0 - persistence + years * persistence, 1)
    of_segments = (1.0 - common, segments - 1), (1.0 - common + segments * common, 1)
    log_variance = len(logs) * 2.0 * np.log(error)
    log_variance += segments * sum(many * np.log(one) for one, many in of_years)
    log_variance += years * sum(many * np.log(one) for one, many in of_segments)
    at_balance = -0.5 * (len(logs) * LOG_2PI + log_variance)
    return tape.record(
        Op.BALANCE, 1, begin, years, segments,
        tape.data([error, persistence, common, weight, at_balance]),
        reads=begin + np.arange(len(logs)),
    )  # fmt: skip


#: The namespace of operations for equations, in recorded form.
TAPE = SimpleNamespace(
    exp=exp, sigmoid=sigmoid, concatenate=concatenate, group_sums=group_sums,
    recurrence=recurrence,
)  # fmt: skip
