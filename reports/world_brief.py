"""The brief of a case of several hosts: the sum, each host, what others say, what to find out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from model.case.qualifiers import CEILINGS, FLOORS
from model.terminal.wording import MILLION
from reports import (
    by_host,
    driver_findings,
    findings,
    places,
    stakes,
    what_if,
)
from reports.assumed import name_of
from reports.citations import Notes, best
from reports.figures import meanings
from reports.figures.of_document import FigureFiles
from reports.figures.totals import host_titles, place_name
from reports.findings import Sentence, sentence
from reports.front import PARTS, box, front, sureness
from reports.linked import Annex
from reports.saved_run import SavedRun, three_of
from reports.tables import case_title, defined
from reports.texts import Catalogue
from reports.typesetting import pages, typeset

Json = dict[str, Any]

#: Pages beyond which the brief is set in smaller type, and then with less in it.
LONGEST = 3
#: Hosts whose numbers are candidates to be found out, and lines in that table.
CANDIDATES, LINES = 3, 4
#: Claims cited on the most uncertain number.
CITED = 3
#: Basic quantities named as most closely tied to the sum.
NAMED = 3
#: Quantities of the claims about a host's number of workers.
COUNTS = PARTS["workers"]


def world_brief(run: SavedRun, texts: Catalogue) -> bytes:
    """Return the brief of a run of several hosts as a PDF; the texts are worded for the run.

    Raises
    ------
    ReportError
        If it cannot be typeset, or the run holds no draws by month.
    """
    files = FigureFiles(run, texts)
    drawn = {name: files.block(name) for name in ("years", "hosts", "meanings")}
    drawn["years"]["caption"] = texts.say("world_brief.years")
    data = content(run, texts) | {"figures": drawn}
    for less in _shorter(data):
        pdf = typeset("world", data | less, files.drawn)
        if pages(pdf) <= LONGEST:
            break
    return pdf


def _shorter(data: Json) -> list[Json]:
    """What to change, step by step, in a brief that would be too long: the annex has it all."""
    steps: list[Json] = [{}, {"tight": True}]
    changes: tuple[Json, ...] = (
        {name: data[name][:1] for name in ("supposed", "unknown")},
        {"tied": []},
        {"meanings": []},
        {"figures": data["figures"] | {"hosts": None}},
    )
    for less in changes:
        steps.append(steps[-1] | less)
    return steps


def content(run: SavedRun, texts: Catalogue) -> Json:
    """The content of the brief as plain JSON, without figures."""
    notes, annex = Notes(run, texts), Annex(run, texts)

    def paragraph(one: Sentence) -> Json:
        own = {"notes": notes.cite(*one.rows), "annex": annex.finding(one.key)}
        return {"text": one.text} | own

    host = by_host.most_uncertain(run)
    found = [findings.trend(run, texts), findings.workers(run, texts), _weights(run, texts)]
    return front(run, texts) | {
        "annex": annex.places(),
        "headline": box(run, texts),
        "change": what_if.block(run, texts),
        "sure": sureness(run, texts),
        "meanings": defined(texts),
        "found": [paragraph(one) for one in found if one is not None],
        "places": places.block(run, texts),
        "uncertain": uncertain(run, host, texts)
        | {"notes": notes.cite(*_best_of(run, host)), "annex": annex.chapter("results")},
        "quoted": quoted(run, texts),
        "left_out": left_out(run, texts),
        "stakes": stakes.stakes(run, texts),
        "first": to_find_out(run, texts),
        "tied": [paragraph(one) for one in [_tied(run, texts), *driver_findings.found(run, texts)]],
        "supposed": [paragraph(one) for one in findings.supposed(run, texts)],
        "unknown": [paragraph(one) for one in findings.not_known(run, texts)],
        "words": texts.content["brief"]
        | texts.content["world_brief"]
        | {
            "uncertain_title": texts.say(
                "world_brief.uncertain_title", host=place_name(run, host, texts)
            ),
            "trace": texts.say("brief.trace", run=run.name),
            "footer": texts.say("brief.footer", case=case_title(run, texts)),
        },
    }


def _weights(run: SavedRun, texts: Catalogue) -> Sentence:
    """Which hosts the uncertainty of the sum comes from."""
    parts = sorted(by_host.part_of_variance(run).items(), key=lambda item: -item[1])
    shares = [
        (place_name(run, host, texts), texts.numbers.percent(max(part, 0.0)))
        for host, part in parts
    ]
    named = [
        texts.say("findings.drivers.one", name=name, share=share)
        for name, share in shares[1:CANDIDATES]
    ]
    return sentence(
        texts, "weights", year=run.year, first=shares[0][0], share=shares[0][1],
        rest=", ".join(named),
    )  # fmt: skip


# What one host's number does to the sum


def uncertain(run: SavedRun, host: str, texts: Catalogue) -> Json:
    """The sum by thirds of the workers of the host of whose number least is known."""
    counted = np.asarray(by_host.workers(run).sel(host=host))
    take = np.asarray(by_host.yearly(run).sum("host"))
    paid = np.asarray(by_host.yearly(run, "billings").sum("host"))
    rows = []
    for number, chosen in enumerate(by_host.thirds(counted)):
        name = texts.say(f"world_brief.uncertain.{('lowest', 'middle', 'highest')[number]}")
        amounts = (_interval(one[chosen] / MILLION, texts) for one in (take, paid))
        rows.append([name, _interval(counted[chosen], texts), *amounts])
    heads = ("third", "workers", "take", "billings")
    title = place_name(run, host, texts)
    return {
        "text": texts.say(
            "world_brief.uncertain.text", host=title, year=run.year,
            workers=_interval(counted, texts),
            narrower=texts.numbers.percent(_narrower(counted, take)),
        ),
        "caption": texts.say("world_brief.uncertain.caption", host=title, year=run.year),
        "head": [texts.say(f"world_brief.uncertain.{head}", host=title) for head in heads],
        "rows": rows,
    }  # fmt: skip


def _best_of(run: SavedRun, host: str) -> list[str]:
    """The best-graded fitted claims about a host's workers, or about the host if there are none."""
    own = [name for name in run.summary["evidence"] if run.evidence[name]["host"] == host]
    counts = [name for name in own if run.evidence[name]["quantity"] in COUNTS]
    whole = [name for name in counts if _of_all(run.evidence[name])]
    return best(run, whole or counts or own, CITED)


