"""Check that priors which are said to be alike agree on how much, and on what lasts."""

from __future__ import annotations

from collections.abc import Iterable

from model.case.contents import Prior
from model.case.faults import Report
from model.equations.quantities import BASIC_BY_NAME


def check_alike(priors: Iterable[Prior], file: str, report: Report) -> None:
    """Report entries of a family that are alike in different degrees, or with nothing."""
    families: dict[str, list[Prior]] = {}
    for prior in priors:
        if prior.alike:
            families.setdefault(prior.name, []).append(prior)
    for name, pooled in families.items():
        by_segment = BASIC_BY_NAME[name].index == "segment"
        groups: dict[str, list[Prior]] = {}
        for prior in pooled:
            groups.setdefault("" if by_segment else prior.index, []).append(prior)
        for group in groups.values():
            _check_group(group, by_segment, file, report)
        if not by_segment and any(prior.lasting for prior in pooled):
            _check_lasting(name, pooled, file, report)


def _check_group(group: list[Prior], by_segment: bool, file: str, report: Report) -> None:
    first = group[0]
    if len(group) == 1:
        others = "segment" if by_segment else "host"
        message = f"no other {others} states it for {first.name}; it changes nothing"
        report.warn(file, None, f"{first.label}.alike", message)
    for other in group[1:]:
        if other.alike != first.alike:
            message = f"{other.alike:g} is not {first.alike:g}, as in [{first.label}]"
            report.add(
                file, None, f"{other.label}.alike", f"{message}; state it alike, or not at all"
            )


def _check_lasting(name: str, pooled: list[Prior], file: str, report: Report) -> None:
    """What is alike between hosts and lasts in time needs the same entries in each of them."""
    hosts: dict[str, list[tuple[str, float]]] = {}
    for prior in pooled:
        hosts.setdefault(prior.host, []).append((prior.index, prior.lasting))
    (first, entries), *others = hosts.items()
    for host, own in others:
        if own != entries:
            message = f"{host} has other entries, or another lasting, than {first}"
            advice = "state alike and lasting in the same tables of both, or leave one of them out"
            report.add(file, None, f"{name}.alike", f"{message}; {advice}")
