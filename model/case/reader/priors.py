"""Read the priors of a case: assign each basic quantity its table of priors.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from model.case.contents import Host, Prior, Segment
from model.case.faults import Report, choose, closest, quote
from model.case.phases import Timeline
from model.case.reader.alike import check_alike
from model.case.reader.elicited import StatedError, quantiles_of, told
from model.case.reader.files import Folder
from model.case.reader.prior_tables import PriorTable, StatedPrior, form_of
from model.case.reader.toml_files import read_toml, validate
from model.case.reader.toml_places import dotted, line_of
from model.case.units import UnitError, canonical_unit, conversion
from model.equations.quantities import BASIC, BASIC_BY_NAME, BY_TIME, Basic

FILE = "priors.toml"
Path = tuple[str, ...]
#: Quantiles, basis, how far the period before lasts, and what is in common with other entries.
Figures = tuple[float, float, str, float, float]

#: Families with priors outside priors.toml, and what to do.
ELSEWHERE = {
    "segment_share": "its priors are share_p05 and share_p95 in segments.csv; remove the table",
}

FAMILIES = tuple(basic.name for basic in BASIC if basic.name not in ELSEWHERE)


@dataclass(frozen=True)
class Dimensions:
    """Dimensions that index a case; None if the file could not be read.

    Lookups made for every row of evidence are cached.
    """

    timeline: Timeline | None
    hosts: tuple[Host, ...] | None
    segments: tuple[Segment, ...] | None
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def entries(self, index: str, host: str | None = None) -> Mapping[str, None] | None:
        """Return the entries of a catalogue's index in order, for all hosts if none is named."""
        if (self.segments if index == "segment" else self.timeline) is None:
            return None
        key = (index, host)
        if key not in self._entries:
            self._entries[key] = dict.fromkeys(self._names(*key))
        return self._entries[key]

    def _names(self, index: str, host: str | None) -> Iterable[str]:
        if index == "segment":
            own = self.segments if host is None else self.segments_of(host)
            return [segment.id for segment in own or ()]
        if self.timeline is None:
            return ()
        hosts = [host] if host is not None else ["", *(one.name for one in self.hosts or ())]
        return [one.name for own in hosts for one in self.timeline.stretches(index, own)]

    def host(self, name: str) -> Host | None:
        """Return a modelled host by its name."""
        return self._hosts.get(name)

    def segments_of(self, host: str) -> tuple[Segment, ...]:
        """Return a host's segments."""
        return self._segments.get(host, ())

    @cached_property
    def span(self) -> tuple[pd.Period, pd.Period] | None:
        """First and last month of the timeline."""
        if self.timeline is None:
            return None
        return self.timeline.months[0], self.timeline.months[-1]

    @cached_property
    def selections(self) -> dict[tuple[str, str], tuple[str, ...] | str]:
        """Cache of selected segments, by host and cell."""
        return {}

    @cached_property
    def _entries(self) -> dict[tuple[str, str | None], Mapping[str, None]]:
        return {}

    @cached_property
    def _hosts(self) -> dict[str, Host]:
        return {host.name: host for host in self.hosts or ()}

    @cached_property
    def _segments(self) -> dict[str, tuple[Segment, ...]]:
        own: dict[str, list[Segment]] = {}
        for segment in self.segments or ():
            own.setdefault(segment.host, []).append(segment)
        return {host: tuple(segments) for host, segments in own.items()}


@dataclass(slots=True)
class PriorFile:
    """State of priors.toml while it is read.

    Attributes
    ----------
    tables : dict
        By path, such as ``("china", "permit_inflow", "open")``, in the catalogue's units. An
        invalid table is None, so that its quantity is not reported as missing too.
    """

    text: str
    report: Report
    dimensions: Dimensions
    tables: dict[Path, Figures | None] = field(default_factory=dict)

    def fault(self, path: Path, message: str) -> None:
        """Report an error at a key."""
        self.report.add(FILE, line_of(self.text, path), dotted(path), message)


