"""From a question to a run on disk: read from the archive, or fitted.

The command line, notebooks and reports all use this module, so they show the same numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.archive import store
from model.archive.keys import fit_key, run_key, run_name
from model.case.folders import COPY, case_name, files_of, is_beside, scenario_file
from model.case.meaning import content_hashes
from model.question import Question

if TYPE_CHECKING:
    from model.archive.under_scenarios import Results
    from model.case.case import Case
    from model.case.contents import Scenario
    from model.evidence.synthesis import Synthesis
    from model.sampling.rivals import Rival

Json = dict[str, Any]


def _nothing(*_: Any) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Hooks:
    """Functions that a run calls while it works.

    Attributes
    ----------
    say, warn : callable
        Called with a line for the reader.
    progress : callable
        Called with (stage, done, total).
    before_publishing : callable
        Called once all files are written; if it raises, no run is written.
    """

    say: Callable[[str], object] = _nothing
    warn: Callable[[str], object] = _nothing
    progress: Callable[[str, int, int], None] = _nothing
    before_publishing: Callable[[], object] = _nothing


@dataclass(frozen=True)
class Answer:
    """A run on disk, as read from it or just written.

    Attributes
    ----------
    folder : Path
    summary, manifest : dict
        Content of ``summary.json`` and ``manifest.json``.
    found : bool
        Whether the question had already been answered.
    """

    folder: Path
    summary: Json
    manifest: Json
    found: bool

    @property
    def compares(self) -> bool:
        """Whether it is a what-if's that can be set against the estimate without it."""
        return bool(self.manifest["what_if"]) and bool(self.summary["converged"])


def found(question: Question, output: Path, hooks: Hooks | None = None) -> Answer | None:
    """Find an undamaged run that answers a question, importing nothing numerical.

    A run that does not match its checksums is reported and not used.
    """
    hooks = hooks or Hooks()
    files = files_of(question.inputs, question.scenarios)
    if files is None:
        return None
    case, beside = files
    fit = fit_key(content_hashes(case), question.what_if, question.options)
    key = run_key(fit, content_hashes(beside), question.horizon)
    name = run_name(case_name(question.inputs), key)
    folder = output / name
    try:
        if not store.there(folder):
            return None
        manifest, summary = store.read_run(folder)
    except OSError:
        # an unusable folder is reported once the inputs have been read
        return None
    except store.DamagedRunError as error:
        hooks.warn(f"warning: {error}; not used; estimating again")
        return None
    if manifest["warnings"] and _laid_out_anew(case, manifest):
        hooks.say(f"Same inputs in another layout; rows are those of {folder / COPY}")
    return Answer(folder, summary, manifest, found=True)


def _laid_out_anew(files: Mapping[str, bytes], manifest: Json) -> bool:
    """Whether files that say what a run's inputs say are not the same bytes."""
    own = {f"{COPY}/{name}": sha256(content).hexdigest() for name, content in files.items()}
    return not own.items() <= manifest["files"].items()


@dataclass(frozen=True)
class Inputs:
    """A question's inputs, read and checked.

    Attributes
    ----------
    parts : Synthesis
        The arrays of the case under the what-ifs.
    rivals : tuple of Rival
        Its rival readings; none if it has one reading.
    keys : (str, str)
        Of the run and of its fit.
    seconds : float
        Time taken to read them.
    """

    case: Case
    scenarios: tuple[Scenario, ...]
    parts: Synthesis
    rivals: tuple[Rival, ...]
    keys: tuple[str, str]
    seconds: float = 0.0


def read_inputs(question: Question, *, strict: bool = False) -> Inputs:
    """Read and check everything that a question names.

    Raises
    ------
    CaseError
        With every error in the case; failing that, in the scenarios; failing that, in the what-ifs.
    """
    from model.archive.believed import believable
    from model.archive.run_files import today
    from model.case.case import read_case
    from model.case.reader.scenarios import read_scenarios
    from model.evidence.synthesis import synthesis
    from model.sampling.rivals import check_heard, parts_of, rivals
    from model.sampling.whatif import changed_parts

    began = time.perf_counter()
    today()  # an impossible date is told before anything is computed
    case = read_case(question.inputs, strict=strict)
    scenarios = read_scenarios(case, question.scenarios, question.horizon)
    told = rivals(case, question.what_if)
    check_heard(told, question.options.draws)
    parts = parts_of(changed_parts(synthesis(case), case, question.what_if), told)
    believable(case, question.what_if.believe)
    fit = fit_key(case.hashes, question.what_if, question.options)
    beside = {scenario_file(one.name): one.content for one in scenarios}
    beside |= {name: content for name, content in case.files.items() if is_beside(name)}
    keys = (run_key(fit, content_hashes(beside), question.horizon), fit)
    return Inputs(case, scenarios, parts, told, keys, time.perf_counter() - began)


