"""The model in PyMC, as a textbook would print it: to read, to sample and to test against.

The compiled kernel has the same density, made for speed. This is the specification, and but for
the accounts of one worker-month it shares nothing with the kernel::

    with pymc_model(read_case("inputs")):
        pm.sample()

A row of evidence is a figure that someone printed, with a hedge (``model.pymc_hedges``), about one
of the quantities that are named here. Money is in each host's own currency, but for the revenue of
a year, which is in US dollars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytensor
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.distributions.transforms import logodds
from scipy.special import expit

from model.accounts import WorkerMonth, worker_month
from model.case import Case
from model.economy import Layout
from model.pymc_hedges import printed, spread
from model.quantities import BASIC_BY_NAME, DEFINITIONS, MEASURED_BY_NAME
from model.synthesis import Synthesis, synthesis

Tensor = Any
Tensors = dict[str, Tensor]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: First and last month of some windows of time, as places in the timeline.
Windows = Sequence[tuple[int, int]]

#: Least amount of money whose logarithm is taken: what is left of a payment may be negative.
LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Workers:
    """Workers by host and month. ``present`` is the month's average, which is what is paid for.

    ``arrivals`` come on work permits, ``irregular_arrivals`` on student and tourist visas.
    """

    permitted: Tensor
    irregular: Tensor
    working: Tensor
    present: Tensor
    arrivals: Tensor
    irregular_arrivals: Tensor


def pymc_model(case: Case, parts: Synthesis | None = None) -> pm.Model:
    """The joint density of a case, as a PyMC model.

    Parameters
    ----------
    case : Case
    parts : Synthesis, optional
        The case's arrays under a what-if: a quantity set to a value has no prior, and a row or a
        balance that weighs nothing has no term.

    Returns
    -------
    pm.Model
        ``pm.sample``, ``pm.sample_prior_predictive`` and ``pm.model_to_graphviz`` work on it.
    """
    parts = synthesis(case) if parts is None else parts
    rows = case.evidence.set_index("id").loc[list(parts.evidence.ids)]
    with pm.Model(coords=_coords(case, parts, rows)) as model:
        basic = priors(parts.layout, len(case.hosts))
        workers = workforce(case, basic)
        share = segment_shares(case, basic)
        revenue(case, basic, workers, share)
        balance(case, parts, basic)
        if len(rows):
            evidence(parts, rows, log_quantities(case, rows, basic, workers, share))
    return model


def _coords(case: Case, parts: Synthesis, rows: pd.DataFrame) -> dict[str, Sequence[Any]]:
    timeline, segments = case.timeline, case.segments
    stretches = ("phase", "irregular_phase", "tax_period")
    told = rows[parts.evidence.weight > 0.0].groupby("qualifier").groups
    return {
        "host": [host.name for host in case.hosts],
        "segment": [segment.id for segment in segments],
        **{f"{h.name}_segment": [s.id for s in segments if s.host == h.name] for h in case.hosts},
        **{index: [one.name for one in timeline.stretches(index)] for index in stretches},
        "month": [str(month) for month in timeline.months],
        "calendar_year": (years := sorted(set(timeline.months.year))),
        "year": [year for year in years if (timeline.months.year == year).sum() == 12],
        "row": list(rows.index),
        **{f"{qualifier}_row": list(own) for qualifier, own in told.items()},
        "origin": list(parts.evidence.origins),
        "spread_row": list(rows.index[parts.evidence.spread]),
        "end": ["lowest", "highest"],
    }


# Basic quantities


def priors(layout: Layout, hosts: int) -> Tensors:
    """Basic quantities, log-normal or logit-normal, by host or segment, and by their index."""
    basic: Tensors = {}
    stop = 0
    for name, size in layout.families:
        index, stop = BASIC_BY_NAME[name].index, stop + size
        dims = {"": ("host",), "segment": ("segment",)}.get(index, ("host", index))
        shape = (hosts, -1) if len(dims) == 2 else (-1,)
        location, scale = layout.location[stop - size : stop], layout.scale[stop - size : stop]
        prior = log_normal if BASIC_BY_NAME[name].support == "positive" else logit_normal
        if (scale > 0.0).all():
            basic[name] = prior(name, location.reshape(shape), scale.reshape(shape), dims=dims)
            continue
        # some of the family, or all of it, are set to a value
        positive = BASIC_BY_NAME[name].support == "positive"
        value = pt.constant(np.exp(location) if positive else expit(location))
        if (free := np.flatnonzero(scale)).size:
            value = value[free].set(prior(f"{name}_unknown", location[free], scale[free]))
        basic[name] = pm.Deterministic(name, value.reshape(shape), dims=dims)
    return basic


def log_normal(name: str, location: Floats, scale: Floats, **dims: Any) -> Tensor:
    """A positive quantity, elicited as two quantiles."""
    return pm.LogNormal(name, mu=location, sigma=scale, **dims)


def logit_normal(name: str, location: Floats, scale: Floats, **dims: Any) -> Tensor:
    """A fraction, elicited as two quantiles."""
    return pm.LogitNormal(name, mu=location, sigma=scale, default_transform=logodds, **dims)


# Workers


def workforce(case: Case, basic: Tensors) -> Workers:
    """Workers by host and month: two stocks, each of which loses a part and gains arrivals."""
    phase = case.timeline.stretch_of_month("phase")
    irregular_phase = case.timeline.stretch_of_month("irregular_phase")
    exits, arrivals = basic["permit_exit"][:, phase], basic["permit_inflow"][:, phase]
    irregular_arrivals = basic["irregular_inflow"][:, irregular_phase]
    irregular_exits = pt.repeat(basic["irregular_exit"][:, None], len(phase), axis=1)

    permitted = stock(basic["permitted_at_start"], exits, arrivals)
    irregular = stock(basic["irregular_at_start"], irregular_exits, irregular_arrivals)
    working = permitted + basic["irregular_working"][:, None] * irregular
    present = (working[:, :-1] + working[:, 1:]) / 2
    dims = ("host", "month")
    return Workers(
        permitted=pm.Deterministic("permitted", permitted[:, 1:], dims=dims),
        irregular=pm.Deterministic("irregular", irregular[:, 1:], dims=dims),
        working=pm.Deterministic("working", working[:, 1:], dims=dims),
        present=pm.Deterministic("present", present, dims=dims),
        arrivals=arrivals,
        irregular_arrivals=irregular_arrivals,
    )


def stock(at_start: Tensor, exits: Tensor, arrivals: Tensor) -> Tensor:
    """Stock by host at the start, then at the end of each month."""

    def month(exits: Tensor, arrivals: Tensor, before: Tensor) -> Tensor:
        return before * pt.exp(-exits) + arrivals

    ends = pytensor.scan(
        month, sequences=[exits.T, arrivals.T], outputs_info=at_start, return_updates=False
    )
    return pt.concatenate([at_start[None], ends]).T


def segment_shares(case: Case, basic: Tensors) -> Tensor:
    """Share of each segment in its host's workers: its weight over the sum of the host's."""
    host = _host_of_segment(case)
    of_one_host = (host[:, None] == host).astype(float)
    weight = basic["segment_share"]
    return pm.Deterministic("share_of_workers", weight / (of_one_host @ weight), dims="segment")


def _host_of_segment(case: Case) -> Ints:
    names = [host.name for host in case.hosts]
    return np.array([names.index(segment.host) for segment in case.segments])


# Accounts and revenue


def accounts(case: Case, basic: Tensors, windows: Windows) -> WorkerMonth:
    """Accounts of one worker-month in the middle of windows of months, (window, segment)."""
    of_host = {name: quantity[_host_of_segment(case)] for name, quantity in basic.items()
               if name not in ("payment_ratio", "declared_ratio", "plan_ratio", "segment_share")}
    reference = case.timeline.months.get_loc(case.timeline.reference)
    years = np.array([(first + last) / 2 - reference for first, last in windows])[:, None] / 12
    in_period = case.timeline.month_in_stretch("tax_period")
    in_period = np.stack([in_period[:, a : b + 1].mean(axis=1) for a, b in windows])
    per_usd = rates(case, windows)

    def grown(name: str, growth: str) -> Tensor:
        return of_host[name] * of_host[growth] ** years

    return worker_month(
        payment=grown("payment", "payment_growth") * basic["payment_ratio"],
        utilisation=of_host["utilisation"],
        declared_salary=grown("declared_salary", "declared_growth") * basic["declared_ratio"],
        vat_share=of_host["vat_share"],
        vat_rate=in_period @ of_host["vat_rate"].T,
        simplified_rate=of_host["simplified_rate"],
        income_tax_rate=of_host["income_tax_rate"],
        contribution_rate=of_host["contribution_rate"],
        permit_cost=of_host["permit_cost"] / 12 * per_usd,
        broker_margin=of_host["broker_margin"],
        upkeep=grown("upkeep", "upkeep_growth"),
        keep_share=of_host["keep_share"],
        managers_share=of_host["managers_share"],
        plan=grown("plan", "plan_growth") * basic["plan_ratio"] * per_usd,
        plan_fulfilment=of_host["plan_fulfilment"],
    )


def rates(case: Case, windows: Windows) -> Floats:
    """Mean over windows of months of each segment's currency per US dollar, (window, segment)."""
    currency = {host.name: host.currency for host in case.hosts}
    by_month = np.stack([case.rates.of(currency[one.host]) for one in case.segments])
    return np.stack([by_month[:, first : last + 1].mean(axis=1) for first, last in windows])


