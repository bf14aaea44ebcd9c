"""The echo chamber: how much k copies of one statement inform, against k independent sources.

There is one quantity, with a normal prior on its log, and k rows that all describe it. The
posterior is computed by quadrature over the model's own density of the rows, without sampling, and
compared with normal theory in closed form.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.archive.finding import finding
from model.calibration.self_test import ASKED, write_tiny_case
from model.case.case import Case, read_case
from model.case.contents import Reading
from model.evidence.synthesis import Synthesis, log_quantities, row_densities, synthesis

Floats = NDArray[np.float64]

MOST = 10
#: Ways in which k rows may be related.
KINDS = ("copies", "one_origin", "independent")
#: Relative difference from theory allowed for quadrature.
EXACT = 0.001

READING = (
    "Standard deviation of the log of a quantity after k rows of the same grade: k copies of one "
    "statement, k statements of one origin, and k independent sources, each with its theoretical "
    "value. Copies should reduce it no more than one statement does; statements of one origin, "
    "only as far as their common error allows."
)


def echo(reading: Reading) -> CheckResult:
    """Compute the posterior's standard deviation for k = 1 … 10.

    Parameters
    ----------
    reading : Reading
        How a case reads grades and echoes. Grades are taken as they stand, since theory has no
        closed form if errors are unknown.
    """
    reading = replace(reading, letter_sd=0.0, off_share=0.0)
    with tempfile.TemporaryDirectory() as folder:
        write_tiny_case(Path(folder))
        tiny = replace(read_case(folder), reading=reading)
    lines = []
    for count in range(1, MOST + 1):
        line: dict[str, float] = {"k": count}
        for kind in KINDS:
            parts = synthesis(repeated(tiny, count, kind))
            expected = theory(parts, count, kind, reading.echo_shared)
            line[kind] = posterior_sd(parts, 12.0 * expected)
            line[f"{kind}_theory"] = expected
        lines.append(line)
    table = pd.DataFrame(lines)
    apart = max(float(np.abs(table[kind] / table[f"{kind}_theory"] - 1.0).max()) for kind in KINDS)
    last = table.iloc[-1]
    said = finding(
        "echoes", count=MOST, copies=last["copies"], single=table.iloc[0]["copies"],
        one_origin=last["one_origin"], independent=last["independent"],
        theory="agrees" if apart <= EXACT else "differs",
    )  # fmt: skip
    return CheckResult.saying("echo", apart <= EXACT, [said], READING, table, "echo")


def repeated(case: Case, count: int, kind: str) -> Case:
    """The tiny case with its one row repeated ``count`` times, in one of the ``KINDS``."""
    row = case.evidence.iloc[[0]]
    rows = pd.concat([row.assign(id=f"row_{place:02}") for place in range(count)])
    if kind == "independent":
        rows["origin"] = rows["id"]
    else:
        rows["origin"] = "one"
    if kind == "one_origin":
        # a different window makes a different statement; the quantity is constant over time
        rows["start"] = [row["start"].iloc[0] + place for place in range(count)]
        rows["end"] = rows["start"]
    return replace(case, evidence=rows.reset_index(drop=True))


def posterior_sd(parts: Synthesis, reach: float) -> float:
    """Standard deviation of the log of the tested quantity, by quadrature.

    The grid covers the quantity's standard normal and the shared error, if any.

    Parameters
    ----------
    parts : Synthesis
    reach : float
        How far the grid extends on either side of the figure and of the prior, in log.
    """
    place, origins = parts.layout.index[ASKED], len(parts.evidence.origins)
    location, scale = parts.layout.location[place], parts.layout.scale[place]
    figure = parts.evidence.log_figure[0]
    ends = (min(location, figure) - reach, max(location, figure) + reach)
    asked = (np.linspace(*ends, 2001) - location) / scale
    shared = np.linspace(-8.0, 8.0, 81) if origins else np.zeros(1)
    points = np.zeros((len(asked), parts.size))
    points[:, place] = asked
    log_quantity = log_quantities(parts, points)
    log_weight = np.empty((len(asked), len(shared)))
    for column, error in enumerate(shared):
        parts.errors(points)[1][...] = error
        rows = row_densities(parts, points, log_quantity)
        log_weight[:, column] = rows.sum(axis=-1) - (asked**2 + error**2) / 2
    weight = np.exp(log_weight - log_weight.max()).sum(axis=1)
    weight /= weight.sum()
    mean = weight @ asked
    return float(parts.layout.scale[place] * np.sqrt(weight @ (asked - mean) ** 2))


def theory(parts: Synthesis, count: int, kind: str, shared: float) -> float:
    """The same in closed form: the precisions of the prior and the rows add up."""
    variance = parts.evidence.error[0] ** 2
    of_rows = {
        "copies": variance,
        "one_origin": variance * (shared + (1.0 - shared) / count),
        "independent": variance / count,
    }[kind]
    prior = parts.layout.scale[parts.layout.index[ASKED]] ** 2
    return float((1.0 / prior + 1.0 / of_rows) ** -0.5)
