"""How far the answer depends on the priors: power-scaling of the draws, and refits.

A prior to the power a, on the scale on which it is normal, is the same prior with its width
divided by the square root of a. So both parts of the check address one question: power-scaling
covers changes too small to need a fit (Kallioinen, Paananen, Bürkner and Vehtari 2024,
https://doi.org/10.1007/s11222-023-10366-5), and refits cover widths halved and doubled.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.archive.finding import finding
from model.archive.saved_fit import Fitted
from model.case.case import Case
from model.criticism.refits import SHORT, Task, refit, yearly_revenue
from model.equations.quantities import DEFINITIONS, GROUPS, HEADLINE, family
from model.equations.subjects import MEASURED_BY_NAME
from model.evidence.synthesis import Synthesis, log_quantities, row_densities
from model.projection.projection import quantiles
from model.sampling.fitting import Posterior
from model.sampling.parallel import all_of

Floats = NDArray[np.float64]
Progress = Callable[[int, int], object]

ALL = "all priors"
KINDS = ("counts", "amounts", "shares", "other rows")
#: Sensitivity from which a prior, or the evidence, is reported to matter (Kallioinen et al.).
THRESHOLD = 0.05
#: Powers between which sensitivities are differences, as in ArviZ.
ALPHAS = (0.99, 1.01)
#: Random orders of the draws used to estimate the noise of a sensitivity.
SHUFFLES = 20
WIDTHS = {"halved": 0.5, "doubled": 2.0}
#: Factor on the headline's median by which a doubled or halved prior may move it.
MOVED = 1.10

SCALING_READING = (
    "How far the distribution of each definition moves when a prior, or the evidence, is made a "
    f"little stronger or weaker. It matters from {THRESHOLD:g}, if that exceeds the noise that "
    "draws in random order would show. Ideally the evidence matters and the priors do not. If both "
    "matter, they may be in conflict; if only the priors matter, they determine the answer. "
    "Evidence is scaled as a whole and by kind: counts, amounts of money, shares of a base, rows "
    "about other quantities. “Reading” is the mixture's sensitivity to the weight of one reading."
)
WIDTH_READING = (
    "Refits in which the priors of a group have half or twice their width, on the scale on which "
    "they are normal: state take of the headline's year, and its median and interval width as "
    "multiples of the run's."
)


def members(layout_labels: tuple[str, ...]) -> dict[str, list[int]]:
    """Places of each group's basic quantities; groups absent from a case are omitted."""
    of = {name: group for group, names in GROUPS.items() for name in names}
    found: dict[str, list[int]] = {}
    for place, label in enumerate(layout_labels):
        found.setdefault(of[family(label)], []).append(place)
    return {group: found[group] for group in GROUPS if group in found}


def kinds(case: Case, rows: tuple[str, ...]) -> dict[str, list[int]]:
    """Places of rows by what they state: counts, amounts, shares of a base, other quantities.

    A case without rows has no counts.
    """
    table = case.evidence.set_index("id").loc[list(rows)]
    found: dict[str, list[int]] = {name: [] for name in KINDS}
    for place, (quantity, base) in enumerate(zip(table["quantity"], table["base"], strict=True)):
        measured = MEASURED_BY_NAME.get(quantity)
        if measured is None:
            kind = "other rows"
        elif base:
            kind = "shares"
        else:
            kind = "amounts" if measured.kind == "worker_month" else "counts"
        found[kind].append(place)
    return {name: places for name, places in found.items() if places} or {KINDS[0]: []}


def power_tree(case: Case, posterior: Posterior, year: int) -> xr.DataTree:
    """Draws of each definition with the log densities to be scaled, in ArviZ's form.

    ``log_prior`` holds one variable for each group of basic quantities, ``log_likelihood`` one for
    each kind of row. Shared errors and the
    places of units are not chosen priors, so they are not scaled.
    """
    parts, shape = posterior.parts, posterior.diverging.shape
    normals = posterior.flat
    yearly = yearly_revenue(case, posterior.layout, posterior.draws).sel(year=year)
    rows = row_densities(parts, normals, log_quantities(parts, normals))
    log_prior = -0.5 * normals[:, : parts.layout.size] ** 2

    def chains(values: Floats) -> tuple[list[str], Floats]:
        return ["chain", "draw"], values.reshape(shape)

    groups = {
        "/posterior": {
            name: chains(yearly.sel(definition=name).to_numpy()) for name in DEFINITIONS
        },
        "/log_prior": {
            group: chains(log_prior[:, places].sum(axis=1))
            for group, places in members(parts.layout.labels).items()
        },
        "/log_likelihood": {
            kind: chains(rows[:, places].sum(axis=1))
            for kind, places in kinds(case, parts.evidence.ids).items()
        },
    }
    coords = {"chain": np.arange(shape[0]), "draw": np.arange(shape[1])}
    return xr.DataTree.from_dict(
        {name: xr.Dataset(variables, coords) for name, variables in groups.items()}
    )


