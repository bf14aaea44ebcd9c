"""The archive's command line: list, show, compare, export and prune runs, which fits none.

Its diary, which may, is a wing of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from model.archive import store
from model.archive.naming import NoSuchRunError, named_run
from model.archive.overview import asked, show_runs
from model.case.checkout import RUNS
from model.case.folders import COPY
from model.question import unchanged_command
from model.terminal.commands import App, Entry, LazyGroup
from model.terminal.options import OUTPUT, OnlyRuns, Run, Runs, Wide
from model.terminal.output import command_line, complain, say, tell
from model.terminal.tables import screen

FAULTY = 2
EXAMPLE = "Example:\n  "


class Commands(LazyGroup):
    """These commands and one of a wing above, which is named and not imported."""

    entries: ClassVar = {
        "diary": Entry(
            "model.diary.command_line",
            "app",
            "Tell how an estimate moved, and why.",
            "",
        )
    }


app = App(
    cls=Commands,
    no_args_is_help=True,
    help="Runs on disk: what was requested, the results, and how two runs differ.",
)


@app.command("list", epilog=f"{EXAMPLE}{{command}} --runs my_runs")
def list_runs(runs: Runs = RUNS, wide: Wide = False) -> None:
    """List the runs, the newest last: names, what was asked, the headline, whether it converged."""
    show_runs(runs, wide=wide)


@app.command(epilog=f"{EXAMPLE}{{command}} russia-1a2b")
def show(
    run: Run,
    runs: Runs = RUNS,
    wide: Wide = False,
) -> None:
    """Print a run's results again."""
    from model.archive.answer import Answer
    from model.archive.show import show as show_answer

    folder = _folder(run, runs)
    manifest, summary = _read(folder)
    tell(f"{folder.name}: {manifest['read']}", hang="  ")
    tell(f"Requested: {asked(manifest)}", hang="  ")
    with _agreeing(folder):
        answer = Answer(folder, summary, manifest, found=True)
        show_answer(answer, brief=False, wide=wide)
        if answer.compares:
            from model.archive.moves_told import put_change

            command = unchanged_command(_arguments(folder, manifest), str(folder.parent))
            put_change(screen(), answer, command, brief=False, wide=wide)


def _arguments(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Arguments that made a run, with the copy of the inputs that it holds."""
    said = list(manifest.get("arguments") or [])
    for place, option in enumerate(said[:-1]):
        if option == "--inputs":
            said[place + 1] = str(folder / COPY)
    return said


@app.command(epilog=f"{EXAMPLE}{{command}} russia-1a2b russia-3c4d")
def compare(
    base: Run,
    others: Annotated[list[str], typer.Argument(help="One or several runs to set against it.")],
    runs: Runs = RUNS,
    wide: Wide = False,
) -> None:
    """Show how runs differ from a first one: what was asked, inputs row by row, and results."""
    from model.archive.moves_told import show_comparison

    folders = [_folder(name, runs) for name in (base, *others)]
    found = [(folder, *_read(folder)) for folder in folders]
    for other in found[1:]:
        with _agreeing(other[0]), _agreeing(folders[0]):
            show_comparison(found[0], other, wide=wide)


@app.command(epilog=f"{EXAMPLE}{{command}} russia-1a2b --output deposit.zip")
def export(
    run: Run,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.zip",
            help="File to write; by default RUN.zip beside the run.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    runs: OnlyRuns = RUNS,
) -> None:
    """Write a run as one zip that others can read (an RO-Crate), for a repository or a colleague.

    It holds the run's own files and what describes them; unpacked, it is a run again. Reports and
    other files in the folder are left out. A file that is no exported run is never replaced.
    """
    from model.archive.exporting import NotOursError
    from model.archive.exporting import export as write_archive

    folder = _folder(run, runs)
    whole = folder.resolve()
    target = output or whole.with_name(f"{whole.name}.zip")
    try:
        count = write_archive(folder, target)
    except store.DamagedRunError as error:
        complain(f"{error}: not exported; run the same estimate to recreate it")
        raise typer.Exit(FAULTY) from None
    except NotOursError as error:
        complain(f"{error}; nothing was written")
        raise typer.Exit(FAULTY) from None
    except OSError as error:
        complain(f"{target} cannot be written ({error.strerror}); nothing was written")
        raise typer.Exit(FAULTY) from None
    say(f"Wrote {target}: {count} files")


@app.command(epilog=f"{EXAMPLE}{{command}} --keep 10 --dry-run")
def prune(
    runs: Runs = RUNS,
    keep: Annotated[
        int | None, typer.Option(min=0, help="Keep only this many of the newest undamaged runs.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be removed without removing it.")
    ] = False,
) -> None:
    """Remove damaged runs and drafts of killed writers; with --keep, also older runs.

    The names given to a run go with it; with --keep, so do refits of a diary.

    Only what its manifest or mark proves to be of this program is removed; folders that are not,
    and runs that hold files of somebody else, are named and left alone. Of a link, the link goes.
    """
    from model.archive.naming import forget
    from model.archive.pruning import judged, put_in_place, remove

    try:
        found = judged(runs, keep)
    except OSError as error:
        complain(f"{runs} cannot be read ({error.strerror})")
        raise typer.Exit(FAULTY) from None
    deeds = [
        *(
            ("remove", "removed", one.path.name, one.why, partial(remove, one))
            for one in found.doomed
        ),
        *(
            ("put back", "put back", to.name, f"it lay in {run}", partial(put_in_place, run, to))
            for run, to in found.stranded
        ),
        *(
            ("remove", "removed", f"the name {at.name}", f"that of {run}", partial(forget, at))
            for at, run in found.names
        ),
    ]
    failed = False
    for verb, done, what, why, deed in deeds:
        try:
            if not dry_run:
                deed()
            tell(f"{f'would {verb}' if dry_run else done} {what}: {why}", hang="  ")
        except OSError as error:
            failed = True
            complain(f"could not {verb} {what}: {error.strerror}")
    for path, why in found.spared:
        tell(f"left alone {path.name}: {why}", hang="  ")
    if not deeds:
        tell("nothing to remove")
    if failed:
        raise typer.Exit(FAULTY)


def _folder(run: str, output: Path) -> Path:
    """Folder of a run."""
    try:
        return named_run(run, output)
    except NoSuchRunError as error:
        complain(str(error))
        raise typer.Exit(FAULTY) from None


@contextlib.contextmanager
def _agreeing(folder: Path) -> Iterator[None]:
    """Show a run, or say that its files contradict each other."""
    try:
        with store.agreeing(folder):
            yield
    except store.DamagedRunError as error:
        complain(f"{error}: not shown; run the same estimate to recreate it")
        raise typer.Exit(FAULTY) from None


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Manifest and summary of an undamaged run."""
    try:
        return store.read_run(folder)
    except store.DamagedRunError as error:
        complain(f"{error}: not shown; run the same estimate to recreate it")
        raise typer.Exit(FAULTY) from None


if __name__ == "__main__":
    command_line(app)
