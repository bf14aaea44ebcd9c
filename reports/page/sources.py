"""Sources on the page: their claims, what each does to a draw's weight, and stored refits."""

from __future__ import annotations

import shlex
from typing import Any

import pandas as pd

from model.archive.dials import Dials
from model.archive.finding import OF_READING
from reports.citations import claim, grade, publisher, speaker
from reports.page.columns import Kept, number
from reports.page.money import safe
from reports.saved_run import SavedRun
from reports.texts import Catalogue

Json = dict[str, Any]


def groups(run: SavedRun, found: Dials) -> list[tuple[str, str, list[str]]]:
    """Rows that count, by source and letter of reliability: what is switched or scaled together."""
    by: dict[tuple[str, str], list[str]] = {}
    for row in found.rows:
        said = run.evidence[row]
        by.setdefault((said["source"], said["reliability"].upper()), []).append(row)
    return [(source, letter, rows) for (source, letter), rows in sorted(by.items())]


def columns(run: SavedRun, found: Dials, kept: Kept) -> list[Json]:
    """The log density of each group's rows, draw by draw."""
    place = {row: number for number, row in enumerate(found.rows)}
    return [
        {
            "source": source,
            "letter": letter,
            "weights": [f"--weight {shlex.quote(row)}=" for row in rows],
            "draws": kept.column(found.densities[[place[row] for row in rows]].sum(axis=0)),
        }
        for source, letter, rows in groups(run, found)
    ]


def sources(run: SavedRun, found: Dials, texts: Catalogue) -> list[Json]:
    """Every source that counts: where it is, what it claims, and the answer of a refit without."""
    rows: dict[str, list[str]] = {}
    for source, _, own in groups(run, found):
        rows.setdefault(source, []).extend(own)
    refits = left_out(run)
    told = []
    for source, own in rows.items():
        about = run.sources[source]
        place = ", ".join(filter(None, (publisher(run, source, texts), texts.date(about["date"]))))
        told.append(
            {
                "key": source,
                "title": about["title"] or source,
                "place": place,
                "url": safe(about["url"]),
                "letters": sorted({run.evidence[row]["reliability"].upper() for row in own}),
                "claims": [_claim(run, row, texts) for row in own],
                "option": f"--drop-source {shlex.quote(source)}",
                "refit": refits.get(source),
            }
        )
    return sorted(told, key=lambda one: (one["letters"], one["place"], one["key"]))


def _claim(run: SavedRun, row: str, texts: Catalogue) -> Json:
    said = run.evidence[row]
    return {
        "key": row,
        "said": speaker(run, row, texts),
        "text": claim(run, row, texts),
        "grade": texts.say("grades.of", grade=grade(said)),
        "note": said["note"],
    }


def left_out(run: SavedRun) -> dict[str, Json]:
    """The headline without a source, by stored refits; empty if the run was not checked."""
    if not run.checks.get("leave_one_out", {}).get("rows"):
        return {}
    table = run.check_table("leave_one_out")
    return {
        str(row.group): {
            **{key: number(float(getattr(row, key))) for key in ("q50", "q05", "q95")},
            "reliable": bool(row.reliable),
        }
        for row in table[table["kind"] == "source"].itertuples()
        if all(pd.notna(getattr(row, key)) for key in ("q50", "q05", "q95"))
    }


def reading_of_refits(run: SavedRun, texts: Catalogue) -> str:
    """Title of the reading that stored refits are of; blank if the run has only one."""
    check = run.checks.get("leave_one_out", {"sentence": ""})
    named = [one["values"]["reading"] for one in check.get("said", ()) if one["key"] == OF_READING]
    for name, one in run.summary.get("readings", {}).items():
        # runs of earlier versions hold the sentence alone
        if name in named or check["sentence"].startswith(f"In the reading {name}: "):
            return texts.titled("readings", name, one["title"])
    return ""
