"""What a command prints of a case or of a view of an answer, in the form asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.terminal.output import print_as, print_csv, print_json, say
from model.terminal.screen import Talk
from model.terminal.view_options import View

if TYPE_CHECKING:
    from model.archive.answer import Answer


def print_list(inputs: Path, kind: str, talk: Talk, form: str, *, wide: bool) -> int:
    """Print what a case holds and return the exit status."""
    if form == "xlsx":
        talk.fault("--format xlsx: a list is no estimate; write table, csv or json")
        return 2
    from model.case.case import read_case
    from model.case.faults import CaseError
    from model.case.listing import listing, show_listing

    try:
        table = listing(read_case(inputs), kind)
    except CaseError as error:
        talk.report(error)
        return 2
    print_as(
        form,
        lambda: table,
        lambda: table.to_dict("records"),
        lambda: show_listing(table, kind, wide=wide),
    )
    return 0


def print_view(answer: Answer, form: str, view: View, talk: Talk, *, wide: bool) -> bool:
    """Print a view of the answer; False with the error reported."""
    from model.archive.store import DamagedRunError
    from model.result import Estimate
    from model.result.asked_months import ViewError
    from model.result.shown_views import show_view
    from model.result.views import as_json, view_table

    in_full = form != "table"
    try:
        run = Estimate(answer.folder, answer.summary, answer.manifest)
        table = view_table(run, view, readings=in_full)
    except (ViewError, DamagedRunError) as error:
        talk.fault(str(error))
        return False
    print_as(
        form,
        lambda: table,
        lambda: as_json(table, answer.summary, answer.folder),
        lambda: show_view(table, view, wide=wide),
    )
    if not in_full:
        talk.say(f"{'Read from' if answer.found else 'Wrote'} {answer.folder}/")
    return True


def print_answer(
    answer: Answer, form: str, view: View, unchanged: str, talk: Talk, *, wide: bool
) -> bool:
    """Print an answer or a view of it, with what it changes if it is a what-if's.

    Parameters
    ----------
    answer : Answer
    form : {"table", "json", "csv", "folder"}
    view : View
    unchanged : str
        Command of the estimate that a what-if changes.
    talk : Talk
    wide : bool
        Whether tables are printed whole, though the terminal is narrower.

    Returns
    -------
    bool
        False if an error was reported.
    """
    from model.archive.store import DamagedRunError

    if form == "folder":
        say(str(answer.folder))
        return True
    if view.asked and not print_view(answer, form, view, talk, wide=wide):
        return False
    try:
        if form == "table":
            _put_tables(answer, view, unchanged, brief=not talk.verbose, wide=wide)
        elif not view.asked:
            _print_data(answer, form, unchanged)
    except DamagedRunError as error:
        talk.fault(f"{error}; what it changes is not told")
        return False
    return True


def _put_tables(answer: Answer, view: View, unchanged: str, *, brief: bool, wide: bool) -> None:
    from model.archive.show import show

    if not view.asked:
        show(answer, brief=brief, wide=wide)
    if answer.compares:
        from model.archive.moves_told import put_change
        from model.terminal.tables import screen

        put_change(screen(), answer, unchanged, brief=brief, wide=wide, year=view.year)


def _print_data(answer: Answer, form: str, unchanged: str) -> None:
    from model.archive.yearly_table import yearly_table

    change = None
    if answer.compares:
        from model.archive.moves_told import change_of, with_change

        change = change_of(answer, unchanged)
    if form == "json":
        print_json(answer.summary | ({"change": change} if change else {}))
    elif change is None:
        print_csv(yearly_table(answer.summary))
    else:
        print_csv(with_change(yearly_table(answer.summary), change))


def print_workbook(answer: Answer, view: View, talk: Talk) -> bool:
    """Write a workbook into the run's folder and print its path; False with the error reported."""
    from model.archive.exporting import NotOursError
    from model.archive.store import DamagedRunError
    from model.result import Estimate
    from model.result.asked_months import ViewError
    from model.result.spreadsheet import place_in, workbook_of, write_workbook
    from model.result.views import view_table

    path = place_in(answer.folder)
    try:
        run = Estimate(answer.folder, answer.summary, answer.manifest)
        asked = view_table(run, view) if view.asked else None
        say(str(write_workbook(path, workbook_of(run, asked))))
    except (ViewError, DamagedRunError, NotOursError) as error:
        talk.fault(str(error))
        return False
    except OSError as error:
        talk.fault(f"{path} cannot be written ({error.strerror})")
        return False
    return True
