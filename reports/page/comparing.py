"""Our range beside those of officials, the press and others, and what follows from belief."""

from __future__ import annotations

from typing import Any

import pandas as pd

from model.terminal.wording import MILLION
from reports.citations import figure_printed, grade, speaker
from reports.figures import totals
from reports.page.columns import number
from reports.page.money import safe
from reports.saved_run import SavedRun
from reports.texts import Catalogue

Json = dict[str, Any]

#: Key of the press's arithmetic, which no row can have.
PRESS = "press arithmetic"


def others(run: SavedRun, texts: Catalogue) -> list[Json]:
    """What others published, in million dollars a year: first of the hosts, then of other places.

    Totals that print no dollars, or no amount, are left out.
    """
    found = [_press(run, texts)] if run.summary.get("press_arithmetic") else []
    for (where, definition), names in totals.grouped(run).items():
        for name in names:
            figures = totals.in_millions(run, name)
            if figures and figures["observed"] > 0.0:
                found.append(_total(run, name, where, definition, figures, texts))
    return found


def _press(run: SavedRun, texts: Catalogue) -> Json:
    block = run.summary["press_arithmetic"]
    millions = block["usd"] / MILLION
    return {
        "key": PRESS,
        "name": texts.say("figures.headline.press"),
        "measures": texts.say("figures.headline.measures.wedge", year=block["year"]),
        "whole": True,
        "low": millions, "middle": millions, "high": millions,
        "printed": texts.numbers.rounded(millions, 1.0),
        "ours": _ours(run.annual(block["year"], "wedge"), MILLION),
        "grade": "", "url": "", "believed": None,
    }  # fmt: skip


def _total(
    run: SavedRun, name: str, where: str, definition: str, figures: Json, texts: Catalogue
) -> Json:
    row = run.evidence[name]
    low, high = totals.ends(figures)
    years = "-".join(dict.fromkeys((row["start"][:4], row["end"][:4])))
    whole = run.is_all(where)
    predicted = figures.get("predicted")
    return {
        "key": name,
        "name": speaker(run, name, texts),
        "measures": texts.say(
            "page.others.measures",
            definition=texts.say(f"definitions.{definition}.name"),
            place=totals.place_name(run, where, texts),
            years=years,
        ),
        "whole": whole,
        "low": low, "middle": figures["observed"], "high": high,
        "printed": figure_printed(row, texts),
        "ours": _ours(predicted) if predicted else None,
        "grade": texts.say("grades.of", grade=grade(row)),
        "url": safe(run.sources[row["source"]]["url"]),
        "believed": _believed(run, name),
    }  # fmt: skip


def _ours(numbers: Json, scale: float = 1.0) -> list[float | None]:
    return [number(float(numbers[key]) / scale) for key in ("q05", "q50", "q95")]


def _believed(run: SavedRun, name: str) -> Json | None:
    """The headline if a total is believed, as the run's checks stored it; nothing if they do not.

    Without numbers, the draws do not reach it.
    """
    if not run.checks.get("held_out", {}).get("rows"):
        return None
    table = run.check_table("held_out").set_index("row")
    if name not in table.index or pd.isna(table.loc[name, "pareto_k"]):
        return None
    row = table.loc[name]
    if pd.isna(row["believed_q50"]):
        return {"numbers": None, "moves": ""}
    numbers = {key: number(float(row[f"believed_{key}"])) for key in ("q50", "q05", "q95")}
    return {"numbers": numbers, "moves": "" if pd.isna(row["moves"]) else str(row["moves"])}
