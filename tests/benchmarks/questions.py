"""Second questions in one process: scenarios a second, their memory, a refit, simulated cases."""

from __future__ import annotations

import os
import resource
import sys
import time
from dataclasses import replace
from functools import partial

from model.calibration import study_of
from model.case import Case, read_case
from model.contents import Change
from model.fitting import fit, set_pytensor_flags
from model.parallel import completed, executor
from model.projection import Projector
from model.question import SamplerOptions, WhatIf
from model.replicates import replicate
from model.summary import verdict
from model.synthesis import synthesis
from model.whatif import changed_parts


def peak() -> float:
    """Peak memory so far, in MB."""
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(inputs: str) -> None:
    """Measure and print."""
    set_pytensor_flags()
    case = read_case(inputs)
    parts = synthesis(case)
    from model.program import compile_program

    program = compile_program(parts)
    posterior = fit(parts, SamplerOptions())
    projector = Projector(case, posterior.layout, posterior.draws)
    first = case.timeline.months[0]
    (host, *_) = case.hosts
    kinds = {
        "workers": Change("permit_inflow", host.name, "", first, None, "scale", ((first, 0.5),)),
        "accounts": Change("payment", host.name, "", first, None, "scale", ((first, 0.9),)),
    }
    projector.project(tuple(kinds.values()))
    for name, change in kinds.items():
        began = time.perf_counter()
        for number in range(100):
            scaled = replace(change, figures=((first, 0.5 + number / 1000),))
            projector.project([scaled])
        rate = 100 / (time.perf_counter() - began)
        print(f"scenarios that change {name}: {rate:.0f} a second, of {len(posterior.draws)} draws")
    before = peak()
    for _ in range(1000):
        projector.project([kinds["workers"]])
    print(f"peak memory after 1,000 more scenarios: {peak() / before:.3f} of that before")

    rows = case.evidence[case.evidence["role"] == "fit"]["id"]
    other = changed_parts(parts, case, WhatIf(drop_rows=(str(rows.iloc[0]),)))
    began = time.perf_counter()
    refitted = fit(other, SamplerOptions())
    wall = time.perf_counter() - began
    gate = verdict(refitted, Projector(case, refitted.layout, refitted.draws).baseline)
    print(f"refit without one row: {wall:.1f} s, minimum ESS {gate.min_ess_bulk:,.0f}")
    checks(case, wall)


def checks(case: Case, fit_wall: float) -> None:
    """Simulated cases a second, on all cores, and what one costs beside a whole fit."""
    study, cases = study_of(case), 40
    with executor() as workers:
        study.truth(0)
        began = time.perf_counter()
        list(completed(workers, partial(replicate, study), range(cases)))
        each = (time.perf_counter() - began) / cases
    print(
        f"calibration: {200 * each:.0f} s for 200 simulated cases on {os.cpu_count()} cores, each "
        f"{each / fit_wall:.3f} of a refit"
    )


if __name__ == "__main__":
    main(sys.argv[1])
