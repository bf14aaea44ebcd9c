"""Read titles.toml: a case's own titles in other languages, each checked against the case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from model.case.faults import quote
from model.case.folders import READINGS, TITLES, is_copy, scenario_names
from model.case.including import with_titles
from model.case.phases import Timeline
from model.case.reader.settings import Filled, Line, Table
from model.case.reader.toml_files import read_toml, validate
from model.case.reader.toml_places import Place, dotted, line_of
from model.equations.quantities import LISTED

if TYPE_CHECKING:
    from model.case.case import Case
    from model.case.reader.files import Folder

#: Titles by kind and name.
Titles = Mapping[str, Mapping[str, str]]
#: Names of each kind that a case has; None where they are not known.
Names = Mapping[str, tuple[str, ...] | None]

#: A language, as ISO 639 writes it.
LANGUAGE = re.compile(r"[a-z]{2,3}")

Lines = Annotated[dict[str, Line], Field(default_factory=dict)]
Texts = Annotated[dict[str, Filled], Field(default_factory=dict)]


class TitlesTable(Table):
    """``[LANGUAGE.KIND]``: titles by the name of what they are titles of."""

    case: Annotated[Lines, Field(description="The case's own: title and sender.")]
    hosts: Annotated[Lines, Field(description="Hosts of timeline.toml.")]
    groups: Annotated[Lines, Field(description="Named groups of hosts.")]
    segments: Annotated[Lines, Field(description="Ids of segments.csv.")]
    phases: Annotated[Lines, Field(description="Phases, of every kind.")]
    readings: Annotated[Lines, Field(description="Rival readings.")]
    scenarios: Annotated[Lines, Field(description="Titles of scenarios.")]
    descriptions: Annotated[Texts, Field(description="Descriptions of scenarios.")]
    prospects: Annotated[Lines, Field(description="Sources that might be found.")]
    speakers: Annotated[Lines, Field(description="Who said it, by id of evidence.csv.")]
    publishers: Annotated[Lines, Field(description="Publishers, by id of sources.csv.")]


def _phases(timeline: Timeline) -> tuple[str, ...]:
    """Names of all phases that a case states, in its own order."""
    owners = (timeline.common, *timeline.own.values())
    found = (one.name for own in owners for index in LISTED for one in own.get(index, ()))
    return tuple(dict.fromkeys(found))


def read_titles(folder: Folder, timeline: Timeline | None) -> dict[str, Titles]:
    """Return titles by language, kind and name; empty if the case has no file.

    A host that is taken from another case brings its titles along, but for phases that are not
    taken. Every error is in ``folder.report``. What has no title keeps the case's own; a title of
    what the case does not have, as when a row is taken out, is no error: ``untitled`` and
    ``of_nothing``.
    """
    found = _read(folder)
    kept = () if timeline is None else _phases(timeline)
    for host, one in folder.included.items() if found else ():
        inner = _read(one.folder)
        for titles in inner.values():
            titles["phases"] = {
                name: titles["phases"][name] for name in kept if name in titles["phases"]
            }
        found = with_titles(found, host, inner, readings=READINGS not in folder.files)
    return found


def _read(folder: Folder) -> dict[str, Any]:
    """Return the titles that one case states itself."""
    read = read_toml(folder, TITLES, required=False)
    if read is None:
        return {}
    content, text = read
    report = folder.report

    def fault(path: Place, message: str) -> None:
        report.add(TITLES, line_of(text, path), dotted(path), message)

    found: dict[str, Any] = {}
    for language, inner in content.items():
        if not LANGUAGE.fullmatch(language):
            fault((language,), f"{quote(language)} is not a language; write its code, such as ko")
            continue
        table = validate(TitlesTable, inner, TITLES, text, report, (language,))
        if table is not None:
            found[language] = table.model_dump()
    if not content:
        report.add(TITLES, None, None, "there is no language; add [ko.hosts], or remove the file")
    return found


#: Kinds of which only what a report cites needs a title: names, mostly, which stay as they are.
NAMES = ("speakers", "publishers")


def untitled(case: Case) -> dict[str, list[str]]:
    """Titles that each language of titles.toml lacks, as KIND.NAME; the case's own stand in."""
    names = _names(case)
    return {
        language: [
            f"{kind}.{name}"
            for kind, allowed in names.items()
            for name in allowed or ()
            if kind not in NAMES and name not in titles[kind]
        ]
        for language, titles in case.titles.items()
    }


def of_nothing(case: Case) -> dict[str, list[str]]:
    """Titles in each language, as KIND.NAME, of what the case does not have; they title nothing."""
    names = _names(case)
    return {
        language: [
            f"{kind}.{name}"
            for kind, named in titles.items()
            for name in named
            if (allowed := names[kind]) is not None and name not in allowed
        ]
        for language, titles in case.titles.items()
    }


def _names(case: Case) -> Names:
    """What of a case may be titled, by kind; None for what a run's copy holds a part of."""
    scenarios = None if is_copy(case.folder) else tuple(scenario_names(case.folder))
    return {
        "case": ("title", "sender"),
        "hosts": tuple(host.name for host in case.hosts),
        "groups": tuple(case.groups),
        "segments": tuple(one.id for one in case.segments),
        "phases": _phases(case.timeline),
        "readings": tuple(one.name for one in case.readings),
        "scenarios": scenarios,
        "descriptions": scenarios,
        "prospects": tuple(one.name for one in case.prospects),
        "speakers": tuple(case.evidence["id"]),
        "publishers": tuple(case.sources["id"]),
    }
