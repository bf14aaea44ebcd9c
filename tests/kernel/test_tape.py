"""Recording: what equations mean on views, what is computed once, and what is left out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from model.kernel import recorded as on
from model.kernel import tape as tape_module
from model.kernel.native import density, evaluate
from model.kernel.program import Op, Program
from model.kernel.tape import Node, Tape, distinct
from tests.kernel.recording import (
    STEP,
    assert_recorded,
    examples,
    numbers,
    points,
    starts_of,
    status,
    views,
)

SIZE = 4
#: Numbers beyond it are not recorded further: they would leave no digits to compare.
LARGE = 1e4


def operations(program: Program) -> list[Op]:
    return [Op(int(number)) for number in program.code[:, 0]]


@dataclass(frozen=True)
class Twin:
    """Numbers as recorded, and the same as NumPy has them: (1 + size, n), a complex step a row."""

    node: Node
    array: np.ndarray

    @property
    def usable(self) -> bool:
        return bool((np.abs(self.array) < LARGE).all()) and self.array.shape[1] > 0


def _view(draw: Any, twins: list[Twin]) -> Twin:
    """Some numbers of what was recorded, in any order, mostly with repetitions."""
    one = draw(st.sampled_from(twins))
    n = one.array.shape[1]
    key: Any = draw(
        st.one_of(
            views(n, draw(st.integers(1, 6))),
            st.just(slice(None, None, -1)),
            st.just(slice(0, max(1, n // 2))),
            st.just(slice(None)),
        )
    )
    return Twin(one.node[..., key], one.array[..., key])


def _like(draw: Any, twins: list[Twin], n: int) -> Twin:
    one = draw(st.sampled_from(twins))
    at = draw(views(one.array.shape[1], n))
    return Twin(one.node[..., at], one.array[..., at])


def _two(draw: Any, twins: list[Twin]) -> Twin:
    x = _view(draw, twins)
    y = _like(draw, twins, x.array.shape[1])
    name = draw(st.sampled_from(["+", "-", "*", "/"]))
    if name == "/":
        return Twin(x.node / (y.node * y.node + 1.0), x.array / (y.array * y.array + 1.0))
    function: Callable[[Any, Any], Any] = {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    }[name]  # fmt: skip
    return Twin(function(x.node, y.node), function(x.array, y.array))


def _case_numbers(draw: Any, twins: list[Twin]) -> Twin:
    """With numbers of the case, one or many, on either side."""
    x = _view(draw, twins)
    few = st.sampled_from([-1.0, 0.5, 2.0])
    many = st.lists(few, min_size=x.array.shape[1], max_size=x.array.shape[1]).map(np.array)
    c = draw(st.one_of(few, many, few.map(np.float64), few.map(lambda one: np.array([one]))))
    function: Callable[[Any], Any] = draw(
        st.sampled_from([
            lambda a: a + c, lambda a: c + a, lambda a: a - c, lambda a: c - a,
            lambda a: a * c, lambda a: c * a, lambda a: a / c, lambda a: -a,
            lambda a: 2.0 * (c - a) + 1.0,
        ])
    )  # fmt: skip
    return Twin(function(x.node), function(x.array))


def _alone(draw: Any, twins: list[Twin]) -> Twin:
    x = _view(draw, twins)
    name = draw(
        st.sampled_from(["exp", "log", "log of exp", "power", "root", "sigmoid", "at_least"])
    )
    if name == "sigmoid":
        return Twin(on.sigmoid(0.1 * x.node), 1.0 / (1.0 + np.exp(-0.1 * x.array)))
    if name == "at_least":
        floor = 0.123456789
        return Twin(on.at_least(x.node, floor), np.where(x.array.real < floor, floor, x.array))
    # over something that keeps exp within bounds, and above zero
    node, array = x.node / (x.node * x.node + 1.0), x.array / (x.array * x.array + 1.0)
    if name == "exp":
        return Twin(on.exp(node), np.exp(array))
    if name == "log of exp":
        return Twin(on.log(on.concatenate([on.exp(x.node), node + 1.0])),
                    np.concatenate([x.array, np.log(array + 1.0)], axis=1))  # fmt: skip
    if name == "power":
        return Twin((node + 1.0) ** 1.5, (array + 1.0) ** 1.5)
    if name == "root":
        return Twin((node + 1.0) ** 0.5, np.sqrt(array + 1.0))
    return Twin(on.log(node + 1.0), np.log(array + 1.0))


def _together(draw: Any, twins: list[Twin]) -> Twin:
    x, y = _view(draw, twins), _view(draw, twins)
    both = Twin(on.concatenate([x.node, y.node]), np.concatenate([x.array, y.array], axis=1))
    n = both.array.shape[1]
    name = draw(st.sampled_from(["end to end", "groups", "products", "recurrence", "replaced"]))
    if name == "groups":
        groups = draw(views(3, n))
        sums = [both.array[:, groups == group].sum(axis=1) for group in range(3)]
        return Twin(on.group_sums(both.node, groups, 3), np.array(sums).T)
    if name == "products":
        z = _like(draw, twins, n)
        starts = starts_of([n // 2, 0, n - n // 2])
        product = both.array * z.array
        sums = [product[:, a:b].sum(axis=1) for a, b in itertools.pairwise(starts)]
        return Twin(on.products(both.node, z.node, starts), np.array(sums).T)
    if name == "recurrence":
        before, rate = _like(draw, twins, 1), _like(draw, twins, n)
        last, found = before.array[:, 0], []
        for t in range(n):
            last = last * rate.array[:, t] + both.array[:, t]
            found.append(last)
        return Twin(on.recurrence(before.node, rate.node, both.node), np.array(found).T)
    if name == "replaced":
        index = np.unique(draw(views(n, 2)))
        other = _like(draw, twins, len(index))
        array = both.array.copy()
        array[:, index] = other.array
        return Twin(both.node.replaced(index, other.node), array)
    return both


@examples(150)
@given(data=st.data(), point=points(SIZE, 1.5))
def test_equations_on_views_are_numpys(data: st.DataObject, point: np.ndarray) -> None:
    """Whatever is recorded after what: values, gradient, and with nothing that is not needed."""
    tape = Tape(SIZE)
    steps = np.concatenate([np.zeros((1, SIZE)), STEP * np.eye(SIZE)])
    twins = [Twin(tape.normals, point + 1j * steps)]
    kinds = st.sampled_from([_two, _case_numbers, _case_numbers, _alone, _together])
    for _ in range(data.draw(st.integers(1, 12))):
        found = data.draw(kinds)(data.draw, twins)
        if found.usable:
            twins.append(found)
    weights = [np.cos(1.0 + np.arange(one.array.shape[1])) for one in twins]
    terms = [one.node * own for one, own in zip(twins, weights, strict=True)]
    outputs = {f"number {i}": one.node for i, one in enumerate(twins)}
    program = tape.program(terms, **outputs)
    arrays = [one.array for one in twins]
    parts = [one.array @ own for one, own in zip(twins, weights, strict=True)]
    for i, one in enumerate(twins):
        values = evaluate(program, f"number {i}", point)
        np.testing.assert_allclose(values, one.array[0].real, rtol=1e-9, atol=1e-9)
        alone = tape.program(found=one.node)
        assert len(alone.code) <= len(program.code)
        np.testing.assert_array_equal(evaluate(alone, "found", point), values)
    value, gradient = density(program)(point)
    size = 1.0 + sum(np.abs(one) @ np.abs(own) for one, own in zip(arrays, weights, strict=True))[0]
    assert abs(value - stats.norm.logpdf(point).sum() - sum(parts)[0].real) < 1e-9 * size
    slopes = [one.array[1:].imag @ own / STEP for one, own in zip(twins, weights, strict=True)]
    size += np.sum(np.abs(slopes), axis=0)
    assert (np.abs(gradient + point - sum(slopes)) < 1e-9 * size).all()
    assert status(program, point) == 0


column = st.lists(st.sampled_from([-1.0, 0.0, 0.5, math.inf, 1e300]), min_size=8, max_size=8)


@examples(200)
@given(at=views(5, 8), columns=st.lists(column, max_size=2))
def test_distinct_lines_are_those_of_a_set(at: np.ndarray, columns: list[list[float]]) -> None:
    lines = [*zip(at.tolist(), *columns, strict=True)]
    once, again = distinct(at, *map(np.array, columns))
    first = [lines[i] for i in np.arange(8)[once]]
    assert len(set(first)) == len(first)
    assert [first[i] for i in np.arange(len(first))[again]] == lines


def test_equal_numbers_are_computed_once() -> None:
    tape = Tape(3)
    rate = tape.normals[..., np.array([2, 0, 2, 2, 0])]
    found = on.exp(rate * 2.0) * rate
    program = tape.program(found=found)
    assert all(n <= 2 for op, _, n, *_ in program.code.tolist() if op != Op.GATHER)
    x = np.array([0.1, 0.2, 0.3])
    wanted = (np.exp(2 * x) * x)[[2, 0, 2, 2, 0]]
    np.testing.assert_allclose(evaluate(program, "found", x), wanted, rtol=1e-14)
    # written down again, it is not computed again
    before = tape.length
    again = on.exp(rate * 2.0) * rate
    assert tape.length == before
    np.testing.assert_array_equal(again.at, found.at)


def test_equal_places_under_other_numbers_are_not_equal() -> None:
    tape = Tape(2)
    at = np.array([0, 0, 0, 1, 0])
    shift, factor = np.array([1.0, 1.0, 2.0, 1.0, 1.0]), np.array([3.0, 4.0, 3.0, 3.0, 3.0])
    program = tape.program(found=tape.normals[..., at] * factor + shift)
    x = np.array([0.7, -0.4])
    np.testing.assert_allclose(evaluate(program, "found", x), x[at] * factor + shift, rtol=1e-15)


def test_shifts_and_factors_one_after_another_are_one() -> None:
    tape = Tape(2)
    inner = 3.0 - 2.0 * tape.normals
    found = (inner * np.array([0.5, 4.0]) - 1.0) / 8.0
    program = tape.program(found=found)
    assert operations(program) == [Op.AFFINE]
    x = np.array([0.25, -2.0])
    np.testing.assert_array_equal(
        evaluate(program, "found", x), ((3.0 - 2.0 * x) * [0.5, 4.0] - 1.0) / 8.0
    )


@pytest.mark.parametrize("at", [[1, 2], [0, 1], [2, 1, 0], [0, 0, 1], [1], [0, 1, 2]])
def test_part_of_what_was_shifted_is_its_own_part(at: list[int]) -> None:
    """A second shift of some of the numbers must not meet the first one's of others."""
    tape = Tape(3)
    inner = tape.normals * np.array([2.0, 3.0, 5.0]) + np.array([0.1, 0.2, 0.3])
    found = inner[..., at] * 7.0 + 1.0
    program = tape.program(found=found, inner=inner)
    x = np.array([1.0, 10.0, 100.0])
    wanted = x * [2.0, 3.0, 5.0] + [0.1, 0.2, 0.3]
    np.testing.assert_allclose(evaluate(program, "inner", x), wanted, rtol=1e-15)
    np.testing.assert_allclose(evaluate(program, "found", x), wanted[at] * 7.0 + 1.0, rtol=1e-15)


