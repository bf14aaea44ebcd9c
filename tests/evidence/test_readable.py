"""The textbook model and the kernel have one density; the textbook's other names are right too."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from arviz_stats.base import array_stats
from pytensor.compile.mode import Mode
from pytensor.graph.replace import vectorize_graph
from scipy import stats

from model.case.case import Case
from model.equations.quantities import BASIC, DEFINITIONS
from model.equations.subjects import COUNTS, MEASURED_BY_NAME
from model.evidence.likelihood import Evidence
from model.evidence.measurement import ITEMS
from model.evidence.readable.density import LEAST, pymc_model
from model.evidence.readable.hedges import draw_extremes, log_extremes, log_tailed
from model.evidence.readable.points import log_volume, normals_of, point_of, variables
from model.evidence.synthesis import Synthesis, log_quantities, program
from model.kernel.native import density
from model.projection.blocks import project
from model.question import SamplerOptions
from model.sampling.fitting import fit
from tests.kinds import ALL, KINDS, QUALIFIERS, parts_of

Floats = np.ndarray
Density = Callable[[Floats], tuple[Floats, Floats]]

POINTS = 60
#: Two ways of adding up a few thousand numbers that reach a million: rounding gives 1e-14 for
#: values and 1e-11 for slopes, relative to the largest.
TOLERANCE = 1e-10
#: Nothing is rewritten and nothing compiled: most of the time goes into writing the graph down.
QUICK = Mode(linker="py", optimizer="merge")


@pytest.fixture(autouse=True)
def _quick_graphs() -> Iterator[None]:
    """Graphs of ten thousand nodes: no search for garbage and no trace of each node's origin."""
    gc.disable()
    with pytensor.config.change_flags(traceback__limit=0):
        yield
    gc.enable()


def reference(parts: Synthesis) -> Callable[[Floats], tuple[float, Floats]]:
    """What the model is held to: log density of the standard normals, and its gradient."""
    return density(program(parts))


def batched(model: pm.Model, outputs: list) -> Callable[..., list[Floats]]:
    """Results for many points at once, as a function of the model's value variables."""
    many = [pt.tensor(one.name, shape=(POINTS, *one.type.shape)) for one in model.value_vars]
    outputs = vectorize_graph(outputs, dict(zip(model.value_vars, many, strict=True)))
    slopes = pt.grad(outputs[0].sum(), many) if len(outputs) == 1 else []
    return pytensor.function(many, [*outputs, *slopes], mode=QUICK, on_unused_input="ignore")


def at(model: pm.Model, parts: Synthesis, normals: Floats) -> list[Floats]:
    """Values of the model's variables at many vectors of standard normals."""
    points = [point_of(parts, one) for one in normals]
    return [np.stack([point[one.name] for point in points]) for one in model.value_vars]


def textbook(case: Case, parts: Synthesis) -> Density:
    """The same of the PyMC model, for many vectors of standard normals at once."""
    model = pymc_model(case, parts)
    terms = [term.ravel() for term in model.logp(sum=False)]
    function = batched(model, [pt.concatenate(terms).sum()])
    by_name = {one.name: one for one in variables(parts)}
    assert set(by_name) == {one.name for one in model.value_vars}

    def log_density(normals: Floats) -> tuple[Floats, Floats]:
        value, *slopes = function(*at(model, parts, normals))
        # what has no variable is a standard normal that nothing depends on
        gradient = -normals
        for one, slope in zip(model.value_vars, slopes, strict=True):
            own = by_name[one.name]
            gradient[:, own.places] = own.scale * slope.reshape(len(normals), -1)
        return value + [log_volume(parts, one) for one in normals], gradient

    return log_density


def random_points(parts: Synthesis, points: int = POINTS) -> Floats:
    """Vectors of standard normals, every other one near the centre."""
    normals = np.random.default_rng(5).normal(size=(points, parts.size))
    normals[::2] *= 0.3
    return normals


@pytest.mark.parametrize("kind", ALL)
def test_density_and_gradient_are_the_kernels(kind: str, tmp_path: Path) -> None:
    case, parts = parts_of(kind, tmp_path)
    normals = random_points(parts)
    values, gradients = textbook(case, parts)(normals)
    kernel = reference(parts)
    expected = [kernel(one) for one in normals]
    np.testing.assert_allclose(values, [value for value, _ in expected], rtol=TOLERANCE)
    for found, (_, gradient) in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(
            found, gradient, rtol=TOLERANCE, atol=TOLERANCE * np.abs(gradient).max()
        )


