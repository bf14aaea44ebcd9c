"""All that a page tells, as plain JSON: numbers, draws, words, and commands that refit."""

from __future__ import annotations

import base64
import shlex
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.archive.dials import Dials, dials
from model.case.folders import BASELINE, COPY
from model.equations.quantities import DEFINITIONS, HEADLINE
from reports import assumed, readings, typed
from reports.front import front
from reports.page import comparing, levers, money, sources
from reports.page.columns import Kept, number
from reports.page.money import Money
from reports.saved_run import SavedRun
from reports.texts import Catalogue

Json = dict[str, Any]

#: Fewest effective draws on which the page gives an answer, as for the refits of checks; and
#: those below which it calls the answer rough, as the gate of a run would.
BEARABLE, FIRM = 100, 400
#: Largest shape of the tail of weights with which they are reliable (Vehtari et al. 2024).
SHAPE = 0.7
#: Dots of the headline, and scenarios side by side.
DOTS, SIDE_BY_SIDE = 50, 4


def content(run: SavedRun, texts: Catalogue) -> Json:
    """The content of a page.

    Raises
    ------
    DamagedRunError
        If the run's draws or inputs cannot be read.
    """
    texts = readings.worded(run, texts)
    found = dials(run.folder)
    reading = found.reading
    baseline = Money.of(run, BASELINE)
    names = list(run.scenarios)
    spans, kept = _fitting(run, baseline, found, names, reading)
    head = front(run, texts)
    periods = money.periods(run, baseline, spans, texts)
    per_usd = {one["key"]: one["per_usd"] for one in periods}
    return {
        **{key: head[key] for key in ("lang", "title", "case", "run", "about", "what_if")},
        "converged": run.converged,
        "warning": "" if run.converged else head["not_converged"],
        "words": texts.content["page"],
        "numbers": texts.content["numbers"],
        "start": {"what": HEADLINE, "when": str(run.year), "in": money.USD},
        "limits": {
            "bearable": BEARABLE,
            "firm": FIRM,
            "shape": SHAPE,
            "dots": DOTS,
            "beside": SIDE_BY_SIDE,
        },
        "definitions": [_definition(run, one, texts) for one in reversed(DEFINITIONS)],
        "periods": periods,
        "currencies": [money.USD, *([baseline.own] if baseline.own else [])],
        "table": money.table(run, baseline, spans),
        "draws": {
            "kept": len(kept.places),
            "of": kept.count,
            "relative": number(found.effective),
            "tail": _tail(run, kept.count),
            "reading": base64.b64encode(kept.reading.astype("u1").tobytes()).decode("ascii"),
            "money": money.columns(baseline, spans, kept),
        },
        "readings": _readings(run, reading, texts),
        "levers": levers.levers(run, found, kept, texts),
        "rate": levers.rates(run, found, kept, per_usd, texts),
        "groups": sources.columns(run, found, kept),
        "sources": sources.sources(run, found, texts),
        "refits_of": sources.reading_of_refits(run, texts),
        "scenarios": [money.scenario(run, one, baseline, kept, texts) for one in names],
        "others": comparing.others(run, texts),
        "checked": "held_out" in run.checks,
        "commands": _commands(run),
    }


def _fitting(
    run: SavedRun, baseline: Money, found: Dials, names: list[str], reading: NDArray[np.int64]
) -> tuple[list[money.Span], Kept]:
    """Spans and draws that fit into the page: quarters, unless they leave too few draws."""
    each = len(DEFINITIONS)
    others = len(found.quantities) + len(sources.groups(run, found))
    others += each * len(found.rates) * 2  # half as many characters, for four factors
    years = [span.key for span in money.spans(baseline.months, quarters=False)]
    for name in names:  # years before its changes are the baseline's
        first = run.scenarios[name]["at_stake"]["from"][:4]
        others += each * (1 + sum(year >= first for year in years))
    for quarters in (True, False):
        spans = money.spans(baseline.months, quarters=quarters)
        own = each * sum(not span.parts for span in spans)
        most = money.most_draws(own + others)
        if most >= min(money.FEWEST, len(reading)):
            break
    return spans, Kept.of(reading, most)


def _tail(run: SavedRun, count: int) -> float:
    """Effective draws of the worst quantity as a share, by which tails of weights are measured."""
    found = run.manifest["convergence"]["min_ess_bulk"]
    return min(max(float(found or 1.0) / count, 1 / count), 1.0)


def _definition(run: SavedRun, name: str, texts: Catalogue) -> Json:
    return {
        "key": name,
        "name": assumed.definition_name(run, name, texts),
        # the state take's meaning goes on from the plan's, above it in a list
        "means": texts.say(f"definitions.{name}.{'short' if name == HEADLINE else 'meaning'}"),
    }


def _readings(run: SavedRun, reading: NDArray[np.int64], texts: Catalogue) -> list[Json]:
    """Readings in the order of their numbers; weights are those of the draws, as is the summary."""
    told = readings.told(run)
    if len(told) < 2:
        return [{"key": "", "title": "", "basis": "", "weight": 1.0, "option": ""}]
    return [
        {
            "key": name,
            "title": texts.titled("readings", name, one["title"]),
            "basis": one["basis"],
            "weight": number(float((reading == place).mean())),
            "option": f"--reading {shlex.quote(name)}=",
        }
        for place, (name, one) in enumerate(told.items())
    ]


def _commands(run: SavedRun) -> Json:
    """Commands that the page completes."""
    copied = f"cp -r {shlex.quote(f'runs/{run.name}/{COPY}')} {levers.MY_CASE}"
    return {
        "estimate": typed.estimate(run),
        "copied": f"{copied}\n{typed.PYTHON} -m model.case add {levers.MY_CASE}",
        "again": typed.of_another_case(run, levers.MY_CASE),
        "refits": typed.command("model.criticism", run.name, "--only", "leave_one_out"),
        "believed": typed.command("model.criticism", run.name, "--only", "held_out"),
    }
