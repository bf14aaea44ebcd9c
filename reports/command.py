"""The command lines of brief, annex, figures, and all of them: what they draw with comes later."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.archive import store
from model.terminal.commands import App
from model.terminal.options import OUTPUT, OnlyRuns, Run
from model.terminal.output import complain, say
from reports.texts import Catalogue, catalogue, languages

if TYPE_CHECKING:
    from reports.saved_run import SavedRun

# The libraries that draw and typeset take seconds to import. They are imported where they are
# used, so that --help is instant.

FAULTY = 2
#: Folder for reports, inside the folder of the run.
FOLDER = "report"
ENDING = "Exit status: 0 done; 2 invalid run or arguments, nothing written; 130 interrupted."
EXAMPLES = """Examples:
  {command} RUN
  {command} RUN --language ko

"""

OutputFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help=f"File to write; by default in {FOLDER}/ in the folder of the run.",
        rich_help_panel=OUTPUT,
    ),
]
OutputFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help=f"Folder to write to; by default {FOLDER}/ in the folder of the run.",
        rich_help_panel=OUTPUT,
    ),
]
FigureFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help=f"Folder to write to; by default {FOLDER}/figures/ in that of the run.",
        rich_help_panel=OUTPUT,
    ),
]
Language = Annotated[
    str,
    typer.Option(
        metavar="CODE",
        help=f"Language of the texts: {', '.join(languages())}.",
        rich_help_panel=OUTPUT,
    ),
]


#: The file that each document becomes, and the module that makes it.
DOCUMENTS = {
    "brief": ("brief.pdf", "reports.brief"),
    "annex": ("annex.pdf", "reports.annex"),
    "page": ("page.html", "reports.page.assembling"),
}


def opened(name: str, runs: Path, language: str) -> tuple[SavedRun, Catalogue]:
    """Open the run and the texts that a command line names."""
    from reports.saved_run import ReportError, SavedRun

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
        from reports import glyphs
        from reports.saved_run import ReportError

        try:
            work()
        except ReportError as error:
            complain(str(error))
            raise typer.Exit(FAULTY) from None
        if glyphs.told:
            told = glyphs.scripts(glyphs.told)
            complain(
                f"warning: no font here has some characters, told by their codes: {told}; "
                "install a font that has them, such as one of the Noto family, for the letters"
            )
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


def _made(document: str, run: SavedRun, texts: Catalogue) -> bytes:
    """A document of a run, by a function of its name."""
    module = importlib.import_module(DOCUMENTS[document][1])
    make: Callable[[SavedRun, Catalogue], bytes] = getattr(module, document)
    return make(run, texts)


def _command_line(document: str, what: str) -> App:
    """The command line of one document."""
    app = App()

    @app.command(help=what, epilog=EXAMPLES + ENDING)
    def main(
        run: Run,
        output: OutputFile = None,
        runs: OnlyRuns = store.RUNS,
        language: Language = "en",
    ) -> None:
        def work() -> None:
            from reports.typesetting import write_file

            saved, texts = opened(run, runs, language)
            path = output or saved.folder / FOLDER / named(DOCUMENTS[document][0], saved, texts)
            write_file(path, _made(document, saved, texts))
            say(f"Wrote {path}")

        reporting(work)

    return app


brief = _command_line(
    "brief",
    "Write the brief of a saved run: two or three pages for readers who do not use Python.",
)
annex = _command_line(
    "annex",
    "Write the annex of a saved run: model, priors, claims, conflicts, checks and convergence.",
)
page = _command_line(
    "page",
    "Write the what-if page of a saved run: one HTML file that needs no network, to move "
    "sliders in.",
)
figures, report = App(), App()


@figures.command(help="Write every figure of a saved run as SVG and PNG.", epilog=EXAMPLES + ENDING)
def draw_figures(
    run: Run,
    output: FigureFolder = None,
    runs: OnlyRuns = store.RUNS,
    language: Language = "en",
) -> None:
    """Draw and write the figures."""

    def work() -> None:
        saved, texts = opened(run, runs, language)
        folder = output or saved.folder / FOLDER / f"figures{in_language(texts)}"
        pictures = _drawn(saved, texts)
        _written(folder, pictures)
        say(f"Wrote {len(pictures)} figures into {folder}/")

    reporting(work)


@report.command(
    help="Write the brief, the annex and all figures of a saved run.", epilog=EXAMPLES + ENDING
)
def write_all(
    run: Run,
    output: OutputFolder = None,
    runs: OnlyRuns = store.RUNS,
    language: Language = "en",
) -> None:
    """Make everything before writing anything, so that a failure leaves no files behind."""

    def work() -> None:
        saved, texts = opened(run, runs, language)
        folder = output or saved.folder / FOLDER
        documents = ("brief", "annex")
        files = {
            named(DOCUMENTS[one][0], saved, texts): _made(one, saved, texts) for one in documents
        }
        pictures, where = _drawn(saved, texts), f"figures{in_language(texts)}"
        _written(folder, files | {f"{where}/{name}": one for name, one in pictures.items()})
        for name in files:
            say(f"Wrote {folder / name}")
        say(f"Wrote {len(pictures)} figures into {folder / where}/")

    reporting(work)


def _drawn(run: SavedRun, texts: Catalogue) -> dict[str, bytes]:
    from reports.figures.files import drawn

    return drawn(run, texts)


def _written(folder: Path, files: dict[str, bytes]) -> None:
    from reports.typesetting import write_file

    for name, content in files.items():
        write_file(folder / name, content)