def read_priors(folder: Folder, dimensions: Dimensions) -> PriorFile | None:
    """Return the tables of priors.toml, or None if the file cannot be read."""
    read = read_toml(folder, FILE)
    if read is None:
        return None
    content, text = read
    file = PriorFile(text, folder.report, dimensions)
    names = [host.name for host in dimensions.hosts or ()]
    hosts = [name for name in names if name not in BASIC_BY_NAME]  # else an error of the host
    for key, inner in content.items():
        near = None if key in BASIC_BY_NAME else closest(key, hosts)
        families = inner if isinstance(inner, dict) else {}
        if near is not None and (near == key or set(families) & set(BASIC_BY_NAME)):
            if not isinstance(inner, dict):
                file.fault((key,), f"{quote(inner)} is not a table; write [{key}.QUANTITY]")
            elif key != near:
                file.fault((key,), f"there is no host {quote(key)}; did you mean {near!r}?")
            for name, table in families.items():
                _family(file, (near, name), table, FAMILIES)
        elif dimensions.hosts is not None or key in BASIC_BY_NAME:
            _family(file, (key,), inner, [*FAMILIES, *hosts])
    return file


def _family(file: PriorFile, path: Path, content: object, allowed: Iterable[str]) -> None:
    """Record the table of a family and those of its index."""
    *owner, name = path
    if name not in FAMILIES:
        near = closest(name, allowed)
        file.tables[(*owner, near or "")] = None
        file.fault(
            path,
            ELSEWHERE.get(name)
            or f"there is no basic quantity {quote(name)}; "
            + (f"did you mean {near!r}?" if near else "model/equations/quantities.py lists them"),
        )
        return
    inner = content if isinstance(content, dict) else {}
    subtables = {key: value for key, value in inner.items() if isinstance(value, dict)}
    for key, value in subtables.items():
        if _index_known(file, path, key):
            _table(file, (*path, key), value)
    own = {key: value for key, value in inner.items() if key not in subtables}
    if own or not subtables:
        _table(file, path, own if isinstance(content, dict) else content)


def _index_known(file: PriorFile, path: Path, key: str) -> bool:
    """Return whether a family has this entry; report it if not."""
    index = BASIC_BY_NAME[path[-1]].index
    known = file.dimensions.entries(index, path[0] if len(path) > 1 else None) if index else ()
    if known is None or key in known:
        return True
    advice = choose(key, known) if index else f"{path[-1]} has no index; remove the table"
    file.tables[(*path, closest(key, known) or "")] = None
    what = index.replace("_", " ") or "table"
    file.fault((*path, key), f"there is no {what} {quote(key)}; {advice}")
    return False


def _table(file: PriorFile, path: Path, content: object) -> None:
    """Record one table with p05 and p95, or figures that determine them, unit and basis."""
    form: type[PriorTable | StatedPrior] = PriorTable
    if form_of(content) == "[stated]":
        form = StatedPrior
    table = validate(form, content, FILE, file.text, file.report, path)
    file.tables[path] = None if table is None else _converted(file, path, table)


def _converted(file: PriorFile, path: Path, table: PriorTable | StatedPrior) -> Figures | None:
    """Return the quantiles in the catalogue's unit, or None with their errors reported."""
    hosts = file.dimensions.hosts
    host = file.dimensions.host(path[0]) or (hosts[0] if hosts else None)
    basic = BASIC_BY_NAME[path[1] if path[0] not in BASIC_BY_NAME else path[0]]
    currencies = (host.currency,) if host else None
    currencies = ("USD",) if "USD" in basic.unit else currencies
    try:
        factor, _ = conversion(table.unit, basic.unit, currencies, basic.name)
    except UnitError as error:
        file.fault((*path, "unit"), str(error))
        return None
    ends = (
        _from_stated(file, path, table, factor, basic)
        if isinstance(table, StatedPrior)
        else _checked(file, path, table, factor, basic)
    )
    if table.lasting and basic.index not in BY_TIME:
        message = f"{basic.name} has no entries by time; remove it"
        file.fault((*path, "lasting"), message)
    elif table.lasting and path[-1] != basic.name:
        family = dotted(path[:-1])
        file.fault((*path, "lasting"), f"it holds for all entries; write it in [{family}]")
    if table.alike and basic.index == "" and len(file.dimensions.hosts or ()) == 1:
        file.fault((*path, "alike"), f"{basic.name} has one entry in a case of one host; remove it")
    return None if ends is None else (*ends, table.basis, table.lasting, table.alike)


