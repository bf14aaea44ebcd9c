"""What changed between two runs in inputs and question.

A *piece* is what can be taken from either state by itself: a row of evidence, a source, or another
file as a whole. Changes of mere words, such as notes, are told and are no piece of any group: no
fit depends on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.archive.comparison import entries, files_in
from model.case.faults import cut
from model.case.folders import BASELINE, CASE_FILES, COPY, is_beside, scenario_file
from model.case.including import INCLUDED
from model.case.reader.cells import as_read, rows_of_text
from model.case.reader.toml_places import toml_of
from model.question import WhatIf, described
from model.terminal.plain_text import one_line

#: A file and, of a table by rows, the row's id; of the question, ``("", "")``.
Piece = tuple[str, str]
Files = Mapping[str, bytes]
Rows = dict[str, dict[str, str]]

EVIDENCE, SOURCES = "evidence.csv", "sources.csv"
ASKED: Piece = ("", "")
#: Files that a fit depends on, in words.
FILES = {
    "priors.toml": "priors",
    "reading.toml": "how grades and hedges are read",
    "readings.toml": "rival readings",
    "timeline.toml": "the timeline",
    "segments.csv": "segments",
    "fx.csv": "exchange rates",
    "prices.csv": "price indices",
    scenario_file(BASELINE): "the baseline scenario",
}
#: Tables that are taken apart by row.
BY_ROW = (EVIDENCE, SOURCES)
#: Columns and keys that are words.
WORDS = {
    EVIDENCE: {"note", "said_by"},
    SOURCES: {"title", "publisher", "url", "accessed", "note"},
}
WORDY = {"basis", "title", "because", "description", "note"}
#: Tables of timeline.toml that are told and not fitted.
TOLD = ("sanctions", "gather", "press_arithmetic")
#: Columns that grade a row.
GRADE = {"reliability", "credibility"}
#: Rows, cells and keys named of one kind of change; the rest are counted.
NAMED = 4
#: Kinds of changes of rows, in the order in which they are told.
ROWS = {
    "added": "added",
    "removed": "removed",
    "graded": "graded anew",
    "changed": "changed",
}


def kind_of(name: str) -> str:
    """Name of a file in its own case, whether it is the run's or one that a host is taken from."""
    return name.rpartition("/")[2] if name.startswith(f"{INCLUDED}/") else name


