"""Kinds of columns: which cells each takes, what is said of others, and how it is published.

A column's ``metadata`` is its field of a Table Schema, made of the same words, patterns and limits
as its check, so that what is published of a table cannot differ from what is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa

from model.case.changes import CHANGE
from model.case.faults import choose, closest, quote
from model.case.reader import dates, numbers
from model.case.reader.characters import WORD
from model.case.reader.numbers import ambiguous, explain, without_percent
from model.case.statements import RETRACTED
from model.case.units import CURRENCIES, currency_fault

IDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}")
_NAME = re.compile(r"(?!not )[^\W\d][\w \-]{0,79}")

#: Function that explains a cell that fails, by the check's name.
EXPLAIN: dict[str, Callable[[str], str]] = {}

# Fields of a Table Schema. What Python checks beyond them, such as the days of a month, is more.

TEXT = {"type": "string"}
AMOUNT = {"type": "number", "constraints": {"minimum": 0}}
#: A percent sign may stand behind the number.
FIGURE = AMOUNT | {"bareNumber": False}


def table(title: str, columns: Mapping[str, tuple[pa.Column, str]], **also: Any) -> Any:
    """Return the schema of a table: what it is, and its columns, each with what it means."""
    for column, meaning in columns.values():
        column.description = meaning
    known = {name: column for name, (column, _) in columns.items()}
    return pa.DataFrameSchema(known, strict=True, description=title, **also)


# Cells


def _is_amount(text: str) -> bool:
    value = numbers.number(text)
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


def _column(
    name: str,
    accepts: Callable[[str], bool],
    explain: Callable[[str], str],
    field: Mapping[str, Any],
    *,
    blank: bool = False,
) -> pa.Column:
    """Return a column whose cells are checked one by one; register how a failure is explained."""
    key = name if not blank else f"{name} or blank"
    EXPLAIN[key] = explain

    def accept(cells: pd.Series[str]) -> pd.Series[bool]:
        # most cells of a column repeat others, so each text is checked once
        return cells.map({text: (blank and not text) or accepts(text) for text in cells.unique()})

    limits = field.get("constraints", {}) | ({} if blank else {"required": True})
    metadata = {**field, "constraints": limits} if limits else dict(field)
    return pa.Column(checks=[pa.Check(accept, error=key)], metadata=metadata)


def one_of(
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
    spelt = [*options, *(one.lower() for one in options if fold)]
    return _column(name, accepts, explain, TEXT | {"constraints": {"enum": spelt}}, blank=blank)


def base(allowed: Iterable[str]) -> pa.Column:
    """Return a column of bases: some words, or a quantity at another date."""
    options = tuple(allowed)

    def accepts(text: str) -> bool:
        return text in options or CHANGE.fullmatch(text) is not None

    def explain(text: str) -> str:
        if "@" in text:
            return f"{quote(text)} is not a quantity at another date; write working@2017-08"
        return f"{quote(text)} is not a base; {choose(text, options)}"

    pattern = "|".join((*options, CHANGE.pattern))
    return _column(
        "base", accepts, explain, TEXT | {"constraints": {"pattern": pattern}}, blank=True
    )


def matching(what: str, pattern: str, advice: str, *, blank: bool = False) -> pa.Column:
    """Return a column of texts of one pattern."""
    whole = re.compile(pattern, re.DOTALL)

    def explain(text: str) -> str:
        got = f"{quote(text)} is not {what}" if text else f"{what} is missing"
        return f"{got}; {advice}"

    def accepts(text: str) -> bool:
        return whole.fullmatch(text) is not None

    field = TEXT | {"constraints": {"pattern": pattern}}
    return _column(what, accepts, explain, field, blank=blank)


def unique(column: pa.Column) -> pa.Column:
    """Return a column in which no cell repeats another."""
    column.unique, column.report_duplicates = True, "exclude_first"
    column.metadata["constraints"]["unique"] = True
    return column


def optional(column: pa.Column) -> pa.Column:
    """Return a column that a table may lack; it is then blank."""
    column.required = False
    return column


def ident() -> pa.Column:
    """Return a column of the rows' own names."""
    advice = "write up to 80 letters, digits, '-', '_' and '.'"
    return unique(matching("an id", IDENT.pattern, advice))


