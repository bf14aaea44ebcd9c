"""``make bench``: first estimates beside plain ``pymc.sample``, cold and warm, as ratios.

Each process runs on its own, with a compile cache of its own that is empty (cold) or was filled by
the run before (warm). The plain one samples the very same PyMC model with the same draws.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = [sys.executable, "-m", "model.estimate", "--inputs", "inputs", "--quiet", "--fresh"]
PLAIN = [sys.executable, "-m", "tests.benchmarks.plain", "inputs"]


def measure(command: list[str], cache: Path) -> tuple[float, float, str]:
    """Wall seconds, peak memory in GB and standard output of a command."""
    environment = os.environ | {
        "PYTENSOR_FLAGS": f"numba__fastmath=False,base_compiledir={cache}",
    }
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=printed)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        printed.seek(0)
        output = printed.read()
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        raise SystemExit(f"{' '.join(command)} failed:\n{output}")
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return wall, usage.ru_maxrss * kilobyte / 1e9, output


def main(repeats: int = 3) -> None:
    """Run the comparison and print it."""
    folder = Path(tempfile.mkdtemp())
    try:
        figures: dict[str, list[tuple[float, float, str]]] = {}
        for repeat in range(repeats):
            for name, command in (("estimate", [*OURS, "--output"]), ("plain", PLAIN)):
                cache = folder / f"{name}-{repeat}"
                extra = [str(folder / f"runs-{repeat}")] if name == "estimate" else []
                for state in ("cold", "warm"):
                    figures.setdefault(f"{name} {state}", []).append(
                        measure([*command, *extra], cache)
                    )
        report(figures, next((folder / "runs-0").iterdir()))
        asked_again(folder / "runs-0", folder / "estimate-0")
        second_questions(folder / "estimate-0")
        reported(next((folder / "runs-0").iterdir()), folder / "estimate-0")
    finally:
        shutil.rmtree(folder)


def asked_again(runs: Path, cache: Path) -> None:
    """The same question from the shell, beside importing the libraries of anybody's notebook."""
    again = [argument for argument in OURS if argument != "--fresh"] + ["--output", str(runs)]
    imports = [sys.executable, "-c", "import numpy, pandas, xarray"]
    walls = {
        name: median([measure(command, cache)[0] for _ in range(9)])
        for name, command in (("again", again), ("imports", imports))
    }
    ratio = walls["again"] / walls["imports"]
    print(
        f"same question again: {walls['again']:.2f} s, {ratio:.2f} of "
        f"importing numpy, pandas and xarray ({walls['imports']:.2f} s)"
    )


def reported(run: Path, cache: Path) -> None:
    """A brief from a saved run, figures and all, beside importing the libraries it needs."""
    output = ["--output", str(run.parent / "brief.pdf")]
    brief = [sys.executable, "-m", "reports.brief", str(run), *output]
    imports = [sys.executable, "-c", "import numpy, pandas, xarray, matplotlib.figure, typst"]
    walls = {
        name: median([measure(command, cache)[0] for _ in range(9)])
        for name, command in (("brief", brief), ("imports", imports))
    }
    print(
        f"brief from a saved run: {walls['brief']:.2f} s, {walls['brief'] / walls['imports']:.1f} "
        f"times importing what it needs ({walls['imports']:.2f} s)"
    )


def second_questions(cache: Path) -> None:
    """Scenarios and refits in one process."""
    command = [sys.executable, "-m", "tests.benchmarks.questions", "inputs"]
    print(measure(command, cache)[2].rstrip())


def median(values: list[float]) -> float:
    """Median of a few numbers."""
    return sorted(values)[len(values) // 2]


def report(figures: dict[str, list[tuple[float, float, str]]], run: Path) -> None:
    """Print medians and ratios."""
    wall = {name: median([f[0] for f in rows]) for name, rows in figures.items()}
    peak = {name: max(f[1] for f in rows) for name, rows in figures.items()}
    for name in wall:
        print(f"{name:15s} wall {wall[name]:6.1f} s   peak {peak[name]:.2f} GB")
    for state in ("cold", "warm"):
        ratio = wall[f"estimate {state}"] / wall[f"plain {state}"]
        print(f"estimate / plain pymc.sample, {state}: {ratio:.2f} of the wall time")
    plain = json.loads(figures["plain warm"][0][2].splitlines()[-1])
    manifest = json.loads((run / "manifest.json").read_text())
    summary = json.loads((run / "summary.json").read_text())
    seconds = manifest["seconds"]
    ours = {
        "ESS per second of sampling": summary["convergence"]["min_ess_bulk"]
        / (seconds["sampling"] + seconds["whitening"]),
        "ESS per 1,000 gradients": 1e3
        * summary["convergence"]["min_ess_bulk"]
        / manifest["sampler"]["gradients"],
    }
    theirs = {
        "ESS per second of sampling": plain["min_ess"] / plain["sampling"],
        "ESS per 1,000 gradients": 1e3 * plain["min_ess"] / plain["gradients"],
    }
    for name, value in ours.items():
        print(f"{name}: {value:,.1f} against {theirs[name]:,.1f}, {value / theirs[name]:.1f} times")
    print("where a warm estimate's time goes:", json.dumps(seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
