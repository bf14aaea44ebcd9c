"""Single figures as files: what is asked is checked before a fit, and a sweep shows its numbers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from model.archive.pruning import judged
from reports.figures import sweep as sweep_figure
from reports.figures.as_file import Asked, asked, drawing, written
from reports.figures.of_estimate import Plots
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue, catalogue, languages
from tests.reports.runs import write_run


@dataclass
class Estimated:
    folder: Path

    def drivers(self, definition: str = "", year: int | None = None) -> None:
        raise AssertionError("not asked for")


@dataclass
class Said:
    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.lines.append(text)

    def fault(self, *lines: str) -> None:
        self.faults += lines


@pytest.mark.parametrize(
    ("text", "of", "found"),
    [
        ("headline", "", Asked("headline")),
        ("years = out/a.svg", "", Asked("years", Path("out/a.svg"))),
        ("workers-russia=w.png", "", Asked("workers-russia", Path("w.png"))),
        ("out.png", "", Asked("headline", Path("out.png"))),
        ("out.png", "sweep", Asked("sweep", Path("out.png"))),
        ("sweep", "sweep", Asked("sweep")),
    ],
)
def test_a_figure_and_its_file_are_read(text: str, of: str, found: Asked) -> None:
    assert asked(text, of=of) == found


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("pie", {}, "no figure 'pie'; write one of: headline, years"),
        ("sweep", {}, "with --sweep, also sweep"),
        ("headline", {"of": "sweep"}, "no figure of a sweep; write --plot sweep"),
        ("headline=out.pdf", {}, "ends in .png or .svg"),
        ("headline=", {}, "ends in .png or .svg"),
        ("ladder", {"year": 2018}, "not of one year; leave out --year"),
    ],
)
def test_what_cannot_be_drawn_is_told(text: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ReportError, match=said):
        asked(text, **options)
    talk = Said()
    wanted = {"year": None} | options
    assert drawing([text], Estimated, talk, **wanted) is None
    assert said in talk.faults[0]


def test_figures_of_a_run_are_written_with_title_and_source(run: SavedRun, tmp_path: Path) -> None:
    talk = Said()
    texts = [f"headline={tmp_path / 'a.svg'}", f"workers={tmp_path / 'new' / 'b.png'}"]
    draw = drawing(texts, Estimated, talk)
    assert draw is not None
    assert draw(run.folder)
    assert talk.faults == []
    assert talk.lines == [f"Drew {tmp_path / 'a.svg'}", f"Drew {tmp_path / 'new' / 'b.png'}"]
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert f"{run.year} on one axis" in drawn
    assert "<desc" in drawn
    assert (tmp_path / "new" / "b.png").read_bytes()[:4] == b"\x89PNG"
    other = written(Asked("headline", tmp_path / "c.svg"), Estimated(run.folder), year=2018)
    assert "2018 on one axis" in other.read_text(encoding="utf-8")


def test_what_a_run_lacks_is_told(run: SavedRun, failed_run: SavedRun, tmp_path: Path) -> None:
    for name, said in (("conflicts", "check it first"), ("calibration", "calibrate its inputs")):
        with pytest.raises(ReportError, match=said):
            written(Asked(name), Estimated(run.folder))
    with pytest.raises(ReportError, match="name a --scenario"):
        written(Asked("scenarios"), Estimated(failed_run.folder))
    with pytest.raises(ReportError, match="write one of: workers-russia"):
        written(Asked("workers-mars"), Estimated(run.folder))
    path = written(Asked("years", tmp_path / "y.svg"), Estimated(failed_run.folder))
    assert "NOT CONVERGED" in path.read_text(encoding="utf-8")


@dataclass
class Axis:
    name: str
    values: tuple[float, ...]

    @property
    def heading(self) -> str:
        return f"{self.name} (RUB/month)" if self.name == "upkeep" else self.name


@dataclass
class Sweep:
    axes: tuple[Axis, ...]
    table: pd.DataFrame
    definition: str = "state_take"
    year: int = 2017
    unchanged: dict[str, float] = field(
        default_factory=lambda: {"median": 1.6e8, "5%": 1.1e8, "95%": 2.4e8}
    )


def sweep_of(*axes: Axis, failed: tuple[int, ...] = ()) -> Sweep:
    grid = np.array(np.meshgrid(*(one.values for one in axes), indexing="ij"))
    table = pd.DataFrame(grid.reshape(len(axes), -1).T, columns=[one.heading for one in axes])
    count = len(table)
    table["median"] = 2e8 - 1e7 * np.arange(count)
    table["5%"], table["95%"] = table["median"] * 0.6, table["median"] * 1.5
    table["converged"] = [place not in failed for place in range(count)]
    return Sweep(axes, table)


ONE = Axis("broker_margin", (0.1, 0.2, 0.3))
DOWN = Axis("upkeep", (9000.0, 4000.0))


def test_a_line_shows_the_numbers_of_the_sweep() -> None:
    swept = sweep_of(ONE, failed=(1,))
    axes = sweep_figure.draw(swept)
    (line,) = [one for one in axes.lines if one.get_gid() == "median"]
    assert list(line.get_xdata()) == list(ONE.values)
    assert list(line.get_ydata()) == pytest.approx([200, 190, 180])
    before = [one.get_ydata()[0] for one in axes.lines if one.get_gid() == "unchanged"]
    assert before == pytest.approx([160, 110, 240])
    (band,) = axes.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((108, 300))
    hollow = [one for one in axes.lines if one.get_color() == "white"]
    assert [list(one.get_xdata()) for one in hollow] == [[0.2]]
    # first to last may go down
    falling = sweep_figure.draw(sweep_of(DOWN))
    (line,) = [one for one in falling.lines if one.get_gid() == "median"]
    assert list(line.get_xdata()) == [4000, 9000]
    assert list(line.get_ydata()) == pytest.approx([190, 200])


def test_a_map_has_each_number_in_its_cell() -> None:
    swept = sweep_of(ONE, DOWN, failed=(5,))
    axes = sweep_figure.draw(swept)
    said = {text.xy: text.get_text() for text in axes.texts}
    for place, row in enumerate(swept.table.to_dict("records")):
        across = ONE.values.index(row["broker_margin"])
        down = DOWN.values.index(row["upkeep (RUB/month)"])
        shown = said[(across, down)].splitlines()[0]
        amount = float(shown.strip("()"))
        assert amount == pytest.approx(row["median"] / 1e6, abs=5)
        assert shown.startswith("(") == (place == 5)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.1", "0.2", "0.3"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["9,000", "4,000"]


@pytest.mark.parametrize("columns", [3, 7, 8, 14, 15, 33])
def test_texts_of_a_map_fit_and_do_not_meet(columns: int) -> None:
    swept = sweep_of(Axis("upkeep", tuple(np.linspace(4000, 9000, columns))), ONE)
    figure = sweep_figure.draw(swept).figure
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    (axes, *bars) = figure.get_axes()
    assert bool(bars) == (columns > sweep_figure.MANY)
    for texts in (axes.texts, axes.get_xticklabels()):
        boxes = sorted((one.get_window_extent() for one in texts), key=lambda box: box.x0)
        rows = {round(box.y0) for box in boxes}
        for height in rows:
            own = [box for box in boxes if round(box.y0) == height]
            assert all(one.x1 <= other.x0 for one, other in itertools.pairwise(own))
        assert all(box.x1 <= figure.bbox.width for box in boxes)


@pytest.mark.parametrize("language", languages())
def test_titles_say_what_is_fixed_in_each_language(language: str) -> None:
    texts: Catalogue = catalogue(language)
    for swept in (sweep_of(ONE), sweep_of(ONE, DOWN, failed=(0,)),
                  sweep_of(Axis("upkeep", tuple(map(float, range(1, 10)))), ONE)):  # fmt: skip
        said = sweep_figure.describe(swept, texts)
        assert "{" not in said
        for axis in swept.axes:
            assert axis.name.replace("_", " ") in said
        assert "160" in sweep_figure.title(swept, texts)
        sweep_figure.draw(swept, texts=texts)


def test_a_sweep_is_written_and_drawn_in_notebooks(run: SavedRun, tmp_path: Path) -> None:
    swept = sweep_of(ONE)
    one = written(Asked("sweep", tmp_path / "s.svg"), Estimated(run.folder), swept)
    assert "Source" not in one.read_text(encoding="utf-8").partition("</title>")[0]
    again = written(Asked("sweep", tmp_path / "t.svg"), Estimated(run.folder), swept)
    assert one.read_bytes() == again.read_bytes()
    mpl.use("agg")
    import matplotlib.pyplot as plt

    figure, (left, _) = plt.subplots(1, 2, layout="constrained")
    axes = Plots(Estimated(run.folder)).of_sweep(swept, ax=left)
    assert axes.get_figure(root=True) is figure
    assert left not in figure.get_axes()
    plt.close("all")


def test_a_figure_without_a_file_goes_beside_the_reports(tiny_folder: Path, tmp_path: Path) -> None:
    own = Estimated(write_run(tmp_path, tiny_folder))
    folder = own.folder / "report" / "figures"
    assert written(Asked("years"), own) == folder / "years.png"
    assert written(Asked("sweep"), own, sweep_of(ONE)) == folder / "sweep-broker_margin.png"
    assert [one.path for one in judged(tmp_path, keep=0).doomed] == [own.folder]
