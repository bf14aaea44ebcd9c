"""Read timeline.toml and reading.toml: months, phases, hosts and the reading of words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from model.case.contents import WORLD, Changeover, Host, Reading
from model.case.faults import Report, choose, quote
from model.case.including import Toml, stated_includes, with_host
from model.case.phases import Phase, Sanction, Timeline
from model.case.reader.files import Folder
from model.case.reader.settings import HostTable, ReadingFile, StretchTable, TimelineFile
from model.case.reader.taken_hosts import (
    TIMELINE,
    Included,
    faults_of,
    nested,
    opened,
    without,
    without_faults,
)
from model.case.reader.toml_files import period, read_toml, validate
from model.case.reader.toml_places import Place, dotted, line_of
from model.equations.quantities import BASIC_BY_NAME, LISTED

READING = "reading.toml"

#: Keys used beside an index's entries in priors.toml, so not allowed as names of entries.
RESERVED = ("p05", "p95", "unit", "basis")


def read_timeline(
    folder: Folder,
) -> tuple[TimelineFile, str, Timeline | None, tuple[Host, ...]] | None:
    """Return timeline.toml, its text, the timeline and the hosts; None if it is unreadable.

    Only the timeline is None if its months or phases are inconsistent. The cases that hosts are
    taken from are opened, and stand in ``folder.included``.
    """
    read = read_toml(folder, TIMELINE)
    if read is None:
        return None
    content, text = read
    stated = stated_includes(content)
    for host, where in stated.items():
        content = _with_host(folder, content, text, host, where)
    found = _checked(folder, content, text)
    if len(folder.included) < len(stated):
        folder.report.stop()  # all rows of the hosts would be reported
    if found is None:
        return None
    file, sound = found
    hosts = tuple(
        Host(name, host.title, host.currency, _changeovers(host))
        for name, host in file.hosts.items()
    )
    return file, text, _timeline(file) if sound else None, hosts


def _with_host(folder: Folder, content: Toml, text: str, host: str, where: str) -> Toml:
    """Open the case that a host is taken from, and return timeline.toml with what it says of it."""
    inner = opened(folder, host, where, text)
    read = None if inner is None else read_toml(inner[0], TIMELINE)
    found = None if inner is None or read is None else _checked(inner[0], *read, taken=host)
    if inner is None or read is None or found is None or not found[1]:
        return without(content, host)
    within, shown = inner
    left = content["hosts"][host].get("without")
    folder.included[host] = Included(
        host=host,
        folder=within,
        shown=shown,
        first=folder.report.numbered(shown),
        file=found[0],
        timeline=_timeline(found[0]),
        # anything else is reported with the other keys
        without=tuple(left) if isinstance(left, list) else (),
    )
    return with_host(content, host, read[0])


def _checked(
    folder: Folder, content: Toml, text: str, taken: str = ""
) -> tuple[TimelineFile, bool] | None:
    """Return timeline.toml and whether it is consistent, with its errors reported.

    Parameters
    ----------
    taken : str
        Host that another case takes from this one.
    """
    if taken and nested(folder, content, text):
        return None
    file = validate(TimelineFile, content, TIMELINE, text, folder.report)
    if file is None:
        return None
    faults = [*_month_faults(file), *_name_faults(file), *_changeover_faults(file)]
    faults += faults_of(taken, file) if taken else []
    faults += [*_group_faults(file), *without_faults(file)]
    owners: list[tuple[Place, TimelineFile | HostTable]] = [((), file)]
    owners += [(("hosts", name), host) for name, host in file.hosts.items()]
    for place, owner in owners:
        for key in LISTED.values():
            if (stretches := getattr(owner, key)) is not None:
                faults += _stretch_faults((*place, key), stretches, file.start, file.end)
    for path, message in faults:
        folder.report.add(TIMELINE, line_of(text, path), dotted(path), message)
    return file, not faults


def _month_faults(file: TimelineFile) -> list[tuple[Place, str]]:
    if file.end < file.start:
        return [(("end",), f"{file.end} is before the start, {file.start}; write a later month")]
    faults: list[tuple[Place, str]] = []
    covered = f"the timeline, {file.start} to {file.end}"
    if not file.start <= file.reference <= file.end:
        faults.append((("reference",), f"{file.reference} lies outside {covered}; move it inside"))
    if not (file.start <= f"{file.headline}-01" and f"{file.headline}-12" <= file.end):
        message = f"not all months of {file.headline} are in {covered}; name a year covered in full"
        faults.append((("headline",), message))
    return faults


def _name_faults(file: TimelineFile) -> list[tuple[Place, str]]:
    return [
        (("hosts", name), f"{name!r} is the name of a quantity; rename the host")
        for name in file.hosts
        if name in BASIC_BY_NAME
    ]


def _group_faults(file: TimelineFile) -> list[tuple[Place, str]]:
    """Return the errors in named groups of hosts."""
    faults: list[tuple[Place, str]] = []
    for name, members in file.groups.items():
        place: Place = ("groups", name)
        if name in file.hosts or name in BASIC_BY_NAME:
            of = "a host" if name in file.hosts else "a quantity"
            faults.append((place, f"{name!r} is the name of {of}; rename the group"))
        for i, member in enumerate(members):
            if member not in file.hosts:
                message = f"there is no host {quote(member)}; {choose(member, file.hosts)}"
                faults.append(((*place, i), message))
            elif member in members[:i]:
                faults.append(((*place, i), f"{member!r} occurs twice; name it once"))
        missing = [host for host in file.hosts if host not in members]
        if name == WORLD and missing:
            message = f"{', '.join(missing)} is not in it; the world is all hosts of the case"
            faults.append((place, message))
    return faults


def _changeovers(host: HostTable) -> tuple[Changeover, ...]:
    """Return a host's changes of currency, each from the currency before."""
    before = [host.currency, *(one.currency for one in host.became)]
    return tuple(
        Changeover(old, one.currency, period(one.since), one.per_new)
        for old, one in zip(before, host.became, strict=False)
    )


