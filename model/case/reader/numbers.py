"""The one reader of numbers in cells and options: the number, and what stands behind it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from model.case.faults import cut, quote

_DIGITS = r"(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?"
_LEADING = re.compile(rf"\s*+([+-]?{_DIGITS})\s*+", re.ASCII)
_WHOLE = re.compile(r"0*+([1-9]\d{0,3}+)", re.ASCII)
#: Largest whole number of things that it takes.
MOST_COUNTED = 9999

#: Ways to write that a figure is a percentage.
PERCENT = ("%", "percent", "per cent")

#: Longest text looked into for what its writer meant.
LONGEST = 80
#: Marks and blanks that group thousands; a comma and a point do so too, and may mean another thing.
_GROUPING = " '’ʼ`_\u00a0\u2002\u2007\u2008\u2009\u200a\u202f\u066c"
#: Marks behind a number that belong to it, or hedge it: no unit begins with one.
_MARKS = frozenset(",.+-–—−~±…<>0123456789'’٫٬")
#: Characters with the meaning of a plain one.
_PLAIN = str.maketrans({
    "−": "-", "﹣": "-", "－": "-", "‐": "-", "‑": "-", "٫": ".", "．": ".", "，": ",", "＋": "+",
    "％": "%", "٪": "%", "﹪": "%", "＜": "<", "＞": ">", "≦": "≤", "≧": "≥", "～": "~", "∼": "~",
    "⩽": "≤", "⩾": "≥",
    **dict.fromkeys(_GROUPING, " "),
})  # fmt: skip

#: Signs and words before a number that hedge it, and the qualifier that says the same.
HEDGES = {
    "<": "below", "less than": "below", "fewer than": "below", "under": "below", "below": "below",
    ">": "above", "above": "above", "more than": "more_than", "over": "more_than",
    "≥": "at_least", ">=": "at_least", "=>": "at_least", "at least": "at_least",
    "not less than": "at_least", "no fewer than": "at_least", "min": "at_least",
    "≤": "up_to", "<=": "up_to", "=<": "up_to", "up to": "up_to", "at most": "up_to",
    "max": "up_to", "not more than": "up_to", "no more than": "up_to",
    "as much as": "as_much_as", "as many as": "as_much_as",
    "~": "about", "≈": "about", "≅": "about", "±": "about", "c": "about", "ca": "about",
    "circa": "about", "approx": "about", "approximately": "about", "about": "about",
    "around": "about", "roughly": "about", "some": "about", "nearly": "nearly", "almost": "almost",
}  # fmt: skip
#: The same behind a number.
HEDGES_BEHIND = {
    "+": "at_least", "or more": "at_least", "and more": "at_least", "at least": "at_least",
    "or less": "up_to", "or fewer": "up_to", "at most": "up_to", "approx": "about",
}  # fmt: skip

_POINTS = re.compile(r"\d{1,3}+(?:\.\d{3})++", re.ASCII)
_ONE_POINT = re.compile(r"[+]?[1-9]\d{0,2}+\.\d{3}", re.ASCII)
_COMMAS = re.compile(r"\d{1,3}+(?:,\d{2,3})*,\d{3}(?:\.\d*+)?", re.ASCII)
_BLANKS = re.compile(r"\d{1,3}+(?: \d{3})++(?:[.,]\d*+)?", re.ASCII)
_CONTINENTAL = re.compile(r"\d{1,3}+(?:[. ]\d{3})++,\d++", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d++,\d*+", re.ASCII)
_BETWEEN = re.compile(r"(?:between |from )?(\S.*?) ?(?:-|–|—|to|and|\.\.\.?|…) ?(\S.*)", re.ASCII)
_GIVE_OR_TAKE = re.compile(r"(\S.*?) ?(?:±|\+/-|\+-) ?(\S.*)", re.ASCII)
_SIGN = re.compile(r"([^\w\s.,]++|[A-Za-z ]++)\.? ?(?=[\d.+-])", re.ASCII)
_TOKEN = re.compile(r"[^\W\d_]+")


# Reading


def parted(text: str) -> tuple[float, str] | None:
    """Return the number that a text begins with and what stands behind it; None if it has none."""
    found = _LEADING.match(text)
    return None if found is None else (float(found[1]), text[found.end() :].rstrip())


def number(text: str) -> float:
    """Return a text's number, or NaN if it has none or holds anything else."""
    found = parted(text)
    return found[0] if found is not None and not found[1] else math.nan


def is_percentage(text: str) -> bool:
    """Return whether a text is a number with a sign of percent."""
    found = parted(text)
    return found is not None and found[1].casefold() in PERCENT


def without_percent(text: str) -> str:
    """Return a percentage without its sign, and any other text as it is."""
    found = _LEADING.match(text)
    return found[1] if found is not None and is_percentage(text) else text


