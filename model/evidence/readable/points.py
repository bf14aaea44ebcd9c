"""Conversion between the kernel's standard normals and points of the PyMC model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.equations.quantities import BASIC_BY_NAME
from model.evidence.readable.economy import correlation
from model.evidence.synthesis import Synthesis

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Variable:
    """A value variable of the PyMC model: location + scale * standard normals.

    Attributes
    ----------
    name : str
        PyMC's name, e.g. ``payment_log__``.
    places : array of int, (n,)
        Places of its standard normals in the vector.
    location, scale : array, (n,)
    shape : tuple of int
        Shape of the value, with one size to be inferred.
    """

    name: str
    places: Ints
    location: Floats
    scale: Floats
    shape: tuple[int, ...] = (-1,)


def variables(parts: Synthesis) -> list[Variable]:
    """Value variables of ``pymc_model(case, parts)``.

    Quantities set to a value and spreads of zero weight have no variable.
    """
    layout, said = parts.layout, parts.evidence
    hosts = len(parts.measured.calendar.host)
    found: list[Variable] = []
    stop = 0
    for name, size in layout.families:
        start, stop = stop, stop + size
        if (correlation(layout, start, stop) != np.eye(size)).any():
            found.append(
                Variable(f"{name}_score", start + np.arange(size), np.zeros(size), np.ones(size))
            )
            continue
        places = start + np.flatnonzero(layout.scale[start:stop])
        suffix = "log__" if BASIC_BY_NAME[name].support == "positive" else "logodds__"
        whole = len(places) == size
        found.append(
            Variable(
                f"{name}_{suffix}" if whole else f"{name}_unknown_{suffix}",
                places,
                layout.location[places],
                layout.scale[places],
                layout.dims(name, hosts)[1] if whole else (-1,),
            )
        )
    told = np.flatnonzero(said.weight[said.spread] > 0.0)
    location, scale = parts.spread_deviation
    letters, origins, panels, shifts, deviations = parts.errors(np.arange(parts.size))
    for name, places, centre, width in (
        ("letter_factor_log__", letters, 0.0, said.letter_sd),
        ("origin_error", origins, 0.0, 1.0),
        ("panel_deviation_log__", panels, *parts.panel_deviation),
        ("shift", shifts[told], 0.0, 1.0),
        ("deviation_log__", deviations[told], location, scale),
    ):
        n = len(places)
        found.append(Variable(name, places, np.full(n, centre), np.full(n, width)))
    return [variable for variable in found if len(variable.places)]


def point_of(parts: Synthesis, normals: Floats) -> dict[str, Floats]:
    """The model's point at a vector of standard normals, e.g. as a sampler's starting point."""
    return {
        one.name: (one.location + one.scale * normals[one.places]).reshape(one.shape)
        for one in variables(parts)
    }


def normals_of(parts: Synthesis, point: dict[str, Floats]) -> Floats:
    """Standard normals at a point of the model; zero where the model has no variable."""
    normals = np.zeros(parts.size)
    for one in variables(parts):
        normals[one.places] = (np.ravel(point[one.name]) - one.location) / one.scale
    return normals


def log_volume(parts: Synthesis, normals: Floats) -> float:
    """Excess of the log density of the standard normals over the model's at the same point.

    The logs of the scales, plus the log density of the normals that the model does not have.
    """
    among = variables(parts)
    others = np.delete(normals, np.concatenate([one.places for one in among]))
    scales = sum(np.log(one.scale).sum() for one in among)
    return float(scales - 0.5 * (others**2).sum() - 0.5 * len(others) * np.log(2.0 * np.pi))
