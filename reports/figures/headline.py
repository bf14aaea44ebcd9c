"""Fifty equally likely values of a year's state take, by default the headline's, one dot each.

Below the dots stand the interval of the state take, those of the readings that the run mixes, and
that of what is collected under the plan.
"""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from model.equations.quantities import HEADLINE
from model.terminal.plain_text import printable
from model.terminal.wording import MILLION, three
from reports import readings
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    INK,
    ORANGE,
    ORANGE_INK,
    Canvas,
    bare,
    canvas,
    outermost,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

Floats = NDArray[np.float64]
DOTS = 50
HEIGHT = 49.0
#: Position of the axes in the figure, from which the size of the dots is computed.
PLACE = (0.03, 0.255, 0.94, 0.735)
#: The intervals below the dots: definition, text, width of the line and place.
RUNGS = (
    (HEADLINE, "interval", 1.2, -0.065),
    ("plan_collected", "rung", 0.8, -0.18),
)
#: The end of the room below the dots that these need.
LOWEST = -0.25
#: Room for the interval of each reading, in millimetres.
READING = 2.8
#: Sizes of the texts beside the interval and beside a reading's.
LARGE, SMALL = 8.5, 7.5
#: A text that takes more of the width than this gets no room of its own.
MOST_TAKEN = 0.7
#: Characters of a reading's title that are shown.
TITLE = 50
#: The press's figure is drawn up to this multiple, beyond which it would squeeze the dots.
FARTHEST = 3.5


def draw(
    run: SavedRun,
    figure: Canvas | None = None,
    texts: Catalogue | None = None,
    year: int | None = None,
) -> Axes:
    """Draw a quantile dotplot (Kay, Kola, Hullman and Munson 2016) in USD million.

    ``year`` is the headline's unless another is given.
    """
    texts = readings.worded(run, texts or catalogue())
    axis = "axis" if year is None else "axis_of_year"
    year = run.year if year is None else run.whole_year(year)
    told = rivals(run, year)
    with styled():
        figure = canvas(HEIGHT + READING * len(told), figure)
        if isinstance(figure, Figure):  # the layout of a part is its owner's
            figure.set_layout_engine("none")
        # the rest is as high as without readings
        scale = HEIGHT / (HEIGHT + READING * len(told))
        left, bottom, wide, tall = PLACE
        axes = figure.add_axes((left, bottom * scale, wide, 1 - (1 - tall) * scale))
        values = dots(run, year)
        press = _press(run, year)
        span = [values[0], max(values[-1], press or 0.0)]
        margin = 0.06 * (span[1] - span[0])
        points = 72 / outermost(figure).dpi
        width = PLACE[2] * figure.bbox.width * points
        low = span[0] - margin
        ends = [
            (numbers, _reading(title, numbers, texts), SMALL) for title, numbers in told.values()
        ]
        for name, key, *_ in RUNGS:
            ends.append((run.annual(year, name), _label(run.annual(year, name), texts, key), LARGE))
        high = max(span[1] + 1.6 * margin, *(_far_enough(*one, low, width) for one in ends))
        height = tall * scale * figure.bbox.height * points
        more = (1 - LOWEST) * height * (1 / scale - 1) / tall
        size = _diameter(values, (high - low) / width, 0.72 * height)
        x, row = stacked(values, size * (high - low) / width)
        above = values > press if press is not None else np.zeros(DOTS, bool)
        for mask, colour in ((~above, BLUE), (above, ORANGE)):
            axes.plot(
                x[mask],
                (row[mask] + 0.5) * size,
                "o",
                color=colour,
                markersize=0.9 * size,
                markeredgewidth=0,
            )
        axes.set(xlim=(low, high), ylim=(LOWEST * height - more, height))
        for definition, key, line, y in RUNGS:
            below = 0.0 if definition == HEADLINE else more
            numbers = run.annual(year, definition)
            _interval(axes, numbers, texts, key, line, y * height - below, definition)
        _readings(axes, told, texts, RUNGS[0][-1] * height, more)
        if press is not None:
            _press_line(axes, texts, press, height, int(above.sum()))
        axes.set_xlabel(texts.say(f"figures.headline.{axis}", dots=DOTS, year=year))
        bare(axes)
    return axes


def dots(run: SavedRun, year: int) -> Floats:
    """Fifty quantiles of a year's state take, in USD million, ascending."""
    levels = (np.arange(DOTS) + 0.5) / DOTS
    draws = run.yearly_draws(HEADLINE).sel(year=year).to_numpy()
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


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    texts = readings.worded(run, texts)
    values = dots(run, run.year)
    parts = texts.numbers.parts(*three(run.annual(run.year, "state_take"), MILLION))
    press = _press(run, run.year)
    said = ""
    if press is not None:
        above = int((values > press).sum())
        said = texts.say(
            "figures.headline.alt_press", above=above, press=texts.numbers.rounded(press, 1.0)
        )
    return texts.say(
        "figures.headline.alt",
        dots=DOTS,
        year=run.year,
        middle=parts.middle,
        low=parts.low,
        high=parts.high,
        press=said,
        readings=_readings_in_words(run, texts),
        plan=texts.numbers.interval(*three(run.annual(run.year, "plan_collected"), MILLION)),
    )


