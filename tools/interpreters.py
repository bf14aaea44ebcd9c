"""Find a Python for .venv: named, on PATH, in pyenv or by uv; or get one through uv."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 12  # Python 3.12: what PyMC 6 and NumPy 2.5 need
NEWEST = 14  # Python 3.14: the last with a wheel for every pinned library
#: The minor versions, tested ones first.
MINORS = (13, 12, 14)
#: What is fetched lies here, beside .venv, which is removed now and then.
PRIVATE = Path(".python")
WINDOWS = os.name == "nt"

#: Prints the interpreter behind a command (not a pyenv shim, nor a .venv that is about to be
#: removed) if it is suitable, otherwise the reason why not. Any Python from 2.7 on can read it.
_PROBE = """
import sys, sysconfig

def refuse(reason):
    print("Python %d.%d.%d" % sys.version_info[:3] + reason)
    sys.exit(1)

if sys.version_info < (3, int(sys.argv[1])):
    refuse(", too old")
if sys.version_info >= (3, int(sys.argv[2]) + 1):
    refuse(", too new: some pinned libraries have no build for it yet")
if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
    refuse(", not the standard build (CPython)")
try:
    import ensurepip, venv
except ImportError:
    refuse(" without venv (on Debian and Ubuntu: apt install python3-venv)")
print(sys._base_executable)
"""


def say(*words: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(" ".join(words) + "\n")
    sys.stderr.flush()


def find_python() -> str | None:
    """A suitable Python, found or fetched; None once it is said why there is none."""
    named = os.environ.get("PYTHON", "")
    if named:
        return _named(named)
    refused = []
    for candidate in _candidates():
        python, reason = probed(candidate)
        if python:
            return python
        # A command that prints nothing is a pyenv shim with no Python behind it.
        if reason:
            line = f"  {' '.join([shutil.which(candidate[0]) or '', *candidate[1:]])} is {reason}"
            refused += [] if line in refused else [line]
    say(f"No Python from 3.{OLDEST} to 3.{NEWEST} was found on PATH, in pyenv or by uv.")
    for line in refused:
        say(line)
    python = fetched()
    if python is None:
        how_to_get_one()
    return python


def probed(command: list[str]) -> tuple[str, str]:
    """The interpreter behind a command, and the reason if it is not suitable; both may be blank."""
    if shutil.which(command[0]) is None:
        return "", ""
    status, said = _output([*command, "-c", _PROBE, str(OLDEST), str(NEWEST)])
    return (said, "") if status == 0 else ("", said)


def how_to_get_one() -> None:
    """Say how to install a Python."""
    again = "make estimate PYTHON=/path/to/python3.13"
    say("Install one in any of these ways, then run the same command again:")
    if WINDOWS:
        again = "set PYTHON=C:\\path\\to\\python.exe, then the same command"
        say("  py install 3.13")
    say("  pyenv install 3.13")
    say("  uv python install 3.13")
    if not WINDOWS:
        say("  apt install python3 python3-venv    (Debian 13, Ubuntu 24.04 or newer)")
        say("  brew install python@3.13")
    say("  the installer from python.org")
    say(f"or name one: {again}")


def _named(named: str) -> str | None:
    python, reason = probed([named])
    if python:
        return python
    if shutil.which(named) is None:
        say(f"PYTHON={named}: no such command.")
    elif reason:
        say(f"PYTHON={named} is {reason}.")
    else:
        say(f"PYTHON={named} does not start Python. It prints:")
        subprocess.call([named, "--version"], stdin=subprocess.DEVNULL, stdout=sys.stderr)
    say(f"Python 3.{OLDEST} to 3.{NEWEST} is required.")
    how_to_get_one()
    return None


def _candidates() -> list[list[str]]:
    """Commands that may be a suitable Python."""
    found = [["py", f"-3.{minor}"] for minor in MINORS] if WINDOWS else []
    names = [*(f"python3.{minor}" for minor in MINORS), "python3", "python"]
    found += [[name] for name in names]
    end = "python.exe" if WINDOWS else "bin/python"
    roots = [os.environ.get("PYENV_ROOT", ""), os.path.expanduser("~/.pyenv")]
    for minor in MINORS:
        for root in roots:
            found += [[path] for path in sorted(glob.glob(f"{root}/versions/3.{minor}.*/{end}"))]
    found.append([sys.executable])
    uv = shutil.which("uv")
    if uv:
        asked = f">=3.{OLDEST},<3.{NEWEST + 1}"
        _, path = _output([uv, "python", "find", "--no-project", asked])
        found += [[path]] if path else []
    return found + _private()


def _private() -> list[list[str]]:
    """Pythons fetched earlier."""
    end = "python.exe" if WINDOWS else "bin/python3.*"
    found = sorted(glob.glob(f"{PRIVATE.absolute()}/versions/cpython-3.*/{end}"))
    return [[path] for path in found if not path.endswith("-config")]


def _output(command: list[str]) -> tuple[int, str]:
    """Status and standard output of a command that says little; its errors are not shown."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            check=False,
        )  # fmt: skip
    except OSError:  # as of a file that is no program
        return 1, ""
    return done.returncode, os.fsdecode(done.stdout).strip()


