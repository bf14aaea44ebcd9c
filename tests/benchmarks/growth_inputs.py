"""Writes valid cases of any size: rows of evidence, hosts and months, to see how costs grow.

The small case of the tests gives sources, reading and priors, but for a stock of workers that
stays where it starts. Figures lie near the priors' centre, so the density is finite at any size.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from math import exp
from pathlib import Path
from typing import Any

import pandas as pd

from tests.cases import PRIORS, Cells, Rows, evidence_rows, row, source_rows, write_case

Quantiles = tuple[float, float, str]

FIRST = pd.Period("2015-01", freq="M")
#: Rubles per dollar of every month, in fx.csv: the ECB has no rates of months to come.
RUBLES = 65.0
#: Longest window of a figure, in months.
LONGEST = 24
#: How far the log of a figure may lie from the priors' centre.
SCATTER = 0.1

#: Segments of each host by name, with the 5% and the 95% point of their share.
SHARES = {"building": (0.3, 0.6), "forestry": (0.2, 0.4), "textiles": (0.1, 0.3)}
SHARE = {"building": 0.48, "forestry": 0.31, "textiles": 0.21}

#: Priors in place of the small case's: arrivals that make up for those who leave, in both phases,
#: and growth that stays plausible over decades.
STEADY: dict[str, Quantiles] = {
    "permit_inflow": (600, 1600, "persons/month"),
    "permit_inflow.banned": (600, 1600, "persons/month"),
    "irregular_inflow": (20, 80, "persons/month"),
    "payment_growth": (0.99, 1.01, "1"),
    "declared_growth": (0.99, 1.01, "1"),
    "upkeep_growth": (0.99, 1.01, "1"),
    "plan_growth": (0.99, 1.01, "1"),
}
#: What every host after the first has priors of its own for; the rest it inherits.
OWN = ("permitted_at_start", "permit_inflow", "payment", "declared_salary", "upkeep", "plan")

#: Stocks: persons.
LEVELS = {"permitted": 31000, "irregular": 500, "working": 31300, "quota": 40000}
#: Flows: how many in a month, and of what.
FLOWS = {
    "authorisations": (3300, "persons"),
    "permits_issued": (2850, "permits"),
    "new_permits": (980, "permits"),
    "visas_issued": (1240, "visas"),
    "work_registrations": (1550, "registrations"),
    "irregular_registrations": (63, "registrations"),
    "entries": (1020, "persons"),
}
#: Items of the accounts: rubles a month.
ITEMS = {
    "payment": 63000, "billings": 48000, "net_of_tax": 43500, "wage_fund": 37000,
    "declared_salary": 17000, "worker_keeps": 7000, "withheld": 30000, "upkeep": 7700,
    "broker_take": 3000, "managers_take": 3000, "plan": 39000, "claim": 44000,
    "plan_collected": 19000, "left_with_firms": 2000, "state_take": 20000,
    "wedge": 31000, "surplus": 25000,
}  # fmt: skip
#: Items of the accounts as a share of another one.
ITEMS_OF_BASE = {
    ("state_take", "billings"): 0.42, ("upkeep", "billings"): 0.16,
    ("worker_keeps", "declared_salary"): 0.42, ("broker_take", "billings"): 0.06,
    ("wage_fund", "billings"): 0.77,
}  # fmt: skip
#: Basic quantities that figures speak of, at their priors' centre.
BASIC: dict[str, tuple[float, str]] = {
    "permit_exit.open": (0.0316, "1/month"),
    "permit_inflow.banned": (11800, "persons/year"),
    "irregular_working": (0.7, "fraction"),
    "quota_use": (80, "percent"),
    "permits_per_year": (1.1, "permits/person/year"),
    "visas_per_entry": (1.26, "visas/person"),
    "utilisation": (0.755, "1"),
    "payment_growth": (1.0, "1"),
    "vat_rate.before_2019": (18, "percent"),
    "simplified_rate": (0.057, "fraction"),
    "income_tax_rate": (19, "percent"),
    "permit_cost": (283, "USD/year"),
    "share_present": (85, "percent"),
    "levies": (1.14, "1"),
    "own_firms": (50, "percent"),
}
#: Hedges, and how many of a hundred figures are read with each: about as in the shipped case.
HEDGES = {
    "about": 40, "range": 18, "exact": 18, "at_least": 8, "up_to": 7, "more_than": 4,
    "as_much_as": 2, "nearly": 1, "almost": 1, "spread": 1,
}  # fmt: skip
#: Of a hundred rows, how many repeat the origin of an earlier one.
ECHOES = 15


def write_grown_case(
    folder: Path, *, rows: int | None = None, hosts: int = 1, months: int = 63, seed: int = 1
) -> Path:
    """Write a valid case of a given size and return its folder.

    Parameters
    ----------
    rows : int or None
        Rows of evidence at each host, all to be fitted; as many as the small case has, if None.
    hosts : int
        The first is ``russia``. Each has figures, segments and some priors of its own.
    months : int
        From 2015-01 on: a year at least, and to 2100 at most.
    seed : int
        Of figures, windows and hedges.
    """
    names = ["russia", *(f"host_{number}" for number in range(2, hosts + 1))]
    count = len(evidence_rows()) if rows is None else rows
    evidence: Rows = {}
    for host in names:
        chance = random.Random(f"{seed} {host}")
        for number, cells in zip(range(count), _statements(host, months, chance), strict=False):
            evidence[f"{host}-{number:06}"] = cells
            if chance.uniform(0, 100) < ECHOES:
                cells["origin"] = f"{host}-{chance.randint(0, number):06}"
    every_month = pd.period_range(FIRST, periods=months, freq="M")
    return write_case(
        folder,
        evidence=dict.fromkeys(evidence_rows()) | evidence,
        segments={"spb_construction": None, "forestry": None} | _segments(names),
        firms={"firm_1": None},
        priors=_priors(names),
        timeline=_timeline(names, every_month),
        fx={
            str(month): {"month": month, "currency": "RUB", "per_usd": RUBLES, "source": "a bank"}
            for month in every_month
        },
    )


# What the case is indexed by, and its priors


def _timeline(hosts: list[str], months: pd.PeriodIndex) -> dict[str, Any]:
    """Changes to timeline.toml: two phases, the second of the last third, and one tax period."""
    middle, banned = months[len(months) // 2], months[len(months) * 2 // 3]
    keys = {
        "start": months[0], "end": months[-1], "reference": middle,
        "phases.0.start": months[0], "phases.1.start": banned, "tax_periods.0.start": months[0],
    }  # fmt: skip
    titles = {f"hosts.{host}": {"title": host.title(), "currency": "RUB"} for host in hosts}
    headline = FIRST.year + (len(months) // 12 - 1) // 2
    changed = {key: str(month) for key, month in keys.items()} | titles
    return changed | {"headline": headline, "press_arithmetic": None}


def _segments(hosts: list[str]) -> Rows:
    return {
        f"{host}_{name}": {
            "host": host, "region": f"{name}_region", "sector": name,
            "share_p05": low, "share_p95": high, "note": "guess",
        }
        for host in hosts
        for name, (low, high) in SHARES.items()
    }  # fmt: skip


def _priors(hosts: list[str]) -> Rows:
    """Tables by path: the steady ones, and those of each host's own."""
    quantiles = STEADY | {
        f"{host}.{name}": (PRIORS | STEADY)[name] for host in hosts[1:] for name in OWN
    }
    return {
        path: {"p05": p05, "p95": p95, "unit": unit, "basis": "a guess for the tests"}
        for path, (p05, p95, unit) in quantiles.items()
    }


