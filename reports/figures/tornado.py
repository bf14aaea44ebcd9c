"""A revenue with each of its drivers at its 5% and 95% quantile."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from model.equations.quantities import HEADLINE
from model.terminal.wording import MILLION, rounding_unit
from reports.assumed import name_of
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    INK,
    SKY,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue
from reports.units import unit_text

#: Quantities shown: those that move the revenue most, with all else held or moving.
SHOWN = 12
ROW = 5.4
ENDS = ("p05", "p95")
#: Share of the median below which a change counts as none.
NOTHING = 1e-6


def shown(
    run: SavedRun, definition: str = HEADLINE, year: int | None = None, most: int = SHOWN
) -> pd.DataFrame:
    """Quantities that move the median most."""
    table: pd.DataFrame = run.headline_drivers(definition, year)["tables"]["quantities"].astype(
        {f"{kind}_{end}": float for kind in ("held", "along") for end in ENDS}
    )
    # the wider range of the two: with all else held (missing for some) and with all else moving
    reach = pd.DataFrame(
        {kind: (table[f"{kind}_p95"] - table[f"{kind}_p05"]).abs() for kind in ("held", "along")}
    ).max(axis=1)
    return table.loc[reach.sort_values(ascending=False, kind="stable").index].head(most)


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    definition: str = HEADLINE,
    year: int | None = None,
    most: int = SHOWN,
) -> Axes:
    """Draw bars for all else held and brackets for all else moving, around the median."""
    texts = texts or catalogue()
    table, found = shown(run, definition, year, most), run.headline_drivers(definition, year)
    middle = found["numbers"]["q50"] / MILLION
    with styled():
        figure = canvas(ROW * len(table) + 24, figure)
        axes = figure.subplots()
        for place, row in enumerate(table.itertuples()):
            _bar(axes, place, row, middle, texts)
        axes.axvline(middle, color=INK, linewidth=0.9)
        axes.set_yticks(range(len(table)), [name_of(run, one, texts) for one in table["quantity"]])
        axes.tick_params(axis="y", labelsize=8)
        axes.set_ylim(len(table) - 0.3, -0.9)
        axes.margins(x=0.14)
        axes.set_xlabel(
            texts.say(
                "figures.tornado.axis",
                definition=texts.say(f"definitions.{definition}.name"), year=found["year"],
            )
        )  # fmt: skip
        faint_grid(axes, "x")
        for column, key, colour in (
            (0.0, "low", "#2F7FB0"), (0.24, "high", BLUE_INK), (0.6, "along", INK)
        ):  # fmt: skip
            axes.annotate(
                texts.say(f"figures.tornado.{key}"), (column, 1), (0, 3),
                xycoords="axes fraction", textcoords="offset points", fontsize=8, color=colour,
                va="bottom",
            )  # fmt: skip
    return axes


def _bar(axes: Axes, place: int, row: object, middle: float, texts: Catalogue) -> None:
    """Draw one quantity: two bars, their values and the bracket."""
    held = {end: getattr(row, f"held_{end}") / MILLION for end in ENDS}
    along = {end: getattr(row, f"along_{end}") / MILLION for end in ENDS}
    name = getattr(row, "quantity")  # noqa: B009
    known = held["p05"] == held["p05"]
    for end, colour in zip(ENDS, (SKY, BLUE), strict=True):
        if known:
            axes.barh(
                place, held[end] - middle, left=middle, height=0.62, color=colour, linewidth=0,
                gid=f"{end} {name}",
            )  # fmt: skip
        axes.plot(
            [along[end]], [place], "|", color=INK, markersize=7, gid=f"along {end} {name}"
        )  # fmt: skip
    axes.plot(list(along.values()), [place] * 2, color=INK, linewidth=0.9, gid=f"along {name}")
    # the quantity's value at each end, outside the mark that reaches furthest there
    reach = held if known and abs(held["p95"] - held["p05"]) > abs(NOTHING * middle) else along
    low_side = "p05" if reach["p05"] <= reach["p95"] else "p95"
    values = [*along.values(), *(held.values() if known else ())]
    unit = rounding_unit(getattr(row, "p05"), getattr(row, "p95"))  # noqa: B009
    for end in ENDS:
        left = end == low_side
        axes.annotate(
            texts.numbers.rounded(getattr(row, end), unit),
            (min(values) if left else max(values), place), (-5 if left else 5, 0),
            textcoords="offset points", ha="right" if left else "left", va="center", fontsize=7.5,
            color=FAINT_INK,
        )  # fmt: skip


def describe(
    run: SavedRun,
    texts: Catalogue,
    definition: str = HEADLINE,
    year: int | None = None,
    most: int = SHOWN,
) -> str:
    """The figure in words, with this run's numbers."""
    said = []
    for row in shown(run, definition, year, most).itertuples():
        ends = {
            key: texts.numbers.rounded(getattr(row, f"{kind}_{end}") / MILLION, 1.0)
            for key, kind, end in (
                ("low", "held", "p05"), ("high", "held", "p95"),
                ("along_low", "along", "p05"), ("along_high", "along", "p95"),
            )
        }  # fmt: skip
        name = name_of(run, row.quantity, texts)
        unit = unit_text(row.unit, texts)
        said.append(
            texts.say("figures.tornado.alt_one", name=f"{name} ({unit})" if unit else name, **ends)
        )
    return texts.say(
        "figures.tornado.alt",
        definition=texts.say(f"definitions.{definition}.name").lower(),
        year=run.headline_drivers(definition, year)["year"],
        quantities="; ".join(said),
    )
