"""Operations of the kernel, each followed by its adjoint, which pulls slopes back.

All numbers of one evaluation are in one array, ``v``: the standard normals, then the result of
each operation at the place ``out``. ``g`` has the slope of the log density in each of them. An
operation reads at the places it is given; ``pull_...`` adds the contribution of its result's slopes
to the slopes of what it read. Places are unsigned, so that no loop checks for negative ones.
"""

from __future__ import annotations

import math
from typing import Any

from model.kernel.special import balance, extremes, hedge, jit

Array = Any
Place = Any


@jit
def affine(v: Array, f: Array, out: Place, n: Place, a: Place, shift: Place, factor: Place) -> None:
    """A number of the case, plus another times a."""
    for i in range(n):
        v[out + i] = f[shift + i] + f[factor + i] * v[a + i]


@jit
def pull_affine(
    v: Array, g: Array, f: Array, out: Place, n: Place, a: Place, shift: Place, factor: Place
) -> None:
    for i in range(n):
        g[a + i] += f[factor + i] * g[out + i]


@jit
def add(v: Array, out: Place, n: Place, a: Place, b: Place) -> None:
    for i in range(n):
        v[out + i] = v[a + i] + v[b + i]


@jit
def pull_add(g: Array, out: Place, n: Place, a: Place, b: Place) -> None:
    for i in range(n):
        g[a + i] += g[out + i]
    for i in range(n):
        g[b + i] += g[out + i]


@jit
def subtract(v: Array, out: Place, n: Place, a: Place, b: Place) -> None:
    for i in range(n):
        v[out + i] = v[a + i] - v[b + i]


@jit
def pull_subtract(g: Array, out: Place, n: Place, a: Place, b: Place) -> None:
    for i in range(n):
        g[a + i] += g[out + i]
    for i in range(n):
        g[b + i] -= g[out + i]


@jit
def multiply(v: Array, out: Place, n: Place, a: Place, b: Place) -> None:
    for i in range(n):
        v[out + i] = v[a + i] * v[b + i]


@jit
def pull_multiply(v: Array, g: Array, out: Place, n: Place, a: Place, b: Place) -> None:
    for i in range(n):
        g[a + i] += g[out + i] * v[b + i]
    for i in range(n):
        g[b + i] += g[out + i] * v[a + i]


@jit
def divide(v: Array, out: Place, n: Place, a: Place, b: Place) -> None:
    for i in range(n):
        v[out + i] = v[a + i] / v[b + i]


@jit
def pull_divide(v: Array, g: Array, out: Place, n: Place, a: Place, b: Place) -> None:
    for i in range(n):
        g[a + i] += g[out + i] / v[b + i]
    for i in range(n):
        g[b + i] -= g[out + i] * v[out + i] / v[b + i]


@jit
def exponential(v: Array, out: Place, n: Place, a: Place) -> None:
    for i in range(n):
        v[out + i] = math.exp(v[a + i])


@jit
def pull_exponential(v: Array, g: Array, out: Place, n: Place, a: Place) -> None:
    for i in range(n):
        g[a + i] += g[out + i] * v[out + i]


@jit
def logarithm(v: Array, out: Place, n: Place, a: Place) -> None:
    for i in range(n):
        v[out + i] = math.log(v[a + i])


@jit
def pull_logarithm(v: Array, g: Array, out: Place, n: Place, a: Place) -> None:
    for i in range(n):
        g[a + i] += g[out + i] / v[a + i]


@jit
def sigmoid(v: Array, out: Place, n: Place, a: Place) -> None:
    """1 / (1 + exp(-a)), followed by the complement, which 1 - sigmoid would round to zero."""
    for i in range(n):
        e = math.exp(-v[a + i])
        v[out + i] = 1.0 / (1.0 + e)
        v[out + n + i] = e / (1.0 + e) if e < math.inf else 1.0


@jit
def pull_sigmoid(v: Array, g: Array, out: Place, n: Place, a: Place) -> None:
    for i in range(n):
        g[a + i] += g[out + i] * v[out + i] * v[out + n + i]


