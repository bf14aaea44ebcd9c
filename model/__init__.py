"""How much a state earns from the workers it sends abroad: a Bayesian evidence synthesis.

What a notebook needs, in few names::

    import model

    estimate = model.fit()               # the case that comes with the program
    estimate                             # its headline
    estimate.revenue("state_take")       # by year, as a table
    model.plot("headline", estimate)     # any figure, as matplotlib axes

``fit`` asks a question and ``load`` opens a run that answered one; both return an ``Estimate``, of
which tables, draws, checks and drivers are asked. ``read_case`` reads inputs, ``new_case`` writes a
scaffold for your own, ``calibrate`` fits simulated cases with known answers. ``hedge``, ``stock``
and ``worker_month`` are pieces of the model, ``pymc_model`` is all of it in PyMC.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.case.checkout import INPUTS, ROOT, case_folder
from model.case.checkout import __version__ as __version__
from model.case.faults import CaseError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pymc as pm
    from numpy.typing import NDArray

    from model.archive.check_result import CheckResult
    from model.case.case import Case
    from model.equations.accounts import WorkerMonth
    from model.result import Estimate

    Floats = NDArray[np.float64]

__all__ = [
    "INPUTS", "CaseError", "calibrate", "compare", "fit", "hedge", "load", "new_case", "plot",
    "pymc_model", "read_case", "stock", "worker_month",
]  # fmt: skip

SCREEN = 110  #: pixels per inch of figures in notebooks


def runs_folder(output: str | Path | None = None) -> Path:
    """Folder of runs: what is named, or ``$SENT_WORKERS_RUNS``, or ``runs/`` of the checkout."""
    return Path(output or os.environ.get("SENT_WORKERS_RUNS") or ROOT / "runs")


def fit(
    inputs: str | Path = INPUTS,
    *,
    scenarios: Sequence[str | Path] = (),
    horizon: str = "",
    set: Mapping[str, float | str] | None = None,
    prior: Mapping[str, tuple[float, float] | str] | None = None,
    drop_source: Sequence[str] = (),
    drop_row: Sequence[str] = (),
    weight: Mapping[str, float] | None = None,
    without: Sequence[str] = (),
    draws: int = 1000,
    tune: int = 150,
    chains: int = 4,
    seed: int = 20180802,
    fresh: bool = False,
    output: str | Path | None = None,
) -> Estimate:
    """Estimate a case, or read the answer from the archive where the question was asked before.

    The same as ``python -m model.estimate`` with the same options: see *Ask again* in README.md.

    Parameters
    ----------
    inputs : str or Path
        A case of this checkout by name, or any folder.
    scenarios : sequence of str or Path
        Names of the case's scenarios, or files.
    horizon : str
        Last month projected, ``YYYY-MM``, past the data.
    set : mapping, optional
        Basic quantities known exactly, e.g. ``{"broker_margin": 0.3}``; text may name a unit,
        e.g. ``{"upkeep": "9000 RUB/month"}``.
    prior : mapping, optional
        Other 5% and 95% points, e.g. ``{"broker_margin": (0.1, 0.3)}``.
    drop_source, drop_row : sequence of str
        Ids of sources and of rows left out of the fit.
    weight : mapping, optional
        Factors on the weight of rows.
    without : sequence of {"plan", "balance"}
        Sides of the balance taken away.
    draws, tune, chains, seed : int
        Of the sampler.
    fresh : bool
        Whether to fit even where the archive has the answer.
    output : str or Path, optional
        Folder of runs.

    Returns
    -------
    Estimate
        Look at ``converged`` before its numbers.

    Raises
    ------
    CaseError
        With every fault of the inputs, of the scenarios, or of what is asked.
    NoStartingPointError
        When the density is nowhere finite.
    """
    from model.archive.answer import answer, found, read_inputs
    from model.question import Question, SamplerOptions
    from model.result import Estimate
    from model.sampling.whatif import what_if_of

    what_if = what_if_of(
        fixed=[f"{name}={value}" for name, value in (set or {}).items()],
        priors=[f"{name}={_between(ends)}" for name, ends in (prior or {}).items()],
        drop_sources=drop_source,
        drop_rows=drop_row,
        weights=[f"{row}={factor}" for row, factor in (weight or {}).items()],
        without=without,
    )
    options = SamplerOptions(draws=draws, tune=tune, chains=chains, seed=seed)
    question = Question(case_folder(inputs), what_if, tuple(map(str, scenarios)), horizon, options)
    folder = runs_folder(output)
    known = None if fresh else found(question, folder)
    if known is None:
        known = answer(question, read_inputs(question), folder, fresh=fresh)
    return Estimate(known.folder, known.summary, known.manifest)


def _between(ends: tuple[float, float] | str) -> str:
    return ends if isinstance(ends, str) else f"{ends[0]}:{ends[1]}"


def load(run: str | Path, output: str | Path | None = None) -> Estimate:
    """Open a run in the folder ``output``, by its name or the start of it, or by its own folder.

    Raises
    ------
    NoSuchRunError
        When there is none, or more than one.
    DamagedRunError
        When it does not agree with its checksums.
    """
    from model.archive import store
    from model.result import Estimate

    folder = store.named_run(str(run), runs_folder(output))
    manifest = store.check_run(folder)
    return Estimate(folder, store.read_summary(folder), manifest)


def compare(
    estimates: Mapping[str, Estimate], definition: str = "state_take", year: int | None = None
) -> pd.DataFrame:
    """Revenue of one year in several estimates, side by side, in dollars.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        By what each shall be called.
    definition : str
    year : int, optional
        By default the headline's.

    Returns
    -------
    DataFrame
        One row an estimate: mean, standard deviation and quantiles.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            name: one.revenue(definition).loc[one.year if year is None else year]
            for name, one in estimates.items()
        }
    ).T


