"""The GATHER checklist in the annex: 18 items for estimates (Stevens et al. 2016), item by item."""

from __future__ import annotations

from typing import Any

from model.equations.quantities import DEFINITIONS
from reports.figures import totals
from reports.saved_run import SavedRun
from reports.tables import case_title, chapters, table
from reports.texts import Catalogue

Json = dict[str, Any]

ITEMS = range(1, 19)
#: Items that only the makers of a case can state, and the keys of ``[gather]`` for them. Whether
#: what they say is enough is for the reader to judge.
STATED = {2: ("funding",), 3: ("identified", "accessed"), 4: ("included", "excluded", "ad_hoc")}
#: Whether the other items are met in every run; of those missing here, the run tells.
ALWAYS = {
    1: "yes", 5: "part", 7: "yes", 9: "yes", 10: "yes", 13: "yes", 14: "part", 15: "yes", 16: "yes",
    18: "part",
}  # fmt: skip


def block(run: SavedRun, texts: Catalogue) -> Json:
    """Every item: what is asked, whether this run meets it, and where or how."""
    rows = [
        [
            str(item),
            texts.say(f"annex.gather.items.i{item}"),
            texts.say(f"annex.gather.{verdict}"),
            where,
        ]
        for item in ITEMS
        for verdict, where in [_answer(item, run, texts)]
    ]
    found = table(texts, "gather", ("item", "asked", "met", "where"), rows)
    return found | {"text": texts.say("annex.gather.text", unmet=_unmet(rows, texts))}


def _unmet(rows: list[list[str]], texts: Catalogue) -> str:
    no = texts.say("annex.gather.no")
    return ", ".join(row[0] for row in rows if row[2] == no) or texts.say("none")


def _answer(item: int, run: SavedRun, texts: Catalogue) -> tuple[str, str]:
    """Whether an item is met, and where or how."""
    stated: Json = run.timeline.get("gather", {})
    if item in STATED:
        return _stated(STATED[item], stated, texts)
    if item == 6:
        biases = [_bias(one, texts) for one in stated.get("biases", [])]
        return (
            ("stated", "\n".join(biases)) if biases else ("no", texts.say("annex.gather.unstated"))
        )
    if item == 8:
        licence = stated.get("licence") or texts.say("annex.gather.no_licence")
        return ("yes" if stated.get("licence") else "part"), _where(
            item, run, texts, licence=licence
        )
    if item in ALWAYS:
        return ALWAYS[item], _where(item, run, texts)
    if item == 11:
        several = len(run.summary.get("readings", {})) > 1
        return "part", _where(f"{item}_{'several' if several else 'one'}", run, texts)
    if item == 12:
        done = bool(run.checks or run.calibration["checks"])
        return ("yes" if done else "no"), _where(f"{item}_{'done' if done else 'none'}", run, texts)
    compared = bool(run.summary["holdout"])
    key = "compared" if compared else "none"
    return ("part" if compared else "no"), _where(f"{item}_{key}", run, texts)


def _stated(keys: tuple[str, ...], stated: Json, texts: Catalogue) -> tuple[str, str]:
    """What the case says under some keys, and which of them it lacks."""
    said = [
        texts.say(f"annex.gather.{key}", said=stated.get(key) or texts.say("annex.gather.unstated"))
        for key in keys
    ]
    there = [key for key in keys if stated.get(key)]
    verdict = "stated" if len(there) == len(keys) else "part" if there else "no"
    return verdict, "\n".join(said)


def _bias(one: Json, texts: Catalogue) -> str:
    named = ", ".join(one.get("sources", []))
    key = "bias" if named else "bias_unnamed"
    return texts.say(
        f"annex.gather.{key}", category=one["category"], because=one["because"], named=named
    )


def _where(item: int | str, run: SavedRun, texts: Catalogue, **values: str) -> str:
    """Where an item is met, naming chapters by their titles."""
    timeline = run.timeline
    values |= {
        "title": case_title(run, texts),
        "first": texts.month(timeline["start"]),
        "last": texts.month(timeline["end"]),
        "hosts": ", ".join(totals.place_name(run, host, texts) for host in run.hosts),
        "definitions": ", ".join(
            texts.say(f"definitions.{key}.name") for key in reversed(DEFINITIONS)
        ),
        "version": run.manifest["versions"]["model"],
        "source": run.manifest["versions"]["source"],
    }
    return texts.say(f"annex.gather.places.i{item}", **chapters(texts), **values)
