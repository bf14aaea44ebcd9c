"""Check that a case has the optional quantities by which some of its rows are read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from model.case.faults import Report
from model.case.reader.evidence import FILE
from model.equations.quantities import BASIC_BY_NAME, WORKING_TIME
from model.equations.subjects import COUNTS


def check_read_by(evidence: pd.DataFrame, stated: Collection[str], report: Report) -> None:
    """Report rows that are read by a quantity which has no prior.

    They are stated per shift or hour worked, or about a count such as ``crossings``.

    Parameters
    ----------
    evidence : pd.DataFrame
    stated : collection of str
        Names of the families that priors.toml has a table of.
    report : Report
    """
    for row in evidence[evidence["role"] != "context"].itertuples():
        lacking = _lacking(WORKING_TIME[row.per], stated)
        if lacking:
            message = (
                f"{row.unit} says nothing a month without the time worked; add {lacking} to "
                "priors.toml, or state the figure a week, month or year"
            )
            report.add(FILE, int(row.row), "unit", message)
        factors = COUNTS[row.quantity][1] if row.quantity in COUNTS else {}
        lacking = _lacking([name for name in factors if BASIC_BY_NAME[name].optional], stated)
        if lacking:
            message = f"{row.quantity} say nothing of workers by themselves; add {lacking} to "
            report.add(FILE, int(row.row), "quantity", f"{message}priors.toml, or write 'context'")


def _lacking(needed: Sequence[str], stated: Collection[str]) -> str:
    """Return the tables to add for those of some families that have none; blank if all have."""
    return " and ".join(
        f'[{name}] with p05, p95, unit = "{BASIC_BY_NAME[name].unit}" and basis'
        for name in needed
        if name not in stated
    )
