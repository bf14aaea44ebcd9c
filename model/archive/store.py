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
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from model.archive.plain_files import DISAGREEING as DISAGREEING
from model.archive.plain_files import DamagedRunError as DamagedRunError
from model.archive.plain_files import ForeignFileError as ForeignFileError
from model.archive.plain_files import agreeing as agreeing
from model.archive.plain_files import contents, opened, read_json

Writer = Callable[[Path], None]
Json = dict[str, Any]

#: Options of the sampler that a manifest holds.
OPTIONS = ("draws", "tune", "chains", "seed", "target_accept")
MANIFEST = "manifest.json"
SUMMARY = "summary.json"
POSTERIOR = "posterior.nc"
CHECKS = "checks.json"
DRIVERS = "drivers.json"
#: Folder of calibrations, among the runs, and the files that hold the results of each.
CALIBRATIONS, CALIBRATION = "calibrations", "calibration.json"
MISSPECIFIED = "misspecified.json"
SCHEMA = 1
#: Files of a run that are read, and so must stand in its manifest; so must all below ``INPUTS``.
READ = (SUMMARY, POSTERIOR, CHECKS, DRIVERS, "revenue.csv", "workers.csv", "exchange_rates.csv")
INPUTS = "inputs/"
#: Drafts are hidden, so that none is taken for a run.
DRAFT = ".draft-"

#: How often to try moving a run to its place while another process writes the same one.
RETRIES = 100


class NoSuchRunError(LookupError):
    """A name that matches no run, or several; the text lists those available."""


def write_run(
    output: Path,
    name: str,
    writers: Mapping[str, Writer],
    before_publishing: Callable[[], object] = lambda: None,
    manifest: Json | None = None,
) -> Path:
    """Write a run's files into ``output/name``, which appears whole or not at all.

    Parameters
    ----------
    output : Path
        Folder of runs; created if missing.
    name : str
        Name of the run's folder. An existing run of that name is replaced.
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
    with _draft(output, name, before_publishing) as draft:
        _written(draft, writers)
        if manifest is not None:
            files = {name: checksum(draft / name) for name in sorted(writers)}
            write_json(draft / MANIFEST, sealed(manifest | {"files": files}))
    return output / name


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
        As for ``write_run``.
    before_publishing : callable
        Called once all files are written; if it raises, the run stays unchanged.

    Raises
    ------
    DamagedRunError
        If the run does not match its manifest.
    """
    manifest = check_run(folder)
    target = folder.resolve()
    with _draft(target.parent, target.name, before_publishing) as draft:
        shutil.copytree(folder, draft, dirs_exist_ok=True)
        _written(draft, writers)
        files = manifest["files"] | {name: checksum(draft / name) for name in writers}
        ordered = {name: files[name] for name in sorted(files)}
        write_json(draft / MANIFEST, sealed(manifest | {"files": ordered}))