def test_numbers_that_begin_where_shifted_ones_do_are_not_taken_for_them() -> None:
    """As many numbers from the same place on, but some of another operation."""
    tape = Tape(3)
    inner = tape.normals[..., :2] * 2.0
    squares = tape.normals * tape.normals
    mixed = on.concatenate([inner[..., :1], squares[..., 1:2]])
    found = mixed * 3.0
    x = np.array([0.5, 7.0, 9.0])
    program = tape.program(found=found)
    np.testing.assert_array_equal(evaluate(program, "found", x), [3.0, 147.0])


def test_log_of_exp_is_what_it_was_taken_of() -> None:
    tape = Tape(3)
    x = tape.normals
    grown = on.exp(x)
    assert (on.log(grown).at == x.at).all()
    mixed = on.concatenate([grown[..., [2, 0]], 2.0 * x[..., 1:2] + 5.0, on.exp(2.0 * x)])
    program = tape.program(found=on.log(mixed), power=(3.0 * grown) ** 0.25, plain=grown**0.25)
    for point in (np.array([0.1, 0.2, 0.3]), np.array([900.0, -2.0, -900.0])):
        # even where exp itself would overflow, or be zero
        wanted = [point[2], point[0], math.log(2.0 * point[1] + 5.0), *(2.0 * point)]
        np.testing.assert_allclose(evaluate(program, "found", point), wanted, rtol=1e-14)
        np.testing.assert_allclose(evaluate(program, "plain", point), np.exp(point / 4))
    np.testing.assert_allclose(
        evaluate(program, "power", np.zeros(3)), np.full(3, 3.0**0.25), rtol=1e-15
    )


