"""Sampling, the convergence gate, and the ``Posterior``."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.backend import NUMPY
from model.economy import Layout
from model.question import SamplerOptions
from model.synthesis import Synthesis
from model.whitening import Whitening, whiten

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

MAX_RHAT = 1.01
MIN_ESS = 400.0


class NoStartingPointError(RuntimeError):
    """No point near the mode has a finite density: a prior, a figure or an error is absurd."""


@dataclass(frozen=True, slots=True)
class Convergence:
    """Verdict on the chains, over every quantity it was asked about.

    ``worst`` names the quantities with the largest R-hat and the smallest effective sizes.
    """

    max_rhat: float
    min_ess_bulk: float
    min_ess_tail: float
    divergences: int
    worst: dict[str, str]

    @property
    def converged(self) -> bool:
        """R-hat at most 1.01, bulk and tail ESS at least 400, no divergences."""
        return bool(
            self.max_rhat <= MAX_RHAT
            and self.min_ess_bulk >= MIN_ESS
            and self.min_ess_tail >= MIN_ESS
            and self.divergences == 0
        )


@dataclass(frozen=True)
class Posterior:
    """Draws of a case's basic quantities.

    Attributes
    ----------
    layout : Layout
    parts : Synthesis
        The arrays that were fitted.
    normals : array, (chains, draws, size)
        Standard normals: basic quantities, then shared errors, then two entries per spread row.
    natural : array, (chains, draws, N)
        Basic quantities in their own units.
    diverging : array of bool, (chains, draws)
    steps : array of int, (chains, draws)
        Gradients that each draw took.
    options : SamplerOptions
    notes : dict
        How it was sampled: ``whitened``, ``density`` (native or python), ``gradients``.
    seconds : dict
        Wall time of each stage.
    """

    layout: Layout
    parts: Synthesis
    normals: Floats
    natural: Floats
    diverging: NDArray[np.bool_]
    steps: NDArray[np.int64]
    options: SamplerOptions
    notes: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def draws(self) -> Floats:
        """Basic quantities with chains laid end to end, (chains * draws, N)."""
        return self.natural.reshape(-1, self.layout.size)


def fit(
    parts: Synthesis,
    options: SamplerOptions | None = None,
    *,
    program: Any = None,
    whitening: Whitening | None = None,
    progress: Progress | None = None,
) -> Posterior:
    """Sample the posterior of a case.

    Parameters
    ----------
    parts : Synthesis
    options : SamplerOptions, optional
    program : Program, optional
        A program compiled before for a case of the same shape: nothing is compiled again.
    whitening : Whitening, optional
        The map to sample in, where one is known that serves; else it is found.
    progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Posterior

    Raises
    ------
    ValueError
        When ``program`` was compiled for a case of another shape.
    NoStartingPointError
        When the density is nowhere finite.
    KeyboardInterrupt
        When interrupted; nothing of the draws is kept.
    """
    # must stand before PyTensor is imported, or the same seed draws otherwise on a warm cache
    set_pytensor_flags()
    from model.program import compile_program, program_key, sampler

    options = options or SamplerOptions()
    report = progress or (lambda stage, done, total: None)
    seconds, clock = {}, time.perf_counter()

    def lap(stage: str) -> None:
        nonlocal clock
        seconds[stage] = round(time.perf_counter() - clock, 3)
        clock = time.perf_counter()

    report("compiling", 0, 1)
    if program is None:
        program = compile_program(parts)
    elif program.key != program_key(parts):
        raise ValueError("the program was compiled for a case of another shape; compile anew")
    lap("compiling")
    packed = parts.packed()
    density = program.density(packed)
    if whitening is None:
        whitening = whiten(density, program.size)
    value, slope = density(whitening.mode)
    if not (np.isfinite(value) and np.isfinite(slope).all()):
        raise NoStartingPointError
    lap("whitening")
    compiled, kind = sampler(program, packed, whitening)
    lap("wrapping")
    report("sampling", 0, 1)
    trace = _sample(compiled, options, report)
    lap("sampling")

    normals = whitening(trace["posterior"]["x"].to_numpy())
    stats = trace["sample_stats"]
    layout = parts.layout
    natural = layout.natural(NUMPY, normals[..., : layout.size], layout.location, layout.scale)
    steps = stats["n_steps"].to_numpy()
    return Posterior(
        layout=layout,
        parts=parts,
        normals=normals,
        natural=natural,
        diverging=stats["diverging"].to_numpy(),
        steps=steps,
        options=options,
        notes={"whitened": whitening.done, "density": kind, "gradients": int(steps.sum())},
        seconds=seconds,
    )


def set_pytensor_flags() -> None:
    """Set the PyTensor flags that the draws depend on; the user's others stay as they are.

    Fast mathematics off makes cold and warm caches agree to the bit. Where the compile cache
    cannot be written, a temporary one serves, which is compiled into anew every time.
    """
    import sys

    if "pytensor" in sys.modules:
        import pytensor

        pytensor.config.numba__fastmath = False
        return
    flags = [flag for flag in os.environ.get("PYTENSOR_FLAGS", "").split(",") if flag]
    forced = ("numba__fastmath", "floatX")
    flags = [flag for flag in flags if not flag.strip().startswith(forced)]
    cache = next((f.partition("=")[2] for f in flags if f.startswith("base_compiledir=")), "")
    if not _writable(Path(cache or "~/.pytensor").expanduser()):
        temporary = tempfile.mkdtemp(prefix="compile-cache-")
        atexit.register(shutil.rmtree, temporary, ignore_errors=True)
        flags = [f for f in flags if not f.startswith(("base_compiledir=", "compiledir="))]
        flags.append(f"base_compiledir={temporary}")
    os.environ["PYTENSOR_FLAGS"] = ",".join([*flags, "numba__fastmath=False", "floatX=float64"])


def _writable(folder: Path) -> bool:
    """Whether files can be made in a folder, or the folder itself can be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place in (folder, folder / "numba"):
            if place.exists():
                tempfile.TemporaryFile(dir=place).close()
    except OSError:
        return False
    return True


