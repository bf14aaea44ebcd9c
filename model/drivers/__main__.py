"""The command line of ``model.drivers``: what drives a run's revenue, and what to find out next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model.archive import store
from model.archive.run_argument import opened_run
from model.case.checkout import RUNS
from model.equations.quantities import DEFINITIONS
from model.terminal.commands import App
from model.terminal.options import OUTPUT, QUESTION, Format, Run, Runs, Wide, one_of
from model.terminal.output import command_line, print_csv, print_json, tell
from model.terminal.screen import Interruption, Talk, interruptible
from model.terminal.wording import ENGLISH, MILLION, NOISE, interval, percent, three

if TYPE_CHECKING:
    from model.drivers.kept import Drivers

DONE, FAULTY, NOT_CONVERGED = 0, 2, 3
#: Rows shown of each table unless the whole table is requested.
ROWS = 10
#: Tables of the results, in the order in which they are reported.
TABLES = ("groups", "quantities", "correlations", "knowing", "prospects")


@dataclass(frozen=True)
class Asked:
    """The request: definition, year, a file of sources, and whether to compute anew."""

    what: str
    year: int | None
    prospects: Path | None
    fresh: bool


app = App()


@app.command(
    help="Show what drives a run's revenue (shares of its variance, a tornado) and what it would "
    "be worth to know each quantity exactly or to find one more source (prospects.csv). No fit is "
    "run; the results are saved with the run.",
    epilog="Examples:\n"
    "  {command} RUN\n"
    "  {command} RUN --what billings --show quantities\n\n"
    "Exit status: 0 done; 2 invalid run or arguments, nothing written; 3 done, but the "
    "run's sampler had not converged; 130 interrupted, nothing written.",
)
def drivers(
    run: Run,
    runs: Runs = RUNS,
    what: Annotated[
        str,
        typer.Option(
            metavar="DEFINITION",
            help="Definition of revenue.",
            rich_help_panel=QUESTION,
            autocompletion=one_of(DEFINITIONS),
        ),
    ] = "state_take",
    year: Annotated[
        int | None,
        typer.Option(
            metavar="YEAR",
            help="A whole year of the run; by default the headline's.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    prospects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Value the sources of this file instead of the run's prospects.csv; the results "
            "are printed but not saved.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    show: Annotated[
        str,
        typer.Option(
            metavar="TABLE",
            help=f"Print one whole table: {', '.join(TABLES)}.",
            rich_help_panel=OUTPUT,
            autocompletion=one_of(TABLES),
        ),
    ] = "",
    output_format: Annotated[
        Format,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="What to print; csv is for one table.",
            rich_help_panel=OUTPUT,
        ),
    ] = Format.table,
    wide: Wide = False,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh",
            help="Compute anew, even if the run has the results.",
            rich_help_panel=QUESTION,
        ),
    ] = False,
) -> None:
    """Show what drives a run's revenue."""
    talk = Talk(verbose=output_format is Format.table)
    status = interruptible(
        lambda interruption: _run(
            run, runs, talk, interruption, Asked(what, year, prospects, fresh), show=show,
            output_format=output_format, wide=wide,
        ),
        "Interrupted; nothing was written.",
    )  # fmt: skip
    raise typer.Exit(status)


def _run(
    name: str, runs: Path, talk: Talk, interruption: Interruption, asked: Asked, *, show: str,
    output_format: Format, wide: bool,
) -> int:  # fmt: skip
    if show and show not in TABLES:
        talk.fault(f"--show: there is no table {show!r}; write one of: {', '.join(TABLES)}")
        return FAULTY
    if output_format is Format.csv and not show:
        talk.fault(f"--format csv prints one table: name it with --show; one of: "
                   f"{', '.join(TABLES)}")  # fmt: skip
        return FAULTY
    if asked.prospects and not asked.prospects.is_file():
        talk.fault(f"--prospects: there is no file {asked.prospects}; name an existing file")
        return FAULTY
    run = opened_run(name, runs, talk, "nothing was computed")
    if run is None:
        return FAULTY
    folder, manifest = run
    found = _found(folder, asked, talk, interruption)
    if found is None:
        return FAULTY
    converged = bool(manifest["convergence"]["converged"])
    if not converged:
        talk.fault("NOT CONVERGED: do not use these numbers.")
    try:
        with store.agreeing(folder):
            _print(found, show, output_format, wide=wide)
    except store.DamagedRunError as error:
        talk.fault(f"{error}; --fresh computes anew")
        return FAULTY
    return DONE if converged else NOT_CONVERGED


def _found(folder: Path, asked: Asked, talk: Talk, interruption: Interruption) -> Drivers | None:
    """Read the results saved in a run, or compute and save them; None once an error is reported."""
    from model.case.faults import CaseError
    from model.drivers.kept import ask, record, recorded
    from model.drivers.outcome import NoSuchRevenueError
    from model.drivers.regression import NoVarianceError, TooFewDrawsError

    try:
        year = asked.year
        if year is None:
            year = int(store.read_summary(folder)["accounts"]["year"])
        kept = not (asked.fresh or asked.prospects)
        found = recorded(folder, asked.what, year) if kept else None
        if found is not None:
            talk.say("Already computed; read from the run (--fresh computes anew)")
            return found
        found = ask(folder, asked.what, year, prospects=asked.prospects)
        interruption.check()
        if asked.prospects:
            return found
        record(folder, found, interruption.close)
    except NoSuchRevenueError as error:
        talk.fault(f"{error}; nothing was computed")
        return None
    except CaseError as error:
        talk.report(error)
        return None
    except (TooFewDrawsError, NoVarianceError, store.DamagedRunError) as error:
        talk.fault(f"{error}; nothing was written")
        return None
    except OSError as error:
        talk.fault(f"{folder} cannot be written ({error.strerror}); nothing was written")
        return None
    talk.say(f"Wrote {folder / store.DRIVERS}")
    return found


