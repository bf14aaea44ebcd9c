"""Schemas of a case's CSV files: the columns and the cells allowed in each."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

import pandas as pd
import pandera.pandas as pa

from model.case.faults import choose, quote
from model.case.reader.numbers import ambiguous, explain, number, whole_number, without_percent
from model.case.units import CURRENCIES
from model.equations.quantities import BASES

QUALIFIERS = (
    "exact", "about", "nearly", "almost", "at_least", "more_than", "incomplete", "up_to",
    "as_much_as",
    "range", "spread",
)  # fmt: skip
#: Qualifiers that take two figures.
PAIRS = ("range", "spread")
CEILINGS = ("up_to", "as_much_as")
#: Qualifiers with an error that does not depend on the figure and is known before it.
ONE_FIGURE = tuple(one for one in QUALIFIERS if one not in (*PAIRS, "about"))
ROLES = ("fit", "holdout", "context")
FIRST_YEAR, LAST_YEAR = 1990, 2100

#: Names used in labels and selections of segments, so without dots, pluses and spaces.
WORD = re.compile(r"[A-Za-z]\w{0,79}", re.ASCII)
_IDENT = re.compile(r"[A-Za-z0-9][\w.\-]{0,79}", re.ASCII)
_NAME = re.compile(r"(?!not )[^\W\d][\w \-]{0,79}")

#: Function that explains a cell that fails, by the check's name.
EXPLAIN: dict[str, Callable[[str], str]] = {}


# Cells


@lru_cache(maxsize=16384)
def month(text: str) -> pd.Period | None:
    """Return the month of a YYYY-MM or YYYY-MM-DD cell, or None if it is not a date."""
    if not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text, re.ASCII):
        return None
    try:
        day = pd.Timestamp(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return None
    return pd.Period(day, freq="M") if FIRST_YEAR <= day.year <= LAST_YEAR else None


def explain_date(text: str) -> str:
    """Describe the error in a date."""
    if not text:
        return "the date is missing; write YYYY-MM or YYYY-MM-DD"
    return (
        f"{quote(text)} is not a date from {FIRST_YEAR} to {LAST_YEAR}; write YYYY-MM or YYYY-MM-DD"
    )


def _is_amount(text: str) -> bool:
    value = number(text)
    return math.isfinite(value) and value >= 0


def _is_figure(text: str) -> bool:
    return _is_amount(without_percent(text))


def _explain_figure(text: str) -> str:
    return explain(text, hedged=True, least="above zero")


def _explain_count(text: str) -> str:
    asked = ambiguous(text, "persons")
    return asked if asked is not None else explain(text)


def _is_count(text: str) -> bool:
    return _is_amount(text) and ambiguous(text, "persons") is None


def _explain_amount(text: str) -> str:
    return explain(text, least="above zero")


def _is_loose_date(text: str) -> bool:
    return month(f"{text}-01" if re.fullmatch(r"\d{4}", text, re.ASCII) else text) is not None


# Columns


def _rule(
    name: str, accepts: Callable[[str], bool], explain: Callable[[str], str], *, blank: bool
) -> pa.Check:
    """Return a check of single cells, and register the explanation of a failure."""
    key = name if not blank else f"{name} or blank"
    EXPLAIN[key] = explain

    def accept(cells: pd.Series[str]) -> pd.Series[bool]:
        # most cells of a column repeat others, so each text is checked once
        return cells.map({text: (blank and not text) or accepts(text) for text in cells.unique()})

    return pa.Check(accept, error=key)


def _one_of(
    what: str, allowed: Iterable[str], *, blank: bool = False, fold: bool = False
) -> pa.Column:
    """Return a column of given words; ``fold`` accepts lower case too."""
    options = tuple(allowed)

    def accepts(text: str) -> bool:
        return (text.upper() if fold else text) in options

    def explain(text: str) -> str:
        got = f"{quote(text)} is not a {what}" if text else f"the {what} is missing"
        return f"{got}; {choose(text, options)}"

    # two tables may allow different words in columns of the same name
    name = f"{what}: {', '.join(options)}"
    return pa.Column(checks=[_rule(name, accepts, explain, blank=blank)])


def _matching(
    what: str, pattern: re.Pattern[str], advice: str, *, blank: bool = False
) -> pa.Column:
    def explain(text: str) -> str:
        got = f"{quote(text)} is not {what}" if text else f"{what} is missing"
        return f"{got}; {advice}"

    def accepts(text: str) -> bool:
        return pattern.fullmatch(text) is not None

    return pa.Column(checks=[_rule(what, accepts, explain, blank=blank)])


def _ident() -> pa.Column:
    column = _matching("an id", _IDENT, "write up to 80 letters, digits, '-', '_' and '.'")
    column.unique, column.report_duplicates = True, "exclude_first"
    return column


def _word(what: str, *, unique: bool = False, blank: bool = False) -> pa.Column:
    column = _matching(what, WORD, "write up to 80 letters, digits and '_'", blank=blank)
    if unique:
        column.unique, column.report_duplicates = True, "exclude_first"
    return column


def _name(what: str) -> pa.Column:
    return _matching(what, _NAME, "write up to 80 letters, digits, '-' and '_'")


def _filled(what: str) -> pa.Column:
    return _matching(what, re.compile(r".+", re.DOTALL), "fill in the cell")


def _figure() -> pa.Column:
    return pa.Column(checks=[_rule("figure", _is_figure, _explain_figure, blank=True)])


def _persons() -> pa.Column:
    return pa.Column(checks=[_rule("persons", _is_count, _explain_count, blank=True)])


def _share() -> pa.Column:
    return pa.Column(checks=[_rule("share", _is_figure, _explain_amount, blank=False)])


def _rate() -> pa.Column:
    return pa.Column(checks=[_rule("rate", _is_amount, _explain_amount, blank=False)])


def _currency() -> pa.Column:
    def accepts(text: str) -> bool:
        return text in CURRENCIES

    def explain_currency(text: str) -> str:
        got = f"{quote(text)} is not a currency" if text else "the currency is missing"
        capitals = text.upper() in CURRENCIES
        return f"{got}; write " + (repr(text.upper()) if capitals else "an ISO code such as 'RUB'")

    return pa.Column(checks=[_rule("currency", accepts, explain_currency, blank=False)])


def _date(*, blank: bool = False) -> pa.Column:
    def accepts(text: str) -> bool:
        return month(text) is not None

    return pa.Column(checks=[_rule("date", accepts, explain_date, blank=blank)])


def _loose_date() -> pa.Column:
    def explain(text: str) -> str:
        return f"{explain_date(text)} or YYYY"

    return pa.Column(checks=[_rule("loose date", _is_loose_date, explain, blank=True)])


def _month() -> pa.Column:
    def explain(text: str) -> str:
        got = f"{quote(text)} is not a month" if text else "the month is missing"
        return f"{got} from {FIRST_YEAR} to {LAST_YEAR}; write YYYY-MM"

    def accepts(text: str) -> bool:
        return len(text) == len("2018-07") and month(text) is not None

    return pa.Column(checks=[_rule("month", accepts, explain, blank=False)])


def _free() -> pa.Column:
    return pa.Column()


def _count(what: str) -> pa.Column:
    def accepts(text: str) -> bool:
        return whole_number(text) is not None

    def explain(text: str) -> str:
        return f"{quote(text)} is not {what}; write a whole number of 1 or more, or leave it blank"

    return pa.Column(checks=[_rule(what, accepts, explain, blank=True)])


# Schemas

EVIDENCE = pa.DataFrameSchema(
    {
        "id": _ident(),
        "quantity": _filled("the quantity"),
        "host": _word("a host"),
        "segment": _free(),
        "start": _date(),
        "end": _date(),
        "qualifier": _one_of("qualifier", QUALIFIERS),
        "low": _figure(),
        "value": _figure(),
        "high": _figure(),
        "unit": _free(),
        "base": _one_of("base", BASES, blank=True),
        "source": _filled("the source"),
        "said_by": _free(),
        "origin": _matching(
            "an origin",
            re.compile(rf"{_IDENT.pattern}(/same|/opposite)?"),
            "write an id, perhaps with /same or /opposite, or leave it blank",
            blank=True,
        ),
        "reliability": _one_of("reliability", "ABCDEF", fold=True),
        "credibility": _one_of("credibility", "123456"),
        "role": _one_of("role", ROLES),
        "note": _free(),
    },
    strict=True,
)
PROSPECTS = pa.DataFrameSchema(
    {
        "id": _ident(),
        "prospect": _matching(
            "a prospect's name", _IDENT, "write up to 80 letters, digits, '-' and '_'"
        ),
        "title": _free(),
        "quantity": _filled("the quantity"),
        "host": _word("a host"),
        "segment": _free(),
        "start": _date(),
        "end": _date(),
        "qualifier": _one_of("qualifier", ONE_FIGURE),
        "base": _one_of("base", BASES, blank=True),
        "reliability": _one_of("reliability", "ABCDEF", fold=True),
        "credibility": _one_of("credibility", "123456"),
        "statements": _count("a number of statements"),
        "units": _count("a number of firms or crews"),
        "note": _free(),
    },
    strict=True,
)
SOURCES = pa.DataFrameSchema(
    {
        "id": _ident(),
        "title": _filled("the title"),
        "publisher": _free(),
        "date": _loose_date(),
        "url": _matching(
            "an address",
            re.compile(r"https?://\S+"),
            "write one that starts with http:// or https://, or leave it blank",
            blank=True,
        ),
        "accessed": _loose_date(),
        "note": _free(),
    },
    strict=True,
)
SEGMENTS = pa.DataFrameSchema(
    {
        "id": _word("a segment's id", unique=True),
        "host": _word("a host"),
        "region": _name("a region"),
        "sector": _name("a sector"),
        "share_p05": _share(),
        "share_p95": _share(),
        "note": _free(),
    },
    strict=True,
)
FIRMS = pa.DataFrameSchema(
    {
        "id": _ident(),
        "name": _filled("the name"),
        "host": _word("a host"),
        "segment": _free(),
        "workers_approved": _persons(),
        "start": _date(blank=True),
        "end": _date(blank=True),
        "linked_by": _free(),
        "source": _filled("the source"),
        "note": _free(),
    },
    strict=True,
)
FX = pa.DataFrameSchema(
    {
        "month": _month(),
        "currency": _currency(),
        "per_usd": _rate(),
        "source": _filled("the source"),
    },
    strict=True,
    unique=["month", "currency"],
    report_duplicates="exclude_first",
)
