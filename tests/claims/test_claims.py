"""The forty sentences, what was published, and texts of any kind, against an estimate of Russia."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import model
from model.archive import store
from model.case.checkout import INPUTS
from model.claims.as_data import content
from model.claims.paragraph import Figure, Paragraph, checked
from model.claims.standing import Asked, Standing
from model.claims.timespans import _window
from model.claims.told import sentence
from model.terminal.plain_text import json_text

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
#: Sentences of each file that must be right, and those that are known to be wrong (docs/claims.md).
FEWEST = {"sentences": 36, "published": 14, "unseen": 21, "later": 17}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short estimate of Russia: its quantiles are within a few per cent of the whole one's."""
    runs = tmp_path_factory.mktemp("claims")
    return model.fit(INPUTS, draws=250, chains=2, output=runs).folder


@pytest.fixture(scope="session")
def standing(folder: Path) -> Standing:
    return Standing.of(folder)


def check(standing: Standing, text: str) -> Paragraph:
    return checked(standing, "run", text)


def only(standing: Standing, text: str) -> Figure:
    (figure,) = check(standing, text).figures
    return figure


def written(name: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = tomllib.loads((HERE / f"{name}.toml").read_text())["sentence"]
    return told


def is_right(found: Paragraph, expected: list[tuple[str, str]]) -> bool:
    """Whether each figure named has its verdict, and all others are not modelled."""
    rest, wanted = list(found.figures), []
    for text, verdict in expected:
        one = next((figure for figure in rest if text in figure.text), None)
        if one is None:
            return False
        rest.remove(one)
        wanted.append(one.verdict.value == verdict)
    return all(wanted) and all(one.verdict.value == "not modelled" for one in rest)


@pytest.mark.parametrize("name", FEWEST)
def test_sentences_have_the_verdicts_written_down_before(standing: Standing, name: str) -> None:
    told = written(name)
    assert name != "sentences" or len(told) == 40
    wrong = [
        one["text"] for one in told if not is_right(check(standing, one["text"]), one["figures"])
    ]
    assert len(told) - len(wrong) >= FEWEST[name], wrong
    page = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    for text in wrong:
        assert text in page, "a miss that is not published"


def test_the_posterior_is_the_runs(standing: Standing, folder: Path) -> None:
    take = store.read_summary(folder)["scenarios"]["baseline"]["annual"]["2018"]["state_take"]
    for text, currency in (("$100 million", "usd"), ("7 billion rubles", "rub")):
        found = only(standing, f"The state took {text} from its workers in Russia in 2018.")
        ours = next(one for one in found.meanings if one.quantity == "total_state_take").posterior
        for quantile in ("q05", "q50", "q95"):
            assert ours[quantile] == pytest.approx(take[currency][quantile], rel=1e-5)


def test_segments_add_up_to_their_host(standing: Standing) -> None:
    case = standing.case
    first, last = _window(2017, (1, 12))
    whole = Asked("total_state_take", "", ("russia",), frozenset(), first, last)
    parts = [replace(whole, segments=frozenset({one.id})) for one in case.segments]
    together = replace(whole, segments=frozenset(one.id for one in case.segments))
    summed = sum(standing.draws(one, "RUB") for one in parts)
    assert standing.draws(together, "RUB") == pytest.approx(standing.draws(whole, "RUB"), rel=1e-4)
    # one by one a part that loses counts as nothing, which few draws have
    apart = np.abs(summed / standing.draws(whole, "RUB") - 1.0)
    assert np.quantile(apart, 0.85) < 1e-4


def test_time_and_currency_are_units(standing: Standing) -> None:
    def median(text: str) -> float:
        found = only(standing, text)
        return float(found.meanings[0].posterior["q50"])

    year = median("The state took $160 million a year from workers in Russia in 2017.")
    assert median("The state took $13 million a month from workers in Russia in 2017.") == (
        pytest.approx(year / 12, rel=1e-6)
    )
    month = median("Contractors in Russia pay $1,500 a month per worker.")
    assert median("Contractors in Russia pay $18,000 a year per worker.") == (
        pytest.approx(12 * month, rel=1e-6)
    )
    rubles = median("Contractors in Russia pay 90,000 rubles a month per worker.")
    rate = standing.case.rates.per_usd.loc["2017", "RUB"].mean()
    assert rubles == pytest.approx(month * rate, rel=1e-6)


def test_unsure_says_each_verdict_and_names_the_most_favourable(standing: Standing) -> None:
    found = only(
        standing, "North Korea earned about $420 million from its workers in Russia in 2017."
    )
    assert found.unsure
    verdicts = {one.title: one.verdict.value for one in found.meanings}
    assert verdicts["billings"] == "supported"
    assert verdicts["state take"] == "contradicted"
    said = sentence(found)
    assert "Supported as billings" in said
    assert "Unsure: as" in said


def test_what_is_not_said_is_told_to_be_assumed(standing: Standing) -> None:
    found = only(standing, "The state took about $160 million.")
    assert any("no year" in one for one in found.assumed)
    assert any("no place" in one for one in found.assumed)
    found = only(standing, "Contractors in Russia pay 90,000 rubles per worker in 2017.")
    assert found.assumed == ("no time is named, taken to be a month",)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("The state took $9 million from its workers in Russia in 2023.", "outside the months"),
        ("The state took $9 million from its workers in Russia in 2020.", "only 2020-01 to"),
        ("The state took $9 million from its workers in China.", "China is no place"),
        ("The state took $900 million from workers worldwide.", "a part of the world"),
        ("The state took 9 million zlotys.", "modelled"),
        ("The state took 9 million ZWG from its workers in 2017.", "no rate"),
        ("They have 340 rooms.", "what it counts"),
        ("Some 9,000 North Koreans were deported from Russia in 2018.", "those who leave"),
    ],
)  # fmt: skip
def test_what_is_not_modelled_is_said_to_be_and_why(
    standing: Standing, text: str, because: str
) -> None:
    (found,) = check(standing, text).figures
    assert found.verdict.value == "not modelled"
    assert because in found.because
    assert because in sentence(found)


