"""Figures in a sentence: number, size, currency or percent, hedge, and the time they are for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from model.case.units import CURRENCIES
from model.claims.catalogue import hedges, read, words
from model.claims.scanning import Token, phrase
from model.terminal.wording import MILLION

Kind = Literal["money", "share", "count"]

#: Tokens before a figure in which its hedge stands, and behind it in which its time does.
NEAR, BEHIND = 4, 6
#: Largest figure that is told from a larger one.
LARGEST = 1e200
#: How many times a vague plural, such as millions, at least and at most.
VAGUE = (2.0, 9.0)
#: Number, unit of its last digit, next token, size that goes with it, whether it is vague.
_Value = tuple[float, float, int, float, bool]


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as printed, with its hedge.

    Attributes
    ----------
    first, stop : int
        Tokens of the figure: the first, and the first behind it.
    kind : {"money", "share", "count"}
    qualifier : str
        As in evidence.csv, or ``at_most``.
    low, high : float
        The two ends of a range; otherwise both the figure.
    unit : float
        Unit of the last digit that counts, of one figure.
    currency : str
        Blank if it is not money.
    per : str
        ``month``, ``year``, ...; blank if nothing is said.
    sized : bool
        Whether a size from a million goes with it.
    hedged_from : int
        First token of its hedge.
    """

    first: int
    stop: int
    kind: Kind
    qualifier: str
    low: float
    high: float
    unit: float
    currency: str = ""
    per: str = ""
    sized: bool = False
    hedged_from: int = 0


@dataclass(frozen=True, slots=True)
class _One:
    """One number with what goes with it."""

    first: int
    stop: int
    value: float
    unit: float
    currency: str
    percent: bool
    size: float
    vague: bool = False


def figures(tokens: list[Token], dates: frozenset[int]) -> list[Printed]:
    """The figures of a sentence that are not dates.

    Parameters
    ----------
    tokens : list of Token
    dates : frozenset of int
        Tokens that belong to dates.
    """
    found, place = [], 0
    while place < len(tokens):
        one = None if place in dates else _one(tokens, place, dates)
        if one is None:
            place += 1
            continue
        printed = _hedged(tokens, _ranged(tokens, one, dates))
        found.append(_timed(tokens, printed))
        place = printed.stop
    return found


def _one(tokens: list[Token], place: int, dates: frozenset[int]) -> _One | None:
    """The number that begins at a token, if one does."""
    first = place
    currency = _currency(tokens, place, before=True)
    if currency:
        place += 1
    value = _value(tokens, place)
    if value is None or place in dates:
        return None
    number, unit, place, size, vague = value
    if vague and phrase(tokens, place, ["of"]) and _currency(tokens, place + 1, before=False):
        place += 1
    among = 0.0 < number < 1.0 and size == 1.0 and tokens[place - 2].low == "in"
    told = "" if among else _currency(tokens, place, before=False)
    if told and not currency:
        currency, place = told, place + 1 + (tokens[place].low == "u.s.")
    percent = place < len(tokens) and tokens[place].low in ("%", "percent", "pct")
    if percent:
        place += 1
    elif phrase(tokens, place, ["per", "cent"]):
        percent, place = True, place + 2
    fraction = 0.0 < number < 1.0 and not currency and not percent and size == 1.0
    if percent:
        number, unit = number / 100, unit / 100
    return _One(first, place, number, unit, currency, percent or fraction, size, vague)


def _currency(tokens: list[Token], place: int, *, before: bool) -> str:
    """The currency at a token; a sign or code stands before a figure, a word or code behind it."""
    if place >= len(tokens):
        return ""
    token = tokens[place]
    if token.text in CURRENCIES:
        return token.text
    if token.low in ("u.s.", "us") and place + 1 < len(tokens) and not before:
        return "USD" if tokens[place + 1].low.startswith("dollar") else ""
    known: dict[str, str] = read()["currencies"]
    sign = token.kind == "sign" or token.text == "¥"
    return known.get(token.text if sign else token.low, "") if sign or not before else ""


