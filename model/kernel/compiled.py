"""The kernel itself: C functions, compiled once, that run a program forwards and backwards.

This module is compiled on import, or read from the folder that ``model.kernel.cache`` has chosen.
Each C function reads one array of 64-bit words, laid out by ``native``:

    counts of places, terms, words of instructions, data, numbers of one evaluation, normals;
    the kind of map, and the count of all words
    places, terms, instructions                                 unsigned integers
    data
    where the transposed root begins, centre, bends (4 for each entry), root, transposed root
                                                                if there is a map

The sampler moves in x. Standard normals are bend(centre + root @ x), where a bend removes the skew
and the tails of one entry. The log of its slope is part of the density in x. The two matrices, most
of what an evaluation reads, are in single numbers, by panels of four columns: a table of each
panel's first row, one past its last row and its place, then the panels.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import carray, cfunc, types

from model.kernel import operations as do
from model.kernel.program import WIDTH, Op
from model.kernel.special import LOG_2PI, jit

Array = Any

AFFINE, ADD, SUBTRACT, MULTIPLY = int(Op.AFFINE), int(Op.ADD), int(Op.SUBTRACT), int(Op.MULTIPLY)
DIVIDE, EXP, LOG, SIGMOID = int(Op.DIVIDE), int(Op.EXP), int(Op.LOG), int(Op.SIGMOID)
AT_LEAST, GATHER, SUMS, DOTS = int(Op.AT_LEAST), int(Op.GATHER), int(Op.SUMS), int(Op.DOTS)
RECURRENCE, HEDGES = int(Op.RECURRENCE), int(Op.HEDGES)
SPREADS, ROOT = int(Op.SPREADS), int(Op.ROOT)
REPEAT, BALANCE = int(Op.REPEAT), int(Op.BALANCE)
HEAD = 8
#: Kinds of map: none, one without bends, one with them.
PLAIN, LINEAR, BENT = 0, 1, 2


@jit
def forwards(code: Array, p: Array, f: Array, v: Array) -> None:
    """Run every instruction."""
    for at in range(0, len(code), WIDTH):
        op, out, n = code[at], code[at + 1], code[at + 2]
        a, b, c, d, e = code[at + 3], code[at + 4], code[at + 5], code[at + 6], code[at + 7]
        if op == AFFINE:
            do.affine(v, f, out, n, a, b, c)
        elif op == ADD:
            do.add(v, out, n, a, b)
        elif op == SUBTRACT:
            do.subtract(v, out, n, a, b)
        elif op == MULTIPLY:
            do.multiply(v, out, n, a, b)
        elif op == DIVIDE:
            do.divide(v, out, n, a, b)
        elif op == EXP:
            do.exponential(v, out, n, a)
        elif op == LOG:
            do.logarithm(v, out, n, a)
        elif op == SIGMOID:
            do.sigmoid(v, out, n, a)
        elif op == AT_LEAST:
            do.at_least(v, f, out, n, a, b)
        elif op == GATHER:
            do.gather(v, p, out, n, a)
        elif op == SUMS:
            do.sums(v, p, f, out, n, a, b, c, d)
        elif op == DOTS:
            do.dots(v, p, out, n, a, b, c)
        elif op == RECURRENCE:
            do.recurrence(v, out, n, a, b, c, d)
        elif op == HEDGES:
            do.hedges(v, f, out, n, a, b, c, d, e)
        elif op == SPREADS:
            do.spreads(v, f, out, n, a, b, c, d, e)
        elif op == ROOT:
            do.root(v, out, n, a)
        elif op == REPEAT:
            do.repeat(v, p, out, a, b, c)
        elif op == BALANCE:
            do.balances(v, f, out, n, a, b, c, d)


@jit
def backwards(code: Array, p: Array, f: Array, v: Array, g: Array) -> None:
    """Pull the slopes of all results back to the standard normals."""
    for at in range(len(code) - WIDTH, -1, -WIDTH):
        op, out, n = code[at], code[at + 1], code[at + 2]
        a, b, c, d = code[at + 3], code[at + 4], code[at + 5], code[at + 6]
        if op == AFFINE:
            do.pull_affine(v, g, f, out, n, a, b, c)
        elif op == ADD:
            do.pull_add(g, out, n, a, b)
        elif op == SUBTRACT:
            do.pull_subtract(g, out, n, a, b)
        elif op == MULTIPLY:
            do.pull_multiply(v, g, out, n, a, b)
        elif op == DIVIDE:
            do.pull_divide(v, g, out, n, a, b)
        elif op == EXP:
            do.pull_exponential(v, g, out, n, a)
        elif op == LOG:
            do.pull_logarithm(v, g, out, n, a)
        elif op == SIGMOID:
            do.pull_sigmoid(v, g, out, n, a)
        elif op == AT_LEAST:
            do.pull_at_least(v, g, f, out, n, a, b)
        elif op == GATHER:
            do.pull_gather(g, p, out, n, a)
        elif op == SUMS:
            do.pull_sums(g, p, f, out, n, a, b, c, d)
        elif op == DOTS:
            do.pull_dots(v, g, p, out, n, a, b, c)
        elif op == RECURRENCE:
            do.pull_recurrence(v, g, out, n, a, b, c, d)
        elif op == HEDGES:
            do.pull_hedges(v, g, out, n, a, b)
        elif op == SPREADS:
            do.pull_spreads(v, g, out, n, a, b)
        elif op == ROOT:
            do.pull_root(v, g, out, n, a)
        elif op == REPEAT:
            do.pull_repeat(g, p, out, a, b, c)
        elif op == BALANCE:
            do.pull_balances(v, g, out, n, a, b, c)


@jit
def unpacked(user: Array) -> Any:
    """Split the array of words into its parts; the map's are the last."""
    head = carray(user, (HEAD,)).view(np.uint64)
    n_places, n_terms, n_code, n_data = head[0], head[1], head[2], head[3]
    integers = n_places + n_terms + n_code
    whole = carray(user, (head[7],))
    words = whole[HEAD : HEAD + integers].view(np.uint64)
    places, terms = words[:n_places], words[n_places : n_places + n_terms]
    code, data = words[n_places + n_terms :], whole[HEAD + integers : HEAD + integers + n_data]
    return code, places, data, terms, head[4], head[5], head[6], whole[HEAD + integers + n_data :]


