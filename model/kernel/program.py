"""A recorded density as plain arrays, and the check that it owns every place it names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.uint64]

#: Numbers of one instruction: operation, place of the result, its length, five operands.
WIDTH = 8


class Op(IntEnum):
    """Operations, by their number in a program."""

    AFFINE = 0
    ADD = 1
    SUBTRACT = 2
    MULTIPLY = 3
    DIVIDE = 4
    EXP = 5
    LOG = 6
    SIGMOID = 7
    AT_LEAST = 8
    GATHER = 9
    SUMS = 10
    DOTS = 11
    RECURRENCE = 12
    HEDGES = 13
    SPREADS = 14
    ROOT = 15
    REPEAT = 16
    BALANCE = 17


#: Kinds of operand: the place of as many numbers as the result has (``values``), where as many
#: ``places`` or ``data`` of the case begin, or one read by the operation's own rule.
Kind = Literal["values", "places", "data", "own"]

OPERANDS: dict[Op, tuple[Kind, ...]] = {
    Op.AFFINE: ("values", "data", "data"),
    Op.ADD: ("values", "values"),
    Op.SUBTRACT: ("values", "values"),
    Op.MULTIPLY: ("values", "values"),
    Op.DIVIDE: ("values", "values"),
    Op.EXP: ("values",),
    Op.LOG: ("values",),
    Op.SIGMOID: ("values",),
    Op.AT_LEAST: ("values", "data"),
    Op.GATHER: ("places",),
    Op.SUMS: ("own", "own", "own", "own"),
    Op.DOTS: ("own", "own", "own"),
    Op.RECURRENCE: ("own", "values", "values", "own"),
    Op.HEDGES: ("values", "values", "data", "data", "own"),
    Op.SPREADS: ("values", "values", "own", "own", "own"),
    Op.ROOT: ("values",),
    Op.REPEAT: ("own", "own", "own"),
    Op.BALANCE: ("values", "values", "values", "own"),
}


def room(op: Op, n: int) -> int:
    """How many numbers an operation writes: its results and what its adjoint reuses."""
    if op is Op.SIGMOID:
        return 2 * n
    if op in (Op.HEDGES, Op.SPREADS):
        return 3 * n
    if op is Op.BALANCE:
        return 8 * n
    return n


class TamperedProgramError(ValueError):
    """The program names a place that it does not own: native code would read foreign memory."""


@dataclass(frozen=True)
class Program:
    """A program for the kernel: instructions, and the places and data that they refer to.

    Attributes
    ----------
    size : int
        Length of the vector of standard normals, which comes first among the numbers.
    length : int
        How many numbers one evaluation needs.
    code : array, (instructions, 8)
    places : array of int
        Places that instructions refer to, laid end to end.
    data : array
        Numbers of the case, laid end to end.
    terms : array of int
        Places of the terms whose sum, with the standard normals' own density, is the log density.
    outputs : dict
        Places of named results.
    """

    size: int
    length: int
    code: Places
    places: Places
    data: Floats
    terms: Places
    outputs: dict[str, Places]

    def check(self) -> None:
        """Check that nothing is read or written outside the program's own arrays.

        Raises
        ------
        TamperedProgramError
            With the number of the offending instruction.
        """
        arrays = (self.code, self.places, self.terms, *self.outputs.values())
        if any(one.dtype != np.uint64 for one in arrays) or self.data.dtype != np.float64:
            raise TamperedProgramError("the program's arrays have the wrong type")
        flat = all(one.ndim == 1 for one in (self.data, *arrays[1:]))
        if not flat or self.code.ndim != 2 or self.code.shape[1] != WIDTH:
            raise TamperedProgramError("the program's arrays have the wrong shape")
        if not 0 < self.size <= self.length:
            raise TamperedProgramError("the program has fewer numbers than normals")
        for name, found in (("terms", self.terms), *self.outputs.items()):
            if (found >= self.length).any():
                raise TamperedProgramError(f"the program's {name} lie outside its numbers")
        for number, line in enumerate(self.code.tolist()):
            try:
                kept = self._keeps_inside(line)
            except (IndexError, ValueError):
                kept = False
            if not kept:
                raise TamperedProgramError(f"instruction {number} reads or writes out of bounds")

    def _keeps_inside(self, line: list[int]) -> bool:
        op, out, n, *operands = line
        if op not in OPERANDS or out < self.size or n < 1:
            return False
        op = Op(op)
        # nothing may be read before it is written: every place read lies below the result's
        inside = out + room(op, n) <= self.length
        for kind, operand in zip(OPERANDS[op], operands, strict=False):
            inside &= {
                "values": operand + n <= out,
                "places": operand + n <= len(self.places)
                and bool((self.places[operand : operand + n] < out).all()),
                "data": operand + n <= len(self.data),
                "own": True,
            }[kind]
        return bool(inside) and self._own_rule(op, out, n, operands)

    def _own_rule(self, op: Op, out: int, n: int, operands: list[int]) -> bool:
        a, b, c, d, e = operands
        if op in (Op.SUMS, Op.DOTS):
            starts = self._slice(a, n + 1)
            many = int(starts[-1])
            # compared, not subtracted: a difference of unsigned numbers wraps around
            rising = starts[0] == 0 and bool((starts[1:] >= starts[:-1]).all())
            left, right = self._slice(b, many), self._slice(c, many)
            if op is Op.DOTS:
                return bool(rising and (left < out).all() and (right < out).all())
            return bool(
                rising and (left <= right).all() and (right <= out).all()
                and d + many <= len(self.data)
            )  # fmt: skip
        if op is Op.REPEAT:
            starts, read = self._slice(a, c + 1), self._slice(b, c)
            rising = starts[0] == 0 and bool((starts[1:] >= starts[:-1]).all())
            return bool(rising and starts[-1] == n and (read < out).all())
        if op is Op.RECURRENCE:
            return d > 0 and n % d == 0 and a + n // d <= out
        if op is Op.SPREADS:
            return e > 0 and c + 3 * n <= len(self.data) and d + 2 * e <= len(self.data)
        if op is Op.BALANCE:
            return d + 5 * n <= len(self.data)
        if op is Op.HEDGES:
            return e + 2 <= len(self.data)
        return True

    def _slice(self, start: int, many: int) -> Places:
        """Places from ``start`` on.

        Raises
        ------
        IndexError
            If there are fewer.
        """
        if start + many > len(self.places):
            raise IndexError(start)
        return self.places[start : start + many]
