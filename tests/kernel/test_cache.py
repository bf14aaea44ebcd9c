"""The compiled kernel on disk: what is damaged, stale or half done is compiled again, never run.

A stand-in that is compiled in a moment goes through the same folders; the kernel itself is compiled
as seldom as will do, by the slow tests.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from model.kernel import cache

ROOT = Path(__file__).parents[2]
STAND_IN = "tests.kernel.stand_in"
COMPILES = ["Compiling the model (once per installation) …"]
SERVES_ONCE = "No folder for the compiled model is writable; it will be used this time only."


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the cache of this test is; nothing is there yet."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "sent-workers"


def found() -> tuple[ModuleType, list[str]]:
    """The stand-in as a new process finds it, and what was said."""
    sys.modules.pop(STAND_IN, None)
    said: list[str] = []
    return cache._found(STAND_IN, said.append), said


def assert_compiled() -> None:
    module, said = found()
    assert module.number.ctypes(3.0) == 7.0
    assert module.number.cache_hits == 0
    assert said == COMPILES


def assert_read() -> None:
    module, said = found()
    assert module.number.ctypes(3.0) == 7.0
    assert module.number.cache_hits == 1
    assert said == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the stand-in, for copying."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(cache.VARIABLE, str(folder))
        assert_compiled()
    return folder / "sent-workers"


def copied(whole: Path, root: Path) -> Path:
    """The folder of a kernel, in another cache."""
    shutil.copytree(whole, root)
    (folder,) = root.iterdir()
    return folder


def test_compiled_once_and_read_from_then_on(root: Path) -> None:
    assert_compiled()
    assert_read()
    assert [path.name for path in root.iterdir()] == [f"kernel-{cache.key()}"]


def test_a_copied_cache_is_read_wherever_it_stands(whole: Path, root: Path) -> None:
    copied(whole, root)
    assert_read()


def the(folder: Path, ending: str) -> Path:
    (path,) = folder.rglob(f"*{ending}")
    return path


def flipped(path: Path, share: float) -> None:
    """One bit, at a share of a file's length."""
    text = bytearray(path.read_bytes())
    text[int(share * (len(text) - 1))] ^= 1
    path.write_bytes(text)


def replaced_by_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("what is this?")


def replaced_by_link(folder: Path, target: str) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder.parent.parent / target)


def replaced_by_other_link(folder: Path) -> None:
    (folder.parent.parent / "elsewhere").mkdir()
    replaced_by_link(folder, "elsewhere")


def swapped(folder: Path) -> None:
    one, other, aside = the(folder, ".nbi"), the(folder, ".nbc"), folder / "aside"
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def sealed_by_folder(folder: Path) -> None:
    (folder / cache.SEAL).unlink()
    (folder / cache.SEAL).mkdir()