def _value(tokens: list[Token], place: int) -> _Value | None:
    """Number, unit of its last digit, next token, size that goes with it, whether it is vague."""
    if place >= len(tokens):
        return None
    token, catalogue = tokens[place], read()
    if token.kind == "number":
        value, unit = _digits(token.text)
        return _sized(tokens, place, value, unit)
    if token.kind != "word":
        return None
    if token.low in catalogue["vague"] and phrase(tokens, place + 1, ["of"]):
        size, stop = catalogue["vague"][token.low], place + 2
        if stop < len(tokens) and tokens[stop].low in catalogue["vague"]:
            size, stop = size * catalogue["vague"][tokens[stop].low], stop + 1
        return size, size, stop, size, True
    return _in_words(tokens, place)


def _digits(text: str) -> tuple[float, float]:
    """A number in digits, and the unit of its last digit that is not a nought."""
    bare = text.replace(",", "").replace("\u00a0", "")
    whole, _, decimals = bare.partition(".")
    value = min(float(bare), LARGEST)
    if decimals:
        return value, 10.0 ** -len(decimals)
    noughts = len(whole) - len(whole.rstrip("0"))
    return value, 10.0 ** min(noughts, 300)


def _sized(tokens: list[Token], place: int, value: float, unit: float) -> _Value:
    """A number with the sizes behind it."""
    sizes, together, stop = read()["sizes"], 1.0, place + 1
    while stop < len(tokens) and tokens[stop].low in sizes:
        attached = tokens[stop].start == tokens[stop - 1].end
        if len(tokens[stop].low) == 1 and not attached:
            break
        size = sizes[tokens[stop].low]
        if value > LARGEST / size:
            break
        value, unit, stop, together = value * size, unit * size, stop + 1, together * size
    return value, unit, stop, together, False


def _in_words(tokens: list[Token], place: int) -> _Value | None:
    """A number in words: twenty thousand, half a billion, two-thirds, one in ten."""
    catalogue = read()
    numbers, parts, sizes = catalogue["numbers"], catalogue["parts"], catalogue["sizes"]
    low = tokens[place].low
    if low in ("half", "quarter") and place + 2 < len(tokens):
        behind = place + (2 if phrase(tokens, place + 1, ["of"]) else 1)
        if phrase(tokens, behind, ["a"]) and behind + 1 < len(tokens):
            size = sizes.get(tokens[behind + 1].low, 0.0)
            if size:
                value = parts[low] * size
                return value, value / 10, behind + 2, size, False
    if low == "half" or (low in ("third", "quarter") and phrase(tokens, place - 1, ["a"])):
        if place + 1 < len(tokens) and tokens[place + 1].low in ("of", "their", "the", "what"):
            return parts[low], 0.1, place + 1, 1.0, False
        return None
    value = 1.0 if low in ("one", "a") else numbers.get(low)
    if value is None:
        return None
    stop = place + 1
    joined = stop + (stop < len(tokens) and tokens[stop].text == "-")
    if joined < len(tokens) and tokens[joined].low in parts and tokens[joined].low != "half":
        return value * parts[tokens[joined].low], 0.1, joined + 1, 1.0, False
    if phrase(tokens, stop, ["in"]) and stop + 1 < len(tokens) and low != "a":
        among = numbers.get(tokens[stop + 1].low)
        if among and value < among <= 20:
            return value / among, 0.1, stop + 2, 1.0, False
    if joined < len(tokens) and low.endswith("ty") and numbers.get(tokens[joined].low, 10) < 10:
        value, stop = value + numbers[tokens[joined].low], joined + 1
    found = _sized(tokens, stop - 1, value, 10.0 if value >= 10 and value % 10 == 0 else 1.0)
    return None if low in ("one", "a") and found[3] == 1.0 else found


