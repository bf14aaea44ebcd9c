"""Wherever a writer is struck, readers find the old run or the new one, and the next look repairs.

``SIDE_BY_SIDE=30 pytest tests/test_crash.py -k side`` lets writers and readers run half a minute.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from model.archive import store
from model.archive.__main__ import app
from model.archive.naming import NoSuchRunError, named_run
from tests.on_disk import ALL_THE_SAME, COUNTED, DONE, NEW, OLD, RUN, STRUCK, numbers, write

ROOT = Path(__file__).parents[1]
SECONDS = os.environ.get("SIDE_BY_SIDE", "3")

#: What a reader may find: the number counted up, those of the texts, and the count.
ABSENT, BEFORE, REPLACED, ADDED = None, (OLD, {OLD}, 0), (NEW, {NEW}, 0), (OLD + 1, {OLD}, 1)
OUTCOMES = {"write": (ABSENT, REPLACED), "replace": (BEFORE, REPLACED), "add": (BEFORE, ADDED)}


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.on_disk", *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> list[int]:
    """Numbers that a process printed; it must not fail."""
    out, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    return [int(line) for line in out.split()]


def found(output: Path, first: str) -> tuple[int, set[int], int] | None:
    """What a reader finds who opens the run, lists the runs or names one, before any other look."""
    if first == "list":
        names = [folder.name for folder in store.run_folders(output)]
        assert names in ([RUN], [])
        return numbers(output / RUN) if names else None
    if first == "name":
        try:
            return numbers(named_run("case", output))
        except NoSuchRunError:
            return None
    return numbers(output / RUN) if store.there(output / RUN) else None


@pytest.mark.parametrize("exchange", ["done", "refused"])
@pytest.mark.parametrize("how", ["killed", "full", "interrupted"])
@pytest.mark.parametrize("deed", list(OUTCOMES))
def test_struck_at_any_event_a_run_is_the_old_or_the_new_one(
    tmp_path: Path, deed: str, how: str, exchange: str
) -> None:
    codes = ended(start("struck", deed, how, exchange, tmp_path))
    assert len(codes) > 20  # events
    assert codes[-1] == DONE
    struck = -signal.SIGKILL if how == "killed" else STRUCK
    assert codes.count(struck) > 15
    assert {*codes[:-1]} <= {struck, ALL_THE_SAME}
    before, after = OUTCOMES[deed]
    seen = []
    for number, code in enumerate(codes):
        output = tmp_path / str(number)
        result = found(output, ("open", "list", "name")[number % 3])
        assert result in ([after] if code in (DONE, ALL_THE_SAME) else [before, after]), number
        seen.append(result)
        if how != "killed":
            # what is caught is cleaned up, unless cleaning up is what failed
            hidden = [path.name for path in output.iterdir() if path.name.startswith(".")]
            assert code == ALL_THE_SAME or not hidden or result == after, number
        mended(output, result)
    assert before in seen
    if how != "full":  # a folder that is there need not be made
        # once the new run is there, the old one does not come back
        assert seen[seen.index(after) :] == [after] * (len(seen) - seen.index(after))


def mended(output: Path, result: tuple[int, set[int], int] | None) -> None:
    """Nothing of a strike is left after a day, and writing works at once."""
    write(output, NEW)
    assert numbers(output / RUN) == (NEW, {NEW}, 0)
    a_day_ago = time.time() - 25 * 3600
    for path in output.iterdir():
        os.utime(path, (a_day_ago, a_day_ago))
    pruned = CliRunner().invoke(app, ["prune", "--output", str(output)])
    assert pruned.exit_code == 0
    assert "left alone" not in pruned.output.replace(f"left alone {RUN}", "")
    assert [path.name for path in output.iterdir()] == [RUN]
    assert numbers(output / RUN) == (NEW, {NEW}, 0)


@pytest.mark.parametrize("exchange", ["done", "refused"])
def test_four_writers_and_four_readers_side_by_side(tmp_path: Path, exchange: str) -> None:
    for name in (RUN, COUNTED):
        write(tmp_path, OLD, name)
    writers, readers = (
        [start(role, SECONDS, exchange, tmp_path) for _ in range(4)]
        for role in ("writer", "reader")
    )
    counted = [number for one in writers for number in ended(one)]
    reads = [number for one in readers for number in ended(one)]
    assert min(counted) > 0
    assert min(reads) > 0
    # nothing that one of them added was lost by another
    assert numbers(tmp_path / COUNTED)[2] == sum(counted)
    assert sorted(path.name for path in tmp_path.iterdir()) == [RUN, COUNTED]
