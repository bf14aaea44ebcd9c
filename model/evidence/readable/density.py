"""The model in PyMC, as a textbook would print it, for reading, sampling and testing.

The compiled kernel has the same density, built for speed. This module is the specification and
shares nothing with the kernel except the accounts of one worker-month::

    with pymc_model(read_case("russia")):
        pm.sample()

The neighbouring module ``economy`` has the quantities: priors, workers, accounts. Each row of
evidence is a figure printed about one of them with a hedge (``hedges``). Money is in each host's
own currency, except yearly revenue, which is in US dollars.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

from model.case.case import Case
from model.equations.quantities import BASIC_BY_NAME, DEFINITIONS, WORKING_TIME
from model.equations.subjects import MEASURED_BY_NAME
from model.evidence.readable.economy import (
    Tensor,
    Tensors,
    Workers,
    accounts,
    host_of_segment,
    priors,
    rates,
    segment_shares,
    workforce,
)
from model.evidence.readable.hedges import printed, shift, spread
from model.evidence.synthesis import Synthesis, synthesis

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Floor of amounts of money before logs are taken: what is left of a payment may be negative.
LEAST = 1e-6


def pymc_model(case: Case, parts: Synthesis | None = None) -> pm.Model:
    """Build the joint density of a case as a PyMC model.

    Parameters
    ----------
    case : Case
    parts : Synthesis, optional
        The case's arrays under a what-if. A quantity set to a value has no prior, and a row of zero
        weight has no term.

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
        if len(rows):
            evidence(parts, rows, log_quantities(case, rows, basic, workers, share))
    return model


def _coords(case: Case, parts: Synthesis, rows: pd.DataFrame) -> dict[str, Sequence[Any]]:
    timeline, segments = case.timeline, case.segments
    years = sorted(set(timeline.months.year))
    told = rows[parts.evidence.weight > 0.0].groupby(hedge_names(parts, rows)).groups
    return {
        "host": [host.name for host in case.hosts],
        "segment": [segment.id for segment in segments],
        **timeline.labels([host.name for host in case.hosts]),
        "month": [str(month) for month in timeline.months],
        "year": [year for year in years if (timeline.months.year == year).sum() == 12],
        "row": list(rows.index),
        **{f"{qualifier}_row": list(own) for qualifier, own in told.items()},
        "letter": list(parts.evidence.letters),
        "origin": list(parts.evidence.origins),
        "panel": list(parts.evidence.panels),
        "end": ["lowest", "highest"],
    }


def revenue(case: Case, basic: Tensors, workers: Workers, share: Tensor) -> None:
    """Revenue of all hosts in each whole year under each definition, in US dollars."""
    months = [(month, month) for month in range(len(case.timeline.months))]
    account, per_usd = accounts(case, basic, months), rates(case, months)
    present = workers.present[host_of_segment(case)].T * share
    whole = np.array(pm.modelcontext(None).coords["year"], dtype=int)
    in_year = (whole[:, None] == case.timeline.months.year.to_numpy()).astype(float)
    for definition in DEFINITIONS:
        by_month = (present * getattr(account, definition) / per_usd).sum(axis=1)
        pm.Deterministic(definition, in_year @ by_month, dims="year")


# Evidence


def evidence(parts: Synthesis, rows: pd.DataFrame, log_quantity: Tensor) -> None:
    """Add one term for each hedge: its printed figures, around the quantities they are about.

    The errors of each letter of reliability are multiplied by an unknown factor. Rows of one
    origin share an error; copies of one statement share a weight of one; experts of one panel
    differ by an unknown deviation more.
    """
    said, centre = parts.evidence, log_quantity
    factor = pt.ones(1)
    if said.letters:
        factor = pm.LogNormal("letter_factor", 0.0, said.letter_sd, dims="letter")
    if said.origins:
        # the only row of an origin has none of it: its shared error is zero
        origin_error = pm.Normal("origin_error", 0.0, 1.0, dims="origin")
        shared = said.shared_error * factor[said.shared_letter]
        centre = centre + shared * origin_error[said.origin]
    own_error = said.own_error * factor[said.letter]
    if said.panels:
        between = pm.LogNormal("panel_deviation", *parts.panel_deviation, dims="panel")
        own_error = pt.sqrt(own_error**2 + pt.switch(said.panel >= 0, between[said.panel] ** 2, 0))
    names = hedge_names(parts, rows)
    for qualifier in pd.unique(names):
        own = np.flatnonzero((names == qualifier) & (said.weight > 0.0))
        figure, error, weight = said.log_figure[own], own_error[own], said.weight[own]
        if not len(own):
            continue
        if qualifier != "spread":
            tail = np.abs(said.tail[own])
            printed(qualifier, centre[own], error, tail, weight, figure, said.scales)
            continue
        # units deviate from their centre, which deviates from the truth by the row's error; the
        # truth is the mean of log-normal units, which lies above their centre
        deviation = pm.LogNormal("deviation", *parts.spread_deviation, dims="spread_row")
        ends = figure[:, None] + said.half_width[own, None] * np.array([-1.0, 1.0])
        located = centre[own] - deviation**2 / 2 + error * shift(error, said.scales)
        spread(located, deviation, said.units, weight, ends)


def hedge_names(parts: Synthesis, rows: pd.DataFrame) -> pd.Series[str]:
    """Name of each row's hedge: its qualifier, and on which side a lopsided range is longer."""
    tail = parts.evidence.tail
    ranges = rows["qualifier"] == "range"
    names = rows["qualifier"].mask(ranges & (tail < 0.0), "range_longer_above")
    return names.mask(ranges & (tail > 0.0), "range_longer_below")


