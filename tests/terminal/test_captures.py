"""Whole commands as a terminal shows them, at three widths: what changes in one is seen in a diff.

``make test ARGS='tests/terminal/test_captures.py --renew-captures'`` writes them anew.
"""

from __future__ import annotations

import io
import re
import shlex
import signal
import sys
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len

from model.__main__ import app
from model.archive.run_files import EPOCH
from model.question import WhatIf
from tests.archive.strangers import resealed
from tests.cases import write_case
from tests.reports.runs import RIVALS, write_run, write_scenarios

CAPTURES = Path(__file__).parent / "captures"
WIDTHS = (60, 80, 120)
#: Keys of runs, of which one is a what-if.
PLAIN, CHANGED = "0123456789ab", "ba9876543210"
#: Commands by the names of their captures.
COMMANDS = {
    "help": "--help",
    "estimate-help": "estimate --help",
    "export-help": "archive export --help",
    "list": "archive list --runs runs",
    "show": f"archive show case-{PLAIN} --runs runs",
    "show-wide": f"archive show case-{PLAIN} --runs runs --wide",
    "show-what-if": f"archive show case-{CHANGED} --runs runs",
    "diary": "archive diary --runs diaries",
    "compare": f"archive compare case-{PLAIN} case-{CHANGED} --runs runs",
    "claims": f"claims case-{PLAIN} article.txt --runs runs",
    "check": "case check case",
    "check-faulty": "case check faulty",
    "list-quantities": "estimate --inputs case --list quantities",
    "no-such-run": "archive show nothing --runs runs",
}
#: A text whose second sentence would act, and whose third is about something else.
ARTICLE = """
In 2017 North Korea earned at least $120 million from some 50,000 workers in Russia.
\x1b[31mThe state did not take [red]90 percent[/red] of their wages.\u202e

Coal brought it $400 million.
"""
WHAT_IF = WhatIf(
    fixed=(("broker_margin", 0.3, ""),), drop_sources=("newspaper",), as_of="2018-08-02"
)


class Terminal(io.StringIO):
    """What a terminal shows, of standard output and standard error alike."""

    def isatty(self) -> bool:
        return True

    def shown(self) -> str:
        """Its text, without colours."""
        lines = re.sub(r"\x1b\[[\d;]*m", "", self.getvalue()).splitlines()
        return "".join(f"{line.rstrip()}\n" for line in lines)


def write_diaries(base: Path) -> None:
    """Three runs of a case: as it is, with a prior and a grade changed, with a row more."""
    graded = {"evidence": {"plan": {"reliability": "D"}}, "priors": {"plan": {"p95": 1100}}}
    more = {"quantity": "upkeep", "host": "russia", "start": "2018-01", "end": "2018-12",
            "qualifier": "about", "value": "9000", "unit": "RUB/month", "source": "newspaper",
            "reliability": "C", "credibility": "3", "role": "fit"}  # fmt: skip
    added = graded | {"evidence": graded["evidence"] | {"food": more}}
    for place, changes in enumerate(({}, graded, added)):
        case = write_case(base / "diary" / str(place) / "case", **changes)
        run = write_run(base / "diaries", case, key=f"{place}" * 12)
        resealed(run, fit=f"{place}" * 12, date=f"2018-08-0{place + 1}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case, a faulty one, and two runs."""
    base = tmp_path_factory.mktemp("captures")
    case = write_case(base / "case", readings_toml=RIVALS)
    scenarios = write_scenarios(case / "scenarios")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EPOCH, "1533168000")
        write_run(base / "runs", case, scenarios, key=PLAIN)
        write_run(base / "runs", case, key=CHANGED, what_if=WHAT_IF)
        write_diaries(base)
    (base / "article.txt").write_text(ARTICLE, encoding="utf-8")
    write_case(
        base / "faulty",
        evidence={
            "payment": {"unit": "RUB/moth"},
            "workers": {"value": "24,000,5", "qualifier": "abuot"},
            "plan": {"source": "papers"},
        },
        priors={"broker_margin": {"p05": 0.4}},
    )
    return base


def shown(words: str, width: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    terminal = Terminal()
    for name, value in (("COLUMNS", str(width)), ("LINES", "50"), ("TERM", "xterm")):
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(app, "_add_completion", True)
    former = signal.getsignal(signal.SIGINT), sys.unraisablehook
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setattr(sys, "stderr", terminal)
        with pytest.raises(SystemExit):
            typer.main.get_command(app).main(shlex.split(words), prog_name="sent-workers")
    signal.signal(signal.SIGINT, former[0])
    sys.unraisablehook = former[1]
    return f"$ sent-workers {words}\n{terminal.shown()}"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_looks_as_captured(
    name: str, width: int, folder: Path, monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    text = shown(COMMANDS[name], width, folder, monkeypatch)
    _, *lines = text.splitlines()
    if name != "show-wide":
        assert [line for line in lines if cell_len(line) > width] == []
    assert str(folder) not in text
    path = CAPTURES / f"{name}-{width}.txt"
    if request.config.getoption("--renew-captures"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "if it should, --renew-captures"


def test_every_capture_is_of_a_command() -> None:
    expected = {f"{name}-{width}.txt" for name in COMMANDS for width in WIDTHS}
    assert {path.name for path in CAPTURES.iterdir()} == expected
