"""What drives a revenue: the outcome, its shares and tornado, and the command line."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from model.archive import store
from model.archive.saved_fit import Fitted
from model.case.case import Case, read_case
from model.criticism.refits import yearly_revenue
from model.drivers.__main__ import TABLES
from model.drivers.information import worth_of_quantities
from model.drivers.kept import CORRELATED, Drivers, ask, record, recorded
from model.drivers.outcome import (
    EXCHANGE_RATE,
    TITLES,
    NoSuchRevenueError,
    Outcome,
    effective_draws,
    group_of,
)
from model.drivers.regression import TooFewDrawsError
from model.drivers.shares import NEAR, _near, held_at_ends, shares_of
from model.equations.quantities import BASIC, DEFINITIONS
from model.evidence.synthesis import synthesis
from model.projection.blocks import project
from model.projection.horizon import extended
from model.projection.projection import Projection, Projector
from model.question import WhatIf
from model.sampling.fitting import Posterior
from model.sampling.whatif import changed_parts
from tests.cases import write_case
from tests.drivers.test_information import prospects_text
from tests.drivers.test_regression import noise
from tests.reports import runs

ROOT = Path(__file__).parents[2]
Floats = NDArray[np.float64]

#: Past the last ruble rate of the ECB, March 2022: rates walk at random.
HORIZON = pd.Period("2023-12", freq="M")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Matrices are small: threads of linear algebra would wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def posterior(tiny: Case) -> Posterior:
    """Draws of the prior in the place of a posterior: nothing is compiled or sampled."""
    return runs.prior_draws(tiny, draws=1000, chains=2)


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The small case with a plan so small, and so well paid, that it is surely collected."""
    priors = {"plan": {"p05": 40, "p95": 90}, "payment": {"p05": 150_000, "p95": 250_000}}
    return read_case(write_case(tmp_path_factory.mktemp("covered") / "covered", priors=priors))


@pytest.fixture(scope="module")
def projected(tiny: Case, posterior: Posterior) -> Projection:
    """What happened, and what follows to the end of 2023."""
    longer = extended(tiny, HORIZON)
    return Projector(longer, posterior.layout, posterior.draws, posterior.options.seed).baseline


def outcome_of(case: Case, posterior: Posterior, definition: str = "state_take") -> Outcome:
    projection = project(case, posterior.layout, posterior.draws)
    return Outcome.of(case, posterior, projection, definition, 2018)


def made_up(inputs: Floats, result: Floats) -> Outcome:
    """A outcome of any inputs and result."""
    names = tuple(f"input_{place}" for place in range(inputs.shape[1]))
    groups = tuple("workers" if place % 2 else "plan" for place in range(inputs.shape[1]))
    return Outcome(
        "state_take", 2018, names, groups, ("1",) * len(names), inputs, np.exp(inputs), result,
        float(len(result)), 1,
    )  # fmt: skip


# The outcome


def test_a_subject_is_a_revenue_and_all_that_it_follows_from(
    tiny: Case, posterior: Posterior
) -> None:
    yearly = yearly_revenue(tiny, posterior.layout, posterior.draws)
    for definition in DEFINITIONS:
        outcome = outcome_of(tiny, posterior, definition)
        np.testing.assert_allclose(
            outcome.result, yearly.sel(definition=definition, year=2018).to_numpy()
        )
    outcome = outcome_of(tiny, posterior)
    assert outcome.labels == posterior.layout.labels
    units = {prior.label: prior.unit for prior in tiny.priors}
    assert outcome.units == tuple(units[label] for label in outcome.labels)
    np.testing.assert_array_equal(outcome.natural, posterior.draws)
    assert (outcome.definition, outcome.year, outcome.seed) == ("state_take", 2018, 3)
    assert outcome.varying == list(range(len(outcome.labels)))
    # the scale on which priors are normal, chains end to end: lines of the logs or the logits
    assert outcome.inputs.shape == (2000, posterior.layout.size)
    end_to_end = np.concatenate(list(posterior.normals))
    for place, label in enumerate(outcome.labels):
        natural = outcome.natural[:, place]
        fraction = place >= posterior.layout.supports[0]
        scale = np.log(natural / (1 - natural)) if fraction else np.log(natural)
        for other in (scale, end_to_end[:, place]):
            line = np.corrcoef(other, outcome.inputs[:, place])[0, 1]
            assert line == pytest.approx(1.0), label


def test_every_quantity_is_in_a_group_of_the_table() -> None:
    groups = {basic.name: group_of(basic.name) for basic in BASIC}
    assert set(groups.values()) == set(TITLES) - {EXCHANGE_RATE}
    assert groups["permit_inflow"] == groups["quota_use"] == "workers"
    assert groups["payment"] == groups["utilisation"] == "payment"
    assert groups["vat_rate"] == groups["broker_margin"] == groups["keep_share"] == "others"
    assert groups["plan"] == groups["levies"] == groups["own_firms"] == "plan"
    # a label of a second host, with a part
    assert group_of("china.payment_ratio.dandong_textiles") == "payment"