def _ranged(tokens: list[Token], one: _One, dates: frozenset[int]) -> Printed:
    """One figure, or a range if another follows that makes one with it."""
    kind: Kind = "money" if one.currency else "share" if one.percent else "count"
    qualifier = "range" if one.vague else "exact"
    low, high = (one.value * end if one.vague else one.value for end in VAGUE)
    printed = Printed(
        one.first, one.stop, kind, qualifier, low, high, one.unit, one.currency,
        sized=one.size >= MILLION, hedged_from=one.first,
    )  # fmt: skip
    if one.vague or one.stop >= len(tokens):
        return printed
    between = any(token.low == "between" for token in tokens[max(one.first - 3, 0) : one.first])
    joint = tokens[one.stop].low
    if joint not in ("-", "to") and not (between and joint == "and"):
        return printed
    stop = one.stop + 1
    while stop < len(tokens) and tokens[stop].low in ("more", "than", "as", "much", "many"):
        stop += 1
    other = _one(tokens, stop, dates)
    if other is None or other.vague or _changes(tokens, one.first):
        return printed
    first, other = _sharing(one, other)
    if not first.value < other.value or first.currency != other.currency:
        return printed
    if first.percent != other.percent:
        return printed
    kind = "money" if other.currency else "share" if other.percent else "count"
    return replace(
        printed, stop=other.stop, kind=kind, qualifier="range", low=first.value,
        high=other.value, currency=other.currency, sized=other.size >= MILLION,
    )  # fmt: skip


def _sharing(one: _One, other: _One) -> tuple[_One, _One]:
    """Two figures of a range, each with what only the other has printed."""
    if other.percent and not one.percent and not one.currency:
        one = replace(one, value=one.value / 100, percent=True)
    if not one.percent and not other.percent:
        currency = one.currency or other.currency
        one = replace(one, currency=currency)
        other = replace(other, currency=other.currency or currency)
    if one.size == 1.0 and one.value * other.size < other.value:
        one = replace(one, value=one.value * other.size)
    return one, other


def _changes(tokens: list[Token], first: int) -> bool:
    """Whether what stands before a figure says that something moved from it to the next."""
    moved = words("changes")
    return any(token.low in moved for token in tokens[max(first - NEAR, 0) : first])


def _hedged(tokens: list[Token], printed: Printed) -> Printed:
    """A figure with the hedge that stands before or behind it."""
    skipped = words("skipped")
    for behind, qualifier in hedges(behind=True):
        if phrase(tokens, printed.stop, behind):
            return replace(printed, qualifier=qualifier, stop=printed.stop + len(behind))
    least = max(printed.first - NEAR, 0)
    stop = printed.first
    while stop > least:
        for before, qualifier in hedges(behind=False):
            first = stop - len(before)
            if first >= 0 and phrase(tokens, first, before) and not _idiom(tokens, first, before):
                kept = printed.qualifier == "range" and qualifier in ("about", "exact", "nearly")
                return replace(printed, qualifier="range" if kept else qualifier, hedged_from=first)
        if tokens[stop - 1].low not in skipped:
            break
        stop -= 1
    return printed


def _idiom(tokens: list[Token], first: int, hedge: list[str]) -> bool:
    """Whether words hedge nothing where they stand, as in hand over, or a single letter."""
    idioms: dict[str, list[str]] = read()["idioms"]
    before = tokens[first - 1].low if first else ""
    letter = len(hedge[0]) == 1 and hedge[0].isalpha()
    return letter or before in idioms.get(" ".join(hedge), ())


def _behind(tokens: list[Token], stop: int) -> int:
    """Place behind a figure, and behind a bracket that says it again, as in 100 rubles ($2)."""
    if stop < len(tokens) and tokens[stop].text == "(":
        for place in range(stop, min(stop + BEHIND, len(tokens))):
            if tokens[place].text == ")":
                return place + 1
    return stop


def _timed(tokens: list[Token], printed: Printed) -> Printed:
    """A figure with the time that it is for, such as a month."""
    times = read()["times"]
    if printed.kind == "share":
        return printed
    first = _behind(tokens, printed.stop)
    for place in range(first, min(first + BEHIND, len(tokens))):
        token = tokens[place]
        if token.low in ("monthly", "annually", "yearly", "weekly", "daily", "hourly"):
            return replace(printed, per=times[token.low])
        before = tokens[place - 1].low if place else ""
        if token.low in times and before in ("a", "an", "per", "each", "every", "/", "one"):
            return replace(printed, per=times[token.low])
        if token.kind == "number" or token.low in (",", ";", "while"):
            break
    for place in range(max(printed.hedged_from - NEAR, 0), printed.hedged_from):
        if tokens[place].low in ("monthly", "annual", "yearly", "weekly", "daily", "hourly"):
            return replace(printed, per=times[tokens[place].low])
    return printed
