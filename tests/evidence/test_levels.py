"""Levels and turnovers as coordinates: the same density, up to the change of volume."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from model.evidence.economy import workers
from model.evidence.levels import Levels, Stretches
from model.evidence.synthesis import Synthesis, program, synthesis
from model.kernel.native import density
from model.question import SamplerOptions
from model.sampling import whitening
from model.sampling.fitting import Posterior, fit
from model.sampling.whitening import first_map, levels_of
from tests.kinds import alike_hosts

STEP = 1e-5


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """Three hosts with priors that are alike, hazards of exit among them."""
    return synthesis(alike_hosts(tmp_path_factory.mktemp("alike")))


@pytest.fixture(scope="module")
def levels(parts: Synthesis) -> Levels:
    """All phases of two hosts, and the first of the third's."""
    every = Stretches.of(parts.layout, parts.measured.calendar)
    which = np.arange(len(every.start)) < len(every.start) - 1
    centre = np.linspace(7.0, 9.0, int(which.sum()))
    return Levels(parts.layout, parts.size, every.kept(which), centre, 0.1 + centre / 20)


@pytest.fixture(scope="module")
def normals(parts: Synthesis) -> np.ndarray:
    return np.random.default_rng(4).normal(size=(6, parts.size))


def test_levels_are_the_stocks_at_the_ends_of_phases(parts: Synthesis, normals: np.ndarray) -> None:
    layout, calendar = parts.layout, parts.measured.calendar
    own = normals[:, : layout.size]
    found = Stretches.of(layout, calendar).log_levels(layout, layout.scores(own))
    values = layout.by_family(layout.natural(own))
    # levels leave a quarter's ratio of arrivals aside
    values.pop("arrivals_ratio", None)
    permitted = workers(values, calendar).permitted
    ends = [
        np.log(permitted[:, host, t])
        for host, phases in enumerate(calendar.phase)
        for t in np.flatnonzero(np.diff(phases, append=-1))
    ]
    np.testing.assert_allclose(found, np.array(ends).T, rtol=1e-10)


def test_coordinates_lead_back_to_the_normals(levels: Levels, normals: np.ndarray) -> None:
    coordinates = levels.coordinates(normals)
    np.testing.assert_allclose(levels(coordinates), normals, atol=1e-9)
    # in which the stocks are what they were
    logs = levels.phases.log_levels(levels.layout, levels.layout.scores(
        normals[:, : levels.layout.size]
    ))  # fmt: skip
    own = levels.centre + levels.width * coordinates[:, levels.phases.inflow]
    np.testing.assert_allclose(own, logs, rtol=1e-10)


def test_the_density_differs_by_the_change_of_volume(
    parts: Synthesis, levels: Levels, normals: np.ndarray
) -> None:
    """Which is counted but for a constant, here by a determinant of differences."""
    plain, other = density(program(parts)), density(program(parts, levels))
    apart = []
    for point, told in zip(normals, levels.coordinates(normals), strict=True):
        steps = STEP * np.eye(parts.size)
        jacobian = (levels(told + steps) - levels(told - steps)) / (2 * STEP)
        volume = np.linalg.slogdet(jacobian)[1]
        apart.append(other(told)[0] - plain(point)[0] - volume)
    np.testing.assert_allclose(apart, apart[0], atol=1e-5)


def test_the_gradient_is_the_densitys(
    parts: Synthesis, levels: Levels, normals: np.ndarray
) -> None:
    of, told = density(program(parts, levels)), levels.coordinates(normals[0])
    steps = STEP * np.eye(parts.size)
    slopes = [(of(told + step)[0] - of(told - step)[0]) / (2 * STEP) for step in steps]
    np.testing.assert_allclose(of(told)[1], slopes, rtol=1e-5, atol=1e-5)


def test_only_levels_that_are_well_known_are_told(parts: Synthesis) -> None:
    layout, calendar = parts.layout, parts.measured.calendar
    prior = np.random.default_rng(1).normal(size=(500, parts.size))
    assert Levels.known(layout, calendar, prior) is None
    every = Stretches.of(layout, calendar)
    known = prior.copy()
    # the first host's stock is what it is all along, and nothing is known of the others
    own = np.flatnonzero(every.start == every.start[0])
    for place in (every.start[own], every.inflow[own], every.exit[own]):
        known[:, place] *= 0.01
    found = Levels.known(layout, calendar, known)
    assert found is not None
    np.testing.assert_array_equal(found.phases.inflow, every.inflow[own])


@pytest.mark.slow
def test_what_is_sampled_in_levels_is_the_posterior(
    tiny_parts: Synthesis, monkeypatch: pytest.MonkeyPatch
) -> None:
    # few rows tell little: whatever levels there are
    monkeypatch.setattr("model.evidence.levels.KNOWN", np.inf)
    options = SamplerOptions(draws=2000, tune=500, chains=4, seed=5, target_accept=0.95)

    def judged(many: int) -> tuple[Posterior, np.ndarray, np.ndarray]:
        monkeypatch.setattr(whitening, "MANY", many)
        found = fit(tiny_parts, options)
        by_entry = np.moveaxis(found.normals, -1, 0)
        effective = array_stats.ess(by_entry, method="mean", chain_axis=1, draw_axis=2)
        error = by_entry.std(axis=(1, 2)) / np.sqrt(effective)
        return found, by_entry.mean(axis=(1, 2)), error

    plain, mean, error = judged(10**6)
    told, own_mean, own_error = judged(1)
    assert plain.levels is None
    assert told.levels is not None
    assert levels_of(told.map) is told.levels
    apart = np.abs(mean - own_mean) / np.hypot(error, own_error)
    assert apart.max() < 4.5


def test_a_small_case_is_sampled_in_normals(tiny_parts: Synthesis) -> None:
    assert tiny_parts.size < whitening.MANY
    found, whitened = first_map(tiny_parts)
    assert whitened
    assert levels_of(found) is None
