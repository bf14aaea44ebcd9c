"""Blocks of the annex on errors: the factor on each letter's, and rows likely to be off."""

from __future__ import annotations

import math
from typing import Any

from model.terminal.wording import three
from reports.citations import claim, grade
from reports.figures.priors import Z95
from reports.saved_run import SavedRun
from reports.tables import table
from reports.texts import Catalogue

Json = dict[str, Any]

#: Rows shown: those most likely to be off.
SHOWN = 12
#: Probability from which a row is named as off rather than not.
LIKELY = 0.5


def blocks(run: SavedRun, texts: Catalogue) -> Json | None:
    """What the evidence says of its own errors; nothing if the run does not tell."""
    found = run.summary.get("errors")
    if not found or not (found["letters"] or found["off"]):
        return None
    letters, off = ("letter", "rows", "prior", "posterior"), ("claim", "grade", "surprise", "off")
    return {
        "letters": table(texts, "letters", letters, _letters(run, texts))
        | {"text": " ".join(_letters_in_words(found["letters"], texts))},
        "off": table(texts, "off", off, _off(run, texts))
        | {"text": " ".join(_off_in_words(run, texts)), "named": _likely(found["off"])},
    }


def _factor(texts: Catalogue, middle: float, low: float, high: float) -> list[str]:
    return [texts.numbers.rounded(one, 0.1) for one in (middle, low, high)]


def _letters_in_words(letters: Json, texts: Catalogue) -> list[str]:
    """A sentence for each letter whose errors clearly differ from the table's."""
    clear = {
        letter: numbers
        for letter, numbers in letters.items()
        if numbers["q05"] > 1.0 or numbers["q95"] < 1.0
    }
    said = []
    for letter, numbers in clear.items():
        factor, low, high = _factor(texts, *three(numbers))
        said.append(
            texts.say("annex.errors.letter", letter=letter, factor=factor, low=low, high=high)
        )
    return said or ([texts.say("annex.errors.alike")] if letters else [])


def _off_in_words(run: SavedRun, texts: Catalogue) -> list[str]:
    """How many rows are more likely off than not, and the probability before any row is read."""
    off: dict[str, float] = run.summary["errors"]["off"]
    if not off:
        return []
    names = _likely(off)
    key = {0: "off_none", 1: "off_one"}.get(len(names), "off")
    before = run.reading["errors"]["off_share"]
    return [
        texts.say("annex.errors.before", share=texts.numbers.percent(before)),
        texts.say(
            f"annex.errors.{key}", count=len(names), fitted=len(off), names=", ".join(names)
        ),
    ]  # fmt: skip


def _likely(off: dict[str, float]) -> list[str]:
    return [name for name in _by_probability(off) if off[name] > LIKELY]


def _by_probability(off: dict[str, float]) -> list[str]:
    return sorted(off, key=lambda name: -off[name])


def _letters(run: SavedRun, texts: Catalogue) -> list[list[str]]:
    """Each letter: its rows, and the factor on its errors before and after the evidence."""
    end = math.exp(Z95 * run.reading["errors"]["letter_sd"])
    fitted = [run.evidence[name]["reliability"] for name in run.summary["evidence"]]
    rows = []
    for letter, numbers in run.summary["errors"]["letters"].items():
        both = [
            texts.numbers.between.format(middle=middle, low=low, high=high)
            for middle, low, high in (
                _factor(texts, *of) for of in ((1.0, 1 / end, end), three(numbers))
            )
        ]
        rows.append([letter, str(fitted.count(letter)), *both])
    return rows


def _off(run: SavedRun, texts: Catalogue) -> list[list[str]]:
    """Rows most likely to be off, of those likelier to be off than before the fit."""
    off: dict[str, float] = run.summary["errors"]["off"]
    before, rows = run.reading["errors"]["off_share"], []
    for name in _by_probability(off)[:SHOWN]:
        if off[name] <= before:
            break
        surprise = run.summary["evidence"][name]["surprise"]
        rows.append(
            [
                name,
                claim(run, name, texts),
                grade(run.evidence[name]),
                "" if surprise is None else texts.numbers.percent(surprise),
                texts.numbers.percent(off[name]),
            ]
        )
    return rows
