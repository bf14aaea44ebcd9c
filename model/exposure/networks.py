"""Firms tied by links, and what their workers bring together.

A network is a connected component of the links of the kinds asked for, of two firms or more. Its
amounts are the sums of its firms' draws, of approvals and of contracts apart. Of firms whose
approvals are for the same workers, by ``same_workers_as``, one is counted: the one that the others
name, or if its own are not known, the nearest to it. Links of a retracted source tie nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from model.archive.saved_fit import Fitted
from model.case.faults import choose, quote
from model.case.reader.tables import LINKS_OF
from model.case.statements import retractions
from model.exposure.by_firm import (
    QUANTITIES,
    Amounts,
    Basis,
    Chosen,
    Economy,
    Exposed,
    by_firm,
)


class NoSuchLinkError(ValueError):
    """A kind of link that is not one of those allowed; the text lists them."""


class NoSuchFirmError(ValueError):
    """A firm that the case does not name; the text says which are near."""


@dataclass(frozen=True)
class Network:
    """Firms tied by links, and the sum of what is known of them by one basis.

    Attributes
    ----------
    firms : tuple of str
        Ids, in order.
    links : DataFrame
        Rows of links.csv among them, of the kinds asked for.
    basis : {"approvals", "contract", ""}
        Blank if nothing is known of any firm.
    counted : tuple of str
        Firms in the sum.
    same : tuple of str
        Firms left out of the sum because another's approvals are for the same workers.
    unknown : tuple of str
        Firms of which this basis is not known.
    months : dict of str to array of bool, (T,)
        Months of the firms counted, by host.
    whole : bool
        Whether all of them lie inside the timeline.
    draws : dict of str to array, (n,)
        Each of ``QUANTITIES``; empty if nothing is known.
    """

    firms: tuple[str, ...]
    links: pd.DataFrame
    basis: Basis
    counted: tuple[str, ...]
    same: tuple[str, ...]
    unknown: tuple[str, ...]
    months: dict[str, Chosen]
    whole: bool
    draws: Amounts


@dataclass(frozen=True)
class Exposures:
    """Firms and networks of a run, and the totals to which their amounts are compared.

    Attributes
    ----------
    firms : tuple of Exposed
    networks : tuple of Network
    kinds : tuple of str
        Kinds of links that tie networks.
    economy : Economy
    """

    firms: tuple[Exposed, ...]
    networks: tuple[Network, ...]
    kinds: tuple[str, ...]
    economy: Economy

    def shares(self, of: Exposed | Network) -> Amounts:
        """Amounts as shares of all workers' of the same hosts and months, draw by draw.

        Empty if the amounts are not known, or if some of the months lie outside the timeline.
        """
        if not of.draws or not of.whole:
            return {}
        months = of.months if isinstance(of, Network) else {of.host: of.inside}
        totals = self.economy.totals(months)
        with np.errstate(divide="ignore", invalid="ignore"):
            return {name: of.draws[name] / totals[name] for name in QUANTITIES}


def exposures(
    fitted: Fitted, kinds: Iterable[str] | None = None, firms: Sequence[str] = ()
) -> Exposures:
    """Exposure of firms and networks.

    Parameters
    ----------
    fitted : Fitted
    kinds : iterable of str, optional
        Kinds of links that tie networks; by default all.
    firms : sequence of str
        Ids of firms to tell of, with the networks that they belong to; by default all.

    Raises
    ------
    NoSuchLinkError, NoSuchFirmError
        The text says what is allowed.
    """
    asked = set(LINKS_OF if kinds is None else kinds)
    for kind in sorted(asked - set(LINKS_OF)):
        raise NoSuchLinkError(f"{quote(kind)} is not a kind of link; {choose(kind, LINKS_OF)}")
    case = fitted.case
    ids = case.firms["id"].tolist()
    for firm in firms:
        if firm not in ids:
            advice = choose(firm, ids) if ids else "the case has no firms"
            raise NoSuchFirmError(f"{quote(firm)} is not an id of firms.csv; {advice}")
    economy = Economy(fitted)
    found = by_firm(economy)
    used = tuple(kind for kind in LINKS_OF if kind in asked)
    chosen = set(firms or ids)
    told = [
        network
        for members, links in components(ids, counting_links(case.links, case.sources, used))
        if chosen & set(members)
        for network in _sums(members, links, found)
    ]
    return Exposures(tuple(one for one in found if one.firm in chosen), tuple(told), used, economy)


def counting_links(
    links: pd.DataFrame, sources: pd.DataFrame, kinds: Sequence[str]
) -> pd.DataFrame:
    """Links of some kinds whose source was not retracted."""
    gone = list(retractions(sources))
    return links[links["kind"].isin(kinds) & ~links["source"].isin(gone)]


def components(
    ids: Sequence[str], links: pd.DataFrame
) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """Firms tied to each other, two or more, in order, with the links among them."""
    place = {firm: number for number, firm in enumerate(ids)}
    ends = [links[side].map(place).to_numpy(dtype=int) for side in ("firm", "other")]
    graph = coo_array((np.ones(len(links)), tuple(ends)), shape=(len(ids), len(ids)))
    _, labels = connected_components(graph, directed=False)
    found = []
    for label in dict.fromkeys(labels.tolist()):
        members = tuple(sorted(firm for firm in ids if labels[place[firm]] == label))
        if len(members) > 1:
            found.append((members, links[links["firm"].isin(members)].reset_index(drop=True)))
    return found


def _sums(members: tuple[str, ...], links: pd.DataFrame, found: Sequence[Exposed]) -> list[Network]:
    """A network by each basis that is known of any of its firms; one row at least."""
    known = [one for one in found if one.firm in members and one.draws]
    bases: list[Basis] = ["approvals", "contract"]
    told = [basis for basis in bases if any(one.basis == basis for one in known)]
    named = {one.firm: one.same_workers_as for one in found}
    return [
        _sum(members, links, basis, [one for one in known if one.basis == basis], named)
        for basis in told or [""]
    ]


def _sum(
    members: tuple[str, ...],
    links: pd.DataFrame,
    basis: Basis,
    known: Sequence[Exposed],
    named: Mapping[str, str],
) -> Network:
    """The sum of what is known of some firms by one basis."""
    same = _same_workers(known, named) if basis == "approvals" else set()
    counted = [one for one in known if one.firm not in same]
    months: dict[str, Chosen] = {}
    for one in counted:
        months[one.host] = months.get(one.host, np.zeros_like(one.inside)) | one.inside
    draws = {name: np.sum([one.draws[name] for one in counted], axis=0) for name in QUANTITIES}
    there = {one.firm for one in known}
    return Network(
        firms=members,
        links=links,
        basis=basis,
        counted=tuple(one.firm for one in counted),
        same=tuple(sorted(same)),
        unknown=tuple(firm for firm in members if firm not in there),
        months=months,
        whole=all(one.whole for one in counted),
        draws=draws if counted else {},
    )


def _same_workers(known: Sequence[Exposed], named: Mapping[str, str]) -> set[str]:
    """Firms that are not counted, since the workers approved for them are another's.

    Parameters
    ----------
    known : sequence of Exposed
        Firms whose approvals are known.
    named : mapping of str to str
        Of every firm, the one with the same workers, or a blank.
    """
    nearest: dict[str, tuple[int, str]] = {}
    for one in known:
        last, steps = one.firm, 0
        while named[last]:
            last, steps = named[last], steps + 1
        nearest[last] = min(nearest.get(last, (steps, one.firm)), (steps, one.firm))
    return {one.firm for one in known} - {firm for _, firm in nearest.values()}
