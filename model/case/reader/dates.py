"""Dates and periods in cells: months, days, years, quarters and fiscal years."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from model.case.faults import quote

if TYPE_CHECKING:
    import pandas as pd

FIRST_YEAR, LAST_YEAR = 1990, 2100
#: The day from which spreadsheets count.
DAY_ZERO = date(1899, 12, 30)

#: How a month is written, and a month or day.
MONTH, DATE = r"\d{4}-\d{2}", r"\d{4}-\d{2}(-\d{2})?"

_YEAR = re.compile(r"\d{4}", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])", re.ASCII)
_FISCAL = re.compile(r"FY ?(\d{4})/(0[1-9]|1[0-2])", re.ASCII)
#: How a date that may be a year is written, and the start or end of a window.
LOOSE = f"({DATE}|{_YEAR.pattern})"
WINDOW = f"({DATE}|{_YEAR.pattern}|{_QUARTER.pattern}|{_FISCAL.pattern})"
_SERIAL = re.compile(r"([1-7]\d{4})(?:\.0+)?", re.ASCII)
_PARTS = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})(?:[./](\d{1,2}))?", re.ASCII)
_NAMED = re.compile(r"(?:(\d{1,2})\.? )?([A-Za-z]{3,9})\.?(?: (\d{1,2}))?,? (\d{4})", re.ASCII)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


def months_of(text: str) -> tuple[str, str] | None:
    """Return the first and the last month of a year, quarter or fiscal year; None of others.

    Parameters
    ----------
    text : str
        ``2017``, ``2017Q3`` or ``2017-Q3``, or ``FY2017/04`` for twelve months from April 2017.
    """
    if _YEAR.fullmatch(text):
        return f"{text}-01", f"{text}-12"
    quarter, fiscal = _QUARTER.fullmatch(text), _FISCAL.fullmatch(text)
    if quarter:
        last = 3 * int(quarter[2])
        return f"{quarter[1]}-{last - 2:02}", f"{quarter[1]}-{last:02}"
    if fiscal:
        year, first = int(fiscal[1]), int(fiscal[2])
        end = f"{year:04}-12" if first == 1 else f"{year + 1:04}-{first - 1:02}"
        return f"{year:04}-{first:02}", end
    return None


def with_months(cells: Mapping[str, str]) -> dict[str, str]:
    """Return a row whose start and end are months or days, also where a period was named.

    A period named as the start, without an end, is the whole window.
    """
    first, last = months_of(cells.get("start", "")), months_of(cells.get("end", ""))
    if first is not None and not cells.get("end"):
        last = first
    start = {} if first is None else {"start": first[0]}
    return {**cells, **start, **({} if last is None else {"end": last[1]})}


def day_parts(start: str, end: str) -> tuple[float, float]:
    """Return the part of its first month that a window begins with, and of its last that it has.

    Both are one for whole months. Where both ends are in one month, the window is the sum of the
    two parts less one.

    Parameters
    ----------
    start, end : str
        Valid dates, YYYY-MM or YYYY-MM-DD.
    """
    parts = [1.0, 1.0]
    for place, text in enumerate((start, end)):
        if len(text) > len("2018-01"):
            year, number, day = map(int, text.split("-"))
            days = monthrange(year, number)[1]
            parts[place] = (days - day + 1 if place == 0 else day) / days
    return parts[0], parts[1]


@lru_cache(maxsize=16384)
def month(text: str) -> pd.Period | None:
    """Return the month of a YYYY-MM or YYYY-MM-DD cell, or None if it is not a date."""
    import pandas as pd

    if not re.fullmatch(DATE, text, re.ASCII):
        return None
    try:
        day = pd.Timestamp(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return None
    return pd.Period(day, freq="M") if FIRST_YEAR <= day.year <= LAST_YEAR else None


def is_date(text: str) -> bool:
    """Return whether a cell is a month or a day."""
    return month(text) is not None


def is_month(text: str) -> bool:
    """Return whether a cell is a month."""
    return len(text) == len("2018-07") and month(text) is not None


def explain_month(text: str) -> str:
    """Describe the error in a month."""
    got = f"{quote(text)} is not a month" if text else "the month is missing"
    return f"{got} from {FIRST_YEAR} to {LAST_YEAR}; write YYYY-MM"


def is_window(text: str) -> bool:
    """Return whether a cell is a date, or a period that may stand for one."""
    found = months_of(text)
    if found is None:
        return month(text) is not None
    return month(found[0]) is not None and month(found[1]) is not None


def is_loose_date(text: str) -> bool:
    """Return whether a cell is a date that may be a bare year."""
    return month(f"{text}-01" if _YEAR.fullmatch(text) else text) is not None


def explain_date(text: str) -> str:
    """Describe the error in a date."""
    if not text:
        return "the date is missing; write YYYY-MM or YYYY-MM-DD"
    meant = _meant(text)
    if meant:
        return f"{quote(text)} is not a date as written here; {meant}"
    got = f"{quote(text)} is not a date from {FIRST_YEAR} to {LAST_YEAR}"
    return f"{got}; write YYYY-MM or YYYY-MM-DD"


def explain_loose_date(text: str) -> str:
    """Describe the error in a date that may be a year."""
    return explain_date(text) + ("" if _meant(text) else " or YYYY")


def explain_window(text: str) -> str:
    """Describe the error in the start or end of a window."""
    if re.fullmatch(r"FY ?\d{4}", text, re.ASCII):
        example = f"{text.replace(' ', '')}/04"
        why = "does not say in which month the fiscal year begins"
        return f"{quote(text)} {why}; write {example} if it runs from April {text[-4:]} for a year"
    told = explain_date(text)
    return told if _meant(text) or not text else f"{told}, a year, 2017Q3 or FY2017/04"


def _meant(text: str) -> str | None:
    """Return advice on a date written in another way, or None if there is none."""
    serial = _SERIAL.fullmatch(text)
    if serial:
        day = DAY_ZERO + timedelta(days=int(serial[1]))
        told = f"as a spreadsheet counts days it is {day}: write that"
        return told if FIRST_YEAR <= day.year <= LAST_YEAR else None
    parts, years, named = (one.fullmatch(text) for one in (_PARTS, _YEAR_FIRST, _NAMED))
    found: list[str | None] = []
    if parts:
        first, second, year = map(int, parts.groups())
        found = [_day(year, second, first), _day(year, first, second)]
    elif years:
        found = [_day(*(int(part) for part in years.groups() if part))]
    elif named and not (named[1] and named[3]):
        number = named[1] or named[3]
        found = [
            _day(int(named[4]), place, int(number) if number else None)
            for place, name in enumerate(_MONTHS, start=1)
            if name.startswith(named[2].casefold())
        ]
    possible = list(dict.fromkeys(one for one in found if one))
    return f"write {' or '.join(possible)}" if possible else None


def _day(year: int, number: int, day: int | None = None) -> str | None:
    """Return a day, or a month if none is given, as it is to be written; None if there is none."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        found = date(year, number, 1 if day is None else day).isoformat()
    except ValueError:
        return None
    return found[:7] if day is None else found
