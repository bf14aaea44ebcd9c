"""The sampler: convergence gate, what-if by data, recovery of known quantities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy import stats

from model.case.case import Case
from model.evidence.economy import Layout
from model.evidence.row_equations import LEAST, log_quantities
from model.evidence.synthesis import Synthesis, program, synthesis
from model.kernel.native import Map, density
from model.kernel.program import Program
from model.kernel.tape import Tape
from model.projection.blocks import project
from model.question import SamplerOptions, WhatIf
from model.sampling import fitting, whitening
from model.sampling.convergence import convergence
from model.sampling.fitting import Posterior, fit
from model.sampling.whatif import changed_parts
from model.sampling.whitening import (
    FLAT,
    SLOPES,
    STILL,
    curvature_map,
    fitted_bends,
    pilot_map,
    triangle,
)
from tests.conftest import SHORT


def test_gate_passes_good_chains_and_stops_bad_ones() -> None:
    rng = np.random.default_rng(0)
    good = rng.normal(size=(4, 1000))
    none, one = np.zeros((4, 1000), bool), np.zeros((4, 1000), bool)
    one[2, 500] = True
    assert convergence({"good": good}, none).converged
    assert not convergence({"good": good}, one).converged
    apart = good + np.array([0, 0, 0, 3.0])[:, None]
    gate = convergence({"good": good, "apart": apart}, none)
    assert not gate.converged
    assert gate.worst["rhat"] == "apart"
    slow = np.cumsum(rng.normal(size=(4, 1000)), axis=1)
    assert not convergence({"slow": slow}, none).converged
    assert not convergence({"stuck": np.zeros((4, 1000))}, none).converged


def test_gate_reads_arviz_own_numbers() -> None:
    import arviz as az

    draws = np.random.default_rng(1).standard_t(5, size=(4, 500)).cumsum(axis=1) * 0.01
    draws += np.random.default_rng(2).normal(size=(4, 500))
    data = az.from_dict({"posterior": {"x": draws}})
    gate = convergence({"x": draws}, np.zeros((4, 500), bool))
    assert gate.max_rhat == pytest.approx(float(az.rhat(data)["x"]))
    assert gate.min_ess_bulk == pytest.approx(float(az.ess(data, method="bulk")["x"]))
    assert gate.min_ess_tail == pytest.approx(
        float(az.ess(data, method="tail", prob=(0.05, 0.95))["x"])
    )


def test_same_seed_same_draws_other_seed_others(
    tiny_parts: Synthesis, tiny_posterior: Posterior
) -> None:
    again = fit(tiny_parts, replace(SHORT, cores=1))
    np.testing.assert_array_equal(again.normals, tiny_posterior.normals)
    other = fit(tiny_parts, replace(SHORT, seed=2))
    assert not np.array_equal(other.normals, tiny_posterior.normals)


def test_whitening_finds_mode_and_curvature() -> None:
    """On a Gaussian the mode is the mean and root @ root.T the covariance."""
    rng = np.random.default_rng(4)
    precision = (lambda a: a @ a.T + np.eye(6))(rng.normal(size=(6, 6)))
    mean = rng.normal(size=6)

    def density(x: np.ndarray) -> tuple[float, np.ndarray]:
        return -0.5 * (x - mean) @ precision @ (x - mean), -precision @ (x - mean)

    found, done = curvature_map(density, 6)
    assert done
    np.testing.assert_allclose(found.centre, mean, atol=1e-4)
    np.testing.assert_allclose(found.root @ found.root.T, np.linalg.inv(precision), rtol=1e-5)


def test_where_the_density_curves_upwards_the_size_of_the_curvature_counts() -> None:
    """Between two modes the search stands still; a flat direction is not taken to be endless."""

    def density(x: np.ndarray) -> tuple[float, np.ndarray]:
        return 0.0 * x.sum(), np.array([-4.0 * x[0], 0.25 * x[1], 0.0])

    found, done = curvature_map(density, 3)
    assert done
    expected = np.diag([0.5, 2.0, FLAT**-0.5])
    np.testing.assert_allclose(found.root, expected, atol=1e-6)


def test_whitening_gives_up_where_there_is_no_mode() -> None:
    def density(x: np.ndarray) -> tuple[float, np.ndarray]:
        return float(x[0]), np.array([1.0, 0.0])

    found, done = curvature_map(density, 2)
    assert not done
    np.testing.assert_array_equal(found.root, np.eye(2))


def test_a_search_that_ends_short_of_the_mode_begins_anew() -> None:
    """A valley so long that the density hardly gains along it."""

    def density(x: np.ndarray) -> tuple[float, np.ndarray]:
        apart = x[1:] - x[:-1] ** 2
        value = -1e4 - (1e4 * apart**2).sum() - ((1.0 - x[:-1]) ** 2).sum()
        gradient = np.zeros_like(x)
        gradient[1:] -= 2e4 * apart
        gradient[:-1] += 4e4 * apart * x[:-1] + 2.0 * (1.0 - x[:-1])
        return float(value), gradient

    found, done = curvature_map(density, 8)
    assert done
    assert np.abs(density(found.centre)[1]).max() <= STILL


@pytest.mark.parametrize(("skew", "tail"), [(0.0, 1.0), (0.6, 1.0), (-0.4, 0.7), (0.3, 1.4)])
def test_bends_take_skew_and_tails_away(skew: float, tail: float) -> None:
    """A map fitted to bent normals gives normals back, and leaves straight ones straight."""
    x = np.random.default_rng(3).normal(size=(4000, 1))
    draws = 5.0 + 2.0 * np.sinh(tail * np.arcsinh(x) + skew)
    ((found_skew, found_tail, shift, factor),) = fitted_bends(draws)
    if (skew, tail) == (0.0, 1.0):
        assert (found_skew, found_tail) == (0.0, 1.0)
    # 4,000 draws do not tell neighbours on the grid apart
    assert found_skew == pytest.approx(skew, abs=0.15)
    assert found_tail == pytest.approx(tail, rel=0.15)
    straight = np.sinh((np.arcsinh((draws - shift) / factor) - found_skew) / found_tail)
    assert stats.kstest(straight[:, 0], "norm").statistic < 0.03


def normal_program(mean: np.ndarray, precision: np.ndarray) -> Program:
    """A program whose density is a Normal's, up to a constant."""
    tape = Tape(len(mean))
    z, apart = tape.normals, tape.normals - mean
    rows, columns = (place.ravel() for place in np.indices(precision.shape))
    terms = -0.5 * precision.ravel() * (apart[..., rows] * apart[..., columns])
    return tape.program([terms, 0.5 * z * z])


