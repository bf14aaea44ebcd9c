"""The compiled program: the density and its gradient as native code, and nutpie's view of it.

Compiling is what users wait for, so it happens once for each shape of case and is kept on disk:

- PyTensor builds density and gradient from the PyMC model and compiles them through numba;
- nutpie calls a C function. Its own wrapper would be compiled anew in every process; the one here
  is a few explicit loops that numba keeps in PyTensor's compile cache;
- the cached function is found by the hash of this package's source, the shape of the case and the
  libraries' versions, so a later estimate builds no graph and imports no PyMC.

The wrapper also whitens: nutpie moves in x, the density is evaluated at mode + root @ x, where
root @ root.T is the inverse of the Hessian at the mode. Mode, root and all data of the case are
read from one array at run time. What leans on numba's, PyTensor's and nutpie's internals is in
this module alone; where it fails, nutpie's public ``from_pyfunc`` serves instead.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import logging
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.synthesis import Synthesis, build
from model.whitening import Density, Whitening

Floats = NDArray[np.float64]

DIMS = {"x": ("entry",)}
#: What may go wrong when a file of the compile cache is cut short or cannot be read.
DAMAGED_CACHE = (OSError, EOFError, pickle.UnpicklingError)
#: What may go wrong when the internals that the native path leans on have changed.
CHANGED_INTERNALS = (RuntimeError, AttributeError, ImportError, TypeError, KeyError, ValueError)

#: Modules whose source the compiled density follows from.
SOURCES = (
    "accounts", "economy", "likelihood", "measurement", "program", "quantities", "synthesis",
    "workforce",
)  # fmt: skip

WRAPPER = """
def whitened_density(dim, x_, gradient_, log_density_, user_):
    size = SIZE
    square = size * size
    user = carray(user_, (size + 2 * square + DATA,))
    root = user[size : size + square].reshape((size, size))
    transposed = user[size + square : size + 2 * square].reshape((size, size))
    x = carray(x_, (size,))
    gradient = carray(gradient_, (size,))
    log_density = carray(log_density_, (1,))
    point = user[:size].copy()
    add_product(point, transposed, x)
    value, slope = density(point, user[size + 2 * square :])
    gradient[:] = 0.0
    add_product(gradient, root, slope)
    usable = np.isfinite(value.item())
    for j in range(size):
        usable = usable and np.isfinite(gradient[j])
    log_density[0] = value.item()
    return 0 if usable else 4

def add_product(total, root, x):
    for i in range(len(x)):
        row, factor = root[i], x[i]
        for j in range(len(total)):
            total[j] += row[j] * factor

def copy_point(dim, expanded, x_, out_, user_):
    x = carray(x_, (dim,))
    out = carray(out_, (dim,))
    for i in range(dim):
        out[i] = x[i]
    return 0
"""


@dataclass(frozen=True)
class Program:
    """Compiled density of every case with the same shape of evidence.

    Attributes
    ----------
    key : str
        Hash of all that was compiled: ``program_key`` of the cases that it serves.
    size, data_size : int
        Length of the vector of standard normals and of the packed data.
    native : (cfunc, cfunc) or None
        Whitened density and identity, as C functions of nutpie's signatures.
    function : callable or None
        PyTensor's function (normals, packed) -> (log density, gradient); None where the native
        one came from the cache.
    """

    key: str
    size: int
    data_size: int
    native: tuple[Any, Any] | None
    function: Any

    def density(self, packed: Floats) -> Density:
        """The log density and its gradient as a function of the standard normals.

        Raises
        ------
        ValueError
            When the data are of another length, which native code could not notice.
        """
        if len(packed) != self.data_size:
            raise ValueError(f"the program takes {self.data_size} numbers, not {len(packed)}")
        if self.native is None:
            jitted = self.function.vm.jit_fn

            def python_density(normals: Floats) -> tuple[float, Floats]:
                value, gradient = jitted(normals, packed)
                return float(value.item()), gradient

            return python_density
        plain = Whitening(np.zeros(self.size), np.eye(self.size), done=False)
        user, address = plain.user_data(packed), self.native[0].address
        pointer = ctypes.c_void_p
        call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, *[pointer] * 4)(address)

        def native_density(normals: Floats) -> tuple[float, Floats]:
            x = np.ascontiguousarray(normals, dtype=np.float64)
            gradient, value = np.empty(self.size), np.empty(1)
            call(self.size, *(array.ctypes.data for array in (x, gradient, value, user)))
            return float(value[0]), gradient

        return native_density


def compile_program(parts: Synthesis, *, cached: bool = True) -> Program:
    """Compile the density of a case, or find it in the cache.

    Parameters
    ----------
    parts : Synthesis
    cached : bool
        Whether a native function found in the cache may be used as it stands.
    """
    data_size = len(parts.packed())
    key = program_key(parts)
    # an entry that cannot be read stays unreadable: its program is then kept under a second name
    names = (key, f"{key}_again")
    if cached:
        for name in names:
            with contextlib.suppress(*CHANGED_INTERNALS, *DAMAGED_CACHE):
                found = _native(name, parts.size, data_size, density=None)
                if found is not None:
                    return Program(key, parts.size, data_size, found, None)
    function = pytensor_function(parts)
    native = None
    for name in names:
        with contextlib.suppress(*CHANGED_INTERNALS, *DAMAGED_CACHE):
            native = _native(name, parts.size, data_size, density=function.vm.jit_fn)
            break
    return Program(key, parts.size, data_size, native, function)


def pytensor_function(parts: Synthesis) -> Any:
    """PyTensor's compiled (normals, packed) -> (log density, gradient) of the PyMC model."""
    import pymc as pm
    import pytensor
    import pytensor.tensor as pt
    from pytensor.graph.replace import graph_replace

    # a rewrite that does not apply is tried, refused and logged with a traceback; harmless, and
    # the compiled density is tested against NumPy's
    logging.getLogger("pytensor.graph.rewriting.basic").setLevel(logging.CRITICAL + 1)
    model = build(parts)
    packed = model["packed"]
    point = pt.TensorType("float64", shape=(parts.size,))("point")
    data = pt.TensorType("float64", shape=packed.get_value().shape)("data")
    log_density = graph_replace(model.logp(), {model.value_vars[0]: point, packed: data})
    gradient = pt.grad(log_density, point)
    with pytensor.config.change_flags(on_unused_input="ignore"):
        return pm.compile([point, data], [log_density, gradient], mode="NUMBA")


