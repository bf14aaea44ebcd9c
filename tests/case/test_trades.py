"""A published total of one trade names a segment, sector or region; it is not scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.archive.believed import believable
from model.case.case import read_case
from model.case.faults import CaseError
from model.projection.prediction import modelled_total
from model.projection.projection import project
from tests.cases import write_case
from tests.reports.runs import prior_draws


@pytest.mark.parametrize("trade", ["construction", "forestry"])
def test_a_total_of_a_trade_is_compared_with_nothing(tmp_path: Path, trade: str) -> None:
    case = read_case(write_case(tmp_path, evidence={"official_total": {"segment": trade}}))
    posterior = prior_draws(case, draws=20)
    projection = project(case, posterior.layout, posterior.draws)
    (row,) = (one for one in case.evidence.itertuples() if one.id == "official_total")
    assert modelled_total(case, row, projection) == ([], None)
    with pytest.raises(CaseError, match="not a held-out total that the model covers"):
        believable(case, ["official_total"])


def test_a_trade_is_a_word_of_the_segments(tmp_path: Path) -> None:
    folder = write_case(tmp_path, evidence={"official_total": {"segment": "constructoin"}})
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    (fault,) = caught.value.faults
    assert fault.column == "segment"
    assert "did you mean 'construction'" in fault.message
