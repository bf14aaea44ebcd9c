"""Checks and calibration in the annex and in figures: what the run holds, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from model.archive import store
from model.calibration.worlds import WORLDS
from model.equations.quantities import DEFINITIONS
from reports import figures
from reports.annex import annex
from reports.annex_checks import blocks, coverage, power, rate, worlds
from reports.figures import calibration, conflicts, echo, leave_one_out, sensitivity
from reports.figures.files import drawn
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue
from tests.reports.test_figures import named
from tests.reports.test_pdf import pages, squeezed

CHECKS = set(figures.OF_CHECKS)


def test_the_annex_tells_every_check(checked_run: SavedRun, english: Catalogue) -> None:
    text = squeezed(" ".join(pages(annex(checked_run, english)))).replace("−", "-")
    for block in (checked_run.checks, checked_run.calibration["checks"]):
        for name, found in block.items():
            assert squeezed(found["sentence"]) in text, name
            assert squeezed(english.say(f"checks.{name}")) in text
    judged = [one["passed"] for one in checked_run.checks.values() if one["passed"] is not None]
    assert squeezed(f"{sum(judged)} of {len(judged)} checks passed") in text
    assert squeezed("120 cases with known answers") in text
    assert squeezed("60 cases with a planted slip") in text
    words = {True: "passed", False: "FAILED", None: "reported"}
    rows = blocks(checked_run, english)["checks"]["rows"]
    verdicts = [row[1] for row in rows]
    assert verdicts == [words[one["passed"]] for one in checked_run.checks.values()]
    assert {"passed", "FAILED", "reported"} <= set(verdicts)


def test_the_annex_has_the_worlds_unlike_the_model(
    checked_run: SavedRun, run: SavedRun, english: Catalogue
) -> None:
    block = worlds(checked_run, english)
    assert [row[0] for row in block["rows"]] == [
        english.content["found"]["differs"][world] for world in WORLDS
    ]
    for row in block["rows"]:
        # three of four truths inside; the estimate is 1.1 times the truth in the median case
        assert row[1:] == ["4", *["75%"] * 5, "1.10", "1.00"]
    text = squeezed(" ".join(pages(annex(checked_run, english))))
    assert squeezed(block["text"]) in text
    assert squeezed(english.content["found"]["differs"]["slips"]) in text
    missing = worlds(run, english)
    assert not missing["rows"]
    assert missing["command"] == ".venv/bin/python -m model.calibration \\\n  --misspecified"


def test_an_unchecked_run_says_how_to_check_it(run: SavedRun, english: Catalogue) -> None:
    assert run.checks == {}
    text = squeezed(" ".join(pages(annex(run, english))))
    name = run.folder.resolve().name
    assert squeezed(f"To check it: .venv/bin/python -m model.criticism {name}") in text
    assert squeezed("python -m model.calibration") in text
    assert figures.lacking(run) >= CHECKS
    assert not {file.partition(".")[0] for file in drawn(run, english)} & CHECKS
    for figure in CHECKS:
        with pytest.raises(ReportError, match="run python -m model"):
            figures.FIGURES[figure].draw(run)


def test_a_checked_run_has_the_figures(checked_run: SavedRun, english: Catalogue) -> None:
    assert not figures.lacking(checked_run) & CHECKS
    assert {file.partition(".")[0] for file in drawn(checked_run, english)} >= CHECKS


def test_a_calibration_of_other_inputs_is_not_shown(checked_run: SavedRun, tmp_path: Path) -> None:
    manifest = checked_run.manifest
    runs = checked_run.folder.parent
    assert store.find_calibration(runs, manifest) is not None
    other = manifest | {"inputs": manifest["inputs"] | {"priors.toml": "changed"}}
    assert store.find_calibration(runs, other) is None
    older = manifest | {"versions": manifest["versions"] | {"source": "older"}}
    assert store.find_calibration(runs, older) is None
    # of two, the one with more cases
    (file,) = (runs / store.CALIBRATIONS).glob(f"*/{store.CALIBRATION}")
    content = json.loads(file.read_text())
    for cases in (10, 900, 50):
        place = tmp_path / store.CALIBRATIONS / str(cases) / store.CALIBRATION
        store.replace_json(place, content | {"replicates": cases})
    (tmp_path / store.CALIBRATIONS / "50" / store.CALIBRATION).write_text("{")
    found = store.find_calibration(tmp_path, manifest)
    assert found is not None
    assert found["replicates"] == 900


def test_damaged_checks_are_told(checked_run: SavedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(folder: Path, name: str) -> None:
        raise store.DamagedRunError("it cannot be read")

    again = SavedRun(checked_run.folder, checked_run.manifest, checked_run.summary)
    monkeypatch.setattr(store, "read_added", damaged)
    with pytest.raises(ReportError, match="no report was made"):
        _ = again.checks


def test_conflicts_are_drawn_the_worst_first(checked_run: SavedRun, english: Catalogue) -> None:
    table = conflicts.shown(checked_run)
    assert list(table["p_row"]) == sorted(table["p_row"])
    assert set(table["kind"]) == {"row"}
    axes = conflicts.draw(checked_run)
    for place, row in enumerate(table.itertuples()):
        line, dot = named(axes, f"interval {row.row}"), named(axes, f"median {row.row}")
        assert list(line.get_xdata()) == pytest.approx([row.difference_q05, row.difference_q95])
        assert list(dot.get_xdata()) == pytest.approx([row.difference_q50])
        assert list(dot.get_ydata()) == [place]
        assert (dot.get_color() == "#D55E00") == (row.row == "plan")
    assert "In conflict: plan" in conflicts.describe(checked_run, english)
    assert conflicts.probability(0.0004, english) == "below 0.001"
    assert conflicts.probability(0.0126, english) == "0.013"


def test_the_answer_without_each_source(checked_run: SavedRun, english: Catalogue) -> None:
    table = leave_one_out.shown(checked_run)
    # the origin is the newspaper's row alone: one line for both
    assert list(table["group"]) == ["newspaper", "paper"]
    axes = leave_one_out.draw(checked_run)
    for row in table.itertuples():
        line, dot = named(axes, f"interval {row.group}"), named(axes, f"median {row.group}")
        assert list(line.get_xdata()) == pytest.approx([row.q05 / 1e6, row.q95 / 1e6])
        assert list(dot.get_xdata()) == pytest.approx([row.q50 / 1e6])
        assert (dot.get_color() == "#D55E00") == (row.group == "newspaper")
    band = named(axes, "with all").get_extents().transformed(axes.transData.inverted())
    whole = checked_run.annual(checked_run.year, "state_take")
    assert (band.x0, band.x1) == pytest.approx((whole["q05"] / 1e6, whole["q95"] / 1e6))
    assert "newspaper" in leave_one_out.describe(checked_run, english)


def test_sensitivity_shows_both_parts(checked_run: SavedRun, english: Catalogue) -> None:
    scaling, widths = sensitivity.draw(checked_run)
    table = checked_run.check_table("power_scaling")
    for row in table.itertuples():
        for name in DEFINITIONS:
            point = named(scaling, f"{name} {row.component}")
            assert list(point.get_xdata()) == pytest.approx([getattr(row, name)])
    line = named(widths, "doubled plan")
    assert list(line.get_xdata()) == pytest.approx([60.0, 200.0])
    names = english.content["components"]
    assert set(table["component"]) <= set(names)
    assert [label.get_text() for label in widths.get_yticklabels()] == [
        names[one] for one in ("all priors", "workers", "plan")
    ]
    assert names["evidence"] in sensitivity.describe(checked_run, english)


def test_every_rank_curve_is_drawn(checked_run: SavedRun, english: Catalogue) -> None:
    found = checked_run.calibration["ranks"]
    panels = calibration.draw(checked_run)
    drawn_names = []
    for axes in panels:
        for line in axes.lines:
            if (line.get_gid() or "").startswith("curve "):
                name = line.get_gid().removeprefix("curve ")
                assert list(line.get_ydata()) == pytest.approx(found["curves"][name])
                drawn_names.append(name)
    assert sorted(drawn_names) == sorted(found["curves"])
    assert all(
        line.get_gid().split(" ")[1] in DEFINITIONS
        for line in panels[1].lines
        if (line.get_gid() or "").startswith("curve ")
    )
    leaves = int(checked_run.check_table("calibration")["leaves"].sum())
    assert f"Outside the band: {leaves} (" in calibration.describe(checked_run, english)


def test_the_echo_is_drawn_on_its_theory(checked_run: SavedRun, english: Catalogue) -> None:
    axes, table = echo.draw(checked_run), checked_run.check_table("echo")
    for kind in echo.KINDS:
        points, line = named(axes, kind), named(axes, f"theory {kind}")
        assert list(points.get_ydata()) == pytest.approx(list(table[kind]))
        assert points.get_ydata() == pytest.approx(line.get_ydata(), rel=1e-6)
    assert "10 copies" in echo.describe(checked_run, english)


def test_rates_are_counts(checked_run: SavedRun, english: Catalogue) -> None:
    rows = power(checked_run, english)["rows"]
    assert rows[0][:3] == ["all rows", "60", "88%"]
    assert [row[0] for row in rows[2:]] == ["kept", "plan"]
    assert rate(0.0, english) == "0%"
    assert rate(1.0, english) == "100%"
    table = checked_run.check_table("calibration")
    cells = coverage(checked_run, english)["rows"]
    assert len(cells) == len(table)
    for row, line in zip(cells, table.itertuples(), strict=True):
        assert row[0].lower().replace(" ", "_") == line.quantity.lower().replace(" ", "_")
        assert row[3] == f"{100 * line.held_90:.0f}%"
    assert np.isfinite(table["p"]).all()
