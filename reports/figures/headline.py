"""What we say and what others say, on one axis: fifty dots of the state take above all ranges.

Below the dots, row by row with what each measures: the state take, that under each reading which
the run mixes, what is collected under the plan, published totals of the modelled hosts that were
held out of the fit, and the press's arithmetic beside the wedge, which it measures.
"""

from __future__ import annotations

import textwrap
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import blended_transform_factory
from numpy.typing import NDArray

from model.equations.quantities import HEADLINE
from model.terminal.wording import MILLION, three
from reports import readings
from reports.citations import figure_printed, speaker
from reports.figures import totals
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    INK,
    LINE,
    ORANGE,
    ORANGE_INK,
    WIDTH,
    Canvas,
    bare,
    canvas,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

Floats = NDArray[np.float64]
DOTS = 50
#: Heights in millimetres: of the dots, of a row with what it measures, of one without, of the axis.
STACK, ROW, THIN, FOOT = 24.0, 6.3, 3.5, 12.5
#: Widths in millimetres: of the names on the left and of the numbers on the right.
NAMES, NUMBERS = 62.0, 26.0
#: Of the first, what stays free: the gap before the axis, and some for fonts that run wider.
EDGE = 3.5
#: Characters of a name and of a reading's title that are shown.
LONGEST, TITLE = 44, 48
#: The press's figure and totals are drawn up to this multiple of the state take.
FARTHEST = 3.5


@dataclass(frozen=True, slots=True)
class Row:
    """A range on the axis: who says it, what it measures, and its figures in USD million.

    Attributes
    ----------
    gid : str
    name, measures, said : str
        Left of the axis, below the name, and right of the axis; ``measures`` may be blank.
    middle, low, high : float
    kind : {"model", "reading", "other"}
    ours : (float, float) or None
        Our 90% interval for the same months, of a published total.
    """

    gid: str
    name: str
    measures: str
    said: str
    middle: float
    low: float
    high: float
    kind: str
    ours: tuple[float, float] | None = None

    @property
    def height(self) -> float:
        """Height of the row in millimetres."""
        return ROW if self.measures else THIN


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    year: int | None = None,
) -> Axes:
    """Draw a quantile dotplot (Kay, Kola, Hullman and Munson 2016) above a forest of ranges.

    ``year`` is the headline's unless another is given.
    """
    texts = readings.worded(run, texts or catalogue())
    year = run.year if year is None else run.whole_year(year)
    told = rows(run, texts, year)
    tall = STACK + sum(one.height for one in told) + FOOT
    with styled():
        figure = canvas(tall, figure)
        if isinstance(figure, Figure):  # the layout of a part is its owner's
            figure.set_layout_engine("none")
        page = WIDTH * 25.4
        across = page - NAMES - NUMBERS
        axes = figure.add_axes((NAMES / page, FOOT / tall, across / page, 1 - FOOT / tall))
        values = dots(run, year)
        ends = [values[0], values[-1], *(end for one in told for end in (one.low, one.high))]
        margin = 0.03 * (max(ends) - min(ends))
        low, high = min(ends) - margin, max(ends) + margin
        axes.set(xlim=(low, high), ylim=(FOOT - tall + STACK, STACK))
        press, y = _press(run, year), 0.0
        _dots(axes, values, press, (high - low) / across)
        for one in told:
            y -= one.height
            _row(axes, one, y + one.height / 2)
            if one.gid == "press":
                _press_line(axes, texts, one.middle, y + ROW / 2, int((values > one.middle).sum()))
        axes.set_xlabel(texts.say("figures.headline.axis", dots=DOTS))
        bare(axes)
    return axes


def rows(run: SavedRun, texts: Catalogue, year: int) -> list[Row]:
    """Every range beside the dots, from the run's own to others'."""
    measured = {
        name: texts.say(f"figures.headline.measures.{name}", year=year)
        for name in (HEADLINE, "plan_collected", "wedge")
    }

    ours = "what_if" if run.manifest["what_if"] else "ours"

    def own(name: str, key: str) -> Row:
        numbers = run.annual(year, name)
        said = texts.numbers.interval(*three(numbers, MILLION))
        ends = three(numbers, MILLION)
        return Row(f"interval {name}", texts.say(key), measured[name], said, *ends, "model")

    found = [own(HEADLINE, f"figures.headline.{ours}")]
    for name, (title, numbers) in rivals(run, year).items():
        said = texts.numbers.interval(*three(numbers, MILLION))
        short = _short(texts.titled("readings", name, title), TITLE)
        label = texts.say("figures.headline.reading", title=short)
        found.append(Row(f"reading {name}", label, "", said, *three(numbers, MILLION), "reading"))
    found.append(own("plan_collected", "figures.headline.plan"))
    found += _totals(run, texts, year)
    press = _press(run, year)
    if press is not None:
        said = texts.numbers.rounded(press, 1.0)
        label = texts.say("figures.headline.press")
        found.append(Row("press", label, measured["wedge"], said, press, press, press, "other"))
        found.append(own("wedge", "figures.headline.wedge"))
    return found


