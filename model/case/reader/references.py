"""Check the names in timeline.toml that stand for sources and rows of evidence."""

from __future__ import annotations

import math

import pandas as pd

from model.case.faults import Listed, Report
from model.case.reader.evidence import FILE as EVIDENCE
from model.case.reader.settings import TimelineFile
from model.case.reader.taken_hosts import TIMELINE
from model.case.reader.toml_places import Place, dotted, line_of
from model.equations.subjects import MEASURED_BY_NAME


def press_rows(file: TimelineFile | None) -> dict[str, str] | None:
    """Return the rows that the press multiplies, by their role in the multiplication."""
    if file is None or file.press_arithmetic is None:
        return None
    return file.press_arithmetic.model_dump()


def check_references(
    report: Report,
    file: TimelineFile,
    text: str,
    evidence: pd.DataFrame | None,
    sources: pd.DataFrame | None,
) -> None:
    """Report names in timeline.toml that are missing from the other files."""
    tables = {"sources.csv": sources, EVIDENCE: evidence}
    press = press_rows(file) or {}
    named: list[tuple[Place, str, str]] = [
        (("sanctions", i, "source"), one.source, "sources.csv")
        for i, one in enumerate(file.sanctions)
    ]
    biases = file.gather.biases if file.gather else []
    named += [
        (("gather", "biases", i, "sources"), source, "sources.csv")
        for i, one in enumerate(biases)
        for source in one.sources
    ]
    named += [(("press_arithmetic", key), row, EVIDENCE) for key, row in press.items()]
    listed = {
        where: Listed(table["id"], where)
        for where, table in tables.items()
        if table is not None and any(where == one for *_, one in named)
    }
    rows = None if evidence is None else evidence.set_index("id")
    for place, name, where in named:
        message = listed[where].unlisted(name) if where in listed else None
        # an invalid row already has its own errors
        if message is None and where == EVIDENCE and rows is not None and not report.faulty:
            host = rows.loc[press["workers"], "host"] if _complete(file, rows) else ""
            currency = file.hosts[host].currency if host in file.hosts else None
            message = _press_fault(str(place[1]), rows.loc[name], currency)
        if message is not None:
            report.add(TIMELINE, line_of(text, place), dotted(place), message)


def _complete(file: TimelineFile, rows: pd.DataFrame) -> bool:
    """Whether all rows named in the press's arithmetic exist."""
    return set((press_rows(file) or {}).values()) <= set(rows.index)


def _press_fault(part: str, row: pd.Series, currency: str | None) -> str | None:
    """Explain why a row cannot serve in the press's arithmetic; None if it can."""
    if all(math.isnan(row[figure]) for figure in ("low", "value", "high")):
        return f"{row.name!r} has no figure; name a row that has one"
    if part == "workers":
        counted = row["quantity"] in MEASURED_BY_NAME and row["currency"] == ""
        counted = counted and MEASURED_BY_NAME[row["quantity"]].unit == "persons"
        return None if counted else f"{row.name!r} is not a count of persons; name a row that is"
    wanted = "USD" if part == "payment_usd" else currency
    if wanted is None or row["currency"] == wanted:
        return None
    if row["currency"] not in ("", "USD", currency) and row["role"] == "fit":
        return None  # it is converted at the rates of its window
    return f"{row.name!r} is not an amount in {wanted}; name a row that is"
