"""A text as sentences, a sentence as tokens with their places: nothing is understood here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from model.claims.catalogue import words
from model.terminal.plain_text import ACTING

Kind = Literal["number", "word", "sign", "mark"]

#: Longest sentence, in tokens: what goes on without a full stop is cut here.
LONGEST = 300
#: Characters that are read as another, one for one, so that places stay what they are.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("‘’ʼ`´", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("\u2002\u2003\u2008\u200a\u3000\t\r\x0b\x0c", " "),
        **dict.fromkeys("\u2007\u202f\u2009", "\u00a0"),
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        "％": "%",
        "﹪": "%",
        "＄": "$",
    }
)
#: A sequence that colours a terminal or moves its cursor.
_ESCAPED = re.compile(r"\x1b\[[0-9;?]*+[A-Za-z]?")
_ACTS = re.compile(f"[{ACTING}]")
#: Possessive quantifiers: no text is gone over more than once.
_TOKEN = re.compile(
    r"(?P<number>\d{1,3}+(?:[,\u00a0]\d{3})++(?!\d)(?:\.\d++)?+|\d++(?:\.\d++)?+)"
    r"|(?P<word>(?:U\.S\.|[^\W\d_]++(?:'[^\W\d_]++)*+))"
    r"|(?P<sign>US\$|[$€£¥₽₩%+~≈<>≤≥])"
    r"|(?P<mark>[^\s\w]|_|\n\s*\n)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a sentence.

    Attributes
    ----------
    kind : {"number", "word", "sign", "mark"}
    text : str
        As printed, but for signs that look alike.
    low : str
        In small letters, without a possessive's ending.
    start, end : int
        Places in the text.
    """

    kind: Kind
    text: str
    low: str
    start: int
    end: int


def plain(text: str) -> str:
    """A text of the same length in which nothing acts and signs that look alike are one."""
    still = _ESCAPED.sub(lambda found: " " * len(found[0]), text)
    return _ACTS.sub(" ", still.translate(_PLAIN))


def sentences(text: str) -> Iterator[list[Token]]:
    """The sentences of a plain text, each as its tokens."""
    found: list[Token] = []
    for token in _tokens(text):
        if token.kind == "mark" and token.text.isspace():
            if found:
                yield found
            found = []
            continue
        found.append(token)
        if token.text == "." and _shortened(found, text):
            found.pop()
            continue
        ends = token.text in "!?."
        if (token.kind == "mark" and ends) or len(found) >= LONGEST:
            yield found
            found = []
    if found:
        yield found


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind: Kind = match.lastgroup or "mark"  # type: ignore[assignment]
        yield Token(kind, match[0], _low(match[0]), match.start(), match.end())


def _low(text: str) -> str:
    """Small letters, without accents and without a possessive's ending."""
    low = text.lower()
    if not low.isascii():
        low = "".join(one for one in unicodedata.normalize("NFD", low) if one.isalpha()) or low
    return low.removesuffix("'s").removesuffix("'")


def _shortened(found: list[Token], text: str) -> bool:
    """Whether a full stop stands behind a shortened word, or inside something."""
    stop = found[-1]
    if len(found) > 1:
        before = found[-2]
        initial = len(before.text) == 1 and before.text.isupper()
        if before.end == stop.start and (before.low in words("shortened") or initial):
            return True
    return not (stop.end >= len(text) or text[stop.end].isspace() or text[stop.end] in "\"')]")


def phrase(tokens: list[Token], first: int, words: list[str]) -> bool:
    """Whether some words stand at a place."""
    return len(tokens) >= first + len(words) and all(
        tokens[first + place].low == word for place, word in enumerate(words)
    )
