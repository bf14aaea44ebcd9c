"""A program whose places were tampered with is refused, or stays within its own arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.case.case import Case
from model.evidence.synthesis import program as case_program
from model.evidence.synthesis import synthesis
from model.kernel import recorded as on
from model.kernel.native import Map, density, evaluate
from model.kernel.program import OPERANDS, Op, Program, TamperedProgramError, room
from model.kernel.tape import Node, Tape
from tests.kernel import interpreter
from tests.kernel.recording import examples, status

#: Where whole numbers of 32 and 64 bits end, with and without a sign, and what runs over.
HUGE = [
    2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**33, 2**61, 2**62, 2**63 - 1, 2**63, 2**63 + 1,
    2**64 - 9, 2**64 - 8, 2**64 - 2, 2**64 - 1,
]  # fmt: skip


def refused(program: Program) -> bool:
    """Whether it is refused; if it is not, every place was the program's own."""
    try:
        program.check()
    except TamperedProgramError:
        return True
    interpreter.run(program, np.full(program.size, 0.1))
    return False


def changed(program: Program, field: str, index: int, value: int) -> Program:
    """The program with one number changed; ``field`` may name an output."""
    if field in program.outputs:
        outputs = dict(program.outputs)
        outputs[field] = _with(outputs[field], index, value)
        return replace(program, outputs=outputs)
    return replace(program, **{field: _with(getattr(program, field), index, value)})


def _with(array: np.ndarray, index: int, value: int) -> np.ndarray:
    found = array.copy()
    found.flat[index] = value
    return found


def sizes_of(program: Program) -> list[int]:
    return [program.size, program.length, len(program.places), len(program.data)]


@pytest.fixture(scope="module")
def recorded_case(real: Case) -> Program:
    return case_program(synthesis(real))


def test_the_interpreter_reads_programs_as_the_kernel_does(recorded_case: Program) -> None:
    """So that what it says of places is about the same instructions."""
    # of few quantities none is told by the level that it leads to
    assert set(recorded_case.code[:, 0].tolist()) == set(Op) - {Op.BALANCE}
    normals = np.random.default_rng(3).normal(size=recorded_case.size)
    numbers = interpreter.run(recorded_case, normals)
    for name, places in recorded_case.outputs.items():
        np.testing.assert_allclose(
            evaluate(recorded_case, name, normals), numbers[places], rtol=1e-9, atol=1e-9
        )


@examples(400)
@given(data=st.data())
def test_any_one_number_of_the_real_case_changed(
    recorded_case: Program, data: st.DataObject
) -> None:
    program = recorded_case
    fields = {
        "code": program.code.size, "places": len(program.places), "terms": len(program.terms),
        **{name: len(places) for name, places in program.outputs.items()},
    }  # fmt: skip
    field = data.draw(st.sampled_from(["code", "code", "code", *fields]))
    index = data.draw(st.integers(0, fields[field] - 1))
    array = program.outputs[field] if field in program.outputs else getattr(program, field)
    before = int(array.flat[index])
    near = st.integers(max(0, before - 40), before + 40)
    edges = [size + step for size in sizes_of(program) for step in (-1, 0, 1)]
    value = data.draw(
        st.one_of(near, st.sampled_from(edges + HUGE), st.integers(0, 2**64 - 1))
        .filter(lambda one: one != before)
    )  # fmt: skip
    refused(changed(program, field, index, value))


