"""What is done to a folder of runs in processes of their own, to be killed or to run side by side.

    python -m tests.on_disk struck DEED HOW EXCHANGE FOLDER   # once for each event of the deed
    python -m tests.on_disk writer|reader SECONDS FOLDER

A deed is done anew in ``FOLDER/0``, ``FOLDER/1``, …, and struck at the event of that number: a call
to the file system, as Python's audit hooks report it, or the middle of a file's content.
"""

from __future__ import annotations

import ctypes  # noqa: F401 - loaded before events are counted
import errno
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from model.archive import store
from model.archive.naming import named_run
from tests.archive.manifests import made_up

RUN, COUNTED = "case-00000000000a", "case-00000000000b"
FILES, NUMBER, COUNT = ("a.txt", "inputs/b.txt"), "number.json", "count.json"
OLD, NEW = 1, 2
#: Exit status of a deed: done and not struck, done all the same, not done.
DONE, ALL_THE_SAME, STRUCK = 0, 6, 7

EVENTS = {
    "open", "os.chmod", "os.listdir", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.scandir", "os.symlink", "os.utime", "model.archive.exchange", "tests.half_written",
}  # fmt: skip


def write(output: Path, number: int, name: str = RUN) -> None:
    """Write a run all of whose files hold one number."""

    def text(path: Path) -> None:
        with path.open("w") as file:
            file.write(f"{number} " * 500)
            file.flush()
            sys.audit("tests.half_written", str(path))
            file.write(f"{number} " * 500)

    writers: dict[str, store.Writer] = {
        NUMBER: lambda path: store.write_json(path, number),
        **dict.fromkeys(FILES, text),
    }
    store.write_run(output, name, writers, manifest=made_up())


def add(output: Path, name: str = RUN) -> None:
    """Count one more in a file of a run and in one added to it."""

    def counted(path: Path) -> None:
        number = json.loads(path.read_text()) if path.exists() else 0
        store.write_json(path, number + 1)

    store.add_to_run(output / name, {NUMBER: counted, COUNT: counted})


@store.one_run
def numbers(folder: Path) -> tuple[int, set[int], int]:
    """Numbers in an undamaged run: the one that is counted up, those of its texts, the count."""
    added = COUNT in store.check_run(folder)["files"]
    texts = {int(one) for name in FILES for one in (folder / name).read_text().split()}
    number, count = (
        json.loads((folder / name).read_text()) if there else 0
        for name, there in ((NUMBER, True), (COUNT, added))
    )
    return number, texts, count


DEEDS: dict[str, Callable[[Path], None]] = {
    "write": lambda output: write(output, NEW),
    "replace": lambda output: write(output, NEW),
    "add": add,
}


def struck(deed: str, how: str, exchange: str, folder: Path) -> None:
    """Do a deed again and again, struck at its first event, at its second, until it is done."""
    # all that is imported on the way is loaded before events are counted
    write(folder / "before", OLD)
    add(folder / "before")
    numbers(folder / "before" / RUN)
    for number in range(1000):
        output = folder / str(number)
        output.mkdir(parents=True)
        if deed != "write":
            write(output, OLD)
        child = os.fork()
        if child == 0:
            status = STRUCK
            striker = Striker(number, how, refuses=exchange == "refused")
            try:
                sys.addaudithook(striker)
                DEEDS[deed](output)
                status = DONE if striker.left >= 0 else ALL_THE_SAME
            except (OSError, KeyboardInterrupt):
                pass
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{code}\n")
        if code == DONE:
            return
    raise AssertionError("the deed has no end")


class Striker:
    """Kills this process, interrupts it or fills its disk at an event; or refuses to exchange."""

    def __init__(self, number: int, how: str, *, refuses: bool) -> None:
        self.left, self.how, self.refuses = number, how, refuses

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in EVENTS:
            return
        self.left -= 1
        if self.left == -1:
            if self.how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if self.how == "interrupted":
                raise KeyboardInterrupt
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.refuses and event == "model.archive.exchange":
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def writer(seconds: float, exchange: str, output: Path) -> None:
    """Replace a run, add to it, and count in another that nobody replaces."""
    if exchange == "refused":
        sys.addaudithook(Striker(-1, "", refuses=True))
    until, counted = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        write(output, OLD)
        add(output)
        add(output, COUNTED)
        counted += 1
    sys.stdout.write(f"{counted}\n")


def reader(seconds: float, exchange: str, output: Path) -> None:
    """Look for both runs and read them whole."""
    until, reads = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        assert [folder.name for folder in store.run_folders(output)] == [RUN, COUNTED]
        assert named_run(RUN, output) == output / RUN
        for name in (RUN, COUNTED):
            number, texts, count = numbers(output / name)
            assert texts == {OLD}
            assert number == OLD + count
            reads += 1
    sys.stdout.write(f"{reads}\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["struck", deed, how, exchange, folder]:
            struck(deed, how, exchange, Path(folder))
        case ["writer", seconds, exchange, folder]:
            writer(float(seconds), exchange, Path(folder))
        case ["reader", seconds, exchange, folder]:
            reader(float(seconds), exchange, Path(folder))
