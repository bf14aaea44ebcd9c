"""Value of information: the expected reduction of a result's variance and of its 90% width.

It is computed for a quantity known exactly and for a source that might be found. Both are
regressions on draws (Strong, Oakley and Brennan 2014, https://doi.org/10.1177/0272989X13505910,
and Strong, Oakley, Brennan and Breeze 2015, https://doi.org/10.1177/0272989X15575286). For a
source, each draw generates the figures that the source would state if the draw were true, and the
result is regressed on those figures. A second method, which shares only the draws with the first,
reweights the draws by how likely each makes some of the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.case import Case
from model.case.contents import Prospect
from model.drivers.figures_to_come import Figures
from model.drivers.outcome import Outcome
from model.drivers.regression import Regression
from model.evidence.economy import Layout
from model.sampling.reweighting import weighted_quantiles

Floats = NDArray[np.float64]

#: Draws in each bin of the fitted mean, within which the remaining width is measured.
PER_BIN, MOST_BINS = 100, 20
ENDS = (0.05, 0.95)
#: Sets of figures for which the draws are reweighted.
NESTED = 200
#: How often a source's figures are generated from all draws; each time yields one estimate.
REPEATS = 5
#: Least median of the effective draws at which a reweighting is reported.
ENOUGH = 50.0


@dataclass(frozen=True)
class Worth:
    """The uncertainty of a result expected to remain once something is known.

    Attributes
    ----------
    variance_before, variance_after : float
        In the result's unit, squared.
    width_before, width_after : float
        Of the 90% interval, in the result's unit.
    """

    variance_before: float
    variance_after: float
    width_before: float
    width_after: float

    @property
    def variance_share(self) -> float:
        """Share of the variance that would be removed."""
        return 1.0 - self.variance_after / self.variance_before

    @property
    def narrower(self) -> float:
        """How much narrower the 90% interval would be."""
        return self.width_before - self.width_after


def worth(result: Floats, known: Floats, effective: float | None = None) -> Worth:
    """Expected value of knowing something, by regression on draws.

    Parameters
    ----------
    result : array, (n,)
    known : array, (n, m)
        What would be known, in each draw.
    effective : float, optional
        Effective number of draws.

    Raises
    ------
    TooFewDrawsError
    """
    return _left_by(Regression(known, result, effective), result)


def _left_by(regression: Regression, result: Floats) -> Worth:
    """Expected value of knowing all inputs of a regression of the result."""
    variance = float(result.var())
    left = 1.0 - regression.explained(range(regression.inputs))
    return Worth(variance, left * variance, width(result), _width_left(result, regression.fitted))


def width(values: Floats) -> float:
    """Width of the 90% interval, from median-unbiased quantiles for any number of draws."""
    low, high = np.quantile(values, ENDS, method="median_unbiased")
    return float(high - low)


def _width_left(result: Floats, fitted: Floats) -> float:
    """Mean width of the residuals around the fitted mean, over bins of that mean.

    Bins are used because results with a large mean may also be more uncertain.
    """
    bins = int(np.clip(len(result) // PER_BIN, 1, MOST_BINS))
    left = (result - fitted)[np.argsort(fitted, kind="stable")]
    return float(np.mean([width(one) for one in np.array_split(left, bins)]))


def reweighed(result: Floats, figures: Figures, nested: int = NESTED) -> tuple[Worth, float]:
    """Expected value of a source by reweighting the draws, and the effective draws behind it.

    Figures are generated from some of the draws, spread evenly over all. For each set of figures,
    the posterior with the source is the draws weighted by how likely they make the figures.

    Returns
    -------
    worth : Worth
    effective : float
        Median over the figures of the effective draws behind the reweighted posterior.
    """
    truths = np.linspace(0, len(result) - 1, min(nested, len(result))).round().astype(int)
    variances, widths, sizes = [], [], []
    for truth in truths:
        weight = figures.weights(int(truth))
        mean = weight @ result
        size = 1.0 / float(weight @ weight)
        # a weighted variance of n effective draws is too small by the factor 1 - 1/n
        variances.append(float(weight @ (result - mean) ** 2) / max(1.0 - 1.0 / size, 1e-9))
        low, high = weighted_quantiles(result, weight, ENDS)
        widths.append(float(high - low))
        sizes.append(size)
    found = Worth(
        float(result.var()), float(np.mean(variances)), width(result), float(np.mean(widths))
    )
    return found, float(np.median(sizes))


def worth_of_quantities(outcome: Outcome) -> pd.DataFrame:
    """Expected value of knowing each quantity exactly, the largest first.

    Returns
    -------
    DataFrame
        ``quantity``, ``group``, ``variance_share`` (the share removed), ``width_before``,
        ``width_after`` and ``narrower`` in dollars.
    """
    lines: list[dict[str, object]] = []
    for place, alone in zip(outcome.varying, outcome.alone, strict=True):
        found = _left_by(alone, outcome.result)
        named = {"quantity": outcome.labels[place], "group": outcome.groups[place]}
        lines.append({**named, **_columns(found)})
    return _sorted(lines)


def worth_of_prospects(
    case: Case,
    layout: Layout,
    outcome: Outcome,
    prospects: Sequence[Prospect],
    factors: Mapping[str, Floats],
) -> pd.DataFrame:
    """Expected value of finding each source, the largest first.

    ``factors`` are those on the errors of each letter of reliability, in each draw.

    Returns
    -------
    DataFrame
        ``prospect``, ``title``, ``states`` (in short); ``variance_share``, ``width_before``,
        ``width_after`` and ``narrower`` by regression; ``reweighed_variance_share`` and
        ``reweighed_width_after`` by the second method, NaN if ``reweighed_draws`` are too few.
    """
    lines: list[dict[str, object]] = []
    for number, prospect in enumerate(prospects):
        rng = np.random.default_rng([outcome.seed, number])
        natural = outcome.natural[:, : layout.size]
        figures = Figures.of(case, layout, natural, prospect, rng, factors)
        several = [figures, *(figures.printed(rng) for _ in range(REPEATS - 1))]
        found = _mean([worth(outcome.result, one.known, outcome.effective) for one in several])
        again, size = reweighed(outcome.result, figures)
        told = size >= ENOUGH
        lines.append(
            {
                "prospect": prospect.name,
                "title": prospect.title,
                "states": stated(prospect),
                **_columns(found),
                "reweighed_variance_share": again.variance_share if told else np.nan,
                "reweighed_width_after": again.width_after if told else np.nan,
                "reweighed_draws": size,
            }
        )
    return _sorted(lines)


def stated(prospect: Prospect) -> str:
    """Describe a prospect's statements in short: quantity, months, hedge and grade of each row."""
    said = []
    for row in prospect.rows.itertuples():
        months = " – ".join(dict.fromkeys((str(row.start), str(row.end))))
        times = f", {row.statements} times" if row.statements > 1 else ""
        said.append(
            f"{row.quantity} {months}, {row.qualifier}, {row.reliability}{row.credibility}{times}"
        )
    return "; ".join(said)


def _mean(found: Sequence[Worth]) -> Worth:
    return Worth(*(float(x) for x in np.mean([astuple(one) for one in found], axis=0)))


def _columns(found: Worth) -> dict[str, float]:
    return {
        "variance_share": found.variance_share,
        "width_before": found.width_before,
        "width_after": found.width_after,
        "narrower": found.narrower,
    }


def _sorted(lines: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(lines)
    if table.empty:
        return table
    return table.sort_values("variance_share", ascending=False, kind="stable", ignore_index=True)
