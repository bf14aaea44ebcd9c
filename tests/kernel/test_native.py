"""Programs as functions: maps and their slopes, many draws at once, what the sampler is handed."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from model.kernel import recorded as on
from model.kernel.hedge_densities import extremes_logpdf, tailed_logpdf
from model.kernel.native import Map, density, evaluate, sampler, starting_points
from model.kernel.program import Program
from model.kernel.tape import Tape
from tests.kernel.recording import STEP, examples, points, status

#: Four Monte Carlo errors of a mean of a thousand effective draws, in standard deviations.
FOUR_STANDARD_ERRORS = 4 / math.sqrt(1000)


def target(size: int) -> Program:
    """A density that couples neighbours and is not symmetric."""
    tape = Tape(size)
    z = tape.normals
    before = np.roll(np.arange(size), 1)
    found = z * z[..., before] + on.exp(0.3 * z)
    return tape.program([found * np.cos(1.0 + np.arange(size))], found=found, normals=1.0 * z)


def log_target(z: np.ndarray) -> np.ndarray:
    """The same in NumPy, (...) at (..., size), also complex."""
    found = z * np.roll(z, 1, axis=-1) + np.exp(0.3 * z)
    return np.asarray(
        found @ np.cos(1.0 + np.arange(z.shape[-1]))
        - 0.5 * (z * z).sum(axis=-1)
        - 0.5 * z.shape[-1] * np.log(2.0 * np.pi)
    )


def log_slopes(change: Map, x: np.ndarray) -> np.ndarray:
    """Log of the product of the bends' slopes; the root's determinant is the same everywhere."""
    if change.bends is None:
        return np.zeros(x.shape[:-1])
    y = change.centre + x @ change.root.T
    skew, tail, _, factor = change.bends.T
    slopes = factor * tail * np.cosh(tail * np.arcsinh(y) + skew) / np.sqrt(1.0 + y * y)
    return np.asarray(np.log(slopes).sum(axis=-1))


def test_the_target_is_the_one_in_numpy() -> None:
    size = 5
    x = np.random.default_rng(1).normal(size=size)
    before = np.roll(np.arange(size), 1)
    wanted = x * x[before] + np.exp(0.3 * x)
    np.testing.assert_allclose(evaluate(target(size), "found", x), wanted, rtol=1e-14)


@st.composite
def maps(draw: Any, size: int) -> Map:
    def some(low: float, high: float, *shape: int) -> np.ndarray:
        return draw(arrays(float, shape, elements=st.floats(low, high, allow_subnormal=False)))

    centre, root = some(-1.0, 1.0, size), np.eye(size) + some(-0.5, 0.5, size, size)
    if draw(st.booleans()):
        return Map(centre, root)
    columns = some(-1.0, 1.0, size), some(0.3, 1.5, size), some(-1.0, 1.0, size)
    bends = np.stack([*columns, some(0.5, 2.0, size)], axis=1)
    # some entries are not bent
    bends[draw(arrays(bool, size)), :2] = 0.0, 1.0
    return Map(centre, root, bends)


#: All remainders of four, by which rows are added.
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 9, 11])
@examples(30)
@given(data=st.data())
def test_a_density_under_a_map(size: int, data: st.DataObject) -> None:
    """Log density of the normals plus the log slopes of the bends, and its gradient."""
    change, x = data.draw(maps(size)), data.draw(points(size, 2.0))

    def reference(at: np.ndarray) -> np.ndarray:
        y = change.centre + at @ change.root.T
        if change.bends is None:
            return log_target(y)
        skew, tail, shift, factor = change.bends.T
        z = shift + factor * np.sinh(tail * np.arcsinh(y) + skew)
        return log_target(z) + log_slopes(change, at)

    value, gradient = density(target(size), change)(x)
    slopes = np.imag(reference(x + 1j * STEP * np.eye(size))) / STEP
    scale = 1.0 + np.abs(slopes).max()
    assert value == pytest.approx(float(reference(x)), rel=1e-10, abs=1e-10 * scale)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-9, atol=1e-9 * scale)
    # the map in NumPy is the compiled one
    assert value == pytest.approx(
        density(target(size))(change(x))[0] + float(log_slopes(change, x)),
        rel=1e-10, abs=1e-10 * scale,
    )  # fmt: skip
    assert status(target(size), x, change) == 0


@pytest.mark.parametrize("bent", [False, True])
def test_the_map_in_numpy_leads_to_the_compiled_normals(bent: bool) -> None:
    """Entry by entry: a term that is one normal, less the density without it."""
    size, rng = 6, np.random.default_rng(2)
    columns = [rng.uniform(-0.7, 0.7, size), rng.uniform(0.4, 1.6, size)]
    bends = np.stack([*columns, rng.normal(size=size), rng.uniform(0.5, 2.0, size)], axis=1)
    change = Map(rng.normal(size=size), rng.normal(size=(size, size)), bends if bent else None)
    # far out on both sides, where the inverse hyperbolic sine could cancel
    x = rng.normal(size=(4, size)) * np.array([[0.0], [1.0], [5.0], [30.0]])
    tape = Tape(size)
    alone = density(Tape(size).program(), change)
    for i in range(size):
        with_one = density(tape.program([1e6 * tape.normals[..., [i]]]), change)
        for point in x:
            found = (with_one(point)[0] - alone(point)[0]) / 1e6
            assert found == pytest.approx(change(point)[i], rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("x", [sign * 10.0**k for k in range(-12, 13, 2) for sign in (-1, 1)])
def test_bends_keep_their_digits_near_and_far(x: float) -> None:
    """The inverse hyperbolic sine as a logarithm cancels on one side, unless it is mirrored."""
    change = Map(np.zeros(1), np.eye(1), np.array([[0.2, 0.5, 0.1, 1.5]]))
    z = change(np.array([x]))
    wanted = stats.norm.logpdf(z).sum() + log_slopes(change, np.array([x]))
    value, gradient = density(Tape(1).program(), change)(np.array([x]))
    assert value == pytest.approx(wanted, rel=1e-13)
    arc, root = math.asinh(x), math.hypot(1.0, x)
    slope = 1.5 * 0.5 * math.cosh(0.5 * arc + 0.2) / root
    own = 0.5 * math.tanh(0.5 * arc + 0.2) / root - x / root**2
    scale = abs(z[0] * slope) + abs(own)
    assert gradient[0] == pytest.approx(own - z[0] * slope, rel=1e-13, abs=1e-13 * scale)


def test_a_map_of_many_points_is_one_of_each() -> None:
    rng = np.random.default_rng(3)
    bends = np.array([[0.1, 0.9, 0.0, 1.0], [0.0, 1.0, 0.5, 2.0]])
    change = Map(rng.normal(size=2), rng.normal(size=(2, 2)), bends)
    x = rng.normal(size=(2, 3, 2))
    found = change(x)
    assert found.shape == x.shape
    for place in np.ndindex(2, 3):
        np.testing.assert_allclose(found[place], change(x[place]), rtol=1e-14)
    # skew zero and tail one is a straight line
    y = change.centre + x @ change.root.T
    np.testing.assert_allclose(found[..., 1], 0.5 + 2.0 * y[..., 1], rtol=1e-13)


SQUARE, LINE, FOUR = np.eye(3), np.zeros(3), np.ones((3, 4))


@pytest.mark.parametrize(
    "change",
    [
        Map(LINE, np.eye(2)),
        Map(LINE, np.eye(4)),
        Map(LINE, np.ones((3, 2))),
        Map(LINE, np.ones((2, 3))),
        Map(LINE, np.ones(9)),
        Map(np.zeros(2), SQUARE),
        Map(np.zeros(4), SQUARE),
        Map(np.zeros((3, 1)), SQUARE),
        Map(np.float64(0.0), SQUARE),
        Map(LINE, SQUARE, np.ones((2, 4))),
        Map(LINE, SQUARE, np.ones((4, 4))),
        Map(LINE, SQUARE, np.ones((3, 3))),
        Map(LINE, SQUARE, np.ones((4, 3))),
        Map(LINE, SQUARE, np.ones(12)),
    ],
)
def test_a_map_of_another_size_is_refused(change: Map) -> None:
    """The compiled functions find the map by its size, and would read on behind it."""
    with pytest.raises(ValueError, match="map"):
        density(target(3), change)
    with pytest.raises(ValueError, match="map"):
        sampler(target(3), change)


def test_a_map_of_other_types_is_the_same_map() -> None:
    root = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0], [4.0, 0.0, 5.0]])
    bends = np.array([[0.5, 1.0, 0.0, 2.0]] * 3)
    x = np.array([0.1, -0.2, 0.3])
    value, gradient = density(target(3), Map(np.ones(3), root, bends))(x)
    wide = np.zeros((6, 9))
    wide[::2, ::3] = root
    for kind in (np.float32, np.longdouble, ">f8"):
        other = Map(np.ones(3, dtype=kind), root.astype(kind), bends.astype(kind))
        again, slope = density(target(3), other)(x)
        assert again == value
        np.testing.assert_array_equal(slope, gradient)
    for other in (
        Map(np.ones(3, dtype=int), np.asfortranarray(root.astype(int)), np.asfortranarray(bends)),
        Map(np.ones(6)[::2], wide[::2, ::3], np.repeat(bends, 2, axis=1)[:, ::2]),
    ):
        again, slope = density(target(3), other)(x)
        assert again == value
        np.testing.assert_array_equal(slope, gradient)


@pytest.mark.parametrize(
    "change",
    [
        Map(np.array([0.0, np.nan, 0.0]), SQUARE),
        Map(LINE, np.full((3, 3), np.inf)),
        Map(LINE, SQUARE, FOUR * np.nan),
        # a bend that is no longer rising has no log slope
        Map(LINE, SQUARE, FOUR * [0.0, 1.0, 0.0, -1.0]),
        Map(LINE, SQUARE, FOUR * [0.1, 1.0, 0.0, 0.0]),
        # sinh overflows
        Map(LINE, SQUARE, FOUR * [0.0, 2000.0, 0.0, 1.0]),
    ],
)
def test_an_absurd_map_has_no_usable_density(change: Map) -> None:
    x = np.array([0.5, 0.6, -0.7])
    value, gradient = density(target(3), change)(x)
    assert not (math.isfinite(value) and np.isfinite(gradient).all())
    assert status(target(3), x, change) == 4


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("change", [None, Map(LINE, SQUARE), Map(LINE, SQUARE, FOUR / 2)])
def test_a_point_that_is_no_number_has_no_usable_density(change: Map | None, odd: float) -> None:
    assert status(target(3), np.array([0.0, odd, 0.0]), change) == 4


def test_far_points_overflow_and_are_refused() -> None:
    change = Map(LINE, SQUARE, FOUR / 2)
    for reach in (1e200, -1e200, 1e308):
        assert status(target(3), np.full(3, reach), change) == 4


def test_a_density_takes_one_point_of_its_size() -> None:
    compiled = density(target(3))
    for shape in [(), (2,), (4,), (3, 1), (1, 3), (0,)]:
        with pytest.raises(ValueError, match="3 numbers"):
            compiled(np.zeros(shape))


def test_points_may_lie_scattered_and_are_left_alone() -> None:
    compiled = density(target(3))
    x = np.array([0.25, -0.5, 2.0])
    value, gradient = compiled(x)
    kept = gradient.copy()
    for other in (np.repeat(x, 2)[::2], x.astype(np.float32), x[::-1].copy()[::-1], x.tolist()):
        again, slope = compiled(other)
        assert again == value
        np.testing.assert_array_equal(slope, gradient)
    compiled(np.zeros(3))
    # each call has arrays of its own
    np.testing.assert_array_equal(gradient, kept)
    np.testing.assert_array_equal(x, [0.25, -0.5, 2.0])


def test_threads_do_not_disturb_each_other() -> None:
    """As nutpie's chains are threads."""
    rng = np.random.default_rng(4)
    compiled = density(target(40), Map(np.zeros(40), rng.normal(size=(40, 40)) / 9))
    x = rng.normal(size=(400, 40))
    wanted = [compiled(one) for one in x]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(compiled, x))
    for (value, gradient), (again, slope) in zip(wanted, found, strict=True):
        assert value == again
        np.testing.assert_array_equal(gradient, slope)


