"""Exchange rates of the other currencies in which rows are stated, by their windows."""

from __future__ import annotations

from functools import cache

import pandas as pd

from model.case.exchange import FILE as FX
from model.case.exchange import Rates, ecb_span, with_rows
from model.case.faults import Report
from model.case.reader.evidence import FILE


def with_row_currencies(evidence: pd.DataFrame, rates: Rates, report: Report) -> Rates:
    """Return the rates with those that rows in other currencies need, fitted or held out.

    A fitted row without any rate in its window is an error, since nothing can convert its figure;
    one with rates in some months only is converted by those, with a warning.
    """
    used = evidence["role"].isin(["fit", "holdout"])
    used &= ~evidence["currency"].isin(["", *rates.per_usd.columns])
    columns = ["row", "currency", "start", "end", "role"]
    inside = cache(lambda start, end: _inside(rates, start, end))
    windows = [
        (int(row), str(currency), inside(start, end), role == "fit")
        for row, currency, start, end, role in evidence.loc[used, columns].itertuples(index=False)
        if report.clean(FILE, int(row), "start", "end", "unit")
    ]
    needed: dict[str, set[pd.Period]] = {}
    # by distinct windows, in the rows' order: many rows share one
    distinct = dict.fromkeys((one, *_ends(months)) for _, one, months, _ in windows)
    for currency, first, last in distinct:
        needed.setdefault(currency, set())
        if first is not None:
            needed[currency].update(pd.period_range(first, last, freq="M"))
    found = with_rows(rates, needed)
    for row, currency, months, fitted in windows:
        if not len(months):
            continue  # a window outside the timeline has its own error, or is not predicted
        known = found.known(currency, months[0], months[-1])
        span = " to ".join(dict.fromkeys((str(months[0]), str(months[-1]))))
        if not known:
            message = (
                f"there is no rate of {currency} for {span}: {_covered(currency)}; add rates to "
                f"{FX} with month, currency, per_usd, source, or write the figure in USD"
            )
            report.add(FILE, row, "unit", message)
        elif known < len(months) and fitted:
            message = (
                f"{currency} has a rate in {known} of the {len(months)} months {span}, which "
                f"convert the figure: {_covered(currency)}; add the others to {FX}"
            )
            report.warn(FILE, row, "unit", message)
    return found


def _ends(months: pd.PeriodIndex) -> tuple[pd.Period | None, pd.Period | None]:
    return (months[0], months[-1]) if len(months) else (None, None)


def _covered(currency: str) -> str:
    """Say from when to when the ECB's table has rates of a currency."""
    span = ecb_span(currency)
    if span is None:
        return f"the ECB's table has none of {currency}"
    return f"the ECB's table has {currency} from {span[0]} to {span[1]}"


def _inside(rates: Rates, start: pd.Period, end: pd.Period) -> pd.PeriodIndex:
    months = rates.per_usd.index
    return months[(months >= start) & (months <= end)]
