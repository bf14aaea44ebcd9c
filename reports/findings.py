"""Findings in sentences, each chosen only if the numbers support it.

Every function looks at the numbers first, then takes the matching sentence from the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE, USES
from model.terminal.wording import MILLION, rounding_unit, three, unchanged
from reports import assumed, readings
from reports.assumed import name_of
from reports.citations import best, figure_printed, speaker
from reports.figures import as_of, priors, totals
from reports.saved_run import SavedRun
from reports.texts import Catalogue

#: Probability from which a direction is stated as a fact of the posterior.
CLEAR = 0.9
#: Number of quantities named as narrowed least by the evidence.
LEAST = 3
#: The rungs that stand side by side: the plan alone, and with what the sender's firms retain.
PLAN = "plan_collected"
RUNGS = (PLAN, HEADLINE)
#: The part of the headline that is not collected under the plan.
FIRMS = "left_with_own_firms"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence.

    Attributes
    ----------
    key : str
        The catalogue's key of the chosen variant.
    text : str
    rows : tuple of str
        Rows of evidence that it refers to.
    """

    key: str
    text: str
    rows: tuple[str, ...] = ()


def sentence(texts: Catalogue, key: str, rows: tuple[str, ...] = (), /, **values: Any) -> Sentence:
    """Return a variant of a finding, with its numbers and the rows that it refers to."""
    return Sentence(key, texts.say(f"findings.{key}", **values), rows)


def direction(probability: float, low: str, high: str, unclear: str = "unclear") -> str:
    """Choose the word that the probability of "higher" supports."""
    if probability >= CLEAR:
        return high
    return low if probability <= 1 - CLEAR else unclear


def chance(texts: Catalogue, probability: float) -> dict[str, str]:
    """A probability in words and in per cent, for a sentence."""
    return {"chance": texts.chance(probability), "percent": texts.numbers.percent(probability)}


def trend(run: SavedRun, texts: Catalogue) -> Sentence | None:
    """Compare the last whole year with the headline's."""
    last = run.years[-1]
    if last == run.year:
        return None
    draws = run.yearly_draws(HEADLINE)
    higher = float((draws.sel(year=last).values > draws.sel(year=run.year).values).mean())
    way = direction(higher, "fell", "rose")
    probability = {"fell": 1 - higher, "rose": higher, "unclear": higher}[way]
    return sentence(
        texts,
        f"trend.{way}",
        before=texts.money(run.annual(run.year, HEADLINE)),
        after=texts.money(run.annual(last, HEADLINE)),
        year=run.year,
        last=last,
        **chance(texts, probability),
    )


def workers(run: SavedRun, texts: Catalogue) -> Sentence:
    """Numbers of workers at the end of the headline's year and of the data."""
    blocks = run.summary["scenarios"][BASELINE]["workers"]
    months = [f"{run.year}-12", run.timeline["end"]]
    first, last = (blocks[month]["working"] for month in months)
    way = "unclear" if months[0] != months[1] else "present"
    if last["q95"] < first["q05"]:
        way = "fell"
    elif last["q05"] > first["q95"]:
        way = "rose"
    numbers = [texts.numbers.interval(*three(one)) for one in (first, last)]
    return sentence(
        texts,
        f"workers.{way}",
        first=texts.month(months[0]),
        last=texts.month(months[1]),
        before=numbers[0],
        after=numbers[1],
    )


def share(run: SavedRun, texts: Catalogue) -> Sentence:
    """Shares of the contractors' money: both rungs, and the largest share of anyone else."""
    items = run.summary["accounts"]["items"]
    others = [name for name in USES if name not in (PLAN, FIRMS)]
    largest = max(others, key=lambda name: items[name]["share"]["mean"])
    plan, take, other = (
        texts.numbers.shares(*three(items[name]["share"])) for name in (*RUNGS, largest)
    )
    return sentence(
        texts,
        "share.assumed" if FIRMS in assumed.uses(run) else "share.known",
        year=run.year,
        plan=plan,
        take=take,
        other=other,
        item=assumed.use_of(run, largest, texts, "takers"),
    )


