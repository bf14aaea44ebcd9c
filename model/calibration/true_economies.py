"""Economies in which simulated figures are true: the model's own, and some that differ from it.

The equations are the model's; what differs is what they are given by segment, month or account.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.calibration.replicates import Study
from model.equations.accounts import worker_month
from model.evidence.economy import Layout, Values, in_own_currency, items, segment_weights
from model.evidence.measurement import ITEMS, Measurement
from model.evidence.row_equations import log_items, log_quantities, log_time_worked
from model.projection.counterfactual import HostDraws
from model.projection.projection import Projector

Floats = NDArray[np.float64]
Rng = np.random.Generator

#: Ends of the share of the wage fund that the state claims, where it claims a share.
CLAIMED = (0.4, 0.7)
#: Payment elsewhere, where it is a part of the payment in the quoted segment.
ELSEWHERE = 0.5
#: Deviation of the log of a month's arrivals, where they vary.
UNEVEN_ARRIVALS = 0.5


@dataclass(frozen=True)
class Truth:
    """What is true in a world.

    Attributes
    ----------
    log_quantity : array, (R,)
        Log of the quantity that each row is about.
    projector : Projector
        One draw: the truth.
    """

    log_quantity: Floats
    projector: Projector


def as_modelled(study: Study, natural: Floats, rng: Rng) -> Truth:
    """The economy of the model, from basic quantities, (1, N)."""
    parts = study.parts
    return Truth(
        log_quantities(parts.layout, parts.measured, natural[0]),
        Projector(study.case, parts.layout, natural),
    )


def cheap_elsewhere(study: Study, natural: Floats, rng: Rng) -> Truth:
    """Payment outside the quoted segment is a fixed part of the payment there."""
    parts = study.parts
    own = quoted(parts.measured)
    host = parts.measured.host_of_segment
    others = np.flatnonzero((host == host[own]) & (np.arange(len(host)) != own))
    ratio = parts.layout.by_family(np.arange(parts.layout.size))["payment_ratio"]
    changed = natural.copy()
    changed[:, ratio[others]] = ELSEWHERE * natural[:, [ratio[own]]]
    return as_modelled(study, changed, rng)


def quoted(measured: Measurement) -> int:
    """The segment whose payment is quoted: the first of the payment row with fewest segments."""
    start = measured.segments.start[sum(measured.groups[:2]) :]
    rows = np.flatnonzero((measured.item == ITEMS.index("payment")) & (measured.base < 0))
    if not len(rows):
        return 0
    row = rows[np.diff(start)[rows].argmin()]
    return int(measured.segments["segment"][start[row]])


def share_of_wage_fund(study: Study, natural: Floats, rng: Rng) -> Truth:
    """The state claims a share of the wage fund in every month and segment, instead of a plan.

    Rows about the plan then speak of the claim.
    """
    share = rng.uniform(*CLAIMED)
    layout, measured = study.parts.layout, study.parts.measured
    values = layout.by_family(natural[0])
    stated = items(values, measured.cells)
    per_usd = measured.cells.per_usd
    account = worker_month(**in_own_currency(_claiming(stated, per_usd, share), per_usd))
    plan = measured.item == ITEMS.index("plan")
    of_claim = replace(measured, item=np.where(plan, ITEMS.index("claim"), measured.item))
    log_quantity = log_quantities(layout, measured, natural[0])
    first = sum(measured.groups[:2])
    month = log_items(of_claim, account, segment_weights(values, measured.host_of_segment))
    items_of, compared = (one[first : first + len(plan)] for one in (measured.row, measured.below))
    month -= log_time_worked(measured, values)
    log_quantity[items_of] = 0.0
    np.add.at(log_quantity, items_of, np.where(compared, -month, month))

    def revised(name: str, host: HostDraws) -> HostDraws:
        return replace(host, stated=_claiming(host.stated, host.per_usd[..., None], share))

    return Truth(log_quantity, Projector(study.case, layout, natural).revised(revised))


def _claiming(stated: Values, per_usd: Floats, share: float) -> Values:
    """Arguments of ``worker_month`` with levies that make the claim a share of the wage fund."""
    account = worker_month(**in_own_currency(stated, per_usd))
    # a wage fund below zero leaves nothing to claim a share of: no figure can be printed
    fund = np.where(account.wage_fund > 0.0, account.wage_fund, np.nan)
    return stated | {"levies": stated["levies"] * share * fund / account.claim}


def uneven_arrivals(study: Study, natural: Floats, rng: Rng) -> Truth:
    """Arrivals vary around their phase's mean, from month to month and independently."""
    parts, calendar = study.parts, study.parts.measured.calendar
    values = parts.layout.by_family(natural)
    sd, shape = UNEVEN_ARRIVALS, calendar.phase.shape
    of_month = {
        name: np.exp(sd * rng.normal(size=shape) - sd**2 / 2)
        for name in ("permit_inflow", "irregular_inflow")
    }
    monthly = {
        "permit_inflow": values["permit_inflow"][:, calendar.phase] * of_month["permit_inflow"],
        "permit_exit": values["permit_exit"][:, calendar.phase],
        "irregular_inflow": values["irregular_inflow"][:, calendar.irregular_phase]
        * of_month["irregular_inflow"],
    }
    every = np.arange(calendar.phase.size).reshape(shape)
    measured = replace(
        parts.measured, calendar=replace(calendar, phase=every, irregular_phase=every)
    )
    whole = np.concatenate([natural, *(one.reshape(1, -1) for one in monthly.values())], axis=1)
    layout = _with_months(parts.layout, tuple(monthly), every.size)
    hosts = [host.name for host in study.case.hosts]

    def revised(name: str, host: HostDraws) -> HostDraws:
        place = hosts.index(name)
        flows = {key: host.flows[key] * factor[place] for key, factor in of_month.items()}
        return replace(host, flows=host.flows | flows)

    return Truth(
        log_quantities(layout, measured, whole[0]),
        Projector(study.case, parts.layout, natural).revised(revised),
    )


def _with_months(layout: Layout, names: tuple[str, ...], size: int) -> Layout:
    """A layout at whose end some families have an entry for each month, in place of each phase."""
    renamed = [(f"{one} by phase" if one in names else one, n) for one, n in layout.families]
    labels = [f"{name}.{month}" for name in names for month in range(size)]
    return replace(
        layout,
        labels=(*layout.labels, *labels),
        families=(*renamed, *((name, size) for name in names)),
    )
