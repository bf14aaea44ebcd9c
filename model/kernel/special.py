"""Densities of the hedges for one row, with values and slopes, compiled by numba."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: No fast-math, and NumPy's rules for division: the same bytes on every path.
jit: Callable[..., Any] = njit(error_model="numpy")

ROOT_2 = math.sqrt(2.0)
LOG_2PI = math.log(2.0 * math.pi)
#: Height of the standard normal density.
PEAK = 1.0 / math.sqrt(2.0 * math.pi)
#: Minus the slope of ``erfc`` at zero.
SLOPE = 2.0 / math.sqrt(math.pi)

# Coefficients of numerator and denominator, W. J. Cody (1969), Rational Chebyshev approximations
# for the error function, Mathematics of Computation 23, 631-637.
NEAR_TOP = (
    2.15311535474403846343e-8, 5.64188496988670089180e-1, 8.88314979438837594118e0,
    6.61191906371416294775e1, 2.98635138197400131132e2, 8.81952221241769090411e2,
    1.71204761263407058314e3, 2.05107837782607146532e3, 1.23033935479799725272e3,
)  # fmt: skip
NEAR_BOTTOM = (
    1.0, 1.57449261107098347253e1, 1.17693950891312499305e2, 5.37181101862009857509e2,
    1.62138957456669018874e3, 3.29079923573345962678e3, 4.36261909014324715820e3,
    3.43936767414372163696e3, 1.23033935480374942043e3,
)  # fmt: skip
FAR_TOP = (
    1.63153871373020978498e-2, 3.05326634961232344035e-1, 3.60344899949804439429e-1,
    1.25781726111229246204e-1, 1.60837851487422766278e-2, 6.58749161529837803157e-4,
)  # fmt: skip
FAR_BOTTOM = (
    1.0, 2.56852019228982242072e0, 1.87295284992346047209e0, 5.27905102951428412248e-1,
    6.05183413124413191178e-2, 2.33520497626869185443e-3,
)  # fmt: skip


@jit
def ratio(top: tuple[float, ...], bottom: tuple[float, ...], x: float) -> float:
    """Quotient of two polynomials, highest power first."""
    above = below = 0.0
    for k in range(len(top)):
        above = above * x + top[k]
        below = below * x + bottom[k]
    return above / below


@jit
def erfcx(x: float) -> Any:
    """exp(x²) erfc(x), for x at least zero."""
    if x <= 0.46875:
        return math.exp(x * x) * math.erfc(x)
    if x <= 4.0:
        return ratio(NEAR_TOP, NEAR_BOTTOM, x)
    y = 1.0 / (x * x)
    return (0.5 * SLOPE - y * ratio(FAR_TOP, FAR_BOTTOM, y)) / x


@jit
def log_ndtr(x: float) -> float:
    """Log of the standard normal distribution function."""
    if x > 0.0:
        return math.log1p(-0.5 * math.erfc(x / ROOT_2))
    return math.log(0.5 * erfcx(-x / ROOT_2)) - 0.5 * x * x


@jit
def component(x: float, sd: float, tail: float) -> tuple[float, float, float, float]:
    """Density at x of a Normal(0, sd) plus an exponential of mean ``tail``, and its log's slopes.

    The exponentially modified Normal (Grushka 1972). A negative tail points downwards; zero means
    none. There are two forms, so that neither ``erfc`` underflows nor ``exp`` overflows. Returns
    the density as a factor and the exponent of another, so that a sum of several takes one
    logarithm, and the slopes of its log in ``x`` and in ``sd``.

    An infinite tail is a bare bound: the density per unit of the tail's height, which is the
    probability that the Normal lies below x (above x if the tail points downwards).
    """
    v = x / sd
    if tail == 0.0:
        return PEAK / sd, -0.5 * v * v, -v / sd, (v * v - 1.0) / sd
    sign = 1.0 if tail > 0.0 else -1.0
    mean = sign * tail
    v *= sign
    if math.isinf(tail):
        if v > 0.0:
            factor, exponent = 1.0 - 0.5 * math.erfc(v / ROOT_2), 0.0
            rising = PEAK * math.exp(-0.5 * v * v) / factor
        else:
            factor, exponent = 0.5 * erfcx(-v / ROOT_2), -0.5 * v * v
            rising = PEAK / factor
        return factor, exponent, sign * rising / sd, -v * rising / sd
    u = (sd / mean - v) / ROOT_2
    in_u = (1.0 / mean + v / sd) / ROOT_2
    if u > 0.0:
        factor, exponent = erfcx(u), -0.5 * v * v
        # slope of log(factor); for large u both its parts are large and cancel
        falling = 2.0 * u - SLOPE / factor if u < 1e3 else (1.0 / (u * u) - 1.0) / u
        slope = -v / sd - falling / (sd * ROOT_2)
        in_sd = v * v / sd + falling * in_u
    else:
        factor, exponent = math.erfc(u), sd / mean * (0.5 * sd / mean - v)
        falling = SLOPE * math.exp(-u * u) / factor
        slope = falling / (sd * ROOT_2) - 1.0 / mean
        in_sd = sd / (mean * mean) - falling * in_u
    return 0.5 * factor / mean, exponent, sign * slope, in_sd


@jit
def hedge(x: float, sd: float, tail: float, share: float, by: float) -> tuple[float, float, float]:
    """Log density at x of a figure that is off with a probability ``share``, and its slopes.

    A figure that is off has an error of sd ⊕ ``by`` in place of sd, or as likely of a half or a
    quarter of ``by``: the contaminated Normal of Tukey (1960) in three steps, between which a
    sampler can move, with the hedge's tail.
    """
    total, most, slope, in_scale = component(x, sd, tail)
    if share == 0.0:
        return most + math.log(total), slope, in_scale
    total *= 1.0 - share
    slope, in_scale = total * slope, total * in_scale
    for _ in range(3):
        wide = math.sqrt(sd * sd + by * by)
        part, exponent, in_x, in_wide = component(x, wide, tail)
        part *= share / 3.0
        if exponent > most:
            shrink = math.exp(most - exponent)
            total, slope, in_scale, most = (
                total * shrink, slope * shrink, in_scale * shrink, exponent
            )  # fmt: skip
        else:
            part *= math.exp(exponent - most)
        total += part
        slope += part * in_x
        in_scale += part * in_wide * sd / wide
        by *= 0.5
    return most + math.log(total), slope / total, in_scale / total


@jit
def extremes(
    low: float, high: float, location: float, log_deviation: float, units: Floats, shares: Floats
) -> tuple[float, float, float]:
    """Log density of the lowest and highest of n Normal units, summed over n in ``units``.

    The joint density of the extremes of n independent draws is n (n - 1) f(low) f(high)
    [F(high) - F(low)]^(n - 2) (David and Nagaraja 2003, section 2.2). ``shares`` has the log of
    n (n - 1) times the prior probability of each n. Returns the value and its slopes in
    ``location`` and ``log_deviation``.
    """
    deviation = math.exp(log_deviation)
    a, b = (low - location) / deviation, (high - location) / deviation
    # F(b) - F(a) = F(-a) - F(-b): on the side where F is small nothing cancels
    near, far = (-a, -b) if a + b > 0.0 else (b, a)
    log_near = log_ndtr(near)
    log_between = log_near + math.log(-math.expm1(log_ndtr(far) - log_near))
    largest = -math.inf
    for k in range(len(units)):
        part = shares[k] + (units[k] - 2.0) * log_between
        largest = part if part > largest else largest
    total = between = 0.0
    for k in range(len(units)):
        part = math.exp(shares[k] + (units[k] - 2.0) * log_between - largest)
        total += part
        between += part * (units[k] - 2.0)
    between /= total
    value = largest + math.log(total)
    value -= 0.5 * (a * a + b * b) + LOG_2PI + 2.0 * log_deviation
    # slopes in a and b: those of the two ends, and of the probability between them
    in_a = -a - between * math.exp(-0.5 * (a * a + LOG_2PI) - log_between)
    in_b = -b + between * math.exp(-0.5 * (b * b + LOG_2PI) - log_between)
    return value, -(in_a + in_b) / deviation, -(in_a * a + in_b * b) - 2.0


@jit
def stayed(hazard: float, months: float) -> tuple[float, float, float]:
    """How many are there after some months of one arrival a month, and slopes of its log.

    The sum of exp(-hazard * t) over t from 0 to months - 1, and the first and second derivative of
    its log in the hazard.
    """
    gone, one = -math.expm1(-hazard * months), -math.expm1(-hazard)
    many = gone / one if one > 0.0 else months
    if hazard < 1e-5:
        # the difference of two large numbers, as a series
        curve = (months * months - 1.0) / 12.0
        return many, curve * hazard - 0.5 * (months - 1.0), curve
    over, over_one = months * (1.0 - gone) / gone, (1.0 - one) / one
    curve = over_one * (1.0 + over_one) - over * (months + over)
    return many, over - over_one, curve


@jit
def balance(
    before: float, after: float, turnover: float,
    months: float, inflow: float, inflow_scale: float, hazard: float, hazard_scale: float,
) -> tuple[float, float, float, float, float, float, float, float]:  # fmt: skip
    """Excess of arrivals over leavings with which a stock goes from one level to another.

    With scores (turnover + excess) / root 2 of the log inflow and (turnover - excess) / root 2 of
    the log exit hazard, whose means and deviations are given, the log of a stock goes from
    ``before`` to ``after`` in some months. The level rises in the excess, so that there is one;
    Newton's steps lead to it, between bounds.

    Returns
    -------
    tuple of float
        The excess and its slopes in ``before``, ``after`` and ``turnover``; the log of its slope in
        ``after``, and that one's three slopes.
    """
    if not math.isfinite(before + after + turnover):
        none = math.nan
        return none, none, none, none, none, none, none, none
    half = 1.0 / ROOT_2
    a_w, h_w = inflow_scale * half, hazard_scale * half
    low, high, w, last = -math.inf, math.inf, 0.0, math.inf
    p = q = rate = in_rate = mixed = curve = rises = 0.0
    for _ in range(100):
        # at a hazard of exp(13) nobody is left, and far from the level only the side matters
        rate = math.exp(min(hazard + h_w * (turnover - w), 13.0))
        many, slope, curve = stayed(rate, months)
        kept = math.exp(min(before - rate * months - after, 300.0))
        came = many * math.exp(min(inflow + a_w * (turnover + w) - after, 300.0))
        level = kept + came
        p, q = kept / level, came / level
        in_rate = q * slope - months * p
        mixed = months + slope
        rises = q * a_w - rate * in_rate * h_w
        if level < 1.0:
            low = w
        else:
            high = w
        step = -math.log(level) / rises
        if abs(step) <= 1e-12 * (1.0 + abs(w)):
            w += step
            break
        move = min(max(step, -8.0), 8.0)
        if high - low < math.inf and not (low < w + move < high and abs(move) < 0.5 * last):
            # Newton's steps may also go to and fro across a bend
            move = 0.5 * (low + high) - w
        w, last = w + move, abs(move)
    # the log level's slope in the log hazard, and second derivatives: in that twice, and with the
    # others; p and q are its slopes in the log of what was there and in the log inflow
    f, pq = rate * in_rate, p * q
    ff = f + rate * rate * (q * curve + pq * mixed * mixed)
    fa = rate * pq * mixed
    turns = q * a_w + f * h_w
    ww = pq * a_w * a_w - 2.0 * fa * a_w * h_w + ff * h_w * h_w
    wv = pq * a_w * a_w - ff * h_w * h_w
    wb = fa * h_w - pq * a_w
    w_before, w_after, w_turnover = -p / rises, 1.0 / rises, -turns / rises
    return (
        w, w_before, w_after, w_turnover, -math.log(rises),
        -(ww * w_before + wb) / rises, -ww * w_after / rises, -(ww * w_turnover + wv) / rises,
    )  # fmt: skip
