"""Where the hosts of a case are taken from other cases, and the files that are taken.

``include = "../russia"`` in ``[hosts.russia]`` of timeline.toml names the other case. A copy of a
case, such as a run keeps, holds what was taken in ``included/HOST/``, which is looked for first.

No numerical library is imported here, so that a stored answer is returned at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

from model.case.faults import quote
from model.case.folders import READINGS, TITLES, bytes_of, hidden, workbook_of
from model.case.reader.characters import WORD
from model.case.reader.toml_places import toml_of

#: Folder of a copy that holds what was taken from other cases, by host.
INCLUDED = "included"
#: Tables of which the rows are taken, those that every case has first.
TABLES = (
    "evidence.csv", "sources.csv", "segments.csv", "firms.csv", "links.csv", "fx.csv",
    "prices.csv",
)  # fmt: skip
#: Keys of the phases that a host may have of its own.
STRETCHES = ("phases", "irregular_phases", "tax_periods")
#: Files that are taken; READINGS only by a case without any, TITLES only by one that has some.
TAKEN = (*TABLES, "priors.toml", "timeline.toml", READINGS, TITLES)
#: Kinds of titles that are taken as they are; of its hosts only the one, READINGS with the file.
TITLED = ("segments", "phases", "speakers", "publishers")


Toml = dict[str, Any]
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)


class IncludeError(ValueError):
    """A folder that no host can be taken from; the text says why and what to write."""


def stated_includes(timeline: Mapping[str, Any]) -> dict[str, str]:
    """Folder that each host is taken from, as the content of timeline.toml states it."""
    hosts = timeline.get("hosts")
    tables = hosts.items() if isinstance(hosts, dict) else ()
    return {
        name: table["include"]
        for name, table in tables
        if isinstance(table, dict) and WORD.fullmatch(name)
        # what is no text is reported with the other keys
        if isinstance(table.get("include"), str)
    }


def copy_of(host: str) -> str:
    """Name, within a copy, of the folder that holds what a host was taken from."""
    return f"{INCLUDED}/{host}"


def included_folder(case: Path, host: str, stated: str) -> tuple[Path, Path, str]:
    """Find the folder that a host is taken from.

    Returns
    -------
    folder : Path
    root : Path
        Folder that no file of it may lead out of.
    shown : str
        Its name in messages.

    Raises
    ------
    IncludeError
    """
    own = Path(os.path.realpath(case))
    copy = own / INCLUDED / host
    if os.path.isdir(copy):
        return copy, own, copy_of(host)
    parts = stated.split("/")
    if not stated.strip() or os.path.isabs(stated) or PureWindowsPath(stated).drive:
        message = "is no folder relative to the case"
    elif "\\" in stated:
        message = "has a backslash"
    elif any(hidden(part) and part not in (".", "..") for part in parts):
        message = "is hidden"
    else:
        folder, above = Path(os.path.realpath(own / stated)), own.parent
        if folder in (own, above) or not folder.is_relative_to(above):
            message = "leads to no other folder beside the case or in it"
        elif not os.path.isdir(folder):
            message = "is not there" if not os.path.exists(folder) else "is a file"
        else:
            return folder, above, stated.rstrip("/")
    raise IncludeError(f"{quote(stated)} {message}; write one such as ../{host}")


def included_files(case: Path) -> dict[str, bytes]:
    """Bytes of the files that a case takes from others, by their names in a copy.

    Raises
    ------
    OSError, ValueError
        If they cannot be found so, or a table is in a workbook; reading the case says why.
    """
    timeline = toml_of(bytes_of(case / "timeline.toml").decode("utf-8-sig"))
    skipped = {READINGS} if os.path.exists(case / READINGS) else set()
    skipped |= set() if os.path.exists(case / TITLES) else {TITLES}
    found = {}
    for host, stated in stated_includes(timeline).items():
        folder, root, _ = included_folder(case, host, stated)
        for name in TAKEN:
            path = folder / name
            if os.path.exists(path) and name not in skipped:
                if leads_outside(path, root):
                    raise IncludeError(f"{path} leads outside")
                found[f"{copy_of(host)}/{name}"] = bytes_of(path)
            elif os.path.exists(folder / (workbook_of(name) or name)) and name != READINGS:
                raise IncludeError(f"{path} is a workbook")
    return found


def leads_outside(path: Path, root: Path) -> bool:
    """Whether a file, links followed, lies outside of a folder."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def hosts_of_copy(case: Path) -> list[str]:
    """Hosts that a copy holds what was taken for, in the order of their names."""
    above = case / INCLUDED
    names = [one.name for one in above.iterdir() if one.is_dir()] if above.is_dir() else []
    return sorted(name for name in names if not hidden(name))


# What the files say together, once they are checked


def with_host(timeline: Toml, host: str, inner: Toml) -> Toml:
    """Content of timeline.toml, with what another case's says of the host that is taken from it.

    What the including case states of the host itself is kept. Phases are cut to its months: the
    first is extended back to the first month, or begins in it.
    """
    hosts, own = timeline["hosts"], inner["hosts"][host]
    found = {key: value for key, value in own.items() if key not in STRETCHES}
    ends = timeline.get("start"), timeline.get("end")
    for key in STRETCHES:
        stretches = own.get(key) or inner.get(key) or inner["phases"]
        found[key] = _cut(stretches, *ends)
    return {**timeline, "hosts": {**hosts, host: {**found, **hosts[host]}}}


def _cut(stretches: list[Toml], start: Any, end: Any) -> list[Toml]:
    """Return phases cut to other months; unchanged if those are no months."""
    if not all(isinstance(one, str) and _MONTH.fullmatch(one) for one in (start, end)):
        return stretches
    kept = [one for one in stretches if one["start"] <= end] or stretches[:1]
    while len(kept) > 1 and kept[1]["start"] <= start:
        kept.pop(0)
    return [{**kept[0], "start": start}, *kept[1:]]


def with_priors(priors: Toml, host: str, inner: Toml) -> Toml:
    """Content of priors.toml, with the tables of another case as those of its host."""
    own, found = priors.get(host, {}), inner | inner.get(host, {})
    found.pop(host, None)
    for name, table in own.items():
        entries = all(isinstance(one, dict) for one in table.values())
        found[name] = found.get(name, {}) | table if entries else table
    return {**priors, host: found}


def with_titles(titles: Toml, host: str, inner: Toml, *, readings: bool) -> Toml:
    """Titles by language and kind, with those of another case for what is taken from it.

    Languages are those that the including case has; what it titles itself is kept.
    """
    kinds = (*TITLED, "readings") if readings else TITLED
    return {
        language: own
        | {kind: inner.get(language, {}).get(kind, {}) | own.get(kind, {}) for kind in kinds}
        | {"hosts": _of_host(inner.get(language, {}), host) | own.get("hosts", {})}
        for language, own in titles.items()
    }


def _of_host(titles: Toml, host: str) -> Toml:
    return {name: title for name, title in titles.get("hosts", {}).items() if name == host}
