"""What the command lines of brief, annex and figures share: a run in, files out, said plainly."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from model.terminal.options import Run, Runs
from reports import figures
from reports.figures import style
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue, catalogue, languages
from reports.typesetting import write_file

FAULTY = 2
#: Where reports go, inside the run they are made from.
FOLDER = "report"

OutputFile = Annotated[
    Path | None, typer.Option(help=f"File to write; by default in {FOLDER}/ in the run's folder.")
]
OutputFolder = Annotated[
    Path | None, typer.Option(help=f"Folder to write into; by default {FOLDER}/ in the run's.")
]
Language = Annotated[str, typer.Option(help="Language of the texts.")]


class FigureFiles:
    """The figures of one document, drawn when they are asked for.

    Attributes
    ----------
    drawn : dict of str to bytes
        SVG by name.
    """

    def __init__(self, run: SavedRun, texts: Catalogue) -> None:
        self.run, self.texts = run, texts
        self.drawn: dict[str, bytes] = {}

    def block(self, name: str, **values: Any) -> dict[str, str]:
        """Draw a figure; its file's name, its caption and its text for those who cannot see it."""
        module: Any = figures.FIGURES[name]
        file = "-".join([name, *(str(value) for value in values.values())])
        self.drawn[file] = style.content(module.draw(self.run, texts=self.texts, **values), "svg")
        return {
            "file": f"{file}.svg",
            "caption": figures.caption(name, self.run, self.texts, values.get("host")),
            "alt": module.describe(self.run, self.texts, **values),
        }


def opened(name: str, runs: Path, language: str) -> tuple[SavedRun, Catalogue]:
    """The run and the texts that a command line names; says what is wrong and leaves otherwise."""
    if language not in languages():
        raise ReportError(
            f"--language: there is no {language!r}; write one of: {', '.join(languages())}"
        )
    run = SavedRun.open(name, runs)
    typer.echo(f"Read {run.folder}: {run.manifest['read']}")
    if not run.converged:
        typer.echo("NOT CONVERGED: do not use these numbers; every page says so", err=True)
    return run, catalogue(language)


def reporting(work: Callable[[], None]) -> None:
    """Do a command's work; a report that cannot be made is told in one line, with status 2."""
    try:
        work()
    except ReportError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAULTY) from None
    except KeyboardInterrupt:
        typer.echo("Interrupted; no file is half written.", err=True)
        raise typer.Exit(130) from None


def command(file: str, make: Callable[[SavedRun, Catalogue], bytes]) -> None:
    """Run the command line of one document.

    Parameters
    ----------
    file : str
        Name of the file that is written unless another is asked for.
    make : callable
        Makes the document's bytes.
    """
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @app.command(help=sys.modules[make.__module__].__doc__)
    def main(
        run: Run,
        output: OutputFile = None,
        runs: Runs = Path("runs"),
        language: Language = "en",
    ) -> None:
        def work() -> None:
            saved, texts = opened(run, runs, language)
            path = output or saved.folder / FOLDER / file
            write_file(path, make(saved, texts))
            typer.echo(f"Wrote {path}")

        reporting(work)

    app()