def fraction(text: str) -> float:
    """Return a fraction's number, of which 10% is 0.1, or NaN if the text has none."""
    plain = without_percent(text)
    if plain == text:
        return number(text)
    # by the power of ten, so that 7% is 0.07 to the last digit
    return number(plain) / 100 if "e" in plain.lower() else float(f"{plain}e-2")


def coverage(text: str) -> float | None:
    """Return the probability stated for an interval, such as 0.95 or 95%, or None if it is none."""
    value = fraction(text)
    return value if 0.01 <= value <= 0.999 else None


def whole_number(text: str) -> int | None:
    """Return a text's positive whole number, or None if it has none."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None


def with_percent_as_unit(cells: Mapping[str, str], figures: tuple[str, ...]) -> Mapping[str, str]:
    """Return a row whose percent signs are moved from its figures to its unit.

    Where the unit is another, the sign contradicts it and stays.
    """
    signed = [name for name in figures if is_percentage(cells.get(name, ""))]
    unit = cells.get("unit", "")
    if not signed or unit not in ("", *PERCENT):
        return cells
    plain = {name: without_percent(cells[name]) for name in signed}
    return {**cells, **plain, "unit": unit or "percent"}


def option_figures(text: str, count: int, unit: str) -> tuple[list[float], str] | str:
    """Return an option's figures, divided by colons, and the unit behind the last of them.

    A percent sign is the unit ``percent``.

    Parameters
    ----------
    text : str
        Such as ``2.5:7.5 percent``.
    count : int
        Number of figures wanted.
    unit : str
        The catalogue's unit of what they are figures of; blank if it has none.

    Returns
    -------
    tuple of list of float and str, or str
        The figures and their unit; or what is wrong, blank if there are more or fewer.
    """
    pieces = [piece.strip() for piece in text.split(":")]
    found = [parted(piece) for piece in pieces]
    if len(pieces) != count:
        return ""
    figures, rests = [], []
    for piece, one in zip(pieces, found, strict=True):
        if one is None or not math.isfinite(one[0]) or one[1][:1] in _MARKS:
            return explain(piece)
        figures.append(one[0])
        rests.append("percent" if one[1].casefold() in PERCENT else one[1])
    for piece, rest in zip(pieces, rests, strict=True):
        asked = ambiguous(piece.removesuffix(rest).strip(), rest or unit)
        if asked is not None:
            return asked
        if rest not in ("", rests[-1]):
            return explain(piece)
    return figures, rests[-1]


# What the writer may have meant


def ambiguous(text: str, unit: str) -> str | None:
    """Ask about a figure such as ``1.600`` persons, which may be 1,600 or 1.6; None if it is clear.

    Only things counted and plain money are asked about: a ratio or a figure in millions may well
    have three decimals.
    """
    if not _ONE_POINT.fullmatch(text):
        return None
    # imported when needed: a stored answer is looked up without loading the units
    from model.case.units import COUNTED, CURRENCIES, TIMES

    words = set(_TOKEN.findall(unit)) - set(TIMES)
    if len(words) != 1 or words.isdisjoint({*COUNTED, *COUNTED.values(), *CURRENCIES}):
        return None
    return f"{two_readings(text)} (of {unit})"


def two_readings(text: str) -> str | None:
    """Ask about a figure with three digits behind a single point; None if it is another."""
    plain = text.lstrip("+")
    return _asked(text, plain.replace(".", ""), plain) if _ONE_POINT.fullmatch(text) else None


def explain(text: str, *, hedged: bool = False, least: str = "zero or more") -> str:
    """Describe the error in a text that is no plain number, and what to write.

    Parameters
    ----------
    text : str
    hedged : bool
        Whether the place has the columns low, value, high, qualifier and unit beside it.
    least : str
        Smallest amount allowed, in words.
    """
    if not text:
        return "the number is missing; fill in the cell"
    value = number(text)
    if value < 0:
        nought = "; for a count of nought write 1 and qualifier 'below'" if hedged else ""
        return f"{quote(text)} is negative; write an amount {least}{nought}"
    if math.isinf(value) or text.casefold().lstrip("+-") in ("nan", "inf", "infinity"):
        return f"{quote(text)} is not a finite number; write the figure, or leave the cell blank"
    if is_percentage(text) and number(without_percent(text)) < 0:
        return f"{quote(text)} is negative; write an amount {least}"
    return _meant(text, hedged) if len(text) <= LONGEST else _no_number(text)


def _no_number(text: str) -> str:
    return f"{quote(text)} is not a number; write digits with a point, such as 1600.50"


def _asked(text: str, grouped: str, decimal: str) -> str:
    """Ask which of two numbers a text is."""
    short = f"{float(decimal):.15g}" if len(decimal) < 16 else decimal
    return (
        f"{quote(text)} is not a number that all read alike; write {grouped} if the mark groups "
        f"thousands, or {short} if it is the decimal mark"
    )


@lru_cache(maxsize=4096)
def plain_number(text: str) -> str | None:
    """Return the plain form of a number written in another way that has one meaning, or None."""
    plain = _digits(text)
    if plain.startswith("+"):
        plain = plain[1:]
    if _LEADING.fullmatch(plain) or _BLANKS.fullmatch(plain):
        return plain.replace(" ", "").replace(",", ".")
    if _CONTINENTAL.fullmatch(plain):
        return plain.replace(".", "").replace(" ", "").replace(",", ".")
    if _COMMAS.fullmatch(plain) and (plain.count(",") > 1 or "." in plain):
        return plain.replace(",", "")
    if _POINTS.fullmatch(plain) and plain.count(".") > 1:
        return plain.replace(".", "")
    return None


def _digits(text: str) -> str:
    """Return a text with the digits 0 to 9 for those of other scripts, and plain signs."""
    plain = "".join(
        str(unicodedata.digit(one)) if one.isdecimal() and one.isdigit() else one for one in text
    )
    return " ".join(plain.translate(_PLAIN).split())


@lru_cache(maxsize=4096)
def _meant(text: str, hedged: bool) -> str:
    """Return what to write in place of a text, with the columns that hold its other parts."""
    plain = _digits(text)
    written = plain_number(text)
    if written is not None:
        if written.startswith("-"):
            return f"{quote(text)} is negative; write an amount above zero"
        return f"{quote(text)} is not a plain number; write {cut(written)}"
    bare = plain.lstrip("+-")
    if _COMMAS.fullmatch(bare) and not bare.startswith("0"):
        return _asked(text, bare.replace(",", ""), bare.replace(",", "."))
    if _DECIMAL_COMMA.fullmatch(bare):
        point = bare.replace(",", ".").rstrip(".")
        if bare.startswith("0") or bare.endswith(","):
            return f"{quote(text)} is not a number; write {cut(point)}, with a point"
        return (
            f"{quote(text)} is not a number that all read alike; write {cut(point)} if the comma "
            f"is the decimal mark, or {cut(bare.replace(',', ''))} if it groups digits"
        )
    return _hedge(text, plain, hedged) or _with_rest(text, plain, hedged) or _no_number(text)


def _hedge(text: str, plain: str, hedged: bool) -> str | None:
    """Return advice on a number with a sign or a word that hedges it."""
    around = _GIVE_OR_TAKE.fullmatch(plain)
    centre, half = (_one(around[1]), _one(around[2])) if around else (None, None)
    if centre and half:
        low, high = float(centre) - float(half), float(centre) + float(half)
        return _told(text, centre, f"value {centre}, low {low:g}, high {high:g}, qualifier range",
                     hedged)  # fmt: skip
    between = _BETWEEN.fullmatch(plain)
    ends = (_one(between[1]), _one(between[2])) if between else (None, None)
    if ends[0] and ends[1] and float(ends[0]) < float(ends[1]):
        unit = "%" if plain.endswith("%") else ""
        columns = f"low {ends[0]}{unit}, high {ends[1]}{unit}, qualifier range"
        return _told(text, "one figure", columns, hedged)
    found = _SIGN.match(plain)
    word, rest = (found[1].strip().casefold(), plain[found.end() :]) if found else ("", plain)
    qualifier, figure = HEDGES.get(word), _one(rest)
    if qualifier is None:
        leading = _LEADING.match(plain)
        behind = plain[leading.end() :].casefold().rstrip(".") if leading else ""
        qualifier, figure = HEDGES_BEHIND.get(behind), leading[1] if leading else None
    if qualifier is None or figure is None:
        return None
    return _told(text, figure, f"{figure} and qualifier {qualifier}", hedged)


def _one(text: str) -> str | None:
    """Return a part of a text as a plain number above or at zero, or None if it is none."""
    written = plain_number(without_percent(text.strip()))
    return written if written is not None and number(written) >= 0 else None


def _told(text: str, figure: str, columns: str, hedged: bool) -> str:
    """Return the message for a hedged number."""
    what = columns if hedged else f"{figure}, and the hedge into the note"
    return f"{quote(text)} is more than a number; write {what}"


def _with_rest(text: str, plain: str, hedged: bool) -> str | None:
    """Return advice on a number with other words behind or before it."""
    found = parted(plain)
    rest = found[1] if found is not None else ""
    figure = plain[: len(plain) - len(rest)].strip() if rest else ""
    if not rest and plain[:1] in "$€£₽¥₩":
        figure, rest = plain[1:].strip(), plain[:1]
    if not rest or rest[0] in _MARKS or not _LEADING.fullmatch(figure):
        return None
    if rest.casefold() in PERCENT:
        return f"{quote(text)} is not a plain number; write {figure}%" if hedged else (
            f"{quote(text)} is a percentage, which does not belong here; write the figure itself"
        )  # fmt: skip
    where = f"; {quote(rest)} belongs in the column unit" if hedged else ""
    return f"{quote(text)} is more than a number, which is read alone; write {cut(figure)}{where}"
