"""The answer without the rows about one host, where a case has several: the sum's, and its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.check_result import CheckResult
from model.archive.finding import Finding, finding
from model.archive.saved_fit import Fitted
from model.archive.store import WITHOUT_HOST
from model.criticism.leave_out import HOST, LeftOut
from model.equations.quantities import HEADLINE
from model.projection.blocks import project
from model.projection.projection import Projection, quantiles
from model.terminal.wording import MILLION, three

Floats = NDArray[np.float64]

READING = (
    "State take of the headline's year in US dollars without the rows about one host: median and "
    "90% interval of all hosts together, then of that host alone (“own”), each with the shift of "
    "its median in standard deviations of the full posterior. The host stays in the case: priors, "
    "hosts that are alike and rows about groups say what it earns. Whole refits; “rows” is the "
    "number of rows left out. Hosts that no row is about alone are not listed."
)


def without_hosts(fitted: Fitted, without: Sequence[LeftOut]) -> CheckResult:
    """How the answer of all hosts, and a host's own, move without the rows about that host.

    Parameters
    ----------
    fitted : Fitted
    without : sequence of LeftOut
        Fits without groups of rows, those of hosts among them.

    Returns
    -------
    CheckResult
        It informs: that a host's rows matter is what they were collected for.
    """
    year = fitted.case.timeline.headline
    before = _takes(fitted.projection, year)
    lines = []
    for one in without:
        if one.group.kind != HOST:
            continue
        host = one.group.name
        after = _takes(project(fitted.case, one.parts.layout, one.fit.natural), year)
        lines.append(
            {
                "host": host,
                "rows": len(one.group.rows),
                **_moved(sum(after.values()), sum(before.values())),
                **{f"own_{key}": x for key, x in _moved(after[host], before[host]).items()},
                "reliable": one.fit.reliable,
            }
        )
    table = pd.DataFrame(lines)
    said = _said(table, before, year) if len(table) else [finding("no_host_row")]
    return CheckResult.saying(WITHOUT_HOST, None, said, READING, table)


def _takes(projection: Projection, year: int) -> dict[str, Floats]:
    """Draws of each host's state take in a year, in dollars."""
    revenue = projection.revenue_usd.sel(definition=HEADLINE)
    takes = projection.by_year(revenue).sel(year=year)
    return {str(host): takes.sel(host=host).to_numpy() for host in takes["host"].to_numpy()}


def _moved(after: Floats | float, before: Floats | float) -> dict[str, float]:
    """Median and interval afterwards, and the median's shift in former standard deviations."""
    now, then = quantiles(np.asarray(after)), quantiles(np.asarray(before))
    numbers = {key: float(now[key]) for key in ("q50", "q05", "q95")}
    return numbers | {"shift": float((now["q50"] - then["q50"]) / then["sd"])}


def _said(table: pd.DataFrame, before: dict[str, Floats], year: int) -> list[Finding]:
    """What the host without whose rows the sum moves most does to it and to itself."""
    most = table.loc[table["shift"].abs().idxmax()]
    host = str(most["host"])
    own = {key: most[f"own_{key}"] for key in ("q50", "q05", "q95")}
    whole, alone = quantiles(np.asarray(sum(before.values()))), quantiles(before[host])
    said = [
        finding(
            "left_out_host", rows=int(most["rows"]), host=host, year=year,
            before=three(whole, MILLION), after=three(most, MILLION),
            own_before=three(alone, MILLION), own_after=three(own, MILLION),
        )
    ]  # fmt: skip
    doubtful = table[~table["reliable"]]
    if not doubtful.empty:
        said.append(finding("poor_left_out", names=list(doubtful["host"])))
    return said
