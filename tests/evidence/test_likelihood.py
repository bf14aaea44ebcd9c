"""Each hedge's density: mass one, mass on the right side, and independent references."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import integrate, stats

from model.case.printed_figures import rounding
from model.kernel.hedge_densities import extremes_logpdf, tailed_logpdf


def density(x: float, sd: float, tail: float) -> float:
    return float(np.exp(tailed_logpdf(np.array(x), np.array(sd), np.array(tail))))


@pytest.mark.parametrize("sd", [0.03, 0.2, 0.8])
@pytest.mark.parametrize("tail", [0.0, 0.03, 0.3, -0.15, -0.4])
def test_density_integrates_to_one(sd: float, tail: float) -> None:
    reach = 12 * sd + 40 * abs(tail)
    points = sorted({-reach, -3 * sd, 0.0, 3 * sd, reach})
    mass = sum(
        integrate.quad(density, a, b, args=(sd, tail), epsabs=1e-12)[0]
        for a, b in itertools.pairwise(points)
    )
    assert mass == pytest.approx(1.0, abs=1e-8)


@pytest.mark.parametrize(("sd", "tail"), [(0.05, 0.3), (0.2, 0.3), (0.05, -0.3), (0.2, -0.3)])
def test_mass_lies_on_the_side_of_the_tail(sd: float, tail: float) -> None:
    above = integrate.quad(density, 0.0, 15.0, args=(sd, tail), points=[0.1], limit=200)[0]
    reference = stats.exponnorm(abs(tail) / sd, scale=sd).sf(0.0)
    assert above == pytest.approx(reference if tail > 0 else 1.0 - reference, abs=1e-7)
    assert (above > 0.8) if tail > 0 else (above < 0.2)


@pytest.mark.parametrize("tail", [1e-3, 0.03, 0.3, 2.0])
def test_tailed_density_is_scipys(tail: float) -> None:
    x = np.linspace(-3.0, 6.0, 901)
    ours = tailed_logpdf(x, np.array(0.25), np.array(tail))
    # SciPy's own logpdf loses the far side; compare where it is finite
    theirs = stats.exponnorm(tail / 0.25, scale=0.25).logpdf(x)
    usable = np.isfinite(theirs) & (theirs > -200)
    np.testing.assert_allclose(ours[usable], theirs[usable], rtol=1e-7, atol=1e-7)
    assert np.isfinite(ours).all()


def test_floors_mirror_ceilings_and_no_tail_is_normal() -> None:
    x = np.linspace(-2, 2, 101)
    np.testing.assert_allclose(
        tailed_logpdf(x, np.array(0.2), np.array(-0.3)),
        tailed_logpdf(-x, np.array(0.2), np.array(0.3)),
    )
    np.testing.assert_allclose(
        tailed_logpdf(x, np.array(0.2), np.array(0.0)), stats.norm(0, 0.2).logpdf(x)
    )


def test_a_vanishing_tail_tends_to_the_normal() -> None:
    x = np.linspace(-0.5, 0.5, 101)
    np.testing.assert_allclose(
        tailed_logpdf(x, np.array(0.2), np.array(1e-7)),
        stats.norm(0, 0.2).logpdf(x),
        atol=1e-5,
    )


@pytest.mark.parametrize("units", [np.array([2.0]), np.array([7.0]), np.array([5.0, 40.0])])
def test_extremes_density_integrates_to_one(units: np.ndarray) -> None:
    low, high = np.linspace(-7, 7, 1401), np.linspace(-7, 7, 1401)
    a, b = np.meshgrid(low, high, indexing="ij")
    inside = b > a
    values = np.zeros_like(a)
    values[inside] = np.exp(
        extremes_logpdf(a[inside], b[inside], np.array(0.3), np.array(1.1), units)
    )
    mass = values.sum() * (low[1] - low[0]) * (high[1] - high[0])
    # n = 2 has a jump at the diagonal, which a grid counts half
    assert mass == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("n", [2, 5, 30])
def test_extremes_density_against_brute_force(n: int) -> None:
    """Compare with simulated minima and maxima, by the chance of a box and by moments."""
    rng = np.random.default_rng(n)
    draws = rng.normal(0.5, 0.8, size=(200_000, n))
    low, high = draws.min(axis=1), draws.max(axis=1)
    edges = np.quantile(low, [0.2, 0.7]), np.quantile(high, [0.3, 0.9])
    simulated = np.mean(
        (low > edges[0][0]) & (low < edges[0][1]) & (high > edges[1][0]) & (high < edges[1][1])
    )

    def joint(b: float, a: float) -> float:
        if b <= a:
            return 0.0
        return float(
            np.exp(
                extremes_logpdf(np.array(a), np.array(b), np.array(0.5), np.array(0.8),
                    np.array([float(n)]),
                )
            )
        )  # fmt: skip

    grid = 400
    lows = np.linspace(*edges[0], grid + 1)
    highs = np.linspace(*edges[1], grid + 1)
    lows, highs = (lows[1:] + lows[:-1]) / 2, (highs[1:] + highs[:-1]) / 2
    area = np.prod([(e[1] - e[0]) / grid for e in edges])
    exact = sum(joint(b, a) for a in lows[::4] for b in highs[::4]) * area * 16
    standard_error = np.sqrt(simulated * (1 - simulated) / 200_000)
    assert exact == pytest.approx(simulated, abs=5 * standard_error + 2e-3)


def test_extremes_stay_finite_far_away() -> None:
    location = np.linspace(-30, 30, 61)
    values = extremes_logpdf(
        np.full(61, 9.6), np.full(61, 9.9), location, np.full(61, 0.1), np.array([5.0, 99.0])
    )
    assert np.isfinite(values).all()
    assert np.argmax(values) == np.argmin(np.abs(location - 9.75))


@pytest.mark.parametrize(
    ("value", "half_unit"),
    [(24_000, 500), (47_364, 0.5), (3.2, 0.05), (1_600, 50), (11_000, 500), (0.85, 0.005)],
)
def test_rounding_is_read_off_the_last_digit(value: float, half_unit: float) -> None:
    assert rounding(value, 1.0) == pytest.approx(half_unit / np.sqrt(3) / value)


def test_rounding_is_capped() -> None:
    assert rounding(100_000, 0.10) == 0.10