def log_quantities(
    case: Case, rows: pd.DataFrame, basic: Tensors, workers: Workers, share: Tensor
) -> Tensor:
    """Log of the quantity that each row of evidence is about, in the order of the rows.

    A row about several hosts is of their sum. A change is a ratio: the quantity at the row's date
    over the same quantity at the date that it is compared with.
    """
    now, total = _by_host(case, rows)
    found = pt.log(total @ pt.exp(_log_of_host(case, now, basic, workers, share)))
    changes = rows["base"].str.contains("@").to_numpy()
    if changes.any():
        then, total = _by_host(case, _at_the_other_date(rows[changes]))
        before = pt.log(total @ pt.exp(_log_of_host(case, then, basic, workers, share)))
        found = pt.inc_subtensor(found[np.flatnonzero(changes)], -before)
    return pm.Deterministic("log_quantity", found, dims="row")


def _by_host(case: Case, rows: pd.DataFrame) -> tuple[pd.DataFrame, Floats]:
    """Rows of one host each, and which of them each row is the sum of."""
    members = [case.members(row.host) for row in rows.itertuples()]
    of = [place for place, own in enumerate(members) for _ in own]
    each = rows.iloc[of].assign(host=[host for own in members for host in own])
    return each, (np.arange(len(rows))[:, None] == np.array(of)).astype(float)


def _at_the_other_date(rows: pd.DataFrame) -> pd.DataFrame:
    """Changes at the whole months that they are compared with, written behind the @."""
    months = [base.partition("@")[2].split("..") for base in rows["base"]]
    start, end = ([pd.Period(one[place], freq="M") for one in months] for place in (0, -1))
    return rows.assign(start=start, end=end, first_part=1.0, last_part=1.0)


def _log_of_host(
    case: Case, rows: pd.DataFrame, basic: Tensors, workers: Workers, share: Tensor
) -> Tensor:
    """Log of the quantity that each row about one host is about at its own date."""
    months, asked = case.timeline.months, list(rows.itertuples())
    rows = rows.assign(base=rows["base"].mask(rows["base"].str.contains("@"), ""))
    windows = [(months.get_loc(row.start), months.get_loc(row.end)) for row in asked]
    host = np.array([[one.name for one in case.hosts].index(row.host) for row in asked])
    during = np.array([_during(months, row) for row in asked], float)
    covered = np.array([[_covers(row, one) for one in case.segments] for row in asked], float)
    account, share_covered = accounts(case, basic, windows), covered @ share

    def log_mean(item: str, own: Ints) -> Tensor:
        """Log of an item of the accounts, averaged over the workers of the segments covered."""
        mean = (covered * share * getattr(account, item))[own].sum(axis=1) / share_covered[own]
        return pt.log(pt.maximum(mean, LEAST))

    logs, order = [], []
    for (quantity, base), own in rows.groupby(["quantity", "base"]).indices.items():
        kind = MEASURED_BY_NAME[quantity].kind if quantity in MEASURED_BY_NAME else "basic"
        if kind == "basic":
            log = pt.log(_entry(quantity, host[own], basic))
        elif kind == "share":
            log = pt.log(share_covered[own])
        elif kind == "worker_month":
            log = log_mean(quantity, own) - (log_mean(base, own) if base else 0.0)
        else:
            number = counted(quantity, host[own], during[own], basic, workers)
            log = pt.log(number * share_covered[own])
        logs.append(log)
        order.append(own)
    found = pt.concatenate(logs)[np.argsort(np.concatenate(order))]
    for name in WORKING_TIME["hour"]:
        divided = np.array([float(name in WORKING_TIME[row.per]) for row in asked])
        if divided.any():
            found = found - divided * pt.log(basic[name][host])
    return found


def _during(months: pd.PeriodIndex, row: Any) -> Floats:
    """One for each month of a row's window, less where only some days of it are inside."""
    inside = np.asarray((months >= row.start) & (months <= row.end), dtype=float)
    inside[months == row.start] -= 1.0 - row.first_part
    inside[months == row.end] -= 1.0 - row.last_part
    return inside


def _covers(row: Any, segment: Any) -> bool:
    """Whether a row covers a segment: one that it names, or any of its host's if it names none."""
    return segment.host == row.host and (not row.segments or segment.id in row.segments)


def _entry(label: str, host: Ints, basic: Tensors) -> Tensor:
    """A basic quantity by name and index, for each row's host."""
    name, _, entry = label.partition(".")
    index = BASIC_BY_NAME[name].index
    if not index:
        return basic[name][host]
    coords = pm.modelcontext(None).coords
    if index not in coords:  # hosts have different phases, end to end
        labels = coords[f"host_{index}"]
        places = [labels.index(f"{coords['host'][one]}.{entry}") for one in host]
        return basic[name][np.array(places)]
    place = coords[index].index(entry)
    return basic[name][place + 0 * host] if index == "segment" else basic[name][host, place]


def counted(quantity: str, host: Ints, during: Floats, basic: Tensors, workers: Workers) -> Tensor:
    """A published number of workers: the mean of a stock or the sum of a flow.

    Parameters
    ----------
    quantity : str
    host : array of int, (rows,)
    during : array, (rows, month)
        One for each month of the row's window, less for a part of a month.
    basic : dict of tensor
    workers : Workers
    """

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
        case "crossings":
            return sum_of(workers.working) / 12 * basic["crossings_per_year"][host]
        case "departures":
            return sum_of(workers.departures)
    raise ValueError(f"{quantity!r} is not a count of workers")
