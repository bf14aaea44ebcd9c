"""What a command prints of a case or of a view of an answer, in the form asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.terminal.output import print_csv, print_json
from model.terminal.screen import Talk
from model.terminal.view_options import View

if TYPE_CHECKING:
    from model.archive.answer import Answer


def print_list(inputs: Path, kind: str, talk: Talk, form: str, *, wide: bool) -> int:
    """Print what a case holds and return the exit status."""
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