def revenue(case: Case, basic: Tensors, workers: Workers, share: Tensor) -> None:
    """Revenue of each whole year under each definition: of all hosts, in US dollars."""
    months = [(month, month) for month in range(len(case.timeline.months))]
    account, per_usd = accounts(case, basic, months), rates(case, months)
    paid_for = workers.present[_host_of_segment(case)].T * share
    years = np.array(pm.modelcontext(None).coords["year"], dtype=int)
    in_year = (years[:, None] == case.timeline.months.year.to_numpy()).astype(float)
    for definition in DEFINITIONS:
        by_month = (paid_for * getattr(account, definition) / per_usd).sum(axis=1)
        pm.Deterministic(definition, in_year @ by_month, dims="year")


def balance(case: Case, parts: Synthesis, basic: Tensors) -> None:
    """Billings equal the sum of their uses, by year and segment, but for a closing error.

    A pseudo-observation: log(billings / uses) is seen to be zero. Its errors correlate between
    years, since an error of definition stays, and between a host's segments.
    """
    error, persistence, common = parts.closing
    year = case.timeline.months.year.to_numpy()
    years = [np.flatnonzero(year == one) for one in np.unique(year)]
    account = accounts(case, basic, [(months[0], months[-1]) for months in years])
    log_balance = pt.log(account.billings / account.uses)
    for place, host in enumerate(case.hosts):
        own = np.flatnonzero(_host_of_segment(case) == place)
        if parts.balance_weight[place]:
            pm.MatrixNormal(
                f"balance_{host.name}",
                mu=log_balance[:, own],
                rowcov=error**2 * _alike(len(years), persistence),
                colcov=_alike(len(own), common),
                observed=np.zeros((len(years), len(own))),
                dims=("calendar_year", f"{host.name}_segment"),
            )


