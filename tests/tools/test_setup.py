"""``python tools/setup.py`` does what make does, with any Python, and gets the program's own."""

from __future__ import annotations

import ast
import base64
import functools
import hashlib
import http.server
import io
import itertools
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import environment, interpreters, targets

ROOT = Path(__file__).parents[2]
STARTERS = ("setup", "targets", "environment", "interpreters")
ADVICE = ["  pyenv install 3.13", "  uv python install 3.13", "  the installer from python.org"]
OLD = "Python 3.11.2, too old"

posix = pytest.mark.skipif(os.name != "posix", reason="its stand-ins are shell scripts")
linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="a build for this system"
)


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


# Starting


@pytest.mark.parametrize("name", STARTERS)
def test_any_python_from_3_8_can_run_the_start(name: str) -> None:
    text = (ROOT / "tools" / f"{name}.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 8))
    assert len(text.splitlines()) <= 350
    for call in ("removeprefix", "removesuffix", "match ", "zip(*", "strict="):
        assert call not in text


def test_the_start_is_read_by_older_pythons_too() -> None:
    """So that they can say what they lack."""
    ast.parse((ROOT / "tools" / "setup.py").read_text(encoding="utf-8"), feature_version=(3, 4))


def other_pythons() -> list[str]:
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    found = {path.parts[-3].rpartition(".")[0]: path for path in versions.glob("3.*/bin/python")}
    return [str(path) for minor, path in sorted(found.items()) if minor != "3.6"]


@pytest.mark.parametrize("python", [sys.executable, *other_pythons()])
def test_help_lists_every_command(python: str) -> None:
    done = subprocess.run(
        [python, "tools/setup.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if "Python 3.8 or newer" in done.stderr:
        assert done.returncode == 1
        return
    assert done.stderr == ""
    listed = re.findall(r"^  python tools/setup\.py (\w+)", done.stdout, re.MULTILINE)
    assert listed == ["help", *targets.TARGETS]
    assert "ARGS" not in done.stdout


def test_an_unknown_command_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "tools/setup.py", "estimat"], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("There is no command 'estimat'; write one of: environment, est")


def test_make_has_the_same_commands() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    (named,) = re.findall(r"^TARGETS = (.*)$", text, re.MULTILINE)
    assert named.split() == list(targets.TARGETS)
    for document in ("README.md", "CONTRIBUTING.md", ".ci/run"):
        words = re.findall(r"^ *(?:run )?make (\w+)", (ROOT / document).read_text(), re.MULTILINE)
        assert set(words) <= {*targets.TARGETS, "help"}
        assert words


@posix
@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        (["estimate", "ARGS=--draws 500 --set 'payment=900 USD/month'"],
         "-m model.estimate --draws 500 --set payment=900 USD/month"),
        (["test", 'ARGS=-m "not slow"'],
         "-m pytest --numprocesses auto --dist loadfile -m not slow"),
        (["calibrate"], "-m model.calibration"),
        (["lint"], "-m ruff check\n-m ruff format --check\n-m mypy"),
        (["lock", "ARGS=--upgrade"], "-m uv pip compile pyproject.toml --extra dev"),
        (["lab", "ARGS=--no-browser"],
         "-m pip install --quiet --disable-pip-version-check --no-input --no-user --require-hashes "
         "--only-binary :all: --requirement requirements-lab.lock\n-m jupyterlab --ServerApp"),
        (["browser"],
         "-m pip install --quiet --disable-pip-version-check --no-input --no-user --require-hashes "
         "--only-binary :all: --requirement requirements-browser.lock"),
        (["page"],
         "-m model.estimate --scenario half --scenario two --format folder\n"
         "-m reports.page a run"),
        (["check", "ARGS=--scenario one"],
         "-m model.estimate --scenario one --format folder\n-m model.criticism a run"),
        (["report", "ARGS=--scenario one"],
         "-m model.estimate --scenario one --format folder\n-m model.drivers a run\n"
         "-m reports a run"),
        (["drivers"],
         "-m model.estimate --scenario half --scenario two --format folder\n"
         "-m model.drivers a run"),
    ],
)  # fmt: skip
def test_make_passes_options_on(arguments: list[str], passed: str, tmp_path: Path) -> None:
    """A checkout whose .venv says what it is called with."""
    locks = ("requirements.lock", "requirements-lab.lock", "requirements-browser.lock")
    for name in ("Makefile", *locks, "tools"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    (tmp_path / "a run").mkdir()
    scenarios = tmp_path / "inputs" / "russia" / "scenarios"
    scenarios.mkdir(parents=True)
    for name in ("two.toml", "half.toml", "._half.toml"):
        (scenarios / name).touch()
    calls = 'if [ "$1" = -c ]; then echo 3.13.0; exit; fi\necho "$@" >>calls\n'
    script(
        tmp_path / ".venv" / "bin" / "python",
        calls + 'case "$*" in *"--format folder") echo "a run"; exit 3 ;; esac',
    )
    shutil.copy(ROOT / "requirements.lock", tmp_path / ".venv" / "installed.lock")
    done = subprocess.run(
        ["make", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False,
        # nor what a make that runs these tests was called with
        env={
            name: text
            for name, text in os.environ.items()
            if name != "PYTHON" and not name.startswith(("MAKE", "MFLAGS"))
        },
    )  # fmt: skip
    assert (tmp_path / "calls").read_text().startswith(passed), done.stderr
    # 3: the sampler did not converge; checks and reports are made all the same
    assert done.returncode == (2 if "a run" in passed else 0)
    assert ("Error 3" in done.stderr) == ("a run" in passed)


#: What a step does that Ctrl-C hits: says so itself, or is writing and goes on to its end.
ENDS = "trap '' INT; kill -INT $PPID; {}"


@posix
@pytest.mark.parametrize(
    ("struck", "does", "said", "called"),
    [
        ("model.estimate", "echo Interrupted. >&2; exit 130", "Interrupted.\n", 1),
        ("model.estimate", "echo run", "Interrupted.\n", 1),
        ("model.drivers", "echo Interrupted. >&2; exit 130", "Interrupted.\n", 2),
        ("model.drivers", "exit 0", "Interrupted.\n", 2),
        ("reports", "exit 0", "", 3),  # there is nothing left to stop
    ],
)
def test_ctrl_c_in_a_step_stops_the_target_and_is_said_once(
    struck: str, does: str, said: str, called: int, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    (tmp_path / "run").mkdir()
    script(
        tmp_path / ".venv" / "bin" / "python",
        'if [ "$1" = -c ]; then echo 3.13.0; exit; fi\necho "$2" >>calls\n'
        f'if [ "$2" = {struck} ]; then {ENDS.format(does)}; exit; fi\n'
        'if [ "$2" = model.estimate ]; then echo run; fi',
    )
    shutil.copy(ROOT / "requirements.lock", tmp_path / ".venv" / "installed.lock")
    done = subprocess.run(
        [sys.executable, "tools/setup.py", "report"], cwd=tmp_path, capture_output=True,
        text=True, check=False, env={"PATH": os.defpath},
    )  # fmt: skip
    assert (done.stderr, done.returncode) == (said, 130 if said else 0)
    assert (tmp_path / "calls").read_text().split() == ["model.estimate", "model.drivers",
                                                        "reports"][:called]  # fmt: skip


# The environment


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout, whose lock pins nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    return tmp_path


def test_an_environment_is_made_once(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert environment.ready()
    assert "Setting up .venv: Python 3." in capfd.readouterr().err
    assert sorted(path.name for path in (checkout / ".venv").glob("[is]*.l*")) == [
        "installed.lock", "setup.log",
    ]  # fmt: skip
    assert environment.LAUNCHER.exists()
    (note,) = (checkout / ".venv").rglob("sent_workers.pth")
    assert note.read_text().strip() == str(checkout)
    assert environment.ready()
    assert capfd.readouterr().err == ""
    # another lock, another environment; a requirement without a hash is refused and told
    (checkout / "requirements.lock").write_text("nothing-of-this-name==1\n")
    assert not environment.ready()
    said = capfd.readouterr().err
    assert "hash" in said or "nothing-of-this-name" in said
    assert "Setting up .venv failed for the reason above." in said
    assert not environment.INSTALLED.exists()


def launched(launcher: Path, folder: Path) -> list[str]:
    done = subprocess.run(
        [launcher, "estimate", "--set", "payment=900 USD/month"], cwd=folder, capture_output=True,
        text=True, check=True, env={"PATH": os.defpath, "CDPATH": str(folder)},
    )  # fmt: skip
    return done.stdout.splitlines()


@posix
def test_a_launcher_starts_the_program_from_any_folder(checkout: Path, tmp_path: Path) -> None:
    """Also through links, and from a checkout that was moved or shares its .venv."""
    venv = checkout / ".venv"
    script(
        venv / "bin" / "python", 'if [ "$1" = -c ]; then echo 3.13.0; exit; fi\nprintf "%s\\n" "$@"'
    )
    shutil.copy(checkout / "requirements.lock", venv / "installed.lock")
    assert environment.ready()
    launcher = venv / "bin" / "sent-workers"
    written = launcher.stat().st_mtime_ns
    elsewhere = tmp_path / "else where"
    (elsewhere / "bin").mkdir(parents=True)
    passed = ["estimate", "--set", "payment=900 USD/month"]
    assert launched(launcher, elsewhere) == [f"{checkout}/tools/sent_workers.py", *passed]
    (elsewhere / "bin" / "first").symlink_to("second")
    (elsewhere / "bin" / "second").symlink_to(launcher)
    assert launched(elsewhere / "bin" / "first", tmp_path)[0] == f"{checkout}/tools/sent_workers.py"
    (elsewhere / ".venv").symlink_to(venv)
    shared = elsewhere / ".venv" / "bin" / "sent-workers"
    assert launched(shared, tmp_path)[0] == f"{elsewhere}/tools/sent_workers.py"
    # once; a launcher of an older program is replaced, one that cannot be written is done without
    assert environment.ready()
    assert launcher.stat().st_mtime_ns == written
    launcher.write_text("echo old")
    assert environment.ready()
    assert launched(launcher, tmp_path)[1:] == passed
    launcher.unlink()
    launcher.mkdir()
    assert environment.ready()


@pytest.mark.parametrize("name", environment.EXTRAS)
def test_an_extra_is_added_once(
    name: str, checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = checkout / f"requirements-{name}.lock"
    lock.write_text("# nothing either\n")
    assert environment.ready()
    capfd.readouterr()
    assert environment.extra_ready(name)
    assert environment.EXTRAS[name] in capfd.readouterr().err
    assert environment.extra_ready(name)
    assert capfd.readouterr().err == ""
    # if it cannot be had, all else stays as it was
    lock.write_text("nothing-of-this-name==1\n")
    assert not environment.extra_ready(name)
    assert "Setting up .venv failed for the reason above." in capfd.readouterr().err
    assert environment.ready()
    assert not (environment.VENV / "tmp").exists()


def test_two_do_not_make_one_environment(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    environment.VENV.mkdir()
    environment.BUILDING.write_text(str(os.getpid()))
    assert not environment.ready()
    assert f"Process {os.getpid()} is already setting up .venv." in capfd.readouterr().err


def test_a_process_that_ended_builds_nothing(checkout: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    assert environment.alive(os.getpid())
    assert not environment.alive(ended.pid)
    environment.VENV.mkdir()
    for text in (str(ended.pid), "", "-1", "none"):
        environment.BUILDING.write_text(text)
        assert environment._builder() == 0


# A Python that is there


@posix
def test_a_suitable_python_on_the_path_is_found(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(checkout / "bin" / "python3.13", "echo 'Python 3.13.0 without venv (on …)'; exit 1")
    script(checkout / "bin" / "python3.12", f'exec {sys.executable} "$@"')
    found = interpreters.find_python()
    assert found == sys._base_executable  # type: ignore[attr-defined]


@posix
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f"echo '{OLD}'; exit 1", f"is {OLD}."),
        ("exit 127", "does not start Python"),
        (None, "no such command"),
    ],
)
def test_a_python_that_is_named_is_used_or_refused(
    body: str | None, words: str, checkout: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    named = checkout / "bin" / "mine"
    if body:
        script(named, body)
    monkeypatch.setenv("PYTHON", str(named))
    assert interpreters.find_python() is None
    said = capfd.readouterr().err
    assert words in said
    assert set(ADVICE) <= set(said.splitlines())
    script(named, f'exec {sys.executable} "$@"')
    assert interpreters.find_python() == sys._base_executable  # type: ignore[attr-defined]


# A Python that is fetched

#: Version and build that the made-up mirror has.
VERSION, BUILD = "3.13.18", "20261110"
ARCHIVE = f"cpython-{VERSION}+{BUILD}-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz"
ORIGIN = "https://github.com/astral-sh/python-build-standalone/releases/download"


@pytest.fixture
def mirror(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A mirror of one build, which starts this Python, and what tells uv of it."""
    base = tmp_path_factory.mktemp("mirror")
    archive = base / "files" / BUILD / ARCHIVE
    archive.parent.mkdir(parents=True)
    start = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
    files = {
        "python/bin/python3.13": start,
        "python/lib/python3.13/os.py": "",
        "python/lib/python3.13/_sysconfigdata__linux_x86_64-linux-gnu.py": (
            "# system configuration generated and used by the sysconfig module\n"
            "build_time_vars = {}\n"
        ),
    }
    with tarfile.open(archive, "w:gz") as packed:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o755
            packed.addfile(entry, io.BytesIO(text.encode()))
    build = {
        "name": "cpython", "arch": {"family": "x86_64", "variant": None}, "os": "linux",
        "libc": "gnu", "major": 3, "minor": 13, "patch": 18, "prerelease": "", "variant": None,
        "url": f"{ORIGIN}/{BUILD}/{ARCHIVE.replace('+', '%2B')}", "build": BUILD,
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
    }  # fmt: skip
    told = base / "downloads.json"
    told.write_text(json.dumps({f"cpython-{VERSION}-linux-x86_64-gnu": build}))
    return base / "files", told


@pytest.fixture
def served(mirror: tuple[Path, Path]) -> Iterator[str]:
    """The mirror at an address of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(mirror[0]))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def none_there(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system like Debian 12: its Python is too old."""
    old = script(checkout / "bin" / "python3", f"echo '{OLD}'; exit 1")
    fetched_before = interpreters._private
    monkeypatch.setattr(interpreters, "_candidates", lambda: [[str(old)], *fetched_before()])
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", "http://127.0.0.1:9")  # nobody answers there
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_CACHE_DIR", str(checkout / "cache"))
    return checkout


def uv() -> str:
    return str(Path(sys.executable).with_name("uv"))


def uv_on_the_path(folder: Path) -> None:
    (folder / "bin" / "uv").symlink_to(uv())


@linux
@pytest.mark.parametrize("by", ["file", "http"])
def test_uv_gets_a_python_from_a_mirror(
    by: str, none_there: Path, mirror: tuple[Path, Path], served: str,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    uv_on_the_path(none_there)
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", str(mirror[1]))
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", served if by == "http" else mirror[0].as_uri())
    found = interpreters.find_python()
    assert found == sys._base_executable  # type: ignore[attr-defined]
    said = capfd.readouterr().err
    assert "No Python from 3.12 to 3.14 was found" in said
    assert f"python3 is {OLD}" in said
    assert "Getting Python 3.13 through uv, into .python/" in said
    assert "pyenv install" not in said
    # it lies in this folder, nowhere else, and is found there the next time
    (lies,) = (none_there / ".python" / "versions").glob("cpython-3.13.18-*/bin/python3.13")
    assert interpreters.find_python() == found
    assert capfd.readouterr().err == ""
    lies.unlink()


def wheel_of_uv(folder: Path) -> str:
    """A wheel by the name of uv that calls the one that is there; its line in a lock."""
    version = "0.13.9"
    body = f'#!/bin/sh\nexec {uv()} "$@"\n'
    info = f"uv-{version}.dist-info"
    files = {
        f"uv-{version}.data/scripts/uv": body,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: uv\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        lines.append(f"{name},sha256={digest.decode()},{len(text)}")
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""])
    folder.mkdir()
    path = folder / f"uv-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            packed.writestr(entry, text)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"uv=={version} \\\n    --hash=sha256:{digest}\n"


@linux
def test_uv_is_installed_by_the_python_that_is_there(
    none_there: Path, mirror: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    line = wheel_of_uv(none_there / "wheels")
    lock = none_there / "requirements.lock"
    lock.write_text(f"other==1 \\\n    --hash=sha256:{'0' * 64}\n{line}    # via us\nzzz==2\n")
    monkeypatch.setenv("PIP_FIND_LINKS", str(none_there / "wheels"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", str(mirror[1]))
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", mirror[0].as_uri())
    assert interpreters.find_python() == sys._base_executable  # type: ignore[attr-defined]
    assert "Installing uv into .python/uv/" in capfd.readouterr().err.replace(os.sep, "/")


@posix
@pytest.mark.parametrize("there", [True, False])
def test_without_a_network_there_is_advice(
    there: bool, none_there: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    shutil.copy(ROOT / "requirements.lock", none_there)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    if there:
        uv_on_the_path(none_there)
    assert interpreters.find_python() is None
    said = capfd.readouterr().err
    assert f"python3 is {OLD}" in said
    assert ("error" in said) or ("No matching distribution" in said)
    assert set(ADVICE) <= set(said.splitlines())
    assert not (none_there / ".python" / "uv").exists()


@posix
def test_without_venv_there_is_advice(
    none_there: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert interpreters.find_python() is None
    said = capfd.readouterr().err
    assert "has no venv, with which uv could get a Python" in said
    assert "  apt install python3 python3-venv    (Debian 13, Ubuntu 24.04 or newer)" in said


def test_the_lock_pins_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    first, *hashes = interpreters._locked_uv().splitlines()
    assert re.fullmatch(r"uv==[\d.]+ \\", first)
    assert len(hashes) > 5
    assert all("--hash=sha256:" in line for line in hashes)
    assert not hashes[-1].endswith("\\")


def test_all_locks_pin_one_version_with_hashes() -> None:
    """The others are added to an environment that the main one has made."""
    pins = {}
    for name in ("requirements.lock", "requirements-lab.lock", "requirements-browser.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert text.startswith(
            "# This file was autogenerated by uv via the following command:\n#    make lock\n"
        )
        blocks = re.split(r"\n(?=[a-z])", text)[1:]
        assert all("--hash=sha256:" in block for block in blocks)
        pins[name] = dict(re.match(r"([\w.-]+)==([\w.]+)", block).groups() for block in blocks)  # type: ignore[union-attr]
    main, lab, browser = pins.values()
    assert "jupyterlab" in lab
    assert "jupyterlab" not in main
    assert "selenium" in browser
    assert "selenium" not in main.keys() | lab.keys()
    for one, other in itertools.combinations(pins.values(), 2):
        assert all(one[name] == other[name] for name in one.keys() & other)


# What may be written nowhere


def test_no_file_names_a_registry_of_packages() -> None:
    """Any mirror serves: which one is the system's affair."""
    hosts = re.compile(
        r"(?:files\.)?py" r"thonhosted\.org|\bpy" r"pi\.(?:org|python)|anaconda\.org"
    )
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = [name for name in done.stdout.split("\0") if name]
    for name in names:
        path = ROOT / name
        if path.is_file() and not path.is_symlink():
            found = hosts.search(path.read_bytes().decode("utf-8", "replace"))
            assert found is None, f"{name} names {found and found[0]}"