def of_readings(mixture: Fitted, year: int) -> list[dict[str, object]]:
    """Sensitivity of each definition to the weight of each rival reading, scaled like a prior."""
    from arviz_stats.base import array_stats

    posterior, shape = mixture.posterior, mixture.posterior.diverging.shape
    yearly = mixture.projection.yearly_usd.sel(year=year)
    lines: list[dict[str, object]] = []
    for place, one in enumerate(mixture.rivals if len(mixture.rivals) > 1 else ()):
        own = posterior.of_reading(place).reshape(shape)
        lower, upper = (np.where(own, one.weight ** (alpha - 1.0), 1.0) for alpha in ALPHAS)
        found = {}
        for name in DEFINITIONS:
            draws = yearly.sel(definition=name).to_numpy().reshape(shape)
            moved = array_stats.power_scale_sense(draws, lower, upper, ALPHAS[0], ALPHAS[1])
            found[name] = float(moved)
        lines.append({"component": f"reading {one.reading.name}", **found})
    return lines


def power_scaling(case: Case, posterior: Posterior, mixture: Fitted | None = None) -> CheckResult:
    """Sensitivity of each definition to all priors, to each group of them and to the evidence.

    If ``mixture`` mixes readings, also that of the mixture to the weight of each.
    """
    year = case.timeline.headline
    tree = power_tree(case, posterior, year)
    named = [str(name) for name in tree["log_prior"].data_vars]
    told = [str(name) for name in tree["log_likelihood"].data_vars]
    table = pd.DataFrame(
        [
            {"component": component, **_sensitivity(tree, group, names)}
            for component, group, names in [
                ("evidence", "likelihood", told),
                *((name, "likelihood", [name]) for name in told),
                (ALL, "prior", named),
                *((name, "prior", [name]) for name in named),
            ]
        ]
    )
    by_component = table.set_index("component")
    noise = {
        component: _noise(tree, group, names, posterior.options.seed)
        for component, group, names in ((ALL, "prior", named), ("evidence", "likelihood", told))
    }
    verdicts = {
        name: diagnosis(
            *(
                by_component.loc[component, name] >= max(THRESHOLD, noise[component][name])
                for component in (ALL, "evidence")
            )
        )
        for name in reversed(DEFINITIONS)
    }
    floors = [{"component": f"noise, {name}", **values} for name, values in noise.items()]
    rest = [*(of_readings(mixture, year) if mixture else []), *floors]
    table = pd.concat([table, pd.DataFrame(rest)], ignore_index=True)
    found = [
        finding("scaled", definition=name, verdict=verdict) for name, verdict in verdicts.items()
    ]
    most = by_component.loc[named, HEADLINE]
    found.append(finding("strongest", prior=str(most.idxmax()), sensitivity=float(most.max())))
    passed = PRIOR_ALONE not in verdicts.values()
    return CheckResult.saying("power_scaling", passed, found, SCALING_READING, table, "sensitivity")


#: What matters for a definition, as ``findings.toml`` has it.
EVIDENCE_RULES, BOTH, PRIOR_ALONE, NEITHER = "evidence", "both", "priors", "neither"


def diagnosis(prior: bool, evidence: bool) -> str:
    """Verdict on one definition, from whether priors and evidence matter."""
    if not prior:
        return EVIDENCE_RULES if evidence else NEITHER
    return BOTH if evidence else PRIOR_ALONE


def _sensitivity(tree: xr.DataTree, group: str, names: list[str]) -> dict[str, float]:
    from arviz_stats import psense

    if _spread(tree, group, names) == 0.0:
        return dict.fromkeys(DEFINITIONS, 0.0)
    with warnings.catch_warnings():
        # ArviZ passes on NumPy's warning about a density of zero in an empty bin
        warnings.simplefilter("ignore", RuntimeWarning)
        logging.getLogger("arviz_stats").setLevel(logging.ERROR)
        found = psense(tree, group=group, group_var_names=names)
    return {name: float(found[name]) for name in DEFINITIONS}


