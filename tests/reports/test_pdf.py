"""The PDFs: their numbers, their tags, their text, their bytes; and what stops them."""

from __future__ import annotations

import copy
import io
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from model.archive.yearly_table import yearly_table
from model.equations.quantities import DEFINITIONS
from model.terminal.wording import MILLION, interval
from reports import typesetting
from reports.annex import annex, commands
from reports.brief import brief
from reports.figures import style
from reports.figures.of_document import FigureFiles
from reports.front import message
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue, catalogue
from tests.reports.conftest import ODD

Make = Callable[[SavedRun, Catalogue], bytes]
RUNS = ["run", "failed_run", "odd_run", "two_host_run"]
DOCUMENTS: list[Make] = [brief, annex]


def pages(pdf: bytes) -> list[str]:
    """Text of each page, with the spaces and hyphens of its lines taken back."""
    document = pypdfium2.PdfDocument(pdf)
    return [plain(page.get_textpage().get_text_bounded()) for page in document]


def plain(text: str) -> str:
    text = text.replace("\u00a0", " ").replace("\u200b", "").replace("\ufffe", "-")
    return re.sub(r"\s+", " ", text)


def squeezed(text: str) -> str:
    """Without any space: lines of narrow cells break where they like."""
    return re.sub(r"\s+", "", plain(text))


@pytest.fixture(scope="module")
def made(english: Catalogue, request: pytest.FixtureRequest) -> Callable[[str, Make], bytes]:
    """Documents by run and maker, each made once."""
    found: dict[tuple[str, str], bytes] = {}

    def make(name: str, document: Make) -> bytes:
        key = (name, document.__name__)
        if key not in found:
            found[key] = document(request.getfixturevalue(name), english)
        return found[key]

    return make


Made = Callable[[str, Make], bytes]


def test_the_brief_holds_the_numbers_of_the_summary(run: SavedRun, made: Made) -> None:
    text = squeezed(" ".join(pages(made("run", brief)))).replace("−", "-")
    table = yearly_table(run.summary)
    rows = table[(table["scenario"] == "baseline") & (table["currency"] == "USD")]
    assert len(rows) == len(DEFINITIONS) * len(run.years)
    for row in rows.itertuples():
        cell = interval(*(value / MILLION for value in (row.q50, row.q05, row.q95)))
        assert squeezed(cell) in text
    for block in run.scenarios.values():
        change = block["at_stake"]["state_take"]["usd"]
        if change["mean"]:
            numbers = (change[q] / MILLION for q in ("q50", "q05", "q95"))
            assert squeezed(interval(*numbers, finest=0.1)) in text
        assert squeezed(block["title"]) in text
    for item in run.summary["accounts"]["items"].values():
        share = item["share"]
        if 0.0 < share["mean"] < 1.0:
            numbers = (share[q] * 1e5 for q in ("mean", "q05", "q95"))
            cell = interval(*numbers).replace("-", "−")
            assert squeezed(cell) in text.replace("-", "−") or item is declared(run)


def declared(run: SavedRun) -> Any:
    """Shown rounded, as part of the press's arithmetic."""
    return run.summary["accounts"]["items"]["declared_salary"]


def test_the_annex_holds_every_row_and_every_quantity(run: SavedRun, made: Made) -> None:
    text = squeezed(" ".join(pages(made("run", annex)))).replace("−", "-")
    for name, row in run.summary["evidence"].items():
        assert squeezed(name) in text
        predicted = row["predicted"]
        assert squeezed(interval(*(predicted[q] for q in ("q50", "q05", "q95")))) in text
    for label, quantity in run.summary["quantities"].items():
        assert label in text
        for side in ("prior", "posterior"):
            cell = interval(*(quantity[side][q] for q in ("q50", "q05", "q95")))
            assert squeezed(cell) in text
    for name in run.evidence:
        assert name in text
    for name, digest in run.manifest["files"].items():
        assert squeezed(name) in text
        assert digest in text
    for name, source in run.sources.items():
        assert squeezed(name) in text
        assert squeezed(source["title"]) in text


