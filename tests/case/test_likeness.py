"""Advice by likeness never offers another size, quantile, statistic or currency."""

from __future__ import annotations

import pytest

from model.case.faults import choose, closest

UNITS = ["USD/month", "RUB/month", "thousand USD/month", "million USD/month", "million RUB/year"]
KEYS = ["p05", "p95", "unit", "basis", "mean", "sd", "share_p05", "share_p95"]


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("billion USD/month", UNITS),
        ("bn USD/month", UNITS),
        ("bilion USD/month", UNITS),
        ("milliard RUB/year", UNITS),
        ("EUR/month", UNITS),
        ("CNY/mont", UNITS),
        ("million", ["billion", "trillion"]),
        ("p50", KEYS),
        ("p10", KEYS),
        ("p90", KEYS),
        ("p005", ["p95"]),
        ("share_p50", KEYS),
        ("share_mean", KEYS),
        ("median", KEYS),
        ("se", KEYS),
        ("HRK", ["KHR", "HKD", "HUF"]),
        ("RUR", ["RUB", "EUR"]),
        ("USS", ["USD"]),
    ],
)  # fmt: skip
def test_no_other_meaning_is_offered(word: str, allowed: list[str]) -> None:
    assert closest(word, allowed) is None
    assert "did you mean" not in choose(word, allowed)


@pytest.mark.parametrize(
    ("word", "allowed", "meant"),
    [
        ("RUB/moth", UNITS, "RUB/month"),
        ("rub/month", UNITS, "RUB/month"),
        ("milion USD/month", UNITS, "million USD/month"),
        ("million USD/mont", UNITS, "million USD/month"),
        ("thousnd USD/month", UNITS, "thousand USD/month"),
        ("p5", KEYS, "p05"),
        ("P95", KEYS, "p95"),
        ("share_p5", KEYS, "share_p05"),
        ("unt", KEYS, "unit"),
        ("usd", ["USD", "EUR"], "USD"),
        ("abuot", ["about", "exact"], "about"),
    ],
)  # fmt: skip
def test_a_slip_is_still_corrected(word: str, allowed: list[str], meant: str) -> None:
    assert closest(word, allowed) == meant
