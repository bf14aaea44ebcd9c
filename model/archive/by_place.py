"""Revenue of each host and named group of hosts, summed draw by draw, and its part of the whole."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.case.case import Case
from model.equations.quantities import DEFINITIONS
from model.projection.prediction import distribution
from model.projection.projection import Projection

Json = dict[str, Any]


def by_place(case: Case, projection: Projection) -> Json:
    """Revenue by place, whole year and definition in dollars; nothing for a case of one host.

    ``share`` is the place's part of all hosts' revenue, divided draw by draw.
    """
    if len(case.hosts) == 1:
        return {}
    yearly = projection.by_year(projection.revenue_usd)
    whole = yearly.sum("host")
    places = [*(host.name for host in case.hosts), *case.groups]
    found: Json = {}
    for place in places:
        members = list(case.members(place))
        own = yearly.sel(host=members).sum("host")
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = own / whole
        found[place] = {
            "hosts": members,
            **{
                key: {
                    str(year): {
                        definition: put(distribution(_draws(of, year, definition)))
                        for definition in reversed(DEFINITIONS)
                    }
                    for year in yearly["year"].to_numpy()
                }
                for key, of, put in (
                    ("annual", own, lambda numbers: {"usd": numbers}),
                    ("share", parts, lambda numbers: numbers),
                )
            },
        }
    return {"places": found}


def _draws(of: Any, year: int, definition: str) -> Any:
    return of.sel(year=year, definition=definition).to_numpy()
