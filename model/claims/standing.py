"""Where the posterior stands: draws of any quantity, of any place, in any window of months."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.saved_fit import Fitted
from model.case.case import Case
from model.case.exchange import reference_rates
from model.case.faults import Report
from model.claims.senses import NotModelledError
from model.equations.subjects import MEASURED_BY_NAME
from model.evidence.measurement import measurement
from model.evidence.row_equations import log_quantities
from model.projection.projection import USD

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A quantity with its base, its place and its window.

    Attributes
    ----------
    quantity, base : str
        As in evidence.csv.
    hosts : tuple of str
    segments : frozenset of str
        None for whole hosts.
    start, end : pd.Period
    """

    quantity: str
    base: str
    hosts: tuple[str, ...]
    segments: frozenset[str]
    start: pd.Period
    end: pd.Period


class Standing:
    """The posterior of a run, asked again and again."""

    def __init__(self, fitted: Fitted) -> None:
        self._fitted = fitted
        self._known: dict[tuple[Asked, str], Floats] = {}

    @classmethod
    def of(cls, folder: Path) -> Standing:
        """The posterior of a run on disk."""
        return cls(Fitted.saved(folder))

    @property
    def case(self) -> Case:
        """The case of the run."""
        return self._fitted.case

    @property
    def converged(self) -> bool:
        """Whether the run's sampler had converged."""
        return self._fitted.gate.converged

    def draws(self, asked: Asked, currency: str) -> Floats:
        """Draws of a quantity, (n,): money a worker and month or in all, counts, shares.

        Sums are over the window, levels and amounts of a worker are its averages.

        Parameters
        ----------
        asked : Asked
        currency : str
            Of the draws of money.

        Raises
        ------
        NotModelledError
            If the hosts differ in their accounts, or there is no rate.
        """
        key = (asked, currency)
        if key not in self._known:
            self._known[key] = self._drawn(asked, currency)
        return self._known[key]

    def _drawn(self, asked: Asked, currency: str) -> Floats:
        kind = MEASURED_BY_NAME[asked.quantity].kind
        if kind == "total":
            if asked.segments:
                return self._of_segments(asked, currency)
            return self._total(asked, currency)
        if kind in ("worker_month", "share"):
            if len(asked.hosts) > 1:
                raise NotModelledError("no host is named, and amounts and shares are by host")
            found = self._quantities([_row(asked, asked.hosts[0])])[:, 0]
            if kind == "share" or asked.base:
                return found
            own = self._currency(asked.hosts[0])
            return found / self._cross(own, currency, asked.start, asked.end)
        return self._quantities([_row(asked, host) for host in asked.hosts]).sum(axis=1)

    def _quantities(self, rows: list[dict[str, Any]]) -> Floats:
        """Draws of the quantities that rows ask for, (n, rows), in the rows' order."""
        layout, draws = self._fitted.posterior.layout, self._fitted.posterior.draws
        table = pd.DataFrame(rows).assign(id=[f"{place:05}" for place in range(len(rows))])
        measured = measurement(self.case, layout, table)
        found = np.exp(log_quantities(layout, measured, draws)).reshape(-1, len(rows))
        return found[:, np.argsort(measured.ids)]

    def _total(self, asked: Asked, currency: str) -> Floats:
        projection = self._fitted.projection
        months = pd.PeriodIndex(projection.revenue["month"].to_index(), freq="M")
        inside = np.asarray((months >= asked.start) & (months <= asked.end))
        definition = asked.quantity.removeprefix("total_")
        hosts = list(asked.hosts)
        own = {self._currency(host) for host in hosts} == {currency}
        money = projection.revenue if own else projection.revenue_usd
        chosen = money.sel(definition=definition, host=hosts).isel(month=inside)
        summed = chosen.sum(["host", "month"]).to_numpy().astype(np.float64)
        return summed if own else summed / self._cross(USD, currency, asked.start, asked.end)

    def _of_segments(self, asked: Asked, currency: str) -> Floats:
        """Revenue from some segments: month by month, their workers times what one yields.

        Segments that together lose count as nothing, as they do where evidence is about them.
        """
        item = asked.quantity.removeprefix("total_")
        months = pd.period_range(asked.start, asked.end, freq="M")
        total: Floats = np.zeros(())
        for host in asked.hosts:
            own = [
                Asked(quantity, "", (host,), asked.segments, month, month)
                for quantity in ("segment_workers", item)
                for month in months
            ]
            found = self._quantities([_row(one, host) for one in own])
            yielded = found[:, : len(months)] * found[:, len(months) :]
            present = self._fitted.projection.present.sel(host=host).transpose("draw", "month")
            labels = pd.PeriodIndex(present["month"].to_index(), freq="M")
            inside = np.asarray((labels >= asked.start) & (labels <= asked.end))
            rates = [self._cross(self._currency(host), currency, one, one) for one in months]
            persons = present.to_numpy()[:, inside].astype(np.float64)
            total = total + (yielded * persons / np.array(rates)).sum(axis=1)
        return total

    def _currency(self, host: str) -> str:
        return next(one.currency for one in self.case.hosts if one.name == host)

    def _cross(self, own: str, currency: str, start: pd.Period, end: pd.Period) -> float:
        """Units of one currency per unit of another, on average over a window."""
        if own == currency:
            return 1.0
        return self.per_usd(own, start, end) / self.per_usd(currency, start, end)

    def per_usd(self, currency: str, start: pd.Period, end: pd.Period) -> float:
        """Units of a currency per dollar, on average over a window.

        Raises
        ------
        NotModelledError
            If there is no rate.
        """
        rates = self.case.rates
        if currency not in rates.per_usd:
            months = pd.period_range(start, end, freq="M")
            rates = reference_rates(months, [currency], rates.own, Report(""), rates.changeovers)
        found = float(rates.per_usd.loc[start:end, currency].mean())
        if not found > 0.0:
            raise NotModelledError(f"there is no rate of {currency} for {start} to {end}")
        return found


def _row(asked: Asked, host: str) -> dict[str, Any]:
    """A row that asks for a quantity, as evidence would state one."""
    return {
        "quantity": asked.quantity,
        "base": asked.base,
        "host": host,
        "segments": tuple(sorted(asked.segments)),
        "start": asked.start,
        "end": asked.end,
        "first_part": 1.0,
        "last_part": 1.0,
        "per": "",
    }
