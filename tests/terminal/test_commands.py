"""``sent-workers``: one command, quick to answer, from any folder, the same as each on its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from model.__main__ import Commands, app
from model.case.case import Case
from model.case.completion import names_in
from model.case.listing import listing
from model.terminal.help import example
from model.terminal.version import __version__, source_hash

#: What a command prints, by its words and the width of the terminal.
Told = Callable[..., str]

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "pymc", "matplotlib", "rich.markdown")
#: The commands by their words, and the modules that do the same.
MODULES = {
    "estimate": "model.estimate", "check": "model.criticism", "drivers": "model.drivers",
    "exposure": "model.exposure", "why": "model.why", "claims": "model.claims",
    "calibrate": "model.calibration", "case": "model.case", "archive": "model.archive",
    "report": "reports", "brief": "reports.brief", "annex": "reports.annex",
    "figures": "reports.figures", "page": "reports.page",
}  # fmt: skip
#: Commands of groups.
INNER = [
    *(f"case {name}" for name in ("new", "check", "add", "describe")),
    *(f"archive {name}" for name in ("list", "show", "compare", "export", "prune", "diary")),
]


def call(
    *words: str, start: tuple[str, ...] = ("tools/sent_workers.py",), cwd: Path = ROOT,
    width: int = 80, **env: str,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    start = tuple(str(ROOT / one) if one.endswith(".py") else one for one in start)
    return subprocess.run(
        [sys.executable, *start, *words], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": str(width), **env},
    )  # fmt: skip


def test_every_command_of_the_program_is_listed() -> None:
    assert set(Commands.entries) == set(MODULES)
    mains = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for path in [*ROOT.glob("model/*/__main__.py"), *ROOT.glob("reports/**/__main__.py")]
    }
    assert mains - set(MODULES.values()) == {"model.kernel"}  # the set-up's
    text = call("--help").stdout
    for name, entry in Commands.entries.items():
        assert re.search(rf"^  {name} +{re.escape(entry.help[:20])}", text, re.MULTILINE)


@pytest.mark.parametrize("words", ["", *MODULES, *INNER])
def test_help_imports_nothing_heavy(words: str) -> None:
    code = (
        "import sys\nsys.argv = ['sent-workers', *sys.argv[1:]]\n"
        "from model.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n"
        f"    print({HEAVY} and sorted(set({HEAVY}) & set(sys.modules)), ended.code)"
    )
    done = call(*words.split(), "--help", start=("-c", code))
    assert done.stdout.splitlines()[-1] == "[] 0", done.stderr


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """What a command prints, called in this process."""
    monkeypatch.setattr(app, "_add_completion", True)

    def run(words: str, width: int = 80) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        with pytest.raises(SystemExit) as ended:
            typer.main.get_command(app).main(words.split(), prog_name="sent-workers")
        assert ended.value.code == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("words", ["", *MODULES, *INNER])
def test_help_fits_and_breaks_no_word(words: str, width: int, told: Told) -> None:
    text = told(f"{words} --help", width)
    lines = text.splitlines()
    assert all(len(line) <= width for line in lines)
    # the same words at any width
    assert squeezed(text) == squeezed(told(f"{words} --help", 1000))
    assert lines[0].startswith(f"Usage: {' '.join(['sent-workers', *words.split()])} ")
    assert "--version" in text
    if words not in ("case", "archive"):
        assert re.search(r"^Examples?:\n  sent-workers ", text, re.MULTILINE)


def squeezed(text: str) -> list[str]:
    """Words, without the sign that continues a line of an example."""
    return text.replace(" \\\n", "\n").split()


@pytest.mark.parametrize(("words", "module"), MODULES.items())
def test_a_command_s_own_module_does_the_same(words: str, module: str) -> None:
    ours, own, whole = (
        call(words, "--help").stdout,
        call("--help", start=("-m", module)).stdout,
        call(words, "--help", start=("-m", "model")).stdout,
    )
    assert own.startswith(f"Usage: python -m {module} ")
    assert whole.startswith(f"Usage: python -m model {words} ")
    plain = [
        re.sub(r"sent-workers \w+|python -m model \w+|python -m [\w.]+", "X", " ".join(one.split()))
        for one in (ours, own, whole)
    ]
    assert plain[0] == plain[1] == plain[2]


@pytest.mark.parametrize("words", ["", *MODULES, *INNER])
def test_version_is_told_by_every_command(words: str, told: Told) -> None:
    assert told(f"{words} --version") == f"sent-workers {__version__} (source {source_hash()})\n"


def test_the_version_stands_in_three_files_alike() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()


@pytest.mark.parametrize("words", ["", "archive", "case"])
def test_a_group_alone_prints_its_help(words: str, told: Told) -> None:
    done = call(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (2, told(f"{words} --help"), "")


def test_a_mistyped_command_is_corrected() -> None:
    done = call("estimat")
    assert done.returncode == 2
    assert "Did you mean 'estimate'?" in " ".join(done.stderr.split())


# Folders


def test_the_working_directory_hides_no_part_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "__init__.py").write_text("raise SystemExit('not the program')")
    done = call("case", "check", "russia", cwd=tmp_path)
    assert done.returncode == 0
    assert f"Read {ROOT / 'inputs' / 'russia'}: " in " ".join(done.stdout.split())


@pytest.mark.parametrize("start", [("tools/sent_workers.py",), ("-m", "model")])
def test_runs_are_the_checkout_s_from_any_folder(start: tuple[str, ...], tmp_path: Path) -> None:
    env = {"PYTHONPATH": str(ROOT), "SENT_WORKERS_RUNS": ""}
    told = call("archive", "list", "--help", start=start, cwd=tmp_path, width=1000, **env).stdout
    assert f"[default {ROOT / 'runs'}]" in told
    assert "[default runs]" in call("archive", "list", "--help", start=start, **env).stdout
    env["SENT_WORKERS_RUNS"] = str(tmp_path / "mine")
    done = call("archive", "list", start=start, **env)
    assert " ".join(done.stdout.split()) == f"{tmp_path / 'mine'} holds no runs"
    assert call("archive", "list", cwd=tmp_path, **env).stdout == "mine holds no runs\n"


# Completion


def offered(line: str, cwd: Path = ROOT, **env: str) -> list[str]:
    """What a shell is offered for the last word of a line."""
    words = line.split(" ")
    asked = {"_SENT_WORKERS_COMPLETE": "complete_bash", "COMP_WORDS": line,
             "COMP_CWORD": str(len(words) - 1)}  # fmt: skip
    done = call(cwd=cwd, **asked, **env)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "first", "count"),
    [
        ("sent-workers ca", "calibrate", 2),
        ("sent-workers estimate --scenario d", "deadline_2019", 2),
        ("sent-workers estimate --set upkeep_g", "upkeep_growth=", 1),
        ("sent-workers estimate --prior arrivals_ratio.2018q", "arrivals_ratio.2018q1=", 4),
        ("sent-workers estimate --drop-source wsj", "wsj-2018-08-02", 1),
        ("sent-workers estimate --drop-row b", "", 0),  # these are held out
        ("sent-workers estimate --believe b01", "b01-state-department", 1),
        ("sent-workers estimate --reading share_n", "share_net_of_tax=", 1),
        ("sent-workers estimate --list r", "rows", 2),
        ("sent-workers estimate --inputs ru", "russia", 1),
        ("sent-workers estimate --currency ", "USD", 3),
        ("sent-workers estimate --inputs world --currency C", "CNY", 1),
        ("sent-workers drivers RUN --what state", "state_take", 1),
        ("sent-workers drivers RUN --show co", "correlations", 1),
        ("sent-workers check RUN --show prior", "prior_predictive", 3),
        ("sent-workers check RUN --only prior", "prior_predictive", 3),
        ("sent-workers calibrate --show m", "misfit", 2),
        ("sent-workers case check r", "russia", 1),
        ("sent-workers estimate --inputs nowhere --scenario d", "", 0),
    ],
)
def test_names_are_completed(line: str, first: str, count: int) -> None:
    found = offered(line)
    assert len(found) == count
    assert found[:1] == ([first] if count else [])


#: A run's folder; names stand for none that is called otherwise.
ONE = "one-0123456789ab"


def test_another_case_and_its_runs_are_completed(tiny_folder: Path, tmp_path: Path) -> None:
    for name, file in (
        (ONE, "manifest.json"),
        ("other", "else.txt"),
        (".one", "manifest.json"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).touch()
    (tmp_path / ".names").mkdir()
    (tmp_path / ".names" / "base").write_text(f"{ONE}\n")
    (tmp_path / ".names" / "gone").write_text("one-ffffffffffff\n")
    found = offered("sent-workers archive show ", SENT_WORKERS_RUNS=str(tmp_path))
    # as the archive lists them, one that is hidden too
    assert found == ["base", "latest", ".one", ONE]
    assert offered(f"sent-workers brief --runs {tmp_path} o") == [ONE]
    assert offered(f"sent-workers estimate --inputs {tiny_folder} --drop-source p") == ["paper"]
    # a group in a group offers what the outer one does
    assert "russia" in offered("sent-workers archive diary --inputs ")


@pytest.mark.parametrize("asked", ["complete_bash", "complete_zsh", "complete_nonsense"])
def test_a_fault_completes_nothing_and_is_silent(asked: str, tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "sources.csv").write_bytes(b'id,title\n"\xff')
    line = f"sent-workers estimate --inputs {case} --drop-source "
    env = {"COMP_WORDS": line, "_TYPER_COMPLETE_ARGS": line}
    for number in ("5", "x", ""):
        done = call(_SENT_WORKERS_COMPLETE=asked, COMP_CWORD=number, **env)
        assert "Traceback" not in done.stderr
        # where there are no names, zsh is told to offer files
        assert done.stdout.split() in ([], ["_files"])


def test_completion_imports_nothing_heavy() -> None:
    code = (
        "import sys\nsys.argv = ['sent-workers']\nfrom model.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    line = "sent-workers estimate --set payment_g"
    done = call(start=("-c", code), _SENT_WORKERS_COMPLETE="complete_bash", COMP_WORDS=line,
                COMP_CWORD="3")  # fmt: skip
    assert done.stdout.split() == ["payment_growth=", "[]"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_ask(shell: str) -> None:
    done = call("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert f"_SENT_WORKERS_COMPLETE=complete_{shell}" in done.stdout


@pytest.mark.parametrize("which", ["tiny", "real"])
def test_names_offered_are_those_that_a_case_lists(
    which: str, request: pytest.FixtureRequest
) -> None:
    case: Case = request.getfixturevalue(which)
    for kind in ("scenarios", "quantities", "sources", "readings"):
        assert sorted(names_in(case.folder, kind)) == sorted(listing(case, kind)["name" if kind !=
                                                             "sources" else "id"])  # fmt: skip


# Examples


def test_a_long_example_is_broken_before_an_option() -> None:
    line = "  sent-workers estimate --set a=1 --drop-source one"
    assert example(line, 80) == [line]
    assert example(line, 40) == [
        "  sent-workers estimate --set a=1 \\", "    --drop-source one"
    ]  # fmt: skip
