"""Records what equations do with numbers, as a program for the kernel.

The equations of ``model.economy`` and ``model.measurement`` are called with the namespace ``TAPE``
and with ``Node`` in place of arrays. Nothing is computed then: each operation is written down, and
the kernel carries the list out, forwards for the value and backwards for the gradient. So the
structure of a case is data, and one compiled kernel serves all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.kernel.program import OPERANDS, WIDTH, Floats, Op, Places, Program, room

Ints = NDArray[np.int64]

LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass
class Tape:
    """The operations recorded so far.

    Attributes
    ----------
    size : int
        Length of the vector of standard normals.
    length : int
        Numbers in use: the normals, then what each operation writes.
    affines : dict
        What each shift and factor was applied to, by the place of the result.
    """

    size: int
    length: int = 0
    affines: dict[int, tuple[Ints, Floats, Floats]] = field(default_factory=dict)
    _lines: list[tuple[int, ...]] = field(default_factory=list)
    _reads: list[Ints] = field(default_factory=list)
    _places: list[Ints] = field(default_factory=list)
    _data: list[Floats] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=lambda: {"places": 0, "data": 0})
    _known: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin behind the normals."""
        self.length = self.size

    @property
    def normals(self) -> Node:
        """The vector of standard normals."""
        return Node(self, np.arange(self.size))

    def places(self, found: ArrayLike) -> int:
        """Where these places begin in the program's."""
        return self._kept("places", self._places, np.ascontiguousarray(found, dtype=np.int64))

    def data(self, found: ArrayLike, n: int | None = None) -> int:
        """Where these numbers of the case begin in the program's; one number serves n times."""
        array = np.asarray(found, dtype=np.float64)
        if n is not None:
            array = np.broadcast_to(array, (n,))
        return self._kept("data", self._data, np.ascontiguousarray(array).ravel())

    def _kept(self, kind: str, pool: list[Any], array: NDArray[Any]) -> int:
        key = (kind, array.tobytes())
        if key not in self._known:
            self._known[key] = self._counts[kind]
            self._counts[kind] += array.size
            pool.append(array)
        return int(self._known[key])

    def record(self, op: Op, n: int, *operands: int, reads: Ints | None = None) -> Node:
        """Write an operation down; one that stands there already is not written again.

        Parameters
        ----------
        op : Op
        n : int
            Length of its result.
        *operands : int
        reads : array of int, optional
            Places it reads, where they do not follow from its operands' kinds.
        """
        line = (op, n, *operands)
        if line not in self._known:
            if reads is None:
                kinds = zip(operands, OPERANDS[op], strict=True)
                values = [place + np.arange(n) for place, kind in kinds if kind == "values"]
                reads = np.concatenate(values)
            filled = (op, self.length, n, *operands)
            self._lines.append((*filled, *[0] * (WIDTH - len(filled))))
            self._reads.append(reads)
            self._known[line] = Node(self, self.length + np.arange(n))
            self.length += room(op, n, operands)
        found = self._known[line]
        assert isinstance(found, Node)
        return found

    def writers(self, at: Ints) -> Ints:
        """Which operation wrote the numbers at some places; -1 for the normals."""
        begins = np.array([line[1] for line in self._lines], dtype=np.int64)
        return np.searchsorted(begins, at, side="right") - 1

    def affine_of(self, at: Ints) -> tuple[Ints, Floats, Floats] | None:
        """What numbers were shifted and multiplied from, and by what; if that is what they are."""
        found = self.affines.get(int(at[0])) if len(at) else None
        whole = found is not None and len(at) == len(found[0]) and bool((np.diff(at) == 1).all())
        return found if whole else None

    def operation(self, number: int) -> tuple[int, ...]:
        """An instruction: operation, place, length, operands."""
        return self._lines[number]

    def program(self, terms: list[Node] | None = None, **outputs: Node) -> Program:
        """The program that computes some results and leaves out what they do not need.

        Parameters
        ----------
        terms : list of Node
            What is added up to the log density.
        **outputs : Node
            Other results, which can be asked for by name.
        """
        none = np.zeros(0, dtype=np.int64)
        wanted = np.concatenate([none, *(one.at for one in terms or [])])
        named = {name: one.at for name, one in outputs.items()}
        needed = np.zeros(len(self._lines) + 1, dtype=bool)
        needed[self.writers(np.concatenate([wanted, *named.values()]))] = True
        for number in range(len(self._lines) - 1, -1, -1):
            if needed[number]:
                needed[self.writers(self._reads[number])] = True
        code = np.array(self._lines, dtype=np.uint64).reshape(-1, WIDTH)[needed[:-1]]

        def unsigned(array: Ints) -> Places:
            return array.astype(np.uint64)

        return Program(
            self.size,
            self.length,
            np.ascontiguousarray(code),
            unsigned(np.concatenate([none, *self._places])),
            np.concatenate([np.zeros(0), *self._data]),
            unsigned(wanted),
            {name: unsigned(at) for name, at in named.items()},
        )