@pytest.mark.parametrize("shape", [(), (1,), (5,), (0,), (2, 3), (2, 0), (1, 2, 3)])
def test_many_draws_are_each_by_itself(shape: tuple[int, ...]) -> None:
    program = target(4)
    z = np.random.default_rng(5).normal(size=(*shape, 4))
    for name, wanted in (("found", z * np.roll(z, 1, -1) + np.exp(0.3 * z)), ("normals", z)):
        found = evaluate(program, name, z)
        assert found.shape == (*shape, 4)
        np.testing.assert_allclose(found, wanted, rtol=1e-13)
    # from every other number of an array, in either order
    wide = np.repeat(z, 2, axis=-1)[..., ::2]
    np.testing.assert_array_equal(evaluate(program, "found", wide), evaluate(program, "found", z))
    np.testing.assert_array_equal(
        evaluate(program, "found", np.asfortranarray(z)), evaluate(program, "found", z)
    )


def test_draws_of_another_size_and_unknown_names_are_refused() -> None:
    for shape in [(3,), (5,), (2, 5), (4, 1), ()]:
        with pytest.raises(ValueError, match="4 numbers"):
            evaluate(target(4), "found", np.zeros(shape))
    with pytest.raises(KeyError):
        evaluate(target(4), "unknown", np.zeros(4))