def test_what_a_run_has_not_is_told_with_what_it_has(
    tiny: Case, posterior: Posterior, projected: Projection
) -> None:
    happened = project(tiny, posterior.layout, posterior.draws)
    known = ", ".join(DEFINITIONS)
    with pytest.raises(NoSuchRevenueError) as caught:
        Outcome.of(tiny, posterior, happened, "profit", 2018)
    assert str(caught.value) == f"'profit' is not a definition; write one of: {known}"
    for year in (2016, 2019, 0):
        with pytest.raises(NoSuchRevenueError) as caught:
            Outcome.of(tiny, posterior, happened, "state_take", year)
        assert str(caught.value) == (
            f"{year} is not a whole year of this run; write one of: 2017, 2018"
        )
    assert Outcome.of(tiny, posterior, projected, "state_take", 2019).year == 2019
    half = replace(
        happened,
        revenue=happened.revenue.isel(month=slice(3, 9)),
        per_usd=happened.per_usd.isel(month=slice(3, 9)),
    )
    with pytest.raises(NoSuchRevenueError, match="write one of: none"):
        Outcome.of(tiny, posterior, half, "state_take", 2017)


def test_only_rates_that_nobody_knows_are_inputs(
    tiny: Case, posterior: Posterior, projected: Projection
) -> None:
    known = Outcome.of(tiny, posterior, projected, "billings", 2021)
    assert known.labels == posterior.layout.labels
    unknown = Outcome.of(tiny, posterior, projected, "billings", 2023)
    assert unknown.labels == (*posterior.layout.labels, "exchange_rate.RUB")
    assert unknown.groups[-1] == EXCHANGE_RATE
    assert unknown.units[-1] == "RUB/USD"
    inside = projected.per_usd["month"].str.startswith("2023").to_numpy()
    mean = projected.per_usd.isel(host=0, month=inside).mean("month").to_numpy()
    np.testing.assert_allclose(unknown.natural[:, -1], mean)
    np.testing.assert_allclose(unknown.inputs[:, -1], np.log(mean))
    assert unknown.varying[-1] == posterior.layout.size


def test_two_hosts_have_two_rates(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "two", two_hosts=True))
    posterior = runs.prior_draws(case, draws=50)
    longer = extended(case, HORIZON)
    projection = Projector(longer, posterior.layout, posterior.draws, 3).baseline
    outcome = Outcome.of(case, posterior, projection, "billings", 2023)
    rates = [label for label in outcome.labels if label.startswith(EXCHANGE_RATE)]
    walks = longer.rates.walks.loc["2023-01":"2023-12"].any()
    assert rates == [f"{EXCHANGE_RATE}.{name}" for name in sorted(walks.index[walks])]
    assert "exchange_rate.RUB" in rates
    by_host = projection.by_year(projection.revenue_usd).sel(definition="billings", year=2023)
    np.testing.assert_allclose(outcome.result, by_host.sum("host").to_numpy())


@pytest.mark.parametrize(
    ("of_inputs", "of_result"), [(0.0, 0.0), (0.9, 0.0), (0.0, 0.9), (0.5, 0.8), (0.9, 0.9)]
)
def test_effective_draws_are_those_of_a_correlation_by_chance(
    of_inputs: float, of_result: float
) -> None:
    """Against how far correlations of unrelated chains scatter: one over the root of the draws."""
    told, correlations = [], []
    for number in range(200):
        rng = np.random.default_rng([6, number])
        inputs, result = noise(1000, 5, rng, of_inputs), noise(1000, 1, rng, of_result)
        chains = [one.reshape(2, 500, -1) for one in (inputs, result)]
        told.append(effective_draws(chains[0], chains[1][..., 0]))
        correlations.append(np.corrcoef(inputs.T, result.T)[-1, :-1])
    scattered = 1.0 / np.square(correlations).mean()
    # a mean square of 1000 correlations, five of each result: 10% at most; chains of 500 that
    # remember ten draws tell their memory to about 10%
    assert np.median(told) == pytest.approx(scattered, rel=0.25)
    assert max(told) <= 1000.0


def test_effective_draws_of_what_does_not_move() -> None:
    rng = np.random.default_rng(7)
    moving = rng.normal(size=(4, 100, 2))
    # nothing that is remembered: there is nothing to be unsure of
    assert effective_draws(np.ones((4, 100, 2)), moving[..., 0]) == 400.0
    known = np.concatenate([moving, np.full((4, 100, 3), 5.0)], axis=-1)
    assert effective_draws(known, moving[..., 1]) == pytest.approx(
        effective_draws(moving, moving[..., 1])
    )


# What is known exactly


