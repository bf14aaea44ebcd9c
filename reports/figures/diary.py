"""How an estimate moved: its median and 90% interval run by run, or as evidence was published."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import MaxNLocator

from model.terminal.wording import MILLION
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    ORANGE,
    ORANGE_INK,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.texts import Catalogue, catalogue

HEIGHT = 74.0
KNOWN = "known"
NUMBERS = ("q50", "q05", "q95")
#: Runs named below the axis, and letters of such a name; moves whose size is written.
NAMED, LETTERS, LARGEST = 8, 14, 4
#: Days that the last state of knowledge is drawn for, as a share of all.
AFTER = 0.06


class Told(Protocol):
    """What is drawn of a diary; see ``model.diary.book.Diary``."""

    table: pd.DataFrame
    kind: str
    definition: str
    year: int
    converged: bool


def shown(diary: Told) -> pd.DataFrame:
    """States that have numbers, and of what was known only those with a date."""
    table = diary.table
    table = table[table["q50"].notna()]
    if diary.kind == KNOWN:
        table = table[table["date"].str.fullmatch(r"\d{4}-\d\d-\d\d")]
    return table.reset_index(drop=True)


def draw(diary: Told, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw medians and 90% intervals: a point for each run, or a stair by day of publication."""
    texts = texts or catalogue()
    table = shown(diary)
    with styled():
        axes = canvas(HEIGHT, figure).subplots()
        place = _stair(axes, table) if diary.kind == KNOWN else _points(axes, table)
        done = table["converged"].to_numpy(dtype=bool)
        middle = table["q50"].to_numpy() / MILLION
        axes.plot(place[done], middle[done], "o", color=BLUE, markersize=4.5, gid="median")
        axes.plot(
            place[~done], middle[~done], "o", color="white", markeredgecolor=ORANGE, markersize=5
        )
        _moves(axes, place, table, texts)
        low, high = min(float(table["q05"].min()), 0.0), float(table["q95"].max())
        axes.set_ylim(1.08 * low / MILLION, 1.08 * high / MILLION)
        axes.yaxis.set_major_locator(MaxNLocator(6))
        axes.set_ylabel(texts.say("figures.headline.axis"))
        faint_grid(axes)
    return axes


def _points(axes: Axes, table: pd.DataFrame) -> Any:
    """Runs side by side, with their intervals as lines."""
    place = np.arange(len(table), dtype=float)
    low, high = (table[name].to_numpy() / MILLION for name in ("q05", "q95"))
    axes.vlines(place, low, high, color=BLUE, alpha=0.35, linewidth=5)
    axes.plot(place, table["q50"] / MILLION, color=BLUE, linewidth=0.9, alpha=0.6)
    step = -(-len(table) // NAMED)
    last = len(table) - 1
    named = sorted({*range(last, -1, -step)})
    labels = [f"{_short(table['name'][one])}\n{table['date'][one]}" for one in named]
    axes.set_xticks(named, labels)
    axes.set_xlim(-0.5, last + 0.5)
    return place


def _short(name: str) -> str:
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"


def _stair(axes: Axes, table: pd.DataFrame) -> Any:
    """What each day's evidence says until the next one comes."""
    place = pd.to_datetime(table["date"]).to_numpy()
    end = place[-1] + (place[-1] - place[0]) * AFTER if len(place) > 1 else place[-1]
    until = np.append(place, end)
    low, middle, high = (
        np.append(one, one[-1])
        for one in (table[name].to_numpy() / MILLION for name in ("q05", "q50", "q95"))
    )
    axes.fill_between(until, low, high, step="post", color=BLUE, alpha=0.18, linewidth=0)
    axes.step(until, middle, where="post", color=BLUE, linewidth=1.4)
    locator = AutoDateLocator(minticks=4, maxticks=10)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    return place


def _moves(axes: Axes, place: Any, table: pd.DataFrame, texts: Catalogue) -> None:
    """Write the largest moves that sampling does not explain beside their points."""
    clear = table[table["beyond_error"].eq(True)]
    largest = clear["moved"].abs().sort_values(ascending=False, kind="stable").index[:LARGEST]
    for one in sorted(largest):
        moved = clear["moved"][one] / MILLION
        sign = "+" if moved > 0 else "−"
        axes.annotate(
            f"{sign}{texts.numbers.rounded(abs(moved), 1.0)}",
            (place[one], table["q50"][one] / MILLION), (6, 5 if moved > 0 else -5),
            textcoords="offset points", va="bottom" if moved > 0 else "top", fontsize=8.5,
            color=BLUE_INK if moved > 0 else ORANGE_INK, fontweight=600,
        )  # fmt: skip


def stem(diary: Told) -> str:
    """Name of the figure's file, without its ending."""
    return f"diary-{diary.kind}" if diary.kind == KNOWN else "diary"


def title(diary: Told, texts: Catalogue) -> str:
    """What the figure shows."""
    usable = diary.table[diary.table["converged"].astype(bool) & diary.table["q50"].notna()]
    ends = [usable["q50"].iloc[place] / MILLION for place in (0, -1)] if len(usable) else [0.0, 0.0]
    was, now = (texts.numbers.rounded(one, 1.0) for one in ends)
    said = texts.say(
        f"figures.diary.{diary.kind}",
        definition=texts.say(f"definitions.{diary.definition}.name"),
        year=diary.year, was=was, now=now,
    )  # fmt: skip
    return said if diary.converged else f"{said}. {texts.say('figures.diary.not_converged')}"


def describe(diary: Told, texts: Catalogue) -> str:
    """The figure in words."""
    rows = "; ".join(
        f"{row['date'] if diary.kind == KNOWN else row['name']}: "
        + texts.numbers.interval(*(row[name] / MILLION for name in NUMBERS))
        for row in shown(diary).to_dict("records")
    )
    return f"{title(diary, texts).rstrip('.')}. {rows}."
