"""A case as a density: priors, quantities, evidence and balance, recorded for the kernel.

Everything is expressed in one vector of independent standard normals::

    normals            ~ Normal(0, 1)                          basic quantities and shared errors
    quantities         = exp or sigmoid(location + scale * normals)
    log figure of row  ~ density of its hedge around log quantity + shared error of its origin
    log(billings/uses) ~ Normal(0, closing error)              by year and segment

``model.evidence.readable`` is the same model in PyMC, for reading and testing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.case.case import Case
from model.case.contents import NORMAL_95, Reading
from model.evidence import row_equations
from model.evidence.economy import Layout
from model.evidence.likelihood import Evidence, evidence
from model.evidence.measurement import Measurement, measurement
from model.kernel import recorded as on
from model.kernel.native import evaluate
from model.kernel.program import Program
from model.kernel.recorded import TAPE
from model.kernel.tape import Node, Tape

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
    balance_weight : array, (H,)
        One for each host with accounts that must balance, zero to leave the balance out.
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


def program(parts: Synthesis) -> Program:
    """Record the density of a case for the kernel.

    Its outputs are ``rows``, the weighted log density of each row, (R,), and ``balance``, that of
    each host's accounts, (H,). Terms of zero weight are left out.
    """
    tape, layout = Tape(parts.size), parts.layout
    natural = layout.natural(tape.normals[..., : layout.size], TAPE)
    centre, log_balance = row_equations.recorded(layout, parts.measured, natural)
    rows = _rows(parts, centre, tape.normals[..., layout.size :])
    years, balance = parts.measured.balance[0], _nothing(tape, len(log_balance))
    for host in np.flatnonzero(parts.balance_weight):
        weight = float(parts.balance_weight[host])
        found = on.balance(log_balance[host], years, *parts.closing, weight)
        balance = balance.replaced([host], found)
    return tape.program([rows, balance], rows=rows, balance=balance)


def _nothing(tape: Tape, count: int) -> Node:
    """Zeros: the contribution of rows and accounts that are left out."""
    return (0.0 * tape.normals[..., :1])[..., np.zeros(count, dtype=np.int64)]


def _rows(parts: Synthesis, centre: Node, errors: Node) -> Node:
    """Weighted log density of each row, (R,), around the log of its quantity."""
    said = parts.evidence
    origins, spreads = len(said.origins), len(said.spread)
    shared, shift = errors[..., :origins], errors[..., origins : origins + spreads]
    deviation, own_error = errors[..., origins + spreads :], said.own_error
    common = np.flatnonzero(said.shared_error)
    if len(common):
        error = said.shared_error[common] * shared[..., said.origin[common]]
        centre = centre.replaced(common, centre[..., common] + error)
    rows = _nothing(errors.tape, len(said.ids))
    single = np.setdiff1d(np.flatnonzero(said.weight), said.spread)
    if len(single):
        found = on.hedges(
            said.log_figure[single] - centre[..., single],
            own_error[single], said.tail[single], said.weight[single],
        )  # fmt: skip
        rows = rows.replaced(single, found)
    several = np.flatnonzero(said.weight[said.spread])
    if len(several):
        own = said.spread[several]
        log_centre, log_width = parts.spread_deviation
        middle, half = said.log_figure[own], said.half_width[own]
        found = on.spreads(
            centre[..., own] + own_error[own] * shift[..., several],
            log_centre + log_width * deviation[..., several],
            middle - half, middle + half, said.weight[own], said.units,
        )  # fmt: skip
        rows = rows.replaced(own, found)
    return rows


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
    tape = Tape(rows + parts.size - parts.layout.size)
    found = _rows(parts, tape.normals[..., :rows], tape.normals[..., rows:])
    points = np.concatenate([log_quantity, normals[..., parts.layout.size :]], axis=-1)
    return evaluate(tape.program(rows=found), "rows", points)


def entry_labels(parts: Synthesis) -> list[str]:
    """Labels of the vector of standard normals."""
    spreads = [parts.evidence.ids[place] for place in parts.evidence.spread]
    return [
        *parts.layout.labels,
        *(f"shared error of {origin}" for origin in parts.evidence.origins),
        *(f"error of {row}" for row in spreads),
        *(f"deviation of {row}" for row in spreads),
    ]
