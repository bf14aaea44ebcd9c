"""Tables of the annex: caption, head and rows as plain JSON."""

from __future__ import annotations

from typing import Any

from reports.texts import Catalogue

Json = dict[str, Any]


def table(texts: Catalogue, name: str, columns: tuple[str, ...], rows: list[list[str]]) -> Json:
    """Return a table with its caption and head from the catalogue."""
    return {
        "caption": texts.say(f"annex.{name}.caption"),
        "head": [texts.say(f"annex.{name}.{column}") for column in columns],
        "rows": rows,
    }
