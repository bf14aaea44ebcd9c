"""The instructions once more, slowly, with every place looked at before it is used.

An independent reading of what the kernel does, from the operations' descriptions: whole numbers
grow without bound here, so that nothing comes round to a small place again. Pulls read and write
where the operations did, so that going forwards shows all places.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.kernel.program import Op, Program
from model.kernel.special import balance, extremes, hedge


class OutsideError(AssertionError):
    """A program that was let through would have touched memory that is not its own."""


class Memory:
    """Numbers that are read and written by place and length, within bounds."""

    def __init__(self, numbers: Sequence[float] | np.ndarray, first_written: int = 0) -> None:
        self.numbers = np.array(numbers)
        self.first_written = first_written

    def _within(self, place: int, n: int) -> slice:
        # no length is negative, and no place is one past the end
        if not (place >= 0 and n >= 0 and place + n <= len(self.numbers)):
            raise OutsideError(f"{n} from {place} on, of {len(self.numbers)}")
        return slice(place, place + n)

    def read(self, place: int, n: int) -> np.ndarray:
        return self.numbers[self._within(place, n)]

    def one(self, place: int) -> int:
        return int(self.read(place, 1)[0])

    def write(self, place: int, found: np.ndarray) -> None:
        if place < self.first_written:
            raise OutsideError(f"{place} is written, one of the normals")
        self.numbers[self._within(place, len(found))] = found


def run(program: Program, normals: np.ndarray) -> np.ndarray:
    """All numbers of one evaluation.

    Raises
    ------
    OutsideError
        As soon as a place is not the program's own.
    """
    v = Memory(np.concatenate([normals, np.full(program.length - len(normals), np.nan)]),
               program.size)  # fmt: skip
    p, f = Memory(program.places), Memory(program.data)
    with np.errstate(all="ignore"):
        for op, out, n, *operands in program.code.tolist():
            v.write(out, _result(Op(op), n, operands, v, p, f))
    for places in (program.terms, *program.outputs.values()):
        for place in places.tolist():
            v.read(place, 1)
    return v.numbers


def _result(op: Op, n: int, operands: list[int], v: Memory, p: Memory, f: Memory) -> np.ndarray:
    a, b, c, d, e = operands
    if op == Op.AFFINE:
        return f.read(b, n) + f.read(c, n) * v.read(a, n)
    if op in (Op.ADD, Op.SUBTRACT, Op.MULTIPLY, Op.DIVIDE):
        function = {
            Op.ADD: np.add, Op.SUBTRACT: np.subtract, Op.MULTIPLY: np.multiply, Op.DIVIDE: np.divide
        }[op]  # fmt: skip
        return np.asarray(function(v.read(a, n), v.read(b, n)))
    if op == Op.EXP:
        return np.exp(v.read(a, n))
    if op == Op.LOG:
        return np.log(v.read(a, n))
    if op == Op.SIGMOID:
        x = v.read(a, n)
        return np.concatenate([1.0 / (1.0 + np.exp(-x)), 1.0 / (1.0 + np.exp(x))])
    if op == Op.AT_LEAST:
        return np.maximum(v.read(a, n), f.read(b, n))
    if op == Op.GATHER:
        return np.array([v.read(place, 1)[0] for place in p.read(a, n).tolist()])
    if op == Op.SUMS:
        return np.array([_sums(r, operands, v, p, f) for r in range(n)])
    if op == Op.DOTS:
        return np.array([_dots(r, operands, v, p) for r in range(n)])
    if op == Op.RECURRENCE:
        return _recurrence(v.read(a, n // d), v.read(b, n), v.read(c, n))
    if op == Op.HEDGES:
        x, sd, tail, weight = v.read(a, n), v.read(b, n), f.read(c, n), f.read(d, n)
        off = f.read(e, 2)
        found = np.array([hedge(*one, *off) for one in zip(x, sd, tail, strict=True)])
        return (weight[:, None] * found).T.ravel()
    if op == Op.SPREADS:
        low, high, weight = f.read(c, 3 * n).reshape(3, n)
        units, shares = f.read(d, 2 * e).reshape(2, e)
        centre, deviation = v.read(a, n), v.read(b, n)
        found = np.array([
            extremes(*one, units, shares)
            for one in zip(low, high, centre, deviation, strict=True)
        ])  # fmt: skip
        return (weight[:, None] * found).T.ravel()
    if op == Op.REPEAT:
        return _repeat(n, p.read(a, c + 1), p.read(b, c), v)
    if op == Op.BALANCE:
        columns = [v.read(place, n) for place in (a, b, c)]
        found = np.array([
            balance(*one) for one in zip(*columns, *f.read(d, 5 * n).reshape(5, n), strict=True)
        ])  # fmt: skip
        return found.T.ravel()
    assert op == Op.ROOT
    return np.sqrt(v.read(a, n))


def _repeat(n: int, starts: np.ndarray, places: np.ndarray, v: Memory) -> np.ndarray:
    found = Memory(np.full(n, np.nan))
    for run, place in enumerate(places.tolist()):
        begin, end = int(starts[run]), int(starts[run + 1])
        found.write(begin, np.full(max(0, end - begin), v.read(place, 1)[0]))
    return found.numbers


def _sums(r: int, operands: list[int], v: Memory, p: Memory, f: Memory) -> float:
    starts, firsts, stops, weights = operands[:4]
    total = 0.0
    for k in range(p.one(starts + r), p.one(starts + r + 1)):
        first, stop = p.one(firsts + k), p.one(stops + k)
        # a stretch that ends before it begins is empty, as a loop is
        total += f.read(weights + k, 1)[0] * v.read(first, max(0, stop - first)).sum()
    return total


def _dots(r: int, operands: list[int], v: Memory, p: Memory) -> float:
    starts, left, right = operands[:3]
    total = 0.0
    for k in range(p.one(starts + r), p.one(starts + r + 1)):
        total += v.read(p.one(left + k), 1)[0] * v.read(p.one(right + k), 1)[0]
    return total


def _recurrence(before: np.ndarray, survival: np.ndarray, inflow: np.ndarray) -> np.ndarray:
    found = []
    for last, rates, more in zip(
        before, survival.reshape(len(before), -1), inflow.reshape(len(before), -1), strict=True
    ):
        for rate, one in zip(rates, more, strict=True):
            last = last * rate + one
            found.append(last)
    return np.array(found)
