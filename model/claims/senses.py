"""What a figure seems to measure: quantities that it may mean, from the words around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from model.claims.catalogue import Words, read, table, words
from model.claims.numerals import Printed
from model.claims.scanning import Token
from model.claims.whereabouts import Mention

#: Tokens behind a figure among which the noun that it counts stands, and around it among which a
#: word says that it is about something else.
NOUN, BY = 4, 5
#: Tokens of a bracket that is a part of its clause.
BRACKETS = 6
#: Dollars below which an amount without a size, and with no word for it, is of one worker.
OF_ONE = 1e5


class NotModelledError(ValueError):
    """A figure that is not about anything modelled; the text says why."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a figure may mean.

    Attributes
    ----------
    name : str
        In words.
    quantities : tuple of (str, str)
        Quantities as in evidence.csv, and the base of which each is a share; blank if it is none.
    """

    name: str
    quantities: tuple[tuple[str, str], ...]


class Clause:
    """A figure's own clause within its sentence, and what is said in it."""

    def __init__(self, tokens: list[Token], mentions: list[Mention], printed: Printed) -> None:
        self.tokens, self.printed = tokens, printed
        self.mentions = mentions
        self.first, self.stop = _clause(tokens, printed)
        self.senders = {
            place: mention
            for mention in mentions
            if mention.sort == "sender"
            for place in range(mention.first, mention.stop)
        }

    def outside(self) -> Clause:
        """The same with the whole sentence for its clause."""
        whole = Clause(self.tokens, self.mentions, self.printed)
        whole.first, whole.stop = 0, len(self.tokens)
        return whole

    @property
    def whole(self) -> bool:
        """Whether the clause is the sentence."""
        return self.first == 0 and self.stop == len(self.tokens)

    def has(self, listed: Words) -> bool:
        """Whether one of some words is in the clause."""
        own = range(self.printed.first, self.printed.stop)
        return any(
            self.tokens[place].low in listed
            for place in range(self.first, self.stop)
            if place not in own
        )

    def near(self, listed: Words) -> int | None:
        """Place of one of some words close to the figure."""
        least = max(self.first, self.printed.first - BY)
        for place in range(least, min(self.stop, self.printed.stop + BY)):
            if self.tokens[place].low in listed:
                return place
        return None

    def actor_at(self, place: int) -> str:
        """Who acts, at a token; blank if nobody does."""
        mention = self.senders.get(place)
        if mention is not None:
            if mention.adjective:
                return "worker" if self.tokens[mention.stop - 1].low.endswith("s") else ""
            return "state"
        low = self.tokens[place].low
        return next((actor for actor, known in table("actors").items() if low in known), "")

    def actors(self) -> list[tuple[int, str]]:
        """Who acts in the clause, with their places."""
        found = ((place, self.actor_at(place)) for place in range(self.first, self.stop))
        return [(place, actor) for place, actor in found if actor]

    def subject(self) -> str:
        """Who is the subject: the first who does not stand behind a preposition."""
        known, before = words("prepositions"), self.printed.first
        for place, actor in self.actors():
            around = self.tokens[max(place - 3, self.first) : place]
            behind = any(one.low in known for one in around)
            if not behind and (place < before or actor != "worker"):
                return actor
        return ""


def breaks(tokens: Sequence[Token]) -> list[int]:
    """Places at which a clause ends; brackets around a figure are a part of theirs."""
    ends = words("boundaries")
    inside: set[int] = set()
    for place, token in enumerate(tokens):
        if token.low == "(":
            close = (at for at in range(place, min(place + BRACKETS, len(tokens))))
            shut = next((at for at in close if tokens[at].low == ")"), None)
            if shut is not None:
                inside.update((place, shut))
    return [place for place, one in enumerate(tokens) if one.low in ends and place not in inside]


def _clause(tokens: list[Token], printed: Printed) -> tuple[int, int]:
    """First token of a figure's clause, and the first behind it."""
    ends = breaks(tokens)
    first = max((place + 1 for place in ends if place < printed.first), default=0)
    stop = min((place for place in ends if place >= printed.stop), default=len(tokens))
    return first, stop


