"""How a finished folder takes a run's place, so that readers find the old run whole or the new one.

Where the system exchanges two folders in one step (Linux), a place is never empty. Elsewhere the
former run steps aside for a moment, under a hidden name that says whose place it left; whoever
finds the place empty puts it back. One process at a time changes places in a folder of runs.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Concatenate

#: How hidden names begin, so that none is taken for a run: unfinished runs, runs that stepped
#: aside; and the name of the lock.
DRAFT, FORMER, LOCK = ".draft-", ".former-", ".lock"
MANIFEST = "manifest.json"

#: Seconds to wait for another process that changes places.
PATIENCE = 60.0
#: How often to read a run that is replaced while it is read, before others are kept from doing so.
TRIES = 20
#: How often to try again what another process may undo at the same moment.
RETRIES = 100

#: What systems and file systems answer that cannot exchange two folders in one step.
REFUSALS = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM)
#: What they answer if a name is gone, or taken by a folder.
RACES = (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY)
#: Of Linux: paths are relative to the working directory; the two names are exchanged.
AT_FDCWD, RENAME_EXCHANGE = -100, 2


def hidden_beside(target: Path) -> Path:
    """A name for an unfinished or former run of that name, used by nobody else."""
    return target.with_name(f"{DRAFT}{target.name}-{secrets.token_hex(4)}")


# Locks


def lock(number: int) -> bool | None:
    """Lock an open file without waiting; False if another has it, None where files have no locks.

    The system releases it when its holder ends, however that happens.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@contextlib.contextmanager
def locked(output: Path) -> Iterator[None]:
    """Keep other processes from changing places in a folder of runs.

    Raises
    ------
    OSError
        If the folder cannot be written, or another process does not come to an end.
    """
    if sys.platform == "win32":
        yield
        return
    path = output / LOCK
    number = _taken(path)
    try:
        yield
    finally:
        # removed while it is held: whoever gets hold of a lock without a name takes another
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(number)


def _taken(path: Path) -> int:
    """Descriptor of the lock, once it is held or where files have no locks."""
    until = time.monotonic() + PATIENCE
    while True:
        # its holder removes it: it may be gone at any line
        with contextlib.suppress(FileNotFoundError), contextlib.ExitStack() as opened:
            number = _opened_lock(path)
            opened.callback(os.close, number)
            held = lock(number)
            if held is None or (held and os.path.samestat(os.fstat(number), os.lstat(path))):
                opened.pop_all()
                return number
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
        if time.monotonic() > until:
            said = "another process has been writing there for a minute"
            raise TimeoutError(errno.ETIMEDOUT, said, str(path.parent))
        time.sleep(0.001 * (1 + secrets.randbelow(5)))


def _opened_lock(path: Path) -> int:
    """Open the lock, or make it; another user's may be read only, which is enough to lock it."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    except PermissionError:
        if not os.access(path.parent, os.W_OK):
            raise
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW)


# Writing


def take_place(draft: Path, target: Path) -> None:
    """Move a finished folder to its place; what was there, if anything, then lies at ``draft``.

    To be called with ``locked``. If it fails, all is as it was.
    """
    for attempt in range(RETRIES):
        try:
            _take_place(draft, target)
            return
        except OSError as error:
            # where files have no locks, another writer may be faster
            if error.errno not in RACES or attempt == RETRIES - 1 or not draft.exists():
                raise


def _take_place(draft: Path, target: Path) -> None:
    put_back(target)
    if not os.path.lexists(target):
        os.rename(draft, target)
        return
    if _exchanged(draft, target):
        return
    former = target.with_name(f"{FORMER}{target.name}")
    if os.path.lexists(former):
        os.rename(former, hidden_beside(target))
    try:
        os.rename(target, former)
        os.rename(draft, target)
    except BaseException:
        with contextlib.suppress(OSError):
            if not os.path.lexists(target):
                os.rename(former, target)
        raise
    os.rename(former, draft)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where that is not possible."""
    import ctypes

    try:
        sys.audit("model.archive.exchange", str(one), str(other))
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
        paths = (AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other))
        if renameat2(*paths, RENAME_EXCHANGE) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(one), None, str(other))
    except (AttributeError, TypeError):
        return False  # a system without the call
    except OSError as error:
        if error.errno in REFUSALS:
            return False
        raise
    return True


# Reading


def there(folder: Path) -> bool:
    """Whether a run is in its place, once a former run has been put back into an empty one."""
    for _ in range(3):
        if folder.is_dir():
            return True
        former = folder.with_name(f"{FORMER}{folder.name}") if folder.name else folder
        # the writer that set it aside is at work, and holds the lock, or was killed
        if (former / MANIFEST).is_file():
            with contextlib.suppress(OSError), locked(folder.parent):
                put_back(folder)
    return folder.is_dir()


def put_back(target: Path) -> None:
    """Put a run that stepped aside back to its place, or out of the way if the place is taken.

    To be called with ``locked``, so that its writer cannot be at work.
    """
    former = target.with_name(f"{FORMER}{target.name}")
    if (former / MANIFEST).is_file():
        os.rename(former, hidden_beside(target) if os.path.lexists(target) else target)


def one_run[**P, T](
    read: Callable[Concatenate[Path, P], T],
) -> Callable[Concatenate[Path, P], T]:
    """Decorate what reads a run by its folder: all that it reads is of one run.

    It is called again if another folder took the run's place meanwhile, and in the end while
    nobody may do so.
    """

    @functools.wraps(read)
    def reading(folder: Path, /, *args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES):
            there(folder)
            with _opened(folder) as before:
                try:
                    found = read(folder, *args, **kwargs)
                except Exception:
                    if _is(folder, before):
                        raise
                else:
                    if _is(folder, before):
                        return found
        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError):
                held.enter_context(locked(folder.resolve().parent))
            return read(folder, *args, **kwargs)

    return reading


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[os.stat_result | None]:
    """Identity of a folder, which no other can be given while it is open; None if it is missing."""
    number = -1
    try:
        if sys.platform != "win32":
            number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        found = os.stat(folder if number < 0 else number)
    except (OSError, ValueError):
        found = None
    try:
        yield found
    finally:
        if number >= 0:
            os.close(number)


def _is(folder: Path, before: os.stat_result | None) -> bool:
    """Whether a folder is still the one it was."""
    try:
        now = folder.stat()
    except (OSError, ValueError):
        return before is None and not there(folder)
    return before is not None and os.path.samestat(before, now)
