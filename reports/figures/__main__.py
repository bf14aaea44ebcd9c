"""Write every figure of a saved run as SVG and PNG."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.terminal.options import Run, Runs
from model.terminal.output import command_line, say
from reports.command import FOLDER, Language, in_language, opened, reporting
from reports.figures.files import drawn
from reports.typesetting import write_file

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(help=__doc__)
def main(
    run: Run,
    output: Annotated[
        Path | None,
        typer.Option(help=f"Folder to write to; by default {FOLDER}/figures/ in that of the run."),
    ] = None,
    runs: Runs = Path("runs"),
    language: Language = "en",
) -> None:
    """Draw and write the figures."""

    def work() -> None:
        saved, texts = opened(run, runs, language)
        folder = output or saved.folder / FOLDER / f"figures{in_language(texts)}"
        files = drawn(saved, texts)
        for name, written in files.items():
            write_file(folder / name, written)
        say(f"Wrote {len(files)} figures into {folder}/")

    reporting(work)


if __name__ == "__main__":
    command_line(app)
