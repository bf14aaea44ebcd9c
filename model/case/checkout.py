"""Where this checkout keeps its cases, and which version of the program it is."""

from __future__ import annotations

import os
from pathlib import Path

__version__ = "0.1.0"

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "inputs"
#: The case that comes with the program.
DEFAULT = "russia"
INPUTS = CASES / DEFAULT


def case_folder(named: str | Path) -> Path:
    """Folder of a case, from the name of one of this checkout or from a path.

    Parameters
    ----------
    named : str or Path
        The name of a folder of ``inputs/``, or else any path; where both exist, ``./NAME`` is
        the path.

    Returns
    -------
    Path
        Relative to the working directory where it lies below it.
    """
    text = str(named)
    # os.path's, since pathlib's raises at names that no system takes
    if text and os.path.basename(text) == text and os.path.isdir(CASES / text):
        return near(CASES / text)
    return Path(named)


def near(path: Path) -> Path:
    """A path from the working directory, if it lies below it; otherwise the path itself."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
