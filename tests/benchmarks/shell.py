"""What is run from the shell: set-up's compile, estimates, checks, calibration, many workers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks.changed_inputs import CHANGES, INPUTS, unchanged
from tests.benchmarks.measuring import Line, Options, Run, in_turns, middle, python, ratio, timed


def estimate(inputs: Path, output: Path) -> Run:
    """A first estimate: its folder of runs is empty."""
    where = ("--inputs", inputs, "--output", output)
    return timed(python("model.estimate", *where, "--quiet"))


def compiling(options: Options) -> Iterator[Line]:
    """Set-up's compile: an empty cache against a full one."""
    with tempfile.TemporaryDirectory() as folder:

        def compiled(number: int) -> Run:
            cache = Path(folder, str(number))
            return timed(python("model.kernel"), SENT_WORKERS_CACHE=cache)

        runs = in_turns({"cold": compiled, "warm": compiled}, options.repeats)
    cold, warm = middle(runs["cold"]), middle(runs["warm"])
    found = f"{cold.cpu - warm.cpu:.1f} s of CPU; {cold}, and {warm} where it is compiled"
    yield Line("set-up's compile", "≤ 15 s of CPU", found, "python -m model.kernel, empty cache")


def estimates(options: Options) -> Iterator[Line]:
    """A first estimate, and the same of the case with one thing changed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        makers = {"unchanged": unchanged, **CHANGES}
        commands: dict[str, Callable[[int], Run]] = {}
        for name, make in makers.items():
            inputs = make(place / name.replace(" ", "_"))
            commands[name] = partial(_numbered_estimate, inputs, place / f"runs of {name}")
        runs = in_turns(commands, options.repeats)
        (run,) = (place / "runs of unchanged" / "0").iterdir()
        stages = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["seconds"]
    how = "python -m model.estimate --quiet, no runs yet"
    spent = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages.items())
    found = f"{middle(runs['unchanged'])}; in the first: {spent}"
    yield Line("first estimate after set-up", "≤ 5 s", found, how)
    for name in CHANGES:
        walls, cpus = (ratio(runs[name], runs["unchanged"], of) for of in ("wall", "cpu"))
        found = f"{walls:.2f} of the wall, {cpus:.2f} of the CPU; {middle(runs[name])}"
        yield Line(f"the same, {name}", "≤ 1.1", found, "the same, in turns")


def _numbered_estimate(inputs: Path, output: Path, number: int) -> Run:
    return estimate(inputs, output / str(number))


def criticism(options: Options) -> Iterator[Line]:
    """Every check of a saved run."""
    with tempfile.TemporaryDirectory() as folder:
        estimate(INPUTS, Path(folder))
        (run,) = Path(folder).iterdir()
        command = python("model.criticism", run, "--fresh")
        runs = in_turns({"checks": lambda _: timed(command)}, options.repeats)
    how = "python -m model.criticism RUN --fresh"
    yield Line("checks of the shipped case", "≤ 20 s", str(middle(runs["checks"])), how)


def calibration(options: Options, replicates: int | None = None) -> Iterator[Line]:
    """Simulated cases, each fitted."""
    cases = replicates or options.replicates
    run = simulated(cases)
    aim = f"≤ {0.15 * cases:.0f} s"
    how = f"python -m model.calibration --replicates {cases} --slips 0"
    yield Line(f"calibration with {cases:,} cases", aim, str(run), how)


def simulated(cases: int, *arguments: object) -> Run:
    """A calibration from the beginning."""
    with tempfile.TemporaryDirectory() as folder:
        many = ("--replicates", cases, "--slips", 0, "--output", folder)
        return timed(python("model.calibration", *many, *arguments))


def cluster(options: Options) -> Iterator[Line]:
    """The same calibration on one worker of a local Dask cluster, and on two."""
    from distributed import LocalCluster

    cases, runs = options.replicates, []
    for workers in (1, 2):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as found:
            runs.append(simulated(cases, "--scheduler", found.scheduler_address))
    one, two = runs
    efficiency = one.wall / (2.0 * two.wall)
    yield Line(
        f"{cases} cases on Dask, two workers against one", "≥ 0.8",
        f"efficiency {efficiency:.2f}: {one.wall:.1f} s and {two.wall:.1f} s",
        "python -m model.calibration --scheduler ADDRESS",
    )  # fmt: skip


def again(options: Options) -> Iterator[Line]:
    """The same question a second time, beside importing the libraries of anybody's notebook."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        estimate(INPUTS, output)
        imports = [*python()[:1], "-c", "import numpy, pandas, xarray"]
        runs = in_turns(
            {"again": lambda _: estimate(INPUTS, output), "imports": lambda _: timed(imports)},
            3 * options.repeats,
        )
    share = ratio(runs["again"], runs["imports"])
    found = f"{share:.2f} of importing numpy, pandas and xarray; {middle(runs['again'])}"
    yield Line("the same question again", "–", found, "python -m model.estimate --quiet, twice")
