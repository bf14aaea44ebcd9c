"""Characters that no text of a case may hold, as they act unseen, and those that a name may."""

from __future__ import annotations

import re

#: Last two places of each plane of Unicode, which are no characters.
_ENDS = "".join(chr(plane * 2**16 + place) for plane in range(17) for place in (0xFFFE, 0xFFFF))
#: Reason for refusing a character, by the pattern that finds it. Tabs and line ends are allowed.
_KINDS = {
    "a control character": "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]",
    "a line end of no system in use": "\r(?!\n)",
    "a line separator": "[\u2028\u2029]",
    "a turn of the direction of text": "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]",
    "a code that is no character": f"[\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb{_ENDS}]",
}
_ANY = re.compile("|".join(f"({pattern})" for pattern in _KINDS.values()))
#: Blanks around a text, which have no meaning.
BLANKS = "\r" + "".join(
    one for one in map(chr, range(0x3001)) if one.isspace() and not _ANY.match(one)
)

#: Names used in labels and selections of segments, so without dots, pluses and spaces.
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


def fault_in(text: str) -> str | None:
    """Explain the first character of a text that must not be there; None if all are allowed."""
    found = _ANY.search(text)
    if found is None:
        return None
    kind = list(_KINDS)[(found.lastindex or 1) - 1]
    return f"holds {kind}, U+{ord(found[0]):04X}; delete it"


def place_of_fault(text: str) -> int | None:
    """Return the line of the first character that must not be there; None if all are allowed."""
    found = _ANY.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def without_faults(text: str) -> str:
    """Return a text without the characters that must not be there."""
    return _ANY.sub("", text)
