"""One host's months under changes: the value each quantity takes, and who bears the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.contents import Change
from model.equations.accounts import WorkerMonth, worker_month
from model.equations.quantities import BASIC_BY_NAME, DEFINITIONS
from model.equations.workforce import Workforce, workforce
from model.evidence.economy import IN_DOLLARS, in_own_currency

Floats = NDArray[np.float64]
Values = dict[str, Any]

STOCKS = ("permitted", "irregular", "working")
EXCHANGE_RATE = "exchange_rate"
#: Items that differ by segment.
BY_SEGMENT = ("payment", "declared_salary", "plan")
#: Items of the accounts whose catalogue unit is per year.
PER_YEAR = {"permit_cost": 12.0}


@dataclass(frozen=True, slots=True)
class Months:
    """Revenue (definition, draw, month), workers (stock, draw, month) and rates of one host."""

    revenue: Floats
    workers: Floats
    per_usd: Floats


@dataclass(frozen=True)
class HostDraws:
    """Inputs to the computation of one host's months, draw by draw.

    Attributes
    ----------
    segments : tuple of str
    weights : array, (n, S)
        Shares of the segments.
    flows : dict of array, (n, T), or (n,) at the start
        Arguments of ``workforce``.
    by_segment : dict of array, (n, T, S)
        Items of the accounts that differ by segment; ``plan`` in dollars.
    stated : dict of array, (n, T) or (n, 1)
        The other arguments of ``worker_month``; ``permit_cost`` in dollars a month.
    per_usd : array, (1, T), or (n, T)
    """

    segments: tuple[str, ...]
    weights: Floats
    flows: Values
    by_segment: Values
    stated: Values
    per_usd: Floats

    @cached_property
    def averaged(self) -> Values:
        """Every argument of ``worker_month``, averaged over the segments."""
        return self.stated | {name: self._average(self.by_segment[name]) for name in BY_SEGMENT}

    def _average(self, by_segment: Floats) -> Floats:
        return np.asarray(np.einsum("nts,ns->nt", by_segment, self.weights))

    @cached_property
    def force(self) -> Workforce:
        """Workers in the baseline."""
        return workforce(**self.flows)

    @cached_property
    def account(self) -> WorkerMonth:
        """Accounts in the baseline."""
        return worker_month(**in_own_currency(self.averaged, self.per_usd))

    @cached_property
    def shortfall(self) -> Floats:
        """Shortfall of the surplus from the state's claim in the baseline, (n, T)."""
        return shortfall(self.account)

    @cached_property
    def baseline(self) -> Months:
        """Revenue and workers without changes."""
        return _months(self.force, self.account, self.account.state_take, self.per_usd)

    def changed(self, changes: Sequence[Change], months: pd.PeriodIndex) -> Months:
        """Revenue and workers under changes, applied in the order of the file."""
        if not changes:
            return self.baseline
        told: dict[str, list[Change]] = {}
        for change in changes:
            told.setdefault(change.quantity, []).append(change)
        per_usd = self.per_usd
        for change in told.get(EXCHANGE_RATE, []):
            per_usd = changed(per_usd, self.per_usd, change, months)
        flows, accounts = dict(self.flows), dict(self.averaged)
        for name, own in told.items():
            if any(change.segment for change in own):
                accounts[name] = self._average(self._segments(name, own, months, per_usd))
            elif name != EXCHANGE_RATE:
                values, before = (flows, self.flows) if name in flows else (accounts, self.averaged)
                for change in own:
                    rate = own_rate(change, per_usd)
                    values[name] = changed(values[name], before[name], change, months, rate)
        force = workforce(**flows) if set(told) & set(flows) else self.force
        if set(told) <= set(flows):
            return _months(force, self.account, self.account.state_take, per_usd)
        account = worker_month(**in_own_currency(accounts, per_usd))
        state_take = left_for_the_state(account, self.shortfall)
        return _months(force, account, state_take, per_usd)

    def _segments(
        self, name: str, changes: Sequence[Change], months: pd.PeriodIndex, per_usd: Floats
    ) -> Floats:
        """A quantity by segment, (n, T, S); a change without a segment applies to all."""
        before = self.by_segment[name]
        found = []
        for place, segment in enumerate(self.segments):
            own = before[..., place]
            for change in changes:
                if change.segment in ("", segment):
                    rate = own_rate(change, per_usd)
                    own = changed(own, before[..., place], change, months, rate)
            found.append(own)
        return np.stack(np.broadcast_arrays(*found), axis=-1)


