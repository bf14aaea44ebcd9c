"""Each operation against NumPy, its pull against a complex step; what is not finite stays so."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from model.kernel import recorded as on
from model.kernel.native import density, evaluate
from model.kernel.program import Op
from model.kernel.tape import Node, Tape
from tests.kernel import exact
from tests.kernel.recording import (
    Build,
    Reference,
    assert_recorded,
    examples,
    numbers,
    points,
    recorded,
    starts_of,
    status,
    views,
)

Draw = Callable[[st.SearchStrategy[Any]], Any]
Case = tuple[Build, Reference]

SIZE = 5


def view(draw: Draw, length: int | None = None) -> np.ndarray:
    """Some of the normals, at least one: in any order, or side by side."""
    n = draw(st.integers(1, 7)) if length is None else length
    if n <= SIZE and draw(st.booleans()):
        return np.arange(n) + draw(st.integers(0, SIZE - n))
    return draw(views(SIZE, n))


def given_numbers(draw: Draw, length: int, low: float = -2.0, high: float = 2.0) -> np.ndarray:
    return np.array(draw(st.lists(st.floats(low, high), min_size=length, max_size=length)))


def affine(draw: Draw) -> Case:
    at = view(draw)
    shift, factor = given_numbers(draw, len(at)), given_numbers(draw, len(at))
    return lambda z: shift + factor * z[..., at], lambda z: shift + factor * z[..., at]


def both(operation: Callable[[Any, Any], Any]) -> Callable[[Draw], Case]:
    def case(draw: Draw) -> Case:
        # often the same numbers on both sides, or overlapping ones
        a = view(draw)
        b = draw(st.one_of(st.just(a), views(SIZE, len(a)), st.just(a[::-1])))

        def function(z: Any) -> Any:
            return operation(z[..., a], z[..., b])

        return function, function

    return case


def exponential(draw: Draw) -> Case:
    at = view(draw)
    return lambda z: on.exp(z[..., at]), lambda z: np.exp(z[..., at])


def logarithm(draw: Draw) -> Case:
    at, least = view(draw), draw(st.floats(1e-3, 2.0))
    return (
        lambda z: on.log(z[..., at] * z[..., at] + least),
        lambda z: np.log(z[..., at] * z[..., at] + least),
    )


def sigmoid(draw: Draw) -> Case:
    at, factor = view(draw), draw(st.floats(-200.0, 200.0))

    def reference(z: np.ndarray) -> np.ndarray:
        x = factor * z[..., at]
        # neither form overflows on its own side
        e = np.exp(np.where(x.real > 0.0, -x, x))
        return np.where(x.real > 0.0, 1.0 / (1.0 + e), e / (1.0 + e))

    return lambda z: on.sigmoid(factor * z[..., at]), reference


def at_least(draw: Draw) -> Case:
    at = view(draw)
    floor = given_numbers(draw, len(at))
    return (
        lambda z: on.at_least(z[..., at], floor),
        lambda z: np.where(z[..., at].real < floor, floor, z[..., at]),
    )


def gather(draw: Draw) -> Case:
    at = np.append([1, 0, 0], view(draw))
    return lambda z: z[..., at].laid, lambda z: z[..., at]


def sums(draw: Draw) -> Case:
    at = view(draw)
    # a row may have no stretch at all; stretches overlap and repeat
    lengths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    ends = st.tuples(st.integers(0, len(at)), st.integers(0, len(at))).filter(
        lambda pair: pair[0] != pair[1]
    )
    pairs = [sorted(draw(ends)) for _ in range(sum(lengths))]
    firsts, stops = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    starts, weights = starts_of(lengths), given_numbers(draw, sum(lengths))

    def reference(z: np.ndarray) -> np.ndarray:
        x = z[..., at]
        found = np.zeros((*z.shape[:-1], len(lengths)), dtype=z.dtype)
        for r in range(len(lengths)):
            for k in range(starts[r], starts[r + 1]):
                found[..., r] += weights[k] * x[..., firsts[k] : stops[k]].sum(axis=-1)
        return found

    return lambda z: on.stretches(z[..., at], starts, firsts, stops, weights), reference


def dots(draw: Draw) -> Case:
    lengths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    starts = starts_of(lengths)
    a = view(draw, sum(lengths))
    b = draw(st.one_of(st.just(a), views(SIZE, len(a))))

    def reference(z: np.ndarray) -> np.ndarray:
        product = z[..., a] * z[..., b]
        rows = [
            product[..., i:j].sum(axis=-1, keepdims=True) for i, j in itertools.pairwise(starts)
        ]
        return np.concatenate(rows, axis=-1)

    return lambda z: on.products(z[..., a], z[..., b], starts), reference


def recurrence(draw: Draw) -> Case:
    hosts, steps = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    before, survival = view(draw, hosts), view(draw, hosts * steps)
    inflow = draw(st.one_of(st.just(survival), views(SIZE, hosts * steps)))

    def reference(z: np.ndarray) -> np.ndarray:
        found = np.zeros((*z.shape[:-1], hosts * steps), dtype=z.dtype)
        for h, t in itertools.product(range(hosts), range(steps)):
            i = h * steps + t
            last = found[..., i - 1] if t else z[..., before[h]]
            found[..., i] = last * z[..., survival[i]] + z[..., inflow[i]]
        return found

    return (
        lambda z: on.recurrence(z[..., before], z[..., survival], z[..., inflow]),
        reference,
    )


def root(draw: Draw) -> Case:
    at = view(draw)
    return (
        lambda z: (z[..., at] * z[..., at] + 0.1) ** 0.5,
        lambda z: np.sqrt(z[..., at] * z[..., at] + 0.1),
    )


def repeat(draw: Draw) -> Case:
    """Runs long enough to be told as such."""
    at = np.repeat([1, 0, *view(draw)], draw(st.integers(5, 8)))
    return lambda z: z[..., at].laid, lambda z: z[..., at]


def balances(draw: Draw) -> Case:
    """Excess and log slope, side by side; the stock is added up month by month."""
    n = draw(st.integers(1, 3))
    before, after, turnover = view(draw, n), view(draw, n), view(draw, n)
    months = np.array(draw(st.lists(st.integers(1, 40), min_size=n, max_size=n)))
    scales = st.lists(st.floats(0.3, 1.5), min_size=n, max_size=n)
    inflow = np.array(draw(st.lists(st.floats(-3.0, 3.0), min_size=n, max_size=n)))
    hazard = np.array(draw(st.lists(st.floats(-6.0, 0.0), min_size=n, max_size=n)))
    in_scale, out_scale = np.array(draw(scales)), np.array(draw(scales))

    def level(before: Any, turnover: Any, w: Any) -> tuple[Any, Any]:
        """Log of the stock at the end, and its slope in w."""
        a = np.exp(inflow + in_scale * (turnover + w) / np.sqrt(2.0))
        h = np.exp(hazard + out_scale * (turnover - w) / np.sqrt(2.0))
        a_w, h_w = a * in_scale / np.sqrt(2.0), -h * out_scale / np.sqrt(2.0)
        found = np.exp(before - h * months)
        slope = -months * h_w * found
        for t in range(40):
            there = (t < months) * np.exp(-h * t)
            found, slope = found + a * there, slope + a_w * there - a * t * there * h_w
        return np.log(found), slope / found

    def reference(z: np.ndarray) -> np.ndarray:
        own, wanted, v = z[..., before], z[..., after], z[..., turnover]
        low, high = np.full(wanted.shape, -80.0), np.full(wanted.shape, 80.0)
        for _ in range(120):
            middle = (low + high) / 2
            below = level(own.real, v.real, middle)[0] < wanted.real
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        w = np.where(np.isfinite(own + wanted + v), low, np.nan) + z.dtype.type(0)
        for _ in range(3):
            # in complex numbers, which carry the slopes
            found, slope = level(own, v, w)
            w = w + (wanted - found) / slope
        return np.concatenate([w, -np.log(level(own, v, w)[1])], axis=-1)

    def operation(z: Any) -> Any:
        return on.concatenate(list(on.balances(
            z[..., before], z[..., after], z[..., turnover], months.astype(float),
            (inflow, in_scale), (hazard, out_scale),
        )))  # fmt: skip

    return operation, reference


CASES: dict[Op, Callable[[Draw], Case]] = {
    Op.AFFINE: affine,
    Op.ADD: both(lambda x, y: x + y),
    Op.SUBTRACT: both(lambda x, y: x - y),
    Op.MULTIPLY: both(lambda x, y: x * y),
    Op.DIVIDE: both(lambda x, y: x / (y * y + 0.5)),
    Op.EXP: exponential,
    Op.LOG: logarithm,
    Op.SIGMOID: sigmoid,
    Op.AT_LEAST: at_least,
    Op.GATHER: gather,
    Op.SUMS: sums,
    Op.DOTS: dots,
    Op.RECURRENCE: recurrence,
    Op.ROOT: root,
    Op.REPEAT: repeat,
    Op.BALANCE: balances,
}


def test_every_operation_is_tested_here() -> None:
    assert set(CASES) | {Op.HEDGES, Op.SPREADS} == set(Op)


@pytest.mark.parametrize("op", CASES, ids=lambda op: op.name)
@given(data=st.data(), point=points(SIZE))
@examples(60)
def test_values_are_numpys_and_slopes_are_pulled(
    op: Op, data: st.DataObject, point: np.ndarray
) -> None:
    program = assert_recorded(*CASES[op](data.draw), point)
    assert op in program.code[:, 0]


@pytest.mark.parametrize("op", CASES, ids=lambda op: op.name)
@given(data=st.data(), point=points(SIZE, 1.5))
@examples(20)
def test_what_many_instructions_wrote_is_read_by_one(
    op: Op, data: st.DataObject, point: np.ndarray
) -> None:
    """Each of them is kept: a program knows what an operation reads."""
    build, reference = CASES[op](data.draw)

    def pieces(z: Node) -> Node:
        # a product of one number each, which stand side by side
        return on.concatenate([z[..., [i]] * z[..., [i]] for i in range(SIZE)])

    assert_recorded(lambda z: build(pieces(z)), lambda z: reference(z * z), point)


@pytest.mark.parametrize("op", CASES, ids=lambda op: op.name)
@given(
    data=st.data(),
    point=points(SIZE),
    odd=st.dictionaries(
        st.integers(0, SIZE - 1), st.sampled_from([math.nan, math.inf, -math.inf]), min_size=1
    ),
)
@examples(30)
def test_what_is_not_finite_is_what_numpy_says(
    op: Op, data: st.DataObject, point: np.ndarray, odd: dict[int, float]
) -> None:
    build, reference = CASES[op](data.draw)
    point[list(odd)] = list(odd.values())
    program, _ = recorded(build, SIZE)
    with np.errstate(all="ignore"):
        wanted = reference(point)
    found = evaluate(program, "found", point)
    assert (np.isfinite(found) == np.isfinite(wanted)).all()
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
    assert status(program, point) == 4


hedge = st.tuples(
    st.one_of(st.just(0.0), st.floats(0.01, 2.0), st.floats(-2.0, -0.01)), st.floats(0.0, 3.0)
)
off = st.tuples(st.one_of(st.just(0.0), st.floats(0.01, 0.9)), st.floats(0.1, 2.0))


@given(
    hedges=st.lists(hedge, min_size=1, max_size=4), off=off, point=points(3, 2.0), data=st.data()
)
@examples(60)
def test_hedges(
    hedges: list[tuple[float, float]],
    off: tuple[float, float],
    point: np.ndarray,
    data: st.DataObject,
) -> None:
    """Around a number and with an error that both are recorded."""
    tail, weight = np.array(hedges).T
    at, of_error = (data.draw(views(3, len(hedges))) for _ in range(2))

    def error(z: Any) -> Any:
        return z[..., of_error] * z[..., of_error] + 0.05

    def logs(x: Any, sd: Any, tail: float) -> Any:
        return exact.hedge(x, sd, tail, *off)

    def reference(z: np.ndarray) -> np.ndarray:
        found = map(logs, z[at], error(z), tail)
        return weight * np.array([float(one) for one in found])

    jacobian = np.zeros((3, len(at)))
    for i, (x, sd, own) in enumerate(zip(point[at], error(point), tail, strict=True)):
        in_x = exact.slope(lambda at, sd=sd, own=own: logs(at, sd, own), x, 0.01)
        in_sd = exact.slope(lambda at, x=x, own=own: logs(x, at, own), sd, 0.01)
        jacobian[at[i], i] += weight[i] * float(in_x)
        jacobian[of_error[i], i] += weight[i] * float(in_sd) * 2.0 * point[of_error[i]]
    program = assert_recorded(
        lambda z: on.hedges(z[..., at], error(z), tail, weight, off), reference, point, jacobian
    )
    assert Op.HEDGES in program.code[:, 0]


@pytest.mark.parametrize("off", [(0.0, 1.0), (0.1, 0.8)])
def test_hedges_are_scipys_densities(off: tuple[float, float]) -> None:
    """A mixture of one as graded and three with a larger error."""
    x, tail = np.linspace(-0.5, 0.5, 6), np.array([0.0, 0.0, 0.2, -0.2, 0.7, -0.7])
    tape = Tape(6)
    found = on.hedges(tape.normals, tape.numbers(np.full(6, 0.3)), tail, 2.0, off)
    share, by = off
    wanted = np.log(
        (1.0 - share) * scipys_density(x, 0.3, tail)
        + share / 3.0 * sum(scipys_density(x, np.hypot(0.3, by / k), tail) for k in (1, 2, 4))
    )
    found = evaluate(tape.program(found=found), "found", x)
    np.testing.assert_allclose(found, 2.0 * wanted, rtol=1e-9)


def scipys_density(x: np.ndarray, sd: float, tail: np.ndarray) -> np.ndarray:
    modified = stats.exponnorm(np.where(tail, np.abs(tail), 1.0) / sd, scale=sd)
    normal = stats.norm(0.0, sd).pdf(x)
    return np.asarray(np.where(tail == 0.0, normal, modified.pdf(np.sign(tail) * x)))


@given(
    rows=st.lists(
        st.tuples(numbers(), st.floats(0.05, 2.0), st.floats(0.0, 3.0)), min_size=1, max_size=3
    ),
    units=st.lists(st.integers(2, 60), min_size=1, max_size=3),
    point=points(3, 2.0),
    data=st.data(),
)
@examples(30)
def test_spreads(
    rows: list[tuple[float, float, float]],
    units: list[int],
    point: np.ndarray,
    data: st.DataObject,
) -> None:
    low, width, weight = np.array(rows).T
    high = low + width
    location, deviation = (data.draw(views(3, len(rows))) for _ in range(2))

    def logs(*given: Any) -> Any:
        return exact.extremes(*given, units)

    def reference(z: np.ndarray) -> np.ndarray:
        found = map(logs, low, high, z[location], z[deviation])
        return weight * np.array([float(one) for one in found])

    jacobian = np.zeros((3, len(rows)))
    for i in range(len(rows)):
        a, b, c, d = low[i], high[i], point[location[i]], point[deviation[i]]
        in_location = exact.slope(lambda at, a=a, b=b, d=d: logs(a, b, at, d), c)
        in_deviation = exact.slope(lambda at, a=a, b=b, c=c: logs(a, b, c, at), d)
        jacobian[location[i], i] += weight[i] * float(in_location)
        jacobian[deviation[i], i] += weight[i] * float(in_deviation)

    def build(z: Node) -> Node:
        numbers = np.array(units, dtype=float)
        return on.spreads(z[..., location], z[..., deviation], low, high, weight, numbers)

    program = assert_recorded(build, reference, point, jacobian, tolerance=1e-9)
    assert Op.SPREADS in program.code[:, 0]


def test_sigmoid_far_out_and_its_complement_keeps_its_digits() -> None:
    x = np.array([-800.0, -745.2, -709.9, -40.0, 0.0, 40.0, 709.9, 745.2, 800.0])
    tape = Tape(len(x))
    found = on.sigmoid(tape.normals)
    program = tape.program([found], found=found)
    np.testing.assert_allclose(evaluate(program, "found", x), special.expit(x), rtol=1e-14)
    value, gradient = density(program)(x)
    assert math.isfinite(value)
    # the normals' own slope hides such a small one
    at_forty, _ = recorded(lambda z: 1e20 * on.sigmoid(z), 1)
    for sign in (1.0, -1.0):
        _, slope = density(at_forty)(np.array([sign * 40.0]))
        wanted = 1e20 * np.cos(1.0) * special.expit(40.0) * special.expit(-40.0)
        assert slope[0] + sign * 40.0 == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(gradient, special.expit(x) * special.expit(-x) - x, rtol=1e-14)


@pytest.mark.parametrize(
    ("build", "x"),
    [
        (on.exp, 800.0),
        (lambda z: on.log(z * 1.0), 0.0),
        (lambda z: on.log(z * 1.0), -1.0),
        (lambda z: on.log(on.sigmoid(z)), -800.0),
        (lambda z: 1.0 * z / (z - 1.0), 1.0),
        # the value is finite, its slope is not
        (lambda z: z**0.5, 0.0),
        (lambda z: z**0.5, -1.0),
        # and here the slope is no number: zero times infinity
        (lambda z: on.exp(-1.0 * on.exp(z)), 800.0),
    ],
    ids=[
        "exp",
        "log of zero",
        "log below zero",
        "log of sigmoid",
        "by zero",
        "root",
        "root below zero",
        "exp of exp",
    ],
)
def test_what_overflows_is_refused(build: Build, x: float) -> None:
    tape = Tape(1)
    program = tape.program([build(tape.normals)])
    value, gradient = density(program)(np.array([x]))
    assert not (math.isfinite(value) and np.isfinite(gradient).all())
    assert status(program, np.array([x])) == 4


@pytest.mark.parametrize("floor", [-1.0, 0.0, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("x", [-2.0, 0.0, 2.0, math.inf, -math.inf, math.nan])
def test_at_least_never_hides_what_is_no_number(floor: float, x: float) -> None:
    tape = Tape(1)
    found = on.at_least(tape.normals, floor)
    value = evaluate(tape.program(found=found), "found", np.array([x]))
    np.testing.assert_array_equal(value, [np.maximum(x, floor)])


@pytest.mark.parametrize("place", range(5))
def test_an_error_that_is_no_number_is_refused(place: int) -> None:
    """Nor a tail, a weight, or how much is off: none makes a finite density."""
    given = [0.2, 0.3, 1.0, 0.1, 0.8]
    given[place] = math.nan
    sd, tail, weight, *off = given
    tape = Tape(2)
    found = on.hedges(tape.normals, tape.numbers(np.full(2, sd)), tail, weight, tuple(off))
    assert status(tape.program([found]), np.zeros(2)) == 4


@pytest.mark.parametrize("place", range(3))
def test_data_that_are_no_numbers_are_refused(place: int) -> None:
    """A figure or a weight that is no number makes no finite density."""
    tape = Tape(2)
    x = tape.normals
    given = [np.array([0.1]), np.array([0.5]), np.array([1.0])]
    given[place] = np.array([math.nan])
    program = tape.program([on.spreads(x[..., :1], x[..., 1:], *given, np.array([4.0]))])
    assert status(program, np.zeros(2)) == 4


def test_a_term_named_twice_counts_twice() -> None:
    tape = Tape(2)
    x = tape.normals
    product = x[..., :1] * x[..., 1:]
    value, gradient = density(tape.program([product, product, x[..., [0, 0]]]))(
        np.array([0.3, 2.0])
    )
    assert value == pytest.approx(2 * 0.6 + 2 * 0.3 + stats.norm.logpdf([0.3, 2.0]).sum())
    np.testing.assert_allclose(gradient, [2 * 2.0 + 2 - 0.3, 2 * 0.3 - 2.0])