@jit
def root(v: Array, out: Place, n: Place, a: Place) -> None:
    for i in range(n):
        v[out + i] = math.sqrt(v[a + i])


@jit
def pull_root(v: Array, g: Array, out: Place, n: Place, a: Place) -> None:
    for i in range(n):
        g[a + i] += 0.5 * g[out + i] / v[out + i]


@jit
def at_least(v: Array, f: Array, out: Place, n: Place, a: Place, floor: Place) -> None:
    """The larger of a and a floor."""
    for i in range(n):
        x, least = v[a + i], f[floor + i]
        # NaN stays NaN
        v[out + i] = x if x >= least else least if x < least else math.nan


@jit
def pull_at_least(
    v: Array, g: Array, f: Array, out: Place, n: Place, a: Place, floor: Place
) -> None:
    for i in range(n):
        if not v[a + i] < f[floor + i]:
            g[a + i] += g[out + i]


@jit
def gather(v: Array, p: Array, out: Place, n: Place, places: Place) -> None:
    """Gather numbers from any places side by side."""
    for i in range(n):
        v[out + i] = v[p[places + i]]


@jit
def pull_gather(g: Array, p: Array, out: Place, n: Place, places: Place) -> None:
    for i in range(n):
        g[p[places + i]] += g[out + i]


@jit
def repeat(v: Array, p: Array, out: Place, starts: Place, places: Place, runs: Place) -> None:
    """Write numbers from any places side by side, each from its start to the next one's."""
    for r in range(runs):
        x = v[p[places + r]]
        for i in range(p[starts + r], p[starts + r + 1]):
            v[out + i] = x


@jit
def pull_repeat(g: Array, p: Array, out: Place, starts: Place, places: Place, runs: Place) -> None:
    for r in range(runs):
        total = 0.0
        for i in range(p[starts + r], p[starts + r + 1]):
            total += g[out + i]
        g[p[places + r]] += total


@jit
def sums(
    v: Array, p: Array, f: Array, out: Place, n: Place,
    starts: Place, firsts: Place, stops: Place, weights: Place,
) -> None:  # fmt: skip
    """For each result, a weighted sum of the sums over some stretches of ``v``."""
    for r in range(n):
        total = 0.0
        for k in range(p[starts + r], p[starts + r + 1]):
            stretch = 0.0
            for t in range(p[firsts + k], p[stops + k]):
                stretch += v[t]
            total += f[weights + k] * stretch
        v[out + r] = total


@jit
def pull_sums(
    g: Array, p: Array, f: Array, out: Place, n: Place,
    starts: Place, firsts: Place, stops: Place, weights: Place,
) -> None:  # fmt: skip
    for r in range(n):
        for k in range(p[starts + r], p[starts + r + 1]):
            pulled = f[weights + k] * g[out + r]
            for t in range(p[firsts + k], p[stops + k]):
                g[t] += pulled


@jit
def dots(
    v: Array, p: Array, out: Place, n: Place, starts: Place, left: Place, right: Place
) -> None:
    """For each result, a sum of products of two numbers from any places."""
    for r in range(n):
        total = 0.0
        for k in range(p[starts + r], p[starts + r + 1]):
            total += v[p[left + k]] * v[p[right + k]]
        v[out + r] = total


@jit
def pull_dots(
    v: Array, g: Array, p: Array, out: Place, n: Place, starts: Place, left: Place, right: Place
) -> None:
    for r in range(n):
        pulled = g[out + r]
        for k in range(p[starts + r], p[starts + r + 1]):
            x, y = p[left + k], p[right + k]
            g[x] += pulled * v[y]
            g[y] += pulled * v[x]


