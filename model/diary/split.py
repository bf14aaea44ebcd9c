"""How much of a move each of several changes makes, whatever the order in which they are made.

A change's share is its Shapley value: the mean, over all orders in which the changes can be made,
of how far the median moves when it is made (Shapley 1953, https://doi.org/10.1515/9781400881970-018;
Shorrocks 2013, https://doi.org/10.1007/s10888-011-9214-z, for decompositions). Shares add up to the
whole move.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations

#: Which of the changes, by number, have been made.
Made = frozenset[int]


@dataclass(frozen=True, slots=True)
class Median:
    """A median at some state.

    Attributes
    ----------
    value, error : float
        It, and its standard error from sampling.
    fit : str
        Key of the fit: medians of one fit have the same draws, and one error.
    """

    value: float
    error: float
    fit: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A group of changes.

    Attributes
    ----------
    label : str
        In a few words.
    moved, error : float
        How far it moves the median, in dollars, and the standard error of that from sampling.
    """

    label: str
    moved: float
    error: float


def subsets(count: int) -> list[Made]:
    """Every set of so many changes, the smallest first."""
    sizes = (combinations(range(count), size) for size in range(count + 1))
    return [frozenset(one) for one in chain.from_iterable(sizes)]


def coefficients(change: int, count: int) -> dict[Made, float]:
    """What each state's median counts for in the share of a change."""
    found: dict[Made, float] = {}
    for made in subsets(count):
        if change not in made:
            orders = math.factorial(len(made)) * math.factorial(count - len(made) - 1)
            weight = orders / math.factorial(count)
            found[made | {change}] = weight
            found[made] = -weight
    return found


def share(change: int, count: int, medians: Mapping[Made, Median]) -> tuple[float, float]:
    """The share of a change, and its standard error from sampling.

    Parameters
    ----------
    change, count : int
        Its number, and how many there are.
    medians : mapping of frozenset to Median
        At each of ``subsets(count)``.
    """
    by_fit: dict[str, float] = {}
    total = 0.0
    for made, weight in coefficients(change, count).items():
        one = medians[made]
        total += weight * one.value
        by_fit[one.fit] = by_fit.get(one.fit, 0.0) + weight
    errors = {one.fit: one.error for one in medians.values()}
    return total, math.hypot(*(weight * errors[fit] for fit, weight in by_fit.items()))


def partitions(count: int) -> list[tuple[tuple[int, ...], ...]]:
    """Every way to divide so many changes into groups, the finest first."""

    def divided(left: list[int]) -> list[list[list[int]]]:
        if not left:
            return [[]]
        first, *rest = left
        found = []
        for parts in divided(rest):
            found.append([[first], *parts])
            for place, part in enumerate(parts):
                found.append([*parts[:place], [first, *part], *parts[place + 1 :]])
        return found

    ways = [tuple(sorted(tuple(part) for part in one)) for one in divided(list(range(count)))]
    return sorted(ways, key=lambda one: (-len(one), one))
