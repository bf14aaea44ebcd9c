"""A sweep as the command line asks for it: estimated value by value, and printed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from model.archive.answer import Answer, Hooks, found
from model.case.faults import CaseError
from model.question import Question
from model.result.estimate import Estimate
from model.result.readable_tables import READABLE
from model.result.sweep import NUMBERS, Sweep, swept
from model.result.sweep_axes import axes_of, check_sweep, questions
from model.terminal.output import print_csv, print_json, say
from model.terminal.screen import Interruption, Once, Talk
from model.terminal.tables import Column, put, screen
from model.terminal.view_options import View

Json = dict[str, Any]
Compute = Callable[[Question, Talk, Hooks], Answer | None]

DONE, FAULTY, NOT_CONVERGED = 0, 2, 3

KEYS = {word: key for key, word in READABLE.items()}


class NoAnswerError(Exception):
    """A question that has no answer, which was reported."""


def run_sweep(
    question: Question,
    texts: Sequence[str],
    output: Path,
    compute: Compute,
    told: tuple[Talk, Interruption],
    form: str,
    view: View,
    draw: Callable[[Path, Sweep], bool],
    *,
    fresh: bool,
    strict: bool,
    wide: bool,
) -> int:
    """Answer a question at each value of what is swept, print that and return the exit status.

    Parameters
    ----------
    question : Question
        Without what is swept.
    texts : sequence of str
        As on the command line.
    output : Path
        Folder of runs.
    compute : callable
        Fits one question; None if that failed and was reported.
    told : (Talk, Interruption)
    form : str
        ``table``, ``json``, ``csv`` or ``folder``.
    view : View
        Only its year is heeded; anything else is an error.
    draw : callable
        Draws what is asked for of a run and its sweep; False if that failed and was reported.
    """
    talk, interruption = told
    wrong = ""
    if form == "xlsx":
        wrong = "--format xlsx: a sweep is printed as table, csv, json or folder"
    elif view != View(year=view.year):
        wrong = "--sweep: it tells one year's state take in dollars; leave out other views"
    if wrong:
        talk.fault(wrong)
        return FAULTY
    once = Once()
    hooks = Hooks(warn=once.fault, before_publishing=interruption.check)

    def answered(one: Question) -> Answer:
        answer = None if fresh else found(one, output, hooks)
        if answer is None or (strict and answer.manifest["warnings"]):
            answer = compute(one, once, hooks)
        if answer is None:
            raise NoAnswerError
        interruption.check()
        return answer

    try:
        swept = sweep_asked(question, texts, answered, view.year, talk)
    except CaseError as error:
        talk.report(error)
        return FAULTY
    except NoAnswerError:
        return FAULTY
    print_sweep(swept, form, output, wide=wide)
    if not draw(swept.estimate.folder, swept):
        return FAULTY
    return DONE if swept.converged else NOT_CONVERGED


def sweep_asked(
    question: Question,
    texts: Sequence[str],
    answered: Callable[[Question], Answer],
    year: int | None,
    talk: Talk,
) -> Sweep:
    """Answer a question at each value of what is swept, and say how far that is.

    Raises
    ------
    CaseError
        Before anything is estimated, with every error in what is asked.
    """
    axes = axes_of(texts)
    check_sweep(question, axes, year)
    names = [axis.name for axis in axes]
    numbers = itertools.count(1)
    count = len(questions(question, axes)) + 1

    def estimated(one: Question) -> Estimate:
        at = ", ".join(
            f"{name} = {value:g} {unit}".strip()
            for name, value, unit in one.what_if.fixed
            if name in names
        )
        talk.say(f"{next(numbers)} of {count}: {at or 'nothing fixed'}")
        answer = answered(one)
        return Estimate(answer.folder, answer.summary, answer.manifest)

    return swept(estimated(question), question, axes, estimated, year=year)


def print_sweep(sweep: Sweep, form: str, folder: Path, *, wide: bool) -> None:
    """Print a sweep as ``table``, ``json``, ``csv``, or as the ``folder`` of each run."""
    if form == "folder":
        for name in [sweep.estimate.folder.name, *sweep.table["run"]]:
            say(str(folder / name))
    elif form == "json":
        print_json(as_json(sweep))
    elif form == "csv":
        print_csv(sweep.table.rename(columns=KEYS))
    else:
        console = screen()
        if not sweep.converged:
            console.tell("NOT CONVERGED: do not use the numbers so marked.", "bold red")
        columns = [
            Column(one, style="bold" if one.startswith("Median") else "", rank=one == "Error")
            for one in sweep.headings
        ]
        put(console, columns, sweep.lines(), sweep.title, wide=wide)
        console.tell(f"  {sweep.note}")


def as_json(found: Sweep) -> Json:
    """A sweep for machines; amounts are in dollars."""
    return {
        "case": found.estimate.summary["case"],
        "definition": found.definition,
        "year": found.year,
        "currency": "USD",
        "converged": found.converged,
        "unchanged": {
            **{KEYS[name]: found.unchanged[name] for name in NUMBERS},
            "converged": found.estimate.converged,
            "run": found.estimate.folder.name,
        },
        "rows": [_row(found, row) for row in found.table.to_dict("records")],
    }


def _row(found: Sweep, row: Json) -> Json:
    own = {axis.heading for axis in found.axes}
    fixed = {axis.name: {"value": row[axis.heading], "unit": axis.said} for axis in found.axes}
    rest = {KEYS.get(key, key): value for key, value in row.items() if key not in own}
    return {"fixed": fixed, **rest}
