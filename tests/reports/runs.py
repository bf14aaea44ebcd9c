"""Writes runs for the tests of reports: real files of real cases, with the prior's draws in them.

Reports read what a run holds, whatever drew it; nothing is compiled or sampled here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.archive import store
from model.archive.check_result import CheckResult
from model.archive.finding import OF_READING, Finding, chance, finding, names_or_none
from model.archive.run_files import manifest, run_files
from model.archive.summary import summary
from model.archive.under_scenarios import Results
from model.calibration.misspecified import Fitted, judged
from model.calibration.misspecified import content as misspecified_content
from model.calibration.ranks import DRAWS
from model.calibration.replicates import Replicate
from model.calibration.slips import Plant
from model.calibration.study import Plan, study_of, verdicts
from model.calibration.study import content as calibration_content
from model.calibration.worlds import OUTCOMES, WORLDS
from model.case.case import read_case
from model.case.reader.scenarios import ScenarioReader
from model.criticism.held_out import held_out_totals
from model.criticism.kept import record
from model.criticism.predictive_checks import posterior_predictive, prior_predictive
from model.criticism.sensitivity import power_scaling
from model.drivers.kept import ask
from model.drivers.kept import record as record_drivers
from model.evidence.synthesis import Synthesis, synthesis
from model.projection.blocks import project
from model.projection.prediction import fitted_rows
from model.question import Question, SamplerOptions, WhatIf
from model.sampling.convergence import Convergence
from model.sampling.fitting import STATS, Posterior
from model.sampling.rivals import mixed, rivals

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


#: Two readings: of a plan, and of a share of earnings that is larger.
RIVALS = """
[plan]
title = "A fixed plan"
weight = 3
follows = "plan"
leave_out = ["handed_over"]
basis = "a guess for the tests"

[share]
title = "A share of earnings"
weight = 1
follows = "earnings"
leave_out = ["plan"]
basis = "another guess for the tests"

