"""A run's results in machine-readable form: ``summary.json`` and the tables."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.archive.by_place import by_place
from model.archive.press import press_arithmetic
from model.archive.under_scenarios import Results
from model.case.case import Case
from model.case.contents import Scenario
from model.case.folders import BASELINE
from model.case.scenario_words import changes_told
from model.equations.quantities import DEFINITIONS, Support
from model.equations.subjects import is_total
from model.evidence.synthesis import chances_off, log_quantities
from model.projection.counterfactual import STOCKS
from model.projection.prediction import (
    distribution,
    fitted_rows,
    held_out_rows,
    log_densities,
    modelled_total,
    number,
    only_in_part,
)
from model.projection.projection import Projection, quantiles
from model.projection.yearly_accounts import accounts_block
from model.sampling.convergence import Convergence
from model.sampling.fitting import Posterior

Json = dict[str, Any]
Floats = NDArray[np.float64]

SCHEMA = 2
#: Relative difference that rounding causes in amounts converted at another exchange rate.
ROUNDING = 1e-12


def summary(results: Results) -> Json:
    """Content of ``summary.json``."""
    case, posterior, gate = results.case, results.posterior, results.convergence
    seed = posterior.options.seed
    layout, draws, sizes = posterior.layout, posterior.draws, posterior.error_sizes
    fitted = posterior.parts.evidence
    rows = fitted_rows(case, layout, draws, seed, fitted, sizes)
    counting = np.array(fitted.ids)[fitted.weight > 0.0].tolist()
    struck = _struck(case, counting)
    return {
        "schema": SCHEMA,
        "case": case.title,
        "converged": gate.converged,
        "convergence": convergence_block(gate),
        "scenarios": {one.name: scenario_block(results, one) for one in results.scenarios},
        "press_arithmetic": press_arithmetic(results),
        "accounts": accounts_block(case, results.paid_for),
        "quantities": _quantities(case, posterior),
        "errors": _errors(results),
        "evidence": {row: said for row, said in rows.items() if row not in struck},
        "holdout": held_out_rows(case, layout, draws, results.projection, seed + 1, sizes),
        **({"readings": _readings(results)} if results.rivals else {}),
        **({"struck": struck} if struck else {}),
    }


def _struck(case: Case, counting: Collection[str]) -> Json:
    """Rows that were struck out, with the reason of each, but for those that count in this run."""
    return {
        row: {"why": one.why, "by": one.by, **({"since": one.since} if one.since else {})}
        for row, one in case.struck.items()
        if row not in counting
    }


def _readings(results: Results) -> Json:
    """Each rival reading's answer, from the draws that are its part of the mixture."""
    case = results.case
    blocks = {}
    for place, rival in enumerate(results.rivals):
        own = results.posterior.of_reading(place)
        projections = {name: one.of_draws(own) for name, one in results.projections.items()}
        what_happened = projections[BASELINE]
        blocks[rival.reading.name] = {
            "title": rival.reading.title,
            "weight": round(rival.weight, 8),
            "basis": rival.reading.basis,
            "follows": rival.reading.follows,
            "holdout": _log_densities(case, what_happened),
            "scenarios": {
                one.name: _years(
                    case,
                    *(
                        found.until(results.end_of(one))
                        for found in (projections[one.name], what_happened)
                    ),
                    told=one.name != BASELINE,
                )
                for one in results.scenarios
            },
        }
    return blocks


def _years(case: Case, projection: Projection, baseline: Projection, *, told: bool) -> Json:
    """Revenue by year and, unless it is the baseline's, its difference from that."""
    found = {"annual": _annual(case, projection)}
    return found | ({"versus_baseline": _versus(case, projection, baseline)} if told else {})


def convergence_block(gate: Convergence) -> Json:
    """The verdict on the chains as plain numbers."""
    return {
        "max_rhat": number(gate.max_rhat),
        "min_ess_bulk": number(gate.min_ess_bulk),
        "min_ess_tail": number(gate.min_ess_tail),
        "divergences": gate.divergences,
        "worst": gate.worst,
    }


