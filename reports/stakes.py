"""What scenarios change, as a table of the brief."""

from __future__ import annotations

import re
from typing import Any

from model.equations.quantities import HEADLINE
from model.terminal.wording import unchanged
from reports.linked import Annex
from reports.saved_run import SavedRun
from reports.tables import change_text, chapters, date_text
from reports.texts import Catalogue

Json = dict[str, Any]

#: Scenarios in the table: those that matter most. The annex draws more.
TOLD = 3


def first_sentence(text: str) -> str:
    """The first sentence of a description.

    A full stop before a small letter ends none, as in an abbreviation.
    """
    ends = r"(?<=[!?;])\s|(?<=\.)\s(?![a-zа-яё—])"
    return re.split(ends, text, maxsplit=1)[0].rstrip(";.") + "."


def stakes(run: SavedRun, texts: Catalogue) -> Json:
    """For each scenario: the change in the state take and in the billings."""
    rows: list[list[str]] = []
    told: list[dict[str, str]] = []

    shown = dict(list(run.scenarios.items())[:TOLD])
    later = any("within_data" in block["at_stake"] for block in shown.values())
    for name, block in shown.items():
        title = texts.titled("scenarios", name, block["title"])
        description = texts.titled("descriptions", name, block["description"])
        whole = block["at_stake"]
        stake = whole.get("within_data", whole)
        take = stake[HEADLINE]["usd"]
        months = f"{stake['from']} – {date_text(run, stake['to'], texts)}"
        cells = [title, months, change_text(take, texts)]
        cells += ["" if unchanged(take) else ", ".join(texts.numbers.chances(take))]
        if later:
            extended = texts.say(
                "brief.stake.to",
                month=date_text(run, whole["to"], texts),
                change=change_text(whole[HEADLINE]["usd"], texts),
            )
            cells.append(extended if stake is not whole else "")
        rows.append([*cells, change_text(stake["billings"]["usd"], texts)])
        told.append({"name": title, "text": first_sentence(description)})
    keys = ["scenario", "months", "change", "chance", *(["projected"] if later else []), "billings"]
    left = len(run.scenarios) - TOLD
    key = "brief.stake.more_one" if left == 1 else "brief.stake.more"
    more = texts.say(key, count=left, **chapters(texts)) if left > 0 else ""
    return {
        "more": more,
        "annex": [Annex(run, texts).scenario(place) for place in range(len(rows))],
        "told": told,
        "caption": texts.say("brief.stake.caption"),
        "head": [texts.say(f"brief.stake.{key}") for key in keys],
        "rows": rows,
    }
