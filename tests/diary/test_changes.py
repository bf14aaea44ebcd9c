"""Changes between two states are told and divided; states between them are what they claim."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model.archive.comparison import files_in
from model.case.meaning import content_hashes
from model.diary.changes import Change, State, changes
from model.diary.corners import NOTHING, between, corners
from model.diary.grouping import groups, lines
from model.question import SamplerOptions, WhatIf
from tests.cases import row, write_case

Made = Callable[..., State]

#: One change of each kind.
EVERY: dict[str, Any] = {
    "evidence": {
        "plan": {"reliability": "D"},
        "kept": {"high": "250"},
        "quota": None,
        "declared": {"note": "another note"},
        "more": row("plan", "2018-01", "2018-12", "about", "USD/year", value="8000",
                    source="newspaper"),
    },
    "priors": {"broker_margin": {"p05": 0.03}},
    "sources": {"newspaper": {"date": "2018-08-03"}},
    "reading": {"reliability.B": 0.1},
}  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Made:
    numbers = iter(range(100))

    def make(what_if: WhatIf | None = None, **cells: Any) -> State:
        folder = write_case(tmp_path / f"case{next(numbers)}" / "tiny", **cells)
        return State(files_in(folder), what_if or WhatIf())

    return make


def kinds(found: list[Change]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for one in found:
        told.setdefault(one.kind, []).append(one.piece[1] or one.piece[0])
    return told


def test_every_change_is_told_for_what_it_is(made: Made) -> None:
    found = changes(made(), made(**EVERY))
    assert kinds(found) == {
        "graded": ["plan"], "changed": ["kept"], "added": ["more"], "removed": ["quota"],
        "words": ["declared"], "dated": ["newspaper"], "priors.toml": ["priors.toml"],
        "reading.toml": ["reading.toml"],
    }  # fmt: skip
    told = "\n".join(lines(found))
    assert "rows added: more (source newspaper)" in told
    assert "rows removed: quota (source paper)" in told
    assert "plan B2 -> D2" in told
    assert "kept (high: 200 -> 250)" in told
    assert "priors: broker_margin.p05:" in told
    assert "-> 0.03" in told
    assert "sources changed: newspaper (date: 2018-08-02 -> 2018-08-03)" in told
    assert "words only, in evidence.csv declared" in told


def test_what_no_fit_depends_on_is_in_no_group(made: Made) -> None:
    words = {
        "evidence": {"plan": {"note": "x"}, "world_total": {"value": "2100"}},
        "sources": {"paper": {"title": "Another title"}},
        "priors": {"upkeep": {"basis": "another basis"}},
    }
    found = changes(made(), made(**words))
    assert {one.kind for one in found} == {"words"}
    assert groups(found, 4) == []
    assert changes(made(), made()) == []


def test_a_held_out_row_counts_where_it_is_believed(made: Made) -> None:
    other = {"evidence": {"official_total": {"high": "310"}}}
    assert groups(changes(made(), made(**other)), 4) == []
    believe = WhatIf(believe=("official_total",))
    (group,) = groups(changes(made(believe), made(believe, **other)), 4)
    assert group.pieces == {("evidence.csv", "official_total")}


def test_changes_are_divided_as_finely_as_there_may_be_groups(made: Made) -> None:
    found = changes(made(), made(WhatIf(drop_rows=("plan",)), **EVERY))
    labels = {most: [one.label for one in groups(found, most)] for most in (4, 6, 9)}
    # by source, then by kind, then by part
    assert labels[6] == [
        "3 rows from paper (1 removed, 1 graded anew, 1 changed)",
        "1 row from newspaper added; the date or status of newspaper",
        "priors",
        "how grades and hedges are read",
        "asked: without the row plan (before: inputs unchanged)",
    ]
    assert labels[4][0].startswith("4 rows from paper, newspaper (1 added, 1 removed, 1 graded")
    assert labels[4][1:] == ["priors", "how grades and hedges are read", labels[6][-1]]
    for most in (4, 6, 9):
        pieces = [piece for one in groups(found, most) for piece in one.pieces]
        assert len(pieces) == len(set(pieces))
        assert {*pieces} == {one.piece for one in found if one.kind != "words"}


def test_between_nothing_and_all_lie_the_two_states_themselves(made: Made) -> None:
    was, now = made(), made(WhatIf(drop_rows=("plan",)), **EVERY)
    found = changes(was, now)
    every = {one.piece for one in found}
    for state, pending in ((now, set()), (was, every)):
        got = between(was, now, pending)
        assert got.what_if == state.what_if
        theirs = content_hashes(state.files)
        ours = content_hashes(got.files)
        assert ours == theirs
    (graded,) = (one.piece for one in found if one.kind == "graded")
    half = between(was, now, every - {graded})
    changed = changes(was, half)
    assert [one.piece for one in changed] == [graded]


def test_rows_of_a_host_that_is_taken_from_another_case_are_told(made: Made) -> None:
    """A run's copy of the inputs holds them in a folder of their own."""
    sides = []
    for files in (made(), made(evidence={"plan": {"reliability": "D"}})):
        taken = {f"included/russia/{name}": one for name, one in files.files.items()}
        sides.append(State({**made().files, **taken}, WhatIf()))
    was, now = sides
    was.check()
    (change,) = changes(was, now)
    assert (change.kind, change.piece) == ("graded", ("included/russia/evidence.csv", "plan"))
    assert content_hashes(between(was, now, {change.piece}).files) == content_hashes(was.files)
    assert content_hashes(between(was, now, set()).files) == content_hashes(now.files)


def test_changes_that_cannot_be_made_apart_are_put_together(made: Made) -> None:
    """A prior of a phase that is not there cannot be read, nor can a phase without a prior."""
    timeline = {
        "phases": [
            {"name": "open", "start": "2017-01", "because": "no ban yet"},
            {"name": "later", "start": "2017-10", "because": "renamed"},
        ]
    }
    rate = {"p05": 10, "p95": 500, "unit": "persons/month", "basis": "a guess"}
    renamed = {"permit_inflow.banned": None, "permit_inflow.later": rate}
    was, now = made(), made(
        timeline=timeline, priors=renamed, evidence={"plan": {"reliability": "D"}}
    )  # fmt: skip
    found, read = corners(was, now, changes(was, now), "tiny", SamplerOptions(), "")
    assert sorted(one.label for one in found) == [
        "1 row from paper graded anew", "priors; the timeline",
    ]  # fmt: skip
    assert len(read) == 4
    assert read[NOTHING].inputs.case.name == "tiny"