def scenario_block(results: Results, scenario: Scenario) -> Json:
    """Description, years and months of a scenario, and its difference from the baseline."""
    end, told = results.end_of(scenario), scenario.name != BASELINE
    projection = results.projections[scenario.name].until(end)
    baseline = results.projection.until(end)
    block = {
        "title": scenario.title,
        "description": scenario.description,
        "basis": scenario.basis,
        "sources": list(scenario.sources),
        **({"changes": changes_told(results.case, scenario)} if told else {}),
        "workers": _workers(projection),
        **_years(results.case, projection, baseline, told=told),
        **by_place(results.case, projection),
    }
    if not told:
        return block
    stake = _at_stake(results.case, scenario, projection, baseline)
    data = results.case.timeline.months[-1]
    if end > data and stake["from"] <= str(data):
        within = (one.until(data) for one in (projection, baseline))
        stake["within_data"] = _at_stake(results.case, scenario, *within)
    return block | {"at_stake": stake}


def in_currencies(case: Case, projection: Projection) -> dict[str, xr.DataArray]:
    """Revenue by month, all hosts together, (definition, draw, month), by currency.

    The currencies are US dollars and, if all hosts share one, the hosts' own.
    """
    blocks = {"usd": projection.revenue_usd.sum("host")}
    currencies = {host.currency for host in case.hosts}
    if len(currencies) == 1 and "USD" not in currencies:
        blocks[currencies.pop().lower()] = projection.revenue.sum("host")
    return blocks


def _annual(case: Case, projection: Projection) -> Json:
    """Revenue by whole year, definition and currency."""
    return _by_year(case, projection, None)


def _versus(case: Case, projection: Projection, baseline: Projection) -> Json:
    """Difference from the baseline, draw by draw, by whole year, definition and currency."""
    return _by_year(case, projection, baseline)


def _by_year(case: Case, projection: Projection, baseline: Projection | None) -> Json:
    blocks = {
        currency: projection.by_year(revenue)
        for currency, revenue in in_currencies(case, projection).items()
    }
    if baseline is not None:
        before = in_currencies(case, baseline)
        blocks = {
            currency: difference(yearly, baseline.by_year(before[currency]))
            for currency, yearly in blocks.items()
        }
    describe = distribution if baseline is None else higher
    return {
        str(year): {
            definition: {
                currency: describe(yearly.sel(year=year, definition=definition).to_numpy())
                for currency, yearly in blocks.items()
            }
            for definition in reversed(DEFINITIONS)
        }
        for year in blocks["usd"]["year"].to_numpy()
    }


def difference(ours: xr.DataArray, theirs: xr.DataArray) -> xr.DataArray:
    """Difference draw by draw; differences due only to rounding are zero."""
    apart = ours - theirs
    return apart.where(abs(apart) > ROUNDING * abs(theirs), 0.0)


def higher(draws: Floats) -> Json:
    """Numbers of a difference, and the probabilities that it is below and above zero.

    The rest is the probability that nothing changes.
    """
    return distribution(draws) | {
        "probability_lower": number(float((draws < 0.0).mean())),
        "probability_higher": number(float((draws > 0.0).mean())),
    }


def _at_stake(case: Case, scenario: Scenario, projection: Projection, baseline: Projection) -> Json:
    """Difference summed from the first month changed to the last projected."""
    months = projection.revenue["month"].to_numpy()
    first = min(str(change.first) for change in scenario.changes)
    ours, theirs = (in_currencies(case, one) for one in (projection, baseline))
    block: Json = {"from": first, "to": str(months[-1])}
    for definition in reversed(DEFINITIONS):
        block[definition] = {
            currency: higher(
                difference(
                    *(
                        one[currency]
                        .sel(definition=definition)
                        .isel(month=months >= first)
                        .sum("month")
                        for one in (ours, theirs)
                    )
                ).to_numpy()
            )
            for currency in ours
        }
    return block


