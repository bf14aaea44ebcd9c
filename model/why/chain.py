"""The chain from a year's revenue down: workers and accounts, quantities, and sources that hold it.

A revenue is worker-months times what a worker-month yields, y = n p. How much of the variance of y
comes from each is split so that the parts add up: y less the product of the means is exactly
(n - n') (p + p') / 2 + (p - p') (n + n') / 2, with n' and p' the means, and the share of a part is
its covariance with y over the variance of y (Shapley's value for two factors).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.archive import store
from model.archive.months_file import read_months
from model.case.folders import BASELINE
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.projection.by_period import Monthly, amounts
from model.projection.prediction import distribution
from model.projection.projection import USD

Json = dict[str, Any]
Floats = NDArray[np.float64]

#: Definitions of which some amount is a part of another's, told as a part of it.
PARTS = {HEADLINE: ("plan_collected",), "surplus": (HEADLINE,)}
CHECK = "leave_one_out"


class NoSuchAnswerError(ValueError):
    """A definition or year that the run has no answer for; the text says what is allowed."""


@dataclass(frozen=True)
class Pull:
    """What leaving out a source, or all that goes back to one origin, does to the answer.

    Attributes
    ----------
    kind : {"source", "origin"}
    name : str
    rows : tuple of str
    without : dict
        Median, 5% and 95% quantile of the answer without it, in dollars.
    moves : float
        Median with it less that without it, in dollars: where it pulls the answer.
    deviations : float
        The same in standard deviations of the answer.
    reliable : bool
    """

    kind: str
    name: str
    rows: tuple[str, ...]
    without: dict[str, float]
    moves: float
    deviations: float
    reliable: bool


@dataclass(frozen=True, repr=False)
class Chain:
    """Why a year's revenue is what it is.

    Attributes
    ----------
    run : str
    definition : str
    year : int
    converged : bool
    amount, worker_months, yielded : dict
        Distributions of the revenue, of worker-months, and of dollars a worker-month.
    parts : dict of str to dict
        Distribution of each part of a worker-month's yield, in dollars, by definition.
    shares : dict of str to float
        Shares of the variance: ``worker_months`` and ``yielded``, which add up to one.
    groups : tuple of (str, float)
        Shares of the variance by group of quantities, the largest first; empty if the run was not
        asked for the drivers of this revenue. With ``between_readings`` and ``unexplained`` they
        add up to one.
    between_readings, unexplained : float
    quantities : tuple of (str, float)
        The same of single quantities.
    pulls : tuple of Pull or None
        What holds the answer, the strongest first; None if it is not known of this revenue.
    readings : dict of str to float
        Median by rival reading, in dollars.
    """

    run: str
    definition: str
    year: int
    converged: bool
    amount: Json
    worker_months: Json
    yielded: Json
    parts: dict[str, Json]
    shares: dict[str, float]
    groups: tuple[tuple[str, float], ...]
    between_readings: float
    unexplained: float
    quantities: tuple[tuple[str, float], ...]
    pulls: tuple[Pull, ...] | None
    readings: dict[str, float]

    def __repr__(self) -> str:
        """The sentences that the command prints."""
        from model.why.told import chain_lines

        return "\n".join(chain_lines(self))


def chain(folder: Path, asked: str = "") -> Chain:
    """The chain of a run's answer.

    Parameters
    ----------
    folder : Path
        Of the run.
    asked : str
        A definition and a year, such as ``state take 2017``; what is left out is the headline's.

    Raises
    ------
    NoSuchAnswerError
    DamagedRunError
    """
    _, summary = store.read_run(folder)
    definition, year = _answer(asked, summary)
    with store.agreeing(folder):
        amount, months, yielded, parts = _draws(folder, definition, year)
        drivers = _drivers(folder, definition, year)
        return Chain(
            run=folder.name,
            definition=definition,
            year=year,
            converged=bool(summary["converged"]),
            amount=distribution(amount),
            worker_months=distribution(months),
            yielded=distribution(yielded),
            parts={name: distribution(one) for name, one in parts.items()},
            shares=dict(
                zip(("worker_months", "yielded"), split(months, yielded), strict=True),
            ),
            pulls=_pulls(folder, definition, year, summary),
            readings=_readings(summary, definition, year),
            **drivers,
        )


def _answer(asked: str, summary: Json) -> tuple[str, int]:
    """Definition and year of what was asked, which the run must have."""
    years = summary["scenarios"][BASELINE]["annual"]
    words = asked.replace("_", " ").lower().split()
    told = [word for word in words if word.isdecimal()]
    year = told[0] if told else str(summary["accounts"]["year"])
    definition = "_".join(word for word in words if not word.isdecimal()) or HEADLINE
    if definition not in DEFINITIONS or len(told) > 1:
        names = ", ".join(name.replace("_", " ") for name in reversed(DEFINITIONS))
        raise NoSuchAnswerError(
            f"{asked!r} is not a definition and a year; write one of: {names}; and a year, "
            f"such as {HEADLINE.replace('_', ' ')} {summary['accounts']['year']}"
        )
    if year not in years:
        raise NoSuchAnswerError(
            f"the run has no whole year {year}; write one of: {', '.join(years)}"
        )
    return definition, int(year)


def _draws(
    folder: Path, definition: str, year: int
) -> tuple[Floats, Floats, Floats, dict[str, Floats]]:
    """Draws of the revenue, of worker-months, of the yield of one and of its parts, (n,) each."""

    def within(name: str) -> Monthly:
        monthly = read_months(folder, BASELINE, name)
        return monthly.within(monthly.months.year == year)

    def dollars(own: Monthly) -> Floats:
        # no currency but the dollar is asked for, so that no rates are
        return amounts(own, USD, lambda _: np.empty(0)).sum("month").to_numpy().ravel()

    whole = within(definition)
    months = whole.present.astype(np.float64).sum(("host", "month")).to_numpy().ravel()
    amount = dollars(whole)
    parts = {name: dollars(within(name)) / months for name in PARTS.get(definition, ())}
    return amount, months, amount / months, parts


def split(first: Floats, second: Floats) -> tuple[float, float]:
    """Shares of two factors in the variance of their product, which add up to one; see above."""
    whole = first * second
    if not whole.std():
        return 0.0, 0.0
    parts = (
        (first - first.mean()) * (second + second.mean()) / 2,
        (second - second.mean()) * (first + first.mean()) / 2,
    )
    centred = whole - whole.mean()
    ours, theirs = (float((part * centred).mean() / whole.var()) for part in parts)
    return ours, theirs


def _drivers(folder: Path, definition: str, year: int) -> Json:
    """Shares of the variance by group and by quantity, as ``model.drivers`` saved them."""
    content = store.read_added(folder, store.DRIVERS) or {"asked": {}}
    found = content["asked"].get(f"{definition} {year}")
    if found is None:
        return {"groups": (), "between_readings": 0.0, "unexplained": 0.0, "quantities": ()}

    def shares(table: str, column: str) -> tuple[tuple[str, float], ...]:
        names, rows = found["tables"][table]["columns"], found["tables"][table]["rows"]
        told = [
            (str(row[names.index(column)]), float(row[names.index("share")] or 0.0)) for row in rows
        ]
        return tuple(sorted(told, key=lambda one: -one[1]))

    groups = shares("groups", "title")
    between = float(found["between_readings"] or 0.0)
    return {
        "groups": groups,
        "between_readings": between,
        "unexplained": 1.0 - between - sum(share for _, share in groups),
        "quantities": shares("quantities", "quantity"),
    }


def _pulls(folder: Path, definition: str, year: int, summary: Json) -> tuple[Pull, ...] | None:
    """What leaving sources out does, which is known of the headline in its year only."""
    content = store.read_added(folder, store.CHECKS) or {"checks": {}}
    found = content["checks"].get(CHECK)
    if found is None or (definition, year) != (HEADLINE, summary["accounts"]["year"]):
        return None
    take = summary["scenarios"][BASELINE]["annual"][str(year)][HEADLINE]["usd"]
    pulls: dict[tuple[str, ...], Pull] = {}
    for cells in found["rows"]:
        row = dict(zip(found["columns"], cells, strict=True))
        if row["q50"] is None:
            continue
        rows = tuple(str(row["rows"]).split(", "))
        pull = Pull(
            kind=row["kind"],
            name=row["group"],
            rows=rows,
            without={key: row[key] for key in ("q50", "q05", "q95")},
            moves=take["q50"] - row["q50"],
            deviations=-row["shift"],
            reliable=bool(row["reliable"]),
        )
        # a source and its origin with the same rows are one
        pulls.setdefault(rows, pull)
    return tuple(sorted(pulls.values(), key=lambda pull: -abs(pull.moves)))


def _readings(summary: Json, definition: str, year: int) -> dict[str, float]:
    return {
        name: one["scenarios"][BASELINE]["annual"][str(year)][definition]["usd"]["q50"]
        for name, one in summary.get("readings", {}).items()
        if str(year) in one["scenarios"][BASELINE]["annual"]
    }
