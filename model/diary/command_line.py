"""The command line of the diary, which ``model.archive`` names as one of its own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model.case.checkout import RUNS, case_folder
from model.case.folders import case_name
from model.terminal.commands import App
from model.terminal.options import FITS, OUTPUT, QUESTION, Format, Quiet, Runs, Wide
from model.terminal.output import print_as
from model.terminal.screen import Interruption, Talk, interruptible

if TYPE_CHECKING:
    from model.diary.book import Diary

DONE, FAULTY, NOT_CONVERGED = 0, 2, 3


class Known(StrEnum):
    """Days at which a diary of what was known stops."""

    date = "date"
    month = "month"
    year = "year"


app = App()


@app.command(
    help="Tell how the estimate of a case moved from run to run, what changed in between, and why; "
    "or, with --known, what could have been known when.",
    epilog="Examples:\n"
    "  {command} --explain\n"
    "  {command} --known date --plot diary=known.png\n\n"
    "Exit status: 0 done; 2 invalid arguments, or nothing to tell; 3 done, but a fit that is told "
    "did not converge; 130 interrupted, what was fitted is kept.",
)
def diary(
    inputs: Annotated[
        str,
        typer.Option(
            metavar="CASE",
            help="A case by name, or its folder; needed where the runs are of several.",
            rich_help_panel=QUESTION,
        ),
    ] = "",
    definition: Annotated[
        str,
        typer.Option(metavar="DEFINITION", help="Definition of revenue.", rich_help_panel=QUESTION),
    ] = "state_take",
    year: Annotated[
        int | None,
        typer.Option(
            metavar="YEAR",
            help="A whole year of the newest run; by default the headline's.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Tell what-ifs, too.", rich_help_panel=QUESTION)
    ] = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Split each move among what changed, by refits between two runs.",
            rich_help_panel=FITS,
        ),
    ] = False,
    known: Annotated[
        Known | None,
        typer.Option(
            metavar="WHEN",
            help="Instead: what could have been known when, by a fit for each date on which a "
            "source was published, or the last date of each month or year.",
            rich_help_panel=FITS,
        ),
    ] = None,
    plot: Annotated[
        list[str] | None,
        typer.Option(
            metavar="diary[=FILE]",
            help="Also draw the estimate over time, as FILE.png or FILE.svg. Repeatable.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    runs: Runs = RUNS,
    output_format: Annotated[
        Format,
        typer.Option("--format", metavar="FORMAT", help="What to print.", rich_help_panel=OUTPUT),
    ] = Format.table,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Tell a diary."""
    talk = Talk(verbose=not quiet)

    def work(interruption: Interruption) -> int:
        draw = _drawing(plot or [], talk)
        if draw is None:
            return FAULTY
        found = _told(
            runs, inputs, talk, interruption, definition=definition, year=year, every=all_,
            explain=explain, known=known.value if known else "",
        )  # fmt: skip
        if found is None:
            return FAULTY
        _print(found, output_format, wide=wide)
        if not draw(found.folder, found):
            return FAULTY
        return DONE if found.converged else NOT_CONVERGED

    raise typer.Exit(interruptible(work, "Interrupted; what was fitted is kept."))


def _drawing(texts: list[str], talk: Talk) -> Any:
    """What draws the figures asked for; None with an error reported."""
    if not texts:
        return lambda *_: True
    import model

    return model.pictures().drawing(texts, model.load, talk, of="diary")


def _told(
    runs: Path, inputs: str, talk: Talk, interruption: Interruption, **asked: Any
) -> Diary | None:
    """The diary; None with an error reported."""
    from model.diary.asked import asked_diary
    from model.diary.book import NoDiaryError
    from model.diary.refits import Refits
    from model.equations.quantities import DEFINITIONS

    if asked["definition"] not in DEFINITIONS:
        known = ", ".join(reversed(DEFINITIONS))
        talk.fault(f"--definition: no definition {asked['definition']!r}; write one of: {known}")
        return None
    for option, given in (("--explain", asked["explain"]), ("--all", asked["every"])):
        if given and asked["known"]:
            talk.fault(f"{option}: it is about runs, and --known tells of none; leave it out")
            return None
    case = case_name(case_folder(inputs)) if inputs else ""
    try:
        return asked_diary(Refits(runs, talk.say, interruption.check), case, **asked)
    except NoDiaryError as error:
        talk.fault(str(error))
    except OSError as error:
        place, why = error.filename or runs, error.strerror or error
        talk.fault(f"--runs: {place} cannot be written ({why}); what was fitted before is kept")
    return None


def _print(found: Diary, form: Format, *, wide: bool) -> None:
    """Print a diary in the form asked for."""
    from model.diary.book import as_json
    from model.diary.told import put_diary
    from model.terminal.tables import screen

    print_as(
        form,
        lambda: found.table,
        lambda: as_json(found),
        lambda: put_diary(screen(), found, wide=wide),
    )
