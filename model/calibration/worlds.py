"""Simulated worlds that differ from the model, and what a case would print in each.

Every world starts from a truth drawn from the priors, and differs from ``as_told`` in one respect:
what is true of the economy, by how much figures err, or what the case says of its figures. In
``as_told`` errors are exactly as the table of grades says: the model's own world, if only it knew
that no letter errs more than it says and that no figure is off. A case has the same random numbers
in all worlds, so that worlds are compared case by case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.calibration.replicates import Study
from model.calibration.simulation import NothingLeftError, hedged, usable
from model.calibration.true_economies import (
    Truth,
    as_modelled,
    cheap_elsewhere,
    share_of_wage_fund,
    uneven_arrivals,
)
from model.case.case import Case
from model.case.printed_figures import printed_figure
from model.evidence.likelihood import recounted
from model.evidence.synthesis import Synthesis, between_experts
from model.projection.projection import Projection

Floats = NDArray[np.float64]
Rng = np.random.Generator

#: What intervals are about: revenue of the headline year by definition, and workers at its end.
REVENUE = {
    "take": "state_take",
    "plan": "plan_collected",
    "surplus": "surplus",
    "billings": "billings",
}
OUTCOMES = (*REVENUE, "workers")

DOUBLED = 2.0
#: Degrees of freedom of heavy tails.
FREEDOM = 3.0
SLIP_SHARE, SLIP = 0.1, 3.0
#: Error of plan rows where there is no plan, and the digits to which they are rounded.
PLAN_ERROR, PLAN_DIGITS = 0.3, 1
CLOSING = 0.15
#: More than any number of cases.
FAR = 1_000_000
#: Most truths drawn until one can be printed in a world.
TRIES = 200


@dataclass(frozen=True)
class Errors:
    """Standard normals of the errors of figures.

    Attributes
    ----------
    own : array, (R,)
        Of each row.
    shared : array, (origins,)
        Of what an origin's rows have in common.
    between : array, (R,)
        Deviation between the experts of a row's panel.
    """

    own: Floats
    shared: Floats
    between: Floats | float = 0.0

    def graded(self, parts: Synthesis) -> Floats:
        """Log errors of the size that grades say, (R,)."""
        said = parts.evidence
        found: Floats = np.hypot(said.own_error, self.between) * self.own
        if said.origins:
            found += said.shared_error * self.shared[np.maximum(said.origin, 0)]
        return found


def as_graded(parts: Synthesis, scores: Errors, rng: Rng) -> Floats:
    """Errors exactly as the table of grades says."""
    return scores.graded(parts)


def doubled(parts: Synthesis, scores: Errors, rng: Rng) -> Floats:
    """Errors twice as large."""
    return DOUBLED * scores.graded(parts)


def heavy_tailed(parts: Synthesis, scores: Errors, rng: Rng) -> Floats:
    """Student-t errors, scaled by the grade."""

    def student(normal: Floats) -> Floats:
        return np.asarray(normal / np.sqrt(rng.chisquare(FREEDOM, size=len(normal)) / FREEDOM))

    heavy = replace(scores, own=student(scores.own), shared=student(scores.shared))
    return heavy.graded(parts)


def slipped(parts: Synthesis, scores: Errors, rng: Rng) -> Floats:
    """Some figures too large or too small by a factor."""
    slips = rng.random(len(scores.own)) < SLIP_SHARE
    sign = rng.choice([-1.0, 1.0], size=len(slips))
    return np.asarray(scores.graded(parts) + np.log(SLIP) * sign * slips)


def not_closing(parts: Synthesis, scores: Errors, rng: Rng) -> Floats:
    """An error that all figures of payments have in common."""
    return scores.graded(parts) + CLOSING * rng.normal() * parts.measured.about(
        "payment", "billings"
    )


def noisy_plans(parts: Synthesis, scores: Errors, rng: Rng) -> Floats:
    """Figures of the plan are no better than the noise of one who hears of many claims."""
    return np.where(parts.measured.about("plan"), PLAN_ERROR * scores.own, scores.graded(parts))


def in_full(case: Case, parts: Synthesis) -> Synthesis:
    """A case that says of its figures what is to be said."""
    return parts


def unlabelled(case: Case, parts: Synthesis) -> Synthesis:
    """A case that does not say which rows have one origin."""
    said = parts.evidence
    alone = replace(
        said,
        origin=np.full_like(said.origin, -1),
        origins=(),
        shared_error=np.zeros_like(said.shared_error),
        shared_letter=said.letter,
    )
    return replace(parts, evidence=alone)


def round_plans(case: Case, parts: Synthesis) -> Synthesis:
    """A case whose figures of the plan are rounded, and read as such."""
    said = parts.evidence
    rows = case.evidence.set_index("id", drop=False)
    figure, error = said.log_figure.copy(), said.error.copy()
    for place in np.flatnonzero(parts.measured.about("plan")):
        printed = float(np.exp(figure[place]) * said.to_printed[place])
        rounded = float(f"{printed:.{PLAN_DIGITS - 1}e}")
        figure[place] = np.log(rounded / said.to_printed[place])
        (row,) = rows.loc[[said.ids[place]]].itertuples(index=False)
        if row.qualifier == "about":
            error[place] = printed_figure(case.reading, row._replace(value=rounded)).error
    changed = replace(said, log_figure=figure, error=error)
    return replace(parts, evidence=recounted(case, changed, said.weight > 0.0))


@dataclass(frozen=True)
class World:
    """A way in which the world may differ from the model; ``findings.toml`` says how.

    Attributes
    ----------
    economy : callable
        What is true, from basic quantities.
    errors : callable
        Log errors of the figures, (R,).
    told : callable
        The case as its readers have it.
    """

    economy: Callable[[Study, Floats, Rng], Truth] = as_modelled
    errors: Callable[[Synthesis, Errors, Rng], Floats] = as_graded
    told: Callable[[Case, Synthesis], Synthesis] = in_full


AS_TOLD = "as_told"
WORLDS = {
    AS_TOLD: World(),
    "errors_doubled": World(errors=doubled),
    "heavy_tails": World(errors=heavy_tailed),
    "slips": World(errors=slipped),
    "share": World(share_of_wage_fund, noisy_plans, round_plans),
    "shortfall": World(errors=not_closing),
    "cheap_elsewhere": World(cheap_elsewhere),
    "arrivals_vary": World(uneven_arrivals),
    "origins_unlabelled": World(told=unlabelled),
}


def simulated(study: Study, name: str, number: int) -> tuple[Synthesis, Floats]:
    """The case that a world prints, and its true outcomes, (``OUTCOMES``,).

    Raises
    ------
    NothingLeftError
        If no truth is found for which every row has a figure.
    """
    world, parts = WORLDS[name], study.parts
    rng = study.chance(number, 5)
    for attempt in range(TRIES):
        # far from other numbers, so that no two cases have one truth
        normals = study.truth(number + attempt * FAR)
        natural = parts.layout.natural(normals[None, : parts.layout.size])
        truth = world.economy(study, natural, rng)
        outcomes = outcomes_of(study.case, truth.projector.baseline)[:, 0]
        if usable(truth.log_quantity) and np.isfinite(outcomes).all():
            break
    else:
        raise NothingLeftError
    _, shared, _, _, deviation = parts.errors(normals)
    chance = study.chance(number, 4)
    between = between_experts(parts, normals)
    scores = Errors(chance.normal(size=len(parts.evidence.ids)), shared, between)
    meant = truth.log_quantity + world.errors(parts, scores, rng)
    return world.told(study.case, hedged(parts, meant, deviation, chance)), outcomes


def read_by(case: Case, name: str, printed: Synthesis, parts: Synthesis) -> Synthesis:
    """The case that a world printed, under another reading of its rows.

    Parameters
    ----------
    case : Case
    name : str
        The world.
    printed : Synthesis
    parts : Synthesis
        The arrays of the shipped case under the reading.
    """
    figures = printed.evidence
    said = replace(
        parts.evidence,
        log_figure=figures.log_figure,
        half_width=figures.half_width,
        tail=figures.tail,
    )
    return WORLDS[name].told(case, replace(parts, evidence=said))


def outcomes_of(case: Case, projection: Projection) -> Floats:
    """What intervals are about, (``OUTCOMES``, n)."""
    year = case.timeline.headline
    revenue = projection.yearly_usd.sel(year=year)
    workers = projection.workers.sel(stock="working", month=f"{year}-12").sum("host")
    found = [revenue.sel(definition=name) for name in REVENUE.values()]
    return np.stack([one.to_numpy() for one in (*found, workers)])
