"""The convergence gate: whether chains may be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MAX_RHAT = 1.01
MIN_ESS = 400.0


@dataclass(frozen=True, slots=True)
class Convergence:
    """Verdict on the chains, over every quantity checked.

    ``worst`` names the quantities with the largest R-hat and the smallest effective sizes.
    """

    max_rhat: float
    min_ess_bulk: float
    min_ess_tail: float
    divergences: int
    worst: dict[str, str]

    @property
    def converged(self) -> bool:
        """R-hat at most 1.01, bulk and tail ESS at least 400, no divergences."""
        return bool(
            self.max_rhat <= MAX_RHAT
            and self.min_ess_bulk >= MIN_ESS
            and self.min_ess_tail >= MIN_ESS
            and self.divergences == 0
        )


def worst_of(gates: Mapping[str, Convergence]) -> Convergence:
    """The worst of each diagnostic over several fits, and the fit that it is from."""

    def named(kind: str, key: Callable[[Convergence], float]) -> str:
        name = max(gates, key=lambda one: key(gates[one]))
        return f"{gates[name].worst[kind]} in {name}"

    return Convergence(
        max_rhat=max(one.max_rhat for one in gates.values()),
        min_ess_bulk=min(one.min_ess_bulk for one in gates.values()),
        min_ess_tail=min(one.min_ess_tail for one in gates.values()),
        divergences=sum(one.divergences for one in gates.values()),
        worst={
            "rhat": named("rhat", lambda one: one.max_rhat),
            "ess_bulk": named("ess_bulk", lambda one: -one.min_ess_bulk),
            "ess_tail": named("ess_tail", lambda one: -one.min_ess_tail),
        },
    )


def convergence(named: Mapping[str, Floats], diverging: NDArray[np.bool_]) -> Convergence:
    """Rank-normalised R-hat, bulk and tail effective sizes of draws, (chains, draws) each.

    Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), https://doi.org/10.1214/20-BA1221,
    as computed by ArviZ.
    """
    from arviz_stats.base import array_stats

    stacked = np.stack([np.asarray(draws) for draws in named.values()])
    layout = {"chain_axis": 1, "draw_axis": 2}
    with np.errstate(invalid="ignore", divide="ignore"):
        table = {
            "rhat": array_stats.rhat(stacked, method="rank", **layout),
            "ess_bulk": array_stats.ess(stacked, method="bulk", **layout),
            "ess_tail": array_stats.ess(stacked, method="tail", prob=(0.05, 0.95), **layout),
        }
    # a quantity that never moves has no R-hat and counts as not converged
    rhat = np.where(np.isfinite(table["rhat"]), table["rhat"], np.inf)
    bulk = np.where(np.isfinite(table["ess_bulk"]), table["ess_bulk"], 0.0)
    tail = np.where(np.isfinite(table["ess_tail"]), table["ess_tail"], 0.0)
    names = list(named)
    return Convergence(
        max_rhat=float(rhat.max()),
        min_ess_bulk=float(bulk.min()),
        min_ess_tail=float(tail.min()),
        divergences=int(diverging.sum()),
        worst={
            "rhat": names[int(rhat.argmax())],
            "ess_bulk": names[int(bulk.argmin())],
            "ess_tail": names[int(tail.argmin())],
        },
    )


def median_error(draws: Floats, reading: NDArray[np.int64] | None = None) -> float:
    """Monte Carlo error of the median of draws, (chains, draws).

    The share of draws below the median is a mean with an effective number of draws, reading by
    reading; its error is carried over to the median by the quantiles around it (as ArviZ's for one
    set of chains).

    Parameters
    ----------
    draws : array, (chains, draws)
    reading : array of int, (draws,), optional
        For a mixture, the reading of each draw.
    """
    from arviz_stats.base import array_stats

    if np.ptp(draws) == 0.0:
        return 0.0
    below = (draws <= np.median(draws)).astype(float)
    variance = 0.0
    parts = np.zeros(draws.shape[1], dtype=int) if reading is None else reading
    for number in np.unique(parts):
        own = below[:, parts == number]
        share = own.mean()
        if 0.0 < share < 1.0:
            effective = array_stats.ess(own, method="mean", chain_axis=0, draw_axis=1)
            variance += (own.size / draws.size) ** 2 * share * (1.0 - share) / float(effective)
    error = min(variance**0.5, 0.49)
    low, high = np.quantile(draws, [0.5 - error, 0.5 + error])
    return float(high - low) / 2.0
