"""One gradient of the density: against PyTensor's compiled function, and as cases grow."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.changed_inputs import INPUTS
from tests.benchmarks.growth_inputs import write_grown_case
from tests.benchmarks.measuring import Line, Options, per_call, python, timed

#: Points at which gradients are timed, so that no branch is always taken.
POINTS = 16
#: What grows, and the sizes that are tried.
SIZES = {"rows": (100, 1_000, 10_000, 100_000), "hosts": (1, 5, 20), "months": (60, 600)}
MANY_ROWS = SIZES["rows"][-1]


def gradient(options: Options) -> Iterator[Line]:
    """The kernel's, in a bent map, against PyTensor's of the readable model."""
    from model.case.case import read_case
    from model.evidence.synthesis import program, synthesis
    from model.kernel.native import density
    from model.kernel.tape import Tape
    from model.sampling.fitting import fit

    case = read_case(INPUTS)
    parts = synthesis(case)
    change = fit(parts).map
    x = np.random.default_rng(1).normal(size=(POINTS, parts.size))
    ours = in_rotation(density(program(parts), change), x)
    nothing = in_rotation(density(Tape(parts.size).program()), x)
    theirs = in_rotation(*readable(case, parts, change(x)))
    kernel, empty, pytensor = per_call(ours, nothing, theirs)
    how = "one call from Python, CPU time, in turns"
    yield Line(
        "one gradient, whitened, against PyTensor's", "≤ 0.3",
        f"{kernel / pytensor:.2f}: {1e6 * kernel:.0f} µs and {1e6 * pytensor:.0f} µs", how,
    )  # fmt: skip
    within = kernel - empty
    yield Line(
        "the same without what the call from Python takes", "–",
        f"{within / pytensor:.2f}: {1e6 * within:.0f} µs; an empty program's call takes "
        f"{1e6 * empty:.0f} µs", how,
    )  # fmt: skip


def readable(case: Any, parts: Any, normals: np.ndarray) -> tuple[Callable[..., Any], np.ndarray]:
    """PyTensor's log density and gradient of the readable model, and the same points in it."""
    from pymc.blocking import DictToArrayBijection

    from model.evidence.readable.density import pymc_model
    from model.evidence.readable.points import point_of

    model = pymc_model(case, parts)
    function = model.logp_dlogp_function(ravel_inputs=True)
    function.set_extra_values({})
    order = [variable.name for variable in model.value_vars]
    points = [point_of(parts, one) for one in normals]
    shaped = model.initial_point()
    raveled = [
        DictToArrayBijection.map(
            {name: np.reshape(point[name], shaped[name].shape) for name in order}
        ).data
        for point in points
    ]
    return function, np.array(raveled)


def in_rotation(function: Callable[[np.ndarray], Any], points: np.ndarray) -> Callable[[], None]:
    """A call of the function at the next of some points."""
    turn = 0

    def call() -> None:
        nonlocal turn
        turn = (turn + 1) % len(points)
        function(points[turn])

    return call


def growth(options: Options) -> Iterator[Line]:
    """Time of a gradient as rows, hosts and months grow, and of reading very many rows."""
    with tempfile.TemporaryDirectory() as folder:
        for what, sizes in SIZES.items():
            cases = {
                size: write_grown_case(Path(folder, f"{what}-{size}"), **{what: size})
                for size in sizes
            }
            times = {size: gradient_time(case) for size, case in cases.items()}
            yield grown(f"one gradient, {what}", times)
        many = Path(folder, f"rows-{MANY_ROWS}")
        read = timed(python("tests.benchmarks.reading", many))
    seconds, gigabytes, recording, entries = read.output.split()
    how = f"read_case of {MANY_ROWS:,} rows, a fresh process"
    yield Line("reading 10⁵ rows", "≤ 10 s, ≤ 1 GB", f"{seconds} s, {gigabytes} GB", how)
    found = f"{recording} s, {entries} entries"
    yield Line("writing them down for the kernel, checked", "–", found, "synthesis, program, check")


def gradient_time(inputs: Path) -> float:
    """CPU seconds of one gradient of a case, near the centre of its priors."""
    from model.case.case import read_case
    from model.evidence.synthesis import program, synthesis
    from model.kernel.native import density

    parts = synthesis(read_case(inputs))
    points = 0.1 * np.random.default_rng(1).normal(size=(POINTS, parts.size))
    log_density = density(program(parts))
    assert all(math.isfinite(log_density(point)[0]) for point in points)
    return per_call(in_rotation(log_density, points))[0]


def grown(what: str, times: Mapping[int, float]) -> Line:
    """Times by size, and the slope of their logs between one size and the next."""
    sizes, seconds = np.log(list(times)), np.log(list(times.values()))
    slopes = np.diff(seconds) / np.diff(sizes)
    table = ", ".join(f"{size:,}: {1e6 * time:,.0f} µs" for size, time in times.items())
    slope = ", ".join(f"{one:.2f}" for one in slopes)
    return Line(what, "slopes ≤ 1", f"{slope} ({table})", "not whitened, CPU time")
