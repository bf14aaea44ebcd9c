"""A fit with its case and projection, new or read from a run, as checks and drivers use it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from model.archive import store
from model.archive.draws_file import read_posterior
from model.archive.under_scenarios import Results
from model.case.case import Case, read_case
from model.evidence.synthesis import synthesis
from model.projection.blocks import project
from model.projection.projection import Projection
from model.question import WhatIf
from model.sampling.convergence import Convergence
from model.sampling.fitting import Posterior
from model.sampling.rivals import Rival, parts_of, rivals
from model.sampling.whatif import changed_parts


@dataclass(frozen=True)
class Fitted:
    """A fit to be checked.

    Attributes
    ----------
    case : Case
    posterior : Posterior
    gate : Convergence
        Verdict on its chains.
    projection : Projection
        What happened.
    rivals : tuple of Rival
        The readings that the posterior mixes; none if the case has one reading.
    """

    case: Case
    posterior: Posterior
    gate: Convergence
    projection: Projection
    rivals: tuple[Rival, ...] = ()

    @classmethod
    def of(cls, results: Results) -> Fitted:
        """The fit behind results, as ``answer.results_of`` returns them."""
        return cls(
            results.case, results.posterior, results.convergence,
            project(results.case, results.posterior.layout, results.posterior.draws),
            results.rivals,
        )  # fmt: skip

    @classmethod
    def saved(cls, folder: Path) -> Fitted:
        """The fit of a run on disk, with the inputs saved in the run.

        Raises
        ------
        DamagedRunError
            If the run does not match its checksums.
        CaseError
            If its inputs cannot be read, for example because an older program wrote them.
        """
        return _saved(folder)


@store.one_run
def _saved(folder: Path) -> Fitted:
    manifest = store.check_run(folder)
    with store.agreeing(folder):
        case = read_case(folder / "inputs")
        what_if = WhatIf.of(manifest["what_if"])
        told = rivals(case, what_if)
        parts = parts_of(changed_parts(synthesis(case), case, what_if), told)
        posterior = read_posterior(folder, parts, manifest)
        projection = project(case, parts.layout, posterior.draws)
        return Fitted(case, posterior, saved_gate(manifest), projection, told)


def saved_gate(manifest: dict[str, Any]) -> Convergence:
    """The verdict on the chains in a manifest, where null stands for what was not finite."""
    gate = manifest["convergence"]
    finite: dict[str, Any] = {
        key: math.nan if value is None else value for key, value in gate.items()
    }
    return Convergence(**{one.name: finite[one.name] for one in fields(Convergence)})
