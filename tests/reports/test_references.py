"""Every reference of brief and annex leads somewhere, and every command can be copied."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pikepdf
import pypdfium2
import pytest

from model.archive.yearly_table import yearly_table
from model.terminal.wording import MILLION
from reports import typed
from reports.annex import annex, commands
from reports.annex_results import change_in_words
from reports.brief import brief, content
from reports.command import named
from reports.saved_run import SavedRun
from reports.tables import chapters
from reports.texts import Catalogue, catalogue, languages
from tests.reports.test_pdf import DOCUMENTS, RUNS, Made, Make, made, pages, squeezed

__all__ = ["made"]

ALL = [*RUNS, "checked_run", "driven_run", "rival_run"]
#: Figures of a text, as the brief's template links them.
FIGURES = re.compile(r"\d(?:[\d.,]*\d)?")


def to_annex(pdf: bytes) -> Iterator[tuple[str, str, str]]:
    """Text of each link of a brief into the annex's file; that file, and the place in it."""
    document, opened = pypdfium2.PdfDocument(pdf), pikepdf.open(io.BytesIO(pdf))
    for shown, page in zip(document, opened.pages, strict=True):
        text = shown.get_textpage()
        for note in page.get("/Annots", []):
            file, _, place = str(note.get("/A", {}).get("/URI", "")).partition("#nameddest=")
            if place:
                assert list(note.Border) == [0, 0, 0], "a link has no box"
                left, low, right, high = map(float, note.Rect)
                said = text.get_text_bounded(left - 0.5, low + 1, right + 0.5, high - 1)
                yield squeezed(said), unquote(file), unquote(place)


def text_at(pdf: bytes) -> dict[str, str]:
    """What stands at each named place of a document, and for two lines below."""
    document, opened = pypdfium2.PdfDocument(pdf), pikepdf.open(io.BytesIO(pdf))
    numbers = {page.objgen: place for place, page in enumerate(opened.pages)}
    texts = [page.get_textpage() for page in document]
    return {
        name: squeezed(
            texts[numbers[where[0].objgen]].get_text_bounded(
                0, float(where[3]) - 26, 600, float(where[3]) + 3
            )
        )
        for name, where in pikepdf.NameTree(opened.Root.Names.Dests).items()
    }


@pytest.mark.parametrize("name", ALL)
def test_each_number_of_the_brief_leads_to_its_place_in_the_annex(
    name: str, made: Made, english: Catalogue, request: pytest.FixtureRequest
) -> None:
    run: SavedRun = request.getfixturevalue(name)
    found = list(to_annex(made(name, brief)))
    there = text_at(made(name, annex))
    for said, file, place in found:
        assert file == named("annex.pdf", run, english)
        assert place in there, f"{said} leads to {place}, which is not in the annex"
        assert said
    told = content(run, english)
    linked = {said for said, _, _ in found}
    cells = [cell for row in told["years"]["rows"] for cell in row[1:]]
    cells += [rung[part] for rung in told["headline"]["rungs"] for part in ("number", "interval")]
    cells += [row["answer"] for row in told["rests"]["rows"]]
    for cell in cells:
        assert squeezed(cell) in linked or any(one in squeezed(cell) for one in linked), cell
    paragraphs = [
        one for part in ("found", "supposed", "press", "drivers", "unknown") for one in told[part]
    ]
    texts = [one["text"] for one in paragraphs]
    texts += [note["text"] for one in paragraphs for note in one["notes"]]
    texts += [told["headline"]["words"], *(line["text"] for line in told["sure"]["lines"])]
    for figure in {one for text in texts for one in FIGURES.findall(text)}:
        assert any(figure in one for one in linked), figure
    # the row of the annex has the median that the brief's cell has
    rows = [(said, place) for said, _, place in found if place.startswith("result-")]
    for said, place in rows:
        middle = re.match(r"[$−-]?([\d.,]*\d)\(", said)
        if middle:
            assert middle[1] in there[place], (said, place, there[place])


def test_a_what_if_leads_to_its_own_annex(run: SavedRun, english: Catalogue) -> None:
    changed = SavedRun(run.folder, run.manifest | {"what_if": {"drop_rows": ["plan"]}}, run.summary)
    for one, file in ((run, "annex.pdf"), (changed, "annex-what-if.pdf")):
        assert content(one, english)["annex"]["results"] == f"{file}#nameddest=chapter-results"


