"""The words with which a figure is printed, by what they make of it."""

from __future__ import annotations

QUALIFIERS = (
    "exact", "about", "nearly", "almost", "at_least", "more_than", "incomplete", "up_to",
    "as_much_as",
    "range", "spread", "below", "above",
)  # fmt: skip
#: Those that take two figures.
PAIRS = ("range", "spread")
#: Those below which, or above which, a quantity is not said to lie.
FLOORS = ("at_least", "more_than", "incomplete", "above")
CEILINGS = ("up_to", "as_much_as", "below")
#: Bare bounds, which say nothing of how far away the quantity is.
BOUNDS = ("below", "above")
#: Those with an error that does not depend on the figure and is known before it.
ONE_FIGURE = tuple(one for one in QUALIFIERS if one not in (*PAIRS, *BOUNDS, "about"))