def sense_of(clause: Clause, dollars: float) -> Sense:
    """What a figure seems to measure.

    Parameters
    ----------
    clause : Clause
    dollars : float
        Of a figure of money, about how many dollars it is; NaN if nobody knows.

    Raises
    ------
    NotModelledError
    """
    _is_elsewhere(clause)
    kind = clause.printed.kind
    for one in [clause] if clause.whole else [clause, clause.outside()]:
        if kind == "count":
            found = _count(one)
        elif kind == "share":
            found = _share(one)
        else:
            found = _amount(one, dollars)
        if found is not None:
            return found
    what = {"count": "what it counts", "share": "what it is a share of", "money": "whose it is"}
    raise NotModelledError(f"no word by it says {what[kind]} in terms that are modelled")


def _is_elsewhere(clause: Clause) -> None:
    """Refuse what a word close by says to be about something else."""
    place = clause.near(words("elsewhere"))
    if place is not None:
        before = clause.tokens[place - 1].low if place else ""
        if before not in words("elsewhere", "but"):
            raise NotModelledError(f"{clause.tokens[place].text!r} stands by it")
    printed = clause.printed
    around = clause.tokens[max(printed.hedged_from - BY, clause.first) : printed.hedged_from]
    moved = any(one.low in words("changes") for one in around)
    by = bool(around) and around[-1].low == "by"
    if moved and (by or printed.kind == "share"):
        raise NotModelledError("it is a change, which is not judged")


# Counts


def _count(clause: Clause) -> Sense | None:
    noun, bare = _noun(clause)
    if not noun and not bare:
        raise NotModelledError("what it counts is not modelled")
    noun = noun or _noun_said(clause)
    if not noun:
        return None
    if clause.has(words("departures")):
        raise NotModelledError("those who leave are not told apart")
    return _of_counts(clause, noun)


def _of_counts(clause: Clause, noun: str) -> Sense | None:
    for one in read()["counts"]:
        needed = [Words.of(group) for group in one.get("words", [])]
        if noun in one["nouns"] and all(clause.has(group) for group in needed):
            return Sense(one["name"], tuple((name, "") for name in one["quantities"]))
    return None


def _noun(clause: Clause) -> tuple[str, bool]:
    """What is counted, by the noun behind the figure, and whether no noun stands there at all."""
    tokens, stop = clause.tokens, clause.printed.stop
    hard, others = words("prepositions"), words("determiners")
    known = table("counted")
    for place in range(stop, min(stop + NOUN, len(tokens))):
        mention = clause.senders.get(place)
        if mention is not None and mention.adjective and tokens[mention.stop - 1].low[-1:] == "s":
            return "person", False
        other = next((one for one in clause.mentions if one.first == place), None)
        low = tokens[place].low
        kind = next((name for name, own in known.items() if low in own), "")
        if other is not None and other.adjective and other.sort != "sender":
            raise NotModelledError(f"{tokens[place].text!r}: they are not those that are modelled")
        if kind == "person" or (kind and not _goes_on(tokens, place, known)):
            return kind, False
        if tokens[place].kind == "mark" or low in hard or low in others or low in read()["times"]:
            break
    bare = stop >= len(tokens) or tokens[stop].kind != "word" or tokens[stop].low in words("bare")
    return "", bare or stop in clause.senders


def _goes_on(tokens: list[Token], place: int, known: dict[str, Words]) -> bool:
    """Whether a noun belongs to the next, as in permit holders."""
    behind = tokens[place + 1].low if place + 1 < len(tokens) else ""
    return any(behind in own for own in known.values())


def _noun_said(clause: Clause) -> str:
    """What is counted, by the nouns of the clause: the widest if there are several."""
    people = any(
        mention.adjective and clause.first <= place < clause.stop
        for place, mention in clause.senders.items()
    )
    found = [
        name
        for name, own in table("counted").items()
        if clause.has(own) or (name == "person" and people)
    ]
    return "person" if "person" in found else (found[0] if found else "")


