"""The command line of ``model.case``: write a starter case, check a case and describe one."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from model.case.checkout import case_folder
from model.case.folders import scenario_names
from model.case.scaffold import NoRoomError, new_case, template_files
from model.terminal.output import command_line, print_json, say
from model.terminal.screen import Interruption, Talk, interruptible
from model.terminal.wording import counted

DONE, FAULTY = 0, 2

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Write a starter case of your own, check a case and describe its files.",
)


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """Write a minimal starter case: all figures invented, commented, valid and ready to run."""
    talk = Talk(verbose=True)

    def work(interruption: Interruption) -> int:
        try:
            made = new_case(folder, interruption.close)
        except NoRoomError as error:
            talk.fault(str(error))
            return FAULTY
        say(f"Wrote {made}/: {', '.join(map(str, template_files()))}")
        say("Everything in it is invented. Replace it file by file, then run:")
        named = shlex.quote(str(made))
        say(f"    python -m model.case check {named}")
        say(f"    python -m model.estimate --inputs {named}")
        return DONE

    raise typer.Exit(interruptible(work, "Interrupted; nothing was written."))


@app.command()
def check(
    case: Annotated[
        str, typer.Argument(help="Folder of a case, or the name of a case in this checkout.")
    ],
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
            say(f"note: {note}")
        size = f"{len(found.priors)} priors, {counted(len(names), 'scenario', 'scenarios')}"
        prospects = f"{len(found.prospects)} sources that might be found"
        say(f"Read {folder}: {found.in_short}; {size}, {prospects}")
        return DONE

    raise typer.Exit(interruptible(work, "Interrupted."))


@app.command()
def describe(
    case: Annotated[
        str, typer.Argument(help="Folder of a case, or the name of a case in this checkout.")
    ],
) -> None:
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
