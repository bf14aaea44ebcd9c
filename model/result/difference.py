"""What separates two estimates: the difference of their revenue, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from model.archive.show import HEADINGS
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.projection.projection import quantiles
from model.projection.unpaired import differences
from model.result.readable_tables import READABLE
from model.sampling.convergence import median_error
from model.terminal import html
from model.terminal.wording import FINEST, MILLION, interval

if TYPE_CHECKING:
    from model.result.estimate import Estimate

PAIRED = "The draws are paired: both estimates are of one fit, so that what they share cancels."
INDEPENDENT = (
    "The draws are not paired: each estimate has its own fit. Those of one are set against those "
    "of the other at random, as if the two were independent, so that intervals are wide where both "
    "depend on the same unknowns; the error is that of the difference of medians, from sampling."
)


class NotComparableError(ValueError):
    """Two estimates whose difference would mean nothing; the text says why."""


@dataclass(frozen=True, repr=False)
class Difference(html.Shown):
    """Revenue of one estimate less that of another, in dollars.

    Attributes
    ----------
    draws : DataArray, (definition, chain, draw, period)
        Differences by year.
    errors : DataFrame
        Monte Carlo error of the difference of medians, by year and definition.
    paired : bool
        Whether a draw is the same state of the world in both.
    names : (str, str)
        The two runs.
    """

    draws: xr.DataArray
    errors: pd.DataFrame
    paired: bool
    names: tuple[str, str]

    def __repr__(self) -> str:
        """The difference of the headline by year, and how draws were set against each other."""
        table = self.table() / MILLION
        amounts = "; ".join(f"{year} {_cell(row)}" for year, row in table.iterrows())
        ours, theirs = self.names
        return f"State take of {ours} less {theirs}, USD million: {amounts}. {self.note}"

    def _repr_html_(self) -> str:
        """The differences by year and definition."""
        found = {name: self.table(name) / MILLION for name in HEADINGS}
        rows = [
            (year, *(_cell(table.loc[year]) for table in found.values()))
            for year in found[HEADLINE].index
        ]
        ours, theirs = self.names
        caption = f"{ours} less {theirs}, USD million: median (90% interval)"
        return html.table(("Year", *HEADINGS.values()), rows, caption) + html.paragraph(self.note)

    @property
    def note(self) -> str:
        """What was done with the draws."""
        return PAIRED if self.paired else INDEPENDENT

    def table(self, definition: str = HEADLINE) -> pd.DataFrame:
        """Differences by year: mean, deviation, quantiles, chances of less and more, and error.

        ``error`` is the standard error with which sampling knows the difference of the medians: a
        difference of less than twice that may be none.
        """
        draws = self.draws.sel(definition=definition)
        years = [int(one) for one in draws["period"].to_numpy()]
        lines = {}
        for place, year in enumerate(years):
            own = draws.isel(period=place).to_numpy().ravel()
            lines[year] = {
                **{READABLE.get(name, name): float(q) for name, q in quantiles(own).items()},
                "probability_lower": float((own < 0.0).mean()),
                "probability_higher": float((own > 0.0).mean()),
                "error": float(self.errors.loc[year, definition]),
            }
        return pd.DataFrame.from_dict(lines, orient="index").rename_axis("year")


def _cell(row: Any) -> str:
    return interval(row["median"], row["5%"], row["95%"], finest=FINEST)


def difference(one: Estimate, other: Estimate) -> Difference:
    """Subtract the revenue of another estimate, year by year.

    Raises
    ------
    NotComparableError
        If the two are of other hosts or currencies, have no year in common, or did not converge.
    """
    for each in (one, other):
        if not each.converged:
            raise NotComparableError(f"{each.folder.name} did not converge: do not use its numbers")
    hosts = [[(host.name, host.currency) for host in each.case.hosts] for each in (one, other)]
    if hosts[0] != hosts[1]:
        told = " and ".join(", ".join(name for name, _ in own) for own in hosts)
        raise NotComparableError(
            f"{one.folder.name} and {other.folder.name} are of other hosts or currencies ({told})"
        )
    paired = one.manifest["fit"] == other.manifest["fit"]
    ours, theirs = (
        xr.concat(
            [each.draws(name) for name in DEFINITIONS], pd.Index(DEFINITIONS, name="definition")
        )
        for each in (one, other)
    )
    years = [year for year in ours["period"].to_numpy() if year in theirs["period"].to_numpy()]
    if not years:
        raise NotComparableError(
            f"{one.folder.name} and {other.folder.name} have no whole year in common"
        )
    ours, theirs = ours.sel(period=years), theirs.sel(period=years)
    if paired:
        errors = pd.DataFrame(0.0, index=list(map(int, years)), columns=list(DEFINITIONS))
        return Difference(ours - theirs, errors, True, (one.folder.name, other.folder.name))
    errors = np.hypot(_errors(one, ours), _errors(other, theirs))
    return Difference(_at_random(ours, theirs), errors, False, (one.folder.name, other.folder.name))


def compared(
    estimates: Mapping[str, Estimate], definition: str, year: int | None, *, unit: str
) -> pd.DataFrame:
    """Revenue of one year in several estimates, a row each; see ``model.compare``."""
    return pd.DataFrame(
        {
            name: one.revenue(definition, unit=unit).loc[one.year if year is None else year]
            for name, one in estimates.items()
        }
    ).T


def _errors(estimate: Estimate, draws: xr.DataArray) -> pd.DataFrame:
    """Monte Carlo error of each median, years by definitions."""
    stats = estimate.posterior["sample_stats"]
    reading = stats["reading"].to_numpy() if "reading" in stats else None
    found = {
        name: [
            median_error(draws.sel(definition=name, period=year).to_numpy(), reading)
            for year in draws["period"].to_numpy()
        ]
        for name in draws["definition"].to_numpy()
    }
    return pd.DataFrame(found, index=[int(year) for year in draws["period"].to_numpy()])


def _at_random(ours: xr.DataArray, theirs: xr.DataArray) -> xr.DataArray:
    """Differences of draws set against each other at random, as many as the larger set has."""
    order = ("definition", "period", "chain", "draw")
    sides = [one.transpose(*order) for one in (ours, theirs)]
    larger = max(sides, key=lambda one: one.sizes["chain"] * one.sizes["draw"])
    flat = [one.to_numpy().reshape(*one.shape[:2], -1) for one in sides]
    found = differences(*flat)
    return larger.copy(data=found.reshape(larger.shape)).transpose(
        "definition", "chain", "draw", "period"
    )
