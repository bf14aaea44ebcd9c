"""Append a row of evidence to a case's file, once it was shown as it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from model.case.adding import NEW_SOURCE, Draft
from model.case.asking import OF_SOURCE, Dialogue, row_of
from model.case.case import Case
from model.case.faults import CaseError, Fault
from model.case.in_words import in_words
from model.case.reader.evidence import FILE
from model.case.replacing import replace_files
from model.terminal.output import complain, say, tell
from model.terminal.prompts import answerable, ask


def append(
    case: Case,
    given: Mapping[str, str],
    before_publishing: Callable[[], object],
    *,
    ask_nothing: bool,
) -> bool:
    """Ask for what is not given, show the row, and append it; False if nobody could be asked.

    Parameters
    ----------
    case : Case
        As read from its folder.
    given : mapping of str to str
        Answers by column.
    before_publishing : callable
        Called before files are replaced; if it raises, nothing is written.
    ask_nothing : bool
        Whether what is not given is blank, and the row is appended without a question.

    Raises
    ------
    CaseError
        With every error in the row.
    UnwritableError
        If the file cannot be replaced.
    EOFError
        If the input ends before the last question.
    """
    alone = ask_nothing or not answerable()
    draft = row_of(case, given) if alone else Dialogue(case, given, ask, tell).held()
    if draft.case is None:
        raise CaseError("the row to add", [_of_option(fault) for fault in draft.faults])
    if not alone:
        say()
    _show(case, draft, draft.case)
    if alone and not ask_nothing:
        complain(
            "--yes is missing: standard input is no terminal, so nobody can be asked; give --yes "
            "to append the row. Nothing was written."
        )
        return False
    if not alone and ask("append? [y/N] ").casefold() not in ("y", "yes"):
        say("Nothing was written.")
        return True
    written = replace_files(case.folder, case.files, draft.case.files, before_publishing)
    say(f"Appended {draft['id']}: {', '.join(map(str, written))}")
    return True


def _show(case: Case, draft: Draft, changed: Case) -> None:
    """Print how the row is read, and what it changes."""
    (row,) = changed.evidence[changed.evidence["id"] == draft["id"]].itertuples()
    period = f"{row.start}" if row.start == row.end else f"{row.start} to {row.end}"
    where = ", ".join(part for part in (row.host, row.segment, period) if part)
    tell(f"{row.quantity} ({where}): {in_words(case.reading, row)}")
    for old, why in changed.struck.items():
        if old not in case.struck:
            tell(f"{old} no longer counts: {why}")
    for warning in changed.warnings:
        if warning not in case.warnings:
            told = replace(warning, row=None) if warning.file == FILE else warning
            tell(f"warning: {told}")


def _of_option(fault: Fault) -> Fault:
    """Name the option that an error in an argument of `added` is about."""
    if fault.row is not None:
        return fault
    name = f"{OF_SOURCE}{fault.column}" if fault.file == "new_source" else fault.file
    told = fault.message.replace(
        NEW_SOURCE, "describe a new one: --source-title, --source-date and others"
    )
    return Fault(f"--{name.replace('_', '-')}", None, None, told)
