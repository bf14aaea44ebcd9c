"""Months past the data up to a horizon, and exchange rates where none is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.case import Case
from model.case.exchange import later_rates

Floats = NDArray[np.float64]


def extended(case: Case, horizon: pd.Period | None) -> Case:
    """Extend a case's months to a horizon, continuing the last phases and rates.

    Months with a rate (from fx.csv or the ECB) use it. The others hold the last known rate, around
    which ``random_walk`` gives each draw its own path.
    """
    months = case.timeline.months
    if horizon is None or horizon <= months[-1]:
        return case
    longer = pd.period_range(months[0], horizon, freq="M")
    return replace(
        case,
        timeline=replace(case.timeline, months=longer),
        rates=later_rates(case.rates, longer),
    )


def random_walk(case: Case, draws: int, seed: int) -> dict[str, Floats]:
    """Log deviation from the last known rate, (draws, T), of each currency with missing rates.

    The monthly steps of the random walk have the standard deviation of the known months' steps. It
    starts at the last known month and is zero wherever a rate is known.
    """
    walks = {}
    rates = case.rates
    for place, currency in enumerate(sorted({host.currency for host in case.hosts})):
        unknown = rates.walks[currency].to_numpy()
        if not unknown.any():
            continue
        steps = np.diff(np.log(rates.of(currency)))[~unknown[1:] & ~unknown[:-1]]
        rng = np.random.default_rng([seed, place])
        # by month, so that the paths of one horizon are the beginnings of a later one's
        noise = rng.normal(scale=steps.std(ddof=1), size=(len(unknown), draws)).T * unknown
        walk = np.zeros_like(noise)
        for month in np.flatnonzero(unknown):
            walk[:, month] = walk[:, month - 1] + noise[:, month]
        walks[currency] = walk
    return walks
