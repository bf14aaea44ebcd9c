"""Names and bytes of the files in a case's folder.

No numerical library is imported here, so that a stored answer is returned at once.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from model.case.reader.characters import fault_in

#: Files that a case may contain.
CASE_FILES = (
    "evidence.csv", "sources.csv", "firms.csv", "links.csv", "segments.csv", "fx.csv",
    "prices.csv", "priors.toml", "timeline.toml", "reading.toml", "readings.toml",
)  # fmt: skip
#: Optional file of rival readings.
READINGS = "readings.toml"
#: Optional file of sources that might be found: part of a run, but not of a fit.
PROSPECTS = "prospects.csv"
#: Optional file of the case's titles in other languages: part of a run, but not of a fit.
TITLES = "titles.toml"
#: Files that a run keeps and no fit depends on.
BESIDE = (PROSPECTS, TITLES)
SCENARIOS = "scenarios"
#: Folder in a run's folder that holds a copy of the case.
COPY = "inputs"
BASELINE = "baseline"

#: Largest file read, in bytes: a table of 200,000 rows, or a TOML file longer than a book.
LARGEST, LARGEST_TOML = 32 * 2**20, 2**20


def bytes_of(path: Path) -> bytes:
    """Content of a regular file of an allowed size.

    Raises
    ------
    OSError
        If there is no such file, it is none, or it is too large; ``strerror`` says so. A pipe or a
        device is not opened: it could block, never end or be changed by reading.
    """
    try:
        _check_regular(os.stat(path))
        # without blocking, should a pipe have taken the file's place
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:
            _check_regular(os.fstat(file.fileno()))
            most = LARGEST_TOML if path.suffix == ".toml" else LARGEST
            # by pieces, because memory is taken for all that is asked for
            pieces = iter(lambda: file.read(2**20), b"")
            content = b"".join(islice(pieces, most // 2**20 + 1))
    except ValueError as error:  # a name that no system accepts
        raise OSError(errno.EINVAL, str(error)) from None
    if len(content) > most:
        size = f"larger than {most // 2**20} MB"
        raise OSError(errno.EFBIG, f"it is {size}, more than is read; shorten it")
    return content


def workbook_of(name: str) -> str | None:
    """Name of the workbook that may hold a table in place of its CSV file; None if none may."""
    return f"{name.removesuffix('.csv')}.xlsx" if name.endswith(".csv") else None


def _check_regular(status: os.stat_result) -> None:
    """Raise unless a file is a regular one."""
    if stat.S_ISDIR(status.st_mode):
        message = "this is a folder, not a file; replace it with a file"
        raise IsADirectoryError(errno.EISDIR, message)
    if not stat.S_ISREG(status.st_mode):
        message = "this is a pipe or a device, not a file; replace it with a file"
        raise OSError(errno.EINVAL, message)


def hidden(name: str) -> bool:
    """Whether a file is no input, as what systems and editors leave: ``._a.csv``, ``.~lock.a#``."""
    return name.startswith(".")


def case_name(folder: Path) -> str:
    """Name of a case: its folder's, or for the copy that a run holds, that of the run's case."""
    whole = folder.resolve()
    run = re.fullmatch(r"(.+)-[0-9a-f]{12}", whole.parent.name)
    return run[1] if run and is_copy(whole) else whole.name


def is_copy(folder: Path) -> bool:
    """Whether a folder is the copy of a case that a run holds, with the scenarios it asked for."""
    whole = folder.resolve()
    return whole.name == COPY and (whole.parent / "manifest.json").is_file()


def is_beside(name: str) -> bool:
    """Whether no fit depends on a file of a case; titles are those of an included case, too."""
    return name in BESIDE or name.endswith(f"/{TITLES}")


def scenario_file(name: str) -> str:
    """Name of a scenario's file in a case's folder, and in the copy that a run holds."""
    return f"{SCENARIOS}/{name}.toml"


def fault_in_name(path: Path) -> str | None:
    """Explain why a name cannot be written into a run's files; None if it can."""
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "the name holds bytes that are not UTF-8; rename it"
    wrong = "holds a line end or a tab" if "\n" in text or "\t" in text else fault_in(text)
    return wrong and f"the name {wrong.partition(';')[0]}; rename it"


def files_of(
    folder: Path, scenarios: Sequence[str]
) -> tuple[dict[str, bytes], dict[str, bytes]] | None:
    """Bytes of a case's files and of a run's other inputs, by name; None if one is missing.

    Among the files are those of the cases that hosts are taken from.
    The other inputs are the requested scenarios and the files of ``BESIDE``. The result is also
    None if two scenarios share a name, which is an error. Nothing else is checked: the only purpose
    is to find out whether the question was already estimated.
    """
    from model.case.including import included_files  # which needs this module

    paths = scenario_paths(folder, scenarios)
    if len({path.stem for path in paths}) < len(paths):
        return None
    tables = [name for name in (*CASE_FILES, *BESIDE) if not os.path.exists(folder / name)]
    if any((folder / (workbook_of(name) or name)).exists() for name in tables):
        return None  # what is in a workbook is known once it has been read
    try:
        case = {name: bytes_of(path) for name in CASE_FILES if (path := folder / name).exists()}
        taken = included_files(folder)
        case |= {name: content for name, content in taken.items() if not is_beside(name)}
        beside = {scenario_file(path.stem): bytes_of(path) for path in paths}
        beside |= {name: bytes_of(path) for name in BESIDE if (path := folder / name).exists()}
        beside |= {name: content for name, content in taken.items() if is_beside(name)}
    except (OSError, ValueError):
        return None
    return case, beside


def scenario_names(case: Path) -> list[str]:
    """Names of the scenarios in a case's folder."""
    return sorted(one.stem for one in (case / SCENARIOS).glob("*.toml") if not hidden(one.name))


def scenario_paths(case: Path, scenarios: Sequence[str]) -> list[Path]:
    """Files of the requested scenarios, given by name or as a file; the baseline first, if any."""
    folder = case / SCENARIOS
    paths = [
        Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
        for name in scenarios
        if name != BASELINE
    ]
    baseline = folder / f"{BASELINE}.toml"
    # os.path, because pathlib raises on names that no system accepts
    there = os.path.exists(baseline)
    return [*([baseline] if there else []), *dict.fromkeys(paths)]
