"""Figures of an estimate for notebooks: ``estimate.plot.headline(year=2018, ax=axes)``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from reports.figures import FIGURES, OF_DRIVERS
from reports.figures import diary as of_diary
from reports.figures import sweep as of_sweep
from reports.figures.style import outermost
from reports.saved_run import SavedRun

#: Pixels per inch of figures in notebooks.
SCREEN = 110


class Estimated(Protocol):
    """What an estimate needs to be drawn."""

    @property
    def folder(self) -> Path:
        """Folder of its run."""
        ...

    def drivers(self, definition: str = ..., year: int | None = ...) -> Any:
        """Compute what drives it, and keep that with the run."""
        ...


class Plots:
    """Figures of one estimate, each a function by its name."""

    def __init__(self, estimate: Estimated) -> None:
        self._estimate = estimate

    def __call__(self, name: str = "headline", **options: Any) -> Any:
        """Draw a figure by its name; see ``drawn``."""
        return drawn(self._estimate, name, **options)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in FIGURES:
            raise AttributeError(f"there is no figure {name!r}; write one of: {', '.join(FIGURES)}")
        function = partial(drawn, self._estimate, name)
        function.__doc__ = FIGURES[name].draw.__doc__
        return function

    def of_sweep(self, sweep: Any, *, ax: Axes | None = None) -> Axes:
        """Draw a sweep from the estimate, ``Estimate.sweep``."""
        found: Axes = _shown(lambda options: of_sweep.draw(sweep, **options), ax)
        return found

    def of_diary(self, diary: Any, *, ax: Axes | None = None) -> Axes:
        """Draw a diary that ends with the estimate, ``model.diary.diary``."""
        found: Axes = _shown(lambda options: of_diary.draw(diary, **options), ax)
        return found

    def __dir__(self) -> list[str]:
        """Names of figures."""
        return list(FIGURES)

    def __repr__(self) -> str:
        """Names of figures."""
        return f"Figures: {', '.join(FIGURES)}"


def drawn(estimate: Estimated, name: str, *, ax: Axes | None = None, **options: Any) -> Any:
    """Draw a figure of an estimate, with pyplot's figure of the moment being its own.

    Parameters
    ----------
    estimate : Estimate
    name : str
        One of ``FIGURES``.
    ax : Axes, optional
        Axes of ``plt.subplots``, best with ``layout="constrained"``, whose place is taken; they
        are removed, since some figures have several panels.
    **options
        Passed to the figure's ``draw``.

    Returns
    -------
    Axes, or an array of them

    Raises
    ------
    KeyError
        If there is no such figure; the text lists those available.
    ReportError
        If the run has nothing to show in it.
    """
    if name not in FIGURES:
        raise KeyError(f"{name!r}; write one of: {', '.join(FIGURES)}")
    if name in OF_DRIVERS:
        estimate.drivers(**{key: options[key] for key in ("definition", "year") if key in options})
    run = SavedRun.open(estimate.folder)
    return _shown(lambda place: FIGURES[name].draw(run, **options, **place), ax)


def _shown(draw: Callable[[dict[str, Any]], Any], ax: Axes | None) -> Any:
    """Draw a figure of its own, or in the place of axes, and return its axes."""
    import matplotlib.pyplot as plt

    if ax is not None:
        place = _place_of(ax)
        try:
            found = draw({"figure": place})
        except BaseException:
            place.remove()
            raise
        ax.remove()
        return found
    found = draw({})
    # passed to pyplot, so that notebooks show it like any other figure
    plt.figure(outermost(np.ravel(found)[0].get_figure())).set_dpi(SCREEN)
    return found


def _place_of(ax: Axes) -> SubFigure:
    """A part of the figure in the place of some axes."""
    figure = ax.get_figure()
    assert isinstance(figure, Figure | SubFigure)
    place = ax.get_subplotspec()
    if place is None:
        raise ValueError("ax has no place in a grid; take one from plt.subplots")
    return figure.add_subfigure(place)
