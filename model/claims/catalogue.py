"""The catalogue of words: what newspapers say of hedges, sizes, actors, acts and things counted."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model.case.reader.numbers import HEDGES, HEDGES_BEHIND

#: Shortest word of a case's place or sector by which it is known.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Words:
    """Words, and beginnings of words, which may be asked whether they hold one."""

    whole: frozenset[str]
    begun: tuple[str, ...]

    @classmethod
    def of(cls, words: list[str]) -> Words:
        """Words, of which those that end in a star are beginnings."""
        return cls(
            frozenset(one.lower() for one in words if not one.endswith("*")),
            tuple(one.removesuffix("*").lower() for one in words if one.endswith("*")),
        )

    def __contains__(self, word: str) -> bool:
        """Whether the words hold one."""
        return word in self.whole or (bool(self.begun) and word.startswith(self.begun))


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its names, adjectives and capital, each as words."""

    names: tuple[tuple[str, ...], ...]
    adjectives: tuple[tuple[str, ...], ...]
    capital: tuple[str, ...]


@cache
def read() -> dict[str, Any]:
    """The catalogue as it stands in words.toml."""
    return tomllib.loads(_file("words.toml"))


@cache
def words(table: str, key: str = "words") -> Words:
    """Words of a table of the catalogue."""
    return Words.of(read()[table][key])


@cache
def table(name: str) -> dict[str, Words]:
    """Words by name, of a table of the catalogue with several."""
    return {key: Words.of(listed) for key, listed in read()[name].items()}


@cache
def hedges(behind: bool) -> tuple[tuple[list[str], str], ...]:
    """Phrases that hedge a figure, before or behind it, and the qualifier of each; longest first.

    They are those that cells of evidence may hold, and those that only sentences do.
    """
    own = read()["hedges_behind" if behind else "hedges"]
    known = {**(HEDGES_BEHIND if behind else HEDGES), **own}
    found = [(phrase.lower().split(), qualifier) for phrase, qualifier in known.items()]
    return tuple(sorted(found, key=lambda one: (-len(one[0]), one[0])))


@cache
def countries() -> tuple[Country, ...]:
    """Countries of the world, as newspapers call them."""
    return tuple(
        Country(
            tuple(map(as_words, one["names"])),
            tuple(map(as_words, one["adjectives"])),
            as_words(one["capital"]),
        )
        for one in tomllib.loads(_file("countries.toml"))["country"]
    )


def as_words(name: str) -> tuple[str, ...]:
    """A name as the words in which a sentence has it, in small letters."""
    return tuple(name.lower().replace("_", " ").replace("-", " ").split())


def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
