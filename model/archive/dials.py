"""What a reader may turn without a refit: quantities of a run, the exchange rate, and its rows.

A saved posterior has all that these need, draw by draw; nothing is fitted. A quantity that is held
at a value weighs draws by their distance from it; a row that counts less takes a part of its log
density away; another exchange rate is another projection of the same draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.archive.store import DamagedRunError
from model.case.contents import Change
from model.case.faults import CaseError
from model.equations.quantities import BASIC_BY_NAME, DEFINITIONS, HEADLINE, Support
from model.projection.by_period import amounts
from model.projection.counterfactual import EXCHANGE_RATE
from model.projection.projection import USD, Projector

if TYPE_CHECKING:
    from model.archive.saved_fit import Fitted

# What can also sample takes seconds to import. It is imported where a run is read, so that --help
# of a page is instant.

Floats = NDArray[np.float64]

#: Quantities of a case that a reader may turn, in the order in which money flows.
BASIC = ("plan", "broker_margin", "keep_share")
#: Factors on the exchange rate for which the draws are projected again.
FACTORS = (0.6, 0.8, 1.25, 1.6)
#: Draws of the prior, for its curve only, and their seed.
PRIOR_DRAWS, PRIOR_SEED = 1000, 20180802


@dataclass(frozen=True, slots=True)
class Dial:
    """A quantity that may be held at a value.

    Attributes
    ----------
    name : str
    label : str
        The basic quantity that ``--set`` fixes exactly; blank for one that follows from others.
    unit : str
    support : {"positive", "fraction"}
    prior, posterior : array, (m,) and (n,)
    """

    name: str
    label: str
    unit: str
    support: Support
    prior: Floats
    posterior: Floats


@dataclass(frozen=True, slots=True)
class Dials:
    """All that a reader may turn; draws lie chain by chain.

    Attributes
    ----------
    quantities : tuple of Dial
    rates : dict of int to array, (factor, definition, n)
        By whole year: what revenue in dollars gains at ``FACTORS`` times the rates. Empty if all
        accounts are in dollars.
    rows : tuple of str
        Rows that count in some reading.
    densities : array, (row, n)
        Weighted log density of each, in the reading that a draw is from.
    reading : array of int, (n,)
        The number of that reading; zeros if there is one only.
    effective : float
        Effective draws of the headline as a share of all, before any are weighed.
    """

    quantities: tuple[Dial, ...]
    rates: dict[int, Floats]
    rows: tuple[str, ...]
    densities: Floats
    reading: NDArray[np.int64]
    effective: float


def dials(folder: Path) -> Dials:
    """Everything that a reader may turn in a saved run.

    Raises
    ------
    DamagedRunError
        If the run does not match its checksums, or its inputs are of an older program.
    """
    from model.archive.saved_fit import Fitted

    try:
        fitted = Fitted.saved(folder)
    except CaseError as error:
        raise DamagedRunError(f"{folder} holds inputs that cannot be read: {error}") from None
    densities = row_by_reading(fitted)
    counts = np.ptp(densities, axis=1) > 0.0
    ids, prior = fitted.posterior.parts.evidence.ids, _prior(fitted)
    return Dials(
        (*_basic(fitted, prior), *_following(fitted, prior)),
        at_other_rates(fitted),
        tuple(row for row, one in zip(ids, counts, strict=True) if one),
        densities[counts],
        _reading(fitted),
        effective(fitted),
    )


def _reading(fitted: Fitted) -> NDArray[np.int64]:
    posterior = fitted.posterior
    if posterior.reading is None:
        return np.zeros(len(posterior.draws), dtype=np.int64)
    return np.tile(posterior.reading, len(posterior.normals))


def effective(fitted: Fitted) -> float:
    """Bulk effective draws of the headline as a share of all, added up over the readings."""
    from arviz_stats.base import array_stats

    year, reading = fitted.case.timeline.headline, fitted.posterior.reading
    takes = fitted.projection.yearly_usd.sel(definition=HEADLINE, year=year).to_numpy()
    draws = takes.reshape(len(fitted.posterior.diverging), -1)
    own = np.zeros(draws.shape[-1], dtype=np.int64) if reading is None else reading
    if np.ptp(draws) == 0.0:
        return 1.0
    found = sum(
        float(array_stats.ess(draws[:, own == one], method="bulk", chain_axis=0, draw_axis=1))
        for one in np.unique(own)
    )
    return min(found / draws.size, 1.0) if np.isfinite(found) else 0.0


def row_by_reading(fitted: Fitted) -> Floats:
    """Weighted log density of each row, (R, n), as the reading that each draw is from has it.

    A row that a reading leaves out is zero in its draws.
    """
    from model.evidence.row_equations import log_quantities
    from model.evidence.synthesis import row_densities

    posterior = fitted.posterior
    found = np.zeros((len(posterior.parts.evidence.ids), len(posterior.draws)))
    parts = [one.parts for one in fitted.rivals] or [posterior.parts]
    for one, own in zip(parts, posterior.readings, strict=True):
        about = log_quantities(posterior.layout, one.measured, posterior.draws[own])
        found[:, own] = row_densities(one, posterior.flat[own], about).T
    return found


def _basic(fitted: Fitted, prior: Floats) -> list[Dial]:
    """Basic quantities of the first host that are not known exactly."""
    layout, found = fitted.posterior.layout, []
    for name in BASIC:
        place = layout.index.get(name)
        if place is not None and layout.scale[place] > 0.0:
            basic = BASIC_BY_NAME[name]
            draws = fitted.posterior.draws[:, place]
            found.append(Dial(name, name, basic.unit, basic.support, prior[:, place], draws))
    return found


def _prior(fitted: Fitted) -> Floats:
    """Draws of the prior of the basic quantities, (m, N)."""
    layout = fitted.posterior.layout
    normals = np.random.default_rng(PRIOR_SEED).normal(size=(PRIOR_DRAWS, layout.size))
    return np.asarray(layout.natural(normals))


def _following(fitted: Fitted, prior: Floats) -> list[Dial]:
    """Workers, and how much of the claim is paid, in the headline's year."""
    before_all, after_all = (
        _workers_and_part(fitted, draws) for draws in (prior, fitted.posterior.draws)
    )
    kinds: tuple[tuple[str, str, Support], ...] = (
        ("workers", "persons", "positive"),
        ("part_paid", "fraction", "fraction"),
    )
    return [
        Dial(name, "", unit, support, before, after)
        for (name, unit, support), before, after in zip(kinds, before_all, after_all, strict=True)
        if np.isfinite(after).all() and np.ptp(after) > 0.0
    ]


