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


def balance(draw: Draw) -> Case:
    years, segments = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    at = view(draw, years * segments)
    error, weight = draw(st.floats(0.1, 2.0)), draw(st.floats(0.0, 2.0))
    persistence, common = draw(st.floats(0.0, 0.95)), draw(st.floats(0.0, 0.95))
    covariance = balance_covariance(years, segments, error, persistence, common)
    precision = np.linalg.inv(covariance)
    constant = -0.5 * np.linalg.slogdet(2 * np.pi * covariance)[1]

    def reference(z: np.ndarray) -> np.ndarray:
        x = z[..., at]
        return weight * (constant - 0.5 * ((x @ precision) * x).sum(axis=-1, keepdims=True))

    return lambda z: on.balance(z[..., at], years, error, persistence, common, weight), reference


def balance_covariance(
    years: int, segments: int, error: float, persistence: float, common: float
) -> np.ndarray:
    """Error² times the Kronecker product of two compound-symmetric correlations."""
    of_years, of_segments = (
        (1.0 - share) * np.eye(n) + share * np.ones((n, n))
        for n, share in ((years, persistence), (segments, common))
    )
    return np.asarray(error**2 * np.kron(of_years, of_segments))


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
    Op.BALANCE: balance,
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
    if op is not Op.BALANCE:
        # whose sums meet infinities of both signs in another order
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
    assert status(program, point) == 4


hedge = st.tuples(
    st.floats(0.01, 2.0),
    st.one_of(st.just(0.0), st.floats(0.01, 2.0), st.floats(-2.0, -0.01)),
    st.floats(0.0, 3.0),
)


@given(hedges=st.lists(hedge, min_size=1, max_size=4), point=points(3, 2.0), data=st.data())
@examples(60)
def test_hedges(
    hedges: list[tuple[float, float, float]], point: np.ndarray, data: st.DataObject
) -> None:
    sd, tail, weight = np.array(hedges).T
    at = data.draw(views(3, len(hedges)))
    constant = [
        math.log(2.0 * abs(m)) if m else math.log(s * math.sqrt(2.0 * math.pi))
        for s, m in zip(sd, tail, strict=True)
    ]

    def reference(z: np.ndarray) -> np.ndarray:
        logs = [float(exact.tailed(*one)) for one in zip(z[at], sd, tail, strict=True)]
        return weight * (np.array(logs) - constant)

    jacobian = np.zeros((3, len(at)))
    for i, (x, *own) in enumerate(zip(point[at], sd, tail, strict=True)):
        jacobian[at[i], i] = weight[i] * float(
            exact.slope(lambda at, own=own: exact.tailed(at, *own), x, 0.01)
        )
    program = assert_recorded(
        lambda z: on.hedges(z[..., at], sd, tail, weight), reference, point, jacobian
    )
    assert Op.HEDGES in program.code[:, 0]


def test_hedges_are_scipys_densities() -> None:
    """With the constants, which the recording adds."""
    x, tail = np.linspace(-0.5, 0.5, 6), np.array([0.0, 0.0, 0.2, -0.2, 0.7, -0.7])
    tape = Tape(6)
    program = tape.program(found=on.hedges(tape.normals, 0.3, tail, 2.0))
    wanted = np.where(
        tail == 0.0,
        stats.norm(0.0, 0.3).logpdf(x),
        stats.exponnorm(np.where(tail, np.abs(tail), 1.0) / 0.3, scale=0.3).logpdf(
            np.sign(tail) * x
        ),
    )
    np.testing.assert_allclose(evaluate(program, "found", x), 2.0 * wanted, rtol=1e-9)


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


@pytest.mark.parametrize(("years", "segments"), [(1, 1), (1, 4), (5, 1), (3, 2), (4, 5)])
@pytest.mark.parametrize(("persistence", "common"), [(0.0, 0.0), (0.6, 0.3), (0.99, 0.99)])
def test_balance_is_a_multivariate_normal(
    years: int, segments: int, persistence: float, common: float
) -> None:
    covariance = balance_covariance(years, segments, 0.2, persistence, common)
    x = np.random.default_rng(1).normal(size=(4, years * segments)) / 5.0
    tape = Tape(years * segments)
    found = on.balance(tape.normals, years, 0.2, persistence, common, 0.7)
    wanted = stats.multivariate_normal(cov=covariance).logpdf(x)
    values = evaluate(tape.program(found=found), "found", x)[..., 0]
    np.testing.assert_allclose(values, 0.7 * wanted, rtol=1e-10)


def test_each_host_has_a_balance_of_its_own() -> None:
    """Two hosts' accounts in one program, years by segments of all hosts side by side."""
    years, hosts = 3, np.array([0, 1, 0, 1, 1])
    at = [np.flatnonzero(np.tile(hosts == host, years)) for host in (0, 1)]
    x = np.random.default_rng(2).normal(size=years * len(hosts))
    tape = Tape(len(x))
    logs = tape.normals * 1.5
    found = [on.balance(logs[..., own], years, 0.5, 0.4, 0.2, 1.0) for own in at]
    program = tape.program(found, both=on.concatenate(found))
    wanted = [
        stats.multivariate_normal(cov=balance_covariance(years, n, 0.5, 0.4, 0.2)).logpdf(1.5 * one)
        for n, one in ((2, x[at[0]]), (3, x[at[1]]))
    ]
    np.testing.assert_allclose(evaluate(program, "both", x), wanted, rtol=1e-12)
    value, _ = density(program)(x)
    assert value == pytest.approx(stats.norm.logpdf(x).sum() + sum(wanted), rel=1e-12)


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
        # and here the slope is no number: zero times infinity
        (lambda z: on.exp(-1.0 * on.exp(z)), 800.0),
    ],
    ids=["exp", "log of zero", "log below zero", "log of sigmoid", "by zero", "root", "exp of exp"],
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


@pytest.mark.parametrize("place", range(3))
def test_data_that_are_no_numbers_are_refused(place: int) -> None:
    """A figure, a tail or a weight that is no number makes no finite density."""
    given = [0.2, 0.3, 1.0]
    given[place] = math.nan
    tape = Tape(2)
    program = tape.program([on.hedges(tape.normals, *given)])
    assert status(program, np.zeros(2)) == 4
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
