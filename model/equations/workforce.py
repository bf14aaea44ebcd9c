"""Stock and flow of workers by month.

Two stocks per host. The permitted (L) hold a work permit; the irregular (I) are on student and
tourist visas. Each month a stock loses a part and gains arrivals::

    permitted:   L[t] = L[t-1] * exp(-h[t]) + a[t]
    irregular:   I[t] = I[t-1] * exp(-g)    + b[t]
    working:     W[t] = p * L[t] + w * I[t]

of whom p are present and w work. Those who leave in a month, L[t-1] * (1 - exp(-h[t])) of the
permitted and I[t-1] * (1 - exp(-g)) of the irregular, were workers present in the same shares.

Every function takes ``xp``, the namespace of operations (``model.equations.backend``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.equations.backend import NUMPY, Array, Namespace, before


@dataclass(frozen=True, slots=True)
class Workforce:
    """Workers by month.

    Attributes
    ----------
    permitted, irregular, working : array, (..., T)
        Persons present at the end of each month.
    permit_entries, irregular_entries : array, (..., T)
        Persons arriving in each month.
    irregular_working, share_present : array, (..., T)
        Share of the irregular who work, and of the permitted who are present.
    permitted_at_start, irregular_at_start : array, (...)
        Persons present just before the first month.
    permit_exit, irregular_exit : array, (..., T)
        Exit hazard in each month, per month.
    """

    permitted: Array
    irregular: Array
    working: Array
    permit_entries: Array
    irregular_entries: Array
    irregular_working: Array
    share_present: Array
    permitted_at_start: Array
    irregular_at_start: Array
    permit_exit: Array
    irregular_exit: Array

    @property
    def present(self) -> Any:
        """Average number of workers present over the month, (..., T): the number paid for.

        The mean of the numbers at its beginning and at its end.
        """
        working = np.asarray(self.working)
        at_start = (
            self.share_present[..., 0] * self.permitted_at_start
            + self.irregular_working[..., 0] * self.irregular_at_start
        )
        return (before(at_start, working) + working) / 2

    def path(self, name: str, xp: Namespace = NUMPY) -> Array:
        """One of the paths by month that published counts are about, by its name."""
        return self.departures(xp) if name == "departures" else getattr(self, name)

    def departures(self, xp: Namespace = NUMPY) -> Array:
        """Workers leaving in each month, (..., T): of all who leave a stock, those present."""

        def leaving(at_start: Array, stock: Array, exit_hazard: Array) -> Array:
            return xp.before(at_start, stock) * (1.0 - xp.exp(-exit_hazard))

        permitted = leaving(self.permitted_at_start, self.permitted, self.permit_exit)
        irregular = leaving(self.irregular_at_start, self.irregular, self.irregular_exit)
        return self.share_present * permitted + self.irregular_working * irregular


def stock(at_start: Array, exit_hazard: Array, inflow: Array, xp: Namespace = NUMPY) -> Array:
    """Stock by month from the initial stock, the monthly exit hazard and the monthly inflow.

    Parameters
    ----------
    at_start : array, (...)
        Persons just before the first month.
    exit_hazard : array, (..., T)
        Exit hazard in each month, per month.
    inflow : array, (..., T)
        Persons arriving in each month.
    xp : namespace

    Returns
    -------
    array, (..., T)
        Persons at the end of each month.
    """
    return xp.recurrence(at_start, xp.exp(-exit_hazard), inflow)


def workforce(
    *,
    permitted_at_start: Array,
    permit_exit: Array,
    permit_inflow: Array,
    irregular_at_start: Array,
    irregular_exit: Array,
    irregular_inflow: Array,
    irregular_working: Array,
    share_present: Array,
    xp: Namespace = NUMPY,
) -> Workforce:
    """Workers by month, from monthly rates.

    Parameters
    ----------
    permitted_at_start, irregular_at_start : array, (...)
        Persons.
    permit_exit, permit_inflow, irregular_exit, irregular_inflow : array, (..., T)
        Hazards per month and persons per month.
    irregular_working, share_present : array, (..., T)
        Fractions.
    xp : namespace

    Returns
    -------
    Workforce
    """
    permitted = stock(permitted_at_start, permit_exit, permit_inflow, xp)
    irregular = stock(irregular_at_start, irregular_exit, irregular_inflow, xp)
    return Workforce(
        permitted=permitted,
        irregular=irregular,
        working=share_present * permitted + irregular_working * irregular,
        permit_entries=permit_inflow,
        irregular_entries=irregular_inflow,
        irregular_working=irregular_working,
        share_present=share_present,
        permitted_at_start=permitted_at_start,
        irregular_at_start=irregular_at_start,
        permit_exit=permit_exit,
        irregular_exit=irregular_exit,
    )
