"""What the priors say together, against importance weights of draws from each alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.archive.check_result import CheckResult
from model.case.case import Case
from model.criticism.priors_together import MOVED, priors_together
from model.evidence.synthesis import Synthesis, program, synthesis
from model.kernel.native import evaluate
from model.question import SamplerOptions, WhatIf
from model.sampling.fitting import fit
from model.sampling.parallel import executor
from model.sampling.reweighting import weighted_quantiles
from model.sampling.whatif import changed_parts, left_out

BRIEF = SamplerOptions(draws=100, tune=100, chains=2, seed=1)


def result_of(case: Case, parts: Synthesis) -> CheckResult:
    with executor(1) as workers:
        return priors_together(case, fit(parts, BRIEF), workers)


@pytest.fixture(scope="module")
def balanced(tiny: Case) -> CheckResult:
    return result_of(tiny, synthesis(tiny))


def test_the_balance_moves_what_importance_weights_move(tiny: Case, balanced: CheckResult) -> None:
    parts = synthesis(tiny)
    parts = left_out(parts, tiny, parts.evidence.ids)
    normals = np.random.default_rng(3).normal(size=(400_000, parts.size))
    logs = evaluate(program(parts), "balance", normals).sum(axis=1)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    effective = 1.0 / (weights**2).sum()
    assert effective > 1000
    table = balanced.table.set_index("quantity")
    for place, label in enumerate(parts.layout.labels):
        (expected,) = weighted_quantiles(normals[:, place], weights, [0.5])
        # a median of 1,000 draws, some 300 of them effective: a standard error of 0.07
        assert table.loc[label, "shift"] == pytest.approx(expected, abs=0.3), label
    moved = table["shift"].abs() > MOVED
    assert balanced.passed is (not moved.any())
    assert moved.any()
    largest = table["shift"].abs().idxmax()
    assert f"{largest} ({table.loc[largest, 'shift']:+.1f})" in balanced.sentence


def test_where_nothing_is_conditioned_on_the_priors_are_what_they_were(tiny: Case) -> None:
    parts = changed_parts(synthesis(tiny), tiny, WhatIf(without=("balance",)))
    result = result_of(tiny, parts)
    assert result.passed is True
    assert "no median moves" in result.sentence
    table = result.table.set_index("quantity")
    for prior in tiny.priors:
        # on the scale on which the prior is normal
        ends = table.loc[prior.label].drop(["unit", "shift"]).astype(float)
        scores = np.log(ends / (1.0 - ends) if prior.support == "fraction" else ends)
        for end in ("q50", "q05", "q95"):
            # the ends of 1,000 draws, some 500 of them effective, have a standard error of 0.1
            moved = (scores[f"together_{end}"] - scores[f"prior_{end}"]) / prior.scale
            assert abs(moved) < 0.45, (prior.label, end)


def test_a_quantity_known_exactly_is_not_listed(tiny: Case) -> None:
    fixed = WhatIf(fixed=(("broker_margin", 0.2, ""),))
    table = result_of(tiny, changed_parts(synthesis(tiny), tiny, fixed)).table
    assert "broker_margin" not in set(table["quantity"])
    assert pd.Series(table["quantity"]).is_unique
