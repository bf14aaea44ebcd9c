"""When a source was published, at the latest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from model.case.case import Case, read_case
from model.case.publication import last_day
from tests.cases import write_case


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-08-02", date(2018, 8, 2)),
        ("2018-02", date(2018, 2, 28)),
        ("2016-02", date(2016, 2, 29)),
        ("2018-12", date(2018, 12, 31)),
        ("2018", date(2018, 12, 31)),
        *((text, None) for text in ("", "2018-13", "2018-02-30", "18", "2018-8", "0000", "٢٠١٨")),
    ],
)
def test_a_date_of_any_precision_means_its_last_day(text: str, day: date | None) -> None:
    assert last_day(text) == day


def test_sources_published_by_a_day(tmp_path: Path) -> None:
    case: Case = read_case(
        write_case(tmp_path / "case", sources={"memory": {"title": "Hearsay", "publisher": "None"}})
    )
    assert case.published_by(date(2017, 9, 10)) == frozenset()
    assert case.published_by(date(2017, 9, 11)) == {"resolution"}
    assert case.published_by(date(2018, 8, 2)) == {"resolution", "newspaper"}
    # a year counts at its end, and a source without a date never
    assert case.published_by(date(2018, 12, 31)) == {"resolution", "newspaper", "paper"}
