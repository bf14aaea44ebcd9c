"""Short fits for checks: one that is not reliable goes on, in the map of its own draws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.case.case import Case
from model.criticism import refits
from model.criticism.refits import SHORT, Task, refit
from model.evidence.synthesis import Synthesis
from model.sampling.fitting import NoStartingPointError, Posterior, fit

FEW = replace(SHORT, draws=40, tune=40)


def test_a_reliable_fit_is_left_as_it_is(tiny: Case, tiny_parts: Synthesis) -> None:
    found = refit(Task(tiny, tiny_parts))
    assert found.reliable
    alone = fit(tiny_parts, SHORT)
    np.testing.assert_array_equal(found.normals, alone.flat)


def test_another_goes_on_for_as_long_again(tiny: Case, tiny_parts: Synthesis) -> None:
    found = refit(Task(tiny, tiny_parts, FEW))
    begun = fit(tiny_parts, FEW)
    assert len(found.normals) == 2 * len(begun.flat)
    chains = found.normals.reshape(FEW.chains, 2 * FEW.draws, -1)
    np.testing.assert_array_equal(chains[:, : FEW.draws], begun.normals)
    assert found.yearly.sizes["draw"] == len(found.normals)
    assert not np.array_equal(chains[:, : FEW.draws], chains[:, FEW.draws :])


def test_one_that_cannot_go_on_is_what_it_was(
    tiny: Case, tiny_parts: Synthesis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once(*of: Any, start: Any = None) -> Posterior:
        if start is not None:
            raise NoStartingPointError
        return fit(*of)

    monkeypatch.setattr(refits, "fit", once)
    found = refit(Task(tiny, tiny_parts, FEW))
    assert not found.reliable
    assert len(found.normals) == FEW.chains * FEW.draws
