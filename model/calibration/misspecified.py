"""How often intervals contain the truth in worlds that differ from the model.

In each world cases are simulated and fitted with the model as it is, which mixes a case's rival
readings. Where errors are larger than the model's table of grades says, intervals should be wider.
Results are saved as they are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive import store
from model.archive.check_result import CheckResult, plain
from model.archive.finding import Finding, english_texts, finding
from model.archive.keys import versions
from model.calibration.growing_table import GrowingTable
from model.calibration.replicates import OPTIONS, Study
from model.calibration.simulation import printed_once
from model.calibration.study import SEED, folder_of, missing_computed, study_of
from model.calibration.worlds import AS_TOLD, OUTCOMES, WORLDS, outcomes_of, read_by, simulated
from model.case.case import Case
from model.evidence.synthesis import Synthesis
from model.projection.projection import Projector
from model.question import WhatIf
from model.sampling.fitting import NoStartingPointError, Posterior, fit
from model.sampling.rivals import Rival, draws_of, mixed, rivals

Floats = NDArray[np.float64]
Json = dict[str, Any]
Progress = Callable[[str, int, int], object]

NAME = "misspecified"
#: Folder of the saved results, one file a world.
KEPT = "worlds"
LEVELS = (0.05, 0.50, 0.95)
NUMBERS = ("truth", "q05", "q50", "q95")
#: Share of cases in which the 90% interval of the state take should contain the truth.
AIM = 0.85
#: Worlds in which errors are larger, so that intervals should be wider.
LARGER = ("errors_doubled", "heavy_tails", "slips")
#: Least factor by which log widths should grow where errors are doubled.
ANSWER = 1.1
#: Probability of falling short of the aim by as much, if it is met, from which a world fails.
RARE = 0.01
#: Least number of cases in each world from which there is a verdict.
ENOUGH = 50

READING = (
    "Each line is a world in which the model's assumptions fail in one respect. “Inside” is the "
    "share of simulated cases whose truth lies in the 90% interval: state take, plan collected, "
    "surplus and billings of the headline's year, and workers present at its end. “To truth” is "
    "the median of the estimate over the truth. “Width” is the median of q95/q05 of the state "
    "take, and “wider” the median of its logarithm as a multiple of that in the model's own world, "
    "in the same cases."
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Truth and estimate in one simulated case.

    Attributes
    ----------
    numbers : array, (outcomes, 4), or None
        ``NUMBERS`` of each of ``OUTCOMES``; None if no fit was possible.
    divergences : int
    """

    numbers: Floats | None
    divergences: int


@dataclass(frozen=True)
class Reader:
    """One who fits simulated cases with the model as it is.

    Attributes
    ----------
    study : Study
    rivals : tuple of Rival
        The case's rival readings, in which every statement is printed once; none if it has one.
    """

    study: Study
    rivals: tuple[Rival, ...]

    @classmethod
    def of(cls, study: Study) -> Reader:
        """The reader of a study's cases."""
        told = rivals(study.case, WhatIf())
        once = (replace(one, parts=printed_once(one.parts, one.case)) for one in told)
        return cls(study, tuple(once))

    def posterior(self, world: str, printed: Synthesis, seed: int) -> Posterior:
        """Fit a case that a world printed: each reading, mixed by weight, if there are several.

        Raises
        ------
        NoStartingPointError
            If no fit is possible.
        """
        if not self.rivals:
            return fit(self.study.fitted(printed), replace(OPTIONS, seed=seed))
        fits: list[Posterior] = []
        for one in self.rivals:
            parts = self.study.fitted(read_by(one.case, world, printed, one.parts))
            options = replace(OPTIONS, draws=draws_of(one, OPTIONS.draws), seed=seed)
            fits.append(fit(parts, options))
        return mixed(self.study.fitted(printed), fits, self.rivals, OPTIONS.draws)


def fitted(reader: Reader, world: str, number: int) -> Fitted:
    """Simulate a case in a world and fit it with the model as it is."""
    study = reader.study
    printed, truth = simulated(study, world, number)
    seed = int(study.chance(number, 6).integers(2**62))
    try:
        posterior = reader.posterior(world, printed, seed)
    except NoStartingPointError:
        return Fitted(None, 0)
    draws = outcomes_of(
        study.case, Projector(study.case, posterior.layout, posterior.draws).baseline
    )
    # of n independent draws, these quantiles contain the next one as often as their level says
    ends = np.quantile(draws, LEVELS, axis=1, method="weibull")
    return Fitted(np.column_stack([truth, ends.T]), int(posterior.diverging.sum()))


def simulate(
    study: Study, cases: int, folder: Path, workers: Executor, progress: Progress,
    worlds: Sequence[str] = tuple(WORLDS),
) -> dict[str, list[Fitted]]:  # fmt: skip
    """Read the cases already saved in each world, and simulate the rest.

    Raises
    ------
    KeyboardInterrupt
        If interrupted; results so far are saved.
    NothingLeftError
        If a world has no truth for which every row has a figure.
    """
    columns = [f"{outcome}_{number}" for outcome in OUTCOMES for number in NUMBERS]
    shape = (len(OUTCOMES), len(NUMBERS))
    reader, done = Reader.of(study), dict[str, list[Fitted]]()
    for world in worlds:
        kept = GrowingTable(folder / KEPT / f"{world}.csv", ("case", "divergences", *columns))
        found = {
            key: Fitted(
                np.array(cells[1:], dtype=float).reshape(shape) if cells[1] else None,
                int(cells[0]),
            )
            for key, cells in kept.read().items()
        }

        def keep(key: int, one: Fitted, kept: GrowingTable = kept) -> None:
            cells = [""] * len(columns) if one.numbers is None else one.numbers.ravel().tolist()
            kept.add(key, [one.divergences, *cells])

        missing_computed(
            f"cases in {world}", partial(fitted, reader, world), found, cases, workers, progress,
            keep,
        )  # fmt: skip
        done[world] = [found[key] for key in range(cases)]
    return done