def _checked(
    file: PriorFile, path: Path, table: PriorTable, factor: float, basic: Basic
) -> tuple[float, float] | None:
    """Return p05 and p95 in the catalogue's unit, or None with their errors reported."""
    p05, p95 = table.p05 * factor, table.p95 * factor
    limit = 1.0 if basic.support == "fraction" else float("inf")
    outside = {key: value for key, value in (("p05", p05), ("p95", p95)) if not 0 < value < limit}
    for key in outside:
        got = f"{getattr(table, key):.10g} {table.unit}"
        where = "between 0 and 1, as a fraction" if limit == 1 else "above zero and finite"
        file.fault((*path, key), f"{got} is impossible for {basic.name}; write a figure {where}")
    if not outside and p05 >= p95:
        message = f"{table.p05:.10g} is not below p95, {table.p95:.10g}"
        file.fault((*path, "p05"), f"{message}; write the lower one as p05")
    return None if outside or p05 >= p95 else (p05, p95)


def _from_stated(
    file: PriorFile, path: Path, table: StatedPrior, factor: float, basic: Basic
) -> tuple[float, float] | None:
    """Return p05 and p95 of a prior stated in another way, and note them for the user."""
    try:
        p05, p95 = quantiles_of(table, factor, basic.support)
    except StatedError as error:
        file.fault((*path, error.key), f"{error} ({basic.name})")
        return None
    line = line_of(file.text, path)
    file.report.note(FILE, line, dotted(path), told(table, factor, basic.support, p05, p95))
    return p05, p95


# From tables to priors


def resolve(file: PriorFile, shares: dict[str, tuple[float, float, str]]) -> tuple[Prior, ...]:
    """Return the prior of every basic quantity, reporting those without one.

    The order is the catalogue's, then the hosts', then the index's. The most specific table for a
    quantity applies: ``[host.name.index]``, ``[host.name]``, ``[name.index]``, ``[name]``.

    Parameters
    ----------
    shares : dict
        Quantiles and basis of each segment's share, from segments.csv.
    """
    if file.dimensions.hosts is None:
        return ()
    priors = []
    for basic in BASIC:
        for host in file.dimensions.hosts:
            indices = file.dimensions.entries(basic.index, host.name) if basic.index else ("",)
            for index in indices or ():
                found = _quantiles(file, basic, host, index, shares)
                if found is not None:
                    priors.append(_prior(basic, host, index, found, file.dimensions.hosts[0]))
    check_alike(priors, FILE, file.report)
    return tuple(priors)


def _quantiles(
    file: PriorFile,
    basic: Basic,
    host: Host,
    index: str,
    shares: dict[str, tuple[float, float, str]],
) -> Figures | None:
    if basic.name == "segment_share":
        return (*shares[index], 0.0, 0.0) if index in shares else None
    suffix = [(basic.name, index), (basic.name,)] if index else [(basic.name,)]
    paths = [(host.name, *path) for path in suffix] + suffix
    path = next((path for path in paths if path in file.tables), None)
    first = (file.dimensions.hosts or (host,))[0]
    own = label(basic.name, host.name, index, first.name)
    if path is None and basic.optional and not any(basic.name in told for told in file.tables):
        return None
    if path is None:
        unit = canonical_unit(basic.unit, host.currency)
        file.report.add(
            FILE, None, own, f'has no prior; add [{own}] with p05, p95, unit = "{unit}", basis'
        )
        return None
    elsewhere = path[0] != host.name and host.currency != first.currency
    if elsewhere and "money" in basic.unit and file.tables[path] is not None:
        table = f"[{host.name}.{basic.name}]"
        message = f"has no prior in {host.currency}: [{dotted(path)}] is stated in {first.currency}"
        file.report.add(FILE, None, own, f"{message}; add {table}")
        return None
    return file.tables[path]


def _prior(basic: Basic, host: Host, index: str, found: Figures, first: Host) -> Prior:
    p05, p95, basis, *likeness = found
    own = label(basic.name, host.name, index, first.name)
    unit = canonical_unit(basic.unit, host.currency)
    return Prior(own, basic.name, host.name, index, p05, p95, unit, basic.support, basis, *likeness)


def label(name: str, host: str, index: str, first: str) -> str:
    """Return ``[HOST.]name[.INDEX]``, omitting the first host."""
    return ".".join(part for part in ("" if host == first else host, name, index) if part)