def _sample(compiled: Any, options: SamplerOptions, report: Progress) -> Any:
    """Run nutpie in the background, so that Ctrl-C and the progress bar get through."""
    import nutpie

    total = options.chains * (options.tune + options.draws)

    def callback(chains: list[Any]) -> None:
        report("sampling", sum(chain.finished_draws for chain in chains), total)

    background = nutpie.sample(
        compiled,
        draws=options.draws,
        tune=options.tune,
        chains=options.chains,
        cores=min(options.chains, options.cores or os.cpu_count() or 1),
        seed=options.seed,
        save_warmup=False,
        progress_bar=False,
        progress_callback=callback,
        progress_rate=100,
        init_mean=np.zeros(compiled.n_dim),
        target_accept=options.target_accept,
        # blocking, nutpie would swallow Ctrl-C and hand back half a posterior
        blocking=False,
    )
    try:
        return background.wait()
    except RuntimeError as error:
        background.cancel()
        if "initialization points failed" in str(error).lower():
            raise NoStartingPointError from None
        raise
    except BaseException:
        background.cancel()
        raise


def convergence(named: Mapping[str, Floats], diverging: NDArray[np.bool_]) -> Convergence:
    """Rank-normalised R-hat, bulk and tail effective sizes of draws, (chains, draws) each.

    Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), https://doi.org/10.1214/20-BA1221,
    as computed by ArviZ.
    """
    from arviz_stats.base import array_stats

    stacked = np.stack([np.asarray(draws) for draws in named.values()])
    layout = {"chain_axis": 1, "draw_axis": 2}
    with np.errstate(invalid="ignore", divide="ignore"):
        table = {
            "rhat": array_stats.rhat(stacked, method="rank", **layout),
            "ess_bulk": array_stats.ess(stacked, method="bulk", **layout),
            "ess_tail": array_stats.ess(stacked, method="tail", prob=(0.05, 0.95), **layout),
        }
    # a quantity that does not move at all has no R-hat: it counts as not converged
    rhat = np.where(np.isfinite(table["rhat"]), table["rhat"], np.inf)
    bulk = np.where(np.isfinite(table["ess_bulk"]), table["ess_bulk"], 0.0)
    tail = np.where(np.isfinite(table["ess_tail"]), table["ess_tail"], 0.0)
    names = list(named)
    return Convergence(
        max_rhat=float(rhat.max()),
        min_ess_bulk=float(bulk.min()),
        min_ess_tail=float(tail.min()),
        divergences=int(diverging.sum()),
        worst={
            "rhat": names[int(rhat.argmax())],
            "ess_bulk": names[int(bulk.argmin())],
            "ess_tail": names[int(tail.argmin())],
        },
    )
