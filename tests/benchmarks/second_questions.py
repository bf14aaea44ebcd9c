"""What a second question costs in one process: a refit without one row, and scenarios."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from model.archive.under_scenarios import verdict
from model.case.case import Case, read_case
from model.case.contents import Change
from model.criticism.refits import SHORT
from model.evidence.synthesis import Synthesis, synthesis
from model.kernel.native import Map
from model.projection.projection import Projector
from model.question import SamplerOptions
from model.sampling.fitting import Posterior, fit
from model.sampling.whatif import left_out
from tests.benchmarks.changed_inputs import INPUTS
from tests.benchmarks.measuring import Line, Options

#: Effective draws that a refit must have of every quantity, and how far above it aims.
WANTED, MARGIN = 1000.0, 1.15
#: Rows left out, spread over the evidence.
ROWS = 5
SCENARIOS = 100


@dataclass(frozen=True, slots=True)
class Refit:
    """Wall and CPU seconds of a refit, its draws, and the fewest effective ones."""

    wall: float
    cpu: float
    draws: int
    ess: float


def refit(options: Options) -> Iterator[Line]:
    """The shipped case without one row, in the map of the full fit's draws."""
    case = read_case(INPUTS)
    parts = synthesis(case)
    start = fit(parts).map
    counting = [
        row for row, weight in zip(parts.evidence.ids, parts.evidence.weight, strict=True) if weight
    ]
    found = [
        refitted(case, left_out(parts, case, (row,)), start)
        for row in counting[:: len(counting) // ROWS][:ROWS]
    ]
    one = sorted(found, key=lambda refit: refit.wall)[len(found) // 2]
    yield Line(
        f"refit without a row, {WANTED:,.0f} effective draws", "≤ 1 s",
        f"{one.wall:.2f} s (CPU {one.cpu:.2f} s), minimum ESS {one.ess:,.0f} of {one.draws:,} "
        f"draws; the slowest of {len(found)} rows {max(refit.wall for refit in found):.2f} s",
        "fit(left_out(…), start=full_fit.map)",
    )  # fmt: skip


def refitted(case: Case, parts: Synthesis, start: Map) -> Refit:
    """A refit with as many draws as it takes; those with too few are not counted."""
    draws = SHORT.draws
    while True:
        options = replace(SHORT, draws=draws, cores=None)
        wall, cpu = time.perf_counter(), time.process_time()
        posterior = fit(parts, options, start=start)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        ess = fewest(case, posterior)
        if ess >= WANTED:
            return Refit(wall, cpu, options.chains * draws, ess)
        draws = round(draws * MARGIN * max(WANTED / ess, 1.0))


def fewest(case: Case, posterior: Posterior) -> float:
    """Effective draws of the quantity that has the fewest."""
    projector = Projector(case, posterior.layout, posterior.draws)
    return verdict(posterior, projector.baseline.yearly_usd).min_ess_bulk


def scenarios(options: Options) -> Iterator[Line]:
    """Scenarios a second, and what a thousand more of them leave in memory."""
    case = read_case(INPUTS)
    posterior = fit(synthesis(case), SamplerOptions())
    projector = Projector(case, posterior.layout, posterior.draws)
    host, first = case.hosts[0].name, case.timeline.months[0]
    how = f"Projector.project, {len(posterior.draws):,} draws, one process"
    for quantity in ("permit_inflow", "payment"):
        change = Change(quantity, host, "", first, None, "scale", ((first, 0.5),))
        projector.project([change])
        spent = statistics.median(
            seconds_of(projector, [replace(change, figures=((first, 0.5 + number / 1000),))])
            for number in range(SCENARIOS)
        )
        yield Line(f"scenarios that change {quantity}", "–", f"{1 / spent:.0f} a second", how)
    before = peak()
    for _ in range(10 * SCENARIOS):
        projector.project([change])
    yield Line("memory after 1,000 more", "–", f"{peak() / before:.3f} of that before", how)


def seconds_of(projector: Projector, changes: list[Change]) -> float:
    """Wall seconds of one projection."""
    began = time.perf_counter()
    projector.project(changes)
    return time.perf_counter() - began


def peak() -> float:
    """Peak memory so far, in the system's own unit."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
