"""Titles in any script make a report: in a font that has the script, or told by code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from reports import glyphs
from reports.annex import annex
from reports.brief import brief
from reports.command import reporting
from reports.figures.files import drawn
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from tests.cases import write_case
from tests.reports.runs import write_run, write_scenarios

HAN, ARABIC, THAI = "中国劳务派遣收入估算", "تقدير دخل العمال", "รายได้จากแรงงาน"
SYLLABICS, PERSIAN, PRIVATE = "ᐃᓄᒃᑎᑐᑦ", "𐎠𐎡", "\ue000"


@pytest.fixture(autouse=True)
def no_system(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system without fonts, so that these tests say the same everywhere."""
    monkeypatch.setattr(glyphs, "_systems", tuple)
    glyphs.fallbacks.cache_clear()
    glyphs.told.clear()
    yield
    glyphs.fallbacks.cache_clear()
    glyphs.told.clear()


@pytest.fixture(scope="module")
def foreign_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    base = tmp_path_factory.mktemp("scripts")
    folder = write_case(
        base / "case",
        timeline={"title": f"{HAN} {SYLLABICS}"},
        evidence={
            "official_total": {"said_by": THAI},
            "payment": {"said_by": HAN, "note": ARABIC},
        },
        sources={"paper": {"title": ARABIC, "publisher": PERSIAN, "url": f"https://x.org/{HAN}"}},
    )
    scenarios = write_scenarios(folder / "scenarios")
    for path in scenarios:
        text = path.read_text(encoding="utf-8").replace('title = "', f'title = "{THAI} ')
        path.write_text(text, encoding="utf-8")
    return SavedRun.open(write_run(base / "runs", folder, scenarios))


def text_of(pdf: bytes) -> str:
    found = " ".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf))
    return re.sub(r"\s+", "", found)


def square_font(folder: Path, text: str, family: str = "Squares") -> Path:
    """A font that has a black square for each character of a text."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 700), (800, 700), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square, names = pen.glyph(), {ord(one): f"u{ord(one):04X}" for one in text}
    order = [".notdef", *names.values()]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(order)
    made.setupCharacterMap(names)
    made.setupGlyf(dict.fromkeys(order, square))
    made.setupHorizontalMetrics(dict.fromkeys(order, (900, 100)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family})
    made.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    made.setupPost()
    path = folder / f"{family}.ttf"
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HAN, "[10 Han characters: U+4E2D U+56FD U+52B3 …]"),
        (f"{HAN[:2]} 2018", "[2 Han characters: U+4E2D U+56FD] 2018"),
        (f"A{HAN[0]}B", "A[1 Han character: U+4E2D]B"),
        (f"{HAN[0]}{THAI[0]}", "[1 Han character: U+4E2D][1 Thai character: U+0E23]"),
        (f"{PRIVATE}x", "[1 character: U+E000]x"),
        (ARABIC, ARABIC),
        (SYLLABICS, SYLLABICS),
        ("Росстат, 통일연구원, Ελλ ≤ × – −", "Росстат, 통일연구원, Ελλ ≤ × – −"),
        # beside Arabic, between marks that keep its brackets in place
        (f"{ARABIC} {HAN[0]}", f"{ARABIC} \u200e[1 Han character: U+4E2D]\u200e"),
        (f"https://x.org/{HAN[0]}?a=é", "https://x.org/%E4%B8%AD?a=é"),
    ],
)
def test_what_no_font_has_is_told_by_its_code(text: str, shown: str) -> None:
    _, missing = glyphs.fallbacks(glyphs.lacking(glyphs.foreign(text)))
    assert glyphs.legible({"a": [text]}, missing) == {"a": [shown]}


def test_documents_in_any_script_are_made(foreign_run: SavedRun, english: Catalogue) -> None:
    text = text_of(brief(foreign_run, english))
    assert "[10Hancharacters:U+4E2DU+56FDU+52B3…]" + SYLLABICS in text
    assert "[15Thaicharacters:U+0E23U+0E32U+0E22…]" in text
    text = text_of(annex(foreign_run, english))
    assert "[2Oldcharacters:U+103A0U+103A1]" in text
    assert glyphs.told == {*HAN, *THAI, *PERSIAN}


def test_figures_in_any_script_are_made(foreign_run: SavedRun, english: Catalogue) -> None:
    for name, content in drawn(foreign_run, english).items():
        if name.endswith(".svg"):
            # a title and a description are read out, and need no font
            drawing = re.sub(r"(?s)<(title|desc)\b.*?</\1>", "", content.decode("utf-8"))
            assert not {*HAN, *THAI, *PERSIAN} & set(drawing), name
    assert b"[15 Thai characters]" in drawn(foreign_run, english)["scenarios-russia.svg"]


def test_a_font_of_the_system_is_used_for_what_others_lack(
    foreign_run: SavedRun, english: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = text_of(brief(foreign_run, english))
    fonts = (square_font(tmp_path, HAN + "abc"), square_font(tmp_path, THAI, "Two"))
    monkeypatch.setattr(glyphs, "_systems", lambda: fonts)
    glyphs.fallbacks.cache_clear()
    made = brief(foreign_run, english)
    assert HAN not in before
    assert HAN + SYLLABICS in text_of(made)
    assert b"Squares" in made
    assert brief(foreign_run, english) == made
    svg = drawn(foreign_run, english)["scenarios-russia.svg"].decode("utf-8")
    assert THAI in svg
    assert "Two" in svg


def test_fonts_of_the_system_change_no_report_that_needs_none(
    run: SavedRun, english: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = brief(run, english)
    fonts = (square_font(tmp_path, "abcdefghijklmnopqrstuvwxyz0123456789" + HAN),)
    monkeypatch.setattr(glyphs, "_systems", lambda: fonts)
    glyphs.fallbacks.cache_clear()
    assert brief(run, english) == before


@pytest.mark.parametrize("content", [b"", b"no font", b"\x00\x01\x00\x00" + b"\xff" * 60])
def test_a_broken_font_of_the_system_is_left_out(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.ttf").write_bytes(content)
    monkeypatch.setattr(glyphs, "_systems", lambda: (tmp_path / "broken.ttf",))
    assert glyphs.fallbacks(frozenset(HAN[:1])) == ((), frozenset(HAN[:1]))


def test_a_font_that_has_a_character_alone_stops_no_report(
    english: Catalogue, run: SavedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if Typst did not find what it was thought to have."""
    monkeypatch.setattr(glyphs, "lacking", lambda characters: frozenset())
    new = SavedRun(run.folder, run.manifest, run.summary | {"case": HAN})
    assert "[10Hancharacters:" in text_of(brief(new, english))


def test_who_asks_for_a_report_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    reporting(lambda: glyphs.legible(f"{HAN} {THAI}", frozenset(HAN + THAI)) and None)
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"warning: .*Han \(U\+4E2D\), Thai \(U\+0E01\); install a font .*\n", err)
    glyphs.told.clear()
    reporting(lambda: None)
    assert capsys.readouterr().err == ""
