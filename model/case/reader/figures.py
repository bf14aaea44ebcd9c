"""Check the figures of a row together: those that its qualifier takes, nought, and intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from model.case.faults import quote
from model.case.qualifiers import PAIRS
from model.case.reader.numbers import ambiguous, is_percentage, number
from model.case.units import COUNTED

if TYPE_CHECKING:
    from model.case.reader.evidence import Row

FIGURES = ("low", "value", "high")


def check_figures(row: Row) -> None:
    """Check that a row has the figures its qualifier requires, in order."""
    for name in FIGURES:
        _check_alike(row, name)
    if not row.clean("qualifier", "role", *FIGURES):
        return
    row.figures = {name: number(row[name]) for name in FIGURES if row[name]}
    if not row.figures and row["role"] == "context":
        return
    qualifier = row["qualifier"]
    wanted = ("low", "high") if qualifier in PAIRS else ("value",)
    allowed = FIGURES if qualifier == "range" else wanted
    takes = f"{qualifier!r} takes {' and '.join(wanted)}"
    for name in FIGURES:
        if name in wanted and name not in row.figures:
            row.fault(name, f"{takes}; fill it in")
        elif name not in allowed and name in row.figures:
            more = "; a figure with its interval is a 'range'" if name != "value" else ""
            row.fault(name, f"{takes}; leave this blank{more}")
        elif row.figures.get(name) == 0:
            _nought(row, name)
    low, high = row.figures.get("low", -math.inf), row.figures.get("high", math.inf)
    if low >= high and row.clean("low", "high"):
        row.fault("low", f"{row['low']} is not below high, {row['high']}; put the two in order")
    elif not low < row.figures.get("value", high / 2 + low / 2) < high and row.clean(*FIGURES):
        row.fault("value", f"{row['value']} is not between low and high; give the central figure")
    if row["coverage"] and qualifier != "range":
        row.fault("coverage", f"only a 'range' has a coverage, not {qualifier!r}; leave it blank")


def _nought(row: Row, name: str) -> None:
    """Read a count of nought as a bound; report any other figure of zero."""
    counted = any(word in row["unit"] for word in COUNTED)
    if row["qualifier"] == "below" and counted:
        # nothing was counted: fewer than one of what the figure is printed in
        row.figures[name] = 1.0
    elif row["role"] != "context":
        told = "a count of nought is a bound: write 'below' and 1 (or 0, which means the same)"
        least = "write 'below' and the least that would have been seen, or a figure above zero"
        if row["qualifier"] in PAIRS:
            told = least = "write 'below' and the upper figure as value"
        message = "a figure of zero has no logarithm"
        row.fault(name, f"{message}; {told if counted else least}")


def _check_alike(row: Row, name: str) -> None:
    """Check that a figure does not contradict its unit and is read alike by all."""
    asked = ambiguous(row[name], row["unit"])
    if asked is not None:
        row.fault(name, asked)
    elif is_percentage(row[name]):  # the sign was moved to a unit that was blank or percent
        message = f"{quote(row[name])} is a percentage, but the unit is {quote(row['unit'])}"
        row.fault(name, f"{message}; write the unit 'percent', or the figure in that unit")
