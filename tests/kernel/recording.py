"""Holds a recorded function against the same function in NumPy."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from model.kernel.cache import kernel
from model.kernel.native import Map, density, evaluate, words
from model.kernel.program import Program
from model.kernel.tape import Node, Tape

Build = Callable[[Node], Node]
#: Takes standard normals, (..., size), real or complex.
Reference = Callable[[np.ndarray], np.ndarray]

STEP = 1e-30


def examples(many: int) -> settings:
    """The same examples on every machine, however slow it is."""
    return settings(max_examples=many, deadline=None, derandomize=True)


def recorded(build: Build, size: int) -> tuple[Program, np.ndarray]:
    """A function as a program, and what its results are weighted by in the density.

    Results weigh differently, so that slopes that went to the wrong place are seen.
    """
    tape = Tape(size)
    found = build(tape.normals)
    weights = np.cos(1.0 + np.arange(len(found)))
    return tape.program([found * weights], found=found), weights


def complex_step(reference: Reference, point: np.ndarray) -> np.ndarray:
    """Slope of each result, (size, n), without a difference that loses digits."""
    return np.imag(reference(point + STEP * 1j * np.eye(len(point)))) / STEP


def assert_recorded(
    build: Build,
    reference: Reference,
    point: np.ndarray,
    jacobian: np.ndarray | None = None,
    tolerance: float = 1e-11,
) -> Program:
    """Values are NumPy's, and the gradient is what a complex step gives."""
    program, weights = recorded(build, len(point))
    values = reference(point)
    np.testing.assert_allclose(
        evaluate(program, "found", point), values, rtol=tolerance, atol=tolerance
    )
    value, gradient = density(program)(point)
    parts = np.append(values * weights, stats.norm.logpdf(point))
    assert abs(value - parts.sum()) <= tolerance * (1.0 + np.abs(parts).sum())
    slopes = complex_step(reference, point) if jacobian is None else jacobian
    # slopes of several results may cancel
    size = 1.0 + np.abs(point) + np.abs(slopes) @ np.abs(weights)
    assert (np.abs(gradient - (slopes @ weights - point)) <= tolerance * size).all()
    assert status(program, point) == 0
    return program


def status(program: Program, point: np.ndarray, change: Map | None = None) -> int:
    """What the sampler is told: 0, or 4 where the density cannot be used."""
    place = ctypes.c_void_p
    prototype = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, *[place] * 4)
    user, x = words(program, change), np.array(point, dtype=float)
    gradient, value = np.empty(len(x)), np.empty(1)
    given = (one.ctypes.data for one in (x, gradient, value, user))
    return int(prototype(kernel().density.address)(len(x), *given))


def points(size: int, reach: float = 3.0) -> st.SearchStrategy[np.ndarray]:
    """Vectors of standard normals."""
    return arrays(float, size, elements=numbers(reach))


def numbers(reach: float = 3.0) -> st.SearchStrategy[float]:
    return st.floats(-reach, reach, allow_subnormal=False)


def views(size: int, length: int) -> st.SearchStrategy[np.ndarray]:
    """Places in a vector, in any order, some of them again and again."""
    return arrays(np.int64, length, elements=st.integers(0, size - 1))


def starts_of(lengths: Any) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
