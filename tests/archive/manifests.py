"""A manifest of a run that nobody made, for tests of what is done with folders and files."""

from __future__ import annotations

from typing import Any


def made_up(**changes: Any) -> dict[str, Any]:
    """A manifest of the right form, but for its files and its seal."""
    gate = {"max_rhat": 1.0, "min_ess_bulk": 900.0, "min_ess_tail": 900.0, "divergences": 0}
    return {
        "schema": 1,
        "fit": "0123456789ab",
        "read": "Nothing",
        "inputs": {},
        "scenarios": [],
        "horizon": "2018-12",
        "what_if": {},
        "warnings": [],
        "versions": {"model": "0", "source": "0123456789ab"},
        "sampler": {"draws": 1, "tune": 1, "chains": 1, "seed": 1, "target_accept": 0.8},
        "answered_by": {"how": "fitted"},
        "convergence": gate | {"converged": True, "worst": {}},
        "seconds": {},
        **changes,
    }
