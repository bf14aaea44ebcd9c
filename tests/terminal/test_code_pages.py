"""Every command survives any code page: what a page lacks is replaced, and nothing is raised."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases import write_case
from tests.reports.runs import write_run, write_scenarios

ROOT = Path(__file__).parents[2]
TITLE = "劳务 – عمال ×2 “é” 😀"
PAGES = [
    {"PYTHONIOENCODING": "cp437"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"PYTHONIOENCODING": "cp1252"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]
#: Runs commands one after the other in one process, which imports the libraries once.
COMMANDS = """
import contextlib, io, runpy, sys, json
bad = []
for line in sys.argv[1:]:
    module, *arguments = json.loads(line)
    sys.argv = [module, *arguments]
    for name in [one for one in sys.modules if one == module or one == module + ".__main__"]:
        del sys.modules[name]
    out, err = sys.stdout, sys.stderr
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code:
            bad.append([line, ended.code])
    except BaseException as error:
        bad.append([line, repr(error)])
    sys.stdout.flush()
    sys.stdout, sys.stderr = out, err
sys.stderr.write("BAD " + json.dumps(bad) + "\\n")
"""
HELPED = [
    ("model.estimate",), ("model.case",), ("model.case", "check"), ("model.case", "new"),
    ("model.archive",), ("model.archive", "show"), ("model.archive", "compare"),
    ("model.archive", "prune"), ("model.criticism",), ("model.drivers",), ("model.calibration",),
    ("reports",), ("reports.annex",), ("reports.brief",), ("reports.figures",),
]  # fmt: skip


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A case whose title no code page has, and a run that answers it."""
    from model.archive.answer import read_inputs
    from model.question import Question

    base = tmp_path_factory.mktemp("pages")
    folder = write_case(base / "case", timeline={"title": TITLE})
    (scenario, *_) = write_scenarios(folder / "scenarios")
    asked = Question(folder, scenarios=(scenario.stem,))
    key, _ = read_inputs(asked).keys
    return folder, write_run(base / "runs", folder, [scenario], key=key)


def run(page: dict[str, str], *commands: list[str]) -> subprocess.CompletedProcess[bytes]:
    lines = [json.dumps(command) for command in commands]
    hidden = ("PYTHONIOENCODING", "PYTHONUTF8", "LANG", "LC_ALL", "LC_CTYPE")
    clean = {name: text for name, text in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-c", COMMANDS, *lines], cwd=ROOT, env=clean | page, capture_output=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "-".join(page.values()))
def test_every_command_survives_a_code_page(page: dict[str, str], answered: tuple) -> None:
    folder, made = answered
    runs, (scenario, *_) = str(made.parent), sorted((folder / "scenarios").glob("*.toml"))
    asked = ["--inputs", str(folder), "--output", runs, "--scenario", scenario.stem]
    done = run(
        page,
        *([*command, "--help"] for command in HELPED),
        ["model.case", "check", str(folder)],
        ["model.archive", "list", "--output", runs],
        ["model.archive", "show", made.name, "--output", runs],
        ["model.archive", "compare", made.name, made.name, "--output", runs],
        ["model.estimate", *asked],
        ["model.estimate", *asked, "--format", "csv"],
    )
    assert b"BAD []" in done.stderr, done.stderr.decode("latin-1")
    for said in (done.stdout, done.stderr):
        assert b"Traceback" not in said
    # by their codes, or by what reads the same
    assert rb"\u52b3\u52a1" in done.stdout
    assert rb"\U0001f600" in done.stdout
    assert b"\\u2013" not in done.stdout
    assert b"\\xd7" not in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "-".join(page.values()))
def test_json_stays_json(page: dict[str, str], answered: tuple) -> None:
    folder, made = answered
    (scenario, *_) = sorted((folder / "scenarios").glob("*.toml"))
    asked = ["--inputs", str(folder), "--output", str(made.parent), "--scenario", scenario.stem]
    done = run(page, ["model.estimate", *asked, "--format", "json"])
    encoding = page.get("PYTHONIOENCODING", "ascii").partition(":")[0]
    found = json.loads(done.stdout.decode(encoding))
    assert TITLE in json.dumps(found, ensure_ascii=False)
