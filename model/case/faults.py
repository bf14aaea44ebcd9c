"""Errors in a case, by file, row and column, and what to write instead."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import NoReturn

from model.case.likeness import same_meaning
from model.terminal.plain_text import one_line

#: Longest piece of a file quoted in a message: an invalid cell can be a megabyte long.
QUOTED = 60
#: Largest number of words listed in a message.
LISTED = 12
#: Largest number of errors in a report: a file of nothing but errors is not read to its end.
MOST = 500
#: Largest number of words among which one misspelt is looked for.
COMPARED = 1000
#: More than the lines of any file: rows of other files are numbered from a multiple of it.
FAR = 10**9
#: Number of the most similar words that are considered.
NEAREST = 8


@dataclass(frozen=True, slots=True)
class Fault:
    """One error in one place of a case.

    Attributes
    ----------
    file : str
        Name of the file within the case's folder, or the folder itself.
    row : int or None
        Line number as shown in a text editor; a table's header is row 1.
    column : str or None
        Column of a table, or dotted key of a TOML file.
    message : str
        The value found, the values allowed and the correction to make.
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
        return one_line(f"{', '.join(place)}: {self.message}")


_NONE: frozenset[str | None] = frozenset()


class CaseError(Exception):
    """A folder that is not a valid case; the text is the full report, one error per line.

    Attributes
    ----------
    faults : tuple of Fault
        Every error, sorted by file and row.
    """

    def __init__(self, folder: str, faults: Iterable[Fault]) -> None:
        self.folder = folder
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"{count} error{'' if count == 1 else 's'} in {folder}: nothing was written"
        if count >= MOST:
            head += "; there may be more, which were not looked for"
        super().__init__("\n".join([one_line(head), *map(str, self.faults)]))


class Report:
    """Errors and warnings collected while a case is read, at most one error per cell.

    The first error in a cell is the cause; a later check of the same cell would report only a
    consequence and obscure it.

    Parameters
    ----------
    where : str
        What is read, for the head of the report.
    """

    def __init__(self, where: str = "the inputs") -> None:
        self._where = where
        self._faults: list[Fault] = []
        self._warnings: list[Fault] = []
        self._notes: list[Fault] = []
        self._shown: dict[str, str] = {}
        self._inside = ""
        # other folders with rows in the tables, in the order of their numbers
        self._others: list[str] = []
        # columns with an error, by file and row
        self._cells: dict[tuple[str, int | None], set[str | None]] = {}

    def add(self, file: str, row: int | None, column: str | None, message: str) -> None:
        """Record an error, unless its cell already has one.

        Raises
        ------
        CaseError
            If there are so many errors that nobody would read more.
        """
        file, row = self.place(file, row)
        columns = self._cells.setdefault((file, row), set())
        if column is not None and column in columns:
            return
        columns.add(column)
        self._faults.append(Fault(self._shown.get(file, file), row, column, message))
        if len(self._faults) >= MOST:
            self.stop()

    def warn(self, file: str, row: int | None, column: str | None, message: str) -> None:
        """Record a probable error, which does not stop the reading."""
        file, row = self.place(file, row)
        self._warnings.append(Fault(self._shown.get(file, file), row, column, message))

    def note(self, file: str, row: int | None, column: str | None, message: str) -> None:
        """Record how something was read, which is neither an error nor a probable one."""
        file, row = self.place(file, row)
        self._notes.append(Fault(file, row, column, message))

    def show_as(self, file: str, shown: str) -> None:
        """Name another file in messages about a file, because it was read in its place."""
        self._shown[self._inside + file] = self._inside + shown

    def spoil(self, file: str, row: int, columns: Iterable[str]) -> None:
        """Mark cells as invalid without a message: their row's error is already reported."""
        self._cells.setdefault(self.place(file, row), set()).update(columns)

    def clean(self, file: str, row: int | None, *columns: str) -> bool:
        """Return whether none of these cells of the row has an error yet."""
        return self._cells.get(self.place(file, row), _NONE).isdisjoint(columns)

    def stop(self) -> NoReturn:
        """Read no further, because what follows would be wrong for the reasons already reported.

        Raises
        ------
        CaseError
        """
        raise CaseError(self._where, self.faults)

    def inside(self, folder: str) -> Report:
        """Return this report for the files of another folder, which it names by their path."""
        other = copy(self)
        other._inside = f"{folder}/"
        return other

    def numbered(self, folder: str) -> int:
        """Return what to add to the lines of another folder's tables, in tables that hold both."""
        if folder not in self._others:
            self._others.append(folder)
        return FAR * (self._others.index(folder) + 1)

    def place(self, file: str, row: int | None) -> tuple[str, int | None]:
        """Return the file and the line of a row, which may be another folder's."""
        if row is None or row < FAR:
            return self._inside + file, row
        return f"{self._others[row // FAR - 1]}/{file}", row % FAR

    def row_told(self, file: str, row: int) -> str:
        """Return a row in words: ``row 14``, with the file if that lies in another folder."""
        found, line = self.place(file, row)
        return f"row {line}" if found == self._inside + file else f"row {line} of {found}"

    @property
    def faulty(self) -> bool:
        """Whether any error was reported."""
        return bool(self._faults)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every error, sorted by file and row."""
        return tuple(sorted(self._faults, key=_place))

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Every warning, sorted by file and row."""
        return tuple(sorted(self._warnings, key=_place))

    @property
    def notes(self) -> tuple[Fault, ...]:
        """Every note, sorted by file and row."""
        return tuple(sorted(self._notes, key=_place))


