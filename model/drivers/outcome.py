"""A year's revenue under one definition, with draws of everything that determines it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.case.case import Case
from model.drivers.regression import Regression
from model.equations.quantities import DEFINITIONS, GROUPS, family
from model.projection.projection import Projection
from model.sampling.fitting import Posterior

Floats = NDArray[np.float64]

#: Groups of the table, each with the groups of the catalogue that it comprises.
GROUPED = {
    "workers": ("workers", "counting"),
    "payment": ("payment",),
    "others": ("taxes", "others"),
    "plan": ("plan",),
}
EXCHANGE_RATE = "exchange_rate"
#: Largest lag at which autocorrelation is computed.
LAGS = 200
#: Titles of the groups.
TITLES = {
    "workers": "Workers",
    "payment": "Payment",
    "others": "What others take",
    "plan": "The state's plan",
    EXCHANGE_RATE: "Exchange rate",
}


class NoSuchRevenueError(ValueError):
    """A definition or a year that a run does not have; the text lists those available."""


@dataclass(frozen=True)
class Outcome:
    """A year's revenue under one definition, and draws of everything that determines it.

    Attributes
    ----------
    definition : str
    year : int
    labels, groups, units : tuple of str
        Of each input: basic quantities, then unknown exchange rates.
    inputs : array, (n, d)
        Draws on the scale on which priors are normal; logs for exchange rates.
    natural : array, (n, d)
        The same in the quantities' own units.
    result : array, (n,)
        US dollars.
    effective : float
        Effective number of draws for the variance explained by chance.
    seed : int
    """

    definition: str
    year: int
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    units: tuple[str, ...]
    inputs: Floats
    natural: Floats
    result: Floats
    effective: float
    seed: int

    @classmethod
    def of(
        cls, case: Case, posterior: Posterior, projection: Projection, definition: str, year: int
    ) -> Outcome:
        """The actual or projected revenue of a year.

        Parameters
        ----------
        case : Case
        posterior : Posterior
        projection : Projection
            The baseline, which may extend past the data.
        definition : str
            One of ``DEFINITIONS``.
        year : int
            A year that the projection covers completely.

        Raises
        ------
        NoSuchRevenueError
        """
        years = [int(one) for one in projection.yearly_usd["year"].to_numpy()]
        if definition not in DEFINITIONS:
            known = ", ".join(DEFINITIONS)
            raise NoSuchRevenueError(f"{definition!r} is not a definition; write one of: {known}")
        if year not in years:
            known = ", ".join(map(str, years)) or "none"
            raise NoSuchRevenueError(
                f"{year} is not a whole year of this run; write one of: {known}"
            )
        layout, shape = posterior.layout, posterior.diverging.shape
        normals = posterior.flat[:, : layout.size]
        # what is known exactly has a scale of zero, whatever its score
        inputs = layout.location + layout.scale * layout.scores(normals)
        rates = _unknown_rates(case, projection, year)
        names = [f"{EXCHANGE_RATE}.{currency}" for currency in rates]
        walked = np.column_stack([inputs[:, :0], *(np.log(rate) for rate in rates.values())])
        natural = np.column_stack([posterior.draws, *rates.values()])
        result = projection.yearly_usd.sel(definition=definition, year=year).to_numpy()
        units = {prior.label: prior.unit for prior in case.priors}
        return cls(
            definition=definition,
            year=year,
            labels=(*layout.labels, *names),
            groups=(*map(group_of, layout.labels), *[EXCHANGE_RATE] * len(names)),
            units=(*(units[label] for label in layout.labels),
                   *(f"{currency}/USD" for currency in rates)),
            inputs=np.hstack([inputs, walked]),
            natural=natural,
            result=result,
            effective=effective_draws(inputs.reshape(*shape, -1), result.reshape(shape)),
            seed=posterior.options.seed,
        )  # fmt: skip

    def regression(self, members: Sequence[int]) -> Regression:
        """The result regressed on some of the inputs."""
        return Regression(self.inputs[:, list(members)], self.result, self.effective)

    @cached_property
    def alone(self) -> list[Regression]:
        """The result regressed on each varying input separately."""
        return [self.regression([place]) for place in self.varying]

    @property
    def varying(self) -> list[int]:
        """Places of the inputs that are not known exactly."""
        return [int(place) for place in np.flatnonzero(np.ptp(self.inputs, axis=0) > 0.0)]


def group_of(label: str) -> str:
    """Group of the table to which a basic quantity belongs."""
    name = family(label)
    inner = next(group for group, names in GROUPS.items() if name in names)
    return next(group for group, inners in GROUPED.items() if inner in inners)


def effective_draws(inputs: Floats, result: Floats) -> float:
    """Effective number of draws for the variance that inputs explain by chance.

    Chance correlates two series with autocorrelations a and b as if they had fewer draws by the
    factor 1 + 2 (a1 b1 + a2 b2 + …), summed over lags (Bartlett 1946,
    https://doi.org/10.2307/2983611). This is not the effective number behind a mean.

    Parameters
    ----------
    inputs : array, (chains, draws, d)
    result : array, (chains, draws)
    """
    lags = min(LAGS, result.shape[1] // 4)
    if lags < 1:
        return float(result.size)
    both = autocorrelations(inputs, lags) * autocorrelations(result[..., None], lags)
    return float(result.size / max(1.0 + 2.0 * both.sum(), 1.0))


def autocorrelations(series: Floats, lags: int) -> Floats:
    """Autocorrelation at lags from one, (lags,), over chains and series, (chains, draws, d)."""
    around = series - series.mean(axis=(0, 1))
    variance = (around**2).mean(axis=(0, 1))
    moving = variance > 0.0
    if not moving.any():
        return np.zeros(lags)
    around = around[..., moving] / np.sqrt(variance[moving])
    return np.array(
        [float((around[:, lag:] * around[:, :-lag]).mean()) for lag in range(1, lags + 1)]
    )


def _unknown_rates(case: Case, projection: Projection, year: int) -> dict[str, Floats]:
    """Mean rate of a year by currency, (n,), if each draw has its own path."""
    rates = projection.per_usd
    if "draw" not in rates.dims:
        return {}
    inside = [month for month in rates["month"].to_numpy() if month.startswith(str(year))]
    currencies = {host.currency: host.name for host in case.hosts}
    means = {
        currency: rates.sel(host=name, month=inside).mean("month").to_numpy()
        for currency, name in sorted(currencies.items())
    }
    return {currency: mean for currency, mean in means.items() if np.ptp(mean) > 0.0}