def plot(name: str, estimate: Estimate, **options: Any) -> Any:
    """Draw a figure of an estimate.

    Parameters
    ----------
    name : str
        ``headline``, ``ladder``, ``accounts``, ``workers``, ``scenarios``, ``totals``, ``priors``,
        ``evidence``, ``ranks``, ``drivers``, ``tornado``, ``correlations``, ``information``; once
        it was checked also ``conflicts``, ``leave_one_out``, ``sensitivity``; once its inputs were
        calibrated ``calibration``, ``echo``.
    estimate : Estimate
    **options
        Passed on to the figure's ``draw``.

    Returns
    -------
    Axes, or an array of them

    Raises
    ------
    KeyError
        When there is no such figure; its text says which there are.
    ReportError
        When the run has nothing to show in it.
    """
    import numpy as np

    from reports.figures import FIGURES, OF_DRIVERS
    from reports.saved_run import SavedRun

    if name not in FIGURES:
        raise KeyError(f"{name!r}; write one of: {', '.join(FIGURES)}")
    import matplotlib.pyplot as plt

    if name in OF_DRIVERS:
        asked = {key: options[key] for key in ("definition", "year") if key in options}
        estimate.drivers(**asked)
    axes = FIGURES[name].draw(SavedRun.open(estimate.folder), **options)
    # handed to pyplot, so that notebooks show it like any other
    plt.figure(np.ravel(axes)[0].get_figure(root=True)).set_dpi(SCREEN)
    return axes


def read_case(folder: str | Path = INPUTS) -> Case:
    """Read and check a folder of inputs: claims, sources, priors, dates.

    Raises
    ------
    CaseError
        With every fault of every file.
    """
    from model.case.case import read_case as read

    return read(case_folder(folder))


def new_case(folder: str | Path) -> Path:
    """Write a scaffold for a case of your own: invented, commented, valid, and it runs.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    """
    from model.case.scaffold import new_case as write

    return write(folder)


def calibrate(
    inputs: str | Path = INPUTS,
    *,
    replicates: int = 200,
    slips: int = 100,
    seed: int = 20180802,
    cores: int | None = None,
    output: str | Path | None = None,
) -> list[CheckResult]:
    """Fit simulated cases with known answers, to see whether intervals hold the truth.

    What was done before is read from disk, as ``python -m model.calibration`` does.

    Parameters
    ----------
    inputs, output : str or Path
        Folder of a case, and of runs.
    replicates, slips : int
        Simulated cases, and such with a slip planted.
    seed : int
    cores : int, optional
        Fits at once.
    """
    from model.calibration.study import Plan, calibrated
    from model.sampling.parallel import executor

    plan = Plan(replicates, slips, seed)
    with executor(cores) as workers:
        results, _ = calibrated(read_case(inputs), runs_folder(output), plan, workers)
    return results


def hedge(
    qualifier: str, value: float, grade: str = "B2", case: Case | None = None
) -> pd.Series[float]:
    """How a hedged figure is read: how likely each size of the truth makes it.

    Parameters
    ----------
    qualifier : str
        ``exact``, ``about``, ``nearly``, ``almost``, ``at_least``, ``more_than``, ``up_to`` or
        ``as_much_as``.
    value : float
        The figure printed.
    grade : str
        Reliability of the source, A to F, and credibility of the claim, 1 to 6.
    case : Case, optional
        Whose reading is taken; by default of the case that comes with the program.

    Returns
    -------
    Series
        Likelihood by truth, its largest value one.
    """
    from model.evidence.hedges import likelihood_of_truth

    return likelihood_of_truth((case or read_case()).reading, qualifier, value, grade)


def stock(at_start: float, exit_hazard: Floats, inflow: Floats) -> Floats:
    """Workers at the end of each month: those there before, less those who leave, plus arrivals.

    Parameters
    ----------
    at_start : float
        Persons just before the first month.
    exit_hazard, inflow : array, (T,)
        Hazard of leaving, per month; persons arriving.
    """
    import numpy as np

    from model.equations.workforce import stock as by_month

    return np.asarray(by_month(*map(np.asarray, (at_start, exit_hazard, inflow))))


def worker_month(**items: float | Floats) -> WorkerMonth:
    """Draw up the accounts of one worker-month; every item has a name, and so has every result.

    The arguments are those of ``model.equations.accounts.worker_month``: ``payment``,
    ``utilisation``, ``declared_salary``, … The result has each use of the payment,
    ``closing_error``, and revenue under the four definitions: ``billings``, ``wedge``, ``surplus``,
    ``state_take``.
    """
    from model.equations import accounts

    return accounts.worker_month(**items)


def pymc_model(case: Case | None = None) -> pm.Model:
    """Write a case's model down in plain PyMC: to read, to draw as a graph, to sample."""
    from model.evidence import readable

    return readable.pymc_model(case or read_case())