def _totals(run: SavedRun, texts: Catalogue, year: int) -> list[Row]:
    """Published totals of the modelled hosts, which no world total is measured against."""
    highest = FARTHEST * run.annual(year, HEADLINE)["q95"] / MILLION
    found = []
    for (where, definition), names in totals.grouped(run).items():
        for name in names if run.is_all(where) else ():
            figures = totals.in_millions(run, name)
            if "predicted" not in figures or totals.ends(figures)[1] > highest:
                continue
            low, high = totals.ends(figures)
            first, last = (run.evidence[name][key][:4] for key in ("start", "end"))
            measures = texts.say(
                "figures.headline.total",
                definition=texts.say(f"definitions.{definition}.name").lower(),
                years="-".join(dict.fromkeys((first, last))),
            )
            said = figure_printed(run.evidence[name] | {"unit": ""}, texts)
            found.append(
                Row(
                    f"total {name}", _short(speaker(run, name, texts)), measures, said,
                    figures["observed"], low, high, "other",
                    (figures["predicted"]["q05"], figures["predicted"]["q95"]),
                )
            )  # fmt: skip
    return found


def _short(text: str, most: int = LONGEST) -> str:
    return textwrap.shorten(text, most, placeholder=" …")


def dots(run: SavedRun, year: int) -> Floats:
    """Fifty quantiles of a year's state take, in USD million, ascending."""
    levels = (np.arange(DOTS) + 0.5) / DOTS
    draws = run.yearly_draws(HEADLINE).sel(year=year).values
    return np.asarray(np.quantile(draws / MILLION, levels))


def rivals(run: SavedRun, year: int) -> dict[str, tuple[str, dict[str, float]]]:
    """Title and state take of each reading by name, if the run mixes several."""
    told = readings.told(run)
    return {
        name: (one["title"], readings.annual(one, year, HEADLINE))
        for name, one in told.items()
        if len(told) > 1
    }


def stacked(values: Floats, width: float) -> tuple[Floats, Floats]:
    """Place dots in Wilkinson's (1999) stacks: the middle of the column and the row."""
    x, row = np.empty_like(values), np.empty_like(values)
    start = 0
    while start < len(values):
        stop = int(np.searchsorted(values, values[start] + width, side="left"))
        stop = max(stop, start + 1)
        x[start:stop] = (values[start] + values[stop - 1]) / 2
        row[start:stop] = np.arange(stop - start)
        start = stop
    return x, row


def describe(run: SavedRun, texts: Catalogue, year: int | None = None) -> str:
    """The figure in words, with this run's numbers."""
    texts = readings.worded(run, texts)
    year = run.year if year is None else run.whole_year(year)
    each = [
        texts.say(
            "figures.headline.alt_row", name=one.name, said=one.said,
            measures=one.measures or texts.say("definitions.state_take.name").lower(),
        )
        for one in rows(run, texts, year)
    ]  # fmt: skip
    press, said = _press(run, year), ""
    if press is not None:
        above = int((dots(run, year) > press).sum())
        said = texts.say("figures.headline.alt_press", above=above)
    return texts.say("figures.headline.alt", dots=DOTS, year=year, rows="; ".join(each), press=said)


def _press(run: SavedRun, year: int) -> float | None:
    """The press's arithmetic in USD million, if it can be drawn beside the dots."""
    press = run.summary.get("press_arithmetic")
    if press is None or press["year"] != year:
        return None
    amount = float(press["usd"]) / MILLION
    highest = run.annual(year, "state_take")["q95"] / MILLION
    return amount if amount < FARTHEST * highest else None