def test_the_annex_says_how_to_make_it_again(run: SavedRun, made: Made) -> None:
    text = squeezed(" ".join(pages(made("run", annex))))
    asked, report = commands(run)
    assert "--scenario half \\\n  --scenario double" in asked
    assert squeezed(asked) in text
    assert squeezed(report) in text


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_failed_says_so_on_every_page(name: str, document: Make, made: Made) -> None:
    warned = ["NOT CONVERGED" in page for page in pages(made(name, document))]
    assert all(warned) if name == "failed_run" else not any(warned)
    assert len(warned) <= 3 or document is annex


@pytest.mark.parametrize("document", DOCUMENTS)
def test_text_of_the_inputs_stays_text(document: Make, made: Made) -> None:
    text = squeezed(" ".join(pages(made("odd_run", document))))
    for odd in ODD.values():
        assert squeezed(odd) in text
    pdf = pikepdf.open(io.BytesIO(made("odd_run", document)))
    with pdf.open_metadata() as metadata:
        title = metadata["dc:title"]
    own = f"{ODD['sharp']}: {ODD['hangul']}"
    assert str(title).startswith("The state took about" if document is brief else own)


# --- tags --------------------------------------------------------------------------------------


def tags(pdf: pikepdf.Pdf) -> Iterator[tuple[int, str, pikepdf.Dictionary]]:
    """Depth, role and element of the structure tree, in reading order."""

    def walk(node: Any, depth: int) -> Iterator[tuple[int, str, pikepdf.Dictionary]]:
        if isinstance(node, pikepdf.Array):
            for one in node:
                yield from walk(one, depth)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield depth, str(node.S).removeprefix("/"), node
            if "/K" in node:
                yield from walk(node.K, depth + 1)

    yield from walk(pdf.Root.StructTreeRoot.K, 0)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", [*RUNS, "quoted_run"])
