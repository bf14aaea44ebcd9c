"""The command line of ``model.why``: why a run's answer is what it is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.archive import store
from model.archive.run_argument import opened_run
from model.case.checkout import RUNS
from model.terminal.commands import App
from model.terminal.options import OUTPUT, QUESTION, Run, Runs
from model.terminal.output import command_line, print_json
from model.terminal.screen import Interruption, Talk, interruptible

if TYPE_CHECKING:
    from model.why.chain import Chain
    from model.why.one_row import Claim

DONE, FAULTY, NOT_CONVERGED = 0, 2, 3

app = App()


@app.command(
    help="Tell why a run's answer is what it is: workers times what each yields, the quantities "
    "that make it uncertain, and the sources that pull it up or down. It reads what "
    "model.drivers and model.criticism have saved with the run; no fit is run, and nothing is "
    "written.",
    epilog="Examples:\n"
    '  {command} RUN "state take 2017"\n'
    "  {command} RUN --row wsj-payment\n\n"
    "Exit status: 0 done; 2 invalid run or arguments; 3 done, but the run's sampler had not "
    "converged; 130 interrupted.",
)
def why(
    run: Run,
    answer: Annotated[
        str,
        typer.Argument(
            metavar="ANSWER",
            help="A definition and a year, such as 'billings 2018'; by default the headline.",
        ),
    ] = "",
    row: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="A row of evidence: what does it do? Repeatable.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    runs: Runs = RUNS,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON.", rich_help_panel=OUTPUT)
    ] = False,
) -> None:
    """Tell why."""
    talk = Talk(verbose=not json)
    status = interruptible(
        lambda interruption: _run(run, runs, answer, row or [], talk, interruption, json=json),
        "Interrupted.",
    )
    raise typer.Exit(status)


def _run(
    name: str, runs: Path, answer: str, rows: list[str], talk: Talk, interruption: Interruption,
    *, json: bool,
) -> int:  # fmt: skip
    from model.case.faults import CaseError
    from model.why.chain import NoSuchAnswerError, chain
    from model.why.one_row import NoSuchRowError, claims

    opened = opened_run(name, runs, talk, "nothing was told")
    if opened is None:
        return FAULTY
    folder, _ = opened
    try:
        found = chain(folder, answer)
        told = claims(folder, rows, found)
    except NoSuchAnswerError as error:
        talk.fault(f"ANSWER: {error}")
        return FAULTY
    except NoSuchRowError as error:
        talk.fault(f"--row: {error}")
        return FAULTY
    except CaseError as error:
        talk.report(error)
        return FAULTY
    except store.DamagedRunError as error:
        talk.fault(f"{error}; nothing was told")
        return FAULTY
    interruption.check()
    if not found.converged:
        talk.fault("NOT CONVERGED: do not use these numbers.")
    if json:
        print_json({**asdict(found), "claims": [asdict(one) for one in told]})
    else:
        _tell(found, told)
    return DONE if found.converged else NOT_CONVERGED


def _tell(found: Chain, claims: list[Claim]) -> None:
    """Print the chain, or what claims do if any is asked for."""
    from model.terminal.tables import screen
    from model.why.told import chain_lines, claim_lines

    console = screen()
    for lines in map(claim_lines, claims) if claims else [chain_lines(found)]:
        console.print()
        first, *others = lines
        console.tell(first, "bold", hang="  ")
        for line in others:
            console.tell(line, hang="  ")


if __name__ == "__main__":
    command_line(app)
