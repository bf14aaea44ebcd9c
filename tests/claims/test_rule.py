"""When a claim is supported, stretched or contradicted: known draws, known verdicts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from model.case.case import Case
from model.claims.numerals import Printed
from model.claims.rule import Verdict, agreement, claimed

#: 1, 2, ..., 1000: quantiles can be read off.
DRAWS = np.arange(1.0, 1001.0)
ONE = Printed(0, 1, "count", "exact", 500.0, 500.0, 1.0)


def verdict(case: Case, qualifier: str, low: float, high: float = 0.0, unit: float = 1.0) -> str:
    printed = replace(ONE, qualifier=qualifier, low=low, high=high or low, unit=unit)
    found = agreement(qualifier, claimed(case.reading, printed), DRAWS)
    return found.verdict(negated=False).value


@pytest.mark.parametrize(
    ("qualifier", "low", "high", "expected"),
    [
        ("exact", 500, 0, "supported"),
        ("about", 260, 0, "supported"),
        ("about", 240, 0, "stretched"),
        ("about", 40, 0, "contradicted"),
        ("exact", 960, 0, "contradicted"),
        ("range", 700, 2000, "supported"),
        ("range", 800, 2000, "stretched"),
        ("range", 970, 2000, "contradicted"),
        ("range", 1, 2, "contradicted"),
        ("at_least", 490, 0, "supported"),
        ("at_least", 600, 0, "stretched"),
        ("more_than", 950, 0, "contradicted"),
        ("at_least", 1, 0, "supported"),
        ("below", 510, 0, "supported"),
        ("at_most", 200, 0, "stretched"),
        ("below", 50, 0, "contradicted"),
        ("below", 5000, 0, "supported"),
        ("up_to", 900, 0, "supported"),
        ("as_much_as", 980, 0, "stretched"),
        ("as_much_as", 5000, 0, "contradicted"),
        ("up_to", 300, 0, "stretched"),
        ("up_to", 50, 0, "contradicted"),
        ("nearly", 500, 0, "supported"),
        ("almost", 100, 0, "stretched"),
        ("almost", 20, 0, "contradicted"),
    ],
)
def test_each_hedge_has_its_own_truth(
    tiny: Case, qualifier: str, low: float, high: float, expected: str
) -> None:
    assert verdict(tiny, qualifier, low, high) == expected


def test_a_round_figure_is_true_of_more_than_a_fine_one(tiny: Case) -> None:
    assert verdict(tiny, "exact", 230, unit=1) == "stretched"
    assert verdict(tiny, "exact", 240, unit=100) == "supported"


def test_rounding_has_the_cases_cap(tiny: Case) -> None:
    low, high = claimed(tiny.reading, replace(ONE, low=100.0, high=100.0, unit=100.0))
    most = math.sqrt(3.0) * tiny.reading.rounding_cap
    assert (low, high) == pytest.approx((100 * (1 - most), 100 * (1 + most)))
    assert claimed(tiny.reading, replace(ONE, low=0.0, high=0.0)) == (0.0, 0.0)


def test_a_negation_turns_the_verdict_round(tiny: Case) -> None:
    for qualifier, low in (("exact", 500), ("exact", 200), ("exact", 40)):
        printed = replace(ONE, qualifier=qualifier, low=low, high=low)
        found = agreement(qualifier, claimed(tiny.reading, printed), DRAWS)
        plain, denied = (found.verdict(negated=one) for one in (False, True))
        assert (plain == denied) == (plain is Verdict.STRETCHED)


def test_a_wider_range_never_agrees_less(tiny: Case) -> None:
    rng = np.random.default_rng(3)
    for low, high, more in rng.uniform(0.0, 1500.0, size=(200, 3)):
        ends = (min(low, high), max(low, high))
        wide = (max(ends[0] - more, 0.0), ends[1] + more)
        assert (
            agreement("range", wide, DRAWS).agreement >= agreement("range", ends, DRAWS).agreement
        )
