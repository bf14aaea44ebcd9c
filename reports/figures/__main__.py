"""Every figure of a saved run, as SVG and PNG."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reports import figures
from reports.command import FOLDER, Language, Run, Runs, opened, reporting
from reports.figures import evidence
from reports.figures.style import content
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from reports.typesetting import write_file

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(help=__doc__)
def main(
    run: Run,
    output: Annotated[
        Path | None,
        typer.Option(help=f"Folder to write into; by default {FOLDER}/figures/ in the run's."),
    ] = None,
    runs: Runs = Path("runs"),
    language: Language = "en",
) -> None:
    """Draw and write."""

    def work() -> None:
        saved, texts = opened(run, runs, language)
        folder = output or saved.folder / FOLDER / "figures"
        files = drawn(saved, texts)
        for name, written in files.items():
            write_file(folder / name, written)
        typer.echo(f"Wrote {len(files)} figures into {folder}/")

    reporting(work)


def drawn(run: SavedRun, texts: Catalogue) -> dict[str, bytes]:
    """Every figure that the run has something to show in, by file name."""
    silent = figures.lacking(run) | {"evidence"}
    files: dict[str, bytes] = {}
    for name, module in figures.FIGURES.items():
        if name in silent:
            continue
        if name in ("workers", "scenarios"):
            for host in run.hosts:
                files |= both(f"{name}-{host}", module.draw(run, texts=texts, host=host))
        else:
            files |= both(name, module.draw(run, texts=texts))
    for part in range(len(evidence.parts(run))):
        files |= both(f"evidence-{part + 1}", evidence.draw(run, texts=texts, part=part))
    return files


def both(name: str, axes: object) -> dict[str, bytes]:
    """A figure as SVG and as PNG."""
    return {f"{name}.{kind}": content(axes, kind) for kind in ("svg", "png")}


if __name__ == "__main__":
    app()
