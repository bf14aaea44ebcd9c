"""The figures that a source would state if it were found, and how likely draws make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from model.case.case import Case
from model.case.contents import Prospect
from model.case.printed_figures import grade_error, hedge_tail, ratio_error
from model.evidence.economy import Layout
from model.evidence.likelihood import scales
from model.evidence.measurement import measurement
from model.evidence.row_equations import log_quantities
from model.evidence.synthesis import spread_prior
from model.kernel.hedge_densities import tailed_logpdf

Floats = NDArray[np.float64]


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
        varied = np.array([ratio_error(reading, quantity) for quantity in rows["quantity"]])
        own = np.hypot(np.sqrt(error**2 - common**2 + varied**2) * size, between)
        tail = np.array([hedge_tail(reading, qualifier) for qualifier in rows["qualifier"]])
        counts = rows["statements"].to_numpy(dtype=np.int64)
        none = np.empty((0, 0, 0))
        return cls(
            log_quantity, origin, none, none, own, common * size[:, best], tail, counts,
            reading.off,
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
