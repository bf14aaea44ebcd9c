"""Text from files made harmless: nothing in it moves a cursor, colours, forges a line or runs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: Characters that do something instead of being something: control characters (C0 but the line
#: feed, delete, C1), other ends of lines, marks, embeddings, overrides and isolates of direction,
#: blanks of no width, annotations, what is no character, tags, halves of characters.
ACTING = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_ACTING = re.compile(f"[{ACTING}]")
_OF_A_LINE = re.compile(f"[\n{ACTING}]")
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def _shown(found: re.Match[str]) -> str:
    r"""A character as its escape: ``\x1b``, ``\u202e``."""
    return found[0].encode("unicode_escape", "surrogatepass").decode("ascii")


def printable(text: str) -> str:
    r"""Text with each acting character but the line feed as its escape, such as ``\x1b``."""
    return text if text.isascii() and text.isprintable() else _ACTING.sub(_shown, text)


def one_line(text: str) -> str:
    """Printable text on one line, so that none of it can pass for a line of the program's own."""
    return text if text.isascii() and text.isprintable() else _OF_A_LINE.sub(_shown, text)


def wrapped(text: str, width: int, hang: str = "") -> list[str]:
    """A line as lines of at most so many columns, broken between words; no word is ever split.

    What follows the first line is indented like it, and by ``hang``.
    """
    from rich.cells import cell_len  # characters of some scripts take two columns

    words = one_line(text).lstrip(" ").split(" ")
    indent = " " * (len(text) - len(text.lstrip(" ")))
    lines = [indent + words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if cell_len(longer) <= width:
            lines[-1] = longer
        elif word:
            lines.append(f"{indent}{hang}{word}")
    return [line.rstrip(" ") for line in lines]


def cleaned(content: Any) -> Any:
    """Nested lists and dictionaries with each text in them printable."""
    if isinstance(content, str):
        return printable(content)
    if isinstance(content, dict):
        return {cleaned(key): cleaned(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [cleaned(one) for one in content]
    return content


def json_text(content: Any) -> str:
    """Indented JSON in which acting characters are escapes, so that it reads as the same."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    return _ACTING.sub(_json_escape, text) + "\n"


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def table_cell(value: Any) -> Any:
    """A cell for a CSV file: text on one line that no spreadsheet takes for a formula.

    Such text gets an apostrophe in front, as spreadsheets themselves write it.
    """
    if not isinstance(value, str):
        return value
    return f"'{one_line(value)}" if value.lstrip(" ").startswith(FORMULA) else one_line(value)


def csv_text(table: pd.DataFrame, **options: Any) -> str:
    """A table as CSV without its index; numbers stay numbers, text is ``table_cell``'s."""
    import pandas as pd

    safe = table.rename(columns=table_cell)
    for place, kind in enumerate(safe.dtypes):
        if kind.kind not in "biufcmM":
            cells = [table_cell(cell) for cell in safe.iloc[:, place]]
            safe.isetitem(place, pd.Series(cells, index=safe.index, dtype=object))
    return str(safe.to_csv(index=False, lineterminator="\n", **options))


def cell_text(cell: str) -> str:
    """The text that ``table_cell`` has made a cell of, without the apostrophe."""
    return cell[1:] if cell[:1] == "'" and cell[1:].lstrip(" ").startswith(FORMULA) else cell