@dataclass(frozen=True, eq=False)
class Node:
    """Numbers that a program will compute: the places where they will stand.

    Attributes
    ----------
    tape : Tape
    at : array of int, (n,)
    """

    tape: Tape
    at: Ints

    #: NumPy leaves ``array * node`` to the node.
    __array_ufunc__ = None

    def __len__(self) -> int:
        """How many numbers."""
        return len(self.at)

    def __getitem__(self, key: Any) -> Node:
        """Some of the numbers: ``node[..., index]`` as with arrays; nothing is computed."""
        index = key[1] if isinstance(key, tuple) else key
        return Node(self.tape, np.asarray(self.at[index]).ravel())

    @property
    def place(self) -> int:
        """Where the numbers begin, once they stand side by side."""
        at, n = self.at, len(self.at)
        if n and int(at[-1]) - int(at[0]) == n - 1 and bool((np.diff(at) == 1).all()):
            return int(at[0])
        return int(self.tape.record(Op.GATHER, n, self.tape.places(at), reads=at).at[0])

    @property
    def laid(self) -> Node:
        """The same numbers side by side."""
        return Node(self.tape, self.place + np.arange(len(self)))

    def replaced(self, index: Any, other: Node) -> Node:
        """The same numbers, but for those at ``index``."""
        at = self.at.copy()
        at[index] = other.at
        return Node(self.tape, at)

    def _affine(self, shift: ArrayLike, factor: ArrayLike) -> Node:
        n, tape = len(self), self.tape
        shift, factor = (np.broadcast_to(np.asarray(one, float), (n,)) for one in (shift, factor))
        once, again = distinct(self.at, shift, factor)
        x, shift, factor = Node(tape, self.at[once]), shift[once], factor[once]
        inner = tape.affine_of(x.at)
        if inner is not None:
            at, first, second = inner
            x, shift, factor = Node(tape, at), shift + factor * first, factor * second
        place, m = x.place, len(x)
        found = tape.record(Op.AFFINE, m, place, tape.data(shift), tape.data(factor))
        tape.affines[int(found.at[0])] = (place + np.arange(m), shift, factor)
        return found[again]

    def _both(self, op: Op, other: Node) -> Node:
        assert len(self) == len(other), f"{op.name} of {len(self)} and {len(other)} numbers"
        once, again = distinct(self.at, other.at)
        x, y = self[once], other[once]
        return self.tape.record(op, len(x), x.place, y.place)[again]

    def _alone(self, op: Op, *operands: int) -> Node:
        once, again = distinct(self.at)
        x = self[once]
        return self.tape.record(op, len(x), x.place, *operands)[again]

    def __add__(self, other: Any) -> Node:
        """Sum with another node, or with numbers of the case."""
        return self._both(Op.ADD, other) if isinstance(other, Node) else self._affine(other, 1.0)

    __radd__ = __add__

    def __neg__(self) -> Node:
        """The negative."""
        return self._affine(0.0, -1.0)

    def __sub__(self, other: Any) -> Node:
        """Difference from another node, or from numbers of the case."""
        if isinstance(other, Node):
            return self._both(Op.SUBTRACT, other)
        return self._affine(-np.asarray(other, dtype=np.float64), 1.0)

    def __rsub__(self, other: Any) -> Node:
        """Numbers of the case less this."""
        return self._affine(other, -1.0)

    def __mul__(self, other: Any) -> Node:
        """Product with another node, or with numbers of the case."""
        if isinstance(other, Node):
            return self._both(Op.MULTIPLY, other)
        return self._affine(0.0, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Node:
        """Quotient by another node, or by numbers of the case."""
        if isinstance(other, Node):
            return self._both(Op.DIVIDE, other)
        return self._affine(0.0, 1.0 / np.asarray(other, dtype=np.float64))

    def __pow__(self, power: ArrayLike) -> Node:
        """To a power that the case states, for numbers above zero."""
        return exp(log(self) * power)


def distinct(*columns: NDArray[Any]) -> tuple[Any, Any]:
    """Where each distinct line of some columns stands first, and which of them each line is.

    What is computed of equal numbers is computed once: a rate that holds for a host is not worked
    out again for each of its segments.
    """
    keys = columns[0]
    if len(np.unique(keys)) == len(keys):
        return slice(None), slice(None)
    for column in columns[1:]:
        _, number = np.unique(column, return_inverse=True)
        keys = keys * (int(number.max()) + 1) + number
    _, once, again = np.unique(keys, return_index=True, return_inverse=True)
    return once, again


def exp(x: Node) -> Node:
    """Exponential."""
    return x._alone(Op.EXP)


def log(x: Node) -> Node:
    """Logarithm; of an exponential, what it was taken of."""
    tape, wrote = x.tape, x.tape.writers(x.at)
    at = np.full(len(x), -1, dtype=np.int64)
    for number in np.unique(wrote[wrote >= 0]):
        op, out, _, operand, *_ = tape.operation(int(number))
        if op == Op.EXP:
            own = wrote == number
            at[own] = x.at[own] - out + operand
    rest = at < 0
    if rest.any():
        at[rest] = x[rest]._alone(Op.LOG).at
    return Node(tape, at)


def sigmoid(x: Node) -> Node:
    """1 / (1 + exp(-x))."""
    return x._alone(Op.SIGMOID)


def at_least(x: Node, floor: ArrayLike) -> Node:
    """The larger of x and a floor."""
    return x.tape.record(Op.AT_LEAST, len(x), x.place, x.tape.data(floor, len(x)))


def concatenate(nodes: list[Node]) -> Node:
    """Nodes end to end; nothing is computed."""
    return Node(nodes[0].tape, np.concatenate([node.at for node in nodes]))


def stretches(x: Node, starts: Ints, firsts: Ints, stops: Ints, weights: ArrayLike = 1.0) -> Node:
    """Weighted sums of stretches of ``x``.

    Parameters
    ----------
    x : Node
    starts : array of int, (n + 1,)
        Where each result's stretches begin.
    firsts, stops : array of int, (k,)
        First and one-past-last number of each stretch, none of which is empty.
    weights : array, (k,)
    """
    tape, at = x.tape, x.at
    breaks = np.cumsum(np.diff(at, prepend=at[:1]) != 1)
    if (breaks[stops - 1] != breaks[firsts]).any():
        # numbers that stand apart are laid side by side first
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
    """next = before * survival + inflow, for each number of ``before``."""
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
    # eigenvalues of the two correlations, and how many contrasts and means have each
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


#: The operations that equations take from their namespace, as recorded.
TAPE = SimpleNamespace(
    exp=exp, sigmoid=sigmoid, concatenate=concatenate, group_sums=group_sums,
    recurrence=recurrence,
)  # fmt: skip
