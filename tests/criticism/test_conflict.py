"""Node-splitting against closed forms: two Gaussian sources, an origin's error, spread rows."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2, kstest, norm

from model.archive.check_result import CheckResult
from model.calibration.self_test import ASKED, TABLES, write_tiny_case
from model.calibration.simulation import printed
from model.case.case import Case, read_case
from model.criticism.conflict import REPEATS, _joint, _located, conflicts, split
from model.criticism.leave_out import LeftOut, groups
from model.criticism.refits import Refit
from model.evidence.synthesis import Synthesis, synthesis
from model.sampling.convergence import Convergence
from model.sampling.reweighting import Reweighted
from model.sampling.whatif import left_out

#: Indirect draws; with the direct ones repeated, a tail probability is known to about 0.005.
DRAWS = 20_000
NEAR = 0.01


def asked_case(
    folder: Path, figures: dict[str, float], origin: str = "", qualifier: str = "exact"
) -> Case:
    """The self-test's tiny case, in which each source gives a figure of the asked quantity."""
    write_tiny_case(folder)
    row = TABLES["evidence.csv"][0]
    with (folder / "evidence.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        for place, (name, figure) in enumerate(figures.items()):
            # another window makes another statement of the same quantity
            own = {"start": f"2017-{place + 1:02}", "end": f"2017-{place + 1:02}"}
            writer.writerow(row | own | {
                "id": name, "value": str(figure), "origin": origin, "qualifier": qualifier
            })  # fmt: skip
    case = read_case(folder)
    # closed forms are known for errors that are
    return replace(case, reading=replace(case.reading, letter_sd=0.0, off_share=0.0))


def exact_posterior(parts: Synthesis, rng: np.random.Generator) -> np.ndarray:
    """Draws of the posterior in closed form: normal, in the asked quantity and the shared error."""
    said, place = parts.evidence, parts.layout.index[ASKED]
    scale, origins = parts.layout.scale[place], len(said.origins)
    size = parts.layout.size
    loading = np.zeros((len(said.ids), parts.size))
    loading[:, place] = scale
    for row, origin in enumerate(said.origin):
        if origin >= 0:
            loading[row, size + origin] = said.shared_error[row]
    own = np.sqrt(said.error**2 - said.shared_error**2)
    weight = said.weight / own**2
    precision = np.eye(parts.size) + loading.T @ (weight[:, None] * loading)
    pulled = loading.T @ (weight * (said.log_figure - parts.layout.location[place]))
    covariance = np.linalg.inv(precision)
    assert origins == len(set(said.origin) - {-1})
    return rng.multivariate_normal(covariance @ pulled, covariance, size=DRAWS)


@pytest.mark.parametrize("second", [3.0, 4.0, 6.0, 30.0])
def test_two_gaussian_sources(tmp_path: Path, second: float) -> None:
    case = asked_case(tmp_path, {"one": 3.0, "two": second})
    parts = synthesis(case)
    rng = np.random.default_rng(1)
    without = left_out(parts, case, ["one"])
    found = split(case, without, exact_posterior(without, rng), ["one"], rng)
    place = parts.layout.index[ASKED]
    prior, error = parts.layout.scale[place], parts.evidence.error[0]
    precision = prior**-2 + error**-2
    centre = parts.layout.location[place] / prior**2 + np.log(second) / error**2
    apart = np.log(3.0) - centre / precision
    expected = 2 * norm.sf(abs(apart) / np.hypot(error, precision**-0.5))
    assert found.p_value == pytest.approx(expected, abs=NEAR)
    assert found.p_value == found.p_values[0]
    assert found.direct.mean() == pytest.approx(np.log(3.0), abs=NEAR)
    assert found.direct.std() == pytest.approx(error, rel=0.02)
    assert found.indirect.std() == pytest.approx(precision**-0.5, rel=0.03)


def test_a_common_error_makes_an_origin_agree_with_itself(tmp_path: Path) -> None:
    """What two rows of one origin differ by is their own error alone."""
    figures = {"one": 3.0, "two": 3.6}
    p_values = {}
    for name in ("", "origin"):
        folder = tmp_path / (name or "none")
        folder.mkdir()
        case = asked_case(folder, figures, name)
        parts = synthesis(case)
        rng = np.random.default_rng(2)
        without = left_out(parts, case, ["one"])
        p_values[name] = split(case, without, exact_posterior(without, rng), ["one"], rng).p_value
        said, place = parts.evidence, parts.layout.index[ASKED]
        covariance = parts.layout.scale[place] ** 2 + np.diag(said.error**2)
        if name:
            covariance += np.outer(said.shared_error, said.shared_error) * (1 - np.eye(2))
        # the predictive of the first row given the second, both normal
        mean = parts.layout.location[place]
        slope = covariance[0, 1] / covariance[1, 1]
        centre = mean + slope * (np.log(3.6) - mean)
        deviation = np.sqrt(covariance[0, 0] - slope * covariance[0, 1])
        expected = 2 * norm.sf(abs(np.log(3.0) - centre) / deviation)
        assert p_values[name] == pytest.approx(expected, abs=NEAR)
    assert p_values["origin"] < p_values[""]


def test_probabilities_are_finer_than_hits_among_draws(tmp_path: Path) -> None:
    """With few draws and figures far apart, the closed form is still met, floors' tails too."""
    for qualifier in ("exact", "at_least", "as_much_as"):
        folder = tmp_path / qualifier
        folder.mkdir()
        case = asked_case(folder, {"one": 8.0, "two": 3.0}, qualifier=qualifier)
        parts = synthesis(case)
        rng = np.random.default_rng(11)
        without = left_out(parts, case, ["one"])
        # the other row's hedge would bend the posterior: it is given as a normal one
        plain = replace(without, evidence=replace(without.evidence, tail=np.zeros(2)))
        normals = exact_posterior(plain, rng)
        found = split(case, without, normals[::40], ["one"], rng).p_value
        place, said = parts.layout.index[ASKED], parts.evidence
        centre = parts.layout.location[place] + parts.layout.scale[place] * normals[:, place]
        printed_again = centre + said.error[0] * rng.normal(size=DRAWS)
        printed_again += said.tail[0] * rng.exponential(size=DRAWS)
        above = (printed_again > np.log(8.0)).mean()
        assert found == pytest.approx(2 * min(above, 1 - above), abs=NEAR)
        assert found > 0.0


def test_a_series_that_disagrees_with_itself_is_told_apart(tmp_path: Path) -> None:
    """One odd quarter of a register is no conflict between sources."""
    case = asked_case(tmp_path, {"q1": 3.0, "q2": 3.0, "q3": 5.0, "q4": 3.0}, "register")
    result = table_of(case)
    assert result.passed is False
    assert "Evidence outside the same origin agrees with q1, q2, q3, q4" in result.sentence
    assert "the disagreement is within the series" in result.sentence
    rows = result.table[result.table["kind"] == "row"].set_index("row")
    assert rows["p_row"].idxmin() == "q3"
    apart = tmp_path / "apart"
    apart.mkdir()
    alone = table_of(asked_case(apart, {"q1": 3.0, "q2": 3.0, "q3": 30.0, "q4": 3.0}))
    assert "the disagreement is within the series" not in alone.sentence


def test_what_chains_cannot_tell_is_not_judged(tmp_path: Path) -> None:
    figures = {"one": 3.0, "two": 3.1, "four": 30.0}
    result = table_of(asked_case(tmp_path, figures), gate=Convergence(1.5, 10.0, 10.0, 0, {}))
    assert result.passed is True
    assert "converged too poorly to judge" in result.sentence


def test_several_rows_together_are_chi_squared() -> None:
    rng = np.random.default_rng(3)
    covariance = np.array([[1.0, 0.6, 0.0], [0.6, 2.0, -0.4], [0.0, -0.4, 0.5]])
    for mean in ([0.5, -1.0, 0.3], [2.0, 2.0, 1.0]):
        apart = rng.multivariate_normal(mean, covariance, size=100_000)
        expected = chi2.sf(np.array(mean) @ np.linalg.solve(covariance, mean), 3)
        assert _joint(apart) == pytest.approx(expected, abs=0.005)


def test_the_mean_of_units_is_found_by_its_own_density(tiny_parts: Synthesis) -> None:
    """Lowest and highest of units: where their log mean lies among direct draws is uniform.

    The units are log-normal around one, and their mean is half their variance above.
    """
    rng = np.random.default_rng(4)
    place = int(tiny_parts.evidence.spread[0])
    places = []
    for _ in range(400):
        centre, width = tiny_parts.spread_deviation
        units = rng.normal(size=int(rng.choice(tiny_parts.evidence.units)))
        deviation = np.exp(centre + width * rng.normal())
        units *= deviation
        figure, half = tiny_parts.evidence.log_figure.copy(), tiny_parts.evidence.half_width.copy()
        figure[place], half[place] = (units.max() + units.min()) / 2, np.ptp(units) / 2
        said = replace(tiny_parts.evidence, log_figure=figure, half_width=half)
        located = _located(replace(tiny_parts, evidence=said), place, 400, rng)
        places.append((located < deviation**2 / 2.0).mean())
    assert kstest(places, "uniform").pvalue > 1e-3
    # with the spread forgotten it would not be
    assert kstest(np.clip(np.array(places) * 3 - 1, 0, 1), "uniform").pvalue < 1e-3


def test_good_rows_are_flagged_as_often_as_chance_has_it(tmp_path: Path) -> None:
    case = asked_case(tmp_path, {"one": 3.0, "two": 3.0, "three": 3.0})
    parts = synthesis(case)
    rng = np.random.default_rng(5)
    p_values = []
    for _ in range(300):
        truth = rng.normal(size=parts.size)
        without = left_out(printed(parts, truth, rng), case, ["one"])
        normals = exact_posterior(without, rng)[:: DRAWS // 400]
        p_values.append(split(case, without, normals, ["one"], rng).p_value)
    assert kstest(p_values, "uniform").pvalue > 1e-3


def test_the_table_names_what_is_in_conflict(tmp_path: Path) -> None:
    figures = {"one": 3.0, "two": 3.1, "three": 2.9, "four": 30.0}
    case = asked_case(tmp_path, figures)
    result = table_of(case)
    assert result.passed is False
    assert "four (" in result.sentence
    rows = result.table[result.table["kind"] == "row"].set_index("row")
    assert set(rows.index) == set(figures)
    four = rows.loc["four"]
    assert four["direct_q50"] == pytest.approx(30.0, rel=0.01)
    assert four["indirect_q50"] < 3.5
    assert four["difference_q05"] > 5
    assert four["p_row"] == four["p_group"] < 0.001
    assert four["p_adjusted"] >= four["p_row"]
    agreed = table_of(asked_case(tmp_path, {"one": 3.0, "two": 3.1, "three": 2.9}))
    assert agreed.passed is True
    assert "none is contradicted" in agreed.sentence


GATE = Convergence(1.0, 1e4, 1e4, 0, {})


def table_of(case: Case, gate: Convergence = GATE) -> CheckResult:
    """The check's result from exact posteriors of each row, source and origin left out."""
    parts = synthesis(case)
    rng = np.random.default_rng(6)
    left = []
    for group in groups(case, parts):
        without = left_out(parts, case, group.rows)
        normals = exact_posterior(without, rng)[::REPEATS]
        fit = Refit(normals, normals, None, gate)  # type: ignore[arg-type]
        left.append(LeftOut(group, without, fit, Reweighted(0.0, 1.0, gate, None)))
    return conflicts(case, left, seed=1)
