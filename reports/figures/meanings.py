"""The sum of all hosts under each definition, and published totals with the chance of each meaning.

A published total is compared with the model's sum of the same hosts and months, or with nothing.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from model.case.qualifiers import CEILINGS, FLOORS
from model.equations.quantities import DEFINITIONS
from model.terminal.wording import MILLION, three
from reports import by_host
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREY,
    INK,
    ORANGE,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.figures.totals import (
    UNITS,
    ends,
    grouped,
    in_millions,
    marker,
    place_name,
    published,
    row_label,
)
from reports.saved_run import SavedRun, three_of
from reports.texts import Catalogue, catalogue

#: Height of a row, and of all rows at most, in millimetres; letters of a speaker.
ROW, WHOLE, LETTERS = 4.6, 150.0, 34
#: From the narrowest definition to the widest.
ORDER = tuple(reversed(DEFINITIONS))
#: A single figure is right within this part of itself, whatever its grade, which would make the
#: poorest source right the most often (docs/cases.md).
NEAR = 0.2
#: Where the first column of chances is, and how far apart columns are, in points.
FIRST, APART = 22.0, 31.0
#: Million dollars at which the axis begins, at least.
LEAST = 1.0


@dataclass(frozen=True)
class Compared:
    """A published total beside the model's sum of the same hosts and months.

    Attributes
    ----------
    row : str
    chances : dict of str to float
        That the total is right, by definition; empty if the hosts are only a part of its place.
    sums : dict of str to tuple
        Median, 5% and 95% quantile of the model's sum in USD million a year, by definition.
    """

    row: str
    chances: dict[str, float]
    sums: dict[str, tuple[float, float, float]]


def quoted(run: SavedRun) -> list[float]:
    """Million dollars a year that are widely quoted for all hosts, as the case says."""
    return [float(amount) for amount in run.timeline.get("quoted", [])]


def compared(run: SavedRun) -> dict[str, list[Compared]]:
    """Totals that can be compared, by place: all hosts, then single ones, then the whole world."""
    found: dict[str, list[Compared]] = {}
    for (place, _), rows in grouped(run).items():
        for row in rows:
            if _comparable(run, place, row):
                found.setdefault(place, []).append(_compared(run, place, row))
    order = sorted(found, key=lambda place: (not run.is_all(place), place not in run.places))
    return {place: found[place] for place in order}


def left_out(run: SavedRun) -> dict[str, list[str]]:
    """Totals that are compared with nothing, by the reason: ``place`` or ``months``."""
    found: dict[str, list[str]] = {}
    for name, row in published(run).items():
        place = row["published_for"]
        if not _comparable(run, place, name):
            why = "months" if _hosts_of(run, place) else "place"
            found.setdefault(why, []).append(name)
    return found


def _hosts_of(run: SavedRun, place: str) -> list[str]:
    """Hosts with which a place's totals are compared; none if the case does not have it."""
    return run.places.get(place, list(run.hosts) if place == "world" else [])


def _comparable(run: SavedRun, place: str, row: str) -> bool:
    """Whether a total is of hosts and months that are modelled, in a unit that can be read."""
    said = run.evidence[row]
    covered = by_host.covers(run, said["start"][:7], said["end"][:7])
    return bool(_hosts_of(run, place)) and said["unit"] in UNITS and covered


def _compared(run: SavedRun, place: str, row: str) -> Compared:
    """A total beside the sums."""
    said, hosts = run.evidence[row], _hosts_of(run, place)
    chances, sums = {}, {}
    for definition in ORDER:
        draws = by_host.summed(run, definition, hosts, said["start"][:7], said["end"][:7])
        millions = draws / MILLION
        sums[definition] = three_of(millions)
        if place in run.places:
            chances[definition] = float(right(run, row, millions).mean())
    return Compared(row, chances, sums)