def _changeover_faults(file: TimelineFile) -> list[tuple[Place, str]]:
    """Return the errors in hosts' changes of currency, which hold for all hosts."""
    faults: list[tuple[Place, str]] = []
    stated: dict[tuple[str, str], tuple[str, float]] = {}
    for name, host in file.hosts.items():
        earlier, seen = "", {host.currency}
        for i, (change, one) in enumerate(zip(_changeovers(host), host.became, strict=True)):
            place: Place = ("hosts", name, "became", i)
            if change.new in seen:
                message = f"{change.new} is the host's currency already; name the one that it took"
                faults.append(((*place, "currency"), message))
            if one.since <= earlier:
                message = f"{one.since} is not after {earlier}, the change before"
                faults.append(((*place, "from"), f"{message}; put them in order of time"))
            said = (one.since, change.per_new)
            if stated.setdefault((change.old, change.new), said) != said:
                message = f"another host changes from {change.old} to {change.new} otherwise"
                faults.append(((*place, "per_new"), f"{message}; state it alike"))
            earlier = one.since
            seen.add(change.new)
    return faults


def _stretch_faults(
    key: Place, stretches: Sequence[StretchTable], start: str, end: str
) -> list[tuple[Place, str]]:
    """Return the errors that keep phases from covering the timeline one after the other."""
    faults: list[tuple[Place, str]] = []
    if stretches[0].start != start:
        message = f"the first starts in {stretches[0].start}, the timeline in {start}"
        faults.append(((*key, 0, "start"), f"{message}; write {start}"))
    names: list[str] = []
    for i, stretch in enumerate(stretches):
        if stretch.name in names or stretch.name in RESERVED:
            why = "occurs twice" if stretch.name in names else "is a reserved word"
            faults.append(((*key, i, "name"), f"{stretch.name!r} {why}; write another name"))
        names.append(stretch.name)
        if i and stretch.start <= stretches[i - 1].start:
            message = f"{stretch.start} is not after {stretches[i - 1].start}, when the one before"
            faults.append(((*key, i, "start"), f"{message} starts; put them in order of time"))
        elif i and start <= end < stretch.start:
            message = f"{stretch.start} lies outside the timeline, {start} to {end}"
            faults.append(((*key, i, "start"), f"{message}; move it inside or remove it"))
    return faults


