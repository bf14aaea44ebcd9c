"""Refits that a diary asks for: states between two runs, and what was known by a day.

A refit is kept as a small file beside the runs, ``.diary/KEY.json``, by the key of its fit, so that
none is made twice. It appears whole or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from model.archive import store
from model.archive.answer import Inputs, results_of
from model.archive.draws_file import by_chain
from model.archive.moved import Drawn
from model.archive.plain_files import read_json
from model.archive.under_scenarios import Results
from model.case.folders import BASELINE
from model.diary.split import Median
from model.equations.quantities import DEFINITIONS
from model.question import Question
from model.sampling.convergence import median_error
from model.sampling.fitting import NoStartingPointError
from model.terminal.screen import lasting

Json = dict[str, Any]

SCHEMA = 1
QUANTILES = {"q50": 0.5, "q05": 0.05, "q95": 0.95}


class Numbers(BaseModel):
    """A year's revenue in dollars, and the standard error of its median."""

    model_config = ConfigDict(extra="forbid")
    q50: float
    q05: float
    q95: float
    error: float


class Refit(BaseModel):
    """Content of a refit's file."""

    model_config = ConfigDict(extra="forbid")
    schema_: int
    fit: str
    converged: bool
    annual: dict[str, dict[str, Numbers]]
    seal: str


@dataclass(frozen=True, slots=True)
class Told:
    """Revenue of the years of one fit.

    Attributes
    ----------
    fit : str
    converged : bool
    annual : dict
        Numbers by definition and year; none if there is no fit.
    """

    fit: str
    converged: bool
    annual: Json

    @classmethod
    def of(cls, drawn: Drawn, *, converged: bool) -> Told:
        """Those of draws."""
        annual: Json = {
            definition: {
                year: dict(zip(QUANTILES, map(float, np.quantile(draws, [*QUANTILES.values()])),
                               strict=True))
                | {"error": median_error(draws, drawn.reading)}
                for year, draws in drawn.years(BASELINE, definition).items()
            }
            for definition in DEFINITIONS
        }  # fmt: skip
        return cls(drawn.fit, converged, annual)

    def median(self, definition: str, year: int) -> Median:
        """The median of a year's revenue."""
        own = self.annual[definition][str(year)]
        return Median(own["q50"], own["error"], self.fit)


@dataclass
class Refits:
    """Refits, made or read.

    Attributes
    ----------
    runs : Path
        Folder of runs.
    say : callable
        Called with a line before each fit that is made.
    check : callable
        Raises if the user wishes to stop; called before a refit is kept.
    total : int
        Fits that are still to be made, for telling how much is left.
    """

    runs: Path
    say: Callable[[str], object] = lambda _: None
    check: Callable[[], object] = lambda: None
    total: int = 0
    _done: int = field(default=0, init=False)
    _seconds: float = field(default=0.0, init=False)

    def kept(self, inputs: Inputs) -> Told | None:
        """A refit that was made before, or a run of the same fit; None if there is none."""
        key = inputs.keys[1]
        with suppress(store.DamagedRunError, OSError):
            content = read_json(self.runs / store.REFITS / f"{key}.json", Refit)
            if store.sealed(content)["seal"] == content["seal"] and content["fit"] == key:
                return Told(key, content["converged"], content["annual"])
        folder = store.find_fit(self.runs, key, lambda _: None)
        if folder is None:
            return None
        manifest = store.read_manifest(folder)
        return Told.of(Drawn.of(folder), converged=manifest["convergence"]["converged"])

    def missing(self, asked: Sequence[Inputs]) -> int:
        """How many of some refits are still to be made."""
        return len({one.keys[1] for one in asked if self.kept(one) is None})

    def of(self, question: Question, inputs: Inputs, what: str) -> Told:
        """A refit, made unless it is kept; ``what`` says which in a few words.

        Raises
        ------
        OSError
            If it cannot be kept.
        """
        found = self.kept(inputs)
        if found is not None:
            return found
        left = self.total - self._done
        about = ""
        if self._done and left:
            about = f", about {lasting(self._seconds / self._done * left)} left"
        self.say(f"Refit {self._done + 1} of {max(self.total, self._done + 1)}{about}: {what}")
        began = time.monotonic()
        told = self._made(question, inputs)
        self.check()
        content = {"schema_": SCHEMA, "fit": told.fit, "converged": told.converged}
        content["annual"] = told.annual
        store.replace_json(self.runs / store.REFITS / f"{told.fit}.json", store.sealed(content))
        self._done += 1
        self._seconds += time.monotonic() - began
        return told

    def _made(self, question: Question, inputs: Inputs) -> Told:
        try:
            results, _ = results_of(question, inputs)
        except NoStartingPointError:
            return Told(inputs.keys[1], False, {})
        return Told.of(_drawn(inputs.keys[1], results), converged=results.convergence.converged)


def _drawn(fit: str, results: Results) -> Drawn:
    """Draws of revenue by year, in the form that a run has them."""
    posterior = results.posterior
    yearly = by_chain(results.yearly_usd, len(posterior.diverging))["yearly_usd"]
    return Drawn(fit, yearly, posterior.reading)
