"""Does the program recover the truth? Simulated cases with known answers, fitted by the same model.

There are three studies. *Ranks*: truths are drawn from the priors, their figures are
printed, and the rank of the truth among the draws of its posterior must be uniform. *Slips*: rows
made ten times too large or too small must be found. *Echo*: copies of a statement must inform no
more than one. Results are saved as they are computed, so a study can be interrupted, resumed and
extended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive import store
from model.archive.check_result import CheckResult
from model.archive.finding import finding, named
from model.archive.keys import digest, versions
from model.calibration import ranks
from model.calibration.echo import echo
from model.calibration.growing_table import GrowingTable
from model.calibration.misfit import misfit
from model.calibration.replicates import OPTIONS, Replicate, Study, replicate
from model.calibration.simulation import printed_once
from model.calibration.slips import Plant, plant, power
from model.case.case import Case
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.evidence.synthesis import synthesis
from model.projection.prediction import number
from model.sampling.parallel import completed

Json = dict[str, Any]
Progress = Callable[[str, int, int], object]

RANKS, PLANTS = "ranks.csv", "slips.csv"
SEED = 20180802
#: Share of simulated cases that may be impossible to fit.
UNFITTED = 0.01
#: Least number of simulated cases from which ranks can be judged: five in each bin.
ENOUGH = 100
#: Levels at which the coverage of many quantities together is tested.
OFF_LEVELS = (0.80, 0.90, 0.95)

READING = (
    "Each line is a quantity, or a definition's revenue in a year. “Held” is how often the central "
    "interval of 50, 80, 90 or 95% contained the truth; p is the probability of ranks at least as "
    "uneven if they are uniform (chi-squared, 20 bins); “leaves” shows whether the curve of the "
    "ranks leaves its simultaneous 95% band, as one in twenty does by chance."
)


@dataclass(frozen=True)
class Plan:
    """How many cases to simulate.

    Attributes
    ----------
    replicates : int
        Cases for the ranks.
    slips : int
        Cases with a slip planted.
    seed : int
    """

    replicates: int = 200
    slips: int = 100
    seed: int = SEED


def study_of(case: Case, seed: int = SEED) -> Study:
    """The study of a case, with every statement printed once and fitted as printed."""
    return Study(case, printed_once(synthesis(case), case), seed)


def folder_of(case: Case, output: Path, seed: int) -> Path:
    """Folder of the study of a case, named by everything that determines its numbers."""
    key = digest(
        {
            "inputs": dict(sorted(case.hashes.items())),
            "versions": versions(),
            "options": str(OPTIONS),
            "seed": seed,
        }
    )
    return output / store.CALIBRATIONS / f"{case.name}-{key}"


def simulate(
    study: Study, plan: Plan, folder: Path, workers: Executor, progress: Progress
) -> tuple[list[Replicate], list[Plant | None]]:
    """Read the replicates and slips already saved, and simulate the rest.

    Parameters
    ----------
    folder : Path
        Folder in which each is saved as soon as it is computed.

    Raises
    ------
    KeyboardInterrupt
        If interrupted; results so far are saved.
    """
    labels = study.labels
    kept = GrowingTable(folder / RANKS, ("replicate", "divergences", "misfit", *labels))
    found: dict[int, Replicate] = {}
    for key, cells in kept.read().items():
        divergences, misfit, *counts = cells
        values = np.array([int(count) for count in counts]) if misfit else None
        found[key] = Replicate(values, int(divergences), float(misfit or "nan"))
    missing_computed(
        "simulated cases", partial(replicate, study), found, plan.replicates, workers, progress,
        lambda key, one: kept.add(
            key,
            [one.divergences, "", *[""] * len(labels)]
            if one.ranks is None
            else [one.divergences, repr(one.misfit), *one.ranks],
        ),
    )  # fmt: skip
    slips = GrowingTable(folder / PLANTS, ("case", "row", "found", "clean", "bystander", "beside"))
    planted: dict[int, Plant | None] = {
        key: Plant(row, float(hit), float(clean), other, float(beside)) if row else None
        for key, (row, hit, clean, other, beside) in slips.read().items()
    }
    missing_computed(
        "cases with a slip", partial(plant, study), planted, plan.slips, workers, progress,
        lambda key, one: slips.add(
            key,
            [""] * 5
            if one is None
            else [one.row, one.found, one.clean, one.bystander, one.beside],
        ),
    )  # fmt: skip
    return (
        [found[key] for key in range(plan.replicates)],
        [planted[key] for key in range(plan.slips)],
    )


def missing_computed(
    stage: str, work: Callable[[int], Any], found: dict[int, Any], wanted: int, workers: Executor,
    progress: Progress, keep: Callable[[int, Any], object],
) -> None:  # fmt: skip
    """Compute the results that ``found`` lacks, and save each as it arrives."""
    missing = [key for key in range(wanted) if key not in found]
    progress(stage, wanted - len(missing), wanted)
    for done, (key, result) in enumerate(completed(workers, work, missing), start=1):
        found[key] = result
        keep(key, result)
        progress(stage, wanted - len(missing) + done, wanted)


def calibrated(
    case: Case,
    output: Path,
    plan: Plan,
    workers: Executor,
    progress: Progress = lambda stage, done, total: None,
) -> tuple[list[CheckResult], Path]:
    """Run or read the whole study of a case, judge it and save it in the returned folder.

    Raises
    ------
    KeyboardInterrupt
        If interrupted; results so far are saved.
    NothingLeftError, NoStartingPointError
        If no case can be simulated.
    """
    study, folder = study_of(case, plan.seed), folder_of(case, output, plan.seed)
    replicates, slips = simulate(study, plan, folder, workers, progress)
    results = verdicts(study, replicates, slips)
    store.replace_json(folder / store.CALIBRATION, content(study, plan, results, replicates))
    return results, folder


def verdicts(
    study: Study, replicates: Sequence[Replicate], slips: Sequence[Plant | None]
) -> list[CheckResult]:
    """Results of the three studies."""
    fitted = [one for one in slips if one is not None]
    results = [uniform(study.labels, replicates)] if replicates else []
    results += [misfit(study, replicates, ENOUGH)] if replicates else []
    results += [power(fitted)] if fitted else []
    return [*results, echo(study.case.reading)]


def uniform(labels: Sequence[str], replicates: Sequence[Replicate]) -> CheckResult:
    """Test whether ranks are uniform and intervals contain the truth as often as they should.

    Returns
    -------
    CheckResult
        Failed if ranks are so uneven that a calibrated model would show it once in ten thousand
        studies; if the intervals of all quantities together, or those of the headline, miss their
        level by as improbable an amount; or if more than one case in a hundred could not be fitted.
        There is no verdict on fewer than ``ENOUGH`` cases.
    """
    ranked = _ranked(replicates)
    unfitted = len(replicates) - len(ranked)
    if not len(ranked):
        empty = pd.DataFrame(columns=["quantity"])
        return CheckResult.saying("calibration", False, [finding("no_case")], READING, empty)
    verdict = ranks.calibration(ranked)
    held = {level: ranks.covered(ranked, level) for level in ranks.LEVELS}
    lower, upper = ranks.band(len(ranked))
    curves = ranks.curve(ranked)
    leaves = ((curves < lower - 1e-9) | (curves > upper + 1e-9)).any(axis=1)
    table = pd.DataFrame(
        {
            "quantity": labels,
            **{f"held_{round(100 * level)}": share for level, share in held.items()},
            "p": verdict.p_values,
            "leaves": leaves.tolist(),
        }
    )
    headline = np.array([label.startswith(f"{HEADLINE} of") for label in labels])
    takes = ranks.inside(ranked[:, headline], 0.9).mean(axis=1)
    error = 196.0 * float(takes.std()) / np.sqrt(len(takes))
    said = [
        finding(
            "coverage", cases=len(ranked), quantities=len(labels), all_90=100 * held[0.9].mean(),
            take_90=100 * takes.mean(), error=error, all_50=100 * held[0.5].mean(),
            worst=named(labels[verdict.worst]), p=verdict.p_value,
        )
    ]  # fmt: skip
    enough = len(ranked) >= ENOUGH
    # the error of a mean of few cases is unknown: two that agree would have none
    looks = {
        (who, level): ranks.off_level(ranked[:, chosen], level)
        for who, chosen in (("all", slice(None)), (HEADLINE, headline))
        for level in OFF_LEVELS
        if enough
    }
    limit = ranks.most_off(max(len(looks), 1))
    off = [
        finding("level_of", level=100 * level, whose=who)
        for (who, level), z in looks.items()
        if abs(z) > limit
    ]
    if off:
        said.append(finding("off_level", names=off))
    diverged = sum(one.divergences > 0 for one in replicates)
    if diverged:
        said.append(finding("diverged", count=diverged))
    if unfitted:
        said.append(finding("unfitted", count=unfitted))
    passed = None
    if enough:
        passed = verdict.passed and not off and unfitted <= UNFITTED * len(replicates)
    else:
        said.append(finding("too_few", enough=ENOUGH))
    return CheckResult.saying("calibration", passed, said, READING, table, "calibration")


def _ranked(replicates: Sequence[Replicate]) -> NDArray[np.int64]:
    """Ranks of the fitted replicates, (R, Q)."""
    return np.array([one.ranks for one in replicates if one.ranks is not None], dtype=np.int64)


def drawn_curves(labels: Sequence[str], replicates: Sequence[Replicate]) -> Json:
    """Curves of the ranks and their band, for the figure."""
    ranked = _ranked(replicates)
    if not len(ranked):
        return {}
    lower, upper = ranks.band(len(ranked))
    curves = dict(zip(labels, ranks.curve(ranked), strict=True))
    return {
        "lower": [number(float(x)) for x in lower],
        "upper": [number(float(x)) for x in upper],
        "curves": {label: [number(float(x)) for x in curve] for label, curve in curves.items()},
        "definitions": [label for label in labels if label.split(" of ")[0] in DEFINITIONS],
    }


def content(
    study: Study, plan: Plan, results: Sequence[CheckResult], replicates: Sequence[Replicate]
) -> Json:
    """Content of ``calibration.json``."""
    return {
        "schema": store.SCHEMA,
        "case": study.case.title,
        "inputs": study.case.hashes,
        "versions": versions(),
        "replicates": plan.replicates,
        "slips": plan.slips,
        "seed": plan.seed,
        "divergences": sum(one.divergences for one in replicates),
        "checks": {one.name: one.content() for one in results},
        "ranks": drawn_curves(study.labels, replicates),
    }
