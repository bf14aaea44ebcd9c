"""Special functions and hedges' densities against fifty digits, and against SciPy."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special as scipy_special
from scipy import stats

from model.kernel import special
from tests.kernel import exact
from tests.kernel.recording import examples

#: What the issue asks of the special functions, relative.
RELATIVE = 1e-14
#: What Cody's rational functions reach, some units of the last place: a wrong digit is seen.
CODY = 1.5e-15
#: A slope comes from a difference of numbers as large as a thousand.
SLOPE = 1e-12
#: That in the error is such a slope times as large a number.
SLOPE_IN_SD = 1e-9

#: Where the rational functions of ``erfcx`` meet, and both sides of it.
JOINTS = (0.46875, 4.0)
AT_JOINTS = [math.nextafter(joint, to) for joint in JOINTS for to in (-1.0, joint, 9.0)]
FAR = [0.0, 5e-324, 1e-300, 1e-16, 0.1, 0.3, 1.0, 2.0, 3.0, 5.9, 6.1, 26.0, 30.0, 1e3, 1e8, 1e150]


def error(found: float, wanted: Decimal) -> float:
    """Relative error of a number."""
    return float(abs(Decimal(found) / wanted - 1))


@pytest.mark.parametrize("x", AT_JOINTS + FAR)
def test_erfcx_to_fourteen_digits(x: float) -> None:
    assert error(special.erfcx(x), exact.erfcx(x)) < CODY


@examples(200)
@given(st.floats(0.0, 12.0))
def test_erfcx_everywhere(x: float) -> None:
    assert error(special.erfcx(x), exact.erfcx(x)) < CODY


def test_erfcx_at_the_ends() -> None:
    assert special.erfcx(0.0) == 1.0
    assert special.erfcx(math.inf) == 0.0
    assert math.isnan(special.erfcx(math.nan))


def normal_tolerance(x: float) -> float:
    """Above 6 it is minus the upper tail, some 1e-9, which an ulp of x changes by x² ulp."""
    return RELATIVE * max(1.0, x * x / 36.0) if x > 0.0 else RELATIVE


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize(
    "x", [x * math.sqrt(2.0) for x in AT_JOINTS] + [x for x in FAR if x <= 1e8]
)
def test_log_ndtr_to_fourteen_digits(x: float, sign: float) -> None:
    if sign * x > 37.0:
        # the upper tail is below the smallest number of full precision
        assert -1e-290 < special.log_ndtr(sign * x) <= 0.0
        return
    assert error(special.log_ndtr(sign * x), exact.log_ndtr(sign * x)) < normal_tolerance(sign * x)


@examples(200)
@given(st.floats(-40.0, 37.0))
def test_log_ndtr_everywhere(x: float) -> None:
    assert error(special.log_ndtr(x), exact.log_ndtr(x)) < normal_tolerance(x)


def test_log_ndtr_at_the_ends() -> None:
    assert special.log_ndtr(math.inf) == 0.0
    assert special.log_ndtr(-math.inf) == -math.inf
    assert math.isnan(special.log_ndtr(math.nan))


def test_both_are_scipys() -> None:
    x = np.concatenate([np.linspace(0.0, 40.0, 4001), np.geomspace(40.0, 1e8, 200)])
    ours = np.array([special.erfcx(one) for one in x])
    np.testing.assert_allclose(ours, scipy_special.erfcx(x), rtol=RELATIVE)
    x = np.concatenate([-x, np.linspace(0.0, 5.0, 501)])
    ours = np.array([special.log_ndtr(one) for one in x])
    np.testing.assert_allclose(ours, scipy_special.log_ndtr(x), rtol=RELATIVE)


def assert_tailed(x: float, sd: float, tail: float) -> None:
    value, slope, in_sd = special.hedge(x, sd, tail, 0.0, 1.0)
    wanted = exact.tailed(x, sd, tail)
    # the constant is added to a density that may be as large
    constant = abs(math.log(2.0 * abs(tail) if tail else sd))
    assert float(abs(Decimal(value) - wanted)) < RELATIVE * max(1.0, float(abs(wanted)), constant)
    # in units of the error, the least length at which the density bends
    scale = min(sd, abs(tail) or sd)
    sloped = exact.slope(lambda at: exact.tailed(at, sd, tail), x, scale)
    wrong = float(abs(Decimal(slope) - sloped)) * sd
    assert wrong < SLOPE + 1e-13 * float(abs(sloped)) * sd
    sloped = exact.slope(lambda at: exact.tailed(x, at, tail), sd, scale)
    wrong = float(abs(Decimal(in_sd) - sloped)) * sd
    assert wrong < SLOPE_IN_SD + 1e-12 * float(abs(sloped)) * sd


TAILS = [0.0, 1e-12, 1e-9, 1e-7, 1e-5, 1e-3, 0.03, 0.3, 2.0, 1e4]


@pytest.mark.parametrize("sd", [0.01, 0.2, 3.0])
@pytest.mark.parametrize("tail", TAILS + [-tail for tail in TAILS[1:]])
def test_tailed_and_its_slope(sd: float, tail: float) -> None:
    # near the figure, within the tail, where the forms meet, and far out on both sides
    meet = sd * sd / tail if tail else 0.0
    near = [-3.0 * sd, 0.0, 0.5 * sd, 4.0 * sd, 0.7 * tail, 5.0 * tail, -40.0 * sd, 40.0 * sd]
    joins = [meet, meet * (1 + 1e-9), meet * (1 - 1e-9), meet - 4 * math.sqrt(2.0) * sd]
    for x in [*near, *(x for x in joins if abs(x) < 1e6), -50.0, 50.0]:
        assert_tailed(x, sd, tail)


@examples(200)
@given(
    x=st.floats(-20.0, 20.0),
    log_sd=st.floats(-5.0, 2.0),
    log_tail=st.floats(-20.0, 5.0),
    sign=st.sampled_from([-1.0, 1.0]),
)
def test_tailed_and_its_slope_everywhere(
    x: float, log_sd: float, log_tail: float, sign: float
) -> None:
    assert_tailed(x, math.exp(log_sd), sign * math.exp(log_tail))


@pytest.mark.parametrize("sd", [0.05, 0.4])
@pytest.mark.parametrize("tail", [0.0, 0.03, -0.03, 0.3, -0.3])
def test_tailed_is_scipys(sd: float, tail: float) -> None:
    x = np.linspace(-1.0, 1.5, 101)
    ours = np.array([special.hedge(one, sd, tail, 0.0, 1.0)[0] for one in x])
    if tail:
        reference = stats.exponnorm(abs(tail) / sd, scale=sd).logpdf(np.sign(tail) * x)
    else:
        reference = stats.norm(0.0, sd).logpdf(x)
    usable = np.isfinite(reference) & (reference > -200)
    assert usable.sum() > 30
    np.testing.assert_allclose(ours[usable], reference[usable], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("tail", [-0.3, 0.0, 0.3])
def test_tailed_of_what_is_no_number_is_none(place: int, tail: float) -> None:
    given = [0.1, 0.2, tail]
    given[place] = math.nan
    assert math.isnan(special.hedge(*given, 0.0, 1.0)[0])


@pytest.mark.parametrize("x", [-math.inf, math.inf])
@pytest.mark.parametrize("tail", [-0.3, 0.0, 0.3])
def test_tailed_at_infinity_is_impossible(x: float, tail: float) -> None:
    assert special.hedge(x, 0.2, tail, 0.0, 1.0)[0] == -math.inf


def test_tailed_with_absurd_arguments_is_never_finite() -> None:
    """An error of zero, or a tail that no number can divide by, is refused, not made up."""
    for x, sd, tail in itertools.product([-1.0, 1.0], [0.0], [0.0, 0.3]):
        found = special.hedge(x, sd, tail, 0.0, 1.0)
        assert not all(map(math.isfinite, found)) or (tail > 0.0 and x > 0.0)
    assert not all(map(math.isfinite, special.hedge(0.1, 0.2, 1e-310, 0.0, 1.0)))


@examples(200)
@given(
    x=st.floats(-8.0, 8.0),
    log_sd=st.floats(-4.0, 1.0),
    tail=st.one_of(st.just(0.0), st.floats(0.01, 2.0), st.floats(-2.0, -0.01)),
    share=st.floats(1e-6, 0.99),
    log_by=st.floats(-3.0, 2.0),
)
def test_hedge_and_its_slopes_everywhere(
    x: float, log_sd: float, tail: float, share: float, log_by: float
) -> None:
    sd, by = math.exp(log_sd), math.exp(log_by)
    value, *slopes = special.hedge(x, sd, tail, share, by)
    wanted = exact.hedge(x, sd, tail, share, by)
    assert float(abs(Decimal(value) - wanted)) < 1e-13 * max(1.0, float(abs(wanted)))
    for found, sloped in zip(
        slopes,
        (
            exact.slope(lambda at: exact.hedge(at, sd, tail, share, by), x, sd),
            exact.slope(lambda at: exact.hedge(x, at, tail, share, by), sd, sd),
        ),
        strict=True,
    ):
        wrong = float(abs(Decimal(found) - sloped)) * sd
        assert wrong < 1e-9 + 1e-11 * float(abs(sloped)) * sd


@pytest.mark.parametrize("tail", [-0.3, 0.0, 0.3])
def test_a_figure_far_off_is_as_likely_as_figures_that_are_off(tail: float) -> None:
    """So that it pulls no harder than one of their errors."""
    value, slope, _ = special.hedge(-4.0, 0.1, tail, 0.3, 0.8)
    wide, wide_slope, _ = special.hedge(-4.0, math.hypot(0.1, 0.8), tail, 0.0, 1.0)
    if tail < 0.0:
        # down there the tail as graded reaches as far
        assert value > math.log(0.1) + wide
        return
    assert value == pytest.approx(math.log(0.1) + wide, rel=1e-9)
    assert slope == pytest.approx(wide_slope, rel=1e-9)


@pytest.mark.parametrize("place", range(5))
def test_hedge_of_what_is_no_number_is_none(place: int) -> None:
    given = [0.1, 0.2, 0.3, 0.1, 0.8]
    given[place] = math.nan
    assert math.isnan(special.hedge(*given)[0])


def shares_of(units: list[int]) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.array(units, dtype=float)
    return numbers, np.log(numbers * (numbers - 1.0) / len(units))


def assert_extremes(
    low: float, width: float, location: float, log_deviation: float, units: list[int]
) -> None:
    high = low + width
    value, *slopes = special.extremes(low, high, location, log_deviation, *shares_of(units))
    wanted = exact.extremes(low, high, location, log_deviation, units)
    assert float(abs(Decimal(value) - wanted)) < 1e-12 * max(1.0, float(abs(wanted)))
    wanted_slopes = (
        exact.slope(lambda at: exact.extremes(low, high, at, log_deviation, units), location),
        exact.slope(lambda at: exact.extremes(low, high, location, at, units), log_deviation),
    )
    for found, slope in zip(slopes, wanted_slopes, strict=True):
        # two hundred units within a thousandth of their deviation cost five digits
        assert float(abs(Decimal(found) - slope)) < 1e-9 * (1.0 + float(abs(slope)))


@pytest.mark.parametrize("units", [[2], [3], [30], [2, 5], [5, 10, 30, 100], [1000]])
@pytest.mark.parametrize("location", [-15.0, -8.0, -1.0, 0.0, 0.2, 1.0, 9.0, 16.0])
@pytest.mark.parametrize("log_deviation", [-1.5, 0.0, 2.0])
def test_extremes_and_its_slopes(units: list[int], location: float, log_deviation: float) -> None:
    assert_extremes(-0.3, 0.8, location, log_deviation, units)
    assert_extremes(-0.05, 0.1, location, log_deviation, units)


@examples(200)
@given(
    low=st.floats(-3.0, 3.0),
    width=st.floats(0.01, 4.0),
    location=st.floats(-6.0, 6.0),
    log_deviation=st.floats(-1.5, 2.0),
    units=st.lists(st.integers(2, 200), min_size=1, max_size=4),
)
def test_extremes_and_its_slopes_everywhere(
    low: float, width: float, location: float, log_deviation: float, units: list[int]
) -> None:
    assert_extremes(low, width, location, log_deviation, units)


def test_extremes_with_scipys_normal() -> None:
    """The formula as a textbook has it, where nothing cancels."""
    normal = stats.norm(0.4, 0.7)
    for low, high in [(-0.2, 1.3), (0.1, 0.9), (-2.0, 0.3)]:
        between = normal.cdf(high) - normal.cdf(low)
        density = np.mean([
            n * (n - 1) * normal.pdf(low) * normal.pdf(high) * between ** (n - 2)
            for n in (4, 9)
        ])  # fmt: skip
        found, _, _ = special.extremes(low, high, 0.4, math.log(0.7), *shares_of([4, 9]))
        assert found == pytest.approx(math.log(density), rel=1e-12)


@pytest.mark.parametrize("place", range(4))
def test_extremes_of_what_is_no_number_are_none(place: int) -> None:
    given = [-0.3, 0.5, 0.1, 0.2]
    given[place] = math.nan
    assert math.isnan(special.extremes(*given, *shares_of([3, 9]))[0])


@pytest.mark.parametrize("log_deviation", [800.0, -800.0])
def test_extremes_with_an_absurd_deviation_are_never_finite(log_deviation: float) -> None:
    found = special.extremes(-0.3, 0.5, 0.1, log_deviation, *shares_of([3, 9]))
    assert not all(math.isfinite(one) for one in found)


@pytest.mark.parametrize(
    "case",
    [
        # hazards so small that nearly all stay
        (-9.1, 4.6, -6.0, 39.0, 2.3, 0.95, -4.3, 1.02),
        (-2.7, 0.01, -6.9, 40.0, -1.9, 0.47, -3.7, 1.34),
        # Newton's steps alone go to and fro across a bend
        (9.212634443484063, -3.69090196, -7.90407676, 32.0, 2.486, 0.46037, -4.192, 0.3979),
        (7.0626345184, -2.343813988, -0.798297934, 39.0, 0.20637, 1.24947, -5.4659, 1.0968),
        # a month, and levels far apart
        (5.0, 12.0, 0.3, 1.0, 3.0, 1.2, -3.0, 0.9),
        (12.0, -3.0, 0.3, 1.0, 3.0, 1.2, -3.0, 0.9),
    ],
)
def test_an_excess_leads_from_one_level_to_the_other(case: tuple[float, ...]) -> None:
    """Added up month by month in extended precision."""
    before, after, turnover, months, inflow, inflow_scale, hazard, hazard_scale = case
    excess = np.longdouble(special.balance(*case)[0])
    arrivals = np.exp(inflow + inflow_scale * (turnover + excess) / np.sqrt(np.longdouble(2)))
    leaving = np.exp(hazard + hazard_scale * (turnover - excess) / np.sqrt(np.longdouble(2)))
    there = np.exp(before - leaving * months)
    there += sum(arrivals * np.exp(-leaving * t) for t in range(int(months)))
    assert float(np.log(there)) == pytest.approx(after, abs=1e-12 * max(1.0, abs(after)))
