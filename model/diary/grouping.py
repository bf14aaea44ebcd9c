"""Changes in groups that are refitted, and in lines and labels that are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.diary.changes import FILES, ROWS, Change, Piece, named
from model.terminal.wording import counted


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that are made together.

    Attributes
    ----------
    label : str
        In a few words, such as ``3 rows added (a-source)``.
    pieces : frozenset of (str, str)
    """

    label: str
    pieces: frozenset[Piece]


def groups(found: Sequence[Change], most: int) -> list[Group]:
    """Changes in at most so many groups, by the finest of three divisions that makes so few.

    By source, each other file being a group of its own; by kind of change of rows, likewise; or
    rows, priors, the question, and all other files.

    Parameters
    ----------
    found : sequence of Change
    most : int
        At least four.
    """
    counting = [one for one in found if one.kind != "words"]

    def by_source(one: Change) -> str:
        return f"source {one.source}" if one.of_rows else one.kind

    def by_kind(one: Change) -> str:
        return "changed" if one.kind == "dated" else one.kind

    def by_part(one: Change) -> str:
        plain = one.kind in ("priors.toml", "asked")
        return "rows" if one.of_rows else one.kind if plain else "frame"

    for way in (by_source, by_kind, by_part):
        divided: dict[str, list[Change]] = {}
        for one in counting:
            divided.setdefault(way(one), []).append(one)
        if len(divided) <= most:
            break
    return [group_of(own) for own in divided.values()]


def group_of(own: Sequence[Change]) -> Group:
    """Changes as one group."""
    return Group(label(own), frozenset(one.piece for one in own))


def label(own: Sequence[Change]) -> str:
    """Changes in a few words."""
    said = []
    rows = [one for one in own if one.kind in ROWS]
    counts = {word: sum(one.kind == kind for one in rows) for kind, word in ROWS.items()}
    kinds = {word: count for word, count in counts.items() if count}
    sources = named(list(dict.fromkeys(one.source for one in rows)))
    if len(kinds) == 1:
        ((word, count),) = kinds.items()
        said.append(f"{counted(count, 'row', 'rows')} from {sources} {word}")
    elif kinds:
        each = ", ".join(f"{count} {word}" for word, count in kinds.items())
        said.append(f"{counted(len(rows), 'row', 'rows')} from {sources} ({each})")
    dated = [one.source for one in own if one.kind == "dated"]
    if dated:
        said.append(f"the date or status of {named(dated)}")
    for one in own:
        if not one.of_rows:
            said.append(one.what if one.kind == "asked" else FILES.get(one.kind, one.kind))
    return "; ".join(dict.fromkeys(said))


def lines(found: Sequence[Change]) -> list[str]:
    """Changes in lines, one for each kind."""
    told = []
    for kind, word in {**ROWS, "dated": "sources"}.items():
        own = [one for one in found if one.kind == kind]
        if own and kind == "dated":
            told.append(f"{word} changed: {named([one.what for one in own], '; ')}")
        elif own:
            by: dict[str, list[str]] = {}
            for one in own:
                by.setdefault(one.source, []).append(one.what)
            pairs = [f"{named(names)} (source {source})" for source, names in by.items()]
            told.append(f"rows {word}: {named(pairs, '; ')}")
    told += [
        one.what if one.kind == "asked" else f"{FILES[one.kind]}: {one.what}"
        for one in found
        if one.kind in FILES or one.kind == "asked"
    ]
    words = [one.piece for one in found if one.kind == "words"]
    if words:
        told.append(f"words only, in {named([' '.join(one).strip() for one in words])}")
    return told
