"""The accounts of one worker-month and the four revenue definitions, on arrays of any backend.

Per month that a worker is present, in the host's currency at that month's prices::

    billings  =  turnover tax (value-added tax inside the price, or the simplified regime's)
               + income tax and employer's contributions, both on the declared salary
               + permit cost
               + broker's take
               + upkeep borne by the employer
               + what the worker actually keeps
               + managers' private take
               + state take
               + closing error

    billings             =  payment * utilisation
    what the worker keeps = keep share * (declared salary - income tax)

The closing error is the residual between the two sides, as in the balancing of national accounts
(Stone, Champernowne and Meade 1942). The state take is informed both by what is left of the
payment and by reports of the plan, and the two need not agree exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Array = Any


@dataclass(frozen=True, slots=True)
class WorkerMonth:
    """Items of the accounts, each in the host's currency per worker and month present.

    All attributes are arrays of one shape; only ``payment`` is per *paid* month.
    """

    payment: Array
    billings: Array
    declared_salary: Array
    turnover_tax: Array
    income_tax: Array
    contributions: Array
    permit_cost: Array
    broker_take: Array
    upkeep: Array
    worker_keeps: Array
    managers_take: Array
    plan: Array
    state_take: Array

    @property
    def uses(self) -> Array:
        """All uses of the billings: the identity's right-hand side without the closing error."""
        return (
            self.turnover_tax
            + self.income_tax
            + self.contributions
            + self.permit_cost
            + self.broker_take
            + self.upkeep
            + self.worker_keeps
            + self.managers_take
            + self.state_take
        )

    @property
    def closing_error(self) -> Array:
        """Billings less all uses."""
        return self.billings - self.uses

    @property
    def net_of_tax(self) -> Array:
        """Billings less turnover tax."""
        return self.billings - self.turnover_tax

    @property
    def wage_fund(self) -> Array:
        """What the crew is said to earn, before income tax, upkeep, managers and the state."""
        return self.net_of_tax - self.contributions - self.permit_cost - self.broker_take

    @property
    def withheld(self) -> Array:
        """Wage fund less what the worker keeps."""
        return self.wage_fund - self.worker_keeps

    @property
    def wedge(self) -> Array:
        """Billings less declared salary, as in the press's arithmetic."""
        return self.billings - self.declared_salary

    @property
    def surplus(self) -> Array:
        """Joint take of state, managers and brokers: the ILO's notion of profit."""
        return (
            self.net_of_tax
            - self.income_tax
            - self.contributions
            - self.permit_cost
            - self.upkeep
            - self.worker_keeps
        )


def grown(level: Array, growth: Array, years: Array) -> Array:
    """Amount ``years`` after the reference month, growing by the factor ``growth`` a year."""
    return level * growth**years


def turnover_tax_rate(vat_share: Array, vat_rate: Array, simplified_rate: Array) -> Array:
    """Turnover tax included in the price, as a share of the price.

    A rate v of value-added tax on the price before tax is v / (1 + v) of the price with tax.
    """
    return vat_share * vat_rate / (1.0 + vat_rate) + (1.0 - vat_share) * simplified_rate


def worker_month(
    *,
    payment: Array,
    utilisation: Array,
    declared_salary: Array,
    vat_share: Array,
    vat_rate: Array,
    simplified_rate: Array,
    income_tax_rate: Array,
    contribution_rate: Array,
    permit_cost: Array,
    broker_margin: Array,
    upkeep: Array,
    keep_share: Array,
    managers_share: Array,
    plan: Array,
    plan_fulfilment: Array,
) -> WorkerMonth:
    """Accounts of one worker-month; the arguments broadcast against each other.

    Parameters
    ----------
    payment, declared_salary, upkeep, plan : array
        Host's currency per month, in the month's own prices. ``payment`` is per paid month.
    permit_cost : array
        Host's currency per month.
    utilisation, vat_share, vat_rate, simplified_rate, income_tax_rate, contribution_rate : array
        Fractions; ``vat_rate`` is on the price before tax, the next two on their own bases.
    broker_margin, managers_share : array
        Fractions of the billings.
    keep_share : array
        Fraction of the declared salary after income tax.
    plan_fulfilment : array
        State take as a multiple of the plan.

    Returns
    -------
    WorkerMonth
    """
    billings = payment * utilisation
    income_tax = income_tax_rate * declared_salary
    return WorkerMonth(
        payment=payment,
        billings=billings,
        declared_salary=declared_salary,
        turnover_tax=billings * turnover_tax_rate(vat_share, vat_rate, simplified_rate),
        income_tax=income_tax,
        contributions=contribution_rate * declared_salary,
        permit_cost=permit_cost,
        broker_take=broker_margin * billings,
        upkeep=upkeep,
        worker_keeps=keep_share * (declared_salary - income_tax),
        managers_take=managers_share * billings,
        plan=plan,
        state_take=plan * plan_fulfilment,
    )
