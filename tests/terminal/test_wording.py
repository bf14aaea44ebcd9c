"""Numbers carry the digits that their uncertainty earns."""

from __future__ import annotations

import pytest

from model.terminal.wording import ENGLISH, Parts, Wording, interval, percent, rounded


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
    assert percent(0.0) == "below 1%"
    assert percent(1.0) == "above 99%"
    assert percent(0.314) == "31%"


@pytest.mark.parametrize(
    ("lower", "higher", "said"),
    [
        (0.3, 0.7, ["70%"]),
        (1.0, 0.0, ["below 1%"]),
        (0.0, 0.66, ["unchanged 34%", "higher 66%"]),
        (0.001, 0.099, ["lower below 1%", "unchanged 90%", "higher 10%"]),
        (0.0, 0.0, ["unchanged above 99%"]),
        (0.001, 0.0, ["lower below 1%", "unchanged above 99%"]),
        (None, None, ["not finite"]),
    ],
)
def test_ties_are_neither_lower_nor_higher(
    lower: float | None, higher: float | None, said: list[str]
) -> None:
    change = {"probability_lower": lower, "probability_higher": higher}
    assert ENGLISH.chances(change) == said


def test_rounded_separates_thousands() -> None:
    assert rounded(1_234_567, 10_000) == "1,230,000"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((200, 20, 2000), "200 (20 to 2,000)"),  # not (0 to 2,000): it is positive
        ((30, 1.2, 500), "30 (1 to 500)"),
        ((3, -1, 40), "3 (-1 to 40)"),
        ((3, 0, 40), "3 (0 to 40)"),
        ((3, 1e-9, 40), "3 (0 to 40)"),
    ],
)
def test_a_positive_end_is_not_printed_as_zero(
    numbers: tuple[float, float, float], text: str
) -> None:
    assert interval(*numbers) == text


@pytest.mark.parametrize(
    ("numbers", "parts"),
    [
        ((136.2e6, 103.1e6, 180.4e6), Parts("136", "103", "180", "million")),
        ((1.61e9, 1.02e9, 2.6e9), Parts("1.6", "1.0", "2.6", "billion")),
        ((87_000, 66_300, 123_400), Parts("87,000", "66,000", "123,000", "")),
        ((-23.4e6, -34e6, -16e6), Parts("-23", "-34", "-16", "million")),
    ],
)
def test_amounts(numbers: tuple[float, float, float], parts: Parts) -> None:
    assert ENGLISH.amount(*numbers) == parts


def test_shares() -> None:
    assert ENGLISH.shares(0.237, 0.154, 0.339) == "24% (15 to 34)"


def test_another_language() -> None:
    german = Wording(thousands=".", decimal=",", minus="−", between="{middle} ({low} bis {high})")
    assert german.interval(-1234.5, -1240.0, -1229.0) == "−1.234 (−1.240 bis −1.229)"
    assert german.interval(1.234, 1.1, 1.4) == "1,23 (1,10 bis 1,40)"
