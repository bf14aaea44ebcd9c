"""The echo chamber: what k copies of one statement teach, against k independent sources.

One quantity with a normal prior on its log, and k rows that all speak of it. The posterior is by
quadrature over the model's own density of the rows, so nothing is sampled; the theory is the
normal one in closed form.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.calibration.self_test import ASKED, write_tiny_case
from model.case.case import Case, read_case
from model.case.contents import Reading
from model.evidence.synthesis import Synthesis, log_quantities, row_densities, synthesis

Floats = NDArray[np.float64]

MOST = 10
#: Ways in which k rows may hang together.
KINDS = ("copies", "one_origin", "independent")
#: Relative difference to theory that quadrature may leave.
EXACT = 0.001

READING = (
    "Standard deviation of the log of a quantity after k rows of the same grade: copies of one "
    "statement, k statements of one origin, and k independent sources; each beside its theory. "
    "Copies should teach as much as one; one origin as much as its common error allows."
)


def echo(reading: Reading) -> CheckResult:
    """The curve of the posterior's standard deviation, for k = 1 … 10.

    Parameters
    ----------
    reading : Reading
        How a case reads grades and echoes.
    """
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
    sentence = (
        f"{MOST} copies of one statement leave the standard deviation at {last['copies']:.3f}, as "
        f"one does ({table.iloc[0]['copies']:.3f}); {MOST} statements of one origin bring it to "
        f"{last['one_origin']:.3f}, {MOST} independent sources to {last['independent']:.3f}. "
        f"Theory {'agrees' if apart <= EXACT else 'DIFFERS'}."
    )
    return CheckResult("echo", apart <= EXACT, sentence, READING, table, "echo")


def repeated(case: Case, count: int, kind: str) -> Case:
    """The tiny case with its one row said ``count`` times, in one of the ``KINDS``."""
    row = case.evidence.iloc[[0]]
    rows = pd.concat([row.assign(id=f"row_{place:02}") for place in range(count)])
    if kind == "independent":
        rows["origin"] = rows["id"]
    else:
        rows["origin"] = "one"
    if kind == "one_origin":
        # another window makes another statement; the quantity is the same at all times
        rows["start"] = [row["start"].iloc[0] + place for place in range(count)]
        rows["end"] = rows["start"]
    return replace(case, evidence=rows.reset_index(drop=True))


def posterior_sd(parts: Synthesis, reach: float) -> float:
    """Standard deviation of the log of the asked quantity, by quadrature.

    Over a grid of the quantity's standard normal and, where there is one, of the shared error.

    Parameters
    ----------
    parts : Synthesis
    reach : float
        How far the grid goes to either side of the figure and of the prior, in log.
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
        points[:, parts.layout.size : parts.layout.size + origins] = error
        rows = row_densities(parts, points, log_quantity)
        log_weight[:, column] = rows.sum(axis=-1) - (asked**2 + error**2) / 2
    weight = np.exp(log_weight - log_weight.max()).sum(axis=1)
    weight /= weight.sum()
    mean = weight @ asked
    return float(parts.layout.scale[place] * np.sqrt(weight @ (asked - mean) ** 2))


def theory(parts: Synthesis, count: int, kind: str, shared: float) -> float:
    """The same in closed form: precisions of prior and rows add up."""
    variance = parts.evidence.error[0] ** 2
    of_rows = {
        "copies": variance,
        "one_origin": variance * (shared + (1.0 - shared) / count),
        "independent": variance / count,
    }[kind]
    prior = parts.layout.scale[parts.layout.index[ASKED]] ** 2
    return float((1.0 / prior + 1.0 / of_rows) ** -0.5)
