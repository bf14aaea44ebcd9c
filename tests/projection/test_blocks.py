"""Draws projected some at a time are those projected at once, to the last digit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.case.case import Case, read_case
from model.case.contents import Change
from model.evidence.economy import Layout
from model.projection import blocks
from model.projection.horizon import extended
from model.projection.projection import Projection, Projector
from tests.cases import write_case

DRAWS, SEED = 23, 5


@pytest.fixture(scope="module")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Two hosts, to months without a rate of the ruble: there it differs by draw."""
    case = read_case(write_case(tmp_path_factory.mktemp("two") / "case", two_hosts=True))
    return extended(case, pd.Period("2022-06", "M"))


@pytest.fixture
def few_at_a_time(longer: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = len(longer.timeline.months) * len(longer.segments)
    monkeypatch.setattr(blocks, "CELLS", 4 * cells)


def drawn(case: Case) -> tuple[Layout, np.ndarray]:
    layout = Layout.of(case)
    normals = np.random.default_rng(2).normal(size=(DRAWS, layout.size))
    return layout, np.asarray(layout.natural(normals))


@pytest.mark.usefixtures("few_at_a_time")
def test_blocks_are_the_draws_in_their_order(longer: Case) -> None:
    layout, draws = drawn(longer)
    follows = np.arange(DRAWS) % 3 == 0
    whole = Projector(longer, layout, draws, SEED, follows)
    assert "draw" in whole.baseline.per_usd.dims
    first = longer.timeline.months[3]
    change = Change("payment", longer.hosts[0].name, "", first, None, "scale", ((first, 0.5),))
    found = blocks.in_blocks(
        longer, layout, draws,
        lambda some: (some.baseline, some.project([change]), some.paid_for(2018, "USD")),
        SEED, follows,
    )  # fmt: skip
    assert [len(one.revenue["draw"]) for one, *_ in found] == [4, 4, 4, 4, 4, 3]
    before, after, paid = zip(*found, strict=True)
    same(blocks.joined(before), whole.baseline)
    same(blocks.joined(after), whole.project([change]))
    assert not blocks.joined(after).revenue.equals(whole.baseline.revenue)
    xr.testing.assert_identical(blocks.along_draws(paid), whole.paid_for(2018, "USD"))


@pytest.mark.usefixtures("few_at_a_time")
def test_what_happened_in_blocks(longer: Case) -> None:
    layout, draws = drawn(longer)
    whole = Projector(longer, layout, draws).baseline
    same(blocks.project(longer, layout, draws), whole)
    xr.testing.assert_identical(blocks.yearly_usd(longer, layout, draws), whole.yearly_usd)


def same(found: Projection, expected: Projection) -> None:
    for name in ("revenue", "workers", "present", "per_usd"):
        xr.testing.assert_identical(getattr(found, name), getattr(expected, name))
