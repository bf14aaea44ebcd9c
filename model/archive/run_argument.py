"""Runs named on a command line: one to open, refused if another version made it; one to name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.archive import store
from model.archive.drafts import check_writable
from model.archive.naming import NAMES, NoSuchRunError, fault_in_run_name, give, named_run
from model.terminal.screen import Talk
from model.terminal.version import source_hash

Json = dict[str, Any]


def opened_run(name: str, output: Path, talk: Talk, nothing: str) -> tuple[Path, Json] | None:
    """Folder and manifest of a run made by this program; None once an error is reported.

    Parameters
    ----------
    name : str
        Name of the run, its folder or the start of its name, or ``latest``.
    output : Path
        Folder of runs.
    nothing : str
        Statement of what was not done, such as ``nothing was checked``.
    """
    try:
        folder = named_run(name, output)
        manifest = store.check_run(folder)
    except (NoSuchRunError, store.DamagedRunError) as error:
        talk.fault(f"{error}; {nothing}")
        return None
    if manifest["versions"]["source"] != source_hash():
        talk.fault(
            f"{folder} was made by another version of this program, whose model may differ; "
            f"estimate again; {nothing}"
        )
        return None
    talk.say(f"Read {folder}: {manifest['read']}")
    return folder, manifest


def nameable(name: str | None, output: Path, talk: Talk) -> bool:
    """Whether a run can be given a name; if not, the error is reported."""
    if name is None:
        return True
    wrong = fault_in_run_name(name)
    if not wrong:
        try:
            check_writable(output / NAMES, name)
        except OSError as error:
            wrong = f"{output / NAMES} cannot be written ({error.strerror})"
    if wrong:
        talk.fault(f"--name: {wrong}; nothing was estimated")
    return not wrong


def give_name(name: str, folder: Path, talk: Talk) -> bool:
    """Give a run its name; False with the error reported."""
    try:
        former = give(name, folder)
    except OSError as error:
        talk.fault(f"--name: {name} cannot be written ({error.strerror}); the run is {folder}")
        return False
    if former:
        talk.fault(f"The name {name} moved from {former} to {folder.name}")
    else:
        talk.say(f"Named {name}")
    return True
