"""Shares of the variance of a revenue, by group and quantity."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from model.equations.quantities import HEADLINE
from model.terminal.wording import NOISE
from reports.assumed import name_of
from reports.figures.style import (
    BLUE,
    FAINT_INK,
    GREY,
    INK,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

#: Height of a row in millimetres; quantities shown per group; least share shown.
ROW, SHOWN, LEAST = 4.7, 5, 0.01


def rows_shown(run: SavedRun, definition: str, year: int | None) -> list[dict[str, Any]]:
    """Rows from the top: the largest group first, each with its main quantities and the rest."""
    tables = run.headline_drivers(definition, year)["tables"]
    quantities: pd.DataFrame = tables["quantities"]
    rows: list[dict[str, Any]] = []
    for group in tables["groups"].sort_values("share", ascending=False, kind="stable").itertuples():
        rows.append({"kind": "group", "name": group.group, **_shares(group)})
        own = quantities[quantities["group"] == group.group]
        main = own[own["share"] >= LEAST].head(SHOWN)
        rows += [
            {"kind": "quantity", "name": one.quantity, **_shares(one)} for one in main.itertuples()
        ]
        rest = own.drop(main.index)
        if len(rest) and len(main):
            rows.append(
                {"kind": "rest", "name": str(len(rest)), "share": float(rest["share"].sum())}
            )
    return rows


def _shares(row: Any) -> dict[str, float]:
    return {"share": row.share, "alone": row.first_order, "total": row.total}


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    definition: str = HEADLINE,
    year: int | None = None,
) -> Axes:
    """Draw bars of Shapley effects, with first-order and total shares as marks."""
    texts = texts or catalogue()
    rows = rows_shown(run, definition, year)
    with styled():
        figure = canvas(ROW * len(rows) + 20, figure)
        axes = figure.subplots()
        for place, row in enumerate(rows):
            whole = row["kind"] == "group"
            axes.barh(
                place, max(100 * row["share"], 0.0), height=0.72 if whole else 0.5,
                color=BLUE if whole else GREY, linewidth=0, gid=f"{row['kind']} {row['name']}",
            )  # fmt: skip
            for key, mark, size in (("alone", "o", 4.6), ("total", "|", 8.0)):
                if row.get(key, 0.0) >= NOISE:
                    axes.plot(
                        [100 * row[key]], [place], mark, color=INK, markersize=size,
                        markerfacecolor="white", markeredgewidth=1.0,
                        gid=f"{key} {row['kind']} {row['name']}",
                    )  # fmt: skip
        _labelled(axes, run, rows, texts)
        axes.set_xlim(left=0.0)
        axes.set_xlabel(texts.say("figures.drivers.axis"))
        faint_grid(axes, "x")
        for column, key in ((0.0, "share"), (0.34, "alone"), (0.64, "total")):
            axes.annotate(
                texts.say(f"figures.drivers.{key}"), (column, 1), (0, 3), xycoords="axes fraction",
                textcoords="offset points", fontsize=8, color=FAINT_INK, va="bottom",
            )  # fmt: skip
    return axes


def _labelled(axes: Axes, run: SavedRun, rows: list[dict[str, Any]], texts: Catalogue) -> None:
    """Label each row at the left, with groups emphasised."""
    names = []
    for row in rows:
        if row["kind"] == "group":
            names.append(texts.say(f"groups.{row['name']}"))
        elif row["kind"] == "rest":
            key = "rest_one" if row["name"] == "1" else "rest"
            names.append(texts.say(f"figures.drivers.{key}", count=row["name"]))
        else:
            names.append(name_of(run, row["name"], texts))
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.3, -0.8)
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        whole = row["kind"] == "group"
        label.set_fontsize(8.5 if whole else 7.8)
        label.set_fontweight(600 if whole else 400)
        label.set_color(INK if whole else FAINT_INK)


def describe(
    run: SavedRun, texts: Catalogue, definition: str = HEADLINE, year: int | None = None
) -> str:
    """The figure in words, with this run's numbers."""
    found = run.headline_drivers(definition, year)
    groups = found["tables"]["groups"].sort_values("share", ascending=False, kind="stable")
    first = found["tables"]["quantities"].iloc[0]
    percent = texts.numbers.percent
    return texts.say(
        "figures.drivers.alt",
        definition=texts.say(f"definitions.{definition}.name").lower(),
        year=found["year"],
        groups=", ".join(
            texts.say(
                "figures.drivers.alt_one",
                name=texts.say(f"groups.{row.group}"),
                share=percent(row.share),
            )
            for row in groups.itertuples()
        ),
        name=name_of(run, first["quantity"], texts),
        share=percent(first["share"]),
    )
