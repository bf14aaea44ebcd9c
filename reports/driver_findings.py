"""Texts of the brief and the annex on what drives the answer and what to find out next."""

from __future__ import annotations

from typing import Any

from model.equations.quantities import HEADLINE
from model.terminal.wording import MILLION, NOISE, rounding_unit
from reports import typed
from reports.assumed import name_of
from reports.findings import Sentence, sentence
from reports.saved_run import SavedRun
from reports.tables import table as table_of
from reports.texts import Catalogue

Json = dict[str, Any]

#: Number of quantities in the annex's table.
TOLD = 20
#: Least share of the variance for a group to account for most of it.
MOST = 0.5


def asked(run: SavedRun) -> bool:
    """Whether the drivers of the headline were computed for the run."""
    return f"{HEADLINE} {run.year}" in run.drivers


def found(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """What would add most to the headline; empty if drivers were not computed."""
    return [_quantity(run, texts), *sources(run, texts)] if asked(run) else []


def groups(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """The group whose uncertainty matters most; empty if drivers were not computed."""
    return [_groups(run, texts)] if asked(run) else []


def _groups(run: SavedRun, texts: Catalogue) -> Sentence:
    table = run.headline_drivers()["tables"]["groups"].sort_values(
        "share", ascending=False, kind="stable"
    )
    named = [
        (texts.say(f"groups.{row.group}_in_text"), texts.numbers.percent(row.share))
        for row in table.itertuples()
    ]
    first = "most" if table["share"].iloc[0] >= MOST else "largest"
    return sentence(
        texts,
        f"drivers.{first}",
        year=run.year,
        first=named[0][0],
        share=named[0][1],
        rest=", ".join(
            texts.say("findings.drivers.one", name=name, share=share) for name, share in named[1:]
        ),
    )


def _quantity(run: SavedRun, texts: Catalogue) -> Sentence:
    """The quantity that would add most if it were known."""
    best = run.headline_drivers()["tables"]["knowing"].iloc[0]
    return sentence(
        texts,
        "drivers.quantity",
        name=name_of(run, best["quantity"], texts),
        **_widths(best, texts),
    )


def sources(run: SavedRun, texts: Catalogue) -> list[Sentence]:
    """The source that would add most; empty if the case lists none or none was compared."""
    if not asked(run):
        return []
    listed = run.headline_drivers()["tables"]["prospects"]
    if listed.empty:
        return []
    one = "_one" if len(listed) == 1 else ""
    best = listed.loc[listed["variance_share"].idxmax()]
    if best["variance_share"] < NOISE:
        return [sentence(texts, f"drivers.no_source{one}", count=len(listed))]
    values = {
        "title": texts.titled("prospects", best["prospect"], best["title"]),
        "count": len(listed),
        **_widths(best, texts),
    }
    return [sentence(texts, f"drivers.source{one}", **values)]


def _widths(row: Any, texts: Catalogue) -> dict[str, str]:
    """Width of the interval before and after, in millions."""
    before, after = row["width_before"] / MILLION, row["width_after"] / MILLION
    unit = rounding_unit(0.0, before)
    return {
        "before": texts.numbers.rounded(before, unit),
        "after": texts.numbers.rounded(min(after, before), unit),
    }


def blocks(run: SavedRun, texts: Catalogue) -> Json:
    """Every block of the annex about drivers."""
    text = texts.say("annex.drivers.none")
    command = "" if asked(run) else typed.command("model.drivers", run.name)
    shares: list[list[str]] = []
    sources: list[list[str]] = []
    if asked(run):
        drivers = run.headline_drivers()
        explained = texts.numbers.percent(drivers["explained"])
        text = " ".join(
            [
                *(one.text for one in [*groups(run, texts), *found(run, texts)]),
                texts.say("annex.drivers.done", explained=explained, degree=drivers["degree"]),
            ]
        )
        shares = _shares(run, texts)
        sources = _worth(run, texts)
    columns = ("quantity", "share", "alone", "total", "known")
    return {
        "drivers": table_of(texts, "drivers", columns, shares) | {"text": text, "command": command},
        "prospects": table_of(
            texts, "prospects", ("source", "states", "variance", "width", "again"), sources
        ),
    }


def _shares(run: SavedRun, texts: Catalogue) -> list[list[str]]:
    """Main quantities: three shares with their errors, and the width if each were known."""
    tables = run.headline_drivers()["tables"]
    known = tables["knowing"].set_index("quantity")
    rows = []
    for row in tables["quantities"].head(TOLD).itertuples():
        shares = [
            _give_or_take(getattr(row, name), getattr(row, f"{name}_error"), texts)
            for name in ("share", "first_order", "total")
        ]
        after = _widths(known.loc[row.quantity], texts)["after"]
        rows.append([name_of(run, row.quantity, texts), row.quantity, *shares, after])
    return rows


def _give_or_take(share: float, error: float, texts: Catalogue) -> str:
    """Format a share in per cent with its sampling error."""
    both = [texts.numbers.rounded(100 * max(one, 0.0), 0.1) for one in (share, error)]
    return texts.say("annex.drivers.error", share=both[0], error=both[1])


def _worth(run: SavedRun, texts: Catalogue) -> list[list[str]]:
    """Sources that might be found: the width each would leave, by regression and by reweighting."""
    rows = []
    for row in run.headline_drivers()["tables"]["prospects"].itertuples():
        again = texts.say("none")
        if row.reweighed_width_after == row.reweighed_width_after:
            again = texts.numbers.rounded(row.reweighed_width_after / MILLION, 0.1)
        rows.append(
            [
                texts.titled("prospects", row.prospect, row.title),
                row.states,
                texts.numbers.rounded(100 * row.variance_share, 0.1),
                texts.numbers.rounded(row.width_after / MILLION, 0.1),
                again,
            ]
        )
    return rows
