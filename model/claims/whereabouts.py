"""Places that a sentence names, by the case's own titles; and others, which are not modelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from model.case.case import Case
from model.case.reader.toml_places import toml_of
from model.claims.catalogue import SHORTEST, as_words, countries, words
from model.claims.scanning import Token
from model.claims.timespans import MONTHS

Sort = Literal["place", "sector", "sender", "elsewhere", "world"]
Names = tuple[str, ...]

#: Names of segments that name nothing.
NAMELESS = frozenset({"all", "other", "rest", "others"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A place, or a sector, that a sentence names.

    Attributes
    ----------
    first, stop : int
        Tokens: the first, and the first behind it.
    sort : {"place", "sector", "sender", "elsewhere", "world"}
        ``elsewhere`` is a place that the case does not have.
    hosts : tuple of str
    segments : frozenset of str
        Of a region or sector; none for a whole host.
    title : str
        As the case, or the sentence, calls it.
    adjective : bool
        Whether it is said of something else, such as Russian contractors.
    """

    first: int
    stop: int
    sort: Sort
    hosts: tuple[str, ...] = ()
    segments: frozenset[str] = frozenset()
    title: str = ""
    adjective: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    words: Names
    mention: Mention


class Gazetteer:
    """The names by which places of one case are known."""

    def __init__(self, case: Case) -> None:
        self._names: dict[str, list[_Name]] = {}
        self.case = case
        self._hosts(case)
        self._segments(case)
        for group, members in case.groups.items():
            self._add([as_words(group)], "place", tuple(members))
        for names in self._names.values():
            names.sort(key=lambda one: -len(one.words))

    def _add(
        self, names: Iterable[Names], sort: Sort, hosts: tuple[str, ...] = (),
        segments: frozenset[str] = frozenset(), title: str = "", *, adjective: bool = False,
    ) -> None:  # fmt: skip
        for name in names:
            if not name:
                continue
            name = tuple("st" if word == "saint" else word for word in name)
            listed = self._names.setdefault(name[0], [])
            if all(one.words != name for one in listed):
                listed.append(_Name(name, Mention(0, 0, sort, hosts, segments, title, adjective)))

    def _hosts(self, case: Case) -> None:
        """Hosts by their titles; countries by what the world calls them."""
        titles = {host.name: as_words(host.title) for host in case.hosts}
        title = sender_of(case)
        sender = as_words(title)
        for host in case.hosts:
            self._add([titles[host.name], as_words(host.name)], "place", (host.name,),
                      title=host.title)  # fmt: skip
        self._add([sender], "sender", title=title)
        for country in countries():
            own = [name for name in titles if any(_in(one, titles[name]) for one in country.names)]
            if sender in country.names:
                self._add(country.names, "sender", title=title)
                self._add([country.capital], "sender", title=title)
                self._add(_both(country.adjectives), "sender", title="", adjective=True)
            elif own:
                there = next(one.title for one in case.hosts if one.name == own[0])
                self._add(country.names, "place", tuple(own[:1]), title=there)
                self._add(_both(country.adjectives), "place", tuple(own[:1]), title=there,
                          adjective=True)  # fmt: skip
            else:
                # who sends the workers may be any country, if the case does not say
                sort: Sort = "elsewhere" if title else "sender"
                other = " ".join(country.names[0]).title()
                self._add(country.names, sort, title=other)
                self._add(_both(country.adjectives), sort, title=other, adjective=True)

    def _segments(self, case: Case) -> None:
        """Regions and sectors of the hosts, unless a host has the same name."""
        for what, sort in (("region", "place"), ("sector", "sector")):
            known: dict[str, list[tuple[str, str]]] = {}
            for one in case.segments:
                known.setdefault(getattr(one, what), []).append((one.host, one.id))
            for name, found in known.items():
                if name in NAMELESS:
                    continue
                hosts = tuple(dict.fromkeys(host for host, _ in found))
                own = frozenset(segment for _, segment in found)
                whole = {one.id for one in case.segments if one.host in hosts}
                if sort == "place" and own == whole:
                    self._add([as_words(name)], "place", hosts)
                    continue
                kind: Sort = "place" if sort == "place" else "sector"
                self._replace(as_words(name), kind, hosts, own)
                for country in countries():
                    if kind == "place" and as_words(name) in country.names:
                        for adjective in _both(country.adjectives):
                            self._replace(adjective, kind, hosts, own, adjective=True)

    def _replace(
        self, name: Names, sort: Sort, hosts: tuple[str, ...], segments: frozenset[str], *,
        adjective: bool = False,
    ) -> None:  # fmt: skip
        """Add a name that goes before a host's or a country's own, as Oman's within a host."""
        if not name:
            return
        listed = self._names.get(name[0], [])
        self._names[name[0]] = [one for one in listed if one.words != name]
        self._add([name], sort, hosts, segments, adjective=adjective)

    def mentions(self, tokens: list[Token]) -> list[Mention]:
        """The places of a sentence, in its order."""
        found: list[Mention] = []
        place, world = 0, words("world")
        while place < len(tokens):
            one = self._at(tokens, place)
            if one is None and tokens[place].low in world:
                one = Mention(place, place + 1, "world", title="the world")
            if one is None:
                one = _other_countries(tokens, place) or _unknown(tokens, place)
            if one is None:
                place += 1
                continue
            found.append(one)
            place = one.stop
        return found

    def _at(self, tokens: list[Token], place: int) -> Mention | None:
        """The name that begins at a token."""
        low = "st" if tokens[place].low == "saint" else tokens[place].low
        for name in self._names.get(low, ()):
            stop, rest = place + 1, list(name.words[1:])
            while rest and stop < len(tokens):
                if tokens[stop].text in (".", "-"):
                    stop += 1
                    continue
                if tokens[stop].low != rest[0]:
                    break
                rest.pop(0)
                stop += 1
            if not rest and _is_name(tokens[place].text, name):
                own = name.mention
                sort: Sort = own.sort
                if sort == "sender" and not own.adjective and _stands_in(tokens, place):
                    sort = "elsewhere"
                printed = " ".join(one.text for one in tokens[place:stop])
                title = printed if own.segments or not own.title else own.title
                return replace(own, first=place, stop=stop, sort=sort, title=title)
        return None


