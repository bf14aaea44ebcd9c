"""A sweep: what the answer would be at each of several values of a quantity, or of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.archive.answer import answer, found, read_inputs
from model.archive.moved import WITHIN
from model.archive.show import HEADINGS
from model.case.folders import COPY
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.question import Question, WhatIf, options_asked
from model.result.asked import in_python
from model.result.readable_tables import known
from model.result.sweep_axes import Axis, axes_of, check_sweep, questions
from model.sampling.convergence import median_error
from model.terminal import html
from model.terminal.wording import FINEST, MILLION, interval, rounded

if TYPE_CHECKING:
    from model.result.estimate import Estimate

Json = dict[str, Any]

NUMBERS = ("median", "5%", "95%")
MARK = " NOT CONVERGED"


@dataclass(frozen=True, repr=False)
class Sweep(html.Shown):
    """The headline at each value of what is swept, beside the estimate in which nothing is fixed.

    Attributes
    ----------
    table : DataFrame
        A row for each value, or pair of values: these, ``median``, ``5%`` and ``95%`` of a year's
        revenue in dollars, the ``change`` of the median, the Monte Carlo ``error`` of that change
        (standard error), whether the fit ``converged``, and its ``run``.
    axes : tuple of Axis
    definition : str
    year : int
    unchanged : dict
        ``median``, ``5%`` and ``95%`` where nothing is fixed.
    estimate : Estimate
        That estimate.
    """

    table: pd.DataFrame
    axes: tuple[Axis, ...]
    definition: str
    year: int
    unchanged: Mapping[str, float]
    estimate: Estimate = field(repr=False)

    @property
    def title(self) -> str:
        """What is shown, for which year, in which unit."""
        name = HEADINGS.get(self.definition, self.definition.capitalize())
        return f"{name} of {self.year}, USD million: median (90% interval)"

    @property
    def note(self) -> str:
        """How a change is to be read."""
        return (
            "A change is of the median, from the estimate in which nothing is fixed; one of less "
            "than twice its Monte Carlo error may be none."
        )

    def __repr__(self) -> str:
        """The table in words."""
        lines = ["; ".join(map(str.strip, row)) for row in self.lines()]
        return "\n".join([self.title, *lines])

    def _repr_html_(self) -> str:
        """The table."""
        return html.table(self.headings, self.lines(), self.title) + html.paragraph(self.note)

    @property
    def headings(self) -> tuple[str, ...]:
        """Heads of the columns of ``lines``."""
        return (*(axis.heading for axis in self.axes), "Median (90%)", "Change", "Error")

    def lines(self) -> list[tuple[str, ...]]:
        """Rows of the table as texts, the unchanged estimate first."""
        blank = ("",) * (len(self.axes) - 1)
        before = f"{_amounts(self.unchanged)}{'' if self.estimate.converged else MARK}"
        found = [("not fixed", *blank, before, "", "")]
        for row in self.table.to_dict("records"):
            change, error = row["change"] / MILLION, row["error"] / MILLION
            said = rounded(change, FINEST) if abs(change) > WITHIN * error else "within error"
            mark = "" if row["converged"] else MARK
            values = (f"{row[axis.heading]:.6g}" for axis in self.axes)
            found.append((*values, f"{_amounts(row)}{mark}", said, rounded(error, FINEST)))
        return found

    @property
    def converged(self) -> bool:
        """Whether every fit converged."""
        return bool(self.table["converged"].all() and self.estimate.converged)

    def plot(self, *, ax: Any = None) -> Any:
        """Draw it: a line with its 90% band, or for two quantities a map, as matplotlib axes."""
        return self.estimate.plot.of_sweep(self, ax=ax)


def _amounts(numbers: Mapping[str, Any]) -> str:
    return interval(*(numbers[name] / MILLION for name in NUMBERS))


def swept(
    before: Estimate,
    question: Question,
    axes: Sequence[Axis],
    estimated: Callable[[Question], Estimate],
    *,
    definition: str = HEADLINE,
    year: int | None = None,
) -> Sweep:
    """Estimate at each value, and compare with the estimate in which nothing is fixed.

    Parameters
    ----------
    before : Estimate
        That estimate.
    question : Question
        What it answers.
    axes : sequence of Axis
        From ``axes_of``.
    estimated : callable
        Answers a question.
    definition : str
    year : int, optional
        By default, the headline's.
    """
    known(definition, DEFINITIONS)
    year = before.year if year is None else year
    units = {name: block["unit"] for name, block in before.summary["quantities"].items()}
    axes = tuple(replace(axis, said=axis.unit or units[axis.name]) for axis in axes)
    unchanged, error = _numbers(before, definition, year)
    rows = []
    for values, one in questions(question, axes):
        estimate = estimated(one)
        own, own_error = _numbers(estimate, definition, year)
        rows.append(
            {
                **dict(zip((axis.heading for axis in axes), values, strict=True)),
                **own,
                "change": own["median"] - unchanged["median"],
                "error": float(np.hypot(error, own_error)),
                "converged": estimate.converged,
                "run": estimate.folder.name,
            }
        )
    return Sweep(pd.DataFrame(rows), axes, definition, year, unchanged, before)


def sweep_of(
    before: Estimate,
    values: Mapping[str, Sequence[float] | str],
    *,
    definition: str = HEADLINE,
    year: int | None = None,
) -> Sweep:
    """Sweep from an estimate in Python; see ``Estimate.sweep``."""
    from model.result.estimate import Estimate

    known(definition, DEFINITIONS)
    runs, options = before.folder.parent, options_asked(before.manifest["arguments"])
    question = Question(
        before.folder / COPY, WhatIf.of(before.manifest["what_if"]), (), "", options
    )

    def estimated(one: Question) -> Estimate:
        known_one = found(one, runs) or answer(one, read_inputs(one), runs)
        return Estimate(known_one.folder, known_one.summary, known_one.manifest)

    with in_python():
        axes = axes_of(_texts(values))
        check_sweep(question, axes, year)
        return swept(before, question, axes, estimated, definition=definition, year=year)


def _texts(values: Mapping[str, Sequence[float] | str]) -> list[str]:
    """Sweeps as the command line has them."""
    if not isinstance(values, Mapping) or not values:
        raise TypeError(f'values={values!r}; write {{"QUANTITY": (FIRST, LAST, COUNT)}}')
    return [
        f"{name}={one if isinstance(one, str) else ':'.join(map(str, one))}"
        for name, one in values.items()
    ]


def _numbers(estimate: Estimate, definition: str, year: int) -> tuple[dict[str, float], float]:
    """Median and interval of a year's revenue in dollars, and the median's Monte Carlo error."""
    amounts = estimate.revenue(definition).loc[year, list(NUMBERS)]
    draws = estimate.draws(definition, between=(year, year)).isel(period=0).to_numpy()
    stats = estimate.posterior["sample_stats"]
    reading = stats["reading"].to_numpy() if "reading" in stats else None
    return {name: float(amounts[name]) for name in NUMBERS}, float(median_error(draws, reading))
