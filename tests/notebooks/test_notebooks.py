"""Every notebook runs, warns of nothing, is as its source says, and teaches as promised."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import jupytext
import pytest
from nbclient.exceptions import CellExecutionError

from tests.cases import write_case
from tools.notebooks import FOLDER, PAGES, complaints, executed, notebook_of, sources, text_of

NAMES = [
    "01_quickstart", "02_evidence", "03_model", "04_scenarios", "05_trust", "06_drivers",
    "07_your_own_case", "08_world", "09_python",
]  # fmt: skip
#: The notebook of a case whose fit takes minutes.
WORLD = "08_world"


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs that all notebooks share, as they do for a reader."""
    return tmp_path_factory.mktemp("notebooks") / "runs"


@pytest.fixture
def in_runs(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENT_WORKERS_RUNS", str(runs))
    # the kernel's debugger looks for frozen modules, and says so on standard error
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")


def written(folder: Path, *cells: str) -> Path:
    """A source of code cells."""
    path = folder / "99_test.py"
    path.write_text("\n".join(f"# %%\n{cell}" for cell in cells))
    return path


def test_all_nine_are_there() -> None:
    assert [path.stem for path in sources()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_is_as_its_source_says_and_holds_no_output(name: str) -> None:
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert text == text_of(FOLDER / f"{name}.py"), "run make notebooks"
    for cell in json.loads(text)["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_says_what_is_learnt_and_ends_with_exercises(name: str) -> None:
    cells = jupytext.read(FOLDER / f"{name}.py").cells
    first, last = cells[0], cells[-1]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert "learn" in first.source
    assert last.cell_type == "markdown"
    assert "## Exercises" in last.source
    assert 10 <= len(cells) <= 20
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert "import model" in code
    for inner in ("from model.", "import model.", "from reports", "import reports"):
        assert inner not in code, "notebooks use the face alone"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_of_this_notebook_and_loads_nothing(name: str) -> None:
    page = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<iframe|(?:src|href)=.(?!data:|#|[\w/.-]+[\"'])", page)
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())
    for cell in jupytext.read(FOLDER / f"{name}.py").cells:
        if cell.cell_type == "code":
            assert " ".join(cell.source.split()) in text, "run make notebooks"


@pytest.mark.slow
@pytest.mark.usefixtures("in_runs")
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_warns_of_nothing(name: str, tmp_path: Path) -> None:
    source = FOLDER / f"{name}.py"
    if name == WORLD:  # the case in its place takes seconds, not minutes
        small = write_case(
            tmp_path / "case", two_hosts=True,
            timeline={"groups": {"world": ["russia", "china"]}},
            evidence={"official_total": {"host": "world"}},
        )  # fmt: skip
        text = source.read_text(encoding="utf-8")
        assert text.count('model.fit("world")') == 1
        source = tmp_path / source.name
        source.write_text(text.replace('fit("world")', f"fit({str(small)!r})"), encoding="utf-8")
    done = executed(notebook_of(source), FOLDER)
    assert complaints(done) == []
    assert any(cell.get("outputs") for cell in done.cells)


@pytest.mark.slow
@pytest.mark.usefixtures("in_runs")
def test_what_is_wrong_with_a_notebook_is_found(tmp_path: Path) -> None:
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        executed(notebook_of(written(tmp_path, "1 / 0")), tmp_path)
    warns = written(tmp_path, "import warnings\nwarnings.warn('look out')")
    (found,) = complaints(executed(notebook_of(warns), tmp_path))
    assert "look out" in found
    assert complaints(executed(notebook_of(written(tmp_path, "print(2)")), tmp_path)) == []


def test_a_stale_notebook_is_found(tmp_path: Path) -> None:
    source = written(tmp_path, "x = 1")
    before: Any = json.loads(text_of(source))
    written(tmp_path, "x = 2")
    assert json.loads(text_of(source)) != before
