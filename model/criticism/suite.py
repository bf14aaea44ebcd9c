"""All checks of one fit: priors, rows, conflicts, single sources, sensitivity, held-out totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from model.archive import store
from model.archive.check_result import CheckResult
from model.archive.saved_fit import Fitted
from model.criticism.as_of import as_of
from model.criticism.conflict import conflicts
from model.criticism.held_out import held_out_totals
from model.criticism.leave_out import leave_out, left_out_table
from model.criticism.one_reading import one_reading, said_of
from model.criticism.predictive_checks import posterior_predictive, prior_predictive
from model.criticism.priors_together import priors_together
from model.criticism.sensitivity import power_scaling, width_refits
from model.criticism.without_host import without_hosts
from model.projection.prediction import fitted_rows
from model.sampling.parallel import executor

Json = dict[str, Any]
Progress = Callable[[str, int, int], object]


def criticise(
    fitted: Fitted,
    *,
    cores: int | None = None,
    scheduler: str = "",
    progress: Progress = lambda stage, done, total: None,
    workers: Executor | None = None,
) -> list[CheckResult]:
    """Run every check of a fit.

    Parameters
    ----------
    fitted : Fitted
    cores : int, optional
        Number of parallel fits.
    scheduler : str
        Address of a Dask scheduler, to use instead of this machine.
    progress : callable
        Called with (stage, done, total).
    workers : Executor, optional
        An existing executor for the fits.

    Returns
    -------
    list of CheckResult
        In the order in which they are reported; without that of hosts if there is one only.
    """
    mixture, seed = fitted.posterior, fitted.posterior.options.seed
    progress("priors and predictions", 0, 1)
    predicted = fitted_rows(
        fitted.case, mixture.layout, mixture.draws, seed, mixture.parts.evidence,
        mixture.error_sizes,
    )  # fmt: skip
    whole, reading = one_reading(fitted)
    case, posterior = whole.case, whole.posterior
    pool: AbstractContextManager[Executor] = (
        nullcontext(workers) if workers is not None else executor(cores, scheduler)
    )
    with pool as ready:
        together = priors_together(case, posterior, ready)
        without = leave_out(
            case, posterior, whole.gate, ready,
            progress=lambda done, total: progress("fits without a source", done, total),
        )  # fmt: skip
        widths = width_refits(
            case, posterior, ready,
            lambda done, total: progress("fits with other priors", done, total),
        )  # fmt: skip
        later = as_of(
            case, posterior, ready,
            lambda done, total: progress("fits of what was published by a day", done, total),
        )  # fmt: skip
    progress("conflicts and sensitivity", 0, 1)
    return [
        prior_predictive(fitted.case, mixture.parts, seed),
        together,
        posterior_predictive(predicted),
        said_of(conflicts(case, without, seed), reading),
        said_of(left_out_table(whole, without), reading),
        *([said_of(without_hosts(whole, without), reading)] if len(case.hosts) > 1 else []),
        said_of(power_scaling(case, posterior, fitted), reading),
        said_of(widths, reading),
        held_out_totals(fitted.case, mixture, fitted.gate, fitted.projection, seed),
        said_of(later, reading),
    ]


def record(
    folder: Path,
    results: Sequence[CheckResult],
    before_publishing: Callable[[], object] = lambda: None,
) -> None:
    """Add the results to a run: in full to ``checks.json``, in short to ``summary.json``.

    Raises
    ------
    DamagedRunError
        If the run does not match its checksums.
    """
    whole = {"schema": store.SCHEMA, "checks": {one.name: one.content() for one in results}}

    def write_summary(path: Path) -> None:
        summary = store.read_summary(path.parent)
        summary["checks"] = {one.name: one.block() for one in results}
        store.write_json(path, summary)

    writers: dict[str, store.Writer] = {
        store.SUMMARY: write_summary,
        store.CHECKS: lambda path: store.write_json(path, whole),
    }
    store.add_to_run(folder, writers, before_publishing)


def recorded(folder: Path) -> list[CheckResult]:
    """Read the results saved in a run; an empty list if it was not checked.

    Raises
    ------
    DamagedRunError
        If they cannot be read.
    """
    content = store.read_added(folder, store.CHECKS) or {"checks": {}}
    with store.agreeing(folder):
        return [CheckResult.of(name, one) for name, one in content["checks"].items()]
