"""Workers by month, with official counts drawn by type: stock, ceiling, flow or events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import YearLocator
from matplotlib.text import Annotation
from numpy.typing import NDArray

from model.case.folders import BASELINE
from reports.figures.style import (
    AMBER,
    AMBER_INK,
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREEN,
    GREEN_INK,
    INK,
    ORANGE,
    ORANGE_INK,
    PURPLE,
    PURPLE_INK,
    Canvas,
    bands,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

HEIGHT = 70.0
#: The same without flows and events.
LOW = 44.0
STOCKS = ("permitted", "irregular", "working")
#: Counts of flows and events over a window, with their colours.
HAPPENINGS = {
    "permits_issued": BLUE,
    "new_permits": GREEN,
    "visas_issued": PURPLE,
    "work_registrations": ORANGE,
    "irregular_registrations": AMBER,
    "entries": INK,
    "crossings": BLUE_INK,
    "departures": ORANGE_INK,
}
#: Bounds are drawn with an arrow to the side on which the truth lies.
ARROWS = {
    "at_least": "^",
    "more_than": "^",
    "up_to": "v",
    "as_much_as": "v",
    "below": "v",
    "above": "^",
    "nearly": "v",
    "almost": "v",
}


@dataclass(frozen=True, slots=True)
class Count:
    """An official count for a whole host: quantity, window, figure and hedge."""

    row: str
    quantity: str
    start: pd.Timestamp
    end: pd.Timestamp
    figure: float
    low: float
    high: float
    qualifier: str
    fitted: bool

    @property
    def months(self) -> int:
        """Months in the window."""
        return int((self.end.year - self.start.year) * 12 + self.end.month - self.start.month) + 1


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    host: str | None = None,
    *,
    flows: bool = True,
) -> NDArray[np.object_]:
    """Draw stocks and ceilings above and, unless left out, flows and events per month below.

    Returns
    -------
    array of Axes, (2,) or (1,)
    """
    texts = texts or catalogue()
    host = host or next(iter(run.hosts))
    with styled():
        figure = canvas(HEIGHT if flows else LOW, figure)
        ratios = [1.7, 1] if flows else [1]
        panels: NDArray[np.object_] = figure.subplots(
            len(ratios), 1, sharex=True, height_ratios=ratios, squeeze=False
        ).ravel()
        counted = counts(run, host)
        _stocks(panels[0], run, host, counted, texts)
        if flows:
            _flows(panels[1], counted, texts)
        first, last = run.covered
        panels[-1].set_xlim(first, last)
        panels[-1].xaxis.set_major_locator(YearLocator())
        for axes in panels:
            faint_grid(axes)
            axes.yaxis.set_major_formatter(lambda value, _: texts.numbers.rounded(value, 1.0))
    return panels


def stock(run: SavedRun, host: str, name: str) -> pd.DataFrame:
    """Quantiles of a stock by end of month, up to the end of the data."""
    rows = run.workers
    rows = rows[(rows["scenario"] == BASELINE) & (rows["host"] == host) & (rows["stock"] == name)]
    rows = rows[rows["month"] <= run.timeline["end"]]
    return rows.set_index(pd.PeriodIndex(rows["month"], freq="M").end_time)


def counts(run: SavedRun, host: str) -> list[Count]:
    """Counts for a whole host within the months covered, fitted or kept as context."""
    first, last = run.covered
    found = []
    for name, row in run.evidence.items():
        wanted = row["quantity"] in (*STOCKS, "quota", *HAPPENINGS)
        if not wanted or row["host"] != host or row["segment"] or row["base"]:
            continue
        figures = [float(row[key]) for key in ("low", "value", "high") if row[key]]
        start, end = _day(row["start"], "start"), _day(row["end"], "end")
        if not figures or start < first or end > last:
            continue
        middle = figures[0] if len(figures) == 1 else float(np.exp(np.mean(np.log(figures))))
        found.append(
            Count(
                name,
                row["quantity"],
                start,
                end,
                middle,
                min(figures),
                max(figures),
                row["qualifier"],
                row["role"] == "fit",
            )
        )
    return found


def _day(text: str, side: str) -> pd.Timestamp:
    if len(text) > 7:
        return pd.Timestamp(text)
    period = pd.Period(text, "M" if len(text) == 7 else "Y")
    return period.start_time if side == "start" else period.end_time


def _stocks(axes: Axes, run: SavedRun, host: str, counted: list[Count], texts: Catalogue) -> None:
    colours = {"working": BLUE, "irregular": AMBER}
    for name, colour in colours.items():
        table = stock(run, host, name)
        bands(axes, table, colour, (0.18, 0.30), f"median {name}")
    for count in counted:
        if count.quantity not in (*STOCKS, "quota"):
            continue
        _stock_count(axes, count)
    axes.set_ylim(bottom=0)
    axes.set_title(texts.say("figures.workers.stocks"), pad=17)
    _label_stocks(axes, run, host, texts)


def _stock_count(axes: Axes, count: Count) -> None:
    """Draw a ceiling as a line with downward marks, a stock as a dot or a bar at its date."""
    fitted = 1.0 if count.fitted else 0.35
    if count.quantity == "quota":
        axes.plot(
            [count.start, count.end],
            [count.figure] * 2,
            color=ORANGE,
            linewidth=1.6,
            alpha=fitted,
            gid=f"row {count.row}",
            solid_capstyle="butt",
        )
        days = pd.date_range(count.start, count.end, periods=5)
        axes.plot(
            days[1:-1],
            [count.figure] * 3,
            color=ORANGE,
            marker=7,
            markersize=4,
            linestyle="",
            alpha=fitted,
        )
        return
    middle = count.start + (count.end - count.start) / 2
    colour = AMBER if count.quantity == "irregular" else INK
    if count.months > 1:
        axes.plot(
            [count.start, count.end], [count.figure] * 2, color=colour, linewidth=0.7, alpha=fitted
        )
    if count.high > count.low:
        axes.plot(
            [middle, middle], [count.low, count.high], color=colour, linewidth=1.0, alpha=fitted
        )
    face = colour if count.quantity == "permitted" else "white"
    axes.plot(
        [middle],
        [count.figure],
        ARROWS.get(count.qualifier, "o"),
        color=face,
        markeredgecolor=colour,
        markersize=4.2,
        alpha=fitted,
        gid=f"row {count.row}",
    )


def _label_stocks(axes: Axes, run: SavedRun, host: str, texts: Catalogue) -> None:
    """What each mark means, in a line under the title; the lower band beside it."""
    table = stock(run, host, "irregular")
    place = len(table) // 30
    axes.annotate(
        texts.say("figures.workers.irregular"),
        (table.index[place], table["q95"].iloc[place]),
        (0, 3),
        textcoords="offset points",
        color=AMBER_INK,
        fontsize=8,
    )
    marks = {
        "working": BLUE_INK,
        "quota": ORANGE_INK,
        "counted": INK,
        "estimated": FAINT_INK,
        "bounds": FAINT_INK,
    }
    labels = [(texts.say(f"figures.workers.{key}"), colour) for key, colour in marks.items()]
    _line_of_labels(axes, labels)


def _line_of_labels(axes: Axes, labels: list[tuple[str, str]]) -> None:
    """Write coloured labels in one line between the title and the axes."""
    place: tuple[float, float] = (0, 1)
    beside: Annotation | str = "axes fraction"
    for text, colour in labels:
        first = beside == "axes fraction"
        beside = axes.annotate(
            text,
            place,
            (0, 4) if first else (9, 0),
            xycoords=beside,
            textcoords="offset points",
            va="bottom",
            color=colour,
            fontsize=8,
        )
        place = (1, 0)


def _flows(axes: Axes, counted: list[Count], texts: Catalogue) -> None:
    """Draw each count of flows or events as a bar over its window, at its monthly mean."""
    shown = [count for count in counted if count.quantity in HAPPENINGS and count.fitted]
    seen = []
    for count in shown:
        colour, rate = HAPPENINGS[count.quantity], count.figure / count.months
        axes.plot(
            [count.start, count.end],
            [rate, rate],
            color=colour,
            linewidth=2.2,
            solid_capstyle="butt",
            gid=f"row {count.row}",
        )
        if count.qualifier in ARROWS:
            middle = count.start + (count.end - count.start) / 2
            axes.plot(
                [middle],
                [rate],
                marker=6 if ARROWS[count.qualifier] == "^" else 7,
                color=colour,
                markersize=5,
            )
        if count.quantity not in seen:
            seen.append(count.quantity)
    axes.set_ylim(bottom=0)
    axes.set_title(texts.say("figures.workers.flows"), pad=17)
    labels = [(texts.say(f"counted.{name}"), _ink(HAPPENINGS[name])) for name in seen]
    _line_of_labels(axes, [(f"▬ {text}", colour) for text, colour in labels])


def _ink(colour: str) -> str:
    return {
        BLUE: BLUE_INK,
        GREEN: GREEN_INK,
        ORANGE: ORANGE_INK,
        AMBER: AMBER_INK,
        PURPLE: PURPLE_INK,
    }.get(colour, colour)


def describe(
    run: SavedRun, texts: Catalogue, host: str | None = None, *, flows: bool = True
) -> str:
    """The figure in words, with this run's numbers."""
    host = host or next(iter(run.hosts))
    table = stock(run, host, "working")
    said = []
    for month in dict.fromkeys((f"{run.year}-12", run.timeline["end"])):
        rows = table[table["month"] == month]
        if len(rows):
            numbers = texts.numbers.interval(*rows[["q50", "q05", "q95"]].to_numpy()[0])
            said.append(
                texts.say("figures.workers.alt_one", month=texts.month(month), numbers=numbers)
            )
    counted = counts(run, host)
    stocks = [count for count in counted if count.quantity in STOCKS]
    ceilings = [count for count in counted if count.quantity == "quota"]
    happened = [count for count in counted if count.quantity in HAPPENINGS and count.fitted]
    return texts.say(
        "figures.workers.alt",
        workers="; ".join(said),
        stocks=len(stocks),
        ceilings=len(ceilings),
        flows=texts.say("figures.workers.alt_flows", flows=len(happened)) if flows else "",
    )