@pytest.mark.parametrize(
    "function",
    [
        lambda x, o: o.log(o.log(x + 9.0)),
        lambda x, o: o.log(o.sigmoid(x)),
        lambda x, o: o.log(x * x),
        lambda x, o: o.log(o.at_least(x, 0.5)),
        lambda x, o: o.log(o.exp(x) * 2.0),
        lambda x, o: o.exp(o.exp(x)),
    ],
)
def test_log_of_anything_else_is_computed(function: Callable[[Any, Any], Any]) -> None:
    numpys = SimpleNamespace(
        log=np.log, exp=np.exp, sigmoid=lambda x: 1.0 / (1.0 + np.exp(-x)),
        at_least=lambda x, floor: np.where(x.real < floor, floor, x),
    )  # fmt: skip
    point = np.array([0.3, -0.7, 1.9])
    assert_recorded(lambda x: function(x, on), lambda x: function(x, numpys), point)


def test_as_many_numbers_are_computed_as_are_asked_for() -> None:
    """The same operation from the same place on, but of fewer numbers or of more."""
    tape = Tape(3)
    x = tape.normals
    found = [on.exp(x[..., :n]) + x[..., :n] * x[..., :n] for n in (2, 3, 1)]
    point = np.array([0.3, -0.7, 1.9])
    program = tape.program(found=on.concatenate(found))
    wanted = np.exp(point) + point * point
    np.testing.assert_allclose(
        evaluate(program, "found", point), [*wanted[:2], *wanted, *wanted[:1]], rtol=1e-15
    )


