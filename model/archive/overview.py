"""The runs of a folder in a table: when, by which names, what was asked, the headline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.archive import store
from model.archive.naming import run_names, written
from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from model.question import described
from model.terminal.tables import Column, Screen, put, screen, styled
from model.terminal.wording import MILLION, interval, three

Json = dict[str, Any]

#: Width beyond which what was asked is broken, so that the headline stands beside it.
NARROW = 22
#: Other options of a request in words; scenarios and what-ifs are told by name.
WORDS = {
    "--horizon": "to {}",
    "--chains": "{} chains",
    "--draws": "{} draws a chain",
    "--tune": "{} warm-up draws",
    "--seed": "seed {}",
}


def asked(manifest: Json) -> str:
    """Describe a run's request."""
    sampler = manifest["sampler"]
    size = f"{sampler['chains']} × {sampler['draws']} draws, seed {sampler['seed']}"
    return "; ".join([*_changes(manifest), f"to {manifest['horizon']}", size])


def asked_in_short(manifest: Json) -> str:
    """Describe a run's request without what was left at its default."""
    parts, said = _changes(manifest), manifest.get("arguments") or []
    for option, value in zip(said[::2], said[1::2], strict=False):
        if option in WORDS:
            parts.append(WORDS[option].format(value))
    return "; ".join(parts)


def _changes(manifest: Json) -> list[str]:
    parts = described(manifest["what_if"]) or ["inputs unchanged"]
    if manifest["scenarios"]:
        several = "s" if len(manifest["scenarios"]) > 1 else ""
        parts.append(f"scenario{several} {', '.join(manifest['scenarios'])}")
    return parts


def show_runs(output: Path, *, wide: bool) -> None:
    """Print the runs of a folder, the newest last; damaged ones are named below."""
    given = run_names(output)
    rows, damaged = [], []
    for folder in sorted(store.run_folders(output), key=written):
        try:
            rows.append(_row(folder, given.get(folder.name, [])))
        except store.DamagedRunError as error:
            damaged.append(f"{folder.name}  NOT READABLE: {error}")
    console = screen()
    if rows:
        _put(console, rows, named=bool(given), wide=wide)
    elif not damaged:
        console.tell(f"{output} holds no runs")
    for line in damaged:
        console.tell(line, "bold red", hang="  ")


@store.one_run
def _row(folder: Path, names: list[str]) -> tuple[Any, ...]:
    with store.agreeing(folder):
        return _cells(folder, names)


def _cells(folder: Path, names: list[str]) -> tuple[Any, ...]:
    manifest = store.read_manifest(folder)
    # of a run's files only the summary is shown here, and so it alone is checked
    store.check_file(folder, manifest, store.SUMMARY)
    summary = store.read_summary(folder)
    year, converged = str(summary["accounts"]["year"]), manifest["convergence"]["converged"]
    take = summary["scenarios"][BASELINE]["annual"][year][HEADLINE]["usd"]
    amount = interval(*three(take, MILLION))
    return (
        ", ".join(names) or folder.name,
        asked_in_short(manifest),
        f"{year}: {amount}" if converged else styled(f"{year}: NOT CONVERGED", "bold red"),
        manifest.get("date") or "",
        "yes" if converged else "NO",
        folder.name,
    )


def _put(console: Screen, rows: list[tuple[Any, ...]], *, named: bool, wide: bool) -> None:
    columns = [
        Column("Run", "left", style="bold"),
        Column("Asked", "left", long=NARROW),
        Column("State take, USD million", "left", rank=1),
        Column("Date", "left", rank=2),
        Column("Converged", "left", rank=3),
        Column("Folder", "left", rank=4),
    ]
    if not named:
        columns.pop()
    told = [row[: len(columns)] for row in rows]
    put(console, columns, told, "Runs, the newest last: median (90% interval)", wide=wide)