@pytest.mark.parametrize("language", languages())
def test_links_lead_to_the_annex_of_their_own_language(language: str, run: SavedRun) -> None:
    texts = catalogue(language)
    there = text_at(annex(run, texts))
    found = list(to_annex(brief(run, texts)))
    assert len(found) > 60
    for _, file, place in found:
        assert file == named("annex.pdf", run, texts)
        assert place in there


def links(pdf: bytes) -> Iterator[tuple[str, str]]:
    """Text of each link inside a document, and the text at the place where it leads."""
    document, opened = pypdfium2.PdfDocument(pdf), pikepdf.open(io.BytesIO(pdf))
    numbers = {page.objgen: place for place, page in enumerate(opened.pages)}
    texts = [page.get_textpage() for page in document]
    names = dict(pikepdf.NameTree(opened.Root.Names.Dests).items())
    for place, page in enumerate(opened.pages):
        for note in page.get("/Annots", []):
            target = note.get("/Dest", note.get("/A", {}).get("/D"))
            if target is None:
                continue
            if isinstance(target, pikepdf.String | pikepdf.Name):
                target = names[str(target)]
                target = target.D if isinstance(target, pikepdf.Dictionary) else target
            left, low, right, high = map(float, note.Rect)
            said = texts[place].get_text_bounded(left + 1, low + 1, right - 1, high - 1)
            there, y = numbers[target[0].objgen], float(target[3])
            found = texts[there].get_text_bounded(0, y - 40, 600, y + 3)
            yield squeezed(said), squeezed(found)


@pytest.mark.parametrize("name", ALL)
def test_links_lead_to_what_they_name(name: str, made: Made) -> None:
    """Rows, sources, chapters, figures and tables of the annex."""
    found = list(links(made(name, annex)))
    assert len(found) > 40
    for said, there in found:
        inner = said.strip("“”[],;.")
        # a contents' line has dots and a page; a link may take a letter of its neighbours
        inner = re.sub(r"\.{2,}\d*$", "", inner)
        assert inner
        if re.fullmatch(r"(Figure|Table)\d+", inner):  # captions have a test of their own
            continue
        # at an edge a letter may be lost or won; a link over two lines has both of them whole
        some = (inner, inner[2:], inner[:6], inner[-6:])
        assert any(one in there for one in some) or there[:8] in said, (said, there)


@pytest.mark.parametrize("name", ALL)
def test_every_row_and_source_has_its_place(
    name: str, made: Made, request: pytest.FixtureRequest
) -> None:
    run: SavedRun = request.getfixturevalue(name)
    text = squeezed(" ".join(pages(made(name, annex))))
    for one in (*run.evidence, *run.sources):
        assert squeezed(one) in text
    # the ids at the end of the brief's footnotes
    said = squeezed(" ".join(pages(made(name, brief))))
    cited = {one for one in run.evidence if re.search(rf"Grade\w+\.{re.escape(one)}", said)}
    assert cited
    assert cited <= set(run.evidence)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", ALL)
def test_chapters_that_are_named_are_there(
    name: str, document: Make, made: Made, english: Catalogue
) -> None:
    headings = {
        squeezed(one.get_title()) for one in pypdfium2.PdfDocument(made(name, annex)).get_toc()
    }
    text = squeezed(" ".join(pages(made(name, document))))
    for title in map(squeezed, chapters(english).values()):
        assert f"“{title}”" not in text or title in headings, title
    if document is brief:
        for title in re.findall(r"annex,“(.+?)”", text):
            assert title in headings


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", ALL)
def test_numbers_of_figures_and_tables_are_captions(name: str, document: Make, made: Made) -> None:
    text = " ".join(pages(made(name, document)))
    for kind in ("Figure", "Table"):
        captions = {int(one) for one in re.findall(rf"{kind} (\d+)\. ", text)}
        named = {int(one) for one in re.findall(rf"{kind} (\d+)\b", text)}
        assert named == captions == set(range(1, len(captions) + 1))


def lines_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_bounded() for page in document]
    return [line.strip() for text in found for line in text.splitlines()]