def one_by_one(z: Node) -> dict[Op, Node]:
    """Each operation by itself."""
    positive = on.exp(z)
    middle = np.array([0.1, 0.2])
    return {
        Op.AFFINE: z * 2.0 + 1.0,
        Op.ADD: z + positive,
        Op.SUBTRACT: z - positive,
        Op.MULTIPLY: z * positive,
        Op.DIVIDE: z / positive,
        Op.EXP: positive,
        Op.LOG: on.log(positive + 1.0),
        Op.SIGMOID: on.sigmoid(z),
        Op.AT_LEAST: on.at_least(z, 0.0),
        Op.GATHER: z[..., [3, 0, 0]].laid,
        Op.SUMS: on.stretches(
            z, np.array([0, 2, 2, 3]), np.array([0, 1, 2]), np.array([2, 4, 3]), [1.0, 2.0, 3.0]
        ),
        Op.DOTS: on.products(z[..., [0, 1, 3]], z[..., [2, 2, 1]], np.array([0, 1, 1, 3])),
        Op.RECURRENCE: on.recurrence(
            z[..., :2], on.concatenate([z, z[..., :2]]), on.concatenate([z, z[..., 2:]])
        ),
        Op.HEDGES: on.hedges(z, positive, np.array([0.0, 0.1, -0.1, 0.3]), 1.0, (0.1, 0.8)),
        Op.SPREADS: on.spreads(
            z[..., :2], z[..., 2:], middle - 1.0, middle + 1.0, np.ones(2), np.array([3.0, 5.0])
        ),
        Op.ROOT: positive**0.5,
        Op.REPEAT: z[..., np.repeat([3, 1], [6, 5])].laid,
        Op.BALANCE: on.balances(
            z[..., :2],
            z[..., 1:3],
            z[..., 2:],
            np.array([1.0, 8.0]),
            (np.array([2.0, -1.0]), middle),
            (np.array([-2.0, -4.0]), 1.0 + middle),
        )[0],
    }


def small(op: Op) -> Program:
    """A program of few numbers that ends with an operation, and whose numbers end there."""
    tape = Tape(4)
    found = one_by_one(tape.normals)[op]
    program = tape.program([found], found=found)
    last, out, n, *_ = program.code[-1].tolist()
    assert last == op
    # numbers behind its own, as there are in a larger program
    spare = np.arange(4, dtype=np.uint64)
    return replace(
        program,
        length=out + room(op, n),
        places=np.concatenate([program.places, spare]),
        data=np.concatenate([program.data, np.ones(3)]),
    )


@pytest.mark.parametrize("op", Op, ids=lambda op: op.name)
def test_every_number_changed_to_every_edge(op: Op) -> None:
    program = small(op)
    assert not refused(program)
    edges = {
        value + step
        for value in (*sizes_of(program), *program.code[-1].tolist())
        for step in range(-6, 7)
        if value + step >= 0
    } | set(HUGE)
    counts = {True: 0, False: 0}
    for field, size in (
        ("code", program.code.size), ("places", len(program.places)), ("terms", len(program.terms)),
    ):  # fmt: skip
        for index in range(size):
            for value in edges:
                counts[refused(changed(program, field, index, value))] += 1
    assert counts[True] > 100
    # a check that refuses everything would pass as well
    assert counts[False] > 20


@examples(300)
@given(data=st.data())
def test_numbers_drawn_at_random_are_refused_or_harmless(data: st.DataObject) -> None:
    """Few and small numbers, so that some programs are let through."""
    few = st.integers(0, 14)
    odd = st.one_of(few, few, few, few, few, few, st.sampled_from(HUGE))
    line = st.tuples(
        st.sampled_from([*Op, *Op, *Op, len(Op), 2**64 - 1]), st.one_of(st.integers(2, 14), odd),
        st.one_of(st.integers(0, 3), odd), *[odd] * 5,
    )  # fmt: skip
    lines = data.draw(st.lists(line, min_size=1, max_size=3))
    pool = data.draw(st.lists(st.one_of(few, odd), min_size=8, max_size=16))
    if data.draw(st.booleans()):
        pool.sort()
    program = Program(
        2, 16, np.array(lines, dtype=np.uint64), np.array(pool, dtype=np.uint64), np.ones(10),
        np.zeros(1, dtype=np.uint64), {},
    )  # fmt: skip
    refused(program)


def with_line(last: Op, **numbers: int) -> Program:
    """A small program, some numbers of whose last instruction are changed: out, n, a, b, …"""
    program = small(last)
    code = program.code.copy()
    for name, value in numbers.items():
        code[-1, ["op", "out", "n", "a", "b", "c", "d", "e"].index(name)] = value
    return replace(program, code=code)


