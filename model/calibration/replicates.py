"""One replicate of a calibration: a simulated case, its fit and the rank of the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.calibration.ranks import DRAWS
from model.calibration.simulation import printed, truth_of
from model.case.case import Case
from model.criticism.refits import yearly_revenue
from model.equations.quantities import DEFINITIONS
from model.evidence.synthesis import Synthesis, log_quantities, row_densities
from model.question import SamplerOptions
from model.sampling.fitting import NoStartingPointError, Posterior, fit

Floats = NDArray[np.float64]

#: One short chain per replicate, thinned so that the draws are nearly independent.
THIN = 6
OPTIONS = SamplerOptions(draws=DRAWS * THIN, tune=100, chains=1, target_accept=0.9, cores=1)
#: Of a chain that has settled, few entries' halves differ by as many standard deviations.
APART, FEW = 0.6, 0.1
#: Where it has not: chains that begin in the map of pilots, as those of an estimate do.
PILOTED = replace(OPTIONS, draws=DRAWS * THIN // 2, chains=2)


@dataclass(frozen=True)
class Study:
    """A case to be simulated repeatedly.

    Attributes
    ----------
    case : Case
    parts : Synthesis
        The model that prints figures, each statement once.
    seed : int
    fitted : callable
        Returns the case to fit from the simulated one: unchanged, unless a test sabotages it.
    """

    case: Case
    parts: Synthesis
    seed: int
    fitted: Callable[[Synthesis], Synthesis] = lambda parts: parts

    @property
    def labels(self) -> list[str]:
        """Names of the ranked quantities: unknown basic quantities, then revenue by year."""
        years = yearly_revenue(self.case, self.parts.layout, self._centre)["year"].to_numpy()
        return [
            *(
                label
                for label, moves in zip(self.parts.layout.labels, self.moving, strict=True)
                if moves
            ),
            *(f"{name} of {year}" for name in DEFINITIONS for year in years),
        ]

    @property
    def moving(self) -> NDArray[np.bool_]:
        """Which basic quantities are unknown."""
        return np.asarray(self.parts.layout.scale > 0.0)

    @property
    def _centre(self) -> Floats:
        layout = self.parts.layout
        zero = np.zeros((1, layout.size))
        return np.asarray(layout.natural(zero))

    def truth(self, number: int) -> Floats:
        """Standard normals of a replicate's truth, (size,)."""
        return truth_of(self.parts, number, self.seed)

    def chance(self, number: int, purpose: int) -> np.random.Generator:
        """Random generator of one replicate for one purpose."""
        return np.random.default_rng([self.seed, number, purpose])


@dataclass(frozen=True, slots=True)
class Replicate:
    """The ranks of the truth.

    Attributes
    ----------
    ranks : array of int, (Q,), or None
        Number of draws below the truth, out of ``DRAWS``, for each of ``Study.labels``; None if no
        fit was possible.
    divergences : int
    misfit : float
        Of the rows: see ``misfit_of``.
    """

    ranks: NDArray[np.int64] | None
    divergences: int
    misfit: float = np.nan


def replicate(study: Study, number: int) -> Replicate:
    """Simulate a case, fit it and rank the truth among the draws."""
    truth = study.truth(number)
    simulated = printed(study.parts, truth, study.chance(number, 1))
    seed = int(study.chance(number, 2).integers(2**62))
    parts = study.fitted(simulated)
    try:
        posterior = settled_fit(parts, seed)
    except NoStartingPointError:
        return Replicate(None, 0)
    draws = posterior.flat[THIN - 1 :: THIN]
    layout = study.parts.layout
    points = np.vstack([truth, draws])[:, : layout.size]
    # the truth is transformed by the simulating model, the draws by the fitted one
    natural = np.vstack(
        [
            layout.natural(points[:1]),
            parts.layout.natural(points[1:]),
        ]
    )
    yearly = yearly_revenue(study.case, layout, natural).to_numpy()
    revenue = yearly.transpose(1, 0, 2).reshape(len(natural), -1)
    values = np.hstack([natural[:, study.moving], revenue])
    ranks = (values[1:] < values[0]).sum(axis=0)
    return Replicate(ranks, int(posterior.diverging.sum()), misfit_of(parts, draws))


def settled_fit(parts: Synthesis, seed: int) -> Posterior:
    """A short chain, or chains with a pilot if its halves differ: the curvature may mislead it."""
    posterior = fit(parts, replace(OPTIONS, seed=seed))
    if settled(posterior.normals[0]):
        return posterior
    return fit(parts, replace(PILOTED, seed=seed))


def settled(chain: Floats) -> bool:
    """Whether the halves of a chain, (n, size), tell the same of nearly all entries."""
    first, second = np.array_split(chain, 2)
    apart = np.abs(first.mean(axis=0) - second.mean(axis=0))
    return bool((apart >= APART * chain.std(axis=0)).mean() <= FEW)


def misfit_of(parts: Synthesis, draws: Floats) -> float:
    """Total misfit of the rows: minus twice their log density, averaged over draws, (n, size).

    The posterior mean of the deviance (Spiegelhalter, Best, Carlin and van der Linde 2002). By
    itself it has no scale; it is compared with its values in simulated cases.
    """
    rows = row_densities(parts, draws, log_quantities(parts, draws))
    return float(-2.0 * rows.sum(axis=1).mean())
