"""Basic quantities, workers and accounts in PyMC, for ``model.evidence.readable``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.distributions.transforms import logodds
from scipy.special import expit

from model.case.case import Case
from model.equations.accounts import WorkerMonth, worker_month
from model.equations.quantities import BASIC_BY_NAME
from model.evidence.economy import Layout

Tensor = Any
Tensors = dict[str, Tensor]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Dimensions of a family, and its shape with one size to be inferred.
Form = tuple[tuple[str, ...], tuple[int, ...]]
#: First and last month of each window of time, as places in the timeline.
Windows = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Workers:
    """Workers by host and month: ``present`` is its average, the other stocks are at its end.

    ``arrivals`` come on work permits, ``irregular_arrivals`` on student and tourist visas;
    ``departures`` are of those who were present and worked.
    """

    permitted: Tensor
    irregular: Tensor
    working: Tensor
    present: Tensor
    arrivals: Tensor
    irregular_arrivals: Tensor
    departures: Tensor


# Basic quantities


def priors(layout: Layout, hosts: int) -> Tensors:
    """Basic quantities by host or segment, and by phase or tax period where indexed by one."""
    basic: Tensors = {}
    stop = 0
    for name, size in layout.families:
        start, stop = stop, stop + size
        root = np.linalg.cholesky(correlation(layout, start, stop))
        location, scale = layout.location[start:stop], layout.scale[start:stop]
        form = layout.dims(name, hosts)
        if (root != np.eye(size)).any():
            basic[name] = _correlated(name, location, scale, root, form)
        else:
            basic[name] = _prior(name, location, scale, form)
    return basic


def correlation(layout: Layout, start: int, stop: int) -> Floats:
    """Correlation of a family's entries: what lasts in time, and what is alike between hosts.

    Where it has both, hosts have the same periods, and the product of the two is Kronecker's.
    """
    lasts, alike = np.eye(stop - start), np.eye(stop - start)
    for first, last, kept in layout.correlation.lasting:
        if start <= first < stop:
            own = slice(first - start, last - start)
            periods = np.arange(last - first)
            lasts[own, own] = kept ** np.abs(np.subtract.outer(periods, periods))
    for places, common in layout.correlation.alike:
        if start <= places[0] < stop:
            group = np.array(places) - start
            alike[np.ix_(group, group)] += common * (1.0 - np.eye(len(group)))
    return np.asarray(alike @ lasts)


def _correlated(name: str, location: Floats, scale: Floats, root: Floats, form: Form) -> Tensor:
    """Prior of a family whose entries resemble each other."""
    dims, shape = form
    score = root @ pm.Normal(f"{name}_score", 0.0, 1.0, shape=len(location))
    inverse = pt.exp if BASIC_BY_NAME[name].support == "positive" else pt.sigmoid
    found = inverse(location + scale * score).reshape(shape)
    return pm.Deterministic(name, found, dims=dims)


def _prior(name: str, location: Floats, scale: Floats, form: Form) -> Tensor:
    """Prior of a family; entries set to a value (a scale of zero) have none."""
    dims, shape = form
    distribution = _log_normal if BASIC_BY_NAME[name].support == "positive" else _logit_normal
    if (scale > 0.0).all():
        return distribution(name, location.reshape(shape), scale.reshape(shape), dims=dims)
    value = np.exp(location) if BASIC_BY_NAME[name].support == "positive" else expit(location)
    found, unknown = pt.constant(value), np.flatnonzero(scale)
    if len(unknown):
        rest = distribution(f"{name}_unknown", location[unknown], scale[unknown])
        found = found[unknown].set(rest)
    return pm.Deterministic(name, found.reshape(shape), dims=dims)


def _log_normal(name: str, location: Floats, scale: Floats, **dims: Any) -> Tensor:
    return pm.LogNormal(name, mu=location, sigma=scale, **dims)


def _logit_normal(name: str, location: Floats, scale: Floats, **dims: Any) -> Tensor:
    # PyMC gives it no default transform; without one a sampler steps outside the support
    return pm.LogitNormal(name, mu=location, sigma=scale, default_transform=logodds, **dims)


# Workers


def workforce(case: Case, basic: Tensors) -> Workers:
    """Workers by host and month, from two stocks that each lose a part and gain arrivals."""
    months = len(case.timeline.months)
    arrivals = in_months(case, basic["permit_inflow"], "phase")
    if "arrivals_ratio" in basic:
        arrivals = arrivals * in_months(case, basic["arrivals_ratio"], "quarter")
    irregular_arrivals = in_months(case, basic["irregular_inflow"], "irregular_phase")
    exits = in_months(case, basic["permit_exit"], "phase")
    irregular_exits = pt.repeat(basic["irregular_exit"][:, None], months, axis=1)

    permitted = stock(basic["permitted_at_start"], exits, arrivals, months)
    irregular = stock(basic["irregular_at_start"], irregular_exits, irregular_arrivals, months)
    working = (
        basic["share_present"][:, None] * permitted
        + basic["irregular_working"][:, None] * irregular
    )

    departures = basic["share_present"][:, None] * (
        permitted[:, :-1] + arrivals - permitted[:, 1:]
    ) + basic["irregular_working"][:, None] * (
        irregular[:, :-1] + irregular_arrivals - irregular[:, 1:]
    )

    dims = ("host", "month")
    return Workers(
        permitted=pm.Deterministic("permitted", permitted[:, 1:], dims=dims),
        irregular=pm.Deterministic("irregular", irregular[:, 1:], dims=dims),
        working=pm.Deterministic("working", working[:, 1:], dims=dims),
        present=pm.Deterministic("present", (working[:, :-1] + working[:, 1:]) / 2, dims=dims),
        arrivals=arrivals,
        irregular_arrivals=irregular_arrivals,
        departures=departures,
    )


def in_months(case: Case, family: Tensor, index: str) -> Tensor:
    """A family by phases, tax periods or quarters, in each host's months, (host, month)."""
    entry, first = [], 0
    for host in case.hosts:
        entry.append(first + case.timeline.stretch_of_month(index, host.name))
        first += len(case.timeline.stretches(index, host.name))
    return family.flatten()[np.stack(entry)]


