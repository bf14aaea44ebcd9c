"""Rows that were taken back: replaced by a revision, retracted, or repeating what was."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.case.statements import struck_out
from model.evidence.synthesis import synthesis
from model.question import WhatIf
from model.sampling.whatif import changed_parts
from tests.cases import row, write_case

REVISED = row(
    "permitted", "2017-12", "2017-12", "about", "persons", value="30000", replaces="workers"
)
COPY = row(
    "new_permits", "2018-01", "2018-12", "at_least", "permits", value="700",
    origin="newspaper", source="paper",
)  # fmt: skip


def case_of(folder: Path, **changes: Any) -> Case:
    return read_case(write_case(folder, **changes))


def weights(case: Case, what_if: WhatIf | None = None) -> dict[str, float]:
    parts = synthesis(case)
    said = changed_parts(parts, case, what_if).evidence if what_if else parts.evidence
    return dict(zip(said.ids, said.weight.tolist(), strict=True))


@pytest.mark.parametrize("origin", ["", "register"])
def test_a_revision_alone_counts(origin: str, tmp_path: Path) -> None:
    rows = {"revised": REVISED | {"origin": origin}, "workers": {"origin": origin}}
    case = case_of(tmp_path, evidence=rows)
    found = weights(case)
    assert (found["workers"], found["revised"]) == (0.0, 1.0)
    assert str(case.struck["workers"]) == "replaced by revised"
    assert "1 struck out" in case.in_short


def test_a_struck_row_changes_no_other(tmp_path: Path) -> None:
    """The arrays of the rest are those of a case in which the row never stood."""
    struck = synthesis(case_of(tmp_path / "a", evidence={"revised": REVISED})).evidence
    rows = {"revised": REVISED | {"replaces": None}, "workers": None}
    never = synthesis(
        case_of(tmp_path / "b", evidence=rows, timeline={"press_arithmetic": None})
    ).evidence
    kept = [struck.ids.index(one) for one in never.ids]
    for name in ("log_figure", "error", "tail", "weight", "own_error"):
        np.testing.assert_array_equal(getattr(struck, name)[kept], getattr(never, name))


def test_of_a_chain_the_last_counts(tmp_path: Path) -> None:
    rows = {"revised": REVISED, "again": REVISED | {"value": "31000", "replaces": "revised"}}
    found = weights(case_of(tmp_path, evidence=rows))
    assert [found[one] for one in ("workers", "revised", "again")] == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"workers": {"replaces": "workers"}}, "workers replaces workers; let the latest"),
        ({"a": REVISED | {"replaces": "b"}, "b": REVISED | {"replaces": "a"}},
         "a replaces b replaces a; let the latest"),
        ({"a": REVISED | {"replaces": "worker"}}, "did you mean 'workers'"),
        ({"a": REVISED | {"replaces": "quota"}}, "a revision is of the same quantity"),
    ],
)  # fmt: skip
def test_what_replaces_nothing_sensible_is_refused(
    rows: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CaseError, match=message) as error:
        case_of(tmp_path, evidence=rows)
    assert len(error.value.faults) == 1


@pytest.mark.parametrize("status", ["retracted", "retracted 2019", "retracted 2019-05-17"])
def test_rows_of_a_retracted_source_weigh_nothing(status: str, tmp_path: Path) -> None:
    case = case_of(tmp_path, sources={"newspaper": {"status": status}})
    found = weights(case)
    assert {row for row, weight in found.items() if weight == 0.0} == {"arrivals", "new"}
    since = status.removeprefix("retracted").strip()
    expected = "newspaper was retracted" + (f" ({since})" if since else "")
    assert str(case.struck["new"]) == expected


@pytest.mark.parametrize(
    ("published", "counts"), [("2019", False), ("", False), ("2018-08-02", False), ("2016", True)]
)
def test_what_only_repeats_it_weighs_nothing(published: str, counts: bool, tmp_path: Path) -> None:
    """The paper's row is of the same origin; only if it was earlier does it stand."""
    case = case_of(
        tmp_path,
        evidence={"copy": COPY},
        sources={"newspaper": {"status": "retracted"}, "paper": {"date": published}},
    )
    assert ("copy" not in case.struck) == counts
    if not counts:
        assert str(case.struck["copy"]) == "repeats new, whose source was retracted"
    assert "workers" not in case.struck


@pytest.mark.parametrize("status", ["withdrawn", "retracted in 2019", "retracted 2019-13"])
def test_another_status_is_refused(status: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="is not a status; write 'retracted'"):
        case_of(tmp_path, sources={"newspaper": {"status": status}})


def test_as_of_an_earlier_day_nothing_was_taken_back(tmp_path: Path) -> None:
    case = case_of(
        tmp_path,
        evidence={"revised": REVISED | {"source": "resolution"}},
        sources={
            "paper": {"date": "2018-01"},
            "newspaper": {"status": "retracted 2019-05-17"},
            "resolution": {"date": "2019-02"},
        },
    )
    assert set(struck_out(case.evidence, case.sources)) == {"workers", "arrivals", "new"}
    assert set(struck_out(case.evidence, case.sources, date(2019, 3, 1))) == {"workers"}
    assert not struck_out(case.evidence, case.sources, date(2018, 12, 31))
    then = weights(case, WhatIf(as_of="2018-12-31"))
    assert {"workers": 1.0, "new": 1.0, "revised": 0.0}.items() <= then.items()
    assert weights(case, WhatIf(as_of="2019-03-01"))["workers"] == 0.0


def test_a_published_total_that_was_taken_back_is_compared_with_nothing(tmp_path: Path) -> None:
    case = case_of(
        tmp_path,
        evidence={"official_total": {"source": "newspaper"}},
        sources={"newspaper": {"status": "retracted"}},
    )
    roles = case.evidence.set_index("id")["role"]
    assert roles["official_total"] == "context"
