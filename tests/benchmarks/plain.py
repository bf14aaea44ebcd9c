"""The yardstick: plain ``pymc.sample`` of the same PyMC model with the same number of draws."""

from __future__ import annotations

import json
import sys
import time

from model.fitting import convergence, set_pytensor_flags
from model.question import SamplerOptions


def main() -> None:
    """Read the case, build the model, sample it as PyMC does by default, print measurements."""
    set_pytensor_flags()
    import pymc as pm

    from model.case import read_case
    from model.synthesis import build, synthesis

    options = SamplerOptions()
    model = build(synthesis(read_case(sys.argv[1])))
    started = time.perf_counter()
    with model:
        trace = pm.sample(
            draws=options.draws,
            tune=options.tune,
            chains=options.chains,
            random_seed=options.seed,
            progressbar=False,
        )
    sampled = time.perf_counter() - started
    draws = trace["posterior"]["normals"].to_numpy()
    stats = trace["sample_stats"]
    gate = convergence({str(i): draws[..., i] for i in range(draws.shape[-1])},
                       stats["diverging"].to_numpy())  # fmt: skip
    steps = "n_steps" if "n_steps" in stats else "tree_size"
    runtime = getattr(trace["posterior"], "attrs", {}).get("sampling_time")
    print(json.dumps({
        "sample_call": sampled,
        "sampling": runtime,
        "min_ess": gate.min_ess_bulk,
        "gradients": float(stats[steps].sum()),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
