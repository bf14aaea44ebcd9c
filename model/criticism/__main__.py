"""The command line of ``model.criticism``: checks of a saved run, printed and saved with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.archive import store
from model.archive.run_argument import opened_run
from model.case.checkout import RUNS
from model.criticism.verdicts import faulty_arguments, print_results
from model.terminal.commands import App
from model.terminal.options import (
    FITS,
    OUTPUT,
    Cores,
    Format,
    Printed,
    Run,
    Runs,
    Scheduler,
    Wide,
    one_of,
)
from model.terminal.output import command_line
from model.terminal.screen import Interruption, Talk, interruptible

if TYPE_CHECKING:
    from model.archive.check_result import CheckResult

DONE, FAULTY, NOT_CONVERGED = 0, 2, 3

app = App()


#: The checks, in the order in which they are reported.
NAMES = (
    "prior_predictive", "priors_together", "posterior_predictive", "conflict", "leave_one_out",
    "without_host", "power_scaling", "prior_widths", "held_out", "as_of",
)  # fmt: skip


@app.command(
    help="Check a fit: priors, rows, conflicts between sources, the answer without each source "
    "and without each host's rows, sensitivity to the priors, and held-out published totals. The "
    "results are saved with the run.",
    epilog="Examples:\n"
    "  {command} RUN\n"
    "  {command} RUN --show leave_one_out --format csv\n\n"
    "Exit status: 0 done; 2 invalid run or arguments, nothing written; 3 done, but the "
    "run's sampler had not converged; 130 interrupted, nothing written.",
)
def criticism(
    run: Run,
    runs: Runs = RUNS,
    show: Annotated[
        str,
        typer.Option(
            metavar="CHECK",
            help=f"Print the whole table of one check: {', '.join(NAMES)}.",
            rich_help_panel=OUTPUT,
            autocompletion=one_of(NAMES),
        ),
    ] = "",
    output_format: Printed = Format.table,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh",
            help="Check anew, even if the run already has results.",
            rich_help_panel=FITS,
        ),
    ] = False,
    wide: Wide = False,
    cores: Cores = None,
    scheduler: Scheduler = "",
) -> None:
    """Check a run and print the findings."""
    talk = Talk(verbose=output_format is Format.table)
    status = interruptible(
        lambda interruption: _run(
            run, runs, talk, interruption, show=show, output_format=output_format,
            wide=wide, fresh=fresh, cores=cores, scheduler=scheduler,
        ),
        "Interrupted; nothing was written.",
    )  # fmt: skip
    raise typer.Exit(status)


def _run(
    name: str, runs: Path, talk: Talk, interruption: Interruption, *, show: str,
    output_format: Format, wide: bool, fresh: bool, cores: int | None, scheduler: str,
) -> int:  # fmt: skip
    if fault := faulty_arguments(show, output_format, NAMES):
        talk.fault(fault)
        return FAULTY
    run = opened_run(name, runs, talk, "nothing was checked")
    if run is None:
        return FAULTY
    folder, manifest = run
    from model.criticism.suite import recorded

    try:
        results = [] if fresh else recorded(folder)
        missing = {show} - {"", *(one.name for one in results)}
        if results and missing:
            raise store.DamagedRunError(f"{folder / store.CHECKS} has no check {show}")
    except store.DamagedRunError as error:
        talk.fault(f"{error}; --fresh checks anew")
        return FAULTY
    if results:
        talk.say("Already checked; read from the run (--fresh checks anew)")
    else:
        results = _checked(folder, talk, interruption, cores, scheduler)
        if not results:
            return FAULTY
    if show and show not in {one.name for one in results}:
        talk.fault(f"--show: the run has no check {show}, as its case has one host")
        return FAULTY
    converged = bool(manifest["convergence"]["converged"])
    if not converged:
        talk.fault("NOT CONVERGED: do not use these numbers.")
    print_results(results, show, output_format, wide=wide)
    return DONE if converged else NOT_CONVERGED


def _checked(
    folder: Path, talk: Talk, interruption: Interruption, cores: int | None, scheduler: str
) -> list[CheckResult]:
    """Check a run and save the results with it; an empty list once an error is reported."""
    from model.archive.saved_fit import Fitted
    from model.case.faults import CaseError
    from model.criticism.suite import criticise, record
    from model.sampling.fitting import NoStartingPointError
    from model.sampling.parallel import NoSchedulerError

    try:
        fitted = Fitted.saved(folder)
        with talk.progress() as progress:
            results = criticise(fitted, cores=cores, scheduler=scheduler, progress=progress)
        interruption.check()
        record(folder, results, interruption.close)
    except (store.DamagedRunError, CaseError, NoSchedulerError) as error:
        talk.fault(*f"{error}; nothing was checked".split("\n"))
        return []
    except NoStartingPointError as error:
        talk.fault(f"In a refit: {error.__doc__} Nothing was written.")
        return []
    except OSError as error:
        talk.fault(f"{folder} cannot be written ({error.strerror}); nothing was written")
        return []
    talk.say(f"Wrote {folder / store.CHECKS} and added its verdicts to {store.SUMMARY}")
    return results


if __name__ == "__main__":
    command_line(app)
