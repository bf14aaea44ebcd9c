"""All checks of one fit: priors, rows, conflicts, single sources, sensitivity, held-out totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property

from model.archive import store
from model.archive.check_result import CheckResult
from model.archive.saved_fit import Fitted
from model.criticism.as_of import as_of
from model.criticism.conflict import KINDS as CONFLICT_KINDS
from model.criticism.conflict import conflicts
from model.criticism.held_out import held_out_totals
from model.criticism.leave_out import HOST, TOLD, LeftOut, leave_out, left_out_table
from model.criticism.one_reading import one_reading, said_of
from model.criticism.predictive_checks import posterior_predictive, prior_predictive
from model.criticism.priors_together import priors_together
from model.criticism.sensitivity import power_scaling, width_refits
from model.criticism.without_host import without_hosts
from model.projection.prediction import fitted_rows
from model.sampling.parallel import executor

Progress = Callable[[str, int, int], object]


class NotACheckError(ValueError):
    """A check that there is not, or not of this case; the text says what is allowed."""


def criticise(
    fitted: Fitted,
    *,
    only: str | Sequence[str] = (),
    cores: int | None = None,
    scheduler: str = "",
    progress: Progress = lambda stage, done, total: None,
    workers: Executor | None = None,
) -> list[CheckResult]:
    """Run every check of a fit, or only some, with the fits that these need.

    Parameters
    ----------
    fitted : Fitted
    only : str or sequence of str
        Checks to run; by default all. Each has the result that it has among all.
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

    Raises
    ------
    NotACheckError
        If ``only`` names a check that there is not, or that a case of one host has not.
    """
    asked = named_checks(only, store.checks_of(several=len(fitted.case.hosts) > 1))
    pool: AbstractContextManager[Executor] = (
        nullcontext(workers) if workers is not None else executor(cores, scheduler)
    )
    with pool as ready:
        parts = Parts(fitted, asked, ready, progress)
        return [CHECKS[name](parts) for name in asked]


def named_checks(only: str | Sequence[str], of_case: Sequence[str]) -> list[str]:
    """The checks of a case that are asked for, in the order in which they are reported.

    Raises
    ------
    NotACheckError
    """
    names = [only] if isinstance(only, str) else list(only)
    for name in names:
        if name not in store.CHECK_NAMES:
            known = ", ".join(store.CHECK_NAMES)
            raise NotACheckError(f"there is no check {name!r}; write one of: {known}")
        if name not in of_case:
            raise NotACheckError(
                f"a case of one host has no check {name}: it leaves out the rows of one of several"
            )
    return [name for name in of_case if name in names or not names]


@dataclass(frozen=True)
class Parts:
    """What checks of one fit share; each part is made when the first check asks for it.

    Attributes
    ----------
    fitted : Fitted
        The fit that is checked.
    asked : sequence of str
        Names of the checks that are run.
    workers : Executor
    progress : callable
        Called with (stage, done, total).
    """

    fitted: Fitted
    asked: Sequence[str]
    workers: Executor
    progress: Progress

    @property
    def seed(self) -> int:
        """The seed of the fit, from which each check has its own draws."""
        return self.fitted.posterior.options.seed

    @cached_property
    def examined(self) -> tuple[Fitted, str]:
        """The fit of one reading, which refits examine, and the reading's name."""
        if self.fitted.rivals:
            self.progress("a fit of one reading", 0, 1)
        return one_reading(self.fitted)

    @property
    def whole(self) -> Fitted:
        """The fit that refits examine."""
        return self.examined[0]

    def told(self, result: CheckResult) -> CheckResult:
        """A result of that fit, with the reading that it is of."""
        return said_of(result, self.examined[1])

    def done(self, stage: str) -> Callable[[int, int], object]:
        """What tells how many fits of a stage are done."""
        return lambda done, total: self.progress(stage, done, total)

    @cached_property
    def without(self) -> list[LeftOut]:
        """Fits without those groups of rows that the checks asked for read."""
        kinds = {kind for name in self.asked for kind in LEFT_OUT_KINDS.get(name, ())}
        what = "host's rows" if kinds == {HOST} else "source"
        whole = self.whole
        return leave_out(
            whole.case, whole.posterior, whole.gate, self.workers,
            self.done(f"fits without a {what}"), kinds,
        )  # fmt: skip


#: Kinds of the groups of rows that a check leaves out.
LEFT_OUT_KINDS = {"conflict": CONFLICT_KINDS, "leave_one_out": TOLD, store.WITHOUT_HOST: (HOST,)}


def _posterior_predictive(parts: Parts) -> CheckResult:
    mixture = parts.fitted.posterior
    predicted = fitted_rows(
        parts.fitted.case, mixture.layout, mixture.draws, parts.seed, mixture.parts.evidence,
        mixture.error_sizes,
    )  # fmt: skip
    return posterior_predictive(predicted)


def _prior_predictive(parts: Parts) -> CheckResult:
    parts.progress("priors and predictions", 0, 1)
    return prior_predictive(parts.fitted.case, parts.fitted.posterior.parts, parts.seed)


def _conflict(parts: Parts) -> CheckResult:
    without = parts.without
    parts.progress("conflicts", 0, 1)
    return parts.told(conflicts(parts.whole.case, without, parts.seed))


def _power_scaling(parts: Parts) -> CheckResult:
    whole = parts.whole
    parts.progress("sensitivity to the priors", 0, 1)
    return parts.told(power_scaling(whole.case, whole.posterior, parts.fitted))


def _prior_widths(parts: Parts) -> CheckResult:
    whole, done = parts.whole, parts.done("fits with other priors")
    return parts.told(width_refits(whole.case, whole.posterior, parts.workers, done))


def _held_out(parts: Parts) -> CheckResult:
    one = parts.fitted
    return held_out_totals(one.case, one.posterior, one.gate, one.projection, parts.seed)


def _as_of(parts: Parts) -> CheckResult:
    whole, done = parts.whole, parts.done("fits of what was published by a day")
    return parts.told(as_of(whole.case, whole.posterior, parts.workers, done))


#: Every check, by its name.
CHECKS: dict[str, Callable[[Parts], CheckResult]] = {
    "prior_predictive": _prior_predictive,
    "priors_together": lambda parts: priors_together(
        parts.whole.case, parts.whole.posterior, parts.workers
    ),
    "posterior_predictive": _posterior_predictive,
    "conflict": _conflict,
    "leave_one_out": lambda parts: parts.told(left_out_table(parts.whole, parts.without)),
    store.WITHOUT_HOST: lambda parts: parts.told(without_hosts(parts.whole, parts.without)),
    "power_scaling": _power_scaling,
    "prior_widths": _prior_widths,
    "held_out": _held_out,
    "as_of": _as_of,
}
