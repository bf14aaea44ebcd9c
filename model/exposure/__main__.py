"""The command line of ``model.exposure``: what workers approved for firms bring, and networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.archive import store
from model.archive.run_argument import opened_run
from model.case.checkout import RUNS
from model.terminal.commands import App
from model.terminal.options import OUTPUT, QUESTION, Format, Run, Runs, Wide
from model.terminal.output import command_line, print_as
from model.terminal.screen import Interruption, Talk, interruptible

if TYPE_CHECKING:
    from model.exposure.networks import Exposures

DONE, FAULTY, NOT_CONVERGED = 0, 2, 3

app = App()


@app.command(
    help="Show what the workers approved for each firm of a run's case bring, or those that its "
    "contracts pay for, and the same for firms that are linked (links.csv). No fit is run and "
    "nothing is written.",
    epilog="Examples:\n"
    "  {command} RUN\n"
    "  {command} RUN --firm sakorenma --links owner,address\n\n"
    "Exit status: 0 done; 2 invalid run or arguments; 3 done, but the run's sampler had "
    "not converged; 130 interrupted.",
)
def exposure(
    run: Run,
    firm: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="A firm of firms.csv, with the networks that it belongs to; by default all. "
            "Repeatable.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    links: Annotated[
        str,
        typer.Option(
            metavar="KINDS",
            help="Kinds of links that tie networks, joined by commas: address, director, email, "
            "name, owner; by default all.",
            rich_help_panel=QUESTION,
        ),
    ] = "",
    runs: Runs = RUNS,
    output_format: Annotated[
        Format,
        typer.Option("--format", metavar="FORMAT", help="What to print.", rich_help_panel=OUTPUT),
    ] = Format.table,
    wide: Wide = False,
) -> None:
    """Show the exposure of firms and networks."""
    talk = Talk(verbose=output_format is Format.table)
    status = interruptible(
        lambda interruption: _run(
            run, runs, talk, interruption, firms=firm or [], links=links,
            output_format=output_format, wide=wide,
        ),
        "Interrupted.",
    )  # fmt: skip
    raise typer.Exit(status)


def _run(
    name: str, output: Path, talk: Talk, interruption: Interruption, *, firms: list[str],
    links: str, output_format: Format, wide: bool,
) -> int:  # fmt: skip
    run = opened_run(name, output, talk, "nothing was computed")
    if run is None:
        return FAULTY
    folder, manifest = run
    found = _found(folder, talk, firms, links)
    interruption.check()
    if found is None:
        return FAULTY
    converged = bool(manifest["convergence"]["converged"])
    if not converged:
        talk.fault("NOT CONVERGED: do not use these numbers.")
    _print(found, output_format, wide=wide)
    return DONE if converged else NOT_CONVERGED


def _found(folder: Path, talk: Talk, firms: list[str], links: str) -> Exposures | None:
    """Compute what was asked for; None once an error is reported."""
    from model.archive.saved_fit import Fitted
    from model.case.faults import CaseError
    from model.exposure.networks import NoSuchFirmError, NoSuchLinkError, exposures

    kinds = [kind.strip() for kind in links.split(",")] if links else None
    try:
        return exposures(Fitted.saved(folder), kinds, firms)
    except NoSuchLinkError as error:
        talk.fault(f"--links: {error}; nothing was computed")
    except NoSuchFirmError as error:
        talk.fault(f"--firm: {error}; nothing was computed")
    except CaseError as error:
        talk.report(error)
    except store.DamagedRunError as error:
        talk.fault(f"{error}; nothing was computed")
    return None


def _print(found: Exposures, output_format: Format, *, wide: bool) -> None:
    from model.exposure.as_data import content, table
    from model.exposure.terminal_tables import show

    print_as(
        output_format,
        lambda: table(found),
        lambda: content(found),
        lambda: show(found, wide=wide),
    )


if __name__ == "__main__":
    command_line(app)
