"""Where the program's cases are, and its runs."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "inputs"
#: The case supplied with the program.
DEFAULT = "russia"
INPUTS = CASES / DEFAULT


def case_folder(named: str | Path) -> Path:
    """Folder of a case, given as a path or as the name of a case in this checkout.

    Parameters
    ----------
    named : str or Path
        The name of a folder in ``inputs/``, or any other path; if both exist, write ``./NAME``
        for the path. ``RUN/inputs`` also finds the copy of a case in a run in the folder of runs.

    Returns
    -------
    Path
        Relative to the working directory if it lies below it.
    """
    text = str(named)
    # os.path, because pathlib raises on names that no system accepts
    if text and os.path.basename(text) == text and os.path.isdir(CASES / text):
        return near(CASES / text)
    if os.path.basename(text) == "inputs" and not os.path.exists(text):
        # also for somebody who has a run's folder, but not the checkout that made it
        for runs in (near(runs_folder()), "runs"):
            if os.path.isdir(kept := os.path.join(runs, text)):
                return Path(kept)
    return Path(named)


def runs_folder(named: str | Path | None = None) -> Path:
    """Folder of runs: as named, else ``$SENT_WORKERS_RUNS``, else ``runs`` in this checkout."""
    return Path(named or os.environ.get("SENT_WORKERS_RUNS") or ROOT / "runs")


def near(path: Path) -> Path:
    """A path relative to the working directory if it lies below it; otherwise unchanged."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


#: Folder of runs of a command that is given none.
RUNS = near(runs_folder())