@dataclass(frozen=True, slots=True)
class State:
    """What a run was made from.

    Attributes
    ----------
    files : mapping of str to bytes
        Those of its inputs that a fit may depend on, by path.
    what_if : WhatIf
    """

    files: Files
    what_if: WhatIf

    @classmethod
    def of(cls, run: Path, manifest: Mapping[str, Any]) -> State:
        """That of a checked run on disk."""
        held = {*CASE_FILES, scenario_file(BASELINE)}
        files = {
            name: one
            for name, one in files_in(run / COPY).items()
            if name in held or (name.startswith(f"{INCLUDED}/") and not is_beside(name))
        }
        return cls(files, WhatIf.of(manifest["what_if"]))

    def tables(self, kind: str) -> list[str]:
        """Names of tables of one kind: its own, and those of cases that hosts are taken from."""
        return [name for name in self.files if kind_of(name) == kind]

    def table(self, name: str) -> Rows:
        """Rows of a table by id; none if there is no such file."""
        if name not in self.files:
            return {}
        found = rows_of_text(self.files[name].decode("utf-8-sig"))
        return {row["id"]: row for _, row in found if row.get("id")}

    def check(self) -> None:
        """Raise what reading raises if a file is not what a case holds, by whoever changed it."""
        for name, content in self.files.items():
            kind = kind_of(name)
            rows = self.table(name) if kind in BY_ROW else {}
            if kind not in BY_ROW:
                entries(name, content)
            for row in rows.values() if kind == EVIDENCE else ():
                as_read(row), row["role"], row["source"]
        self.horizon_for(1)

    def horizon_for(self, year: int) -> str:
        """Month to which a year must be projected; blank for one that the data cover."""
        timeline = toml_of(self.files["timeline.toml"].decode("utf-8-sig"))
        return f"{year}-12" if f"{year}-12" > str(timeline.get("end", "")) else ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes
    ----------
    kind : str
        One of ``ROWS``, ``dated``, a file of ``FILES``, ``asked`` or ``words``.
    piece : (str, str)
    what : str
        What changed, in a few words.
    source : str
        Of a row of evidence, or of a source.
    """

    kind: str
    piece: Piece
    what: str
    source: str = ""

    @property
    def of_rows(self) -> bool:
        """Whether it is about a row of evidence, or about its source."""
        return self.kind in ROWS or self.kind == "dated"


def changes(was: State, now: State) -> list[Change]:
    """Every change from one state to another.

    Raises
    ------
    ValueError
        If a file is no table or no TOML, which no case can hold.
    """
    found: list[Change] = []
    for kind, told in ((EVIDENCE, _rows), (SOURCES, _sources)):
        for name in dict.fromkeys([*now.tables(kind), *was.tables(kind)]):
            found += told(name, was, now)
    for name in sorted({*was.files, *now.files}):
        if kind_of(name) not in BY_ROW and was.files.get(name) != now.files.get(name):
            found += _file(name, was, now)
    if was.what_if != now.what_if:
        before, after = ("; ".join(described(one.what_if.asked)) for one in (was, now))
        said = f"asked: {after or 'inputs unchanged'} (before: {before or 'inputs unchanged'})"
        found.append(Change("asked", ASKED, one_line(said)))
    return found


def _rows(table: str, was: State, now: State) -> list[Change]:
    """Changes of rows of evidence."""
    ours, theirs = was.table(table), now.table(table)
    believed = {*was.what_if.believe, *now.what_if.believe}
    found = []
    for name in [*theirs, *(one for one in ours if one not in theirs)]:
        before, after = (as_read(side[name]) if name in side else {} for side in (ours, theirs))
        differ = {key for key in {*before, *after} if before.get(key, "") != after.get(key, "")}
        if not differ:
            continue
        either = [one for one in (before, after) if one]
        fitted = any(one["role"] == "fit" or one.get("replaces") for one in either)
        kind = "added" if not before else "removed" if not after else "changed"
        what = name
        if kind == "changed":
            cells = sorted(differ - WORDS[EVIDENCE])
            if {*cells} and {*cells} <= GRADE:
                kind, what = "graded", f"{name} {_grade(before)} -> {_grade(after)}"
            else:
                what = f"{name} ({'; '.join(_cell(key, before, after) for key in cells)})"
            fitted = fitted and bool(cells)
        if not (fitted or name in believed):
            kind, what = "words", f"{table}, {name}"
        source = either[-1]["source"]
        found.append(Change(kind, (table, name), one_line(what), source))
    return found


def _grade(row: Mapping[str, str]) -> str:
    return f"{row['reliability']}{row['credibility']}"


def _cell(key: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    ours, theirs = (cut(one.get(key, "")) or "blank" for one in (before, after))
    return f"{key}: {ours} -> {theirs}"


def _sources(table: str, was: State, now: State) -> list[Change]:
    """Changes of sources whose rows stand: one that comes or goes does so with its rows."""
    ours, theirs = was.table(table), now.table(table)
    found = []
    for name, after in theirs.items():
        before = ours.get(name)
        if before is None or before == after:
            continue
        keys = {*before, *after} - WORDS[SOURCES]
        cells = [
            _cell(key, before, after)
            for key in sorted(keys)
            if before.get(key, "") != after.get(key, "")
        ]
        kind = "dated" if cells else "words"
        what = f"{name} ({'; '.join(cells)})" if cells else f"{table}, {name}"
        found.append(Change(kind, (table, name), one_line(what), name))
    return found


def _file(name: str, was: State, now: State) -> list[Change]:
    """The keys or cells of another file that differ; no change if only its layout does."""
    sides = [
        {key: said for key, said in entries(name, one.files[name]).items() if _counts(name, key)}
        if name in one.files
        else {}
        for one in (was, now)
    ]
    ours, theirs = sides
    keys = [one for one in [*theirs, *ours] if ours.get(one) != theirs.get(one)]
    kind = kind_of(name)
    if kind not in FILES or not keys:
        return [Change("words", (name, ""), name)]
    said = [
        f"{key}: {cut(ours.get(key, '')) or 'blank'} -> {cut(theirs.get(key, '')) or 'blank'}"
        for key in dict.fromkeys(keys)
    ]
    taken = "" if kind == name else f" ({name.rpartition('/')[0]})"
    return [Change(kind, (name, ""), one_line(f"{named(said, '; ')}{taken}"))]


def _counts(name: str, key: str) -> bool:
    """Whether a key of a file can change a fit."""
    last = key.rpartition(", ")[2] if name.endswith(".csv") else key.rpartition(".")[2]
    told = kind_of(name) == "timeline.toml" and key.split(".")[0].split("[")[0] in TOLD
    return last not in WORDY and not told


def named(texts: Sequence[str], between: str = ", ") -> str:
    """Some texts, and how many more there are."""
    more = len(texts) - NAMED
    return between.join([*texts[:NAMED], *([f"{more} more"] if more > 0 else [])])
