"""Stock and flow of workers by month, on arrays of any backend.

Two stocks per host. The permitted (L) hold a work permit; the irregular (I) are on student and
tourist visas, and a share of them works. Each month a stock loses a part and gains arrivals::

    permitted:   L[t] = L[t-1] * exp(-h[t]) + a[t]
    irregular:   I[t] = I[t-1] * exp(-g)    + b[t]
    working:     W[t] = L[t] + w * I[t]

Every function takes ``xp``, the namespace of the arrays' backend: ``numpy`` in the projection,
``pytensor.tensor`` in the sampler.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Array = Any
Namespace = Any


@dataclass(frozen=True, slots=True)
class Workforce:
    """Workers by month.

    Attributes
    ----------
    permitted, irregular, working : array, (..., T)
        Persons present at the end of each month.
    present : array, (..., T)
        Workers present on average over the month, which is what is paid for: half of those at
        its beginning and half of those at its end.
    permit_entries, irregular_entries : array, (..., T)
        Persons arriving in each month.
    """

    permitted: Array
    irregular: Array
    working: Array
    present: Array
    permit_entries: Array
    irregular_entries: Array


def stock(xp: Namespace, at_start: Array, exit_hazard: Array, inflow: Array) -> Array:
    """Stock by month from what was there, the monthly exit hazard and the monthly inflow.

    Solves ``stock[t] = stock[t-1] * exp(-exit_hazard[t]) + inflow[t]`` in closed form: with H the
    cumulated hazard, ``stock[t] = exp(-H[t]) * (at_start + sum of inflow[s] * exp(H[s]), s <= t)``.
    All terms are positive, so nothing cancels; H must stay below 700 over the whole horizon for
    ``exp`` not to overflow (a hazard of 10 a month for five years is within that).

    Parameters
    ----------
    xp : namespace
        ``numpy`` or ``pytensor.tensor``.
    at_start : array, (..., 1)
        Persons just before the first month.
    exit_hazard : array, (..., T)
        Exit hazard in each month, per month.
    inflow : array, (..., T)
        Persons arriving in each month.

    Returns
    -------
    array, (..., T)
        Persons at the end of each month.
    """
    survival = xp.exp(-xp.cumsum(exit_hazard))
    return survival * (at_start + xp.cumsum(inflow / survival))


def by_month(xp: Namespace, by_period: Array, month_in_period: Array) -> Array:
    """Spread values given by period (phase) over the months.

    Parameters
    ----------
    xp : namespace
        ``numpy`` or ``pytensor.tensor``.
    by_period : array, (..., P)
        One value for each period.
    month_in_period : array, (P, T)
        One where the month lies in the period, else zero.

    Returns
    -------
    array, (..., T)
    """
    return xp.dot(by_period, month_in_period)


def workforce(
    xp: Namespace,
    *,
    permitted_at_start: Array,
    permit_exit: Array,
    permit_inflow: Array,
    irregular_at_start: Array,
    irregular_exit: Array,
    irregular_inflow: Array,
    irregular_working: Array,
) -> Workforce:
    """Workers by month, from rates by month.

    Parameters
    ----------
    xp : namespace
        ``numpy`` or ``pytensor.tensor``.
    permitted_at_start, irregular_at_start : array, (..., 1)
        Persons.
    permit_exit, permit_inflow, irregular_exit, irregular_inflow : array, (..., T)
        Hazards per month and persons per month; ``irregular_exit`` may be (..., 1).
    irregular_working : array, (..., T) or (..., 1)
        A fraction.

    Returns
    -------
    Workforce
    """
    permitted = stock(xp, permitted_at_start, permit_exit, permit_inflow)
    irregular = stock(
        xp, irregular_at_start, irregular_exit + 0.0 * irregular_inflow, irregular_inflow
    )
    at_start = permitted_at_start + irregular_working[..., :1] * irregular_at_start
    working = permitted + irregular_working * irregular
    before = xp.concatenate([at_start + 0.0 * working[..., :1], working[..., :-1]], axis=-1)
    return Workforce(
        permitted=permitted,
        irregular=irregular,
        working=working,
        present=(before + working) / 2,
        permit_entries=permit_inflow,
        irregular_entries=irregular_inflow,
    )
