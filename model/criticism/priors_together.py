"""What the priors say together, before any row is read, against each prior alone."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.archive.finding import Finding, finding, named
from model.case.case import Case
from model.criticism.predictive_checks import prior_draws
from model.criticism.refits import SHORT, Refit, Task, refit, yearly_revenue
from model.equations.quantities import DEFINITIONS
from model.evidence.economy import Layout
from model.sampling.fitting import Posterior
from model.sampling.whatif import left_out
from model.terminal.wording import MILLION

Floats = NDArray[np.float64]
Line = dict[str, Any]

#: Prior standard deviations by which the median of a quantity may move before any row is read.
MOVED = 0.5
#: Least revenue, in dollars, that has a logarithm.
LEAST = 1.0

READING = (
    "Median and 90% interval of each quantity under its own prior (“prior”) and in a fit without "
    "any row of evidence (“together”), which should be the same, since nothing but rows is "
    "conditioned on; “shift” "
    "is the distance of the medians in prior standard deviations, on the scale on which the prior "
    "is normal. Lines named after a definition are revenue in US dollars a year, on a log scale."
)


def priors_together(case: Case, posterior: Posterior, workers: Executor) -> CheckResult:
    """Fit without rows, and compare every quantity and the headline's year with the priors.

    Returns
    -------
    CheckResult
        Failed if a median moves by more than half a prior standard deviation.
    """
    parts = posterior.parts
    silent = left_out(parts, case, parts.evidence.ids)
    fit = workers.submit(refit, Task(case, silent, SHORT)).result()
    natural = prior_draws(parts.layout, posterior.options.seed)
    revenue = _revenue(case, parts.layout, natural, fit)
    table = pd.DataFrame(_quantities(parts.layout, natural, fit) + list(revenue.values()))
    moved = table[table["shift"].abs() > MOVED]
    moved = moved.reindex(moved["shift"].abs().sort_values(ascending=False).index)
    said = finding("priors_agree", limit=MOVED)
    if not moved.empty:
        names = [
            finding("by_deviations", name=named(row.quantity), shift=row.shift)
            for row in moved.itertuples()
        ]
        said = finding("priors_move", count=len(moved), of=len(table), limit=MOVED, moved=names)
    amounts = [_amounts(name, case.timeline.headline, line) for name, line in revenue.items()]
    return CheckResult.saying("priors_together", moved.empty, [said, *amounts], READING, table)


def _amounts(definition: str, year: int, line: Line) -> Finding:
    """Medians of a definition before and after, in million dollars."""
    before, after = (line[key] / MILLION for key in ("prior_q50", "together_q50"))
    return finding("priors_amount", definition=definition, year=year, before=before, after=after)


def _line(name: str, unit: str, prior: Floats, together: Floats, shift: float) -> Line:
    ends = {
        f"{kind}_{key}": float(np.quantile(draws, level))
        for kind, draws in (("prior", prior), ("together", together))
        for key, level in (("q50", 0.5), ("q05", 0.05), ("q95", 0.95))
    }
    return {"quantity": name, "unit": unit, **ends, "shift": shift}


def _quantities(layout: Layout, natural: Floats, fit: Refit) -> list[Line]:
    """Lines of the basic quantities that are not known exactly; scores have prior sd one."""
    scores = layout.scores(fit.normals[:, : layout.size])
    return [
        _line(
            label, "", natural[:, place], fit.natural[:, place],
            float(np.median(scores[:, place])),
        )
        for place, label in enumerate(layout.labels)
        if layout.scale[place] > 0.0
    ]  # fmt: skip


def _revenue(case: Case, layout: Layout, natural: Floats, fit: Refit) -> dict[str, Line]:
    """Lines of the definitions in the headline's year, by definition."""
    year = case.timeline.headline
    alone = yearly_revenue(case, layout, natural)
    if year not in alone["year"]:
        return {}
    lines = {}
    for name in reversed(DEFINITIONS):
        prior, together = (
            one.sel(definition=name, year=year).to_numpy() for one in (alone, fit.yearly)
        )
        logs = [np.log(np.maximum(one, LEAST)) for one in (prior, together)]
        shift = float((np.median(logs[1]) - np.median(logs[0])) / logs[0].std())
        words = f"{name.replace('_', ' ')} of {year}"
        lines[name] = _line(words, "USD/year", prior, together, shift)
    return lines
