"""What drives a year's revenue: shares of its variance, a tornado, and correlations of drivers.

Everything is computed from the draws of one fit. The basic quantities are not independent in a
posterior, since the evidence correlates them. So there are three shares of the
variance rather than one::

    first-order   Var(E[result | quantity])         reduction from knowing it alone
    total         Var - Var(E[result | all others]) remainder once all others are known
    share         Shapley effect                    its share, if all shares must add up

If quantities are independent, the first-order share is the smallest, the total share the largest,
and the Shapley effect is between them. A quantity that informs the result only through others
(such as another quantity that one row ties to it) has a first-order share but no total
share. A quantity masked by another has a total share but no first-order share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.case.case import Case
from model.drivers.outcome import TITLES, Outcome
from model.drivers.regression import BLOCKS, Regression, random_orders
from model.evidence.economy import Layout
from model.projection.blocks import along_draws, in_blocks
from model.projection.projection import Projector, quantiles
from model.sampling.fitting import Posterior

Floats = NDArray[np.float64]

#: Pairs of orders in which quantities are added for Shapley effects, and for their jackknife.
ORDERS, JACKKNIFE_ORDERS = 100, 10
#: Number of draws used to compute the tornado.
TORNADO_DRAWS = 400
#: Share of the draws around a quantity's 5% and 95% quantile used for the result there.
NEAR = 0.1


@dataclass(frozen=True)
class Shares:
    """What drives one year's revenue.

    Attributes
    ----------
    definition : str
    year : int
    numbers : dict
        Mean, standard deviation and quantiles of the revenue, in dollars.
    explained : float
        Share of its variance that the regression on the quantities explains; polynomials of this
        degree miss the rest.
    degree : int
    quantities : DataFrame
        One row per quantity, the largest share first: ``quantity``, ``group``, ``unit``,
        ``first_order``, ``total``, ``share``, each with its ``_error``; the quantity's median,
        ``p05`` and ``p95``; the median revenue with the quantity there and everything else
        unchanged (``held_p05``, ``held_p95``) or following it (``along_p05``, ``along_p95``).
    groups : DataFrame
        ``group``, ``title``, ``first_order`` and ``total`` of its quantities known together, and
        ``share``, the sum of theirs.
    correlations : DataFrame
        Correlations of quantities on the scale on which priors are normal.
    """

    definition: str
    year: int
    numbers: dict[str, float]
    explained: float
    degree: int
    quantities: pd.DataFrame
    groups: pd.DataFrame
    correlations: pd.DataFrame


def shares_of(outcome: Outcome, held: Mapping[str, tuple[float, float]] | None = None) -> Shares:
    """Compute the shares of the variance of a revenue, its tornado and its drivers' correlations.

    Parameters
    ----------
    outcome : Outcome
    held : mapping, optional
        Median revenue with each quantity at its 5% and 95% quantile and all else unchanged, by
        label: see ``held_at_ends``.

    Raises
    ------
    TooFewDrawsError
        If there are fewer than ten draws for each quantity.
    """
    regression = outcome.regression(range(len(outcome.labels)))
    varying = outcome.varying
    table = _shares(regression, outcome.alone, outcome.seed)
    table = pd.concat([_named(outcome, varying, held or {}), table], axis=1)
    ties = np.corrcoef(outcome.inputs[:, varying].T)
    names = [outcome.labels[place] for place in varying]
    order = np.argsort(-table["share"].to_numpy(), kind="stable")
    return Shares(
        definition=outcome.definition,
        year=outcome.year,
        numbers={name: float(value) for name, value in quantiles(outcome.result).items()},
        explained=regression.explained(range(len(outcome.labels))),
        degree=regression.degree,
        quantities=table.iloc[order].reset_index(drop=True),
        groups=_by_group(regression, outcome, table),
        correlations=pd.DataFrame(ties, index=names, columns=names).iloc[order, order],
    )


def held_at_ends(
    case: Case, posterior: Posterior, outcome: Outcome
) -> dict[str, tuple[float, float]]:
    """Median revenue with one quantity at its 5% and 95% quantile and all else unchanged.

    The accounts are recomputed for some of the draws. Quantities known exactly are omitted, and so
    are exchange rates, which have no single value in a year.

    Parameters
    ----------
    case : Case
        A case with a timeline that extends to the end of the outcome's year.

    Returns
    -------
    dict of str to (float, float)
        By label, in dollars.
    """
    layout = posterior.layout
    draws = posterior.draws[:: max(len(posterior.draws) // TORNADO_DRAWS, 1)]
    # the same draws, so that only the changed quantity makes a difference
    whole = float(np.median(outcome.result))
    unchanged = _median(case, layout, draws, outcome)
    found = {}
    for place in outcome.varying:
        if place >= layout.size:
            continue
        ends = []
        for end in np.quantile(outcome.natural[:, place], [0.05, 0.95]):
            changed = draws.copy()
            changed[:, place] = end
            ends.append(whole + _median(case, layout, changed, outcome) - unchanged)
        found[outcome.labels[place]] = (ends[0], ends[1])
    return found


def _median(case: Case, layout: Layout, draws: Floats, outcome: Outcome) -> float:
    inside = case.timeline.months.year == outcome.year

    def amount(some: Projector) -> xr.DataArray:
        revenue = some.baseline.revenue_usd.sel(definition=outcome.definition)
        return revenue.isel(month=inside).sum(["host", "month"])

    return float(along_draws(in_blocks(case, layout, draws, amount, outcome.seed)).median())


def _shares(regression: Regression, alone: Sequence[Regression], seed: int) -> pd.DataFrame:
    """First-order, total and Shapley shares of each varying input, with their errors.

    Errors come from the draws (jackknife over blocks of them) and, for Shapley effects, also from
    the random orders.

    Parameters
    ----------
    regression : Regression
        On all inputs.
    alone : sequence of Regression
        On each varying input separately, possibly with a higher degree.
    """
    varying = regression.varying
    each = [[place] for place in varying]
    orders = random_orders(regression.inputs, ORDERS, seed)
    added = regression.shapley(orders)[:, varying]
    in_pairs = (added[:ORDERS] + added[ORDERS:]) / 2.0
    few = np.concatenate([orders[:JACKKNIFE_ORDERS], orders[ORDERS : ORDERS + JACKKNIFE_ORDERS]])
    found: list[Floats] = []
    for block in range(BLOCKS):
        rest = regression.without(block)
        shares = [
            np.array([one.explained([0], one.without(block)) for one in alone]),
            regression.totals(each, rest),
            regression.shapley(few, rest)[:, varying].mean(axis=0),
        ]
        found.append(np.array(shares))
    left_out = np.array(found)
    around = left_out - left_out.mean(axis=0)
    noise = np.sqrt((BLOCKS - 1) / BLOCKS * (around**2).sum(axis=0))
    of_orders = in_pairs.std(axis=0, ddof=1) / np.sqrt(ORDERS)
    return pd.DataFrame(
        {
            "first_order": [one.explained([0]) for one in alone],
            "first_order_error": noise[0],
            "total": regression.totals(each),
            "total_error": noise[1],
            "share": added.mean(axis=0),
            "share_error": np.hypot(noise[2], of_orders),
        }
    )


def _named(
    outcome: Outcome, varying: Sequence[int], held: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    """Each quantity's name, its quantiles, and the revenue's median at them."""
    lines: list[dict[str, Any]] = []
    for place in varying:
        values = outcome.natural[:, place]
        label = outcome.labels[place]
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        stays = held.get(label, (np.nan, np.nan))
        goes = [_near(values, outcome.result, level) for level in (0.05, 0.95)]
        lines.append(
            {
                "quantity": label, "group": outcome.groups[place], "unit": outcome.units[place],
                "q50": middle, "p05": low, "p95": high,
                "held_p05": stays[0], "held_p95": stays[1],
                "along_p05": goes[0], "along_p95": goes[1],
            }
        )  # fmt: skip
    return pd.DataFrame(lines)


def _near(values: Floats, result: Floats, level: float) -> float:
    """Median of the result over the draws nearest to a quantile of an input."""
    order = np.argsort(values, kind="stable")
    first = round((level - NEAR / 2) * len(values))
    return float(np.median(result[order[first : first + max(round(NEAR * len(values)), 1)]]))


def _together(outcome: Outcome, members: Sequence[int]) -> float:
    """Share of the variance that some inputs explain together, without any others."""
    if not set(members) & set(outcome.varying):
        return 0.0
    return outcome.regression(members).explained(range(len(members)))


def _by_group(regression: Regression, outcome: Outcome, table: pd.DataFrame) -> pd.DataFrame:
    """Shares of whole groups; zero for a group in which no quantity varies."""
    members = {
        group: [place for place, own in enumerate(outcome.groups) if own == group]
        for group in TITLES
    }
    found = [group for group, places in members.items() if places]
    summed = table.groupby("group")["share"].sum()
    return pd.DataFrame(
        {
            "group": found,
            "title": [TITLES[group] for group in found],
            "quantities": [len(members[group]) for group in found],
            "first_order": [_together(outcome, members[group]) for group in found],
            "total": regression.totals([members[group] for group in found]),
            "share": [float(summed.get(group, 0.0)) for group in found],
        }
    )
