"""``make bench``: one table of what is measured, what it should be and what was found."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module

from tests.benchmarks.measuring import Line, Options

Benchmark = Callable[[Options], Iterator[Line]]

#: Module and function of each benchmark, in the order in which they are run.
BENCHMARKS = {
    "compile": "shell.compiling",
    "estimate": "shell.estimates",
    "plain": "against_pymc.plain",
    "numpyro": "against_pymc.numpyro",
    "gradient": "gradients.gradient",
    "refit": "second_questions.refit",
    "scenarios": "second_questions.scenarios",
    "again": "shell.again",
    "criticism": "shell.criticism",
    "calibration": "shell.calibration",
    "growth": "gradients.growth",
    "cluster": "shell.cluster",
}
#: Run only when they are named.
ONLY_NAMED = {"calibration-1000": "shell.calibration"}
EXTRA = {"calibration-1000": {"replicates": 1000}}


def benchmark(name: str) -> Benchmark:
    """A benchmark by its name; what it imports is not paid for by the others."""
    module, _, function = (BENCHMARKS | ONLY_NAMED)[name].partition(".")
    found = getattr(import_module(f"tests.benchmarks.{module}"), function)
    return partial(found, **EXTRA.get(name, {}))


def main() -> None:
    """Run what is named, or everything, and print each line as it is found."""
    default = Options()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = [*BENCHMARKS, *ONLY_NAMED]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(names)}")
    parser.add_argument("--repeats", type=int, default=default.repeats, help="rounds of commands")
    parser.add_argument(
        "--replicates", type=int, default=default.replicates, help="simulated cases"
    )
    parser.add_argument(
        "--limit", type=float, default=default.limit, help="seconds for one plain pm.sample"
    )
    given = parser.parse_args()
    if unknown := set(given.names) - set(names):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    options = Options(given.repeats, given.replicates, given.limit)
    print(f"{os.cpu_count()} cores, load {load()} before\n", flush=True)
    print("| what | aim | found | how |\n|---|---|---|---|", flush=True)
    for name in given.names or BENCHMARKS:
        for line in benchmark(name)(options):
            print(f"| {line.what} | {line.aim} | {line.found} | {line.how} |", flush=True)
    print(f"\nload {load()} after", flush=True)


def load() -> str:
    """Processes that wait for a core, on average over the last minute and the last five."""
    return ", ".join(f"{one:.1f}" for one in os.getloadavg()[:2])


if __name__ == "__main__":
    main()
