"""The months that a view of an answer asks for, and the periods that they are added up to."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.faults import quote
from model.case.reader.toml_places import toml_of
from model.projection.by_period import labelled, month_at
from model.terminal.view_options import View

#: Periods as they are asked for, and as pandas names them.
PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}
_FISCAL = re.compile(r"fiscal(?:/(0[1-9]|1[0-2]))?", re.ASCII)


class ViewError(ValueError):
    """A view that cannot be shown; the text says why and what to write."""


@dataclass(frozen=True)
class Covered:
    """What a run covers.

    Attributes
    ----------
    months : pd.PeriodIndex
        With those projected past the data.
    data : pd.Period
        Last month of the data.
    fiscal : int or None
        First month of the fiscal year, if the case states it.
    """

    months: pd.PeriodIndex
    data: pd.Period
    fiscal: int | None

    @classmethod
    def of(cls, timeline: bytes, months: pd.PeriodIndex) -> Covered:
        """What is covered, from the bytes of a case's timeline.toml and all months."""
        stated = toml_of(timeline.decode("utf-8-sig"))
        return cls(months, pd.Period(stated["end"], "M"), stated.get("fiscal_month"))


def frequency(view: View, fiscal: int | None) -> str:
    """Length of the periods that a view asks for, as ``by_period.labelled`` takes it.

    Raises
    ------
    ViewError
        If it is none, or the fiscal year is not stated.
    """
    found = _FISCAL.fullmatch(view.by)
    if view.by in PERIODS:
        return PERIODS[view.by]
    if found is None:
        raise ViewError(
            f"--by: {quote(view.by)} is no period; write month, quarter, year, or fiscal/04 for "
            "years that begin in April"
        )
    if found[1] is None and fiscal is None:
        raise ViewError(
            "--by fiscal: the case does not say when its fiscal year begins; write fiscal/04 for "
            "years that begin in April, or fiscal_month = 4 in timeline.toml"
        )
    return f"FY/{found[1] or f'{fiscal:02}'}"


def chosen_months(view: View, covered: Covered) -> tuple[pd.Period, pd.Period] | None:
    """First and last month that a view asks for; None for every period covered whole.

    Raises
    ------
    ViewError
        If there are none, or draws do not cover them.
    """
    months = covered.months
    if not (view.year or view.first or view.last):
        return None
    if view.year and (view.first or view.last):
        raise ViewError("--year and --from or --to both name months; leave one of them out")
    if view.year:
        freq = frequency(view, covered.fiscal)
        start = pd.Period(f"{view.year}-{freq[3:] or '01'}", "M")
        ends, told = (start, start + 11), f"--year {view.year}"
    else:
        ends = (_end("--from", view.first, 0, months[0]), _end("--to", view.last, 1, months[-1]))
        told = " ".join(
            f"{name} {text}" for name, text in (("--from", view.first), ("--to", view.last)) if text
        )
    if ends[0] > ends[1]:
        raise ViewError(f"{told}: {ends[0]} is after {ends[1]}; write the earlier month first")
    if ends[0] < months[0] or ends[1] > months[-1]:
        raise ViewError(
            f"{told}: the answer covers {months[0]} to {months[-1]}; name months of these, or "
            "project further with --horizon"
        )
    return ends


def _end(option: str, text: str, place: int, otherwise: pd.Period) -> pd.Period:
    if not text:
        return otherwise
    try:
        if len(text) > len("FY 2017/04"):
            raise ValueError(f"{quote(text)} is no month; write YYYY-MM")
        return month_at(text, place)
    except ValueError as error:
        raise ViewError(f"{option}: {error}") from None


def stretches(
    view: View, covered: Covered, end: pd.Period | None = None
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which months a view adds up, and the period of each of those.

    A period of which only a part is asked for is named by its first and last month.

    Parameters
    ----------
    end : pd.Period, optional
        Last month of a scenario that ends before others.
    """
    ends = chosen_months(view, covered)
    last = covered.months[-1] if end is None else end
    months = covered.months[covered.months <= last]
    labels, whole = labelled(months, frequency(view, covered.fiscal))
    names = labels.astype(object)
    chosen = whole.copy()
    if ends is not None:
        chosen = np.asarray((months >= ends[0]) & (months <= ends[1]))
        for label in dict.fromkeys(labels[chosen]):
            inside = chosen & (labels == label)
            if (inside != (labels == label)).any() or not whole[inside].all():
                names[inside] = span(months[inside])
    beyond = np.zeros(len(covered.months) - len(months), dtype=bool)
    return np.concatenate([chosen, beyond]), [str(one) for one in names[chosen]]


def span(months: pd.PeriodIndex) -> str:
    """The first and the last of some months, as ISO 8601 writes an interval."""
    return str(months[0]) if len(months) == 1 else f"{months[0]}/{months[-1]}"
