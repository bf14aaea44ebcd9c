"""Errors: factors of letters, figures that are off, origins with a sign, means of units."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from model.case.case import read_case
from model.evidence.likelihood import recounted
from model.evidence.synthesis import (
    Synthesis,
    error_sizes,
    log_quantities,
    row_densities,
    synthesis,
)
from model.kernel.hedge_densities import extremes_logpdf, tailed_logpdf
from model.question import SamplerOptions
from model.sampling.fitting import Posterior, fit
from tests.cases import row, write_case
from tests.kinds import parts_of

LONG = SamplerOptions(draws=2000, tune=500, chains=4, seed=3)
#: Monte Carlo error of a mean over some 4,000 effective draws is sd / 63: four of those.
FOUR_STANDARD_ERRORS = 4 / 63
KNOWN_ERRORS = {"errors.letter_sd": 0.0, "errors.off_share": 0.0}
OFF = (0.1, 0.8)


def mixture(
    x: np.ndarray, sd: np.ndarray, tail: np.ndarray, off: tuple[float, float]
) -> np.ndarray:
    """SciPy's log density of a figure that may be off."""

    def log_density(sd: np.ndarray) -> np.ndarray:
        slow = stats.exponnorm(np.where(tail, np.abs(tail), 1.0) / sd, scale=sd)
        logs = slow.logpdf(np.where(tail < 0.0, -x, x))
        return np.asarray(np.where(tail == 0.0, stats.norm(0.0, sd).logpdf(x), logs))

    share, by = off
    with np.errstate(divide="ignore"):
        steps = [np.log(share / 3.0) + log_density(np.hypot(sd, by / k)) for k in (1, 2, 4)]
        return np.asarray(np.logaddexp.reduce([np.log1p(-share) + log_density(sd), *steps]))


@pytest.mark.parametrize("tail", [0.0, 0.3, -1.0])
def test_a_figure_that_may_be_off_has_a_density_of_mass_one(tail: float) -> None:
    def density(x: float) -> float:
        return float(np.exp(tailed_logpdf(x, 0.1, tail, OFF)))

    ends = [-30.0, -1.0, 0.0, 1.0, 30.0]
    mass = sum(integrate.quad(density, a, b, limit=200)[0] for a, b in itertools.pairwise(ends))
    assert mass == pytest.approx(1.0, abs=1e-7)


@pytest.mark.parametrize("tail", [0.0, 0.3, -1.0])
def test_it_is_scipys_mixture(tail: float) -> None:
    x, sd = (one.ravel() for one in np.meshgrid(np.linspace(-1.5, 1.5, 31), [0.05, 0.2, 0.7]))
    found = tailed_logpdf(x, sd, tail, OFF)
    expected = mixture(x, sd, np.full(len(x), tail), OFF)
    usable = np.isfinite(expected)
    assert usable.mean() > 0.9
    np.testing.assert_allclose(found[usable], expected[usable], rtol=1e-7, atol=1e-7)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("kind", ["tiny", "origins", "letters_alone", "often_off"])
