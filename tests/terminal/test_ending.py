"""A command that is interrupted or runs out of memory ends in one line, wherever it is."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from model.terminal.ending import EXHAUSTED, INTERRUPTED, exhausted
from model.terminal.screen import Interruption, interruptible

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "model": ["archive", "list"], "sent_workers": ["case", "check", "russia"],
    "model.case": ["check", "russia"], "model.estimate": ["--inputs", "russia"],
    "model.archive": ["list"], "model.drivers": ["nothing"], "reports.brief": ["nothing"],
    "reports.figures": ["nothing"],
}  # fmt: skip
#: What befalls a library while it is imported.
STRUCK = "import signal\nsignal.raise_signal(signal.SIGINT)\n"
TURNED = (
    "import signal\ntry:\n    signal.raise_signal(signal.SIGINT)\n"
    "except KeyboardInterrupt:\n    raise ImportError('a library that cannot be loaded')\n"
)
DROPPED = (
    "import signal\nclass Library:\n    def __del__(self):\n"
    "        signal.raise_signal(signal.SIGINT)\nLibrary()\n"
)
SHORT = "raise MemoryError('Unable to allocate 8 GiB')\n"
UNMAPPED = "raise ImportError('x.so: failed to map segment from shared object')\n"


def run(module: str, befalls: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command whose first library does this while it is imported."""
    (folder / "typer.py").write_text(befalls)
    start = ["tools/sent_workers.py"] if module == "sent_workers" else ["-m", module]
    return subprocess.run(
        [sys.executable, *start, *COMMANDS[module]],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("befalls", [STRUCK, TURNED, DROPPED], ids=["plain", "turned", "dropped"])
@pytest.mark.parametrize("module", COMMANDS)
def test_ctrl_c_during_an_import_is_one_line(module: str, befalls: str, tmp_path: Path) -> None:
    done = run(module, befalls, tmp_path)
    assert (done.returncode, done.stderr, done.stdout) == (INTERRUPTED, "Interrupted.\n", "")


@pytest.mark.parametrize("befalls", [STRUCK, TURNED], ids=["plain", "turned"])
def test_ctrl_c_while_a_called_command_is_imported_is_one_line(
    befalls: str, tmp_path: Path
) -> None:
    (tmp_path / "shlex.py").write_text(befalls)
    done = subprocess.run(
        [sys.executable, "tools/sent_workers.py", "case", "check", "russia"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout) == (INTERRUPTED, "Interrupted.\n", "")


@pytest.mark.parametrize("befalls", [SHORT, UNMAPPED], ids=["allocated", "mapped"])
@pytest.mark.parametrize("module", COMMANDS)
def test_no_memory_during_an_import_is_one_line(module: str, befalls: str, tmp_path: Path) -> None:
    done = run(module, befalls, tmp_path)
    assert (done.returncode, done.stdout) == (EXHAUSTED, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("Out of memory")
    assert "raise the limit" in line


@pytest.mark.parametrize("megabytes", [180, 250, 300, 350])
def test_under_a_limit_on_memory_there_is_no_traceback(megabytes: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "model.case", "check", "russia"],
        cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20,) * 2),
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1, EXHAUSTED)  # 1: a library's own line
    assert len(done.stderr.splitlines()) <= 1


def test_warnings_of_libraries_are_shown_to_developers_only(tmp_path: Path) -> None:
    """Absurd figures overflow, and NumPy says so in lines of code."""
    done = run("model.case", "import warnings\nwarnings.warn('overflow')\nexit(0)\n", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_other_errors_keep_their_traceback(tmp_path: Path) -> None:
    done = run("model.case", "raise KeyError('a mistake of ours')\n", tmp_path)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert exhausted(KeyError("a mistake of ours")) is None


def test_importing_the_program_changes_no_handler() -> None:
    code = (
        "import signal, sys; import model; "
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler; "
        "assert sys.excepthook is sys.__excepthook__"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    ("error", "status"), [(MemoryError("8 GiB"), EXHAUSTED), (KeyboardInterrupt(), INTERRUPTED)]
)
def test_a_command_s_work_ends_in_one_line(
    error: BaseException, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    former = signal.getsignal(signal.SIGINT), sys.unraisablehook

    def work(interruption: Interruption) -> int:
        if status == INTERRUPTED:
            signal.raise_signal(signal.SIGINT)
        raise error

    try:
        assert interruptible(work, "Interrupted; nothing was written.") == status
    finally:
        signal.signal(signal.SIGINT, former[0])
        sys.unraisablehook = former[1]
    assert len(capsys.readouterr().err.splitlines()) == 1
