"""Totals held out: their probability and what they imply, against plain importance weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from model.case.case import Case, read_case
from model.criticism import held_out
from model.criticism.held_out import held_out_totals
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.projection.blocks import project
from model.projection.projection import Projector
from model.sampling.convergence import Convergence
from model.sampling.reweighting import weighted_quantiles
from tests.cases import row, write_case
from tests.reports.runs import prior_draws

GATE = Convergence(1.0, 4000.0, 4000.0, 0, {})


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The small case with totals of several places and hedges."""
    common = {"role": "holdout", "unit": "million USD/year"}
    totals = {
        "world": row("total_state_take", "2017-01", "2017-12", "about", "", value="500",
                     host="world") | common,
        "later": row("total_state_take", "2023-01", "2023-12", "about", "", value="500") | common,
        "gulf": row("total_state_take", "2017-01", "2017-12", "about", "", value="100",
                    host="gulf") | common,
        "large": row("total_state_take", "2018-01", "2018-12", "exact", "", value="100") | common,
        "absurd": row("total_billings", "2018-01", "2018-12", "about", "", value="90000")
        | common,
    }  # fmt: skip
    return read_case(write_case(tmp_path_factory.mktemp("totals") / "case", evidence=totals))


@pytest.fixture(scope="module")
def table(case: Case) -> pd.DataFrame:
    posterior = prior_draws(case, draws=2000)
    projection = project(case, posterior.layout, posterior.draws)
    result = held_out_totals(case, posterior, GATE, projection, seed=1)
    assert result.passed is False
    assert "absurd: probability below" in result.sentence
    return result.table.set_index("row")


