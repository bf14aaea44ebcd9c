"""The last day on which a source can have been published: its date may be a year or a month."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date


def last_day(text: str) -> date | None:
    """The last day that a date of any precision can mean; None if it is blank or no date.

    Parameters
    ----------
    text : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text, re.ASCII)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 12)
    try:
        return date(year, month, int(found[3] or monthrange(year, month)[1]))
    except ValueError:
        return None
