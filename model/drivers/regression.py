"""How much of a result's variance groups of its inputs explain, by regression on draws.

Given draws of inputs and of a result, the part of the result's variance that a set S of inputs
explains is Var(E[result | S]). The conditional mean is estimated by least squares on orthonormal
polynomials of the inputs in S and their pairwise products; degree and pairs are chosen by
cross-validation. The method makes no assumption about the dependence between inputs and needs
nothing but the draws (Owen 2014, https://doi.org/10.1137/130936233; Song, Nelson and Staum 2016,
https://doi.org/10.1137/15M1048070; Strong, Oakley and Brennan 2014,
https://doi.org/10.1177/0272989X13505910).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Degrees of the polynomials to try.
DEGREES = (1, 2, 3, 5, 8, 12)
#: Least number of draws for each feature; with fewer, least squares follows the noise.
DRAWS_PER_FEATURE = 10
#: Blocks of neighbouring draws for cross-validation and the jackknife, longer than the chains'
#: autocorrelation.
BLOCKS = 20
#: Relative addition to the variances of features, so that collinear inputs can be separated.
RIDGE = 1e-9


class TooFewDrawsError(ValueError):
    """Fewer draws than a regression on so many inputs needs; the text states how many it needs."""


@dataclass(frozen=True)
class Moments:
    """Sums of squares and products of features and of the result.

    Attributes
    ----------
    gram : array, (P, P)
    cross : array, (P,)
    total : float
        Sum of squares of the result around its mean.
    draws : float
        Effective number of draws behind them.
    """

    gram: Floats
    cross: Floats
    total: float
    draws: float

    def explained(self, features: Ints) -> float:
        """Share of the result's variance that features explain, adjusted for noise."""
        if not len(features):
            return 0.0
        own = np.linalg.solve(self.gram[np.ix_(features, features)], self.cross[features])
        return float(self.adjusted(own @ self.cross[features], len(features)))

    def adjusted(self, squares: Floats | float, features: Ints | int) -> Floats:
        """Adjusted share from explained sums of squares and the number of features."""
        left = 1.0 - np.asarray(squares) / self.total
        return 1.0 - left * (self.draws - 1.0) / (self.draws - np.asarray(features) - 1.0)


class NoVarianceError(ValueError):
    """A result that is the same in every draw, and so has no variance to attribute."""