# Rows of evidence


def _statements(host: str, months: int, chance: random.Random) -> Iterator[Cells]:
    """Yield rows without end: each kind in turn, a quantity, a hedge and a window by chance."""
    kinds: tuple[Callable[[int, random.Random], tuple[float, Cells]], ...] = (
        _level, _flow, _share, _item, _item, _item_of_base, _basic,
    )  # fmt: skip
    while True:
        for kind in kinds:
            length = chance.randint(1, min(LONGEST, months))
            start = FIRST + chance.randint(0, months - length)
            centre, cells = kind(length, chance)
            if "segment" in cells:
                cells["segment"] = f"{host}_{cells['segment']}"
            (hedge,) = chance.choices(list(HEDGES), list(HEDGES.values()))
            yield row(
                cells.pop("quantity"), str(start), str(start + length - 1), hedge,
                cells.pop("unit"), host=host, source=chance.choice(list(source_rows())),
                reliability=chance.choice("ABCD"), credibility=chance.choice("12345"),
                **cells, **_figures(hedge, centre, chance),
            )  # fmt: skip


def _figures(hedge: str, centre: float, chance: random.Random) -> Cells:
    """One figure near the centre, or two around it."""
    figure = centre * exp(chance.uniform(-SCATTER, SCATTER))
    if hedge in ("range", "spread"):
        return {"low": _printed(figure / 1.1), "high": _printed(figure * 1.1)}
    return {"value": _printed(figure)}


def _printed(figure: float) -> str:
    """Four digits, in plain notation."""
    return f"{float(f'{figure:.4g}'):.7g}"


def _level(_: int, chance: random.Random) -> tuple[float, Cells]:
    name = chance.choice(list(LEVELS))
    if chance.random() < 0.5:
        return LEVELS[name], {"quantity": name, "unit": "persons"}
    segment = chance.choice(list(SHARE))
    cells = {"quantity": name, "unit": "thousand persons", "segment": segment}
    return LEVELS[name] * SHARE[segment] / 1000, cells


def _flow(length: int, chance: random.Random) -> tuple[float, Cells]:
    name = chance.choice(list(FLOWS))
    each, unit = FLOWS[name]
    return each * length, {"quantity": name, "unit": unit}


def _share(_: int, chance: random.Random) -> tuple[float, Cells]:
    segment = chance.choice(list(SHARE))
    cells = {"quantity": "segment_workers", "unit": "percent", "segment": segment}
    return 100 * SHARE[segment], cells


def _item(_: int, chance: random.Random) -> tuple[float, Cells]:
    name = chance.choice(list(ITEMS))
    by_segment = {"segment": chance.choice(list(SHARE))} if chance.random() < 0.3 else {}
    unit, size = chance.choice((("RUB/month", 1), ("RUB/year", 12), ("USD/month", 1 / RUBLES)))
    return ITEMS[name] * size, {"quantity": name, "unit": unit, **by_segment}


def _item_of_base(_: int, chance: random.Random) -> tuple[float, Cells]:
    (name, base), share = chance.choice(list(ITEMS_OF_BASE.items()))
    if chance.random() < 0.5:
        return share, {"quantity": name, "unit": "fraction", "base": base}
    return 100 * share, {"quantity": name, "unit": "percent", "base": base}


def _basic(_: int, chance: random.Random) -> tuple[float, Cells]:
    name = chance.choice(list(BASIC))
    centre, unit = BASIC[name]
    return centre, {"quantity": name, "unit": unit}
