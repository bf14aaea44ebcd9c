"""Sampling, the convergence gate, and the ``Posterior``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.evidence.economy import Layout
from model.evidence.levels import Levels
from model.evidence.synthesis import ErrorSizes, Synthesis, error_sizes, program
from model.kernel.native import Map, density, sampler
from model.question import SamplerOptions
from model.sampling.whitening import first_map, levels_of, pilot_map

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

#: Warm-up and kept draws of each pilot's chains.
PILOTS = ((75, 75), (75, 100))
#: Draws of a pilot for each entry, at least: the covariance of fewer has directions of no width.
PER_ENTRY = 2
#: In a map that makes the posterior nearly Normal all trajectories have 2^6 - 1 steps. Some entries
#: have long tails, which a trajectory that stops where most entries turn does not cross. (nutpie's
#: ``extra_doublings`` after the turn narrows even a Normal: its variance by half a per cent.)
LENGTH = {"check_turning": False, "maxdepth": 6}
#: A long pilot is to learn scales and bends of many entries, for which half of that is enough.
SHORTER = {**LENGTH, "maxdepth": 5}
#: The sampler's statistics that are kept: ArviZ's names and nutpie's.
STATS = {
    "diverging": "diverging",
    "n_steps": "n_steps",
    "tree_depth": "depth",
    "energy": "energy",
    "step_size": "step_size",
    "acceptance_rate": "mean_tree_accept",
}


class NoStartingPointError(RuntimeError):
    """No point near the mode has a finite density: a prior, a figure or an error is absurd."""


@dataclass(frozen=True)
class Posterior:
    """Draws of a case's basic quantities.

    Attributes
    ----------
    layout : Layout
    parts : Synthesis
        The arrays that were fitted.
    normals : array, (chains, draws, size)
        Standard normals: basic quantities, then errors (``Synthesis.error_counts``).
    natural : array, (chains, draws, N)
        Basic quantities in their own units.
    stats : dict of array, (chains, draws)
        The sampler's statistics of each draw, by the names of ``STATS``.
    options : SamplerOptions
    notes : dict
        How it was sampled: ``whitened``, whether the curvature at the mode gave a map, and
        ``gradients``, their number, including those of the pilots' kept draws.
    seconds : dict
        Wall time of each stage.
    reading : array of int, (draws,), or None
        For a mixture of readings, the number of the reading that each draw is from.
    levels : Levels, or None
        Coordinates that the sampler moved in, if they were not the normals.
    """

    layout: Layout
    parts: Synthesis
    normals: Floats
    natural: Floats
    stats: dict[str, NDArray[Any]]
    options: SamplerOptions
    notes: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    reading: NDArray[np.int64] | None = None
    levels: Levels | None = None

    @property
    def diverging(self) -> NDArray[np.bool_]:
        """Which draws diverged, (chains, draws)."""
        return np.asarray(self.stats["diverging"], dtype=bool)

    def chosen(self, draws: NDArray[np.int64]) -> Posterior:
        """The same number of draws, chosen with repetition, laid out in chains as before."""

        def kept(array: NDArray[Any]) -> NDArray[Any]:
            return array.reshape(-1, *array.shape[2:])[draws].reshape(array.shape)

        return replace(
            self,
            normals=kept(self.normals),
            natural=kept(self.natural),
            stats={name: kept(one) for name, one in self.stats.items()},
            seconds={},
        )

    @property
    def flat(self) -> Floats:
        """Standard normals with chains laid end to end, (chains * draws, size)."""
        return self.normals.reshape(-1, self.normals.shape[-1])

    @property
    def map(self) -> Map:
        """Map in which these draws are nearly standard normal, for sampling a similar density."""
        return pilot_map(self.flat, program(self.parts, self.levels), self.levels)

    def with_more(self, other: Posterior) -> Posterior:
        """The same chains, continued with as many chains of another fit of the same density."""
        return replace(
            self,
            normals=np.hstack([self.normals, other.normals]),
            natural=np.hstack([self.natural, other.natural]),
            stats={name: np.hstack([one, other.stats[name]]) for name, one in self.stats.items()},
            options=replace(self.options, draws=self.options.draws + other.options.draws),
            notes={**self.notes, "gradients": self.notes["gradients"] + other.notes["gradients"]},
            seconds={key: round(own + other.seconds[key], 3) for key, own in self.seconds.items()},
        )

    @property
    def readings(self) -> list[NDArray[np.bool_]]:
        """Which draws are from each reading; one with all draws if there are no readings."""
        if self.reading is None:
            return [np.ones(len(self.draws), dtype=bool)]
        return [self.of_reading(number) for number in np.unique(self.reading)]

    def of_reading(self, number: int) -> NDArray[np.bool_]:
        """Which draws are from a reading, (chains * draws,)."""
        assert self.reading is not None
        return np.tile(self.reading == number, len(self.normals))

    @property
    def error_sizes(self) -> ErrorSizes:
        """Letters' factors and panels' deviations, (chains * draws,) each."""
        return error_sizes(self.parts, self.flat)

    @property
    def draws(self) -> Floats:
        """Basic quantities with chains laid end to end, (chains * draws, N)."""
        return self.natural.reshape(-1, self.layout.size)


def fit(
    parts: Synthesis,
    options: SamplerOptions | None = None,
    *,
    start: Map | None = None,
    refine: bool = False,
    progress: Progress | None = None,
) -> Posterior:
    """Sample the posterior of a case.

    Without a map to start from, sampling begins in the map of the curvature at the mode. Short
    pilots, each in the map fitted to the previous draws, then produce the final map.

    Parameters
    ----------
    parts : Synthesis
    options : SamplerOptions, optional
    start : Map, optional
        The map to sample in, if a suitable one is known; no pilots are run.
    refine : bool
        Whether to fit that map to the draws of one pilot, since it is another posterior's.
    progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Posterior

    Raises
    ------
    NoStartingPointError
        If the density is nowhere finite.
    KeyboardInterrupt
        If interrupted; no draws are kept.
    """
    options = options or SamplerOptions()
    report = progress or (lambda stage, done, total: None)
    seconds, clock = {}, time.perf_counter()

    def lap(stage: str) -> None:
        nonlocal clock
        seconds[stage] = round(time.perf_counter() - clock, 3)
        clock = time.perf_counter()

    gradients, whitened = 0, True
    pilots: tuple[tuple[int, int], ...] = PILOTS[1:] if refine else ()
    if start is None:
        start, whitened = first_map(parts)
        # a single chain is for taking a few draws of many cases
        pilots = PILOTS if whitened and options.chains > 1 else ()
    levels = levels_of(start)
    recorded = program(parts, levels)
    value, slope = density(recorded, start)(np.zeros(parts.size))
    if not (np.isfinite(value) and np.isfinite(slope).all()):
        raise NoStartingPointError
    lap("mode")
    enough = -(-PER_ENTRY * parts.size // options.chains)
    length = LENGTH
    if pilots and enough > max(draws for _, draws in pilots):
        # after one as long as that, a second hardly lengthens the sampler's steps
        pilots, length = pilots[-1:], SHORTER
    for number, (tune, draws) in enumerate(pilots):
        short = replace(
            options, tune=tune, draws=max(draws, enough),
            # a separate seed for each pilot
            seed=int(np.random.SeedSequence([options.seed, number]).generate_state(1)[0]),
        )  # fmt: skip
        x, stats = _sample(sampler(recorded, start), short, lambda *_: None, length)
        start = pilot_map(start(x).reshape(-1, parts.size), recorded, levels)
        gradients += int(stats["n_steps"].sum())
    lap("pilots")
    x, stats = _sample(sampler(recorded, start), options, report, LENGTH if whitened else {})
    lap("sampling")
    normals, layout = start(x), parts.layout
    return Posterior(
        layout=layout,
        parts=parts,
        normals=normals,
        natural=layout.natural(normals[..., : layout.size]),
        stats=stats,
        options=options,
        levels=levels,
        notes={"whitened": whitened, "gradients": int(stats["n_steps"].sum()) + gradients},
        seconds=seconds,
    )


def _sample(
    compiled: Any, options: SamplerOptions, report: Progress, length: Mapping[str, Any]
) -> tuple[Floats, dict[str, NDArray[Any]]]:
    """Run nutpie in the background, so that Ctrl-C and the progress bar work.

    Returns
    -------
    x : array, (chains, draws, size)
        Points in the map.
    stats : dict of array, (chains, draws)
        One array for each of ``STATS``.
    """
    import nutpie

    total = options.chains * (options.tune + options.draws)
    report("sampling", 0, total)

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
        **length,
        # if blocking, nutpie would swallow Ctrl-C and return half a posterior
        blocking=False,
    )
    try:
        trace = background.wait()
    except RuntimeError as error:
        background.cancel()
        if "initialization points failed" in str(error).lower():
            raise NoStartingPointError from None
        raise
    except BaseException:
        background.cancel()
        raise
    found = trace["sample_stats"]
    stats = {name: found[theirs].to_numpy() for name, theirs in STATS.items()}
    return trace["posterior"]["x"].to_numpy(), stats
