"""Catalogue of what a published figure may be about besides a basic quantity itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["level", "flow", "worker_month", "share", "total"]


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
    Measured(
        "crossings",
        "crossings",
        "flow",
        "Border crossings of entry by workers in the window, each person as often as they come.",
    ),
    Measured(
        "departures",
        "persons",
        "flow",
        "Workers leaving in the window: of the permitted those present, plus the irregular who "
        "work.",
    ),
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

#: For each count, the paths it adds up and the power of each factor that multiplies it.
COUNTS: dict[str, tuple[tuple[str, ...], dict[str, float]]] = {
    "permitted": (("permitted",), {}),
    "irregular": (("irregular",), {}),
    "working": (("working",), {}),
    "quota": (("permitted",), {"quota_use": -1.0}),
    "authorisations": (("permitted",), {"quota_use": -1.0}),
    "permits_issued": (("permitted",), {"permits_per_year": 1.0}),
    "new_permits": (("permit_entries",), {}),
    "visas_issued": (("permit_entries",), {"visas_per_entry": 1.0}),
    "work_registrations": (("permit_entries",), {"registrations_per_entry": 1.0}),
    "irregular_registrations": (("irregular_entries",), {"registrations_per_entry": 1.0}),
    "entries": (("permit_entries", "irregular_entries"), {}),
    "crossings": (("working",), {"crossings_per_year": 1.0}),
    "departures": (("departures",), {}),
}
#: Flows that are yearly rates applied to a stock: a month of stock counts as one twelfth.
YEARLY_RATES = ("authorisations", "permits_issued", "crossings")

_STOCK = ("permitted_at_start", "permit_inflow", "permit_exit")
_VISITORS = ("irregular_at_start", "irregular_inflow", "irregular_exit")
_WORKERS = (*_STOCK, "share_present", *_VISITORS, "irregular_working")
_TAXES = ("vat_rate", "vat_share", "simplified_rate")
_EARNED = ("payment", "utilisation")
_DUES = ("declared_salary", "contribution_rate", "permit_cost", "broker_margin")
_FUND = (*_EARNED, *_TAXES, *_DUES)
#: What is worked out, never set by itself, and the basic quantities that mainly decide it: what
#: published figures are about, and words that people use for it.
MADE_OF: dict[str, tuple[str, ...]] = {
    "permitted": _STOCK,
    "irregular": _VISITORS,
    "working": _WORKERS,
    "workers": _WORKERS,
    "headcount": _WORKERS,
    "quota": (*_STOCK, "quota_use"),
    "authorisations": (*_STOCK, "quota_use"),
    "permits_issued": (*_STOCK, "permits_per_year"),
    "new_permits": ("permit_inflow",),
    "arrivals": ("permit_inflow", "irregular_inflow"),
    "visas_issued": ("permit_inflow", "visas_per_entry"),
    "work_registrations": ("permit_inflow", "registrations_per_entry"),
    "irregular_registrations": ("irregular_inflow", "registrations_per_entry"),
    "entries": ("permit_inflow", "irregular_inflow"),
    "crossings": (*_WORKERS, "crossings_per_year"),
    "departures": _WORKERS,
    "segment_workers": ("segment_share",),
    "billings": _EARNED,
    "net_of_tax": (*_EARNED, *_TAXES),
    "wage_fund": _FUND,
    "worker_keeps": (*_FUND, "keep_share"),
    "withheld": (*_FUND, "keep_share"),
    "wage": ("payment", "declared_salary", "keep_share"),
    "wages": ("payment", "declared_salary", "keep_share"),
    "salary": ("declared_salary", "payment", "keep_share"),
    "broker_take": (*_EARNED, "broker_margin"),
    "managers_take": (*_EARNED, "managers_share"),
    "claim": ("plan", "levies"),
    "plan_collected": ("plan", "levies", "keep_share"),
    "left_with_firms": (*_FUND, "plan", "levies", "keep_share"),
    "state_take": ("plan", "levies", "own_firms", "keep_share"),
    "revenue": ("plan", "levies", "own_firms", "payment", *_WORKERS),
    "wedge": (*_EARNED, "declared_salary"),
    "surplus": (*_FUND, "income_tax_rate", "upkeep", "keep_share"),
    "total_billings": (*_EARNED, *_WORKERS),
    "total_wedge": (*_EARNED, "declared_salary", *_WORKERS),
    "total_surplus": (*_FUND, "upkeep", "keep_share", *_WORKERS),
    "total_state_take": ("plan", "levies", "own_firms", *_WORKERS),
    "total_plan_collected": ("plan", "levies", *_WORKERS),
}

MEASURED_BY_NAME = {measured.name: measured for measured in MEASURED}


def is_total(quantity: str) -> bool:
    """Whether a quantity is a revenue total, which is compared and never fitted."""
    return quantity in MEASURED_BY_NAME and MEASURED_BY_NAME[quantity].kind == "total"
