"""A question to the program: inputs, what-ifs, scenarios and sampler options.

No numerical library is imported here, so that a stored answer is returned at once.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from model.case.checkout import INPUTS


@dataclass(frozen=True, slots=True)
class SamplerOptions:
    """Length of the sampling, and its seed.

    Attributes
    ----------
    draws, tune : int
        Kept and warm-up draws per chain.
    chains : int
    seed : int
    target_accept : float
        Target acceptance rate of the step size.
    cores : int or None
        Chains sampled at once; None for the number of processors. Draws do not depend on it.
    """

    draws: int = 1000
    tune: int = 150
    chains: int = 4
    seed: int = 20180802
    target_accept: float = 0.9
    cores: int | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Changes to evidence and priors.

    Attributes
    ----------
    fixed : tuple of (str, float, str)
        Basic quantity known exactly, its value and unit.
    priors : tuple of (str, float, float, str)
        Basic quantity, 5% and 95% quantiles and unit.
    drop_sources, drop_rows : tuple of str
        Sources and rows of evidence dropped from the fit.
    weights : tuple of (str, float)
        Row and factor on its weight.
    as_of : str
        Day, YYYY-MM-DD, by which evidence must have been published to be fitted; blank for any.
    without : tuple of {"plan", "payments"}
        Sides of the accounts of which no row is fitted.
    readings : tuple of (str, float)
        Rival reading and its weight; the others share what is left as the case weighs them.
    believe : tuple of str
        Held-out totals that are taken as evidence.
    """

    fixed: tuple[tuple[str, float, str], ...] = ()
    priors: tuple[tuple[str, float, float, str], ...] = ()
    drop_sources: tuple[str, ...] = ()
    drop_rows: tuple[str, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    without: tuple[str, ...] = ()
    as_of: str = ""
    readings: tuple[tuple[str, float], ...] = ()
    believe: tuple[str, ...] = ()

    @property
    def asked(self) -> dict[str, Any]:
        """The changes only, in a form that JSON can hold."""
        return {name: as_json(value) for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> WhatIf:
        """The changes that ``asked`` told, as a manifest holds them."""
        return cls(**{name: _as_tuples(value) for name, value in asked.items()})


def described(asked: Mapping[str, Any]) -> list[str]:
    """What-ifs in a few words each, from ``WhatIf.asked`` or a manifest."""
    words: dict[str, Callable[..., str]] = {
        "fixed": lambda name, value, unit: f"{name} = {value:g} {unit}",
        "priors": lambda name, low, high, unit: f"{name} from {low:g} to {high:g} {unit}",
        "drop_sources": lambda source: f"without the source {source}",
        "drop_rows": lambda row: f"without the row {row}",
        "weights": lambda row, weight: f"weight of the row {row} times {weight:g}",
        "without": lambda side: f"without rows about the {side}",
        "as_of": lambda day: f"only evidence published by {day}",
        "believe": lambda row: f"the held-out row {row} believed",
        "readings": lambda name, weight: f"weight of the reading {name} {weight:g}",
    }
    return [
        words[kind](*(entry if isinstance(entry, list) else [entry])).strip()
        for kind, entries in asked.items()
        for entry in (entries if isinstance(entries, list) else [entries])
    ]


@dataclass(frozen=True, slots=True)
class Question:
    """The complete question that one run answers.

    Attributes
    ----------
    inputs : Path
        Folder of a case.
    scenarios : tuple of str
        Names of the case's scenarios, or files.
    horizon : str
        Last month to project (YYYY-MM); blank for the scenarios' horizon or the end of the case.
    """

    inputs: Path = INPUTS
    what_if: WhatIf = field(default_factory=WhatIf)
    scenarios: tuple[str, ...] = ()
    horizon: str = ""
    options: SamplerOptions = field(default_factory=SamplerOptions)


def options_asked(arguments: Sequence[str]) -> SamplerOptions:
    """What a run's ``arguments`` ask of the sampler.

    Its manifest has what it took instead: a fit that goes badly takes other steps or more draws.
    """
    asked = dict(zip(arguments[::2], arguments[1::2], strict=False))
    named = {name: asked.get(f"--{name}") for name in ("draws", "tune", "chains", "seed")}
    return SamplerOptions(**{name: int(one) for name, one in named.items() if one})


def arguments(question: Question, copy: str = "") -> list[str]:
    """Command-line arguments for a question, without those at their defaults.

    Parameters
    ----------
    copy : str
        The copy of the inputs and scenarios that a run holds, named in place of the files read:
        those lie where only one machine has them.
    """
    asked, options = question.what_if, question.options
    plain = Question()
    shipped = question.inputs.resolve() == INPUTS
    if copy:
        shipped = shipped and not any(name.endswith(".toml") for name in question.scenarios)
    found = [] if shipped else ["--inputs", copy or str(question.inputs)]
    scenarios = [
        Path(name).stem if copy and name.endswith(".toml") else name for name in question.scenarios
    ]
    for option, values in (
        ("--scenario", scenarios),
        ("--horizon", [question.horizon] if question.horizon else []),
        ("--set", [f"{name}={value!r} {unit}".strip() for name, value, unit in asked.fixed]),
        (
            "--prior",
            [f"{name}={low!r}:{high!r} {unit}".strip() for name, low, high, unit in asked.priors],
        ),
        ("--drop-source", asked.drop_sources),
        ("--drop-row", asked.drop_rows),
        ("--weight", [f"{row}={weight!r}" for row, weight in asked.weights]),
        ("--without", asked.without),
        ("--as-of", [asked.as_of] if asked.as_of else []),
        ("--believe", asked.believe),
        ("--reading", [f"{name}={weight!r}" for name, weight in asked.readings]),
        *(
            (f"--{name}", [str(value)])
            for name, value in asdict(options).items()
            if name in ("draws", "tune", "chains", "seed") and value != getattr(plain.options, name)
        ),
    ):
        for value in values:
            found += [option, value]
    return found


#: Options of an estimate that do not make it a what-if.
KEPT = ("--inputs", "--scenario", "--horizon", "--draws", "--tune", "--chains", "--seed")


def unchanged_arguments(said: Sequence[str]) -> list[str]:
    """Arguments of the estimate that a what-if changes, from its own."""
    pairs = zip(said[::2], said[1::2], strict=True)
    return [word for pair in pairs if pair[0] in KEPT for word in pair]


def unchanged_command(said: Sequence[str], runs: str = "") -> str:
    """The command of the estimate that a what-if changes, from its own arguments.

    Parameters
    ----------
    said : sequence of str
        As ``arguments`` returns them.
    runs : str
        Folder of runs; blank for the usual one.
    """
    words = [*unchanged_arguments(said), *(["--runs", runs] if runs else [])]
    return shlex.join(["python", "-m", "model.estimate", *words])


def as_json(value: Any) -> Any:
    """A value with all nested tuples as lists."""
    return [as_json(one) for one in value] if isinstance(value, tuple | list) else value


def _as_tuples(value: Any) -> Any:
    return tuple(_as_tuples(one) for one in value) if isinstance(value, list) else value
