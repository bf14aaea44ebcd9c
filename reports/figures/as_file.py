"""One figure as a file, PNG or SVG, as the command line of an estimate asks for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from model.archive import store
from reports import figures
from reports.command import FOLDER
from reports.figures import diary as of_diary
from reports.figures import sweep as of_sweep
from reports.figures.files import both, described, wanted
from reports.figures.of_estimate import Estimated
from reports.saved_run import ReportError, SavedRun
from reports.texts import catalogue
from reports.typesetting import write_file

ENDINGS = (".png", ".svg")
#: The only figure that a sweep has, and a diary.
OWN: dict[str, Any] = {"sweep": of_sweep, "diary": of_diary}


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that is asked for, and where it goes; no path is a place in the run."""

    name: str
    path: Path | None = None


class Talk(Protocol):
    """Where a command says what it does."""

    def say(self, text: str) -> None:
        """Say a line, unless the command is quiet."""

    def fault(self, *lines: str) -> None:
        """Say what is wrong."""


Draw = Callable[..., bool]


def drawing(
    texts: Sequence[str],
    load: Callable[[Path], Estimated],
    talk: Talk,
    *,
    of: str = "",
    year: int | None = None,
) -> Draw | None:
    """What draws the figures asked for, once there is a run; None with an error reported.

    It takes the run's folder and the sweep or diary, if it is ``of`` one, and returns whether all
    were written.
    """
    try:
        wishes = [asked(text, of=of, year=year) for text in texts]
    except ReportError as error:
        talk.fault(str(error))
        return None

    def draw(folder: Path, whole: Any = None) -> bool:
        try:
            for wish in wishes:
                talk.say(f"Drew {written(wish, load(folder), whole, year)}")
        except (ReportError, store.DamagedRunError) as error:
            talk.fault(str(error))
            return False
        return True

    return draw


def asked(text: str, *, of: str = "", year: int | None = None) -> Asked:
    """Read ``NAME`` or ``NAME=FILE.svg`` before anything is estimated.

    Raises
    ------
    ReportError
        If there is no such figure, the file's ending is another, or the figure has no year.
    """
    name, equals, file = (piece.strip() for piece in text.partition("="))
    if not equals and name.endswith(ENDINGS):
        name, file = of or "headline", name
    elif equals and not file.endswith(ENDINGS):
        raise ReportError(f"--plot: {file!r} is no picture; write a name that ends in .png or .svg")
    if of and name != of:
        raise ReportError(f"--plot: {name!r} is no figure of a {of}; write --plot {of}")
    base = name.partition("-")[0]
    if not of and base not in figures.FIGURES:
        known = ", ".join(figures.FIGURES)
        also = " (with --sweep, also sweep)" if name == "sweep" else ""
        raise ReportError(f"--plot: there is no figure {name!r}{also}; write one of: {known}")
    if year is not None and not of and not _takes_year(base):
        raise ReportError(f"--plot: {name} is not of one year; leave out --year")
    return Asked(name, Path(file) if file else None)


def _takes_year(name: str) -> bool:
    module: Any = figures.FIGURES[name]
    ways = (module.draw, module.describe)
    return all("year" in inspect.signature(one).parameters for one in ways)


def written(wish: Asked, estimate: Estimated, whole: Any = None, year: int | None = None) -> Path:
    """Draw a figure of an estimate, a sweep or a diary, and write it with title and source.

    Raises
    ------
    ReportError
        If the run has nothing to show in it, or the file cannot be written.
    """
    run = SavedRun.open(estimate.folder)
    if whole is None:
        files = _of_run(wish.name, run, estimate, year)
        stem = wish.name
    else:
        texts = catalogue()
        module = OWN[wish.name]
        stem = module.stem(whole)
        files = both(
            stem, module.draw(whole), run, texts,
            module.title(whole, texts), module.describe(whole, texts),
        )  # fmt: skip
    path = wish.path or run.folder / FOLDER / "figures" / f"{stem}.png"
    write_file(path, next(one for name, one in files.items() if name.endswith(path.suffix)))
    return path


def _of_run(name: str, run: SavedRun, estimate: Estimated, year: int | None) -> Mapping[str, bytes]:
    texts = catalogue()
    base, _, part = name.partition("-")
    module: Any = figures.FIGURES[base]
    own: dict[str, Any] = {} if year is None else {"year": year}
    if base in figures.OF_DRIVERS:
        estimate.drivers(**own)
        run = SavedRun.open(estimate.folder)
    known = {file: values for file, of, values in wanted(run) if of == base}
    if not known:
        raise ReportError(f"--plot: the run has nothing to show as {base}{_needs(base)}")
    if part and name not in known:
        raise ReportError(f"--plot: there is no {name!r}; write one of: {', '.join(known)}")
    values = known[name] if part else next(iter(known.values()))
    values = values | own
    title = figures.caption(base, run, texts, values.get("host"), year)
    if not run.converged:
        title = f"NOT CONVERGED: do not use. {title}"
    axes = module.draw(run, texts=texts, **values)
    return both(name, axes, run, texts, title, described(base, run, texts, **values))


def _needs(name: str) -> str:
    """What makes a figure that a run lacks."""
    if name == "scenarios":
        return "; name a --scenario"
    if name in ("calibration", "echo"):
        return "; calibrate its inputs first (python -m model.calibration)"
    if checks := figures.OF_CHECKS.get(name, ()):
        only = " ".join(f"--only {check}" for check in checks)
        return f"; check it first (python -m model.criticism RUN {only})"
    return ""
