"""Check the window of a row: its order, its days, and the part of it inside the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from model.case.reader.dates import day_parts, month
from model.case.reader.small_tables import in_order

if TYPE_CHECKING:
    from model.case.reader.evidence import Row
    from model.case.reader.priors import Dimensions

#: The table whose figures can be reduced to the part of their window inside the timeline.
EVIDENCE = "evidence.csv"


def check_window(row: Row, dimensions: Dimensions) -> None:
    """Check a row's window, and find the days and the part of it that count.

    A sum over a window whose ends are days has only the days inside of its first and last month. A
    fitted row that reaches beyond the timeline counts by the part inside.
    """
    if not row["end"] and row.clean("start", "end"):
        message = "the date is missing; write YYYY-MM or YYYY-MM-DD"
        row.fault("end", message)
    if not row.clean("start", "end"):
        return
    in_order(row.report, row.file, row.number, row["start"], row["end"])
    start, end = month(row["start"]), month(row["end"])
    if start is None or end is None or not row.clean("end"):
        return
    if row.kind == "flow":
        row.first_part, row.last_part = day_parts(row["start"], row["end"])
    inside = _check_inside(row, start, end, dimensions)
    if inside is not None and row.fits and (row.first_part, row.last_part) != (1.0, 1.0):
        message = (
            f"{row['start']} to {row['end']} is not whole months: of a sum, the days inside count, "
            f"{_months(*inside, row.first_part, row.last_part):.3g} months"
        )
        row.report.warn(row.file, row.number, "start", message)


def _check_inside(
    row: Row, start: pd.Period, end: pd.Period, dimensions: Dimensions
) -> tuple[pd.Period, pd.Period] | None:
    """Return the months that count, or None with a fitted window outside the timeline reported."""
    if dimensions.span is None or not row.fits:
        return start, end
    first, last = dimensions.span
    if first <= start and end <= last:
        return start, end
    if row.file == EVIDENCE and start <= last and end >= first:
        return _reduce(row, start, end, first, last)
    for column, at in (("start", start), ("end", end)):
        if not first <= at <= last:
            message = f"{row[column]} lies outside the timeline, {first} to {last}; {row.outside}"
            row.fault(column, message)
            if row.file == EVIDENCE:
                break  # all of the window is outside
    return None


def _reduce(
    row: Row, start: pd.Period, end: pd.Period, first: pd.Period, last: pd.Period
) -> tuple[pd.Period, pd.Period]:
    """Let only the part of a window inside the timeline count, say so and return its months.

    What is summed over a window is taken as uniform in time.
    """
    whole = _months(start, end, row.first_part, row.last_part)
    column = "start" if start < first else "end"
    message = f"{row['start']} to {row['end']} is partly outside the timeline, {first} to {last}"
    if start < first:
        start, row.first_part, row.cells["start"] = first, 1.0, str(first)
    if end > last:
        end, row.last_part, row.cells["end"] = last, 1.0, str(last)
    how = f"the part inside counts, {row['start']} to {row['end']}"
    if row.kind == "flow":
        inside = _months(start, end, row.first_part, row.last_part)
        row.part = inside / whole
        how += f", and as much of the figure as if even in time: {inside:.3g} of {whole:.3g} months"
    row.report.warn(row.file, row.number, column, f"{message}; {how}")
    return start, end


def _months(start: pd.Period, end: pd.Period, first_part: float, last_part: float) -> float:
    """Return the months of a window, of which the first and the last may be parts."""
    return float(end.ordinal - start.ordinal - 1 + first_part + last_part)