@jit
def add_product(total: Array, words: Array, begin: Any, x: Array) -> None:
    """Add matrix @ x to the total, panel by panel; the matrix begins at a word."""
    n = len(x)
    panels = (n + 3) // 4
    table = words[begin : begin + 3 * panels].view(np.uint64)
    numbers = words[begin + 3 * panels :].view(np.float32)
    for panel in range(panels):
        first, stop, at = table[3 * panel], table[3 * panel + 1], table[3 * panel + 2]
        rows, j = stop - first, 4 * panel
        c0, c1 = numbers[at : at + rows], numbers[at + rows : at + 2 * rows]
        c2, c3 = numbers[at + 2 * rows : at + 3 * rows], numbers[at + 3 * rows : at + 4 * rows]
        # columns past the last are zeros
        x0, x1 = x[j], x[j + 1] if j + 1 < n else 0.0
        x2, x3 = x[j + 2] if j + 2 < n else 0.0, x[j + 3] if j + 3 < n else 0.0
        own = total[first:stop]
        for i in range(rows):
            own[i] += (c0[i] * x0 + c1[i] * x1) + (c2[i] * x2 + c3[i] * x3)


@jit
def bend(
    y: float, skew: float, tail: float, shift: float, factor: float
) -> tuple[float, float, float]:
    """Sinh-arcsinh of y (Jones and Pewsey 2009), its slope, and the slope of its log slope."""
    if skew == 0.0 and tail == 1.0:
        return shift + factor * y, factor, 0.0
    root = math.sqrt(1.0 + y * y)
    # the inverse hyperbolic sine, without cancellation on either side
    arc = math.log(y + root) if y > 0.0 else -math.log(root - y)
    e = math.exp(tail * arc + skew)
    sinh, cosh = 0.5 * (e - 1.0 / e), 0.5 * (e + 1.0 / e)
    slope = factor * tail * cosh / root
    return shift + factor * sinh, slope, tail * sinh / (cosh * root) - y / (root * root)


