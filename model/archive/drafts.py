"""Unfinished runs: hidden folders that are marked, written down to the disk, and discarded.

A draft says what it is from its first moment (it is empty) to its last (it holds a manifest), and
its writer holds it locked, so that nothing else is taken for what a killed writer left behind.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from model.archive.placing import DRAFT, MANIFEST, RETRIES, hidden_beside, lock
from model.terminal.plain_text import json_text

#: File that marks a draft while it is written.
MARK = ".draft"


@contextlib.contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """A marked folder beside the place it is for; whatever lies there in the end is discarded.

    Its permissions, as those of all that is written into it, are the user's default ones.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = hidden_beside(target)
    draft.mkdir()
    number = None
    try:
        number = os.open(draft / MARK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        lock(number)
        yield draft
    finally:
        if number is not None:
            os.close(number)
        with contextlib.suppress(OSError):
            discard(draft)


def finish(draft: Path) -> None:
    """Write a complete draft down to the disk, so that not even a power cut leaves half of it."""
    (draft / MARK).unlink()
    for folder, _, names in os.walk(draft, topdown=False):
        for name in names:
            if not os.path.islink(path := os.path.join(folder, name)):
                write_down(path)
        write_down(folder)


def write_down(path: str | Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk.

    Raises
    ------
    OSError
        If it cannot be written, for example because the disk is full.
    """
    if sys.platform == "win32":
        return
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(number)
    except OSError as error:
        # some file systems refuse it for folders
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(number)


def copied(source: Path, target: Path) -> None:
    """Copy what a run's folder holds into another; links stay links and are not followed.

    Raises
    ------
    OSError
        If something is neither file, folder nor link, or cannot be copied.
    """
    with os.scandir(source) as found:
        entries = list(found)
    for entry in entries:
        path = target / entry.name
        if entry.name == MARK or entry.name.startswith(DRAFT):
            continue  # of another that is being written
        if entry.is_symlink():
            path.symlink_to(os.readlink(entry))
        elif entry.is_dir(follow_symlinks=False):
            path.mkdir()
            copied(Path(entry), path)
            shutil.copymode(entry, path)
        elif entry.is_file(follow_symlinks=False):
            copy(Path(entry), path)
        else:
            raise OSError(errno.EINVAL, f"{entry.name} is neither a file nor a folder", entry.path)


def others(run: Path, own: Collection[str]) -> Iterator[str]:
    """Files and links in a run's folder besides its own, by path, such as reports and notes."""
    if run.is_symlink():
        return
    for folder, folders, names in os.walk(run):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in sorted([*names, *links]):
            path = Path(folder, name).relative_to(run).as_posix()
            if path not in own:
                yield path


def copy(source: Path, target: Path) -> None:
    """Copy a file, or a link as one."""
    shutil.copy2(source, target, follow_symlinks=False)


def keep_others(
    former: Path,
    new: Path,
    own: Collection[str],
    keep: Callable[[Path, Path], object],
) -> None:
    """Keep what a run's folder holds besides its own files when another replaces it.

    Files among its inputs, which are no inputs, are kept below ``others/``. Links are not kept.
    """
    for name in list(others(former, own)):
        source = former / name
        target = new / (f"others/{name}" if name.startswith("inputs/") else name)
        plain = source.is_file() and not source.is_symlink()
        if plain and not os.path.lexists(target) and not source.name.startswith(DRAFT):
            # a name may meanwhile be that of a file of the run
            with contextlib.suppress(FileExistsError, NotADirectoryError):
                target.parent.mkdir(parents=True, exist_ok=True)
                keep(source, target)


def discard(path: Path) -> None:
    """Remove a folder, or a link; its manifest last, so that until then it says what it is.

    Raises
    ------
    OSError
        If something in it cannot be removed.
    """
    try:
        if not stat.S_ISDIR(path.lstat().st_mode):
            path.unlink()
            return
    except FileNotFoundError:
        return
    names = sorted(os.listdir(path), key=lambda name: name in (MANIFEST, MARK))
    for name in names:
        if (path / name).is_dir() and not (path / name).is_symlink():
            shutil.rmtree(path / name)
        else:
            (path / name).unlink()
    path.rmdir()


def in_use(draft: Path) -> bool:
    """Whether a draft's writer is at work on it."""
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        number = os.open(draft / MARK, flags)
    except OSError:
        return False
    try:
        return lock(number) is False
    finally:
        os.close(number)


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
        draft = hidden_beside(output / name)
        draft.mkdir()
        draft.rmdir()
    finally:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()


def replace_json(path: Path, content: Any) -> None:
    """Write JSON so that readers find either the former file or the new one, each complete."""
    replace_file(path, json_text(content).encode())


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that readers find either the former one or the new one, each complete.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    for attempt in range(RETRIES):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = hidden_beside(path)
        try:
            draft.write_bytes(content)
            write_down(draft)
            os.replace(draft, path)
            return
        except FileNotFoundError:
            # the run that it is written into was replaced
            if attempt == RETRIES - 1:
                raise
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()


def write_json(path: Path, content: Any) -> None:
    """Write indented UTF-8 JSON; refuse NaN and infinities, which JSON does not allow."""
    path.write_bytes(json_text(content).encode())
