"""Open the cases that hosts are taken from, and check that a host can be taken from each."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from model.case.faults import FAR, choose, quote
from model.case.including import IncludeError, Toml, stated_includes
from model.case.phases import Timeline
from model.case.reader.files import Folder
from model.case.reader.settings import TimelineFile
from model.case.reader.toml_places import Place, dotted, line_of
from model.equations.quantities import BASIC
from model.terminal.wording import counted

TIMELINE = "timeline.toml"
#: Quantities that a case may leave out.
OPTIONAL = tuple(basic.name for basic in BASIC if basic.optional)
#: What stands for a host's table that cannot be read, so that the rest is checked.
UNREAD = {"title": "not read", "currency": "USD"}


@dataclass(frozen=True, slots=True)
class Included:
    """A case of one host, which another case takes.

    Attributes
    ----------
    host : str
    folder : Folder
        Its report names its files by ``shown``.
    shown : str
        The folder, as messages name it.
    first : int
        What is added to the lines of its tables.
    file : TimelineFile
        Its timeline.toml, checked.
    timeline : Timeline
        With its own months.
    without : tuple of str
        Quantities of which no prior is taken.
    """

    host: str
    folder: Folder
    shown: str
    first: int
    file: TimelineFile
    timeline: Timeline
    without: tuple[str, ...] = ()


def opened(folder: Folder, host: str, stated: str, text: str) -> tuple[Folder, str] | None:
    """Return the folder that a host is taken from and its name, or None with the fault reported."""
    try:
        return folder.other(host, stated)
    except IncludeError as error:
        place: Place = ("hosts", host, "include")
        folder.report.add(TIMELINE, line_of(text, place), dotted(place), str(error))
        return None


def nested(folder: Folder, content: Toml, text: str) -> bool:
    """Return whether a case that is included takes hosts from others itself; report it if so."""
    found = stated_includes(content)
    for host in found:
        place: Place = ("hosts", host, "include")
        message = f"{host} is taken from a third case; name that one where this one is included"
        folder.report.add(TIMELINE, line_of(text, place), dotted(place), message)
    return bool(found)


def faults_of(host: str, file: TimelineFile) -> list[tuple[Place, str]]:
    """Return the errors in a timeline.toml from which a host is to be taken."""
    faults: list[tuple[Place, str]] = []
    if list(file.hosts) != [host]:
        got = ", ".join(file.hosts)
        message = f"the case has {got}, but {host} is to be taken from it"
        faults.append((("hosts",), f"{message}; name a case whose one host is {host}"))
    if file.groups:
        message = "a case that is included has one host and no group; name the host in its rows"
        faults.append((("groups",), message))
    return faults


def without_faults(file: TimelineFile) -> list[tuple[Place, str]]:
    """Return the errors in the names of quantities that are not taken from an included case."""
    faults: list[tuple[Place, str]] = []
    for host, table in file.hosts.items():
        for i, name in enumerate(table.without):
            place: Place = ("hosts", host, "without", i)
            if table.include is None:
                faults.append((place, "the host is taken from no other case; remove it"))
            elif name not in OPTIONAL:
                message = f"{quote(name)} is no quantity that a case may leave out"
                faults.append((place, f"{message}; {choose(name, OPTIONAL)}"))
    return faults


def without(content: Toml, host: str) -> Toml:
    """Return timeline.toml with something in the place of a host that could not be read."""
    hosts = content["hosts"]
    return {**content, "hosts": {**hosts, host: {**UNREAD, **hosts[host]}}}


def tell(folder: Folder, timeline: Timeline, evidence: pd.DataFrame, sources: pd.DataFrame) -> None:
    """Note what was taken from other cases, and that their phases were cut to other months."""
    for one in folder.included.values():
        rows, read = (
            counted(int((table["row"] // FAR == one.first // FAR).sum()), what, f"{what}s")
            for table, what in ((evidence, "row"), (sources, "source"))
        )
        said = f"{rows} of evidence and {read} of its own are taken from {one.shown}"
        here, there = (f"{own.months[0]} to {own.months[-1]}" for own in (timeline, one.timeline))
        if here != there:
            said += f"; it covers {there}, and its phases are made to cover {here}"
        folder.report.note(TIMELINE, None, f"hosts.{one.host}.include", said)
