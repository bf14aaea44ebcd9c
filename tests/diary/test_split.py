"""Shares of a move: the mean over all orders, by brute force; they add up; one fit, one error."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from model.diary.split import Made, Median, coefficients, partitions, share, subsets


def medians(count: int, seed: int = 1) -> dict[Made, Median]:
    rng = np.random.default_rng(seed)
    return {
        made: Median(float(rng.normal(100, 20)), float(rng.uniform(0.5, 2)), f"fit {sorted(made)}")
        for made in subsets(count)
    }


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_share_is_the_mean_over_all_orders_and_shares_add_up(count: int) -> None:
    at = medians(count)
    steps = np.zeros(count)
    for order in itertools.permutations(range(count)):
        for place, one in enumerate(order):
            before, after = frozenset(order[:place]), frozenset(order[: place + 1])
            steps[one] += at[after].value - at[before].value
    steps /= math.factorial(count)
    found = [share(one, count, at)[0] for one in range(count)]
    assert found == pytest.approx(steps)
    whole = at[frozenset(range(count))].value - at[frozenset()].value
    assert sum(found) == pytest.approx(whole)


def test_the_error_of_a_share_is_that_of_its_sum_of_independent_medians() -> None:
    at = medians(3)
    weights = coefficients(1, 3)
    expected = math.sqrt(sum((weight * at[made].error) ** 2 for made, weight in weights.items()))
    assert share(1, 3, at)[1] == pytest.approx(expected)
    # two states of one fit have the same draws: what they share cancels
    same = {made: Median(5.0, 2.0, "one fit") for made in subsets(1)}
    assert share(0, 1, same) == (0.0, 0.0)


def test_a_change_that_moves_nothing_has_no_share_and_like_changes_have_like_ones() -> None:
    at = {
        made: Median(10.0 * len(made & {0, 1}) ** 2, 1.0, str(sorted(made))) for made in subsets(3)
    }
    first, second, nothing = (share(one, 3, at)[0] for one in range(3))
    assert nothing == pytest.approx(0.0, abs=1e-12)
    assert first == pytest.approx(second)
    assert first + second == pytest.approx(40.0)


def test_divisions_are_all_there_and_the_finest_come_first() -> None:
    assert [len(partitions(count)) for count in (1, 2, 3, 4)] == [1, 2, 5, 15]
    found = partitions(3)
    assert found[0] == ((0,), (1,), (2,))
    assert found[-1] == ((0, 1, 2),)
    assert [len(one) for one in found] == sorted((len(one) for one in found), reverse=True)
