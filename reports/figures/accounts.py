"""Accounts of a worker-month as one bar, item by item; what is assumed is drawn pale."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from model.equations.quantities import HEADLINE, USES
from reports import assumed, readings
from reports.figures.style import (
    AMBER,
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREEN,
    GREY,
    INK,
    ORANGE_INK,
    PALE,
    Canvas,
    canvas,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

HEIGHT = 64.0
#: Opacity of the bars of items that are assumed.
FAINT = 0.4
#: The last of the uses, which make the state take.
TAKEN = USES[-2:]
COLOURS = dict.fromkeys(("turnover_tax", "contributions", "income_tax", "permit_cost"), GREY) | {
    "broker_take": AMBER,
    "managers_take": AMBER,
    "left_with_others": AMBER,
    "upkeep": GREEN,
    "worker_keeps": GREEN,
    "left_with_own_firms": BLUE,
    "plan_collected": BLUE,
}


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw the mean share of each item with its 90% interval."""
    texts = readings.worded(run, texts or catalogue())
    with styled():
        figure = canvas(HEIGHT, figure)
        axes = figure.subplots()
        whole, items = round_amount(run), shares(run)
        rows = [*items]
        axes.barh([0], [whole], height=0.5, color=PALE, gid="billings")
        axes.annotate(
            texts.say("figures.accounts.whole", whole=texts.numbers.rounded(whole, 1)),
            (0, 0),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontweight=600,
        )
        start, faint = 0.0, assumed.uses(run)
        for place, name in enumerate(rows, start=1):
            share = items[name]
            mean, low, high = (share[q] * whole for q in ("mean", "q05", "q95"))
            axes.barh(
                [place],
                [mean],
                left=start,
                height=0.62,
                color=COLOURS[name],
                alpha=FAINT if name in faint else 1.0,
                linewidth=0,
                gid=f"item {name}",
            )
            axes.plot(
                [start + low, start + high],
                [place] * 2,
                color=INK,
                linewidth=1.0,
                gid=f"interval {name}",
                solid_capstyle="butt",
            )
            axes.plot([start + mean] * 2, [place + 0.31, place + 0.69], color=GREY, linewidth=0.6)
            _numbers(axes, place, texts.numbers.interval(mean, low, high), own=name in TAKEN)
            start += mean
        _state_take(axes, run, whole, len(rows) + 1, texts)
        _press(axes, run, whole, len(rows) + 2, texts)
        labels = [assumed.use_of(run, name, texts) for name in rows]
        labels += [texts.say(f"items.{HEADLINE}"), texts.say("figures.accounts.press_label")]
        axes.set_yticks(range(1, len(rows) + 3), labels)
        axes.get_yticklabels()[len(rows)].set_fontweight(600)
        axes.set_ylim(len(rows) + 2.6, -0.5)
        ends = np.concatenate([np.asarray(line.get_xdata(), float) for line in axes.lines])
        low, high = min(0.0, float(ends.min())), max(whole, float(ends.max()))
        axes.set_xlim(low, high + 0.5 * (high - low))  # room for the numbers
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        if faint:
            axes.annotate(
                texts.say("figures.accounts.assumed"),
                (1, 0),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="center",
                fontsize=8,
                color=FAINT_INK,
            )
    return axes


def _numbers(axes: Axes, place: int, text: str, *, own: bool) -> None:
    """Write an item's numbers at the right; those of the state's own in blue."""
    axes.annotate(
        text,
        (1, place),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="center",
        fontsize=8.5,
        color=BLUE_INK if own else FAINT_INK,
    )


def _state_take(axes: Axes, run: SavedRun, whole: float, place: int, texts: Catalogue) -> None:
    """Draw the sum of the last two items, with its own interval."""
    mean, low, high = (state_take(run)[q] * whole for q in ("mean", "q05", "q95"))
    start = whole - mean
    axes.barh(
        [place], [mean], left=start, height=0.5, color="white", edgecolor=BLUE, linewidth=1.2,
        gid=f"sum {HEADLINE}",
    )  # fmt: skip
    axes.plot(
        [start + low, start + high], [place] * 2, color=INK, linewidth=1.0,
        solid_capstyle="butt", gid=f"interval {HEADLINE}",
    )  # fmt: skip
    _numbers(axes, place, texts.numbers.interval(mean, low, high), own=True)
    axes.texts[-1].set_fontweight(600)


def state_take(run: SavedRun) -> dict[str, float]:
    """Share of the state take in the billings."""
    found: dict[str, float] = run.summary["accounts"]["items"][HEADLINE]["share"]
    return found


def shares(run: SavedRun) -> dict[str, dict[str, float]]:
    """Share of each item in the billings, in order of deduction; the shares sum to one."""
    items = run.summary["accounts"]["items"]
    return {name: items[name]["share"] for name in USES}


def round_amount(run: SavedRun) -> float:
    """The power of ten nearest to the payment for a worker-month."""
    paid = run.summary["accounts"]["items"]["billings"]["per_worker_month"]["q50"]
    return float(10.0 ** round(math.log10(paid)))


def _press(axes: Axes, run: SavedRun, whole: float, place: int, texts: Catalogue) -> None:
    """Draw the press's arithmetic: the declared salary, and the rest as one wedge."""
    declared = run.summary["accounts"]["items"]["declared_salary"]["share"]["mean"] * whole
    axes.barh([place], [declared], height=0.5, color=PALE, gid="declared")
    axes.barh(
        [place],
        [whole - declared],
        left=declared,
        height=0.5,
        color="white",
        edgecolor=ORANGE_INK,
        linewidth=0.8,
        hatch="////",
        gid="wedge",
    )
    unit = 1000.0 if whole >= 1e4 else 1.0
    label = axes.annotate(
        texts.say("figures.accounts.declared", amount=texts.numbers.rounded(declared, unit)),
        (0, place), (4, 0), textcoords="offset points", va="center", fontsize=8.5,
        bbox={"facecolor": PALE, "edgecolor": "none", "pad": 1.5},
    )  # fmt: skip
    # beside the first, which may be longer than its bar
    axes.annotate(
        texts.say("figures.accounts.wedge", amount=texts.numbers.rounded(whole - declared, unit)),
        (1, 0.5), (9, 0), xycoords=label, textcoords="offset points", va="center", fontsize=8.5,
        color=ORANGE_INK, fontweight=600,
        # wide, because the page may set the words in a font that runs wider
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 5.0},
    )  # fmt: skip


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    texts = readings.worded(run, texts)
    whole = round_amount(run)
    said = []
    for name, share in shares(run).items():
        numbers = texts.numbers.interval(*(share[q] * whole for q in ("mean", "q05", "q95")))
        use = assumed.use_of(run, name, texts)
        said.append(texts.say("figures.accounts.alt_one", name=use, numbers=numbers))
    take = (state_take(run)[q] * whole for q in ("mean", "q05", "q95"))
    return texts.say(
        "figures.accounts.alt",
        whole=texts.numbers.rounded(whole, 1),
        currency=run.summary["accounts"]["currency"],
        year=run.year,
        items="; ".join(said),
        take=texts.numbers.interval(*take),
    )
