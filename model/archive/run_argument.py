"""Open and check the run named on a command line; refuse one made by another version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.archive import store
from model.terminal.screen import Talk
from model.terminal.version import source_hash

Json = dict[str, Any]


def opened_run(name: str, output: Path, talk: Talk, nothing: str) -> tuple[Path, Json] | None:
    """Folder and manifest of a run made by this program; None once an error is reported.

    Parameters
    ----------
    name : str
        Name of the run, the start of its name, or its folder.
    output : Path
        Folder of runs.
    nothing : str
        Statement of what was not done, such as ``nothing was checked``.
    """
    try:
        folder = store.named_run(name, output)
        manifest = store.check_run(folder)
    except (store.NoSuchRunError, store.DamagedRunError) as error:
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
