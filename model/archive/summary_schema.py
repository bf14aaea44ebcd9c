"""The form of ``summary.json``, by which it is checked once, when it is read."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from model.archive.schemas import (
    AnsweredBy,
    Chance,
    Change,
    Convergence,
    Definition,
    Form,
    Month,
    Number,
    Numbers,
    Short,
    Year,
    YearNumber,
)
from model.case.folders import BASELINE
from model.equations.quantities import DEFINITIONS

Currencies = Annotated[dict[str, Numbers], Field(min_length=1)]
Changes = Annotated[dict[str, Change], Field(min_length=1)]


class Stake(Form):
    """The difference from the baseline, from the first month changed to the scenario's horizon.

    ``within_data`` is the same for the months that the data cover, if others are projected.
    """

    since: Annotated[Month, Field(alias="from")]
    until: Annotated[Month, Field(alias="to")]
    billings: Changes
    wedge: Changes
    surplus: Changes
    state_take: Changes
    plan_collected: Changes
    within_data: Stake | None = None


class Years(Form):
    """Revenue by year, definition and currency, and the difference from the baseline."""

    annual: dict[Year, dict[Definition, Currencies]]
    versus_baseline: dict[Year, dict[Definition, Changes]] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for years in (self.annual, self.versus_baseline or {}):
            for year, found in years.items():
                dollars = all("usd" in one for one in found.values())
                if set(found) != set(DEFINITIONS) or not dollars:
                    raise ValueError(f"{year} lacks a definition, or dollars")
        if set(self.versus_baseline or {}) - set(self.annual):
            raise ValueError("years are compared that are not there")
        return self


class Place(Form):
    """A host's or a group's revenue by year, and its part of all hosts' revenue."""

    hosts: Annotated[list[str], Field(min_length=1)]
    annual: dict[Year, dict[Definition, Currencies]]
    share: dict[Year, dict[Definition, Numbers]]


class Changed(Form):
    """One change that a scenario makes, as its file has it and in words; figures in ``unit``."""

    quantity: str
    since: Annotated[Month, Field(alias="from")]
    until: Annotated[Month | None, Field(alias="to")]
    set: Number = None
    scale: Number = None
    path: dict[Month, Number] | None = None
    as_in: Month | None = None
    unit: str
    words: str


class Scenario(Years):
    """One scenario; not the baseline, ``changes``; of several hosts, ``places``."""

    title: str
    description: str
    basis: str
    sources: list[str]
    changes: list[Changed] | None = None
    workers: dict[Month, dict[str, dict[str, Number]]]
    at_stake: Stake | None = None
    places: dict[str, Place] | None = None


class Reading(Form):
    """The answer under one rival reading."""

    title: str
    weight: Annotated[float, Field(ge=0, le=1)]
    scenarios: dict[str, Years]


class Press(Form):
    """The press's multiplication."""

    usd: Number
    year: YearNumber
    probability_above: dict[Definition, Chance]


class Accounts(Form):
    """Uses of the payments in the headline's year."""

    class Item(Form):
        """One use."""

        per_worker_month: Numbers
        share: Numbers

    year: YearNumber
    currency: str
    worker_months: Numbers
    items: dict[str, Item]


class Quantity(Form):
    """Prior and posterior of a basic quantity."""

    unit: str
    prior: Numbers
    posterior: Numbers


class Row(Form):
    """A fitted row of evidence."""

    observed: Number
    unit: str
    predicted: Numbers
    surprise: Chance
    error: Number = None
    tail: Number = None
    weight: Number = None


class HeldOut(Form):
    """A held-out row."""

    observed: Number
    unit: str
    predicted: Numbers | None
    probability_above: Chance
    probability_inside: Chance = None
    share: Numbers | None = None
    low: Number = None
    high: Number = None
    definition: str | None = None
    published_for: str | None = None
    predicted_for: list[str] | None = None


class StruckRow(Form):
    """Why a row no longer counts."""

    why: Literal["replaced", "retracted", "repeats"]
    by: str
    since: str | None = None


class Errors(Form):
    """Factors on the errors of letters, and how probably each row is off.

    ``panels`` has the deviation between the experts of each panel, if there are any.
    """

    letters: dict[str, Numbers]
    panels: dict[str, Numbers] | None = None
    off: dict[str, Chance]


class Summary(Form):
    """summary.json: the results of a run."""

    schema_: Annotated[Literal[2], Field(alias="schema")]
    case: str
    converged: bool
    convergence: Convergence
    scenarios: dict[str, Scenario]
    press_arithmetic: Press | None
    accounts: Accounts
    quantities: dict[str, Quantity]
    errors: Errors | None = None
    evidence: dict[str, Row]
    holdout: dict[str, HeldOut]
    readings: dict[str, Reading] | None = None
    struck: dict[str, StruckRow] | None = None
    answered_by: AnsweredBy
    checks: dict[str, Short] | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if BASELINE not in self.scenarios:
            raise ValueError("there is no baseline")
        wanted = {str(self.accounts.year)}
        wanted |= {str(self.press_arithmetic.year)} if self.press_arithmetic else set()
        if wanted - set(self.scenarios[BASELINE].annual):
            raise ValueError("the headline's year has no revenue")
        for name, one in self.scenarios.items():
            if name != BASELINE and None in (one.versus_baseline, one.at_stake):
                raise ValueError(f"{name} is not compared with the baseline")
        for name, reading in (self.readings or {}).items():
            if set(reading.scenarios) != set(self.scenarios):
                raise ValueError(f"the reading {name} has other scenarios")
        return self
