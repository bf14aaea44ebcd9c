"""Shared parts of the command lines of brief, annex and figures."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from model.archive import store
from model.terminal.options import Run, Runs
from model.terminal.output import command_line, complain, say
from reports import figures, glyphs
from reports.figures import style
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue, catalogue, languages
from reports.typesetting import write_file

FAULTY = 2
#: Folder for reports, inside the folder of the run.
FOLDER = "report"

OutputFile = Annotated[
    Path | None,
    typer.Option(help=f"File to write; by default in {FOLDER}/ in the folder of the run."),
]
OutputFolder = Annotated[
    Path | None,
    typer.Option(help=f"Folder to write to; by default {FOLDER}/ in the folder of the run."),
]
Language = Annotated[str, typer.Option(help=f"Language of the texts: {', '.join(languages())}.")]


class FigureFiles:
    """The figures of one document, drawn on request.

    Attributes
    ----------
    drawn : dict of str to bytes
        SVG by name.
    """

    def __init__(self, run: SavedRun, texts: Catalogue) -> None:
        self.run, self.texts = run, texts
        self.drawn: dict[str, bytes] = {}

    def block(self, name: str, **values: Any) -> dict[str, str]:
        """Draw a figure and return its file name, caption and alternative text."""
        module: Any = figures.FIGURES[name]
        named = [str(value) for value in values.values() if not isinstance(value, bool)]
        file = "-".join([name, *named])
        axes = module.draw(self.run, texts=self.texts, **values)
        drawing = style.content(axes, "svg")
        if glyphs.foreign(drawing.decode("utf-8")):
            # the page cannot set every script inside a drawing: letters become outlines
            drawing = style.content(axes, "svg", letters=False)
        self.drawn[file] = drawing
        return {
            "file": f"{file}.svg",
            "caption": figures.caption(name, self.run, self.texts, values.get("host")),
            "alt": module.describe(self.run, self.texts, **values),
        }


def opened(name: str, runs: Path, language: str) -> tuple[SavedRun, Catalogue]:
    """Open the run and the texts that a command line names."""
    if language not in languages():
        raise ReportError(
            f"--language: no language {language!r}; write one of: {', '.join(languages())}"
        )
    run = SavedRun.open(name, runs)
    say(f"Read {run.folder}: {run.manifest['read']}")
    if not run.converged:
        complain("NOT CONVERGED: do not use these numbers; every page says so")
    return run, catalogue(language)


def reporting(work: Callable[[], None]) -> None:
    """Do a command's work; report a failure in one line, with exit status 2."""
    try:
        work()
        if glyphs.told:
            told = glyphs.scripts(glyphs.told)
            complain(
                f"warning: no font here has some characters, told by their codes: {told}; "
                "install a font that has them, such as one of the Noto family, for the letters"
            )
    except ReportError as error:
        complain(str(error))
        raise typer.Exit(FAULTY) from None
    except store.DISAGREEING as error:
        said = f"{type(error).__name__}: {error}"
        complain(f"the files of the run contradict each other ({said}); no report was made")
        raise typer.Exit(FAULTY) from None
    except KeyboardInterrupt:
        complain("Interrupted; no file is incomplete.")
        raise typer.Exit(130) from None


def named(file: str, run: SavedRun, texts: Catalogue) -> str:
    """The name of a document, which says if it answers a what-if, and in what other language."""
    stem, ending = file.rsplit(".", 1)
    what_if = "-what-if" if run.manifest["what_if"] else ""
    return f"{stem}{what_if}{in_language(texts)}.{ending}"


def in_language(texts: Catalogue) -> str:
    """The end of a name that keeps the files of a language apart; blank for English."""
    return "" if texts.language == "en" else f"-{texts.language}"


def command(file: str, make: Callable[[SavedRun, Catalogue], bytes]) -> None:
    """Run the command line of one document.

    Parameters
    ----------
    file : str
        Name of the file written by default.
    make : callable
        Returns the document's bytes.
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
            path = output or saved.folder / FOLDER / named(file, saved, texts)
            write_file(path, make(saved, texts))
            say(f"Wrote {path}")

        reporting(work)

    command_line(app)
