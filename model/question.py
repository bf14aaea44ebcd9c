"""What is asked: inputs, what-ifs, scenarios, sampler; and the keys that runs are kept by.

Nothing numerical is imported here, so that a question asked before is answered at once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import model

PACKAGES = ("numba", "nutpie", "arviz", "numpy", "scipy", "pandas", "xarray")

#: Files that a case may consist of.
CASE_FILES = (
    "evidence.csv", "sources.csv", "firms.csv", "segments.csv", "fx.csv", "priors.toml",
    "timeline.toml", "reading.toml",
)  # fmt: skip
#: Optional file of sources that might be found: part of a run, of no fit.
PROSPECTS = "prospects.csv"
SCENARIOS = "scenarios"
BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class SamplerOptions:
    """How long to sample, and from which seed.

    Attributes
    ----------
    draws, tune : int
        Kept and warm-up draws of each chain.
    chains : int
    seed : int
    target_accept : float
        Acceptance that the step size aims at.
    cores : int or None
        Chains sampled at once; None for as many as there are processors. Draws do not depend
        on it.
    """

    draws: int = 1000
    tune: int = 150
    chains: int = 4
    seed: int = 20180802
    target_accept: float = 0.9
    cores: int | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Changes to evidence, priors and balance.

    Attributes
    ----------
    fixed : tuple of (str, float, str)
        Basic quantity, value and unit: known exactly.
    priors : tuple of (str, float, float, str)
        Basic quantity, 5 % and 95 % point and unit.
    drop_sources, drop_rows : tuple of str
        Sources and rows of evidence left out of the fit.
    weights : tuple of (str, float)
        Row and the factor on its weight.
    without : tuple of {"plan", "balance"}
        Sides of the balance taken away.
    """

    fixed: tuple[tuple[str, float, str], ...] = ()
    priors: tuple[tuple[str, float, float, str], ...] = ()
    drop_sources: tuple[str, ...] = ()
    drop_rows: tuple[str, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    without: tuple[str, ...] = ()

    @property
    def asked(self) -> dict[str, Any]:
        """What differs from no change at all, as JSON knows it."""
        return {name: as_json(value) for name, value in asdict(self).items() if value}


def described(asked: Mapping[str, Any]) -> list[str]:
    """What-ifs, as ``WhatIf.asked`` or a manifest has them, each in a few words."""
    words: dict[str, Callable[..., str]] = {
        "fixed": lambda name, value, unit: f"{name} = {value:g} {unit}",
        "priors": lambda name, low, high, unit: f"{name} from {low:g} to {high:g} {unit}",
        "drop_sources": lambda source: f"without the source {source}",
        "drop_rows": lambda row: f"without the row {row}",
        "weights": lambda row, weight: f"weight of the row {row} times {weight:g}",
        "without": lambda side: f"without the {side}",
    }
    return [
        words[kind](*(entry if isinstance(entry, list) else [entry])).strip()
        for kind, entries in asked.items()
        for entry in entries
    ]


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that one run answers.

    Attributes
    ----------
    inputs : Path
        Folder of a case.
    scenarios : tuple of str
        Names of scenarios of the case, or files.
    horizon : str
        Last month to be projected (YYYY-MM); blank for the end of the case or what scenarios ask.
    """

    inputs: Path = Path("inputs")
    what_if: WhatIf = field(default_factory=WhatIf)
    scenarios: tuple[str, ...] = ()
    horizon: str = ""
    options: SamplerOptions = field(default_factory=SamplerOptions)


def arguments(question: Question) -> list[str]:
    """What the command line is given to ask a question; what is as it is by default is left out."""
    asked, options = question.what_if, question.options
    plain = Question()
    shipped = question.inputs.resolve() == model.INPUTS
    found = [] if shipped or question.inputs == plain.inputs else ["--inputs", str(question.inputs)]
    for option, values in (
        ("--scenario", question.scenarios),
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
        *(
            (f"--{name}", [str(value)])
            for name, value in asdict(options).items()
            if name in ("draws", "tune", "chains", "seed") and value != getattr(plain.options, name)
        ),
    ):
        for value in values:
            found += [option, value]
    return found


def as_json(value: Any) -> Any:
    """Tuples as lists, all the way down."""
    return [as_json(one) for one in value] if isinstance(value, tuple | list) else value


def content_hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of files, by name, in their order."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def versions() -> dict[str, str]:
    """Versions of this program and of the libraries whose arithmetic it rests on."""
    found = {"model": model.__version__, "source": source_hash()}
    for package in (*PACKAGES, "CurrencyConverter"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def source_hash() -> str:
    """Hash of this package's source: between two releases, numbers move with it."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def fit_key(hashes: Mapping[str, str], what_if: WhatIf, options: SamplerOptions) -> str:
    """Twelve hexadecimal digits of the hash of all that can change a posterior.

    That is: the inputs' content, what is changed in them, versions, sampler options and seed. The
    number of cores is not among them, since the draws do not depend on it.
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
    """The key of a fit with scenarios and prospects (hash of each, in order) and a horizon."""
    return digest({"fit": fit, "scenarios": list(beside.items()), "horizon": horizon})


def digest(content: Any) -> str:
    """Twelve hexadecimal digits of the hash of what JSON can say."""
    text = json.dumps(content, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def files_of(question: Question) -> tuple[dict[str, bytes], dict[str, bytes]] | None:
    """Bytes of the case's files and of what else a run holds, by name; None where one lacks.

    That is the scenarios asked for, and the prospects. None as well where two scenarios have one
    name, which is a fault. Nothing else is checked:
    this is for finding out whether the question was asked before.
    """
    paths = scenario_paths(question)
    if len({path.stem for path in paths}) < len(paths):
        return None
    try:
        case = {
            name: path.read_bytes()
            for name in CASE_FILES
            if (path := question.inputs / name).is_file()
        }
        beside = {path.stem: path.read_bytes() for path in paths}
        if (path := question.inputs / PROSPECTS).is_file():
            beside[PROSPECTS] = path.read_bytes()
    except OSError:
        return None
    return case, beside


def scenario_paths(question: Question) -> list[Path]:
    """Files of the scenarios asked for, by name or as a file; the baseline's first, if any."""
    folder = question.inputs / SCENARIOS
    paths = [
        Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
        for name in question.scenarios
        if name != BASELINE
    ]
    baseline = folder / f"{BASELINE}.toml"
    # os.path's, since pathlib's raises at names that no system takes
    there = os.path.isfile(baseline)
    return [*([baseline] if there else []), *dict.fromkeys(paths)]
