"""The command line of ``model.calibration``: simulated cases, printed and saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model.case.checkout import DEFAULT, RUNS, case_folder
from model.criticism.verdicts import faulty_arguments, print_results
from model.terminal.commands import App
from model.terminal.options import (
    OUTPUT,
    QUESTION,
    Cores,
    Format,
    Inputs,
    Printed,
    Runs,
    Scheduler,
    Wide,
    one_of,
)
from model.terminal.output import command_line
from model.terminal.screen import Talk, interruptible

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from model.archive.check_result import CheckResult
    from model.case.case import Case

    #: A study: its results and their folder, from workers and a display of progress.
    Work = Callable[
        [Case, Executor, Callable[[str, int, int], object]], tuple[list[CheckResult], Path]
    ]

DONE, FAULTY = 0, 2
#: The checks, in the order in which they are reported.
NAMES = ("calibration", "misfit", "power", "echo")
#: The check of ``--misspecified``, and the columns of its table that are printed.
MISSPECIFIED = "misspecified"
PRINTED = {
    "world": "world", "cases": "cases", "take_inside": "take", "plan_inside": "plan",
    "surplus_inside": "surplus", "billings_inside": "billings", "workers_inside": "workers",
    "take_to_truth": "to truth", "width": "width", "wider": "wider",
}  # fmt: skip

app = App()


@app.command(
    help="Simulate cases with known answers and fit them, to test whether intervals contain the "
    "truth, whether the conflict check finds slips, and whether copies of a statement carry no "
    "more weight than one; or, with --misspecified, how intervals fare in worlds unlike the model. "
    "Results are saved: the same command resumes after Ctrl-C, and a larger number of cases "
    "extends a smaller study.",
    epilog="Examples:\n"
    "  {command} --replicates 20 --slips 10\n"
    "  {command} --misspecified --cases 20\n\n"
    "Exit status: 0 done; 2 invalid inputs or arguments, nothing written; 130 interrupted.",
)
def calibration(
    inputs: Inputs = DEFAULT,
    runs: Runs = RUNS,
    replicates: Annotated[
        int,
        typer.Option(
            min=1,
            max=100_000,
            help="Number of simulated cases for the ranks.",
            rich_help_panel=QUESTION,
        ),
    ] = 200,
    slips: Annotated[
        int,
        typer.Option(
            min=0,
            max=100_000,
            help="Number of simulated cases with a slip planted.",
            rich_help_panel=QUESTION,
        ),
    ] = 100,
    misspecified: Annotated[
        bool,
        typer.Option(
            "--misspecified",
            help="Instead: how often intervals contain the truth in worlds unlike the model.",
            rich_help_panel=QUESTION,
        ),
    ] = False,
    cases: Annotated[
        int,
        typer.Option(
            min=1,
            max=100_000,
            help="Number of cases in each such world.",
            rich_help_panel=QUESTION,
        ),
    ] = 100,
    seed: Annotated[
        int,
        typer.Option(min=0, max=2**63 - 1, help="Random seed.", rich_help_panel=QUESTION),
    ] = 20180802,
    show: Annotated[
        str,
        typer.Option(
            metavar="CHECK",
            help=f"Print a whole table: {', '.join(NAMES)}.",
            rich_help_panel=OUTPUT,
            autocompletion=one_of((*NAMES, MISSPECIFIED)),
        ),
    ] = "",
    output_format: Printed = Format.table,
    wide: Wide = False,
    cores: Cores = None,
    scheduler: Scheduler = "",
) -> None:
    """Simulate cases, fit them and report how often intervals contain the truth."""
    talk = Talk(verbose=output_format is Format.table)
    names = (MISSPECIFIED,) if misspecified else NAMES
    if fault := faulty_arguments(show, output_format, names):
        talk.fault(fault)
        raise typer.Exit(FAULTY)

    def work(case: Case, workers: Executor, progress: Callable[[str, int, int], object]) -> Any:
        from model.calibration.misspecified import compared
        from model.calibration.study import Plan, calibrated

        if misspecified:
            result, folder = compared(case, runs, cases, workers, progress, seed)
            return [result], folder
        return calibrated(case, runs, Plan(replicates, slips, seed), workers, progress)

    def said(results: list[CheckResult]) -> None:
        if misspecified and not show and output_format is Format.table:
            _print_worlds(results[0], wide=wide)
        else:
            print_results(results, show, output_format, wide=wide)

    status = interruptible(
        lambda _: _run(case_folder(inputs), runs, seed, work, said, talk, cores, scheduler),
        "Interrupted; results so far are saved, and the same command resumes from them.",
    )
    raise typer.Exit(status)


def _run(
    inputs: Path, runs: Path, seed: int, work: Work, said: Callable[[list[CheckResult]], None],
    talk: Talk, cores: int | None, scheduler: str,
) -> int:  # fmt: skip
    from model.archive import store
    from model.calibration.simulation import NothingLeftError
    from model.calibration.study import folder_of
    from model.case.case import read_case
    from model.case.faults import CaseError
    from model.sampling.fitting import NoStartingPointError
    from model.sampling.parallel import NoSchedulerError, executor

    try:
        case = read_case(inputs)
    except CaseError as error:
        talk.report(error)
        return FAULTY
    folder = folder_of(case, runs, seed)
    try:
        store.check_writable(folder.parent, folder.name)
    except OSError as error:
        talk.fault(f"--runs: {runs} cannot be written ({error.strerror}); name a folder")
        return FAULTY
    talk.say(f"Read {inputs}: {case.in_short}")
    try:
        with talk.progress() as progress, executor(cores, scheduler) as workers:
            results, folder = work(case, workers, progress)
    except NoSchedulerError as error:
        talk.fault(f"--scheduler: {error}")
        return FAULTY
    except (NothingLeftError, NoStartingPointError) as error:
        talk.fault(f"{inputs}: {error.__doc__} No case can be simulated.")
        return FAULTY
    except OSError as error:
        place, why = error.filename or folder, error.strerror or error
        talk.fault(f"{place} cannot be written ({why}); results so far are saved")
        return FAULTY
    talk.say(f"Wrote {folder}/")
    said(results)
    return DONE


def _print_worlds(result: CheckResult, *, wide: bool) -> None:
    """Print the sentence and a table that fits 80 columns."""
    from model.terminal.tables import Column, put, screen

    console = screen()
    columns = [
        Column(text, "right" if name != "world" else "left") for name, text in PRINTED.items()
    ]
    rows = [
        [f"{one:.2f}" if isinstance(one, float) else str(one) for one in row]
        for row in result.table.reindex(columns=list(PRINTED)).itertuples(index=False)
    ]
    console.tell(result.sentence)
    put(console, columns, rows, wide=wide)
    console.tell(result.reading)


if __name__ == "__main__":
    command_line(app)
