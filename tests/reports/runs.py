"""Writes runs for the tests of reports: real files of real cases, with the prior's draws in them.

Reports read what a run holds, whatever drew it; nothing is compiled or sampled here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model import store
from model.backend import NUMPY
from model.case import read_case
from model.fitting import Convergence, Posterior
from model.question import Question, SamplerOptions
from model.reader.scenarios import ScenarioReader
from model.run_files import manifest, run_files
from model.summary import Results, summary
from model.synthesis import synthesis

PASSED = Convergence(1.002, 900.0, 800.0, 0, {"rhat": "payment", "ess_bulk": "plan"})
FAILED = Convergence(1.31, 20.0, 15.0, 7, {"rhat": "payment", "ess_bulk": "plan"})

HALF = """
title = "Half the workers"
description = "Nobody arrives on a permit from 2018."
[[changes]]
quantity = "permit_inflow"
from = "2018-01"
set = 0
unit = "persons/month"
"""
DOUBLE = """
title = "Twice the plan"
description = "The plan is doubled from 2018."
[[changes]]
quantity = "plan"
from = "2018-01"
scale = 2
"""
DEARER = """
title = "Dearer workers"
description = "Contractors pay a tenth more from 2018; the plan is as it was."
[[changes]]
quantity = "payment"
from = "2018-01"
scale = 1.1
"""


def prior_draws(case: Any, draws: int = 400, chains: int = 2, seed: int = 3) -> Posterior:
    """Draws of the prior in the place of a posterior."""
    parts = synthesis(case)
    normals = np.random.default_rng(seed).normal(size=(chains, draws, parts.size))
    layout = parts.layout
    return Posterior(
        layout=layout,
        parts=parts,
        normals=normals,
        natural=layout.natural(NUMPY, normals[..., : layout.size], layout.location, layout.scale),
        diverging=np.zeros((chains, draws), bool),
        steps=np.full((chains, draws), 7),
        options=SamplerOptions(draws=draws, tune=50, chains=chains, seed=seed),
    )


def write_run(
    output: Path,
    inputs: Path,
    scenarios: Sequence[Path] = (),
    gate: Convergence = PASSED,
    key: str = "0123456789ab",
) -> Path:
    """Write a run of a case and return its folder."""
    case = read_case(inputs)
    read = ScenarioReader(case.timeline, case.hosts, case.segments, case.sources, "")
    results = Results.of(case, prior_draws(case), read.read(list(scenarios)), None, gate)
    content = summary(results) | {"answered_by": {"how": "fitted"}}
    question = Question(inputs, scenarios=tuple(path.stem for path in scenarios))
    said = manifest(results, question, (key, "fedcba987654"), {"how": "fitted"})
    return store.write_run(output, f"case-{key}", run_files(results, content), manifest=said)


def write_scenarios(folder: Path) -> list[Path]:
    """Write three scenarios and return their files."""
    folder.mkdir(exist_ok=True)
    paths = []
    for name, text in (("half", HALF), ("double", DOUBLE), ("dearer", DEARER)):
        path = folder / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths
