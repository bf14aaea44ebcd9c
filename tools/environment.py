"""Make .venv from requirements.lock, unless it is already complete; every target does so first.

.venv/building          while it is being made, the number of the process making it
.venv/installed.lock    the lock it was made from, written last; missing if incomplete
.venv/lab.lock          the same for JupyterLab, from requirements-lab.lock, if that was asked for
.venv/browser.lock      the same for what drives a browser in tests, from requirements-browser.lock
.venv/bin/sent-workers  starts the program from any folder; on Windows, Scripts/sent-workers.cmd
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.interpreters import WINDOWS, find_python, output, say

LOCK = Path("requirements.lock")
VENV = Path(".venv")
VENV_PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
INSTALLED = VENV / "installed.lock"
#: What is added only if asked for, each from a lock of its own, and what is said then.
EXTRAS = {
    "lab": "Adding JupyterLab to .venv, this once (100 MB, half a minute).",
    "browser": "Adding Selenium to .venv, this once (30 MB).",
}
BUILDING, LOG = VENV / "building", VENV / "setup.log"

LAUNCHER = VENV / ("Scripts/sent-workers.cmd" if WINDOWS else "bin/sent-workers")
#: The program cannot be installed, so this stands for what pip would write. It names no path, as
#: a checkout may be moved, and follows links, as people put such things on their PATH.
_LAUNCHES = (
    """\
@"%~dp0python.exe" "%~dp0..\\..\\tools\\sent_workers.py" %*
"""
    if WINDOWS
    else """\
#!/bin/sh
# Runs the program of the checkout that this .venv is in; written by tools/environment.py.
self=$0
while [ -h "$self" ]; do
    target=$(readlink "$self")
    case $target in
        /*) self=$target ;;
        *) self=$(dirname "$self")/$target ;;
    esac
done
bin=$(CDPATH= cd "$(dirname "$self")" && pwd)
exec "$bin/python" "$(dirname "$(dirname "$bin")")/tools/sent_workers.py" "$@"
"""
)

#: Lets notebooks import this program wherever they are opened.
_NOTE_PLACE = """
import pathlib, sysconfig
place = pathlib.Path(sysconfig.get_path("purelib"), "sent_workers.pth")
place.write_text(f"{pathlib.Path.cwd()}\\n", encoding="utf-8")
"""


def ready() -> bool:
    """Make the environment if needed; False once it is said why that failed."""
    have = version_of(VENV_PYTHON) if _same(INSTALLED, LOCK) else ""
    if have and not os.environ.get("PYTHON"):
        _write_launcher()
        return True
    python = find_python()
    if python is None:
        return False
    version = version_of(python)
    if have == version:
        _write_launcher()
        return True
    if _being_made():
        return False
    say(f"Setting up .venv: Python {version} and the pinned libraries (1 GB, a minute or more).")
    return _made(python)


def extra_ready(name: str) -> bool:
    """Add an extra to a complete .venv if needed; False once it is said why that failed."""
    lock, installed = Path(f"requirements-{name}.lock"), VENV / f"{name}.lock"
    if _same(installed, lock):
        return True
    if _being_made():
        return False
    say(EXTRAS[name])
    if not _from_lock(lock):
        return _failed()
    _note(lock, installed)
    return True


def version_of(python: Path | str) -> str:
    """Version of a Python; blank if it does not start."""
    status, said = output([str(python), "-c", "import sys; print(sys.version.split()[0])"])
    return said if status == 0 else ""


def _same(installed: Path, lock: Path) -> bool:
    """Whether .venv has, whole, what this very lock pins."""
    try:
        return installed.read_bytes() == lock.read_bytes()
    except OSError:
        return False


def _being_made() -> bool:
    """Whether another process is at it, which is then said."""
    builder = _builder()
    if builder:
        say(f"Process {builder} is already setting up .venv. Wait until it has finished.")
    return builder > 0


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
    if not (_logged([python, "-m", "venv", str(VENV)]) and _from_lock(LOCK)):
        return _failed()
    subprocess.check_call([str(VENV_PYTHON), "-c", _NOTE_PLACE])
    # Once for all cases; if it fails, the first estimate reports the reason.
    subprocess.call([str(VENV_PYTHON), "-m", "model.kernel"])
    _write_launcher()
    _note(LOCK, INSTALLED)
    return True


def _write_launcher() -> None:
    """Write what starts the program, if it is not there as it should be."""
    try:
        if LAUNCHER.exists() and LAUNCHER.read_bytes() == _LAUNCHES.encode("ascii"):
            return
        new = LAUNCHER.with_suffix(".new")
        new.write_bytes(_LAUNCHES.encode("ascii"))
        new.chmod(0o755)
        os.replace(str(new), str(LAUNCHER))
    except OSError:
        pass  # a .venv that others own does without: python -m model


def _from_lock(lock: Path) -> bool:
    """Whether what a lock pins gets installed into .venv."""
    # pip unpacks inside .venv, so that nothing is left behind elsewhere
    unpacked = VENV / "tmp"
    unpacked.mkdir(exist_ok=True)
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(unpacked.absolute()))
    install = [
        str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-input", "--no-user", "--require-hashes", "--only-binary", ":all:",
        "--requirement", str(lock),
    ]  # fmt: skip
    done = _logged(install, places)
    shutil.rmtree(str(unpacked), ignore_errors=True)
    return done


def _failed() -> bool:
    """False, once the log is shown."""
    sys.stderr.write(LOG.read_text(encoding="utf-8", errors="replace"))
    say("Setting up .venv failed for the reason above. Run the same command to try again.")
    return False


def _note(lock: Path, installed: Path) -> None:
    """Note that what a lock pins is there, whole."""
    new = installed.with_suffix(".new")
    shutil.copyfile(str(lock), str(new))
    os.replace(str(new), str(installed))
    BUILDING.unlink()


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
