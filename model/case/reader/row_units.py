"""Check the unit of a row: its currency, the prices it is in, and the time it is paid for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from model.case.changes import is_change
from model.case.units import TIMES, UnitError, conversion, is_pure, prices_of, words, worked_time
from model.equations.quantities import BASIC_BY_NAME

if TYPE_CHECKING:
    from model.case.reader.evidence import Row
    from model.case.reader.priors import Dimensions

#: What is due every day, worked or not: food and lodging.
EVERY_DAY = "upkeep"
_DAY = re.compile(r"\bdays?\b")


def check_unit(row: Row, dimensions: Dimensions) -> None:
    """Find a figure's factor to the canonical unit, its currency, prices and time worked.

    An item of the accounts may be stated a day, shift or hour worked: the row is then about the
    item over the days, or the hours, worked in a month. Upkeep a day is due on every day.
    """
    bare = not any(row[name] for name in ("low", "value", "high")) and row["role"] == "context"
    if not row.kind or not row.clean("quantity", "unit") or (bare and not row["unit"]):
        return
    unit = row.unit
    text, prices = prices_of(row["unit"])
    weekly = 1.0
    if row["quantity"] == EVERY_DAY and _DAY.search(text):
        text, weekly = _DAY.sub("week", text), 7.0
    if row.kind == "worker_month" and not row["base"]:
        row.per = worked_time(text)
        unit = unit.replace("month", row.per) if row.per else unit
    share = row.kind == "worker_month" or is_change(row["base"])
    if share and row["unit"] and is_pure(row["unit"]):
        unit = "fraction"
    try:
        factor, row.currency = conversion(
            text, unit, _currencies(row, dimensions), row["quantity"],
            # a total held out is compared in the currencies of the accounts
            others=row.kind != "total" or row["role"] == "context",
        )  # fmt: skip
    except UnitError as error:
        timed = row.kind == "flow" and not words(text).isdisjoint(TIMES)
        row.fault("unit", f"{error}{'; start and end state the period' if timed else ''}")
        return
    row.factor = factor * weekly * row.part
    row.prices = prices


def _currencies(row: Row, dimensions: Dimensions) -> tuple[str, ...] | None:
    """Return the currencies that serve as examples, the quantity's own first."""
    host, name = dimensions.host(row["host"]), row["quantity"].partition(".")[0]
    if host is None:
        return None
    in_dollars = name in BASIC_BY_NAME and "USD" in BASIC_BY_NAME[name].unit
    own = ("USD", host.currency) if in_dollars else (host.currency, "USD")
    return tuple(dict.fromkeys(own))