@pytest.fixture(scope="module")
def fixed(tiny: Case) -> Posterior:
    """Draws with the plan and a share known exactly, as ``--set`` has them."""
    known = WhatIf(fixed=(("broker_margin", 0.1, ""), ("plan", 700.0, "")))
    parts = changed_parts(synthesis(tiny), tiny, known)
    drawn = runs.prior_draws(tiny, draws=500, chains=2)
    layout = parts.layout
    normals = drawn.normals[..., : layout.size]
    natural = layout.natural(normals)
    return replace(drawn, parts=parts, layout=layout, natural=natural)


def test_what_is_known_exactly_is_left_out(tiny: Case, fixed: Posterior) -> None:
    """Its standard normal is drawn all the same, and means nothing."""
    names = {"broker_margin", "plan"}
    places = {fixed.layout.index[name] for name in names}
    assert all(np.ptp(fixed.draws[:, place]) == 0.0 for place in places)
    outcome = outcome_of(tiny, fixed)
    assert not places & set(outcome.varying)
    held = held_at_ends(tiny, fixed, outcome)
    assert not names & set(held)
    found = shares_of(outcome, held)
    assert not names & set(found.quantities["quantity"])
    assert not names & set(found.correlations.index)
    assert not names & set(worth_of_quantities(outcome)["quantity"])
    # groups count what they consist of, known or not
    assert found.groups["quantities"].sum() == len(outcome.labels)


# Shares


@pytest.mark.parametrize("definition", ["state_take", "billings"])
def test_shares_add_up(tiny: Case, posterior: Posterior, definition: str) -> None:
    outcome = outcome_of(tiny, posterior, definition)
    found = shares_of(outcome)
    table, groups = found.quantities, found.groups
    assert table["share"].sum() == pytest.approx(found.explained)
    assert found.explained > 0.9
    assert (table["share"].diff().dropna() <= 0).all()
    assert set(table["quantity"]) == set(outcome.labels)
    assert list(groups["group"]) == [name for name in TITLES if name != EXCHANGE_RATE]
    assert list(groups["title"]) == [TITLES[name] for name in groups["group"]]
    by_group = table.groupby("group")["share"].sum()
    assert groups["share"].to_numpy() == pytest.approx(by_group[groups["group"]].to_numpy())
    counted = pd.Series(outcome.groups).value_counts()
    assert list(groups["quantities"]) == [counted[name] for name in groups["group"]]
    assert found.numbers["mean"] == pytest.approx(outcome.result.mean())
    assert found.numbers["q95"] == pytest.approx(np.quantile(outcome.result, 0.95))
    assert (found.definition, found.year) == (definition, 2018)
    # independent inputs: first order below share below total, within errors of the draws
    error = 4 * table[["first_order_error", "total_error", "share_error"]].max(axis=1) + 0.01
    assert (table["first_order"] < table["share"] + error).all()
    assert (table["share"] < table["total"] + error).all()
    closed = groups.set_index("group")
    assert (closed["first_order"] < closed["total"] + 0.1).all()
    # plans do not move what is paid
    if definition == "billings":
        shares = closed.loc["plan", ["first_order", "total", "share"]].to_numpy(float)
        assert shares == pytest.approx(np.zeros(3), abs=0.03)


def test_points_of_quantities_and_of_the_result_beside_them(
    tiny: Case, posterior: Posterior
) -> None:
    outcome = outcome_of(tiny, posterior, "billings")
    table = shares_of(outcome, {"plan": (1.0, 2.0)}).quantities.set_index("quantity")
    for name in ("plan", "broker_margin", "permit_exit.open"):
        values = posterior.draws[:, posterior.layout.index[name]]
        line = table.loc[name]
        assert [line["p05"], line["q50"], line["p95"]] == pytest.approx(
            np.quantile(values, [0.05, 0.5, 0.95])
        )
    assert list(table.loc["plan", ["held_p05", "held_p95"]]) == [1.0, 2.0]
    assert table.drop("plan")[["held_p05", "held_p95"]].isna().all(axis=None)
    assert table.loc["plan", "unit"] == "USD/month"
    # with a larger payment go larger billings; a quota's use tells nothing of them
    middle = np.median(outcome.result)
    assert table.loc["payment", "along_p05"] < middle < table.loc["payment", "along_p95"]
    apart = table.loc["quota_use", ["along_p05", "along_p95"]] / middle - 1.0
    # the median of 200 draws whose logs spread by 0.5: 0.5 × 1.25 / sqrt(200) = 0.045
    assert (apart.abs() < 4 * 0.045).all()


