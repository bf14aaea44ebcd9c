"""The front of a report: what it says in a sentence, its box, and how sure we are."""

from __future__ import annotations

from typing import Any

from model.equations.quantities import HEADLINE
from model.question import described
from model.terminal.wording import MILLION, three
from reports import assumed, driver_findings, readings, typed
from reports.citations import publisher
from reports.figures import totals
from reports.findings import FIRMS, PLAN, RUNGS
from reports.linked import Annex
from reports.saved_run import SavedRun, three_of
from reports.tables import case_title, chapters
from reports.texts import Catalogue

Json = dict[str, Any]

#: Parts of the answer, and the quantities of the claims about each.
PARTS = {
    "workers": ("permitted", "irregular", "working"),
    "paid": ("payment", "billings", "net_of_tax", "wage_fund"),
    "declared": ("declared_salary",),
    "kept": ("worker_keeps", "withheld"),
    "plan": ("plan", "claim", "plan_collected"),
    "state": ("state_take",),
}


def front(run: SavedRun, texts: Catalogue) -> Json:
    """The head of both documents."""
    asked = "; ".join(described(run.manifest["what_if"]))
    return {
        "lang": texts.language,
        "title": message(run, texts),
        "case": case_title(run, texts),
        "date": run.manifest["date"],
        "run": run.name,
        "converged": run.converged,
        "not_converged": texts.say("brief.not_converged"),
        "about": _about(run, texts),
        "what_if": texts.say("front.what_if", what_if=asked) if asked else "",
    }


def message(run: SavedRun, texts: Catalogue) -> str:
    """What the run says, in a sentence that can stand as a title."""
    sender = texts.titled("case", "sender", run.timeline.get("sender") or texts.say("front.sender"))
    hosts, year = totals.host_titles(run, texts), run.year
    amount = texts.say(
        "front.amount", parts=texts.numbers.amount(*three(run.annual(year, HEADLINE)))
    )
    values = {"sender": sender, "amount": amount, "hosts": hosts, "year": year}
    if run.manifest["what_if"]:
        return texts.say("front.would", **values)
    said = texts.say("front.took", **values)
    press = run.summary.get("press_arithmetic")
    if press is not None and press["year"] == year and press["usd"] > 0.0:
        share = run.annual(year, HEADLINE)["q50"] / press["usd"]
        said = texts.say("front.of_press", took=said, share=texts.numbers.percent(share))
    return said


def _about(run: SavedRun, texts: Catalogue) -> str:
    """When the run was made, from how much, and for which months."""
    timeline = run.timeline
    last = run.manifest["horizon"]
    key = "projected" if last > timeline["end"] else "nothing_after"
    return texts.say(
        "front.about",
        date=texts.date(run.manifest["date"]),
        claims=len(run.summary["evidence"]),
        start=texts.month(timeline["start"]),
        end=texts.month(timeline["end"]),
        after=texts.say(f"front.{key}", end=texts.month(timeline["end"]), last=texts.month(last)),
        run=run.name,
    )


def box(run: SavedRun, texts: Catalogue) -> Json:
    """Texts of the headline's box: both rungs side by side, and words on each."""
    rungs = []
    for definition in reversed(RUNGS):
        parts = texts.numbers.amount(*three(run.annual(run.year, definition)))
        rungs.append(
            {
                "number": texts.say("headline.number", parts=parts),
                "label": texts.say(f"headline.labels.{definition}", year=run.year),
                "interval": texts.say("headline.interval", parts=parts),
                "annex": Annex(run, texts).result(run.year, definition),
            }
        )
    numbers = run.annual(run.year, HEADLINE)
    parts = texts.numbers.amount(*three(numbers))
    half = texts.numbers.amount(*(numbers[name] for name in ("q50", "q25", "q75")))
    words = texts.say("headline.words", parts=parts, half=half)
    said = (words, _apart(run, texts), readings.in_words(run, texts))
    return {"rungs": rungs, "words": " ".join(one for one in said if one)}


