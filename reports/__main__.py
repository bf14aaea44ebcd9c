"""Write the brief, the annex and all figures of a saved run."""

from __future__ import annotations

from pathlib import Path

import typer

from model.terminal.options import Run, Runs
from model.terminal.output import command_line, say
from reports.annex import annex
from reports.brief import brief
from reports.command import FOLDER, Language, OutputFolder, in_language, named, opened, reporting
from reports.figures.files import drawn
from reports.typesetting import write_file

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(help=__doc__)
def main(
    run: Run,
    output: OutputFolder = None,
    runs: Runs = Path("runs"),
    language: Language = "en",
) -> None:
    """Make everything before writing anything, so that a failure leaves no files behind."""

    def work() -> None:
        saved, texts = opened(run, runs, language)
        folder = output or saved.folder / FOLDER
        files = {
            named("brief.pdf", saved, texts): brief(saved, texts),
            named("annex.pdf", saved, texts): annex(saved, texts),
        }
        pictures, where = drawn(saved, texts), f"figures{in_language(texts)}"
        for name, content in (files | {f"{where}/{n}": c for n, c in pictures.items()}).items():
            write_file(folder / name, content)
        for name in files:
            say(f"Wrote {folder / name}")
        say(f"Wrote {len(pictures)} figures into {folder / where}/")

    reporting(work)


if __name__ == "__main__":
    command_line(app)
