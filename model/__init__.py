"""How much a state earns from the workers it sends abroad: a Bayesian evidence synthesis.

This module is the public Python API::

    import model

    estimate = model.fit()               # the case that comes with the program
    estimate                             # its headline
    estimate.revenue("state_take")       # by year, as a table
    model.plot("headline", estimate)     # any figure, as matplotlib axes

``fit`` estimates a case and ``load`` opens a run; both return an ``Estimate`` with tables, draws,
checks and drivers. ``read_case`` reads inputs, ``new_case`` writes a scaffold, ``calibrate`` fits
simulated cases. ``hedge``, ``stock`` and ``worker_month`` are parts of the model; ``pymc_model`` is
the whole model in PyMC.
"""

from __future__ import annotations

# first, so that a command interrupted from here on ends in one line
from model.terminal import ending as ending  # isort: skip
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
    """Folder of runs: ``output`` if given, else ``$SENT_WORKERS_RUNS``, else the checkout's."""
    return Path(output or os.environ.get("SENT_WORKERS_RUNS") or ROOT / "runs")


def fit(
    inputs: str | Path | Case = INPUTS,
    *,
    scenarios: Sequence[str | Path] = (),
    horizon: str = "",
    set: Mapping[str, float | str] | None = None,
    prior: Mapping[str, tuple[float, float] | str] | None = None,
    drop_source: Sequence[str] = (),
    drop_row: Sequence[str] = (),
    weight: Mapping[str, float] | None = None,
    without: Sequence[str] = (),
    as_of: str = "",
    reading: Mapping[str, float] | None = None,
    believe: Sequence[str] = (),
    draws: int = 1000,
    tune: int = 150,
    chains: int = 4,
    seed: int = 20180802,
    fresh: bool = False,
    output: str | Path | None = None,
) -> Estimate:
    """Estimate a case, or read the results from the archive if it was already estimated.

    The same as ``python -m model.estimate`` with the same options.

    Parameters
    ----------
    inputs : str, Path or Case
        A case of this checkout by name, any folder, or a case as read or changed in Python.
    scenarios : sequence of str or Path
        Names of the case's scenarios, or files.
    horizon : str
        Last month projected past the data, ``YYYY-MM``.
    set : mapping, optional
        Basic quantities known exactly, e.g. ``{"upkeep": "9000 RUB/month"}``.
    prior : mapping, optional
        Other 5% and 95% quantiles, e.g. ``{"broker_margin": (0.1, 0.3)}``.
    drop_source, drop_row : sequence of str
    weight : mapping, optional
        Factors on the weight of rows.
    without : sequence of {"plan", "payments"}
        Sides of the accounts of which no row is fitted.
    as_of : str
        Day by which evidence must have been published, e.g. ``"2018-08-02"``.
    reading : mapping, optional
        Weights of rival readings; the others share what is left.
    believe : sequence of str
        Held-out totals taken as evidence.
    draws, tune, chains, seed : int
        Options of the sampler.
    fresh : bool
        Whether to fit even if the archive has the results.
    output : str or Path, optional
        Folder of runs.

    Returns
    -------
    Estimate

    Raises
    ------
    CaseError
        With every error in the inputs, the scenarios or the arguments.
    NoStartingPointError
        If the density is finite nowhere.
    """
    from model.archive.answer import answer, found, read_inputs
    from model.case.at_hand import folder_of
    from model.question import Question, SamplerOptions
    from model.result import Estimate
    from model.sampling.whatif import what_if_of

    what_if = what_if_of(
        fixed=[f"{name}={value}" for name, value in (set or {}).items()],
        priors=[
            f"{name}={ends if isinstance(ends, str) else f'{ends[0]}:{ends[1]}'}"
            for name, ends in (prior or {}).items()
        ],
        drop_sources=drop_source,
        drop_rows=drop_row,
        weights=[f"{row}={factor}" for row, factor in (weight or {}).items()],
        without=without,
        as_of=as_of,
        readings=[f"{name}={weight}" for name, weight in (reading or {}).items()],
        believe=believe,
    )
    options = SamplerOptions(draws=draws, tune=tune, chains=chains, seed=seed)
    folder = runs_folder(output)
    with folder_of(inputs) as case:
        question = Question(case, what_if, tuple(map(str, scenarios)), horizon, options)
        known = None if fresh else found(question, folder)
        if known is None:
            known = answer(question, read_inputs(question), folder, fresh=fresh)
    return Estimate(known.folder, known.summary, known.manifest)