def press(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """The result of the press's multiplication, beside the state take and the wedge."""
    block = run.summary.get("press_arithmetic")
    if block is None:
        return []
    rows = tuple(
        run.timeline["press_arithmetic"][key] for key in ("workers", "payment", "declared")
    )
    amount = texts.numbers.amount(block["usd"], block["usd"], block["usd"])
    above = block["probability_above"]
    way = direction(above[HEADLINE], "less", "more")
    wedge = run.annual(block["year"], "wedge")
    inside = wedge["q05"] <= block["usd"] <= wedge["q95"]
    place = "inside" if inside else "above" if block["usd"] > wedge["q95"] else "below"
    values = {"press": texts.say("front.amount", parts=amount), "year": block["year"]}
    return [
        sentence(texts, "press.formula", rows, **values),
        sentence(
            texts, f"press.{way}", take=texts.money(run.annual(block["year"], HEADLINE)),
            **values, **chance(texts, above[HEADLINE]),
        ),
        sentence(
            texts, f"press.wedge_{place}", wedge=texts.money(wedge), **values,
            **chance(texts, above["wedge"]),
        ),
    ]  # fmt: skip


def official(run: SavedRun, texts: Catalogue) -> Sentence | None:
    """The best-graded published total for a modelled host, held out of the fit."""
    found = [
        name
        for name, row in totals.published(run).items()
        if row["published_for"] in run.places and row["predicted"] is not None
        and totals.in_millions(run, name)
    ]  # fmt: skip
    if not found:
        return None
    name = best(run, found, 1)[0]
    row, figures = totals.published(run)[name], totals.in_millions(run, name)
    predicted = figures["predicted"]
    low, high = totals.ends(figures)
    way = totals.stance(figures)
    middle = "range" if low < high else "figure"
    inside = row.get("probability_inside")
    shared = {"low": max(low, predicted["q05"]), "high": min(high, predicted["q95"])}
    unit = rounding_unit(predicted["q05"], predicted["q95"])
    return sentence(
        texts,
        f"official.{way}_{middle}",
        (name,),
        **{end: texts.numbers.rounded(amount, unit) for end, amount in shared.items()},
        said=speaker(run, name, texts),
        printed=figure_printed(run.evidence[name], texts),
        definition=texts.say(f"definitions.{row['definition']}.name").lower(),
        model=texts.money({q: value * MILLION for q, value in predicted.items()}),
        **chance(texts, row["probability_above"] if inside is None else inside),
    )


def scenario(run: SavedRun, name: str, texts: Catalogue) -> Sentence:
    """The change in the state take under a scenario."""
    block = run.scenarios[name]
    stake = block["at_stake"].get("within_data", block["at_stake"])
    change = stake[HEADLINE]["usd"]
    months = {
        "title": texts.titled("scenarios", name, block["title"]),
        "first": texts.month(stake["from"]),
        "last": texts.month(stake["to"]),
    }
    if unchanged(change):
        return sentence(texts, "scenario.nothing", **months)
    sizes, way = three(change), "unclear"
    if change["q05"] > 0:
        way = "more"
    elif change["q95"] < 0:
        sizes, way = (-sizes[0], -sizes[2], -sizes[1]), "less"
    said = texts.say("amount", parts=texts.numbers.amount(*sizes))
    return sentence(texts, f"scenario.{way}", change=said, **months)


def found(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """The first findings of the brief that rest on evidence."""
    largest = next(iter(run.scenarios), None)
    said = [
        trend(run, texts),
        workers(run, texts),
        official(run, texts),
        None if largest is None else scenario(run, largest, texts),
    ]
    return [one for one in said if one is not None]


def supposed(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """The first findings that priors decide, or of which a part is assumed."""
    names = ", ".join(
        texts.say(
            "findings.unknown.least_one",
            name=name_of(run, label, texts),
            left=texts.numbers.percent(left),
        )
        for label, left in least_taught(run).items()
    )
    return [
        share(run, texts),
        *_assumed(run, texts),
        sentence(texts, "unknown.least", names=names),
    ]


def least_taught(run: SavedRun) -> dict[str, float]:
    """Quantities narrowed least, of those most closely tied to the headline, with their widths."""
    left = {label: narrowing(run, label) for label in priors.chosen(run)}
    return dict(sorted(left.items(), key=lambda item: -item[1])[:LEAST])


def narrowing(run: SavedRun, label: str) -> float:
    """Width of the posterior's 90% interval as a share of the prior's, on the log scale."""
    quantity = run.summary["quantities"][label]
    widths = [
        np.log(quantity[side]["q95"] / quantity[side]["q05"]) for side in ("posterior", "prior")
    ]
    return float(widths[0] / widths[1]) if widths[1] > 0 else 1.0


def not_known(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """Limits of the answer: how good the evidence is, and what it does not cover."""
    priced = {row["segment"] for row in _fitted(run) if row["quantity"] == "payment"}
    segments = [one["id"] for one in run.segments.values()]
    seen = sum(segment in priced for segment in segments)
    said = []
    if seen < len(segments) and "" not in priced:
        said.append(sentence(texts, "unknown.segments", seen=seen, segments=len(segments)))
    counted = [row for row in _fitted(run) if row["credibility"] in "456"]
    key = "unknown.grades_one" if len(counted) == 1 else "unknown.grades"
    said.append(sentence(texts, key, doubtful=len(counted), claims=len(_fitted(run))))
    said += [*_later(run, texts), *_world(run, texts)]
    return said


def _world(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """What part of published world totals the modelled hosts would be; it scores none of them."""
    outside = "world" not in run.places
    rows = [
        row for row in totals.published(run).values() if outside and row["published_for"] == "world"
    ]
    if not rows:
        return []
    parts = [row["share"]["q50"] for row in rows if row.get("share")]
    key = "unknown.world" if parts else "unknown.world_apart"
    low, high = (
        texts.numbers.percent_sign.format(texts.numbers.rounded(100 * end(parts), 1.0))
        if parts
        else ""
        for end in (min, max)
    )
    hosts = totals.host_titles(run, texts)
    return [sentence(texts, key, totals=len(rows), hosts=hosts, low=low, high=high)]


def _assumed(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """Uses of the money of which no fitted claim speaks, and their part of it."""
    uses, items = assumed.uses(run), run.summary["accounts"]["items"]
    if not uses:
        return []
    key = "unknown.assumed_one" if len(uses) == 1 else "unknown.assumed"
    share = sum(items[use]["share"]["mean"] for use in uses)
    return [
        sentence(
            texts, key, names=assumed.listed(run, texts), share=texts.numbers.percent(share),
            year=run.year,
        )
    ]  # fmt: skip


def _later(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """How many figures that came later lay inside; empty if that was not checked."""
    if not run.checks.get("as_of", {}).get("rows"):
        return []
    table = as_of.shown(run)
    if table.empty or not table["reliable"].all():
        return []
    key = "unknown.later_one" if len(table) == 1 else "unknown.later"
    if len(readings.told(run)) > 1:
        key = "unknown.later_reading"  # checks with refits are of that one
    inside = int(table["inside"].astype(bool).sum())
    day = texts.date(table["as_of"].iloc[0])
    return [sentence(texts, key, day=day, inside=inside, count=len(table))]


def _fitted(run: SavedRun) -> list[dict[str, str]]:
    return [run.evidence[name] for name in run.summary["evidence"]]
