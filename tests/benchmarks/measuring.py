"""Times commands and calls: what is compared takes turns, so that a busy machine slows both."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[2]
#: Exit statuses of a command that did its work; 3 says that the sampler did not converge.
DONE = (0, 3)
#: CPU seconds of one batch of calls, and how many batches are timed.
BATCH, BATCHES = 0.1, 9


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured.

    Attributes
    ----------
    repeats : int
        Rounds of commands that are compared.
    replicates : int
        Simulated cases of a calibration.
    limit : float
        Seconds after which a plain ``pm.sample`` is ended.
    """

    repeats: int = 3
    replicates: int = 200
    limit: float = 1800.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    what: str
    aim: str
    found: str
    how: str


@dataclass(frozen=True, slots=True)
class Run:
    """A command that has ended: wall and CPU seconds, peak memory in GB, what it printed."""

    wall: float
    cpu: float
    peak: float
    output: str
    finished: bool = True

    def __str__(self) -> str:
        beyond = "" if self.finished else "> "
        return f"{beyond}{self.wall:.1f} s (CPU {self.cpu:.1f} s)"


def python(*arguments: object) -> list[str]:
    """The command that runs a module of the project."""
    return [sys.executable, "-m", *map(str, arguments)]


def timed(command: list[str], limit: float | None = None, **environment: object) -> Run:
    """Run a command from the project's folder, and end it and its children at the limit."""
    variables = os.environ | {name: str(value) for name, value in environment.items()}
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=printed, stderr=said, start_new_session=True
        )
        stopped: list[bool] = []

        def stop() -> None:
            stopped.append(True)
            os.killpg(process.pid, signal.SIGKILL)

        timer = Timer(limit or 1e6, stop)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            timer.cancel()
        wall = time.perf_counter() - began
        printed.seek(0)
        said.seek(0)
        if not stopped and os.waitstatus_to_exitcode(status) not in DONE:
            raise SystemExit(f"{' '.join(command)} failed:\n{printed.read()}{said.read()}")
        kilobyte = 1 if sys.platform == "darwin" else 1024
        cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * kilobyte / 1e9
        return Run(wall, cpu, peak, printed.read(), not stopped)


def in_turns(commands: Mapping[str, Callable[[int], Run]], repeats: int) -> dict[str, list[Run]]:
    """Each command as often as asked for, in turns; it is told the number of the round."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(repeats):
        for name, command in commands.items():
            found[name].append(command(number))
    return found


def middle(runs: list[Run]) -> Run:
    """The run of median CPU time: the wall depends on what else the machine does."""
    return sorted(runs, key=lambda run: run.cpu)[len(runs) // 2]


def ratio(runs: list[Run], others: list[Run], of: str = "wall") -> float:
    """Median over the rounds of the ratio of two commands' times."""
    pairs = zip(runs, others, strict=True)
    return statistics.median(getattr(one, of) / getattr(other, of) for one, other in pairs)


def per_call(*calls: Callable[[], object]) -> list[float]:
    """CPU seconds of one call of each: the median of batches, which take turns."""
    counts = []
    for call in calls:
        count, spent = 1, 0.0
        while spent < BATCH:
            count *= 2
            spent = _batch(call, count)
        counts.append(max(1, round(count * BATCH / spent)))
    rounds = [
        [_batch(call, count) / count for call, count in zip(calls, counts, strict=True)]
        for _ in range(BATCHES)
    ]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def _batch(call: Callable[[], object], count: int) -> float:
    began = time.thread_time()
    for _ in range(count):
        call()
    return time.thread_time() - began
