"""The press's multiplication, from the rows that a case names, beside what the model says."""

from __future__ import annotations

import math
from typing import Any

from model.archive.under_scenarios import Results
from model.case.case import Case
from model.case.reader.priors import label
from model.equations.quantities import DEFINITIONS, WORKING_TIME
from model.projection.prediction import number

Json = dict[str, Any]


def press_arithmetic(results: Results) -> Json | None:
    """The press's multiplication, from the rows that the case names, compared with the posterior.

    It is workers times (payment less the middle of the declared salaries) times twelve, at the
    exchange rate implied by the press's two figures for the payment. Rows in another currency are
    converted at the rates of their windows, and pay by the day or hour is brought to a month by
    the centre of the prior of working time.
    """
    case = results.case
    if case.press is None:
        return None
    rows = case.evidence.set_index("id").loc[
        [case.press[key] for key in ("workers", "payment", "payment_usd", "declared")]
    ]
    host = next((one for one in case.hosts if one.name == rows["host"].iloc[0]), None)
    own = "" if host is None else host.currency
    wanted = ("", own, "USD", own)
    workers, payment, payment_usd, declared = (
        _middle(case, row, currency)
        for row, currency in zip(rows.itertuples(), wanted, strict=True)
    )
    amount = workers * (payment - declared) * 12 / (payment / payment_usd)
    yearly = results.projection.yearly_usd
    year = case.timeline.headline
    shares = {
        definition: number(float((yearly.sel(year=year, definition=definition) > amount).mean()))
        for definition in reversed(DEFINITIONS)
    }
    return {"usd": number(amount), "year": year, "probability_above": shares}


def _middle(case: Case, row: Any, currency: str) -> float:
    """A row's figure a month, in a currency; the middle if it prints a lowest and a highest."""
    figures = [figure for figure in (row.low, row.value, row.high) if not math.isnan(figure)]
    found = float(row.factor * sum(figures) / len(figures))
    if row.currency and currency and row.currency != currency:
        found *= case.rates.cross(currency, row.currency, row.start, row.end)
    for name in WORKING_TIME[row.per]:
        own = label(name, row.host, "", case.hosts[0].name)
        found *= math.exp(next(one.location for one in case.priors if one.label == own))
    return found
