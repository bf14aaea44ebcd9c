"""What the priors say together is what each says alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.archive.check_result import CheckResult
from model.case.case import Case
from model.criticism.priors_together import priors_together
from model.equations.quantities import DEFINITIONS
from model.evidence.synthesis import Synthesis, synthesis
from model.question import SamplerOptions, WhatIf
from model.sampling.fitting import fit
from model.sampling.parallel import executor
from model.sampling.whatif import changed_parts

BRIEF = SamplerOptions(draws=100, tune=100, chains=2, seed=1)


def result_of(case: Case, parts: Synthesis) -> CheckResult:
    with executor(1) as workers:
        return priors_together(case, fit(parts, BRIEF), workers)


def test_the_priors_are_what_they_were(tiny: Case) -> None:
    """Nothing is conditioned on but rows, so that without them no quantity moves."""
    result = result_of(tiny, synthesis(tiny))
    assert result.passed is True
    assert "no median moves" in result.sentence
    table = result.table.set_index("quantity")
    assert set(DEFINITIONS) == {
        name.removesuffix(" of 2018").replace(" ", "_")
        for name in table.index[table["unit"] == "USD/year"]
    }
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
