"""What a value does to the words beside it: plural forms, and particles by the last sound.

In a text, ``{count:claim|claims}`` is the word that goes with a count, not the count itself, and
``{title:이/가}`` the particle that follows a title.
"""

from __future__ import annotations

import re
import string
from typing import Any

#: Last consonants of Hangul syllables are numbered within each block of 28; eight is ㄹ.
_FIRST_SYLLABLE, _LAST_SYLLABLE, _BLOCK, _RIEUL = 0xAC00, 0xD7A3, 28, 8
#: How the last digit, and the last letter of an abbreviation, is read in Korean.
_DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
_LETTERS = {"L": "엘", "M": "엠", "N": "엔", "R": "알", "l": "엘", "m": "엠", "n": "엔", "r": "알"}
#: What stands behind a word and is not read before a particle.
_SILENT = re.compile(r"(?:\([^()]*\)|[\s\"'”’»›」』\])}.,])+$")
_SIGNS = {"%": "트", "$": "러"}


class Sentence(string.Formatter):
    """Fill in a text, whose words may depend on the values."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value, or the form that it asks for of those named after the colon."""
        if "|" in format_spec:
            return plural(value, format_spec.split("|"))
        if "/" in format_spec:
            return particle(str(value), *format_spec.split("/"))
        return str(super().format_field(value, format_spec))


def plural(count: Any, forms: list[str]) -> str:
    """The form of a word beside a count: of two as in English, of three as in Russian."""
    number = int(re.sub(r"\D", "", str(count)) or 0)
    if len(forms) == 2:
        return forms[number != 1]
    if number % 10 == 1 and number % 100 != 11:
        return forms[0]
    few = number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14)
    return forms[1] if few else forms[2]


def particle(text: str, closed: str, opened: str) -> str:
    """The Korean particle behind a text: ``closed`` after a final consonant, else ``opened``."""
    heard = _SILENT.sub("", text)[-1:]
    heard = {**_DIGITS, **_LETTERS, **_SIGNS}.get(heard, heard)
    if not heard or not _FIRST_SYLLABLE <= ord(heard) <= _LAST_SYLLABLE:
        return opened
    final = (ord(heard) - _FIRST_SYLLABLE) % _BLOCK
    if closed == "으로" and final == _RIEUL:
        return opened
    return closed if final else opened
