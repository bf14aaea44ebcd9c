"""Write the brief of a saved run: two or three pages for readers who do not use Python."""

from __future__ import annotations

from typing import Any

from model.case.folders import BASELINE
from model.equations.quantities import DEFINITIONS
from model.terminal.output import command_line
from model.terminal.wording import MILLION, three
from reports import assumed, command, driver_findings, findings, readings, stakes, what_if
from reports.citations import Notes, best, figure_printed
from reports.figures.of_document import FigureFiles
from reports.findings import Sentence
from reports.front import box, claims, front, sureness
from reports.linked import Annex
from reports.saved_run import SavedRun
from reports.tables import case_title, date_text, defined, projected_note
from reports.texts import Catalogue
from reports.typesetting import pages, typeset
from reports.world_brief import world_brief

Json = dict[str, Any]

#: Items of the accounts that give the answer for each part.
ANSWERS = {
    "paid": "billings",
    "declared": "declared_salary",
    "kept": "worker_keeps",
    "plan": "plan_collected",
    "state": "state_take",
}
#: Claims named for each part.
NAMED = 1
#: Scenarios drawn: one row of panels, with what happened first.
PANELS = 2
#: Drivers drawn.
BARS = 4
#: Pages beyond which the brief is set in smaller type.
LONGEST = 3


def brief(run: SavedRun, texts: Catalogue) -> bytes:
    """Return the brief as a PDF.

    Raises
    ------
    ReportError
        If it cannot be typeset.
    """
    texts = readings.worded(run, texts)
    if len(run.hosts) > 1:
        return world_brief(run, texts)
    files = FigureFiles(run, texts)
    first = next(iter(run.hosts))
    drawn: Json = {name: files.block(name) for name in ("headline", "accounts")}
    drawn["workers"] = [files.block("workers", host=host, flows=False) for host in run.hosts]
    if run.scenarios:
        drawn["scenarios"] = [files.block("scenarios", host=first, most=PANELS)]
    if driver_findings.asked(run) and not run.scenarios:  # else the annex draws it
        drawn["tornado"] = files.block("tornado", most=BARS)
    data = content(run, texts) | {"figures": drawn}
    for less in _shorter(drawn):
        pdf = typeset("brief", data | less, files.drawn)
        if pages(pdf) <= LONGEST:
            break
    return pdf


def _shorter(drawn: Json) -> list[Json]:
    """What to change, step by step, in a brief that would be too long.

    Smaller type, with figures wherever there is room; then without figures that the annex has too.
    """
    tight = {"tight": True}
    fewer = [drawn | {"workers": []}, drawn | {"workers": [], "scenarios": []}]
    fewer.append(fewer[-1] | {"accounts": None})  # as in a language of long words
    return [{}, tight, *(tight | {"figures": figures} for figures in fewer)]


def content(run: SavedRun, texts: Catalogue) -> Json:
    """The content of the brief as plain JSON, without figures."""
    texts = readings.worded(run, texts)
    notes, annex = Notes(run, texts), Annex(run, texts)

    def paragraph(sentence: Sentence) -> Json:
        own = {"notes": notes.cite(*sentence.rows), "annex": annex.finding(sentence.key)}
        return {"text": sentence.text} | own

    return front(run, texts) | {
        "annex": annex.places(),
        "headline": box(run, texts),
        "change": what_if.block(run, texts),
        "sure": sureness(run, texts),
        "found": [
            paragraph(one)
            for one in [*findings.found(run, texts), *driver_findings.groups(run, texts)]
        ],
        "supposed": [paragraph(one) for one in findings.supposed(run, texts)],
        "press": [paragraph(one) for one in findings.press(run, texts)],
        "years": years(run, texts),
        "rests": rests(run, texts, notes),
        "stakes": stakes.stakes(run, texts),
        "drivers": [paragraph(one) for one in driver_findings.found(run, texts)],
        "unknown": [paragraph(one) for one in findings.not_known(run, texts)],
        "words": texts.content["brief"]
        | {
            "trace": texts.say("brief.trace", run=run.name),
            "footer": texts.say("brief.footer", case=case_title(run, texts)),
        },
    }


def years(run: SavedRun, texts: Catalogue) -> Json:
    """Median and interval in millions, by year and definition."""
    order, annex = list(reversed(DEFINITIONS)), Annex(run, texts)
    rows = [
        [
            date_text(run, year, texts),
            *(millions(texts, run.annual(year, definition)) for definition in order),
        ]
        for year in run.all_years
    ]
    heads = [assumed.definition_name(run, definition, texts) for definition in order]
    return {
        "caption": texts.say("brief.years.caption"),
        "head": [texts.say("brief.years.year"), *heads],
        "rows": rows,
        "annex": [[None, *(annex.result(year, one) for one in order)] for year in run.all_years],
        "faint": [place for place, year in enumerate(run.all_years) if run.projected(year)],
        "assumed": [place for place, one in enumerate(order, start=1) if assumed.mostly(run, one)],
        "note": projected_note(run, texts),
        "meanings": defined(texts),
    }


def millions(texts: Catalogue, numbers: Json) -> str:
    """Format a median and an interval in millions, as the command line does."""
    return texts.numbers.interval(*three(numbers, MILLION))


def rests(run: SavedRun, texts: Catalogue, notes: Notes) -> Json:
    """For each part: the model's answer, the number of claims and the best-graded claim."""
    accounts, annex = run.summary["accounts"], Annex(run, texts)
    rows = []
    for part, names in claims(run).items():
        if part == "workers":
            block = run.summary["scenarios"][BASELINE]["workers"]
            numbers = block[f"{run.year}-12"]["working"]
        else:
            numbers = accounts["items"][ANSWERS[part]]["per_worker_month"]
        chosen = best(run, names, NAMED)
        cited = [
            {
                "text": figure_printed(run.evidence[name], texts),
                "notes": notes.cite(name),
                "annex": annex.claim(name),
            }
            for name in chosen
        ]
        label = texts.say(f"parts.{part}", year=run.year, currency=accounts["currency"])
        answer = texts.numbers.interval(*three(numbers))
        rows.append({"part": label, "answer": answer, "claims": len(names), "best": cited})
    head = [texts.say(f"brief.rest.{key}") for key in ("part", "answer", "claims", "best")]
    return {"caption": texts.say("brief.rest.caption"), "head": head, "rows": rows}


if __name__ == "__main__":
    command_line(command.brief)
