"""Schemas of a case's TOML files: the keys and the values allowed for each."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from model.case.faults import quote
from model.case.reader.characters import WORD
from model.case.reader.dates import FIRST_YEAR, LAST_YEAR, month
from model.case.units import CURRENCIES, currency_fault

#: More than there are countries.
MOST_HOSTS = 250
#: Deviations of logs stay below it: at this one, a figure says nothing whatever it is.
MOST_DEVIATION = 100
#: Amounts of which a table has two columns each.
MOST_QUOTED = 3
#: Longest title, in characters.
LONGEST_LINE = 300

# Values


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII) or month(text) is None:
        raise ValueError(
            f"{quote(text)} is not a month from {FIRST_YEAR} to {LAST_YEAR}; write YYYY-MM"
        )
    return text


def _day(text: str) -> str:
    if len(text) != len("2017-09-11") or month(text) is None:
        raise ValueError(f"{quote(text)} is not a date; write YYYY-MM-DD")
    return text


def _word(text: str) -> str:
    if not WORD.fullmatch(text):
        raise ValueError(f"{quote(text)} is not a name; write up to 80 letters, digits and '_'")
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is blank; fill it in")
    return text


def _line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("this is more than one line; write it on one")
    if len(text) > LONGEST_LINE:
        raise ValueError(f"this has {len(text):,} characters; write {LONGEST_LINE} at most")
    return _filled(text)


def _coverage(value: float) -> float:
    if not 0.01 <= value <= 0.999:
        raise ValueError(f"{value:g} is next to never or always; write 0.01 to 0.999")
    return value


def _currency(text: str) -> str:
    if text not in CURRENCIES:
        raise ValueError(currency_fault(text))
    return text


# the published schemas say what the functions above check
Month = Annotated[
    str, AfterValidator(_month), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}$"})
]
Day = Annotated[
    str, AfterValidator(_day), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})
]
Word = Annotated[str, AfterValidator(_word)]
Filled = Annotated[str, AfterValidator(_filled)]
Line = Annotated[str, AfterValidator(_line)]
Currency = Annotated[str, AfterValidator(_currency)]
Positive = Annotated[float, Field(gt=0)]
Deviation = Annotated[float, Field(gt=0, lt=MOST_DEVIATION)]
NotNegative = Annotated[float, Field(ge=0)]
Inside = Annotated[float, Field(gt=0, lt=1)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]


class Table(BaseModel):
    """A table of a TOML file, without unknown keys, type conversion or NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


# timeline.toml


class ChangeoverTable(Table):
    """One of ``[[hosts.NAME.became]]``: a new currency, and how many old ones it is."""

    since: Annotated[Month, Field(alias="from")]
    currency: Currency
    per_new: Positive


class StretchTable(Table):
    """One of ``[[phases]]``, ``[[irregular_phases]]`` or ``[[tax_periods]]``."""

    name: Word
    start: Month
    because: Filled


Stretches = Annotated[list[StretchTable], Field(min_length=1)]


def _host_schema(schema: dict[str, Any]) -> None:
    """Publish that the title and the currency may be those of an included case."""
    needed = schema.pop("required")
    schema["anyOf"] = [{"required": needed}, {"required": ["include"]}]


class HostTable(Table):
    """``[hosts.NAME]``; ``include`` names a case of it, phases of its own replace this case's."""

    # what an included case says of the host is filled in before the table is read
    model_config = ConfigDict(json_schema_extra=_host_schema)

    include: Line | None = None
    without: list[Filled] = []
    title: Line
    currency: Currency
    became: list[ChangeoverTable] = []
    phases: Stretches | None = None
    irregular_phases: Stretches | None = None
    tax_periods: Stretches | None = None


class SanctionTable(Table):
    """One of ``[[sanctions]]``."""

    date: Day
    instrument: Filled
    requires: Filled
    source: Filled


class PressTable(Table):
    """``[press_arithmetic]``: rows of evidence that the press multiplies."""

    workers: Filled
    payment: Filled
    payment_usd: Filled
    declared: Filled


class BiasTable(Table):
    """One of ``[[gather.biases]]``: sources of one kind that may lead astray, and how."""

    category: Line
    because: Filled
    sources: list[Filled] = []