def with_starts(op: Op, starts: list[int]) -> Program:
    """A small program of sums or products, whose rows begin elsewhere."""
    program = small(op)
    n, at = int(program.code[-1, 2]), int(program.code[-1, 3])
    assert len(starts) == n + 1
    places = program.places.copy()
    places[at : at + n + 1] = starts
    return replace(program, places=places)


ATTACKS: dict[str, Callable[[], Program]] = {
    "unknown operation": lambda: with_line(Op.ADD, op=len(Op)),
    "no result": lambda: with_line(Op.ADD, n=0),
    "writes the normals": lambda: with_line(Op.ADD, out=3),
    # rows without a stretch read nothing, so that nothing else speaks against it
    "writes the normals and reads nothing": lambda: replace(
        with_starts(Op.SUMS, [0, 0, 0, 0]), code=with_line(Op.SUMS, out=1).code
    ),
    "writes past the end": lambda: with_line(Op.ADD, n=5),
    "reads its own result": lambda: with_line(Op.ADD, a=int(small(Op.ADD).code[-1, 1]) - 3),
    "comes round behind the numbers": lambda: with_line(Op.ADD, out=2**64 - 4),
    "operand comes round": lambda: with_line(Op.ADD, a=2**64 - 4),
    "length comes round": lambda: with_line(Op.ADD, n=2**64 - 4),
    "complement past the end": lambda: replace(
        small(Op.SIGMOID), length=small(Op.SIGMOID).length - 1
    ),
    "slopes past the end": lambda: replace(small(Op.HEDGES), length=small(Op.HEDGES).length - 1),
    "spreads' slopes past the end": lambda: replace(
        small(Op.SPREADS), length=small(Op.SPREADS).length - 1
    ),
    "how much is off, past the end": lambda: with_line(Op.HEDGES, e=len(small(Op.HEDGES).data) - 1),
    "how much is off comes round": lambda: with_line(Op.HEDGES, e=2**64 - 1),
    "errors that are not computed yet": lambda: with_line(
        Op.HEDGES, b=int(small(Op.HEDGES).code[-1, 1]) - 3
    ),
    "root past the end": lambda: with_line(Op.ROOT, n=5),
    "steps of zero": lambda: with_line(Op.RECURRENCE, d=0),
    "steps that do not divide": lambda: with_line(Op.RECURRENCE, d=4),
    "steps beyond the length": lambda: with_line(Op.RECURRENCE, d=2**64 - 1),
    "more hosts than there are": lambda: with_line(
        Op.RECURRENCE, a=int(small(Op.RECURRENCE).code[-1, 1]) - 2, d=1
    ),
    "units that come round": lambda: with_line(Op.SPREADS, e=2**63),
    "units that come round to one": lambda: with_line(Op.SPREADS, e=2**63 + 1),
    "no units": lambda: with_line(Op.SPREADS, e=0),
    "more units than there are": lambda: with_line(Op.SPREADS, e=9),
    "rows that begin late": lambda: with_starts(Op.SUMS, [1, 2, 2, 3]),
    "rows that go back": lambda: with_starts(Op.SUMS, [0, 3, 2, 3]),
    "rows without end": lambda: with_starts(Op.SUMS, [0, 2, 3, 2**64 - 1]),
    "rows whose end is below zero": lambda: with_starts(Op.SUMS, [0, 2, 2, 2**63]),
    "products whose end is below zero": lambda: with_starts(Op.DOTS, [0, 1, 1, 2**63]),
    "rows that go round": lambda: with_starts(Op.SUMS, [0, 2**63 - 1, 2**64 - 2, 3]),
    "products that go back": lambda: with_starts(Op.DOTS, [0, 3, 2, 3]),
    "products that go round": lambda: with_starts(Op.DOTS, [0, 2**63 - 1, 2**64 - 2, 3]),
    "term": lambda: changed(small(Op.ADD), "terms", 0, small(Op.ADD).length),
    "huge term": lambda: changed(small(Op.ADD), "terms", 0, 2**64 - 1),
    "output": lambda: changed(small(Op.ADD), "found", 0, small(Op.ADD).length),
    "more normals than numbers": lambda: replace(small(Op.ADD), size=small(Op.ADD).length + 1),
    "no normals": lambda: replace(small(Op.ADD), size=0),
    "length below zero": lambda: replace(small(Op.ADD), length=-1),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused(attack: str) -> None:
    program = ATTACKS[attack]()
    with pytest.raises(TamperedProgramError):
        program.check()
    # and nothing that runs a program forgets to ask
    with pytest.raises(TamperedProgramError):
        density(program)
    with pytest.raises(TamperedProgramError):
        density(program, Map(np.zeros(4), np.eye(4)))
    with pytest.raises(TamperedProgramError):
        evaluate(program, "found", np.zeros(program.size))


def cast(field: str, kind: Any) -> Callable[[Program], Program]:
    return lambda program: replace(program, **{field: getattr(program, field).astype(kind)})


@pytest.mark.parametrize(
    "other",
    [
        cast("code", np.int64), cast("code", np.uint32), cast("code", np.float64),
        cast("code", ">u8"), cast("places", np.int64), cast("places", np.int32),
        cast("terms", np.int64), cast("terms", np.float64), cast("data", np.float32),
        cast("data", np.longdouble), cast("data", ">f8"), cast("data", np.complex128),
        lambda p: replace(p, outputs={"found": p.outputs["found"].astype(np.int64)}),
        lambda p: replace(p, code=p.code.ravel()),
        lambda p: replace(p, code=p.code[:, :7]),
        lambda p: replace(p, code=p.code[None]),
        lambda p: replace(p, code=p.code.reshape(-1, 4)),
        lambda p: replace(p, places=p.places[:, None]),
        lambda p: replace(p, terms=p.terms[:, None]),
        lambda p: replace(p, data=p.data[:, None]),
        lambda p: replace(p, data=np.float64(1.0)),
    ],
)  # fmt: skip
def test_arrays_of_another_type_or_shape_are_refused(other: Callable[[Program], Program]) -> None:
    program = other(small(Op.SUMS))
    with pytest.raises(TamperedProgramError):
        density(program)


def test_arrays_that_lie_scattered_serve_as_well() -> None:
    program = small(Op.RECURRENCE)
    x = np.array([0.1, -0.4, 0.7, 1.1])
    value, gradient = density(program)(x)

    def scattered(array: np.ndarray) -> np.ndarray:
        wide = np.zeros((*array.shape[:-1], 3 * array.shape[-1]), dtype=array.dtype)
        wide[..., ::3] = array
        return wide[..., ::3]

    other = Program(
        program.size, program.length, np.asfortranarray(program.code), scattered(program.places),
        scattered(program.data), scattered(program.terms),
        {"found": scattered(program.outputs["found"])},
    )  # fmt: skip
    assert not other.places.flags.c_contiguous
    again, slope = density(other)(x)
    assert again == value
    np.testing.assert_array_equal(slope, gradient)
    np.testing.assert_array_equal(evaluate(other, "found", x), evaluate(program, "found", x))


@pytest.mark.parametrize("odd", [np.nan, np.inf])
@pytest.mark.parametrize("op", Op, ids=lambda op: op.name)
def test_data_that_are_no_numbers_stay_within_the_program(op: Op, odd: float) -> None:
    """No number of the case is a place, whatever it is; a density of it is not usable."""
    program = small(op)
    program = replace(program, data=np.full_like(program.data, odd))
    assert not refused(program)
    if "data" in OPERANDS[op] or op in (Op.SUMS, Op.SPREADS):
        assert status(program, np.full(4, 0.1)) == 4


def test_what_was_checked_is_what_runs() -> None:
    """A program that is changed after it was made into a function changes nothing."""
    program = small(Op.GATHER)
    x = np.array([0.1, -0.4, 0.7, 1.1])
    compiled = density(program)
    value, _ = compiled(x)
    program.places[:] = 2**63
    program.code[:] = 2**63
    program.terms[:] = 2**63
    assert compiled(x)[0] == value


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_program_that_no_memory_holds_has_no_value() -> None:
    program = replace(small(Op.ADD), length=2**52)
    value, _ = density(program)(np.zeros(4))
    assert np.isnan(value)
    assert np.isnan(evaluate(program, "found", np.zeros(4))).all()
