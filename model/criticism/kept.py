"""Results of checks that are kept with a run: added to it, and read from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from model.archive import store
from model.archive.check_result import CheckResult
from model.case.folders import BASELINE

Json = dict[str, Any]


def record(
    folder: Path,
    results: Sequence[CheckResult],
    before_publishing: Callable[[], object] = lambda: None,
    *,
    anew: bool = False,
) -> None:
    """Add results to those that a run has: in full to ``checks.json``, in short to the summary.

    Parameters
    ----------
    folder : Path
    results : sequence of CheckResult
        They replace those of the same names.
    before_publishing : callable
        Called when all is written and nothing is in its place yet.
    anew : bool
        Whether to drop all other results that the run has.

    Raises
    ------
    DamagedRunError
        If the run does not match its checksums, or what it has cannot be read.
    """

    # the draft is read, a copy made under the lock: other checks may have been added meanwhile
    def write_checks(path: Path) -> None:
        checks = {} if anew else _held(path.parent)
        checks |= {one.name: one.content() for one in results}
        order = {name: place for place, name in enumerate(store.CHECK_NAMES)}
        ordered = dict(sorted(checks.items(), key=lambda one: order.get(one[0], len(order))))
        store.write_json(path, {"schema": store.SCHEMA, "checks": ordered})

    def write_summary(path: Path) -> None:
        summary = store.read_summary(path.parent)
        summary["checks"] = {
            name: {key: one[key] for key in ("passed", "sentence")}
            for name, one in _held(path.parent).items()
        }
        store.write_json(path, summary)

    writers: dict[str, store.Writer] = {store.CHECKS: write_checks, store.SUMMARY: write_summary}
    store.add_to_run(folder, writers, before_publishing)


def checks_of_run(folder: Path) -> tuple[str, ...]:
    """Names of the checks of a run's case.

    Raises
    ------
    DamagedRunError
        If its summary cannot be read.
    """
    summary = store.read_summary(folder)
    return store.checks_of(several="places" in summary["scenarios"][BASELINE])


def _held(folder: Path) -> Json:
    """Results saved in a run, by name, as plain JSON."""
    found = store.read_added(folder, store.CHECKS)
    return found["checks"] if found else {}


def recorded(folder: Path) -> list[CheckResult]:
    """Read the results saved in a run; an empty list if it was not checked.

    Raises
    ------
    DamagedRunError
        If they cannot be read.
    """
    with store.agreeing(folder):
        return [CheckResult.of(name, one) for name, one in _held(folder).items()]
