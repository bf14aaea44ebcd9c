"""A question's draws from a fresh fit: of the case, or of each of its readings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from model.archive.believed import believed
from model.archive.summary import convergence_block
from model.archive.under_scenarios import verdict
from model.case.case import Case
from model.evidence.synthesis import Synthesis
from model.kernel.cache import kernel
from model.kernel.native import Map
from model.projection.blocks import project, yearly_usd
from model.question import Question, SamplerOptions
from model.sampling.convergence import Convergence, worst_of
from model.sampling.fitting import Posterior, fit
from model.sampling.rivals import draws_of, mixed
from model.terminal.wording import counted

if TYPE_CHECKING:
    from model.archive.answer import Hooks, Inputs

#: How often a fit goes on, each time for this part of its length.
MORE = 2
#: Fewest draws of a chain that are meant to converge.
FULL = SamplerOptions().draws // 2
#: Target acceptances after divergent draws: steps of some four fifths and half of the length.
SMALLER_STEPS = (0.95, 0.99)


def fitted(question: Question, inputs: Inputs, hooks: Hooks) -> Any:
    """Fit anew: the case, or each of its readings, of which the worst convergence counts."""
    kernel(hooks.say)
    options = question.options
    if question.what_if.believe:
        # weights make some of the draws worth little
        options = replace(options, draws=2 * options.draws)
    if not inputs.rivals:
        one, gate = _judged(inputs.case, inputs.parts, options, hooks)
        return one, gate, {"how": "fitted"}

    fits, gates, start = [], {}, None
    for rival in inputs.rivals:
        name = rival.reading.name
        hooks.say(f"Reading {name}: {rival.reading.title} (weight {rival.weight:.0%})")
        own = replace(options, draws=draws_of(rival, options.draws))
        one, gates[name] = _judged(inputs.case, rival.parts, own, hooks, start)
        # readings resemble each other, so that the next starts from the draws of this one
        start = start or one.map
        fits.append(one)
    diagnosis = {
        "how": "fitted",
        "readings": {
            name: {"converged": gate.converged, **convergence_block(gate)}
            for name, gate in gates.items()
        },
    }
    posterior = mixed(inputs.parts, fits, inputs.rivals, options.draws)
    return posterior, worst_of(gates), diagnosis


def _judged(
    case: Case, parts: Synthesis, options: SamplerOptions, hooks: Hooks, start: Map | None = None
) -> tuple[Posterior, Convergence]:
    """Fit and judge; a fit that is not short and has not converged goes on, up to twice as long."""

    def judged(posterior: Posterior) -> tuple[Posterior, Convergence]:
        return posterior, verdict(posterior, yearly_usd(case, posterior.layout, posterior.draws))

    # the map of another reading's draws is refined
    posterior, gate = judged(_fit(parts, options, hooks, start, refine=start is not None))
    for number in range(MORE if options.draws >= FULL else 0):
        if gate.converged:
            break
        hooks.say("Not converged yet; sampling for half as long again")
        # random numbers apart from those of the pilots
        (seed,) = np.random.SeedSequence([options.seed, 100 + number]).generate_state(1)
        longer = replace(posterior.options, draws=options.draws // MORE, seed=int(seed))
        more = _fit(parts, longer, hooks, posterior.map)
        posterior, gate = judged(posterior.with_more(more))
    return posterior, gate


def _fit(
    parts: Synthesis,
    options: SamplerOptions,
    hooks: Hooks,
    start: Map | None = None,
    *,
    refine: bool = False,
) -> Posterior:
    """Fit once; while any draw diverges, again with smaller steps."""
    posterior = fit(parts, options, start=start, refine=refine, progress=hooks.progress)
    for target in SMALLER_STEPS:
        divergences = int(posterior.diverging.sum())
        if divergences and options.target_accept < target:
            diverged = counted(divergences, "draw", "draws")
            hooks.say(f"{diverged} diverged; sampling again with smaller steps")
            smaller = replace(options, target_accept=target)
            posterior = fit(parts, smaller, start=start, refine=refine, progress=hooks.progress)
    return posterior


def with_believed(question: Question, inputs: Inputs, posterior: Posterior, gate: Any) -> Any:
    """Draws as if held-out rows had been fitted, too."""
    projection = project(inputs.case, posterior.layout, posterior.draws)
    rows = question.what_if.believe
    return believed(inputs.case, posterior, gate, projection, rows)