def _alike(size: int, correlation: float) -> Floats:
    """Correlations where each two of ``size`` numbers have the same."""
    return (1.0 - correlation) * np.eye(size) + correlation


# Evidence


def log_quantities(
    case: Case, rows: pd.DataFrame, basic: Tensors, workers: Workers, share: Tensor
) -> Tensor:
    """Log of the quantity that each row of evidence speaks of, in the order of the rows."""
    months, table = case.timeline.months, list(rows.itertuples())
    host = np.array([[one.name for one in case.hosts].index(name) for name in rows["host"]])
    during = np.array([(months >= row.start) & (months <= row.end) for row in table], dtype=float)
    covered = np.array(
        [
            [float(one.host == row.host and one.id in (row.segments or one.id))
             for one in case.segments]
            for row in table
        ]
    )  # fmt: skip
    share_covered = covered @ share
    share_in = covered * share / share_covered[:, None]
    account = accounts(
        case, basic, [(months.get_loc(row.start), months.get_loc(row.end)) for row in table]
    )

    def log_mean(item: str, own: Ints) -> Tensor:
        """Log of an item of the accounts, averaged over the workers of each row's segments."""
        mean = (share_in * getattr(account, item))[own].sum(axis=1)
        return pt.log(pt.maximum(mean, LEAST))

    logs, order = [], []
    for (quantity, base), own in rows.groupby(["quantity", "base"]).indices.items():
        kind = MEASURED_BY_NAME[quantity].kind if quantity in MEASURED_BY_NAME else "basic"
        if kind == "basic":
            log = pt.log(_entry(case, quantity, host[own], basic))
        elif kind == "share":
            log = pt.log(share_covered[own])
        elif kind == "worker_month":
            log = log_mean(quantity, own) - (log_mean(base, own) if base else 0.0)
        else:
            count = counted(quantity, host[own], during[own], basic, workers)
            log = pt.log(count * share_covered[own])
        logs.append(log)
        order.append(own)
    found = pt.concatenate(logs)[np.argsort(np.concatenate(order))]
    return pm.Deterministic("log_quantity", found, dims="row")


