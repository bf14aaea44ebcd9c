"""The command line of ``model.case``: start, check, describe a case, and add a row to one."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from model.case.checkout import case_folder
from model.case.columns import COLUMNS
from model.case.folders import TITLES, scenario_names
from model.case.scaffold import NoRoomError, new_case, template_files
from model.terminal.commands import App
from model.terminal.output import command_line, print_json, say, tell
from model.terminal.screen import Interruption, Talk, interruptible
from model.terminal.wording import counted

DONE, FAULTY = 0, 2
EXAMPLE = "Example:\n  "

app = App(
    no_args_is_help=True,
    help="Write a starter case of your own, check a case, describe its files, add evidence to it.",
)

Case = Annotated[
    str,
    typer.Argument(
        metavar="CASE", help="Folder of a case, or the name of a case in this checkout."
    ),
]
Cell = str | None


def _column(name: str) -> Any:
    """An option for a cell of the row that is added."""
    return typer.Option(
        f"--{name.replace('_', '-')}",
        metavar="CELL",
        help=COLUMNS[name].short,
        show_default=False,
        rich_help_panel="Columns of the row",
    )


@app.command(epilog=f"{EXAMPLE}{{command}} my_case")
def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")],
) -> None:
    """Write a minimal starter case: all figures invented, commented, valid and ready to run."""
    talk = Talk(verbose=True)

    def work(interruption: Interruption) -> int:
        try:
            made = new_case(folder, interruption.close)
        except NoRoomError as error:
            talk.fault(str(error))
            return FAULTY
        tell(f"Wrote {made}/: {', '.join(map(str, template_files()))}", hang="  ")
        tell("Everything in it is invented. Replace it file by file, then run:")
        named = shlex.quote(str(made))
        say(f"    python -m model.case check {named}")
        say(f"    python -m model.estimate --inputs {named}")
        return DONE

    raise typer.Exit(interruptible(work, "Interrupted; nothing was written."))


@app.command(epilog=f"{EXAMPLE}{{command}} my_case")
def check(
    case: Case,
    strict: Annotated[
        bool, typer.Option("--strict", help="Treat probable slips of unit as errors.")
    ] = False,
) -> None:
    """Read a case and report every error, or what was read; nothing is fitted or written."""
    talk = Talk(verbose=True)
    folder = case_folder(case)

    def work(_: Interruption) -> int:
        from model.case.case import read_case
        from model.case.faults import CaseError
        from model.case.reader.scenarios import read_scenarios
        from model.case.reader.titles import of_nothing, untitled

        names = scenario_names(folder)
        try:
            found = read_case(folder, strict=strict)
            read_scenarios(found, names)
        except CaseError as error:
            talk.report(error)
            return FAULTY
        for warning in found.warnings:
            talk.fault(f"warning: {warning}")
        for note in found.notes:
            tell(f"note: {note}", hang="  ")
        for language, lacking in untitled(found).items():
            if lacking:
                own = f"{TITLES} has no {language} for {', '.join(lacking)}"
                tell(f"note: {own}; reports print the case's own text there", hang="  ")
        for language, idle in of_nothing(found).items():
            if idle:
                stale = f"{TITLES} has {language} for {', '.join(idle)}, which the case has not"
                tell(f"note: {stale}", hang="  ")
        size = f"{len(found.priors)} priors, {counted(len(names), 'scenario', 'scenarios')}"
        prospects = f"{len(found.prospects)} sources that might be found"
        tell(f"Read {folder}: {found.in_short}; {size}, {prospects}", hang="  ")
        return DONE

    raise typer.Exit(interruptible(work, "Interrupted."))


@app.command(
    epilog=f"{EXAMPLE}{{command}} my_case --quantity payment --qualifier about --value 95000"
    " --unit RUB/month"
)
def add(
    context: typer.Context,
    case: Case,
    quantity: Annotated[Cell, _column("quantity")] = None,
    host: Annotated[Cell, _column("host")] = None,
    segment: Annotated[Cell, _column("segment")] = None,
    start: Annotated[Cell, _column("start")] = None,
    end: Annotated[Cell, _column("end")] = None,
    role: Annotated[Cell, _column("role")] = None,
    qualifier: Annotated[Cell, _column("qualifier")] = None,
    low: Annotated[Cell, _column("low")] = None,
    value: Annotated[Cell, _column("value")] = None,
    high: Annotated[Cell, _column("high")] = None,
    unit: Annotated[Cell, _column("unit")] = None,
    base: Annotated[Cell, _column("base")] = None,
    coverage: Annotated[Cell, _column("coverage")] = None,
    source: Annotated[Cell, _column("source")] = None,
    source_title: Annotated[Cell, _column("source_title")] = None,
    source_publisher: Annotated[Cell, _column("source_publisher")] = None,
    source_date: Annotated[Cell, _column("source_date")] = None,
    source_url: Annotated[Cell, _column("source_url")] = None,
    said_by: Annotated[Cell, _column("said_by")] = None,
    grade: Annotated[Cell, _column("grade")] = None,
    origin: Annotated[Cell, _column("origin")] = None,
    panel: Annotated[Cell, _column("panel")] = None,
    replaces: Annotated[Cell, _column("replaces")] = None,
    note: Annotated[Cell, _column("note")] = None,
    row_id: Annotated[Cell, _column("id")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Append the row without a question, if it has no error.")
    ] = False,
) -> None:
    """Add a row of evidence: asks for each column that is not given as an option.

    What is typed is checked at once. The row is shown as it is read before it is appended.
    """
    talk = Talk(verbose=True)
    given = {
        "id" if name == "row_id" else name: cell
        for name, cell in context.params.items()
        if name not in ("case", "yes") and cell is not None
    }

    def work(interruption: Interruption) -> int:
        from model.case.appending import append
        from model.case.case import read_case
        from model.case.faults import CaseError
        from model.case.replacing import UnwritableError

        try:
            done = append(read_case(case_folder(case)), given, interruption.close, ask_nothing=yes)
        except CaseError as error:
            talk.report(error)
            return FAULTY
        except (UnwritableError, EOFError) as error:
            talk.fault(str(error) or "The input ended; nothing was written.")
            return FAULTY
        return DONE if done else FAULTY

    raise typer.Exit(interruptible(work, "Interrupted; nothing was written."))


@app.command(epilog=f"{EXAMPLE}{{command}} my_case")
def describe(case: Case) -> None:
    """Print a case's datapackage.json: its files and what each column may hold and means."""
    talk = Talk(verbose=True)
    folder = case_folder(case)

    def work(_: Interruption) -> int:
        from model.case.case import read_case
        from model.case.datapackage import described
        from model.case.faults import CaseError
        from model.case.reader.scenarios import read_scenarios

        try:
            read_scenarios(read_case(folder), scenario_names(folder))
        except CaseError as error:
            talk.report(error)
            return FAULTY
        print_json(described(folder))
        return DONE

    raise typer.Exit(interruptible(work, "Interrupted."))


if __name__ == "__main__":
    command_line(app)
