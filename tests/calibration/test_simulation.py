"""Simulated cases: truths against rejection, figures against their own densities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import expon, kstest

from model.calibration.simulation import printed, printed_once, truth_of
from model.case.case import Case
from model.evidence.row_equations import LEAST
from model.evidence.synthesis import Synthesis, log_quantities, synthesis

#: Chance that a right program fails one of the comparisons of distributions below.
RARE = 1e-4


def test_truths_are_draws_of_the_priors_of_which_figures_can_be_printed(
    tiny_parts: Synthesis,
) -> None:
    """Against rejection: of each row something is left."""
    found = np.array([truth_of(tiny_parts, number, seed=4) for number in range(400)])
    assert found.shape == (400, tiny_parts.size)
    proposed = np.random.default_rng(7).normal(size=(4_000, tiny_parts.size))
    least = log_quantities(tiny_parts, proposed).min(axis=1)
    accepted = proposed[least > np.log(LEAST) / 2]
    assert 2_000 < len(accepted) < 4_000
    for place in range(tiny_parts.size):
        p_value = kstest(found[:, place], accepted[:, place]).pvalue
        assert p_value > RARE / tiny_parts.size, place
    assert (log_quantities(tiny_parts, found).min(axis=1) > np.log(LEAST) / 2).all()


def test_truths_follow_from_their_number(tiny_parts: Synthesis) -> None:
    first, again = truth_of(tiny_parts, 0, seed=4), truth_of(tiny_parts, 0, seed=4)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, truth_of(tiny_parts, 1, seed=4))
    assert not np.array_equal(first, truth_of(tiny_parts, 0, seed=5))


def test_figures_are_printed_as_their_hedges_say(tiny_parts: Synthesis) -> None:
    """For one truth, what is printed less what is true: normal, with a tail, or extremes."""
    rng = np.random.default_rng(8)
    truth = rng.normal(size=tiny_parts.size) * 0.3
    log_quantity = log_quantities(tiny_parts, truth)
    said = tiny_parts.evidence
    single = np.setdiff1d(np.arange(len(said.ids)), said.spread)
    cases = [printed(tiny_parts, truth, rng).evidence for _ in range(600)]
    apart = np.array([case.log_figure for case in cases]) - log_quantity
    letters, shared, _, _, score = tiny_parts.errors(truth)
    factor = np.exp(said.letter_sd * letters)
    chances, added = zip(*said.scales, strict=True)

    def errors(place: int) -> np.ndarray:
        own = said.own_error[place] * factor[said.letter[place]]
        sd = np.hypot(own, rng.choice(added, size=20_000, p=chances))
        return np.asarray(sd * rng.normal(size=20_000))

    for place in single:
        loading = said.shared_error[place] * factor[said.shared_letter[place]]
        common = loading * shared[said.origin[place]] if said.origin[place] >= 0 else 0.0
        expected = common + errors(place)
        expected += said.tail[place] * expon.rvs(size=20_000, random_state=rng)
        assert kstest(apart[:, place], expected).pvalue > RARE, said.ids[place]
    (place,) = said.spread
    width = np.exp(tiny_parts.spread_deviation[0] + tiny_parts.spread_deviation[1] * score[0])
    low = apart[:, place] - np.array([case.half_width[place] for case in cases])
    # the quantity is the mean of the units, whose logs lie half their variance lower
    lowest = errors(place) - width**2 / 2
    lowest += [width * rng.normal(size=int(rng.choice(said.units))).min() for _ in lowest]
    assert kstest(low, lowest).pvalue > RARE
    assert all((case.half_width[single] == 0.0).all() for case in cases)


def test_a_statement_is_printed_once_by_its_best_copy(real: Case) -> None:
    parts = synthesis(real)
    once = printed_once(parts, real).evidence
    before = dict(zip(parts.evidence.ids, parts.evidence.weight, strict=True))
    after = dict(zip(once.ids, once.weight, strict=True))
    assert set(after.values()) == {0.0, 1.0}
    silenced = {row for row, weight in after.items() if weight == 0.0}
    assert silenced == {"permitted-2018-12-ambassador", "pay-dailynk-sometimes", "plan-not-reduced"}
    assert all(0.0 < before[row] < 1.0 for row in silenced)
    # an origin keeps as many voices as it has statements
    assert sum(after.values()) == pytest.approx(sum(before.values()))
