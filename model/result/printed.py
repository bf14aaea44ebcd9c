"""What a command prints of a case or of a view of an answer, in the form asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.terminal.output import print_csv, print_json, say
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
    if form == "csv":
        print_csv(table)
    elif form == "json":
        print_json(table.to_dict("records"))
    else:
        show_listing(table, kind, wide=wide)
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
    if form == "csv":
        print_csv(table)
    elif form == "json":
        print_json(as_json(table, answer.summary, answer.folder))
    else:
        show_view(table, view, wide=wide)
        talk.say(f"{'Read from' if answer.found else 'Wrote'} {answer.folder}/")
    return True


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