def test_correlations_are_symmetric_and_in_the_tables_order() -> None:
    rng = np.random.default_rng(2)
    ties = np.array([[1.0, 0.6, 0.0], [0.6, 1.0, -0.5], [0.0, -0.5, 1.0]])
    inputs = rng.normal(size=(4000, 3)) @ np.linalg.cholesky(ties).T
    outcome = made_up(inputs, inputs @ np.array([0.1, 0.5, 2.0]) + rng.normal(size=4000))
    found = shares_of(outcome)
    order = list(found.quantities["quantity"])
    assert order[0] == "input_2"
    assert list(found.correlations.index) == list(found.correlations.columns) == order
    matrix = found.correlations.to_numpy()
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)
    assert np.diag(matrix) == pytest.approx(np.ones(3))
    places = [int(name[-1]) for name in order]
    # four standard errors of a correlation of 4000 draws
    assert matrix == pytest.approx(ties[np.ix_(places, places)], abs=4 / np.sqrt(4000))


def test_one_quantity_alone() -> None:
    rng = np.random.default_rng(3)
    inputs = np.column_stack([rng.normal(size=1000), np.ones(1000)])
    found = shares_of(made_up(inputs, 2.0 * inputs[:, 0] + rng.normal(size=1000)))
    assert list(found.quantities["quantity"]) == ["input_0"]
    # 0.77 / sqrt(1000) = 0.024
    for kind in ("first_order", "total", "share"):
        assert found.quantities[kind][0] == pytest.approx(0.8, abs=0.1)
    assert found.correlations.to_numpy() == pytest.approx(np.ones((1, 1)))
    assert found.groups.set_index("group")["share"].to_dict() == pytest.approx(
        {"workers": 0.0, "plan": found.explained}
    )


def test_knowing_a_quantity_is_one_number_in_both_tables() -> None:
    """Its first-order share is the variance that goes when it is known, whatever ties there are.

    The first input is tied to the second by a parabola, and the result follows the second by a
    line: a regression on both needs no more than lines, one on the first alone does. Six times,
    for a regression on both may take curves by chance.
    """
    for number in range(6):
        rng = np.random.default_rng([4, number])
        one = rng.normal(size=4000)
        two = one**2 + 0.5 * rng.normal(size=4000)
        result = two + 0.3 * rng.normal(size=4000)
        outcome = made_up(np.column_stack([one, two]), result)
        first = shares_of(outcome).quantities.set_index("quantity")["first_order"]
        knowing = worth_of_quantities(outcome).set_index("quantity")["variance_share"]
        # Var(one²) = 2 of 2 + 0.25 + 0.09; a square's share is known to 0.02
        assert knowing["input_0"] == pytest.approx(2.0 / 2.34, abs=0.08)
        assert first["input_0"] == pytest.approx(knowing["input_0"], abs=0.02)
        assert first["input_1"] == pytest.approx(knowing["input_1"], abs=0.02)


@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_errors_are_the_spread_over_data_sets(memory: float) -> None:
    """The jackknife's error is the spread of the estimate over data sets, within a quarter.

    With 30 data sets their spread is known to 13%; the error itself varies by a sixth. The mean
    of nine of them is better known, to some 6%.
    """
    root = np.linalg.cholesky(np.array([[1.0, 0.6, 0.0], [0.6, 1.0, -0.3], [0.0, -0.3, 1.0]]))
    kinds = ["first_order", "total", "share"]
    found, errors = [], []
    for number in range(30):
        rng = np.random.default_rng([12, number])
        inputs = noise(1200, 3, rng, memory) @ root.T
        result = inputs @ np.array([1.0, 0.5, 0.3]) + 0.5 * noise(1200, 1, rng, memory)[:, 0]
        table = shares_of(made_up(inputs, result)).quantities.sort_values("quantity")
        found.append(table[kinds].to_numpy())
        errors.append(table[[f"{kind}_error" for kind in kinds]].to_numpy())
    ratios = np.sqrt(np.mean(np.square(errors), axis=0)) / np.std(found, axis=0, ddof=1)
    assert np.exp(np.log(ratios).mean()) == pytest.approx(1.0, abs=0.25)
    assert (ratios > 0.5).all()
    assert (ratios < 2.0).all()


def test_a_rate_that_nobody_knows_has_its_share(covered: Case) -> None:
    """Of billings, paid in rubles; a plan set in dollars, if covered, is the same at any rate."""
    # all else a tenth as uncertain, so that the rate matters
    posterior = runs.prior_draws(covered, draws=1000, chains=2)
    layout = posterior.layout
    normals = 0.1 * posterior.normals
    natural = layout.natural(normals[..., : layout.size])
    surer = replace(posterior, normals=normals, natural=natural)
    projected = Projector(extended(covered, HORIZON), layout, surer.draws, seed=3).baseline
    of_billings = Outcome.of(covered, surer, projected, "billings", 2023)
    found = shares_of(of_billings)
    table = found.quantities.set_index("quantity")
    assert list(found.groups["group"]) == list(TITLES)
    # by hand: the mean within each of forty stretches of the rate, less what chance has them vary
    order = np.argsort(of_billings.natural[:, -1])
    stretches = np.array_split(of_billings.result[order], 40)
    within = np.mean([one.var(ddof=1) for one in stretches])
    between = np.var([one.mean() for one in stretches], ddof=1) - within / 50
    share = between / of_billings.result.var()
    assert share > 0.5
    # both from the same draws; stretches lose a little of what a line keeps
    for kind in ("first_order", "total", "share"):
        assert table.loc["exchange_rate.RUB", kind] == pytest.approx(share, abs=0.03)
    assert table.loc["exchange_rate.RUB", "along_p05"] > table.loc["exchange_rate.RUB", "along_p95"]
    assert table["group"].iloc[0] == EXCHANGE_RATE
    of_plan = shares_of(Outcome.of(covered, surer, projected, "plan_collected", 2023))
    for kind in ("first_order", "total", "share"):
        nothing = of_plan.quantities.set_index("quantity").loc["exchange_rate.RUB", kind]
        assert nothing == pytest.approx(0.0, abs=0.01)


