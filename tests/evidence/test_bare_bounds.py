"""``below`` and ``above``: bounds without a shape, nought and "<5" among them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from model.calibration.simulation import hedged
from model.case.case import read_case
from model.case.faults import CaseError
from model.case.hedges import likelihood_of_truth
from model.evidence.synthesis import error_sizes, synthesis
from model.kernel.hedge_densities import tailed_logpdf
from model.projection.prediction import replicate, tail_probability
from tests.cases import row, write_case

PERMITS = ("2018-11", "2018-12")


def few(qualifier: str, value: str, **cells: str) -> dict[str, dict[str, str]]:
    return {"few": row("new_permits", *PERMITS, qualifier, "permits", value=value, **cells)}


@pytest.mark.parametrize("off", [(0.0, 1.0), (0.1, 0.8)])
@pytest.mark.parametrize("tail", [math.inf, -math.inf])
def test_a_bound_is_the_probability_of_its_side(tail: float, off: tuple[float, float]) -> None:
    x, sd = np.linspace(-3.0, 3.0, 61), 0.2
    sign = math.copysign(1.0, tail)
    share, by = off
    among = [(1.0 - share, 0.0), *((share / 3, by / size) for size in (1, 2, 4))]
    expected = sum(p * stats.norm.cdf(sign * x / np.hypot(sd, added)) for p, added in among)
    np.testing.assert_allclose(np.exp(tailed_logpdf(x, sd, tail, off)), expected, rtol=1e-12)


@pytest.mark.parametrize("tail", [math.inf, -math.inf])
def test_its_log_is_exact_far_out(tail: float) -> None:
    x = np.array([-8.0, -2.0, 0.0, 2.0, 8.0])
    expected = stats.norm.logcdf(math.copysign(1.0, tail) * x / 0.2)
    np.testing.assert_allclose(tailed_logpdf(x, 0.2, tail), expected, rtol=1e-12, atol=1e-15)


def test_one_to_four_are_equally_likely_below_five(tmp_path: Path) -> None:
    """``<5``: with a shape, as of ``up_to``, one would be far less likely than four."""
    reading = read_case(write_case(tmp_path)).reading
    bound = likelihood_of_truth(reading, "below", 5.0, "B2")
    at = np.interp([1.0, 2.0, 3.0, 4.0, 20.0], bound.index, bound)
    assert (at[:3] > 0.98).all()
    assert at[3] > 0.9
    assert at[4] < 0.05
    shaped = likelihood_of_truth(reading, "up_to", 5.0, "B2")
    assert np.interp(1.0, shaped.index, shaped) < 0.1


@pytest.mark.parametrize(("value", "bound"), [("5", 5.0), ("0", 1.0)])
def test_nought_is_fewer_than_one(value: str, bound: float, tmp_path: Path) -> None:
    said = synthesis(read_case(write_case(tmp_path, evidence=few("below", value)))).evidence
    place = said.ids.index("few")
    assert said.log_figure[place] == pytest.approx(math.log(bound))
    assert said.tail[place] == math.inf
    assert said.bound.sum() == 1


@pytest.mark.parametrize("qualifier", ["exact", "about", "up_to", "at_least", "above"])
def test_nought_in_other_words_is_told_how_to_write_it(qualifier: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="count of nought is a bound: write 'below' and 1"):
        read_case(write_case(tmp_path, evidence=few(qualifier, "0")))


def test_no_money_is_a_bound_too_but_not_by_itself(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="least that would have been seen"):
        read_case(write_case(tmp_path, evidence={"plan": {"value": "0", "qualifier": "below"}}))


def test_a_bound_is_published_where_it_was_drawn(tmp_path: Path) -> None:
    """A simulated figure beyond a bound makes the bound one on its other side."""
    parts = synthesis(read_case(write_case(tmp_path, evidence=few("below", "5"))))
    place = parts.evidence.ids.index("few")
    for meant, tail in ((3.0, math.inf), (8.0, -math.inf)):
        figures = np.zeros(len(parts.evidence.ids))
        figures[place] = math.log(meant)
        found = hedged(parts, figures, np.zeros(1), np.random.default_rng(1)).evidence
        assert found.log_figure[place] == parts.evidence.log_figure[place]
        assert found.tail[place] == tail


def test_its_tail_probability_is_that_it_holds(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path, evidence=few("below", "5")))
    parts = synthesis(case)
    said, place = parts.evidence, parts.evidence.ids.index("few")
    log_quantity = np.zeros((20_000, len(said.ids)))
    log_quantity[:, place] = math.log(4.0)
    sizes = error_sizes(parts, np.zeros((20_000, parts.size)))
    figures = replicate(said, log_quantity, np.random.default_rng(2), case.reading, sizes)
    above = float((figures[:, place] > said.log_figure[place]).mean())
    found = tail_probability(above, said.tail[place])
    among = [p * stats.norm.cdf(math.log(5 / 4) / np.hypot(said.error[place], by))
             for p, by in said.scales]  # fmt: skip
    assert found == pytest.approx(sum(among), abs=0.01)