def _apart(run: SavedRun, texts: Catalogue) -> str:
    """By how much the two rungs differ, and whether any source says so."""
    draws = run.headline_draws(HEADLINE) - run.headline_draws(PLAN)
    parts = texts.numbers.parts(*three_of(draws / MILLION))
    key = "apart_assumed" if FIRMS in assumed.uses(run) else "apart"
    return texts.say(f"headline.{key}", firms=parts)


# How sure we are


def sureness(run: SavedRun, texts: Catalogue) -> Json:
    """The box that says what rests on evidence, what on judgement, and what the checks found."""
    command = typed.command("model.criticism", run.name) if run.not_checked else ""
    lines = {
        "evidence": _evidence(run, texts),
        "judgement": _judgement(run, texts),
        "checks": _checks(run, texts),
        "before": _before(run, texts),
        "change": _change(run, texts),
    }
    return {
        "title": texts.say("sure.title"),
        "lines": [
            {
                "key": key,
                "label": texts.say(f"sure.labels.{key}"),
                "text": text,
                "command": command if key == "checks" else "",
            }
            for key, text in lines.items()
            if text
        ],
    }


def claims(run: SavedRun) -> dict[str, list[str]]:
    """Fitted rows about each part of the answer."""
    return {
        part: [
            name for name in run.summary["evidence"] if run.evidence[name]["quantity"] in quantities
        ]
        for part, quantities in PARTS.items()
    }


def _evidence(run: SavedRun, texts: Catalogue) -> str:
    named = [
        texts.say("sure.claims", part=texts.say(f"sure.parts.{part}"), count=len(names))
        for part, names in claims(run).items()
        if names
    ]
    sources = {run.evidence[name]["source"] for name in run.summary["evidence"]}
    return texts.say(
        "sure.evidence", claims=len(run.summary["evidence"]), sources=len(sources),
        parts=", ".join(named),
    )  # fmt: skip


def _judgement(run: SavedRun, texts: Catalogue) -> str:
    uses, items = assumed.uses(run), run.summary["accounts"]["items"]
    if not uses:
        return texts.say("sure.judgement_none")
    share = sum(items[use]["share"]["mean"] for use in uses)
    return texts.say(
        "sure.judgement", names=assumed.listed(run, texts), year=run.year,
        share=texts.numbers.percent(share),
    )  # fmt: skip


def _checks(run: SavedRun, texts: Catalogue) -> str:
    if not run.checks:
        return texts.say("sure.unchecked")
    judged = {name: one["passed"] for name, one in run.checks.items() if one["passed"] is not None}
    failed = [texts.say(f"checks.{name}").lower() for name, passed in judged.items() if not passed]
    key = "failed" if failed else "passed"
    if run.not_checked:
        key = f"part_{key}" if judged else "part_told"
    return texts.say(
        f"sure.{key}", passed=len(judged) - len(failed), judged=len(judged),
        names=", ".join(failed), **chapters(texts),
    )  # fmt: skip


def _before(run: SavedRun, texts: Catalogue) -> str:
    """The headline before any evidence and after it; blank if the run was not checked."""
    if "prior_predictive" not in run.checks:
        return ""
    table = run.check_table("prior_predictive").set_index("row")
    name = f"{HEADLINE} of {run.year}"
    if name not in table.index:
        return ""
    before = {key: float(table.loc[name, key]) for key in ("q50", "q05", "q95")}
    after = run.annual(run.year, HEADLINE)
    return texts.say("sure.before", before=texts.money(before), after=texts.money(after))


def _change(run: SavedRun, texts: Catalogue) -> str:
    """The source without which the answer moves most, and the one that would teach most."""
    said = []
    if "leave_one_out" in run.checks:
        table = run.check_table("leave_one_out")
        table = table[(table["kind"] == "source") & table["reliable"].astype(bool)]
        table = table[table["shift"].notna()]
        if len(table):
            most = table.loc[table["shift"].abs().idxmax()]
            source = run.sources[most["group"]]
            name = publisher(run, most["group"], texts) or source["title"]
            numbers = {key: float(most[key]) for key in ("q50", "q05", "q95")}
            said.append(
                texts.say(
                    "sure.without", source=name, date=texts.date(source["date"]),
                    amount=texts.money(numbers),
                )
            )  # fmt: skip
    said += [one.text for one in driver_findings.sources(run, texts)]
    return " ".join(said)
