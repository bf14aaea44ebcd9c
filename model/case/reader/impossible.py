"""Figures that no scenario may set, whatever the case."""

from __future__ import annotations

from math import isinf

from model.equations.quantities import BASIC_BY_NAME

#: Largest exit hazard per month: one worker in 150 remains after a month; larger ones overflow.
LARGEST_HAZARD = 5.0
HAZARDS = ("permit_exit", "irregular_exit")
#: Name in a scenario of the units of a host's currency per dollar.
EXCHANGE_RATE = "exchange_rate"


def impossible(quantity: str, figure: float) -> str:
    """Describe the error in a figure in the catalogue's unit; blank if it is valid."""
    if isinf(figure):
        return "this is larger than any number in the unit computed in; check figure and unit"
    basic = BASIC_BY_NAME.get(quantity)
    if basic is not None and basic.support == "fraction" and figure > 1.0:
        return f"{figure:g} is more than the whole; write a fraction up to 1"
    if quantity in HAZARDS and figure > LARGEST_HAZARD:
        return (
            f"{figure:g} a month is more than {LARGEST_HAZARD:g}, at which one in 150 remains; "
            f"write {LARGEST_HAZARD:g}"
        )
    if quantity == EXCHANGE_RATE and figure == 0.0:
        return "the rate is zero; write units of the currency per dollar"
    return ""
