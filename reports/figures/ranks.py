"""Rank plots of the quantities whose chains agree least (Vehtari et al. 2021)."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from reports.figures.style import (
    BLUE,
    FAINT_INK,
    GREEN,
    LINE,
    ORANGE,
    PURPLE,
    Canvas,
    bare,
    canvas,
    grid_of,
    styled,
)
from reports.saved_run import SavedRun, ranks
from reports.texts import Catalogue, catalogue

Floats = NDArray[np.float64]
BINS = 20
COLUMNS = 3
SHOWN = 6
HEIGHT = 74.0


def draw(
    run: SavedRun, figure: Canvas | None = None, texts: Catalogue | None = None
) -> NDArray[np.object_]:
    """Draw a histogram of each chain's ranks among all draws; chains that mix give even ones.

    Returns
    -------
    array of Axes
        In the order of ``chosen``.
    """
    texts = texts or catalogue()
    labels = chosen(run)
    with styled():
        figure = canvas(HEIGHT, figure)
        panels = grid_of(figure, -(-SHOWN // COLUMNS), COLUMNS, len(labels))
        for axes, label in zip(panels, labels, strict=True):
            _panel(axes, run, label, texts)
    return panels


def chosen(run: SavedRun) -> list[str]:
    """The worst quantities by the gate, then those most closely tied to the headline."""
    worst = [
        name for name in run.summary["convergence"]["worst"].values() if name in run.quantity_draws
    ]
    return list(dict.fromkeys([*worst, *run.rank_correlations]))[:SHOWN]


def rank_counts(draws: Floats) -> Floats:
    """Number of each chain's draws in each twentieth of all draws, (chain, bin)."""
    places = ranks(draws.ravel()).reshape(draws.shape)
    edges = np.linspace(-0.5, draws.size - 0.5, BINS + 1)
    return np.array([np.histogram(chain, edges)[0] for chain in places], dtype=float)


def _panel(axes: Axes, run: SavedRun, label: str, texts: Catalogue) -> None:
    from scipy.stats import binom

    counts = rank_counts(run.quantity_draws[label])
    per_chain = counts.sum() / len(counts)
    low, high = binom.ppf([0.005, 0.995], per_chain, 1 / BINS)
    axes.axhspan(low, high, color=LINE, alpha=0.6, linewidth=0)
    colours = (BLUE, ORANGE, GREEN, PURPLE)
    for place, row in enumerate(counts):
        axes.stairs(
            row,
            np.linspace(0, 1, BINS + 1),
            color=colours[place % 4],
            linewidth=1.0,
            gid=f"chain {place}",
            baseline=None,
        )
    axes.set_title(texts.name(label), fontsize=8)
    axes.set(ylim=(0, 2.2 * per_chain / BINS), xlim=(0, 1))
    axes.set_xticks(
        [0, 1],
        [texts.say("figures.ranks.lowest"), texts.say("figures.ranks.highest")],
        fontsize=7.5,
        color=FAINT_INK,
    )
    axes.get_xticklabels()[0].set_horizontalalignment("left")
    axes.get_xticklabels()[1].set_horizontalalignment("right")
    bare(axes)


def describe(run: SavedRun, texts: Catalogue) -> str:
    """The figure in words, with this run's numbers."""
    gate = run.summary["convergence"]
    return texts.say(
        "figures.ranks.alt",
        names=", ".join(texts.name(label) for label in chosen(run)),
        chains=run.manifest["sampler"]["chains"],
        rhat=texts.numbers.rounded(gate["max_rhat"] or float("nan"), 0.001),
    )
