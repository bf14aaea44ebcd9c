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
    bends : array, (size, 4), or None
        Skew, tail, shift and factor of each entry's sinh-arcsinh.
    """

    centre: Floats
    root: Floats
    bends: Floats | None = None

    def __call__(self, x: Floats) -> Floats:
        """Standard normals, (..., size), from sampled points, (..., size)."""
        y = self.centre + x @ self.root.T
        if self.bends is None:
            return np.asarray(y)
        skew, tail, shift, factor = self.bends.T
        return np.asarray(shift + factor * np.sinh(tail * np.arcsinh(y) + skew))


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
    integers = (np.array(sizes, np.uint64), program.places, program.terms, program.code.ravel())
    parts = [np.concatenate(integers).view(np.float64), program.data]
    if change is not None:
        n = program.size
        bends = np.zeros((n, 4)) if change.bends is None else change.bends
        if (change.centre.shape, change.root.shape, bends.shape) != ((n,), (n, n), (n, 4)):
            raise ValueError(f"the map does not have {n} entries")
        given = (change.centre, change.root, change.root.T, bends)
        # another type would change the layout of the words
        parts += [np.asarray(one, dtype=np.float64).ravel() for one in given]
    return np.concatenate(parts)


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
