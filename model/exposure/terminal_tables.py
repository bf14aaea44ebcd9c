"""Exposures as printed in the terminal, in words that accuse nobody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.exposure.by_firm import WORKER_MONTHS, YIELDS, Exposed, Floats
from model.exposure.networks import Exposures, Network
from model.projection.projection import QUANTILES
from model.terminal.tables import Cell, Column, Screen, put, screen, stacked
from model.terminal.wording import ENGLISH

THOUSAND, PERCENT = 1e3, 100.0
HEADLINE = "state_take"
TITLES = {"plan_collected": "Plan collected", "surplus": "Surplus", "billings": "Billings"}
#: A link of each kind, in words.
TIED = {
    "address": "{firm} and {other} are linked by address",
    "director": "{firm} and {other} are linked by a director",
    "email": "{firm} and {other} are linked by an e-mail address",
    "name": "{firm} and {other} are linked by name",
    "owner": "{firm} is owned by {other}",
}
READING = (
    "Approvals: each is for one worker and twelve months, used and present as the posterior has "
    "it, with the mean yield of a worker-month in the firm's months: of its segment if the case "
    "names one, else of its host.",
    "Contract: the worker-months that its value pays for. A firm's approvals and contract are not "
    "added up, since both may be for the same workers.",
    "Share: of the state take of all the host's workers in the same months.",
    "These are averages applied to published numbers. They say nothing of what a firm knew or did.",
)


def show(found: Exposures, *, wide: bool = False) -> None:
    """Print firms, networks, and the links that tie them."""
    console = screen()
    console.print()
    if not found.firms:
        console.tell("The case names no firms (firms.csv).")
        return
    known = [one for one in found.firms if one.draws]
    if known:
        rows = [[one.name, _stated(one), *_cells(found, one)] for one in known]
        _put(console, "Firm", "Known", rows, wide=wide)
    lacking: dict[str, list[str]] = {}
    for one in found.firms:
        if not one.draws:
            lacking.setdefault(one.missing, []).append(one.name)
    for missing, firms in lacking.items():
        console.tell(f"Not known, since {missing}: {', '.join(firms)}", hang="  ")
    console.print()
    _show_networks(console, found, wide=wide)
    console.print()
    for line in READING:
        console.tell(f"  {line}", hang="  ")


def _show_networks(console: Screen, found: Exposures, *, wide: bool) -> None:
    case = found.economy.case
    names = dict(zip(case.firms["id"], case.firms["name"], strict=True))
    if not found.networks:
        kinds = ", ".join(found.kinds)
        console.tell(f"None of these firms is linked to another by {kinds} (links.csv).")
        return
    rows = [
        [_named(one.firms, names), _counted(one), *_cells(found, one)]
        for one in found.networks
        if one.draws
    ]
    if rows:
        _put(console, "Linked firms", "Counted", rows, wide=wide)
    for one in found.networks:
        if not one.draws:
            console.tell(f"{_named(one.firms, names)}: not known.", hang="  ")
    publishers = dict(zip(case.sources["id"], case.sources["publisher"], strict=True))
    told = dict.fromkeys(
        line for one in found.networks for line in sentences(one.links, names, publishers)
    )
    for line in told:
        console.tell(line, hang="  ")
    for one in found.networks:
        if one.same:
            console.tell(
                f"Not counted, because a source says that the workers are another's: "
                f"{_named(one.same, names)}.",
                hang="  ",
            )


def sentences(links: pd.DataFrame, names: dict[str, str], publishers: dict[str, str]) -> list[str]:
    """Each link in a sentence, with its source."""
    found = []
    for link in links.itertuples():
        tied = TIED[link.kind].format(firm=names[link.firm], other=names[link.other])
        publisher = publishers[link.source]
        source = f"{publisher} ({link.source})" if publisher else link.source
        found.append(f"{tied}, according to {source}.")
    return found


def _put(console: Screen, what: str, known: str, rows: list[list[Cell]], *, wide: bool) -> None:
    """Print a table of amounts; the headline and its worker-months are kept longest."""
    others = [Column(TITLES[name], rank=4) for name in YIELDS if name != HEADLINE]
    columns = [
        Column(what, "left"),
        Column(known, "left", rank=2),
        Column("State take", style="bold"),
        Column("Worker-months", rank=1),
        Column("Share", rank=3),
        *others,
    ]
    title = f"{what}s" if what == "Firm" else what
    put(console, columns, rows, f"{title}, in thousand dollars: median, and 5% to 95%", wide=wide)


def _stated(one: Exposed) -> Cell:
    """What is stated of a firm, and its months."""
    amount = f"{one.stated:,.0f}"
    told = f"{amount} approvals" if one.basis == "approvals" else f"{one.unit} {amount} contract"
    return stacked(told, f"{one.first} to {one.last}")


def _counted(one: Network) -> Cell:
    """By what a network is known, and of how many of its firms."""
    basis = "approvals" if one.basis == "approvals" else "contracts"
    return stacked(basis, f"of {len(one.counted)} of {len(one.firms)} firms")


def _cells(found: Exposures, one: Exposed | Network) -> list[Cell]:
    shares = found.shares(one)
    return [
        _pair(one.draws[HEADLINE], THOUSAND),
        _pair(one.draws[WORKER_MONTHS]),
        _pair(shares[HEADLINE], 1 / PERCENT, "%") if shares else "not told",
        *(_pair(one.draws[name], THOUSAND) for name in YIELDS if name != HEADLINE),
    ]


def _pair(draws: Floats, scale: float = 1.0, sign: str = "") -> Cell:
    """The median above the interval."""
    levels = [QUANTILES[key] for key in ("q50", "q05", "q95")]
    parts = ENGLISH.parts(*(float(value) / scale for value in np.quantile(draws, levels)))
    return stacked(parts.middle + sign, f"{parts.low} to {parts.high}")


def _named(firms: Sequence[str], names: dict[str, str]) -> str:
    return ", ".join(names[firm] for firm in firms)
