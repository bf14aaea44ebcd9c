"""Catalogue of the basic quantities: name, unit, support, index and one-sentence definition.

``BASIC`` lists the quantities that carry a prior; ``model.equations.subjects`` has what published
figures may be about besides. Money is in each host's own currency; the unit ``money``
stands for that currency until the host is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Support = Literal["positive", "fraction"]
Index = Literal["", "phase", "irregular_phase", "tax_period", "quarter", "segment"]
#: Indices whose entries follow one another in time.
BY_TIME = ("phase", "irregular_phase", "tax_period", "quarter")
#: Key of timeline.toml, or of a host's table there, that lists the entries of an index.
LISTED = {"phase": "phases", "irregular_phase": "irregular_phases", "tax_period": "tax_periods"}


@dataclass(frozen=True, slots=True)
class Basic:
    """A family of unknowns; a family with an index has one unknown for each entry of the index.

    A case may leave out an ``optional`` family; its quantities are then one.
    """

    name: str
    unit: str
    support: Support
    definition: str
    index: Index = ""
    optional: bool = False


BASIC: tuple[Basic, ...] = (
    # Workers
    Basic(
        "permitted_at_start",
        "persons",
        "positive",
        "Workers holding a valid work permit just before the first month.",
    ),
    Basic(
        "permit_inflow",
        "persons/month",
        "positive",
        "Workers arriving on a new work permit each month.",
        "phase",
    ),
    Basic(
        "arrivals_ratio",
        "1",
        "positive",
        "A quarter's arrivals on new work permits as a multiple of those of its phase.",
        "quarter",
        optional=True,
    ),
    Basic(
        "permit_exit",
        "1/month",
        "positive",
        "Monthly hazard that a permit holder leaves or loses the permit.",
        "phase",
    ),
    Basic(
        "irregular_at_start",
        "persons",
        "positive",
        "North Koreans on student and tourist visas just before the first month.",
    ),
    Basic(
        "irregular_inflow",
        "persons/month",
        "positive",
        "People entering on student and tourist visas each month.",
        "irregular_phase",
    ),
    Basic(
        "irregular_exit",
        "1/month",
        "positive",
        "Monthly hazard of leaving for people on student and tourist visas.",
    ),
    Basic(
        "irregular_working",
        "fraction",
        "fraction",
        "Share of people on student and tourist visas who in fact work for the state.",
    ),
    Basic(
        "share_present",
        "fraction",
        "fraction",
        "Share of the holders of a valid permit who are present: not on leave, not in transit, and "
        "not gone while the permit runs on.",
    ),
    # How each kind of count relates to the workers
    Basic(
        "quota_use",
        "fraction",
        "fraction",
        "Holders of a valid permit as a share of the quota in force.",
    ),
    Basic(
        "permits_per_year",
        "permits/person/year",
        "positive",
        "Permits issued a year per worker on a permit, including renewals.",
    ),
    Basic(
        "visas_per_entry",
        "visas/person",
        "positive",
        "Work visas issued per worker arriving on a permit, including renewals.",
    ),
    Basic(
        "registrations_per_entry",
        "registrations/person",
        "positive",
        "Registration events recorded per person entering.",
    ),
    Basic(
        "crossings_per_year",
        "crossings/person/year",
        "positive",
        "Border crossings of entry a year per worker present, with returns from leave and renewals "
        "of short stays.",
        optional=True,
    ),
    # Accounts of one worker-month
    Basic(
        "payment",
        "money/month",
        "positive",
        "What a contractor pays per worker for a paid month (centre of the segments, reference "
        "month).",
    ),
    Basic("payment_growth", "1", "positive", "Factor by which the payment grows in a year."),
    Basic(
        "payment_ratio",
        "1",
        "positive",
        "A segment's payment as a multiple of the centre of the segments.",
        "segment",
    ),
    Basic(
        "utilisation",
        "1",
        "positive",
        "Months paid for by a contractor per month that a worker is present; idle months lower it, "
        "and double shifts paid as such would raise it above one.",
    ),
    Basic(
        "days_worked",
        "shift/month",
        "positive",
        "Days or shifts that a worker works in a month, by which pay a day or shift is read.",
        optional=True,
    ),
    Basic(
        "hours_worked",
        "hour/shift",
        "positive",
        "Hours of a day or shift worked, by which pay an hour is read.",
        optional=True,
    ),
    Basic(
        "declared_salary",
        "money/month",
        "positive",
        "Salary declared to the authorities (centre of the segments, reference month).",
    ),
    Basic(
        "declared_growth", "1", "positive", "Factor by which the declared salary grows in a year."
    ),
    Basic(
        "declared_ratio",
        "1",
        "positive",
        "A segment's declared salary as a multiple of the centre of the segments.",
        "segment",
    ),
    Basic(
        "vat_rate",
        "fraction",
        "fraction",
        "Rate of value-added tax on the price before tax.",
        "tax_period",
    ),
    Basic("vat_share", "fraction", "fraction", "Share of payments that carry value-added tax."),
    Basic(
        "simplified_rate",
        "fraction",
        "fraction",
        "Rate of turnover tax on payments that carry no value-added tax.",
    ),
    Basic(
        "income_tax_rate",
        "fraction",
        "fraction",
        "Personal income tax as a share of the declared salary.",
    ),
    Basic(
        "contribution_rate",
        "fraction",
        "fraction",
        "Employer's social contributions as a share of the declared salary.",
    ),
    Basic(
        "permit_cost",
        "USD/year",
        "positive",
        "Fees for permit and visa per worker and year.",
    ),
    Basic(
        "broker_margin",
        "fraction",
        "fraction",
        "What brokers who are third parties keep, as a share of the billings.",
    ),
    Basic(
        "managers_share",
        "fraction",
        "fraction",
        "What managers and officials keep privately, as a share of the billings.",
    ),
    Basic(
        "upkeep",
        "money/month",
        "positive",
        "Food, lodging and transport paid by the employer, per worker, in the reference month.",
    ),
    Basic("upkeep_growth", "1", "positive", "Factor by which upkeep grows in a year."),
    Basic(
        "keep_share",
        "fraction",
        "fraction",
        "What the worker actually keeps, as a share of the declared salary after income tax.",
    ),
    Basic(
        "plan",
        "USD/month",
        "positive",
        "The state plan: the amount each worker is assigned to hand over (centre of the segments, "
        "reference month).",
    ),
    Basic("plan_growth", "1", "positive", "Factor by which the plan grows in a year."),
    Basic(
        "plan_ratio",
        "1",
        "positive",
        "A segment's plan as a multiple of the centre of the segments.",
        "segment",
    ),
    Basic(
        "levies",
        "1",
        "positive",
        "What is claimed of a worker as a multiple of the plan: levies on top of it exceed one.",
    ),
    Basic(
        "own_firms",
        "fraction",
        "fraction",
        "Share of what is left with firms that belongs to the sender's own firms.",
    ),
    Basic(
        "segment_share",
        "fraction",
        "fraction",
        "Weight of a segment among the host's workers, before weights are scaled to sum to one.",
        "segment",
    ),
)

#: Bases of which a share may be stated, widest first.
BASES: tuple[str, ...] = ("billings", "net_of_tax", "wage_fund", "declared_salary", "claim")

#: The ladder of revenue definitions, widest first.
DEFINITIONS: tuple[str, ...] = ("billings", "wedge", "surplus", "state_take", "plan_collected")
HEADLINE = "state_take"

#: Uses of the billings, which they add up to; the last two are the state take.
USES: tuple[str, ...] = (
    "turnover_tax", "contributions", "income_tax", "permit_cost", "broker_take", "upkeep",
    "worker_keeps", "managers_take", "left_with_others", "left_with_own_firms", "plan_collected",
)  # fmt: skip

#: Basic quantities by subject.
GROUPS: dict[str, tuple[str, ...]] = {
    "workers": (
        "permitted_at_start", "permit_inflow", "arrivals_ratio", "permit_exit",
        "irregular_at_start", "irregular_inflow", "irregular_exit", "irregular_working",
        "share_present", "segment_share",
    ),
    "counting": (
        "quota_use", "permits_per_year", "visas_per_entry", "registrations_per_entry",
        "crossings_per_year",
    ),
    "payment": (
        "payment", "payment_growth", "payment_ratio", "utilisation", "days_worked", "hours_worked",
    ),
    "taxes": (
        "declared_salary", "declared_growth", "declared_ratio", "vat_rate", "vat_share",
        "simplified_rate", "income_tax_rate", "contribution_rate", "permit_cost",
    ),
    "others": ("broker_margin", "managers_share", "upkeep", "upkeep_growth", "keep_share"),
    "plan": ("plan", "plan_growth", "plan_ratio", "levies", "own_firms"),
}  # fmt: skip

#: Quantities by which a month's item is divided for one stated per shift or hour worked.
WORKING_TIME: dict[str, tuple[str, ...]] = {
    "": (),
    "shift": ("days_worked",),
    "hour": ("days_worked", "hours_worked"),
}

#: Optional quantities that are in no equation but those of the rows that are read by them.
READ_BY = (*WORKING_TIME["hour"], "crossings_per_year")

BASIC_BY_NAME = {basic.name: basic for basic in BASIC}


def family(label: str) -> str:
    """Return the name of the basic quantity in a label, ``[HOST.]name[.INDEX]``."""
    return next(part for part in label.split(".") if part in BASIC_BY_NAME)
