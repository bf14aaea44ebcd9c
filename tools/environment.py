"""Make .venv from requirements.lock, unless it is already complete; every target does so first.

.venv/building          while it is being made, the number of the process making it
.venv/installed.lock    the lock it was made from, written last; missing if incomplete
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.interpreters import WINDOWS, find_python, say

LOCK = Path("requirements.lock")
VENV = Path(".venv")
VENV_PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
INSTALLED, BUILDING, LOG = VENV / "installed.lock", VENV / "building", VENV / "setup.log"

#: Lets notebooks import this program wherever they are opened.
_NOTE_PLACE = """
import pathlib, sysconfig
place = pathlib.Path(sysconfig.get_path("purelib"), "sent_workers.pth")
place.write_text(f"{pathlib.Path.cwd()}\\n", encoding="utf-8")
"""


def ready() -> bool:
    """Make the environment if needed; False once it is said why that failed."""
    have = version_of(VENV_PYTHON) if _installed() else ""
    if have and not os.environ.get("PYTHON"):
        return True
    python = find_python()
    if python is None:
        return False
    version = version_of(python)
    if have == version:
        return True
    builder = _builder()
    if builder:
        say(f"Process {builder} is already setting up .venv. Wait until it has finished.")
        return False
    say(f"Setting up .venv: Python {version} and the pinned libraries (1 GB, a minute or more).")
    return _made(python)


def version_of(python: Path | str) -> str:
    """Version of a Python; blank if it does not start."""
    try:
        said = subprocess.run(
            [str(python), "-c", "import sys; print(sys.version.split()[0])"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.decode().strip()


def _installed() -> bool:
    """Whether .venv was made whole from this very lock."""
    try:
        return INSTALLED.read_bytes() == LOCK.read_bytes()
    except OSError:
        return False


def _builder() -> int:
    """Number of the process that is making .venv; zero if none is."""
    try:
        number = int(BUILDING.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
    return number if number > 0 and alive(number) else 0


def alive(number: int) -> bool:
    """Whether there is a process of a number."""
    if not WINDOWS:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    import ctypes  # there, a signal of zero would end it

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    limited_query, still_active = 0x1000, 259
    handle = kernel.OpenProcess(limited_query, False, number)
    code = ctypes.c_ulong()
    found = bool(handle) and bool(kernel.GetExitCodeProcess(handle, ctypes.byref(code)))
    if handle:
        kernel.CloseHandle(handle)
    return found and code.value == still_active


def _made(python: str) -> bool:
    """Make .venv; False once it is said why that failed."""
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(str(VENV))
    VENV.mkdir()
    BUILDING.write_text(str(os.getpid()), encoding="ascii")
    # pip unpacks inside .venv, so that nothing is left behind elsewhere
    unpacked = VENV / "tmp"
    unpacked.mkdir()
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(unpacked.absolute()))
    install = [
        str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-input", "--no-user", "--require-hashes", "--only-binary", ":all:",
        "--requirement", str(LOCK),
    ]  # fmt: skip
    done = _logged([python, "-m", "venv", str(VENV)]) and _logged(install, places)
    if not done:
        sys.stderr.write(LOG.read_text(encoding="utf-8", errors="replace"))
        say("Setting up .venv failed for the reason above. Run the same command to try again.")
        return False
    shutil.rmtree(str(unpacked))
    subprocess.check_call([str(VENV_PYTHON), "-c", _NOTE_PLACE])
    # Once for all cases; if it fails, the first estimate reports the reason.
    subprocess.call([str(VENV_PYTHON), "-m", "model.kernel"])
    new = VENV / "installed.new"
    shutil.copyfile(str(LOCK), str(new))
    os.replace(str(new), str(INSTALLED))
    BUILDING.unlink()
    return True


def _logged(command: list[str], changes: dict[str, str] | None = None) -> bool:
    """Whether a command succeeds, with what it says in the log."""
    with LOG.open("ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, **(changes or {})},
        )  # fmt: skip
        # from here on the number is this command's, which continues if only its parent is ended
        BUILDING.write_text(str(process.pid), encoding="ascii")
        return process.wait() == 0
