"""What is swept: the values that one or two quantities are fixed at, read and checked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.archive.answer import read_inputs
from model.case.case import Case
from model.case.faults import CaseError, Fault, Report, quote
from model.case.reader.numbers import option_figures
from model.question import Question
from model.sampling.whatif import unit_of

OPTION = "--sweep"
#: More fits than anybody waits for.
MOST = 100
FORM = "write QUANTITY=FIRST:LAST:COUNT, with an optional unit"

_COUNT = re.compile(r"(\d+)\s*(.*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Axis:
    """Values that one basic quantity is fixed at, in turn.

    Attributes
    ----------
    name : str
    values : tuple of float
        In the unit.
    unit : str
        As typed; blank for the quantity's own.
    said : str
        The unit of the values, also where none was typed.
    """

    name: str
    values: tuple[float, ...]
    unit: str = ""
    said: str = ""

    @property
    def heading(self) -> str:
        """Name and unit, as the head of a column."""
        return self.name if self.said in ("", "1", "fraction") else f"{self.name} ({self.said})"


def axes_of(texts: Sequence[str]) -> tuple[Axis, ...]:
    """Read sweeps as they are written on the command line, ``broker_margin=0.1:0.5:5``.

    Raises
    ------
    CaseError
        With everything that cannot be read; if there are more than two, or too many fits.
    """
    report = Report()
    axes = [axis for axis in (_axis(text, report) for text in texts) if axis is not None]
    if len(texts) > 2 or len({axis.name for axis in axes}) < len(axes):
        report.add(OPTION, None, None, "sweep one quantity, or two different ones")
    fits = int(np.prod([len(axis.values) for axis in axes]))
    if fits > MOST:
        report.add(OPTION, None, None, f"asks for {fits} fits; write at most {MOST}")
    if report.faults:
        raise CaseError("the arguments", report.faults)
    return tuple(axes)


def _axis(text: str, report: Report) -> Axis | None:
    """Read one sweep, or report why it cannot be read."""
    name, _, said = (piece.strip() for piece in text.partition("="))
    ends, _, last = (piece.strip() for piece in said.rpartition(":"))
    count = _COUNT.fullmatch(last)
    read: Any = ""
    if name and count:
        # the unit stands behind the last figure or behind the count
        read = option_figures(f"{ends} {count[2]}".strip(), 2, unit_of(name))
    if isinstance(read, str) or count is None:
        why = f"; {read}" if read else ""
        report.add(OPTION, None, None, f"{quote(text)} cannot be read; {FORM}{why}")
        return None
    (first, second), unit = read
    steps = int(count[1][:6])
    if not 2 <= steps <= MOST:
        message = f"{quote(text)} asks for {count[1][:6]} values; write a count from 2 to {MOST}"
        report.add(OPTION, None, None, message)
        return None
    if first == second:
        report.add(OPTION, None, None, f"{quote(text)}: both ends are {first:g}; write two")
        return None
    # rounded, so that the third of 0.1 to 0.5 is 0.3 and not 0.30000000000000004
    values = tuple(float(f"{value:.12g}") for value in np.linspace(first, second, steps))
    return Axis(name, values, unit)


def questions(question: Question, axes: Sequence[Axis]) -> list[tuple[tuple[float, ...], Question]]:
    """The question at each combination of values, with the values."""
    what_if, each = question.what_if, []
    for values in itertools.product(*(axis.values for axis in axes)):
        own = [(axis.name, value, axis.unit) for axis, value in zip(axes, values, strict=True)]
        fixed = tuple(sorted((*what_if.fixed, *own)))
        each.append((values, replace(question, what_if=replace(what_if, fixed=fixed))))
    return each


def check_sweep(question: Question, axes: Sequence[Axis], year: int | None) -> None:
    """Check everything that is to be estimated before anything is.

    Raises
    ------
    CaseError
        With every error in the inputs; if what is swept is fixed otherwise, is no quantity or
        cannot have these values; if the case does not cover the year.
    """
    report, what_if = Report(), question.what_if
    changed = {name for name, *_ in (*what_if.fixed, *what_if.priors)}
    for name in (axis.name for axis in axes if axis.name in changed):
        report.add(OPTION, None, None, f"{name} is swept; leave out its --set or --prior")
    if question.scenarios:
        message = "it tells what happened at each value, without scenarios; leave out --scenario"
        report.add(OPTION, None, None, message)
    if report.faults:
        raise CaseError("the arguments", report.faults)
    case = read_inputs(question).case
    ends = [(axis.values[0], axis.values[-1]) for axis in axes]
    for corner in itertools.product(*ends):
        at = [replace(axis, values=(end,)) for axis, end in zip(axes, corner, strict=True)]
        try:
            read_inputs(questions(question, at)[0][1])
        except CaseError as error:
            faults = [replace(one, file=OPTION) for one in error.faults if one.file == "--set"]
            raise CaseError(error.folder, faults or error.faults) from None
    _check_year(case, year)


def _check_year(case: Case, year: int | None) -> None:
    months = case.timeline.months
    years = [one for one in sorted({*months.year}) if (months.year == one).sum() == 12]
    if year is not None and year not in years:
        message = f"{year} is no whole year of the case; write one of {', '.join(map(str, years))}"
        raise CaseError("the arguments", [Fault("--year", None, None, message)])
