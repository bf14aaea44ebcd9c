"""A sweep: the headline at each value of a quantity, or of two, beside the estimate as it is."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.ticker import MaxNLocator

from model.terminal.wording import MILLION
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    INK,
    ORANGE,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.texts import Catalogue, catalogue

HEIGHT, CELL = 78.0, 9.5
NUMBERS = ("median", "5%", "95%")
#: Most columns of a map whose cells have an interval, and most columns or rows of one whose cells
#: have a number; most millimetres of its height, and most values named along a side.
FEW, MANY, TALLEST, NAMED = 7, 14, 130.0, 8


class Swept(Protocol):
    """What is drawn of a sweep; see ``model.result.sweep.Sweep``."""

    table: pd.DataFrame
    axes: tuple[Any, ...]
    definition: str
    year: int
    unchanged: Any


def draw(sweep: Swept, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw a line with its 90% band, or of two quantities a map of medians, in USD million."""
    texts = texts or catalogue()
    one = len(sweep.axes) == 1
    rows = 0 if one else len(sweep.axes[1].values)
    with styled():
        axes = canvas(HEIGHT if one else 26 + min(CELL * max(rows, 3), TALLEST), figure).subplots()
        (_line if one else _map)(axes, sweep, texts)
    return axes


def _line(axes: Axes, sweep: Swept, texts: Catalogue) -> None:
    """Median and 90% interval by value, with those of the estimate in which nothing is fixed."""
    table = sweep.table.sort_values(sweep.axes[0].heading)
    x = table[sweep.axes[0].heading].to_numpy()
    middle, low, high = (table[name].to_numpy() / MILLION for name in NUMBERS)
    before = [sweep.unchanged[name] / MILLION for name in NUMBERS]
    axes.fill_between(x, low, high, color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(x, middle, color=BLUE, linewidth=1.6, gid="median")
    done = table["converged"].to_numpy(dtype=bool)
    axes.plot(x[done], middle[done], "o", color=BLUE, markersize=4.5)
    axes.plot(x[~done], middle[~done], "o", color="white", markeredgecolor=ORANGE, markersize=5)
    for amount, style in zip(before, ("-", (0, (4, 3)), (0, (4, 3))), strict=True):
        axes.axhline(amount, color=INK, linewidth=0.8, linestyle=style, gid="unchanged", zorder=1.5)
    axes.set_xlabel(_named(sweep.axes[0].heading))
    axes.set_ylabel(texts.say("figures.headline.axis"))
    span = x[-1] - x[0]
    axes.set_ylim(min(0.0, *low, *before), 1.05 * max(*high, *before))
    axes.set_xticks(x if len(x) <= 9 else MaxNLocator(9).tick_values(x[0], x[-1]))
    axes.set_xlim(x[0] - 0.03 * span, x[-1] + 0.03 * span)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    faint_grid(axes)
    for said, height, colour in _beside(axes, texts, middle[-1], before[0]):
        axes.annotate(
            said, (1.0, height), (6, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", color=colour, fontsize=8.5,
            annotation_clip=False,
        )  # fmt: skip


def _beside(
    axes: Axes, texts: Catalogue, line: float, before: float
) -> list[tuple[str, float, str]]:
    """Names of the line and of the reference, moved apart where they would meet."""
    low, high = axes.get_ylim()
    least = 0.13 * (high - low)
    short = max(least - abs(line - before), 0.0) / 2
    up = 1.0 if line >= before else -1.0
    return [
        (texts.say("figures.sweep.fixed"), line + up * short, BLUE_INK),
        (texts.say("figures.sweep.unchanged"), before - up * short, INK),
    ]


def _map(axes: Axes, sweep: Swept, texts: Catalogue) -> None:
    """A map of medians with a number in each cell; colours are about the unchanged estimate."""
    across, down = sweep.axes
    grid = {name: _grid(sweep, name) / MILLION for name in NUMBERS}
    before = sweep.unchanged["median"] / MILLION
    far = max(float(np.abs(grid["median"] - before).max()), 1e-9)
    colours = LinearSegmentedColormap.from_list("about", [ORANGE, "#FFFFFF", BLUE])
    norm = TwoSlopeNorm(before, before - far, before + far)
    image = axes.imshow(
        grid["median"], cmap=colours, norm=norm, aspect="auto", origin="lower", alpha=0.6, gid="map"
    )
    done = _grid(sweep, "converged").astype(bool)
    few, numbered = _room(sweep)
    if not numbered:
        axes.figure.colorbar(image, ax=axes, label=texts.say("figures.headline.axis"))
    for (row, column), middle in np.ndenumerate(grid["median"]):
        if not numbered:
            break
        parts = texts.numbers.parts(*(grid[name][row, column] for name in NUMBERS))
        interval = texts.say("figures.years.interval", low=parts.low, high=parts.high)
        said = [parts.middle if done[row, column] else f"({parts.middle})"]
        axes.annotate(
            "\n".join([*said, interval] if few else said), (column, row), ha="center", va="center",
            fontsize=7.4, color=INK, linespacing=1.15, gid=f"{middle:.0f}",
        )  # fmt: skip
    for set_ticks, axis in ((axes.set_xticks, across), (axes.set_yticks, down)):
        step = -(-len(axis.values) // NAMED)
        shown = [texts.numbers.plain(one) for one in axis.values[::step]]
        set_ticks(range(0, len(axis.values), step), shown)
    axes.set_xlabel(_named(across.heading))
    axes.set_ylabel(_named(down.heading))
    axes.tick_params(length=0, labelcolor=FAINT_INK)
    axes.spines["bottom"].set_visible(False)
    axes.set_title(" ", fontsize=3)  # room below the figure's title


def _room(sweep: Swept) -> tuple[bool, bool]:
    """Whether the cells of a map have room for an interval, and for a number."""
    first, second = (len(axis.values) for axis in sweep.axes)
    numbered = max(first, second) <= MANY
    return numbered and first <= FEW, numbered


def _grid(sweep: Swept, name: str) -> Any:
    """A column of the table by both quantities: rows by the second, columns by the first."""
    first, second = (len(axis.values) for axis in sweep.axes)
    return sweep.table[name].to_numpy().reshape(first, second).T


def _named(heading: str) -> str:
    return heading.replace("_", " ")


def stem(sweep: Swept) -> str:
    """Name of the figure's file, without its ending."""
    return "-".join(["sweep", *(axis.name for axis in sweep.axes)])


def title(sweep: Swept, texts: Catalogue) -> str:
    """What the figure shows."""
    parts = texts.numbers.parts(*(sweep.unchanged[name] / MILLION for name in NUMBERS))
    kind = "one" if len(sweep.axes) == 1 else "two" if _room(sweep)[0] else "medians"
    said = texts.say(
        f"figures.sweep.{kind}",
        definition=texts.say(f"definitions.{sweep.definition}.name"),
        year=sweep.year,
        quantities=" × ".join(_named(axis.name) for axis in sweep.axes),
        amount=parts.middle, low=parts.low, high=parts.high,
    )  # fmt: skip
    if sweep.table["converged"].all():
        return said
    return f"{said}. {texts.say('figures.sweep.not_converged')}"


def describe(sweep: Swept, texts: Catalogue) -> str:
    """The figure in words."""
    rows = "; ".join(
        ", ".join(f"{_named(axis.heading)} {row[axis.heading]:.6g}" for axis in sweep.axes)
        + ": "
        + texts.numbers.interval(*(row[name] / MILLION for name in NUMBERS))
        for row in sweep.table.to_dict("records")
    )
    return f"{title(sweep, texts).rstrip('.')}. {rows}."
