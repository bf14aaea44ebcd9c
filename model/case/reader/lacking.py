"""Check that a case has the optional quantities by which some of its rows are read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from model.case.faults import Report, quote
from model.case.reader.evidence import FILE
from model.equations.quantities import BASIC_BY_NAME, WORKING_TIME
from model.equations.subjects import COUNTS


def check_read_by(evidence: pd.DataFrame, stated: Collection[str], report: Report) -> None:
    """Report rows that are read by a quantity which has no prior.

    They are stated per shift or hour worked, about a count such as ``crossings``, or about a
    quantity that a case may leave out.

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
        lacking = _lacking(_optional(row.quantity), stated)
        if lacking:
            message = f"the case has no prior that {quote(row.quantity)} is read by; add {lacking}"
            advice = "to priors.toml, or write role 'context'"
            report.add(FILE, int(row.row), "quantity", f"{message} {advice}")


def _optional(quantity: str) -> list[str]:
    """Return the optional families that a row's quantity is one of, or is worked out by."""
    name = quantity.partition(".")[0]
    named = COUNTS[name][1] if name in COUNTS else [name]
    return [one for one in named if one in BASIC_BY_NAME and BASIC_BY_NAME[one].optional]


def _lacking(needed: Sequence[str], stated: Collection[str]) -> str:
    """Return the tables to add for those of some families that have none; blank if all have."""
    return " and ".join(
        f'[{name}] with p05, p95, unit = "{BASIC_BY_NAME[name].unit}" and basis'
        for name in needed
        if name not in stated
    )
