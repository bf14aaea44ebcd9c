"""Predictive checks of every row, from the priors alone and from the posterior."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.archive.finding import Finding, finding
from model.case.case import Case
from model.criticism.refits import yearly_revenue
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.evidence.economy import Layout
from model.evidence.row_equations import LEAST, log_quantities
from model.evidence.synthesis import ErrorSizes, Synthesis
from model.projection.prediction import Json, replicate, tail_probability
from model.projection.projection import quantiles
from model.terminal.wording import MILLION, three

Floats = NDArray[np.float64]

DRAWS = 4000
#: Tail probabilities under the priors below which a figure counts as excluded or as doubtful.
EXCLUDED, DOUBTFUL = 0.001, 0.01
#: Chance of a false alarm of the posterior predictive check, over all rows together.
FALSE_ALARM = 0.05

PRIOR_READING = (
    "Median and 90% interval of the figure that the priors alone predict, in the row's own unit, "
    "and the two-sided tail probability of the figure printed. Rows named after a definition are "
    "revenue in US dollars a year. “Nothing” is the share of prior draws in which the row's "
    "quantity would be zero or negative, which the evidence rules out."
)
POSTERIOR_READING = (
    "Median and 90% interval of the figure that the posterior predicts, and the two-sided tail "
    "probability of the figure printed. The row itself has informed the posterior, so small "
    "probabilities are rarer than their size suggests."
)


def prior_draws(layout: Layout, seed: int, draws: int = DRAWS) -> Floats:
    """Basic quantities drawn from their priors alone, (draws, N)."""
    normals = np.random.default_rng(seed).normal(size=(draws, layout.size))
    return np.asarray(layout.natural(normals))


def prior_predictive(case: Case, parts: Synthesis, seed: int) -> CheckResult:
    """Predict every row and the headline from the priors alone, without a fit.

    Returns
    -------
    CheckResult
        Failed if the priors exclude a fitted figure.
    """
    said, layout = parts.evidence, parts.layout
    natural = prior_draws(layout, seed)
    log_quantity = log_quantities(layout, parts.measured, natural)
    rng = np.random.default_rng([seed, 1])
    figures = replicate(said, log_quantity, rng, case.reading, ErrorSizes())
    nothing = (log_quantity < np.log(LEAST) / 2).mean(axis=0)
    units = case.evidence.set_index("id")["unit"]
    lines: list[dict[str, object]] = []
    for place, row in enumerate(said.ids):
        if said.weight[place] == 0.0:
            continue
        above = float((figures[:, place] > said.log_figure[place]).mean())
        ends = np.quantile(figures[:, place], [0.5, 0.05, 0.95])
        logs = np.append(ends, said.log_figure[place]) + said.offset[place]
        printed = np.exp(logs) * said.to_printed[place]
        lines.append(
            {
                "row": row,
                "unit": str(units[row]),
                "observed": float(printed[3]),
                "q50": float(printed[0]),
                "q05": float(printed[1]),
                "q95": float(printed[2]),
                "p": tail_probability(above, said.tail[place]),
                "nothing": float(nothing[place]),
            }
        )
    lines.sort(key=lambda line: str(line["row"]))
    tails = {str(line["row"]): float(str(line["p"])) for line in lines}
    excluded = [row for row, p in tails.items() if p < EXCLUDED]
    doubtful = [row for row, p in tails.items() if EXCLUDED <= p < DOUBTFUL]
    year, numbers, revenue = _prior_revenue(case, layout, natural)
    found: list[Finding] = [finding("priors_exclude_none", figures=len(lines))]
    if excluded:
        found = [finding("priors_exclude", rows=excluded)]
    if doubtful:
        found.append(finding("priors_doubt", rows=doubtful))
    if numbers:
        found.append(finding("priors_take", year=year, take=three(numbers, MILLION)))
    table = pd.DataFrame(lines + revenue)
    return CheckResult.saying("prior_predictive", not excluded, found, PRIOR_READING, table)


def _prior_revenue(
    case: Case, layout: Layout, natural: Floats
) -> tuple[int, dict[str, float], list[dict[str, object]]]:
    """The headline's year, its prior distribution, and a line for each definition."""
    year = case.timeline.headline
    yearly = yearly_revenue(case, layout, natural)
    lines: list[dict[str, object]] = []
    headline: dict[str, float] = {}
    if year not in yearly["year"]:
        return year, headline, lines
    for name in reversed(DEFINITIONS):
        draws = yearly.sel(definition=name, year=year).to_numpy()
        numbers = {key: float(value) for key, value in quantiles(draws).items()}
        if name == HEADLINE:
            headline = numbers
        lines.append(
            {
                "row": f"{name} of {year}",
                "unit": "USD/year",
                "observed": float("nan"),
                **{key: numbers[key] for key in ("q50", "q05", "q95")},
                "p": float("nan"),
                "nothing": float((draws <= 0.0).mean()),
            }
        )
    return year, headline, lines


def posterior_predictive(rows: Json) -> CheckResult:
    """Test how surprising each fitted row is.

    Parameters
    ----------
    rows : dict
        The block ``evidence`` of a summary.

    Returns
    -------
    CheckResult
        Failed if any row's tail probability is too small to be chance among so many.
    """
    lines = [
        {
            "row": name,
            "unit": found["unit"],
            "observed": found["observed"],
            **{key: found["predicted"][key] for key in ("q50", "q05", "q95")},
            "p": None if found["surprise"] is None else 1.0 - found["surprise"],
        }
        for name, found in rows.items()
        if found["weight"] > 0.0
    ]
    tails = {line["row"]: line["p"] for line in lines if line["p"] is not None}
    limit = FALSE_ALARM / max(len(tails), 1)
    beyond = [row for row, p in tails.items() if p < limit]
    outside = _smallest_first(tails, 0.1)
    found = [
        finding("rows_apart", count=len(beyond), rows=len(tails), names=beyond)
        if beyond
        else finding("rows_agree", rows=len(tails)),
        finding("rows_outside", count=len(outside), names=outside)
        if outside
        else finding("rows_inside"),
    ]
    return CheckResult.saying(
        "posterior_predictive", not beyond, found, POSTERIOR_READING, pd.DataFrame(lines),
        "evidence",
    )  # fmt: skip


def _smallest_first(tails: dict[str, float], limit: float) -> list[str]:
    return [row for row, p in sorted(tails.items(), key=lambda item: item[1]) if p < limit]
