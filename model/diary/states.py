"""The runs of one case in order of time, and what a diary tells of a fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.archive import store
from model.archive.moved import Drawn
from model.diary.book import NoDiaryError, Step
from model.diary.changes import State
from model.diary.refits import Told
from model.question import SamplerOptions, options_asked

Json = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A run on disk, checked.

    Attributes
    ----------
    folder : Path
    manifest : dict
    state : State
        What it was made from.
    told : Told
        Its revenue by year.
    """

    folder: Path
    manifest: Json
    state: State
    told: Told

    @property
    def options(self) -> SamplerOptions:
        """What was asked of the sampler."""
        return options_asked(self.manifest.get("arguments") or [])


def runs_of(runs: Path, case: str) -> tuple[str, dict[Path, Json], list[str]]:
    """Name of a case, the manifests of its runs in order of time, and runs that cannot be read.

    That order is by the day of a run, and within a day by when its draws were written.

    Raises
    ------
    NoDiaryError
        If there are none, or the case is not named where there are several.
    """
    by_case: dict[str, list[tuple[str, float, str]]] = {}
    manifests: dict[str, Json] = {}
    damaged = []
    for folder in store.run_folders(runs):
        try:
            manifest = store.read_manifest(folder)
            made = (folder / store.POSTERIOR).stat().st_mtime
        except (store.DamagedRunError, OSError) as error:
            damaged.append(f"{folder.name}  NOT READABLE: {error}")
            continue
        own = manifest.get("case") or folder.resolve().name.rpartition("-")[0]
        by_case.setdefault(own, []).append((manifest.get("date") or "", made, folder.name))
        manifests[folder.name] = manifest
    if not by_case:
        raise NoDiaryError(f"{runs} holds no runs")
    counts = ", ".join(f"{name} ({len(own)})" for name, own in sorted(by_case.items()))
    if case and case not in by_case:
        raise NoDiaryError(f"no run of {case!r} in {runs}, which holds runs of {counts}")
    if not case and len(by_case) > 1:
        raise NoDiaryError(f"{runs} holds runs of several cases; name one: {counts}")
    name = case or next(iter(by_case))
    ordered = [folder for *_, folder in sorted(by_case[name])]
    return name, {runs / folder: manifests[folder] for folder in ordered}, damaged


@store.one_run
def read(folder: Path) -> Run:
    """Read a run.

    Raises
    ------
    DamagedRunError
    """
    manifest = store.check_run(folder)
    converged = bool(manifest["convergence"]["converged"])
    with store.agreeing(folder):
        state = State.of(folder, manifest)
        state.check()
        told = Told.of(Drawn.of(folder), converged=converged)
    return Run(folder, manifest, state, told)


def numbers_of(told: Told, definition: str, year: int) -> Json | None:
    """Median and interval of a year's revenue; None if there is none."""
    own = told.annual.get(definition, {}).get(str(year))
    return None if own is None else {key: own[key] for key in ("q50", "q05", "q95")}


def year_of(newest: Run, definition: str, year: int | None) -> int:
    """The year that is told: the one asked for, or the headline's.

    Raises
    ------
    NoDiaryError
        If the newest run does not have it.
    """
    years = sorted(newest.told.annual[definition])
    if year is None:
        return int(store.read_summary(newest.folder)["accounts"]["year"])
    if str(year) not in years:
        known = ", ".join(years)
        raise NoDiaryError(f"{year} is no whole year of the newest run; write one of: {known}")
    return year


def step_of(was: Told, now: Told, definition: str, year: int) -> Step:
    """How far the median moves between two fits; fits of one key have the same draws."""
    a, b = (one.median(definition, year) for one in (was, now))
    return Step(a.value, b.value, 0.0 if a.fit == b.fit else float(np.hypot(a.error, b.error)))
