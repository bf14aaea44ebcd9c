"""Faults of a case: what is wrong, in which file, row and column, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

#: Longest piece of a file that a message repeats: a slip can be a cell of a megabyte.
QUOTED = 60
#: Most words that a message lists.
LISTED = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one place of a case.

    Attributes
    ----------
    file : str
        Name of the file within the case's folder, or the folder itself.
    row : int or None
        Line number as a text editor shows it; a table's header is row 1.
    column : str or None
        Column of a table, or dotted key of a TOML file.
    message : str
        What was got, what is allowed and what to do.
    """

    file: str
    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        """Return ``evidence.csv, row 14, unit: message``."""
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(cut(self.column) if self.column.isprintable() else quote(self.column))
        return f"{', '.join(place)}: {self.message}"


_NONE: frozenset[str | None] = frozenset()


class CaseError(Exception):
    """A folder that is not a case; its text is the whole report, one fault a line.

    Attributes
    ----------
    faults : tuple of Fault
        Every fault, sorted by file and row.
    """

    def __init__(self, folder: str, faults: Iterable[Fault]) -> None:
        self.folder = folder
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"{count} fault{'' if count == 1 else 's'} in {folder}: nothing was written"
        super().__init__("\n".join([head, *map(str, self.faults)]))


class Report:
    """Collects faults and warnings while a case is read, at most one fault for each cell.

    The first fault of a cell is the cause; what a later check says of the same cell follows from
    it, and would only hide it.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._warnings: list[Fault] = []
        # columns with a fault by file and row
        self._cells: dict[tuple[str, int | None], set[str | None]] = {}

    def add(self, file: str, row: int | None, column: str | None, message: str) -> None:
        """Record a fault, unless its cell already has one."""
        columns = self._cells.setdefault((file, row), set())
        if column is not None and column in columns:
            return
        columns.add(column)
        self._faults.append(Fault(file, row, column, message))

    def warn(self, file: str, row: int | None, column: str | None, message: str) -> None:
        """Record something probably wrong, which does not stop the reading."""
        self._warnings.append(Fault(file, row, column, message))

    def spoil(self, file: str, row: int, columns: Iterable[str]) -> None:
        """Take cells for faulty: what is wrong with their row has been said."""
        self._cells.setdefault((file, row), set()).update(columns)

    def clean(self, file: str, row: int | None, *columns: str) -> bool:
        """Return whether none of the row's cells has a fault yet."""
        return self._cells.get((file, row), _NONE).isdisjoint(columns)

    @property
    def faulty(self) -> bool:
        """Whether there is a fault at all."""
        return bool(self._faults)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault, sorted by file and row."""
        return tuple(sorted(self._faults, key=_place))

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Every warning, sorted by file and row."""
        return tuple(sorted(self._warnings, key=_place))


def _place(fault: Fault) -> tuple[str, int, str, str]:
    return fault.file, fault.row or 0, fault.column or "", fault.message


def quote(text: object) -> str:
    """Return a piece of a file in quotation marks, cut where it is long."""
    return repr(cut(str(text)))


def cut(text: str) -> str:
    """Return a piece of a file, cut where it is long."""
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


def closest(word: str, allowed: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the allowed word nearest to ``word``, whatever its capitals, or None."""
    return _closest(word[: 2 * QUOTED].casefold(), tuple(allowed), cutoff)


@lru_cache(maxsize=4096)
def _closest(word: str, allowed: tuple[str, ...], cutoff: float) -> str | None:
    """Remembered, since one slip often stands in many rows."""
    by_fold = {option.casefold(): option for option in allowed}
    found = get_close_matches(word, by_fold, n=1, cutoff=cutoff)
    return by_fold[found[0]] if found else None


def choose(word: str, allowed: Iterable[str]) -> str:
    """Return advice on a word that is not allowed: the nearest one, or the list of all."""
    options = list(allowed)
    near = closest(word, options)
    if near is not None:
        return f"did you mean {quote(near)}?"
    if not options:
        return "there is none to choose from"
    more = ", …" if len(options) > LISTED else ""
    return f"write one of {', '.join(map(cut, options[:LISTED]))}{more}"


def unlisted(name: str, ids: Iterable[str], file: str) -> str | None:
    """Return what to say of an id that a file does not list, or None if it does."""
    return Listed(ids, file).unlisted(name)


class Listed:
    """The ids that a file lists, to look up many names among them."""

    def __init__(self, ids: Iterable[str], file: str) -> None:
        self._known, self._file = frozenset(ids), file
        self._sorted: tuple[str, ...] = ()

    def unlisted(self, name: str) -> str | None:
        """Return what to say of an id that is not there, or None if it is."""
        if name in self._known:
            return None
        self._sorted = self._sorted or tuple(sorted(self._known))
        near = closest(name, self._sorted)
        advice = f"did you mean {quote(near)}?" if near else "add it there"
        return f"{quote(name)} is not an id of {self._file}; {advice}"