class Regression:
    """A result regressed on its inputs.

    All inputs have the same degree, chosen for all together. A total or a share therefore misses
    curvature in one input if a lower degree suits the others better.

    Parameters
    ----------
    inputs : array, (n, d)
        Draws, on a scale on which they are unbounded or evenly spread.
    result : array, (n,)
    effective : float, optional
        Effective number of draws; by default, the number of draws.

    Raises
    ------
    TooFewDrawsError
        If there are fewer than ten draws for each varying input.
    NoVarianceError
        If the result does not vary.
    """

    def __init__(self, inputs: Floats, result: Floats, effective: float | None = None) -> None:
        self.draws, self.inputs = inputs.shape
        self.effective = min(effective or self.draws, self.draws)
        self.varying = [int(place) for place in np.flatnonzero(np.ptp(inputs, axis=0) > 0.0)]
        self._result = result - result.mean()
        self._blocks = np.arange(self.draws) * BLOCKS // self.draws
        most = int(self.effective // DRAWS_PER_FEATURE)
        if np.ptp(result) == 0.0:
            raise NoVarianceError("the result is the same in every draw, so nothing drives it")
        if len(self.varying) > most:
            raise TooFewDrawsError(
                f"{self.effective:.0f} draws are too few for a regression on {len(self.varying)} "
                f"quantities; it needs at least {DRAWS_PER_FEATURE * len(self.varying)}"
            )
        self._choose(inputs, most)

    def _choose(self, inputs: Floats, most: int) -> None:
        """Choose the degree and the pairs of inputs that best predict left-out draws."""
        self.cross_validated = -np.inf
        for degree in DEGREES:
            if degree * len(self.varying) > most:
                break
            single = {place: polynomials(inputs[:, place], degree) for place in self.varying}
            columns = [single[place] for place in self.varying]
            owners: list[tuple[int, ...]] = [
                (place,) for place in self.varying for _ in range(degree)
            ]
            plain = np.column_stack(columns)
            self._judge(degree, plain, owners)
            pairs = _pairs_that_fit(len(self.varying), degree, most)
            if pairs:
                active = self._most_active(plain - plain.mean(axis=0), owners, pairs)
                for one, other in combinations(active, 2):
                    columns = columns + _products(single[one], single[other], degree)
                    owners = owners + [(one, other)] * (degree * (degree - 1) // 2)
                self._judge(degree, np.column_stack(columns), owners)

    def _judge(self, degree: int, features: Floats, owners: list[tuple[int, ...]]) -> None:
        """Keep features if they predict left-out draws better than the best so far."""
        features = features - features.mean(axis=0)
        by_block = [self._moments(features[self._blocks == b], b) for b in range(BLOCKS)]
        predicted = _left_out_share(by_block, features, self._result, self._blocks)
        if predicted > self.cross_validated:
            self.cross_validated, self.degree = predicted, degree
            self._owners, self._by_block, self._features = owners, by_block, features

    def _moments(self, features: Floats, block: int) -> Moments:
        result = self._result[self._blocks == block]
        share = len(result) / self.draws
        return Moments(
            features.T @ features, features.T @ result, float(result @ result),
            self.effective * share,
        )  # fmt: skip

    def _most_active(
        self, features: Floats, owners: list[tuple[int, ...]], count: int
    ) -> list[int]:
        """Inputs that explain the result given the others, or the spread of its residuals.

        An input may be hidden behind others and explain nothing alone. One that appears only in
        products changes the spread of the residuals of a regression without products.
        """
        gram = features.T @ features
        inverse = np.linalg.inv(gram + RIDGE * np.diag(np.diag(gram)))
        slopes = inverse @ (features.T @ self._result)
        squared = (self._result - features @ slopes) ** 2
        spread = features.T @ (squared - squared.mean()) / self.draws
        activity = np.zeros(self.inputs)
        for place in self.varying:
            own = [at for at, (owner, *_) in enumerate(owners) if owner == place]
            lost = _lost_without(own, slopes, inverse)
            activity[place] = max(
                lost / float(self._result @ self._result),
                float(spread[own] @ spread[own]) / max(float(squared.var()), 1e-300),
            )
        order = sorted(self.varying, key=lambda place: -activity[place])
        return sorted(order[:count])

    @cached_property
    def moments(self) -> Moments:
        """Moments of all draws."""
        return self.without()

    @property
    def fitted(self) -> Floats:
        """The result's mean given all inputs, minus its mean over all draws, (n,)."""
        slopes = np.linalg.solve(self.moments.gram, self.moments.cross)
        return np.asarray(self._features @ slopes)

    def without(self, block: int | None = None) -> Moments:
        """Moments of all draws, or of those outside a block for the jackknife."""
        kept = [one for place, one in enumerate(self._by_block) if place != block]
        gram = np.sum([one.gram for one in kept], axis=0)
        return Moments(
            gram + RIDGE * np.diag(np.diag(gram)),
            np.sum([one.cross for one in kept], axis=0),
            sum(one.total for one in kept),
            sum(one.draws for one in kept),
        )

    def features_of(self, members: Sequence[int]) -> Ints:
        """Places of the features that involve only the given inputs."""
        inside = set(members)
        return np.array(
            [place for place, owners in enumerate(self._owners) if inside.issuperset(owners)],
            dtype=np.int64,
        )

    def explained(self, members: Sequence[int], moments: Moments | None = None) -> float:
        """Share of the variance that a set of inputs explains: Var(E[result | inputs]).

        Parameters
        ----------
        members : sequence of int
            Places of the inputs.
        moments : Moments, optional
            Of part of the draws.
        """
        return (moments or self.moments).explained(self.features_of(members))

    def totals(self, groups: Sequence[Sequence[int]], moments: Moments | None = None) -> Floats:
        """Share of the variance that is explained only with each group, (groups,).

        The loss from leaving features out follows from the inverse of all features' moments.
        """
        kept = moments or self.moments
        inverse = np.linalg.inv(kept.gram)
        slopes = inverse @ kept.cross
        whole, features = float(slopes @ kept.cross), len(slopes)
        everything = float(kept.adjusted(whole, features))
        found = np.zeros(len(groups))
        for place, members in enumerate(groups):
            own = np.array(
                [at for at, owners in enumerate(self._owners) if set(owners) & set(members)], int
            )
            if len(own):
                lost = _lost_without(own, slopes, inverse)
                without = kept.adjusted(whole - lost, features - len(own))
                found[place] = everything - float(without)
        return found

    def shapley(self, orders: Ints, moments: Moments | None = None) -> Floats:
        """Explained share that each input adds, for each order of adding the inputs.

        One Cholesky factor gives the sums of squares after every feature of an order. Averaged over
        all orders these are Shapley effects, which add up to the share that all inputs explain.

        Parameters
        ----------
        orders : array of int, (m, d)
            Permutations of the inputs: see ``random_orders``.
        moments : Moments, optional
            Of part of the draws.

        Returns
        -------
        array, (m, d)
            Added by each input in each order.
        """
        kept = moments or self.moments
        owners = np.array([(one[0], one[-1]) for one in self._owners])
        added = np.zeros(orders.shape)
        for number, order in enumerate(orders):
            position = np.empty(self.inputs, dtype=np.int64)
            position[order] = np.arange(self.inputs)
            # a product enters with the later of its two inputs
            enters = position[owners].max(axis=1)
            by_entry = np.argsort(enters, kind="stable")
            factor = np.linalg.cholesky(kept.gram[np.ix_(by_entry, by_entry)])
            rotated = solve_triangular(factor, kept.cross[by_entry], lower=True)
            count = np.searchsorted(enters[by_entry], np.arange(self.inputs), side="right")
            squares = np.concatenate([[0.0], np.cumsum(rotated**2)])[count]
            after = kept.adjusted(squares, count)
            added[number, order] = np.diff(after, prepend=0.0)
        return added


def _lost_without(own: Ints | list[int], slopes: Floats, inverse: Floats) -> float:
    """Explained sum of squares lost without some features, from the inverse of all moments."""
    return float(slopes[own] @ np.linalg.solve(inverse[np.ix_(own, own)], slopes[own]))


def random_orders(inputs: int, pairs: int, seed: int) -> Ints:
    """Permutations in pairs, each with its reverse, which halves the noise of their mean."""
    rng = np.random.default_rng(seed)
    forward = np.array([rng.permutation(inputs) for _ in range(pairs)])
    return np.concatenate([forward, forward[:, ::-1]])


def polynomials(values: Floats, degree: int) -> Floats:
    """Polynomials of draws, (n,), with mean zero, variance one and no correlation, (n, degree)."""
    low, high = values.min(), values.max()
    table = legvander(2.0 * (values - low) / (high - low) - 1.0, degree)
    rotated, _ = np.linalg.qr(table)
    return np.asarray(rotated[:, 1:] * np.sqrt(len(values)))


def _products(one: Floats, other: Floats, degree: int) -> list[Floats]:
    """Products of two inputs' polynomials up to a total degree."""
    return [one[:, a] * other[:, b] for a in range(degree - 1) for b in range(degree - 1 - a)]


def _pairs_that_fit(inputs: int, degree: int, most: int) -> int:
    """Number of inputs that may have products with each other, within ``most`` features."""
    each, left = degree * (degree - 1) // 2, most - degree * inputs
    count = 0
    while count < inputs and each and (count + 1) * count // 2 * each <= left:
        count += 1
    return count if count > 1 else 0


def _left_out_share(
    by_block: Sequence[Moments], features: Floats, result: Floats, blocks: Ints
) -> float:
    """Share of the variance predicted, each block from all the others."""
    gram = np.sum([one.gram for one in by_block], axis=0)
    cross = np.sum([one.cross for one in by_block], axis=0)
    lost = 0.0
    for block, own in enumerate(by_block):
        ridge = RIDGE * np.diag(np.diag(gram))
        slopes = np.linalg.solve(gram - own.gram + ridge, cross - own.cross)
        inside = blocks == block
        lost += float(((result[inside] - features[inside] @ slopes) ** 2).sum())
    return 1.0 - lost / float(result @ result)
