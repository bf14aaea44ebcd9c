"""The answer without one row, source, origin or host's rows: refits with weights of zero."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.archive.finding import finding
from model.archive.saved_fit import Fitted
from model.case.case import Case
from model.case.statements import origin_of
from model.criticism.refits import SHORT, Refit, Task, refit, yearly_revenue
from model.equations.quantities import HEADLINE
from model.evidence.synthesis import Synthesis, log_quantities
from model.projection.projection import quantiles
from model.sampling.convergence import Convergence
from model.sampling.fitting import Posterior
from model.sampling.parallel import all_of
from model.sampling.reweighting import Reweighted, reweighted, weighted_quantiles
from model.sampling.whatif import left_out
from model.terminal.wording import MILLION, three

Floats = NDArray[np.float64]
Progress = Callable[[int, int], object]


#: Kind of a group that is all rows about one host, and of those that `left_out_table` has.
HOST = "host"
TOLD = ("source", "origin")
ALL_KINDS = ("row", *TOLD, HOST)
#: Posterior standard deviations by which one source may move the headline's median.
MOVED = 1.0

LEFT_OUT_READING = (
    "State take of the headline's year without each source or origin: median and 90% interval of "
    "a refit, and the shift of the median in standard deviations of the full posterior. The median "
    "by importance sampling is added where Pareto's k allows it."
)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows left out together.

    Attributes
    ----------
    kind : {"row", "source", "origin", "host"}
    name : str
        Id of the row or the source, the origin, or the host.
    rows : tuple of str
        Ids of fitted rows that count.
    """

    kind: str
    name: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """The fit without a group of rows.

    Attributes
    ----------
    group : Group
    parts : Synthesis
        The arrays without the group.
    fit : Refit
        The posterior without it.
    weights : Reweighted
        The same by importance sampling from the full posterior, if reliable.
    """

    group: Group
    parts: Synthesis
    fit: Refit
    weights: Reweighted


def groups(case: Case, parts: Synthesis) -> list[Group]:
    """Every row that counts in the fit, every source, and every origin that several rows share.

    In a case of several hosts also the rows about each.
    """
    said = parts.evidence
    counting = {row for row, weight in zip(said.ids, said.weight, strict=True) if weight > 0.0}
    rows = case.evidence[case.evidence["id"].isin(counting)]
    found = [Group("row", str(row), (str(row),)) for row in rows["id"]]
    found += [Group("source", str(name), tuple(own["id"])) for name, own in rows.groupby("source")]
    found += [
        Group("origin", str(name), tuple(own["id"]))
        for name, own in rows.groupby(rows["origin"].map(origin_of))
        if len(own) > 1
    ]
    if len(case.hosts) > 1:
        by_host = {host.name: rows.loc[rows["host"] == host.name, "id"] for host in case.hosts}
        found += [Group(HOST, name, tuple(own)) for name, own in by_host.items() if len(own)]
    return found


def leave_out(
    case: Case,
    posterior: Posterior,
    gate: Convergence,
    workers: Executor,
    progress: Progress = lambda done, total: None,
    kinds: Collection[str] = ALL_KINDS,
) -> list[LeftOut]:
    """The posterior without each group; groups of the same rows share one fit.

    Sources, origins and hosts are refitted. Single rows use importance sampling where it is
    reliable, unless they are all that a source, an origin or a host has. A group's result does not
    depend on which other kinds are asked for.

    Parameters
    ----------
    case : Case
    posterior : Posterior
        The full fit.
    gate : Convergence
        Verdict on its chains.
    workers : Executor
    progress : callable
        Called with the numbers of fits done and in total.
    kinds : collection of str
        Kinds of the groups to leave out; no other is fitted.
    """
    parts = posterior.parts
    start = posterior.map
    every = groups(case, parts)
    refitted = {group.rows for group in every if group.kind != "row"}
    found = [group for group in every if group.kind in kinds]
    without = {rows: left_out(parts, case, rows) for rows in dict.fromkeys(g.rows for g in found)}
    known = log_quantities(parts, posterior.flat)
    weights = {rows: reweighted(posterior, gate, one, known) for rows, one in without.items()}
    tasks = {
        ", ".join(rows): Task(case, one, SHORT, start)
        for rows, one in without.items()
        if rows in refitted or weights[rows].posterior is None
    }
    fits = all_of(workers, refit, tasks, progress)
    return [
        LeftOut(
            group,
            without[group.rows],
            fits.get(", ".join(group.rows)) or from_weights(case, weights[group.rows]),
            weights[group.rows],
        )
        for group in found
    ]


def from_weights(case: Case, weights: Reweighted) -> Refit:
    """Reweighted draws in the form of a refit."""
    posterior = weights.posterior
    assert posterior is not None
    yearly = yearly_revenue(case, posterior.layout, posterior.draws)
    return Refit(posterior.flat, posterior.draws, yearly, weights.gate)


def headline(fit: Refit, year: int) -> dict[str, float]:
    """Mean, standard deviation and quantiles of the headline of a year."""
    draws = fit.yearly.sel(definition=HEADLINE, year=year).to_numpy()
    return {name: float(value) for name, value in quantiles(draws).items()}


def left_out_table(fitted: Fitted, without: Sequence[LeftOut]) -> CheckResult:
    """The headline without each source and origin, by refits and by importance sampling.

    Returns
    -------
    CheckResult
        Failed if leaving one out moves the headline's median by more than one standard deviation
        of the full posterior.
    """
    year = fitted.case.timeline.headline
    takes = fitted.projection.yearly_usd.sel(definition=HEADLINE, year=year).to_numpy()
    full = {name: float(value) for name, value in quantiles(takes).items()}
    lines = [_without(one, year, takes, full) for one in without if one.group.kind in TOLD]
    table = pd.DataFrame(lines)
    if table.empty:
        return CheckResult.saying(
            "leave_one_out", None, [finding("no_row")], LEFT_OUT_READING, table
        )
    moved = table[table["shift"].abs() > MOVED]
    most = table.loc[table["shift"].abs().idxmax()]
    said = [
        finding(
            "left_out", group=most["group"], year=year, before=three(full, MILLION),
            after=three(most, MILLION), shift=float(most["shift"]),
        )
    ]  # fmt: skip
    doubtful = table[~table["reliable"]]
    if not doubtful.empty:
        said.append(finding("poor_left_out", names=list(doubtful["group"])))
    return CheckResult.saying(
        "leave_one_out", moved.empty, said, LEFT_OUT_READING, table, "leave_one_out"
    )


def _without(
    one: LeftOut, year: int, takes: NDArray[np.float64], full: dict[str, float]
) -> dict[str, object]:
    numbers, weights = headline(one.fit, year), one.weights.weights
    sampled = None if weights is None else float(weighted_quantiles(takes, weights, [0.5])[0])
    return {
        "kind": one.group.kind,
        "group": one.group.name,
        "rows": ", ".join(one.group.rows),
        **{key: numbers[key] for key in ("q50", "q05", "q95")},
        "shift": (numbers["q50"] - full["q50"]) / full["sd"],
        "pareto_k": one.weights.pareto_k,
        "psis_q50": sampled,
        "reliable": one.fit.reliable,
    }
