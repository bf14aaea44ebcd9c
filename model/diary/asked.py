"""What a diary is asked: of which case, run by run or as evidence was published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from model.archive import store
from model.case.checkout import runs_folder
from model.diary.book import Diary, NoDiaryError
from model.diary.published import PERIODS, as_published
from model.diary.refits import Refits
from model.diary.run_by_run import run_by_run
from model.diary.states import read, runs_of
from model.equations.quantities import DEFINITIONS
from model.result.readable_tables import known as known_name


def diary(
    case: str = "", output: str | Path | None = None, *, definition: str = "state_take",
    year: int | None = None, every: bool = False, explain: bool = False, known: str = "",
) -> Diary:  # fmt: skip
    """Tell how the estimate of a case moved: the same as ``python -m model.archive diary``.

    Parameters
    ----------
    case : str
        Name of the case; needed where the folder of runs holds several.
    output : str or Path, optional
        Folder of runs.
    definition : str
    year : int, optional
        By default, the headline's.
    every : bool
        Whether what-ifs are told, too.
    explain : bool
        Whether to refit between two runs, so that each move is split among what changed.
    known : {"", "date", "month", "year"}
        Instead of the runs: what could have been known when, by a fit for each date of publication,
        or the last of each month or year.

    Returns
    -------
    Diary

    Raises
    ------
    NoDiaryError
        If there is nothing to tell; the text says why.
    KeyError
        If there is no such definition, or ``known`` is none of these.
    """
    refits = Refits(runs_folder(output))
    return asked_diary(
        refits, case, definition=definition, year=year, every=every, explain=explain, known=known
    )


def asked_diary(
    refits: Refits, case: str, *, definition: str, year: int | None, every: bool, explain: bool,
    known: str,
) -> Diary:  # fmt: skip
    """The diary of a case.

    Raises
    ------
    NoDiaryError
    OSError
        If a refit cannot be kept.
    """
    known_name(definition, DEFINITIONS)
    if known:
        known_name(known, PERIODS)
    name, manifests, damaged = runs_of(refits.runs, case)
    plain = [folder for folder, manifest in manifests.items() if not manifest["what_if"]]
    told = list(manifests) if every and not known else plain
    if not told:
        raise NoDiaryError(
            f"{refits.runs} holds only what-ifs of {name}; --all tells them, and the estimate "
            "without them makes a diary of its own"
        )
    if known:
        converged = [one for one in told if manifests[one]["convergence"]["converged"]]
        base = converged[-1] if converged else None
        if base is None:
            raise NoDiaryError(f"no estimate of {name} in {refits.runs} converged")
        return as_published(refits, read(base), name, definition, year, known)
    runs = []
    for folder in told:
        try:
            runs.append(read(folder))
        except store.DamagedRunError as error:
            damaged.append(f"{folder.name}  NOT READABLE: {error}")
    if not runs:
        raise NoDiaryError(f"no run of {name} in {refits.runs} can be read")
    found = run_by_run(refits, runs, name, definition, year, explain=explain)
    return replace(found, left_out=len(manifests) - len(told), damaged=tuple(damaged))
