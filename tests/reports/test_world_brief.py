"""The brief of several hosts: sums of draws, chances by brute force, what is compared with what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.archive.months_file import read_months
from model.case.folders import BASELINE
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.terminal.wording import MILLION
from reports import by_host, figures, world_brief
from reports.brief import brief
from reports.figures import hosts, meanings
from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue
from reports.typesetting import pages
from tests.cases import row, write_case
from tests.reports.runs import write_run

#: Single precision of the draws by month.
CLOSE = 1e-5


def total(place: str, qualifier: str, year: int = 2017, **cells: str) -> dict[str, str]:
    dates = (f"{year}-01", f"{year}-12")
    unit, held = "million USD/year", {"host": place, "role": "holdout"}
    return row("total_state_take", *dates, qualifier, unit, **held, **cells)


TOTALS = {
    "inside": total("world", "range", low="20", high="90"),
    "near": total("world", "about", value="60"),
    "floor": total("world", "more_than", value="50"),
    "ceiling": total("world", "as_much_as", value="2000"),
    "of_trade": total("restaurants", "about", value="10"),
    "of_one": total("china", "about", value="5"),
    "elsewhere": total("mars", "about", value="5"),
    "later": total("world", "about", year=2025, value="60"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run whose two hosts are the world, with totals of all kinds."""
    base = tmp_path_factory.mktemp("world")
    folder = write_case(
        base / "case",
        two_hosts=True,
        evidence=TOTALS,
        timeline={"groups": {"world": ["russia", "china"]}, "quoted": [500, 2000]},
    )
    return SavedRun.open(write_run(base / "runs", folder))


def draws_of(run: SavedRun, definition: str, year: int) -> dict[str, np.ndarray]:
    """Dollars by host, by another way: the archive's own reader."""
    found = read_months(run.folder, BASELINE, definition)
    inside = np.array([str(month).startswith(str(year)) for month in found.months])
    dollars = (found.revenue / found.per_usd).isel(month=inside).sum("month")
    return {host: dollars.sel(host=host).to_numpy().ravel() for host in run.hosts}


def test_hosts_sum_to_the_total_in_every_draw(world: SavedRun) -> None:
    for definition in DEFINITIONS:
        own = draws_of(world, definition, world.year)
        whole = world.yearly_draws(definition).sel(year=world.year).values.ravel()
        assert sum(own.values()) == pytest.approx(whole, rel=CLOSE, abs=10.0)
        for host, dollars in own.items():
            found = np.asarray(by_host.yearly(world, definition).sel(host=host))
            assert found == pytest.approx(dollars, rel=CLOSE)


def test_parts_of_the_variance_make_one(world: SavedRun) -> None:
    parts = by_host.part_of_variance(world)
    own = draws_of(world, HEADLINE, world.year)
    whole = sum(own.values())
    assert sum(parts.values()) == pytest.approx(1.0)
    for host, dollars in own.items():
        assert parts[host] == pytest.approx(np.cov(dollars, whole)[0, 1] / np.var(whole, ddof=1),
                                            rel=1e-3, abs=1e-4)  # fmt: skip


def test_what_is_known_narrows_and_what_says_nothing_does_not() -> None:
    rng = np.random.default_rng(3)
    known, noise = rng.normal(size=(2, 20_000))
    whole = 2.0 * known + noise
    assert by_host.width_if_known(known, whole) == pytest.approx(1 / np.sqrt(5), rel=0.08)
    assert by_host.width_if_known(rng.normal(size=20_000), whole) == pytest.approx(1.0, abs=0.02)
    assert by_host.width_if_known(whole, whole) < 0.15


