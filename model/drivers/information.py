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
from dataclasses import astuple, dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from model.case.case import Case
from model.case.contents import Prospect
from model.drivers.outcome import Outcome
from model.drivers.regression import Regression
from model.evidence.economy import Layout
from model.evidence.likelihood import grade_error, hedge_tail, scales
from model.evidence.measurement import measurement
from model.evidence.row_equations import log_quantities
from model.evidence.synthesis import spread_prior
from model.kernel.hedge_densities import tailed_logpdf
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


@dataclass(frozen=True)
class Figures:
    """The figures a prospect would state, and how likely draws make them.

    Attributes
    ----------
    log_quantity : array, (n, rows)
        Log of the quantity that each row is about, draw by draw.
    origin : array of int, (rows,)
        Index of each row's shared error: the rows of one source err alike on one quantity.
    shared : array, (n, origins, statements)
        Draws of the standardised errors that rows share.
    stated : array, (n, rows, statements)
        Log figures generated from each draw.
    own_error, shared_error : array, (n, rows) or (rows,)
        Standard deviation of each row's own error and of the part that it shares; by draw, since
        the factors of letters and the deviation between units are unknown.
    tail : array, (rows,)
        Mean of each row's tail, as in ``likelihood.Evidence``.
    counts : array of int, (rows,)
        Number of sources that state each row.
    off : (float, float)
        Probability that a figure is off, and the deviation that its error then adds at most.
    """

    log_quantity: Floats
    origin: NDArray[np.int64]
    shared: Floats
    stated: Floats
    own_error: Floats
    shared_error: Floats
    tail: Floats
    counts: NDArray[np.int64]
    off: tuple[float, float] = (0.0, 1.0)

    @classmethod
    def of(
        cls, case: Case, layout: Layout, natural: Floats, prospect: Prospect,
        rng: np.random.Generator, factors: Mapping[str, Floats],
    ) -> Figures:  # fmt: skip
        """Figures generated from every draw of the basic quantities, (n, N).

        ``factors`` are those on the errors of each letter of reliability, by draw; a letter that
        is not there has its prior's.
        """
        measured = measurement(case, layout, prospect.rows)
        log_quantity = log_quantities(layout, measured, natural)
        rows = prospect.rows.set_index("id").loc[list(measured.ids)]
        reading = case.reading
        error = np.array(
            [grade_error(reading, row.reliability, row.credibility) for row in rows.itertuples()]
        )
        letters = rows["reliability"].to_numpy()
        size = np.ones((len(natural), len(rows)))
        for letter in sorted(set(letters)) if reading.letter_sd else ():
            fresh = np.exp(reading.letter_sd * rng.normal(size=len(natural)))
            size[:, letters == letter] = factors.get(letter, fresh)[:, None]
        # one firm or crew does not represent all, and how far they differ is unknown
        centre, width = spread_prior(reading)
        deviation = np.exp(centre + width * rng.normal(size=(len(natural), 1)))
        units = rows["units"].to_numpy()
        between = np.where(units > 0, deviation / np.sqrt(np.maximum(units, 1)), 0.0)
        # as in ``likelihood``: the best row about a quantity sets the size of what is shared
        _, origin = np.unique(rows["quantity"], return_inverse=True)
        alike = origin[:, None] == origin
        best = np.where(alike, error, np.inf).argmin(axis=1)
        common = np.where(alike.sum(axis=1) > 1, np.sqrt(reading.echo_shared) * error[best], 0.0)
        own = np.hypot(np.sqrt(error**2 - common**2) * size, between)
        tail = np.array([hedge_tail(reading, qualifier) for qualifier in rows["qualifier"]])
        counts = rows["statements"].to_numpy(dtype=np.int64)
        none = np.empty((0, 0, 0))
        return cls(
            log_quantity, origin, none, none, own, common * size[:, best], tail, counts,
            (reading.off_share, reading.off_by),
        ).printed(rng)  # fmt: skip

    def printed(self, rng: np.random.Generator) -> Figures:
        """The same with new figures generated from every draw."""
        shape = (*self.log_quantity.shape, int(self.counts.max()))
        shared = rng.normal(size=(shape[0], self.origin.max() + 1, shape[2]))
        common = self.shared_error[..., None] * shared[:, self.origin]
        stated = self.log_quantity[..., None] + common
        own = np.broadcast_to(self.own_error[..., None], shape)
        chances, added = zip(*scales(self.off), strict=True)
        own = np.hypot(own, rng.choice(added, size=shape, p=chances))
        stated = stated + own * rng.normal(size=shape)
        stated = stated + self.tail[:, None] * rng.exponential(size=shape)
        return replace(self, shared=shared, stated=stated)

    @property
    def known(self) -> Floats:
        """Regressors, (n, m): the mean of each row's figures and what else tells much.

        That is their median if some may be off, and for hedges their extreme. All are normal
        scores of ranks, since figures of few units may be far out.
        """
        columns = []
        for row, count in enumerate(self.counts):
            figures = self.stated[:, row, :count]
            columns.append(figures.mean(axis=1))
            if count > 2 and self.off[0]:
                columns.append(np.median(figures, axis=1))
            if count > 1 and self.tail[row] != 0.0:
                columns.append(figures.max(axis=1) if self.tail[row] < 0.0 else figures.min(axis=1))
        return np.column_stack([normal_scores(column) for column in columns])

    def weights(self, truth: int) -> Floats:
        """Weights of all draws if the figures of one were found, (n,); its own weight is zero."""
        log_weight = np.zeros(len(self.log_quantity))
        common = np.broadcast_to(self.shared_error, self.log_quantity.shape)
        own = np.broadcast_to(self.own_error, self.log_quantity.shape)
        for row, count in enumerate(self.counts):
            for statement in range(count):
                error = (
                    self.stated[truth, row, statement] - self.log_quantity[:, row]
                    - common[:, row] * self.shared[:, self.origin[row], statement]
                )  # fmt: skip
                log_weight += tailed_logpdf(error, own[:, row], self.tail[row], self.off)
        log_weight[truth] = -np.inf
        weight = np.exp(log_weight - log_weight.max())
        return np.asarray(weight / weight.sum())


def normal_scores(values: Floats) -> Floats:
    """Standard normal quantiles of the ranks of values, (n,)."""
    return np.asarray(ndtri((rankdata(values, method="ordinal") - 0.5) / len(values)))


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
