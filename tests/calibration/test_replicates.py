"""A replicate's chain: one that has not settled is sampled again, from a pilot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from model.calibration import replicates
from model.calibration.replicates import OPTIONS, PILOTED, settled, settled_fit
from model.question import SamplerOptions

SHAPE = (OPTIONS.draws, 300)


def independent() -> np.ndarray:
    return np.random.default_rng(3).normal(size=SHAPE)


def test_independent_draws_have_settled() -> None:
    assert settled(independent())


@pytest.mark.parametrize("slope", [2.0, -2.0])
def test_a_chain_that_drifts_has_not(slope: float) -> None:
    time = np.linspace(-1.0, 1.0, SHAPE[0])[:, None]
    assert not settled(independent() + slope * time)


def test_nor_has_one_that_stays_where_it_is() -> None:
    assert not settled(np.ones(SHAPE))


@pytest.mark.parametrize(("drift", "expected"), [(0.0, [OPTIONS]), (3.0, [OPTIONS, PILOTED])])
def test_one_that_has_not_settled_is_sampled_again(
    drift: float, expected: list[SamplerOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fit(parts: Any, options: SamplerOptions) -> Any:
        asked.append(options)
        chain = independent() + drift * np.linspace(-1.0, 1.0, SHAPE[0])[:, None]
        return SimpleNamespace(normals=chain[None])

    monkeypatch.setattr(replicates, "fit", fit)
    parts: Any = None
    settled_fit(parts, OPTIONS.seed)
    assert asked == expected
    assert PILOTED.chains * PILOTED.draws == OPTIONS.draws
