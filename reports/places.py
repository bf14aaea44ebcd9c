"""Where it was earned: the state take of each host and named group of hosts, and its part."""

from __future__ import annotations

from typing import Any

from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from model.terminal.wording import MILLION, three
from reports.figures.totals import place_name
from reports.saved_run import SavedRun
from reports.tables import date_text
from reports.texts import Catalogue

Json = dict[str, Any]
#: The table's columns besides the years.
COLUMNS = ("place", "share")


def block(run: SavedRun, texts: Catalogue) -> Json | None:
    """State take by place in the headline's year and the last, the largest first; groups follow.

    None for a case of one host. The group that is the world is the sum, told elsewhere.
    """
    places: Json = run.summary["scenarios"][BASELINE].get("places", {})
    if not places:
        return None
    year, last = str(run.year), str(run.years[-1])
    shown = [year, *([last] if last != year else [])]

    def median(name: str) -> float:
        return float(places[name]["annual"][year][HEADLINE]["usd"]["q50"] or 0.0)

    named = [name for name in places if name != "world"]
    order = sorted(named, key=lambda name: (name not in run.hosts, -median(name)))
    rows = []
    for name in order:
        annual, share = places[name]["annual"], places[name]["share"][year][HEADLINE]
        cells = [
            texts.numbers.interval(*three(annual[one][HEADLINE]["usd"], MILLION)) for one in shown
        ]
        title = place_name(run, name, texts)
        if name not in run.hosts:
            hosts = ", ".join(place_name(run, host, texts) for host in places[name]["hosts"])
            title = texts.say("brief.places.group", name=title, hosts=hosts)
        rows.append([title, cells[0], _percent(share, texts), *cells[1:]])
    head = {column: texts.say(f"brief.places.{column}") for column in COLUMNS}
    dates = [date_text(run, one, texts) for one in shown]
    return {
        "caption": texts.say("brief.places.caption", year=year),
        "head": [head["place"], dates[0], head["share"], *dates[1:]],
        "rows": rows,
    }


def _percent(share: Json, texts: Catalogue) -> str:
    """A part of all hosts' revenue in per cent: median and interval."""
    return texts.numbers.interval(*(100.0 * number for number in three(share)))