def sender_of(case: Case) -> str:
    """The state that sends the workers, as the case calls it; blank if it does not."""
    return str(toml_of(case.files["timeline.toml"].decode("utf-8-sig")).get("sender", ""))


def _is_name(text: str, name: _Name) -> bool:
    """Whether a word is written as a name is: IT is a sector, it is none."""
    if len(name.words) == 1 and len(text) < SHORTEST:
        return text.isupper()
    return text[:1].isupper() or name.mention.sort == "sector"


def _in(name: Names, title: Names) -> bool:
    """Whether a name is a part of a title."""
    return any(title[at : at + len(name)] == name for at in range(len(title) - len(name) + 1))


def _both(adjectives: Iterable[Names]) -> list[Names]:
    """Adjectives, and the people they name."""
    return [
        form for one in adjectives for form in (one, (*one[:-1], f"{one[-1]}s"))
    ]  # fmt: skip


def _stands_in(tokens: list[Token], place: int) -> bool:
    """Whether a place is one in which something is."""
    where = words("prepositions", "places")
    return place > 0 and tokens[place - 1].low in where


def _other_countries(tokens: list[Token], place: int) -> Mention | None:
    """All places at once, as in "in other countries"; without a name, any of those meant."""
    pair = tuple(token.low for token in tokens[place : place + 2])
    if len(pair) < 2 or pair[0] not in words("others") or pair[1] not in words("lands"):
        return None
    return Mention(place, place + 2, "world", title="the world")


def _unknown(tokens: list[Token], place: int) -> Mention | None:
    """A place that nobody here knows: what is written large behind a word such as in."""
    token = tokens[place]
    if token.kind != "word" or not token.text[:1].isupper() or not _stands_in(tokens, place):
        return None
    if any(name.startswith(token.low[:3]) for name in MONTHS) or token.low in ("q1", "q2"):
        return None
    stop = place + 1
    while stop < len(tokens) and tokens[stop].text[:1].isupper():
        stop += 1
    title = " ".join(one.text for one in tokens[place:stop])
    return Mention(place, stop, "elsewhere", title=title)
