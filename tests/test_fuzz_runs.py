"""A run with any of its files changed at random ends in words: status 0, 2 or 3, and nothing else.

The changed run is sealed anew, as a stranger would. ``FUZZ_EXAMPLES`` sets how many are tried.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from model.archive import store
from model.archive.__main__ import app
from model.archive.saved_fit import Fitted
from model.case.faults import CaseError
from model.criticism.kept import recorded as recorded_checks
from model.criticism.verdicts import print_results
from model.drivers.kept import recorded as recorded_drivers
from model.terminal.options import Format
from reports import figures
from reports.command import reporting
from reports.findings import press, share, trend, workers
from reports.front import front, message, sureness
from reports.saved_run import SavedRun
from reports.texts import catalogue
from tests.archive.strangers import resealed
from tests.reports import runs

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
ACTING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
JSON = ("manifest.json", "summary.json", "checks.json", "drivers.json")

#: What may stand where something else stood.
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(
        [[], {}, "", "=1+1", "[/b]", ":bomb:", "\x1b[2J", "\u202e", "\ud800", "../x", "2017",
         "baseline", 10**400, -1, 0, 1e308, -1e308, 5e-324, "9" * 5000, [[]], {"": {}}, "usd"]
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with all that may be added to it."""
    return runs.write_whole(tmp_path_factory.mktemp("fuzz"), tiny_folder)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in nested JSON but the whole."""
    inner: Any = ()
    if isinstance(node, dict):
        inner = node.items()
    elif isinstance(node, list):
        inner = enumerate(node[:3])
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def structured(data: st.DataObject, content: Any) -> Any:
    """JSON with a value replaced, taken away, renamed or doubled, once or a few times."""
    for _ in range(data.draw(st.integers(1, 3))):
        found = list(places(content))
        if not found:
            return content
        # by depth first, as most places are deep
        depth = data.draw(st.integers(1, max(map(len, found))))
        path = data.draw(st.sampled_from([one for one in found if len(one) <= depth]))
        node = content
        for key in path[:-1]:
            node = node[key]
        how = data.draw(st.sampled_from(["replace", "take", "rename", "swap"]))
        if how == "replace":
            node[path[-1]] = data.draw(VALUES)
        elif how == "take":
            del node[path[-1]]
        elif how == "rename" and isinstance(node, dict):
            node[data.draw(st.text(max_size=8))] = node.pop(path[-1])
        else:
            other = data.draw(st.sampled_from(found))
            source = content
            with contextlib.suppress(LookupError, TypeError):
                for key in other:
                    source = source[key]
                node[path[-1]] = json.loads(json.dumps(source))
    return content


PIECES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from(
        [b"", b",", b'"', b"\n", b"\r", b"\0", b"\x1b[2J", b"\xff\xfe", b"1e999", b"nan", b"[",
         b"{", b"=1", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\x85"]
    ),
)  # fmt: skip


def pieces(data: st.DataObject, content: bytes) -> bytes:
    """Bytes with a piece replaced, taken away, put in or cut off, once or a few times."""
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content)))
        to = min(len(content), at + data.draw(st.integers(0, 40)))
        cut = data.draw(st.integers(0, 20)) == 0
        content = content[:at] + data.draw(PIECES) + (b"" if cut else content[to:])
    return content


def said_by(folder: Path, run: str) -> list[tuple[int, str]]:
    """Status and text of every command that reads a run and fits nothing."""
    output = str(folder.parent)
    found = []
    for asked in (["list"], ["show", run], ["compare", run, "whole"], ["prune", "--dry-run"]):
        done = CliRunner().invoke(app, [*asked, "--output", output])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        found.append((done.exit_code, done.output))
    for read in (checks, drivers, draws, report):
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
            status = 0
            try:
                read(folder)
            except (store.DamagedRunError, CaseError) as error:
                text.write(str(error))
                status = 2
            except SystemExit as ended:
                status = int(ended.code or 0)
            except Exception as error:
                # typer's own way to end
                if type(error).__name__ != "Exit":
                    raise
                status = int(getattr(error, "exit_code", 0))
        found.append((status, text.getvalue()))
    return found


def checks(folder: Path) -> None:
    store.check_run(folder)
    results = recorded_checks(folder)
    for output_format in (Format.table, Format.json):
        print_results(results, "", output_format)
    for one in results:
        print_results(results, one.name, Format.csv)
        print_results(results, one.name, Format.table)


def drivers(folder: Path) -> None:
    from model.drivers.__main__ import _print

    store.check_run(folder)
    with store.agreeing(folder):
        found = recorded_drivers(folder, "state_take", 2017)
        if found is not None:
            _print(found, "", Format.table)


def draws(folder: Path) -> None:
    Fitted.saved(folder)


def report(folder: Path) -> None:
    def work() -> None:
        run, texts = SavedRun.open(folder), catalogue("en")
        for finding in (message, front, sureness, press, share, trend, workers):
            finding(run, texts)
        figures.lacking(run)
        for name in ("headline", "ladder"):
            figures.FIGURES[name].describe(run, texts)

    reporting(work)


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large],
)  # fmt: skip
@given(data=st.data())
def test_any_file_of_a_run_may_be_anything(
    made: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    base = tmp_path_factory.getbasetemp() / "fuzzed"
    shutil.rmtree(base, ignore_errors=True)
    shutil.copytree(made, base / "whole-ba9876543210")
    shutil.copytree(made, base / made.name)
    folder = base / made.name
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    name = data.draw(st.sampled_from([*JSON, *JSON, *names]))
    path = folder / name
    if name in JSON and data.draw(st.booleans()):
        content = structured(data, json.loads(path.read_text()))
        with contextlib.suppress(UnicodeEncodeError):
            path.write_text(json.dumps(content))
    else:
        path.write_bytes(pieces(data, path.read_bytes()))
    if name != store.MANIFEST and data.draw(st.integers(0, 9)):
        resealed(folder)
    elif name == store.MANIFEST:
        with contextlib.suppress(ValueError, TypeError, AttributeError):
            path.write_text(json.dumps(store.sealed(json.loads(path.read_text()))))
    before = {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    found = said_by(folder, made.name)
    event(f"{name.partition('/')[0]}: {[status for status, _ in found]}")
    for status, text in found:
        assert status in (0, 2, 3)
        assert not ACTING.search(text), repr(ACTING.search(text))
        assert "Traceback" not in text
    assert {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()} == before
