"""A case as a density: priors, quantities and evidence, recorded for the kernel.

Everything is expressed in one vector of independent standard normals::

    normals            ~ Normal(0, 1)                          basic quantities and errors
    quantities         = exp or sigmoid(location + scale * normals)
    factor of a letter = exp(sd * normal)                      on the errors of its rows
    deviation of panel = exp(location + scale * normal)        between its experts
    log figure of row  ~ density of its hedge around log quantity + shared error of its origin

``model.evidence.readable`` is the same model in PyMC, for reading and testing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.case.case import Case
from model.case.contents import NORMAL_95, Reading
from model.evidence import row_equations
from model.evidence.economy import Layout
from model.evidence.levels import Levels
from model.evidence.likelihood import LOG_2PI, Evidence, evidence
from model.evidence.measurement import Measurement, measurement
from model.kernel import recorded as on
from model.kernel.hedge_densities import tailed_logpdf
from model.kernel.native import evaluate
from model.kernel.program import Program
from model.kernel.recorded import TAPE
from model.kernel.tape import Node, Tape

Array = Any
Floats = NDArray[np.float64]


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
        Each row's figure, and how far it is trusted.
    spread_deviation, panel_deviation : (float, float)
        Mean and standard deviation of the log of the deviation between units, and between the
        experts of a panel.
    """

    layout: Layout
    measured: Measurement
    evidence: Evidence
    spread_deviation: tuple[float, float]
    panel_deviation: tuple[float, float]

    @property
    def size(self) -> int:
        """Length of the vector of standard normals."""
        return self.layout.size + sum(self.error_counts)

    @property
    def error_counts(self) -> tuple[int, int, int, int, int]:
        """Normals after the quantities.

        They are letters' factors, shared errors, panels' deviations and two for each spread.
        """
        said = self.evidence
        spreads = len(said.spread)
        return len(said.letters), len(said.origins), len(said.panels), spreads, spreads

    def errors(self, normals: Array) -> list[Array]:
        """Cut standard normals, (..., size), into those of ``error_counts``."""
        stops = np.cumsum((self.layout.size, *self.error_counts)).tolist()
        return [normals[..., a:b] for a, b in pairwise(stops)]


def synthesis(case: Case) -> Synthesis:
    """Arrays of a case: its priors and its ``fit`` rows."""
    layout = Layout.of(case)
    rows = case.evidence[case.evidence["role"] == "fit"]
    measured = measurement(case, layout, rows)
    return Synthesis(
        layout=layout,
        measured=measured,
        evidence=evidence(case, measured),
        spread_deviation=spread_prior(case.reading),
        panel_deviation=panel_prior(case.reading),
    )


def spread_prior(reading: Reading) -> tuple[float, float]:
    """Mean and standard deviation of the log of the deviation between units."""
    return _log_normal(reading.spread_deviation)


def panel_prior(reading: Reading) -> tuple[float, float]:
    """Mean and standard deviation of the log of the deviation between a panel's experts."""
    return _log_normal(reading.panel_deviation)


def _log_normal(ends: tuple[float, float]) -> tuple[float, float]:
    """Mean and standard deviation of a log, from the 5% and 95% quantiles."""
    low, high = np.log(ends)
    return (low + high) / 2, (high - low) / (2 * NORMAL_95)


def program(parts: Synthesis, levels: Levels | None = None) -> Program:
    """Record the density of a case for the kernel, in standard normals or in other coordinates.

    Its output ``rows`` is the weighted log density of each row, (R,). Rows of zero weight are left
    out.
    """
    tape, layout = Tape(parts.size), parts.layout
    others: list[Node] = []
    if levels is None:
        scores = layout.scores(tape.normals[..., : layout.size], TAPE)
    else:
        scores, _, others = levels.recorded(tape.normals)
    natural = layout.of_scores(scores, TAPE)
    centre = row_equations.recorded(layout, parts.measured, natural)
    rows = _rows(parts, centre, parts.errors(tape.normals))
    return tape.program([rows, *others], rows=rows)