def assert_copied(command: str, pdf: bytes) -> None:
    """The lines of a command stand in the text of a PDF, letter by letter, one after another."""
    wanted, lines = [line.strip() for line in command.split("\n")], lines_of(pdf)
    starts = [place for place, line in enumerate(lines) if line == wanted[0]]
    assert any(lines[at : at + len(wanted)] == wanted for at in starts), (command, lines)


def test_commands_are_copied_as_they_are(run: SavedRun, made: Made) -> None:
    for command in commands(run):
        assert_copied(command, made("run", annex))
    assert "--scenario half \\\n" in commands(run)[0]
    check = typed.command("model.criticism", run.name)
    for document in DOCUMENTS:
        assert_copied(check, made("run", document))
    for module in ("model.drivers", "model.calibration"):
        words = [run.name] if module == "model.drivers" else []
        assert_copied(typed.command(module, *words), made("run", annex))


def test_one_option_a_line_and_quoted_for_the_shell() -> None:
    found = typed.command("model.estimate", "--set", "payment=5 USD/month", "--draws", "500")
    assert found.split(" \\\n") == [
        ".venv/bin/python -m model.estimate",
        "  --set 'payment=5 USD/month'",
        "  --draws 500",
    ]


# --- room ------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", ALL)
def test_no_page_is_a_third_blank(name: str, document: Make, made: Made) -> None:
    """White between the last thing on a page and its foot; the last page ends where it ends."""
    found = list(pypdfium2.PdfDocument(made(name, document)))
    for page in found[:-1]:
        picture = page.render(scale=0.5).to_numpy()
        foot = round((297 - 19) / 297 * len(picture))
        inked = (picture[:foot] < 200).any(axis=(1, 2)).nonzero()[0]
        assert 1 - inked[-1] / foot < 1 / 3, page.get_label()


# --- results and scenarios -------------------------------------------------------------------


def test_the_annex_has_every_interval(run: SavedRun, made: Made, english: Catalogue) -> None:
    text = squeezed(" ".join(pages(made("run", annex))))
    table = yearly_table(run.summary)
    rows = table[table["scenario"] == "baseline"]
    assert set(rows["currency"]) == {"USD", "RUB"}
    for row in rows.itertuples():
        numbers = {q: getattr(row, q) / MILLION for q in ("q05", "q25", "q50", "q75", "q95")}
        parts = english.numbers.parts(numbers["q50"], numbers["q05"], numbers["q95"])
        cells = english.say("annex.results.interval", low=parts.low, high=parts.high)
        assert squeezed(cells) in text


def test_the_annex_tells_every_scenario(run: SavedRun, made: Made, english: Catalogue) -> None:
    text = squeezed(" ".join(pages(made("run", annex))))
    for name, block in run.scenarios.items():
        for said in (block["title"], block["description"]):
            assert squeezed(said) in text
        for change in run.scenario_file(name)["changes"]:
            assert squeezed(change_in_words(run, change, english)) in text
        for year, found in block["versus_baseline"].items():
            change = found["state_take"]["usd"]
            if change["mean"]:
                numbers = (change[q] / MILLION for q in ("q50", "q05", "q95"))
                assert squeezed(english.numbers.interval(*numbers, finest=0.1)) in text, year


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quantity": "permit_inflow", "from": "2018-01", "set": 0, "unit": "persons/month"},
         "Arrivals on permits, from January 2018: 0 persons/month"),
        ({"quantity": "plan", "segment": "far_east", "from": "2018-01", "to": "2018-05",
          "scale": 1.5}, "State plan, far east, from January 2018 to May 2018: times 1.5"),
        ({"quantity": "permit_exit", "from": "2018-01", "as_in": "2017-08"},
         "Permit holders leaving, from January 2018: as in August 2017"),
        ({"quantity": "exchange_rate", "from": "2018-01", "unit": "RUB/USD",
          "path": {"2018-01": 60, "2018-02": 62.5}},
         "Exchange rate, from January 2018: 2018-01 60, 2018-02 62.5 (RUB/USD)"),
    ],
)  # fmt: skip
def test_changes_in_words(
    run: SavedRun, english: Catalogue, change: dict[str, object], said: str
) -> None:
    assert change_in_words(run, change, english) == said
