"""The version of the program: its number, and a hash of its source."""

from __future__ import annotations

import hashlib
from pathlib import Path

__version__ = "0.1.0"

#: Folder of the source.
SOURCE = Path(__file__).resolve().parents[1]


def source_hash() -> str:
    """Hash of this package's source, which identifies the program between releases."""
    digest = hashlib.sha256()
    # hidden files are what systems and editors leave
    for path in sorted(one for one in SOURCE.rglob("*.py") if not one.name.startswith(".")):
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