def test_starting_points_are_the_seeds() -> None:
    start = starting_points(3)
    np.testing.assert_array_equal(start(1), start(1))
    assert (start(1) != start(2)).all()
    many = np.array([start(seed) for seed in range(500)])
    assert abs(many.mean()) < 4 / math.sqrt(1500)
    assert many.std() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("bent", [False, True])
def test_what_is_sampled_in_a_map_is_the_density_of_the_normals(bent: bool) -> None:
    """With nothing but the prior the normals are standard, whatever the map: no slope is lost."""
    import nutpie

    root = np.array([[0.8, 0.3, 0.0], [0.0, 1.2, -0.4], [0.2, 0.0, 0.7]])
    bends = np.array([[0.4, 0.8, -0.3, 1.1], [0.0, 1.0, 0.2, 0.9], [-0.3, 0.7, 0.0, 1.3]])
    change = Map(np.array([0.3, -0.2, 0.1]), root, bends if bent else None)
    compiled = sampler(Tape(3).program(), change)
    trace = nutpie.sample(
        compiled, draws=1500, tune=300, chains=2, cores=1, seed=1, progress_bar=False
    )
    z = change(trace["posterior"]["x"].to_numpy()).reshape(-1, 3)
    assert not trace["sample_stats"]["diverging"].to_numpy().any()
    assert (abs(z.mean(axis=0)) < FOUR_STANDARD_ERRORS).all()
    assert (abs((z**2).mean(axis=0) - 1.0) < math.sqrt(2.0) * FOUR_STANDARD_ERRORS).all()
    assert (abs((z**3).mean(axis=0)) < math.sqrt(15.0) * FOUR_STANDARD_ERRORS).all()


def test_densities_on_arrays_broadcast() -> None:
    x, sd, tail = np.linspace(-1, 1, 5)[:, None], np.array([0.2, 0.4, 0.3]), np.float64(0.0)
    found = tailed_logpdf(x, sd, tail)
    np.testing.assert_allclose(found, stats.norm(0.0, sd).logpdf(x), rtol=1e-12)
    assert tailed_logpdf(0.1, 0.2, 0.3).shape == ()
    assert tailed_logpdf(np.zeros((0, 2)), 0.2, 0.3).shape == (0, 2)
    units = np.array([2.0])
    found = extremes_logpdf(-1.0, 1.0, np.zeros((2, 1)), np.array([1.0, 2.0, 3.0]), units)
    # of two units, their densities, in either order
    wanted = np.log(2.0) + 2.0 * stats.norm(0.0, [1.0, 2.0, 3.0]).logpdf(1.0)
    np.testing.assert_allclose(found, np.tile(wanted, (2, 1)), rtol=1e-12)
    assert extremes_logpdf(np.zeros((0, 2)), 1.0, 0.0, 1.0, units).shape == (0, 2)
