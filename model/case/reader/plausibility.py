"""Detect probable slips of unit: figures far outside the range of the priors."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any

import pandas as pd

from model.case.contents import Host, Prior, Reading
from model.case.exchange import Rates
from model.case.faults import Report
from model.case.reader.figures import FIGURES
from model.case.reader.priors import label
from model.equations.quantities import BASIC_BY_NAME
from model.equations.subjects import MEASURED_BY_NAME

Range = tuple[float, float]
#: Cache of mean exchange rates by currency, first and last month.
Means = dict[tuple[str, pd.Period, pd.Period], float]

COLUMNS = (
    "row", "quantity", "host", "base", "start", "end", "unit", "factor", "currency", *FIGURES,
)  # fmt: skip


def slips(
    evidence: pd.DataFrame,
    priors: Mapping[str, Prior],
    hosts: tuple[Host, ...],
    rates: Rates,
    reading: Reading,
) -> list[tuple[int, str, str]]:
    """Return row, column and message for each fitted figure that is probably a slip of unit.

    Basic quantities, and items of the accounts with a prior (``payment``, ``declared_salary``,
    ``plan``, ``upkeep``, ``permit_cost``), are compared with the prior's range. Other items should
    lie between a hundredth of the low and the high payment; stocks of people between a hundredth
    of the low and three times the high ``permitted_at_start``; flows likewise for each month of
    their window. Only figures a further ``reading.slip_factor`` beyond are reported. Months for
    years are a factor of 12, too small to detect; thousands for units and rubles for dollars are
    large enough.

    Notes
    -----
    Figures in dollars are converted at the mean rate of the row's window. Shares are not
    compared, because they are already known to lie between 0 and 1.
    """
    found = []
    means: Means = {}
    fitted = evidence[evidence["role"] == "fit"]
    columns = [fitted[name].tolist() for name in COLUMNS]
    for cells in zip(*columns, strict=True):
        row = dict(zip(COLUMNS, cells, strict=True))
        expected = _range(row, priors, hosts, rates, means)
        if expected is None:
            continue
        low, high = expected
        for column in FIGURES:
            value = row[column] * row["factor"]
            if isnan(value) or low / reading.slip_factor <= value <= high * reading.slip_factor:
                continue
            away = low / value if value < low else value / high
            side = "below" if value < low else "above"
            message = (
                f"{row[column]:g} {row['unit']} is a factor of {away:,.0f} {side} the range "
                f"that the priors give {row['quantity']}; probably a slip of unit, so check it"
            )
            found.append((row["row"], column, message))
    return found


def check_rates(evidence: pd.DataFrame, rates: Rates, report: Report) -> None:
    """Report fitted figures in a currency without a rate in their window."""
    fitted = evidence[(evidence["role"] == "fit") & evidence["currency"].isin(rates.others)]
    for row in fitted.itertuples():
        if row.start is pd.NaT or row.end is pd.NaT:
            continue
        inside = (rates.others.index >= row.start) & (rates.others.index <= row.end)
        known = int(rates.others.loc[inside, row.currency].notna().sum())
        if 0 < known < inside.sum():
            message = f"{row.currency} has a rate in {known} of {inside.sum()} months only"
            report.warn("evidence.csv", row.row, "unit", f"{message}; it is converted at theirs")
        elif not known:
            months = f"{row.start} to {row.end}"
            message = (
                f"{row.currency} has no rate from {months}: the ECB's reference rates do not cover "
                "it; convert the figure, or add fx.csv with month, currency, per_usd, source"
            )
            report.add("evidence.csv", row.row, "unit", message)


def _range(
    row: Mapping[str, Any],
    priors: Mapping[str, Prior],
    hosts: tuple[Host, ...],
    rates: Rates,
    means: Means,
) -> Range | None:
    """Return the range expected of a row's figure in its own currency, or None if there is none."""
    name, _, index = str(row["quantity"]).partition(".")
    measured = MEASURED_BY_NAME.get(name)
    host = next(host for host in hosts if host.name == row["host"])
    if name in BASIC_BY_NAME and not row["base"]:
        prior = priors[label(name, host.name, index, hosts[0].name)]
        expected = (prior.p05, prior.p95)
        of = "USD" if "USD" in prior.unit else host.currency
    elif measured is None or measured.kind in ("share", "total") or row["base"]:
        return None
    elif measured.kind == "worker_month":
        payment = priors[label("payment", host.name, "", hosts[0].name)]
        expected, of = (payment.p05 / 100, payment.p95), host.currency
    else:
        stock = priors[label("permitted_at_start", host.name, "", hosts[0].name)]
        flow = measured.kind == "flow"
        months = row["end"].ordinal - row["start"].ordinal + 1 if flow else 1
        return stock.p05 / 100 * months, stock.p95 * 3 * months
    if not row["currency"] or row["currency"] == of:
        return expected
    rate = _mean(rates, row["currency"], row, means) / _mean(rates, of, row, means)
    return expected[0] * rate, expected[1] * rate


def _mean(rates: Rates, currency: str, row: Mapping[str, Any], means: Means) -> float:
    """Return the mean rate of a row's window; cached, because many rows share a window."""
    window = (currency, row["start"], row["end"])
    if window not in means:
        means[window] = rates.mean(*window)
    return means[window]