# Shares


def _share(clause: Clause) -> Sense | None:
    tokens, stop = clause.tokens, clause.printed.stop
    behind = _behind_of(tokens, stop)
    people = table("counted")["person"]
    based = any(one.low in own for one in behind for own in table("bases").values())
    if behind and not based and any(one.low in people for one in behind):
        return Sense("a share of the workers", (("segment_workers", ""),))
    subject = clause.subject()
    for one in read()["shares"]:
        if not _said(clause, one, subject):
            continue
        bases = _bases(behind or clause.tokens[clause.first : clause.printed.first])
        return Sense(one["name"], tuple((item, base) for item in one["items"] for base in bases))
    return None


def _behind_of(tokens: list[Token], stop: int) -> list[Token]:
    """The words behind the "of" that follows a share, up to the end of the clause."""
    ends = words("boundaries")
    if stop < len(tokens) and tokens[stop].low not in ("of", "their", "what"):
        return []
    found: list[Token] = []
    for token in tokens[stop : stop + 12]:
        if token.low in ends or token.kind == "number":
            break
        found.append(token)
    return found


def _bases(behind: Sequence[Token]) -> tuple[str, ...]:
    """Bases of which a share may be meant."""
    meant: dict[str, list[str]] = read()["bases_of"]
    for name, own in table("bases").items():
        if any(one.low in own for one in behind):
            return tuple(meant[name])
    return tuple(meant["none"])


# Amounts


def _amount(clause: Clause, dollars: float) -> Sense | None:
    subject, best, most = clause.subject(), None, 0
    for one in read()["amounts"]:
        groups = ("subject" in one) + len(one["acts"]) + len(one.get("with", []))
        if groups > most and _said(clause, one, subject):
            best, most = one, groups
    if best is None:
        return None
    of_one = is_of_one(clause, dollars)
    names = best["worker" if of_one else "total"]
    if not names:
        raise NotModelledError(f"it seems to be {best['name']}, of which no total is modelled")
    return Sense(
        f"{best['name']}, {'per worker' if of_one else 'in all'}",
        tuple((name if of_one else f"total_{name}", "") for name in names),
    )


def is_of_one(clause: Clause, dollars: float) -> bool:
    """Whether an amount is of one worker: by a word for it, or else by its size."""
    heads = [one.split() for one in read()["heads"]["words"]]
    own = clause if clause.printed.sized else clause.outside()
    text = [
        clause.tokens[place].low
        for place in range(own.first, own.stop)
        if place not in clause.senders
    ]
    if any(_holds(text, head) for head in heads) or _each(text):
        return True
    return not clause.printed.sized and dollars < OF_ONE


def _each(text: Sequence[str]) -> bool:
    """Whether a word such as each is there, and not of a time."""
    times, alone = read()["times"], words("heads", "alone")
    return any(
        word in alone and (place + 1 == len(text) or text[place + 1] not in times)
        for place, word in enumerate(text)
    )


def _holds(text: Sequence[str], part: Sequence[str]) -> bool:
    size = len(part)
    return any(list(text[at : at + size]) == list(part) for at in range(len(text) - size + 1))


def _said(clause: Clause, one: dict[str, Any], subject: str) -> bool:
    """Whether all that a sense needs is said in the clause."""
    if "subject" in one and one["subject"] != subject:
        return False
    there = {actor for _, actor in clause.actors()}
    if not set(one.get("with", ())) <= there:
        return False
    return all(_any(clause, group.split("|")) for group in one["acts"])


def _any(clause: Clause, acts: Iterable[str]) -> bool:
    own = [one.low for one in clause.tokens[clause.first : clause.stop]]
    phrases: dict[str, list[str]] = read()["phrases"]
    return any(
        clause.has(table("acts")[act])
        or any(_holds(own, phrase.split()) for phrase in phrases.get(act, ()))
        for act in acts
    )
