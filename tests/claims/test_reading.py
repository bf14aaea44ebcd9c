"""Figures, hedges, dates and places as sentences have them."""

from __future__ import annotations

import pytest

from model.case.case import Case
from model.claims.numerals import Printed, figures
from model.claims.scanning import plain, sentences
from model.claims.scene import Context
from model.claims.senses import Clause
from model.claims.timespans import spans
from model.claims.whereabouts import Gazetteer


def read(text: str) -> list[Printed]:
    found = []
    for tokens in sentences(plain(text)):
        found += figures(tokens, spans(tokens)[1])
    return found


@pytest.mark.parametrize(
    ("text", "qualifier", "low", "high", "currency", "per"),
    [
        ("about $160 million", "about", 160e6, 160e6, "USD", ""),
        ("at least half a billion dollars", "at_least", 5e8, 5e8, "USD", ""),
        ("as much as US$2bn a year", "as_much_as", 2e9, 2e9, "USD", "year"),
        ("between $150-$300 million annually", "range", 150e6, 300e6, "USD", "year"),
        ("$150 to $300 million", "range", 150e6, 300e6, "USD", ""),
        ("16,000 to 20,000 rubles", "range", 16e3, 20e3, "RUB", ""),
        ("9–11 billion roubles", "range", 9e9, 11e9, "RUB", ""),
        ("100,000 rubles ($1,600) a month", "exact", 1e5, 1e5, "RUB", "month"),
        ("not more than 10,000 workers", "at_most", 1e4, 1e4, "", ""),
        ("fewer than 100 people", "below", 100, 100, "", ""),
        ("hand over $7,200 a year", "exact", 7200, 7200, "USD", "year"),
        ("8,000 or so", "about", 8000, 8000, "", ""),
        ("700 or more", "at_least", 700, 700, "", ""),
        ("hundreds of millions of dollars", "range", 2e8, 9e8, "USD", ""),
        ("twenty-five thousand workers", "exact", 25e3, 25e3, "", ""),
        ("50 to 60 percent", "range", 0.5, 0.6, "", ""),
        ("up to 90 per cent", "up_to", 0.9, 0.9, "", ""),
        ("two-thirds of it", "exact", 2 / 3, 2 / 3, "", ""),
        ("seven in ten", "exact", 0.7, 0.7, "", ""),
        ("half of their pay", "exact", 0.5, 0.5, "", ""),
        ("EUR 140 million", "exact", 140e6, 140e6, "EUR", ""),
        ("700,000 won a month", "exact", 7e5, 7e5, "KRW", "month"),
        ("1\u00a0500 persons", "exact", 1500, 1500, "", ""),
    ],
)  # fmt: skip
def test_a_figure_is_read_with_hedge_size_currency_and_time(
    text: str, qualifier: str, low: float, high: float, currency: str, per: str
) -> None:
    one = read(f"They say {text}.")[0]
    assert (one.qualifier, one.currency, one.per) == (qualifier, currency, per)
    assert (one.low, one.high) == pytest.approx((low, high))


def test_what_moved_from_one_figure_to_another_is_no_range() -> None:
    assert [one.high for one in read("It fell from 20,000 to 30,000 workers.")] == [2e4, 3e4]
    assert [one.high for one in read("from 34,000 to 11,000 workers")] == [34e3, 11e3]
    assert [one.low for one in read("It pays from 20,000 to 30,000 rubles.")] == [2e4]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("in 2017", "2017-01", "2017-12"),
        ("at the end of 2017", "2017-12", "2017-12"),
        ("by late 2018", "2018-12", "2018-12"),
        ("in early 2018", "2018-01", "2018-01"),
        ("in September 2018", "2018-09", "2018-09"),
        ("on 11 September 2017", "2017-09", "2017-09"),
        ("on Sept. 11, 2017", "2017-09", "2017-09"),
        ("on 2017-09-11", "2017-09", "2017-09"),
        ("in the first half of 2018", "2018-01", "2018-06"),
        ("in the third quarter of 2018", "2018-07", "2018-09"),
        ("from 2015 to 2018", "2015-01", "2018-12"),
        ("in 2015-2018", "2015-01", "2018-12"),
        ("in 2017-18", "2017-01", "2018-12"),
    ],
)
def test_a_date_is_a_window_and_no_figure(text: str, start: str, end: str) -> None:
    tokens = next(sentences(plain(f"Some 700 came {text}.")))
    found, dates = spans(tokens)
    assert [(str(one.start), str(one.end)) for one in found] == [(start, end)]
    assert [one.high for one in figures(tokens, dates)] == [700]


def test_a_number_like_a_year_is_one_only_where_a_year_stands() -> None:
    assert [one.high for one in read("2000 workers came. Resolution 2017 was kept.")] == [
        2000,
        2017,
    ]
    assert read("In 2000 workers came.") == []
    assert [one.high for one in read("$2000 a month")] == [2000]


def named(case: Case, text: str) -> list[tuple[str, tuple[str, ...]]]:
    tokens = next(sentences(plain(text)))
    return [(one.sort, one.hosts) for one in Gazetteer(case).mentions(tokens)]


def test_places_are_the_cases_own(real: Case) -> None:
    russia = ("russia",)
    assert named(real, "in Russia") == [("place", russia)]
    assert named(real, "Russian contractors") == [("place", russia)]
    assert named(real, "in St. Petersburg") == [("place", russia)]
    assert named(real, "in Saint Petersburg") == [("place", russia)]
    assert named(real, "in China") == [("elsewhere", ())]
    assert named(real, "Chinese firms") == [("elsewhere", ())]
    assert named(real, "in Primorye") == [("elsewhere", ())]
    assert named(real, "in July") == []
    assert named(real, "North Korea earns") == [("sender", ())]
    assert named(real, "Pyongyang earns") == [("sender", ())]
    assert named(real, "in North Korea") == [("elsewhere", ())]
    assert named(real, "workers worldwide") == [("world", ())]
    assert named(real, "workers in other countries") == [("world", ())]
    assert named(real, "the other workers") == []


def test_a_case_of_other_hosts_knows_other_places(tiny_world: Case) -> None:
    assert named(tiny_world, "in China") == [("place", ("china",))]
    assert named(tiny_world, "Chinese firms") == [("place", ("china",))]
    assert named(tiny_world, "in Oman") == [("place", ("uae_oman",))]
    assert named(tiny_world, "Polish firms") == [("place", ("poland_eu",))]
    assert named(tiny_world, "IT workers")[0][0] == "sector"
    assert named(tiny_world, "it pays") == []
    assert named(tiny_world, "in Warsaw") == [("elsewhere", ())]
    assert named(tiny_world, "in Belgium") == [("elsewhere", ())]


def test_all_countries_are_meant_where_several_are_named(tiny_world: Case) -> None:
    def hosts(text: str) -> tuple[str, ...]:
        tokens = next(sentences(plain(text)))
        (printed,) = figures(tokens, spans(tokens)[1])
        clause = Clause(tokens, Gazetteer(tiny_world).mentions(tokens), printed)
        return Context(tiny_world).scene(clause, []).hosts

    whole = tuple(host.name for host in tiny_world.hosts)
    said = "About 100,000 worked in other countries, most of them in China and Russia."
    assert set(hosts(said)) == set(whole)
    assert set(hosts("About 100,000 worked in other countries.")) == set(whole)
    assert hosts("About 50,000 worked abroad in China.") == ("china",)


@pytest.fixture(scope="module")
def tiny_world() -> Case:
    from model.case.case import read_case
    from model.case.checkout import case_folder

    return read_case(case_folder("world"))