def _workers(projection: Projection) -> Json:
    """Permitted, irregular and working persons by month, all hosts together."""
    stocks = projection.workers.sum("host")
    numbers = quantiles(stocks.to_numpy(), axis=1)
    months = stocks["month"].to_numpy()
    return {
        str(month): {
            stock: {name: number(float(q[row, column])) for name, q in numbers.items()}
            for row, stock in enumerate(STOCKS)
        }
        for column, month in enumerate(months)
    }


def _quantities(case: Case, posterior: Posterior) -> Json:
    """Prior and posterior of each basic quantity."""
    draws, layout = posterior.draws, posterior.layout
    priors = {prior.label: prior for prior in case.priors}
    return {
        label: {
            "unit": priors[label].unit,
            "prior": prior_distribution(
                priors[label].support, layout.location[place], layout.scale[place]
            ),
            "posterior": distribution(draws[:, place]),
        }
        for place, label in enumerate(layout.labels)
    }


def _log_densities(case: Case, projection: Projection) -> Json:
    """Log predictive density of each held-out total of a modelled host; it weighs nothing."""
    rows = case.evidence[case.evidence["role"] == "holdout"]
    found = {}
    for row in rows.itertuples():
        if is_total(row.quantity) and not only_in_part(case, row.host):
            _, predicted = modelled_total(case, row, projection)
            if predicted is not None:
                logs = log_densities(case, row, predicted)
                found[row.id] = number(float(np.logaddexp.reduce(logs) - np.log(len(logs))))
    return found


def _errors(results: Results) -> Json:
    """What sets the size of errors, and the probability that each fitted row is off.

    A row that a reading leaves out has no such probability there.
    """
    posterior = results.posterior
    sizes = posterior.error_sizes
    parts, normals = posterior.parts, posterior.flat
    chances = chances_off(parts, normals, log_quantities(parts, normals))
    for place, rival in enumerate(results.rivals):
        left_out = rival.parts.evidence.weight == 0.0
        chances[np.ix_(posterior.of_reading(place), left_out)] = np.nan
    fitted = np.flatnonzero(np.isfinite(chances).any(axis=0))
    off = np.full(len(parts.evidence.ids), np.nan)
    off[fitted] = np.nanmean(chances[:, fitted], axis=0)
    return {
        "letters": {letter: distribution(draws) for letter, draws in sizes.letters.items()},
        **(
            {"panels": {name: distribution(draws) for name, draws in sizes.panels.items()}}
            if sizes.panels
            else {}
        ),
        "off": {
            row: number(float(chance))
            for row, chance in zip(parts.evidence.ids, off, strict=True)
            if np.isfinite(chance)
        },
    }


def prior_distribution(support: Support, location: float, scale: float) -> Json:
    """Mean, standard deviation and quantiles of a prior, by Gauss-Hermite quadrature."""

    def transform(x: Any) -> Any:
        return np.exp(x) if support == "positive" else 1.0 / (1.0 + np.exp(-x))

    with np.errstate(all="ignore"):  # absurd priors overflow and are reported as not finite
        return _prior_numbers(transform, location, scale)


@cache
def _quadrature() -> tuple[Floats, Floats]:
    """Nodes, and weights that sum to one, for the mean of a function of a standard normal."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    return nodes, weights / weights.sum()


def _prior_numbers(transform: Any, location: float, scale: float) -> Json:
    nodes, weights = _quadrature()
    values = transform(location + scale * nodes)
    mean = float(weights @ values)
    scores = {"q05": -1.6448536, "q25": -0.6744898, "q50": 0.0, "q75": 0.6744898, "q95": 1.6448536}
    return {
        "mean": number(mean),
        "sd": number(float(np.sqrt(weights @ (values - mean) ** 2))),
        **{
            name: number(float(transform(location + scale * score)))
            for name, score in scores.items()
        },
    }
