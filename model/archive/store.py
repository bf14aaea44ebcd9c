"""Runs on disk: one folder per run, named by the question, written as a whole and checked.

A run's manifest holds the SHA-256 of each of its files and of itself. A run that does not match
its manifest is reported and never read. The files are netCDF, JSON, CSV and TOML, so reading a run
executes no code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from model.archive.drafts import check_writable as check_writable
from model.archive.drafts import copied, copy, draft_beside, finish, keep_others, write_down
from model.archive.drafts import replace_file as replace_file
from model.archive.drafts import replace_json as replace_json
from model.archive.drafts import write_json as write_json
from model.archive.placing import DRAFT, FORMER, locked, take_place
from model.archive.placing import MANIFEST as MANIFEST
from model.archive.placing import one_run as one_run
from model.archive.placing import there as there
from model.archive.plain_files import DISAGREEING as DISAGREEING
from model.archive.plain_files import DamagedRunError as DamagedRunError
from model.archive.plain_files import agreeing as agreeing
from model.archive.plain_files import contents, opened, read_json
from model.case.checkout import RUNS as RUNS
from model.case.folders import hidden

Writer = Callable[[Path], None]
Json = dict[str, Any]

#: Options of the sampler that a manifest holds.
OPTIONS = ("draws", "tune", "chains", "seed", "target_accept")
SUMMARY = "summary.json"
POSTERIOR = "posterior.nc"
MONTHS = "months.nc"
CHECKS = "checks.json"
DRIVERS = "drivers.json"
NOT_CONVERGED = "NOT_CONVERGED"
#: Folder of calibrations, among the runs, and the files that hold the results of each.
CALIBRATIONS, CALIBRATION = "calibrations", "calibration.json"
MISSPECIFIED = "misspecified.json"
#: Folder of a diary's refits, among the runs: small files, named by the keys of their fits.
REFITS = ".diary"
#: What tells how large a study is, by its file.
SIZES = {CALIBRATION: "replicates", MISSPECIFIED: "cases"}
SCHEMA = 1
#: Files of a run that are read, and so must stand in its manifest; so must all below ``INPUTS``.
READ = (
    SUMMARY, POSTERIOR, MONTHS, CHECKS, DRIVERS, "revenue.csv", "workers.csv", "exchange_rates.csv",
)  # fmt: skip
INPUTS = "inputs/"
#: Checks that ``CHECKS`` may hold, in the order in which they are reported.
CHECK_NAMES = (
    "prior_predictive", "priors_together", "posterior_predictive", "conflict", "leave_one_out",
    "without_host", "power_scaling", "prior_widths", "held_out", "as_of",
)  # fmt: skip
#: The one of them that only a case of several hosts has.
WITHOUT_HOST = "without_host"


def checks_of(*, several: bool) -> tuple[str, ...]:
    """Names of the checks of a case of one host, or of several."""
    return tuple(name for name in CHECK_NAMES if several or name != WITHOUT_HOST)


def write_run(
    output: Path,
    name: str,
    writers: Mapping[str, Writer],
    before_publishing: Callable[[], object] = lambda: None,
    manifest: Json | None = None,
) -> Path:
    """Write a run's files into ``output/name``, which appears whole or not at all.

    Readers find a former run of that name until the new one is there. Killed at any moment, this
    leaves one of the two, and at worst a hidden folder beside it.

    Parameters
    ----------
    output : Path
        Folder of runs; created if missing.
    name : str
        Name of the run's folder. An existing run of that name is replaced; other files in its
        folder stay.
    writers : mapping of file name to callable
        Each is called with the path that it must write.
    before_publishing : callable
        Called once all files are written; if it raises, no run is written.
    manifest : dict, optional
        Content of the manifest, which is written last, with every file's checksum.

    Returns
    -------
    Path
        The run's folder.
    """
    target = output / name
    with draft_beside(target) as draft:
        _written(draft, writers)
        if manifest is not None:
            files = {name: checksum(draft / name) for name in sorted(writers)}
            write_json(draft / MANIFEST, sealed(manifest | {"files": files}))
        with locked(output):
            # without a manifest, nothing tells a run's files from others
            own = None if manifest is None else _own(target, writers)
            if own is not None:
                keep_others(target, draft, own, copy)
            _publish(draft, target, before_publishing, own)
    return target


def add_to_run(
    folder: Path,
    writers: Mapping[str, Writer],
    before_publishing: Callable[[], object] = lambda: None,
) -> None:
    """Add files to a run, or replace some of its files, all at once or not at all.

    Parameters
    ----------
    folder : Path
        A run. Other files in it, such as reports, stay.
    writers : mapping of file name to callable
        As for ``write_run``. A file that is replaced is there when its writer is called, and no
        other process adds to the run meanwhile: what others added can be kept.
    before_publishing : callable
        Called once all files are written; if it raises, the run stays unchanged.

    Raises
    ------
    DamagedRunError
        If the run does not match its manifest.
    """
    read_manifest(folder)
    target = folder.resolve()
    with draft_beside(target) as draft, locked(target.parent):
        manifest = check_run(folder)
        copied(target, draft)
        _written(draft, writers)
        files = manifest["files"] | {name: checksum(draft / name) for name in writers}
        ordered = {name: files[name] for name in sorted(files)}
        write_json(draft / MANIFEST, sealed(manifest | {"files": ordered}))
        shutil.copymode(target, draft)
        _publish(draft, target, before_publishing, _own(target, writers))


def _own(folder: Path, writers: Mapping[str, Writer]) -> set[str]:
    """Files of a run, former and new."""
    own = {MANIFEST, CHECKS, DRIVERS, NOT_CONVERGED, *writers}
    with contextlib.suppress(DamagedRunError):
        own |= set(read_manifest(folder)["files"])
    return own


def _publish(
    draft: Path, target: Path, before_publishing: Callable[[], object], own: set[str] | None
) -> None:
    """Move a complete draft to its place, and see to it that it stays there."""
    finish(draft)
    before_publishing()
    take_place(draft, target)
    # on the disk before the former run is removed
    write_down(target.parent)
    if own is not None:
        # reports that were written meanwhile
        keep_others(draft, target, own, os.rename)


def _written(draft: Path, writers: Mapping[str, Writer]) -> None:
    for file_name, write in writers.items():
        path = draft / file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()  # it was copied from the run; what it names is not ours to write
        write(path)


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sealed(manifest: Json) -> Json:
    """A manifest with its own hash."""
    content = {key: value for key, value in manifest.items() if key != "seal"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return content | {"seal": hashlib.sha256(text.encode()).hexdigest()}


@one_run
def read_manifest(folder: Path) -> Json:
    """Read the manifest of a run and check it against its own hash.

    Raises
    ------
    DamagedRunError
        If it is missing, belongs to another program or was changed.
    """
    from model.archive.schemas import Manifest

    manifest = read_json(folder / MANIFEST, Manifest)
    if sealed(manifest)["seal"] != manifest["seal"]:
        raise DamagedRunError(f"{folder / MANIFEST} was changed after it was written")
    return manifest


@one_run
def check_run(folder: Path) -> Json:
    """Read the manifest of a run and check that every file is unchanged, and none is a link.

    Raises
    ------
    DamagedRunError
    """
    manifest = read_manifest(folder)
    for name in contents(folder):
        if (name in READ or name.startswith(INPUTS)) and name not in manifest["files"]:
            raise DamagedRunError(f"{folder / name} is not a file of the run; remove it")
    for name in manifest["files"]:
        check_file(folder, manifest, name)
    return manifest


def check_file(folder: Path, manifest: Json, name: str) -> None:
    """Check that a file of a run is unchanged.

    Raises
    ------
    DamagedRunError
    """
    try:
        found = checksum(folder / name)
    except OSError:
        raise DamagedRunError(f"{folder / name} is missing or cannot be read") from None
    if found != manifest["files"].get(name):
        raise DamagedRunError(f"{folder / name} was changed after it was written")


@one_run
def read_summary(folder: Path) -> Json:
    """Read the summary of a checked run.

    Raises
    ------
    DamagedRunError
    """
    from model.archive.summary_schema import Summary

    return read_json(folder / SUMMARY, Summary)


@one_run
def read_run(folder: Path) -> tuple[Json, Json]:
    """Manifest and summary of one and the same run, undamaged.

    Raises
    ------
    DamagedRunError
    """
    return check_run(folder), read_summary(folder)


@one_run
def read_added(folder: Path, name: str) -> Json | None:
    """Read a file added to a checked run (``CHECKS``, ``DRIVERS``); None if it has none.

    Raises
    ------
    DamagedRunError
    """
    from model.archive.schemas import Checks, DriversFile

    if not os.path.lexists(folder / name):
        return None
    return read_json(folder / name, Checks if name == CHECKS else DriversFile)


def find_calibration(output: Path, manifest: Json, file: str = CALIBRATION) -> Json | None:
    """Find the largest study of a run's inputs by the same program, if any.

    Parameters
    ----------
    output : Path
        Folder of runs.
    manifest : dict
        Manifest of the run.
    file : str
        One of ``SIZES``.
    """
    from model.archive.schemas import Calibration, Misspecified

    form = Calibration if file == CALIBRATION else Misspecified
    found: list[Json] = []
    for path in sorted((output / CALIBRATIONS).glob(f"*/{file}")):
        with contextlib.suppress(DamagedRunError):
            content = read_json(path, form)
            same = content["inputs"] == manifest["inputs"]
            if same and content["versions"] == manifest["versions"]:
                found.append(content)
    return max(found, key=lambda one: one[SIZES[file]], default=None)


def run_folders(output: Path) -> Iterator[Path]:
    """Folders of runs, by name; what is hidden holds no run, unless it has a manifest.

    A former run is put back whose place a writer left empty when it was killed.
    """
    try:
        names = {name.removeprefix(FORMER) for name in os.listdir(output)}
    except OSError:
        return
    for name in sorted(names - {CALIBRATIONS, ""}):
        folder = output / name
        if there(folder) and not (
            hidden(name) and (name.startswith(DRAFT) or not (folder / MANIFEST).exists())
        ):
            yield folder


def find_fit(output: Path, fit: str, say: Callable[[str], object]) -> Path | None:
    """Find an undamaged run that holds the draws of a fit; None if there is none."""
    for folder in run_folders(output):
        try:
            manifest = read_manifest(folder)
        except DamagedRunError:
            continue
        if manifest["fit"] != fit:
            continue
        try:
            check_run(folder)
            return folder
        except DamagedRunError as error:
            say(f"warning: {error}; not used")
    return None
