"""The command line: from a folder of inputs to a posterior, a table and the files of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model.case.checkout import DEFAULT, RUNS, case_folder
from model.case.folders import fault_in_name
from model.question import Question, SamplerOptions, WhatIf, arguments, described, unchanged_command
from model.terminal.commands import App
from model.terminal.options import Inputs, Name, Quiet, Runs, Wide
from model.terminal.output import command_line, say
from model.terminal.question_options import (
    AsOf,
    Believe,
    Chains,
    Cores,
    Draws,
    DropRow,
    DropSource,
    Fixed,
    Fresh,
    Horizon,
    Prior,
    Reading,
    Scenario,
    Seed,
    Strict,
    Sweep,
    Tune,
    Weight,
    Without,
)
from model.terminal.screen import Interruption, Talk, interruptible
from model.terminal.view_options import (
    By,
    Currency,
    First,
    Format,
    Last,
    Listed,
    PerWorker,
    Plot,
    Printed,
    Real,
    View,
    Year,
)

if TYPE_CHECKING:
    from model.archive.answer import Answer, Hooks

# The numerical libraries take seconds to import. They are imported where they are used, so that
# --help and invalid arguments are answered at once.

DONE, FAULTY, NOT_CONVERGED = 0, 2, 3

app = App()


EXAMPLES = """Examples:
  {command} --scenario deadline_2019
  {command} --set "upkeep=9000 RUB/month" --drop-source wsj-2018-08-02

