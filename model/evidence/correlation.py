"""How the priors of a family's entries correlate: in time, between hosts and between segments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.case.contents import Prior
from model.equations.backend import NUMPY
from model.equations.quantities import BASIC_BY_NAME

Array = Any
Namespace = Any
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Correlation:
    """Correlation of the entries' scores, which are standard normal each for itself.

    A score says how many prior deviations the log or logit lies from its prior mean. The vector of
    scores is L z with z independent: in time an autoregression of first order, between entries that
    are alike a part of the variance in common. A family with both has the Kronecker product.

    Attributes
    ----------
    size : int
        Number of entries N.
    lasting : tuple of (int, int, float)
        First and one-past-last entry of each host's family by time in which a period is correlated
        with the one before, and that correlation.
    alike : tuple of (tuple of int, float)
        Places of entries that are alike, and the part of the variance that they have in common.
    """

    size: int
    lasting: tuple[tuple[int, int, float], ...] = ()
    alike: tuple[tuple[tuple[int, ...], float], ...] = ()

    @classmethod
    def of(cls, priors: Sequence[Prior]) -> Correlation:
        """Correlation of priors in the order of their entries."""
        return cls(len(priors), _lasting(priors), _alike(priors))

    def scores(self, normals: Array, xp: Namespace = NUMPY) -> Array:
        """Scores, (..., N), from independent standard normals, (..., N)."""
        found = self._lasted(normals, xp)
        if not self.alike:
            return found
        mixed = xp.weighted_sums(found, *self._sums)
        return xp.concatenate([found, mixed])[..., self._order]

    def _lasted(self, normals: Array, xp: Namespace) -> Array:
        """A period keeps a part of the one before: an autoregression of first order."""
        found, done = [], 0
        for start, stop, kept in self.lasting:
            new = normals[..., start + 1 : stop]
            found += [
                normals[..., done : start + 1],
                xp.recurrence(
                    normals[..., start], kept + 0.0 * new, math.sqrt(1.0 - kept**2) * new
                ),
            ]  # fmt: skip
            done = stop
        return xp.concatenate([*found, normals[..., done:]]) if found else normals

    def normals(self, scores: Array, xp: Namespace = NUMPY) -> Array:
        """Standard normals, (..., N), from scores, (..., N)."""
        found = scores
        if self.alike:
            parted = xp.weighted_sums(found, *self._differences)
            found = xp.concatenate([found, parted])[..., self._order]
        pieces, done = [], 0
        for start, stop, kept in self.lasting:
            own, before = found[..., start + 1 : stop], found[..., start : stop - 1]
            new = (own - kept * before) / math.sqrt(1.0 - kept**2)
            pieces += [found[..., done : start + 1], new]
            done = stop
        return xp.concatenate([*pieces, found[..., done:]]) if pieces else found

    @cached_property
    def _sums(self) -> tuple[Ints, Ints, Floats]:
        """Sums that mix entries that are alike: where each begins, its entries and weights."""
        return _triangles([(group, alike_root(len(group), common)) for group, common in self.alike])

    @cached_property
    def _differences(self) -> tuple[Ints, Ints, Floats]:
        """Sums that undo those."""
        roots = [(group, alike_root(len(group), common)) for group, common in self.alike]
        return _triangles([(group, np.linalg.inv(root)) for group, root in roots])

    @cached_property
    def _order(self) -> Ints:
        """Places of all scores once those mixed are laid after the others."""
        order = np.arange(self.size)
        mixed = np.concatenate([group for group, _ in self.alike]).astype(np.int64)
        order[mixed] = self.size + np.arange(len(mixed))
        return order


def alike_root(entries: int, common: float) -> Floats:
    """Root of the correlation between entries that have a part of their variance in common."""
    return np.linalg.cholesky(common + (1.0 - common) * np.eye(entries))


def _triangles(
    found: Sequence[tuple[tuple[int, ...], Floats]],
) -> tuple[Ints, Ints, Floats]:
    """Products of groups of entries with triangular matrices, as weighted sums."""
    places: list[int] = []
    weights: list[float] = []
    counts = [0]
    for group, matrix in found:
        for row in range(len(group)):
            places += group[: row + 1]
            weights += matrix[row, : row + 1].tolist()
            counts.append(row + 1)
    return np.cumsum(counts), np.array(places, dtype=np.int64), np.array(weights)


def _lasting(priors: Sequence[Prior]) -> tuple[tuple[int, int, float], ...]:
    """Runs of entries of one host and family, in order of time, with their correlation."""
    found, stop = [], 0
    for (_, _, kept), run in groupby(priors, key=lambda one: (one.name, one.host, one.lasting)):
        start, stop = stop, stop + len(list(run))
        if kept and stop - start > 1:
            found.append((start, stop, kept))
    return tuple(found)


def _alike(priors: Sequence[Prior]) -> tuple[tuple[tuple[int, ...], float], ...]:
    """Entries that are alike: of one name in several hosts, or of several segments."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(priors):
        if one.alike:
            entry = "" if BASIC_BY_NAME[one.name].index == "segment" else one.index
            groups.setdefault((one.name, entry), []).append(place)
    return tuple(
        (tuple(places), priors[places[0]].alike) for places in groups.values() if len(places) > 1
    )