def seal_changed(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / cache.SEAL
        path.write_bytes(change(path.read_bytes()))

    return damage


def file_changed(ending: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = the(folder, ending)
        path.write_bytes(change(path.read_bytes()))

    return damage


def _damages() -> dict[str, Callable[[Path], None]]:
    found: dict[str, Callable[[Path], None]] = {
        "seal deleted": lambda folder: (folder / cache.SEAL).unlink(),
        "seal emptied": seal_changed(lambda text: b""),
        "seal cut short": seal_changed(lambda text: text[:-40]),
        "seal of zeros": seal_changed(lambda text: bytes(len(text))),
        "seal no text": seal_changed(lambda text: b"\xff\xfe" + text),
        "seal altered": seal_changed(lambda text: text[:5] + b"x" + text[6:]),
        "seal a folder": sealed_by_folder,
        "folder emptied": lambda folder: [
            shutil.rmtree(path) if path.is_dir() else path.unlink() for path in folder.iterdir()
        ],
        "nothing left but an emptied seal": lambda folder: [
            shutil.rmtree(the(folder, ".nbi").parent),
            (folder / cache.SEAL).write_text(""),
        ],
        "a file in its place": replaced_by_file,
        "a link that leads nowhere": lambda folder: replaced_by_link(folder, "nowhere"),
        "a link to another folder": replaced_by_other_link,
        "files swapped": swapped,
    }
    for ending in (".nbi", ".nbc"):
        for share in (0.0, 0.5, 1.0):
            found[f"{ending} with a bit flipped at {share}"] = (
                lambda folder, ending=ending, share=share: flipped(the(folder, ending), share)
            )
        found[f"{ending} deleted"] = lambda folder, ending=ending: the(folder, ending).unlink()
        found[f"{ending} emptied"] = file_changed(ending, lambda text: b"")
        found[f"{ending} cut short"] = file_changed(ending, lambda text: text[: len(text) // 2])
        found[f"{ending} continued"] = file_changed(ending, lambda text: text + b"\0")
        found[f"{ending} of zeros"] = file_changed(ending, lambda text: bytes(len(text)))
    return found


DAMAGES = _damages()


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_compiled_again(whole: Path, root: Path, damage: str) -> None:
    folder = copied(whole, root)
    DAMAGES[damage](folder)
    assert_compiled()
    # and is whole afterwards
    assert_read()
    assert list(root.iterdir()) == [folder]


def test_what_numba_tries_writing_by_is_no_damage(whole: Path, root: Path) -> None:
    """While one process reads, another may be at it: where the system gives such files a name."""
    folder = copied(whole, root)
    (the(folder, ".nbi").parent / "tmpf00_bar").write_bytes(b"")
    assert_read()
    (the(folder, ".nbi").parent / "tmpf00_bar").unlink()
    assert_read()


def test_a_folder_that_vanishes_while_it_is_read(
    whole: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another process finds it damaged at the same time."""
    folder = copied(whole, root)

    def vanishing(path: Path) -> bool:
        shutil.rmtree(path)
        return True

    with monkeypatch.context() as patch:
        patch.setattr(cache, "sealed", vanishing)
        module, _ = found()
    assert module.number.ctypes(3.0) == 7.0
    # what was written there meanwhile has no seal
    assert_compiled()
    assert list(root.iterdir()) == [folder]


def test_whoever_comes_second_leaves_the_first_ones(
    whole: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process puts its kernel into place while this one compiles."""
    imported = cache.imported

    def meanwhile(name: str, draft: Path) -> ModuleType:
        module = imported(name, draft)
        (theirs,) = whole.iterdir()
        shutil.copytree(theirs, root / theirs.name)
        return module

    with monkeypatch.context() as patch:
        patch.setattr(cache, "imported", meanwhile)
        assert_compiled()
    (folder,) = root.iterdir()
    (theirs,) = whole.iterdir()
    assert (folder / cache.SEAL).read_bytes() == (theirs / cache.SEAL).read_bytes()
    assert_read()


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError, SystemExit])
def test_what_is_interrupted_leaves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:
    def interrupted(name: str, draft: Path) -> ModuleType:
        (draft / "half.nbc").write_bytes(b"half")
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(cache, "imported", interrupted)
        with pytest.raises(failure):
            found()
    assert list(root.iterdir()) == []
    assert_compiled()


def test_numba_keeps_its_own_folder_for_others(root: Path, tmp_path: Path) -> None:
    """Only the kernel is kept here; what else is compiled goes where it would have gone."""
    import numba

    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(tmp_path / "theirs")
    try:
        assert_compiled()
        assert str(tmp_path / "theirs") == config.CACHE_DIR
        with pytest.raises(ModuleNotFoundError):
            cache._found("tests.kernel.no_such_module", lambda line: None)
        assert str(tmp_path / "theirs") == config.CACHE_DIR
    finally:
        config.CACHE_DIR = before
    assert not (tmp_path / "theirs").exists()
    assert [path.name for path in root.iterdir()] == [f"kernel-{cache.key()}"]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def assert_serves_once(temporary: Path) -> None:
    module, said = found()
    assert module.number.ctypes(3.0) == 7.0
    assert said == [*COMPILES, SERVES_ONCE]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("place", ["/proc/no such folder", "/dev/null", "file", "file/below"])
def test_where_nothing_can_be_written_it_serves_once(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    """Permissions do not keep root out; a folder that is none keeps everyone out."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / place))
    assert_serves_once(temporary)
    assert_serves_once(temporary)
    assert (tmp_path / "file").read_text() == ""


def test_on_a_full_disk_it_serves_once(
    root: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where files can be made, but not filled: limits of size stand in for those of space."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (cache.ROOM // 2, hard))
    try:
        assert_serves_once(temporary)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(root.iterdir()) == []


def test_the_environments_folder_comes_before_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert cache.writable_root() == tmp_path / "environment" / "var" / "sent-workers"
    monkeypatch.setattr(sys, "prefix", os.devnull)
    assert cache.writable_root() == tmp_path / "home" / ".cache" / "sent-workers"
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "asked"))
    assert cache.writable_root() == tmp_path / "asked" / "sent-workers"
    # whoever names a folder wants no other
    monkeypatch.setenv(cache.VARIABLE, os.devnull)
    assert cache.writable_root() is None


def test_what_was_abandoned_is_swept_and_nothing_else(root: Path) -> None:
    long_ago = time.time() - cache.ABANDONED - 60
    for name, changed in (
        ("kernel-aa.left", long_ago), ("kernel-aa.at_work", time.time()), ("kernel-bb", long_ago),
        ("else.where", long_ago),
    ):  # fmt: skip
        (root / name).mkdir(parents=True)
        (root / name / "file").write_text("")
        os.utime(root / name, (changed, changed))
    assert_compiled()
    assert {path.name for path in root.iterdir()} == {
        "kernel-aa.at_work", "kernel-bb", "else.where", f"kernel-{cache.key()}",
    }  # fmt: skip


def test_the_kernel_that_is_there_is_not_sought_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(line: str) -> None:
        raise AssertionError(line)

    here = cache.kernel()
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    assert cache.kernel(say) is here is sys.modules["model.kernel.compiled"]
    assert not (tmp_path / "cache").exists()


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources, of which the key is made."""
    here = Path(cache.__file__).parent
    shutil.copytree(here, tmp_path / "kernel", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "kernel" / "cache.py"))
    return tmp_path / "kernel"


@pytest.mark.parametrize("source", cache.SOURCES)
def test_a_changed_source_is_another_kernel(sources: Path, source: str) -> None:
    path = sources / f"{source}.py"
    before, times = cache.key(), path.stat()
    text = path.read_bytes()
    path.write_bytes(text.replace(b"1.0", b"2.0", 1) if b"1.0" in text else text + b"\n")
    # as git and editors may leave it
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert cache.key() != before
    path.write_bytes(text)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert cache.key() == before


def test_what_is_not_compiled_changes_nothing(sources: Path) -> None:
    before = cache.key()
    (sources / "tape.py").write_text("")
    assert cache.key() == before


def test_sources_are_all_that_the_compiled_functions_import() -> None:
    here, known, new = Path(cache.__file__).parent, set[str](), {"compiled"}
    while new:
        known |= new
        imports = {
            node.module + "." + alias.name
            for name in new
            for node in ast.walk(ast.parse((here / f"{name}.py").read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("model")
            for alias in node.names
        }
        assert all(name.startswith("model.kernel.") for name in imports)
        new = {name.split(".")[2] for name in imports} - known
    assert known == set(cache.SOURCES)


@pytest.mark.parametrize("package", ["numba", "llvmlite", "numpy"])
def test_another_version_of_a_library_is_another_kernel(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    before, version = cache.key(), cache.version
    monkeypatch.setattr(
        cache, "version", lambda name: version(name) + (".1" if name == package else "")
    )
    assert cache.key() != before


def test_another_processor_python_or_place_is_another_kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Folders of the user may be shared by many machines, and environments be copied."""
    from llvmlite import binding

    keys = {cache.key()}
    features = {**binding.get_host_cpu_features(), "a feature": True}
    shutil.copytree(Path(cache.__file__).parent, tmp_path / "kernel")
    for owner, name, other in (
        (binding, "get_host_cpu_name", lambda: "another processor"),
        (binding, "get_host_cpu_features", lambda: features),
        (sys, "version", "3.99"),
        (cache, "__file__", str(tmp_path / "kernel" / "cache.py")),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, other)
            keys.add(cache.key())
    assert len(keys) == 5


#: Values, slopes and draws of the real case, to the last bit.
DIGEST = """
import hashlib, json, sys
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from model.kernel.cache import kernel

said = []
with ThreadPoolExecutor(4) as pool:
    (found,) = set(pool.map(lambda _: kernel(said.append), range(4)))

import nutpie
from model.case.case import read_case
from model.kernel.native import Map, density, evaluate, sampler
from model.evidence.synthesis import program, synthesis

recorded = program(synthesis(read_case("inputs/russia")))
rng, size = np.random.default_rng(1), recorded.size
change = Map(
    0.1 * rng.normal(size=size), 0.1 * np.eye(size) + 0.01 * rng.normal(size=(size, size)),
    np.tile([0.1, 0.9, 0.0, 1.0], (size, 1)),
)
digest = hashlib.sha256()
for x in rng.normal(size=(5, size)):
    for one in (None, Map(change.centre, change.root), change):
        value, gradient = density(recorded, one)(x)
        assert np.isfinite(gradient).all()
        digest.update(np.append(gradient, value).tobytes())
    digest.update(evaluate(recorded, "rows", x).tobytes())
trace = nutpie.sample(
    sampler(recorded, change), draws=30, tune=30, chains=2, cores=int(sys.argv[1]), seed=5,
    maxdepth=5, progress_bar=False, init_mean=np.zeros(size),
)
digest.update(trace["posterior"]["x"].to_numpy().tobytes())
hits = [getattr(found, name).cache_hits for name in ("density", "evaluate", "copy_point")]
print(json.dumps({"said": said, "hits": hits, "digest": digest.hexdigest()}))
"""

#: Compiles, says when it begins, and prints a value. Ctrl-C is the terminal's, even where the
#: tests run in the background and would hand down that it is ignored.
COMPILE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
import numpy as np
from model.kernel.native import density
from model.kernel.tape import Tape
value, gradient = density(Tape(2).program())(np.ones(2))
print(value, *gradient)
"""
#: Longer than any of it takes; nothing is measured by it.
PATIENCE = 300


def started(script: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=os.environ | {cache.VARIABLE: str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def answered(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return output


def compiling(folder: Path, seconds: float) -> subprocess.Popen[str]:
    """A process that has been compiling for a while."""
    process = started(COMPILE, folder)
    assert process.stderr is not None
    assert process.stderr.readline().strip() in COMPILES
    time.sleep(seconds)
    return process


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A cache that was empty, and the real case's digest as compiled there, on two cores."""
    folder = tmp_path_factory.mktemp("cold")
    return folder, json.loads(answered(started(DIGEST, folder, "2")))


@pytest.mark.slow
def test_cold_and_warm_give_the_same_bytes(
    cold: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """And so do two cores and one, and a cache that was moved."""
    folder, fresh = cold
    # of four threads that ask at once, one compiles
    assert fresh["said"] == COMPILES
    assert fresh["hits"] == [0, 0, 0]
    shutil.copytree(folder, tmp_path / "moved")
    warm = json.loads(answered(started(DIGEST, tmp_path / "moved", "1")))
    assert warm["said"] == []
    assert warm["hits"] == [1, 1, 1]
    assert warm["digest"] == fresh["digest"]


@pytest.mark.slow
def test_ctrl_c_while_compiling_leaves_nothing(tmp_path: Path) -> None:
    process = compiling(tmp_path, 0.5)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert errors.strip().splitlines()[-1] == "KeyboardInterrupt"
    assert output == ""
    assert list((tmp_path / "sent-workers").iterdir()) == []


@pytest.mark.slow
def test_two_at_once_after_one_was_killed_over_a_damaged_kernel(
    cold: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder = copied(cold[0] / "sent-workers", tmp_path / "sent-workers")
    (largest,) = folder.rglob("*.density-*.nbc")
    flipped(largest, 0.7)
    process = compiling(tmp_path, 2.0)
    process.kill()
    process.communicate(timeout=PATIENCE)
    # the damaged one is gone; what was killed could not tidy up, and is not taken for a kernel
    (draft,) = folder.parent.iterdir()
    assert draft.name.startswith(f"{folder.name}.")
    assert not (draft / cache.SEAL).exists()
    long_ago = time.time() - cache.ABANDONED - 60
    os.utime(draft, (long_ago, long_ago))
    both = [started(COMPILE, tmp_path) for _ in range(2)]
    wanted = [-np.log(2.0 * np.pi) - 1.0, -1.0, -1.0]
    for output in map(answered, both):
        np.testing.assert_allclose([float(one) for one in output.split()], wanted, rtol=1e-15)
    assert list(folder.parent.iterdir()) == [folder]
    assert cache.sealed(folder)
    assert "Compiling" not in started(COMPILE, tmp_path).communicate(timeout=PATIENCE)[1]
