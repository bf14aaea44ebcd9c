"""Firms and networks in the annex and as a figure: the numbers of exposures, nothing guessed."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Annotation

from model.equations.quantities import HEADLINE
from reports import annex_exposure, exposed, figures
from reports.figures import networks, style
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue
from tests.cases import write_case
from tests.exposure.test_networks import firm
from tests.reports.runs import write_run

#: A firm that ties eleven others, two of which are tied to each other; one network, no more.
LEAVES = 11
STAR = {
    "firm_1": None,
    "hub": firm(900, name="The firm that ties them"),
    **{f"leaf_{n}": firm(30 * n if n % 2 else "", name=f"Firm number {n}") for n in range(LEAVES)},
}
STAR_LINKS = "firm,other,kind,source,note\n" + "".join(
    f"leaf_{n},hub,{'address' if n % 3 else 'owner'},paper,\n" for n in range(LEAVES)
)


def run_of(folder: Path, **changes: Any) -> SavedRun:
    return SavedRun.open(write_run(folder / "runs", write_case(folder / "case", **changes)))


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    return run_of(tmp_path_factory.mktemp("star"), firms=STAR, links_csv=STAR_LINKS)


def test_circles_are_as_large_as_the_state_take_and_hollow_if_not_known(
    linked_run: SavedRun,
) -> None:
    axes = networks.draw(linked_run)
    circles = {one.get_gid(): one for one in axes.collections if one.get_gid()}
    found = exposed.found(linked_run)
    drawn = {firm for one in found.networks for firm in one.firms}
    assert set(circles) == {f"firm {name}" for name in drawn}
    known = {one.firm: one for one in reversed(found.firms) if one.draws}
    takes = {name: float(np.median(known[name].draws[HEADLINE])) for name in drawn & set(known)}
    areas = {name: float(circles[f"firm {name}"].get_sizes()[0]) for name in takes}
    span = networks.LARGEST_AREA - networks.LEAST_AREA
    most = max(float(np.median(one.draws[HEADLINE])) for one in known.values())
    for name, take in takes.items():
        assert areas[name] == pytest.approx(networks.LEAST_AREA + span * take / most)
    for name in drawn - set(known):
        assert tuple(circles[f"firm {name}"].get_facecolors()[0][:3]) == (1.0, 1.0, 1.0)


def test_every_link_is_a_line_and_names_its_kind(linked_run: SavedRun, english: Catalogue) -> None:
    axes = networks.draw(linked_run)
    ends = {frozenset(one.get_gid().split()[1:]) for one in axes.lines if one.get_gid()}
    told = exposed.found(linked_run).networks
    pairs = {frozenset((one.firm, one.other)) for net in told for one in net.links.itertuples()}
    assert ends == pairs
    kinds = [one.get_text() for one in axes.texts if one.get_gid() == "kinds"]
    assert len(kinds) == len(pairs)
    assert set(kinds) == {english.say(f"exposure.kinds.{kind}") for kind in
                          ("address", "owner", "name", "email", "director")}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ko", "ru"])
def test_no_label_covers_another(star: SavedRun, language: str) -> None:
    axes = networks.draw(star, texts=catalogue(language))
    with style.styled():
        axes.get_figure(root=True).draw_without_rendering()
        boxes = [
            # a line's box has room for accents and tails that hardly any letter fills
            (one.get_text(), one.get_window_extent().expanded(1.0, 0.72))
            for one in axes.texts
            if not isinstance(one, Annotation) and one.get_text() not in ("", "?")
        ]
    assert len(boxes) > 2 * LEAVES
    for (text, box), (other, second) in itertools.combinations(boxes, 2):
        assert not box.overlaps(second), f"{text!r} covers {other!r}"


def test_the_firm_that_ties_most_stands_in_the_middle(star: SavedRun) -> None:
    places = networks.placed(exposed.found(star).networks[0], 0.0, 60.0)
    assert [name for name, place in places.items() if place.side == 0] == ["hub"]
    assert places["hub"].x == pytest.approx(networks.PAGE / 2)
    sides = [place.side for place in places.values() if place.side]
    assert abs(sides.count(1) - sides.count(-1)) <= 1
    for side in (-1, 1):
        heights = sorted(place.y for place in places.values() if place.side == side)
        assert np.diff(heights).min() == pytest.approx(60.0 / len(heights))


def test_the_annex_has_the_numbers_of_exposures(linked_run: SavedRun, english: Catalogue) -> None:
    block = annex_exposure.block(linked_run, english)
    assert block is not None
    found = exposed.found(linked_run)
    known = [one for one in found.firms if one.draws]
    assert [row[0] for row in block["firms"]["rows"]] == [one.name for one in known]
    heads = block["firms"]["head"]
    place = heads.index(english.say(f"definitions.{HEADLINE}.name"))
    for one, row in zip(known, block["firms"]["rows"], strict=True):
        low, middle, high = np.quantile(one.draws[HEADLINE] / 1e3, (0.05, 0.5, 0.95))
        assert row[place] == english.numbers.interval(middle, low, high)
    lacking = " ".join(block["unknown"])
    assert all(one.name in lacking for one in found.firms if not one.draws)
    assert any("Gamma is owned by Beta" in line or "Beta" in line for line in block["links"])
    assert all("according to" in line for line in block["links"])
    assert "Eta" in block["same"]


def test_without_firms_or_links_there_is_nothing(
    tmp_path: Path, run: SavedRun, english: Catalogue
) -> None:
    none = run_of(tmp_path, firms={"firm_1": None})
    assert annex_exposure.block(none, english) is None
    assert exposed.networks(none) == []
    assert {"networks"} <= figures.lacking(none)
    alone = annex_exposure.block(run, english)  # one firm, no link
    assert alone is not None
    assert alone["links"] == [english.say("annex.exposure.unlinked")]
