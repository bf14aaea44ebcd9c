"""Prior and posterior of the quantities most closely tied to the headline."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from model.equations.quantities import BASIC_BY_NAME, family
from model.terminal.wording import three
from reports.assumed import name_of
from reports.figures.style import (
    BLUE,
    BLUE_INK,
    FAINT_INK,
    GREY,
    Canvas,
    bare,
    canvas,
    grid_of,
    styled,
)
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue
from reports.units import unit_text, with_unit

Floats = NDArray[np.float64]
COLUMNS, ROWS = 3, 4
HEIGHT = 112.0
Z95 = 1.6448536269514722


def draw(
    run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None
) -> NDArray[np.object_]:
    """Draw densities of up to twelve quantities, each in its own unit.

    Returns
    -------
    array of Axes
        In the order of ``chosen``.
    """
    texts = texts or catalogue()
    labels = chosen(run)
    with styled():
        figure = canvas(HEIGHT, figure)
        panels = grid_of(figure, ROWS, COLUMNS, len(labels))
        for place, (axes, label) in enumerate(zip(panels, labels, strict=True)):
            _panel(axes, run, label, texts, first=place == 0)
    return panels


def chosen(run: SavedRun) -> list[str]:
    """Quantities most rank-correlated with the headline, the closest first."""
    return list(run.rank_correlations)[: ROWS * COLUMNS]


def prior_density(run: SavedRun, label: str, x: Floats) -> Floats:
    """Density of a log-normal or logit-normal prior, from its 5% and 95% quantile."""
    prior = run.summary["quantities"][label]["prior"]
    fraction = BASIC_BY_NAME[family(label)].support == "fraction"

    def link(value: Floats) -> Floats:
        return np.asarray(np.log(value / (1 - value)) if fraction else np.log(value))

    low, high = link(np.array(prior["q05"])), link(np.array(prior["q95"]))
    location, scale = (low + high) / 2, (high - low) / (2 * Z95)
    slope = 1 / (x * (1 - x)) if fraction else 1 / x
    score = (link(x) - location) / scale
    return np.asarray(np.exp(-(score**2) / 2) / (scale * np.sqrt(2 * np.pi)) * slope)


def _panel(axes: Axes, run: SavedRun, label: str, texts: Catalogue, *, first: bool) -> None:
    # scipy.stats takes a third of a second to import, and the brief does not need it
    from scipy.stats import gaussian_kde

    quantity, draws = run.summary["quantities"][label], run.quantity_draws[label].ravel()
    prior = quantity["prior"]
    low, high = (
        min(prior["q05"], np.quantile(draws, 0.005)),
        max(prior["q95"], np.quantile(draws, 0.995)),
    )
    x = np.linspace(low, high, 200)
    behind, before = prior_density(run, label, x), gaussian_kde(draws)(x)
    axes.fill_between(x, behind, color=GREY, alpha=0.45, linewidth=0, gid="prior")
    axes.fill_between(x, before, color=BLUE, alpha=0.75, linewidth=0, gid="posterior")
    axes.set(xlim=(low, high), ylim=(0, 1.5 * max(behind.max(), before.max())))
    axes.set_title(name_of(run, label, texts), fontsize=8)
    percent = quantity["unit"] == "fraction"
    scale = 100.0 if percent else 1.0
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3, min_n_ticks=2))
    axes.xaxis.set_major_formatter(lambda value, _: texts.numbers.plain(scale * value))
    posterior = quantity["posterior"]
    parts = texts.numbers.interval(*(scale * value for value in three(posterior)))
    unit = quantity["unit"]
    axes.annotate(
        f"{parts} {texts.say('units.percent')}" if percent else with_unit(parts, unit, texts),
        (0, 1),
        (0, -1),
        xycoords="axes fraction",
        textcoords="offset points",
        va="top",
        color=FAINT_INK,
        fontsize=8,
    )
    if first:
        for row, (name, colour) in enumerate((("prior", FAINT_INK), ("posterior", BLUE_INK))):
            axes.annotate(
                texts.say(f"figures.priors.{name}"),
                (1, 1),
                (0, -1 - 10 * row),
                xycoords="axes fraction",
                textcoords="offset points",
                ha="right",
                va="top",
                color=colour,
                fontsize=8,
                fontweight=600,
            )
    bare(axes)


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    said = []
    for label in chosen(run):
        quantity = run.summary["quantities"][label]
        both = [texts.numbers.interval(*three(quantity[side])) for side in ("prior", "posterior")]
        said.append(
            texts.say(
                "figures.priors.alt_one",
                name=name_of(run, label, texts),
                unit=unit_text(quantity["unit"], texts),
                prior=both[0],
                posterior=both[1],
            )
        )
    return texts.say("figures.priors.alt", quantities="; ".join(said))
