"""The brief of the shipped case in Korean and Russian: whatever is no name is translated."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from model.case.checkout import INPUTS
from reports import annex as appendix
from reports import brief as document
from reports.brief import brief
from reports.citations import figure_printed
from reports.saved_run import SavedRun
from reports.stakes import TOLD, first_sentence
from reports.texts import catalogue
from reports.units import unit_text, with_unit
from tests.reports.runs import add_checks, write_run

#: Newspapers, agencies and an institute, by the names under which a reader finds them.
NAMES = {
    *("The", "Wall", "Street", "Journal", "Moscow", "Times", "Daily", "Chosun", "Reuters"),
    *("Okezone", "NKDB", "HRNK", "INHL", "News"),
}
#: Keys of what is no text: addresses, files, ids, and commands, which are typed as they are.
NO_TEXT = {
    *("file", "url", "id", "command", "lang", "run", "key"),
    *("anchors", "versions", "hashes", "commands", "keys"),
}
#: What else an annex names: a checklist, its authors and where they wrote, a form of files.
OF_ANNEX = {"GATHER", "Stevens", "PLoS", "Medicine", "TOML", "inputs", "sent", "workers"}


@pytest.fixture(scope="module")
def shipped_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run of the shipped case with all its scenarios."""
    scenarios = sorted((INPUTS / "scenarios").glob("*.toml"))
    return SavedRun.open(write_run(tmp_path_factory.mktemp("shipped"), INPUTS, scenarios))


@pytest.fixture(scope="module")
def shipped_and_checked(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run of the shipped case that was checked, of inputs that were calibrated."""
    folder = write_run(tmp_path_factory.mktemp("checked"), INPUTS)
    add_checks(folder, INPUTS)
    return SavedRun.open(folder)


def texts_of(node: Any) -> Iterator[str]:
    """Every text in what a template is given."""
    if isinstance(node, str):
        if not re.match(r"annex[a-z-]*\.pdf#", node):  # a link into the annex
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
def test_no_english_is_left_in_the_annex(language: str, shipped_and_checked: SavedRun) -> None:
    """But for names, and for what the case itself says: notes, bases, what was searched."""
    run = shipped_and_checked
    given = list(texts_of(appendix.content(run, catalogue(language))))
    assert len(given) > 1000
    of_run = {*own_words(run), run.name}
    left = {}
    for text in set(given) - of_run:
        rest = text
        for own in sorted(of_run, key=len, reverse=True):
            rest = rest.replace(own, " ")
        rest = re.sub(r"\{[^{}]*\}|\S+\.(csv|json|toml|nc|py|org)\b\S*|@\w+", " ", rest)
        if words := set(re.findall("[A-Za-z]{4,}", rest)) - NAMES - OF_ANNEX:
            left[text] = words
    assert left == {}


def own_words(run: SavedRun) -> set[str]:
    """What an annex quotes from the case as it stands there: ids, speakers, notes and bases."""
    cells = ("id", "source", "origin", "note", "said_by", "host", "segment")
    found = {row[cell] for row in run.evidence.values() for cell in cells}
    found |= {origin.partition("/")[0] for origin in found}
    found |= {row[cell] for row in run.sources.values() for cell in ("title", "publisher", "url")}
    found |= {*run.sources, "paper", "kept"}  # the last are those of made-up checks
    labels = run.summary["quantities"]
    found |= {*labels, *map(run.basis, labels)}
    found |= {cell for one in rows_of(run, "firms.csv") for cell in (one["id"], one["name"])}
    for name, one in run.summary["readings"].items():
        found |= {name, name.replace("_", " "), one["basis"]}
    found |= {text for one in run.timeline["gather"].values() for text in texts_of(one)}
    return {text for text in found if len(text) > 2}


def rows_of(run: SavedRun, table: str) -> list[dict[str, str]]:
    """The rows of a table of a run's inputs."""
    text = (run.folder / "inputs" / table).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_an_older_check_is_told_in_its_own_words(shipped_and_checked: SavedRun) -> None:
    check = shipped_and_checked.checks["leave_one_out"]
    korean = catalogue("ko")
    assert "paper" in (said := korean.found(check["said"], check["sentence"]))
    assert "Leaving out" not in said
    assert korean.found((), check["sentence"]) == check["sentence"]
    unknown = [{"key": "of_the_future", "values": {}}]
    assert korean.found(unknown, check["sentence"]) == check["sentence"]
    less = [{"key": "left_out", "values": {"group": "paper"}}]
    assert korean.found(less, check["sentence"]) == check["sentence"]


@pytest.mark.parametrize("language", ["ko", "ru"])
def test_what_has_no_title_is_printed_as_the_case_has_it(language: str, run: SavedRun) -> None:
    data = document.content(run, catalogue(language))
    assert data["case"] == run.summary["case"]
    assert [one["name"] for one in data["stakes"]["told"]] == [
        block["title"] for block in list(run.scenarios.values())[:TOLD]
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