def test_too_few_draws_are_told(tiny: Case) -> None:
    posterior = runs.prior_draws(tiny, draws=100, chains=2)
    with pytest.raises(TooFewDrawsError, match="draws are too few"):
        shares_of(outcome_of(tiny, posterior))


# The tornado


def test_held_at_ends_is_the_accounts_computed_anew(tiny: Case, posterior: Posterior) -> None:
    """Against the whole model on draws of which one column was overwritten."""
    happened = project(tiny, posterior.layout, posterior.draws)
    for definition, year in (("state_take", 2018), ("surplus", 2018), ("billings", 2017)):
        outcome = Outcome.of(tiny, posterior, happened, definition, year)
        held = held_at_ends(tiny, posterior, outcome)
        assert set(held) == set(posterior.layout.labels)
        some = posterior.draws[::5]

        def median(draws: Floats, definition: str = definition, year: int = year) -> float:
            yearly = yearly_revenue(tiny, posterior.layout, draws)
            return float(yearly.sel(definition=definition, year=year).median())

        for name in ("plan", "payment", "permit_exit.open", "keep_share", "quota_use"):
            place = posterior.layout.index[name]
            for end, level in zip(held[name], (0.05, 0.95), strict=True):
                changed = some.copy()
                changed[:, place] = np.quantile(posterior.draws[:, place], level)
                expected = np.median(outcome.result) + median(changed) - median(some)
                assert end == pytest.approx(expected, rel=1e-9)


def test_a_payment_twice_as_large_bills_twice_as_much(tiny: Case, posterior: Posterior) -> None:
    outcome = outcome_of(tiny, posterior, "billings")
    place = posterior.layout.index["payment"]
    low, high = np.quantile(posterior.draws[:, place], [0.05, 0.95])
    of_one = np.median(outcome.result[::5] / posterior.draws[::5, place])
    ends = held_at_ends(tiny, posterior, outcome)
    assert np.ptp(ends["payment"]) == pytest.approx(of_one * (high - low), rel=1e-9)
    # nothing of the billings follows from how much of a quota is used
    middle = float(np.median(outcome.result))
    assert ends["quota_use"] == pytest.approx((middle, middle))


@pytest.mark.parametrize("name", ["plan", "levies"])
def test_a_covered_plan_twice_as_large_collects_twice_as_much(covered: Case, name: str) -> None:
    posterior = runs.prior_draws(covered, draws=1000, chains=2)
    outcome = outcome_of(covered, posterior, "plan_collected")
    place = posterior.layout.index[name]
    low, high = np.quantile(posterior.draws[:, place], [0.05, 0.95])
    of_one = np.median(outcome.result[::5] / posterior.draws[::5, place])
    ends = held_at_ends(covered, posterior, outcome)[name]
    # the corner between claim and available is rounded: far from it next to nothing is missing
    assert ends[1] - ends[0] == pytest.approx(of_one * (high - low), rel=0.01)


def test_a_tornado_past_the_data(tiny: Case, posterior: Posterior, projected: Projection) -> None:
    longer = extended(tiny, HORIZON)
    outcome = Outcome.of(tiny, posterior, projected, "state_take", 2023)
    held = held_at_ends(longer, posterior, outcome)
    assert set(held) == set(posterior.layout.labels)
    assert held["plan"][0] < np.median(outcome.result) < held["plan"][1]
    table = shares_of(outcome, held).quantities.set_index("quantity")
    assert np.isnan(table.loc["exchange_rate.RUB", "held_p05"])


def test_near_an_end_is_a_tenth_of_the_draws_around_it() -> None:
    rng = np.random.default_rng(5)
    values = rng.permutation(10_000) / 10_000
    assert NEAR == 0.1
    assert _near(values, values, 0.05) == pytest.approx(0.05, abs=1e-3)
    assert _near(values, values, 0.95) == pytest.approx(0.95, abs=1e-3)
    # a result that falls, and one that has nothing to do with it
    assert _near(values, -(values**3), 0.95) == pytest.approx(-(0.95**3), abs=1e-2)
    noise = rng.normal(size=10_000)
    # the median of 1000 draws: 1.25 / sqrt(1000) = 0.04
    assert _near(values, noise, 0.05) == pytest.approx(np.median(noise), abs=4 * 0.04)
    # with noise: what lies beyond the end pulls a little further than what lies within
    score = rng.normal(size=100_000)
    result = 0.6 * score + 0.8 * rng.normal(size=100_000)
    assert _near(score, result, 0.95) == pytest.approx(0.6 * 1.645, rel=0.1)
    assert _near(np.arange(10.0), np.arange(10.0), 0.95) == 9.0