def _place(fault: Fault) -> tuple[str, int, str, str]:
    return fault.file, fault.row or 0, fault.column or "", fault.message


def quote(value: object) -> str:
    """Return a piece of a file in quotation marks, cut if it is long."""
    return repr(cut(_text(value)))


def cut(text: str) -> str:
    """Return a piece of a file, cut if it is long."""
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


def shown(word: str) -> str:
    """Return a name of a file for a message, in quotation marks if a reader could not see it."""
    return cut(word) if word.isprintable() else quote(word)


def _text(value: object) -> str:
    """Return a value of a file as text, in full only where it is short."""
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a number of hundreds of digits"
    return str(value)


def closest(word: str, allowed: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the allowed word nearest to ``word``, ignoring case, or None.

    A word that changes a figure, such as a size, a quantile or a currency, is never offered for
    another one: see `model.case.likeness`.
    """
    return _closest(word[: 2 * QUOTED], tuple(allowed), cutoff)


@lru_cache(maxsize=4096)
def _closest(word: str, allowed: tuple[str, ...], cutoff: float) -> str | None:
    """Cached, because the same slip often occurs in many rows."""
    by_fold = {option.casefold(): option for option in allowed}
    folded = word.casefold()
    if folded in by_fold:
        return by_fold[folded]
    if len(by_fold) > COMPARED:
        # a slip is rarely in the first letters
        ordered = sorted(by_fold)
        first = max(bisect(ordered, folded) - COMPARED // 2, 0)
        by_fold = {option: by_fold[option] for option in ordered[first : first + COMPARED]}
    near = get_close_matches(folded, by_fold, n=NEAREST, cutoff=cutoff)
    return next((by_fold[one] for one in near if same_meaning(word, by_fold[one])), None)


def choose(word: str, allowed: Iterable[str]) -> str:
    """Return advice on a word that is not allowed: the nearest allowed word, or the list."""
    options = list(allowed)
    near = closest(word, options)
    if near is not None:
        return f"did you mean {quote(near)}?"
    if not options:
        return "none is available"
    more = ", …" if len(options) > LISTED else ""
    return f"write one of {', '.join(map(shown, options[:LISTED]))}{more}"


class Listed:
    """The ids listed in a file, for looking up many names."""

    def __init__(self, ids: Iterable[str], file: str) -> None:
        self._known, self._file = frozenset(ids), file
        self._sorted: tuple[str, ...] = ()

    def unlisted(self, name: str) -> str | None:
        """Return the message for an id that is not listed, or None if it is."""
        if name in self._known:
            return None
        self._sorted = self._sorted or tuple(sorted(self._known))
        near = closest(name, self._sorted)
        advice = f"did you mean {quote(near)}?" if near else "add it there"
        return f"{quote(name)} is not an id of {self._file}; {advice}"