def _print(found: Drivers, show: str, output_format: Format, *, wide: bool) -> None:
    if output_format is Format.csv:
        print_csv(found.tables[show])
    elif output_format is Format.json:
        content = found.content()
        print_json(content["tables"][show] if show else content)
    elif show:
        table = found.tables[show]
        headings = [(name, int(name.endswith(("05", "95", "_error")))) for name in table.columns]
        _print_rows(headings, table.itertuples(index=False), wide=wide)
    else:
        _print_all(found, wide=wide)


def _print_all(found: Drivers, *, wide: bool) -> None:
    """Print, in short, what drives the revenue and what to find out."""
    tables, what = found.tables, found.definition.replace("_", " ")
    amount = interval(*three(found.numbers, MILLION))
    tell()
    tell(
        f"The {what} of {found.year} is {amount} million dollars. Sources of its uncertainty, as "
        "shares of its variance:"
    )
    if found.between_readings:
        tell(
            f"{percent(found.between_readings)} of it lies between rival readings, the rest within "
            "them."
        )
    groups = tables["groups"].sort_values("share", ascending=False)
    _print_rows(
        [("Group", 0), ("Share", 0), ("Alone", 1), ("Left", 1)],
        ((row.title, *_shares(row)) for row in groups.itertuples()),
        wide=wide,
    )
    _print_rows(
        [
            ("Quantity", 0), ("Share", 0), ("Alone", 3), ("Left", 3), ("5% to 95%", 2),
            ("Rest fixed", 1), ("Rest following", 1),
        ],
        (
            (
                row.quantity, *_shares(row), f"{row.p05:.4g} to {row.p95:.4g} {row.unit}",
                _pair(row.held_p05, row.held_p95), _pair(row.along_p05, row.along_p95),
            )
            for row in tables["quantities"].head(ROWS).itertuples()
        ),
        wide=wide,
    )  # fmt: skip
    for line in READING.format(explained=percent(found.explained)).splitlines():
        tell(f"  {line}", hang="  ")
    _print_worth(found, wide=wide)


READING = """\
Share: shares that add up (Shapley effects; {explained} in total, the remainder is not explained by the regression)
Alone: what knowing only this quantity would remove; Left: what remains once all others are known
Rest fixed, rest following: median revenue in million dollars at the 5% and 95% quantile of the quantity, with the rest fixed or following it as the evidence implies
"""  # noqa: E501


def _print_worth(found: Drivers, *, wide: bool) -> None:
    """Print the value of further information."""
    before = found.tables["knowing"]["width_before"].iloc[0] / MILLION
    tell()
    tell(
        f"Value of further information. The 90% interval is {before:,.0f} million dollars wide; "
        "how much narrower it should become:"
    )
    sources = found.tables["prospects"]
    rows = [
        (row.quantity, "known exactly", _part(row.variance_share), _narrower(row))
        for row in found.tables["knowing"].head(ROWS).itertuples()
        if row.variance_share >= NOISE
    ]
    rows += [
        (row.title, "one more source", _part(row.variance_share), _narrower(row))
        for row in sources.itertuples()
    ]
    headings = [("What", 0), ("How", 2), ("Variance removed", 1), ("Narrower, USD million", 0)]
    _print_rows(headings, rows, wide=wide)
    if sources.empty:
        tell("  The case has no prospects.csv, which lists sources that might exist.")


def _shares(row: Any) -> tuple[str, str, str]:
    return _part(row.share), _part(row.first_order), _part(row.total)


def _part(share: float) -> str:
    """A share in per cent; a dash for small ones, which are noise."""
    return f"{100 * share:.0f}%" if share >= NOISE else "-"


def _pair(low: float | None, high: float | None) -> str:
    if low is None or high is None or low != low or high != high:
        return ""
    return f"{low / MILLION:,.0f} to {high / MILLION:,.0f}"


def _narrower(row: Any) -> str:
    if row.variance_share < NOISE:
        return "next to nothing"
    return ENGLISH.part_of(row.narrower / MILLION, row.width_before / MILLION)


def _print_rows(headings: list[tuple[str, int]], rows: Any, *, wide: bool) -> None:
    """Print a table; the first column is text, the others are right-aligned.

    With each heading comes its rank: where columns are scarce, the highest are left out first.
    """
    from model.terminal.tables import Column, cell, put, screen

    console = screen()
    columns = [
        Column(heading, "right" if place else "left", rank=rank)
        for place, (heading, rank) in enumerate(headings)
    ]
    cells = [[one if isinstance(one, str) else cell(one) for one in row] for row in rows]
    put(console, columns, cells, wide=wide)
    console.print()


if __name__ == "__main__":
    command_line(app)