def right(run: SavedRun, row: str, millions: Any) -> Any:
    """In which draws a total is right: inside its range, near its figure, or as far as its bound.

    A floor or a ceiling, such as "as much as", is right if the sum comes that far.
    """
    low, high = ends(in_millions(run, row))
    hedge = run.evidence[row]["qualifier"]
    if hedge in FLOORS or hedge in CEILINGS:
        return millions >= low
    if low == high:
        low, high = low * (1 - NEAR), high * (1 + NEAR)
    return (millions >= low) & (millions <= high)


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw the sum under each definition, and below it each published total with its chances."""
    texts = texts or catalogue()
    groups = _groups(run)
    lines = len(ORDER) + 1 + sum(len(rows) + 1.4 for rows in groups.values())
    row = min(ROW, WHOLE / lines)
    with styled():
        axes = canvas(row * lines + 15, figure).subplots()
        ticks = _definitions(axes, run, texts)
        place = len(ORDER) + 0.5
        for key, rows in groups.items():
            _title(axes, place, texts.say(f"figures.meanings.{key}"))
            for where, one in rows:
                place += 1
                _total(axes, run, one, place, texts)
                ticks[place] = _label(run, where, one, texts)
            place += 1.4
        _columns(axes, texts, any(one.chances for rows in groups.values() for _, one in rows))
        axes.set_yticks(list(ticks), list(ticks.values()), fontsize=7.8)
        axes.set_ylim(place - 0.7, -0.9)
        _scale(axes, quoted(run), texts)
    return axes


def _definitions(axes: Axes, run: SavedRun, texts: Catalogue) -> dict[float, str]:
    """Draw the sum of the headline's year under each definition, and return the labels."""
    ticks: dict[float, str] = {}
    for place, definition in enumerate(ORDER):
        numbers = run.annual(run.year, definition)
        middle, low, high = three(numbers, MILLION)
        axes.plot(
            [max(low, LEAST), max(high, LEAST)], [place] * 2, color=BLUE, linewidth=5,
            solid_capstyle="butt", alpha=0.4, gid=f"sum {definition}",
        )  # fmt: skip
        axes.plot([middle] * 2, [place - 0.32, place + 0.32], color=BLUE_INK, linewidth=1.5)
        _column(
            axes, -0.4, place, texts.numbers.interval(middle, low, high), color=BLUE_INK, ha="left"
        )
        name = texts.say(f"definitions.{definition}.name")
        ticks[place] = texts.say("figures.meanings.ours", definition=name, year=run.year)
    for amount in quoted(run):
        axes.axvline(amount, color=FAINT_INK, linestyle=(0, (3, 3)), linewidth=0.8, zorder=0)
        axes.annotate(
            texts.numbers.rounded(amount, 1.0), (amount, -0.9), (0, 1), ha="center", va="bottom",
            textcoords="offset points", fontsize=7.4, color=FAINT_INK,
        )  # fmt: skip
    return ticks


def _groups(run: SavedRun) -> dict[str, list[tuple[str, Compared]]]:
    """Totals with their places: of all hosts, of single hosts and groups, and of the world."""
    found: dict[str, list[tuple[str, Compared]]] = {}
    for where, rows in compared(run).items():
        key = "all" if run.is_all(where) else "one" if where in run.places else "part"
        found.setdefault(key, []).extend((where, one) for one in rows)
    return found


def _label(run: SavedRun, where: str, one: Compared, texts: Catalogue) -> str:
    """The speaker and the years of a total, after its place if that is not all hosts."""
    if run.is_all(where) or where not in run.places:
        return row_label(run, one.row, texts, LETTERS)
    place = textwrap.shorten(place_name(run, where, texts), 20, placeholder=" …")
    left = max(10, LETTERS - len(place))
    return texts.say("entry", name=place, entry=row_label(run, one.row, texts, left))


def _title(axes: Axes, place: float, title: str) -> None:
    axes.annotate(
        title, (0, place), xycoords=("axes fraction", "data"), va="center", fontweight=600,
        fontsize=8.2,
    )  # fmt: skip


