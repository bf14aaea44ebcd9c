"""Where and when a figure is: the nearest place and date, or what is taken for granted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from model.case.case import Case
from model.case.contents import WORLD
from model.claims.catalogue import table
from model.claims.numerals import Printed
from model.claims.senses import Clause, NotModelledError, breaks
from model.claims.timespans import Span
from model.claims.whereabouts import Mention

#: What it counts, in tokens, that a clause ends between a figure and a place; and that a place
#: stands before the figure, as most stand behind it.
BETWEEN, BEFORE = 12, 2


@dataclass(frozen=True, slots=True)
class Scene:
    """Place and time of a figure.

    Attributes
    ----------
    hosts : tuple of str
    segments : frozenset of str
        None for whole hosts.
    place : str
        In words.
    start, end : pd.Period
        Months, inside the timeline.
    cut : bool
        Whether the sentence's dates go beyond the timeline.
    dates : str
        In words.
    assumed : tuple of str
        What the sentence does not say.
    """

    hosts: tuple[str, ...]
    segments: frozenset[str]
    place: str
    start: pd.Period
    end: pd.Period
    cut: bool
    dates: str
    assumed: tuple[str, ...]


class _Placed(Protocol):
    """Something at a place of a sentence."""

    @property
    def first(self) -> int: ...

    @property
    def stop(self) -> int: ...


class Context:
    """Finds the scene of each figure, for one case."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def scene(self, clause: Clause, dated: Sequence[Span]) -> Scene:
        """Where and when a figure is.

        Raises
        ------
        NotModelledError
            If its place or its time is not modelled.
        """
        hosts, segments, place, assumed = self._place(clause)
        start, end, cut, told = self._dates(clause, dated)
        if not dated:
            assumed = [*assumed, f"no year is named, taken to be {told}"]
        return Scene(hosts, segments, place, start, end, cut, told, tuple(assumed))

    def _place(self, clause: Clause) -> tuple[tuple[str, ...], frozenset[str], str, list[str]]:
        case, assumed = self._case, []
        placed = [one for one in clause.mentions if one.sort in ("place", "elsewhere", "world")]
        for one in placed:
            if _of_others(clause, one):
                raise NotModelledError(f"it is said of {clause.tokens[one.first].text!r} people")
        mention = nearest(clause, placed)
        if mention is not None and mention.sort == "world":
            mention = _unless_a_host(clause, placed) or mention
        if mention is None:
            hosts: tuple[str, ...] = tuple(host.name for host in case.hosts)
            title = " and ".join(host.title for host in case.hosts) if len(hosts) == 1 else ""
            title = title or "all hosts of the case"
            segments: frozenset[str] = frozenset()
            assumed.append(f"no place is named, taken to be {title}")
        elif mention.sort == "elsewhere":
            raise NotModelledError(f"{mention.title} is no place that the case tells apart")
        elif mention.sort == "world":
            hosts, segments, title = case.members(WORLD), frozenset(), mention.title
            if not hosts:
                raise NotModelledError("the hosts of the case are only a part of the world")
        else:
            region = self._region(clause, mention)
            hosts, segments, title = region.hosts, region.segments, region.title
        segments, title = self._sectors(clause, hosts, segments, title)
        return hosts, segments, title, assumed

    def _region(self, clause: Clause, mention: Mention) -> Mention:
        """A region of a host that is named beside the host, as in St Petersburg, Russia."""
        for one in clause.mentions:
            beside = one.segments and one.sort == "place" and one.hosts == mention.hosts
            if beside and 0 <= mention.first - one.stop <= 1:
                return one
        return mention

    def _sectors(
        self, clause: Clause, hosts: tuple[str, ...], segments: frozenset[str], title: str
    ) -> tuple[frozenset[str], str]:
        """Segments of the sectors named in the clause, within a place."""
        for one in clause.mentions:
            if one.sort != "sector" or not clause.first <= one.first < clause.stop:
                continue
            own = {
                segment.id
                for segment in self._case.segments
                if segment.id in one.segments and segment.host in hosts
            }
            both = frozenset(own & segments if segments else own)
            if both:
                segments, title = both, f"{one.title} in {title}"
        return segments, title

    def _dates(
        self, clause: Clause, dated: Sequence[Span]
    ) -> tuple[pd.Period, pd.Period, bool, str]:
        months = self._case.timeline.months
        span = nearest(clause, dated)
        if span is None:
            year = self._case.timeline.headline
            start, end = (pd.Period(year=year, month=month, freq="M") for month in (1, 12))
        else:
            start, end = span.start, months[-1] if span.open else span.end
        told = _told(start, end)
        first, last = max(start, months[0]), min(end, months[-1])
        if first > last:
            raise NotModelledError(
                f"{told} is outside the months covered, {months[0]} to {months[-1]}"
            )
        cut = (first, last) != (start, end)
        return first, last, cut, _told(first, last) if cut else told


def _told(start: pd.Period, end: pd.Period) -> str:
    """A window in words."""
    if (start.month, end.month) == (1, 12):
        return str(start.year) if start.year == end.year else f"{start.year} to {end.year}"
    return str(start) if start == end else f"{start} to {end}"


def _unless_a_host(clause: Clause, placed: Sequence[Mention]) -> Mention | None:
    """The one host named in a clause that also has a word such as abroad; of several none is it."""
    named = [one for one in placed if clause.first <= one.first < clause.stop]
    own = [one for one in named if one.sort == "place"]
    return own[0] if len({one.hosts for one in own}) == 1 else None


def _of_others(clause: Clause, mention: Mention) -> bool:
    """Whether an adjective in the clause says that the workers are not the sender's."""
    if not mention.adjective or not clause.first <= mention.first < clause.stop:
        return False
    behind = clause.tokens[mention.stop : mention.stop + 1]
    return bool(behind) and behind[0].low in table("counted")["person"]


def nearest[Found: _Placed](clause: Clause, found: Sequence[Found]) -> Found | None:
    """What stands nearest to a figure, with a clause's end as a distance; None if nothing does."""
    marks, printed = breaks(clause.tokens), clause.printed
    return min(found, key=lambda one: _distance(printed, one, marks), default=None)


def _distance(printed: Printed, one: _Placed, marks: Sequence[int]) -> int:
    after = one.first >= printed.stop
    low, high = (printed.stop, one.first) if after else (one.stop, printed.first)
    crossed = sum(1 for place in marks if low <= place < high)
    return max(high - low, 0) + BETWEEN * crossed + (0 if after else BEFORE)