def test_what_is_replaced_stays_where_it_was() -> None:
    tape = Tape(3)
    x = tape.normals
    other = x.replaced([1], x[..., :1])
    assert other.at.tolist() == [0, 0, 2]
    assert x.at.tolist() == tape.normals.at.tolist() == [0, 1, 2]


def test_what_is_not_needed_is_left_out() -> None:
    tape = Tape(2)
    x = tape.normals
    kept = on.exp(x[..., :1])
    on.exp(on.exp(x))
    both = on.sigmoid(x[..., ::-1])
    program = tape.program([kept], both=both)
    assert operations(program) == [Op.EXP, Op.GATHER, Op.SIGMOID]
    assert operations(tape.program([kept])) == [Op.EXP]
    # the places of the rest stay as they were recorded
    assert program.length == tape.length
    point = np.array([0.3, -0.6])
    np.testing.assert_allclose(evaluate(program, "both", point), 1.0 / (1.0 + np.exp(-point[::-1])))


def test_a_program_of_nothing_is_the_prior() -> None:
    program = Tape(3).program()
    assert program.code.shape == (0, 8)
    x = np.array([0.5, -1.0, 2.0])
    value, gradient = density(program)(x)
    assert value == pytest.approx(stats.norm.logpdf(x).sum(), rel=1e-15)
    np.testing.assert_array_equal(gradient, -x)
    tape = Tape(3)
    np.testing.assert_array_equal(
        evaluate(tape.program(x=tape.normals[..., [2, 0]]), "x", x), [2.0, 0.5]
    )


def test_no_numbers_are_numbers_too() -> None:
    tape = Tape(2)
    none = tape.normals[..., :0]
    assert len(none) == len(on.log(none)) == 0
    both = on.concatenate([none, tape.normals, none])
    assert (both.at == tape.normals.at).all()
    program = tape.program(
        [none],
        none=none,
        sums=on.group_sums(none, np.zeros(0, dtype=np.int64), 2),
        dots=on.products(none, none, np.zeros(4, dtype=np.int64)),
    )
    for name, length in (("none", 0), ("sums", 2), ("dots", 3)):
        np.testing.assert_array_equal(evaluate(program, name, np.ones(2)), np.zeros(length))
    assert status(program, np.ones(2)) == 0


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.array([2.0, 3.0, 4.0]) * x,
        lambda x: np.array([2.0, 3.0, 4.0]) + x,
        lambda x: np.array([2.0, 3.0, 4.0]) - x,
        lambda x: np.array([2, 3, 4]) - x,
        lambda x: np.float64(2.0) - x,
        lambda x: np.int64(2) * x,
        lambda x: 2 - x,
        lambda x: x - 2,
        lambda x: x / np.array([2.0, 3.0, 4.0]),
        lambda x: -x + 1,
        lambda x: x * x - x / (x * x),
    ],
)
def test_operators_take_numbers_and_arrays_on_either_side(function: Callable[[Any], Any]) -> None:
    assert_recorded(function, function, np.array([0.3, -0.7, 1.9]))


@pytest.mark.parametrize(
    "function",
    [
        # a quotient by recorded numbers has no operation
        lambda x: 1.0 / x,
        lambda x: np.ones(3) / x,
        # nothing is stretched to fit
        lambda x: x + np.ones(2),
        lambda x: x[..., :1] * np.ones(3),
        lambda x: x * x[..., :2],
        lambda x: x + np.ones((3, 3)),
    ],
)
def test_what_cannot_be_meant_is_refused(function: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError, AssertionError)):
        function(Tape(3).normals)


@examples(40)
@given(at=views(4, 6), point=points(4), shift=numbers())
def test_computing_once_changes_no_value(at: np.ndarray, point: np.ndarray, shift: float) -> None:
    """Bit for bit what is computed when every line is computed by itself."""

    def value_of(one_by_one: bool) -> np.ndarray:
        with pytest.MonkeyPatch.context() as patch:
            if one_by_one:
                patch.setattr(tape_module, "distinct", lambda *columns: (slice(None), slice(None)))
            tape = Tape(4)
            x = tape.normals[..., at]
            y = on.exp(x + shift) / on.sigmoid(x) - x * x[..., ::-1]
            return evaluate(tape.program(found=y), "found", point)

    np.testing.assert_array_equal(value_of(True), value_of(False))
