"""Revenue by place: what hosts earn adds up, draw by draw."""

from __future__ import annotations

import numpy as np
import pytest

from model.archive.by_place import by_place
from model.archive.summary_schema import Place
from model.case.case import Case
from model.evidence.economy import Layout
from model.projection.blocks import project
from model.projection.projection import Projection
from tests.kinds import several_hosts


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Projection]:
    case = several_hosts(tmp_path_factory.mktemp("places"))
    layout = Layout.of(case)
    draws = layout.natural(0.3 * np.random.default_rng(1).normal(size=(40, layout.size)))
    return case, project(case, layout, draws)


def test_hosts_add_up_to_groups_and_to_the_whole(drawn: tuple[Case, Projection]) -> None:
    case, projection = drawn
    places = by_place(case, projection)["places"]
    assert list(places) == ["russia", "china", "kuwait", "asia", "world"]
    # means add up whatever the draws; medians need not
    for year in ("2017", "2018"):
        for definition, of_world in places["world"]["annual"][year].items():
            mean = {place: one["annual"][year][definition]["usd"]["mean"]
                    for place, one in places.items()}  # fmt: skip
            assert mean["russia"] + mean["asia"] == pytest.approx(of_world["usd"]["mean"], rel=1e-7)
            assert mean["china"] + mean["kuwait"] == pytest.approx(mean["asia"], rel=1e-7)
            whole = projection.yearly_usd.sel(year=int(year), definition=definition)
            assert of_world["usd"]["q50"] == pytest.approx(float(whole.median()), rel=1e-7)


def test_shares_are_divided_draw_by_draw(drawn: tuple[Case, Projection]) -> None:
    case, projection = drawn
    places = by_place(case, projection)["places"]
    billed = projection.by_year(projection.revenue_usd).sel(definition="billings", year=2018)
    part = (billed.sel(host="china") / billed.sum("host")).to_numpy()
    found = places["china"]["share"]["2018"]["billings"]
    assert found["q50"] == pytest.approx(np.median(part), rel=1e-7)
    assert places["world"]["share"]["2018"]["billings"]["sd"] == pytest.approx(0.0, abs=1e-12)


def test_places_have_the_published_form(drawn: tuple[Case, Projection]) -> None:
    for place in by_place(*drawn)["places"].values():
        Place.model_validate(place)