def test_slopes_tell_a_map_what_few_draws_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Normal draws, however few, the geometric mean of both covariances is the true one."""
    # no entry is bent to fit noise
    monkeypatch.setattr(whitening, "PAYS", np.inf)
    rng, size = np.random.default_rng(4), 30
    root = rng.normal(size=(size, size)) * 3.0 ** rng.uniform(-1.0, 1.0, size=size)
    mean, precision = rng.normal(size=size), np.linalg.inv(root @ root.T)
    draws = mean + rng.normal(size=(1000, size)) @ root.T
    found = pilot_map(draws, normal_program(mean, precision))
    assert found.bends is not None
    scale = found.bends[:, 3, None] * found.root

    def apart(covariance: np.ndarray) -> float:
        return float(np.abs(np.linalg.eigvals(precision @ covariance) - 1.0).max())

    # the root is held in single numbers
    assert apart(scale @ scale.T) < 1e-5
    assert apart(np.cov(draws.T)) > 0.2


def test_in_a_pilots_map_points_vary_as_slopes_do(tiny_posterior: Posterior) -> None:
    """Which defines the geometric mean, also where entries are bent and nothing is Normal."""
    recorded = program(tiny_posterior.parts)
    draws = tiny_posterior.flat[:SLOPES]
    found = pilot_map(draws, recorded)
    assert found.bends is not None
    skew, tail, shift, factor = found.bends.T
    straight = np.sinh((np.arcsinh((draws - shift) / factor) - skew) / tail)
    points = np.linalg.solve(found.root, (straight - found.centre).T).T
    np.testing.assert_allclose(found(points), draws, atol=1e-9)
    slope = density(
        recorded, Map(np.zeros_like(found.centre), np.eye(len(found.root)), found.bends)
    )
    slopes = np.array([slope(point)[1] for point in straight]) @ found.root
    np.testing.assert_allclose(np.cov(points.T), np.cov(slopes.T), atol=1e-5)


@pytest.mark.parametrize("smallest", [1.0, 1e-7, 1e-12, 0.0])
def test_a_triangle_is_the_same_root_however_thin(smallest: float) -> None:
    rng = np.random.default_rng(3)
    turned, _ = np.linalg.qr(rng.normal(size=(12, 12)))
    root = turned * np.append(np.geomspace(1e3, 1.0, 11), smallest)
    found = triangle(root @ root.T, root)
    np.testing.assert_array_equal(found, np.tril(found))
    np.testing.assert_allclose(found @ found.T, root @ root.T, rtol=1e-9, atol=1e-8)


def test_a_fit_continued_has_both_fits_draws(tiny_posterior: Posterior) -> None:
    other = fit(tiny_posterior.parts, replace(SHORT, seed=4), start=tiny_posterior.map)
    both = tiny_posterior.with_more(other)
    n = tiny_posterior.options.draws
    assert both.options.draws == n + other.options.draws == both.normals.shape[1]
    np.testing.assert_array_equal(both.normals[:, :n], tiny_posterior.normals)
    np.testing.assert_array_equal(both.natural[:, n:], other.natural)
    assert both.diverging.shape == both.natural.shape[:2]
    assert both.notes["gradients"] > other.notes["gradients"]


@pytest.mark.parametrize("per_entry", [1, 50])
def test_many_entries_have_one_long_pilot(
    tiny_parts: Synthesis, monkeypatch: pytest.MonkeyPatch, per_entry: int
) -> None:
    """With few entries there are two short ones."""
    sampled, sample = [], fitting._sample

    def counted(compiled: Any, options: SamplerOptions, *rest: Any) -> Any:
        sampled.append(options.draws)
        return sample(compiled, replace(options, tune=10, draws=10), *rest)

    monkeypatch.setattr(fitting, "_sample", counted)
    monkeypatch.setattr(fitting, "PER_ENTRY", per_entry)
    fit(tiny_parts, SamplerOptions(draws=10, tune=10, chains=2))
    expected = [75, 100] if per_entry == 1 else [25 * tiny_parts.size]
    assert sampled == [*expected, 10]


@pytest.mark.slow
def test_the_map_does_not_matter_to_the_posterior(tiny_parts: Synthesis) -> None:
    """Through pilots, in the map of the curvature alone, and in none: the same distribution."""
    options = SamplerOptions(draws=2000, tune=500, chains=4, seed=5, target_accept=0.95)
    size = tiny_parts.size
    starts = (
        curvature_map(density(program(tiny_parts)), size)[0],
        Map(np.zeros(size), np.eye(size)),
        None,
    )
    draws = [fit(tiny_parts, options, start=start).normals for start in starts]
    means, errors = [], []
    for one in draws:
        by_entry = np.moveaxis(one, -1, 0)
        effective = array_stats.ess(by_entry, method="mean", chain_axis=1, draw_axis=2)
        means.append(by_entry.mean(axis=(1, 2)))
        errors.append(by_entry.std(axis=(1, 2)) / np.sqrt(effective))
    for mean, error in zip(means[:-1], errors[:-1], strict=True):
        apart = np.abs(mean - means[-1]) / np.hypot(error, errors[-1])
        # the largest of some 160 normals stays below 4.5
        assert apart.max() < 4.5


@pytest.mark.parametrize("name", ["tiny", "real"])
def test_without_a_row_every_posterior_is_its_prior(
    name: str, request: pytest.FixtureRequest
) -> None:
    """Nothing but evidence is conditioned on: all quantities and errors, at five quantiles."""
    parts = synthesis(request.getfixturevalue(name))
    posterior = fit(silent(parts), SamplerOptions(draws=2000, tune=500, chains=2, seed=9))
    apart = []
    for level in (0.05, 0.25, 0.5, 0.75, 0.95):
        for place in range(parts.size):
            draws = posterior.normals[..., place]
            error = array_stats.mcse(
                draws, chain_axis=0, draw_axis=1, method="quantile", prob=level
            )
            apart.append((np.quantile(draws, level) - stats.norm.ppf(level)) / error)
    # the largest of some 400 normals stays below 4.5
    assert np.abs(apart).max() < 4.5
    assert np.mean(np.square(apart)) < 1.5


def silent(parts: Synthesis) -> Synthesis:
    """The arrays of a case no row of which counts."""
    weight = np.zeros_like(parts.evidence.weight)
    return replace(parts, evidence=replace(parts.evidence, weight=weight))


@pytest.mark.slow
def test_priors_twice_as_wide_do_not_double_the_billings(real: Case) -> None:
    parts = synthesis(real)
    options = SamplerOptions(draws=500, tune=300, chains=4, seed=2)

    def billings(parts: Synthesis) -> float:
        yearly = project(real, parts.layout, fit(parts, options).draws).yearly_usd
        return float(yearly.sel(definition="billings", year=real.timeline.headline).median())

    wide = replace(parts, layout=replace(parts.layout, scale=2.0 * parts.layout.scale))
    assert 0.8 < billings(wide) / billings(parts) < 1.25


def test_rows_of_the_plan_inform_what_is_collected(tiny: Case, tiny_parts: Synthesis) -> None:
    def spread_of_claim(parts: Synthesis) -> float:
        posterior = fit(parts, replace(SHORT, draws=4000))
        at, draws = posterior.layout.index, posterior.draws
        return float(np.log(draws[:, at["plan"]] * draws[:, at["levies"]]).std())

    parts = changed_parts(tiny_parts, tiny, WhatIf(without=("plan",)))
    assert spread_of_claim(parts) > 1.2 * spread_of_claim(tiny_parts)


def simulated(parts: Synthesis, rng: np.random.Generator) -> tuple[np.ndarray, Synthesis]:
    """One draw of the prior as the truth, and the figures that would then be printed."""
    layout, said = parts.layout, parts.evidence
    while True:
        truth = layout.natural(rng.normal(size=layout.size))
        log_quantity = log_quantities(layout, parts.measured, truth)
        if log_quantity.min() > np.log(LEAST) / 2:  # nothing left of a payment is negative
            break
    factor = np.exp(said.letter_sd * rng.normal(size=len(said.letters)))
    shared = rng.normal(size=len(said.origins) + 1)
    chances, added = zip(*said.scales, strict=True)
    off_by = rng.choice(added, size=len(said.ids), p=chances)
    own = np.sqrt(said.error**2 - said.shared_error**2) * factor[said.letter]
    error = said.shared_error * factor[said.shared_letter] * shared[said.origin]
    error += np.hypot(own, off_by) * rng.normal(size=len(said.ids))
    figure = log_quantity + error + rng.exponential(size=len(said.ids)) * said.tail
    half = said.half_width.copy()
    for place in said.spread:
        deviation = np.exp(parts.spread_deviation[0] + parts.spread_deviation[1] * rng.normal())
        logs = deviation * rng.normal(size=int(rng.choice(said.units))) - deviation**2 / 2
        figure[place] += (logs.max() + logs.min()) / 2
        half[place] = (logs.max() - logs.min()) / 2
    # one voice each
    said = replace(said, log_figure=figure, half_width=half, weight=np.ones_like(said.weight))
    return truth, replace(parts, evidence=said)


@pytest.mark.parametrize("seed", range(4))
def test_a_simulated_case_is_recovered(real: Case, seed: int) -> None:
    truth, parts = simulated(synthesis(real), np.random.default_rng(seed))
    options = SamplerOptions(draws=500, tune=400, chains=2, seed=seed)
    draws = fit(parts, options).draws
    low, high = np.quantile(draws, [0.005, 0.995], axis=0)
    missed = [
        label
        for label, known, a, b in zip(parts.layout.labels, truth, low, high, strict=True)
        if not a <= known <= b
    ]
    # 99% intervals of some 70 quantities: more than four misses happen once in a thousand cases
    assert len(missed) <= 4, missed
    wide_low, wide_high = np.quantile(draws, [0.0005, 0.9995], axis=0)
    reach = 0.3 * (wide_high - wide_low)
    assert ((truth > wide_low - reach) & (truth < wide_high + reach)).all()


def test_layout_is_what_posteriors_are_read_by(tiny: Case, tiny_posterior: Posterior) -> None:
    layout = Layout.of(tiny)
    families = layout.by_family(tiny_posterior.draws)
    for family, block in families.items():
        for column in range(block.shape[-1]):
            labels = [name for name in layout.labels if name.split(".")[0] == family]
            np.testing.assert_array_equal(
                block[:, column], tiny_posterior.draws[:, layout.index[labels[column]]]
            )