# As JSON


@pytest.fixture(scope="module")
def answer(tiny_run: Path) -> Drivers:
    return ask(tiny_run, "state_take")


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the small case with prospects, its draws the prior's, to the end of 2023."""
    folder = tmp_path_factory.mktemp("drivers")
    text = prospects_text(
        {
            "plan": {"prospect": "report", "quantity": "plan", "title": "A report of the plan"},
            "count": {
                "prospect": "register", "quantity": "permitted", "reliability": "A",
                "start": "2017-12", "end": "2017-12", "title": "A register",
            },
        }
    )  # fmt: skip
    inputs = write_case(folder / "case", prospects_csv=text)
    scenario = folder / "later.toml"
    scenario.write_text(
        'title = "Later"\ndescription = "Nothing else."\nhorizon = "2023-12"\n'
        '[[changes]]\nquantity = "plan"\nfrom = "2018-01"\nscale = 2\n'
    )
    return runs.write_run(folder / "runs", inputs, [scenario])


def test_an_answer_is_json_and_back(answer: Drivers) -> None:
    content = json.loads(json.dumps(answer.content(), allow_nan=False))
    again = Drivers.from_content(content)
    assert again.content() == answer.content()
    assert again.name == answer.name == "state_take 2018"
    assert tuple(again.tables) == TABLES
    for name, table in answer.tables.items():
        pd.testing.assert_frame_equal(
            again.tables[name], table, rtol=1e-7, check_dtype=False, obj=name
        )
    assert again.numbers == pytest.approx(answer.numbers)
    assert (again.explained, again.degree) == (pytest.approx(answer.explained), answer.degree)


def test_an_answer_is_what_its_parts_say(answer: Drivers, tiny_run: Path) -> None:
    fitted = Fitted.saved(tiny_run)
    outcome = Outcome.of(fitted.case, fitted.posterior, fitted.projection, "state_take", 2018)
    assert answer.numbers["q50"] == pytest.approx(np.median(outcome.result))
    assert len(answer.tables["correlations"]) == CORRELATED
    assert list(answer.groups["share"]) == sorted(answer.tables["groups"]["share"], reverse=True)
    assert "plan" in answer.quantities.index
    first = list(answer.quantities.index[:CORRELATED])
    assert list(answer.correlations.index) == list(answer.correlations.columns) == first
    assert np.diag(answer.correlations) == pytest.approx(np.ones(CORRELATED))
    knowing = worth_of_quantities(outcome).set_index("quantity")
    pd.testing.assert_frame_equal(answer.knowing, knowing)
    assert list(answer.prospects.index) == ["A register", "A report of the plan"]
    # numbers are those of the run
    annual = store.read_summary(tiny_run)["scenarios"]["baseline"]["annual"]
    for name, value in annual["2018"]["state_take"]["usd"].items():
        assert answer.numbers[name] == pytest.approx(value, rel=1e-6)
    later = ask(tiny_run, "billings", 2023)
    for name, value in annual["2023"]["billings"]["usd"].items():
        assert later.numbers[name] == pytest.approx(value, rel=1e-6)
    assert later.tables["groups"]["group"].iloc[-1] == EXCHANGE_RATE


def test_answers_are_kept_side_by_side(answer: Drivers, tiny_run: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_run, tmp_path / "runs" / tiny_run.name))
    assert recorded(folder, "state_take", 2018) is None
    other = replace(answer, year=2017)
    record(folder, other)
    record(folder, answer)
    asked = json.loads((folder / store.DRIVERS).read_text())
    assert list(asked["asked"]) == ["state_take 2017", "state_take 2018"]
    assert asked["schema"] == store.SCHEMA
    found = recorded(folder, "state_take", 2017)
    assert found is not None
    assert found.content() == other.content()
    assert recorded(folder, "billings", 2018) is None
    assert store.DRIVERS in store.check_run(folder)["files"]
    # once more changes no byte, in whatever order
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    record(folder, other)
    after = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    assert after == before

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(folder, replace(answer, year=2016), stop)
    assert before == {path: path.read_bytes() for path in before}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


# The command line


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "model.drivers", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def run(tiny_run: Path, tmp_path: Path) -> Path:
    """A copy of the run that may be harmed."""
    return Path(shutil.copytree(tiny_run, tmp_path / "runs" / tiny_run.name))


@pytest.fixture(scope="module")
def asked(
    tiny_run: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A copy of the run that was asked once, and what was said."""
    output = tmp_path_factory.mktemp("asked")
    folder = Path(shutil.copytree(tiny_run, output / tiny_run.name))
    return folder, command("case", "--runs", output)


Asked = tuple[Path, subprocess.CompletedProcess[str]]


def test_what_drives_a_run_is_told_and_kept(asked: Asked, answer: Drivers) -> None:
    folder, done = asked
    assert done.returncode == 0, done.stderr
    assert f"Read {folder}: A small case" in done.stderr
    assert f"Wrote {folder / store.DRIVERS}" in done.stderr
    assert "\x1b[" not in done.stdout + done.stderr, "piped output is plain"
    for title in ("Workers", "Payment", "What others take", "The state's plan"):
        assert title in done.stdout
    assert "Exchange rate" not in done.stdout
    assert "The state take of 2018 is " in done.stdout
    assert "A report of the plan" in done.stdout
    assert "one more source" in done.stdout
    first = answer.tables["quantities"].iloc[0]
    line = next(one for one in done.stdout.splitlines() if one.startswith(first["quantity"]))
    assert f"{100 * first['share']:.0f}%" in line
    assert f"{first['p05']:.4g} to {first['p95']:.4g} {first['unit']}" in line
    manifest = store.check_run(folder)
    assert store.DRIVERS in manifest["files"]
    kept = recorded(folder, "state_take", 2018)
    assert kept is not None
    assert kept.content() == answer.content()


def test_asked_again_it_is_read(asked: Asked) -> None:
    folder, done = asked
    before = contents(folder)
    again = command("case-0123", "--runs", folder.parent)
    assert again.returncode == 0
    assert "Already computed; read from the run" in again.stderr
    assert again.stdout == done.stdout
    assert contents(folder) == before


def test_computed_anew_the_bytes_are_the_same(asked: Asked) -> None:
    folder, done = asked
    before = contents(folder)
    again = command(folder, "--fresh")
    assert "Already computed" not in again.stderr
    assert again.stdout == done.stdout
    assert contents(folder) == before


def test_json_and_csv_print_only_that(asked: Asked, answer: Drivers) -> None:
    folder, _ = asked
    told = command(folder, "--format", "json")
    assert told.stderr == ""
    assert json.loads(told.stdout) == json.loads(json.dumps(answer.content()))
    for name in ("quantities", "prospects"):
        printed = command(folder, "--format", "csv", "--show", name)
        assert (printed.returncode, printed.stderr) == (0, "")
        table = pd.read_csv(io.StringIO(printed.stdout))
        expected = answer.tables[name]
        assert list(table.columns) == list(expected.columns)
        assert len(table) == len(expected)
        numbers = expected.select_dtypes("number").columns
        pd.testing.assert_frame_equal(
            table[numbers], expected[numbers].reset_index(drop=True), rtol=1e-6, check_dtype=False
        )
    one = json.loads(command(folder, "--format", "json", "--show", "groups").stdout)
    assert one["columns"][0] == "group"
    shown = command(folder, "--show", "knowing")
    assert "variance_share" in shown.stdout
    assert "quota_use" in shown.stdout


def test_the_first_time_prints_what_every_other_prints(run: Path) -> None:
    """Whatever the format: an answer that is computed has the digits of one that is kept."""
    first = command(run, "--format", "csv", "--show", "quantities")
    assert first.returncode == 0, first.stderr
    assert (run / store.DRIVERS).exists()
    again = command(run, "--format", "csv", "--show", "quantities")
    assert again.stdout == first.stdout


def test_another_year_is_another_answer(asked: Asked, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(asked[0], tmp_path / asked[0].name))
    done = command(folder, "--what", "billings", "--year", "2023")
    assert done.returncode == 0, done.stderr
    assert "The billings of 2023 is " in done.stdout
    assert "Exchange rate" in done.stdout
    kept = json.loads((folder / store.DRIVERS).read_text())["asked"]
    assert list(kept) == ["billings 2023", "state_take 2018"]


def test_sources_of_another_file_are_told_and_not_kept(asked: Asked, tmp_path: Path) -> None:
    folder, done = asked
    before = contents(folder)
    (tmp_path / "mine.csv").write_text(
        prospects_text({"mine": {"quantity": "levies", "title": "Mine alone"}})
    )
    other = command(folder, "--prospects", tmp_path / "mine.csv")
    assert other.returncode == 0, other.stderr
    assert "Mine alone" in other.stdout
    assert "A register" not in other.stdout
    assert contents(folder) == before
    # what does not hang on the sources is the same
    until = done.stdout.index("Value of further information")
    assert other.stdout[:until] == done.stdout[:until]


FAULTY = [
    (["nothing"], "there is no run 'nothing'"),
    (["case", "--show", "all"], "there is no table 'all'; write one of: groups,"),
    (["case", "--format", "csv"], "name it with --show; one of: groups,"),
    (["case", "--format", "xml"], "'xml' is not one of"),
    (["case", "--what", "profit"], "'profit' is not a definition; write one of: billings,"),
    (["case", "--year", "2016"], "2016 is not a whole year of this run; write one of: 2017, 2018,"),
    (["case", "--year", "soon"], "unable to parse string as an integer"),
    (["case", "--prospects", "nowhere.csv"], "there is no file nowhere.csv"),
    (["case", "--prospects", "pyproject.toml"], "pyproject.toml, row 1"),
    ([], "Missing argument"),
]


@pytest.mark.parametrize(("arguments", "said"), FAULTY, ids=[" ".join(one) for one, _ in FAULTY])
def test_faulty_arguments_are_told_and_nothing_is_written(
    run: Path, arguments: list[str], said: str
) -> None:
    before = contents(run)
    done = command(*arguments, "--runs", run.parent)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert contents(run) == before


def test_a_run_that_was_harmed_is_not_used(run: Path) -> None:
    manifest = (run / store.MANIFEST).read_text()
    older = json.loads(manifest)
    older["versions"]["source"] = "0" * 12
    store.write_json(run / store.MANIFEST, store.sealed(older))
    done = command("case", "--runs", run.parent)
    assert done.returncode == 2
    assert "another version of this program" in " ".join(done.stderr.split())
    (run / store.MANIFEST).write_text(manifest)
    (run / store.SUMMARY).write_text("{}")
    done = command("case", "--runs", run.parent)
    assert done.returncode == 2
    assert "summary.json was changed after it was written; nothing was computed" in " ".join(
        done.stderr.split()
    )
    assert not (run / store.DRIVERS).exists()


def test_an_answer_that_was_harmed_is_not_used(asked: Asked, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(asked[0], tmp_path / asked[0].name))
    (folder / store.DRIVERS).write_text('{"asked": {}}')
    done = command(folder)
    assert done.returncode == 2
    assert "drivers.json was changed after it was written" in " ".join(done.stderr.split())


def test_too_few_draws_write_nothing(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "prior_draws", partial(runs.prior_draws, draws=200, chains=2))
    folder = runs.write_run(tmp_path / "runs", tiny_folder)
    before = contents(folder)
    done = command(folder)
    assert done.returncode == 2
    assert re.search(r"\d+ draws are too few .* needs at least 4\d0; nothing was written",
                     " ".join(done.stderr.split()))  # fmt: skip
    assert contents(folder) == before


def test_a_case_without_prospects_says_so(tiny_folder: Path, tmp_path: Path) -> None:
    folder = runs.write_run(tmp_path / "runs", tiny_folder, gate=runs.FAILED)
    done = command(folder)
    assert done.returncode == 3
    assert "NOT CONVERGED: do not use these numbers." in done.stderr
    assert "The case has no prospects.csv" in done.stdout
    assert store.DRIVERS in store.check_run(folder)["files"]
    again = command(folder, "--format", "json")
    assert again.returncode == 3
    assert again.stderr == "NOT CONVERGED: do not use these numbers.\n"
    assert json.loads(again.stdout)["tables"]["prospects"]["rows"] == []


def test_interrupted_the_run_is_as_it_was(run: Path) -> None:
    before = contents(run)
    process = subprocess.Popen(
        [sys.executable, "-m", "model.drivers", str(run)],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Read ")
    os.kill(process.pid, signal.SIGINT)
    told, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted; nothing was written." in said
    assert "Traceback" not in said
    assert told == ""
    assert contents(run) == before
    assert [path.name for path in run.parent.iterdir()] == [run.name]


def test_help_answers_without_the_numerical_libraries() -> None:
    code = (
        "import sys, model.drivers.__main__; "
        "print({'numpy', 'pandas', 'pymc', 'pytensor', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.slow
def test_a_fitted_run_is_asked(tiny_folder: Path, tmp_path: Path) -> None:
    """From a real fit with something known exactly: what it says holds together."""
    output = tmp_path / "runs"
    done = subprocess.run(
        [sys.executable, "-m", "model.estimate", "--inputs", str(tiny_folder), "--output",
         str(output), "--set", "broker_margin=0.1", "--quiet", "--draws", "500", "--tune", "300",
         "--chains", "2"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr
    (folder,) = store.run_folders(output)
    told = command("tiny", "--runs", output, "--format", "json")
    assert told.returncode == done.returncode, told.stderr
    content = json.loads(told.stdout)
    found = Drivers.from_content(content)
    assert found.explained > 0.9
    assert found.tables["quantities"]["share"].sum() == pytest.approx(found.explained, abs=1e-6)
    assert "broker_margin" not in found.quantities.index
    assert content == json.loads((folder / store.DRIVERS).read_text())["asked"]["state_take 2018"]
    # the evidence ties quantities, which no prior does
    assert abs(found.correlations.to_numpy(float) - np.eye(len(found.correlations))).max() > 0.2
