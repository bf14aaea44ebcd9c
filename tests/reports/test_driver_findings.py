"""What drives the answer, in figures, brief and annex: what the run holds, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from model.archive import store
from model.terminal.wording import MILLION, NOISE
from reports import driver_findings, figures
from reports.annex import annex
from reports.brief import brief
from reports.figures import correlations, drivers, information, tornado
from reports.figures.files import drawn
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue
from tests.reports.test_figures import named
from tests.reports.test_pdf import pages, squeezed

DRIVERS = set(figures.OF_DRIVERS)


def test_a_run_that_was_not_asked_says_how_to_ask(run: SavedRun, english: Catalogue) -> None:
    assert run.drivers == {}
    assert figures.lacking(run) >= DRIVERS
    assert not {file.partition(".")[0] for file in drawn(run, english)} & DRIVERS
    for name in DRIVERS:
        with pytest.raises(ReportError, match=r"python -m model\.drivers .* --what state_take"):
            figures.FIGURES[name].draw(run)
    text = squeezed(" ".join(pages(annex(run, english))))
    assert squeezed("Drivers were not computed for this run") in text
    assert squeezed(english.content["brief"]["drivers"]) not in squeezed(
        " ".join(pages(brief(run, english)))
    )


def test_bars_are_the_runs_shares(driven_run: SavedRun) -> None:
    for definition in ("state_take", "surplus"):
        tables = driven_run.headline_drivers(definition)["tables"]
        axes = drivers.draw(driven_run, definition=definition)
        for row in tables["groups"].itertuples():
            assert named(axes, f"group {row.group}").get_width() == pytest.approx(
                max(100 * row.share, 0.0)
            )
            if row.total >= NOISE:
                total = named(axes, f"total group {row.group}")
                assert total.get_xdata() == pytest.approx([100 * row.total])
        shown = drivers.rows_shown(driven_run, definition, None)
        groups = [row for row in shown if row["kind"] == "group"]
        assert [row["share"] for row in groups] == sorted(
            (row["share"] for row in groups), reverse=True
        )
        # quantities and the rest of each group add up to it
        for place, row in enumerate(shown):
            if row["kind"] != "group":
                continue
            inner: list[float] = []
            for one in shown[place + 1 :]:
                if one["kind"] == "group":
                    break
                inner.append(one["share"])
            if inner:
                assert sum(inner) == pytest.approx(row["share"])


def test_the_tornado_goes_where_each_end_takes_it(driven_run: SavedRun, english: Catalogue) -> None:
    table = tornado.shown(driven_run)
    middle = driven_run.headline_drivers()["numbers"]["q50"] / MILLION
    axes = tornado.draw(driven_run)
    for row in table.itertuples():
        for end in ("p05", "p95"):
            bar = named(axes, f"{end} {row.quantity}")
            assert bar.get_x() == pytest.approx(middle)
            reached = getattr(row, f"held_{end}") / MILLION
            assert bar.get_x() + bar.get_width() == pytest.approx(reached)
        line = named(axes, f"along {row.quantity}")
        ends = [row.along_p05 / MILLION, row.along_p95 / MILLION]
        assert list(line.get_xdata()) == pytest.approx(ends)
    assert len(tornado.shown(driven_run, most=3)) == 3
    assert list(tornado.shown(driven_run, most=3)["quantity"]) == list(table["quantity"][:3])
    said = tornado.describe(driven_run, english, most=1)
    first = table.iloc[0]
    assert f"{first['held_p05'] / MILLION:,.0f} to {first['held_p95'] / MILLION:,.0f}" in said


def test_a_quantity_that_cannot_be_held_has_no_bar(driven_run: SavedRun) -> None:
    again = SavedRun(driven_run.folder, driven_run.manifest, driven_run.summary)
    asked = json.loads(json.dumps(driven_run.drivers))
    quantities = asked["state_take 2018"]["tables"]["quantities"]
    held = [quantities["columns"].index(f"held_{end}") for end in ("p05", "p95")]
    first = quantities["rows"][0]
    for place in held:
        first[place] = None
    again.__dict__["drivers"] = asked
    assert first[0] in set(tornado.shown(again, most=99)["quantity"])
    axes = tornado.draw(again, most=99)
    assert not [one for one in axes.patches if one.get_gid() == f"p05 {first[0]}"]
    assert named(axes, f"along {first[0]}")


def test_correlations_are_the_runs(driven_run: SavedRun, english: Catalogue) -> None:
    table = correlations.shown(driven_run)
    np.testing.assert_allclose(table, table.T)
    assert set(np.diag(table)) == {1.0}
    axes = correlations.draw(driven_run)
    cells = named(axes, "ties").get_array()
    below = np.tril(np.ones(table.shape, dtype=bool), -1)
    np.testing.assert_allclose(np.asarray(cells[below]), table.to_numpy()[below])
    assert np.ma.getmaskarray(cells)[~below].all()
    assert correlations.describe(driven_run, english)


def test_what_to_find_out_is_told_the_largest_first(
    driven_run: SavedRun, english: Catalogue
) -> None:
    tables = driven_run.headline_drivers()["tables"]
    rows = information.rows_shown(driven_run, english)
    axes = information.draw(driven_run)
    for kind in ("exactly", "sources"):
        worth = [row["narrower"] for row in rows if row["kind"] == kind]
        assert worth == sorted(worth, reverse=True)
    for row in tables["prospects"].itertuples():
        bar = named(axes, f"sources {row.title}")
        told = row.variance_share >= NOISE
        expected = max(row.narrower / MILLION, 0.0) if told else 0.0
        assert bar.get_width() == pytest.approx(expected)
    assert set(tables["prospects"]["title"]) <= {row["name"] for row in rows}


def test_the_brief_says_what_drives_it(driven_run: SavedRun, english: Catalogue) -> None:
    text = squeezed(" ".join(pages(brief(driven_run, english))))
    for one in [
        *driver_findings.groups(driven_run, english),
        *driver_findings.found(driven_run, english),
    ]:
        assert squeezed(one.text) in text, one.key
    groups = driven_run.headline_drivers()["tables"]["groups"].set_index("group")["share"]
    (sentence,) = driver_findings.groups(driven_run, english)
    assert english.say(f"groups.{groups.idxmax()}_in_text") in sentence.text
    assert sentence.key == ("drivers.most" if groups.max() >= 0.5 else "drivers.largest")
    best = driven_run.headline_drivers()["tables"]["knowing"].iloc[0]["quantity"]
    assert english.name(best) in driver_findings.found(driven_run, english)[0].text


@pytest.mark.parametrize(
    ("share", "key"), [(0.3, "drivers.source"), (0.001, "drivers.no_source"), (None, None)]
)
def test_a_source_is_named_only_if_it_teaches(
    share: float | None, key: str | None, driven_run: SavedRun, english: Catalogue
) -> None:
    again = SavedRun(driven_run.folder, driven_run.manifest, driven_run.summary)
    asked = json.loads(json.dumps(driven_run.drivers))
    prospects = asked["state_take 2018"]["tables"]["prospects"]
    place = prospects["columns"].index("variance_share")
    for row in prospects["rows"]:
        row[place] = share
    if share is None:
        prospects["rows"] = []
    again.__dict__["drivers"] = asked
    keys = [one.key for one in driver_findings.found(again, english)]
    assert keys == ["drivers.quantity", *([key] if key else [])]


def test_the_annex_lists_drivers_and_sources(driven_run: SavedRun, english: Catalogue) -> None:
    text = squeezed(" ".join(pages(annex(driven_run, english))))
    found = driver_findings.blocks(driven_run, english)
    tables = driven_run.headline_drivers()["tables"]
    assert [row[1] for row in found["drivers"]["rows"]] == list(
        tables["quantities"]["quantity"][: driver_findings.TOLD]
    )
    for row in tables["prospects"].itertuples():
        assert squeezed(row.title) in text
        assert squeezed(row.states.split(",")[0]) in text


def test_damaged_drivers_are_told(driven_run: SavedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(folder: Path, name: str) -> None:
        raise store.DamagedRunError("it cannot be read")

    again = SavedRun(driven_run.folder, driven_run.manifest, driven_run.summary)
    monkeypatch.setattr(store, "read_added", damaged)
    with pytest.raises(ReportError, match="no report was made"):
        _ = again.drivers