WORDS = """
In 2017 2018 the state took about $ 160 million billion to - between and workers North Koreans
Russia China % percent of their wages per worker a month year ( ) , . ; not half a two thirds one
in ten hundreds rubles USD EUR € ₽ end of December 5 at least up to as much as construction quota
permits visas plan keep contractors pay brokers 1e5 1.5 12,5 1,000,000 0 007 19999 <b> [red] {x}
%s é ５ ½ ² ١ = + @
"""
ACTS = ["\x1b[31m", "\u202e", "\u200b", "\x00", "\n\n"]


def test_any_text_has_a_clean_answer(standing: Standing) -> None:
    rng, words = random.Random(7), [*WORDS.split(), *ACTS]
    for _ in range(150):
        text = " ".join(rng.choice(words) for _ in range(rng.randint(1, 30)))
        found = check(standing, text)
        shown = json_text(content(found)) + "".join(map(sentence, found.figures))
        assert not set(shown) & {"\x1b", "\x00", "\u202e", "\u200b"}
        assert found.table["text"].str.len().max() < 200 or not found.figures


@pytest.mark.parametrize(
    "piece",
    [
        "5 ",
        "1",
        "$",
        "(",
        "half a ",
        "between 5 and ",
        "2017-",
        "million ",
        "in Russia ",
        "not ",
        "a",
    ],
)
def test_long_texts_take_no_longer_than_their_length(standing: Standing, piece: str) -> None:
    """Sentences are cut and figures counted, so that nothing grows with the square."""
    text = piece * (200_000 // len(piece))
    found = check(standing, text)
    assert len(found.figures) <= 1000
    assert found.cut == (len(found.figures) == 1000)


def test_numbers_without_end_and_noughts_are_figures(standing: Standing) -> None:
    text = f"The state took ${'9' * 400} million from its workers in Russia and $0 from them."
    verdicts = [one.verdict.value for one in check(standing, text).figures]
    assert verdicts == ["contradicted", "contradicted"]


def test_acting_characters_in_a_sentence_neither_act_nor_disturb(standing: Standing) -> None:
    text = "The state took \x1b[31m$160 million\x1b[0m\u202e from its workers in Russia in 2017."
    found = only(standing, text)
    assert found.verdict.value == "supported"
    assert not any(one in found.text for one in "\x1b\u202e")


def run(folder: Path, *words: str, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "model.claims", str(folder), *words], cwd=ROOT, input=text,
        capture_output=True, check=False,
    )  # fmt: skip


TEXT = b"The state took about $160 million from its workers in Russia in 2017.\n"


def test_the_command_prints_table_json_and_csv(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    file.write_bytes(TEXT)
    done = run(folder, str(file), "--format", "json")
    told = json.loads(done.stdout)
    assert [one["verdict"] for one in told["figures"]] == ["supported"]
    assert "state take" in told["figures"][0]["said"]
    table = run(folder, "-", "--format", "csv", text=TEXT).stdout.decode().splitlines()
    assert len(table) == 1 + len(told["figures"][0]["meanings"])
    shown = run(folder, "-", text=TEXT).stdout.decode()
    assert "1 figure: 1 supported." in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("text", "said"),
    [(b"\xff\xfe$1", "not UTF-8"), (b"5" * 2_000_001, "more than 2,000,000 bytes")],
)
def test_a_text_that_cannot_be_read_is_one_report(folder: Path, text: bytes, said: str) -> None:
    done = run(folder, "-", text=text)
    assert done.returncode == 2
    assert done.stdout == b""
    assert said in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_file_and_a_missing_run_are_reported(folder: Path, tmp_path: Path) -> None:
    assert "cannot be read" in run(folder, str(tmp_path / "none")).stderr.decode()
    assert run(folder, str(tmp_path)).returncode == 2
    assert run(tmp_path / "no_run", "-", text=TEXT).returncode == 2


def test_in_python_it_is_the_estimates(folder: Path) -> None:
    found = model.load(folder).claims(TEXT.decode())
    assert "Supported as state take" in repr(found)
    assert list(found.table["verdict"].unique()) == ["supported"]
    assert np.isfinite(found.table["q50"]).all()
