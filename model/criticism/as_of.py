"""The model's word against what came later: fits of what had been published by a day."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.archive.finding import Finding, finding
from model.case.case import Case
from model.case.publication import last_day
from model.criticism.refits import SHORT, Refit, Task, refit
from model.equations.quantities import HEADLINE
from model.evidence.row_equations import log_quantities
from model.evidence.synthesis import error_sizes
from model.projection.prediction import replicate
from model.projection.projection import quantiles
from model.sampling.fitting import Posterior
from model.sampling.parallel import all_of
from model.sampling.whatif import left_out, standing, unpublished
from model.terminal.wording import MILLION, three

Floats = NDArray[np.float64]
Progress = Callable[[int, int], object]

READING = (
    "Each line is a figure published after the day “as of”, predicted by a fit of what had been "
    "published by that day: median and 90% interval in the row's own unit, the share of "
    "predictions below the figure (rank), and whether the interval contains it. Sources without a "
    "date are left out. Lines named after the headline show its estimate then, in US dollars. "
    "Priors, grades and equations were chosen later, with all the evidence in view."
)
#: Ranks within which a figure lies inside the 90% interval.
INSIDE = (0.05, 0.95)


def days(case: Case, rows: tuple[str, ...]) -> list[date]:
    """The day of the press's article, if any, and each year's end on which rows were still to come.

    Parameters
    ----------
    case : Case
    rows : tuple of str
        Ids of the fitted rows that count.
    """
    published = case.sources.set_index("id")["date"].map(last_day)
    sources = case.evidence.set_index("id")["source"]
    dates = sorted({day for row in rows if (day := published[sources[row]]) is not None})
    if not dates:
        return []
    found = {date(year, 12, 31) for year in range(dates[0].year, dates[-1].year + 1)}
    if case.press is not None:
        said = [published[sources[row]] for row in case.press.values()]
        found |= {max(day for day in said if day is not None)} if any(said) else set()
    return sorted(day for day in found if dates[0] <= day < dates[-1])


def later_rows(case: Case, rows: tuple[str, ...], day: date) -> list[str]:
    """Ids of the rows whose source is dated after a day."""
    published = case.sources.set_index("id")["date"].map(last_day)
    sources = case.evidence.set_index("id")["source"]
    dates = {row: published[sources[row]] for row in rows}
    return [row for row, found in dates.items() if found is not None and found > day]


def as_of(
    case: Case,
    posterior: Posterior,
    workers: Executor,
    progress: Progress = lambda done, total: None,
) -> CheckResult:
    """Fit what had been published by some days, and compare predictions with what came later.

    Returns
    -------
    CheckResult
        It informs: figures that came later depend on each other, and no number of them is a test.
    """
    parts = posterior.parts
    counted_rows = tuple(
        row for row, weight in zip(parts.evidence.ids, parts.evidence.weight, strict=True) if weight
    )
    when = days(case, counted_rows)
    tasks = {
        day.isoformat(): Task(
            case, left_out(parts, case, unpublished(case, day), standing(case, day)), SHORT
        )
        for day in when
    }
    fits = all_of(workers, refit, tasks, progress)
    lines = [
        line
        for day in when
        for line in _lines(
            case, posterior, day, fits[day.isoformat()], later_rows(case, counted_rows, day)
        )
    ]
    if not lines:
        return CheckResult.saying(
            "as_of", None, [finding("no_later")], READING, pd.DataFrame(lines)
        )
    table = pd.DataFrame(lines)
    return CheckResult.saying("as_of", None, _said(case, table, when), READING, table, "as_of")


def _lines(
    case: Case, posterior: Posterior, day: date, fit: Refit, later: list[str]
) -> list[dict[str, object]]:
    """What a fit puts the headline at, and what it says of each figure that came later."""
    parts, year = posterior.parts, case.timeline.headline
    said = parts.evidence
    units = case.evidence.set_index("id")["unit"]
    lines: list[dict[str, object]] = []
    named = {"as_of": day.isoformat(), "reliable": fit.reliable}
    if year in fit.yearly["year"]:
        takes = quantiles(fit.yearly.sel(definition=HEADLINE, year=year).to_numpy())
        numbers = {key: float(takes[key]) for key in ("q50", "q05", "q95")}
        lines.append(
            named
            | {"row": f"{HEADLINE} of {year}", "unit": "USD/year", "observed": float("nan")}
            | numbers
            | {"rank": float("nan"), "inside": None}
        )
    rng = np.random.default_rng([posterior.options.seed, day.toordinal()])
    log_quantity = log_quantities(parts.layout, parts.measured, fit.natural)
    figures = replicate(said, log_quantity, rng, case.reading, error_sizes(parts, fit.normals))
    for row in later:
        place = said.ids.index(row)
        below = float((figures[:, place] < said.log_figure[place]).mean())
        log_numbers = np.append(
            np.quantile(figures[:, place], [0.5, 0.05, 0.95]), said.log_figure[place]
        )
        log_numbers += said.offset[place]
        middle, low, high, observed = np.exp(log_numbers) * said.to_printed[place]
        lines.append(
            named
            | {"row": row, "unit": str(units[row]), "observed": float(observed)}
            | {"q50": float(middle), "q05": float(low), "q95": float(high)}
            | {"rank": below, "inside": bool(INSIDE[0] <= below <= INSIDE[1])}
        )
    return lines


def _said(case: Case, table: pd.DataFrame, when: list[date]) -> list[Finding]:
    """How many later figures the intervals contained, on the press's day and over all days."""
    rows = table[table["observed"].notna()]
    held = rows["inside"].astype(bool)
    day = next((one for one in when if (one.month, one.day) != (12, 31)), when[len(when) // 2])
    own = rows["as_of"] == day.isoformat()
    said = [
        finding(
            "later", figures=int(own.sum()), day=day.isoformat(), inside=int((own & held).sum()),
            days=len(when), held=int(held.sum()), of=len(rows),
        )
    ]  # fmt: skip
    take = table[table["observed"].isna() & (table["as_of"] == day.isoformat())]
    if not take.empty:
        amount = three(take.iloc[0], MILLION)
        said.append(finding("later_take", year=case.timeline.headline, take=amount))
    return said
