"""The statistics of ranks: they pass what is uniform, fail what is not, and count exactly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from model.calibration import ranks

CASES = 200


def uniform(cases: int, quantities: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, ranks.DRAWS + 1, size=(cases, quantities))


def of_scale(factor: float, cases: int = CASES, quantities: int = 20) -> np.ndarray:
    """Ranks of standard normal truths among draws that are ``factor`` times as wide."""
    rng = np.random.default_rng(1)
    truth = rng.normal(size=(cases, quantities, 1))
    draws = factor * rng.normal(size=(cases, quantities, ranks.DRAWS))
    return (draws < truth).sum(axis=-1)


def test_each_interval_is_a_whole_number_of_places() -> None:
    every = np.arange(ranks.DRAWS + 1)[:, None]
    for level in ranks.LEVELS:
        assert ranks.covered(every, level) == pytest.approx(level)
    inner = np.array([[1], [38]])
    outer = np.array([[0], [39]])
    assert ranks.covered(inner, 0.95) == 1.0
    assert ranks.covered(outer, 0.95) == 0.0


def test_uniform_ranks_pass_and_others_fail() -> None:
    assert ranks.calibration(uniform(CASES, 80)).passed
    assert ranks.calibration(of_scale(1.0)).passed
    assert not ranks.calibration(of_scale(0.5)).passed
    assert not ranks.calibration(of_scale(2.0)).passed
    shifted = uniform(CASES, 80)
    shifted[:, 17] = shifted[:, 17] // 2
    verdict = ranks.calibration(shifted)
    assert not verdict.passed
    assert verdict.worst == 17


def test_p_values_are_pearsons_and_uniform() -> None:
    some = uniform(CASES, 3)
    places = some * ranks.BINS // (ranks.DRAWS + 1)
    counts = np.bincount(places[:, 0], minlength=ranks.BINS)
    assert ranks.uniformity(some)[0] == pytest.approx(chisquare(counts).pvalue)
    many = ranks.uniformity(uniform(CASES, 4000, seed=3))
    for level in (0.01, 0.1, 0.5):
        # the share of p-values below a level, within four standard errors and Pearson's own error
        allowed = 4 * np.sqrt(level * (1 - level) / 4000) + 0.15 * level
        assert (many < level).mean() == pytest.approx(level, abs=allowed)


@pytest.mark.parametrize("cases", [60, 200])
def test_a_uniform_curve_stays_in_its_band_as_often_as_it_should(cases: int) -> None:
    lower, upper = ranks.band(cases)
    curves = ranks.curve(uniform(cases, 3000, seed=5))
    outside = ((curves < lower - 1e-9) | (curves > upper + 1e-9)).any(axis=1).mean()
    # steps of a discrete distribution make the band a little wide
    assert 0.02 < outside < 0.07
    assert (ranks.curve(of_scale(0.5)) > ranks.band(CASES)[1] + 1e-9).any(axis=1).mean() > 0.9


def test_a_curve_ends_at_one() -> None:
    assert ranks.curve(uniform(CASES, 5))[:, -1] == pytest.approx(0.0)
    everything_low = np.zeros((CASES, 1), int)
    assert ranks.curve(everything_low)[0, 0] == pytest.approx(1 - 1 / (ranks.DRAWS + 1))


def test_intervals_that_are_all_a_little_narrow_are_found() -> None:
    """No quantity alone is far off, and together they are."""
    limit = ranks.most_off(6)
    assert 4.0 < limit < 4.5
    for factor, found in ((1.0, False), (0.8, True), (1.3, True)):
        some = of_scale(factor, cases=400, quantities=20)
        off = [abs(ranks.off_level(some, level)) > limit for level in (0.8, 0.9, 0.95)]
        assert any(off) is found, factor
    exact = ranks.off_level(uniform(2000, 50, seed=9), 0.9)
    assert abs(exact) < 4.0