def test_accessible_and_archival(
    name: str, document: Make, made: Made, request: pytest.FixtureRequest
) -> None:
    run: SavedRun = request.getfixturevalue(name)
    pdf = pikepdf.open(io.BytesIO(made(name, document)))
    root = pdf.Root
    assert root.Lang == "en"
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        title = message(run, catalogue("en")) if document is brief else run.summary["case"]
        assert str(metadata["dc:title"]).startswith(title)
        assert str(metadata["xmp:CreateDate"]).startswith(run.manifest["date"])
    found = list(tags(pdf))
    roles = [role for _, role, _ in found]
    assert roles[0] == "Document"
    assert roles.count("Title") == 1
    levels = [int(role[1:]) for role in roles if re.fullmatch(r"H\d", role)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for _, role, element in found:
        if role in ("Figure", "Formula"):
            assert len(str(element.Alt)) > 20
    for index, role in enumerate(roles):
        if role == "Table":
            inner = table_roles(found, index)
            assert inner.count("THead") == 1
            head = inner[: inner.index("TBody")]
            assert head.count("TH") >= 2
            assert "TD" not in head
            assert "Caption" in inner or captioned_before(found, index)


def captioned_before(found: list[tuple[int, str, pikepdf.Dictionary]], index: int) -> bool:
    """Whether a caption, with what it holds, stands just before a table in their division."""
    own = found[index][0]
    for depth, role, _ in reversed(found[:index]):
        if depth == own:
            return role == "Caption"
        if depth < own:
            if role != "Div":
                return False
            own = depth
    return False


def table_roles(found: list[tuple[int, str, pikepdf.Dictionary]], index: int) -> list[str]:
    depth = found[index][0]
    roles = []
    for inner, role, _ in found[index + 1 :]:
        if inner <= depth:
            break
        roles.append(role)
    return roles


def test_golden_structure_of_the_brief(made: Made) -> None:
    pdf = pikepdf.open(io.BytesIO(made("run", brief)))
    kept = ("Title", "H1", "H2", "Figure", "Table", "L", "Formula")
    found = [
        f"{role} {element['/T']}" if "/T" in element else role
        for _, role, element in tags(pdf)
        if role in kept
    ]
    assert found == [
        "Title",
        "Figure",
        "H1 How sure are we?",
        "Table",
        "H1 What the evidence says",
        "L",
        "H1 What is assumed, or mostly so",
        "L",
        "H1 What the press's arithmetic misses",
        "Figure",
        "H1 What the answer rests on",
        "Table",
        "Figure",
        "H1 What could have been, and what could come",
        "Figure",
        "Table",
        "H1 What is not known",
        "L",
        "H1 How this was done",
    ]


def test_alternative_texts_hold_this_runs_numbers(
    run: SavedRun, english: Catalogue, made: Made
) -> None:
    pdf = pikepdf.open(io.BytesIO(made("run", brief)))
    said = [str(element.Alt) for _, role, element in tags(pdf) if role == "Figure"]
    files = FigureFiles(run, english)
    assert said[0] == files.block("headline")["alt"]
    assert said[1] == files.block("accounts")["alt"]


def test_sources_are_linked_where_an_address_is_known(made: Made) -> None:
    pdf = pikepdf.open(io.BytesIO(made("run", annex)))
    links = {
        str(note.A.URI)
        for page in pdf.pages
        for note in page.get("/Annots", [])
        if "/A" in note and "/URI" in note.A
    }
    assert links == {"https://example.org/report"}


def test_another_language_writes_its_own_numbers(run: SavedRun, english: Catalogue) -> None:
    content = copy.deepcopy(english.content)
    content["numbers"] |= {"thousands": "·", "decimal": "‚", "between": "{middle} [{low} / {high}]"}
    text = " ".join(pages(brief(run, Catalogue("de", content))))
    workers = run.summary["scenarios"]["baseline"]["workers"]["2018-12"]["working"]
    cell = english.numbers.interval(*(workers[q] for q in ("q50", "q05", "q95")))
    assert cell not in text
    assert cell.replace(",", "·").replace("(", "[").replace(" to ", " / ").replace(")", "]") in text
    assert not re.findall(r"\d,\d{3}", text)


@pytest.mark.parametrize("language", ["ko", "ru"])
def test_a_brief_is_short_and_accessible_in_each_language(run: SavedRun, language: str) -> None:
    made = brief(run, catalogue(language))
    assert len(pypdfium2.PdfDocument(made)) <= 3
    pdf = pikepdf.open(io.BytesIO(made))  # what is read of it lives as long as it does
    root = pdf.Root
    assert str(root.Lang) == language
    assert root.MarkInfo.Marked
    text = " ".join(pages(made))
    assert catalogue(language).say("brief.found") in text
    assert "{" not in text


# --- bytes, and what stops a report --------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS)
def test_two_builds_are_the_same_bytes(
    run: SavedRun, english: Catalogue, document: Make, made: Made
) -> None:
    again = SavedRun.open(run.folder)
    assert document(again, english) == made("run", document)


def test_a_missing_font_stops_the_report(
    run: SavedRun, english: Catalogue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(typesetting, "FONTS", tmp_path)
    with pytest.raises(ReportError, match="unknown font family"):
        brief(run, english)


def test_a_font_that_figures_miss_stops_the_report(
    run: SavedRun, english: Catalogue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(style, "FONTS", tmp_path)
    style.register_fonts.cache_clear()
    with pytest.raises(ReportError, match=r"font .* is missing"):
        brief(run, english)


def test_pages_have_room_for_what_is_on_them(made: Made) -> None:
    """Nothing but white at the edges: no table or figure runs out of the page."""
    for name, document in (("run", brief), ("run", annex), ("odd_run", annex)):
        for page in pypdfium2.PdfDocument(made(name, document)):
            picture = page.render(scale=1.0).to_numpy()
            edge = round(15 / 25.4 * 72)
            assert (picture[:, :edge] > 200).all()
            assert (picture[:, -edge:] > 200).all()
            assert (picture < 128).any()
