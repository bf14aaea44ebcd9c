"""Progress messages in the terminal, and handling of Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from model.terminal.ending import EXHAUSTED, INTERRUPTED, exhausted
from model.terminal.output import complain
from model.terminal.plain_text import one_line

#: Seconds between two lines about one stage of the work, where there is no terminal.
PAUSE = 10.0
#: A stage of the work, how much of it is done, and how much there is.
Step = Callable[[str, int, int], None]


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
            complain(said)
            return INTERRUPTED
        short = exhausted(error)
        if short is None:
            raise
        sys.stderr.write(short)
        return EXHAUSTED


class Talk:
    """Messages on standard error; only errors unless ``verbose``.

    A terminal breaks them between words; elsewhere, as in a log, each is one line.
    """

    def __init__(self, *, verbose: bool) -> None:
        from model.terminal.tables import screen

        self.verbose = verbose
        self.console = screen(stderr=True)

    def say(self, text: str) -> None:
        """Print a message if verbose."""
        if self.verbose:
            self.fault(text)

    def fault(self, *lines: str) -> None:
        """Print errors or warnings, verbose or not."""
        for line in lines:
            if self.console.is_terminal:
                self.console.tell(line, hang="  ")
            else:
                self.console.print(line, soft_wrap=True)

    def report(self, error: Exception) -> None:
        """Print an error whose text has several lines, such as all faults of a case."""
        self.fault(*str(error).split("\n"))

    @contextmanager
    def progress(self) -> Iterator[Step]:
        """How much is done, and the time left: a bar in a terminal, elsewhere a line now and then.

        Without ``verbose``, nothing.
        """
        if not self.verbose:
            yield lambda stage, done, total: None
        elif self.console.is_terminal:
            with self._bar() as step:
                yield step
        else:
            yield Lines(self.say)

    @contextmanager
    def _bar(self) -> Iterator[Step]:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=16),
            TextColumn("{task.fields[count]}", markup=False),
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        with Progress(*columns, console=self.console, transient=True) as bar:
            tasks: dict[str, Any] = {}

            def step(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    for former in tasks.values():
                        bar.update(former, total=1, completed=1, visible=False)
                    name = one_line(stage.capitalize())
                    tasks[stage] = bar.add_task(name, total=None, count="")
                if done:
                    count = f"{done:,} of {total:,}"
                    bar.update(tasks[stage], completed=done, total=total, count=count)

            yield step


class Once(Talk):
    """Errors and warnings only, each text once, of work that is done again and again."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self._told: set[str] = set()

    def fault(self, *lines: str) -> None:
        """Print what was not printed before."""
        super().fault(*(line for line in dict.fromkeys(lines) if line not in self._told))
        self._told.update(lines)


class Lines:
    """Progress in lines: each stage once, and every ten seconds how much of it is done.

    Parameters
    ----------
    say : callable
        Called with a line.
    clock : callable
        Returns seconds.
    """

    def __init__(
        self, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say, self._clock = say, clock
        #: When each stage began, with how much of it done.
        self._began: dict[str, tuple[float, int]] = {}
        self._told = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say what there is to say."""
        now = self._clock()
        if stage not in self._began:
            self._began[stage], self._told = (now, done), now
            self._say(f"{stage.capitalize()} …")
        elif now - self._told >= PAUSE and done < total:
            self._told = now
            began, before = self._began[stage]
            left = (now - began) * (total - done) / (done - before) if done > before else None
            self._say(
                f"{stage.capitalize()}: {done:,} of {total:,}"
                + ("" if left is None else f", about {lasting(left)} left")
            )


def lasting(seconds: float) -> str:
    """A time in words, e.g. ``40 s``, ``3 min`` or ``2 h 5 min``."""
    if seconds < 99.5:
        return f"{max(seconds, 1.0):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
