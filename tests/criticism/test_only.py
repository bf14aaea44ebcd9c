"""One check alone: which fits it needs, and that it finds what it finds among all."""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from model.archive import store
from model.archive.saved_fit import Fitted
from model.case.case import Case, read_case
from model.criticism import as_of, leave_out, priors_together, sensitivity
from model.criticism.leave_out import groups
from model.criticism.refits import Refit, Task, yearly_revenue
from model.criticism.suite import CHECKS, LEFT_OUT_KINDS, NotACheckError, criticise, named_checks
from model.evidence.synthesis import Synthesis
from model.projection.blocks import project
from model.sampling.convergence import Convergence
from model.sampling.fitting import Posterior
from model.sampling.reweighting import Reweighted
from tests.cases import write_case
from tests.reports.runs import PASSED, prior_draws

#: Modules that refit.
REFITTING = (as_of, leave_out, priors_together, sensitivity)


def fitted_of(case: Case) -> Fitted:
    posterior = prior_draws(case, draws=100)
    return Fitted(case, posterior, PASSED, project(case, posterior.layout, posterior.draws))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    """Two hosts, of which one has a single row, and a row that was published before the others."""
    folder = tmp_path_factory.mktemp("only") / "case"
    write_case(folder, two_hosts=True, evidence={"plan": {"source": "resolution"}})
    return fitted_of(read_case(folder))


def without_a_sampler(task: Task) -> Refit:
    """Draws of the prior that the task alone decides, in the place of a refit's."""
    parts = task.parts
    changed = parts.evidence.weight.tobytes() + parts.layout.scale.tobytes()
    posterior = prior_draws(task.case, draws=50, seed=zlib.crc32(changed), parts=parts)
    yearly = yearly_revenue(task.case, posterior.layout, posterior.draws)
    return Refit(posterior.flat, posterior.draws, yearly, PASSED)


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """The fits that checks ask for, none of which is sampled."""
    found: list[Task] = []

    def noted(task: Task) -> Refit:
        found.append(task)
        return without_a_sampler(task)

    for module in REFITTING:
        monkeypatch.setattr(module, "refit", noted)
    return found


def left_out_rows(fitted: Fitted, task: Task) -> set[str]:
    weight = dict(zip(task.parts.evidence.ids, task.parts.evidence.weight, strict=True))
    whole = fitted.posterior.parts.evidence
    return {
        row for row, was in zip(whole.ids, whole.weight, strict=True) if was and not weight[row]
    }


def run(fitted: Fitted, *only: str) -> dict[str, object]:
    with ThreadPoolExecutor(1) as workers:
        return {one.name: one.content() for one in criticise(fitted, only=only, workers=workers)}


def always_reweighted(
    posterior: Posterior, gate: Convergence, parts: Synthesis, known: object
) -> Reweighted:
    """Importance sampling that is reliable whatever is left out: the draws as they are."""
    count = len(posterior.flat)
    same = replace(posterior, parts=parts)
    return Reweighted(0.1, 1.0, gate, same, np.full(count, 1 / count))


def test_checks_are_reported_in_one_order() -> None:
    assert tuple(CHECKS) == store.CHECK_NAMES
    one, several = (store.checks_of(several=several) for several in (False, True))
    assert set(several) - set(one) == {"without_host"}
    assert named_checks(["held_out", "conflict"], several) == ["conflict", "held_out"]
    assert named_checks((), one) == list(one)
    assert named_checks("conflict", one) == ["conflict"]


@pytest.mark.parametrize("name", LEFT_OUT_KINDS)
def test_no_fit_is_run_that_the_check_does_not_read(
    fitted: Fitted, tasks: list[Task], name: str
) -> None:
    """Without hosts' rows: one fit for each host, and none without a source."""
    found = run(fitted, name)
    assert list(found) == [name]
    every = groups(fitted.case, fitted.posterior.parts)
    read = {frozenset(one.rows) for one in every if one.kind in LEFT_OUT_KINDS[name]}
    fits = [frozenset(left_out_rows(fitted, task)) for task in tasks]
    assert len(fits) == len(set(fits))
    assert set(fits) <= read
    always = {*LEFT_OUT_KINDS[name]} - {"row"}
    assert set(fits) >= {frozenset(one.rows) for one in every if one.kind in always}
    if name == "without_host":
        sources = {frozenset(one.rows) for one in every if one.kind == "source"}
        assert len(fits) == len(fitted.case.hosts)
        assert not set(fits) & sources


@pytest.mark.parametrize("name", ["prior_predictive", "posterior_predictive", "power_scaling",
                                  "held_out"])  # fmt: skip
def test_what_needs_no_refit_runs_none(fitted: Fitted, tasks: list[Task], name: str) -> None:
    assert list(run(fitted, name)) == [name]
    assert tasks == []


@pytest.mark.parametrize("reliable", [False, True], ids=["refitted", "reweighted"])
def test_a_check_alone_finds_what_it_finds_among_all(
    fitted: Fitted, tasks: list[Task], monkeypatch: pytest.MonkeyPatch, reliable: bool
) -> None:
    """To the last digit, also of a row that is all that a host has, and of shared fits."""
    if reliable:
        monkeypatch.setattr(leave_out, "reweighted", always_reweighted)
    whole = run(fitted)
    assert list(whole) == list(store.CHECK_NAMES)
    shared = len(tasks)
    for name in store.CHECK_NAMES:
        assert run(fitted, name) == {name: whole[name]}, name
    pair = run(fitted, "without_host", "conflict")
    assert pair == {name: whole[name] for name in ("conflict", "without_host")}
    assert len(tasks) > shared


def test_groups_of_the_same_rows_share_a_fit(fitted: Fitted, tasks: list[Task]) -> None:
    run(fitted, "leave_one_out", "conflict", "without_host")
    together = len(tasks)
    rows = [frozenset(left_out_rows(fitted, task)) for task in tasks]
    assert len(set(rows)) == together


def test_a_check_that_there_is_not_is_refused_before_a_fit(
    tiny: Case, fitted: Fitted, tasks: list[Task]
) -> None:
    with pytest.raises(NotACheckError, match="no check 'all'; write one of: prior_predictive, "):
        run(fitted, "conflict", "all")
    with pytest.raises(NotACheckError, match="a case of one host has no check without_host"):
        run(fitted_of(tiny), "conflict", "without_host")
    assert tasks == []
