"""What of a folder of runs may go: only what provably is a run of this program, or a draft of one.

A run proves itself by its manifest, a draft by its mark or by being empty. All else is left alone
and named: somebody's thesis may lie in a folder whose name looks like that of a run.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model.archive import store
from model.archive.drafts import MARK, discard, in_use, others
from model.archive.naming import NAMES, every_name, written
from model.archive.placing import DRAFT, hidden_beside, locked, there
from model.terminal.sheets import untouched

Json = dict[str, Any]

#: Age beyond which an unfinished draft is attributed to a killed writer.
DRAFT_HOURS = 24.0
ABANDONED = "draft of a writer that was killed"
#: Drafts of the results of calibrations, which are single files.
STUDY_DRAFT = re.compile(
    rf"{re.escape(DRAFT)}({re.escape(store.CALIBRATION)}|{re.escape(store.MISSPECIFIED)})"
    r"(-[0-9a-f]{8})?"
)
#: Drafts of the names of runs, which are single files as well.
NAME_DRAFT = re.compile(rf"{re.escape(DRAFT)}[\w.-]+-[0-9a-f]{{8}}")
#: Ending of a run's name; no other run is removed.
RUN_NAME = re.compile(r"-[0-9a-f]{12}$")
#: Files that reports write into a run's folder by default.
REPORTS = re.compile(
    r"report/((brief|annex)\.pdf|figures/[\w-]+\.(svg|png)|(figures/)?\.draft-\w+)"
)
WORKBOOK = re.compile(r"report/[^/]+\.xlsx")


@dataclass(frozen=True)
class Doomed:
    """A folder, or a link, to be removed.

    Attributes
    ----------
    path : Path
    why : str
    state : tuple
        What tells whether another has taken its place since it was judged.
    """

    path: Path
    why: str
    state: tuple[int, ...]


@dataclass(frozen=True)
class Judgement:
    """What is to become of the folders in a folder of runs.

    Attributes
    ----------
    doomed : list of Doomed
    stranded : list of (Path, Path)
        Undamaged runs in the drafts of killed writers, without which there is none in their place,
        and that place.
    spared : list of (Path, str)
        Folders left alone because they are not provably this program's, and why.
    names : list of (Path, str)
        Files of the names of runs that are gone or doomed, and the run of each.
    """

    doomed: list[Doomed] = field(default_factory=list)
    stranded: list[tuple[Path, Path]] = field(default_factory=list)
    spared: list[tuple[Path, str]] = field(default_factory=list)
    names: list[tuple[Path, str]] = field(default_factory=list)


def judged(output: Path, keep: int | None = None) -> Judgement:
    """Judge every folder; with ``keep``, only so many of the newest undamaged runs stay.

    Raises
    ------
    OSError
        If the folder of runs cannot be listed.
    """
    found = Judgement()
    whole: list[tuple[Path, Json]] = []
    # looks at runs first, which puts back those that a killed writer set aside
    runs = set(store.run_folders(output))
    for path in sorted(output.iterdir()) if output.is_dir() else []:
        if path.name.startswith(DRAFT):
            # its writer may finish meanwhile
            with contextlib.suppress(FileNotFoundError):
                _judge_draft(path, found)
        elif path in runs or (path.is_symlink() and path.name != store.CALIBRATIONS):
            _judge_run(path, found, whole)
    _judge_single_files(output, found)
    if keep is not None:
        _judge_refits(output / store.REFITS, found)
        whole.sort(key=lambda run: written(run[0]), reverse=True)
        for run, manifest in whole[keep:]:
            _doom(run, manifest, f"older than the newest {keep}", found)
    going = {one.path.name for one in found.doomed}
    found.names.extend(
        (place, run) for place, run in every_name(output) if run in going or not there(output / run)
    )
    return found


def _judge_single_files(output: Path, found: Judgement) -> None:
    """Judge drafts of the results of calibrations, and of names of runs."""
    drafts = [
        *(output / store.CALIBRATIONS).glob(f"*/{DRAFT}*"),
        *(output / NAMES).glob(f"{DRAFT}*"),
        *(output / store.REFITS).glob(f"{DRAFT}*"),
    ]
    for path in sorted(drafts):
        form = STUDY_DRAFT if path.parent.parent.name == store.CALIBRATIONS else NAME_DRAFT
        with contextlib.suppress(FileNotFoundError):
            if (
                form.fullmatch(path.name)
                and path.is_file()
                and not path.is_symlink()
                and _is_old(path)
            ):
                found.doomed.append(Doomed(path, ABANDONED, _state(path)))


def _judge_refits(folder: Path, found: Judgement) -> None:
    """Doom what proves by its seal to be a refit of a diary, which makes it again if asked."""
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(path.read_bytes())
            sealed = store.sealed(content)["seal"] == content["seal"]
            if sealed and content["fit"] == path.stem and not path.is_symlink():
                found.doomed.append(Doomed(path, "refit of a diary", _state(path)))


def _judge_run(path: Path, found: Judgement, whole: list[tuple[Path, Json]]) -> None:
    try:
        manifest = store.read_manifest(path)
    except store.DamagedRunError as error:
        found.spared.append((path, f"no run of this program: {error}"))
        return
    if not RUN_NAME.search(path.name):
        found.spared.append((path, "it has not the name of a run"))
        return
    try:
        store.check_run(path)
        whole.append((path, manifest))
    except store.DamagedRunError as error:
        _doom(path, manifest, f"damaged: {error}", found)


def _doom(path: Path, manifest: Json, why: str, found: Judgement) -> None:
    """Doom a run, or a link to one, unless it holds what is not the run's."""
    state = _state(path)
    strangers = [] if path.is_symlink() else _strangers(path, manifest)
    if strangers:
        more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
        found.spared.append((path, f"{why}, but it holds {strangers[0]}{more}, not of the run"))
    else:
        found.doomed.append(Doomed(path, why, state))


