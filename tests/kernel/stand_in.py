"""Stands in for the kernel where its cache is tested: compiled in a moment, like it on import."""

from __future__ import annotations

from typing import Any

from numba import cfunc, types


@cfunc(types.float64(types.float64), cache=True)
def number(x: Any) -> Any:
    return 2.0 * x + 1.0
