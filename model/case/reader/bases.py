"""Check what a row's figure is a share of: an item of the accounts, or itself at another date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.case.changes import CHANGE, is_change, months_before
from model.case.faults import quote
from model.case.reader.dates import month
from model.case.units import is_pure

if TYPE_CHECKING:
    from model.case.reader.evidence import Row
    from model.case.reader.priors import Dimensions


def check_base(row: Row, dimensions: Dimensions) -> None:
    """Check that a share has a base, and nothing else has one."""
    if not row.kind or not row.clean("quantity", "unit", "base"):
        return
    if is_change(row["base"]):
        _check_change(row, dimensions)
        return
    shareable = row.kind == "worker_month"
    pure = is_pure(row["unit"])
    if row["base"] and not (shareable and pure):
        why = "is not a share" if shareable else "is never a share of a base"
        got = f"{row['quantity']} in {quote(row['unit'])}" if shareable else row["quantity"]
        row.fault("base", f"{got} {why}; leave the cell blank")
    elif shareable and pure and not row["base"]:
        bases = "billings, net_of_tax, wage_fund or declared_salary"
        row.fault("base", f"a share needs a base; write {bases}")
    elif row["base"] == row["quantity"]:
        row.fault("base", f"{row['quantity']} is stated as a share of itself; name a wider base")


def _check_change(row: Row, dimensions: Dimensions) -> None:
    """Check a figure that is a share of its own quantity at another date."""
    found, quantity = CHANGE.fullmatch(row["base"]), row["quantity"]
    assert found is not None  # or the cell has an error already
    if row.kind not in ("level", "flow", "worker_month"):
        row.fault("base", f"{quantity} is not compared with another date; leave the cell blank")
        return
    if found[1] != quantity:
        advice = f"write {quantity}@{row['base'].partition('@')[2]}"
        row.fault(
            "base", f"a change is of one quantity, not of {quantity} and {found[1]}; {advice}"
        )
        return
    if not is_pure(row["unit"]):
        message = f"{quote(row['unit'])} is not a share of another date's value; write 'percent'"
        row.fault("unit", message)
        return
    if any(text and month(text) is None for text in found.group(2, 3)):
        row.fault("base", f"{quote(row['base'])} names no month; write {quantity}@YYYY-MM")
        return
    first, last = months_before(row["base"])
    if last < first:
        row.fault("base", f"{last} is before {first}; put the two months in order")
    elif (str(first), str(last)) == (row["start"][:7], (row["end"] or row["start"])[:7]):
        row.fault("base", "the two dates are one; name the date that the figure is compared with")
    elif row.fits and dimensions.span is not None:
        begin, end = dimensions.span
        if not (begin <= first and last <= end):
            message = f"{first} to {last} lies outside the timeline, {begin} to {end}"
            row.fault("base", f"{message}; {row.outside}")