@contextlib.contextmanager
def _draft(output: Path, name: str, before_publishing: Callable[[], object]) -> Iterator[Path]:
    """A hidden folder that replaces ``output/name`` once all files are written into it."""
    output.mkdir(parents=True, exist_ok=True)
    # beside the target, so that the final rename stays within one file system
    draft = Path(tempfile.mkdtemp(prefix=f"{DRAFT}{name}-", dir=output))
    try:
        yield draft
        draft.chmod(0o755)
        before_publishing()
        _publish(draft, output / name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _written(draft: Path, writers: Mapping[str, Writer]) -> None:
    for file_name, write in writers.items():
        path = draft / file_name
        path.parent.mkdir(parents=True, exist_ok=True)
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


def check_run(folder: Path) -> Json:
    """Read the manifest of a run and check that every file is unchanged, and none is a link.

    Raises
    ------
    DamagedRunError
    """
    manifest = read_manifest(folder)
    for name in contents(folder):
        if (name in READ or name.startswith(INPUTS)) and name not in manifest["files"]:
            raise ForeignFileError(f"{folder / name} is not a file of the run; remove it")
    for name, digest in manifest["files"].items():
        try:
            found = checksum(folder / name)
        except OSError:
            raise DamagedRunError(f"{folder / name} is missing or cannot be read") from None
        if found != digest:
            raise DamagedRunError(f"{folder / name} was changed after it was written")
    return manifest


def read_summary(folder: Path) -> Json:
    """Read the summary of a checked run.

    Raises
    ------
    DamagedRunError
    """
    from model.archive.summary_schema import Summary

    return read_json(folder / SUMMARY, Summary)


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


def find_calibration(output: Path, manifest: Json) -> Json | None:
    """Find the longest calibration of a run's inputs by the same program, if any.

    Parameters
    ----------
    output : Path
        Folder of runs.
    manifest : dict
        Manifest of the run.
    """
    from model.archive.schemas import Calibration

    found: list[Json] = []
    for path in sorted((output / CALIBRATIONS).glob(f"*/{CALIBRATION}")):
        with contextlib.suppress(DamagedRunError):
            content = read_json(path, Calibration)
            same = content["inputs"] == manifest["inputs"]
            if same and content["versions"] == manifest["versions"]:
                found.append(content)
    return max(found, key=lambda one: one["replicates"], default=None)


def is_draft(path: Path) -> bool:
    """Whether a folder is a draft that its writer has not yet moved to its place."""
    return path.is_dir() and path.name.startswith(DRAFT)


def run_folders(output: Path) -> Iterator[Path]:
    """Folders of runs, by name; drafts begin with a dot and are left out."""
    with contextlib.suppress(OSError):
        yield from sorted(
            path
            for path in output.iterdir()
            if path.is_dir() and not path.name.startswith(".") and path.name != CALIBRATIONS
        )


def named_run(name: str, output: Path) -> Path:
    """Folder of a run given by its name, the start of its name or key, or its path.

    Raises
    ------
    NoSuchRunError
        If no run matches, or more than one.
    """
    if (Path(name) / MANIFEST).exists():
        return Path(name)
    names = [folder.name for folder in run_folders(output)]
    found = [one for one in names if one == name] or [
        one for one in names if one.startswith(name) or one.rpartition("-")[2].startswith(name)
    ]
    if len(found) == 1:
        return output / found[0]
    wrong = f"{name!r} names {len(found)} runs" if found else f"there is no run {name!r}"
    many = ", ".join(found or names) or "none"
    raise NoSuchRunError(f"{wrong} in {output}; write one of: {many}")


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


def _publish(draft: Path, target: Path) -> None:
    """Move a finished draft to its place; a former run of that name is replaced or stays."""
    for attempt in range(RETRIES):
        former = Path(tempfile.mkdtemp(prefix=f"{DRAFT}{target.name}-former-", dir=target.parent))
        try:
            with contextlib.suppress(FileNotFoundError):
                os.replace(target, former / target.name)
            os.replace(draft, target)
        except BaseException as error:
            # restore the former run, unless another process has meanwhile moved its own there
            with contextlib.suppress(OSError):
                os.replace(former / target.name, target)
            if not isinstance(error, OSError) or attempt == RETRIES - 1:
                raise
        else:
            return
        finally:
            shutil.rmtree(former, ignore_errors=True)


def check_writable(output: Path, name: str) -> None:
    """Create and remove a folder where a run is to be written, before anything is computed.

    Raises
    ------
    OSError
        If the folder of runs cannot be created or written, or the name is too long.
    """
    missing = [folder for folder in (output, *output.parents) if not folder.exists()]
    try:
        output.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=f"{DRAFT}{name}-former-", dir=output)).rmdir()
    finally:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()


def replace_json(path: Path, content: Any) -> None:
    """Write JSON so that readers find either the former file or the new one, each complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{DRAFT}{path.name}")
    write_json(draft, content)
    os.replace(draft, path)


def write_json(path: Path, content: Any) -> None:
    """Write indented UTF-8 JSON; refuse NaN and infinities, which JSON does not allow."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
