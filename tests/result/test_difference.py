"""Differences of estimates: paired if of one fit, at random if not, refused if meaningless."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import model
from model.equations.quantities import DEFINITIONS
from model.result import Estimate
from model.result.difference import INDEPENDENT, PAIRED, NotComparableError
from model.sampling.convergence import median_error
from tests.archive.strangers import resealed
from tests.cases import write_case
from tests.reports.runs import FAILED, write_run, write_scenarios


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("difference")


@pytest.fixture(scope="module")
def estimate(base: Path, tiny_folder: Path) -> Estimate:
    return model.load(write_run(base / "runs", tiny_folder))


@pytest.fixture(scope="module")
def other(base: Path) -> Estimate:
    """Another fit: of a case in which the plan is higher."""
    prior = {"plan": {"p05": 700, "p95": 900, "unit": "USD/month", "basis": "a guess"}}
    case = write_case(base / "other", priors=prior)
    folder = write_run(base / "runs", case, key="ba9876543210")
    resealed(folder, fit="0" * 12)
    return model.load(folder)


def test_one_fit_gives_paired_draws_which_cancel(
    estimate: Estimate, base: Path, tiny_folder: Path
) -> None:
    scenarios = write_scenarios(base / "scenarios")
    same = model.load(write_run(base / "runs", tiny_folder, scenarios, key="123456789abc"))
    found = same - estimate
    assert found.paired
    assert found.note == PAIRED
    table = found.table()
    assert (table[["median", "5%", "95%", "error", "probability_higher"]] == 0.0).all().all()


def test_two_fits_are_set_against_each_other_at_random(estimate: Estimate, other: Estimate) -> None:
    found = other - estimate
    assert not found.paired
    assert found.note == INDEPENDENT
    assert set(found.draws["definition"].to_numpy()) == set(DEFINITIONS)
    row = found.table().loc[2018]
    ours, theirs = (one.draws().sel(period="2018").to_numpy().ravel() for one in (other, estimate))
    # every draw of both is used once
    assert row["mean"] == pytest.approx(ours.mean() - theirs.mean())
    # by convolution: all pairs, of which the shuffled ones are a sample
    every = (ours[:, None] - theirs[None, :]).ravel()
    assert row["sd"] == pytest.approx(every.std(), rel=0.08)
    assert row["probability_higher"] == pytest.approx((every > 0).mean(), abs=0.05)
    low, high = np.quantile(every, [0.05, 0.95])
    assert row["5%"] == pytest.approx(low, abs=0.1 * (high - low))
    assert row["95%"] == pytest.approx(high, abs=0.1 * (high - low))
    assert 0.0 < row["error"] < row["sd"]
    back = (estimate - other).table().loc[2018]
    assert back["mean"] == pytest.approx(-row["mean"])
    assert repr(found).startswith(f"State take of {other.folder.name} less {estimate.folder.name}")
    assert "not paired" in repr(found)
    assert "<table" in found._repr_html_()
    assert "not paired" in found._repr_html_()


def test_what_cannot_be_compared_is_refused(
    estimate: Estimate, base: Path, tiny_folder: Path
) -> None:
    two = model.load(write_run(base / "two", write_case(base / "two_hosts", two_hosts=True)))
    with pytest.raises(NotComparableError, match=r"other hosts or currencies \(russia and russia"):
        estimate - two
    failed = model.load(write_run(base / "failed", tiny_folder, gate=FAILED))
    with pytest.raises(NotComparableError, match="did not converge: do not use its numbers"):
        estimate - failed
    with pytest.raises(TypeError, match="unsupported operand"):
        estimate - 3  # type: ignore[operator]


def test_the_error_of_a_median_is_what_repetition_shows() -> None:
    """Of correlated draws, against the spread of the medians of many sets of chains."""
    rng = np.random.default_rng(1)

    def chains() -> np.ndarray:
        noise = rng.normal(size=(4, 600))
        found = np.zeros_like(noise)
        for place in range(1, 600):
            found[:, place] = 0.6 * found[:, place - 1] + noise[:, place]
        return found[:, 100:]

    sets = [chains() for _ in range(200)]
    told = np.mean([median_error(one) for one in sets])
    shown = np.std([np.median(one) for one in sets])
    assert told == pytest.approx(shown, rel=0.15)


def test_readings_are_not_taken_for_chains_that_do_not_mix() -> None:
    """Draws of two readings lie one behind the other, which is no correlation."""
    rng = np.random.default_rng(2)
    reading = np.repeat([0, 1], [300, 200])

    def mixture() -> np.ndarray:
        return rng.normal(size=(4, 500)) + np.where(reading == 0, 0.0, 1.5)

    sets = [mixture() for _ in range(200)]
    told = np.mean([median_error(one, reading) for one in sets])
    shown = np.std([np.median(one) for one in sets])
    assert told == pytest.approx(shown, rel=0.15)
    assert median_error(np.ones((2, 5))) == 0.0
