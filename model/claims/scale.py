"""Draws and claims in one unit: per month, year or day, of a worker or in all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.claims.catalogue import read
from model.claims.numerals import Printed
from model.claims.senses import NotModelledError
from model.claims.standing import Asked
from model.equations.subjects import MEASURED_BY_NAME

Floats = NDArray[np.float64]

#: Months in a day and in an hour of the calendar, for totals.
CALENDAR = {"day": 12 / 365.25, "hour": 12 / 365.25 / 24}


def unit_of(printed: Printed) -> str:
    """Unit of a figure as evidence.csv would have it."""
    if printed.kind == "share":
        return "fraction"
    unit = printed.currency or "1"
    return f"{unit}/{printed.per}" if printed.per else unit


def claim_in_unit(
    asked: Asked, printed: Printed, ends: tuple[float, float]
) -> tuple[tuple[float, float], str]:
    """The ends of a claim in the unit of ``draws_in_unit``, and what is taken for granted.

    Pay by the day or hour is of time worked, of which a month has one number or another: the claim
    is then as wide as those allow.
    """
    if MEASURED_BY_NAME[asked.quantity].kind != "worker_month" or asked.base:
        return ends, ""
    if not printed.per:
        return ends, "no time is named, taken to be a month"
    if printed.per not in ("day", "hour"):
        return ends, ""
    least, most = read()["months_in"][printed.per]
    middle = (least * most) ** 0.5
    low, high = ends
    return (low * middle / most, high * middle / least), _of_work(printed.per)


def _of_work(per: str) -> str:
    return f"a month has 22 to 30 {'days' if per == 'day' else 'days of 8 to 16 hours'} of work"


def draws_in_unit(asked: Asked, printed: Printed, draws: Floats) -> Floats:
    """Draws of a quantity in the time that a figure is stated for.

    Raises
    ------
    NotModelledError
    """
    kind = MEASURED_BY_NAME[asked.quantity].kind
    if asked.base or kind in ("share", "level"):
        return draws
    if kind == "worker_month":
        least, most = read()["months_in"][printed.per or "month"]
        middle: float = (least * most) ** 0.5
        return draws * middle
    if not printed.per:
        return draws
    months = (asked.end - asked.start).n + 1
    time: float = CALENDAR.get(printed.per) or read()["months_in"][printed.per][0]
    rate: float = time / months
    return draws * rate


def check_whole(asked: Asked, printed: Printed, *, cut: bool) -> None:
    """Refuse a sum over a window of which only a part is covered.

    Raises
    ------
    NotModelledError
    """
    if cut and not printed.per and MEASURED_BY_NAME[asked.quantity].kind in ("flow", "total"):
        raise NotModelledError(f"it is a sum of months of which only {asked.start} to {asked.end} "
                               "are covered")  # fmt: skip
