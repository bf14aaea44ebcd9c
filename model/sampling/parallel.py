"""Many fits in parallel, on this machine's processors or on a Dask cluster.

Both use ``concurrent.futures``; the work is the same, and so are its results.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

#: Tasks handed out ahead for each worker, enough that none waits.
AHEAD = 4


class NoSchedulerError(RuntimeError):
    """The scheduler cannot be used; the message gives the reason."""


@contextmanager
def executor(cores: int | None = None, scheduler: str = "") -> Iterator[Executor]:
    """Provide workers for many fits; tasks that have not begun are cancelled on exit.

    Parameters
    ----------
    cores : int, optional
        Threads on this machine; by default the number of processors. The compiled program runs
        outside Python's global lock, so threads share the processors well.
    scheduler : str
        Address of a Dask scheduler whose workers have this program installed.

    Raises
    ------
    NoSchedulerError
        If the scheduler cannot be reached.
    """
    if not scheduler:
        pool: Executor = ThreadPoolExecutor(cores or os.cpu_count() or 1)
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        return
    from distributed import Client

    try:
        client = Client(scheduler, timeout="5s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise NoSchedulerError(f"{scheduler!r} cannot be reached ({error})") from None
    with client:
        workers = client.get_executor(pure=False)
        # an attribute that Python's own executors have
        workers._max_workers = sum(client.nthreads().values())
        yield workers


def completed[Task, Result](
    workers: Executor, work: Callable[[Task], Result], tasks: Iterable[Task]
) -> Iterator[tuple[Task, Result]]:
    """Yield each task with its result, in order of completion.

    Tasks are handed out a few at a time, so that the list may be long and stopping early is cheap.
    """
    waiting = iter(tasks)
    ahead = AHEAD * max(getattr(workers, "_max_workers", 1), 1)
    running: dict[Any, Task] = {}

    def hand_out() -> None:
        while len(running) < ahead:
            try:
                task = next(waiting)
            except StopIteration:
                return
            running[workers.submit(work, task)] = task

    hand_out()
    while running:
        future = next(as_completed(running))
        task = running.pop(future)
        yield task, future.result()
        hand_out()


def all_of[Task, Result](
    workers: Executor,
    work: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, Result]:
    """Results of named tasks, in the order of ``tasks``."""
    total = len(tasks)
    found: dict[str, Result] = {}
    progress(0, total)
    named = ((name, task) for name, task in tasks.items())
    for (name, _), result in completed(workers, _Named(work), named):
        found[name] = result
        progress(len(found), total)
    return {name: found[name] for name in tasks}


class _Named:
    """Work on a named task; a class, so that it can be sent to another process."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work

    def __call__(self, named: tuple[str, Any]) -> Any:
        return self.work(named[1])
