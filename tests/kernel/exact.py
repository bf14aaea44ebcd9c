"""The special functions to fifty digits and more, by series that share nothing with the kernel's.

Python's decimal numbers take any precision, so that a difference quotient over 1e-20 is a slope to
some thirty digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from functools import wraps

Number = float | Decimal

PI = Decimal("3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986")


def precise[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """With eighty digits inside of the function, and room for powers of what is next to nothing."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(prec=80, Emin=MIN_EMIN, Emax=MAX_EMAX):
            return function(*args, **kwargs)

    return wrapped


@precise
def erfc(x: Number) -> Decimal:
    """Complementary error function: a series of positive terms, or a continued fraction."""
    x = Decimal(x)
    if x < 0:
        return 2 - erfc(-x)
    if x > 6:
        return (-x * x).exp() * erfcx(x)
    term = total = x
    k = 0
    while term > Decimal("1e-90"):
        k += 1
        term = term * 2 * x * x / (2 * k + 1)
        total += term
    return 1 - 2 / PI.sqrt() * (-x * x).exp() * total


@precise
def erfcx(x: Number) -> Decimal:
    """exp(x²) erfc(x), for x from zero on."""
    x = Decimal(x)
    if x <= 6:
        return (x * x).exp() * erfc(x)
    below = Decimal(0)
    for k in range(300, 0, -1):
        below = Decimal(k) / 2 / (x + below)
    return 1 / PI.sqrt() / (x + below)


@precise
def log_ndtr(x: Number) -> Decimal:
    """Log of the standard normal distribution function."""
    x, root = Decimal(x), Decimal(2).sqrt()
    if x <= 0:
        return (erfcx(-x / root) / 2).ln() - x * x / 2
    above = erfc(x / root) / 2
    # log(1 - q), where 1 - q would be one
    return -(above + above**2 / 2 + above**3 / 3) if above < 1e-30 else (1 - above).ln()


@precise
def tailed(x: Number, sd: Number, tail: Number) -> Decimal:
    """Log density at x of Normal(0, sd) + Exponential(tail)."""
    x, sd, tail = Decimal(x), Decimal(sd), Decimal(tail)
    if tail == 0:
        return -((x / sd) ** 2) / 2 - sd.ln() - (2 * PI).ln() / 2
    if tail < 0:
        x, tail = -x, -tail
    u = (sd / tail - x / sd) / Decimal(2).sqrt()
    if u > 6:
        # exp(-u²) would have millions of digits
        return erfcx(u).ln() - (x / sd) ** 2 / 2 - (2 * tail).ln()
    return (sd / tail) ** 2 / 2 - x / tail + erfc(u).ln() - (2 * tail).ln()


@precise
def hedge(x: Number, sd: Number, tail: Number, share: Number, by: Number) -> Decimal:
    """Log density of a figure that is off with a probability ``share``, in one of three steps."""
    sd, share, by = Decimal(sd), Decimal(share), Decimal(by)
    found = (1 - share) * tailed(x, sd, tail).exp()
    if share == 0:
        return found.ln()
    for size in (1, 2, 4):
        wide = (sd * sd + (by / size) ** 2).sqrt()
        found += share / 3 * tailed(x, wide, tail).exp()
    return found.ln()


@precise
def extremes(
    low: Number, high: Number, location: Number, log_deviation: Number, units: Sequence[int]
) -> Decimal:
    """Log density of the lowest and highest of n Normal units, each n as likely."""
    deviation = Decimal(log_deviation).exp()
    a, b = ((Decimal(end) - Decimal(location)) / deviation for end in (low, high))
    near, far = (a, b) if a + b > 0 else (-b, -a)
    root = Decimal(2).sqrt()
    between = (erfc(near / root) - erfc(far / root)) / 2
    ends = (-(a * a + b * b) / 2).exp() / (2 * PI * deviation**2)
    total = sum((n * (n - 1) * between ** (n - 2) for n in units), Decimal(0))
    return (ends * total / len(units)).ln()


@precise
def slope(function: Callable[[Decimal], Decimal], at: float, scale: float = 1.0) -> Decimal:
    """Slope of a function, whose bends are of the size of ``scale``."""
    step = Decimal(scale) * Decimal("1e-20")
    return (function(Decimal(at) + step) - function(Decimal(at) - step)) / (2 * step)
