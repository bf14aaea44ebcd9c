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


@app.command(
    help="Check a fit: priors, rows, conflicts between sources, the answer without each source "
    "and without each host's rows, sensitivity to the priors, and held-out published totals. The "
    "results are saved with the run.",
    epilog="Examples:\n"
    "  {command} RUN\n"
    "  {command} RUN --only without_host\n"
    "  {command} RUN --show leave_one_out --format csv\n\n"
    "Exit status: 0 done; 2 invalid run or arguments, nothing written; 3 done, but the "
    "run's sampler had not converged; 130 interrupted, nothing written.",
)
def criticism(
    run: Run,
    runs: Runs = RUNS,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHECK",
            help="Run this check alone, with the fits that it needs; results are added to those "
            "of the run. Repeatable.",
            rich_help_panel=FITS,
            autocompletion=one_of(store.CHECK_NAMES),
        ),
    ] = None,
    show: Annotated[
        str,
        typer.Option(
            metavar="CHECK",
            help=f"Print the whole table of one check: {', '.join(store.CHECK_NAMES)}.",
            rich_help_panel=OUTPUT,
            autocompletion=one_of(store.CHECK_NAMES),
        ),
    ] = "",
    output_format: Printed = Format.table,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh",
            help="Check anew, even if the run already has results; with --only, the checks named.",
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
            run, runs, talk, interruption, only=only or [], show=show,
            output_format=output_format, wide=wide, fresh=fresh, cores=cores, scheduler=scheduler,
        ),
        "Interrupted; nothing was written.",
    )  # fmt: skip
    raise typer.Exit(status)


def _run(
    name: str, runs: Path, talk: Talk, interruption: Interruption, *, only: list[str], show: str,
    output_format: Format, wide: bool, fresh: bool, cores: int | None, scheduler: str,
) -> int:  # fmt: skip
    if fault := faulty_arguments(show, output_format, store.CHECK_NAMES, only):
        talk.fault(fault)
        return FAULTY
    run = opened_run(name, runs, talk, "nothing was checked")
    if run is None:
        return FAULTY
    folder, manifest = run
    found = _wanted(folder, talk, only, show, fresh=fresh)
    if found is None:
        return FAULTY
    asked, saved = found
    missing = [one for one in asked if fresh or one not in saved]
    read = [one for one in saved if one not in missing and one in {*asked, show}]
    if not missing:
        talk.say("Already checked; read from the run (--fresh checks anew)")
    elif read:
        talk.say(f"Read from the run: {', '.join(read)} (--fresh checks anew)")
    made = _checked(folder, talk, interruption, missing, cores, scheduler, anew=fresh and not only)
    if made is None:
        return FAULTY
    converged = bool(manifest["convergence"]["converged"])
    if not converged:
        talk.fault("NOT CONVERGED: do not use these numbers.")
    known = saved | {one.name: one for one in made}
    results = [known[one] for one in store.CHECK_NAMES if one in {*asked, *read}]
    print_results(results, show, output_format, wide=wide)
    return DONE if converged else NOT_CONVERGED


def _wanted(
    folder: Path, talk: Talk, only: list[str], show: str, *, fresh: bool
) -> tuple[list[str], dict[str, CheckResult]] | None:
    """The checks asked for, and the results that the run has; None once an error is reported."""
    from model.criticism.kept import checks_of_run, recorded
    from model.criticism.suite import NotACheckError, named_checks

    nothing = "nothing was checked"
    whole = fresh and not only
    try:
        of_case = checks_of_run(folder)
        saved = {} if whole else {one.name: one for one in recorded(folder)}
    except store.DamagedRunError as error:
        talk.fault(f"{error}; --fresh{' without --only' if fresh else ''} checks anew; {nothing}")
        return None
    option = "--only"
    try:
        asked = named_checks(only, of_case)
        option = "--show"
        named_checks(show or (), of_case)
    except NotACheckError as error:
        talk.fault(f"{option}: {error}; {nothing}")
        return None
    if show and saved and not only:
        asked = []  # a table of what was checked: it is only read
    if show and show not in {*asked, *saved}:
        talk.fault(f"--show: the run has no check {show}; --only {show} runs it alone; {nothing}")
        return None
    return asked, saved


def _checked(
    folder: Path, talk: Talk, interruption: Interruption, names: list[str], cores: int | None,
    scheduler: str, *, anew: bool,
) -> list[CheckResult] | None:  # fmt: skip
    """Run checks and save their results with the run; None once an error is reported."""
    from model.archive.saved_fit import Fitted
    from model.case.faults import CaseError
    from model.criticism.kept import record
    from model.criticism.suite import criticise
    from model.sampling.fitting import NoStartingPointError
    from model.sampling.parallel import NoSchedulerError

    if not names:
        return []
    try:
        fitted = Fitted.saved(folder)
        with talk.progress() as progress:
            results = criticise(
                fitted, only=names, cores=cores, scheduler=scheduler, progress=progress
            )
        interruption.check()
        record(folder, results, interruption.close, anew=anew)
    except (store.DamagedRunError, CaseError, NoSchedulerError) as error:
        talk.fault(*f"{error}; nothing was checked".split("\n"))
        return None
    except NoStartingPointError as error:
        talk.fault(f"In a refit: {error.__doc__} Nothing was written.")
        return None
    except OSError as error:
        talk.fault(f"{folder} cannot be written ({error.strerror}); nothing was written")
        return None
    talk.say(f"Wrote {folder / store.CHECKS} and added its verdicts to {store.SUMMARY}")
    return results


if __name__ == "__main__":
    command_line(app)
