"""Names and bytes of the files in a case's folder.

No numerical library is imported here, so that a stored answer is returned at once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Files that a case may contain.
CASE_FILES = (
    "evidence.csv", "sources.csv", "firms.csv", "segments.csv", "fx.csv", "priors.toml",
    "timeline.toml", "reading.toml", "readings.toml",
)  # fmt: skip
#: Optional file of rival readings.
READINGS = "readings.toml"
#: Optional file of sources that might be found: part of a run, but not of a fit.
PROSPECTS = "prospects.csv"
SCENARIOS = "scenarios"
BASELINE = "baseline"


def content_hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of files by name, in the order given."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def files_of(
    folder: Path, scenarios: Sequence[str]
) -> tuple[dict[str, bytes], dict[str, bytes]] | None:
    """Bytes of a case's files and of a run's other inputs, by name; None if one is missing.

    The other inputs are the requested scenarios and the prospects. The result is also None if two
    scenarios share a name, which is an error. Nothing else is checked: the only purpose is to find
    out whether the question was already estimated.
    """
    paths = scenario_paths(folder, scenarios)
    if len({path.stem for path in paths}) < len(paths):
        return None
    try:
        case = {name: path.read_bytes() for name in CASE_FILES if (path := folder / name).is_file()}
        beside = {path.stem: path.read_bytes() for path in paths}
        if (path := folder / PROSPECTS).is_file():
            beside[PROSPECTS] = path.read_bytes()
    except OSError:
        return None
    return case, beside


def scenario_paths(case: Path, scenarios: Sequence[str]) -> list[Path]:
    """Files of the requested scenarios, given by name or as a file; the baseline first, if any."""
    folder = case / SCENARIOS
    paths = [
        Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
        for name in scenarios
        if name != BASELINE
    ]
    baseline = folder / f"{BASELINE}.toml"
    # os.path, because pathlib raises on names that no system accepts
    there = os.path.isfile(baseline)
    return [*([baseline] if there else []), *dict.fromkeys(paths)]
