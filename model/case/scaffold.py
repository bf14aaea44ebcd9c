"""A case to begin with: invented, commented, valid."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"
#: What a case consists of, and a word on it.
SUFFIXES = (".csv", ".toml", ".md")


class NoRoomError(Exception):
    """A place where no case can be written; its text says why and what to do."""


def template_files() -> list[Path]:
    """Files of the scaffold, relative to its folder."""
    return sorted(
        path.relative_to(TEMPLATE) for path in TEMPLATE.rglob("*") if path.suffix in SUFFIXES
    )


def new_case(folder: str | Path, before_publishing: Callable[[], object] = lambda: None) -> Path:
    """Write a minimal case: every figure invented, every table explained, and it runs.

    Parameters
    ----------
    folder : str or Path
        Made, with the folders above it; it may exist if it is empty.
    before_publishing : callable
        Called once all is written; what it raises leaves nothing behind.

    Returns
    -------
    Path
        The folder, whole; if anything fails, nothing is left behind.

    Raises
    ------
    NoRoomError
        When something is there already, or the place cannot be written.
    """
    target = Path(folder)
    draft: Path | None = None
    made: list[Path] = []
    try:
        _check_free(target)
        # where a link leads, so that the draft lies beside the folder itself
        place = target.resolve()
        made = [above for above in place.parents if not above.exists()]
        place.parent.mkdir(parents=True, exist_ok=True)
        # beside the target, so that it appears whole
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
        for path in template_files():
            (draft / path).parent.mkdir(exist_ok=True)
            shutil.copyfile(TEMPLATE / path, draft / path)
        draft.chmod(0o755)
        before_publishing()
        with contextlib.suppress(FileNotFoundError):
            place.rmdir()  # refuses, as the rename does, what was filled meanwhile
        os.rename(draft, place)
    except OSError as error:
        raise NoRoomError(
            f"{target} cannot be written ({error.strerror}); name another folder, nothing was "
            "written"
        ) from None
    finally:
        # once the case is in its place there is no draft, and folders above it are not empty
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        for above in made:
            with contextlib.suppress(OSError):
                above.rmdir()
    return target


def _check_free(target: Path) -> None:
    """Refuse what is there already, an empty folder apart."""
    if target.is_dir() and any(target.iterdir()):
        raise NoRoomError(f"{target} is not empty; name a new folder, nothing was written")
    if target.exists() and not target.is_dir():
        raise NoRoomError(f"{target} is a file; name a new folder, nothing was written")
