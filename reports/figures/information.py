"""Expected narrowing of the interval from knowing a quantity or finding a source."""

from __future__ import annotations

import textwrap
from typing import Any

from matplotlib.axes import Axes

from model.equations.quantities import HEADLINE
from model.terminal.wording import MILLION, NOISE
from reports.assumed import name_of
from reports.figures.style import (
    BLUE,
    FAINT_INK,
    INK,
    ORANGE,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

#: Number of quantities shown. All sources are shown.
SHOWN = 7
ROW, LETTERS = 4.9, 36


def rows_shown(
    run: SavedRun, texts: Catalogue, definition: str = HEADLINE, year: int | None = None
) -> list[dict[str, Any]]:
    """Quantities known exactly, then sources, each group by narrowing, the largest first."""
    tables = run.headline_drivers(definition, year)["tables"]
    exactly = [
        {"kind": "exactly", "name": name_of(run, row.quantity, texts), **_worth(row)}
        for row in tables["knowing"].head(SHOWN).itertuples()
        if row.variance_share >= NOISE
    ]
    sources: list[dict[str, Any]] = [
        {
            "kind": "sources",
            "name": texts.titled("prospects", row.prospect, row.title),
            **_worth(row),
        }
        for row in tables["prospects"].itertuples()
    ]
    return [
        row for rows in (exactly, sources) for row in sorted(rows, key=lambda one: -one["narrower"])
    ]


def _worth(row: Any) -> dict[str, float]:
    told = row.variance_share >= NOISE
    return {
        "share": row.variance_share if told else 0.0,
        "narrower": max(row.narrower / MILLION, 0.0) if told else 0.0,
    }


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    definition: str = HEADLINE,
    year: int | None = None,
) -> Axes:
    """Draw bars of the expected narrowing in millions of dollars."""
    texts = texts or catalogue()
    rows = rows_shown(run, texts, definition, year)
    names = [textwrap.wrap(row["name"], LETTERS) for row in rows]
    places, heads, last = _places(rows, [len(lines) for lines in names])
    width = width_before(run, definition, year)
    colours = {"exactly": BLUE, "sources": ORANGE}
    with styled():
        figure = canvas(ROW * last + 16, figure)
        axes = figure.subplots()
        for place, row in zip(places, rows, strict=True):
            axes.barh(
                place, row["narrower"], height=0.6, color=colours[row["kind"]], linewidth=0,
                gid=f"{row['kind']} {row['name']}",
            )  # fmt: skip
            key = "value" if row["share"] else "nothing"
            axes.annotate(
                texts.say(
                    f"figures.information.{key}",
                    narrower=texts.numbers.part_of(row["narrower"], width),
                    share=texts.numbers.percent(row["share"]),
                ),
                (row["narrower"], place), (4, 0), textcoords="offset points", va="center",
                fontsize=8, color=FAINT_INK,
            )  # fmt: skip
        axes.set_yticks(places, ["\n".join(lines) for lines in names], fontsize=7.8)
        for place, kind in heads:
            axes.annotate(
                texts.say(f"figures.information.{kind}"), (0, place), (-4, 0),
                xycoords=("axes fraction", "data"), textcoords="offset points", ha="right",
                va="center", fontsize=8.5, fontweight=600, color=INK,
            )  # fmt: skip
        axes.set_ylim(last - 0.4, -0.7)
        axes.set_xlim(0.0, max(1.45 * max((row["narrower"] for row in rows), default=0.0), 0.5))
        axes.set_xlabel(
            texts.say("figures.information.axis", width=texts.numbers.rounded(width, 1.0))
        )
        faint_grid(axes, "x")
    return axes


def width_before(run: SavedRun, definition: str = HEADLINE, year: int | None = None) -> float:
    """Width of the present 90% interval, in millions."""
    table = run.headline_drivers(definition, year)["tables"]["knowing"]
    return float(table["width_before"].iloc[0]) / MILLION


def _places(
    rows: list[dict[str, Any]], lines: list[int]
) -> tuple[list[float], list[tuple[float, str]], float]:
    """Positions of rows and of headings, and the lowest position."""
    places: list[float] = []
    heads: list[tuple[float, str]] = []
    at = 0.0
    for row, count in zip(rows, lines, strict=True):
        if row["kind"] not in [kind for _, kind in heads]:
            heads.append((at, row["kind"]))
            at += 1.0
        # a name of two lines needs room above and below
        extra = 0.3 * (count - 1)
        places.append(at + extra)
        at += 1.0 + 2.0 * extra
    return places, heads, at


def describe(
    run: SavedRun, texts: Catalogue, definition: str = HEADLINE, year: int | None = None
) -> str:
    """The figure in words, with this run's numbers."""
    width = width_before(run, definition, year)
    said: dict[str, list[str]] = {"exactly": [], "sources": []}
    for row in rows_shown(run, texts, definition, year):
        said[row["kind"]].append(
            texts.say(
                "figures.information.alt_one",
                name=row["name"],
                narrower=texts.numbers.part_of(row["narrower"], width),
            )
        )
    none = texts.say("figures.information.none")
    return texts.say(
        "figures.information.alt",
        definition=texts.say(f"definitions.{definition}.name").lower(),
        year=run.headline_drivers(definition, year)["year"],
        width=texts.numbers.rounded(width, 1.0),
        **{kind: ", ".join(names) or none for kind, names in said.items()},
    )