def answer(
    question: Question,
    inputs: Inputs,
    output: Path,
    hooks: Hooks | None = None,
    *,
    fresh: bool = False,
) -> Answer:
    """Answer a question and write the run.

    Parameters
    ----------
    question : Question
    inputs : Inputs
        ``read_inputs(question)``.
    output : Path
        Folder of runs.
    hooks : Hooks, optional
    fresh : bool
        Whether to fit even if the archive has the draws.

    Raises
    ------
    NoStartingPointError
        If the density is finite nowhere.
    KeyboardInterrupt
        If interrupted; nothing is written.
    """
    from model.archive.run_files import manifest, run_files
    from model.archive.summary import summary

    hooks = hooks or Hooks()
    began = time.perf_counter()
    results, diagnosis = results_of(question, inputs, output, hooks, fresh=fresh)
    for scenario in results.scenarios:
        if scenario.changes and _changes_nothing(results, scenario.name):
            hooks.warn(f"warning: scenario {scenario.name} changes nothing")
    content = summary(results)
    if question.what_if.asked:
        content["what_if"] = question.what_if.asked
    content["answered_by"] = diagnosis
    in_all = inputs.seconds + time.perf_counter() - began
    results.posterior.seconds.update(reading=round(inputs.seconds, 3), in_all=round(in_all, 3))
    said = manifest(results, question, inputs.keys, diagnosis)
    name = run_name(inputs.case.name, inputs.keys[0])
    files = run_files(results, content)
    folder = store.write_run(output, name, files, hooks.before_publishing, said)
    return Answer(folder, content, said, found=False)


def results_of(
    question: Question,
    inputs: Inputs,
    output: Path | None = None,
    hooks: Hooks | None = None,
    *,
    fresh: bool = False,
) -> tuple[Results, Json]:
    """Draws and projections that answer a question, and how the draws were obtained.

    The draws are those of the same fit in the archive, or of a new fit.
    """
    from model.archive.fresh_fit import fitted, with_believed
    from model.archive.under_scenarios import Results

    hooks = hooks or Hooks()
    draws = None
    if output is not None and not fresh:
        draws = _archived(question, inputs, output, hooks)
    posterior, gate, diagnosis = draws or fitted(question, inputs, hooks)
    if question.what_if.believe and not draws:
        posterior, gate, diagnosis["believed"] = with_believed(question, inputs, posterior, gate)
    from model.case.reader.toml_files import period

    horizon = period(question.horizon) if question.horizon else None
    results = Results.of(
        inputs.case, posterior, inputs.scenarios, horizon, gate, rivals=inputs.rivals
    )
    return results, diagnosis


def _archived(question: Question, inputs: Inputs, output: Path, hooks: Hooks) -> Any:
    """Draws of the same fit, from a run with other scenarios."""
    folder = store.find_fit(output, inputs.keys[1], hooks.warn)
    loaded = None if folder is None else _load(folder, inputs.parts, hooks)
    if loaded is None or folder is None:
        return None
    posterior, gate, manifest = loaded
    how = manifest["answered_by"]
    hooks.say(f"Draws read from {folder}/; no fit is run")
    return posterior, gate, how


@store.one_run
def _load(folder: Path, parts: Synthesis, hooks: Hooks) -> Any:
    from model.archive.draws_file import read_posterior
    from model.archive.saved_fit import saved_gate

    try:
        manifest = store.check_run(folder)
        with store.agreeing(folder):
            return read_posterior(folder, parts, manifest), saved_gate(manifest), manifest
    except store.DamagedRunError as error:
        hooks.warn(f"warning: {error}; not used")
        return None


def _changes_nothing(results: Results, name: str) -> bool:
    ours, theirs = results.projections[name], results.projection
    return bool(
        (ours.revenue.to_numpy() == theirs.revenue.to_numpy()).all()
        and (ours.per_usd.to_numpy() == theirs.per_usd.to_numpy()).all()
    )
