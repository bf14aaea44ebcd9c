"""An estimate against plain ``pm.sample`` of the readable model, each in a process of its own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.benchmarks.changed_inputs import INPUTS
from tests.benchmarks.measuring import Line, Options, Run, python, timed
from tests.benchmarks.shell import estimate

#: PyMC's own sampler, and nutpie on PyMC's model; both on numba.
SAMPLERS = ("pymc", "nutpie")
NUMPYRO = "numpyro"


@dataclass(frozen=True)
class Ours:
    """An estimate: its process, and effective draws a second of sampling, pilots and all."""

    run: Run
    ess_per_second: float


def plain(options: Options) -> Iterator[Line]:
    """Against PyMC's samplers, with an empty compile cache of PyTensor's and with a full one."""
    for sampler in SAMPLERS:
        yield from compared(sampler, options, "≤ 0.1 of the wall")


def numpyro(options: Options) -> Iterator[Line]:
    """Against NumPyro on the same density, where it is installed."""
    if find_spec(NUMPYRO) is None:
        yield Line("estimate against NumPyro", "≤ 0.3 of the wall", "not installed", "–")
        return
    yield from compared(NUMPYRO, options, "≤ 0.3 of the wall")


def compared(sampler: str, options: Options, aim: str) -> Iterator[Line]:
    """Wall times cold and warm, and effective draws a second when warm."""
    how = f'pm.sample(nuts_sampler="{sampler}"), whole processes'
    with tempfile.TemporaryDirectory() as cache:
        for state in ("cold", "warm"):
            ours = our_estimate()
            theirs = timed(
                python("tests.benchmarks.plain", INPUTS, sampler),
                options.limit, PYTENSOR_FLAGS=f"base_compiledir={cache}",
            )  # fmt: skip
            beyond = "" if theirs.finished else "< "
            share = f"{beyond}{ours.run.wall / theirs.wall:.3f}"
            yield Line(
                f"estimate against {sampler}, {state}", aim,
                f"{share}: {ours.run.wall:.1f} s and {theirs}", how,
            )  # fmt: skip
    yield effective_draws(sampler, ours, theirs, how)


def effective_draws(sampler: str, ours: Ours, theirs: Run, how: str) -> Line:
    """Effective draws a second, of the basic quantity that has the fewest."""
    what, aim = f"effective draws a second, against {sampler}", "≥ 8 ×"
    if not theirs.finished:
        return Line(what, aim, f"{ours.ess_per_second:.0f}; {sampler} hit the limit", how)
    said: dict[str, Any] = json.loads(theirs.output.splitlines()[-1])
    rate = said["min_ess"] / said["sampling"]
    found = (
        f"{ours.ess_per_second / rate:.1f} ×: {ours.ess_per_second:.0f} and {rate:.2f} "
        f"({said['min_ess']:.0f} in {said['sampling']:.0f} s, {said['divergences']} divergences)"
    )
    return Line(what, aim, found, how)


def our_estimate() -> Ours:
    """A first estimate of the shipped case, and how much its draws are worth."""
    from model.archive.saved_fit import Fitted
    from model.sampling.convergence import convergence

    with tempfile.TemporaryDirectory() as folder:
        run = estimate(INPUTS, Path(folder))
        (saved,) = Path(folder).iterdir()
        posterior = Fitted.saved(saved).posterior
        spent = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))["seconds"]
    named = {
        label: posterior.natural[..., place] for place, label in enumerate(posterior.layout.labels)
    }
    ess = convergence(named, posterior.diverging).min_ess_bulk
    return Ours(run, ess / sum(spent[stage] for stage in ("mode", "pilots", "sampling")))
