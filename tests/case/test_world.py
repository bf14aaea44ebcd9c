"""The case of the world: rows have facts and stand once, totals are held out, echoes one origin."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from model.case import INPUTS, Case, read_case
from model.equations.subjects import is_total

FOLDER = INPUTS.parent / "world"
RUSSIA = INPUTS.parent / "russia"

#: Published totals, none of which may be fitted.
TOTALS = "B21 B22 B23 B24 B25 KW25 QA12 PL17 TZ01 RS03 RS04 RS05 IT06 IT12 IT14 AF04 AF09 RU53"
#: Counts workers at home, outside the definition.
OUTSIDE = "IT09"
#: Facts that repeat each other.
ECHOES = {
    "rok-asan-2013": "CN06 MN09 AE10 KW11 AE09 AF01 QA04 MN04 RU37 WW06 WW28 WW02",
    "seoul-totals": "B22 B24 B25",
    "us-series": "CN02 WW10 WW25 WW29 WW04 WW03 WW05 WW19 WW07",
    "study-120000": "WW23 XX05",
    "ap-gulf-2017": "XX01",
    "donga-2016": "QA11 KW23 QA13 QA14 QA15",
    "china-broker-2012": "CN54 CN61",
    "rfa-china-2016": "CN33",
    "nis-58000": "WW17 WW23",
    "nis-russia-2025": "RU39 RU49 RU55",
    "asahi-170000": "WW06",
    "kinu-147000": "WW16 WW21",
    "uae-un": "AE06 AE07",
    "kuwait-un": "KW06 KW07",
    "poland-un": "PL05",
    "china-cnta": "CN16",
}
#: Sums over reports of states, whose parts are rows; a quarter of a year that is one.
SUMMED = "WW08 WW09 WW18 XX02 RU36 CN34"


@pytest.fixture(scope="module")
def world() -> Case:
    return read_case(FOLDER)


@pytest.fixture(scope="module")
def own(world: Case) -> pd.DataFrame:
    """Return the rows that stand in this case, without those that are taken from Russia's."""
    ids = set(pd.read_csv(FOLDER / "evidence.csv", dtype=str)["id"])
    rows = world.evidence[world.evidence["id"].isin(ids)]
    return rows.assign(fact=[fact(note) for note in rows["note"]])


def fact(note: str) -> str:
    """Return the id of a row's fact, with which its note begins."""
    found = re.match(r"([A-Z]{1,2}[0-9]{2}): ", note)
    assert found is not None, note
    return found[1]


def test_each_row_has_a_fact_that_the_readme_lists(own: pd.DataFrame) -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    became = text.split("## Facts that became rows")[1]
    rows, none = became.split("## Facts that became no row")
    facts = set(own["fact"])
    assert facts == set(re.findall(r"\b[A-Z]{1,2}[0-9]{2}\b", rows))
    left = [line.split("|")[1] for line in none.splitlines() if line.startswith("| ")]
    assert not facts & set(re.findall(r"\b[A-Z]{1,2}[0-9]{2}\b", " ".join(left)))


def test_totals_are_held_out(world: Case, own: pd.DataFrame) -> None:
    rows = own
    assert set(rows.loc[rows["role"] == "holdout", "fact"]) <= set(TOTALS.split())
    assert set(TOTALS.split()) <= set(rows["fact"])
    assert not set(rows.loc[rows["role"] == "fit", "fact"]) & {*TOTALS.split(), OUTSIDE}
    fitted = world.evidence["role"] == "fit"
    assert not world.evidence.loc[fitted, "quantity"].map(is_total).any()


@pytest.mark.parametrize("origin", ECHOES)
def test_echoes_share_an_origin(own: pd.DataFrame, origin: str) -> None:
    known = own["origin"].str.split("/").str[0]
    assert set(ECHOES[origin].split()) <= set(own.loc[known == origin, "fact"])


def test_crossings_and_reported_departures_are_fitted_once(own: pd.DataFrame) -> None:
    assert not set(own["fact"]) & set(SUMMED.split())
    for quantity in ("crossings", "departures"):
        told = own[(own["quantity"] == quantity) & own["qualifier"].isin(["exact", "about"])]
        assert len(told) == 4
        for _, rows in told.sort_values("start").groupby("host"):
            assert (rows["start"].iloc[1:].to_numpy() > rows["end"].iloc[:-1].to_numpy()).all()


def test_every_prior_has_a_basis_that_can_be_looked_up(world: Case) -> None:
    named = re.compile(r"judgement|\b[A-Z]{1,2}[0-9]{2}\b")
    assert all(named.search(prior.basis) for prior in world.priors)


def test_no_row_is_fitted_for_a_host_that_is_not_covered(world: Case) -> None:
    fitted = world.evidence[world.evidence["role"] == "fit"]
    assert set(fitted["host"]) <= {host.name for host in world.hosts} | set(world.groups)
    assert len(fitted) >= 200


def test_the_hosts_are_the_world(world: Case) -> None:
    assert set(world.groups["world"]) == {host.name for host in world.hosts}


def test_russias_rows_are_those_of_its_own_case(world: Case, own: pd.DataFrame) -> None:
    theirs = read_case(RUSSIA).evidence
    taken = world.evidence[~world.evidence["id"].isin(own["id"])]
    assert list(taken["id"]) == list(theirs["id"])
    assert list(taken["role"]) == list(theirs["role"])
    said = ["quantity", "host", "start", "end", "low", "value", "high", "source"]
    fitted = [rows.loc[rows["role"] == "fit", said].fillna(-1) for rows in (theirs, own)]
    assert fitted[0].merge(fitted[1]).empty  # none stands here as well


def test_one_of_russias_readings_is_taken(world: Case) -> None:
    theirs = {one.name: one for one in read_case(RUSSIA).readings}
    [here] = world.readings
    assert here.follows == theirs[here.name].follows
    assert (here.leave_out, here.bases, here.priors) == ((), (), ())


def test_each_month_has_a_rate_of_the_ruble(world: Case) -> None:
    rubles = world.rates.per_usd["RUB"]
    assert rubles.notna().all()
    own = world.rates.source["RUB"].str.contains("GitHub")
    assert list(own[own].index[[0, -1]].astype(str)) == ["2022-03", "2025-12"]