def program_key(parts: Synthesis) -> str:
    """Hash of all that the compiled function depends on: source, versions, shape of the case.

    The shape is every constant of the graph: which quantity, window and segments each row names.
    The numbers that rows, priors and weights carry are data and leave the key as it is.
    """
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update(name.encode() + (Path(__file__).parent / f"{name}.py").read_bytes())
    import pytensor

    digest.update(f"{pytensor.config.numba__fastmath}{pytensor.config.floatX}".encode())
    for package in ("pymc", "pytensor", "numba", "llvmlite", "numpy", "scipy", "nutpie"):
        digest.update(f"{package}={version(package)};".encode())
    for constant in parts.constants():
        array = np.ascontiguousarray(constant)
        digest.update(f"{array.dtype}{array.shape}".encode() + array.tobytes())
    return digest.hexdigest()


def _native(key: str, size: int, data_size: int, density: Any) -> tuple[Any, Any] | None:
    """The two C functions, compiled around ``density``, or from the cache where it is None."""
    import numba
    from pytensor.link.numba.cache import compile_numba_function_src

    pointer, word = numba.types.CPointer(numba.types.double), numba.types.uint64
    signatures = {
        "whitened_density": numba.types.int64(word, pointer, pointer, pointer, pointer),
        "copy_point": numba.types.int64(word, word, pointer, pointer, pointer),
    }
    # the root is there twice, also transposed, because sums of rows need no reduction, which
    # without fast mathematics would run one number at a time
    names = {
        "__name__": __name__,
        "np": np,
        "carray": numba.carray,
        "density": density,
        "SIZE": size,
        "DATA": data_size,
    }
    if density is not None:
        names["add_product"] = numba.njit(compile_numba_function_src(WRAPPER, "add_product"))
    compiled = []
    for name, signature in signatures.items():
        source = compile_numba_function_src(WRAPPER, name, dict(names), cache_key=f"{key}_{name}")
        try:
            compiled.append(numba.cfunc(signature, cache=True)(source))
        except numba.core.errors.NumbaError:
            # without a density there is nothing to compile: the cache did not have it
            if density is None:
                return None
            raise
    return compiled[0], compiled[1]


def sampler(program: Program, packed: Floats, whitening: Whitening) -> tuple[Any, str]:
    """A model that ``nutpie.sample`` takes, and whether it is ``native`` or ``python``."""
    if program.native is not None:
        try:
            return _native_model(program, packed, whitening), "native"
        except CHANGED_INTERNALS:
            pass
    return python_model(program, packed, whitening), "python"


def _native_model(program: Program, packed: Floats, whitening: Whitening) -> Any:
    from nutpie import _lib
    from nutpie.sample import CompiledModel

    assert program.native is not None
    density, copy = program.native
    user, size = whitening.user_data(packed), program.size

    class NativeModel(CompiledModel):  # type: ignore[misc]
        """Hands nutpie the two C functions and the array they read."""

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
            owner = (density, copy, user)
            return _lib.PyMcModel(
                _lib.LogpFunc(density.address, user.ctypes.data, owner),
                # expanded draws are the sampled points themselves
                _lib.ExpandFunc(size, size, copy.address, user.ctypes.data, owner),
                _lib.PyVariable.new_variables(["x"], ["float64"], [(size,)], {"entry": size}, DIMS),
                size,
                {"entry": size},
                self.coords,
                starting_points(size),
                None,
            )

    return NativeModel(dims=DIMS, reparameterized_names=[])


def python_model(program: Program, packed: Floats, whitening: Whitening) -> Any:
    """The same model through nutpie's public interface: slower by the interpreter's share."""
    import nutpie

    density = program.density(packed)

    def whitened(x: Floats) -> tuple[float, Floats]:
        value, gradient = density(whitening(x))
        return value, gradient @ whitening.root

    return nutpie.compiled_pyfunc.from_pyfunc(
        program.size,
        lambda: whitened,
        lambda *_: lambda x: {"x": np.asarray(x, dtype=np.float64)},
        [np.dtype(np.float64)],
        [(program.size,)],
        ["x"],
        coords={"entry": pd.RangeIndex(program.size)},
        dims=DIMS,
        make_initial_point_fn=starting_points(program.size),
    )


def starting_points(size: int) -> Callable[[int], Floats]:
    """Starting points of the chains, spread as the whitened posterior is."""

    def start(seed: int) -> Floats:
        return np.random.default_rng(seed).normal(size=size)

    return start