def _state(path: Path) -> tuple[int, ...]:
    """What changes if another run takes a run's place, or files are added to it."""
    found = []
    with contextlib.suppress(OSError):
        found.append(path.lstat())
        found.append((path / store.MANIFEST).stat())
    return tuple(part for one in found for part in (one.st_dev, one.st_ino, one.st_mtime_ns))


def _strangers(run: Path, manifest: Json) -> list[str]:
    """Files in a run's folder that neither its manifest nor a report accounts for.

    A workbook that somebody has saved since is theirs.
    """
    own = {store.MANIFEST, MARK, *manifest["files"]}
    rest = [name for name in others(run, own) if not REPORTS.fullmatch(name)]
    return [name for name in rest if not (WORKBOOK.fullmatch(name) and untouched(run / name))]


def _is_old(path: Path) -> bool:
    return time.time() - path.lstat().st_mtime > DRAFT_HOURS * 3600


def _judge_draft(path: Path, found: Judgement) -> None:
    """Judge a hidden folder: unfinished, or a former run that its writer did not remove."""
    if path.is_symlink() or not path.is_dir():
        return
    if not _is_old(path) or in_use(path):
        return
    names = os.listdir(path)
    # older programs put a former run into a folder of its own
    inner = path / names[0] if len(names) == 1 else path
    run, name = (inner, inner.name) if inner.is_dir() and inner != path else (
        path, path.name.removeprefix(DRAFT).rpartition("-")[0]
    )  # fmt: skip
    place = path.with_name(name) if name else path
    if _is_whole(run) and not _is_whole(place):
        found.stranded.append((run, place))
    elif not names or MARK in names or _is_ours(run):
        found.doomed.append(Doomed(path, ABANDONED, _state(path)))
    else:
        found.spared.append((path, "no draft of this program, or of an older one"))


def _is_ours(run: Path) -> bool:
    try:
        return not _strangers(run, store.read_manifest(run))
    except store.DamagedRunError:
        return False


def _is_whole(run: Path) -> bool:
    try:
        store.check_run(run)
    except store.DamagedRunError:
        return False
    return True


def remove(doomed: Doomed) -> None:
    """Remove what was doomed; of a link itself, not what it names.

    Raises
    ------
    OSError
        If it cannot be removed, or is no longer what was judged.
    """
    path = doomed.path
    hidden = path if path.name.startswith(DRAFT) else hidden_beside(path)
    with locked(path.parent):
        if _state(path) != doomed.state:
            raise OSError(errno.EBUSY, "it was written meanwhile", str(path))
        # out of sight at once, so that nobody reads it half removed
        os.rename(path, hidden)
    discard(hidden)


def put_in_place(run: Path, place: Path) -> None:
    """Move a stranded run to its place.

    Raises
    ------
    OSError
        If the place is taken by what could not be removed.
    """
    with locked(place.parent):
        os.rename(run, place)
    if run.parent != place.parent:
        run.parent.rmdir()
