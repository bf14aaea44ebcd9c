"""Fits of what had been published by a day, against what came later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from model.case.case import Case, read_case
from model.criticism.as_of import as_of, days, later_rows
from model.evidence.synthesis import synthesis
from model.question import SamplerOptions, WhatIf
from model.sampling.fitting import fit
from model.sampling.parallel import executor
from model.sampling.whatif import changed_parts, published_line, unpublished
from tests.cases import recorded_bytes, row, write_case

#: A row of a quantity that nothing else is about, so that its prediction is known.
FORETOLD = "visas_per_entry"
SOURCES = {
    "early": {"title": "Early", "publisher": "A press", "date": "2017-03-04"},
    "late": {"title": "Late", "publisher": "A press", "date": "2019-06-01"},
    "undated": {"title": "Undated", "publisher": "A press"},
}


def case_with(folder: Path, late: str = "1.3") -> Case:
    """The small case with a row of an early source, one of a late one and one of no date."""
    found = {
        name: row(
            FORETOLD, "2018-01", "2018-12", "exact", "visas/person", value=value,
            source=name, reliability="b", credibility="2",
        )
        for name, value in (("late", late),)
    }  # fmt: skip
    found["early"] = row("permitted", "2017-01", "2017-01", "exact", "persons", value="30000",
                         source="early")  # fmt: skip
    found["undated"] = row("permitted", "2017-02", "2017-02", "exact", "persons", value="9000",
                           source="undated")  # fmt: skip
    return read_case(write_case(folder, evidence=found, sources=SOURCES))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case_with(tmp_path_factory.mktemp("as_of") / "case")


def ids(case: Case) -> tuple[str, ...]:
    return synthesis(case).evidence.ids


def test_days_lie_between_the_first_and_the_last_row(case: Case) -> None:
    press = date(2018, 12, 31)  # its latest row is of the paper, whose date is a year
    assert days(case, ids(case)) == [date(2017, 12, 31), press]
    assert days(case, ("late",)) == []
    assert days(case, ("undated",)) == []
    assert days(case, ()) == []


def test_rows_still_to_come(case: Case) -> None:
    rows = ids(case)
    assert later_rows(case, rows, date(2018, 12, 31)) == ["late"]
    assert set(later_rows(case, rows, date(2017, 12, 31))) == set(rows) - {"early", "undated"}
    assert later_rows(case, rows, date(2019, 6, 1)) == []


def test_a_row_published_one_day_later_changes_nothing(case: Case, tmp_path: Path) -> None:
    other = case_with(tmp_path / "case", late="1.5")
    before = WhatIf(as_of="2019-05-31")
    given = [recorded_bytes(changed_parts(synthesis(one), one, before)) for one in (case, other)]
    assert given[0] == given[1]
    then = WhatIf(as_of="2019-06-01")
    given = [recorded_bytes(changed_parts(synthesis(one), one, then)) for one in (case, other)]
    assert given[0] != given[1]


def test_what_had_not_been_published_weighs_nothing(case: Case) -> None:
    parts = changed_parts(synthesis(case), case, WhatIf(as_of="2018-08-02"))
    weights = dict(zip(parts.evidence.ids, parts.evidence.weight, strict=True))
    silent = {row for row, weight in weights.items() if weight == 0.0}
    assert silent == set(unpublished(case, date(2018, 8, 2)))
    assert {"late", "undated"} < silent
    assert weights["early"] > 0.0
    left = len(weights) - len(silent)
    assert published_line(case, "2018-08-02").startswith(
        f"Published by 2018-08-02: {left} of {len(weights)} rows; 1 row has no date"
    )


def test_a_figure_that_came_later_is_predicted_by_the_prior_where_nothing_else_is(
    case: Case,
) -> None:
    parts = synthesis(case)
    posterior = fit(parts, SamplerOptions(draws=200, tune=100, chains=2, seed=1))
    with executor(1) as workers:
        result = as_of(case, posterior, workers)
    assert result.passed is None
    table = result.table
    assert set(table["as_of"]) == {"2017-12-31", "2018-12-31"}
    assert list(table[table["as_of"] == "2018-12-31"]["row"]) == ["state_take of 2018", "late"]
    place = parts.layout.index[FORETOLD]
    said = parts.evidence
    # the error's size is unknown, and it may be off: both make its tails longer than a Normal's
    rng, many = np.random.default_rng(2), 200_000
    chances, sizes = np.array(said.scales).T
    own = said.error[said.ids.index("late")] * np.exp(said.letter_sd * rng.normal(size=many))
    error = np.hypot(own, rng.choice(sizes, size=many, p=chances)) * rng.normal(size=many)
    told = parts.layout.location[place] + parts.layout.scale[place] * rng.normal(size=many) + error
    width = told.std()
    (found,) = table[(table["row"] == "late") & (table["as_of"] == "2018-12-31")].to_dict("records")
    # 1,000 draws of some 500 effective: quantiles to a tenth of a standard deviation or better
    for name, level in (("q50", 0.5), ("q05", 0.05), ("q95", 0.95)):
        expected = float(np.quantile(told, level))
        assert np.log(found[name]) == pytest.approx(expected, abs=0.25 * width)
    assert found["observed"] == pytest.approx(1.3)
    assert found["inside"] is True
    held = table[table["observed"].notna()]
    assert f"{int(held['inside'].sum())} of {len(held)}" in result.sentence


def test_without_a_later_source_there_is_nothing_to_compare(tmp_path: Path) -> None:
    same = {name: {"date": "2018-08-02"} for name in ("paper", "newspaper")}
    case = read_case(write_case(tmp_path / "case", sources=same))
    posterior = fit(synthesis(case), SamplerOptions(draws=100, tune=100, chains=2, seed=1))
    with executor(1) as workers:
        result = as_of(case, posterior, workers)
    assert result.table.empty
    assert result.passed is None
    assert "No fitted row" in result.sentence
