"""Find the line of each table and key of a TOML file, in one pass over its tokens."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Place = tuple[str | int, ...]

#: Most parts of a key, and most brackets within brackets: several times what any file needs.
DEEPEST = 20

# Every loop is possessive and takes a string without an end too, so that no text is read twice.
_TOKENS = re.compile(
    r'''
    (?P<text>
        """ (?: [^"\\] | \\. | "(?!"") )*+ (?:"{3,5}+)?
      | \'\'\' (?: [^'] | '(?!\'\') )*+ (?:'{3,5}+)?
      | " (?: [^"\\\n] | \\[^\n] )*+ "?
      | ' [^'\n]*+ '?
    )
  | (?P<blank> [ \t\r]++ | \#[^\n]*+ )
  | (?P<end> \n )
  | (?P<bare> [^\s\#"'\[\]{}=,.]++ )
  | (?P<mark> . )
    ''',
    re.VERBOSE | re.DOTALL,
)
_OPEN, _SHUT = frozenset("[{"), frozenset("]}")


class TooDeepError(ValueError):
    """A key of too many parts, or brackets within too many brackets; ``row`` is the line."""

    def __init__(self, row: int) -> None:
        super().__init__(f"tables are nested more than {DEEPEST} deep; write them out flat")
        self.row = row


def toml_of(text: str) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises
    ------
    TooDeepError
        If it is nested too deep, which would take long to parse.
    ValueError
        If it is not valid.
    """
    lines_of(text)
    try:
        return tomllib.loads(text)
    except RecursionError:  # should the parser see brackets that the tokens did not show
        raise TooDeepError(1) from None


def dotted(place: Place) -> str:
    """Return a key's place as a dotted path, with list entries counted from one."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).removeprefix(".")


def line_of(text: str, place: Place) -> int | None:
    """Return the line of a key, or of the table that should contain it."""
    lines = lines_of(text)
    for length in range(min(len(place), 2 * DEEPEST), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


@lru_cache(maxsize=16)
def lines_of(text: str) -> dict[Place, int]:
    """Return the first line of each table and key; cached, as one file may have many errors.

    Raises
    ------
    TooDeepError
    """
    lines: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for row, brackets, parts in _heads(text):
        if not brackets:
            lines.setdefault((*table, *parts), row)
            continue
        table = ()
        for part in parts[:-1]:
            table = _entry((*table, part), counts)
        table = (*table, *parts[-1:])
        if brackets > 1:
            counts[table] = counts.get(table, -1) + 1
        table = _entry(table, counts)
        for length in range(1, len(table) + 1):
            lines.setdefault(table[:length], row)
    return lines


def _entry(table: Place, counts: dict[Place, int]) -> Place:
    """Return the last entry of a list of tables, or the table itself."""
    return (*table, counts[table]) if table in counts else table


def _heads(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the line of each ``[table]`` and ``key =``, its brackets and the parts of its name."""
    row, depth, dots, brackets = 1, 0, 0, 0
    parts: list[str] | None = []  # None behind the name
    for found in _TOKENS.finditer(text):
        kind, piece = found.lastgroup, found[0]
        if kind == "end":
            row, dots = row + 1, 0
            parts, brackets = ([], 0) if depth == 0 else (parts, brackets)
        elif kind == "text":
            row += piece.count("\n")
        if kind in ("bare", "text") and parts is not None:
            parts.append(_name(piece))
        if kind != "mark":
            continue
        dots = dots + 1 if piece == "." else 0
        if parts is None:
            depth = max(0, depth + (piece in _OPEN) - (piece in _SHUT))
        elif piece == "[":
            brackets += 1
        elif piece in "]=":
            yield row, brackets, parts
            parts = None
        if max(dots, depth, brackets) > DEEPEST:
            raise TooDeepError(row)


def _name(piece: str) -> str:
    """Return a part of a key without its quotation marks."""
    return piece[1:-1] if piece[0] in "\"'" else piece
