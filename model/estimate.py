"""The command line: from a folder of inputs to a posterior, a table and a run's files."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from model.case import Case
    from model.fitting import SamplerOptions
    from model.summary import Results

# The numerical libraries take seconds to import: they are imported where they are used, so that
# --help and faulty arguments answer at once.

DONE, FAULTY, NOT_CONVERGED, INTERRUPTED = 0, 2, 3, 130

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Format(StrEnum):
    """What to print."""

    table = "table"
    json = "json"
    csv = "csv"


class Side(StrEnum):
    """Sides of the accounts' balance that can be taken away."""

    plan = "plan"
    balance = "balance"


@app.command(
    help="Estimate what a state earns from the workers it sends abroad, with honest intervals.",
    epilog="Exit status: 0 done; 2 faulty inputs or arguments, nothing written; 3 done, but the "
    "sampler did not converge; 130 interrupted, nothing written.",
)
def estimate(
    inputs: Annotated[Path, typer.Option(help="Folder of one case.")] = Path("inputs"),
    output: Annotated[Path, typer.Option(help="Folder that takes one folder a run.")] = Path(
        "runs"
    ),
    without: Annotated[
        list[Side] | None,
        typer.Option(help="Leave out what is reported of the plan, or the balance. Repeatable."),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="Kept draws of each chain.")
    ] = 1000,
    tune: Annotated[
        int, typer.Option(min=50, max=1_000_000, help="Warm-up draws of each chain.")
    ] = 1000,
    chains: Annotated[int, typer.Option(min=2, max=100, help="Chains.")] = 4,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of all chance.")] = 20180802,
    cores: Annotated[
        int | None, typer.Option(min=1, help="Chains at once. Does not change the draws.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Treat probable slips of unit as faults.")
    ] = False,
    output_format: Annotated[
        Format, typer.Option("--format", help="What to print.")
    ] = Format.table,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the result alone.")] = False,
    self_test: Annotated[
        bool, typer.Option("--self-test", help="Fit a tiny case with a known answer, and stop.")
    ] = False,
) -> None:
    """Read, fit, project, write, print."""
    interruption = Interruption()
    try:
        if self_test:
            from model.self_test import run_self_test

            status = DONE if run_self_test(sys.stdout.write) else 1
        else:
            from model.fitting import SamplerOptions

            options = SamplerOptions(draws, tune, chains, seed, cores=cores)
            talk = Talk(verbose=not quiet and output_format is Format.table)
            asked = Asked(inputs, output, sorted({side.value for side in without or []}), strict)
            status = _run(asked, options, output_format, talk, interruption)
    except BaseException:
        # whatever fails after Ctrl-C fails because of it
        if not interruption.came:
            raise
        sys.stderr.write("Interrupted; nothing was written.\n")
        status = INTERRUPTED
    raise typer.Exit(status)


@dataclass(frozen=True)
class Asked:
    """What the user asked to be read and where it is to be written."""

    inputs: Path
    output: Path
    without: list[str]
    strict: bool


class Interruption:
    """Remembers Ctrl-C, which Python drops when it strikes inside a callback of native code."""

    def __init__(self) -> None:
        self.came = False
        signal.signal(signal.SIGINT, self._strike)
        former = sys.unraisablehook

        def unraisable(error: Any) -> None:
            if error.exc_type is not KeyboardInterrupt:
                former(error)

        sys.unraisablehook = unraisable

    def _strike(self, number: int, frame: Any) -> None:
        self.came = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raise if Ctrl-C came and was dropped."""
        if self.came:
            raise KeyboardInterrupt

    def close(self) -> None:
        """Last check: from here on the run is written, and Ctrl-C comes too late."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.check()