def test_thirds_are_ordered_and_hold_every_draw(world: SavedRun) -> None:
    host = by_host.most_uncertain(world)
    counted = np.asarray(by_host.workers(world).sel(host=host))
    widths = {
        name: np.ptp(np.quantile(np.asarray(by_host.workers(world).sel(host=name)), (0.05, 0.95)))
        for name in world.hosts
    }
    assert host == max(widths, key=lambda name: widths[name])
    groups = by_host.thirds(counted)
    assert sorted(np.concatenate(groups)) == list(range(len(counted)))
    assert counted[groups[0]].max() <= counted[groups[1]].min()
    assert counted[groups[1]].max() <= counted[groups[2]].min()


def test_a_total_is_compared_with_its_own_hosts_or_with_nothing(world: SavedRun) -> None:
    found = {one.row: (place, one) for place, rows in meanings.compared(world).items()
             for one in rows}  # fmt: skip
    assert set(found) == {"inside", "near", "floor", "ceiling", "of_one", "official_total"}
    out = meanings.left_out(world)
    assert out == {"place": ["elsewhere", "of_trade"], "months": ["later"]}
    for definition in DEFINITIONS:
        own = {host: one / MILLION for host, one in draws_of(world, definition, 2017).items()}
        whole = own["russia"] + own["china"]
        right = {
            "inside": (whole >= 20) & (whole <= 90),
            "near": (whole >= 48) & (whole <= 72),
            "floor": whole >= 50,
            "ceiling": whole >= 2000,
            "of_one": (own["china"] >= 4) & (own["china"] <= 6),
            "official_total": (own["russia"] >= 150) & (own["russia"] <= 300),
        }
        for name, chosen in right.items():
            chance = found[name][1].chances[definition]
            assert chance == pytest.approx(chosen.mean(), abs=2 / len(chosen)), name


def test_a_part_of_the_world_scores_no_total_of_the_world(
    tmp_path: Path, english: Catalogue
) -> None:
    folder = write_case(
        tmp_path / "case",
        two_hosts=True,
        evidence={"near": TOTALS["near"]},
        timeline={"quoted": [500]},
    )
    run = SavedRun.open(write_run(tmp_path / "runs", folder))
    (one,) = meanings.compared(run)["world"]
    assert one.chances == {}
    assert set(one.sums) == set(DEFINITIONS)
    assert "hosts outside it" in world_brief.quoted(run, english)["text"]


def test_nothing_is_told_of_amounts_that_the_case_does_not_quote(
    world: SavedRun, english: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(world.timeline, "quoted")
    table = world_brief.quoted(world, english)
    assert not table["rows"]
    assert not table["text"]
    assert pages(brief(world, english)) <= world_brief.LONGEST


def test_chances_of_quoted_amounts(world: SavedRun, english: Catalogue) -> None:
    table = world_brief.quoted(world, english)
    assert "covers the world" in table["text"]
    for cells, definition in zip(table["rows"], meanings.ORDER, strict=True):
        by_year = {year: sum(draws_of(world, definition, year).values()) for year in world.years}
        best = np.max(list(by_year.values()), axis=0)
        expected = [
            english.numbers.percent(float((one >= amount).mean()))
            for amount in (500e6, 2000e6)
            for one in (by_year[world.year], best)
        ]
        assert cells[2:] == expected


@pytest.mark.parametrize("language", ["en", "ko", "ru"])
def test_the_brief_has_three_pages_in_each_language(world: SavedRun, language: str) -> None:
    assert pages(brief(world, catalogue(language))) <= world_brief.LONGEST


def test_each_host_has_a_panel_with_its_medians(world: SavedRun, run: SavedRun) -> None:
    panels = hosts.draw(world)
    for axes, host in zip(panels, hosts.largest_first(world), strict=True):
        (line,) = (one for one in axes.lines if one.get_gid() == f"median {host}")
        told = [hosts.annual(world, host, year)["q50"] / MILLION for year in world.years]
        assert line.get_ydata() == pytest.approx(told)
    assert {"hosts", "meanings"} <= figures.lacking(run)
    assert not {"hosts", "meanings"} & figures.lacking(world)
