"""README and docs/: links lead somewhere, names exist, numbers are the shipped case's."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pypdfium2
import pytest

import model
from reports.saved_run import SavedRun
from tools import readme

ROOT = Path(__file__).parents[1]
NAMES = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = sorted([*(ROOT / name for name in NAMES), *(ROOT / "docs").glob("*.md")])


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(page: Path) -> set[str]:
    """What a link can lead to within a page: its headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.M)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        assert "://" not in target, f"{page.name} links to {target}"
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_exists(page: Path) -> None:
    """Paths in backticks below the checkout's folders, but for names in capitals."""
    for path in re.findall(r"`((?:model|reports|tests|tools|inputs|docs)/[\w./]*)`", prose(page)):
        if not re.search(r"/[A-Z]+\b", path):
            assert (ROOT / path).exists(), f"{page.name} names {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_exists(page: Path) -> None:
    for name in re.findall(r"`((?:model|reports)(?:\.\w+)+)`", prose(page)):
        module, attributes = name, []
        while True:
            try:
                found = importlib.import_module(module)
                break
            except ModuleNotFoundError:
                module, _, attribute = module.rpartition(".")
                attributes.insert(0, attribute)
        for attribute in attributes:
            assert hasattr(found, attribute), f"{page.name} names {name}"
            found = getattr(found, attribute)


def test_the_walk_passes_through_each_wing() -> None:
    cited = set(re.findall(r"`model\.(\w+)\.", (ROOT / "docs" / "walk.md").read_text()))
    wings = {path.parent.name for path in (ROOT / "model").glob("*/__init__.py")}
    # calibration follows simulated rows; the terminal has no part in a row's way
    assert wings - cited == {"calibration", "terminal"}


def test_readme_is_a_front_page() -> None:
    lines = readme.README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert sum(line.startswith("![") for line in lines) == 1


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run of the shipped case, as the first command makes it."""
    return SavedRun.open(model.fit(output=tmp_path_factory.mktemp("readme") / "runs").folder)


def numbers(text: str) -> list[str]:
    """Every number of a text, with the digits that are printed."""
    return [one.replace(",", "") for one in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def close(ours: str, theirs: str) -> bool:
    """Whether two numbers are the same but for a unit of the last digit that is not zero, or 6%.

    Another kind of processor draws other numbers from the same posterior: of 500 effective draws
    the ends of an interval of such a width differ by 3.5% (standard deviation of a difference).
    """
    unit = 10.0 ** -len(theirs.partition(".")[2])
    if unit == 1.0:
        unit = 10.0 ** (len(theirs) - len(theirs.rstrip("0")))
    return abs(float(ours) - float(theirs)) <= max(1.01 * unit, 0.06 * float(theirs))


def block(name: str) -> str:
    """What stands between the marks of a name."""
    text = readme.README.read_text(encoding="utf-8")
    (found,) = re.findall(f"<!-- {name}: make readme -->\n(.*?)\n<!-- /{name} -->", text, re.S)
    return str(found)


def agree(ours: str, theirs: str) -> None:
    """Two texts have the same words, and numbers that agree."""
    assert re.sub(r"[\d,.]+", "#", ours).split() == re.sub(r"[\d,.]+", "#", theirs).split()
    for one, other in zip(numbers(ours), numbers(theirs), strict=True):
        assert close(one, other), (one, other)


def test_the_answer_is_the_shipped_cases(shipped: SavedRun) -> None:
    agree(readme.answer(shipped), block("answer"))


def test_the_sample_is_what_the_command_prints(shipped: SavedRun, tmp_path: Path) -> None:
    def but_for_diagnostics(text: str) -> str:
        return " ".join(re.sub(r"Converged:.*?divergences\.", "", text, flags=re.S).split())

    ours, theirs = (
        but_for_diagnostics(text) for text in (readme.sample(tmp_path), block("sample"))
    )
    agree(ours, theirs)
    if readme.answer(shipped) == block("answer") and ours == theirs:
        # the processor that wrote them: the picture is the same to the byte
        assert readme.picture(shipped) == readme.PICTURE.read_bytes(), "run make readme"


def test_the_brief_tells_the_same_answer() -> None:
    document = pypdfium2.PdfDocument(readme.BRIEF)
    assert len(document) == 3, "README says three pages"
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    _, middle, _, low, high = numbers(block("answer").split("**")[1])
    squeezed = re.sub(r"\s+", " ", text)
    assert re.search(rf"\${middle}\b", squeezed)
    assert re.search(rf"\b{low}\b.{{1,20}}\b{high}\b", squeezed)
