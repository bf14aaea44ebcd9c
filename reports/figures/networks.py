"""Firms that sources link, each with what is stated of it and what its workers bring."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from model.equations.quantities import HEADLINE
from reports import exposed
from reports.exposed import Kinds
from reports.figures.style import (
    AMBER_INK,
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREEN_INK,
    GREY,
    INK,
    ORANGE_INK,
    PURPLE_INK,
    WIDTH,
    Canvas,
    canvas,
    styled,
)
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue, catalogue

if TYPE_CHECKING:
    from model import exposure

#: Colour of a link by its kind.
COLOURS = {
    "address": ORANGE_INK,
    "director": GREEN_INK,
    "email": PURPLE_INK,
    "name": AMBER_INK,
    "owner": BLUE_INK,
}
#: Width of the page in millimetres, in which everything is placed; and how wide half a ring is,
#: without and with a firm in its middle.
PAGE, RING, HUB_RING = WIDTH * 25.4, 27.0, 36.0
#: Height of a firm's label with all of its lines, of a line of a heading, and of a gap.
ROOM, LINE, GAP = 13.5, 4.0, 5.0
#: Heights of one network and of all that are drawn, at most.
TALLEST, WHOLE = 165.0, 205.0
#: Firms in a network that is drawn, and links that are labelled each, at most.
LARGEST, LABELLED = 60, 14
#: Areas of circles in square points: of a firm of which nothing is known, and of the largest.
UNKNOWN_AREA, LEAST_AREA, LARGEST_AREA = 60.0, 25.0, 420.0


@dataclass(frozen=True)
class Placed:
    """Where a firm stands, in millimetres, and on which side its label is: -1, 0 or 1."""

    x: float
    y: float
    side: int


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    kinds: Kinds = None,
) -> Axes:
    """Draw each network as a ring of firms, or around the firm that ties it; area is state take.

    Raises
    ------
    ReportError
        If no firms are linked.
    """
    texts = texts or catalogue()
    groups = shown(run, kinds)
    if not groups:
        raise ReportError("no firms of the case are linked (links.csv): there is nothing to draw")
    firms = {one.firm: one for one in reversed(exposed.found(run, kinds).firms)}  # approvals first
    most = max((_amount(one) for one in firms.values()), default=0.0)
    heights = [_height(group) for group in groups]
    with styled():
        whole = sum(heights) + GAP * len(groups) + 2
        axes = canvas(whole, figure).subplots()
        axes.set(xlim=(0, PAGE), ylim=(whole, 0))
        axes.axis("off")
        top = 1.0
        for group, height in zip(groups, heights, strict=True):
            _heading(axes, run, group, top, texts, kinds)
            head = _head(group)
            places = placed(group[0], top + head, height - head)
            _links(axes, group[0].links, places, texts)
            room = (height - head) / _rows(places)
            for firm, place in places.items():
                _firm(axes, firms[firm], place, most, room, texts)
            top += height + GAP
        for one in axes.texts:
            one.set_in_layout(False)  # the axes are the page, whatever their texts need
    return axes


def shown(run: SavedRun, kinds: Kinds = None) -> list[list[exposure.Network]]:
    """Networks that are drawn: the largest that the page holds."""
    found, room = [], WHOLE
    for group in exposed.networks(run, kinds):
        height = _height(group) + GAP
        if len(group[0].firms) <= LARGEST and height <= room:
            found.append(group)
            room -= height
    return found


def _height(group: list[exposure.Network]) -> float:
    """Height of a network: a heading, and a row for every two firms."""
    rows = (len(group[0].firms) + 1) // 2
    return _head(group) + min(rows * ROOM, TALLEST)


def _head(group: list[exposure.Network]) -> float:
    """Height of a heading: the number of firms, and a sum by each basis."""
    return LINE * (1 + len(group)) + 2.0


def _rows(places: dict[str, Placed]) -> int:
    sides = Counter(place.side for place in places.values() if place.side)
    return max(sides.values())


def placed(network: exposure.Network, top: float, height: float) -> dict[str, Placed]:
    """Places of a network's firms: two sides of a ring, so that no label covers another.

    A firm to which most of the others are tied stands in the middle. The others follow one another
    as links tie them, which keeps links short.
    """
    ties = _ties(network.links)
    degrees = {firm: len(ties.get(firm, ())) for firm in network.firms}
    hub = max(network.firms, key=lambda firm: degrees[firm])
    others = [firm for firm in _walk(network.firms, ties) if firm != hub]
    if degrees[hub] < 3 or 2 * degrees[hub] < len(others) + 1:
        others, hub = _walk(network.firms, ties), ""
    right = len(others) // 2
    sides = [(1, others[:right]), (-1, others[right:][::-1])]  # down one side, up the other
    found, wide = {}, HUB_RING if hub else RING
    for side, firms in sides:
        for number, firm in enumerate(firms):
            at = (number + 0.5) / len(firms)
            bend = 1.0 - 0.35 * (2 * at - 1) ** 2 if len(firms) > 1 else 1.0
            found[firm] = Placed(PAGE / 2 + side * wide * bend, top + at * height, side)
    if hub:
        found[hub] = Placed(PAGE / 2, top + height / 2, 0)
    return found


def _ties(links: pd.DataFrame) -> dict[str, set[str]]:
    """Firms tied to each firm."""
    found: dict[str, set[str]] = {}
    for one, other in zip(links["firm"], links["other"], strict=True):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def _walk(firms: tuple[str, ...], ties: dict[str, set[str]]) -> list[str]:
    """Firms in an order in which tied ones are near: depth first from one with fewest ties."""
    seen: list[str] = []
    ahead = [min(firms, key=lambda firm: (len(ties[firm]), firm))]
    while ahead:
        firm = ahead.pop()
        if firm not in seen:
            seen.append(firm)
            ahead += sorted(ties[firm] - set(seen), key=lambda one: (len(ties[one]), one))[::-1]
    return seen


def _heading(
    axes: Axes,
    run: SavedRun,
    group: list[exposure.Network],
    top: float,
    texts: Catalogue,
    kinds: Kinds,
) -> None:
    """How many firms, and what those known bring together."""
    count = texts.say("figures.networks.count", count=len(group[0].firms))
    axes.text(0, top + 1.6, count, fontweight=600, fontsize=9, va="center")
    for number, one in enumerate(group, start=1):
        said = together(run, one, texts, kinds)
        line = top + 1.6 + LINE * number
        axes.text(0, line, said, fontsize=8.2, color=FAINT_INK, va="center")
    if len(group[0].links) > LABELLED:
        x = PAGE
        for kind in reversed(list(dict.fromkeys(group[0].links["kind"]))):
            name = texts.say(f"exposure.kinds.{kind}")
            axes.text(
                x, top + 1.6, f"— {name}", color=COLOURS[kind], fontsize=8, ha="right", va="center"
            )
            x -= 6 + 1.7 * len(name)


def together(run: SavedRun, one: exposure.Network, texts: Catalogue, kinds: Kinds = None) -> str:
    """What the firms of a network bring by one basis, and of how many it is known."""
    if not one.draws:
        return texts.say("figures.networks.unknown")
    part = exposed.share(run, one, kinds)
    key = "together" if part else "together_unshared"
    told = texts.numbers.parts(*part) if part else None
    share = told and texts.numbers.between.format(
        middle=texts.numbers.percent_sign.format(told.middle), low=told.low, high=told.high
    )
    return texts.say(
        f"figures.networks.{key}",
        take=exposed.take(one, texts), share=share, counted=len(one.counted), firms=len(one.firms),
        basis=texts.say(f"exposure.by_{one.basis}"),
    )  # fmt: skip


def _links(axes: Axes, links: pd.DataFrame, places: dict[str, Placed], texts: Catalogue) -> None:
    """Draw links; several between the same two firms are one line with all of their kinds."""
    pairs: dict[frozenset[str], list[Any]] = {}
    for link in links.itertuples():
        pairs.setdefault(frozenset((str(link.firm), str(link.other))), []).append(link)
    for tied in pairs.values():
        first = tied[0]
        owner = next((one for one in tied if one.kind == "owner"), None)
        one, other = places[first.firm], places[first.other]
        kinds = list(dict.fromkeys(one.kind for one in tied))
        colour = COLOURS[kinds[0]] if len(kinds) == 1 else INK
        axes.plot(
            [one.x, other.x], [one.y, other.y], color=colour, linewidth=1.1, alpha=0.8,
            zorder=1, gid=f"link {first.firm} {first.other}",
        )  # fmt: skip
        if owner is not None:
            _arrow(axes, places[owner.other], places[owner.firm], colour)
        if len(links) <= LABELLED:
            said = ", ".join(texts.say(f"exposure.kinds.{kind}") for kind in kinds)
            x, y, aligned = _between(one, other, places)
            axes.text(
                x, y, said, color=colour, fontsize=7.8, ha=aligned, va="center", zorder=2,
                gid="kinds", bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip


def _between(one: Placed, other: Placed, places: dict[str, Placed]) -> tuple[float, float, str]:
    """Where the kind of a link is written: away from the labels of the firms, and how aligned."""
    around = any(place.side == 0 for place in places.values())
    if one.side == other.side and not around:  # down a side: within the ring
        x, y = (one.x + other.x) / 2, (one.y + other.y) / 2
        return x - one.side * 1.5, y, "left" if one.side < 0 else "right"
    if one.side and other.side:
        return (one.x + other.x) / 2, (one.y + other.y) / 2, "center"
    hub, leaf = (one, other) if one.side == 0 else (other, one)
    return hub.x + 0.68 * (leaf.x - hub.x), hub.y + 0.68 * (leaf.y - hub.y), "center"


def _arrow(axes: Axes, owner: Placed, owned: Placed, colour: str) -> None:
    """A head on the line from an owner to what it owns, at three quarters of the way."""
    near, far = ((owner.x + (owned.x - owner.x) * t, owner.y + (owned.y - owner.y) * t)
                 for t in (0.72, 0.78))  # fmt: skip
    axes.annotate(
        "", far, near, zorder=2,
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.1, "mutation_scale": 9},
    )  # fmt: skip


def _amount(one: exposure.Exposed) -> float:
    return float(np.median(one.draws[HEADLINE])) if one.draws else 0.0


def _firm(
    axes: Axes, one: exposure.Exposed, place: Placed, most: float, room: float, texts: Catalogue
) -> None:
    """Draw a firm as a circle, hollow if nothing is known of it, and its label."""
    if one.draws:
        area = LEAST_AREA + (LARGEST_AREA - LEAST_AREA) * max(0.0, _amount(one)) / (most or 1.0)
        look: dict[str, Any] = {"color": BLUE, "edgecolors": "white", "linewidths": 1.0}
    else:
        area = UNKNOWN_AREA
        look = {"facecolors": "white", "edgecolors": GREY, "linewidths": 1.1, "linestyles": "--"}
        axes.text(place.x, place.y, "?", color=FAINT_INK, fontsize=7, ha="center",
                  va="center", zorder=5)  # fmt: skip
    axes.scatter([place.x], [place.y], s=area, zorder=4, gid=f"firm {one.firm}", **look)
    away = 0.3528 * np.sqrt(area / np.pi) + 1.8  # points to millimetres
    lines = label(one, texts) if room >= ROOM - 1e-6 else label(one, texts)[:1]
    aligned = {-1: "right", 0: "center", 1: "left"}[place.side]
    x, start = place.x + place.side * away, place.y - 1.95 * (len(lines) - 1)
    if place.side == 0:
        start = place.y + away + 1.5
    for number, line in enumerate(lines):
        axes.text(
            x, start + 3.9 * number, line, ha=aligned, va="center", zorder=6,
            fontsize=8.8 if number == 0 else 8.0, fontweight=600 if number == 0 else 400,
            color=INK if number == 0 else FAINT_INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85},
        )  # fmt: skip


def label(one: exposure.Exposed, texts: Catalogue) -> list[str]:
    """Lines beside a firm: its name, what is stated of it, and what its workers bring."""
    name = textwrap.shorten(one.name, 30, placeholder=" …")
    said = exposed.stated(one, texts)
    return [name, said, exposed.take(one, texts)] if one.draws else [name, said]


def describe(run: SavedRun, texts: Catalogue, kinds: Kinds = None) -> str:
    """The figure in words, with this run's numbers."""
    firms = {one.firm: one for one in reversed(exposed.found(run, kinds).firms)}
    said = []
    for group in shown(run, kinds):
        named = ", ".join(
            f"{firms[firm].name} ({', '.join(label(firms[firm], texts)[1:])})"
            for firm in group[0].firms
        )
        sums = "; ".join(together(run, one, texts, kinds) for one in group)
        said.append(texts.say("figures.networks.alt_one", firms=named, sums=sums))
    return texts.say("figures.networks.alt", count=len(said), networks=" ".join(said))