def test_kinds_leave_out_no_quantity_and_no_hedge(tmp_path: Path) -> None:
    told = {
        kind: {row.quantity for row in KINDS[kind](tmp_path / kind).evidence.itertuples()}
        for kind in ("counts", "amounts", "basic_quantities")
    }
    assert told["counts"] == set(COUNTS)
    assert told["amounts"] == set(ITEMS)
    basic = {name.partition(".")[0] for name in told["basic_quantities"]}
    assert basic == {one.name for one in BASIC if not one.optional} - set(MEASURED_BY_NAME) - {
        "segment_share"
    }
    shares = KINDS["shares"](tmp_path / "shares").evidence
    assert set(shares["qualifier"]) == set(QUALIFIERS)


def test_kinds_reach_where_nothing_is_left(tmp_path: Path) -> None:
    """Both branches of the least amount are compared: some points have it, some have not."""
    _, parts = parts_of("little_left", tmp_path)
    logs = log_quantities(parts, random_points(parts))
    amounts = logs[:, [place for place, row in enumerate(parts.evidence.ids) if row < "row_08"]]
    assert 0.05 < (amounts == np.log(LEAST)).mean() < 0.95


@pytest.mark.parametrize("kind", ["two_hosts", "rows_left_out", "set_and_weighed", "quarters_set"])
def test_points_go_there_and_back(kind: str, tmp_path: Path) -> None:
    case, parts = parts_of(kind, tmp_path)
    normals = random_points(parts, 1)[0]
    there = point_of(parts, normals)
    start = pymc_model(case, parts).initial_point()
    assert {name: value.shape for name, value in there.items()} == {
        name: value.shape for name, value in start.items()
    }
    back = normals_of(parts, there)
    known = np.concatenate([one.places for one in variables(parts)])
    np.testing.assert_allclose(back[known], normals[known], rtol=1e-12)
    assert not np.delete(back, known).any()
    assert (kind in ("two_hosts", "quarters_set")) == (len(known) == parts.size)


@pytest.mark.parametrize("kind", ["two_hosts", "periods", "uneven_arrivals", "set_and_weighed"])
def test_workers_and_revenue_are_the_projections(kind: str, tmp_path: Path) -> None:
    case, parts = parts_of(kind, tmp_path)
    normals = random_points(parts)
    model = pymc_model(case, parts)
    names = ["permitted", "irregular", "working", *DEFINITIONS]
    function = batched(model, model.replace_rvs_by_values([model[name] for name in names]))
    found = dict(zip(names, function(*at(model, parts, normals)), strict=True))
    layout = parts.layout
    projection = project(case, layout, layout.natural(normals[:, : layout.size]))
    for stock in ("permitted", "irregular", "working"):
        expected = projection.workers.sel(stock=stock).transpose("draw", "host", "month")
        np.testing.assert_allclose(found[stock], expected, rtol=1e-10)
    for definition in DEFINITIONS:
        expected = projection.yearly_usd.sel(definition=definition).transpose("draw", "year")
        assert list(model.coords["year"]) == expected["year"].to_numpy().tolist()
        # what is left may come near zero, where digits cancel
        scale = np.abs(expected).max().item()
        np.testing.assert_allclose(found[definition], expected, rtol=1e-10, atol=1e-10 * scale)


# Hedges


def test_a_tail_is_an_exponential_on_top_of_a_normal() -> None:
    x, s, m = np.linspace(-1.0, 1.5, 26), 0.12, 0.3
    found = log_tailed(pt.constant(x), s, pt.constant(m)).eval(mode=QUICK)
    np.testing.assert_allclose(found, stats.exponnorm.logpdf(x, m / s, scale=s), rtol=1e-9)
    # next to a large error the tail moves the figure all the same: by its mean
    x = np.array([-0.5, 0.5])
    below, above = log_tailed(pt.constant(x), 0.5, pt.constant(0.01)).eval(mode=QUICK)
    assert above - below == pytest.approx(2 * 0.5 * 0.01 / 0.5**2, rel=1e-2)