@pytest.mark.parametrize("told", [0, 1, 2, 100])
def test_the_least_probable_totals_are_told_one_by_one(
    case: Case, told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    posterior = prior_draws(case, draws=200)
    projection = project(case, posterior.layout, posterior.draws)
    monkeypatch.setattr(held_out, "TOLD", told)
    result = held_out_totals(case, posterior, GATE, projection, seed=1)
    p = result.table.set_index("row")["p"].dropna().sort_values()
    rest = p.iloc[told:]
    assert [f"{row}: probability" in result.sentence for row in p.index] == [
        place < told or len(rest) == 1 for place in range(len(p))
    ]
    said = f"{len(rest)} more have a probability of"
    assert (said in result.sentence) == (len(rest) > 1)


def log_million(total: Any) -> np.ndarray:
    """Log of an amount in millions; what is lost has none, and is as good as nothing."""
    return np.asarray(np.log(np.maximum(np.asarray(total) / 1e6, 1e-9)))


def density(apart: np.ndarray, error: float) -> np.ndarray:
    """Of a figure as graded, or off in one of three steps."""
    steps = [(0.9, 0.0), *((0.1 / 3, 0.8 / size) for size in (1, 2, 4))]
    sizes = [(chance, np.hypot(error, added)) for chance, added in steps]
    return np.asarray(sum(chance * norm.pdf(apart / sd) / sd for chance, sd in sizes))


def test_the_probability_is_that_of_a_figure_as_far_off(case: Case, table: pd.DataFrame) -> None:
    posterior = prior_draws(case, draws=2000)
    yearly = project(case, posterior.layout, posterior.draws).yearly_usd
    total = log_million(yearly.sel(definition=HEADLINE, year=2017))
    middle = np.log(150 * 300) / 2
    # a range is read as 80% of a normal, on top of the grade B2
    half = np.log(300 / 150) / 2 / norm.ppf(0.9)
    error = np.sqrt(0.08**2 + 0.08**2 + half**2)
    above = norm.cdf((total - middle) / error).mean()
    expected = 2 * min(above, 1 - above)
    assert table.loc["official_total", "p"] == pytest.approx(expected, abs=0.04)
    assert table.loc["official_total", "observed"] == pytest.approx(np.exp(middle))
    # were it believed: importance weights without any smoothing
    weights = density(middle - total, error)
    headline = yearly.sel(definition=HEADLINE, year=case.timeline.headline).to_numpy()
    median = weighted_quantiles(headline, weights / weights.sum(), [0.5])[0]
    assert table.loc["official_total", "believed_q50"] == pytest.approx(median, rel=0.05)


def test_what_else_would_be_true_is_what_importance_weights_move(
    case: Case, table: pd.DataFrame
) -> None:
    posterior = prior_draws(case, draws=2000)
    yearly = project(case, posterior.layout, posterior.draws).yearly_usd
    total = log_million(yearly.sel(definition=HEADLINE, year=2018))
    weights = density(np.log(100) - total, float(np.hypot(0.08, 0.08)))
    weights /= weights.sum()
    # each draw on the scale on which its prior is normal: by its rank among the draws
    scores = norm.ppf((posterior.draws.argsort(axis=0).argsort(axis=0) + 0.5) / len(total))
    shift = pd.Series(weights @ scores, index=posterior.layout.labels)
    moved = shift[shift.abs() >= 0.2].abs().sort_values(ascending=False).index[:3]
    said = {
        words[0]: float(words[1])
        for words in (one.split() for one in table.loc["large", "moves"].split(", "))
    }
    assert len(said) == 3
    assert set(said) == set(moved)
    for label, after in said.items():
        draws = posterior.draws[:, posterior.layout.index[label]]
        (expected,) = weighted_quantiles(draws, weights, [0.5])
        assert after == pytest.approx(expected, rel=0.02)


def test_what_else_a_state_take_may_mean(case: Case, table: pd.DataFrame) -> None:
    posterior = prior_draws(case, draws=2000)
    paid = Projector(case, posterior.layout, posterior.draws).paid_for(2017, "USD") / 1e6
    row = table.loc["official_total"]
    had = ["plan_collected", "left_with_own_firms", "managers_take"]
    both = paid.sel(item=had).sum("item").to_numpy().ravel()
    assert row["with_managers_q50"] == pytest.approx(np.median(both))
    sent = both + paid.sel(item="worker_keeps").to_numpy().ravel()
    for key, level in (("q50", 0.5), ("q05", 0.05), ("q95", 0.95)):
        assert row[f"sent_{key}"] == pytest.approx(np.quantile(sent, level))
    middle, half = np.log(150 * 300) / 2, np.log(300 / 150) / 2 / norm.ppf(0.9)
    error = np.sqrt(0.08**2 + 0.08**2 + half**2)
    above = norm.cdf((log_million(sent * 1e6) - middle) / error).mean()
    assert row["sent_p"] == pytest.approx(2 * min(above, 1 - above), abs=0.04)
    # billings are what they are
    assert np.isnan(table.loc["absurd", "sent_p"])


def test_what_is_implied_for_a_worker(case: Case, table: pd.DataFrame) -> None:
    posterior = prior_draws(case, draws=2000)
    workers = project(case, posterior.layout, posterior.draws).workers
    inside = [str(month).startswith("2017") for month in workers["month"].to_numpy()]
    present = workers.sel(stock="working", host="russia").isel(month=inside).mean("month")
    expected = np.median(np.sqrt(150 * 300) * 1e6 / present.to_numpy())
    assert table.loc["official_total", "implied_q50"] == pytest.approx(expected)


def test_places_and_times_that_are_not_modelled_are_only_listed(table: pd.DataFrame) -> None:
    for name in ("later", "gulf"):
        assert table.loc[name, ["q50", "p", "share_q50", "believed_q50"]].isna().all()
    world = table.loc["world"]
    assert np.isnan(world["p"])
    assert world["share_q50"] == pytest.approx(world["q50"] / 500)


def test_a_total_beyond_all_draws_implies_nothing(table: pd.DataFrame) -> None:
    absurd = table.loc["absurd"]
    assert absurd["p"] < 0.01
    assert np.isnan(absurd["believed_q50"])
    assert absurd["pareto_k"] > 0.7


def test_weighted_quantiles_are_those_of_repeated_values() -> None:
    values = np.random.default_rng(2).normal(size=500)
    counts = np.random.default_rng(3).integers(1, 6, size=500)
    expected = np.quantile(np.repeat(values, counts), [0.1, 0.5, 0.9])
    found = weighted_quantiles(values, counts / counts.sum(), [0.1, 0.5, 0.9])
    assert found == pytest.approx(expected, abs=0.03)


def test_without_totals_there_is_nothing_to_pass(case: Case, tmp_path: Path) -> None:
    bare = read_case(
        write_case(tmp_path / "bare", evidence={"official_total": {"role": "context"}})
    )
    posterior = prior_draws(bare)
    projection = project(bare, posterior.layout, posterior.draws)
    result = held_out_totals(replace(bare), posterior, GATE, projection, seed=1)
    assert result.passed is None
    assert result.table.empty


# Totals of several hosts


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Two hosts that are the world, with a total of it under every definition, and one of asia."""
    unit, dates = "million USD/year", ("2018-01", "2018-12")
    totals = {
        f"{place}_{name}": row(
            f"total_{name}", *dates, "exact", unit, value="150", host=place, role="holdout"
        )
        for place in ("world", "asia")
        for name in DEFINITIONS
    }
    timeline = {"groups": {"asia": ["china"], "world": ["russia", "china"]}}
    folder = tmp_path_factory.mktemp("several") / "case"
    return read_case(write_case(folder, two_hosts=True, evidence=totals, timeline=timeline))


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_total_of_a_group_is_compared_with_its_hosts_sum(several: Case, definition: str) -> None:
    """Under each definition, draw by draw: what is right for one host is no part of it."""
    posterior = prior_draws(several, draws=500)
    projection = project(several, posterior.layout, posterior.draws)
    found = held_out_totals(several, posterior, GATE, projection, seed=1).table.set_index("row")
    dollars = (projection.revenue / projection.per_usd).sel(definition=definition)
    inside = [str(month).startswith("2018") for month in dollars["month"].to_numpy()]
    by_host = dollars.isel(month=inside).sum("month") / 1e6
    for place, hosts in {"world": ["russia", "china"], "asia": ["china"]}.items():
        total = sum(by_host.sel(host=host).to_numpy() for host in hosts)
        line = found.loc[f"{place}_{definition}"]
        assert line["definition"] == definition
        for key, level in (("q50", 0.5), ("q05", 0.05), ("q95", 0.95)):
            assert line[key] == pytest.approx(np.quantile(total, level), rel=1e-9)
        # a total of the case's whole world is no part of a larger one
        assert np.isnan(line["share_q50"])
        above = norm.cdf((log_million(total * 1e6) - np.log(150)) / np.hypot(0.08, 0.08)).mean()
        assert line["p"] == pytest.approx(2 * min(above, 1 - above), abs=0.06)