def word(what: str, *, blank: bool = False) -> pa.Column:
    """Return a column of plain names."""
    return matching(what, WORD.pattern, "write up to 80 letters, digits and '_'", blank=blank)


def name(what: str) -> pa.Column:
    """Return a column of names that may have spaces and letters of any script."""
    return matching(what, _NAME.pattern, "write up to 80 letters, digits, '-' and '_'")


def filled(what: str) -> pa.Column:
    """Return a column of any text but none."""

    def explain(text: str) -> str:
        return f"{what} is missing; fill in the cell"

    return _column(what, bool, explain, TEXT)


def free() -> pa.Column:
    """Return a column of any text, or none."""
    return pa.Column(metadata=dict(TEXT))


def figure() -> pa.Column:
    """Return a column of figures as printed."""
    return _column("figure", _is_figure, _explain_figure, FIGURE, blank=True)


def persons() -> pa.Column:
    """Return a column of numbers of persons."""
    return _column("persons", _is_count, _explain_count, AMOUNT, blank=True)


def share() -> pa.Column:
    """Return a column of shares, fractions or percentages."""
    return _column("share", _is_figure, _explain_amount, FIGURE)


def rate(*, blank: bool = False) -> pa.Column:
    """Return a column of amounts."""
    return _column("rate", _is_amount, _explain_amount, AMOUNT, blank=blank)


def currency(*, blank: bool = False) -> pa.Column:
    """Return a column of codes of currencies."""
    field = TEXT | {"constraints": {"enum": sorted(CURRENCIES)}}
    return _column("currency", CURRENCIES.__contains__, currency_fault, field, blank=blank)


def month() -> pa.Column:
    """Return a column of months."""
    return _dates("month", dates.is_month, dates.explain_month, dates.MONTH)


def date(*, blank: bool = False) -> pa.Column:
    """Return a column of months or days."""
    return _dates("date", dates.is_date, dates.explain_date, dates.DATE, blank=blank)


def loose_date() -> pa.Column:
    """Return a column of months, days or years."""
    is_one, explain = dates.is_loose_date, dates.explain_loose_date
    return _dates("loose date", is_one, explain, dates.LOOSE, blank=True)


def window(*, blank: bool = False) -> pa.Column:
    """Return a column of dates or periods that stand for their months."""
    return _dates("window", dates.is_window, dates.explain_window, dates.WINDOW, blank=blank)


def _dates(
    name: str,
    accepts: Callable[[str], bool],
    explain: Callable[[str], str],
    pattern: str,
    *,
    blank: bool = False,
) -> pa.Column:
    field = TEXT | {"constraints": {"pattern": pattern}}
    return _column(name, accepts, explain, field, blank=blank)


def coverage() -> pa.Column:
    """Return a column of probabilities of intervals."""

    def accepts(text: str) -> bool:
        return numbers.coverage(text) is not None

    def explain(text: str) -> str:
        got = f"{quote(text)} is not the probability of an interval"
        return f"{got}; write a fraction such as 0.95, or 95%, from 0.01 to 0.999"

    return _column("coverage", accepts, explain, FIGURE, blank=True)


def status() -> pa.Column:
    """Return a column that says which sources were retracted."""

    def accepts(text: str) -> bool:
        word, _, since = text.partition(" ")
        return word == RETRACTED and (not since or dates.is_loose_date(since))

    def explain(text: str) -> str:
        example = f"{RETRACTED} 2019-05-17"
        return f"{quote(text)} is not a status; write {RETRACTED!r}, {example!r} or leave it blank"

    field = TEXT | {"constraints": {"pattern": f"{RETRACTED}( ({dates.LOOSE})?)?"}}
    return _column("status", accepts, explain, field, blank=True)


def count(what: str) -> pa.Column:
    """Return a column of numbers of things."""

    def accepts(text: str) -> bool:
        return numbers.whole_number(text) is not None

    def explain(text: str) -> str:
        return f"{quote(text)} is not {what}; write a whole number of 1 or more, or leave it blank"

    field = {"type": "integer", "constraints": {"minimum": 1, "maximum": numbers.MOST_COUNTED}}
    return _column(what, accepts, explain, field, blank=True)