def stock(at_start: Tensor, exits: Tensor, arrivals: Tensor, months: int) -> Tensor:
    """Stock by host just before the first month, then at the end of each month.

    Solves L[t] = L[t-1] exp(-h[t]) + a[t] in one step, since a loop takes minutes to compile. Of
    those who came in month s, the share exp(-h[s+1] - … - h[t]) is still there after month t.

    Parameters
    ----------
    at_start : tensor, (host,)
        Persons.
    exits, arrivals : tensor, (host, month)
        Hazards a month, and persons a month.
    months : int
    """
    came = pt.concatenate([at_start[:, None], arrivals], axis=1)
    hazard = pt.concatenate([0.0 * at_start[:, None], pt.cumsum(exits, axis=1)], axis=1)
    has_come = np.tri(months + 1)
    since = has_come * (hazard[:, :, None] - hazard[:, None, :])
    return (has_come * pt.exp(-since) * came[:, None, :]).sum(axis=2)


def segment_shares(case: Case, basic: Tensors) -> Tensor:
    """Share of each segment in its host's workers: its weight over the host's total."""
    host = host_of_segment(case)
    weight = basic["segment_share"]
    of_the_host = (host[:, None] == host).astype(float) @ weight
    return pm.Deterministic("share_of_workers", weight / of_the_host, dims="segment")


def host_of_segment(case: Case) -> Ints:
    """Place of each segment's host."""
    names = [host.name for host in case.hosts]
    return np.array([names.index(segment.host) for segment in case.segments])


# Accounts


def accounts(case: Case, basic: Tensors, windows: Windows) -> WorkerMonth:
    """Accounts of one worker-month in each segment, at the middle of each window of months.

    Returns
    -------
    WorkerMonth
        Tensors (window, segment), in the currency of the segment's host.
    """
    host = host_of_segment(case)
    reference = case.timeline.months.get_loc(case.timeline.reference)
    years = np.array([[(first + last) / 2 - reference] for first, last in windows]) / 12
    monthly = in_months(case, basic["vat_rate"], "tax_period")
    vat_rate = pt.stack([monthly[:, a : b + 1].mean(axis=1) for a, b in windows])
    per_usd = rates(case, windows)

    def grown(centre: str, growth: str) -> Tensor:
        return basic[centre][host] * basic[growth][host] ** years

    return worker_month(
        payment=grown("payment", "payment_growth") * basic["payment_ratio"],
        utilisation=basic["utilisation"][host],
        declared_salary=grown("declared_salary", "declared_growth") * basic["declared_ratio"],
        vat_share=basic["vat_share"][host],
        vat_rate=vat_rate[:, host],
        simplified_rate=basic["simplified_rate"][host],
        income_tax_rate=basic["income_tax_rate"][host],
        contribution_rate=basic["contribution_rate"][host],
        permit_cost=basic["permit_cost"][host] / 12 * per_usd,
        broker_margin=basic["broker_margin"][host],
        upkeep=grown("upkeep", "upkeep_growth"),
        keep_share=basic["keep_share"][host],
        managers_share=basic["managers_share"][host],
        plan=grown("plan", "plan_growth") * basic["plan_ratio"] * per_usd,
        levies=basic["levies"][host],
        own_firms=basic["own_firms"][host],
    )


def rates(case: Case, windows: Windows) -> Floats:
    """Units of each segment's currency per US dollar, averaged over windows, (window, segment)."""
    currency = {host.name: host.currency for host in case.hosts}
    by_month = np.stack([case.rates.of(currency[one.host]) for one in case.segments])
    return np.stack([by_month[:, first : last + 1].mean(axis=1) for first, last in windows])
