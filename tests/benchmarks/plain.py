"""Samples the readable model with plain ``pm.sample`` and prints what came of it, as JSON."""

from __future__ import annotations

import json
import logging
import sys
import time

import numpy as np

from model.evidence.synthesis import synthesis
from model.question import SamplerOptions
from model.sampling.convergence import convergence


def main(inputs: str, sampler: str) -> None:
    """As many chains and draws as an estimate has; everything else as PyMC has it by default."""
    import pymc as pm

    from model.case.case import read_case
    from model.evidence.readable.density import pymc_model

    logging.disable(logging.WARNING)
    if sampler == "numpyro":
        give_jax_erfcx()
    options, case = SamplerOptions(), read_case(inputs)
    families = [name for name, _ in synthesis(case).layout.families]
    began = time.perf_counter()
    with pymc_model(case):
        trace = pm.sample(
            draws=options.draws, chains=options.chains, random_seed=options.seed,
            nuts_sampler=sampler, var_names=families, progressbar=False,
            compute_convergence_checks=False,
        )  # fmt: skip
    wall = time.perf_counter() - began
    posterior = trace["posterior"]
    named = {
        f"{name} {place}": column
        for name in families
        for place, column in enumerate(columns(posterior[name].to_numpy()))
    }
    gate = convergence(named, trace["sample_stats"]["diverging"].to_numpy())
    sampling = posterior.attrs.get("sampling_time", wall)
    found = {"sampling": sampling, "call": wall, "min_ess": gate.min_ess_bulk}
    print(json.dumps(found | {"divergences": gate.divergences, "max_rhat": gate.max_rhat}))


def columns(draws: np.ndarray) -> list[np.ndarray]:
    """The numbers of an array of draws, (chains, draws) each."""
    flat = draws.reshape(*draws.shape[:2], -1)
    return [flat[..., place] for place in range(flat.shape[-1])]


def give_jax_erfcx() -> None:
    """JAX has no erfcx; for x from zero on, log_ndtr gives it."""
    from jax import numpy as jnp
    from jax.scipy.special import log_ndtr
    from pytensor.link.jax.dispatch.basic import jax_funcify
    from pytensor.scalar.math import Erfcx

    @jax_funcify.register(Erfcx)
    def erfcx(op: Erfcx, **_: object) -> object:
        return lambda x: 2.0 * jnp.exp(log_ndtr(-x * 2.0**0.5) + x * x)


if __name__ == "__main__":
    main(*sys.argv[1:])