def test_single_rows_have_scipys_density_of_their_letters_error(kind: str, tmp_path: Path) -> None:
    _, parts = parts_of(kind, tmp_path)
    said = parts.evidence
    normals = 0.5 * np.random.default_rng(2).normal(size=parts.size)
    centre = log_quantities(parts, normals)
    found = row_densities(parts, normals, centre)
    letters, shared, _, _, _ = parts.errors(normals)
    factor = np.exp(said.letter_sd * letters) if said.letters else np.ones(1)
    for letter, one in error_sizes(parts, normals[None]).letters.items():
        assert one == pytest.approx(factor[said.letters.index(letter)])
    sd = np.sqrt(said.error**2 - said.shared_error**2) * factor[said.letter]
    if said.origins:
        loading = said.shared_error * factor[said.shared_letter]
        centre = centre + loading * shared[said.origin] * (said.origin >= 0)
    expected = said.weight * mixture(said.log_figure - centre, sd, said.tail, said.off)
    usable = np.isfinite(expected)
    usable[said.spread] = False
    assert usable.sum() >= len(said.ids) - len(said.spread) - 2
    np.testing.assert_allclose(found[usable], expected[usable], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("kind", ["tiny", "grades_as_they_stand", "often_off"])
def test_a_spread_is_of_units_whose_mean_is_the_quantity(kind: str, tmp_path: Path) -> None:
    _, parts = parts_of(kind, tmp_path)
    said = parts.evidence
    (place,) = said.spread
    normals = np.random.default_rng(4).normal(size=parts.size)
    letters, _, _, (score,), (of_units,) = parts.errors(normals)
    centre = log_quantities(parts, normals)
    factor = np.exp(said.letter_sd * letters[said.letter[place]]) if said.letters else 1.0
    error = said.own_error[place] * factor
    log_deviation = parts.spread_deviation[0] + parts.spread_deviation[1] * of_units
    deviation = np.exp(log_deviation)
    located = centre[place] - deviation**2 / 2 + error * score
    middle, half = said.log_figure[place], said.half_width[place]
    expected = extremes_logpdf(middle - half, middle + half, located, deviation, said.units)
    # the score's own density, in place of the standard normal one
    expected += mixture(error * score, error, np.float64(0.0), said.off)
    expected += np.log(error) - stats.norm.logpdf(score)
    found = row_densities(parts, normals, centre)[place]
    assert found == pytest.approx(float(expected), rel=1e-9)
    # units around that centre do have the quantity as their mean
    draws = np.random.default_rng(5).normal(located, deviation, size=400_000)
    assert np.log(np.exp(draws).mean()) == pytest.approx(centre[place] + error * score, abs=0.02)


def test_origins_share_an_error_about_one_quantity_unless_they_say_so(tmp_path: Path) -> None:
    def loadings(folder: str, **origins: str) -> dict[str, float]:
        changes = {name: {"origin": origin} for name, origin in origins.items()}
        said = synthesis(read_case(write_case(tmp_path / folder, evidence=changes))).evidence
        return {name: said.shared_error[said.ids.index(name)] for name in origins}

    apart = loadings("apart", kept="ministry", handed_over="ministry")
    assert set(apart.values()) == {0.0}
    alike = loadings("alike", kept="ministry/same", handed_over="ministry/same")
    assert alike["kept"] == alike["handed_over"] > 0.0
    against = loadings("against", kept="ministry/same", handed_over="ministry/opposite")
    assert against["kept"] == -against["handed_over"] == alike["kept"]
    alone = loadings("alone", kept="ministry/opposite")
    assert alone["kept"] == 0.0


def test_a_sign_survives_counting_anew(tmp_path: Path) -> None:
    case, parts = parts_of("origins", tmp_path)
    said = parts.evidence
    again = recounted(case, said, np.ones(len(said.ids), dtype=bool))
    np.testing.assert_array_equal(again.shared_error, said.shared_error)
    assert (said.shared_error < 0.0).sum() == 1
    fewer = recounted(case, said, said.shared_error >= 0.0)
    assert (fewer.shared_error < 0.0).sum() == 1


@pytest.mark.parametrize(("way", "sign"), [("same", 1.0), ("opposite", -1.0)])
def test_two_gaussians_that_err_together_have_the_closed_posterior(
    way: str, sign: float, tmp_path: Path
) -> None:
    """Two quantities that enter nothing else here."""
    told = {"start": "2017-01", "end": "2017-12", "qualifier": "exact", "reliability": "D"}
    rows = {
        "visas": row("visas_per_entry", unit="visas/person", value="1.4",
                     origin="voice/same", **told),
        "permits": row("permits_per_year", unit="permits/person/year", value="1.0",
                       origin=f"voice/{way}", **told),
    }  # fmt: skip
    case = read_case(write_case(tmp_path / "case", evidence=rows, reading=KNOWN_ERRORS))
    parts = synthesis(case)
    said, layout = parts.evidence, parts.layout
    at = [layout.index[name] for name in ("visas_per_entry", "permits_per_year")]
    own = [said.ids.index(name) for name in ("visas", "permits")]
    errors = np.diag(said.error[own] ** 2)
    errors[0, 1] = errors[1, 0] = sign * case.reading.echo_shared * said.error[own].prod()
    prior = np.diag(layout.scale[at] ** 2)
    gain = prior @ np.linalg.inv(prior + errors)
    mean = layout.location[at] + gain @ (said.log_figure[own] - layout.location[at])
    covariance = prior - gain @ prior
    draws = np.log(fit(parts, LONG).draws[:, at])
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(draws.std(axis=0), sd, rtol=0.06)
    assert (np.abs(draws.mean(axis=0) - mean) < FOUR_STANDARD_ERRORS * sd).all()
    correlation = covariance[0, 1] / sd.prod()
    assert np.corrcoef(draws.T)[0, 1] == pytest.approx(correlation, abs=FOUR_STANDARD_ERRORS)
    # an error in common that is known to have been upwards in one was so in both, or in neither
    assert sign * correlation > 0.1


def monthly(folder: Path, logs: np.ndarray, **reading: float) -> Synthesis:
    """A figure a month of a quantity that enters nothing else, with these errors."""
    rows = {
        f"month_{place}": row(
            "visas_per_entry", f"{2017 + place // 12}-{place % 12 + 1:02}",
            f"{2017 + place // 12}-{place % 12 + 1:02}", "exact", "visas/person",
            value=f"{1.3 * np.exp(log):.6f}", reliability="C",
        )
        for place, log in enumerate(logs)
    }  # fmt: skip
    return synthesis(read_case(write_case(folder, evidence=rows, reading=reading)))


def fitted(parts: Synthesis) -> Posterior:
    return fit(parts, SamplerOptions(draws=1000, tune=400, chains=2, seed=4))


@pytest.mark.parametrize("inflation", [1.0, 2.5])
def test_the_factor_of_a_letter_is_learnt(inflation: float, tmp_path: Path) -> None:
    graded = np.hypot(0.18, 0.08)
    scores = stats.norm.ppf((np.arange(24) + 0.5) / 24)[np.random.default_rng(6).permutation(24)]
    parts = monthly(tmp_path / "case", inflation * graded * scores, **{"errors.off_share": 0.0})
    factors = fitted(parts).error_sizes.letters
    assert set(factors) == {"B", "C"}
    low, middle, high = np.quantile(factors["C"], [0.05, 0.5, 0.95])
    assert low < inflation < high
    assert middle == pytest.approx(inflation, rel=0.15)
    assert high / low < 1.9


def test_a_figure_that_is_off_pulls_little(tmp_path: Path) -> None:
    """Six figures agree and one is off by a factor of seven."""
    logs = np.array([0.05, -0.05, 0.1, -0.1, 0.0, 0.02, 2.0])
    centres = {}
    for share in (0.0, 0.1):
        reading = {"errors.letter_sd": 0.0, "errors.off_share": share}
        parts = monthly(tmp_path / str(share), logs, **reading)
        place = parts.layout.index["visas_per_entry"]
        centres[share] = np.median(np.log(fitted(parts).draws[:, place] / 1.3))
    assert centres[0.0] > 0.2
    assert abs(centres[0.1]) < 0.08


def test_no_letter_has_a_factor_where_grades_stand(tmp_path: Path) -> None:
    _, parts = parts_of("grades_as_they_stand", tmp_path)
    assert error_sizes(parts, np.zeros((3, parts.size))).letters == {}
    one = replace(parts, evidence=replace(parts.evidence, letter_sd=0.5))
    # without letters there is nothing that the deviation could apply to
    points = np.random.default_rng(1).normal(size=(4, parts.size))
    centre = log_quantities(parts, points)
    np.testing.assert_array_equal(
        row_densities(one, points, centre), row_densities(parts, points, centre)
    )
