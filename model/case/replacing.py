"""Replace files of a case on disk whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from model.case.folders import COPY, bytes_of


class UnwritableError(Exception):
    """Files that cannot be replaced; the text says which and why. All are as they were."""


def replace_files(
    folder: Path,
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    before_publishing: Callable[[], object],
) -> list[Path]:
    """Write the files that changed; the result names them.

    Parameters
    ----------
    folder : Path
    before, after : mapping of str to bytes
        Files by name, as they were read and as they are to be.
    before_publishing : callable
        Called once everything is written beside the files; if it raises, all is as it was.

    Raises
    ------
    UnwritableError
    """
    if folder.resolve().name == COPY and (folder.resolve().parent / "manifest.json").is_file():
        message = "is the copy that a run keeps; copy the folder, and add the row there"
        raise UnwritableError(f"{folder}: {message}")
    changed = {folder / name: content for name, content in after.items() if content != before[name]}
    for path in changed:
        _check_unchanged(path, before[path.name])
    with contextlib.ExitStack() as drafts:
        pairs = [
            (drafts.enter_context(_draft(path, content)), path) for path, content in changed.items()
        ]
        before_publishing()
        done: list[Path] = []
        for draft, path in pairs:
            try:
                os.replace(draft, path.resolve())
            except OSError as error:
                for former in done:
                    former.resolve().write_bytes(before[former.name])
                raise _unwritable(path, error) from None
            done.append(path)
    return list(changed)


def _check_unchanged(path: Path, content: bytes) -> None:
    """Raise unless a file still is what was read."""
    try:
        same = bytes_of(path) == content
    except FileNotFoundError:
        message = "there is no such file, its table was read from another; add the row there"
        raise UnwritableError(f"{path}: {message}") from None
    except OSError as error:
        raise UnwritableError(f"{path}: cannot be read ({error.strerror})") from None
    if not same:
        message = "it is no CSV file, or was changed meanwhile; add the row in it, or start again"
        raise UnwritableError(f"{path}: {message}")


@contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    """A file beside another, with its permissions, that is to take its place."""
    # a link stays a link: what it leads to is replaced
    target = path.resolve()
    draft = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(target, draft)
        except OSError as error:
            raise _unwritable(path, error) from None
        yield draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> UnwritableError:
    return UnwritableError(f"{path}: cannot be written ({error.strerror}); it is as it was")
