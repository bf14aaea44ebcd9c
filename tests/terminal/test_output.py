"""What is printed is what was meant: text is no markup, and what cannot be written is said."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from model.terminal.output import complain, say
from model.terminal.screen import Talk
from model.terminal.tables import Column, Screen, put, stacked, styled

ROOT = Path(__file__).parents[2]
MARKUP = "Register [draft] [/b] [bold]x[/] :bomb: [link=http://x]y[/link] 12 'a'"
ACTING = "\x1b[2Jgone\x07\u202e\nwarning: forged"


def drawn(text: str, *, terminal: bool) -> str:
    """A title, a heading, a cell and a line with a text, as printed."""
    file = io.StringIO()
    console = Screen(file=file, force_terminal=terminal, width=200)
    put(console, [Column(text, "left")], [(text,), (stacked("one", text),)], text, wide=True)
    console.print(text)
    console.print(text, markup=True, emoji=True, highlight=True)
    console.print(styled(text, "bold"))
    return file.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_text_is_never_markup(terminal: bool) -> None:
    assert drawn(MARKUP, terminal=terminal).count(MARKUP) == 7


def test_text_never_acts() -> None:
    text = drawn(ACTING, terminal=False)
    assert text.count("\\x1b[2Jgone\\x07\\u202e\\nwarning: forged") == 7
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not [line for line in text.splitlines() if line.startswith("warning")]


def test_lines_are_lines(capsys: pytest.CaptureFixture[str]) -> None:
    talk = Talk(verbose=True)
    say(ACTING)
    complain(ACTING)
    talk.say(ACTING)
    talk.fault(ACTING)
    talk.report(ValueError("one\ntwo [b]"))
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert len(err.splitlines()) == 5
    assert err.endswith("one\ntwo [b]\n")
    assert not {"\x1b", "\x07", "\u202e"} & set(out + err)


def test_progress_is_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk(verbose=True)
    file = io.StringIO()
    talk.console = Screen(file=file, force_terminal=True, width=200)
    with talk.progress() as step:
        step("reading [/b] :bomb: \x1b[2m", 1, 2)
    assert "[/b] :bomb: \\x1b[2m" in file.getvalue()


def test_a_console_of_rich_alone_would_not_do() -> None:
    file = io.StringIO()
    Console(file=file, width=200).print("Register [draft] :bomb:")
    assert "[draft]" not in file.getvalue()


# Standard output that cannot be written

PRINTS = """
import sys
from model.terminal.output import command_line, say
def app():
    for _ in range(int(sys.argv[1])):
        say("a line \\xd7")
    raise SystemExit(int(sys.argv[2]))
command_line(app)
"""
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


def printing(lines: int, status: int = 0, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRINTS, str(lines), str(status)],
        cwd=ROOT, text=True, check=False, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


@full
@pytest.mark.parametrize("lines", [1, 100_000])
@pytest.mark.parametrize(("status", "told"), [(0, 2), (2, 2), (3, 3)])
def test_a_full_disk_is_said(lines: int, status: int, told: int) -> None:
    with Path("/dev/full").open("w") as target:
        done = printing(lines, status, stdout=target)
    assert done.returncode == told
    assert done.stderr.splitlines() == [
        "standard output cannot be written (No space left on device); what it has is not whole"
    ]


@full
def test_nothing_to_print_is_nothing_lost() -> None:
    with Path("/dev/full").open("w") as target:
        assert printing(0, stdout=target).returncode == 0


@full
def test_errors_that_cannot_be_said_are_in_the_status() -> None:
    code = PRINTS.replace("say", "complain")
    with Path("/dev/full").open("w") as target:
        done = subprocess.run(
            [sys.executable, "-c", code, "1", "0"], cwd=ROOT, stderr=target, check=False
        )
    assert done.returncode == 2


@pytest.mark.parametrize("status", [0, 3])
def test_a_closed_pipe_is_quiet(status: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PRINTS, "100000", str(status)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == status


def test_standard_output_that_is_closed_is_said() -> None:
    command = f"exec >&-; exec '{sys.executable}' -c \"$0\" 1 0"
    done = subprocess.run(
        ["sh", "-c", command, PRINTS], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("standard output cannot be written")
    assert len(done.stderr.splitlines()) == 1


def test_characters_that_a_terminal_lacks_are_shown_by_their_code() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTS, "1", "0"], cwd=ROOT, capture_output=True, text=True,
        check=True, env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout == "a line x\n"


COMMANDS = (
    "model.estimate", "model.criticism", "model.drivers", "model.calibration", "model.archive",
    "model.case", "reports", "reports.brief", "reports.annex", "reports.figures",
)  # fmt: skip


@full
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_so(command: str) -> None:
    with Path("/dev/full").open("w") as target:
        done = subprocess.run(
            [sys.executable, "-m", command, "--help"], cwd=ROOT, stdout=target,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "No space left on device" in done.stderr
