"""Published totals beside the posterior for the definition and place that they claim."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from model.case.qualifiers import CEILINGS, FLOORS
from model.terminal.wording import MILLION
from reports.citations import speaker
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREY,
    ORANGE,
    ORANGE_INK,
    Canvas,
    canvas,
    faint_grid,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue

ROW = 5.4
#: Hosts that a sentence names; of more, it says how many they are.
NAMED_HOSTS = 3
#: Words of names that are capitals.
ABBREVIATIONS = {one.lower(): one for one in ("IT", "UAE", "EU", "UN", "US", "UK")}
#: Factors that turn a published figure into USD million a year.
UNITS = {
    "USD/year": 1 / MILLION,
    "thousand USD/year": 1e-3,
    "million USD/year": 1.0,
    "billion USD/year": 1e3,
}


def draw(run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None) -> Axes:
    """Draw each held-out total in USD million a year on a log scale, and the 90% interval."""
    texts = texts or catalogue()
    groups = grouped(run)
    height = ROW * (sum(len(rows) for rows in groups.values()) + 1.3 * len(groups)) + 20
    with styled():
        figure = canvas(height, figure)
        axes = figure.subplots()
        labels: list[str] = []
        places: list[float] = []
        place = 0.0
        for (where, definition), rows in groups.items():
            title = texts.say(
                "figures.totals.group",
                place=place_name(run, where, texts),
                definition=texts.say(f"definitions.{definition}.name").lower(),
            )
            if where == "world" and where not in run.places:
                title += " " + texts.say("figures.totals.part", hosts=host_titles(run, texts))
            axes.annotate(
                title,
                (0, place),
                xycoords=("axes fraction", "data"),
                va="center",
                fontweight=600,
                fontsize=8.5,
            )
            for name in rows:
                place += 1
                _row(axes, run, name, place)
                labels.append(row_label(run, name, texts))
                places.append(place)
            place += 1.3
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(lambda value, _: texts.numbers.rounded(value, 1.0))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_yticks(places, labels, fontsize=8)
        axes.set_ylim(place - 0.5, -1.6)
        faint_grid(axes, "x")
        axes.set_xlabel(texts.say("figures.totals.axis"))
        legend = (("model", BLUE_INK), ("published", ORANGE_INK), ("silent", FAINT_INK))
        for row, (key, colour) in enumerate(reversed(legend)):
            axes.annotate(
                texts.say(f"figures.totals.{key}"),
                (0, 1),
                (0, 2 + 11 * row),
                xycoords="axes fraction",
                textcoords="offset points",
                color=colour,
                fontsize=8.5,
            )
    return axes


def published(run: SavedRun) -> dict[str, dict[str, Any]]:
    """Held-out totals, by row."""
    return {name: row for name, row in run.summary["holdout"].items() if "definition" in row}


def grouped(run: SavedRun) -> dict[tuple[str, str], list[str]]:
    """Rows by place and definition: modelled places first, then the world, then others."""
    places = list(run.places)

    def rank(where: str) -> int:
        return places.index(where) if where in places else 1000 if where == "world" else 1001

    groups: dict[tuple[str, str], list[str]] = {}
    for name, row in sorted(
        published(run).items(),
        key=lambda item: (rank(item[1]["published_for"]), item[1]["definition"] != "state_take"),
    ):
        groups.setdefault((row["published_for"], row["definition"]), []).append(name)
    return groups


def in_millions(run: SavedRun, name: str) -> dict[str, Any]:
    """A row's figures and prediction in USD million a year."""
    row = published(run)[name]
    factor = UNITS.get(row["unit"])
    if factor is None:
        return {}
    scaled = {key: row[key] * factor for key in ("observed", "low", "high") if row[key] is not None}
    if row["predicted"] is not None:
        scaled["predicted"] = {key: value * factor for key, value in row["predicted"].items()}
    return scaled


def row_label(run: SavedRun, name: str, texts: Catalogue, most: int = 38) -> str:
    """The speaker, in so many letters, and the years of a total."""
    row = run.evidence[name]
    said = speaker(run, name, texts)
    said = said if len(said) <= most else said[: most - 2].rstrip(" ,(") + " …"
    years = "-".join(dict.fromkeys((row["start"][:4], row["end"][:4])))
    return texts.say("figures.totals.row", said=said, years=years)


def host_titles(run: SavedRun, texts: Catalogue) -> str:
    """Titles of the modelled hosts; of many, how many they are."""
    if len(run.hosts) > NAMED_HOSTS:
        return texts.say("many_hosts", count=len(run.hosts))
    return ", ".join(place_name(run, host, texts) for host in run.hosts)


def place_name(run: SavedRun, where: str, texts: Catalogue) -> str:
    """A host's title, or the name of the place in the inputs."""
    if where in run.hosts:
        return texts.titled("hosts", where, run.hosts[where]["title"])
    own = texts.say("world") if where == "world" else in_words(where)
    return texts.titled("groups", where, own)


def in_words(name: str) -> str:
    """The name of a place or group in the inputs as a title; abbreviations stay as they are."""
    return " ".join(ABBREVIATIONS.get(word, word.capitalize()) for word in name.split("_"))


def _row(axes: Axes, run: SavedRun, name: str, place: float) -> None:
    figures = in_millions(run, name)
    if not figures:
        return
    predicted = figures.get("predicted")
    if predicted is not None:
        axes.plot(
            [predicted["q05"], predicted["q95"]],
            [place] * 2,
            color=BLUE,
            alpha=0.35,
            linewidth=6,
            solid_capstyle="butt",
            gid=f"model {name}",
        )
        axes.plot([predicted["q50"]] * 2, [place - 0.3, place + 0.3], color=BLUE, linewidth=1.4)
    colour = ORANGE if predicted is not None else GREY
    if "low" in figures:
        axes.plot(
            [figures["low"], figures["high"]],
            [place] * 2,
            color=colour,
            linewidth=1.6,
            solid_capstyle="butt",
            gid=f"range {name}",
        )
    axes.plot(
        [figures["observed"]],
        [place],
        marker(run, name),
        color=colour,
        markersize=4.5,
        markeredgewidth=0,
        gid=f"published {name}",
    )


def marker(run: SavedRun, name: str) -> str:
    """The mark of a published figure: a dot, or an arrow if it is a bound."""
    hedge = run.evidence[name]["qualifier"]
    return ">" if hedge in FLOORS else "<" if hedge in CEILINGS else "o"


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    inside, compared = overlaps(run)
    return texts.say(
        "figures.totals.alt", totals=len(published(run)), compared=compared, inside=inside
    )


def ends(figures: dict[str, Any]) -> tuple[float, float]:
    """Lowest and highest figure of a total; equal if it prints only one."""
    figure = figures["observed"]
    return figures.get("low", figure), figures.get("high", figure)


def stance(figures: dict[str, Any]) -> str:
    """Whether a total lies ``above`` or ``below`` the model's 90% interval, or ``overlaps`` it."""
    low, high = ends(figures)
    if low > figures["predicted"]["q95"]:
        return "above"
    return "below" if high < figures["predicted"]["q05"] else "overlaps"


def overlaps(run: SavedRun) -> tuple[int, int]:
    """Number of totals that overlap the model's 90% interval, and number compared."""
    found = [
        in_millions(run, name)
        for name, row in published(run).items()
        if row["published_for"] in run.places
    ]
    stances = [stance(figures) for figures in found if "predicted" in figures]
    return stances.count("overlaps"), len(stances)