def _entry(case: Case, label: str, host: Ints, basic: Tensors) -> Tensor:
    """A basic quantity itself, by its name and index, of each row's host."""
    name, _, entry = label.partition(".")
    index = BASIC_BY_NAME[name].index
    if not index:
        return basic[name][host]
    place = list(pm.modelcontext(None).coords[index]).index(entry)
    return basic[name][place + 0 * host] if index == "segment" else basic[name][host, place]


def counted(quantity: str, host: Ints, during: Floats, basic: Tensors, workers: Workers) -> Tensor:
    """What is published as a number of workers: of a stock the mean, of a flow the sum."""

    def sum_of(path: Tensor) -> Tensor:
        return (path[host] * during).sum(axis=1)

    def mean_of(path: Tensor) -> Tensor:
        return sum_of(path) / during.sum(axis=1)

    match quantity:
        case "permitted":
            return mean_of(workers.permitted)
        case "irregular":
            return mean_of(workers.irregular)
        case "working":
            return mean_of(workers.working)
        case "quota":
            return mean_of(workers.permitted) / basic["quota_use"][host]
        case "authorisations":
            return sum_of(workers.permitted) / 12 / basic["quota_use"][host]
        case "permits_issued":
            return sum_of(workers.permitted) / 12 * basic["permits_per_year"][host]
        case "new_permits":
            return sum_of(workers.arrivals)
        case "visas_issued":
            return sum_of(workers.arrivals) * basic["visas_per_entry"][host]
        case "work_registrations":
            return sum_of(workers.arrivals) * basic["registrations_per_entry"][host]
        case "irregular_registrations":
            return sum_of(workers.irregular_arrivals) * basic["registrations_per_entry"][host]
        case "entries":
            return sum_of(workers.arrivals) + sum_of(workers.irregular_arrivals)
    raise ValueError(f"{quantity!r} is no count of workers")


def evidence(parts: Synthesis, rows: pd.DataFrame, log_quantity: Tensor) -> None:
    """One term for each hedge: the figures that were printed with it, around what they speak of.

    Rows of one origin have an error in common. Copies of one statement share a weight of one.
    """
    said = parts.evidence
    centre = log_quantity
    if said.origins:
        origin_error = pm.Normal("origin_error", 0.0, 1.0, dims="origin")
        centre = centre + said.shared_error * origin_error[said.origin]
    counts = said.weight > 0.0
    qualifier = rows["qualifier"].to_numpy()
    for hedge in sorted(set(qualifier[counts]) - {"spread"}):
        own = np.flatnonzero(counts & (qualifier == hedge))
        printed(
            hedge, centre[own], said.own_error[own], np.abs(said.tail[own]), said.weight[own],
            said.log_figure[own],
        )  # fmt: skip
    if len(said.spread):
        # what the units have in common is an error too, so that the spread itself has none
        shift = pm.Normal("shift", 0.0, 1.0, dims="spread_row")
        location, scale = parts.spread_deviation
        deviation = pm.LogNormal("deviation", location, scale, dims="spread_row")
        own = said.spread
        ...
