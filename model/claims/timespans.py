"""Years, months and parts of years that a sentence names, as windows of months."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from model.claims.catalogue import read, table, words
from model.claims.scanning import Token

#: Years that a number of four digits is taken for.
YEARS = range(1900, 2100)
_HALVES = {"first": (1, 6), "second": (7, 12)}
_QUARTERS = {"first": (1, 3), "second": (4, 6), "third": (7, 9), "fourth": (10, 12)}
_PARTS = ("half", "quarter")
_ENDS = frozenset({"end", "late", "close"})
_STARTS = frozenset({"start", "beginning", "early"})
_OPEN = frozenset({"since", "after"})
MONTHS: tuple[str, ...] = tuple(read()["months"]["names"])


@dataclass(frozen=True, slots=True)
class Span:
    """A window of months that a sentence names.

    Attributes
    ----------
    first, stop : int
        Tokens: the first, and the first behind it.
    start, end : pd.Period
        Months.
    open : bool
        Whether it goes on from there, as after ``since``.
    """

    first: int
    stop: int
    start: pd.Period
    end: pd.Period
    open: bool = False


def spans(tokens: list[Token]) -> tuple[list[Span], frozenset[int]]:
    """The windows of a sentence, and the tokens that belong to dates."""
    found: list[Span] = []
    dates: set[int] = set()
    for place, token in enumerate(tokens):
        if place in dates:
            continue
        if _is_year(tokens, place):
            span = _around(tokens, place)
            dates.update(range(span.first, span.stop))
            found.append(span)
        elif token.kind == "number" and _day_of_month(tokens, place):
            dates.add(place)
    return _joined(tokens, found, dates), frozenset(dates)


def _is_year(tokens: list[Token], place: int) -> bool:
    token = tokens[place]
    if token.kind != "number" or len(token.text) != 4 or not token.text.isdecimal():
        return False
    if int(token.text) not in YEARS:
        return False
    before = tokens[place - 1] if place else None
    if before is not None:
        if before.kind == "sign" or before.text == "." or before.low in ("resolution", "article"):
            return False
        if before.low in words("before_year") or before.text == "-" or _month(before.low):
            return True
    if place + 1 == len(tokens):
        return True
    behind = tokens[place + 1].low
    catalogue = read()
    if behind in catalogue["sizes"] or behind in catalogue["currencies"] or behind == "percent":
        return False
    return not any(behind in counted for counted in table("counted").values())


def _month(word: str) -> int:
    """Number of a month by its name or the beginning of it; nought if it is none."""
    for number, name in enumerate(MONTHS, start=1):
        if word == name or (word in (name[:3], "sept") and name.startswith(word)):
            return number
    return 0


def _is_day(token: Token) -> bool:
    return token.kind == "number" and token.text.isdecimal() and 1 <= int(token.text[:3]) <= 31


def _day_of_month(tokens: list[Token], place: int) -> bool:
    """Whether a number is the day of a month without a year, such as 5 August."""
    if not _is_day(tokens[place]):
        return False
    around = [tokens[other].low for other in (place - 1, place + 1) if 0 <= other < len(tokens)]
    return any(_month(word) and word not in ("may", "mar") for word in around)


def _around(tokens: list[Token], place: int) -> Span:
    """A year with the month, the quarter or the end that stands before it."""
    year, first, stop = int(tokens[place].text), place, place + 1
    months = (1, 12)
    number = _numbered_month(tokens, place)
    if number:
        return Span(place, place + 5, *_window(year, (number, number)))
    back = place - 1
    if back >= 1 and tokens[back].text == "," and _is_day(tokens[back - 1]):
        back -= 2
    elif back >= 1 and _is_day(tokens[back]):
        back -= 1
    if back >= 0 and (number := _month(tokens[back].low)):
        months, first = (number, number), back
        if back and _is_day(tokens[back - 1]):
            first = back - 1
        before = _words(tokens, first)
    else:
        before = _words(tokens, place)
        months = _part(before)
        parts = [at for at in range(max(place - 3, 0), place) if tokens[at].low in _PARTS]
        first = parts[0] if parts and months != (1, 12) else place
    span = Span(first, stop, *_window(year, months))
    return replace(span, open=bool(before) and bool(_OPEN & set(before[-5:])))


def _numbered_month(tokens: list[Token], place: int) -> int:
    """Month of a date such as 2017-09-11 that begins with a year; nought if none does."""
    written = tokens[place : place + 5]
    dashed = len(written) == 5 and written[1].text == written[3].text == "-"
    if not dashed or not (_is_day(written[2]) and _is_day(written[4])):
        return 0
    return int(written[2].text) if int(written[2].text) <= 12 else 0


def _words(tokens: list[Token], place: int) -> list[str]:
    """The few words before a date that say which part of it is meant."""
    found: list[str] = []
    for token in reversed(tokens[max(place - 6, 0) : place]):
        if token.kind == "mark" and token.text != "-":
            break
        found.append(token.low)
    return found[::-1]


def _part(before: list[str]) -> tuple[int, int]:
    """Months of a year that are meant, by the words before it."""
    near = [word for word in before[-4:] if word not in ("of", "the", "-")]
    if not near:
        return 1, 12
    last = near[-1]
    if last in _ENDS:
        return 12, 12
    if last in _STARTS:
        return 1, 1
    if last in ("mid", "middle"):
        return 6, 6
    if len(near) > 1 and last in _PARTS:
        return (_HALVES if last == "half" else _QUARTERS).get(near[-2], (1, 12))
    return 1, 12


@cache
def _window(year: int, months: tuple[int, int]) -> tuple[pd.Period, pd.Period]:
    first, last = (pd.Period(year=year, month=month, freq="M") for month in months)
    return first, last


def _joined(tokens: list[Token], found: list[Span], dates: set[int]) -> list[Span]:
    """Windows of which two that make one, such as from 2015 to 2018, are one."""
    joined: list[Span] = []
    for span in found:
        last = joined[-1] if joined else None
        between = [token.low for token in tokens[last.stop : span.first]] if last else []
        opened = last and {"from", "between"} & set(_words(tokens, last.first)[-2:])
        if last and last.end < span.start and len(between) <= 2 and (
            between == ["-"] or (opened and between and between[0] in ("to", "and", "until"))
        ):  # fmt: skip
            dates.update(range(last.first, span.stop))
            joined[-1] = Span(last.first, span.stop, last.start, span.end)
            continue
        joined.append(span)
    return [_short(tokens, span, dates) for span in joined]


def _short(tokens: list[Token], span: Span, dates: set[int]) -> Span:
    """A window whose second year is short, such as 2017-18."""
    if span.stop + 1 < len(tokens) and tokens[span.stop].text == "-":
        behind = tokens[span.stop + 1]
        year = span.end.year // 100 * 100 + int(behind.text) if _is_day(behind) else 0
        if len(behind.text) == 2 and year > span.end.year and span.end.month == 12:
            dates.update((span.stop, span.stop + 1))
            return Span(span.first, span.stop + 2, span.start, _window(year, (12, 12))[1])
    return span
