"""Cache of the compiled kernel, so that an installation compiles it once.

numba's own cache notices changes only in the file that defines a function. The folder is therefore
named by everything that determines the machine code, and its files are sealed by their checksums: a
damaged one is discarded, never run. It is built in a separate folder and moved into place whole, so
that two processes may compile at once and a third never sees half of it.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

SOURCES = ("special", "operations", "program", "compiled")
SEAL = "sha256"
#: Environment variable that names a folder for the cache instead of the installation's.
VARIABLE = "SENT_WORKERS_CACHE"
#: Bytes that the kernel may need.
ROOM = 2**20
#: Age in seconds at which the remains of an interrupted process are removed.
ABANDONED = 24 * 3600


_one_at_a_time = Lock()


def on_stderr(line: str) -> None:
    """Print a line to standard error."""
    sys.stderr.write(f"{line}\n")


def kernel(say: Callable[[str], object] = on_stderr) -> ModuleType:
    """Return the compiled kernel, from the cache or compiled now.

    Parameters
    ----------
    say : callable
        Called with a line of text if the kernel has to be compiled.
    """
    with _one_at_a_time:
        return sys.modules.get("model.kernel.compiled") or _found("model.kernel.compiled", say)


def _found(name: str, say: Callable[[str], object]) -> ModuleType:
    """Return the kernel from its folder in the cache, which is made if it is missing."""
    root = writable_root()
    folder = (root or Path(tempfile.gettempdir())) / f"kernel-{key()}"
    if root is not None and sealed(folder):
        return imported(name, folder)
    say("Compiling the model (once per installation) …")
    if root is None:
        say("No folder for the compiled model is writable; it will be used this time only.")
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=root))
    try:
        found = imported(name, draft)
        if root is not None:
            seal(draft)
            publish(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return found


def imported(name: str, folder: Path) -> ModuleType:
    """Import the kernel with numba's cache in a folder."""
    import numba

    # looked up on access, which type checkers cannot see
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        return importlib.import_module(name)
    finally:
        config.CACHE_DIR = before


def key() -> str:
    """Hash of what determines the machine code: sources, libraries, processor and this folder."""
    from llvmlite import binding

    here = Path(__file__).parent
    digest = hashlib.sha256(f"{here}{sys.version}{binding.get_host_cpu_name()}".encode())
    digest.update(repr(sorted(binding.get_host_cpu_features().items())).encode())
    for package in ("numba", "llvmlite", "numpy"):
        digest.update(f"{package}={version(package)};".encode())
    for source in SOURCES:
        digest.update((here / f"{source}.py").read_bytes())
    # numba's own cache checks this too
    digest.update(f"{(here / 'compiled.py').stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def writable_root() -> Path | None:
    """First folder that can hold the cache: the one requested, else the environment's or user's."""
    asked = os.environ.get(VARIABLE)
    places = [Path(asked)] if asked else [Path(sys.prefix, "var"), Path("~/.cache").expanduser()]
    for place in places:
        root = place / "sent-workers"
        try:
            root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=root) as file:
                # a full disk still accepts empty files
                file.write(bytes(ROOM))
        except OSError:
            continue
        return root
    return None


def checksums(folder: Path) -> str:
    """One line per file with checksum and name; numba's write-test files are ignored."""
    files = sorted(folder.rglob("*.nb[ic]"))
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.relative_to(folder).as_posix()}\n"
        for path in files
    )


def seal(folder: Path) -> None:
    """Record the checksums of a folder's files."""
    (folder / SEAL).write_text(checksums(folder), encoding="utf-8")


def sealed(folder: Path) -> bool:
    """Whether a folder holds an intact kernel; a damaged one is removed."""
    try:
        said = (folder / SEAL).read_text(encoding="utf-8")
        if said and said == checksums(folder):
            return True
    except (OSError, UnicodeDecodeError):
        pass
    if folder.is_symlink() or folder.is_file():
        folder.unlink(missing_ok=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return False


def publish(draft: Path, folder: Path) -> None:
    """Move a folder into place unless one is there by now; remove what other processes left."""
    for left in folder.parent.glob("kernel-*.*"):
        if left != draft and time.time() - left.stat().st_mtime > ABANDONED:
            shutil.rmtree(left, ignore_errors=True)
    try:
        draft.rename(folder)
    except OSError:
        # another process was faster, and its kernel is the same
        if not folder.is_dir():
            raise
