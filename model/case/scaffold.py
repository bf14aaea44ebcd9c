"""A starter case with invented figures, commented and valid."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from model.case.folders import fault_in_name, hidden
from model.terminal.plain_text import one_line

TEMPLATE = Path(__file__).parent / "template"
#: Extensions of a case's files and of its README.
SUFFIXES = (".csv", ".toml", ".md")


class NoRoomError(Exception):
    """A place where no case can be written; the text gives the reason and the remedy."""


def template_files() -> list[Path]:
    """Files of the template, relative to its folder."""
    return sorted(
        path.relative_to(TEMPLATE)
        for path in TEMPLATE.rglob("*")
        if path.suffix in SUFFIXES and not hidden(path.name)
    )


def new_case(folder: str | Path, before_publishing: Callable[[], object] = lambda: None) -> Path:
    """Write a minimal case that runs, with every figure invented and every table explained.

    Parameters
    ----------
    folder : str or Path
        Created with its parent folders; it may exist if it is empty.
    before_publishing : callable
        Called once everything is written; if it raises, nothing is left behind.

    Returns
    -------
    Path
        The complete folder; if anything fails, nothing is left behind.

    Raises
    ------
    NoRoomError
        If the place is already taken or cannot be written.
    """
    target = Path(folder)
    draft: Path | None = None
    made: list[Path] = []
    try:
        _check_free(target)
        # follow links, so that the draft is beside the actual folder
        place = target.resolve()
        made = [above for above in place.parents if not above.exists()]
        place.parent.mkdir(parents=True, exist_ok=True)
        # beside the target, so that a rename publishes it complete
        draft = place.with_name(f".draft-{secrets.token_hex(4)}")
        draft.mkdir()
        for path in template_files():
            (draft / path).parent.mkdir(exist_ok=True)
            shutil.copyfile(TEMPLATE / path, draft / path)
        before_publishing()
        with contextlib.suppress(FileNotFoundError):
            place.rmdir()  # fails, as the rename does, if the folder was filled meanwhile
        os.rename(draft, place)
    except OSError as error:
        raise NoRoomError(
            f"{target} cannot be written ({error.strerror}); name another folder; nothing was "
            "written"
        ) from None
    finally:
        # after a successful rename the draft is gone and the parent folders are not empty
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        for above in made:
            with contextlib.suppress(OSError):
                above.rmdir()
    return target


def _check_free(target: Path) -> None:
    """Raise if the name cannot be used, or the target exists and is no empty folder."""
    wrong = fault_in_name(target)
    if wrong is not None:
        raise NoRoomError(f"{one_line(str(target))}: {wrong}; nothing was written")
    if target.is_dir() and any(target.iterdir()):
        raise NoRoomError(f"{target} is not empty; name a new folder; nothing was written")
    if target.exists() and not target.is_dir():
        raise NoRoomError(f"{target} is a file; name a new folder; nothing was written")
