"""Rival readings of the evidence: what each says, beside the mixture that is printed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from model.terminal.wording import MILLION, rounding_unit, three, unchanged
from reports.citations import figure_printed
from reports.saved_run import SavedRun
from reports.tables import change_text, date_text, table
from reports.texts import Catalogue

Json = dict[str, Any]

#: Revenue of the headline's year in the annex's table.
SHOWN = ("plan_collected", HEADLINE, "billings")


def told(run: SavedRun) -> dict[str, Json]:
    """Readings that the run mixes, by name; empty if its case has only one."""
    return dict(run.summary.get("readings", {}))


def worded(run: SavedRun, texts: Catalogue) -> Catalogue:
    """The texts of a run, with its case's own titles in their language.

    Where the claim may be a share of earnings, they do not say "plan".
    """
    titles = run.titles.get(texts.language)
    if titles:
        texts = replace(texts, titles=titles)
    shares = any(one["follows"] == "earnings" for one in told(run).values())
    return texts.changed_by("claim") if shares else texts


def annual(block: Json, year: int, definition: str) -> Json:
    """A year's revenue in dollars under a reading, by statistic."""
    return dict(block["scenarios"][BASELINE]["annual"][str(year)][definition]["usd"])


def in_words(run: SavedRun, texts: Catalogue) -> str:
    """The readings and how far their medians of the state take lie apart; blank if one is told.

    Where some readings follow a plan and others earnings, that is the question between them.
    """
    blocks = told(run)
    if not blocks:
        return ""
    titles = "; ".join(
        texts.say("readings.title", title=texts.titled("readings", name, one["title"]))
        for name, one in blocks.items()
    )
    if len(blocks) == 1:
        return texts.say(f"readings.{_single(run)}", titles=titles)
    groups: dict[str, list[float]] = {"plan": [], "earnings": []}
    for one in blocks.values():
        groups[one["follows"]].append(three(annual(one, run.year, HEADLINE), MILLION)[0])
    _, low, high = three(run.annual(run.year, HEADLINE), MILLION)
    unit = rounding_unit(low, high)  # the digits that the headline has
    if all(groups.values()):
        spans = {name: _span(middles, unit, texts) for name, middles in groups.items()}
        return texts.say("readings.claim", count=len(blocks), **spans)
    middles = [*groups["plan"], *groups["earnings"]]
    span = _span(middles, unit, texts)
    return texts.say("readings.several", count=len(blocks), titles=titles, span=span)


def _span(middles: list[float], unit: float, texts: Catalogue) -> str:
    """The lowest and highest of some medians, or the one that all round to."""
    low, high = (texts.numbers.rounded(end(middles), unit) for end in (min, max))
    return low if low == high else texts.say("readings.span", low=low, high=high)


def _single(run: SavedRun) -> str:
    """Which text is of a run under one reading: the case's only one, or one of several."""
    return "only" if run.one_reading else "alone"


def between(run: SavedRun, texts: Catalogue) -> list[str]:
    """How much of the variance lies between readings, for each revenue whose drivers are known."""
    return [
        texts.say(
            "annex.readings.between",
            share=texts.numbers.percent(found["between_readings"]),
            definition=texts.say(f"definitions.{found['definition']}.name").lower(),
            year=found["year"],
        )
        for found in run.drivers.values()
        if len(told(run)) > 1 and "between_readings" in found
    ]


def blocks(run: SavedRun, texts: Catalogue) -> Json | None:
    """Every block of the annex about readings; nothing if the case has only one."""
    if not told(run):
        return None
    key = "mixed" if len(told(run)) > 1 else _single(run)
    text = [texts.say(f"annex.readings.{key}", count=len(told(run))), *between(run, texts)]
    held, changes = _held_out(run, texts), _changes(run, texts)
    return {
        "summary": _answers(run, texts) | {"text": " ".join(text)},
        "holdout": held | {"text": texts.say("annex.readings_holdout.text", table="@table")},
        "scenarios": changes,
    }


def _answers(run: SavedRun, texts: Catalogue) -> Json:
    """Each reading's weight, claim, revenue of the headline's year and basis; then the mixture."""

    def amounts(numbers: list[Any]) -> list[str]:
        return [texts.numbers.interval(*three(one, MILLION)) for one in numbers]

    rows = [
        [
            name,
            texts.titled("readings", name, one["title"]),
            texts.numbers.percent_sign.format(texts.numbers.rounded(100 * one["weight"], 1.0)),
            texts.say(f"annex.readings.follows_{one['follows']}"),
            *amounts([annual(one, run.year, definition) for definition in SHOWN]),
            one["basis"],
        ]
        for name, one in told(run).items()
    ]
    if len(rows) > 1:
        mixture = amounts([run.annual(run.year, definition) for definition in SHOWN])
        rows.append(["", texts.say("annex.readings.mixture"), "", "", *mixture, ""])
    heads = [texts.say(f"annex.readings.{one}") for one in ("reading", "weight", "follows")]
    return {
        "caption": texts.say("annex.readings.caption", year=run.year),
        "head": [*heads, *(texts.say(f"definitions.{name}.name") for name in SHOWN)],
        "rows": rows,
    }


def _held_out(run: SavedRun, texts: Catalogue) -> Json:
    """Log predictive density of each held-out total under each reading."""
    logs = [one["holdout"] for one in told(run).values()]
    rows = [
        [
            row,
            figure_printed(run.evidence[row], texts),
            *(
                texts.numbers.rounded(math.nan if one.get(row) is None else one[row], 0.1)
                for one in logs
            ),
        ]
        for row in logs[0]
    ]
    block = table(texts, "readings_holdout", ("row", "printed"), rows)
    return block | {"head": [*block["head"], *_names(run)]}


def _changes(run: SavedRun, texts: Catalogue) -> Json:
    """Change in the state take under each reading, in the year in which the mixture's is largest.

    Scenarios that change the state take under no reading are left out.
    """
    rows = []
    for name, block in run.scenarios.items():
        versus = block["versus_baseline"]
        year = max(versus, key=lambda one: abs(versus[one][HEADLINE]["usd"]["q50"] or 0.0))
        own = [one["scenarios"][name]["versus_baseline"] for one in told(run).values()]
        changes = [one[year][HEADLINE]["usd"] for one in (versus, *own)]
        if all(map(unchanged, changes)):
            continue
        cells = [change_text(change, texts) for change in changes]
        named = texts.titled("scenarios", name, block["title"])
        rows.append([named, date_text(run, year, texts), *cells])
    block = table(texts, "readings_scenarios", ("scenario", "year", "mixture"), rows)
    return block | {"head": [*block["head"], *_names(run)]}


def _names(run: SavedRun) -> list[str]:
    """Names of the readings as heads of columns."""
    return [name.replace("_", " ") for name in told(run)]