class Talk:
    """What is said on the way, on standard error: nothing at all where it is not wanted."""

    def __init__(self, *, verbose: bool) -> None:
        from rich.console import Console

        self.verbose = verbose
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """Print one line."""
        if self.verbose:
            self.console.print(text, markup=False)

    def fault(self, text: str) -> None:
        """Print what is wrong, always."""
        self.console.print(text, markup=False)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """A progress bar in a terminal; one line a stage elsewhere."""
        if not (self.verbose and self.console.is_terminal):
            seen: set[str] = set()

            def line(stage: str, done: int, total: int) -> None:
                if stage not in seen:
                    seen.add(stage)
                    self.say(f"{stage.capitalize()} …")

            yield line
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as bar:
            tasks: dict[str, Any] = {}

            def step(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    for former in tasks.values():
                        bar.update(former, total=1, completed=1)
                    tasks[stage] = bar.add_task(stage.capitalize(), total=None)
                if done:
                    bar.update(tasks[stage], completed=done, total=total)

            yield step


def _run(
    asked: Asked,
    options: SamplerOptions,
    output_format: Format,
    talk: Talk,
    interruption: Interruption,
) -> int:
    """Do what was asked and return the exit status."""
    from model import archive
    from model.faults import CaseError

    started = time.perf_counter()
    try:
        case = _read(asked.inputs, asked.strict, talk)
    except CaseError as error:
        talk.fault(str(error))
        return FAULTY
    key = archive.run_key(case.hashes, options, {"without": asked.without})
    try:
        archive.check_writable(asked.output, f"{case.name}-{key}")
    except OSError as error:
        talk.fault(f"--output: {asked.output} cannot be written ({error.strerror}); name a folder")
        return FAULTY
    from model.fitting import NoStartingPointError, fit
    from model.summary import Results
    from model.synthesis import synthesis, taking_away

    read = time.perf_counter()
    parts = taking_away(synthesis(case), case, asked.without)
    if asked.without:
        talk.say(f"Without: {', '.join(asked.without)}")
    try:
        with talk.progress() as progress:
            posterior = fit(parts, options, progress=progress)
    except NoStartingPointError as error:
        talk.fault(f"{asked.inputs}: {error.__doc__} Nothing was written.")
        return FAULTY
    results = Results.of(case, posterior)
    content = _summary(results, asked.without)
    posterior.seconds.update(
        reading=round(read - started, 3), in_all=round(time.perf_counter() - started, 3)
    )
    folder = _write(results, content, asked, key, interruption)
    converged = results.convergence.converged
    if not converged and output_format is not Format.table:
        talk.fault("NOT CONVERGED: do not use these numbers.")
    try:
        _print(results, content, folder, output_format, brief=not talk.verbose)
        sys.stdout.flush()
    except OSError:
        # nobody reads on, or there is no room: the run is written all the same
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE if converged else NOT_CONVERGED


def _print(
    results: Results, content: dict[str, Any], folder: Path, output_format: Format, *, brief: bool
) -> None:
    """Print the result in the format asked for."""
    from model.show import annual_table, show

    if output_format is Format.json:
        sys.stdout.write(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    elif output_format is Format.csv:
        sys.stdout.write(annual_table(content).to_csv(index=False, lineterminator="\n"))
    else:
        show(results, content, folder, brief=brief)


def _read(inputs: Path, strict: bool, talk: Talk) -> Case:
    """Read the case and say what was found in it."""
    from model.case import read_case

    case = read_case(inputs, strict=strict)
    roles = case.evidence["role"].value_counts()
    months = case.timeline.months
    talk.say(
        f"Read {inputs}: {case.title}; {months[0]} to {months[-1]}; "
        f"{roles.get('fit', 0)} claims fitted, {roles.get('holdout', 0)} held out, "
        f"{roles.get('context', 0)} kept as context; {len(case.sources)} sources"
    )
    for warning in case.warnings:
        talk.fault(f"warning: {warning}")
    return case


def _summary(results: Results, without: list[str]) -> dict[str, Any]:
    from model.summary import summary

    content = summary(results)
    if without:
        content["without"] = without
    return content


def _write(
    results: Results, content: dict[str, Any], asked: Asked, key: str, interruption: Interruption
) -> Path:
    """Write a run's files, whole or not at all."""
    from model import archive
    from model.projection import revenue_table, workers_table
    from model.summary import BASELINE, manifest, rates_table

    case, posterior = results.case, results.posterior
    converged = results.convergence.converged
    tables = {
        "revenue.csv": lambda: revenue_table(case, results.projection, BASELINE),
        "workers.csv": lambda: workers_table(results.projection, BASELINE),
        "exchange_rates.csv": lambda: rates_table(case),
    }

    def table_writer(make: Callable[[], Any]) -> Callable[[Path], None]:
        return lambda path: make().to_csv(
            path, index=False, float_format="%.8g", lineterminator="\n"
        )

    writers: dict[str, Callable[[Path], None]] = {
        "summary.json": lambda path: archive.write_json(path, content),
        **{name: table_writer(make) for name, make in tables.items()},
        "posterior.nc": lambda path: archive.write_posterior(
            path, posterior, case.title, converged=converged
        ),
        "manifest.json": lambda path: archive.write_json(
            path, manifest(results, key, asked.without)
        ),
    }
    if not converged:
        mark = "The sampler did not converge: do not use the numbers of this run.\n"
        writers["NOT_CONVERGED"] = lambda path: _write_text(path, mark)
    name = f"{case.name}-{key}"
    return archive.write_run(asked.output, name, writers, interruption.close)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    app()
