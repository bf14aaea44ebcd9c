"""A held-out row believed: the draws reweighted as if it were fitted, and what else must be true.

The posterior with one more row is the posterior without it, weighted by the row's density, so that
no fit is needed as long as the weights are reliable. Weights of rival readings stay as they are:
each reading's draws are weighed among themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.case import Case
from model.case.faults import CaseError, Report, choose, quote
from model.equations.subjects import is_total
from model.projection.prediction import log_densities, modelled_total
from model.projection.projection import Projection
from model.sampling.convergence import Convergence
from model.sampling.fitting import Posterior
from model.sampling.reweighting import (
    MAX_PARETO_K,
    efficiency_of,
    lowered_by,
    resample,
    smoothed,
    weighted_quantiles,
)

Floats = NDArray[np.float64]

#: Quantities named as moving, and by how many standard deviations at least.
MOST, MOVED = 3, 0.05


def believable(case: Case, rows: Sequence[str]) -> pd.DataFrame:
    """The held-out totals that are to be believed.

    Raises
    ------
    CaseError
        With every row that is not a held-out total of a modelled host and modelled months.
    """
    report, table = Report(), case.evidence.set_index("id", drop=False)
    months = case.timeline.months
    totals = [
        row.id
        for row in case.evidence.itertuples()
        if row.role == "holdout"
        and is_total(row.quantity)
        and case.members(row.host)
        and months[0] <= row.start
        and row.end <= months[-1]
    ]
    for row in rows:
        if row not in totals:
            advice = choose(row, totals) if totals else "the case has none"
            message = f"{quote(row)} is not a held-out total that the model covers; {advice}"
            report.add("--believe", None, None, message)
    if report.faulty:
        raise CaseError("the arguments", report.faults)
    return table.loc[list(dict.fromkeys(rows))]


def believed(
    case: Case,
    posterior: Posterior,
    gate: Convergence,
    projection: Projection,
    rows: Sequence[str],
) -> tuple[Posterior, Convergence, dict[str, Any]]:
    """Draws under held-out rows as evidence, their convergence, and what they move.

    Parameters
    ----------
    case : Case
    posterior : Posterior
    gate : Convergence
        The verdict on its draws.
    projection : Projection
        What happened, from the same draws.
    rows : sequence of str
        Ids of ``believable`` rows.

    Raises
    ------
    CaseError
        If the draws do not reach the rows, so that no weights are reliable.
    """
    count = len(posterior.draws)
    log_weight = np.zeros(count)
    for row in believable(case, rows).itertuples():
        _, predicted = modelled_total(case, row, projection)
        assert predicted is not None
        log_weight += log_densities(case, row, predicted)
    weights, worst = np.zeros(count), 0.0
    chosen = np.arange(count)
    rng = np.random.default_rng(posterior.options.seed)
    for own in posterior.readings:
        relative = min(gate.min_ess_bulk / count, 1.0)
        found, k = smoothed(log_weight[own], relative)
        worst = max(worst, k)
        weights[own] = found * own.sum() / count
        chosen[own] = np.flatnonzero(own)[resample(found, float(rng.random()))]
    if not worst <= MAX_PARETO_K:
        report = Report()
        message = (
            f"the draws do not reach {', '.join(rows)}: together with the other evidence it is so "
            f"unlikely that no weights are reliable (Pareto k {worst:.2f})"
        )
        report.add("--believe", None, None, message)
        raise CaseError("the arguments", report.faults)
    lowered = lowered_by(gate, efficiency_of(weights))
    told = {"rows": list(rows), "pareto_k": round(worst, 3), "moves": moves(posterior, weights)}
    return posterior.chosen(chosen), lowered, told


def moves(posterior: Posterior, weights: Floats) -> list[dict[str, Any]]:
    """The quantities that draws with these weights move most: label, medians before and after.

    Moves are of means, in posterior standard deviations on the scale on which priors are normal.
    """
    layout = posterior.layout
    normals = posterior.flat[:, : layout.size]
    spread = normals.std(axis=0)
    shift = np.zeros(layout.size)
    np.divide(weights @ normals - normals.mean(axis=0), spread, out=shift, where=spread > 0.0)
    found = []
    for place in np.argsort(-np.abs(shift), kind="stable")[:MOST]:
        if abs(shift[place]) >= MOVED:
            draws = posterior.draws[:, place]
            (after,) = weighted_quantiles(draws, weights, [0.5])
            before = float(np.median(draws))
            found.append(
                {"quantity": layout.labels[place], "before": before, "after": float(after)}
            )
    return found
