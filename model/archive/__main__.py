"""The archive's command line: list, show, compare and prune runs, without fitting any."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from model.archive import store
from model.archive.comparison import changed_inputs, changed_results
from model.question import described
from model.terminal.output import command_line, complain, say

FAULTY = 2
#: Age beyond which an unfinished draft is attributed to a killed writer.
DRAFT_HOURS = 24.0
#: Ending of a run's name; no other folder is ever removed.
RUN_NAME = re.compile(r"-[0-9a-f]{12}$")

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Runs on disk: what was requested, the results, and how two runs differ.",
)

Output = Annotated[Path, typer.Option("--output", help="Folder of runs.")]
RUNS = Path("runs")


@app.command("list")
def list_runs(output: Output = RUNS) -> None:
    """List the runs and what each was requested to compute."""
    folders = list(store.run_folders(output))
    if not folders:
        say(f"{output} holds no runs")
    for folder in folders:
        try:
            manifest = store.read_manifest(folder)
        except store.DamagedRunError as error:
            say(f"{folder.name}  NOT READABLE: {error}")
            continue
        mark = "" if manifest["convergence"]["converged"] else "  NOT CONVERGED"
        say(f"{folder.name}  {asked(manifest)}  [{manifest['answered_by']['how']}]{mark}")


def asked(manifest: dict[str, Any]) -> str:
    """Describe a run's request in one line."""
    parts = described(manifest["what_if"])
    if manifest["scenarios"]:
        parts.append("scenarios " + ", ".join(manifest["scenarios"]))
    sampler = manifest["sampler"]
    size = f"{sampler['chains']} × {sampler['draws']} draws, seed {sampler['seed']}"
    return "; ".join([*(parts or ["inputs unchanged"]), f"to {manifest['horizon']}", size])


@app.command()
def show(
    run: Annotated[str, typer.Argument(help="Name of a run, the start of its name, or a folder.")],
    output: Output = RUNS,
) -> None:
    """Print a run's results again."""
    from model.archive.answer import Answer
    from model.archive.show import show as show_answer

    folder = _folder(run, output)
    manifest, summary = _read(folder)
    say(f"{folder.name}: {manifest['read']}")
    say(f"Requested: {asked(manifest)}")
    with _agreeing(folder):
        show_answer(Answer(folder, summary, manifest, found=True), brief=False)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A run.")],
    second: Annotated[str, typer.Argument(help="Another run.")],
    output: Output = RUNS,
) -> None:
    """Show which inputs and options of two runs differ, row by row, and the effect on results."""
    folders = [_folder(name, output) for name in (first, second)]
    (manifest, summary), (other, other_summary) = (_read(folder) for folder in folders)
    for folder, one in zip(folders, (manifest, other), strict=True):
        say(f"{folder.name}: {asked(one)}")
    with _agreeing(folders[0]):
        lines = [
            *_changed_options(manifest, other),
            *changed_inputs(folders[0] / "inputs", folders[1] / "inputs"),
        ]
        results = changed_results(summary, other_summary)
    say()
    say("Differences in inputs and options:")
    for line in lines or ["none"]:
        say(f"  {line}")
    say()
    say("Differences in results (USD million, median and 90% interval):")
    for line in results or ["none"]:
        say(f"  {line}")


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


@app.command()
def prune(
    output: Output = RUNS,
    keep: Annotated[
        int | None, typer.Option(min=0, help="Keep only this many of the newest undamaged runs.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be removed without removing it.")
    ] = False,
) -> None:
    """Remove damaged runs and drafts of killed writers; with --keep, also older runs.

    Folders that are not runs of this program are left alone.
    """
    doomed: list[tuple[Path, str]] = []
    whole: list[Path] = []
    for folder in store.run_folders(output):
        if not RUN_NAME.search(folder.name):
            continue
        try:
            store.check_run(folder)
            whole.append(folder)
        except store.ForeignFileError as error:
            say(f"left alone {folder.name}: {error}")
        except store.DamagedRunError as error:
            doomed.append((folder, f"damaged: {error}"))
    if keep is not None:
        whole.sort(key=lambda folder: (folder / store.MANIFEST).stat().st_mtime, reverse=True)
        doomed += [(folder, f"older than the newest {keep}") for folder in whole[keep:]]
    doomed += [(draft, "draft of a writer that was killed") for draft in _stale_drafts(output)]
    for folder, why in doomed:
        say(f"{'would remove' if dry_run else 'removed'} {folder.name}: {why}")
        if not dry_run:
            shutil.rmtree(folder, ignore_errors=True)
    if not doomed:
        say("nothing to remove")


def _stale_drafts(output: Path) -> list[Path]:
    """Drafts of runs too old for their writer to be still at work."""
    if not output.is_dir():
        return []
    now = time.time()
    return [
        path
        for path in sorted(output.iterdir())
        if store.is_draft(path) and now - path.stat().st_mtime > DRAFT_HOURS * 3600
    ]


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
        manifest = store.check_run(folder)
        return manifest, store.read_summary(folder)
    except store.DamagedRunError as error:
        complain(f"{error}: not shown; run the same estimate to recreate it")
        raise typer.Exit(FAULTY) from None


if __name__ == "__main__":
    command_line(app)
