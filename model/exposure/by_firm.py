"""What the workers of one firm bring, draw by draw.

The rules. An approval is for one worker and twelve months (RU16: "12-month terms");
``workers_approved`` is the sum of a firm's approvals in its months. So, draw by draw::

    approvals: worker-months = approvals * 12 * quota_use * share_present
    contracts: worker-months = value in dollars / billings of a worker-month

and an amount is worker-months times what a worker-month yields: the mean of the firm's months
inside the timeline, of its segment if it names one, else of its host's mean worker. Of a contract,
billings are therefore its value. A contract in another currency is turned into dollars at the mean
of its months, as if paid in equal parts. A firm with both has both, and nothing adds one to the
other: the contract may pay for the workers approved. What a source does not state stays unknown:
without a number, or without months, there is no amount.

An amount is compared with that of all the host's workers in the same months, unless some of these
lie outside the timeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.saved_fit import Fitted
from model.case.case import Case
from model.case.exchange import reference_rates
from model.case.faults import Report
from model.case.statements import retractions
from model.equations.quantities import DEFINITIONS
from model.projection.projection import USD, Projector

Floats = NDArray[np.float64]
Chosen = NDArray[np.bool_]
Basis = Literal["approvals", "contract", ""]

#: Months for which an approval is given.
TERM = 12
#: Definitions of revenue under which exposure is told, from the narrowest to all that is paid.
YIELDS = ("plan_collected", "state_take", "surplus", "billings")
WORKER_MONTHS = "worker_months"
QUANTITIES = (WORKER_MONTHS, *YIELDS)
UNITS = {WORKER_MONTHS: "worker-months"} | dict.fromkeys(YIELDS, USD)

Amounts = dict[str, Floats]


@dataclass(frozen=True)
class Exposed:
    """What is known of one firm by its approvals or by its contract.

    Attributes
    ----------
    firm, name, host, segment : str
    basis : {"approvals", "contract", ""}
        Blank if neither is known.
    stated : float
        Approvals, or the contract's value; NaN if not known.
    unit : str
        ``persons``, or the contract's currency.
    first, last : str
        Months as stated; blank if not known.
    source : str
    same_workers_as : str
        Firm whose approvals are for the same workers, if a source says so.
    missing : str
        Why there are no draws; blank if there are.
    inside : array of bool, (T,)
        Its months inside the timeline.
    whole : bool
        Whether all of its months are.
    draws : dict of str to array, (n,)
        Each of ``QUANTITIES``; empty if not known.
    """

    firm: str
    name: str
    host: str
    segment: str
    basis: Basis
    stated: float
    unit: str
    first: str
    last: str
    source: str
    same_workers_as: str
    missing: str
    inside: Chosen
    whole: bool
    draws: Amounts


class Economy:
    """Draws from which exposures are computed: yields of a worker-month, and totals.

    Parameters
    ----------
    fitted : Fitted
    """

    def __init__(self, fitted: Fitted) -> None:
        self.case: Case = fitted.case
        self.months: pd.PeriodIndex = self.case.timeline.months
        layout, draws = fitted.posterior.layout, fitted.posterior.draws
        self.families = layout.by_family(draws)
        self.hosts = [host.name for host in self.case.hosts]
        self._projector = Projector(self.case, layout, draws)
        self._baseline = fitted.projection
        self._yields: dict[tuple[str, str, bytes], Amounts] = {}
        self._totals: dict[tuple[tuple[str, bytes], ...], Amounts] = {}

    def yields(self, host: str, segment: str, inside: Chosen) -> Amounts:
        """Dollars of a worker-month by definition, (n,): means over some months."""
        key = host, segment, inside.tobytes()
        if key not in self._yields:
            monthly = self._projector.per_worker_month(host, segment)
            means = monthly[..., inside].mean(axis=-1)
            self._yields[key] = {name: means[DEFINITIONS.index(name)] for name in YIELDS}
        return self._yields[key]

    def used(self, host: str) -> Floats:
        """Workers present per approval, (n,)."""
        place = self.hosts.index(host)
        use, present = self.families["quota_use"], self.families["share_present"]
        return np.asarray(use[:, place] * present[:, place])

    def totals(self, months: dict[str, Chosen]) -> Amounts:
        """Worker-months and dollars of all workers in some months of some hosts, (n,)."""
        key = tuple((host, inside.tobytes()) for host, inside in months.items())
        if key not in self._totals:
            self._totals[key] = self._total(months)
        return self._totals[key]

    def _total(self, months: dict[str, Chosen]) -> Amounts:
        found: Amounts = dict.fromkeys(QUANTITIES, np.zeros(len(self.families["quota_use"])))
        for host, inside in months.items():
            present = self._baseline.present.sel(host=host).isel(month=inside)
            dollars = self._baseline.revenue_usd.sel(host=host).isel(month=inside)
            found[WORKER_MONTHS] = found[WORKER_MONTHS] + present.sum("month").to_numpy()
            for name in YIELDS:
                own = dollars.sel(definition=name).sum("month").to_numpy()
                found[name] = found[name] + own
        return found

    def dollars(self, currency: str, inside: Chosen) -> float | None:
        """Dollars of one unit of a currency, as a mean over months; None without a rate.

        Hosts' rates are the case's own; others are the European Central Bank's.
        """
        report, known = Report(), self.case.rates
        if currency in known.per_usd:
            return float((1.0 / known.of(currency)[inside]).mean())
        months = self.months[inside]
        rates = reference_rates(months, [currency], known.own, report, known.changeovers)
        return None if report.faulty else float((1.0 / rates.of(currency)).mean())


def by_firm(economy: Economy) -> list[Exposed]:
    """Each firm by each basis that is known of it, in the order of ids; one row at least."""
    retracted = retractions(economy.case.sources)
    found = []
    for row in economy.case.firms.to_dict("records"):
        stated: list[tuple[Basis, str, str]] = []
        if not np.isnan(row["workers_approved"]):
            stated.append(("approvals", "workers_approved", "persons"))
        if not np.isnan(row["contract"]):
            stated.append(("contract", "contract", row["contract_currency"]))
        for basis, column, unit in stated or [("", "workers_approved", "")]:
            found.append(_exposed(economy, row, basis, float(row[column]), unit, retracted))
    return found


def _exposed(
    economy: Economy,
    row: dict[Any, Any],
    basis: Basis,
    stated: float,
    unit: str,
    retracted: dict[str, str],
) -> Exposed:
    """A firm by one basis, with its draws if all that they need is known."""
    start, end = row["start"], row["end"]
    first, last = ("" if one is pd.NaT else str(one) for one in (start, end))
    months = economy.months
    dated = bool(first and last)
    inside = (months >= start) & (months <= end) if dated else np.zeros(len(months), dtype=bool)
    missing = ""
    if not basis:
        missing = "neither approvals nor a contract is stated"
    elif row["source"] in retracted:
        missing = f"{row['source']} was retracted"
    elif not dated:
        missing = "its months are not stated"
    elif not inside.any():
        missing = "its months lie outside the timeline"
    draws: Amounts = {}
    if not missing:
        each = economy.yields(row["host"], row["segment"], inside)
        rate = economy.dollars(unit, inside) if basis == "contract" else 1.0
        if rate is None:
            missing = f"{unit} has no rate in its months"
        else:
            workers = (
                stated * rate / each["billings"]
                if basis == "contract"
                else stated * TERM * economy.used(row["host"])
            )
            draws = {WORKER_MONTHS: workers} | {name: workers * each[name] for name in YIELDS}
    return Exposed(
        firm=row["id"], name=row["name"], host=row["host"], segment=row["segment"], basis=basis,
        stated=stated, unit=unit, first=first, last=last, source=row["source"],
        same_workers_as=row["same_workers_as"], missing=missing, inside=np.asarray(inside),
        whole=dated and months[0] <= start and end <= months[-1], draws=draws,
    )  # fmt: skip
