"""When a sentence is supported, stretched or contradicted: docs/claims.md in code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from model.case.contents import Reading
from model.case.qualifiers import FLOORS
from model.claims.numerals import Printed

Floats = NDArray[np.float64]

#: Agreement from which a claim is supported, and below which it is contradicted.
SUPPORTED, CONTRADICTED = 0.5, 0.1
#: Chance of reaching an upper end below which it is too high, and what that chance then counts.
REACHED, TIMES = 0.05, 10.0
#: Means of an exponential tail within which nineteen in twenty lie.
TAIL = 3.0
CEILINGS = frozenset({"below", "at_most"})
UPPER_ENDS = frozenset({"up_to", "as_much_as"})


class Verdict(StrEnum):
    """What a sentence's figure is worth, the most favourable first."""

    SUPPORTED = "supported"
    STRETCHED = "stretched"
    CONTRADICTED = "contradicted"
    NOT_MODELLED = "not modelled"


ORDER = list(Verdict)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a claim agrees with draws.

    Attributes
    ----------
    probability : float
        That it is true, as it is worded.
    agreement : float
        What its verdict follows from, between 0 and 1.
    reached : float or None
        Of an upper end, the chance that the quantity comes up to it.
    """

    probability: float
    agreement: float
    reached: float | None = None

    def verdict(self, *, negated: bool) -> Verdict:
        """The verdict; a negation turns it round."""
        if self.agreement >= SUPPORTED:
            return Verdict.CONTRADICTED if negated else Verdict.SUPPORTED
        if self.agreement < CONTRADICTED:
            return Verdict.SUPPORTED if negated else Verdict.CONTRADICTED
        return Verdict.STRETCHED


def claimed(reading: Reading, printed: Printed) -> tuple[float, float]:
    """The two ends between which a claim says that its quantity lies, in its own unit.

    Parameters
    ----------
    reading : Reading
        Of the case, which says how much rounding and hedges allow.
    printed : Printed
    """
    value = printed.high
    if printed.qualifier in FLOORS:
        return value, math.inf
    if printed.qualifier in CEILINGS:
        return 0.0, value
    if printed.qualifier == "range":
        return printed.low, printed.high
    if printed.qualifier in ("nearly", "almost"):
        return value * math.exp(-TAIL * reading.tails[printed.qualifier]), value
    rounded = min(printed.unit / 2 / value, math.sqrt(3.0) * reading.rounding_cap) if value else 0.0
    return value * (1.0 - rounded), value * (1.0 + rounded)


def agreement(qualifier: str, ends: tuple[float, float], draws: Floats) -> Agreement:
    """How far a claim agrees with draws of its quantity.

    Parameters
    ----------
    qualifier : str
    ends : tuple of float
        As ``claimed`` gives them, in the unit of the draws.
    draws : array, (n,)
    """
    low, high = ends
    above, below = float(np.mean(draws >= low)), float(np.mean(draws <= high))
    inside = float(np.mean((draws >= low) & (draws <= high)))
    if qualifier in FLOORS:
        return Agreement(above, above)
    if qualifier in CEILINGS:
        return Agreement(below, below)
    if qualifier in UPPER_ENDS:
        agrees = below if above >= REACHED else min(below, TIMES * above)
        return Agreement(below, agrees, above)
    return Agreement(inside, min(1.0, 2.0 * min(above, below)))
