"""Blocks of the annex on results: every interval by year, and each scenario with its changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.case.folders import BASELINE
from model.equations.quantities import DEFINITIONS
from model.terminal.wording import MILLION, rounding_unit, three, unchanged
from reports import assumed
from reports.saved_run import SavedRun
from reports.tables import change_text, date_text, projected_note
from reports.texts import Catalogue
from reports.units import unit_text, with_unit

Json = dict[str, Any]

#: From the narrowest definition to the widest.
ORDER = tuple(reversed(DEFINITIONS))
#: How a scenario may change a quantity.
WAYS = ("set", "scale", "path", "as_in")


def results(run: SavedRun, texts: Catalogue) -> Json:
    """Each definition by year: median, 50% and 90% interval, in dollars and the host's currency."""
    annual = run.summary["scenarios"][BASELINE]["annual"]
    currencies = list(next(iter(annual.values()))[ORDER[0]])
    rows: list[list[str]] = []
    faint: list[int] = []
    keys = [f"{definition}-{year}" for definition in ORDER for year in annual]
    for definition in ORDER:
        name = assumed.definition_name(run, definition, texts)
        for year, found in annual.items():
            if run.projected(int(year)) or assumed.mostly(run, definition):
                faint.append(len(rows))
            cells = [cell for one in currencies for cell in _spread(found[definition][one], texts)]
            rows.append([name, date_text(run, int(year), texts), *cells])
            name = ""
    heads = [
        texts.say(f"annex.results.{part}", currency=one.upper())
        for one in currencies
        for part in ("median", "half", "most")
    ]
    first = [texts.say(f"annex.results.{part}") for part in ("definition", "year")]
    return {
        "caption": texts.say("annex.results.caption"),
        "head": [*first, *heads],
        "rows": rows,
        "keys": keys,
        "faint": faint,
        "note": projected_note(run, texts),
    }


def _spread(numbers: Mapping[str, Any], texts: Catalogue) -> list[str]:
    """Median, 50% and 90% interval in millions, rounded alike."""
    parts = texts.numbers.parts(*three(numbers, MILLION))
    _, low, high = three(numbers, MILLION)
    half = (
        texts.numbers.rounded(
            float("nan") if end is None else end / MILLION, rounding_unit(low, high)
        )
        for end in (numbers["q25"], numbers["q75"])
    )
    return [
        parts.middle,
        *(
            texts.say("annex.results.interval", low=one, high=other)
            for one, other in (tuple(half), (parts.low, parts.high))
        ),
    ]


def scenarios(run: SavedRun, texts: Catalogue) -> list[Json]:
    """Every scenario of the run, those that change most first."""
    return [_scenario(run, name, block, texts) for name, block in run.scenarios.items()]


def _scenario(run: SavedRun, name: str, block: Json, texts: Catalogue) -> Json:
    title = texts.titled("scenarios", name, block["title"])
    rows: list[list[Any]] = []
    faint: list[int] = []
    for year, versus in block["versus_baseline"].items():
        if all(unchanged(versus[one]["usd"]) for one in ORDER):
            continue
        if run.projected(int(year)):
            faint.append(len(rows))
        cells = [
            [
                texts.numbers.interval(*three(block["annual"][year][one]["usd"], MILLION)),
                change_text(versus[one]["usd"], texts),
            ]
            for one in ORDER
        ]
        rows.append([date_text(run, int(year), texts), *cells])
    return {
        "name": name,
        "title": title,
        "description": texts.titled("descriptions", name, block["description"]),
        "basis": block["basis"],
        "sources": [one for one in block["sources"] if one in run.sources],
        "changes": [
            change_in_words(run, one, texts) for one in run.scenario_file(name).get("changes", [])
        ],
        "caption": texts.say("annex.by_year.caption", title=title),
        "head": [
            texts.say("annex.results.year"),
            *(assumed.definition_name(run, one, texts) for one in ORDER),
        ],
        "assumed": [place for place, one in enumerate(ORDER, 1) if assumed.mostly(run, one)],
        "rows": rows,
        "faint": faint,
        "none": "" if rows else texts.say("annex.by_year.none"),
    }


def change_in_words(run: SavedRun, change: Mapping[str, Any], texts: Catalogue) -> str:
    """One of a scenario's changes, as in "Arrivals on permits, from May 2017: 0 persons/month"."""
    how = next(way for way in WAYS if way in change)
    value, until = change[how], change.get("to")
    whose = [texts.titled(f"{key}s", change[key]) for key in ("host", "segment") if key in change]
    when = texts.say(
        f"annex.changes.{'until' if until else 'since'}",
        first=texts.month(change["from"]), last=texts.month(until) if until else "",
    )  # fmt: skip
    unit = str(change.get("unit", ""))
    if how == "as_in":
        said = texts.say("annex.changes.as_in", month=texts.month(value))
    elif how == "path":
        points = [
            texts.say("annex.changes.point", month=month, value=texts.numbers.plain(float(one)))
            for month, one in value.items()
        ]
        said = texts.say(
            "annex.changes.path", points=", ".join(points), unit=unit_text(unit, texts)
        )
    else:
        number = texts.numbers.plain(float(value))
        said = texts.say(f"annex.changes.{how}", value=with_unit(number, unit, texts, value))
    subject = ", ".join([texts.name(change["quantity"]), *whose])
    return texts.say("annex.changes.change", subject=subject, when=when, said=said)