def _spread(tree: xr.DataTree, group: str, names: list[str]) -> float:
    """Range over the draws of the log density that would be scaled."""
    return float(np.ptp(_scaled(tree, group, names)))


def _scaled(tree: xr.DataTree, group: str, names: list[str]) -> Floats:
    """The log density to be scaled, (chain, draw)."""
    block = tree[f"log_{group}"]
    return np.asarray(np.sum([block[name].to_numpy() for name in names], axis=0))


def _noise(tree: xr.DataTree, group: str, names: list[str], seed: int) -> dict[str, float]:
    """Largest sensitivity to log densities in random order, which is pure noise."""
    shape = tree["posterior"][HEADLINE].shape
    total = _scaled(tree, group, names)
    found = []
    for number in range(SHUFFLES):
        rng = np.random.default_rng([seed, number])
        shuffled = xr.Dataset(
            {"shuffled": (["chain", "draw"], rng.permutation(total.ravel()).reshape(shape))},
            tree["posterior"].coords,
        )
        mixed = xr.DataTree.from_dict(
            {"/posterior": tree["posterior"].to_dataset(), f"/log_{group}": shuffled}
        )
        found.append(_sensitivity(mixed, group, ["shuffled"]))
    return {name: max(one[name] for one in found) for name in DEFINITIONS}


def widened(parts: Synthesis, places: list[int], factor: float) -> Synthesis:
    """The arrays of a case with the widths of some priors multiplied by a factor."""
    scale = parts.layout.scale.copy()
    scale[places] *= factor
    return replace(parts, layout=replace(parts.layout, scale=scale))


def width_refits(
    case: Case,
    posterior: Posterior,
    workers: Executor,
    progress: Progress = lambda done, total: None,
) -> CheckResult:
    """Refit with halved and doubled widths of all priors, and of each group of them.

    Returns
    -------
    CheckResult
        Failed if the headline's median moves by a factor of more than 1.1 in any refit.
    """
    parts, year = posterior.parts, case.timeline.headline
    # the posterior moves little: its own map spares each refit the pilots
    start = posterior.map
    groups = {ALL: list(range(parts.layout.size)), **members(parts.layout.labels)}
    tasks = {
        f"{group}, {word}": Task(case, widened(parts, places, factor), SHORT, start)
        for group, places in groups.items()
        for word, factor in WIDTHS.items()
    }
    fits = all_of(workers, refit, tasks, progress)
    full = quantiles(
        yearly_revenue(case, posterior.layout, posterior.draws)
        .sel(definition=HEADLINE, year=year)
        .to_numpy()
    )
    lines = []
    for name, found in fits.items():
        group, _, word = name.rpartition(", ")
        take = quantiles(found.yearly.sel(definition=HEADLINE, year=year).to_numpy())
        lines.append(
            {
                "priors": group,
                "widths": word,
                **{key: float(take[key]) for key in ("q50", "q05", "q95")},
                "median_ratio": float(take["q50"] / full["q50"]),
                "width_ratio": float((take["q95"] - take["q05"]) / (full["q95"] - full["q05"])),
                "divergences": found.gate.divergences,
                "reliable": found.reliable,
            }
        )
    table = pd.DataFrame(lines)
    sure = table[table["reliable"]]
    if sure.empty:
        told = [finding("no_refit")]
        return CheckResult.saying("prior_widths", None, told, WIDTH_READING, table, "sensitivity")
    moved = sure[np.abs(np.log(sure["median_ratio"])) > np.log(MOVED)]
    most = sure.loc[np.abs(np.log(sure["median_ratio"])).idxmax()]
    told = [
        finding(
            "widths", widths=most["widths"], priors=most["priors"], year=year,
            ratio=float(most["median_ratio"]),
        )
    ]  # fmt: skip
    unsure = [
        finding("of_width", priors=row.priors, widths=row.widths)
        for row in table[~table["reliable"]].itertuples()
    ]
    if unsure:
        told.append(finding("poor_widths", names=unsure))
    return CheckResult.saying(
        "prior_widths", moved.empty, told, WIDTH_READING, table, "sensitivity"
    )
