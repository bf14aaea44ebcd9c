"""Firms of a run's case, what the workers approved for them bring, and the networks they form."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from model.archive import store
from model.case.folders import COPY
from model.equations.quantities import HEADLINE
from reports.saved_run import ReportError, SavedRun, three_of
from reports.texts import Catalogue

if TYPE_CHECKING:
    from model import exposure

#: Kinds of links, or none for all of them.
Kinds = tuple[str, ...] | None


def found(run: SavedRun, kinds: Kinds = None) -> exposure.Exposures:
    """Exposure of every firm, and of those that links of some kinds tie.

    Raises
    ------
    ReportError
        If this program cannot read the inputs that the run holds.
    """
    return _found(run.folder, kinds)


@lru_cache(maxsize=1)
def _found(folder: Path, kinds: Kinds) -> exposure.Exposures:
    # both bring the sampler's modules, which a case without firms does without
    from model import archive, case, exposure

    try:
        return exposure.exposures(archive.Fitted.saved(folder), kinds)
    except (case.CaseError, store.DamagedRunError) as error:
        raise ReportError(f"{error}; no report was made") from None


def told(run: SavedRun) -> bool:
    """Whether the case names firms."""
    return bool(run.table("firms"))


def linked(run: SavedRun) -> bool:
    """Whether the case links firms, or a case that it takes hosts from does."""
    return told(run) and any((run.folder / COPY).rglob("links.csv"))


def networks(run: SavedRun, kinds: Kinds = None) -> list[list[exposure.Network]]:
    """Networks, the largest first: each by every basis that is known of it, at least one."""
    groups: dict[tuple[str, ...], list[exposure.Network]] = {}
    for one in found(run, kinds).networks if linked(run) else ():
        groups.setdefault(one.firms, []).append(one)
    return sorted(groups.values(), key=lambda group: -len(group[0].firms))


def names(run: SavedRun) -> dict[str, str]:
    """Names of firms by id."""
    return {firm: cells["name"] for firm, cells in run.table("firms").items()}


def stated(one: exposure.Exposed, texts: Catalogue) -> str:
    """What a source states of a firm: approvals, a contract, or nothing."""
    if not one.basis:
        return texts.say("exposure.unknown")
    value = texts.numbers.rounded(one.stated, 1.0)
    return texts.say(f"exposure.{one.basis}", value=value, currency=one.unit)


def take(of: exposure.Exposed | exposure.Network, texts: Catalogue) -> str:
    """The state take in dollars with its interval, or that it is not known."""
    if not of.draws:
        return texts.say("exposure.unknown")
    return texts.say("amount", parts=texts.numbers.amount(*three_of(of.draws[HEADLINE])))


def share(
    run: SavedRun, of: exposure.Exposed | exposure.Network, kinds: Kinds = None
) -> tuple[float, float, float] | None:
    """The part, in per cent, of the state take of all workers of the same hosts and months.

    None if it is not told.
    """
    parts = found(run, kinds).shares(of)
    return three_of(100.0 * parts[HEADLINE]) if parts else None


def cells(
    of: exposure.Exposed | exposure.Network, names: tuple[str, ...], texts: Catalogue, scale: float
) -> list[str]:
    """Amounts of some quantities with their intervals."""
    return [texts.numbers.interval(*(one / scale for one in three_of(of.draws[n]))) for n in names]
