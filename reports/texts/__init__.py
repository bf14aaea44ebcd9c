"""All words of figures and pages: one file per language, chosen by name."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from model.archive.finding import Finding, Worded, english_texts
from model.terminal.grammar import Sentence
from model.terminal.wording import Wording, three

FOLDER = Path(__file__).parent


class NoSuchTextError(KeyError):
    """A text is missing from a catalogue: an error in the program or in a translation."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The texts of one language.

    Attributes
    ----------
    language : str
        Code of the language, e.g. ``en``.
    content : dict
        Content of ``LANGUAGE.toml``.
    titles : mapping
        The case's own titles in this language, by kind and name.
    """

    language: str
    content: dict[str, Any]
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> Wording:
        """How numbers are written."""
        return Wording(**self.content["numbers"])

    def say(self, key: str, /, **values: Any) -> str:
        """Return the text of a dotted key, with values filled in.

        Raises
        ------
        NoSuchTextError
            If no such text exists, or a value that it needs is missing.
        """
        node: Any = self.content
        for part in key.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if not isinstance(node, str):
            raise NoSuchTextError(f"{self.language}.toml has no text {key}")
        try:
            # a blank value must not leave two spaces
            return re.sub(" +", " ", Sentence().format(node, **values)).strip()
        except KeyError as error:
            raise NoSuchTextError(f"{self.language}.toml, {key}: no value for {error}") from None

    def changed_by(self, key: str) -> Catalogue:
        """The catalogue with the texts under a key in the place of those that they reword."""
        return replace(self, content=_changed(self.content, self.content[key]))

    def found(self, said: Iterable[Mapping[str, Any]], sentence: str) -> str:
        """What a check found, or its English sentence if it was saved without what that says."""
        readings = {"reading": self.titles.get("readings", {})}
        try:
            told = Worded(self.content["found"] | readings, self.numbers).told(
                map(Finding.of, said)
            )
        except (LookupError, TypeError, ValueError):
            return sentence  # of another version, which said other things
        return told or sentence

    def titled(self, kind: str, name: str, own: str | None = None) -> str:
        """The case's title of a thing in this language, else its own, else its name in words."""
        own = name.replace("_", " ") if own is None else own
        return self.titles.get(kind, {}).get(name, own)

    def money(self, numbers: Mapping[str, Any]) -> str:
        """Format dollars with their interval, as in "$136 million (103 to 180)"."""
        return self.say("amount", parts=self.numbers.amount(*three(numbers)))

    def chance(self, probability: float) -> str:
        """A probability in words, from the table of words."""
        for step in self.content["chances"]:
            if probability >= step["from"]:
                return str(step["words"])
        raise NoSuchTextError(f"{self.language}.toml, chances: no words for {probability}")

    def month(self, month: str) -> str:
        """A month (YYYY-MM) in words, e.g. "December 2017"."""
        year, number = month.split("-")[:2]
        return self.say("month", month=self.content["months"][int(number) - 1], year=year)

    def date(self, day: str) -> str:
        """A date (YYYY-MM-DD, or a part of it) in words, e.g. "2 August 2018"."""
        parts = day.split("-")
        if len(parts) == 1 and re.fullmatch("[0-9]{4}", day):
            return self.say("year", year=day)
        if len(parts) == 2 and parts[1].isdigit():
            return self.month(day)
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            return day
        return self.say("date", day=int(parts[2]), month=self.month(day))

    def name(self, label: str) -> str:
        """A basic quantity's name: ``permit_inflow.open`` as "Arrivals on permits: open"."""
        parts = label.split(".")
        place = next(at for at, part in enumerate(parts) if part in self.content["quantities"])
        kinds = ("segments", "phases", "hosts")
        known = {name: text for kind in kinds for name, text in self.titles.get(kind, {}).items()}
        named = parts[place + 1 :] + parts[:place]
        entry = " ".join(known.get(part) or part.replace("_", " ") for part in named)
        name = self.say(f"quantities.{parts[place]}")
        return self.say("entry", name=name, entry=entry) if entry else name


def _changed(texts: Mapping[str, Any], by: Mapping[str, Any]) -> dict[str, Any]:
    """Nested texts with some reworded."""
    return dict(texts) | {
        key: _changed(texts[key], text) if isinstance(text, Mapping) else text
        for key, text in by.items()
    }


def placeholders(text: str) -> set[str]:
    """Names in a text's braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def languages() -> list[str]:
    """Codes of the available languages."""
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.toml"))


@cache
def catalogue(language: str = "en") -> Catalogue:
    """Return the texts of a language.

    Raises
    ------
    FileNotFoundError
        If no such language exists.
    """
    path = FOLDER / f"{language}.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    # the model words its findings in English itself
    return Catalogue(language, {"found": english_texts()} | content)