[share.priors]
plan = { p05 = 700, p95 = 900, unit = "USD/month", basis = "a guess" }
"""


def prior_draws(
    case: Any, draws: int = 400, chains: int = 2, seed: int = 3, parts: Synthesis | None = None
) -> Posterior:
    """Draws of the prior in the place of a posterior."""
    parts = parts or synthesis(case)
    normals = np.random.default_rng(seed).normal(size=(chains, draws, parts.size))
    layout = parts.layout
    return Posterior(
        layout=layout,
        parts=parts,
        normals=normals,
        natural=layout.natural(normals[..., : layout.size]),
        stats={name: np.zeros((chains, draws)) for name in STATS},
        options=SamplerOptions(draws=draws, tune=50, chains=chains, seed=seed),
        notes={"whitened": True, "gradients": 0},
    )


def write_run(
    output: Path,
    inputs: Path,
    scenarios: Sequence[Path] = (),
    gate: Convergence = PASSED,
    key: str = "0123456789ab",
    horizon: str = "",
    what_if: WhatIf | None = None,
) -> Path:
    """Write a run of a case and return its folder; a what-if is noted, and changes no draw."""
    case = read_case(inputs)
    read = ScenarioReader(case)
    last = pd.Period(horizon, "M") if horizon else None
    told = rivals(case, WhatIf())
    fits = [prior_draws(case, seed=4 + place, parts=one.parts) for place, one in enumerate(told)]
    posterior = (
        mixed(synthesis(case), fits, told, fits[0].options.draws) if told else prior_draws(case)
    )
    asked = read.read(list(scenarios))
    results = Results.of(case, posterior, asked, last, gate, rivals=told)
    content = summary(results) | {"answered_by": {"how": "fitted"}}
    question = Question(inputs, what_if or WhatIf(), tuple(map(str, scenarios)), horizon)
    said = manifest(results, question, (key, "fedcba987654"), {"how": "fitted"})
    return store.write_run(output, f"case-{key}", run_files(results, content), manifest=said)


#: Three sources that might be found: of a quantity that matters, of two, of one that does not.
PROSPECTS = """\
id,prospect,title,quantity,host,segment,start,end,qualifier,base,reliability,credibility,\
statements,units,note
plan,plan,A second report of the plan,plan,russia,,2018-01,2018-12,exact,,B,2,,,guess
kept,ledger,A ledger of one firm,worker_keeps,russia,,2018-01,2018-12,exact,,A,1,,1,guess
handed,ledger,,state_take,russia,,2018-01,2018-12,exact,,A,1,,1,
visas,visas,A count of visas,visas_issued,russia,,2017-01,2017-12,at_least,,C,3,2,,guess
"""


def add_drivers(folder: Path, *asked: tuple[str, int]) -> None:
    """Give a run what drives its revenue, by definition and year."""
    for definition, year in asked:
        record_drivers(folder, ask(folder, definition, year))


def write_whole(base: Path, inputs: Path) -> Path:
    """A run with a scenario, checks and drivers, of inputs that were calibrated."""
    (scenario, *_) = write_scenarios(base / "scenarios")
    folder = write_run(base / "runs", inputs, [scenario])
    add_checks(folder, inputs)
    add_drivers(folder, ("state_take", 2017))
    return folder


def add_checks(folder: Path, inputs: Path) -> None:
    """Give a run the results of checks, and its inputs those of a calibration.

    What needs no sampler is computed; the rest is made up, one row and one source in conflict.
    """
    case = read_case(inputs)
    posterior = prior_draws(case)
    rng = np.random.default_rng(5)
    layout = posterior.layout
    projection = project(case, layout, posterior.draws)
    factors = posterior.error_sizes
    rows = fitted_rows(case, layout, posterior.draws, 1, posterior.parts.evidence, factors)
    found = [
        prior_predictive(case, posterior.parts, 1),
        CheckResult.saying(
            "priors_together", True, [finding("priors_agree", limit=0.5)], "Read so.",
            widths_table(),
        ),
        posterior_predictive(rows),
        CheckResult.saying("conflict", False, contradicted(), "Read so.", conflict_table(rows)),
        CheckResult.saying("leave_one_out", True, without(), "Read so.", left_out_table()),
        power_scaling(case, posterior),
        CheckResult.saying(
            "prior_widths", None, [finding("no_refit")], "Read so.", widths_table()
        ),
        held_out_totals(case, posterior, PASSED, projection, 1),
        CheckResult.saying(
            "as_of", None, [finding("no_later")], "Read so.", later_table(), "as_of"
        ),
    ]  # fmt: skip
    record(folder, found)
    study = study_of(case)
    ranks = rng.integers(0, DRAWS + 1, size=(120, len(study.labels)))
    replicates = [Replicate(one, 0) for one in ranks]
    slips = [
        Plant("plan" if n % 3 else "kept", 0.5 if n % 9 == 0 else 0.0, 0.4, "quota", 0.3)
        for n in range(60)
    ]
    results = verdicts(study, replicates, slips)
    content = calibration_content(study, Plan(120, 60), results, replicates)
    kept = folder.parent / store.CALIBRATIONS / "case-1"
    store.replace_json(kept / store.CALIBRATION, content)
    wide = Fitted(np.array([[2.0, 1.0, 2.2, 4.0]] * len(OUTCOMES)), 0)
    beside = Fitted(np.array([[9.0, 1.0, 2.2, 4.0]] * len(OUTCOMES)), 0)
    worlds = {name: [wide, beside, wide, wide] for name in WORLDS}
    told = misspecified_content(study, 4, judged(worlds))
    store.replace_json(kept / store.MISSPECIFIED, told)


def contradicted() -> list[Finding]:
    """That one row is contradicted, and no source."""
    named = finding("with_chance", name="plan", chance=chance(1e-6, 400))
    both = {"in_rows": finding("one_is", names=[named]), "in_groups": finding("none_is")}
    return [
        finding("conflict", rows=9, groups=1, **both),
        finding("flagged", limit=0.02, expected=0.2, names=names_or_none([])),
    ]


def without() -> list[Finding]:
    """What one source moves, in one of several readings."""
    ends = {"before": (150.0, 90.0, 210.0), "after": (120.0, 80.0, 170.0)}
    return [
        finding(OF_READING, reading="reconciled"),
        finding("left_out", group="paper", year=2017, shift=-0.4, **ends),
    ]


def conflict_table(rows: Any) -> pd.DataFrame:
    """A table of conflicts in which each row differs a little more than the one before."""
    lines = []
    for place, row in enumerate(rows):
        apart = 1.0 + 0.2 * place
        lines.append(
            {
                "kind": "row", "group": row, "row": row, "unit": "1",
                **{f"{side}_{end}": 1.0 for side in ("direct", "indirect")
                   for end in ("q50", "q05", "q95")},
                "difference_q50": apart, "difference_q05": apart / 1.5,
                "difference_q95": apart * 1.5, "p_row": 0.6 / (1 + 10 * place**2),
                "p_group": 0.5, "p_adjusted": 0.0001 if row == "plan" else 0.6, "reliable": True,
            }
        )  # fmt: skip
    return pd.DataFrame([*lines, lines[0] | {"kind": "source", "group": "paper"}])


def later_table() -> pd.DataFrame:
    """Figures that came after two days, one of them outside its interval; and the headline."""
    lines = [
        {
            "as_of": day, "reliable": True, "row": row, "unit": "1", "observed": observed,
            "q50": 1.1, "q05": 0.8, "q95": 1.5, "rank": rank, "inside": inside,
        }
        for day in ("2017-12-31", "2018-08-02")
        for row, observed, rank, inside in (
            ("state_take of 2018", float("nan"), float("nan"), None),
            ("plan", 1.0, 0.4, True),
            ("kept", 2.0, 0.98, False),
        )
    ]  # fmt: skip
    return pd.DataFrame(lines[:-1])


def left_out_table() -> pd.DataFrame:
    """The headline without two sources and an origin that is one of them."""
    groups = [("source", "paper", "a, b"), ("source", "newspaper", "c"), ("origin", "same", "c")]
    return pd.DataFrame(
        [
            {
                "kind": kind, "group": name, "rows": rows, "q50": 1e8 * place, "q05": 6e7 * place,
                "q95": 2e8 * place, "shift": -0.4 * place, "pareto_k": 0.5, "psis_q50": None,
                "reliable": name != "newspaper",
            }
            for place, (kind, name, rows) in enumerate(groups, start=1)
        ]
    )  # fmt: skip


def widths_table() -> pd.DataFrame:
    """The headline under priors of other widths."""
    return pd.DataFrame(
        [
            {
                "priors": group, "widths": word, "q50": 1e8 * factor, "q05": 6e7, "q95": 2e8,
                "median_ratio": factor, "width_ratio": factor, "divergences": 0, "reliable": True,
            }
            for group in ("all priors", "workers", "plan")
            for word, factor in (("halved", 0.8), ("doubled", 1.3))
        ]
    )  # fmt: skip


def write_scenarios(folder: Path) -> list[Path]:
    """Write three scenarios and return their files."""
    folder.mkdir(exist_ok=True)
    paths = []
    for name, text in (("half", HALF), ("double", DOUBLE), ("dearer", DEARER)):
        path = folder / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths
