"""Power-scaling against refits with the prior that it stands for; widths against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from model.archive.finding import finding
from model.case.case import Case
from model.criticism.refits import yearly_revenue
from model.criticism.sensitivity import (
    ALL,
    BOTH,
    EVIDENCE_RULES,
    KINDS,
    NEITHER,
    PRIOR_ALONE,
    THRESHOLD,
    _noise,
    _sensitivity,
    diagnosis,
    kinds,
    members,
    power_scaling,
    power_tree,
    widened,
    width_refits,
)
from model.equations.quantities import BASIC, DEFINITIONS, GROUPS, HEADLINE
from model.evidence.synthesis import Synthesis, log_quantities, row_densities
from model.question import SamplerOptions
from model.sampling.fitting import Posterior, fit
from model.sampling.parallel import executor
from model.sampling.reweighting import smoothed

LONG = SamplerOptions(draws=2000, tune=500, chains=4, seed=31)
#: Standard errors of a mean that two right fits may differ by.
ALLOWED = 4.5


@pytest.fixture(scope="module")
def long_posterior(tiny_parts: Synthesis) -> Posterior:
    return fit(tiny_parts, LONG)


def log_take(case: Case, posterior: Posterior) -> NDArray[np.float64]:
    yearly = yearly_revenue(case, posterior.layout, posterior.draws)
    return np.log(yearly.sel(definition=HEADLINE, year=case.timeline.headline).to_numpy())


@pytest.mark.slow
@pytest.mark.parametrize("power", [0.8, 1.25])
def test_a_prior_to_a_power_is_a_refit_with_another_width(
    tiny: Case,
    tiny_parts: Synthesis,
    long_posterior: Posterior,
    power: float,
) -> None:
    tree = power_tree(tiny, long_posterior, tiny.timeline.headline)
    log_prior = sum(tree["log_prior"][name].to_numpy().ravel() for name in tree["log_prior"])
    weights, k = smoothed((power - 1.0) * log_prior, 1.0)
    assert k < 0.7
    takes = log_take(tiny, long_posterior)
    weighted = weights @ takes
    everything = list(range(tiny_parts.layout.size))
    parts = widened(tiny_parts, everything, power**-0.5)
    refitted = log_take(tiny, fit(parts, replace(LONG, seed=32)))
    # effective draws: of the weights, and a third of the draws for the chains
    effective = [1.0 / (weights**2).sum() / 3, len(refitted) / 3]
    error = refitted.std() * np.sqrt(sum(1.0 / n for n in effective))
    assert abs(weighted - refitted.mean()) < ALLOWED * error
    # the change itself is larger than the error that is allowed for
    spread = np.sqrt(weights @ (takes - weighted) ** 2)
    assert spread == pytest.approx(refitted.std(), rel=0.1)
    assert (spread > takes.std()) == (power < 1.0)


def test_what_is_scaled_is_the_density(tiny: Case, tiny_posterior: Posterior) -> None:
    tree = power_tree(tiny, tiny_posterior, tiny.timeline.headline)
    parts, flat = (
        tiny_posterior.parts,
        tiny_posterior.normals.reshape(-1, tiny_posterior.parts.size),
    )
    rows = row_densities(parts, flat, log_quantities(parts, flat))
    evidence = tree["log_likelihood"].dataset
    assert sum(evidence.data_vars.values()).to_numpy().ravel() == pytest.approx(rows.sum(axis=1))
    table = tiny.evidence.set_index("id").loc[list(parts.evidence.ids)]
    of_a_base = np.flatnonzero(table["base"] != "")
    assert len(of_a_base)
    assert evidence["shares"].to_numpy().ravel() == pytest.approx(rows[:, of_a_base].sum(axis=1))
    log_prior = sum(tree["log_prior"][name].to_numpy().ravel() for name in tree["log_prior"])
    own = flat[:, : parts.layout.size]
    assert log_prior == pytest.approx(-0.5 * (own**2).sum(axis=1))
    assert set(tree["posterior"]) == set(DEFINITIONS)


def test_every_basic_quantity_is_in_one_group(tiny: Case, tiny_parts: Synthesis) -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted(basic.name for basic in BASIC)
    places = [place for group in members(tiny_parts.layout.labels).values() for place in group]
    assert sorted(places) == list(range(tiny_parts.layout.size))


def test_the_verdict_on_a_definition() -> None:
    assert diagnosis(False, True) == EVIDENCE_RULES
    assert diagnosis(False, False) == NEITHER
    assert diagnosis(True, True) == BOTH
    assert diagnosis(True, False) == PRIOR_ALONE


def test_power_scaling_tells_each_definition(tiny: Case, tiny_posterior: Posterior) -> None:
    result = power_scaling(tiny, tiny_posterior)
    table = result.table.set_index("component")
    assert list(table.columns) == list(DEFINITIONS)
    noise = {f"noise, {ALL}", "noise, evidence"}
    kinds_told = set(kinds(tiny, tiny_posterior.parts.evidence.ids))
    assert kinds_told <= set(KINDS)
    scaled = {"evidence", ALL, *members(tiny_posterior.layout.labels)} | kinds_told
    assert scaled | noise == set(table.index)
    # billings do not depend on the plan's prior ; the payment's prior rules
    assert table.loc["payment", "billings"] > table.loc["counting", "billings"]
    verdicts = {
        name: diagnosis(
            *(
                table.loc[one, name] >= max(THRESHOLD, table.loc[f"noise, {one}", name])
                for one in (ALL, "evidence")
            )
        )
        for name in DEFINITIONS
    }
    for name, verdict in verdicts.items():
        assert finding("scaled", definition=name, verdict=verdict) in result.said
    assert result.passed == (PRIOR_ALONE not in verdicts.values())


def test_noise_is_what_an_unrelated_density_shows(tiny: Case, tiny_posterior: Posterior) -> None:
    """A log density that has nothing to do with the draws is not told to matter."""
    tree = power_tree(tiny, tiny_posterior, tiny.timeline.headline)
    rng = np.random.default_rng(9)
    rows = tree["log_likelihood"]["counts"]
    unrelated = rng.permutation(rows.to_numpy().ravel()).reshape(rows.shape)
    tree["log_likelihood"]["counts"] = rows.copy(data=unrelated)
    noise = _noise(tree, "likelihood", ["counts"], seed=1)
    found = _sensitivity(tree, "likelihood", ["counts"])
    for name in DEFINITIONS:
        assert 0.0 < noise[name] < 1.0
        assert found[name] < 2.0 * noise[name]
    # a density that is the same in every draw cannot be scaled at all
    tree["log_likelihood"]["counts"] = 0.0 * tree["log_likelihood"]["counts"]
    assert _sensitivity(tree, "likelihood", ["counts"]) == dict.fromkeys(DEFINITIONS, 0.0)


@pytest.mark.slow
def test_wider_priors_leave_wider_answers(tiny: Case, tiny_posterior: Posterior) -> None:
    with executor(2) as workers:
        result = width_refits(tiny, tiny_posterior, workers)
    table = result.table.set_index(["priors", "widths"])
    assert table.loc[(ALL, "doubled"), "width_ratio"] > 1.1
    assert table.loc[(ALL, "halved"), "width_ratio"] < 0.9
    # quotas, permits and visas count workers: what they are for each worker hardly matters
    assert table.loc[("counting", "halved"), "median_ratio"] == pytest.approx(1.0, abs=0.15)
    assert result.passed == bool((np.abs(np.log(table["median_ratio"])) <= np.log(1.1)).all())
