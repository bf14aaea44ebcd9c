"""The case of hosts outside Russia: rows have facts, totals are held out, echoes one origin."""

from __future__ import annotations

import re

import pytest

from model.case import INPUTS, Case, read_case
from model.equations.subjects import is_total

FOLDER = INPUTS.parent / "world"

#: Published totals, none of which may be fitted.
TOTALS = "B21 B22 B23 B24 B25 KW25 QA12 PL17 TZ01 RS03 RS04 RS05 IT06 IT12 IT14 AF04 AF09"
#: Counts workers at home, outside the definition.
OUTSIDE = "IT09"
#: Facts that repeat each other.
ECHOES = {
    "rok-asan-2013": "CN06 MN09 AE10 KW11 AE09 AF01 QA04 MN04",
    "seoul-totals": "B22 B24 B25",
    "us-series": "CN02 WW10 WW25",
    "study-120000": "WW23 XX05",
    "ap-gulf-2017": "XX01",
    "donga-2016": "QA11 KW23 QA13 QA14 QA15",
    "china-broker-2012": "CN54 CN61",
    "rfa-china-2016": "CN33",
}


@pytest.fixture(scope="module")
def world() -> Case:
    return read_case(FOLDER)


def fact(note: str) -> str:
    """Return the id of a row's fact, with which its note begins."""
    found = re.match(r"([A-Z]{1,2}[0-9]{2}): ", note)
    assert found is not None, note
    return found[1]


def test_each_row_has_a_fact_that_the_readme_lists(world: Case) -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    became = text.split("## Facts that became rows")[1]
    rows, none = became.split("## Facts that became no row")
    facts = {fact(note) for note in world.evidence["note"]}
    assert facts == set(re.findall(r"\b[A-Z]{1,2}[0-9]{2}\b", rows))
    left = [line.split("|")[1] for line in none.splitlines() if line.startswith("| ")]
    assert not facts & set(re.findall(r"\b[A-Z]{1,2}[0-9]{2}\b", " ".join(left)))


def test_totals_are_held_out(world: Case) -> None:
    rows = world.evidence.assign(fact=[fact(note) for note in world.evidence["note"]])
    assert set(rows.loc[rows["role"] == "holdout", "fact"]) <= set(TOTALS.split())
    assert set(TOTALS.split()) <= set(rows["fact"])
    assert not set(rows.loc[rows["role"] == "fit", "fact"]) & {*TOTALS.split(), OUTSIDE}
    assert not rows.loc[rows["role"] == "fit", "quantity"].map(is_total).any()


@pytest.mark.parametrize("origin", ECHOES)
def test_echoes_share_an_origin(world: Case, origin: str) -> None:
    rows = world.evidence.assign(fact=[fact(note) for note in world.evidence["note"]])
    known = rows["origin"].str.split("/").str[0]
    assert set(ECHOES[origin].split()) <= set(rows.loc[known == origin, "fact"])


def test_every_prior_has_a_basis_that_can_be_looked_up(world: Case) -> None:
    named = re.compile(r"judgement|\b[A-Z]{1,2}[0-9]{2}\b")
    assert all(named.search(prior.basis) for prior in world.priors)


def test_no_row_is_fitted_for_a_host_that_is_not_covered(world: Case) -> None:
    fitted = world.evidence[world.evidence["role"] == "fit"]
    assert set(fitted["host"]) <= {host.name for host in world.hosts}
    assert len(fitted) >= 200
