"""Figures that are a share of their own quantity at another date: ``base = working@2017-08``."""

from __future__ import annotations

import re

import pandas as pd

#: The base of such a figure: its quantity, and the months that it is compared with.
CHANGE = re.compile(r"([a-z_]+)@(\d{4}-\d{2})(?:\.\.(\d{4}-\d{2}))?", re.ASCII)


def is_change(base: str) -> bool:
    """Return whether a base is the figure's own quantity at another date."""
    return "@" in base


def months_before(base: str) -> tuple[pd.Period, pd.Period]:
    """Return the first and last month that a figure is compared with."""
    found = CHANGE.fullmatch(base)
    assert found is not None, base
    return pd.Period(found[2], freq="M"), pd.Period(found[3] or found[2], freq="M")


def change_in_words(base: str) -> str:
    """Return a base as it is spoken, such as ``working in 2017-08``."""
    quantity, _, months = base.partition("@")
    if not months:
        return base.replace("_", " ")
    return f"{quantity.replace('_', ' ')} in {months.replace('..', ' to ')}"