def _timeline(file: TimelineFile) -> Timeline:
    months = pd.period_range(file.start, file.end, freq="M")
    return Timeline(
        title=file.title,
        months=months,
        reference=period(file.reference),
        headline=file.headline,
        common={
            "irregular_phase": _stretches(file.phases),
            **_own_stretches(file),
            "quarter": tuple(
                Phase(str(quarter).lower(), quarter.asfreq("M", "start"), "Quarter of a year.")
                for quarter in months.asfreq("Q").unique()
            ),
        },
        sanctions=tuple(
            Sanction(one.date, one.instrument, one.requires, one.source) for one in file.sanctions
        ),
        own={name: _own_stretches(host) for name, host in file.hosts.items()},
    )


def _own_stretches(owner: TimelineFile | HostTable) -> dict[str, tuple[Phase, ...]]:
    """Return the phases that a host, or the case, states, by index of the catalogue."""
    return {
        index: _stretches(tables)
        for index, key in LISTED.items()
        if (tables := getattr(owner, key)) is not None
    }


def _stretches(tables: Sequence[StretchTable]) -> tuple[Phase, ...]:
    return tuple(Phase(table.name, period(table.start), table.because) for table in tables)


def read_reading(folder: Folder) -> Reading | None:
    """Return the rules for reading words, or None with the errors in reading.toml reported."""
    read = read_toml(folder, READING)
    if read is None:
        return None
    content, text = read
    file = validate(ReadingFile, content, READING, text, folder.report)
    if file is None:
        return None
    spread, panel = file.spread, file.panel or file.spread
    _ordered(folder.report, text, "spread.units", spread.units_p05, spread.units_p95)
    _ordered(folder.report, text, "spread.deviation", spread.deviation_p05, spread.deviation_p95)
    if file.panel is not None:
        _ordered(folder.report, text, "panel.deviation", panel.deviation_p05, panel.deviation_p95)
    credibility = file.credibility.model_dump(by_alias=True, exclude={"basis"})
    return Reading(
        reliability=file.reliability.model_dump(exclude={"basis"}),
        credibility={int(number): deviation for number, deviation in credibility.items()},
        tails=file.tails.model_dump(exclude={"basis"}),
        rounding_cap=file.rounding.cap,
        range_coverage=file.range.coverage,
        spread_units=(spread.units_p05, spread.units_p95),
        spread_deviation=(spread.deviation_p05, spread.deviation_p95),
        panel_deviation=(panel.deviation_p05, panel.deviation_p95),
        echo_shared=file.echo.shared,
        letter_sd=file.errors.letter_sd,
        off_share=file.errors.off_share,
        off_by=file.errors.off_by,
        slip_factor=file.slips.factor,
        varies=file.varies.model_dump(exclude={"basis"}, exclude_none=True) if file.varies else {},
        basis={
            name: table.basis
            for name in ReadingFile.model_fields
            if (table := getattr(file, name)) is not None
        },
    )


def _ordered(report: Report, text: str, name: str, p05: float, p95: float) -> None:
    if p05 >= p95:
        table, _, key = name.partition(".")
        path: Place = (table, f"{key}_p05")
        message = f"{p05:g} is not below {key}_p95, {p95:g}; write the lower one as {key}_p05"
        report.add(READING, line_of(text, path), dotted(path), message)
