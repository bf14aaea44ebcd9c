"""A case to begin with: invented, commented, valid; and the command line of ``model.case``."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from model.store import DRAFT
from model.terminal import Interruption, Talk, interruptible

TEMPLATE = Path(__file__).parent / "template"
#: What a case consists of, and a word on it.
SUFFIXES = (".csv", ".toml", ".md")
DONE, FAULTY = 0, 2

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="A case of your own: write one to begin with, and check it.",
)


class NoRoomError(Exception):
    """A place where no case can be written; its text says why and what to do."""


def template_files() -> list[Path]:
    """Files of the scaffold, relative to its folder."""
    return sorted(
        path.relative_to(TEMPLATE) for path in TEMPLATE.rglob("*") if path.suffix in SUFFIXES
    )


def new_case(folder: str | Path, before_publishing: Interruption | None = None) -> Path:
    """Write a minimal case: every figure invented, every table explained, and it runs.

    Parameters
    ----------
    folder : str or Path
        Made, with the folders above it; it may exist if it is empty.
    before_publishing : Interruption, optional
        Asked once all is written, before anything is seen of it.

    Returns
    -------
    Path
        The folder, whole; if anything fails, nothing is left behind.

    Raises
    ------
    NoRoomError
        When something is there already, or the place cannot be written.
    """
    target = Path(folder)
    draft: Path | None = None
    made: list[Path] = []
    try:
        _check_free(target)
        # where a link leads, so that the draft lies beside the folder itself
        place = target.resolve()
        made = [above for above in place.parents if not above.exists()]
        place.parent.mkdir(parents=True, exist_ok=True)
        # beside the target, so that it appears whole
        draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=place.parent))
        for path in template_files():
            (draft / path).parent.mkdir(exist_ok=True)
            shutil.copyfile(TEMPLATE / path, draft / path)
        draft.chmod(0o755)
        if before_publishing is not None:
            before_publishing.close()
        with contextlib.suppress(FileNotFoundError):
            place.rmdir()  # refuses, as the rename does, what was filled meanwhile
        os.rename(draft, place)
    except OSError as error:
        raise NoRoomError(
            f"{target} cannot be written ({error.strerror}); name another folder, nothing was "
            "written"
        ) from None
    finally:
        # once the case is in its place there is no draft, and folders above it are not empty
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        for above in made:
            with contextlib.suppress(OSError):
                above.rmdir()
    return target


def _check_free(target: Path) -> None:
    """Refuse what is there already, an empty folder apart."""
    if target.is_dir() and any(target.iterdir()):
        raise NoRoomError(f"{target} is not empty; name a new folder, nothing was written")
    if target.exists() and not target.is_dir():
        raise NoRoomError(f"{target} is a file; name a new folder, nothing was written")


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """Write a minimal case to begin with: invented throughout, commented, valid; it runs."""
    talk = Talk(verbose=True)

    def work(interruption: Interruption) -> int:
        try:
            made = new_case(folder, interruption)
        except NoRoomError as error:
            talk.fault(str(error))
            return FAULTY
        typer.echo(f"Wrote {made}/: {', '.join(map(str, template_files()))}")
        typer.echo("Everything in it is invented: replace it, file by file. Then:")
        named = shlex.quote(str(made))
        typer.echo(f"    python -m model.case check {named}")
        typer.echo(f"    python -m model.estimate --inputs {named}")
        return DONE

    raise typer.Exit(interruptible(work, "Interrupted; nothing was written."))


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder of a case.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Treat probable slips of unit as faults.")
    ] = False,
) -> None:
    """Read a case and tell every fault, or what was read; nothing is fitted or written."""
    talk = Talk(verbose=True)

    def work(_: Interruption) -> int:
        from model.answer import read_inputs
        from model.faults import CaseError
        from model.question import SCENARIOS, Question
        from model.run_files import reading_line

        names = sorted(path.stem for path in (folder / SCENARIOS).glob("*.toml"))
        try:
            inputs = read_inputs(Question(folder, scenarios=tuple(names)), strict=strict)
        except CaseError as error:
            talk.fault(str(error))
            return FAULTY
        for warning in inputs.case.warnings:
            talk.fault(f"warning: {warning}")
        found = f"{len(inputs.case.priors)} priors, {len(names)} scenarios"
        prospects = f"{len(inputs.case.prospects)} sources that might be found"
        typer.echo(f"Read {folder}: {reading_line(inputs.case)}; {found}, {prospects}")
        return DONE

    raise typer.Exit(interruptible(work, "Interrupted."))