class GatherTable(Table):
    """``[gather]``: what readers of estimates ask of the data and only their makers can say."""

    funding: Filled | None = None
    identified: Filled | None = None
    accessed: Filled | None = None
    included: Filled | None = None
    excluded: Filled | None = None
    ad_hoc: Filled | None = None
    biases: list[BiasTable] = []
    licence: Filled | None = None


class TimelineFile(Table):
    """timeline.toml."""

    title: Line
    sender: Line | None = None
    start: Month
    end: Month
    reference: Month
    headline: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    fiscal_month: Annotated[int, Field(ge=1, le=12)] | None = None
    hosts: Annotated[dict[Word, HostTable], Field(min_length=1, max_length=MOST_HOSTS)]
    groups: dict[Word, Annotated[list[Filled], Field(min_length=1)]] = {}
    phases: Stretches
    irregular_phases: Stretches | None = None
    tax_periods: Stretches
    sanctions: list[SanctionTable] = []
    press_arithmetic: PressTable | None = None
    quoted: Annotated[
        list[Annotated[float, Field(gt=0.0, allow_inf_nan=False)]],
        Field(max_length=MOST_QUOTED, description="Million USD a year named for all hosts."),
    ] = []
    gather: GatherTable | None = None


# reading.toml


class ReliabilityTable(Table):
    """``[reliability]``: standard deviation of the log error by letter."""

    A: Deviation
    B: Deviation
    C: Deviation
    D: Deviation
    E: Deviation
    F: Deviation
    basis: Filled


class CredibilityTable(Table):
    """``[credibility]``: standard deviation of the log error by number."""

    one: Annotated[float, Field(gt=0, lt=MOST_DEVIATION, alias="1")]
    two: Annotated[float, Field(gt=0, lt=MOST_DEVIATION, alias="2")]
    three: Annotated[float, Field(gt=0, lt=MOST_DEVIATION, alias="3")]
    four: Annotated[float, Field(gt=0, lt=MOST_DEVIATION, alias="4")]
    five: Annotated[float, Field(gt=0, lt=MOST_DEVIATION, alias="5")]
    six: Annotated[float, Field(gt=0, lt=MOST_DEVIATION, alias="6")]
    basis: Filled


class TailsTable(Table):
    """``[tails]``: mean log distance between the figure and the truth."""

    nearly: Deviation
    almost: Deviation
    at_least: Deviation
    more_than: Deviation
    incomplete: Deviation
    up_to: Deviation
    as_much_as: Deviation
    basis: Filled


class RoundingTable(Table):
    """``[rounding]``."""

    cap: NotNegative
    basis: Filled


class RangeTable(Table):
    """``[range]``."""

    coverage: Annotated[Inside, AfterValidator(_coverage)]
    basis: Filled


class SpreadTable(Table):
    """``[spread]``."""

    units_p05: Annotated[float, Field(ge=2)]
    units_p95: Annotated[float, Field(ge=2)]
    deviation_p05: Positive
    deviation_p95: Positive
    basis: Filled


class PanelTable(Table):
    """``[panel]``: how far experts differ beyond their grades; by default as units of a spread."""

    deviation_p05: Positive
    deviation_p95: Positive
    basis: Filled


class EchoTable(Table):
    """``[echo]``."""

    shared: BelowOne
    basis: Filled


class ErrorsTable(Table):
    """``[errors]``: how far the table of grades is to be trusted."""

    letter_sd: Annotated[float, Field(ge=0, lt=3)]
    off_share: BelowOne
    off_by: Deviation
    basis: Filled


class SlipsTable(Table):
    """``[slips]``."""

    factor: Annotated[float, Field(gt=1)]
    basis: Filled


class VariesTable(Table):
    """``[varies]``: how far a ratio that is one for all dates was off it at the time of a row."""

    quota_use: Deviation | None = None
    permits_per_year: Deviation | None = None
    visas_per_entry: Deviation | None = None
    registrations_per_entry: Deviation | None = None
    crossings_per_year: Deviation | None = None
    basis: Filled


class ReadingFile(Table):
    """reading.toml."""

    reliability: ReliabilityTable
    credibility: CredibilityTable
    tails: TailsTable
    rounding: RoundingTable
    range: RangeTable
    spread: SpreadTable
    panel: PanelTable | None = None
    echo: EchoTable
    errors: ErrorsTable
    varies: VariesTable | None = None
    slips: SlipsTable
