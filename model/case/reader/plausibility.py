"""Warnings about figures that can be read, but probably not as their writer meant them."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, isnan, log, log1p
from typing import Any

import pandas as pd

from model.case.changes import is_change
from model.case.contents import Host, Prior, Reading
from model.case.exchange import Rates
from model.case.reader.figures import FIGURES
from model.case.reader.priors import label
from model.equations.quantities import BASIC_BY_NAME, WORKING_TIME
from model.equations.subjects import MEASURED_BY_NAME

Range = tuple[float, float]
#: Cache of exchange rates between two currencies by first and last month.
Crosses = dict[tuple[str, str, pd.Period, pd.Period], float]

COLUMNS = (
    "row", "quantity", "host", "base", "start", "end", "unit", "factor", "currency", "per",
    "first_part", "last_part", *FIGURES,
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
    Figures in other currencies are converted at the mean rates of the row's window. Shares are not
    compared, because they are already known to lie between 0 and 1.
    """
    found = []
    crosses: Crosses = {}
    fitted = evidence[evidence["role"] == "fit"]
    columns = [fitted[name].tolist() for name in COLUMNS]
    for cells in zip(*columns, strict=True):
        row = dict(zip(COLUMNS, cells, strict=True))
        expected = _range(row, priors, hosts, rates, crosses)
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


def lopsided(evidence: pd.DataFrame, reading: Reading) -> list[tuple[int, str, str]]:
    """Row, column and message for each interval that has to be read as wider.

    An interval around a figure is read as a Normal with an exponential tail. The sides of an
    exponential are as log(1 - coverage) to -log(1 + coverage); if one is longer still, the other
    is made longer.
    """
    found = []
    around = evidence[(evidence["qualifier"] == "range") & evidence["value"].notna()]
    for row in around[around["low"] > 0.0].itertuples():
        stated = reading.range_coverage if isnan(row.coverage) else row.coverage
        most = -log1p(-stated) / log1p(stated)
        below, above = log(row.value / row.low), log(row.high / row.value)
        if max(below, above) <= most * min(below, above):
            continue
        low = row.value * exp(-max(below, above / most))
        high = row.value * exp(max(above, below / most))
        message = (
            f"{row.low:g} to {row.high:g} around {row.value:g} is too lopsided for one error; it "
            f"is read as from {low:.3g} to {high:.3g}: give a 'range' without a value, or two rows"
        )
        found.append((row.row, "low", message))
    return found


def _range(
    row: Mapping[str, Any],
    priors: Mapping[str, Prior],
    hosts: tuple[Host, ...],
    rates: Rates,
    crosses: Crosses,
) -> Range | None:
    """Return the range expected of a row's figure in its own currency, or None if there is none."""
    name, _, index = str(row["quantity"]).partition(".")
    measured = MEASURED_BY_NAME.get(name)
    host = next((host for host in hosts if host.name == row["host"]), None)
    if host is None or is_change(row["base"]):
        return None  # several hosts, or a change
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
        months = (
            row["end"].ordinal - row["start"].ordinal - 1 + row["first_part"] + row["last_part"]
        )
        months = months if flow else 1
        return stock.p05 / 100 * months, stock.p95 * 3 * months
    expected = _worked(expected, row, priors, host.name, hosts[0].name)
    if not row["currency"] or row["currency"] == of:
        return expected
    window = (row["currency"], of, row["start"], row["end"])
    if window not in crosses:  # many rows share a window
        crosses[window] = rates.cross(*window)
    return expected[0] * crosses[window], expected[1] * crosses[window]


def _worked(
    expected: Range, row: Mapping[str, Any], priors: Mapping[str, Prior], host: str, first: str
) -> Range:
    """Return a month's range by the time worked that the row is stated for."""
    low, high = expected
    for name in WORKING_TIME[row["per"]]:
        time = priors[label(name, host, "", first)]
        low, high = low / time.p95, high / time.p05
    return low, high