"""


@app.command(
    help="Estimate what a state earns from the workers it sends abroad, with honest intervals.",
    epilog=EXAMPLES
    + "Exit status: 0 done; 2 invalid inputs or arguments, or out of memory, nothing written; "
    "3 done, but the sampler did not converge; 130 interrupted, nothing written.",
)
def estimate(
    inputs: Inputs = DEFAULT,
    scenario: Scenario = None,
    horizon: Horizon = "",
    set_: Fixed = None,
    prior: Prior = None,
    sweep: Sweep = None,
    drop_source: DropSource = None,
    drop_row: DropRow = None,
    weight: Weight = None,
    without: Without = None,
    believe: Believe = None,
    reading: Reading = None,
    as_of: AsOf = "",
    strict: Strict = False,
    draws: Draws = 1000,
    tune: Tune = 150,
    chains: Chains = 4,
    seed: Seed = 20180802,
    cores: Cores = None,
    fresh: Fresh = False,
    year: Year = None,
    by: By = "year",
    from_: First = "",
    to: Last = "",
    per_worker: PerWorker = False,
    currency: Currency = "USD",
    real: Real = None,
    list_: Listed = None,
    plot: Plot = None,
    runs: Runs = RUNS,
    name: Name = None,
    output_format: Printed = Format.table,
    wide: Wide = False,
    quiet: Quiet = False,
    self_test: Annotated[
        bool, typer.Option("--self-test", help="Instead: fit a tiny case with a known answer.")
    ] = False,
) -> None:
    """Read, fit, project, write and print."""
    talk = Talk(verbose=not quiet and output_format not in (Format.json, Format.csv))

    def work(interruption: Interruption) -> int:
        if self_test:
            from model.calibration.self_test import run_self_test

            return DONE if run_self_test(say) else 1
        if list_ is not None:
            from model.result.printed import print_list

            return print_list(
                case_folder(inputs), list_.value, talk, output_format.value, wide=wide
            )
        from model.archive.run_argument import nameable

        if not nameable(name, runs, talk):
            return FAULTY
        if sweep and name is not None:
            talk.fault("--name: a sweep makes several runs; leave it out")
            return FAULTY
        view = View(year, by, from_, to, per_worker, currency.upper(), real)
        question = _question(
            case_folder(inputs),
            tuple(scenario or ()),
            horizon,
            SamplerOptions(draws, tune, chains, seed, cores=cores),
            talk,
            fixed=set_ or (),
            priors=prior or (),
            drop_sources=drop_source or (),
            drop_rows=drop_row or (),
            weights=weight or (),
            without=[side.value for side in without or ()],
            as_of=as_of,
            readings=reading or (),
            believe=believe or (),
        )
        wrong = fault_in_name(runs)
        if question is not None and wrong is not None:
            talk.fault(f"--runs: {wrong}")
        if question is None or wrong is not None:
            return FAULTY
        draw = _drawing(plot or (), talk, of="sweep" if sweep else "", year=year)
        if draw is None:
            return FAULTY
        if sweep:
            from model.result.print_sweep import run_sweep

            compute = partial(_compute, output=runs, view=View(), fresh=fresh, strict=strict)
            return run_sweep(
                question, sweep, runs, compute, (talk, interruption), output_format.value, view,
                draw, fresh=fresh, strict=strict, wide=wide,
            )  # fmt: skip
        return _run(
            question, runs, talk, interruption, output_format, view, draw, name=name, fresh=fresh,
            strict=strict, wide=wide,
        )  # fmt: skip

    kept = "what was estimated is kept" if sweep else "nothing was written"
    raise typer.Exit(interruptible(work, f"Interrupted; {kept}."))


def _question(
    inputs: Path,
    scenarios: tuple[str, ...],
    horizon: str,
    options: SamplerOptions,
    talk: Talk,
    **what_ifs: Any,
) -> Question | None:
    """The question in the arguments, or None with their errors reported."""
    what_if = WhatIf()
    if any(what_ifs.values()):
        from model.case.faults import CaseError
        from model.sampling.whatif import what_if_of

        try:
            what_if = what_if_of(**what_ifs)
        except CaseError as error:
            talk.report(error)
            return None
    return Question(inputs, what_if, tuple(dict.fromkeys(scenarios)), horizon, options)


def _run(
    question: Question,
    output: Path,
    talk: Talk,
    interruption: Interruption,
    output_format: Format,
    view: View,
    draw: Callable[[Path], bool],
    *,
    name: str | None,
    fresh: bool,
    strict: bool,
    wide: bool,
) -> int:
    """Answer the question and return the exit status."""
    from model.archive.answer import Hooks, found

    hooks = Hooks(talk.say, talk.fault, before_publishing=interruption.close)
    answer = None if fresh else found(question, output, hooks)
    if answer is None or (strict and answer.manifest["warnings"]):
        answer = _compute(
            question, talk, hooks, output=output, view=view, fresh=fresh, strict=strict
        )
        if answer is None:
            return FAULTY
    else:
        talk.say(f"Read {question.inputs}: {answer.manifest['read']}")
        for warning in answer.manifest["warnings"]:
            talk.fault(f"warning: {warning}")
        _say_what_if(question, talk)
        talk.say("Already estimated; read from the archive (--fresh fits anew)")
    from model.archive.run_argument import give_name

    if name is not None and not give_name(name, answer.folder, talk):
        return FAULTY
    converged = answer.summary["converged"]
    if not converged and output_format is not Format.table:
        talk.fault("NOT CONVERGED: do not use these numbers.")
    if output_format is Format.xlsx:
        from model.result.printed import print_workbook

        printed = print_workbook(answer, view, talk)
    else:
        from model.result.printed import print_answer

        unchanged = unchanged_command(arguments(question), "" if output == RUNS else str(output))
        printed = print_answer(answer, output_format.value, view, unchanged, talk, wide=wide)
    if not printed or not draw(answer.folder):
        return FAULTY
    return DONE if converged else NOT_CONVERGED


def _drawing(
    texts: Sequence[str], talk: Talk, *, of: str, year: int | None
) -> Callable[..., bool] | None:
    """What draws the figures asked for; None with an error reported."""
    if not texts:
        return lambda *_: True
    import model

    found: Callable[..., bool] | None = model.pictures().drawing(
        texts, model.load, talk, of=of, year=year
    )
    return found


def _say_what_if(question: Question, talk: Talk) -> None:
    what_ifs = described(question.what_if.asked)
    if what_ifs:
        talk.say(f"What if: {'; '.join(what_ifs)}")


def _compute(
    question: Question,
    talk: Talk,
    hooks: Hooks,
    *,
    output: Path,
    view: View,
    fresh: bool,
    strict: bool,
) -> Answer | None:
    """Read, fit and write; None with the error reported."""
    from model.archive import store
    from model.archive.answer import answer, read_inputs
    from model.archive.keys import run_name
    from model.case.faults import CaseError
    from model.sampling.whatif import published_line

    try:
        inputs = read_inputs(question, strict=strict)
    except CaseError as error:
        talk.report(error)
        return None
    if view.asked:
        from model.result.asked_months import ViewError
        from model.result.views import check_view

        try:
            check_view(view, inputs.case, inputs.scenarios, question.horizon)
        except ViewError as error:
            talk.fault(f"{error}; nothing was written")
            return None
    try:
        store.check_writable(output, run_name(inputs.case.name, inputs.keys[0]))
    except OSError as error:
        talk.fault(f"--runs: {output} cannot be written ({error.strerror}); name a folder")
        return None
    talk.say(f"Read {question.inputs}: {inputs.case.in_short}")
    for warning in inputs.case.warnings:
        talk.fault(f"warning: {warning}")
    _say_what_if(question, talk)
    if question.what_if.as_of:
        talk.say(published_line(inputs.case, question.what_if.as_of))
    from model.sampling.fitting import NoStartingPointError

    try:
        with talk.progress() as progress:
            return answer(question, inputs, output, replace(hooks, progress=progress), fresh=fresh)
    except CaseError as error:
        talk.report(error)
        return None
    except NoStartingPointError as error:
        talk.fault(f"{question.inputs}: {error.__doc__} Nothing was written.")
        return None
    except OSError as error:
        place, why = error.filename or output, error.strerror or error
        talk.fault(f"--runs: {place} cannot be written ({why}); nothing was written")
        return None


if __name__ == "__main__":
    command_line(app)
