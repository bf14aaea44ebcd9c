"""The archive's command line: list, show, compare, export and prune runs; fits none."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from model.archive import store
from model.case.checkout import RUNS
from model.question import described
from model.terminal.commands import App
from model.terminal.options import OUTPUT, OnlyRuns, Run, Runs, Wide
from model.terminal.output import command_line, complain, say, state, tell

FAULTY = 2
EXAMPLE = "Example:\n  "

app = App(
    no_args_is_help=True,
    help="Runs on disk: what was requested, the results, and how two runs differ.",
)


@app.command("list", epilog=f"{EXAMPLE}{{command}} --runs my_runs")
def list_runs(runs: Runs = RUNS) -> None:
    """List the runs and what each was requested to compute."""
    folders = list(store.run_folders(runs))
    if not folders:
        say(f"{runs} holds no runs")
    for folder in folders:
        try:
            manifest = store.read_manifest(folder)
        except store.DamagedRunError as error:
            state(f"{folder.name}  NOT READABLE: {error}")
            continue
        mark = "" if manifest["convergence"]["converged"] else "  NOT CONVERGED"
        state(f"{folder.name}  {asked(manifest)}  [{manifest['answered_by']['how']}]{mark}")


def asked(manifest: dict[str, Any]) -> str:
    """Describe a run's request in one line."""
    parts = described(manifest["what_if"])
    if manifest["scenarios"]:
        parts.append("scenarios " + ", ".join(manifest["scenarios"]))
    sampler = manifest["sampler"]
    size = f"{sampler['chains']} × {sampler['draws']} draws, seed {sampler['seed']}"
    return "; ".join([*(parts or ["inputs unchanged"]), f"to {manifest['horizon']}", size])


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
    tell(f"{folder.name}: {manifest['read']}")
    tell(f"Requested: {asked(manifest)}")
    with _agreeing(folder):
        show_answer(Answer(folder, summary, manifest, found=True), brief=False, wide=wide)


@app.command(epilog=f"{EXAMPLE}{{command}} russia-1a2b russia-3c4d")
def compare(
    first: Annotated[str, typer.Argument(metavar="FIRST", help="A run.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="Another run.")],
    runs: Runs = RUNS,
) -> None:
    """Show which inputs and options of two runs differ, row by row, and the effect on results."""
    from model.archive.comparison import changed_inputs, changed_results

    folders = [_folder(name, runs) for name in (first, second)]
    (manifest, summary), (other, other_summary) = (_read(folder) for folder in folders)
    for folder, one in zip(folders, (manifest, other), strict=True):
        state(f"{folder.name}: {asked(one)}")
    with _agreeing(folders[0]):
        lines = [
            *_changed_options(manifest, other),
            *changed_inputs(folders[0] / "inputs", folders[1] / "inputs"),
        ]
        results = changed_results(summary, other_summary)
    say()
    say("Differences in inputs and options:")
    for line in lines or ["none"]:
        state(f"  {line}")
    say()
    state("Differences in results (USD million, median and 90% interval):")
    for line in results or ["none"]:
        state(f"  {line}")


def _changed_options(manifest: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Options, versions and what-ifs that differ."""
    lines = []
    for block in ("what_if", "sampler", "versions", "answered_by"):
        ours, theirs = manifest[block], other[block]
        for key in sorted({*ours, *theirs}):
            if ours.get(key) != theirs.get(key) and key not in ("gradients", "efficiency"):
                a, b = (json.dumps(one.get(key)) for one in (ours, theirs))
                lines.append(f"{block.replace('_', ' ')}, {key}: {a} -> {b}")
    for key in ("horizon", "scenarios"):
        if manifest[key] != other[key]:
            lines.append(f"{key}: {json.dumps(manifest[key])} -> {json.dumps(other[key])}")
    return lines


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

    Only what its manifest or mark proves to be of this program is removed; folders that are not,
    and runs that hold files of somebody else, are named and left alone. Of a link, the link goes.
    """
    from model.archive.pruning import judged, put_in_place, remove

    try:
        found = judged(runs, keep)
    except OSError as error:
        complain(f"{runs} cannot be read ({error.strerror})")
        raise typer.Exit(FAULTY) from None
    deeds = [
        *(("remove", "removed", one.path, one.why, partial(remove, one)) for one in found.doomed),
        *(
            ("put back", "put back", place, f"it lay in {run}", partial(put_in_place, run, place))
            for run, place in found.stranded
        ),
    ]
    failed = False
    for verb, done, path, why, deed in deeds:
        try:
            if not dry_run:
                deed()
            say(f"{f'would {verb}' if dry_run else done} {path.name}: {why}")
        except OSError as error:
            failed = True
            complain(f"could not {verb} {path.name}: {error.strerror}")
    for path, why in found.spared:
        say(f"left alone {path.name}: {why}")
    if not deeds:
        say("nothing to remove")
    if failed:
        raise typer.Exit(FAULTY)


def _folder(run: str, output: Path) -> Path:
    """Folder of a run."""
    try:
        return store.named_run(run, output)
    except store.NoSuchRunError as error:
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
