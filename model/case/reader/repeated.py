"""Rows that say the same twice: figures that count as independent, and firms."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pandas as pd

from model.case.exchange import Rates
from model.case.faults import quote
from model.case.reader.figures import FIGURES

#: Fewest significant digits that a figure is taken to have: 100,000 says more than 50,000 to
#: 150,000.
DIGITS = 2

#: Legal forms, which one list of firms names and another leaves out.
FORMS = frozenset(
    ("llc", "ltd", "limited", "co", "company", "corp", "corporation", "inc", "incorporated", "plc",
     "gmbh", "ag", "sa", "srl", "sro", "bv", "nv", "kg", "oy", "ab", "sarl", "jsc", "ojsc", "cjsc",
     "pjsc", "ooo", "oao", "zao", "pao", "ao", "the", "ооо", "оао", "зао", "пао", "ао", "тоо")
)  # fmt: skip
_WORD = re.compile(r"\w+")
#: Points within a legal form, as in "Co., Ltd." and "s.r.o."
_POINTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")


#: The number of a row in words.
Told = Callable[[int], str]

# Rows of evidence

_KEY = (
    "source", "quantity", "host", "segments", "base", "start", "end", "first_part", "last_part",
    "per",
)  # fmt: skip


def repeated_rows(
    evidence: pd.DataFrame, rates: Rates, told: Told
) -> Iterator[tuple[int, str, str]]:
    """Yield row, column and message for each fitted row that repeats another of its source.

    Two rows say the same if source, quantity, place, base and window agree and their figures do
    within rounding, also in two currencies at the window's mean rate. Rows of one origin share
    their error and are not reported.
    """
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    fitted = evidence[evidence["role"] == "fit"]
    names = ("row", "id", "origin", "unit", "factor", "currency", *_KEY, *FIGURES)
    columns = [fitted[name].tolist() for name in names]
    for cells in zip(*columns, strict=True):
        row = dict(zip(names, cells, strict=True))
        given = tuple(name for name in FIGURES if not math.isnan(row[name]))
        if given:
            row["ends"] = [_ends(row, name, rates) for name in given]
            groups.setdefault((*(row[name] for name in _KEY), given), []).append(row)
    for rows in groups.values():
        # in the order of the figures, so that each is compared with its neighbour only
        rows.sort(key=lambda row: (row["ends"], row["row"]))
        for one, other in pairwise(rows):
            if _origin(one) != _origin(other) and _same(one["ends"], other["ends"]):
                first, later = sorted((one, other), key=lambda row: row["row"])
                yield later["row"], "origin", _counted_twice(first, later, told)


def _counted_twice(first: dict[str, Any], later: dict[str, Any], told: Told) -> str:
    return (
        f"{later['id']!r} says what {first['id']!r} says ({told(first['row'])}: the same source, "
        f"quantity and window, and the figure within rounding), and the two count as independent; "
        "give both one origin, or remove one"
    )


def _origin(row: dict[str, Any]) -> str:
    return str(row["origin"]).removesuffix("/same").removesuffix("/opposite")


def _ends(row: dict[str, Any], name: str, rates: Rates) -> tuple[float, float]:
    """Return the centre of a figure in the catalogue's unit, in dollars, and half its rounding."""
    printed = row[name]
    rate = 1.0
    if row["currency"]:
        rate = rates.cross(row["currency"], "USD", row["start"], row["end"])
    value = printed * row["factor"] / rate
    return value, value * _rounding(printed)


def _rounding(printed: float) -> float:
    """Return half a unit of a figure's last significant digit, as a share of the figure."""
    if not printed > 0.0 or math.isinf(printed):
        return 0.0
    digits = f"{printed:.15g}".partition("e")[0].replace(".", "").strip("0")
    exponent = math.floor(math.log10(printed))
    last = exponent - max(len(digits), DIGITS) + 1
    return float(0.5 * 10.0 ** min(max(last - math.log10(printed), -300.0), 0.0))


def _same(ours: list[tuple[float, float]], theirs: list[tuple[float, float]]) -> bool:
    return all(
        abs(a - b) <= max(half, other) * (1.0 + 1e-9)
        for (a, half), (b, other) in zip(ours, theirs, strict=True)
    )


# Firms


def repeated_firms(firms: pd.DataFrame, told: Told) -> Iterator[tuple[int, str, str]]:
    """Yield row, column and message for each firm that is listed twice at the same time.

    Names are compared without case, quotation marks and legal form. Two rows of one firm with two
    segments are two parts of it.
    """
    # of each firm, and of each part of it, the row that lasts longest
    last: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    names = ("row", "id", "name", "host", "segment", "start", "end")
    columns = [firms[name].tolist() for name in names]
    rows = [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    # from the first to begin, so that the row that lasts longest is the only one to compare with
    for row in sorted(rows, key=lambda row: (_bound(row, "start"), row["row"])):
        firm = _plain_name(row["name"]), row["host"]
        parts: tuple[str | None, ...] = (row["segment"], "") if row["segment"] else (None,)
        for part in parts:
            before = last.get((*firm, part))
            if before is not None and _bound(row, "start") <= _bound(before, "end"):
                first, later = sorted((before, row), key=lambda one: one["row"])
                message = (
                    f"{quote(later['name'])} is probably the firm of {told(first['row'])}, "
                    f"{quote(first['name'])} ({first['id']}), at the same time; keep one of them"
                )
                yield later["row"], "name", message
                break
        for part in (row["segment"], None):
            kept = last.get((*firm, part))
            if kept is None or _bound(kept, "end") < _bound(row, "end"):
                last[*firm, part] = row


def _bound(row: dict[str, Any], column: str) -> float:
    """Return a date as a number of months; one that is not stated is open."""
    if pd.isna(row[column]):
        return -math.inf if column == "start" else math.inf
    return float(row[column].ordinal)


def _plain_name(name: str) -> str:
    """Return a firm's name without case, marks and legal forms."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    words = _WORD.findall(_POINTED.sub("", folded))
    own = list(words)
    while own and own[-1] in FORMS:
        own.pop()
    while own and own[0] in FORMS:
        own.pop(0)
    return " ".join(own or words) or folded
