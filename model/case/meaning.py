"""What a case's files say, as hashes: the same for every layout in which they can say it.

The key of a run is made from these, so that line ends, a byte-order mark, the order of rows and
columns, blank cells at the edge, quotation marks, comments or the spelling of a number fit nothing
anew. No numerical library is imported here, so that a stored answer is returned at once.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from model.case.folders import READINGS
from model.case.reader.cells import fitted, records
from model.case.reader.characters import place_of_fault
from model.case.reader.numbers import number
from model.case.reader.toml_places import toml_of

#: Columns, of any table, in which a cell that is a number stands for that number.
NUMBERS = frozenset(
    {
        "low", "value", "high", "share_p05", "share_p95", "workers_approved", "per_usd", "index",
        "coverage", "contract",
    }
)  # fmt: skip
#: Whole numbers below are exact as floats.
_EXACT = 2**53


def content_hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of what files say, by name, in the order given.

    A file that is no table or no TOML, which no case can hold, is hashed as it is.
    """
    return {name: _hash(name, content) for name, content in files.items()}


def _hash(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
        said = _table(text) if name.endswith(".csv") else _settings(name, text)
        content = json.dumps(said, sort_keys=True).encode()
    except (ValueError, RecursionError):
        pass
    return hashlib.sha256(content).hexdigest()


def _table(text: str) -> list[list[str]]:
    """Columns in alphabetical order, then the rows in theirs: no reader depends on either."""
    (_, header), *body = records(text)
    width = len(header)
    header = fitted(header, 0, width)
    if len(set(header)) < len(header):
        raise ValueError("two columns have one name")
    order = sorted(range(len(header)), key=header.__getitem__)
    rows = []
    for _, cells in body:
        kept = fitted(cells, len(header), width)
        if len(kept) != len(header):
            raise ValueError("a row is longer or shorter than the header")
        rows.append([_cell(header[place], kept[place]) for place in order])
    return [[header[place] for place in order], *sorted(rows)]


def _cell(column: str, cell: str) -> str:
    found = number(cell) if column in NUMBERS else math.nan
    if not math.isnan(found):
        return repr(found)
    return cell.replace("\r\n", "\n")


def _settings(name: str, text: str) -> list[Any]:
    """Content of a TOML file, and the order of the few tables whose order is read."""
    if place_of_fault(text) is not None:  # it may lie in a comment, which is not hashed
        raise ValueError("a character that must not be there")
    content = toml_of(text)
    # the first host has labels without its name; readings are fitted one after the other
    ordered = content if name.rpartition("/")[2] == READINGS else content.get("hosts")
    return [_plain(content), list(ordered) if isinstance(ordered, dict) else []]


def _plain(node: Any) -> Any:
    """Content as JSON, in which 5 and 5.0 are one number, and a date is not the text of a date."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, int) and not isinstance(node, bool) and abs(node) < _EXACT:
        return float(node)
    if isinstance(node, datetime.date | datetime.time):
        return {type(node).__name__: node.isoformat()}
    return node