def own_rate(change: Change, per_usd: Floats) -> Floats | float:
    """Factor that converts a change's figures to the quantity's own currency."""
    scale = 1.0 / PER_YEAR.get(change.quantity, 1.0)
    if not change.currency:
        return scale
    return scale / per_usd if change.quantity in IN_DOLLARS else scale * per_usd


def changed(
    current: Floats,
    baseline: Floats,
    change: Change,
    months: pd.PeriodIndex,
    rate: Floats | float = 1.0,
) -> Floats:
    """A quantity by month, (n, T), after one change.

    Parameters
    ----------
    current : array, (n, T) or (n, 1)
        The quantity after the changes before this one.
    baseline : array, (n, T) or (n, 1)
        The unchanged quantity, from which ``as_in`` takes its value.
    change : Change
    months : pd.PeriodIndex, (T,)
    rate : array, (n, T) or (1, T), or float
        Factor that converts figures to the quantity's own unit.
    """
    ordinals = months.asi8
    last = ordinals[-1] if change.last is None else change.last.ordinal
    where = (ordinals >= change.first.ordinal) & (ordinals <= last)
    rows = np.broadcast_shapes(current.shape, (1, len(months)), np.shape(rate))[0]
    result = np.broadcast_to(current, (rows, len(months))).copy()
    (month, figure) = change.figures[0]
    if change.how == "scale":
        result[:, where] *= figure
        if _is_fraction(change.quantity):
            np.minimum(result, 1.0, out=result)
    elif change.how == "as_in":
        then = baseline[:, min(month.ordinal - ordinals[0], baseline.shape[1] - 1)]
        result[:, where] = then[:, None]
    else:
        known = np.array([when.ordinal for when, _ in change.figures])
        path = np.interp(ordinals, known, [figure for _, figure in change.figures])
        result[:, where] = np.broadcast_to(path * rate, result.shape)[:, where]
    return result


def _is_fraction(quantity: str) -> bool:
    basic = BASIC_BY_NAME.get(quantity)
    return basic is not None and basic.support == "fraction"


def shortfall(account: WorkerMonth) -> Floats:
    """Shortfall of the surplus from the state's claim."""
    return np.asarray(np.maximum(account.state_take - account.surplus, 0.0))


def left_for_the_state(account: WorkerMonth, before: Floats) -> Floats:
    """State take under changes: the claim, as far as the surplus covers it.

    The plan is due per head and comes before managers and brokers (RFA: K12 of the public facts;
    a judgement for a scenario). A change elsewhere in the accounts therefore falls on them first,
    and on the state where the surplus falls short of its claim by more than in the baseline, where
    ``before`` is the shortfall.
    """
    return np.asarray(account.state_take - np.maximum(shortfall(account) - before, 0.0))


def _months(force: Workforce, account: WorkerMonth, state_take: Floats, per_usd: Floats) -> Months:
    revenue = np.empty((len(DEFINITIONS), *force.present.shape))
    for place, name in enumerate(DEFINITIONS):
        amount = state_take if name == "state_take" else getattr(account, name)
        np.multiply(force.present, amount, out=revenue[place])
    workers = np.stack([getattr(force, stock) for stock in STOCKS])
    return Months(revenue, workers, per_usd)