@jit
def recurrence(
    v: Array, out: Place, n: Place, before: Place, survival: Place, inflow: Place, steps: Place
) -> None:
    """Solve next = before * survival + inflow, for each of several rows of ``steps``; n in all."""
    for h in range(n // steps):
        last, row = v[before + h], h * steps
        for t in range(row, row + steps):
            last = last * v[survival + t] + v[inflow + t]
            v[out + t] = last


@jit
def pull_recurrence(
    v: Array, g: Array, out: Place, n: Place,
    before: Place, survival: Place, inflow: Place, steps: Place,
) -> None:  # fmt: skip
    for h in range(n // steps):
        carried, row = 0.0, h * steps
        for back in range(steps):
            t = row + steps - 1 - back
            carried += g[out + t]
            g[inflow + t] += carried
            g[survival + t] += carried * (v[out + t - 1] if t > row else v[before + h])
            carried *= v[survival + t]
        g[before + h] += carried


@jit
def hedges(
    v: Array, f: Array, out: Place, n: Place,
    a: Place, sd: Place, tail: Place, weight: Place, off: Place,
) -> None:  # fmt: skip
    """Weighted log densities of rows that print one figure, followed by both their slopes.

    ``off`` has the share of rows that are off, and by how much.
    """
    share, by = f[off], f[off + 1]
    for i in range(n):
        value, in_x, in_sd = hedge(v[a + i], v[sd + i], f[tail + i], share, by)
        v[out + i] = f[weight + i] * value
        v[out + n + i] = f[weight + i] * in_x
        v[out + 2 * n + i] = f[weight + i] * in_sd


@jit
def pull_hedges(v: Array, g: Array, out: Place, n: Place, a: Place, sd: Place) -> None:
    for i in range(n):
        g[a + i] += g[out + i] * v[out + n + i]
        g[sd + i] += g[out + i] * v[out + 2 * n + i]


@jit
def spreads(
    v: Array, f: Array, out: Place, n: Place,
    location: Place, deviation: Place, rows: Place, units: Place, how_many: Place,
) -> None:  # fmt: skip
    """Weighted log densities of rows that print the lowest and highest of many units.

    ``rows`` has all lowest, all highest and all weights; ``units`` has numbers of units, then the
    logs of their shares. Both slopes follow the results.
    """
    numbers, shares = f[units : units + how_many], f[units + how_many : units + 2 * how_many]
    for i in range(n):
        weight = f[rows + 2 * n + i]
        value, in_location, in_deviation = extremes(
            f[rows + i], f[rows + n + i], v[location + i], v[deviation + i], numbers, shares,
        )  # fmt: skip
        v[out + i], v[out + n + i] = weight * value, weight * in_location
        v[out + 2 * n + i] = weight * in_deviation


@jit
def pull_spreads(
    v: Array, g: Array, out: Place, n: Place, location: Place, deviation: Place
) -> None:
    for i in range(n):
        g[location + i] += g[out + i] * v[out + n + i]
        g[deviation + i] += g[out + i] * v[out + 2 * n + i]


@jit
def balances(
    v: Array, f: Array, out: Place, n: Place,
    before: Place, after: Place, turnover: Place, phases: Place,
) -> None:  # fmt: skip
    """Excess of each stock between two levels, its slopes, and the log of one of them and its.

    ``phases`` has the months of each, then mean and deviation of its log inflow and log hazard.
    """
    for i in range(n):
        found = balance(
            v[before + i], v[after + i], v[turnover + i], f[phases + i], f[phases + n + i],
            f[phases + 2 * n + i], f[phases + 3 * n + i], f[phases + 4 * n + i],
        )  # fmt: skip
        for k in range(8):
            v[out + k * n + i] = found[k]


@jit
def pull_balances(
    v: Array, g: Array, out: Place, n: Place, before: Place, after: Place, turnover: Place
) -> None:
    for i in range(n):
        first, second = g[out + i], g[out + 4 * n + i]
        g[before + i] += first * v[out + n + i] + second * v[out + 5 * n + i]
        g[after + i] += first * v[out + 2 * n + i] + second * v[out + 6 * n + i]
        g[turnover + i] += first * v[out + 3 * n + i] + second * v[out + 7 * n + i]
