"""Record the operations of equations as a program for the kernel.

The equations of ``model.evidence`` are called with the namespace ``TAPE`` and with ``Node`` in
place of arrays. Nothing is computed then: each operation is recorded, and the kernel runs the list
forwards for the value and backwards for the gradient. The structure of a case is thus data, and one
compiled kernel serves all cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.kernel.program import OPERANDS, WIDTH, Floats, Op, Places, Program, room

Ints = NDArray[np.int64]


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
        Operand, shift and factor of each affine operation, by the place of the result.
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
        """Start after the normals."""
        self.length = self.size

    @property
    def normals(self) -> Node:
        """The vector of standard normals."""
        return Node(self, np.arange(self.size))

    def numbers(self, found: ArrayLike) -> Node:
        """Numbers of the case as a node, (n,)."""
        first = self.normals[np.zeros(np.size(found), dtype=np.int64)]
        return first._affine(found, 0.0) if len(first) else first

    def places(self, found: ArrayLike) -> int:
        """Store places and return where they begin in the program's."""
        return self._kept("places", self._places, np.ascontiguousarray(found, dtype=np.int64))

    def data(self, found: ArrayLike, n: int | None = None) -> int:
        """Store numbers of the case and return where they begin; one number is repeated n times."""
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
        """Record an operation, unless the same one is already recorded.

        Parameters
        ----------
        op : Op
        n : int
            Length of its result.
        *operands : int
        reads : array of int, optional
            Places it reads, if they do not follow from its operands' kinds.
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
            self.length += room(op, n)
        found = self._known[line]
        assert isinstance(found, Node)
        return found

    def writers(self, at: Ints) -> Ints:
        """Number of the operation that wrote each place; -1 for the normals."""
        begins = np.array([line[1] for line in self._lines], dtype=np.int64)
        return np.searchsorted(begins, at, side="right") - 1

    def affine_of(self, at: Ints) -> tuple[Ints, Floats, Floats] | None:
        """Operand, shifts and factors if the numbers are the result of an affine operation."""
        found = self.affines.get(int(at[0])) if len(at) else None
        whole = found is not None and len(at) == len(found[0]) and bool((np.diff(at) == 1).all())
        return found if whole else None

    def operation(self, number: int) -> tuple[int, ...]:
        """An instruction: operation, place, length, operands."""
        return self._lines[number]

    def program(self, terms: list[Node] | None = None, **outputs: Node) -> Program:
        """Return the program that computes some results and omits what they do not need.

        Parameters
        ----------
        terms : list of Node
            Terms that add up to the log density.
        **outputs : Node
            Other results, available by name.
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
    """Numbers that a program will compute, held as the places where they will be.

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
        """Count of the numbers."""
        return len(self.at)

    def __getitem__(self, key: Any) -> Node:
        """Select numbers, ``node[..., index]`` as with arrays; nothing is computed."""
        index = key[1] if isinstance(key, tuple) else key
        return Node(self.tape, np.asarray(self.at[index]).ravel())

    @property
    def place(self) -> int:
        """Where the numbers begin, after laying them side by side if needed."""
        at, n = self.at, len(self.at)
        if n and int(at[-1]) - int(at[0]) == n - 1 and bool((np.diff(at) == 1).all()):
            return int(at[0])
        starts = np.flatnonzero(np.diff(at, prepend=at[:1] - 1) != 0)
        if 4 * len(starts) < n:
            # a phase's rate holds for its months
            found = self.tape.record(
                Op.REPEAT, n, self.tape.places(np.append(starts, n)),
                self.tape.places(at[starts]), len(starts), reads=at[starts],
            )  # fmt: skip
        else:
            found = self.tape.record(Op.GATHER, n, self.tape.places(at), reads=at)
        return int(found.at[0])

    @property
    def laid(self) -> Node:
        """The same numbers side by side."""
        return Node(self.tape, self.place + np.arange(len(self)))

    def replaced(self, index: Any, other: Node) -> Node:
        """The same numbers, with those at ``index`` replaced by ``other``."""
        at = self.at.copy()
        at[index] = other.at
        return Node(self.tape, at)

    def _affine(self, shift: ArrayLike, factor: ArrayLike) -> Node:
        n, tape = len(self), self.tape
        shifts, factors = (
            np.broadcast_to(np.asarray(one, dtype=np.float64), (n,)) for one in (shift, factor)
        )
        once, again = distinct(self.at, shifts, factors)
        x, shifts, factors = self[once], shifts[once], factors[once]
        inner = tape.affine_of(x.at)
        if inner is not None:
            # two shifts and factors combine into one
            at, first, second = inner
            x, shifts, factors = Node(tape, at), shifts + factors * first, factors * second
        place, m = x.place, len(x)
        found = tape.record(Op.AFFINE, m, place, tape.data(shifts), tape.data(factors))
        tape.affines[found.place] = (place + np.arange(m), shifts, factors)
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
        """Raise numbers above zero to a power given by the case; zero has a square root."""
        if np.ndim(power) == 0 and power == 0.5:
            return self._alone(Op.ROOT)
        return exp(log(self) * power)


def distinct(*columns: NDArray[Any]) -> tuple[Any, Any]:
    """First place of each distinct line of some columns, and which of these each line is.

    Results for equal numbers are computed once: a rate that holds for a host is not recomputed for
    each of its segments.
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
    """Logarithm; for an exponential, its exponent."""
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
