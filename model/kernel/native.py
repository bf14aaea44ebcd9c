"""Programs as functions: log densities for samplers and optimisers, results for many draws."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.kernel.cache import kernel
from model.kernel.program import Places, Program

Floats = NDArray[np.float64]
Density = Callable[[Floats], tuple[float, Floats]]

DIMS = {"x": ("entry",)}
_POINTER = ctypes.c_void_p


@dataclass(frozen=True)
class Map:
    """Map from the sampler's points to standard normals: bend(centre + root @ x).

    Attributes
    ----------
    centre : array, (size,)
    root : array, (size, size)
        Rounded to single numbers, as the compiled functions hold it.
    bends : array, (size, 4), or None
        Skew, tail, shift and factor of each entry's sinh-arcsinh.
    chart : callable, or None
        Standard normals, (..., size), from the coordinates that the map leads to, if the program
        is recorded in others.
    """

    centre: Floats
    root: Floats
    bends: Floats | None = None
    chart: Callable[[Floats], Floats] | None = None

    def __post_init__(self) -> None:
        """Round the root."""
        with np.errstate(over="ignore"):
            rounded = np.asarray(self.root, dtype=np.float32).astype(np.float64)
        object.__setattr__(self, "root", rounded)

    def __call__(self, x: Floats) -> Floats:
        """Standard normals, (..., size), from sampled points, (..., size)."""
        y = np.asarray(self.centre + x @ self.root.T)
        if self.bends is not None:
            skew, tail, shift, factor = self.bends.T
            y = np.asarray(shift + factor * np.sinh(tail * np.arcsinh(y) + skew))
        return y if self.chart is None else self.chart(y)


def words(program: Program, change: Map | None = None) -> Floats:
    """Return the array that the compiled functions read, after checking the program.

    Raises
    ------
    TamperedProgramError
        If the program names a place that it does not own.
    """
    program.check()
    kind = 0 if change is None else 1 if change.bends is None else 2
    sizes = (
        len(program.places), len(program.terms), program.code.size, len(program.data),
        program.length, program.size, kind,
    )  # fmt: skip
    integers = (program.places, program.terms, program.code.ravel())
    parts = [np.concatenate(integers).view(np.float64), program.data]
    if change is not None:
        n = program.size
        bends = np.zeros((n, 4)) if change.bends is None else change.bends
        if (change.centre.shape, change.root.shape, bends.shape) != ((n,), (n, n), (n, 4)):
            raise ValueError(f"the map does not have {n} entries")
        # another type would change the layout of the words
        given = [np.asarray(one, dtype=np.float64).ravel() for one in (change.centre, bends)]
        root, transposed = _panels(change.root), _panels(change.root.T)
        begin = np.array([1 + 5 * n + len(root)], np.uint64).view(np.float64)
        parts += [begin, *given, root, transposed]
    whole = 1 + len(sizes) + sum(map(len, parts))
    return np.concatenate([np.array([*sizes, whole], np.uint64).view(np.float64), *parts])


def _panels(matrix: Floats) -> Floats:
    """A matrix by panels of four columns, without the zeros above and below, as words."""
    n = len(matrix)
    table, numbers, at = [], [], 0
    for begin in range(0, n, 4):
        panel = np.zeros((4, n), dtype=np.float32)
        columns = matrix[:, begin : begin + 4].T
        panel[: len(columns)] = columns
        filled = np.flatnonzero((panel != 0.0).any(axis=0))
        first, stop = (int(filled[0]), int(filled[-1]) + 1) if len(filled) else (0, 0)
        table += [first, stop, at]
        numbers.append(panel[:, first:stop].ravel())
        at += 4 * (stop - first)
    # four columns at a time fill whole words
    single = np.concatenate(numbers).view(np.float64)
    return np.concatenate([np.array(table, np.uint64).view(np.float64), single])


def density(program: Program, change: Map | None = None) -> Density:
    """Log density and gradient as a function of the standard normals, or of points under a map."""
    user, size = words(program, change), program.size
    address = kernel().density.address
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, *[_POINTER] * 4)(address)

    def compiled(point: Floats) -> tuple[float, Floats]:
        x = np.ascontiguousarray(point, dtype=np.float64)
        if x.shape != (size,):
            raise ValueError(f"the density takes {size} numbers, not {x.shape}")
        gradient, value = np.empty(size), np.empty(1)
        call(size, *(array.ctypes.data for array in (x, gradient, value, user)))
        return float(value[0]), gradient

    return compiled


def evaluate(program: Program, name: str, normals: Floats) -> Floats:
    """A named result of a program, (..., n), at many vectors of normals, (..., size)."""
    wanted: Places = np.ascontiguousarray(program.outputs[name])
    points = np.ascontiguousarray(normals, dtype=np.float64)
    if points.shape[-1] != program.size:
        raise ValueError(f"the program takes {program.size} numbers, not {points.shape[-1]}")
    # stays NaN if there is no memory for the evaluation
    results = np.full((*points.shape[:-1], len(wanted)), np.nan)
    user, draws = words(program), points.size // program.size
    address = kernel().evaluate.address
    call = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_uint64] * 2, *[_POINTER] * 4)(address)
    arrays = (points, wanted, results, user)
    call(draws, len(wanted), *(array.ctypes.data for array in arrays))
    return results


def sampler(program: Program, change: Map) -> Any:
    """Model for ``nutpie.sample``: the compiled functions and the array that they read."""
    from nutpie import _lib
    from nutpie.sample import CompiledModel

    found, user, size = kernel(), words(program, change), program.size

    class NativeModel(CompiledModel):  # type: ignore[misc]
        """Two C functions as a nutpie model."""

        n_dim = size
        shapes: ClassVar[Any] = {"x": (size,)}
        coords: ClassVar[Any] = {"entry": pd.RangeIndex(size)}

        def _make_sampler(
            self, settings: Any, init_mean: Any, cores: int, *progress_and_store: Any
        ) -> Any:
            made = self._make_model(init_mean)
            return _lib.PySampler.from_pymc(settings, cores, made, *progress_and_store)

        def _make_model(self, init_mean: Any) -> Any:
            # the last argument keeps alive what the pointers point to
            owner = (found, user)
            return _lib.PyMcModel(
                _lib.LogpFunc(found.density.address, user.ctypes.data, owner),
                # expanded draws are the sampled points themselves
                _lib.ExpandFunc(size, size, found.copy_point.address, user.ctypes.data, owner),
                _lib.PyVariable.new_variables(["x"], ["float64"], [(size,)], {"entry": size}, DIMS),
                size,
                {"entry": size},
                self.coords,
                starting_points(size),
                None,
            )

    return NativeModel(dims=DIMS, reparameterized_names=[])


def starting_points(size: int) -> Callable[[int], Floats]:
    """Starting points of the chains, spread like the mapped posterior."""

    def start(seed: int) -> Floats:
        return np.random.default_rng(seed).normal(size=size)

    return start