def test_extremes_have_a_density_that_their_draws_follow() -> None:
    units, q, s = np.array([2.0, 5.0, 20.0]), 0.3, 0.4
    grid = np.linspace(-2.0, 2.6, 461)
    low, high = (one.ravel() for one in np.meshgrid(grid, grid, indexing="ij"))
    low, high = low[high > low], high[high > low]
    logs = log_extremes(pt.constant(low), pt.constant(high), q, pt.constant(s), units)
    density_at = np.exp(logs.eval(mode=QUICK)) * (grid[1] - grid[0]) ** 2
    assert density_at.sum() == pytest.approx(1.0, abs=0.02)
    draws = draw_extremes(
        np.full(20_000, q), np.full(20_000, s), None, np.random.default_rng(3), None, units
    )
    middles = draws.mean(axis=1)
    sd = np.sqrt((density_at * ((low + high) / 2 - q) ** 2).sum())
    assert middles.mean() == pytest.approx(q, abs=4 * sd / np.sqrt(len(middles)))
    assert middles.std() == pytest.approx(sd, rel=0.02)
    width = (density_at * (high - low)).sum() / density_at.sum()
    assert np.diff(draws).mean() == pytest.approx(width, rel=0.02)


# PyMC's own tools


def test_prior_predictive_draws_print_figures_anew(tiny: Case, tiny_parts: Synthesis) -> None:
    with pymc_model(tiny, tiny_parts):
        drawn = pm.sample_prior_predictive(800, random_seed=8, compile_kwargs={"mode": QUICK})
    prior, figures = drawn["prior"].isel(chain=0), drawn["prior_predictive"].isel(chain=0)
    for one in tiny.priors:
        draws = prior[one.name]
        own = {
            name: one.index
            for name in ("phase", "irregular_phase", "tax_period", "segment")
            if name in draws.dims
        }
        own |= {"host": one.host} if "host" in draws.dims else {}
        share = [(draws.sel(own) < quantile).mean().item() for quantile in (one.p05, one.p95)]
        # four standard errors of a share of 5%
        assert share == pytest.approx([0.05, 0.95], abs=4 * np.sqrt(0.05 * 0.95 / 800))
    said = tiny_parts.evidence
    for place, row in enumerate(said.ids):
        qualifier = tiny.evidence.set_index("id").at[row, "qualifier"]
        if qualifier == "spread":
            continue
        figure = figures[qualifier].sel({f"{qualifier}_row": row})
        error = np.sign(said.tail[place] or 1.0) * (figure - prior["log_quantity"].sel(row=row))
        assert stats.kstest(error, errors_of(said, place)).pvalue > 1e-3, row
    ends = figures["spread"].sel(spread_row="declared")
    assert (ends.sel(end="lowest") < ends.sel(end="highest")).all()


def errors_of(said: Evidence, place: int) -> Floats:
    """Draws of a row's error: a letter's factor, some figures off, and the hedge's tail."""
    rng, draws = np.random.default_rng(place), 50_000
    s = said.error[place] * np.exp(said.letter_sd * rng.normal(size=draws))
    chances, added = zip(*said.scales, strict=True)
    s = np.hypot(s, rng.choice(added, size=draws, p=chances))
    return s * rng.normal(size=draws) + abs(said.tail[place]) * rng.exponential(size=draws)


def test_the_model_draws_itself(tiny: Case) -> None:
    model = pymc_model(tiny)
    drawn = pm.model_to_mermaid(model)
    assert all(one.name in drawn for one in model.basic_RVs)
    pytest.importorskip("graphviz")
    assert "state_take" in pm.model_to_graphviz(model).source


@pytest.mark.slow
def test_pymc_samples_what_the_kernel_samples(tiny: Case, tiny_parts: Synthesis) -> None:
    """Quantiles of every basic quantity agree within the Monte Carlo error of both."""
    with pymc_model(tiny, tiny_parts):
        sampled = pm.sample(1_000, tune=1_000, chains=2, cores=1, random_seed=4, progressbar=False)
    posterior = fit(tiny_parts, SamplerOptions(draws=1_000, chains=4, seed=4))
    distances = []
    for name, size in tiny_parts.layout.families:
        first = tiny_parts.layout.index[next(one.label for one in tiny.priors if one.name == name)]
        theirs = sampled["posterior"][name].to_numpy().reshape(2, 1_000, size)
        ours = posterior.natural[..., first : first + size]
        for level in (0.1, 0.5, 0.9):
            apart = np.quantile(theirs, level, (0, 1)) - np.quantile(ours, level, (0, 1))
            errors = [
                array_stats.mcse(draws, chain_axis=0, draw_axis=1, method="quantile", prob=level)
                for draws in (theirs, ours)
            ]
            distances.extend(apart / np.hypot(*errors))
    # some 120 standard normals, if many of them go together
    assert np.abs(distances).max() < 4.5
    assert np.mean(np.square(distances)) < 2.0
