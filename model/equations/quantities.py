"""Catalogue of every quantity's name, unit, support, index and one-sentence definition.

``BASIC`` lists the quantities that carry a prior. ``MEASURED`` lists what a published figure may
be about besides a basic quantity itself. Money is in each host's own currency; the unit ``money``
stands for that currency until the host is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Support = Literal["positive", "fraction"]
Index = Literal["", "phase", "irregular_phase", "tax_period", "segment"]
Kind = Literal["level", "flow", "worker_month", "share", "total"]


@dataclass(frozen=True, slots=True)
class Basic:
    """A family of unknowns; a family with an index has one unknown for each entry of the index."""

    name: str
    unit: str
    support: Support
    definition: str
    index: Index = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity that a published figure may be about.

    ``level`` is a stock, averaged over the row's window; ``flow`` a sum over the window;
    ``worker_month`` an item of the accounts, per worker and month; ``share`` a share of the
    permitted workers; ``total`` a revenue total, which is only compared and never fitted.
    """

    name: str
    unit: str
    kind: Kind
    definition: str


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

MEASURED: tuple[Measured, ...] = (
    # Five kinds of "number of workers", and their relatives
    Measured("permitted", "persons", "level", "Holders of a valid work permit (the stock L)."),
    Measured(
        "irregular",
        "persons",
        "level",
        "People present on student and tourist visas (the stock I).",
    ),
    Measured(
        "working",
        "persons",
        "level",
        "Workers present: of the permitted those present, plus the irregular who work.",
    ),
    Measured("quota", "persons", "level", "Quota in force, a ceiling on the permitted."),
    Measured(
        "authorisations", "persons", "flow", "Yearly quotas summed over the years of the window."
    ),
    Measured("permits_issued", "permits", "flow", "Permits issued in the window, with renewals."),
    Measured("new_permits", "permits", "flow", "Permits issued to new arrivals in the window."),
    Measured("visas_issued", "visas", "flow", "Work visas issued in the window."),
    Measured(
        "work_registrations",
        "registrations",
        "flow",
        "Registration events for work in the window.",
    ),
    Measured(
        "irregular_registrations",
        "registrations",
        "flow",
        "Registration events for study and tourism in the window.",
    ),
    Measured("entries", "persons", "flow", "Border entries for all these purposes in the window."),
    Measured("segment_workers", "fraction", "share", "Share of the workers in the named segments."),
    # Items of the accounts of one worker-month
    Measured("payment", "money/month", "worker_month", "What a contractor pays for a paid month."),
    Measured(
        "billings", "money/month", "worker_month", "Payment per month present (times utilisation)."
    ),
    Measured("net_of_tax", "money/month", "worker_month", "Billings less turnover tax."),
    Measured(
        "wage_fund",
        "money/month",
        "worker_month",
        "Billings less turnover tax, contributions, permit cost and broker's take: what the crew "
        "is said to earn.",
    ),
    Measured(
        "declared_salary", "money/month", "worker_month", "Salary declared to the authorities."
    ),
    Measured("worker_keeps", "money/month", "worker_month", "What the worker actually keeps."),
    Measured("withheld", "money/month", "worker_month", "Wage fund less what the worker keeps."),
    Measured("upkeep", "money/month", "worker_month", "Food, lodging and transport."),
    Measured("broker_take", "money/month", "worker_month", "What third parties' brokers keep."),
    Measured("managers_take", "money/month", "worker_month", "What managers keep privately."),
    Measured("plan", "money/month", "worker_month", "The state plan assigned to a worker."),
    Measured(
        "claim", "money/month", "worker_month", "What is claimed: the plan and levies on top of it."
    ),
    Measured(
        "plan_collected", "money/month", "worker_month", "What workers hand over under the plan."
    ),
    Measured(
        "left_with_firms",
        "money/month",
        "worker_month",
        "What is left with firms once the plan is collected.",
    ),
    Measured(
        "state_take", "money/month", "worker_month", "What reaches the state and its enterprises."
    ),
    Measured("wedge", "money/month", "worker_month", "Billings less declared salary."),
    Measured(
        "surplus",
        "money/month",
        "worker_month",
        "Billings less taxes, permits, upkeep and what the worker keeps.",
    ),
    # Published revenue totals
    Measured("total_billings", "money/year", "total", "Everything contractors pay for workers."),
    Measured("total_wedge", "money/year", "total", "Payments less declared salaries, all workers."),
    Measured(
        "total_surplus", "money/year", "total", "Joint take of state, firms, managers and brokers."
    ),
    Measured(
        "total_state_take", "money/year", "total", "What reaches the state and its enterprises."
    ),
    Measured("total_plan_collected", "money/year", "total", "What is collected under the plan."),
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
        "permitted_at_start", "permit_inflow", "permit_exit", "irregular_at_start",
        "irregular_inflow", "irregular_exit", "irregular_working", "share_present",
        "segment_share",
    ),
    "counting": ("quota_use", "permits_per_year", "visas_per_entry", "registrations_per_entry"),
    "payment": ("payment", "payment_growth", "payment_ratio", "utilisation"),
    "taxes": (
        "declared_salary", "declared_growth", "declared_ratio", "vat_rate", "vat_share",
        "simplified_rate", "income_tax_rate", "contribution_rate", "permit_cost",
    ),
    "others": ("broker_margin", "managers_share", "upkeep", "upkeep_growth", "keep_share"),
    "plan": ("plan", "plan_growth", "plan_ratio", "levies", "own_firms"),
}  # fmt: skip

BASIC_BY_NAME = {basic.name: basic for basic in BASIC}
MEASURED_BY_NAME = {measured.name: measured for measured in MEASURED}


def family(label: str) -> str:
    """Return the name of the basic quantity in a label, ``[HOST.]name[.INDEX]``."""
    return next(part for part in label.split(".") if part in BASIC_BY_NAME)