def _of_all(row: Mapping[str, str]) -> bool:
    """Whether a count is of all workers of its host, and not a bound, which is often of a part."""
    return not row["segment"] and row["qualifier"] not in FLOORS + CEILINGS


def _interval(draws: Any, texts: Catalogue) -> str:
    return texts.numbers.interval(*three_of(draws))


def _narrower(quantity: Any, whole: Any) -> float:
    """By what part the sum's interval would be narrower if a quantity were known."""
    return max(0.0, 1.0 - by_host.width_if_known(np.asarray(quantity), np.asarray(whole)))


# What is quoted, and what the sum would have to mean


def quoted(run: SavedRun, texts: Catalogue) -> Json:
    """The chance that the sum comes to each quoted amount, by definition: a year and any year."""
    rows, amounts = [], [amount * MILLION for amount in meanings.quoted(run)]
    for definition in meanings.ORDER if amounts else ():
        draws = run.yearly_draws(definition)
        whole = run.headline_draws(definition)
        highest = np.max([draws.sel(year=year).values.ravel() for year in run.years], axis=0)
        cells = [
            texts.numbers.percent(float((one >= amount).mean()))
            for amount in amounts
            for one in (whole, highest)
        ]
        name = texts.say(f"definitions.{definition}.name")
        rows.append([name, _interval(whole / MILLION, texts), *cells])
    heads = [texts.say("world_brief.quoted.definition"), str(run.year)]
    for amount in amounts:
        parts = texts.numbers.amount(amount, amount, amount)
        said = texts.say("front.amount", parts=parts)
        heads += [
            texts.say(f"world_brief.quoted.{when}", amount=said, year=run.year)
            for when in ("in_year", "in_any")
        ]
    key = "world" if run.is_all("world") else "part"
    text = texts.say(f"world_brief.quoted.{key}", hosts=host_titles(run, texts))
    return {
        "text": text if amounts else "",
        "caption": texts.say(
            "world_brief.quoted.caption", year=run.year, first=run.years[0], last=run.years[-1]
        ),
        "head": heads,
        "rows": rows,
    }


def left_out(run: SavedRun, texts: Catalogue) -> str:
    """Which published totals are compared with nothing, and why; blank if there are none."""
    said = []
    for why, rows in meanings.left_out(run).items():
        places = {run.evidence[row]["host"] for row in rows}
        named = ", ".join(sorted(place_name(run, one, texts) for one in places))
        said.append(texts.say(f"world_brief.left_out.{why}", count=len(rows), named=named))
    return texts.say("world_brief.left_out.text", reasons="; ".join(said)) if said else ""


# What to find out first


def to_find_out(run: SavedRun, texts: Catalogue) -> Json:
    """What would narrow the sum most: numbers of workers, and what each of them brings."""
    takes, counts = by_host.yearly(run), by_host.workers(run)
    whole = np.asarray(takes.sum("host"))
    parts = by_host.part_of_variance(run)
    found = []
    for host in sorted(parts, key=lambda one: -parts[one])[:CANDIDATES]:
        present, take = (np.asarray(one.sel(host=host)) for one in (counts, takes))
        each = take / np.where(present > 0, present, np.nan)
        for key, draws in (("workers", present), ("each", np.nan_to_num(each))):
            claims = _claims(run, host, counts=key == "workers")
            found.append((_narrower(draws, whole), host, key, draws, claims))
    found.sort(key=lambda one: -one[0])
    rows = [
        [
            texts.say(f"world_brief.first.{key}", host=place_name(run, host, texts), year=run.year),
            _interval(draws, texts),
            str(claims),
            texts.numbers.percent(narrower),
        ]
        for narrower, host, key, draws, claims in found[:LINES]
    ]
    heads = ("what", "now", "claims", "narrower")
    return {
        "caption": texts.say("world_brief.first.caption", year=run.year),
        "head": [texts.say(f"world_brief.first.{head}") for head in heads],
        "rows": rows,
    }


def _claims(run: SavedRun, host: str, *, counts: bool) -> int:
    """Number of fitted claims about a host's workers, or about what one of them brings."""
    rows = (run.evidence[name] for name in run.summary["evidence"])
    return sum(row["host"] == host and (row["quantity"] in COUNTS) == counts for row in rows)


def _tied(run: SavedRun, texts: Catalogue) -> Sentence:
    """Basic quantities most closely tied to the sum, with what the evidence left of each prior."""
    named = []
    for label, correlation in list(run.rank_correlations.items())[:NAMED]:
        host, _, rest = label.partition(".")
        own = rest if host in run.hosts else label
        where = place_name(run, host if host in run.hosts else next(iter(run.hosts)), texts)
        named.append(
            texts.say(
                "world_brief.tied_one", name=name_of(run, own, texts), host=where,
                correlation=texts.numbers.rounded(correlation, 0.01),
                left=texts.numbers.percent(findings.narrowing(run, label)),
            )
        )  # fmt: skip
    return sentence(texts, "tied", names="; ".join(named))
