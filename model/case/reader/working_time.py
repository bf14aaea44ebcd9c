"""Check that a case states how much is worked, where a row is stated by the day or the hour."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from model.case.faults import Report
from model.case.reader.evidence import FILE
from model.equations.quantities import BASIC_BY_NAME, WORKING_TIME


def check_working_time(evidence: pd.DataFrame, stated: Collection[str], report: Report) -> None:
    """Report rows stated per shift or hour whose working time has no prior.

    Parameters
    ----------
    evidence : pd.DataFrame
    stated : collection of str
        Names of the families that priors.toml has a table of.
    report : Report
    """
    rows = evidence[(evidence["per"] != "") & (evidence["role"] != "context")]
    for row in rows.itertuples():
        lacking = [name for name in WORKING_TIME[row.per] if name not in stated]
        if lacking:
            tables = " and ".join(
                f'[{name}] with p05, p95, unit = "{BASIC_BY_NAME[name].unit}" and basis'
                for name in lacking
            )
            message = (
                f"{row.unit} says nothing a month without the time worked; add {tables} to "
                "priors.toml, or state the figure a week, month or year"
            )
            report.add(FILE, int(row.row), "unit", message)