pointer, word = types.CPointer(types.double), types.uint64
DENSITY = types.int64(word, pointer, pointer, pointer, pointer)
COPY = types.int64(word, word, pointer, pointer, pointer)
EVALUATE = types.int64(word, word, pointer, pointer, pointer, pointer)
entry: dict[str, Any] = {"cache": True, "error_model": "numpy"}


@cfunc(DENSITY, **entry)
def density(dim: Any, x_: Any, gradient_: Any, value_: Any, user: Any) -> int:
    """Compute the log density in x and its gradient; return 0, or 4 if either is not finite."""
    code, p, f, terms, length, size, kind, words = unpacked(user)
    x, gradient = carray(x_, (size,)), carray(gradient_, (size,))
    # if memory for the numbers runs out, nothing that looks like a density may remain
    carray(value_, (1,))[0] = math.nan
    work = np.empty(2 * (length + size))
    v, g, slope, log_slope = (
        work[:length], work[length : 2 * length],
        work[2 * length : 2 * length + size], work[2 * length + size :],
    )  # fmt: skip
    for i in range(length):
        g[i] = 0.0
    for i in range(size):
        v[i] = words[1 + i] if kind else x[i]
        gradient[i] = 0.0
    value = -0.5 * LOG_2PI * size
    if kind:
        add_product(v, words, 1 + 5 * size, x)
    for i in range(size):
        if kind == BENT:
            at = 1 + size + 4 * i
            v[i], slope[i], log_slope[i] = bend(
                v[i], words[at], words[at + 1], words[at + 2], words[at + 3]
            )
            value += math.log(slope[i])
        value -= 0.5 * v[i] * v[i]
        g[i] = -v[i]
    forwards(code, p, f, v)
    for place in terms:
        value += v[place]
        g[place] += 1.0
    backwards(code, p, f, v, g)
    usable = math.isfinite(value)
    if kind:
        transposed = words[:1].view(np.uint64)[0]
        if kind == BENT:
            for i in range(size):
                g[i] = g[i] * slope[i] + log_slope[i]
        add_product(gradient, words, transposed, g[:size])
    else:
        for i in range(size):
            gradient[i] = g[i]
    for i in range(size):
        usable = usable and math.isfinite(gradient[i])
    carray(value_, (1,))[0] = value
    return 0 if usable else 4


@cfunc(EVALUATE, **entry)
def evaluate(draws: Any, wanted: Any, normals_: Any, places_: Any, results_: Any, user: Any) -> int:
    """Numbers at given places, (draws, wanted), for many vectors of normals, (draws, size)."""
    code, p, f, _, length, size, _, _ = unpacked(user)
    normals = carray(normals_, (draws, size))
    places = carray(places_, (wanted,)).view(np.uint64)
    results = carray(results_, (draws, wanted))
    v = np.empty(length)
    for draw in range(draws):
        for i in range(size):
            v[i] = normals[draw, i]
        forwards(code, p, f, v)
        for k in range(wanted):
            results[draw, k] = v[places[k]]
    return 0


@cfunc(COPY, **entry)
def copy_point(dim: Any, expanded: Any, x_: Any, out_: Any, user: Any) -> int:
    """Copy the point, which is all that the sampler needs to keep."""
    x, out = carray(x_, (dim,)), carray(out_, (dim,))
    for i in range(dim):
        out[i] = x[i]
    return 0
