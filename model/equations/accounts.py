"""The accounts of one worker-month and the revenue definitions, on arrays of any backend.

Per month that a worker is present, in the host's currency at that month's prices::

    billings        = payment * utilisation
    available       = billings
                      - turnover tax (value-added tax inside the price, or the simplified regime's)
                      - employer's contributions and income tax, both on the declared salary
                      - permit cost
                      - take of brokers who are third parties
                      - upkeep borne by the employer
                      - what the worker actually keeps
                      - managers' private take
    claim           = plan * levies
    plan collected  = the smaller of claim and available, and at least zero
    left with firms = available - plan collected
    state take      = plan collected + the sender's share of what is left with firms

    what the worker keeps = keep share * (declared salary - income tax)

The accounts are an identity with a residual, as national accounts have their operating surplus
(European System of Accounts 2010, 8.18): every item but the last three carries a prior, and what
is left with firms follows. The claim comes first, so firms bear a shortfall before the plan does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Array = Any

#: How unevenly crews of a segment earn, as a share of the claim. Some fall short of the claim where
#: the mean crew just covers it, so that the smaller of the two is rounded at the corner.
UNEVEN = 0.1


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
    claim: Array
    plan_collected: Array
    left_with_own_firms: Array
    left_with_others: Array

    @property
    def left_with_firms(self) -> Array:
        """The residual: what is left once the plan is collected; negative if firms lose."""
        return self.left_with_own_firms + self.left_with_others

    @property
    def state_take(self) -> Array:
        """What reaches the state and its enterprises."""
        return self.plan_collected + self.left_with_own_firms

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
        """Joint take of state, firms, managers and brokers: the ILO's notion of profit."""
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


def collected(claim: Array, available: Array) -> Array:
    """The smaller of claim and what is available, and at least zero, with rounded corners.

    Both corners are hyperbolas of width ``UNEVEN`` times the claim; the result lies between zero
    and the claim and is smooth in both.
    """
    width = UNEVEN * claim
    above_zero = (available * available + width * width) ** 0.5
    above_claim = ((available - claim) * (available - claim) + width * width) ** 0.5
    return 0.5 * (claim + above_zero - above_claim)


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
    levies: Array,
    own_firms: Array,
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
    levies : array
        What is claimed as a multiple of the plan.
    own_firms : array
        The sender's share of what is left with firms, a fraction.

    Returns
    -------
    WorkerMonth
    """
    billings = payment * utilisation
    turnover_tax = billings * turnover_tax_rate(vat_share, vat_rate, simplified_rate)
    income_tax = income_tax_rate * declared_salary
    contributions = contribution_rate * declared_salary
    broker_take = broker_margin * billings
    worker_keeps = keep_share * (declared_salary - income_tax)
    managers_take = managers_share * billings
    available = (
        billings - turnover_tax - contributions - income_tax - permit_cost
        - broker_take - upkeep - worker_keeps - managers_take
    )  # fmt: skip
    claim = plan * levies
    plan_collected = collected(claim, available)
    left_with_firms = available - plan_collected
    left_with_own_firms = own_firms * left_with_firms
    return WorkerMonth(
        payment=payment,
        billings=billings,
        declared_salary=declared_salary,
        turnover_tax=turnover_tax,
        income_tax=income_tax,
        contributions=contributions,
        permit_cost=permit_cost,
        broker_take=broker_take,
        upkeep=upkeep,
        worker_keeps=worker_keeps,
        managers_take=managers_take,
        plan=plan,
        claim=claim,
        plan_collected=plan_collected,
        left_with_own_firms=left_with_own_firms,
        left_with_others=left_with_firms - left_with_own_firms,
    )
