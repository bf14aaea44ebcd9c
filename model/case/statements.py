"""Which rows are one statement, and which no longer count: replaced, retracted, or repeats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from model.case.publication import last_day

RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Struck:
    """Why a row no longer counts.

    Attributes
    ----------
    why : {"replaced", "retracted", "repeats"}
        Another row replaces it; its source was retracted; it repeats a row of such a source.
    by : str
        Id of the row that replaces it, of the retracted source, or of the row that it repeats.
    since : str
        Date of the retraction; blank if none is known, or for a replacement.
    """

    why: Literal["replaced", "retracted", "repeats"]
    by: str
    since: str = ""

    def __str__(self) -> str:
        """Return the reason in words."""
        said = {
            "replaced": f"replaced by {self.by}",
            "retracted": f"{self.by} was retracted",
            "repeats": f"repeats {self.by}, whose source was retracted",
        }
        return said[self.why] + (f" ({self.since})" if self.since else "")


def origin_of(stated: str) -> str:
    """Name of an origin, without ``/same`` or ``/opposite``."""
    return stated.partition("/")[0]


def statements(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Key of each row's statement; copies have the same key.

    Copies are rows of one origin about the same quantity, host, segments and base in the same
    window.
    """
    keys = ["quantity", "host", "segments", "base", "start", "end", "first_part", "last_part"]
    return [
        (origin_of(row.origin), *(getattr(row, key) for key in keys)) for row in rows.itertuples()
    ]


def retractions(sources: pd.DataFrame) -> dict[str, str]:
    """Date, or a blank, of each retracted source."""
    told = zip(sources["id"], sources["status"], strict=True)
    return {name: status.removeprefix(RETRACTED).strip() for name, status in told if status}


def struck_out(
    evidence: pd.DataFrame, sources: pd.DataFrame, day: date | None = None
) -> dict[str, Struck]:
    """Rows that no longer count, by id.

    Of a source that was retracted no row counts, nor does a row that only repeats one: the same
    statement of the same origin, not known to have been published earlier. A row that is replaced
    does not count again if its replacement is retracted.

    Parameters
    ----------
    evidence, sources : DataFrame
        As in ``Case``.
    day : date, optional
        Only what had been published, and retracted, by this day counts; by default everything. A
        source without a date has not been published by any day.
    """
    published = dict(zip(sources["id"], sources["date"].map(last_day), strict=True))
    gone = {
        name: since
        for name, since in retractions(sources).items()
        if day is None or not since or _known(last_day(since), day)
    }
    found = {
        old: Struck("replaced", row)
        for row, old, source in _cells(evidence, "id", "replaces", "source")
        if old and (day is None or _known(published[source], day))
    }
    keys = statements(evidence) if gone else []
    first = {
        key: row
        for key, (row, source) in zip(keys, _cells(evidence, "id", "source"), strict=False)
        if source in gone
    }
    from_source = dict(zip(evidence["id"], evidence["source"], strict=True))
    for key, (row, source) in zip(keys, _cells(evidence, "id", "source"), strict=False):
        if source in gone:
            found.setdefault(row, Struck("retracted", source, gone[source]))
        elif key in first:
            original = first[key]
            before, after = published[from_source[original]], published[source]
            if before is None or after is None or after >= before:
                since = gone[from_source[original]]
                found.setdefault(row, Struck("repeats", original, since))
    return dict(sorted(found.items()))


def _cells(table: pd.DataFrame, *columns: str) -> Iterable[tuple[str, ...]]:
    return zip(*(table[column] for column in columns), strict=True)


def _known(found: date | None, day: date) -> bool:
    return found is not None and found <= day
