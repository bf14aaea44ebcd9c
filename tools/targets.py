"""What each target of `make` runs, once .venv is complete."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tools.environment import EXTRAS, VENV_PYTHON, extra_ready

#: How all locks are made.
_COMPILE = (
    "uv pip compile {} --universal --python-version 3.12 --generate-hashes --no-emit-index-url "
    "--no-emit-find-links --quiet"
)

#: Target, what it does, and the modules that it runs with the options given.
TARGETS = {
    "environment": ("make or update .venv; every command below does this first", ()),
    "estimate": ("estimate revenue from inputs/russia/ into runs/", ("model.estimate",)),
    "check": ("check an estimate, made if needed (ARGS: the estimate's)", ("model.criticism",)),
    "drivers": ("show what drives an estimate, made if needed (ARGS: its)", ("model.drivers",)),
    "calibrate": ("fit simulated cases (ARGS='--replicates 1000')", ("model.calibration",)),
    "report": ("write brief, annex and figures (ARGS: the estimate's)", ("reports",)),
    "page": ("write the what-if page of an estimate (ARGS: the estimate's)", ("reports.page",)),
    "test": (
        "run all tests on all processors",
        ("pytest --numprocesses auto --dist loadfile",),
    ),
    "fuzz": (
        "read 20,000 changed cases and as many changed runs (FUZZ_EXAMPLES: how many)",
        ("pytest tests/test_fuzz.py tests/test_fuzz_runs.py",),
    ),
    "readme": ("renew README's answer, its picture and docs/brief.pdf", ("tools.readme",)),
    "schemas": (
        "write docs/schemas/ and data packages: the forms of a case's and a run's files",
        ("tools.schemas",),
    ),
    "notebooks": (
        "write, execute and keep the notebooks, as docs/notebooks/",
        ("tools.notebooks",),
    ),
    # From the top of the checkout, so that inputs can be looked at too; Ctrl-C ends it unasked.
    "lab": (
        "open the notebooks in JupyterLab, installed the first time (ARGS: its)",
        (
            "jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks "
            "--ServerApp.answer_yes=True",
        ),
    ),
    "browser": ("add to .venv what tests of the page need, beside Chromium and its driver", ()),
    "bench": ("measure speed", ("tests.benchmarks",)),
    "lint": ("check style (ruff) and types (mypy)", ("ruff check", "ruff format --check", "mypy")),
    "format": ("format the code as lint requires", ("ruff check --fix", "ruff format")),
    # One lock serves both running and developing: the tools are an eighth of its size, and the
    # versions run are the versions tested. It fits Linux, macOS (except Intel Macs, which numba no
    # longer supports) and Windows, with Python 3.12 to 3.14, and names no index, so that any
    # mirror works.
    "lock": (
        "pin all requirements (ARGS=--upgrade: the newest)",
        (
            _COMPILE.format("pyproject.toml --extra dev --output-file requirements.lock"),
            # what several have is of one version
            _COMPILE.format(
                "--group lab --constraint requirements.lock --output-file requirements-lab.lock"
            ),
            _COMPILE.format(
                "--group browser --constraint requirements.lock --constraint requirements-lab.lock "
                "--output-file requirements-browser.lock"
            ),
        ),
    ),
}
#: Status of a command that Ctrl-C ended.
INTERRUPTED = 130
#: Each Ctrl-C that came while a command ran.
_STRUCK = []  # type: list[int]
#: Targets that take the options of an estimate, and work on its run.
OF_A_RUN = ("check", "drivers", "report", "page")
#: Targets whose tools take no options.
WITHOUT_OPTIONS = ("environment", "browser", "lint", "format")


def help_text(caller: str = "") -> str:
    """The list of targets, as typed for make or, without a caller, for setup.py."""
    start = "make" if caller == "make" else "python tools/setup.py"
    lines = [f"  {start} {name:<12} {what}\n" for name, (what, _) in TARGETS.items()]
    lines.insert(0, f"  {start} {'help':<12} list the commands\n")
    if caller == "make":
        return "".join(lines) + "Pass options in ARGS, as in: make estimate ARGS='--help'\n"
    said = "".join(lines).replace("ARGS='--replicates 1000'", "--replicates 1000")
    said = said.replace("ARGS=--upgrade", "--upgrade").replace("ARGS:", "options:")
    return said + f"Options follow, as in: {start} estimate --help\n"


def run(name: str, options: list[str]) -> int:
    """Run a target of a complete environment; return the exit status."""
    if name in OF_A_RUN:
        return of_a_run(TARGETS[name][1][0], options)
    if name == "fuzz":
        os.environ["FUZZ_EXAMPLES"] = os.environ.get("FUZZ_EXAMPLES") or "20000"
    commands = [line.split() for line in TARGETS[name][1]]
    if name == "lock":  # what the files say that made them
        os.environ["UV_CUSTOM_COMPILE_COMMAND"] = "make lock"
    if name in EXTRAS and not extra_ready(name):
        return 1
    if name not in WITHOUT_OPTIONS:
        commands = [command + options for command in commands]
    for command in commands[:-1]:
        status = called(*command)
        if status:
            return status
        stop_if_struck()
    return last(*commands[-1]) if commands else 0


def of_a_run(module: str, options: list[str]) -> int:
    """Estimate, unless already done, then pass the run to a module.

    Without options, with all scenarios of inputs/russia/, so that checks and reports share a run.
    """
    if not options:
        for path in sorted(Path("inputs", "russia", "scenarios").glob("[!.]*.toml")):
            options = [*options, "--scenario", path.stem]
    asked = command_of("model.estimate", *options, "--format", "folder")
    if os.name == "nt":  # no code page has every name
        os.environ["PYTHONIOENCODING"] = "utf-8"
    status, said = waited(asked, stdout=subprocess.PIPE)
    folder = os.fsdecode(said).rstrip("\r\n")
    if not os.path.isdir(folder):  # --help, or an error already reported
        sys.stdout.write(os.fsdecode(said))
        return status
    stop_if_struck()
    # status 3: the sampler did not converge, which all output states
    if module == "reports":  # reports include the drivers, but are written without them too
        without = waited(command_of("model.drivers", folder), stdout=subprocess.DEVNULL)[0]
        if without == INTERRUPTED:
            return without
        stop_if_struck()
    return called(module, folder) or status


def command_of(module: str, *options: str) -> list[str]:
    """The command line of a module in .venv."""
    return [str(VENV_PYTHON), "-m", module, *options]


def called(module: str, *options: str) -> int:
    """Run a module and return its exit status."""
    return waited(command_of(module, *options))[0]


def last(module: str, *options: str) -> int:
    """Run a module as the last thing done: in the place of this process, where systems can."""
    command = command_of(module, *options)
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(command[0], command)
    return waited(command)[0]


def stop_if_struck() -> None:
    """Stop a target whose command went on to its end in spite of Ctrl-C, as what is writing does.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C came.
    """
    if _STRUCK:
        raise KeyboardInterrupt


def waited(command: list[str], stdout: int | None = None) -> tuple[int, bytes]:
    """Run a command to its end, which is its own affair if Ctrl-C comes; its status and output."""
    former = signal.signal(signal.SIGINT, lambda number, _: _STRUCK.append(number))
    try:
        with subprocess.Popen(command, stdout=stdout) as process:
            said, _ = process.communicate()
    finally:
        signal.signal(signal.SIGINT, former)
    status = process.returncode
    return (128 - status if status < 0 else status), said or b""
