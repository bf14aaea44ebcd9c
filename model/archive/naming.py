"""Names of runs: those that people give them, ``latest``, and the run that a name stands for.

A given name is a small file in the folder of runs, ``.names/NAME``, that holds the name of a run's
folder. It is no part of the run: it changes neither its key nor a byte of its files.
"""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Iterator
from pathlib import Path

from model.archive.drafts import replace_file
from model.archive.placing import locked, there
from model.archive.store import MANIFEST, one_run, run_folders

NAMES = ".names"
#: What always names the run that was written, or added to, last.
LATEST = "latest"
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
#: Name of a run's folder, which lies in no other folder.
_FOLDER = re.compile(r"[^/\\\0]*-[0-9a-f]{12}")
#: Most bytes of a file that holds the name of a folder.
LONGEST = 512


class NoSuchRunError(LookupError):
    """A name that matches no run, or several; the text lists those available."""


def fault_in_run_name(name: str) -> str:
    """Why a run cannot be given a name; blank if it can."""
    if name == LATEST:
        return f"{LATEST} always names the newest run; write another name"
    if _FOLDER.fullmatch(name):
        return f"{name!r} looks like the folder of a run; write another name"
    if not _FORM.fullmatch(name) or name.endswith("."):
        return (
            f"{name!r} is no name for a run; write a letter from a to z or a digit, and then at "
            "most 63 letters, digits, points, hyphens and underscores"
        )
    return ""


def check_run_name(name: str | None) -> None:
    """Check a name given in Python; None is none.

    Raises
    ------
    ValueError
        If a run cannot have it.
    """
    wrong = "" if name is None else fault_in_run_name(name)
    if wrong:
        raise ValueError(f"name={name!r}: {wrong}")


def give(name: str, folder: Path) -> str:
    """Give a run a name.

    Returns
    -------
    str
        The folder of the run that had it until now; blank if none had.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # a run may be known by a link to it; names are those of folders beside it
    place = folder.parent / NAMES / name
    former = _held(place)
    if former != folder.name:
        with locked(folder.parent):
            replace_file(place, f"{folder.name}\n".encode())
    return former if former != folder.name and there(folder.parent / former) else ""


def run_names(output: Path) -> dict[str, list[str]]:
    """Names given to the runs in a folder, by the name of the run's folder."""
    found: dict[str, list[str]] = {}
    for place, run in every_name(output):
        if there(output / run):
            found.setdefault(run, []).append(place.name)
    return found


def names_of_runs(output: Path) -> list[str]:
    """Every name that stands for one run of a folder: those given, ``latest``, and the runs' own.

    A shell offers them, so that nothing of a run is read but that it is there.
    """
    runs = [folder.name for folder in run_folders(output) if _is_run(folder)]
    given = sorted(one for run, ones in run_names(output).items() if run in runs for one in ones)
    return [*given, *([LATEST] if runs else []), *runs]


def forget(place: Path) -> None:
    """Remove the file of a name whose run is gone.

    Raises
    ------
    OSError
        If the run is there, or the name cannot be removed.
    """
    with locked(place.parent.parent):
        if there(place.parent.parent / _held(place)):
            raise OSError(errno.EBUSY, "its run is there", str(place))
        place.unlink(missing_ok=True)


def every_name(output: Path) -> Iterator[tuple[Path, str]]:
    """Files of names, with the run's folder that each holds, which may be gone."""
    with contextlib.suppress(OSError):
        for place in sorted((output / NAMES).iterdir()):
            run = "" if fault_in_run_name(place.name) else _held(place)
            if run:
                yield place, run


def _held(place: Path) -> str:
    """Name of a folder that a name's file holds; blank if it holds none."""
    if not place.is_file() or place.is_symlink():
        return ""
    try:
        with place.open("rb") as file:
            run = file.read(LONGEST).decode().removesuffix("\n")
    except (OSError, UnicodeDecodeError):
        return ""
    return run if _FOLDER.fullmatch(run) else ""


def named_run(name: str, output: Path) -> Path:
    """Folder of a run: its name, one given to it, ``latest``, the start of its name, or its path.

    Raises
    ------
    NoSuchRunError
        If no run matches, or more than one.
    """
    if _is_run(Path(name)):
        return Path(name)
    names = [folder.name for folder in run_folders(output)]
    given = {one: run for run, ones in run_names(output).items() for one in ones}
    if name in names:
        return output / name
    if name in given:
        return output / given[name]
    if name == LATEST and names:
        return max(run_folders(output), key=written)
    found = [
        one for one in names if one.startswith(name) or one.rpartition("-")[2].startswith(name)
    ]
    if len(found) == 1:
        return output / found[0]
    wrong = f"{name!r} names {len(found)} runs" if found else f"there is no run {name!r}"
    many = ", ".join(found or [*sorted(given), *names]) or "none"
    raise NoSuchRunError(f"{wrong} in {output}; write one of: {many}")


@one_run
def written(run: Path) -> tuple[float, str]:
    """When a run was written or last added to, by which runs are sorted; never, if it is gone."""
    path = run / MANIFEST
    return (path.stat().st_mtime if path.exists() else 0.0), run.name


@one_run
def _is_run(folder: Path) -> bool:
    return (folder / MANIFEST).exists()
