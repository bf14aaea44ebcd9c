"""A disk that is full ends in one line, with nothing half written and no crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

resource = pytest.importorskip("resource", reason="this system has no limits on files")

ROOT = Path(__file__).parents[2]
SHORT = ["--draws", "100", "--tune", "100", "--chains", "2"]
#: Runs a module as a command that can write files of so many bytes only.
LIMITED = """
import resource, runpy, signal, sys
from model.kernel.cache import kernel
kernel(lambda line: None)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most, sys.argv = int(sys.argv[1]), sys.argv[2:]
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
#: Writes a run without sampling, as the command does, and says how it went.
WRITER = """
import resource, signal, sys
from pathlib import Path
from model.kernel.cache import kernel
from tests.reports.runs import write_run
kernel(lambda line: None)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    write_run(Path(sys.argv[2]), Path(sys.argv[3]))
except OSError as error:
    sys.exit(error.strerror)
"""


@pytest.mark.parametrize("most", [1000, 20_000, 200_000])
def test_a_run_is_whole_or_not_there(most: int, tiny_folder: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(most), str(tmp_path / "runs"), str(tiny_folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, "not a signal"
    assert done.stderr == "File too large\n"
    assert not list((tmp_path / "runs").iterdir())


@pytest.mark.slow
def test_the_command_says_so_in_one_line(tiny_folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "runs"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "100000", "model.estimate", "--quiet", "--fresh",
         "--inputs", str(tiny_folder), "--output", str(output), *SHORT],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be written (File too large); nothing was written" in done.stderr
    assert done.stdout == ""
    assert not list(output.iterdir())