def _rows(parts: Synthesis, centre: Node, errors: list[Node]) -> Node:
    """Weighted log density of each row, (R,), around the log of its quantity."""
    said = parts.evidence
    letters, shared, panels, shift, deviation = errors
    tape = centre.tape
    factor = on.exp(said.letter_sd * letters) if said.letters else None
    common = np.flatnonzero(said.shared_error)
    if len(common):
        error = said.shared_error[common] * shared[..., said.origin[common]]
        if factor is not None:
            error = factor[..., said.shared_letter[common]] * error
        centre = centre.replaced(common, centre[..., common] + error)

    def own_error(rows: NDArray[np.int64]) -> Node:
        found = tape.numbers(said.own_error[rows])
        if factor is not None:
            found = said.own_error[rows] * factor[..., said.letter[rows]]
        of_panels = np.flatnonzero(said.panel[rows] >= 0)
        if len(of_panels):
            location, scale = parts.panel_deviation
            between = on.exp(2.0 * (location + scale * panels))
            alone = found[..., of_panels]
            variance = alone * alone + between[..., said.panel[rows[of_panels]]]
            found = found.replaced(of_panels, on.exp(0.5 * on.log(variance)))
        return found

    # rows that are left out contribute nothing
    rows = tape.numbers(np.zeros(len(said.ids)))
    single = np.setdiff1d(np.flatnonzero(said.weight), said.spread)
    if len(single):
        found = on.hedges(
            said.log_figure[single] - centre[..., single], own_error(single),
            said.tail[single], said.weight[single], said.off,
        )  # fmt: skip
        rows = rows.replaced(single, found)
    several = np.flatnonzero(said.weight[said.spread])
    if len(several):
        own = said.spread[several]
        log_centre, log_width = parts.spread_deviation
        middle, half = said.log_figure[own], said.half_width[own]
        log_deviation = log_centre + log_width * deviation[..., several]
        score, error = shift[..., several], own_error(own)
        # the mean of log-normal units is above their centre by half their variance
        units_above = 0.5 * on.exp(2.0 * log_deviation)
        found = on.spreads(
            centre[..., own] - units_above + error * score, log_deviation,
            middle - half, middle + half, said.weight[own], said.units,
        )  # fmt: skip
        if said.off[0]:
            found = found + _heavier(error * score, error, score, said.off)
        rows = rows.replaced(own, found)
    return rows


def _heavier(x: Node, sd: Node, score: Node, off: tuple[float, float]) -> Node:
    """Log density of errors that may be off, over that of the standard normals they come from."""
    heavy = on.hedges(x, sd, 0.0, 1.0, off)
    return heavy + on.log(sd) + 0.5 * (score * score + LOG_2PI)


def own_errors(parts: Synthesis, normals: Floats) -> Floats:
    """Deviation of the error that each row has alone, (..., R), from normals, (..., size)."""
    said = parts.evidence
    own = said.own_error * _sizes(parts, normals)[..., said.letter]
    return np.asarray(np.hypot(own, between_experts(parts, normals)))


def between_experts(parts: Synthesis, normals: Floats) -> Floats:
    """Deviation between the experts of each row's panel, (..., R); zero without a panel."""
    said = parts.evidence
    if not said.panels:
        return np.zeros((*normals.shape[:-1], len(said.ids)))
    return np.where(said.panel >= 0, _panel_deviations(parts, normals)[..., said.panel], 0.0)


def _panel_deviations(parts: Synthesis, normals: Floats) -> Floats:
    """Deviation between the experts of each panel, (..., panels)."""
    location, scale = parts.panel_deviation
    return np.asarray(np.exp(location + scale * parts.errors(normals)[2]))


def common_errors(parts: Synthesis, normals: Floats) -> Floats:
    """The error that each row shares with its origin, (..., R), from normals, (..., size)."""
    said = parts.evidence
    if not said.origins:
        return np.zeros((*normals.shape[:-1], len(said.ids)))
    _, shared, *_ = parts.errors(normals)
    loading = said.shared_error * _sizes(parts, normals)[..., said.shared_letter]
    return np.asarray(loading * shared[..., np.maximum(said.origin, 0)])


