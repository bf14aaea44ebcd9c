"""How much a state earns from the workers it sends abroad: a Bayesian evidence synthesis.

This module is the public Python API::

    import model

    estimate = model.fit()               # the case that comes with the program
    estimate                             # its headline
    estimate.revenue("state_take")       # by year, as a table
    model.plot("headline", estimate)     # any figure, as matplotlib axes

``fit`` estimates a case and ``load`` opens a run; both return an ``Estimate`` with tables, draws,
checks and drivers. ``read_case`` reads inputs, ``new_case`` writes a scaffold, ``calibrate`` fits
simulated cases. ``hedge``, ``stock``, ``worker_month`` are its parts; ``pymc_model``, it in PyMC.
"""

from __future__ import annotations

# first, so that a command interrupted from here on ends in one line
from model.terminal import ending as ending  # isort: skip
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.case.checkout import INPUTS, case_folder, runs_folder
from model.case.faults import CaseError
from model.terminal.version import __version__ as __version__

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pymc as pm
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from model.archive.check_result import Checks
    from model.case.case import Case
    from model.equations.accounts import WorkerMonth
    from model.result import Estimate

    Floats = NDArray[np.float64]

__all__ = [
    "INPUTS", "CaseError", "calibrate", "compare", "fit", "hedge", "load", "new_case", "plot",
    "pymc_model", "read_case", "stock", "worker_month",
]  # fmt: skip


def fit(
    inputs: str | Path | Case = INPUTS,
    *,
    scenarios: str | Path | Sequence[str | Path] = (),
    horizon: str = "",
    set: Mapping[str, float | str] | None = None,
    prior: Mapping[str, tuple[float, float] | str] | None = None,
    drop_source: str | Sequence[str] = (),
    drop_row: str | Sequence[str] = (),
    weight: Mapping[str, float] | None = None,
    without: str | Sequence[str] = (),
    as_of: str = "",
    reading: str | Mapping[str, float] | None = None,
    believe: str | Sequence[str] = (),
    draws: int = 1000,
    tune: int = 150,
    chains: int = 4,
    seed: int = 20180802,
    fresh: bool = False,
    name: str | None = None,
    output: str | Path | None = None,
) -> Estimate:
    """Estimate a case, or read the results from the archive if it was already estimated.

    The same as ``python -m model.estimate`` with the same options.

    Parameters
    ----------
    inputs : str, Path or Case
        A case of this checkout by name, any folder, or a case as read or changed in Python.
    scenarios : str or Path, or sequence of them
        Names of the case's scenarios, or files.
    horizon : str
        Last month projected past the data, ``YYYY-MM``.
    set : mapping, optional
        Basic quantities known exactly, e.g. ``{"upkeep": "9000 RUB/month"}``.
    prior : mapping, optional
        Other 5% and 95% quantiles, e.g. ``{"broker_margin": (0.1, 0.3)}``.
    drop_source, drop_row : str or sequence of str
    weight : mapping, optional
        Factors on the weight of rows.
    without : {"plan", "payments"} or sequence of them
        Sides of the accounts of which no row is fitted.
    as_of : str
        Day by which evidence must have been published, e.g. ``"2018-08-02"``.
    reading : str or mapping, optional
        The only rival reading, or weights of some; the others share what is left.
    believe : str or sequence of str
        Held-out totals taken as evidence.
    draws, tune, chains, seed : int
        Options of the sampler.
    fresh : bool
        Whether to fit even if the archive has the results.
    name : str, optional
        Name of the run, by which ``load`` finds it; the run that had the name loses it.
    output : str or Path, optional
        Folder of runs.

    Returns
    -------
    Estimate

    Raises
    ------
    CaseError
        With every error in the inputs, the scenarios or the arguments.
    TypeError, ValueError
        If an argument is of another kind, or an option of the sampler beyond its limits.
    NoStartingPointError
        If the density is finite nowhere.
    """
    from model.archive.answer import answer, found, read_inputs
    from model.archive.naming import check_run_name, give
    from model.case.at_hand import folder_of
    from model.result import Estimate
    from model.result.asked import in_python, question

    folder = runs_folder(output)
    check_run_name(name)
    with folder_of(inputs) as case:
        asked = question(
            case, scenarios=scenarios, horizon=horizon, set=set, prior=prior,
            drop_source=drop_source, drop_row=drop_row, weight=weight, without=without,
            as_of=as_of, reading=reading, believe=believe,
            draws=draws, tune=tune, chains=chains, seed=seed,
        )  # fmt: skip
        known = None if fresh else found(asked, folder)
        if known is None:
            with in_python():
                known = answer(asked, read_inputs(asked), folder, fresh=fresh)
    if name is not None:
        give(name, known.folder)
    return Estimate(known.folder, known.summary, known.manifest, _plots)


def load(run: str | Path, output: str | Path | None = None) -> Estimate:
    """Open a run of ``output`` by a name or the start of one, or ``latest``; or by its own folder.

    Raises
    ------
    NoSuchRunError
        If no run matches, or more than one.
    DamagedRunError
        If the run does not match its checksums.
    """
    from model.archive import naming, store
    from model.result import Estimate

    folder = naming.named_run(str(run), runs_folder(output))
    manifest, summary = store.read_run(folder)
    return Estimate(folder, summary, manifest, _plots)


def compare(
    estimates: Mapping[str, Estimate],
    definition: str = "state_take",
    year: int | None = None,
    *,
    unit: str = "",
) -> pd.DataFrame:
    """Compare the revenue of one year in several estimates, in dollars: a table, one row each.

    Parameters
    ----------
    estimates : mapping of str to Estimate
    definition : str
    year : int, optional
        By default, the headline's.
    unit : {"", "thousand", "million", "billion"}
        Of dollars.
    """
    from model.result.difference import compared

    return compared(estimates, definition, year, unit=unit)


def plot(name: str, estimate: Estimate, *, ax: Axes | None = None, **options: Any) -> Any:
    """Draw a figure of an estimate; ``estimate.plot.NAME(...)`` is the same.

    Parameters
    ----------
    name : str
        ``headline``, or another of ``reports.figures.FIGURES``; some need checks or calibration.
    estimate : Estimate
    ax : Axes, optional
        Axes whose place the figure takes, for instance from ``plt.subplots``.
    **options
        Passed to the figure's ``draw``, such as ``year``.

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
    from reports.figures.of_estimate import drawn

    return drawn(estimate, name, ax=ax, **options)


def _plots(estimate: Estimate) -> Any:
    """Figures of an estimate: wings know nothing of reports, so the face hands them on."""
    from reports.figures.of_estimate import Plots

    return Plots(estimate)


def pictures() -> Any:
    """Figures as files, for the command line, which knows nothing of reports either."""
    from reports.figures import as_file

    return as_file


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
) -> Checks:
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
    from model.archive.check_result import Checks
    from model.calibration.study import Plan, calibrated
    from model.sampling.parallel import executor

    plan = Plan(replicates, slips, seed)
    with executor(cores) as workers:
        results, _ = calibrated(read_case(inputs), runs_folder(output), plan, workers)
    return Checks(results)


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


def __dir__() -> list[str]:
    """Names of the public API."""
    return [*__all__, "__version__"]
