"""Names that a shell offers while a command is typed, read from a case's files at once.

Nothing is checked and no numerical library is imported: what cannot be read offers nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from model.case.checkout import CASES
from model.case.folders import BASELINE, READINGS, bytes_of, scenario_names
from model.case.including import (
    Toml,
    copy_of,
    included_files,
    stated_includes,
    with_host,
    with_priors,
)
from model.case.reader.cells import rows_of_text
from model.case.reader.toml_places import toml_of
from model.equations.quantities import BASIC, LISTED, Basic

#: Currencies of which every case has rates: by the ECB, whose table has many more.
ALWAYS = ("USD", "EUR")


def names_in(folder: Path, kind: str) -> list[str]:
    """Names of a kind in a case; none if its files cannot be read.

    Parameters
    ----------
    folder : Path
        Folder of the case.
    kind : {"scenarios", "quantities", "sources", "rows", "held_out", "readings", "currencies"}
    """
    try:
        return list(_NAMES[kind](folder))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def case_names() -> list[str]:
    """Names of the cases in this checkout."""
    return sorted(path.parent.name for path in CASES.glob("[!.]*/timeline.toml"))


def _toml(path: Path) -> Toml:
    return toml_of(bytes_of(path).decode("utf-8-sig"))


def _taken(folder: Path, name: str) -> dict[str, str]:
    """Text of a file of the cases that hosts are taken from, by host."""
    found = included_files(folder)
    return {
        host: found[path].decode("utf-8-sig")
        for host in stated_includes(_toml(folder / "timeline.toml"))
        if (path := f"{copy_of(host)}/{name}") in found
    }


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    texts = [bytes_of(folder / name).decode("utf-8-sig"), *_taken(folder, name).values()]
    return [cells for text in texts for _, cells in rows_of_text(text)]


def _of_role(*roles: str) -> Callable[[Path], list[str]]:
    def found(folder: Path) -> list[str]:
        return [one["id"] for one in _rows(folder, "evidence.csv") if one.get("role") in roles]

    return found


def _timeline(folder: Path) -> Toml:
    """Content of timeline.toml, with hosts taken from other cases."""
    timeline = _toml(folder / "timeline.toml")
    for host, inner in _taken(folder, "timeline.toml").items():
        timeline = with_host(timeline, host, toml_of(inner))
    return timeline


def _quantities(folder: Path) -> Iterator[str]:
    """Basic quantities, as what-ifs name them: those of the first host without its name."""
    timeline, priors = _timeline(folder), _toml(folder / "priors.toml")
    for host, inner in _taken(folder, "priors.toml").items():
        priors = with_priors(priors, host, toml_of(inner))
        for name in timeline["hosts"][host].get("without", ()):
            priors[host].pop(name, None)
    stated = {*priors, *(name for host in timeline["hosts"] for name in priors.get(host, ()))}
    segments = _rows(folder, "segments.csv")
    for place, host in enumerate(timeline["hosts"]):
        prefix = f"{host}." if place else ""
        own = [one["id"] for one in segments if one["host"] == host]
        for basic in BASIC:
            if not basic.optional or basic.name in stated:
                for entry in _entries(basic, timeline, host, own):
                    yield f"{prefix}{basic.name}{entry}"


def _entries(basic: Basic, timeline: Toml, host: str, segments: list[str]) -> list[str]:
    """What follows a quantity's name: each entry of its index, or nothing."""
    if not basic.index:
        return [""]
    if basic.index == "segment":
        return [f".{one}" for one in segments]
    if basic.index == "quarter":
        first, last = (_quarter(timeline[end]) for end in ("start", "end"))
        return [f".{one // 4}q{one % 4 + 1}" for one in range(first, last + 1)]
    key = LISTED[basic.index]
    table = timeline["hosts"][host].get(key) or timeline.get(key) or timeline["phases"]
    return [f".{one['name']}" for one in table]


def _currencies(folder: Path) -> list[str]:
    """Currencies of the hosts and of the case's own rates, beside those that always have rates."""
    found = list(ALWAYS)
    for host in _timeline(folder)["hosts"].values():
        found += [host["currency"], *(one["currency"] for one in host.get("became", []))]
    if os.path.exists(folder / "fx.csv"):
        found += [one["currency"] for one in _rows(folder, "fx.csv")]
    return list(dict.fromkeys(found))


def _quarter(month: str) -> int:
    """Quarters until that of a month, YYYY-MM."""
    year, number = month.split("-")
    return int(year) * 4 + (int(number) - 1) // 3


def _readings(folder: Path) -> list[str]:
    own = folder / READINGS
    texts = [] if os.path.exists(own) else _taken(folder, READINGS).values()
    return list(_toml(own) if not texts else toml_of(next(iter(texts))))


_NAMES: dict[str, Callable[[Path], Any]] = {
    "scenarios": lambda folder: [one for one in scenario_names(folder) if one != BASELINE],
    "quantities": _quantities,
    "sources": lambda folder: dict.fromkeys(one["id"] for one in _rows(folder, "sources.csv")),
    "rows": _of_role("fit", ""),
    "held_out": _of_role("holdout"),
    "readings": _readings,
    "currencies": _currencies,
}
