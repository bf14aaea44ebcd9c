"""A fit that has not converged goes on; where a draw of that diverges, with smaller steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from model.archive import fresh_fit
from model.question import SamplerOptions


@dataclass
class Draws:
    """Stands for a posterior: how many draws diverged, and how often it was made longer."""

    options: SamplerOptions
    diverged: int
    longer: int = 0
    map: str = "map"

    @property
    def diverging(self) -> Any:
        return np.arange(10) < self.diverged

    @property
    def layout(self) -> None:
        return None

    @property
    def draws(self) -> None:
        return None

    def with_more(self, more: Draws) -> Draws:
        return replace(self, diverged=self.diverged + more.diverged, longer=self.longer + 1)


def test_a_longer_fit_that_diverges_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, str | None, bool]] = []

    def fit(
        parts: Any, options: SamplerOptions, *, start: Any, progress: Any, refine: bool = False
    ) -> Draws:
        asked.append((options.target_accept, start, refine))
        # the first fit is sound; of the longer one a draw diverges, unless its steps are small
        large = options.target_accept < fresh_fit.SMALLER_STEPS[-1]
        return Draws(options, int(start is not None and large))

    def verdict(posterior: Draws, yearly: Any) -> Any:
        return SimpleNamespace(converged=posterior.longer == 1 and not posterior.diverged)

    monkeypatch.setattr(fresh_fit, "fit", fit)
    monkeypatch.setattr(fresh_fit, "verdict", verdict)
    monkeypatch.setattr(fresh_fit, "yearly_usd", lambda *_: None)
    said: list[str] = []
    hooks: Any = SimpleNamespace(say=said.append, progress=None)
    nothing: Any = None
    posterior, gate = fresh_fit._judged(nothing, nothing, SamplerOptions(), hooks)
    usual = SamplerOptions().target_accept
    assert asked == [
        (usual, None, False),
        (usual, "map", False),
        *((target, "map", False) for target in fresh_fit.SMALLER_STEPS),
    ]
    assert gate.converged
    assert posterior.diverging.sum() == 0
    assert said[-2:] == ["1 draw diverged; sampling again with smaller steps"] * 2
