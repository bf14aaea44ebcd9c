"""Checks of one fit: priors, rows, conflicts, single sources, sensitivity, held-out totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model import store
from model.believed import held_out_totals
from model.case import Case, read_case
from model.checks import CheckResult, listed
from model.conflict import conflicts
from model.draws_file import read_posterior
from model.fitting import Convergence, Posterior
from model.leave_out import LeftOut, headline, leave_out
from model.parallel import executor
from model.prediction import fitted_rows
from model.predictive import posterior_predictive, prior_predictive
from model.projection import Projection, project, quantiles
from model.quantities import HEADLINE
from model.question import WhatIf
from model.reweighting import weighted_quantiles
from model.sensitivity import power_scaling, width_refits
from model.synthesis import synthesis
from model.whatif import changed_parts
from model.wording import MILLION, interval, three

if TYPE_CHECKING:
    from model.summary import Results

Json = dict[str, Any]
Progress = Callable[[str, int, int], object]

#: Posterior standard deviations by which one source may move the headline's median.
MOVED = 1.0

LEFT_OUT_READING = (
    "State take of the headline's year without each source or origin: median and 90 % interval of "
    "a refit, and the shift of the median in standard deviations of the full posterior. Beside it "
    "the median by importance sampling, where Pareto's k allows that."
)


@dataclass(frozen=True)
class Fitted:
    """A fit to be criticised.

    Attributes
    ----------
    case : Case
    posterior : Posterior
    gate : Convergence
        Its verdict.
    projection : Projection
        What happened.
    """

    case: Case
    posterior: Posterior
    gate: Convergence
    projection: Projection

    @classmethod
    def of(cls, results: Results) -> Fitted:
        """The fit behind results, as ``answer.results_of`` returns them."""
        return cls(
            results.case, results.posterior, results.convergence,
            project(results.case, results.posterior.layout, results.posterior.draws),
        )  # fmt: skip

    @classmethod
    def saved(cls, folder: Path) -> Fitted:
        """The fit of a run on disk, with the inputs that the run keeps.

        Raises
        ------
        DamagedRunError
            When the run does not agree with its checksums.
        CaseError
            When its inputs cannot be read, as when an older program wrote them.
        """
        manifest = store.check_run(folder)
        case = read_case(folder / "inputs")
        asked = {key: _tuples(value) for key, value in manifest["what_if"].items()}
        parts = changed_parts(synthesis(case), case, WhatIf(**asked))
        posterior = read_posterior(folder, parts, manifest)
        gate = {key: value for key, value in manifest["convergence"].items() if key != "converged"}
        return cls(
            case, posterior, Convergence(**gate), project(case, parts.layout, posterior.draws)
        )


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def criticise(
    fitted: Fitted,
    *,
    cores: int | None = None,
    scheduler: str = "",
    progress: Progress = lambda stage, done, total: None,
    workers: Executor | None = None,
) -> list[CheckResult]:
    """Every check of a fit.

    Parameters
    ----------
    fitted : Fitted
    cores : int, optional
        Fits at once.
    scheduler : str
        Address of a Dask scheduler, instead of this machine.
    progress : callable
        Called with (stage, done, total).
    workers : Executor, optional
        Where fits run, if there is one already.

    Returns
    -------
    list of CheckResult
        In the order in which they are read.
    """
    case, posterior = fitted.case, fitted.posterior
    seed = posterior.options.seed
    progress("priors and predictions", 0, 1)
    results = [
        prior_predictive(case, posterior.parts, seed),
        posterior_predictive(
            fitted_rows(case, posterior.layout, posterior.draws, seed, posterior.parts.evidence)
        ),
    ]
    pool: AbstractContextManager[Executor] = (
        nullcontext(workers) if workers is not None else executor(cores, scheduler)
    )
    with pool as ready:
        without = leave_out(
            case, posterior, fitted.gate, ready,
            progress=lambda done, total: progress("fits without a source", done, total),
        )  # fmt: skip
        widths = width_refits(
            case, posterior, ready,
            lambda done, total: progress("fits with other priors", done, total),
        )  # fmt: skip
    progress("conflicts and sensitivity", 0, 1)
    results += [
        conflicts(case, without, seed),
        left_out_table(fitted, without),
        power_scaling(case, posterior),
        widths,
        held_out_totals(case, posterior, fitted.gate, fitted.projection, seed),
    ]
    return results


def left_out_table(fitted: Fitted, without: Sequence[LeftOut]) -> CheckResult:
    """The headline without each source and origin, by refits and by importance sampling.

    Returns
    -------
    CheckResult
        Failed if leaving one out moves the headline's median by more than one standard deviation
        of the full posterior.
    """
    year = fitted.case.timeline.headline
    takes = fitted.projection.yearly_usd.sel(definition=HEADLINE, year=year).to_numpy()
    full = {name: float(value) for name, value in quantiles(takes).items()}
    lines = [_without(one, year, takes, full) for one in without if one.group.kind != "row"]
    table = pd.DataFrame(lines)
    if table.empty:
        return CheckResult("leave_one_out", None, "No row is fitted.", LEFT_OUT_READING, table)
    moved = table[table["shift"].abs() > MOVED]
    most = table.loc[table["shift"].abs().idxmax()]
    sentence = (
        f"Leaving out {most['group']} moves the median state take of {year} most, from "
        f"{interval(*three(full, MILLION))} to {interval(*three(most, MILLION))} million dollars, "
        f"by {most['shift']:+.2f} standard deviations."
    )
    doubtful = table[~table["reliable"]]
    if not doubtful.empty:
        sentence += f" Chains agree too little without {listed(list(doubtful['group']))}."
    return CheckResult(
        "leave_one_out", moved.empty, sentence, LEFT_OUT_READING, table, "leave_one_out"
    )


def _without(
    one: LeftOut, year: int, takes: NDArray[np.float64], full: dict[str, float]
) -> dict[str, object]:
    numbers, weights = headline(one.fit, year), one.weights.weights
    sampled = None if weights is None else float(weighted_quantiles(takes, weights, [0.5])[0])
    return {
        "kind": one.group.kind,
        "group": one.group.name,
        "rows": ", ".join(one.group.rows),
        **{key: numbers[key] for key in ("q50", "q05", "q95")},
        "shift": (numbers["q50"] - full["q50"]) / full["sd"],
        "pareto_k": one.weights.pareto_k,
        "psis_q50": sampled,
        "reliable": one.fit.reliable,
    }


def record(
    folder: Path,
    results: Sequence[CheckResult],
    before_publishing: Callable[[], object] = lambda: None,
) -> None:
    """Add the results to a run: whole to ``checks.json``, in short to ``summary.json``.

    Raises
    ------
    DamagedRunError
        When the run does not agree with its checksums.
    """
    summary = store.read_summary(folder)
    summary["checks"] = {one.name: one.block() for one in results}
    whole = {"schema": store.SCHEMA, "checks": {one.name: one.content() for one in results}}
    writers: dict[str, store.Writer] = {
        store.SUMMARY: lambda path: store.write_json(path, summary),
        store.CHECKS: lambda path: store.write_json(path, whole),
    }
    store.add_to_run(folder, writers, before_publishing)


def recorded(folder: Path) -> list[CheckResult]:
    """The results that a run holds; none if it was not checked.

    Raises
    ------
    DamagedRunError
        When they cannot be read.
    """
    content = store.read_added(folder, store.CHECKS) or {"checks": {}}
    return [CheckResult.of(name, one) for name, one in content["checks"].items()]


if __name__ == "__main__":
    from model.checking import app

    app()
