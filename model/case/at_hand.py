"""A case as a folder on disk: its own, or a passing copy if it was changed in memory.

No numerical library is imported here, so that a stored answer is returned at once.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from model.case.checkout import case_folder
from model.case.folders import BESIDE, CASE_FILES, SCENARIOS, bytes_of
from model.case.including import included_files

if TYPE_CHECKING:
    from model.case.case import Case


@contextmanager
def folder_of(case: str | Path | Case) -> Iterator[Path]:
    """Name a folder that holds a case; a copy is removed at the end.

    A copy has the case's name, its files and the scenarios of the folder that it was read from.
    """
    if isinstance(case, str | Path):
        yield case_folder(case)
        return
    if _as_read(case):
        yield case.folder
        return
    with tempfile.TemporaryDirectory(prefix="case-", ignore_cleanup_errors=True) as above:
        folder = Path(above) / case.name
        folder.mkdir()
        for name, content in case.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        if (case.folder / SCENARIOS).is_dir():
            shutil.copytree(case.folder / SCENARIOS, folder / SCENARIOS)
        yield folder


def _as_read(case: Case) -> bool:
    """Whether the case's folder still holds what the case holds."""
    try:
        found = {
            name: bytes_of(path)
            for name in (*CASE_FILES, *BESIDE)
            if (path := case.folder / name).exists()
        }
        return found | included_files(case.folder) == case.files
    except (OSError, ValueError):
        return False