def _total(axes: Axes, run: SavedRun, one: Compared, place: float, texts: Catalogue) -> None:
    """Draw a published total, the model's sums for its months behind it, and the chances."""
    _, low, high = one.sums["state_take"]
    widest = max(sums[2] for sums in one.sums.values())
    shade = 0.4 if one.chances else 0.15
    axes.plot(
        [max(low, LEAST), max(widest, LEAST)], [place] * 2, color=BLUE, alpha=0.35 * shade,
        linewidth=5, solid_capstyle="butt",
    )  # fmt: skip
    axes.plot(
        [max(low, LEAST), max(high, LEAST)], [place] * 2, color=BLUE, alpha=shade, linewidth=5,
        solid_capstyle="butt", gid=f"model {one.row}",
    )  # fmt: skip
    figures = in_millions(run, one.row)
    colour = ORANGE if one.chances else GREY
    first, last = ends(figures)
    if last > first:
        axes.plot([first, last], [place] * 2, color=colour, linewidth=1.6, solid_capstyle="butt")
    else:
        axes.plot(
            [first], [place], marker(run, one.row), color=colour, markersize=4.5,
            markeredgewidth=0, gid=f"published {one.row}",
        )  # fmt: skip
    for column, definition in enumerate(ORDER):
        if definition in one.chances:
            _column(axes, column, place, percent(one.chances[definition]))
    share = run.summary["holdout"][one.row].get("share")
    if not one.chances and share:
        said = texts.say("figures.meanings.share", share=texts.numbers.shares(*three(share)))
        _column(axes, -0.4, place, said, color=FAINT_INK, ha="left")


def percent(chance: float) -> str:
    """A chance in per cent without the sign, never 0 or 100, which draws cannot establish."""
    return "<1" if chance < 0.01 else ">99" if chance > 0.99 else f"{100 * chance:.0f}"


def _columns(axes: Axes, texts: Catalogue, told: bool) -> None:
    """Names of the definitions above the columns of chances."""
    if not told:
        return
    place = len(ORDER) + 0.3
    for column, definition in enumerate(ORDER):
        name = texts.say(f"definitions.{definition}.name")
        _column(
            axes, column, place, "\n".join(textwrap.wrap(name, 9)), linespacing=0.95, fontsize=6.8
        )


def _column(axes: Axes, column: float, place: float, text: str, **look: Any) -> None:
    options = {"color": INK, "fontsize": 7.4, "ha": "center", "va": "center", **look}
    axes.annotate(
        text, (1, place), (FIRST + APART * column, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", **options,
    )  # fmt: skip


def _scale(axes: Axes, amounts: list[float], texts: Catalogue) -> None:
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.set_xlim(max(low, LEAST), max(high, 1.25 * max(amounts, default=0.0)))
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,)))
    axes.xaxis.set_major_formatter(lambda value, _: texts.numbers.rounded(value, 1.0))
    axes.xaxis.set_minor_locator(LogLocator(subs=(2.0, 5.0)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(True, which="minor", axis="x", linewidth=0.35)
    axes.tick_params(axis="x", labelsize=7.8)
    faint_grid(axes, "x")
    axes.set_xlabel(texts.say("figures.totals.axis"), fontsize=8.5)


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    ours = "; ".join(
        f"{texts.say(f'definitions.{one}.name')} "
        f"{texts.numbers.interval(*three(run.annual(run.year, one), MILLION))}"
        for one in ORDER
    )
    said = []
    for where, rows in compared(run).items():
        for one in rows:
            chances = ", ".join(
                f"{texts.say(f'definitions.{name}.name')} {texts.numbers.percent(chance)}"
                for name, chance in one.chances.items()
            )
            said.append(
                texts.say(
                    "figures.meanings.alt_one", place=place_name(run, where, texts),
                    said=row_label(run, one.row, texts, LETTERS),
                    chances=chances or texts.say("figures.meanings.none"),
                )
            )  # fmt: skip
    return texts.say("figures.meanings.alt", year=run.year, ours=ours, totals=" ".join(said))
