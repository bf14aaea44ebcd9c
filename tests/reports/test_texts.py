"""The catalogues: every text that is asked for is there, in every language alike."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from model.drivers.outcome import EXCHANGE_RATE, TITLES
from model.equations.quantities import BASIC, DEFINITIONS, HEADLINE, USES
from model.equations.subjects import MEASURED_BY_NAME
from model.terminal.grammar import Sentence
from model.terminal.wording import ENGLISH
from reports.texts import Catalogue, NoSuchTextError, catalogue, languages, placeholders

ROOT = Path(__file__).parents[2]
LITERAL = re.compile(r"""\.say\(\s*"([a-z_.]+)"\s*[,)]""")


def leaves(node: Any, path: str = "") -> dict[str, str]:
    if isinstance(node, dict):
        inner = {f"{path}.{key}" if path else key: value for key, value in node.items()}
    elif isinstance(node, list):
        inner = {f"{path}.{place}": value for place, value in enumerate(node)}
    else:
        return {path: str(node)}
    return {key: text for name, value in inner.items() for key, text in leaves(value, name).items()}


@pytest.mark.parametrize("language", languages())
def test_languages_have_the_same_texts_with_the_same_braces(language: str) -> None:
    english, other = (leaves(catalogue(one).content) for one in ("en", language))
    assert set(other) == set(english)
    for key, text in english.items():
        if not key.startswith(("numbers", "chances")):
            assert placeholders(other[key]) == placeholders(text), key


def test_texts_that_the_program_names_are_there(english: Catalogue) -> None:
    found = leaves(english.content)
    named = {
        key
        for path in (ROOT / "reports").rglob("*.py")
        for key in LITERAL.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 40
    assert named <= set(found)


def test_words_that_templates_take_are_there(english: Catalogue) -> None:
    for name in ("brief", "annex"):
        text = (ROOT / "reports" / "templates" / f"{name}.typ").read_text(encoding="utf-8")
        taken = set(re.findall(r"\bw\.([a-z_]+)", text))
        assert taken - {"trace", "footer", "at", "pairs"} <= set(english.content[name])
        model = set(re.findall(r"\bm\.([a-z_]+)", text)) - {"name", "text"}
        assert model <= set(english.content["annex"]["model"])


def test_everything_that_can_be_shown_has_a_name(english: Catalogue) -> None:
    named = {basic.name for basic in BASIC} | {EXCHANGE_RATE}
    assert set(english.content["quantities"]) == named
    assert {key.removesuffix("_in_text") for key in english.content["groups"]} == set(TITLES)
    assert set(english.content["measured"]) == set(MEASURED_BY_NAME)
    assert {*USES, HEADLINE} <= set(english.content["items"])
    assert set(USES) - {"plan_collected"} == set(english.content["takers"])
    for definition in DEFINITIONS:
        assert english.say(f"definitions.{definition}.meaning")


def test_numbers_are_those_of_the_command_line_but_for_the_minus(english: Catalogue) -> None:
    ours = english.numbers
    for numbers in ((136.2, 103.1, 180.4), (-0.23, -12.0, 4.4), (30_900, 27_900, 34_200)):
        assert ours.interval(*numbers).replace("−", "-") == ENGLISH.interval(*numbers)
    for share in (0.0, 0.004, 0.5, 0.999):
        assert ours.percent(share) == ENGLISH.percent(share)


def test_names_of_entries_and_hosts(english: Catalogue) -> None:
    assert english.name("payment") == "Payment for a paid month"
    assert english.name("exchange_rate.RUB") == "Exchange rate: RUB"
    assert english.name("permit_inflow.last_year") == "Arrivals on permits: last year"
    assert english.name("china.plan") == "State plan: china"


def test_dates(english: Catalogue) -> None:
    assert english.month("2017-12") == "December 2017"
    assert english.date("2018-08-02") == "2 August 2018"
    assert english.date("2018-08") == "August 2018"
    assert english.date("2018") == "2018"
    assert english.date("spring 2018") == "spring 2018"


def test_what_is_not_there_is_told(english: Catalogue) -> None:
    with pytest.raises(NoSuchTextError, match=r"no text findings\.nonsense"):
        english.say("findings.nonsense")
    with pytest.raises(NoSuchTextError, match="no value for 'year'"):
        english.say("headline.labels.plan_collected")


# Other languages

#: Names, files, commands and abbreviations that are the same in every language.
NAMES = {
    *("python", "m", "model", "criticism", "drivers", "calibration", "misspecified", "compare"),
    *("archive", "GATHER", "Stevens", "et", "al", "PLoS", "Medicine", "e", "doi", "org", "journal"),
    *("pmed", "summary", "revenue", "workers", "exchange", "rates", "json", "csv", "nc"),
    *("posterior", "inputs", "CSV", "TOML", "SHA", "R", "hat", "sent", "to"),
    *"AFLIWabghiqstwyzndfop",
}
OTHERS = sorted(set(languages()) - {"en"})


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left(language: str, english: Catalogue) -> None:
    texts, original = (leaves(one.content) for one in (catalogue(language), english))
    for key, text in texts.items():
        said = re.sub(r"\{[^{}]*\}", " ", text)
        assert set(re.findall(r"[A-Za-z]+", said)) <= NAMES, key
        if re.search("[A-Za-z]{3}", re.sub(r"\{[^{}]*\}", " ", original[key])):
            assert text != original[key] or key == "annex.hash", key


@pytest.mark.parametrize(
    ("count", "form"),
    [(1, "утверждение"), (2, "утверждения"), (5, "утверждений"), (11, "утверждений"),
     (21, "утверждение"), (24, "утверждения"), (112, "утверждений"), (0, "утверждений")],
)  # fmt: skip
def test_russian_plurals(count: int, form: str) -> None:
    said = catalogue("ru").say("sure.evidence", claims=count, sources=1, parts="")
    assert said.startswith(f"{count} {form} из 1 источника,")


@pytest.mark.parametrize(
    ("text", "said"),
    [("북한", "북한을"), ("러시아", "러시아를"), ("24%", "24%를"), ("103", "103을"),
     ("“계획”", "“계획”을"), ("러시아(2018)", "러시아(2018)를"), ("KGB", "KGB를")],
)  # fmt: skip
def test_korean_particles(text: str, said: str) -> None:
    assert Sentence().format("{text}{text:을/를}", text=text) == said
    assert Sentence().format("{one:으로/로}{two:으로/로}", one="서울", two="평양") == "로으로"


def test_numbers_and_dates_of_each_language() -> None:
    korean, russian = catalogue("ko"), catalogue("ru")
    numbers = {"q50": 136.2e6, "q05": 103.1e6, "q95": 180.4e6}
    assert korean.money(numbers) == "136백만 달러(103~180)"
    assert russian.money(numbers) == "$136 млн (103…180)"
    assert russian.numbers.interval(30_900, 27_900, 34_200).replace("\xa0", " ") == (
        "30 900 (27 900…34 200)"
    )
    assert korean.date("2018-08-02") == "2018년 8월 2일"
    assert russian.date("2018-08-02") == "2 августа 2018 г."
