"""Schemas of a case's CSV files: the columns and the cells allowed in each."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable

import pandas as pd
import pandera.pandas as pa

from model.case.faults import choose, closest, quote
from model.case.reader import dates
from model.case.reader.numbers import (
    ambiguous,
    coverage,
    explain,
    number,
    whole_number,
    without_percent,
)
from model.case.statements import RETRACTED
from model.case.units import CURRENCIES, currency_fault
from model.equations.quantities import BASES

QUALIFIERS = (
    "exact", "about", "nearly", "almost", "at_least", "more_than", "incomplete", "up_to",
    "as_much_as",
    "range", "spread", "below", "above",
)  # fmt: skip
#: Qualifiers that take two figures.
PAIRS = ("range", "spread")
CEILINGS = ("up_to", "as_much_as", "below")
#: Qualifiers of bare bounds, which say nothing of how far away the quantity is.
BOUNDS = ("below", "above")
#: Qualifiers with an error that does not depend on the figure and is known before it.
ONE_FIGURE = tuple(one for one in QUALIFIERS if one not in (*PAIRS, *BOUNDS, "about"))
ROLES = ("fit", "holdout", "context")

#: Names used in labels and selections of segments, so without dots, pluses and spaces.
WORD = re.compile(r"[A-Za-z]\w{0,79}", re.ASCII)
_IDENT = re.compile(r"[A-Za-z0-9][\w.\-]{0,79}", re.ASCII)
_NAME = re.compile(r"(?!not )[^\W\d][\w \-]{0,79}")

#: Function that explains a cell that fails, by the check's name.
EXPLAIN: dict[str, Callable[[str], str]] = {}


# Cells


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
    what: str, allowed: Iterable[str], *, blank: bool = False, fold: bool = False, example: str = ""
) -> pa.Column:
    """Return a column of given words; ``fold`` accepts lower case too."""
    options = tuple(allowed)

    def accepts(text: str) -> bool:
        return (text.upper() if fold else text) in options

    def explain(text: str) -> str:
        got = f"{quote(text)} is not a {what}" if text else f"the {what} is missing"
        unlike = example and closest(text, options) is None
        return f"{got}; " + (f"write {example}" if unlike else choose(text, options))

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


def _currency() -> pa.Column:
    known = CURRENCIES.__contains__
    return pa.Column(checks=[_rule("currency", known, currency_fault, blank=False)])


def _rate() -> pa.Column:
    return pa.Column(checks=[_rule("rate", _is_amount, _explain_amount, blank=False)])


def _date(*, blank: bool = False) -> pa.Column:
    return pa.Column(checks=[_rule("date", dates.is_date, dates.explain_date, blank=blank)])


def _window(*, blank: bool = False) -> pa.Column:
    return pa.Column(checks=[_rule("window", dates.is_window, dates.explain_window, blank=blank)])


def _loose_date() -> pa.Column:
    return pa.Column(
        checks=[_rule("loose date", dates.is_loose_date, dates.explain_loose_date, blank=True)]
    )


def _month() -> pa.Column:
    return pa.Column(checks=[_rule("month", dates.is_month, dates.explain_month, blank=False)])


def _free() -> pa.Column:
    return pa.Column()


def _optional(column: pa.Column) -> pa.Column:
    """Return a column that a table may lack; it is then blank."""
    column.required = False
    return column


def _coverage() -> pa.Column:
    def accepts(text: str) -> bool:
        return coverage(text) is not None

    def explain(text: str) -> str:
        got = f"{quote(text)} is not the probability of an interval"
        return f"{got}; write a fraction such as 0.95, or 95%, from 0.01 to 0.999"

    return pa.Column(checks=[_rule("coverage", accepts, explain, blank=True)])


def _status() -> pa.Column:
    def accepts(text: str) -> bool:
        word, _, since = text.partition(" ")
        return word == RETRACTED and (not since or dates.is_loose_date(since))

    def explain(text: str) -> str:
        example = f"{RETRACTED} 2019-05-17"
        return f"{quote(text)} is not a status; write {RETRACTED!r}, {example!r} or leave it blank"

    return pa.Column(checks=[_rule("status", accepts, explain, blank=True)])


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
        "start": _window(),
        "end": _window(blank=True),
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
        "coverage": _optional(_coverage()),
        "panel": _optional(_word("a panel's name", blank=True)),
        "replaces": _optional(_free()),
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
        "start": _window(),
        "end": _window(blank=True),
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
        "status": _optional(_status()),
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


def _by_month(figure: str) -> pa.DataFrameSchema:
    """Return the schema of a table with a figure by month and currency."""
    return pa.DataFrameSchema(
        {
            "month": _month(),
            "currency": _currency(),
            figure: _rate(),
            "source": _filled("the source"),
        },
        strict=True,
        unique=["month", "currency"],
        report_duplicates="exclude_first",
    )


FX = _by_month("per_usd")
PRICES = _by_month("index")
