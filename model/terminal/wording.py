"""Format money, counts and shares with the digits that their uncertainty warrants."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MILLION, BILLION = 1e6, 1e9
#: An interval's end this many times below its middle may be printed as zero.
VANISHING = 1e4
#: Finest digit printed for a change, in millions.
FINEST = 0.1
#: Share of draws that tie, below which it is due to rounding.
TIE = 1e-6
#: Share of a variance below which an effect cannot be distinguished from noise.
NOISE = 0.005


@dataclass(frozen=True, slots=True)
class Parts:
    """A median and an interval as text, rounded alike; ``scale`` is blank or a word."""

    middle: str
    low: str
    high: str
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """Number formats of one language.

    Attributes
    ----------
    thousands, decimal, minus : str
        Signs.
    between, percent_sign, below, above : str
        Patterns: ``{middle}``, ``{low}``, ``{high}``; the rest take ``{}``.
    lower, same, higher : str
        Patterns of the chances of a change; they take ``{}``.
    million, billion, not_finite : str
        Words.
    """

    thousands: str = ","
    decimal: str = "."
    minus: str = "-"
    between: str = "{middle} ({low} to {high})"
    percent_sign: str = "{}%"
    below: str = "below {}"
    above: str = "above {}"
    lower: str = "lower {}"
    same: str = "unchanged {}"
    higher: str = "higher {}"
    million: str = "million"
    billion: str = "billion"
    not_finite: str = "not finite"

    def rounded(self, value: float, unit: float) -> str:
        """A number rounded to a power of ten, with thousands separated."""
        if not math.isfinite(value):
            return self.not_finite
        decimals = max(0, -round(math.log10(unit)))
        # adding zero turns minus zero into zero
        return self.signed(f"{round(value / unit) * unit + 0.0:,.{decimals}f}")

    def part_of(self, value: float, whole: float) -> str:
        """An amount off a whole, with the whole's digits; small amounts as "below"."""
        unit = rounding_unit(0.0, whole)
        if value < unit / 2:
            return self.below.format(self.rounded(unit, unit))
        return self.rounded(value, unit)

    def plain(self, value: float) -> str:
        """A number with its own digits, at most six, as for the ticks of a scale."""
        return self.signed(f"{value:,.6g}")

    def signed(self, text: str) -> str:
        """A number, written by Python, with the signs of the language."""
        signs: dict[str, str | int | None] = {
            ",": self.thousands,
            ".": self.decimal,
            "-": self.minus,
        }
        return text.translate(str.maketrans(signs))

    def parts(self, middle: float, low: float, high: float, *, finest: float = 0.0) -> Parts:
        """Median and interval rounded alike, no finer than ``finest``.

        The end of a positive quantity's interval keeps one digit and is not printed as zero.
        """
        unit = max(rounding_unit(low, high), finest)
        below = unit
        if finest == 0.0 and 0.0 < middle / VANISHING < low < unit / 2:
            below = 10.0 ** math.floor(math.log10(low))
        return Parts(self.rounded(middle, unit), self.rounded(low, below), self.rounded(high, unit))

    def interval(self, middle: float, low: float, high: float, *, finest: float = 0.0) -> str:
        """Median and interval rounded alike, e.g. ``150 (94 to 230)``."""
        parts = self.parts(middle, low, high, finest=finest)
        return self.between.format(middle=parts.middle, low=parts.low, high=parts.high)

    def amount(self, middle: float, low: float, high: float) -> Parts:
        """A sum of money in billions, millions or units, by the size of its median."""
        size = abs(middle)
        scale = BILLION if size >= BILLION else MILLION if size >= MILLION else 1.0
        word = {BILLION: self.billion, MILLION: self.million, 1.0: ""}[scale]
        parts = self.parts(middle / scale, low / scale, high / scale)
        return Parts(parts.middle, parts.low, parts.high, word)

    def percent(self, probability: float) -> str:
        """A probability in whole per cent, never 0% or 100%, which draws cannot establish."""
        if probability < 0.01:
            return self.below.format(self.percent_sign.format(1))
        if probability > 0.99:
            return self.above.format(self.percent_sign.format(99))
        return self.percent_sign.format(f"{100 * probability:.0f}")

    def chances(self, change: Mapping[str, Any]) -> list[str]:
        """The chance that a difference is above zero; or, if some draws tie, those of each side.

        A side on which no draw lies is left out.
        """
        lower, higher = change["probability_lower"], change["probability_higher"]
        if None in (lower, higher):
            return [self.not_finite]
        same = 1.0 - lower - higher
        if same < TIE:
            return [self.percent(higher)]
        said = ((self.lower, lower), (self.same, same), (self.higher, higher))
        return [words.format(self.percent(chance)) for words, chance in said if chance > 0.0]

    def shares(self, middle: float, low: float, high: float) -> str:
        """A share and its interval in per cent, e.g. ``24% (15 to 34)``."""
        parts = self.parts(100 * middle, 100 * low, 100 * high, finest=1.0)
        sign = self.percent_sign.format(parts.middle)
        return self.between.format(middle=sign, low=parts.low, high=parts.high)


def three(numbers: Mapping[str, Any], scale: float = 1.0) -> tuple[float, float, float]:
    """Median, 5% and 95% quantile of a summary's numbers, divided by a scale.

    Numbers that are not finite, which JSON cannot hold, are NaN.
    """
    middle, low, high = (
        math.nan if numbers[name] is None else numbers[name] / scale
        for name in ("q50", "q05", "q95")
    )
    return middle, low, high


def unchanged(numbers: Mapping[str, Any]) -> bool:
    """Whether a difference is zero in every draw."""
    return bool(numbers["q05"] == numbers["q95"] == numbers["mean"] == 0)


def rounding_unit(low: float, high: float) -> float:
    """Power of ten that leaves two significant digits of the interval's width."""
    width = abs(high - low)
    if not math.isfinite(width) or width == 0.0:
        return 1.0
    return 10.0 ** (math.floor(math.log10(width)) - 1)


def counted(count: int, one: str, many: str) -> str:
    """A count with the singular or the plural, e.g. ``1 row lies`` or ``2 rows lie``."""
    return f"{count:,} {one if count == 1 else many}"


ENGLISH = Wording()
rounded = ENGLISH.rounded
interval = ENGLISH.interval
percent = ENGLISH.percent


def moves_in_words(moved: Sequence[Mapping[str, Any]]) -> str:
    """Quantities that move, each with its median after and before."""
    return ", ".join(
        f"{one['quantity']} {one['after']:.3g} instead of {one['before']:.3g}" for one in moved
    )