def _dots(axes: Axes, values: Floats, press: float | None, per_millimetre: float) -> None:
    """Stack the dots above the first row, those above the press's figure in its colour."""
    size = _diameter(values, per_millimetre, 0.9 * STACK)
    x, row = stacked(values, size * per_millimetre)
    above = values > press if press is not None else np.zeros(DOTS, bool)
    for mask, colour in ((~above, BLUE), (above, ORANGE)):
        axes.plot(
            x[mask], (row[mask] + 0.5) * size, "o", color=colour,
            markersize=0.9 * size * 72 / 25.4, markeredgewidth=0,
        )  # fmt: skip


def _diameter(values: Floats, per_millimetre: float, room: float) -> float:
    """Largest size of dots, in millimetres, at which the highest stack fits."""
    sizes = np.arange(0.6, 5.0, 0.1)
    fit = [s for s in sizes if (stacked(values, s * per_millimetre)[1].max() + 1) * s <= room]
    return float(max(fit, default=sizes[0]))


#: Colours of line and text, and width of the line.
LOOKS = {
    "model": (INK, INK, 1.3),
    "reading": (BLUE, BLUE_INK, 0.7),
    "other": (ORANGE, ORANGE_INK, 1.6),
}


def _row(axes: Axes, one: Row, y: float) -> None:
    """Draw a range, with its name on the left and its numbers on the right."""
    line, ink, width = LOOKS[one.kind]
    axes.axhline(y - one.height / 2, color=LINE, linewidth=0.4, zorder=0)
    if one.ours is not None:
        axes.plot(
            one.ours, [y, y], color=BLUE, alpha=0.25, linewidth=6, solid_capstyle="butt",
            gid=f"ours {one.gid}",
        )  # fmt: skip
    axes.plot(
        [one.low, one.high], [y, y], color=line, linewidth=width, solid_capstyle="butt",
        gid=one.gid,
    )  # fmt: skip
    if one.kind == "model":
        axes.plot([one.middle], [y], "o", color="white", markeredgecolor=INK, markersize=4.2)
    elif one.kind == "reading" or one.low == one.high:
        size = 2.6 if one.kind == "reading" else 4.5
        axes.plot([one.middle], [y], "o", color=line, markersize=size, markeredgewidth=0)
    small = 7.6 if one.kind == "reading" else 8.2
    up = 1.55 if one.measures else 0.0
    beside = blended_transform_factory(axes.transAxes, axes.transData)
    look: dict[str, Any] = {"xycoords": beside, "textcoords": "offset points", "va": "center"}
    bold = 600 if one.gid == f"interval {HEADLINE}" else 400
    for text, x, side, height, colour, size in (
        (one.name, 0.0, "right", y + up, ink, small),
        (one.measures, 0.0, "right", y - 1.65, FAINT_INK, 7.2),
        (one.said, 1.0, "left", y, ink, small),
    ):
        shift = (-5, 0) if side == "right" else (5, 0)
        drawn = axes.annotate(
            text, (x, height), shift, ha=side, color=colour, fontsize=size,
            fontweight=bold if text != one.measures else 400, **look,
        )  # fmt: skip
        if side == "right" and text:
            _fit(drawn)


def _fit(name: Annotation) -> None:
    """Set a name in smaller type if there is no room for it beside the axis."""
    figure = name.get_figure(root=True)
    assert figure is not None
    with warnings.catch_warnings():
        # what these fonts lack is set in others, or told by its code, when the figure is written
        warnings.filterwarnings("ignore", "Glyph")
        room, width = (NAMES - EDGE) / 25.4, name.get_window_extent().width / figure.dpi
    if width > room:
        name.set_fontsize(float(name.get_fontsize()) * room / width)


def _press_line(axes: Axes, texts: Catalogue, press: float, y: float, above: int) -> None:
    """Draw the press's figure from its row up to the dots, with how many lie above it."""
    axes.plot(
        [press, press], [y, 0.6 * STACK], color=ORANGE, linestyle=(0, (4, 3)),
        linewidth=0.8, zorder=0,
    )  # fmt: skip
    low, high = axes.get_xlim()
    right = press < (low + high) / 2
    axes.annotate(
        texts.say("figures.headline.above", above=above, dots=DOTS),
        (press, 0.6 * STACK),
        (0, 2),
        textcoords="offset points",
        ha="left" if right else "right",
        va="bottom",
        color=ORANGE_INK,
        fontsize=8,
        linespacing=1.0,
    )
