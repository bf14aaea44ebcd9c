"""Rates of fx.csv that contradict the ECB's of the month, or the months around them."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from statistics import median

import pandas as pd

from model.case.exchange import ecb_month

#: Factor from the ECB's monthly mean at which a rate is doubted: official and market rates of one
#: currency may lie that far apart, rates of one market do not.
OFF = 1.5
#: The same if the rate turned upside down fits: a currency worth about a dollar is turned unseen.
TURNED = 1.05
#: Factor from the months before and from those after: a factor of two, less what months drift. No
#: rate doubles and comes back within months.
JUMP = 1.8
#: Months looked at on each side.
AROUND = 3


def doubtful_rates(
    own: pd.DataFrame | None, months: pd.PeriodIndex
) -> Iterator[tuple[int, str, str]]:
    """Yield row, column and message for each rate that is probably wrong.

    Parameters
    ----------
    own : pd.DataFrame or None
        Rows of fx.csv, by line number.
    months : pd.PeriodIndex
        Months of the timeline; rates of others are not used and not looked at.
    """
    if own is None:
        return
    columns = (own.index.tolist(), own["month"], own["currency"], own["per_usd"])
    rows = list(zip(*columns, strict=True))
    known = {(currency, month.ordinal): rate for _, month, currency, rate in rows}
    for row, month, currency, rate in rows:
        if not months[0] <= month <= months[-1] or not 0.0 < rate < float("inf"):
            continue
        reference = ecb_month(currency, month.year, month.month)
        if reference is not None:
            message = _against_ecb(rate, reference, currency, month)
        else:
            message = _against_neighbours(rate, known, currency, month)
        if message is not None:
            yield row, "per_usd", message


def _against_ecb(rate: float, reference: float, currency: str, month: pd.Period) -> str | None:
    """Return the doubt about a rate where the ECB has one."""
    off, turned = _apart(rate, reference), _apart(1.0 / rate, reference)
    ecb = f"the ECB's mean of {month}, {reference:.6g}"
    # turned, it fits to a quarter of what it is off, on the scale of logs
    if off >= TURNED and turned <= off**0.25:
        return _upside_down(rate, currency, ecb)
    if off >= OFF:
        return (
            f"{rate:g} is a factor of {off:,.3g} from {ecb}; check it, and if it is another "
            "market's rate, the source should say so"
        )
    return None


def _against_neighbours(
    rate: float, known: dict[tuple[str, int], float], currency: str, month: pd.Period
) -> str | None:
    """Return the doubt about a rate that the months before and after contradict."""
    before, after = (
        [
            other
            for step in range(1, AROUND + 1)
            if (other := _known(known, currency, month + sign * step)) is not None
        ]
        for sign in (-1, 1)
    )
    sides = [median(side) for side in (before, after) if side]
    if not sides:
        return None
    above = [other * JUMP <= rate for other in sides]
    below = [rate * JUMP <= other for other in sides]
    centre = exp(sum(map(log, sides)) / len(sides))
    months = f"the months around {month}, about {centre:.6g}"
    if not (all(above) or all(below)):
        return None
    if all(_apart(1.0 / rate, other) <= JUMP for other in sides):
        return _upside_down(rate, currency, months)
    if len(sides) < 2:
        return None  # it may stay where it went
    return f"{rate:g} is a factor of {_apart(rate, centre):,.3g} from {months}; check it"


def _known(known: dict[tuple[str, int], float], currency: str, month: pd.Period) -> float | None:
    own = known.get((currency, month.ordinal))
    found = own if own is not None else ecb_month(currency, month.year, month.month)
    return found if found is not None and 0.0 < found < float("inf") else None


def _upside_down(rate: float, currency: str, reference: str) -> str:
    return (
        f"{rate:g} is probably upside down: 1/{rate:g} = {1.0 / rate:.6g} fits {reference}; "
        f"write units of {currency} per dollar, not dollars per {currency}"
    )


def _apart(rate: float, other: float) -> float:
    return max(rate / other, other / rate)
