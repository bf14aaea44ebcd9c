"""Text and tables for notebooks, as HTML in which text from files is text and never markup."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from model.terminal.plain_text import one_line

#: Rows of a table that are shown before the rest is counted.
MOST_ROWS = 12


class Shown:
    """An object whose names in a notebook are those meant for its reader."""

    __slots__ = ()

    def __dir__(self) -> list[str]:
        """Public names."""
        return [name for name in super().__dir__() if not name.startswith("_")]


def escaped(text: object) -> str:
    """Text on one line with all that could act, as markup or otherwise, made harmless."""
    return html.escape(one_line(str(text)))


def paragraph(*sentences: str, strong: bool = False) -> str:
    """Sentences as a paragraph; blank ones are left out."""
    text = " ".join(escaped(one) for one in sentences if one)
    return f"<p><strong>{text}</strong></p>" if strong else f"<p>{text}</p>"


def table(
    header: Sequence[object],
    rows: Iterable[Sequence[Any]],
    caption: str = "",
    most: int = MOST_ROWS,
) -> str:
    """A table of texts; beyond ``most`` rows, their number.

    Parameters
    ----------
    header : sequence
    rows : iterable of sequence
        Cells, as texts.
    caption : str
    most : int
    """
    kept = list(rows)
    head = "".join(f"<th>{escaped(one)}</th>" for one in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escaped(one)}</td>" for one in row) + "</tr>" for row in kept[:most]
    )
    more = paragraph(f"and {len(kept) - most} more rows") if len(kept) > most else ""
    title = f"<caption>{escaped(caption)}</caption>" if caption else ""
    return (
        f'<table class="dataframe">{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{more}"
    )
