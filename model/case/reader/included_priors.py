"""Priors of a case, with those of the hosts that it takes from other cases."""

from __future__ import annotations

from collections.abc import Sequence

from model.case.reader.files import Folder
from model.case.reader.priors import FILE, Dimensions, Path, PriorFile, read_priors
from model.case.reader.taken_hosts import OPTIONAL, Included
from model.equations.quantities import BASIC_BY_NAME

#: Quantities at the first month of a case.
AT_START = ("permitted_at_start", "irregular_at_start")
#: Amounts of money in the reference month of a case.
AT_REFERENCE = ("payment", "declared_salary", "upkeep", "plan")


def read_all_priors(folder: Folder, dimensions: Dimensions) -> PriorFile | None:
    """Return the tables of priors.toml and of the included cases, or None if one is unreadable.

    A table ``[NAME]`` of an included case is its host's, unless the including case states
    ``[HOST.NAME]``.
    """
    file = read_priors(folder, dimensions)
    found = [
        (one, read_priors(one.folder, _alone(one, dimensions))) for one in folder.included.values()
    ]
    if file is None or any(inner is None for _, inner in found):
        return None
    stated = {name for path in file.tables for name in path}
    for included, inner in found:
        if inner is not None:
            _take(file, inner, included)
    for name in OPTIONAL:
        if name not in stated:
            _check_optional(file, name, [one for one, _ in found])
    return file


def _check_optional(file: PriorFile, name: str, included: Sequence[Included]) -> None:
    """Report a quantity that included cases have and other hosts have not."""
    pairs = {path[:2] for path in file.tables}
    having = [one.host for one in included if (one.host, name) in pairs]
    lacking = [one.name for one in file.dimensions.hosts or () if one.name not in having]
    if having and lacking:
        told = " and ".join(having)
        message = f"has a prior in the case that {told} is taken from, but none for {lacking[0]}"
        advice = f'state [{name}] here, or write without = ["{name}"] in [hosts.{having[0]}]'
        file.fault((name,), f"{message}; {advice}")
        file.tables[name,] = None


def _alone(included: Included, dimensions: Dimensions) -> Dimensions:
    """Return the dimensions of an included case, as it has them by itself."""
    host = dimensions.host(included.host)
    return Dimensions(
        included.timeline,
        None if host is None else (host,),
        None if dimensions.segments is None else dimensions.segments_of(included.host),
    )


def _take(file: PriorFile, inner: PriorFile, included: Included) -> None:
    """Record the tables of an included case as its host's."""
    host, stated = included.host, set(file.tables)
    apart = _of_other_months(file, included)
    left = {*apart, *included.without}
    for name, message in apart.items():
        if (host, name) not in stated:
            file.fault((host, name), message)
            file.tables[host, name] = None
    for path, figures in inner.tables.items():
        own = path[1:] if path[0] == host else path
        if own != path or not _overruled(inner, own, host):
            kept = not {(host, own[0]), (host, *own)} & stated and own[0] not in left
            if kept and _is_entry(file.dimensions, own, host):
                file.tables[host, *own] = figures


def _overruled(inner: PriorFile, path: Path, host: str) -> bool:
    """Return whether the included case states a more specific table for its host."""
    return (host, path[0]) in inner.tables or (host, *path) in inner.tables


def _is_entry(dimensions: Dimensions, path: Path, host: str) -> bool:
    """Return whether a table's entry is one that the host has here too."""
    basic = BASIC_BY_NAME.get(path[0])
    if len(path) == 1 or basic is None or not basic.index:
        return True
    entries = dimensions.entries(basic.index, host)
    return entries is None or path[1] in entries


def _of_other_months(file: PriorFile, included: Included) -> dict[str, str]:
    """Return why an included case's priors of some quantities cannot be taken, by quantity."""
    timeline, own = file.dimensions.timeline, included.timeline
    if timeline is None:
        return {}
    found: dict[str, str] = {}
    where, host = f"{included.shown}/{FILE}", included.host
    first, begin = timeline.months[0], own.months[0]
    if first != begin:
        why = f"this case begins in {first}, {where} speaks of {begin}"
        found |= {name: f"{why}; state [{host}.{name}] here" for name in AT_START}
    if timeline.reference != own.reference:
        why = f"amounts here are of {timeline.reference}, those of {where} of {own.reference}"
        advice = "or let both cases have one reference month"
        found |= {name: f"{why}; state [{host}.{name}] here, {advice}" for name in AT_REFERENCE}
    return found
