"""Read prices.csv, and bring figures in prices of a year to the prices of their window."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from model.case.faults import Report
from model.case.reader.csv_files import read_table, rows_of
from model.case.reader.dates import month
from model.case.reader.evidence import FILE as EVIDENCE
from model.case.reader.files import Folder
from model.case.reader.numbers import number
from model.case.reader.tables import PRICES

FILE = "prices.csv"

#: A price index by currency and month, in any base.
Index = Mapping[str, Mapping[pd.Period, float]]


def read_prices(folder: Folder) -> Index:
    """Return the price index of each currency; empty if the case has no such file."""
    frame = read_table(folder, FILE, PRICES, required=False, rows=False)
    found: dict[str, dict[pd.Period, float]] = {}
    if frame is None:
        return found
    for row, cells in rows_of(frame):
        at, index = month(cells["month"]), number(cells["index"])
        if index == 0:
            message = "an index of zero is the price of nothing; write one above zero"
            folder.report.add(FILE, row, "index", message)
        elif at is not None and folder.report.clean(FILE, row, "month", "currency", "index"):
            found.setdefault(cells["currency"], {})[at] = index
    return found


def in_prices_of_window(evidence: pd.DataFrame, index: Index, report: Report) -> pd.DataFrame:
    """Return the evidence with the factors of figures in constant prices completed.

    A figure in prices of 2018 is multiplied by the mean index of its window over that of 2018. A
    row that is fitted or held out needs the index in every month of both.
    """
    stated = evidence["prices"] > 0
    if not stated.any():
        return evidence
    factors = evidence["factor"].copy()
    known: dict[tuple[str, int, pd.Period, pd.Period], float | list[pd.Period]] = {}
    for place, row in evidence[stated].iterrows():
        if not report.clean(EVIDENCE, int(row["row"]), "start", "end", "unit"):
            continue
        currency, year = str(row["currency"]), int(row["prices"])
        key = (currency, year, row["start"], row["end"])
        if key not in known:
            known[key] = _change(index.get(currency, {}), *key[1:])
        found = known[key]
        if isinstance(found, float):
            factors[place] *= found
        elif row["role"] != "context":
            message = _lacking(currency, year, found, bool(index))
            report.add(EVIDENCE, int(row["row"]), "unit", message)
    return evidence.assign(factor=factors)


def _change(
    index: Mapping[pd.Period, float], year: int, start: pd.Period, end: pd.Period
) -> float | list[pd.Period]:
    """Return a window's mean index over that of a year, or the months that are missing."""
    window = pd.period_range(start, end, freq="M")
    base = pd.period_range(f"{year}-01", f"{year}-12", freq="M")
    missing = [one for one in base.union(window) if one not in index]
    return missing or _mean(index, window) / _mean(index, base)


def _mean(index: Mapping[pd.Period, float], months: pd.PeriodIndex) -> float:
    return sum(index[one] for one in months) / len(months)


def in_prices_of(index: Index, currency: str, year: int, months: pd.PeriodIndex) -> list[float]:
    """Return factors that turn amounts of each month into amounts at the prices of a year.

    Raises
    ------
    ValueError
        If the index lacks a month of these or of the year; the text says which.
    """
    known = index.get(currency, {})
    by_month = [_change(known, year, one, one) for one in months]
    missing = {one for found in by_month if isinstance(found, list) for one in found}
    if missing:
        raise ValueError(
            f"prices of {year} need an index of {currency} prices in {year} and in every month "
            f"asked for; {_stretches(sorted(missing), bool(index))}"
        )
    return [1.0 / found for found in by_month if isinstance(found, float)]


def _lacking(currency: str, year: int, missing: list[pd.Period], there: bool) -> str:
    """Say which months of an index a figure in prices of a year needs."""
    return (
        f"prices of {year} need an index of {currency} prices in {year} and in the row's window; "
        f"{_stretches(missing, there)}; or write {currency} for prices of the window"
    )


def _stretches(missing: list[pd.Period], there: bool) -> str:
    """Say which stretches of months an index lacks."""
    spans: list[list[pd.Period]] = []
    for one in missing:
        if spans and one.ordinal == spans[-1][-1].ordinal + 1:
            spans[-1] = [spans[-1][0], one]
        else:
            spans.append([one])
    named = " and ".join(" to ".join(str(one) for one in span) for span in spans[:4])
    more = f" and {len(spans) - 4} more stretches" if len(spans) > 4 else ""
    what = f"{FILE} lacks" if there else f"add {FILE} with month, currency, index, source:"
    return f"{what} {named}{more}"
