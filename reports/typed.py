"""Commands as a reader types them: one option a line, joined by the shell's own sign."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import PureWindowsPath

from model.case.folders import COPY
from model.question import unchanged_arguments
from reports.saved_run import SavedRun

PYTHON = ".venv/bin/python"


def command(module: str, *words: str) -> str:
    """A command that may be copied: each option with its value on a line of its own."""
    lines = [f"{PYTHON} -m {module}"]
    for word in words:
        opens = word.startswith("--")
        if opens:
            lines.append("")
        lines[-1] = f"{lines[-1]} {shlex.quote(word)}".strip()
    return " \\\n  ".join(lines)


def estimate(run: SavedRun) -> str:
    """What asks for the run again, from the copy of the inputs it holds."""
    return command("model.estimate", *_arguments(run))


def of_another_case(run: SavedRun, inputs: str) -> str:
    """What asks the same of another folder of inputs."""
    said = _arguments(run)
    pairs = zip(said[::2], said[1::2], strict=True)
    kept = [word for pair in pairs if pair[0] != "--inputs" for word in pair]
    return command("model.estimate", "--inputs", inputs, *kept)


def without_what_if(run: SavedRun) -> str:
    """What asks for the estimate that a what-if changes."""
    return command("model.estimate", *unchanged_arguments(_arguments(run)))


def _arguments(run: SavedRun) -> list[str]:
    return elsewhere(run.manifest["arguments"], f"{run.name}/{COPY}")


def elsewhere(arguments: Sequence[str], copy: str) -> list[str]:
    """Arguments of a run without the paths of its author's machine, which older runs have."""
    found = list(arguments)
    for place, option in enumerate(found[:-1]):
        if option == "--inputs":
            found[place + 1] = copy
        elif option == "--scenario" and found[place + 1].endswith(".toml"):
            found[place + 1] = PureWindowsPath(found[place + 1]).stem
    return found
