"""Tables of the annex: caption, head and rows as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.equations.quantities import DEFINITIONS
from model.terminal.wording import FINEST, MILLION, three, unchanged
from reports.saved_run import SavedRun
from reports.texts import Catalogue

Json = dict[str, Any]


def table(texts: Catalogue, name: str, columns: tuple[str, ...], rows: list[list[Any]]) -> Json:
    """Return a table with its caption and head from the catalogue."""
    return {
        "caption": texts.say(f"annex.{name}.caption"),
        "head": [texts.say(f"annex.{name}.{column}") for column in columns],
        "rows": rows,
    }


def case_title(run: SavedRun, texts: Catalogue) -> str:
    """What the case is called."""
    return texts.titled("case", "title", run.summary["case"])


def change_text(numbers: Mapping[str, Any], texts: Catalogue) -> str:
    """A difference from what happened, in millions: median and 90% interval, or none."""
    if unchanged(numbers):
        return texts.say("brief.stake.none")
    return texts.numbers.interval(*three(numbers, MILLION), finest=FINEST)


def date_text(run: SavedRun, date: int | str, texts: Catalogue) -> str:
    """A year or month, marked if it is projected."""
    return texts.say("projected", date=date) if run.projected(date) else str(date)


def projected_note(run: SavedRun, texts: Catalogue) -> str:
    """What the mark of projected years means; blank if no year is projected."""
    if not any(map(run.projected, run.all_years)):
        return ""
    return texts.say("projected_note", end=texts.month(run.timeline["end"]))


def chapters(texts: Catalogue) -> dict[str, str]:
    """Titles of the annex's chapters, by the names under which texts refer to them."""
    annex: Json = texts.content["annex"]
    return {key: title for key, title in annex.items() if key.endswith("_title")}


def defined(texts: Catalogue) -> list[dict[str, str]]:
    """Names and meanings of the definitions, from the narrowest, and of words that need one."""
    meanings = [
        {
            "name": texts.say(f"definitions.{definition}.name"),
            "text": texts.say(f"definitions.{definition}.meaning"),
        }
        for definition in reversed(DEFINITIONS)
    ]
    return meanings + [
        {"name": texts.say(f"brief.{word}_name"), "text": texts.say(f"brief.{word}")}
        for word in ("plan", "grade")
    ]
