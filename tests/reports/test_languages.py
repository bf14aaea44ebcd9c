"""The brief of the shipped case in Korean and Russian: whatever is no name is translated."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from model.case.checkout import INPUTS
from reports import brief as document
from reports.brief import brief, first_sentence
from reports.citations import figure_printed
from reports.saved_run import SavedRun
from reports.texts import catalogue
from reports.units import unit_text, with_unit
from tests.reports.runs import write_run

#: Newspapers, agencies and an institute, by the names under which a reader finds them.
NAMES = {
    *("The", "Wall", "Street", "Journal", "Moscow", "Times", "Daily", "Chosun", "Reuters"),
    *("Okezone", "NKDB"),
}
#: Keys of what is no text: addresses, files, ids, and commands, which are typed as they are.
NO_TEXT = {"file", "url", "id", "command", "lang", "run"}


@pytest.fixture(scope="module")
def shipped_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run of the shipped case with all its scenarios."""
    scenarios = sorted((INPUTS / "scenarios").glob("*.toml"))
    return SavedRun.open(write_run(tmp_path_factory.mktemp("shipped"), INPUTS, scenarios))


def texts_of(node: Any) -> Iterator[str]:
    """Every text in what a template is given."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key not in NO_TEXT:
                yield from texts_of(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from texts_of(value)


def in_drawing(drawing: bytes) -> Iterator[str]:
    """Every text in a figure."""
    for piece in re.findall(r"<text[^>]*>(.*?)</text>", drawing.decode("utf-8"), re.DOTALL):
        yield html.unescape(re.sub(r"<[^>]*>", "", piece))


@pytest.mark.parametrize("language", ["ko", "ru"])
def test_no_english_is_left_in_the_brief(
    language: str, shipped_run: SavedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def typeset(_: str, data: Any, figures: dict[str, bytes]) -> bytes:
        given.extend(texts_of(data))
        for drawing in figures.values():
            given.extend(in_drawing(drawing))
        return b"/Type /Pages /Count 3"

    monkeypatch.setattr(document, "typeset", typeset)
    brief(shipped_run, catalogue(language))
    assert len(given) > 200
    assert any(shipped_run.titles[language]["case"]["title"] in text for text in given)
    left = {
        word: text
        for text in given
        # texts that the template fills in have names in braces
        for word in re.findall("[A-Za-z]{4,}", re.sub(f"{shipped_run.name}|{{[^{{}}]*}}", "", text))
        if word not in NAMES
    }
    assert left == {}


@pytest.mark.parametrize("language", ["ko", "ru"])
def test_what_has_no_title_is_printed_as_the_case_has_it(language: str, run: SavedRun) -> None:
    data = document.content(run, catalogue(language))
    assert data["case"] == run.summary["case"]
    assert [one["name"] for one in data["stakes"]["told"]] == [
        block["title"] for block in list(run.scenarios.values())[: document.TOLD]
    ]


@pytest.mark.parametrize(
    ("unit", "english", "korean", "russian"),
    [
        ("persons", "21 persons", "21명", "21 человек"),
        ("million USD/year", "21 million USD/year", "21백만 달러/년", "21 млн долл. в год"),
        ("RUB/month", "21 RUB/month", "21루블/월", "21 руб. в месяц"),
        ("USD2018/month", "21 USD2018/month", "21달러(2018년 가격)/월",
         "21 долл. в ценах 2018 г. в месяц"),
        ("1/month", "21 1/month", "21월당", "21 в месяц"),
        ("KWD/month", "21 KWD/month", "21KWD/월", "21 KWD в месяц"),
        ("1", "21", "21", "21"),
        ("", "21", "21", "21"),
    ],
)  # fmt: skip
def test_units_in_each_language(unit: str, english: str, korean: str, russian: str) -> None:
    for language, said in (("en", english), ("ko", korean), ("ru", russian)):
        assert with_unit("21", unit, catalogue(language)) == said
    assert unit_text("1", catalogue("en")) == ""


@pytest.mark.parametrize(
    ("count", "said"),
    [("1", "1 разрешение"), ("3", "3 разрешения"), ("700", "700 разрешений"),
     ("21", "21 разрешение")],
)  # fmt: skip
def test_a_count_has_the_form_of_its_number(count: str, said: str) -> None:
    row = {"low": "", "value": count, "high": "", "unit": "permits", "base": "", "qualifier": ""}
    assert figure_printed(row, catalogue("ru")).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("figures", "said"),
    [(("", "3", ""), "не менее 3 разрешений"), (("", "21", ""), "не менее 21 разрешения"),
     (("", "111", ""), "не менее 111 разрешений"), (("", "1011", ""), "не менее 1 011 разрешений")],
)  # fmt: skip
def test_a_bound_is_followed_by_the_genitive(figures: tuple[str, str, str], said: str) -> None:
    row = dict(zip(("low", "value", "high"), figures, strict=True))
    row |= {"unit": "permits", "base": "", "qualifier": "at_least"}
    assert figure_printed(row, catalogue("ru")).replace("\xa0", " ") == said


def test_the_first_sentence_of_a_description() -> None:
    assert first_sentence("One thing. Another.") == "One thing."
    assert first_sentence("One thing; another") == "One thing."
    russian = "С января 2018 г. доллар стоит 90 рублей; план прежний. Дальше."
    assert first_sentence(russian) == "С января 2018 г. доллар стоит 90 рублей."
    assert first_sentence("첫 문장이다. 둘째 문장이다.") == "첫 문장이다."
