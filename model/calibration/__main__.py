"""The command line of ``model.calibration``: simulated cases, printed and saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.case.checkout import DEFAULT, case_folder
from model.criticism.verdicts import faulty_arguments, print_results
from model.terminal.options import Cores, Format, Inputs, Printed, Scheduler
from model.terminal.screen import Talk, interruptible

if TYPE_CHECKING:
    from model.calibration.study import Plan

DONE, FAULTY = 0, 2
#: The checks, in the order in which they are reported.
NAMES = ("calibration", "power", "echo")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(
    help="Simulate cases with known answers and fit them, to test whether intervals contain the "
    "truth, whether the conflict check finds slips, and whether copies of a statement carry no "
    "more weight than one. Results are saved: the same command resumes after Ctrl-C, and a larger "
    "number of replicates extends a smaller study.",
    epilog="Exit status: 0 done; 2 invalid inputs or arguments, nothing written; 130 interrupted.",
)
def calibration(
    inputs: Inputs = DEFAULT,
    output: Annotated[
        Path, typer.Option(help="Folder of runs; calibrations are saved in a subfolder.")
    ] = Path("runs"),
    replicates: Annotated[
        int, typer.Option(min=1, max=100_000, help="Number of simulated cases for the ranks.")
    ] = 200,
    slips: Annotated[
        int, typer.Option(min=0, max=100_000, help="Number of simulated cases with a slip planted.")
    ] = 100,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Random seed.")] = 20180802,
    show: Annotated[
        str, typer.Option(metavar="CHECK", help=f"Print a whole table: {', '.join(NAMES)}.")
    ] = "",
    output_format: Printed = Format.table,
    cores: Cores = None,
    scheduler: Scheduler = "",
) -> None:
    """Simulate cases, fit them and report how often intervals contain the truth."""
    from model.calibration.study import Plan

    talk = Talk(verbose=output_format is Format.table)
    plan = Plan(replicates, slips, seed)
    status = interruptible(
        lambda _: _run(
            case_folder(inputs), output, plan, talk, show, output_format, cores, scheduler
        ),
        "Interrupted; results so far are saved, and the same command resumes from them.",
    )
    raise typer.Exit(status)


def _run(
    inputs: Path, output: Path, plan: Plan, talk: Talk, show: str, output_format: Format,
    cores: int | None, scheduler: str,
) -> int:  # fmt: skip
    if fault := faulty_arguments(show, output_format, NAMES):
        talk.fault(fault)
        return FAULTY
    from model.archive import store
    from model.calibration import study as work
    from model.calibration.simulation import NothingLeftError
    from model.case.case import read_case
    from model.case.faults import CaseError
    from model.sampling.fitting import NoStartingPointError
    from model.sampling.parallel import NoSchedulerError, executor

    try:
        case = read_case(inputs)
    except CaseError as error:
        talk.fault(str(error))
        return FAULTY
    folder = work.folder_of(case, output, plan.seed)
    try:
        store.check_writable(folder.parent, folder.name)
    except OSError as error:
        talk.fault(f"--output: {output} cannot be written ({error.strerror}); name a folder")
        return FAULTY
    talk.say(f"Read {inputs}: {case.in_short}")
    try:
        with talk.progress() as progress, executor(cores, scheduler) as workers:
            results, folder = work.calibrated(case, output, plan, workers, progress)
    except NoSchedulerError as error:
        talk.fault(f"--scheduler: {error}")
        return FAULTY
    except (NothingLeftError, NoStartingPointError) as error:
        talk.fault(f"{inputs}: {error.__doc__} No case can be simulated.")
        return FAULTY
    talk.say(f"Wrote {folder}/")
    print_results(results, show, output_format)
    return DONE


if __name__ == "__main__":
    app()