# Fetching


def fetched() -> str | None:
    """A Python that uv fetches into this folder; None once it is said what failed."""
    uv = shutil.which("uv") or _own_uv()
    if uv is None:
        return None
    say(f"Getting Python 3.{MINORS[0]} through uv, into {PRIVATE}/ (a minute).")
    versions = str((PRIVATE / "versions").absolute())
    # UV_PYTHON_INSTALL_MIRROR, if set, says from where
    own = {
        "UV_PYTHON_INSTALL_DIR": versions,
        "UV_PYTHON_INSTALL_BIN": "0",
        "UV_PYTHON_INSTALL_REGISTRY": "0",
        "UV_NO_PROGRESS": "1",
    }
    if not _done([uv, "python", "install", f"3.{MINORS[0]}"], {**os.environ, **own}):
        return None
    for candidate in _private():
        python, _ = probed(candidate)
        if python:
            return python
    say("uv has fetched a Python that does not start.")
    return None


def _own_uv() -> str | None:
    """A uv of this folder, installed by the Python that runs this; None once it is said why not."""
    folder = PRIVATE / "uv"
    scripts = folder / ("Scripts" if WINDOWS else "bin")
    uv = scripts / ("uv.exe" if WINDOWS else "uv")
    if uv.is_file() and _output([str(uv.absolute()), "--version"])[0] == 0:
        return str(uv.absolute())
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        say(f"{sys.executable} has no venv, with which uv could get a Python.")
        return None
    say(f"Installing uv into {folder}/, to get a Python.")
    shutil.rmtree(str(folder), ignore_errors=True)
    PRIVATE.mkdir(exist_ok=True)
    lock = PRIVATE / "uv.lock"
    lock.write_text(_locked_uv(), encoding="utf-8")
    python = scripts / ("python.exe" if WINDOWS else "python")
    install = [
        str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-input", "--no-user", "--retries", "1", "--require-hashes",
        "--only-binary", ":all:", "--requirement", str(lock),
    ]  # fmt: skip
    if _done([sys.executable, "-m", "venv", str(folder)]) and _done(install) and uv.is_file():
        return str(uv.absolute())
    shutil.rmtree(str(folder), ignore_errors=True)
    return None


def _locked_uv() -> str:
    """The lines of requirements.lock that pin uv and its hashes."""
    lock = Path("requirements.lock").read_text(encoding="utf-8")
    found = re.search(r"^uv==.*(?:\n    --hash=.*)+", lock, re.MULTILINE)
    assert found is not None
    return found[0].rstrip("\\ \n") + "\n"


def _done(command: list[str], environment: dict[str, str] | None = None) -> bool:
    """Whether a command succeeds; if not, the end of what it said is printed."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=environment, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return True
    for line in done.stdout.decode("utf-8", "replace").strip().splitlines()[-4:]:
        say(f"  {line.strip()}")
    return False
