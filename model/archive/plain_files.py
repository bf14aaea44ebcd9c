"""Reads files of strangers: regular files inside a run, bounded, of a known form."""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import os
import re
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, NoReturn

from model.case.folders import hidden
from model.terminal.plain_text import one_line

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

Json = dict[str, Any]

#: Largest file that is read, in bytes: JSON is held in memory, other files are only hashed.
LARGEST_JSON, LARGEST = 64 * 2**20, 8 * 2**30
#: Largest number of files and folders in a run.
MOST = 10_000
#: What no name of a case's file may hold: control characters, ends of lines, turns of direction.
NO_NAME = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]"
)
#: What reading raises where the files of a run contradict each other or are not what they seem.
DISAGREEING = (
    LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError,
    StopIteration, RecursionError, OSError, csv.Error,
)  # fmt: skip
#: Longest piece of a value quoted in a message.
QUOTED = 60


class DamagedRunError(RuntimeError):
    """A run that does not match its manifest; the text states where."""


@contextlib.contextmanager
def agreeing(folder: Path) -> Iterator[None]:
    """Read and print a run; what its files say must fit together, which no form can promise.

    Raises
    ------
    DamagedRunError
        If something in one file is not where another says.
    """
    try:
        yield
    except DISAGREEING as error:
        said = one_line(f"{type(error).__name__}: {error}")[:200]
        raise DamagedRunError(f"the files of {folder} contradict each other ({said})") from error


class NoPlainFileError(OSError):
    """Something other than a regular file of a bounded size; ``strerror`` says what."""

    def __init__(self, said: str) -> None:
        super().__init__(0, said)


def opened(path: Path, largest: int = LARGEST) -> BufferedReader:
    """Open a regular file for reading; links are not followed, pipes and devices not waited for.

    Raises
    ------
    OSError
        If there is none, or it is no regular file, or larger than ``largest`` bytes.
    """
    if path.is_symlink():
        raise NoPlainFileError("it is a link, which is never followed")
    # not every system has these flags; opening a pipe must not wait for its writer
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    number = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise NoPlainFileError("it is no regular file")
        if found.st_size > largest:
            raise NoPlainFileError(f"it is larger than {largest // 2**20} MiB")
    except BaseException:
        os.close(number)
        raise
    return os.fdopen(number, "rb")


def inside(name: str) -> bool:
    """Whether a name is that of a file within a folder: relative, without ``..``, on one line."""
    parts = name.split("/")
    return (
        0 < len(name) <= 1000
        and not NO_NAME.search(name)
        and (os.sep == "/" or os.sep not in name)
        and not PureWindowsPath(name).drive
        and not {"", ".", ".."} & set(parts)
        and not PurePosixPath(name).is_absolute()
    )


def contents(folder: Path) -> list[str]:
    """Names of all files in a folder and its folders; links are refused, never followed.

    What is hidden, such as the shadow files that a Mac leaves on other disks, is not the run's.

    Raises
    ------
    DamagedRunError
        If anything in it is neither a regular file nor a folder, or there are too many.
    """
    found: list[str] = []
    waiting, seen = [folder], 0
    while waiting:
        for entry in _entries(waiting.pop()):
            seen += 1
            path = Path(entry.path)
            if seen > MOST:
                raise DamagedRunError(f"{folder} holds more than {MOST:,} files")
            if hidden(entry.name):
                continue
            if entry.is_symlink():
                raise DamagedRunError(f"{path} is a link, which is never followed; remove it")
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif entry.is_file(follow_symlinks=False):
                found.append(path.relative_to(folder).as_posix())
            else:
                raise DamagedRunError(f"{path} is no regular file; remove it")
    return sorted(found)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(itertools.islice(entries, MOST + 1))
    except OSError as error:
        raise DamagedRunError(f"{folder} cannot be read ({error.strerror})") from None


def read_json(path: Path, schema: type[BaseModel]) -> Json:
    """Read a JSON file and check its form.

    Raises
    ------
    DamagedRunError
        If it cannot be read, or has another form.
    """
    try:
        with opened(path, LARGEST_JSON) as file:
            content = json.loads(file.read().decode("utf-8"), parse_constant=_not_json)
        # half a character, which JSON can write and no file or terminal can hold
        json.dumps(content, ensure_ascii=False).encode()
    except OSError as error:
        raise DamagedRunError(f"{path} cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise DamagedRunError(f"{path} cannot be read ({type(error).__name__})") from None
    from pydantic import ValidationError

    try:
        schema.model_validate(content)
    except ValidationError as errors:
        said = f"{path} has another form than this program's"
        raise DamagedRunError(f"{said}: {_first(errors)}") from None
    return dict(content)


def _not_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _first(errors: ValidationError) -> str:
    """The first error in words, and how many more there are."""
    found = errors.errors(include_url=False, include_context=False)
    place = ".".join(_cut(str(part)) for part in found[0]["loc"]) or "the whole"
    told = found[0]["type"] in ("missing", "value_error")
    got = "" if told else f", got {_cut(repr(found[0]['input']))}"
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return one_line(f"{place}: {found[0]['msg']}{got}{more}")


def _cut(text: str) -> str:
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"
