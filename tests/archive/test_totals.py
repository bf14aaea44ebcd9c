"""What is told of several hosts together is the sum of theirs, draw by draw, in every file."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import model
from model.archive import store
from model.archive.draws_file import read_group
from model.archive.months_file import read_all_months
from model.archive.saved_fit import Fitted
from model.case.folders import BASELINE
from model.case.reader.cells import written_table
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.terminal.wording import MILLION, three
from reports import places
from reports.saved_run import SavedRun
from reports.texts import catalogue

#: Half a unit of the eighth digit, to which files hold numbers; and single precision by draw.
PRINTED, SINGLE = 5e-8, 1e-6
#: A cent, and less: sums of doubles in another order.
CENT = 0.01
ALL = ("russia", "china", "kuwait")
GROUPS = {"abroad": ALL[1:], "world": ALL}
MEMBERS = {**{host: (host,) for host in ALL}, **GROUPS}
LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
YEARS = (2017, 2018)


@pytest.fixture(scope="module")
def fitted(small_world_run: Path) -> Fitted:
    return Fitted.saved(small_world_run)


@pytest.fixture(scope="module")
def by_host(fitted: Fitted) -> dict[tuple[str, int, str], np.ndarray]:
    """Dollars of each host, year and definition by draw, added up month by month."""
    found = {}
    revenue, rate = fitted.projection.revenue, fitted.projection.per_usd
    months = [str(month) for month in revenue["month"].to_numpy()]
    for host, year, definition in product(ALL, YEARS, DEFINITIONS):
        total: Any = 0.0
        for month in (one for one in months if one.startswith(str(year))):
            amount = revenue.sel(host=host, definition=definition, month=month).to_numpy()
            total = total + amount / float(rate.sel(host=host, month=month))
        found[host, year, definition] = total
    return found


@pytest.fixture(scope="module")
def summary(small_world_run: Path) -> dict[str, Any]:
    return dict(store.read_summary(small_world_run)["scenarios"][BASELINE])


def total(by_host: Any, place: str, year: int, definition: str) -> np.ndarray:
    return np.asarray(sum(by_host[host, year, definition] for host in MEMBERS[place]))


def told(numbers: dict[str, float], draws: np.ndarray) -> None:
    """What a file says of draws: each number to its eighth digit."""
    expected = {key: np.quantile(draws, level) for key, level in LEVELS.items()}
    expected |= {"mean": draws.mean(), "sd": draws.std(ddof=1)}
    for key, value in expected.items():
        assert numbers[key] == pytest.approx(value, rel=PRINTED * 1.01), key


def test_draws_add_up_to_the_cent(fitted: Fitted, by_host: Any) -> None:
    for year, definition in product(YEARS, DEFINITIONS):
        whole = fitted.projection.yearly_usd.sel(year=year, definition=definition).to_numpy()
        apart = np.abs(whole - total(by_host, "world", year, definition))
        # draws of the prior have no bound; a double has sixteen digits
        assert (apart < np.maximum(CENT, 1e-13 * np.abs(whole))).all()


def test_the_summary_is_of_summed_draws(summary: dict[str, Any], by_host: Any) -> None:
    assert list(summary["places"]) == list(MEMBERS)
    for place, year, definition in product(MEMBERS, YEARS, DEFINITIONS):
        own = summary["places"][place]
        draws = total(by_host, place, year, definition)
        told(own["annual"][str(year)][definition]["usd"], draws)
        assert tuple(own["hosts"]) == MEMBERS[place]
        whole = total(by_host, "world", year, definition)
        told(own["share"][str(year)][definition], draws / whole)
        if place == "world":
            annual = summary["annual"][str(year)][definition]["usd"]
            assert annual == own["annual"][str(year)][definition]["usd"]


def test_quantiles_are_not_added_up(summary: dict[str, Any]) -> None:
    """The world's 5% is above the sum of the hosts': a sum of quantiles would be caught."""
    annual = {
        name: one["annual"]["2018"][HEADLINE]["usd"] for name, one in summary["places"].items()
    }
    assert annual["world"]["q95"] < 0.99 * sum(annual[host]["q95"] for host in ALL)


@pytest.fixture(scope="module")
def revenue(small_world_run: Path) -> pd.DataFrame:
    return written_table(small_world_run / "revenue.csv")


def test_revenue_by_month_has_hosts_whose_means_add_up(
    revenue: pd.DataFrame, summary: dict[str, Any]
) -> None:
    """No row is of several hosts, so that nobody counts one twice."""
    assert set(revenue["host"]) == set(ALL)
    rows = revenue[(revenue["scenario"] == BASELINE) & (revenue["currency"] == "USD")]
    for place, year, definition in product(MEMBERS, YEARS, DEFINITIONS):
        own = rows[
            rows["host"].isin(MEMBERS[place])
            & rows["month"].str.startswith(str(year))
            & (rows["definition"] == definition)
        ]
        assert len(own) == 12 * len(MEMBERS[place])
        expected = summary["places"][place]["annual"][str(year)][definition]["usd"]["mean"]
        allowed = PRINTED * (own["mean"].abs().sum() + abs(expected))
        assert own["mean"].sum() == pytest.approx(expected, abs=allowed)


def test_workers_by_month_add_up(small_world_run: Path, fitted: Fitted) -> None:
    rows = written_table(small_world_run / "workers.csv")
    assert set(rows["host"]) == set(ALL)
    rows = rows[rows["scenario"] == BASELINE].set_index(["host", "month", "stock"])
    stocks = fitted.projection.workers
    for month, stock in product(("2017-01", "2018-12"), ("permitted", "irregular", "working")):
        own = stocks.sel(month=month, stock=stock)
        means = [rows.loc[(host, month, stock), "mean"] for host in ALL]
        whole = float(own.sum("host").mean())
        assert sum(means) == pytest.approx(whole, rel=2 * PRINTED)
        for host in ALL:
            told(dict(rows.loc[(host, month, stock)]), own.sel(host=host).to_numpy())


def test_draws_by_month_add_up_to_the_years(small_world_run: Path, by_host: Any) -> None:
    """And a scenario's, month by month, to the draws of the year that the posterior's file has."""
    yearly = read_group(small_world_run / store.POSTERIOR, "revenue")
    for scenario, monthly in read_all_months(small_world_run, (BASELINE, "half")).items():
        dollars = monthly.revenue.astype(float) / monthly.per_usd
        months = [str(month) for month in dollars["month"].to_numpy()]
        for year, definition in product(YEARS, DEFINITIONS):
            inside = [month.startswith(str(year)) for month in months]
            own = dollars.sel(definition=definition).isel(month=inside)
            sums = own.sum(["month", "host"]).transpose("chain", "draw").to_numpy()
            chosen = yearly["yearly_usd"].sel(scenario=scenario, definition=definition, year=year)
            whole = chosen.transpose("chain", "draw").to_numpy()
            size = np.abs(own).sum(["month", "host"]).transpose("chain", "draw").to_numpy()
            assert (np.abs(sums - whole) <= SINGLE * size).all()
            if scenario == BASELINE:
                np.testing.assert_allclose(
                    whole.ravel(), total(by_host, "world", year, definition), rtol=1e-12
                )


def test_the_workbook_has_the_places_of_the_summary(
    small_world_run: Path, tmp_path: Path, summary: dict[str, Any]
) -> None:
    path = model.load(small_world_run).to_excel(tmp_path / "out.xlsx")
    found = pd.read_excel(path, sheet_name=["Revenue", "Places"], keep_default_na=False)
    keys = ["scenario", "place", "year", "definition"]
    rows = found["Places"].set_index(keys)
    assert len(rows) == 2 * len(MEMBERS) * len(YEARS) * len(DEFINITIONS)
    assert set(rows["currency"]) == {"USD"}
    dollars = (
        found["Revenue"].query("currency == 'USD'").set_index(["scenario", "year", "definition"])
    )
    for place, year, definition in product(MEMBERS, YEARS, DEFINITIONS):
        row = rows.loc[(BASELINE, place, year, definition)]
        own = summary["places"][place]
        numbers = own["annual"][str(year)][definition]["usd"]
        assert row["hosts"] == ", ".join(MEMBERS[place])
        for key, heading in {"mean": "mean", "q05": "5%", "q50": "median", "q95": "95%"}.items():
            assert row[heading] == pytest.approx(numbers[key], rel=1e-12)
            if place == "world":
                assert row[heading] == dollars.loc[(BASELINE, year, definition), heading]
        share = own["share"][str(year)][definition]["q50"]
        assert row["share median"] == pytest.approx(share, rel=1e-12)
    for year, definition in product(YEARS, DEFINITIONS):
        means = {place: rows.loc[("half", place, year, definition), "mean"] for place in MEMBERS}
        assert sum(means[host] for host in ALL) == pytest.approx(
            means["world"], abs=4 * PRINTED * sum(abs(one) for one in means.values())
        )


def test_the_briefs_table_is_of_summed_draws(small_world_run: Path, by_host: Any) -> None:
    texts = catalogue()
    block = places.block(SavedRun.open(small_world_run), texts)
    assert block is not None
    shown = {re.sub(r"\W.*", "", row[0]).casefold(): row for row in block["rows"]}
    assert set(shown) == {*ALL, "abroad"}  # the world is the sum, told above the table
    for place, row in shown.items():
        draws = total(by_host, place, 2018, HEADLINE)
        ends = {key: float(np.quantile(draws, LEVELS[key])) for key in ("q50", "q05", "q95")}
        assert row[1] == texts.numbers.interval(*three(ends, MILLION))
