"""A case into a PyMC model: priors, quantities, evidence.

The whole model has one random variable, a vector of standard normals, and one vector of data::

    normals            ~ Normal(0, 1)                          basic quantities and shared errors
    quantities         = exp or sigmoid(location + scale * normals)
    log figure of row  ~ density of its hedge around log quantity + shared error of its origin
    log(billings/uses) ~ Normal(0, closing error)              by year and segment

Values, scales, tails, weights and priors are read from the vector of data at run time, so leaving
a source out, another prior or a simulated data set compiles nothing again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.case import Case, Reading
from model.contents import NORMAL_95
from model.economy import Layout
from model.likelihood import (
    Evidence,
    balance_logpdf,
    evidence,
    extremes_logpdf,
    tailed_logpdf,
)
from model.measurement import Measurement, log_quantities, measurement

if TYPE_CHECKING:
    import pymc as pm

Array = Any
Floats = NDArray[np.float64]

MEASUREMENT_ARRAYS = (
    "groups", "windows", "factors", "count_segments", "share_segments", "date", "item", "base",
    "account_segments", "basic", "balance",
)  # fmt: skip
GRID_ARRAYS = ("years", "per_usd", "tax_periods", "host_of_segment", "same_host")


@dataclass(frozen=True)
class Synthesis:
    """Everything the joint density needs, as arrays.

    Attributes
    ----------
    layout : Layout
        The N basic quantities.
    measured : Measurement
        What each of the R rows measures.
    evidence : Evidence
        What each row says, and how far it is trusted.
    balance_weight : array, (H,)
        One for each host whose accounts must balance, zero to leave the balance out.
    closing : (float, float, float)
        Closing error, its persistence and the share common to a host's segments.
    spread_deviation : (float, float)
        Mean and standard deviation of the log of the deviation between units.
    """

    layout: Layout
    measured: Measurement
    evidence: Evidence
    balance_weight: Floats
    closing: tuple[float, float, float]
    spread_deviation: tuple[float, float]

    @property
    def size(self) -> int:
        """Length of the vector of standard normals: quantities, shared errors, two per spread."""
        return self.layout.size + len(self.evidence.origins) + 2 * len(self.evidence.spread)

    def packed(self) -> Floats:
        """All data of the density, laid end to end in the order of ``blocks``."""
        shared = self.evidence.shared_error
        blocks = {
            "location": self.layout.location,
            "scale": self.layout.scale,
            "log_figure": self.evidence.log_figure,
            "half_width": self.evidence.half_width[self.evidence.spread],
            # a row left out may have less error than the best that counts: it weighs nothing
            "own_error": np.sqrt(np.maximum(self.evidence.error**2 - shared**2, 1e-12)),
            "shared_error": shared,
            "tail": self.evidence.tail,
            "weight": self.evidence.weight,
            "balance_weight": self.balance_weight,
            "settings": np.array([*self.closing, *self.spread_deviation]),
        }
        assert [(name, len(block)) for name, block in blocks.items()] == self.blocks()
        return np.concatenate(list(blocks.values()))

    def constants(self) -> list[Any]:
        """Everything that the compiled density takes as constant: the shape of the case."""
        measured, grid = self.measured, self.measured.grid
        return [
            np.array([f"{name}:{size}" for name, size in self.layout.families], dtype="S"),
            self.layout.supports,
            *(getattr(measured, name) for name in MEASUREMENT_ARRAYS),
            *(getattr(grid, name) for name in GRID_ARRAYS),
            measured.calendar.phases,
            measured.calendar.irregular_phases,
            [grid.hosts],
            self.evidence.origin,
            self.evidence.spread,
            self.evidence.units,
        ]

    def blocks(self) -> list[tuple[str, int]]:
        """Name and length of each block of the packed data."""
        rows, spreads = len(self.evidence.ids), len(self.evidence.spread)
        return [
            ("location", self.layout.size),
            ("scale", self.layout.size),
            ("log_figure", rows),
            ("half_width", spreads),
            ("own_error", rows),
            ("shared_error", rows),
            ("tail", rows),
            ("weight", rows),
            ("balance_weight", len(self.balance_weight)),
            ("settings", 5),
        ]


def synthesis(case: Case) -> Synthesis:
    """Arrays of a case: its priors, its ``fit`` rows and its balance."""
    layout = Layout.of(case)
    rows = case.evidence[case.evidence["role"] == "fit"]
    measured = measurement(case, layout, rows)
    return Synthesis(
        layout=layout,
        measured=measured,
        evidence=evidence(case, measured),
        balance_weight=np.ones(len(case.hosts)),
        closing=(
            case.reading.closing_error,
            case.reading.closing_persistence,
            case.reading.closing_common,
        ),
        spread_deviation=spread_prior(case.reading),
    )


def spread_prior(reading: Reading) -> tuple[float, float]:
    """Mean and standard deviation of the log of the deviation between units."""
    low, high = np.log(reading.spread_deviation)
    return (low + high) / 2, (high - low) / (2 * NORMAL_95)


def log_density(
    xp: Any,
    parts: Synthesis,
    normals: Array,
    packed: Array,
    known: tuple[Array, Array] | None = None,
) -> tuple[Array, Array]:
    """Weighted log densities of the rows, (..., R), and of the balance, (..., H).

    Parameters
    ----------
    xp : namespace
        NumPy's or PyTensor's.
    parts : Synthesis
    normals : array, (..., size)
        Standard normals.
    packed : array
        ``parts.packed()``, or other data of the same shape.
    known : (array, array), optional
        What ``log_quantities`` gives at these normals under these priors, where it is known.
    """
    blocks = parts.blocks()
    pieces = xp.split(packed, [size for _, size in blocks])
    data = dict(zip((name for name, _ in blocks), pieces, strict=True))
    spreads, origins = len(parts.evidence.spread), len(parts.evidence.origins)
    basic, shared, shift, deviation = xp.split(
        normals, [parts.layout.size, origins, spreads, spreads]
    )
    if known is None:
        natural = parts.layout.natural(xp, basic, data["location"], data["scale"])
        known = log_quantities(xp, parts.layout, parts.measured, natural)
    log_quantity, log_balance = known
    closing_error, persistence, common, log_centre, log_spread = (
        data["settings"][i] for i in range(5)
    )

    centre = log_quantity
    if origins:
        # rows without a shared error point at the first one, with a scale of zero
        centre = centre + data["shared_error"] * shared[..., np.maximum(parts.evidence.origin, 0)]
    single, several = parts.evidence.single, parts.evidence.spread
    densities = []
    if len(single):
        x = data["log_figure"][single] - centre[..., single]
        single_density = tailed_logpdf(xp, x, data["own_error"][single], data["tail"][single])
        densities.append(data["weight"][single] * single_density)
    if len(several):
        mid, half = data["log_figure"][several], data["half_width"]
        spread_density = extremes_logpdf(
            xp,
            mid - half,
            mid + half,
            centre[..., several] + data["own_error"][several] * shift,
            xp.exp(log_centre + log_spread * deviation),
            parts.evidence.units,
        )
        densities.append(data["weight"][several] * spread_density)
    host_of_segment = parts.measured.grid.host_of_segment
    by_host = [
        balance_logpdf(
            xp,
            log_balance[..., np.flatnonzero(host_of_segment == host)],
            closing_error,
            persistence,
            common,
        )
        for host in range(parts.measured.grid.hosts)
    ]
    balance = data["balance_weight"] * xp.stack(by_host, axis=-1)
    # without any row only priors and balance speak
    rows = xp.concatenate(densities, axis=-1) if densities else log_quantity
    return rows, balance


def pytensor_namespace() -> SimpleNamespace:
    """PyTensor's twin of ``backend.NUMPY``."""
    import pytensor.tensor as pt

    def split(vector: Array, sizes: Sequence[int]) -> list[Array]:
        # static shapes, without which nothing of length one would broadcast
        pieces = pt.split(vector, list(sizes), n_splits=len(sizes), axis=-1)
        return [pt.specify_shape(p, (size,)) for p, size in zip(pieces, sizes, strict=True)]

    def cumsum(x: Array) -> Array:
        # a product with a triangle of ones: a fifth of the time of numba's cumulated sum of rows
        length = x.type.shape[-1]
        return pt.dot(x, np.triu(np.ones((length, length))))

    return SimpleNamespace(
        exp=pt.exp,
        log=pt.log,
        expm1=pt.expm1,
        abs=pt.abs,
        sum=pt.sum,
        max=pt.max,
        dot=pt.dot,
        where=pt.where,
        maximum=pt.maximum,
        cumsum=cumsum,
        swapaxes=lambda x: pt.swapaxes(x, -1, -2),
        concatenate=pt.concatenate,
        stack=pt.stack,
        split=split,
        flatten=lambda x: x.reshape((x.type.shape[-2] * x.type.shape[-1],)),
        erfc=pt.erfc,
        erfcx=pt.erfcx,
    )


def build(parts: Synthesis) -> pm.Model:
    """The PyMC model: one vector of standard normals, one vector of data, two potentials.

    ``normals`` is the only free variable and ``packed`` the only data; ``pymc.sample`` and any
    other PyMC tool work on it as it stands.
    """
    import pymc as pm
    import pytensor.tensor as pt

    xp = pytensor_namespace()
    with pm.Model() as model:
        packed = pm.Data("packed", parts.packed())
        normals = pm.Normal("normals", 0.0, 1.0, shape=parts.size)
        fixed = pt.specify_shape(normals, (parts.size,))
        rows, balance = log_density(
            xp, parts, fixed, pt.specify_shape(packed, packed.get_value().shape)
        )
        pm.Potential("evidence", pt.sum(rows))
        pm.Potential("balance", pt.sum(balance))
    return model


def entry_labels(parts: Synthesis) -> list[str]:
    """Labels of the vector of standard normals."""
    spreads = [parts.evidence.ids[place] for place in parts.evidence.spread]
    return [
        *parts.layout.labels,
        *(f"shared error of {origin}" for origin in parts.evidence.origins),
        *(f"error of {row}" for row in spreads),
        *(f"deviation of {row}" for row in spreads),
    ]