def _workers_and_part(fitted: Fitted, draws: Floats) -> tuple[Floats, Floats]:
    """Workers present on average, and the plan collected as a share of the claim, (n,) each."""
    with np.errstate(all="ignore"):  # absurd priors overflow, and their draws are not drawn
        projector = Projector(fitted.case, fitted.posterior.layout, draws)
        money = projector.sums({"claim": ("claim",), "collected": ("plan_collected",)})
        inside = fitted.case.timeline.months.year == fitted.case.timeline.headline
        present = money.present.sum("host").isel(month=inside).mean("month").to_numpy()
        usd = money.revenue_usd.sum("host").isel(month=inside).sum("month")
        part = usd.sel(definition="collected") / usd.sel(definition="claim")
    return np.asarray(present), np.asarray(part.to_numpy())


def at_other_rates(fitted: Fitted, factors: Sequence[float] = FACTORS) -> dict[int, Floats]:
    """What revenue of each whole year gains at other rates; see ``Dials.rates``."""
    case, posterior = fitted.case, fitted.posterior
    foreign = [host.name for host in case.hosts if host.currency != USD]
    if not foreign:
        return {}
    follows = [n for n, one in enumerate(fitted.rivals) if one.reading.follows == "earnings"]
    projector = Projector(
        case, posterior.layout, posterior.draws, posterior.options.seed,
        np.any([posterior.of_reading(place) for place in follows], axis=0) if follows else None,
    )  # fmt: skip
    first = case.timeline.months[0]
    before = projector.baseline.yearly_usd
    gained = [
        projector.project([_scaled(name, first, factor) for name in foreign]).yearly_usd - before
        for factor in factors
    ]
    found = np.stack(
        [
            one.transpose("definition", "year", "draw").sel(definition=list(DEFINITIONS)).to_numpy()
            for one in gained
        ]
    )
    years = before["year"].to_numpy()
    return {int(year): found[:, :, place] for place, year in enumerate(years)}


def _scaled(host: str, first: pd.Period, factor: float) -> Change:
    """A host's currency at a multiple of its rate, from the first month on."""
    return Change(EXCHANGE_RATE, host, "", first, None, "scale", ((first, factor),))


def monthly(folder: Path, scenario: str) -> dict[str, xr.DataArray]:
    """Draws by month of a scenario's revenue, (definition, month, draw), by currency.

    The currencies are US dollars and, if all hosts share one, the hosts' own, as in the summary.

    Raises
    ------
    DamagedRunError
        If the run has no such draws.
    """
    from model.archive.months_file import read_all_months

    found = read_all_months(folder, [scenario])[scenario]
    own = set(found.currencies) if len(set(found.currencies)) == 1 else set()
    wanted = [USD, *sorted(own - {USD})]

    def unknown(currency: str) -> Floats:
        raise AssertionError(f"{currency} is a host's own currency or the dollar")

    return {
        one.lower(): amounts(found, one, unknown)
        .transpose("definition", "month", "chain", "draw")
        .stack(sample=("chain", "draw"))
        .drop_vars(["sample", "chain", "draw"])
        .rename(sample="draw")
        for one in wanted
    }
