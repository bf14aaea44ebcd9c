"""Short fits of a case with changed data, for checks that need many fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.case.case import Case
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.evidence.synthesis import Synthesis
from model.kernel.native import Map
from model.projection.blocks import yearly_usd
from model.question import SamplerOptions
from model.sampling.convergence import Convergence, convergence
from model.sampling.fitting import NoStartingPointError, Posterior, fit

Floats = NDArray[np.float64]

#: Enough to estimate a median, which is what checks compare, to a tenth of a standard deviation.
SHORT = SamplerOptions(draws=500, tune=100, chains=2, cores=1)
#: Limits for using a short fit, looser than the gate of a run. Some draws may diverge: under priors
#: twice as wide a hazard can be so large that nobody is left and stocks overflow.
SHORT_RHAT, SHORT_ESS, SHORT_DIVERGENCES = 1.05, 100.0, 0.05


@dataclass(frozen=True)
class Task:
    """One fit to run.

    Attributes
    ----------
    case : Case
        For the projection.
    parts : Synthesis
        The data of the fit.
    options : SamplerOptions
    start : Map or None
        The map to sample in, if a similar posterior is known.
    """

    case: Case
    parts: Synthesis
    options: SamplerOptions = SHORT
    start: Map | None = None


@dataclass(frozen=True)
class Refit:
    """A short fit.

    Attributes
    ----------
    normals : array, (n, size)
    natural : array, (n, N)
    yearly : DataArray, (definition, draw, year)
        Revenue in US dollars, all hosts together.
    gate : Convergence
        Over the headline of each year.
    """

    normals: Floats
    natural: Floats
    yearly: xr.DataArray
    gate: Convergence

    @property
    def reliable(self) -> bool:
        """Whether the chains agree well enough for a check."""
        return bool(
            self.gate.max_rhat <= SHORT_RHAT
            and self.gate.min_ess_bulk >= SHORT_ESS
            and self.gate.divergences <= SHORT_DIVERGENCES * len(self.normals)
        )


def refit(task: Task) -> Refit:
    """Run a fit and project what happened; one that is not reliable goes on for as long again."""
    posterior = fit(task.parts, task.options, start=task.start)
    found = _projected(task.case, posterior)
    if found.reliable:
        return found
    (seed,) = np.random.SeedSequence([task.options.seed, 100]).generate_state(1)
    try:
        # the map that it began in is of another posterior; this one is of its own draws
        more = fit(task.parts, replace(task.options, seed=int(seed)), start=posterior.map)
    except NoStartingPointError:
        return found
    return _projected(task.case, posterior.with_more(more))


def _projected(case: Case, posterior: Posterior) -> Refit:
    """A fit with its revenue and the verdict on it."""
    yearly = yearly_revenue(case, posterior.layout, posterior.draws)
    shape = posterior.diverging.shape
    takes = yearly.sel(definition=HEADLINE)
    named = {
        str(year): takes.sel(year=year).to_numpy().reshape(shape)
        for year in takes["year"].to_numpy()
    }
    gate = convergence(named or {"all": posterior.natural[..., 0]}, posterior.diverging)
    return Refit(posterior.flat, posterior.draws, yearly, gate)


def yearly_revenue(case: Case, layout: Any, draws: Floats) -> xr.DataArray:
    """Actual revenue of whole years, (definition, draw, year), from draws, (n, N)."""
    return (
        yearly_usd(case, layout, draws)
        .transpose("definition", "draw", "year")
        .sel(definition=list(DEFINITIONS))
    )
