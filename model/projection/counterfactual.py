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
#: Items of the accounts whose catalogue unit is per year.
PER_YEAR = {"permit_cost": 12.0}


@dataclass(frozen=True, slots=True)
class Months:
    """Revenue (definition, draw, month), workers (stock, draw, month) and rates of one host.

    ``present`` is the average number of workers in the month, (draw, month).
    """

    revenue: Floats
    workers: Floats
    present: Floats
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
    stated : dict of array, (n, T, S), (n, T, 1) or (n, 1, 1)
        Arguments of ``worker_month``; ``permit_cost`` and ``plan`` in dollars.
    per_usd : array, (1, T), or (n, T)
    follows_earnings : array of bool, (n,), or None
        Draws in which the claim follows what crews earn, not the plan.
    """

    segments: tuple[str, ...]
    weights: Floats
    flows: Values
    stated: Values
    per_usd: Floats
    follows_earnings: NDArray[np.bool_] | None = None

    def average(self, item: Floats) -> Floats:
        """An item of the accounts, averaged over the segments' workers, (n, T) or (n, 1)."""
        if item.shape[-1] == 1:
            return item[..., 0]
        return np.asarray(np.einsum("nts,ns->nt", item, self.weights))

    @cached_property
    def force(self) -> Workforce:
        """Workers in the baseline."""
        return workforce(**self.flows)

    @cached_property
    def account(self) -> WorkerMonth:
        """Accounts in the baseline, by segment."""
        return self._account(self.stated, self.per_usd)

    def _account(self, stated: Values, per_usd: Floats) -> WorkerMonth:
        return worker_month(**in_own_currency(stated, per_usd[..., None]))

    @cached_property
    def revenue(self) -> Values:
        """Each definition's revenue per worker-month in the baseline."""
        return self._revenue(self.account)

    def _revenue(self, account: WorkerMonth) -> Values:
        return {name: self.average(getattr(account, name)) for name in DEFINITIONS}

    @cached_property
    def baseline(self) -> Months:
        """Revenue and workers without changes."""
        return _months(self.force, self.revenue, self.per_usd)

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
        flows, stated = dict(self.flows), dict(self.stated)
        for name, own in told.items():
            if name in flows:
                for change in own:
                    flows[name] = changed(flows[name], self.flows[name], change, months)
            elif name != EXCHANGE_RATE:
                stated[name] = self._segments(name, own, months, per_usd)
        force = workforce(**flows) if set(told) & set(flows) else self.force
        if set(told) <= set(flows):
            return _months(force, self.revenue, per_usd)
        account = self._account(stated, per_usd)
        if self.follows_earnings is not None and self.follows_earnings.any():
            stated["levies"] = self._levies(stated["levies"], account)
            account = self._account(stated, per_usd)
        return _months(force, self._revenue(account), per_usd)

    def _levies(self, told: Floats, account: WorkerMonth) -> Floats:
        """Levies with which the claim, where it follows earnings, has its share of the wage fund.

        The share is the baseline's, so that a change of the plan itself does not move the claim.
        """
        earned, before = np.maximum(account.wage_fund, 0.0), self.account.wage_fund
        ratio = np.divide(earned, before, out=np.ones_like(earned * before), where=before > 0.0)
        claim = self.account.claim * ratio
        levies = np.divide(claim, account.plan, out=np.zeros_like(claim), where=account.plan > 0.0)
        follows = np.asarray(self.follows_earnings)[:, None, None]
        return np.where(follows, levies, told)

    def _segments(
        self, name: str, changes: Sequence[Change], months: pd.PeriodIndex, per_usd: Floats
    ) -> Floats:
        """A quantity by segment, (n, T, S); a change without a segment applies to all."""
        before = self.stated[name]
        # one column serves all segments unless a change tells them apart
        apart = before.shape[-1] > 1 or any(change.segment for change in changes)
        found = []
        for place, segment in enumerate(self.segments if apart else ("",)):
            unchanged = own = before[..., min(place, before.shape[-1] - 1)]
            for change in changes:
                if change.segment in ("", segment):
                    rate = own_rate(change, per_usd)
                    own = changed(own, unchanged, change, months, rate)
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


def _months(force: Workforce, revenue: Values, per_usd: Floats) -> Months:
    by_definition = np.empty((len(DEFINITIONS), *force.present.shape))
    for place, name in enumerate(DEFINITIONS):
        np.multiply(force.present, revenue[name], out=by_definition[place])
    workers = np.stack([getattr(force, stock) for stock in STOCKS])
    return Months(by_definition, workers, force.present, per_usd)