def _sizes(parts: Synthesis, normals: Floats) -> Floats:
    """Factor on the errors of each letter, (..., letters); a single one if none is unknown."""
    said, (letters, *_) = parts.evidence, parts.errors(normals)
    if not said.letters:
        return np.ones((*normals.shape[:-1], 1))
    return np.asarray(np.exp(said.letter_sd * letters))


@dataclass(frozen=True)
class ErrorSizes:
    """What sets the size of errors, draw by draw.

    Attributes
    ----------
    letters : dict of array, (n,)
        Factor on the errors of each letter of reliability.
    panels : dict of array, (n,)
        Deviation between the experts of each panel.
    """

    letters: dict[str, Floats] = field(default_factory=dict)
    panels: dict[str, Floats] = field(default_factory=dict)


def error_sizes(parts: Synthesis, normals: Floats) -> ErrorSizes:
    """Letters' factors and panels' deviations, from standard normals, (n, size)."""
    said, (letters, *_) = parts.evidence, parts.errors(normals)
    return ErrorSizes(
        letters=dict(zip(said.letters, np.exp(said.letter_sd * letters).T, strict=True)),
        panels=dict(zip(said.panels, _panel_deviations(parts, normals).T, strict=True)),
    )


def chances_off(parts: Synthesis, normals: Floats, log_quantity: Floats) -> Floats:
    """Probability that each row is off, in each draw, (n, R); NaN for rows that are left out.

    Parameters
    ----------
    parts : Synthesis
    normals : array, (n, size)
    log_quantity : array, (n, R)
        ``log_quantities`` at these normals.
    """
    said = parts.evidence
    *_, shift, _ = parts.errors(normals)
    own = own_errors(parts, normals)
    apart = said.log_figure - log_quantity - common_errors(parts, normals)
    apart[:, said.spread] = own[:, said.spread] * shift
    tail = np.where(np.isin(np.arange(len(said.ids)), said.spread), 0.0, said.tail)
    among = [
        chance * np.exp(tailed_logpdf(apart, np.hypot(own, added), tail))
        for chance, added in said.scales
    ]
    with np.errstate(invalid="ignore"):
        off = 1.0 - among[0] / sum(among)
    return np.where(said.weight > 0.0, off, np.nan)


def log_quantities(parts: Synthesis, normals: Floats) -> Floats:
    """Log of the quantity each row is about, (n, R), at standard normals, (n, size)."""
    natural = parts.layout.natural(normals[..., : parts.layout.size])
    return row_equations.log_quantities(parts.layout, parts.measured, natural)


def row_densities(parts: Synthesis, normals: Floats, log_quantity: Floats) -> Floats:
    """Weighted log density of each row, (n, R).

    Parameters
    ----------
    parts : Synthesis
    normals : array, (n, size)
        Standard normals, of which only the errors are used.
    log_quantity : array, (n, R)
        ``log_quantities`` at these normals.
    """
    rows = len(parts.evidence.ids)
    if not rows:
        return np.zeros((*normals.shape[:-1], 0))
    tape = Tape(rows + parts.size)
    found = _rows(parts, tape.normals[..., :rows], parts.errors(tape.normals[..., rows:]))
    points = np.concatenate([log_quantity, normals], axis=-1)
    return evaluate(tape.program(rows=found), "rows", points)


def entry_labels(parts: Synthesis) -> list[str]:
    """Labels of the vector of standard normals."""
    spreads = [parts.evidence.ids[place] for place in parts.evidence.spread]
    return [
        *parts.layout.labels,
        *(f"factor of letter {letter}" for letter in parts.evidence.letters),
        *(f"shared error of {origin}" for origin in parts.evidence.origins),
        *(f"deviation of panel {panel}" for panel in parts.evidence.panels),
        *(f"error of {row}" for row in spreads),
        *(f"deviation of {row}" for row in spreads),
    ]
