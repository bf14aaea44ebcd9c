"""Progress messages in the terminal, and handling of Ctrl-C."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from model.terminal.ending import EXHAUSTED, INTERRUPTED, exhausted
from model.terminal.plain_text import one_line


class Interruption:
    """A record of Ctrl-C, which Python drops inside a callback of native code."""

    def __init__(self) -> None:
        self.came = False
        signal.signal(signal.SIGINT, self._strike)
        former = sys.unraisablehook

        def unraisable(error: Any) -> None:
            if error.exc_type is not KeyboardInterrupt:
                former(error)

        sys.unraisablehook = unraisable

    def _strike(self, number: int, frame: Any) -> None:
        self.came = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raise if Ctrl-C was pressed and dropped."""
        if self.came:
            raise KeyboardInterrupt

    def close(self) -> None:
        """Check for the last time; from here on the run is written and Ctrl-C is ignored."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.check()


def interruptible(work: Callable[[Interruption], int], said: str) -> int:
    """Exit status of a command's work; if Ctrl-C ended it, print ``said`` and return 130.

    If memory ran out, one line says so.
    """
    interruption = Interruption()
    try:
        return work(interruption)
    except BaseException as error:
        # any failure after Ctrl-C is due to it
        if interruption.came:
            sys.stderr.write(f"{one_line(said)}\n")
            return INTERRUPTED
        short = exhausted(error)
        if short is None:
            raise
        sys.stderr.write(short)
        return EXHAUSTED


class Talk:
    """Messages on standard error; only errors unless ``verbose``."""

    def __init__(self, *, verbose: bool) -> None:
        from model.terminal.tables import screen

        self.verbose = verbose
        self.console = screen(stderr=True, soft_wrap=True)

    def say(self, text: str) -> None:
        """Print one line if verbose."""
        if self.verbose:
            self.console.print(text)

    def fault(self, *lines: str) -> None:
        """Print an error or warning, one line each, verbose or not."""
        for line in lines:
            self.console.print(line)

    def report(self, error: Exception) -> None:
        """Print an error whose text has several lines, such as all faults of a case."""
        self.fault(*str(error).split("\n"))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """A progress bar in a terminal; elsewhere one line per stage."""
        if not (self.verbose and self.console.is_terminal):
            seen: set[str] = set()

            def line(stage: str, done: int, total: int) -> None:
                if stage not in seen:
                    seen.add(stage)
                    self.say(f"{stage.capitalize()} …")

            yield line
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        text = TextColumn("{task.description}", markup=False)
        columns = (text, BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as bar:
            tasks: dict[str, Any] = {}

            def step(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    for former in tasks.values():
                        bar.update(former, total=1, completed=1)
                    tasks[stage] = bar.add_task(one_line(stage.capitalize()), total=None)
                if done:
                    bar.update(tasks[stage], completed=done, total=total)

            yield step
