"""Numbers carry the digits that their uncertainty earns."""

from __future__ import annotations

import pytest

from model.wording import interval, percent, rounded


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((143.2, 62.7, 251.9), "140 (60 to 250)"),
        ((93.4, 74.2, 117.3), "93 (74 to 117)"),
        ((1.234, 1.1, 1.4), "1.23 (1.10 to 1.40)"),
        ((24_310, 21_000, 28_900), "24,300 (21,000 to 28,900)"),
    ],
)
def test_interval(numbers: tuple[float, float, float], text: str) -> None:
    assert interval(*numbers) == text


def test_probabilities_do_not_pretend() -> None:
    assert percent(0.0) == "below 1 %"
    assert percent(1.0) == "above 99 %"
    assert percent(0.314) == "31 %"


def test_rounded_separates_thousands() -> None:
    assert rounded(1_234_567, 10_000) == "1,230,000"