def load(run: str | Path, output: str | Path | None = None) -> Estimate:
    """Open a run by its name or the start of it in the folder ``output``, or by its own folder.

    Raises
    ------
    NoSuchRunError
        If no run matches, or more than one.
    DamagedRunError
        If the run does not match its checksums.
    """
    from model.archive import store
    from model.result import Estimate

    folder = store.named_run(str(run), runs_folder(output))
    manifest, summary = store.read_run(folder)
    return Estimate(folder, summary, manifest)


def compare(
    estimates: Mapping[str, Estimate], definition: str = "state_take", year: int | None = None
) -> pd.DataFrame:
    """Compare the revenue of one year in several estimates, in dollars: a table, one row each.

    Parameters
    ----------
    estimates : mapping of str to Estimate
    definition : str
    year : int, optional
        By default, the headline's.
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
        ``headline``, or another of ``reports.figures.FIGURES``; some need checks or calibration.
    estimate : Estimate
    **options
        Passed to the figure's ``draw``.

    Returns
    -------
    Axes, or an array of them

    Raises
    ------
    KeyError
        If there is no such figure; the text lists those available.
    ReportError
        If the run has nothing to show in it.
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
    # passed to pyplot, so that notebooks show it like any other figure
    plt.figure(np.ravel(axes)[0].get_figure(root=True)).set_dpi(SCREEN)
    return axes


def read_case(folder: str | Path = INPUTS) -> Case:
    """Read and check a folder of inputs: claims, sources, priors, dates.

    Raises
    ------
    CaseError
        With every error in every file.
    """
    from model.case.case import read_case as read

    return read(case_folder(folder))


def new_case(folder: str | Path) -> Path:
    """Write a scaffold for a case of your own: an invented, commented case that runs.

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
    """Fit simulated cases with known answers, to test whether intervals contain the truth.

    Existing results are read from disk, as with ``python -m model.calibration``.

    Parameters
    ----------
    inputs, output : str or Path
        Folder of a case and folder of runs.
    replicates, slips : int
        Numbers of simulated cases for the ranks and with a slip planted.
    seed : int
    cores : int, optional
        Number of parallel fits.
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
    """Show how a hedged figure is read: its likelihood for each size of the truth.

    Parameters
    ----------
    qualifier : str
        A hedge that takes one figure, e.g. ``about`` or ``at_least``.
    value : float
        The figure printed.
    grade : str
        Reliability of the source, A to F, and credibility of the claim, 1 to 6.
    case : Case, optional
        Case that provides the reading; by default, the one supplied with the program.

    Returns
    -------
    Series
        Likelihood by truth, scaled to a maximum of one.
    """
    from model.case.hedges import likelihood_of_truth

    return likelihood_of_truth((case or read_case()).reading, qualifier, value, grade)


def stock(at_start: float, exit_hazard: Floats, inflow: Floats) -> Floats:
    """Workers at the end of each month: those present before, minus departures, plus arrivals.

    Parameters
    ----------
    at_start : float
        Persons just before the first month.
    exit_hazard, inflow : array, (T,)
        Monthly hazard of leaving, and persons arriving.
    """
    import numpy as np

    from model.equations.workforce import stock as by_month

    return np.asarray(by_month(*map(np.asarray, (at_start, exit_hazard, inflow))))


def worker_month(**items: float | Floats) -> WorkerMonth:
    """Compute the accounts of one worker-month; every item and every result has a name.

    The arguments are those of ``model.equations.accounts.worker_month``: ``payment``,
    ``utilisation``, … The result has each use of the payment, and revenue under each definition.
    """
    from model.equations import accounts

    return accounts.worker_month(**items)


def pymc_model(case: Case | None = None) -> pm.Model:
    """Build a case's model in plain PyMC, to read, to draw as a graph or to sample."""
    from model.evidence import readable

    return readable.pymc_model(case or read_case())