def _readings_in_words(run: SavedRun, texts: Catalogue) -> str:
    each = [
        texts.say("figures.headline.alt_reading", title=title, amount=texts.money(numbers))
        for title, numbers in rivals(run, run.year).values()
    ]
    return texts.say("figures.headline.alt_readings", readings="; ".join(each)) if each else ""


def _press(run: SavedRun, year: int) -> float | None:
    """The press's arithmetic in USD million, if it can be drawn beside the dots."""
    press = run.summary.get("press_arithmetic")
    if press is None or press["year"] != year:
        return None
    amount = float(press["usd"]) / MILLION
    highest = run.annual(year, "state_take")["q95"] / MILLION
    return amount if amount < FARTHEST * highest else None


def _diameter(values: Floats, per_point: float, room: float) -> float:
    """Largest dot size, in points, at which the highest stack fits."""
    sizes = np.arange(2.0, 14.0, 0.25)
    fit = [s for s in sizes if (stacked(values, s * per_point)[1].max() + 1) * s <= room]
    return float(max(fit, default=sizes[0]))


def _interval(
    axes: Axes,
    numbers: dict[str, float],
    texts: Catalogue,
    key: str,
    line: float,
    y: float,
    name: str,
) -> None:
    """Draw a median and 90% interval below the dots."""
    middle, low, high = three(numbers, MILLION)
    parts = texts.numbers.parts(middle, low, high)
    axes.plot(
        [low, high], [y, y], color=INK, linewidth=line, solid_capstyle="butt",
        gid=f"interval {name}",
    )  # fmt: skip
    axes.plot([middle], [y], "o", color="white", markeredgecolor=INK, markersize=4.5)
    for end, shift, side, said in (
        (low, -4, "right", parts.low),
        (high, 4, "left", _label(numbers, texts, key)),
    ):
        axes.annotate(
            said,
            (end, y),
            (shift, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            color=FAINT_INK,
            fontsize=LARGE,
        )


def _label(numbers: dict[str, float], texts: Catalogue, key: str) -> str:
    """What stands behind the end of an interval."""
    parts = texts.numbers.parts(*three(numbers, MILLION))
    return texts.say(f"figures.headline.{key}", high=parts.high, middle=parts.middle)


def _reading(title: str, numbers: dict[str, float], texts: Catalogue) -> str:
    """What stands behind the end of a reading's interval."""
    parts = texts.numbers.parts(*three(numbers, MILLION))
    short = textwrap.shorten(title, TITLE, placeholder="…")
    return texts.say("figures.headline.reading", high=parts.high, title=short, middle=parts.middle)


def _far_enough(
    numbers: dict[str, float], said: str, size: float, low: float, width: float
) -> float:
    """End of the scale from ``low`` over ``width`` points, with room for a text behind q95."""
    taken = (TextPath((0, 0), printable(said), size=size).get_extents().width + 6) / width
    end = numbers["q95"] / MILLION
    return low + (end - low) / (1 - taken) if taken < MOST_TAKEN else end


def _readings(
    axes: Axes,
    told: dict[str, tuple[str, dict[str, float]]],
    texts: Catalogue,
    top: float,
    room: float,
) -> None:
    """Draw the interval of each reading, thin and in colour, below that of their mixture."""
    for place, (name, (title, numbers)) in enumerate(told.items(), start=1):
        middle, low, high = three(numbers, MILLION)
        y = top - room * place / len(told)
        axes.plot(
            [low, high], [y, y], color=BLUE, linewidth=0.7, solid_capstyle="butt",
            gid=f"reading {name}",
        )  # fmt: skip
        axes.plot([middle], [y], "o", color=BLUE, markersize=2.6, markeredgewidth=0)
        parts = texts.numbers.parts(middle, low, high)
        said = _reading(title, numbers, texts)
        for end, shift, side, words in ((low, -4, "right", parts.low), (high, 4, "left", said)):
            axes.annotate(
                words,
                (end, y),
                (shift, 0),
                textcoords="offset points",
                ha=side,
                va="center_baseline",
                color=BLUE_INK,
                fontsize=SMALL,
            )


def _press_line(axes: Axes, texts: Catalogue, press: float, height: float, above: int) -> None:
    """Draw the press's figure as a line, with its label on the side that has more room."""
    axes.plot([press, press], [0, 0.98 * height], color=ORANGE, linestyle=(0, (4, 3)), linewidth=1)
    low, high = axes.get_xlim()
    right = press < (low + high) / 2
    axes.annotate(
        texts.say(
            "figures.headline.press",
            press=texts.numbers.rounded(press, 1.0),
            above=above,
            dots=DOTS,
        ),
        (press, height),
        (5 if right else -5, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="top",
        color=ORANGE_INK,
        linespacing=1.0,
    )