def compared(
    case: Case,
    output: Path,
    cases: int,
    workers: Executor,
    progress: Progress = lambda stage, done, total: None,
    seed: int = SEED,
) -> tuple[CheckResult, Path]:
    """Run or read all worlds of a case, judge them and save the result in the returned folder.

    Raises
    ------
    KeyboardInterrupt
        If interrupted; results so far are saved.
    NothingLeftError
        If no case can be simulated.
    """
    study, folder = study_of(case, seed), folder_of(case, output, seed)
    result = judged(simulate(study, cases, folder, workers, progress))
    store.replace_json(folder / store.MISSPECIFIED, content(study, cases, result))
    return result, folder


def judged(done: Mapping[str, Sequence[Fitted]]) -> CheckResult:
    """Compare coverage and width between worlds.

    Returns
    -------
    CheckResult
        Passed if the 90% interval of the state take reaches ``AIM`` in every world, and is wider
        where errors are doubled; failed if it falls short by more than chance, or is not wider;
        without verdict in between, and on fewer than ``ENOUGH`` cases.
    """
    told = numbers_of(done[AS_TOLD])
    table = pd.DataFrame([line(name, numbers_of(own), told) for name, own in done.items()])
    lost = sum(one.numbers is None for own in done.values() for one in own)
    below = table[~(table["take_inside"] >= AIM)]
    wider = table.set_index("world")["wider"]
    said = [_reached(table, below), _answer(wider)]
    if lost:
        said.append(finding("lost", count=lost))
    passed: bool | None = None
    if table["cases"].min() < ENOUGH:
        said.append(finding("too_few_in_world", enough=ENOUGH))
    elif _far_below(below) or wider.get("errors_doubled", np.inf) < ANSWER:
        passed = False
    elif below.empty:
        passed = True
    return CheckResult.saying(NAME, passed, said, READING, table)


def numbers_of(own: Sequence[Fitted]) -> Floats:
    """Numbers of each case, (cases, outcomes, 4); not numbers where there was no fit."""
    nothing = np.full((len(OUTCOMES), len(NUMBERS)), np.nan)
    return np.array([nothing if one.numbers is None else one.numbers for one in own])


def line(world: str, numbers: Floats, told: Floats) -> Json:
    """One line of the table, from the numbers in a world and in the model's own."""
    fit_of = np.isfinite(numbers).all(axis=(1, 2))
    if not fit_of.any():
        return {"world": world, "cases": 0}
    truth, low, middle, high = numbers[fit_of].transpose(2, 0, 1)
    inside = ((low <= truth) & (truth <= high)).mean(axis=0)
    ratio = np.median(middle / truth, axis=0)
    both = fit_of & np.isfinite(told).all(axis=(1, 2))
    own, base = (np.median(log_width(one[both, 0])) for one in (numbers, told))
    return {
        "world": world,
        "cases": int(fit_of.sum()),
        **{f"{name}_inside": float(x) for name, x in zip(OUTCOMES, inside, strict=True)},
        **{f"{name}_to_truth": float(x) for name, x in zip(OUTCOMES, ratio, strict=True)},
        "width": float(np.exp(np.median(log_width(numbers[fit_of, 0])))),
        "workers_width": float(np.exp(np.median(log_width(numbers[fit_of, -1])))),
        "wider": float(own / base),
        "differs": english_texts()["differs"][world],
    }


def log_width(numbers: Floats) -> Floats:
    """Log of q95/q05 of an outcome, from its numbers, (cases, 4); infinite if q05 is below zero."""
    low, high = numbers[:, 1], numbers[:, 3]
    found = np.full(len(numbers), np.inf)
    above = low > 0.0
    found[above] = np.log(high[above] / low[above])
    return found


def _reached(table: pd.DataFrame, below: pd.DataFrame) -> Finding:
    """How many worlds reach the aim, and those that fall short of it."""
    counts = {"reached": len(table) - len(below), "of": len(table), "aim": 100 * AIM}
    short = [
        finding("world_inside", world=row.world, inside=100 * row.take_inside)
        for row in below.sort_values("take_inside").itertuples()
    ]
    return finding("worlds_fewer", worlds=short, **counts) if short else finding("worlds", **counts)


def _far_below(below: pd.DataFrame) -> bool:
    """Whether some world falls short of the aim by more than chance."""
    from scipy.stats import binom

    inside = (below["take_inside"] * below["cases"]).round()
    return bool((binom.cdf(inside, below["cases"], AIM) < RARE).any())


def _answer(wider: pd.Series) -> Finding:
    grown = [
        finding("world_wider", world=world, wider=wider[world])
        for world in LARGER
        if world in wider
    ]
    return finding("answer", worlds=grown)


def content(study: Study, cases: int, result: CheckResult) -> Json:
    """Content of ``misspecified.json``."""
    return {
        "schema": store.SCHEMA,
        "case": study.case.title,
        "inputs": study.case.hashes,
        "versions": versions(),
        "cases": cases,
        "seed": study.seed,
        NAME: {
            **result.block(),
            "said": [one.content() for one in result.said],
            "reading": result.reading,
            "lines": lines(result),
        },
    }


def lines(result: CheckResult) -> list[Json]:
    """Lines of the table as plain JSON."""
    records = result.table.to_dict("records")
    return [{str(key): plain(cell) for key, cell in record.items()} for record in records]
