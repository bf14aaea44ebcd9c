"""Export a run as one archive: a zip of its files with the metadata of an RO-Crate.

The metadata is made here and not with the run, so that it tells of all the run holds by now, checks
and drivers included, runs of older programs have it too, and a run holds nothing twice. An archive
that is unpacked is a run again.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from pathlib import Path

from model.archive import store
from model.archive.crate import METADATA, metadata
from model.archive.drafts import write_down
from model.archive.placing import hidden_beside, one_run
from model.archive.plain_files import agreeing, opened
from model.case.folders import bytes_of
from model.case.reader.toml_places import toml_of
from model.terminal.plain_text import json_text

#: The first moment that a zip can hold: the same run gives the same bytes whenever it is exported.
MOMENT = (1980, 1, 1, 0, 0, 0)
PERMISSIONS = (stat.S_IFREG | 0o644) << 16
TIMELINE = f"{store.INPUTS}timeline.toml"


class NotOursError(Exception):
    """A place that holds something other than an exported run; the text says what to do."""


def export(folder: Path, target: Path) -> int:
    """Write a run as an archive, whole or not at all; return the number of its files.

    Parameters
    ----------
    folder : Path
        An undamaged run. Only what its manifest names is exported, so no reports and no notes.
    target : Path
        The archive. A former one is replaced.

    Raises
    ------
    DamagedRunError
        If the run does not match its manifest.
    NotOursError
        If the target is there and no exported run.
    OSError
        If it cannot be written.
    """
    _check_place(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = hidden_beside(target)
    try:
        count = _packed(folder, draft)
        write_down(draft)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _check_place(target: Path) -> None:
    """Raise if something other than an exported run would be replaced."""
    if not os.path.lexists(target):
        return
    try:
        with opened(target) as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError):
        names = set()
    if not {METADATA, store.MANIFEST} <= names:
        said = "is there and is no exported run, so it is not replaced"
        raise NotOursError(f"{target} {said}; name another file")


@one_run
def _packed(folder: Path, draft: Path) -> int:
    """Pack a run's files, in order, and the metadata before them."""
    manifest = store.check_run(folder)
    names = sorted([*manifest["files"], store.MANIFEST])
    with agreeing(folder):
        sizes = {name: (folder / name).stat().st_size for name in names}
        content = json_text(metadata(manifest, sizes, licence_of(folder)))
    # stored as they are: what a compression makes of them hangs on its version
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry(METADATA, len(content.encode())), content.encode())
        for name in names:
            digest = hashlib.sha256()
            with (
                opened(folder / name) as source,
                archive.open(_entry(name, sizes[name]), "w") as packed,
            ):
                while piece := source.read(2**20):
                    digest.update(piece)
                    packed.write(piece)
            if digest.hexdigest() != manifest["files"].get(name, digest.hexdigest()):
                raise store.DamagedRunError(f"{folder / name} was changed meanwhile")
    return len(names) + 1


def _entry(name: str, size: int) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, MOMENT)
    found.external_attr, found.create_system, found.file_size = PERMISSIONS, 3, size
    return found


def licence_of(folder: Path) -> str:
    """What the case of a checked run says of the terms of its data; blank if nothing."""
    timeline = folder / TIMELINE
    stated = toml_of(bytes_of(timeline).decode("utf-8-sig")).get("gather", {})
    return str(stated.get("licence", ""))
