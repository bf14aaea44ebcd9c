"""Check the columns by which rows of evidence refer to each other: ``replaces`` and ``panel``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from model.case.faults import Listed, quote
from model.case.statements import origin_of

if TYPE_CHECKING:
    from model.case.reader.evidence import Row


def check_replaced(rows: Sequence[Row]) -> None:
    """Report rows that replace none, themselves, each other, or a row about something else."""
    replacing = [row for row in rows if row["replaces"]]
    if not replacing:
        return
    by_id = {row["id"]: row for row in rows}
    listed = Listed(by_id, "evidence.csv")
    after = {}
    for row in replacing:
        old = row["replaces"]
        unknown = listed.unlisted(old)
        if unknown is not None:
            row.fault("replaces", unknown)
            continue
        after[row["id"]] = old
        other = by_id[old]
        for column in ("quantity", "host"):
            if other[column] != row[column]:
                got = f"{old} is about {other[column]}, this row about {row[column]}"
                row.fault("replaces", f"{got}; a revision is of the same {column}")
                break
    for loop in _loops(after):
        row = by_id[loop[0]]
        row.fault("replaces", f"{' replaces '.join(loop)}; let the latest replace the others")


def _loops(after: dict[str, str]) -> list[list[str]]:
    """Return each chain of ids that comes back to its first."""
    found, seen = [], set[str]()
    for first in sorted(after):
        place: dict[str, int] = {}
        one = first
        while one in after and one not in seen:
            seen.add(one)
            place[one] = len(place)
            one = after[one]
        if one in place:
            found.append([*list(place)[place[one] :], one])
    return found


def check_panels(rows: Sequence[Row]) -> None:
    """Report panels of rows with one origin, of which all but one would be copies."""
    experts: dict[tuple[str, str], str] = {}
    for row in rows:
        if not row["panel"] or not row.clean("panel", "origin"):
            continue
        key = row["panel"], origin_of(row["origin"])
        if key in experts:
            same = f"{experts[key]} has the origin {quote(key[1])} too"
            row.fault("origin", f"{same}; experts of a panel speak for themselves: leave it blank")
        experts.setdefault(key, row["id"])
    size = Counter(row["panel"] for row in rows)
    for row in rows:
        if row["panel"] and size[row["panel"]] == 1:
            message = f"{quote(row['panel'])} has one expert only; give the others the same name"
            row.report.warn(row.file, row.number, "panel", message)
