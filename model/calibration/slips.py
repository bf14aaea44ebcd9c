"""The power of the conflict check: how often it finds slips planted in simulated cases.

A row of a simulated case is made ten times too large or too small, as if a month had been printed
for a year. The check should flag this row and no good row, in the clean case and in the case with
the slip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.archive.finding import finding
from model.calibration.replicates import Study
from model.calibration.simulation import printed
from model.criticism.conflict import FLAGGED, split
from model.evidence.synthesis import Synthesis
from model.question import SamplerOptions
from model.sampling.fitting import NoStartingPointError, fit
from model.sampling.whatif import left_out

Floats = NDArray[np.float64]

FACTOR = 10.0
OPTIONS = SamplerOptions(draws=500, tune=100, chains=1, target_accept=0.9, cores=1)
#: Targets: least share of slips found, and largest share of good rows flagged.
FOUND, FALSE_ALARMS = 0.95, 0.05
#: Slips from which rates can be judged.
ENOUGH = 50

READING = (
    "In each simulated case one row is made ten times too large or too small. Found: how often the "
    f"conflict check flags it below {FLAGGED:g}. False: how often it flags a good row, in the same "
    "case without the slip and in the case with it. Slips in rows with a wide error, and in rows "
    "about quantities with little other evidence, are found less often than others."
)


@dataclass(frozen=True, slots=True)
class Plant:
    """One simulated case with one slip.

    Attributes
    ----------
    row : str
        The row that is wrong.
    found, clean : float
        Tail probability of that row with the slip and without it.
    bystander : str
        Another row, without a slip.
    beside : float
        Tail probability of ``bystander`` in the case with the slip.
    """

    row: str
    found: float
    clean: float
    bystander: str
    beside: float


def plant(study: Study, number: int) -> Plant | None:
    """Simulate a case, plant a slip and check two rows; None if that is not possible."""
    rng = study.chance(number, 3)
    case = printed(study.parts, study.truth(number), rng)
    said = case.evidence
    counting = [row for row, weight in zip(said.ids, said.weight, strict=True) if weight > 0.0]
    if len(counting) < 2:
        return None
    row, bystander = (str(one) for one in rng.choice(counting, size=2, replace=False))
    slip = np.log(FACTOR) * rng.choice([-1.0, 1.0])
    wrong = said.log_figure.copy()
    wrong[said.ids.index(row)] += slip
    spoilt = replace(case, evidence=replace(said, log_figure=wrong))
    try:
        normals = _without(study, case, row, rng)
        beside = _checked(study, spoilt, bystander, _without(study, spoilt, bystander, rng), rng)
    except NoStartingPointError:
        return None
    # the check leaves the row out, so one fit serves both with and without the slip
    clean, found = (_checked(study, parts, row, normals, rng) for parts in (case, spoilt))
    return Plant(row, found, clean, bystander, beside)


def _without(study: Study, parts: Synthesis, row: str, rng: np.random.Generator) -> Floats:
    """Draws of the posterior without a row."""
    without = left_out(parts, study.case, [row])
    options = replace(OPTIONS, seed=int(rng.integers(2**62)))
    return fit(without, options).flat


def _checked(
    study: Study, parts: Synthesis, row: str, normals: Floats, rng: np.random.Generator
) -> float:
    """Tail probability of one row against all others, as the conflict check computes it."""
    without = left_out(parts, study.case, [row])
    return split(study.case, without, normals, [row], rng).p_value


def power(plants: list[Plant]) -> CheckResult:
    """Report how often slips are found and good rows flagged, overall and by row."""
    import pandas as pd

    table = pd.DataFrame(
        {
            "row": [one.row for one in plants],
            "found": [one.found < FLAGGED for one in plants],
            "clean": [one.clean < FLAGGED for one in plants],
        }
    )
    found, clean = float(table["found"].mean()), float(table["clean"].mean())
    spoilt = float(np.mean([one.beside < FLAGGED for one in plants]))
    by_row = table.groupby("row").agg(
        planted=("found", "size"), found=("found", "mean"), false=("clean", "mean")
    )
    overall = pd.DataFrame(
        [
            {"row": "all rows", "planted": len(table), "found": found, "false": clean},
            {"row": "good rows beside a slip", "planted": len(table), "false": spoilt},
        ]
    )
    said = finding(
        "slips_found", slips=len(table), factor=FACTOR, found=100 * found, clean=100 * clean,
        beside=100 * spoilt,
    )  # fmt: skip
    passed = None
    if len(table) >= ENOUGH:
        passed = found >= FOUND and max(clean, spoilt) <= FALSE_ALARMS
    whole = pd.concat([overall, by_row.sort_values("found").reset_index()], ignore_index=True)
    return CheckResult.saying("power", passed, [said], READING, whole)
