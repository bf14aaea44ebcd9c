"""Keys under which runs are saved: hashes of everything that can change an answer.

Nothing numerical is imported here, so a question already answered is answered at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from model.question import SamplerOptions, WhatIf
from model.terminal.version import __version__, source_hash

PACKAGES = ("numba", "nutpie", "arviz", "numpy", "scipy", "pandas", "xarray")


def versions() -> dict[str, str]:
    """Versions of this program and of the libraries that do its arithmetic."""
    found = {"model": __version__, "source": source_hash()}
    for package in (*PACKAGES, "CurrencyConverter"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def fit_key(hashes: Mapping[str, str], what_if: WhatIf, options: SamplerOptions) -> str:
    """Twelve hexadecimal digits of the hash of everything that can change a posterior.

    The hash covers what the inputs say, the what-ifs, versions, sampler options and seed. It omits
    the number of cores, on which the draws do not depend.
    """
    sampler = asdict(options)
    del sampler["cores"]
    return digest(
        {
            "inputs": dict(sorted(hashes.items())),
            "what_if": what_if.asked,
            "versions": versions(),
            "sampler": sampler,
        }
    )


def run_key(fit: str, beside: Mapping[str, str], horizon: str) -> str:
    """Key of a fit with scenarios and prospects (hash of each, in order) and a horizon."""
    return digest({"fit": fit, "scenarios": list(beside.items()), "horizon": horizon})


def run_name(case: str, key: str) -> str:
    """Name of a run's folder: that of its case, which must not hide it or look like an option."""
    return f"{case.lstrip('.-') or 'case'}-{key}"


def digest(content: Any) -> str:
    """Twelve hexadecimal digits of the hash of any content that JSON can express."""
    text = json.dumps(content, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
