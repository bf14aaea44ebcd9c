"""What a finding is made of, its key and values, so that every language can word it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Self

from model.equations.quantities import DEFINITIONS
from model.terminal.grammar import Sentence
from model.terminal.wording import ENGLISH, Wording

Json = dict[str, Any]

#: The English texts of all findings; reports have those of other languages.
TEXTS = Path(__file__).with_name("findings.toml")
#: Names listed in a sentence before the rest are counted.
MOST = 5
#: Key of the finding that names the reading that the others are of.
OF_READING = "of_reading"


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, or a part of one, before it is worded.

    Attributes
    ----------
    key : str
        Key of its text.
    values : dict
        What the text is filled in with: names; counts and numbers; a median with the ends of its
        interval, as a list of three numbers; findings; lists of names or of findings.
    """

    key: str
    values: Json = field(default_factory=dict)

    def content(self) -> Json:
        """The same as plain JSON."""
        return {"key": self.key, "values": {key: _plain(one) for key, one in self.values.items()}}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """The finding from which ``content`` was made."""
        return cls(content["key"], {key: _read(one) for key, one in content["values"].items()})


def _clean(value: Any) -> Any:
    """A value as JSON has it: numbers that are not finite become null."""
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Finding):
        return value.content()
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _read(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Finding.of(value)
    return [_read(one) for one in value] if isinstance(value, list) else value


def finding(key: str, /, **values: Any) -> Finding:
    """A finding of a key, with its values."""
    return Finding(key, {name: _clean(value) for name, value in values.items()})


def chance(probability: float, draws: int) -> Finding:
    """A probability, no finer than the draws can resolve."""
    least = 2.0 / draws
    if probability < least:
        return finding("chance_below", least=float(least))
    return finding("chance", probability=float(probability))


def names_or_none(names: Iterable[str | Finding]) -> list[str | Finding] | Finding:
    """Some names, or that there is none."""
    return list(names) or finding("none")


def named(label: str) -> str | Finding:
    """A basic quantity by its label, or the revenue of a year, which tables call so."""
    name, _, year = label.rpartition(" of ")
    definition = name.replace(" ", "_")
    if definition not in DEFINITIONS or not year.isdecimal():
        return label
    return finding("revenue_of", definition=definition, year=int(year))


class Worded(Sentence):
    """Words findings with the texts and the number formats of one language.

    In a text, ``{x}`` is a value, ``{x:.1f}`` a number so formatted, and ``{x:world}`` what the
    texts under ``world`` call it, or its own name.
    """

    def __init__(self, texts: Mapping[str, Any], numbers: Wording) -> None:
        self._texts, self._numbers = texts, numbers

    def told(self, said: Iterable[Finding]) -> str:
        """Some findings, one after the other."""
        return " ".join(map(self.one, said))

    def one(self, said: Finding) -> str:
        """One finding.

        Raises
        ------
        KeyError, ValueError, TypeError
            If the texts have none of its key, or the values are not those of the text.
        """
        text = self._texts[said.key]
        if not isinstance(text, str):
            raise KeyError(said.key)
        return self.vformat(text, (), said.values)

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value in words."""
        if isinstance(self._texts.get(format_spec), Mapping):
            return str(self._texts[format_spec].get(value, value))
        if value is None:
            return self._numbers.not_finite
        if isinstance(value, int | float) and not set("|/") & set(format_spec):
            return self._numbers.signed(format(value, format_spec or ","))
        return super().format_field(self._in_words(value), format_spec)

    def _in_words(self, value: Any) -> str:
        if isinstance(value, Finding):
            return self.one(value)
        if not isinstance(value, list):
            return str(value)
        if not any(isinstance(one, str | Finding) for one in value):
            middle, low, high = (math.nan if one is None else one for one in value)
            return self._numbers.interval(middle, low, high)
        return self.listed(value)

    def listed(self, names: list[Any]) -> str:
        """The first few names, and how many more there are."""
        shown = ", ".join(map(self._in_words, names[:MOST]))
        if len(names) <= MOST:
            return shown
        return self.one(finding("and_more", names=shown, count=len(names) - MOST))


@cache
def english_texts() -> dict[str, Any]:
    """The English texts of all findings, by key."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


def in_english(said: Iterable[Finding]) -> str:
    """Some findings in English, one after the other."""
    return Worded(english_texts(), ENGLISH).told(said)
