"""A run's results as the contract for machines: ``summary.json`` and the tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case import Case
from model.fitting import Convergence, Posterior, convergence
from model.prediction import distribution, fitted_rows, held_out_rows, number
from model.projection import STOCKS, Projection, project
from model.quantities import DEFINITIONS, HEADLINE

Json = dict[str, Any]
Floats = NDArray[np.float64]

SCHEMA = 1
BASELINE = "baseline"


@dataclass(frozen=True)
class Results:
    """What one estimate found: the fit, its projection and the verdict on the chains."""

    case: Case
    posterior: Posterior
    projection: Projection
    convergence: Convergence

    @classmethod
    def of(cls, case: Case, posterior: Posterior) -> Results:
        """Project the posterior and put the gate to every basic quantity and the headline."""
        layout = posterior.layout
        projection = project(case, layout, posterior.draws)
        named = {label: posterior.natural[..., i] for i, label in enumerate(layout.labels)}
        yearly = projection.yearly_usd.sel(definition=HEADLINE)
        shape = posterior.diverging.shape
        for year in yearly["year"].to_numpy():
            draws = yearly.sel(year=year).to_numpy().reshape(shape)
            named[f"{HEADLINE} of {year}"] = draws
        return cls(case, posterior, projection, convergence(named, posterior.diverging))


def summary(results: Results) -> Json:
    """The content of ``summary.json``."""
    case, posterior, gate = results.case, results.posterior, results.convergence
    seed = posterior.options.seed
    layout, draws = posterior.layout, posterior.draws
    return {
        "schema": SCHEMA,
        "case": case.title,
        "converged": gate.converged,
        "convergence": {
            "max_rhat": number(gate.max_rhat),
            "min_ess_bulk": number(gate.min_ess_bulk),
            "min_ess_tail": number(gate.min_ess_tail),
            "divergences": gate.divergences,
            "worst": gate.worst,
        },
        "scenarios": {
            BASELINE: {
                "title": "What happened",
                "annual": _annual(results),
                "workers": _workers(results.projection),
            }
        },
        "press_arithmetic": press_arithmetic(results),
        "quantities": _quantities(case, posterior),
        "evidence": fitted_rows(case, layout, draws, seed),
        "holdout": held_out_rows(case, layout, draws, results.projection, seed + 1),
    }


def _annual(results: Results) -> Json:
    """By whole year, definition and currency: all hosts in dollars, and each currency's hosts."""
    projection = results.projection
    yearly_usd = projection.yearly_usd
    currencies = {host.currency for host in results.case.hosts} - {"USD"}
    blocks = {"usd": yearly_usd}
    if len(currencies) == 1 and all(h.currency != "USD" for h in results.case.hosts):
        blocks[currencies.pop().lower()] = projection.by_year(projection.revenue).sum("host")
    return {
        str(year): {
            definition: {
                currency: distribution(yearly.sel(year=year, definition=definition).to_numpy())
                for currency, yearly in blocks.items()
            }
            for definition in reversed(DEFINITIONS)
        }
        for year in yearly_usd["year"].to_numpy()
    }


def _workers(projection: Projection) -> Json:
    """By month: permitted, irregular and working, all hosts together."""
    stocks = projection.workers.sum("host")
    return {
        str(month): {
            stock: distribution(stocks.sel(stock=stock, month=month).to_numpy()) for stock in STOCKS
        }
        for month in stocks["month"].to_numpy()
    }


def _quantities(case: Case, posterior: Posterior) -> Json:
    """Prior and posterior of each basic quantity."""
    draws = posterior.draws
    priors = {prior.label: prior for prior in case.priors}
    return {
        label: {
            "unit": priors[label].unit,
            "prior": prior_distribution(priors[label]),
            "posterior": distribution(draws[:, place]),
        }
        for place, label in enumerate(posterior.layout.labels)
    }


def prior_distribution(prior: Any) -> Json:
    """Mean, standard deviation and quantiles of a prior, by Gauss-Hermite quadrature."""

    def transform(x: Any) -> Any:
        return np.exp(x) if prior.support == "positive" else 1.0 / (1.0 + np.exp(-x))

    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    values = transform(prior.location + prior.scale * nodes)
    mean = float(weights @ values)
    scores = {"q05": -1.6448536, "q25": -0.6744898, "q50": 0.0, "q75": 0.6744898, "q95": 1.6448536}
    return {
        "mean": number(mean),
        "sd": number(float(np.sqrt(weights @ (values - mean) ** 2))),
        **{
            name: number(float(transform(prior.location + prior.scale * score)))
            for name, score in scores.items()
        },
    }


def press_arithmetic(results: Results) -> Json | None:
    """The press's multiplication, from the rows the case names, beside the posterior.

    Workers times (payment less the middle of the declared salaries) times twelve, at the
    exchange rate that the press's two figures for the payment imply.
    """
    case = results.case
    if case.press is None:
        return None
    rows = case.evidence.set_index("id").loc[
        [case.press[key] for key in ("workers", "payment", "payment_usd", "declared")]
    ]
    workers, payment, payment_usd, declared = (_middle(row) for row in rows.itertuples())
    amount = workers * (payment - declared) * 12 / (payment / payment_usd)
    yearly = results.projection.yearly_usd
    year = case.timeline.headline
    shares = {
        definition: number(float((yearly.sel(year=year, definition=definition) > amount).mean()))
        for definition in reversed(DEFINITIONS)
    }
    return {"usd": number(amount), "year": year, "probability_above": shares}


def _middle(row: Any) -> float:
    """The figure of a row in canonical units; the middle where it prints a lowest and highest."""
    figures = [figure for figure in (row.low, row.value, row.high) if not math.isnan(figure)]
    return float(row.factor * sum(figures) / len(figures))


def rates_table(case: Case) -> pd.DataFrame:
    """Exchange rates used: month, currency, units per US dollar and where each comes from."""
    table = case.rates.per_usd.melt(ignore_index=False, var_name="currency", value_name="per_usd")
    source = case.rates.source.melt(ignore_index=False, var_name="currency", value_name="source")
    table["source"] = source["source"].to_numpy()
    table = table[table["currency"] != "USD"]
    return table.rename_axis("month").reset_index()


def manifest(results: Results, key: str, without: list[str]) -> Json:
    """What made a run: hash of every input, versions, options, seed, timings, convergence."""
    from model import archive

    posterior, gate = results.posterior, results.convergence
    options = posterior.options
    return {
        "schema": SCHEMA,
        "run": key,
        "case": results.case.name,
        "inputs": dict(sorted(results.case.hashes.items())),
        "without": without,
        "versions": archive.versions(),
        "sampler": {
            "draws": options.draws,
            "tune": options.tune,
            "chains": options.chains,
            "seed": options.seed,
            "target_accept": options.target_accept,
            "fastmath": False,
            **posterior.notes,
        },
        "convergence": {"converged": gate.converged, "divergences": gate.divergences},
        "seconds": posterior.seconds,
    }
