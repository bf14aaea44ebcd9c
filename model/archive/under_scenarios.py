"""Draws of a fit projected under scenarios, with the verdict on their convergence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from model.case.case import Case
from model.case.contents import Scenario
from model.case.exchange import Rates
from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from model.projection.blocks import along_draws, in_blocks, joined
from model.projection.horizon import extended
from model.projection.projection import Projection, Projector
from model.projection.yearly_accounts import common_currency
from model.sampling.convergence import Convergence, convergence
from model.sampling.fitting import Posterior
from model.sampling.rivals import Rival

WHAT_HAPPENED = "What happened"


@dataclass(frozen=True)
class Results:
    """Results of one run: draws, projections and the verdict on the chains.

    Attributes
    ----------
    case : Case
        As read; its months end with the data.
    posterior : Posterior
    scenarios : tuple of Scenario
        The baseline first.
    projections : dict of str to Projection
        By scenario, from the same draws.
    rates : Rates
        Exchange rates up to the horizon.
    convergence : Convergence
    paid_for : DataArray, (item, host, draw)
        What the money of the headline's year was for, see ``Projector.paid_for``.
    rivals : tuple of Rival
        The readings that the posterior mixes, if any.
    asked : pd.Period or None
        Horizon asked for, which holds for all scenarios.
    """

    case: Case
    posterior: Posterior
    scenarios: tuple[Scenario, ...]
    projections: dict[str, Projection]
    rates: Rates
    convergence: Convergence
    paid_for: xr.DataArray
    rivals: tuple[Rival, ...] = ()
    asked: pd.Period | None = None

    @classmethod
    def of(
        cls,
        case: Case,
        posterior: Posterior,
        scenarios: Sequence[Scenario] = (),
        horizon: pd.Period | None = None,
        gate: Convergence | None = None,
        *,
        rivals: tuple[Rival, ...] = (),
    ) -> Results:
        """Project draws under scenarios and, unless the verdict is known, test convergence.

        Parameters
        ----------
        scenarios : sequence of Scenario
            The baseline need not be among them.
        horizon : pd.Period or None
            Last month projected; None for the last horizon of a scenario, or the data's end.
        gate : Convergence, optional
            The verdict on these draws.
        rivals : tuple of Rival
            The readings that the posterior mixes, if any.
        """
        if not any(one.name == BASELINE for one in scenarios):
            baseline = Scenario(BASELINE, WHAT_HAPPENED, "", "", (), None, ())
            scenarios = (baseline, *scenarios)
        last = max((one.horizon for one in scenarios if one.horizon), default=None)
        longer = extended(case, horizon or last)
        follows = [place for place, one in enumerate(rivals) if one.reading.follows == "earnings"]

        def projected(some: Projector) -> tuple[list[Projection], xr.DataArray]:
            found = [
                some.project(one.changes) if one.changes else some.baseline for one in scenarios
            ]
            return found, some.paid_for(case.timeline.headline, common_currency(case))

        blocks = in_blocks(
            longer, posterior.layout, posterior.draws, projected, posterior.options.seed,
            np.any([posterior.of_reading(place) for place in follows], axis=0)
            if follows
            else None,
        )  # fmt: skip
        by_scenario, spent = zip(*blocks, strict=True)
        names = [one.name for one in scenarios]
        projections = dict(zip(names, map(joined, zip(*by_scenario, strict=True)), strict=True))
        if gate is None:
            gate = verdict(posterior, projections[BASELINE].yearly_usd)
        paid_for = along_draws(spent)
        return cls(
            case, posterior, tuple(scenarios), projections, longer.rates, gate, paid_for, rivals,
            horizon,
        )  # fmt: skip

    def end_of(self, scenario: Scenario) -> pd.Period:
        """Last month of a scenario: no scenario's horizon is another's."""
        data = self.case.timeline.months[-1]
        if scenario.name == BASELINE:
            return pd.Period(self.projection.revenue["month"].to_numpy()[-1], "M")
        return max(self.asked or scenario.horizon or data, data)

    @property
    def projection(self) -> Projection:
        """What happened."""
        return self.projections[BASELINE]

    @property
    def yearly_usd(self) -> xr.DataArray:
        """Revenue of whole years, all hosts together, (scenario, definition, draw, year)."""
        yearly = [one.yearly_usd for one in self.projections.values()]
        return xr.concat(yearly, pd.Index(list(self.projections), name="scenario"))


def verdict(posterior: Posterior, yearly: xr.DataArray) -> Convergence:
    """Test convergence of every basic quantity and of the headline of each year, in dollars."""
    labels = posterior.layout.labels
    named = {label: posterior.natural[..., i] for i, label in enumerate(labels)}
    moving = posterior.layout.scale > 0.0
    named = {label: named[label] for label, moves in zip(labels, moving, strict=True) if moves}
    yearly = yearly.sel(definition=HEADLINE)
    shape = posterior.diverging.shape
    for year in yearly["year"].to_numpy():
        named[f"{HEADLINE} of {year}"] = yearly.sel(year=year).to_numpy().reshape(shape)
    return convergence(named, posterior.diverging)
