"""Simulated cases: truths against an independent sampler, figures against their own densities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import expon, kstest, norm

from model.calibration.simulation import BLOCK, printed, printed_once, silent, truths
from model.case.case import Case
from model.evidence.synthesis import Synthesis, log_quantities, program, synthesis
from model.kernel import recorded as on
from model.kernel.native import evaluate
from model.kernel.tape import Tape

#: Chance that a right program fails one of the comparisons of distributions below.
RARE = 1e-4


def test_truths_are_those_of_prior_and_balance(tiny_parts: Synthesis) -> None:
    """Against rejection from the prior, which a loose balance allows."""
    parts = replace(tiny_parts, closing=(0.4, 0.5, 0.8))
    found = np.concatenate([truths(parts, block, seed=4) for block in range(4)])
    assert found.shape == (4 * BLOCK, parts.size)
    rng = np.random.default_rng(7)
    proposed = rng.normal(size=(120_000, parts.size))
    recorded = program(silent(parts))
    balance = evaluate(recorded, "balance", proposed)
    # the density of accounts that balance is the largest there is
    years, segments = parts.measured.balance
    at_balance = on.balance(
        Tape(years * segments).normals, years, *parts.closing, float(parts.balance_weight[0])
    )
    highest = evaluate(
        at_balance.tape.program(found=at_balance), "found", np.zeros(years * segments)
    )
    accepted = proposed[np.log(rng.random(len(proposed))) < balance.sum(axis=-1) - highest]
    assert len(accepted) > 300
    for place in range(parts.size):
        assert kstest(found[:, place], accepted[:, place]).pvalue > RARE / parts.size, place
    # and the balance does tell: priors alone are another distribution
    moved = [kstest(found[:, k], norm.cdf).pvalue for k in range(parts.size)]
    assert min(moved) < 1e-6


def test_blocks_follow_from_their_number(tiny_parts: Synthesis) -> None:
    first, again = truths(tiny_parts, 0, seed=4), truths(tiny_parts, 0, seed=4)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, truths(tiny_parts, 1, seed=4))
    assert not np.array_equal(first, truths(tiny_parts, 0, seed=5))


def test_figures_are_printed_as_their_hedges_say(tiny_parts: Synthesis) -> None:
    """For one truth, what is printed less what is true: normal, with a tail, or extremes."""
    rng = np.random.default_rng(8)
    truth = rng.normal(size=tiny_parts.size) * 0.3
    log_quantity = log_quantities(tiny_parts, truth)
    said, size = tiny_parts.evidence, tiny_parts.layout.size
    single = np.setdiff1d(np.arange(len(said.ids)), said.spread)
    cases = [printed(tiny_parts, truth, rng).evidence for _ in range(600)]
    apart = np.array([case.log_figure for case in cases]) - log_quantity
    shared = truth[size : size + len(said.origins)]
    for place in single:
        common = said.shared_error[place] * (shared[said.origin[place]] if shared.size else 0.0)
        own = np.sqrt(said.error[place] ** 2 - said.shared_error[place] ** 2)
        expected = common + own * rng.normal(size=20_000)
        expected += said.tail[place] * expon.rvs(size=20_000, random_state=rng)
        assert kstest(apart[:, place], expected).pvalue > RARE, said.ids[place]
    (place,) = said.spread
    shift, deviation = truth[-2:]
    own = np.sqrt(said.error[place] ** 2 - said.shared_error[place] ** 2)
    width = np.exp(tiny_parts.spread_deviation[0] + tiny_parts.spread_deviation[1] * deviation)
    low = apart[:, place] - np.array([case.half_width[place] for case in cases])
    lowest = [
        own * shift + width * rng.normal(size=int(rng.choice(said.units))).min()
        for _ in range(20_000)
    ]
    assert kstest(low, lowest).pvalue > RARE
    assert all((case.half_width[single] == 0.0).all() for case in cases)


def test_a_statement_is_printed_once_by_its_best_copy(real: Case) -> None:
    parts = synthesis(real)
    once = printed_once(parts, real).evidence
    before = dict(zip(parts.evidence.ids, parts.evidence.weight, strict=True))
    after = dict(zip(once.ids, once.weight, strict=True))
    assert set(after.values()) == {0.0, 1.0}
    silenced = {row for row, weight in after.items() if weight == 0.0}
    assert silenced == {"permitted-2018-12-ambassador", "pay-dailynk-sometimes", "wsj-payment"}
    assert all(0.0 < before[row] < 1.0 for row in silenced)
    # an origin keeps as many voices as it has statements
    assert sum(after.values()) == pytest.approx(sum(before.values()))
