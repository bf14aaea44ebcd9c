"""A diary: the states of one case's estimate in order, and the step from each to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.archive.moved import WITHIN
from model.archive.show import HEADINGS
from model.diary.split import Cause
from model.terminal import html
from model.terminal.wording import ENGLISH, FINEST, MILLION, interval, rounding_unit, three

if TYPE_CHECKING:
    import pandas as pd

Json = dict[str, Any]

RUNS, KNOWN = "runs", "known"
MARK = " NOT CONVERGED"


class NoDiaryError(Exception):
    """There is nothing to tell; the text says why, and what to write."""


@dataclass(frozen=True, slots=True)
class Step:
    """How a state came from the one before that converged.

    Attributes
    ----------
    was, now : float
        Medians, in dollars.
    error : float
        Standard error of the difference from sampling; zero if the two have the same draws.
    changed : tuple of str
        What changed, line by line.
    label : str
        The same in a few words; blank if nothing changed that a fit depends on.
    causes : tuple of Cause
        How much of the move each group of changes makes; none if that is not known.
    note : str
        Why it is not known; blank if it is, or was not asked.
    """

    was: float
    now: float
    error: float
    changed: tuple[str, ...] = ()
    label: str = ""
    causes: tuple[Cause, ...] = ()
    note: str = ""

    @property
    def moved(self) -> float:
        """Difference of the medians."""
        return self.now - self.was

    @property
    def beyond_error(self) -> bool:
        """Whether sampling alone does not explain the move."""
        return abs(self.moved) > WITHIN * self.error


@dataclass(frozen=True, slots=True)
class Entry:
    """One state.

    Attributes
    ----------
    date : str
        Day of the run, or of publication.
    name : str
        Names of the run, or what was published.
    run : str
        Folder of the run; blank if it is a refit that is no run.
    numbers : dict or None
        ``q50``, ``q05`` and ``q95`` of the year's revenue in dollars; None if it has none.
    converged : bool
    asked : str
        What the run was asked, in short.
    step : Step or None
    """

    date: str
    name: str
    run: str
    numbers: Json | None
    converged: bool
    asked: str = ""
    step: Step | None = None

    @property
    def usable(self) -> bool:
        """Whether steps may start or end here."""
        return self.converged and self.numbers is not None


@dataclass(frozen=True, repr=False)
class Diary(html.Shown):
    """How the estimate of one case moved, run by run or as evidence was published.

    Attributes
    ----------
    case, title : str
        Name of the case, and its title.
    kind : {"runs", "known"}
    definition : str
    year : int
    entries : tuple of Entry
        In order of time.
    whole : Step or None
        From the first state that converged to the last; None if there are no two.
    folder : Path
        Folder of the newest run.
    left_out : int
        What-ifs that are not told.
    damaged : tuple of str
        Runs that cannot be read, and why.
    """

    case: str
    title: str
    kind: str
    definition: str
    year: int
    entries: tuple[Entry, ...]
    whole: Step | None
    folder: Path
    left_out: int = 0
    damaged: tuple[str, ...] = field(default=())

    @property
    def heading(self) -> str:
        """What is told, for which year, in which unit."""
        name = HEADINGS.get(self.definition, self.definition.capitalize())
        return f"{name} of {self.year}, USD million: median (90% interval)"

    @property
    def converged(self) -> bool:
        """Whether every state's fit converged."""
        return all(one.converged for one in self.entries)

    @property
    def table(self) -> pd.DataFrame:
        """A row for each state, in dollars, with its step."""
        import pandas as pd

        return pd.DataFrame([_row(one) for one in self.entries], columns=[*COLUMNS])

    @property
    def headings(self) -> tuple[str, ...]:
        """Heads of the columns of ``lines``."""
        first = "Run" if self.kind == RUNS else "Known by"
        return (first, "Median (90%)", "Moves", "Date" if self.kind == RUNS else "Rows")

    def lines(self) -> list[tuple[str, ...]]:
        """Rows of the table as texts, and the whole move."""
        found: list[tuple[str, ...]] = []
        for one in self.entries:
            amount = "none"
            if one.numbers is not None:
                amount = interval(*three(one.numbers, MILLION))
            mark = "" if one.converged else MARK
            first, last = (one.name, one.date) if self.kind == RUNS else (one.date, one.asked)
            found.append(
                (first, f"{amount}{mark}", "" if one.step is None else move(one.step), last)
            )
        if self.whole is not None:
            found.append(("in all", "", move(self.whole), ""))
        return found

    def told(self, entry: Entry) -> tuple[str, str]:
        """A state's name or day, and the step that led there in a sentence."""
        name = entry.name if self.kind == RUNS else entry.date
        return name, "" if entry.step is None else sentence(entry.step)

    def _sentences(self) -> list[str]:
        steps = (self.told(one) for one in self.entries)
        return [f"{name}: {said}" for name, said in steps if said]

    def __repr__(self) -> str:
        """The table and its steps in words."""
        rows = ["; ".join(filter(None, row)) for row in self.lines()]
        return "\n".join([self.heading, *rows, *self._sentences()])

    def _repr_html_(self) -> str:
        """The table and its steps."""
        told = map(html.paragraph, self._sentences())
        return html.table(self.headings, self.lines(), self.heading) + "".join(told)

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the estimate over time with its 90% band, as matplotlib axes."""
        import model

        return model.load(self.folder).plot.of_diary(self, ax=ax)


#: Columns of ``Diary.table``, and of its CSV.
COLUMNS = (
    "date", "name", "run", "asked", "converged", "q50", "q05", "q95", "moved", "error",
    "beyond_error", "changed", "sentence",
)  # fmt: skip


def _row(one: Entry) -> Json:
    step = one.step
    row: Json = {
        "date": one.date, "name": one.name, "run": one.run, "asked": one.asked,
        "converged": one.converged, **(one.numbers or {}),
    }  # fmt: skip
    if step is not None:
        row |= {"moved": step.moved, "error": step.error, "beyond_error": step.beyond_error}
        row |= {"changed": " | ".join(step.changed), "sentence": sentence(step)}
    return row


# Words


def _unit(error: float) -> float:
    """The last digit that sampling leaves a median, in millions."""
    return 10.0 * rounding_unit(0.0, WITHIN * error / MILLION) if error else FINEST


def move(step: Step | Cause) -> str:
    """How far a median moves, give or take two standard errors."""
    unit = _unit(step.error)
    moved = ENGLISH.rounded(step.moved / MILLION, unit)
    signed = f"+{moved}" if step.moved > 0.0 and float(moved.replace(",", "")) else moved
    if not step.error:
        return signed
    return f"{signed} ± {ENGLISH.rounded(WITHIN * step.error / MILLION, unit)}"


def sentence(step: Step) -> str:
    """A step in a sentence or two: from what, to what, and why."""
    unit = _unit(step.error)
    was, now = (ENGLISH.rounded(one / MILLION, unit) for one in (step.was, step.now))
    clear = [one for one in step.causes if abs(one.moved) > WITHIN * one.error]
    note = f" {step.note}." if step.note else ""
    if not step.moved and not step.error:
        why = f": {step.label}" if step.label else ""
        return f"Unchanged at {now}, with the same draws{why}."
    said = f"From {was} to {now}"
    if not step.beyond_error:
        said = f"Unchanged at {now} within error ({move(step)})"
    if len(step.causes) > 1:
        ordered = sorted(step.causes, key=lambda one: -abs(one.moved))
        told = [
            f"{one.label} ({move(one)}{'' if one in clear else ', within error'})"
            for one in ordered
        ]
        return f"{said} {'because of' if step.beyond_error else 'with'} {_listed(told)}."
    if step.causes and step.beyond_error:
        return f"{said} because of {step.label} ({move(step)})."
    return f"{said} with {step.label}.{note}" if step.label else f"{said}.{note}"


def _listed(texts: Sequence[str]) -> str:
    """Texts, some of which hold commas."""
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


def as_json(found: Diary) -> Json:
    """A diary for machines; amounts are in dollars."""
    return {
        "case": found.case,
        "kind": found.kind,
        "definition": found.definition,
        "year": found.year,
        "currency": "USD",
        "converged": found.converged,
        "entries": [
            {
                "date": one.date, "name": one.name, "run": one.run or None, "asked": one.asked,
                "converged": one.converged, "usd": one.numbers,
                "step": None if one.step is None else _step(one.step),
            }
            for one in found.entries
        ],
        "whole": None if found.whole is None else _step(found.whole),
        "what_ifs_left_out": found.left_out,
        "damaged": list(found.damaged),
    }  # fmt: skip


def _step(step: Step) -> Json:
    return {
        "from": step.was,
        "to": step.now,
        "moved": step.moved,
        "error": step.error,
        "beyond_error": step.beyond_error,
        "changed": list(step.changed),
        "causes": [
            {"what": one.label, "moved": one.moved, "error": one.error} for one in step.causes
        ],
        "note": step.note or None,
        "sentence": sentence(step),
    }
