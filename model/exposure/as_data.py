"""Exposures as numbers: one table of long form, and JSON with the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from model.exposure.by_firm import QUANTITIES, UNITS, Amounts, Exposed
from model.exposure.networks import Exposures, Network
from model.projection.prediction import number
from model.projection.projection import QUANTILES

Json = dict[str, Any]
#: Quantiles told of a distribution.
TOLD = ("q05", "q50", "q95")
#: Joins the ids of a network's firms.
AND = " + "


def table(found: Exposures) -> pd.DataFrame:
    """Firms, then networks: a row for each basis and quantity; one without numbers if unknown.

    Returns
    -------
    DataFrame
        ``what`` is ``firm`` or ``network``; ``id`` of a network joins its firms'; ``q05``, ``q50``
        and ``q95`` are in ``unit``; ``share_q05`` and so on are shares of the same months of all
        workers of the host; ``not_known`` says what is missing, or of which firms.
    """
    lines = []
    for what, one in _told(found):
        numbers = _numbers(one.draws)
        shares = _numbers(found.shares(one))
        known = {
            "what": what,
            "id": one.firm if isinstance(one, Exposed) else AND.join(one.firms),
            "name": one.name if isinstance(one, Exposed) else "",
            "basis": one.basis,
            "not_known": one.missing if isinstance(one, Exposed) else ", ".join(one.unknown),
        }
        for quantity in QUANTITIES if numbers else ("",):
            lines.append(
                known
                | {"quantity": quantity, "unit": UNITS.get(quantity, "")}
                | {key: numbers.get(quantity, {}).get(key) for key in TOLD}
                | {f"share_{key}": shares.get(quantity, {}).get(key) for key in TOLD}
            )
    amounts = [*TOLD, *(f"share_{key}" for key in TOLD)]
    columns = ["what", "id", "name", "basis", "quantity", "unit", *amounts, "not_known"]
    frame = pd.DataFrame(lines, columns=columns)
    return frame.astype(dict.fromkeys(amounts, float))


def content(found: Exposures) -> Json:
    """The same as JSON, with what each firm and network is known by."""
    return {
        "links_of": list(found.kinds),
        "firms": [_firm(found, one) for one in found.firms],
        "networks": [_network(found, one) for one in found.networks],
    }


def _told(found: Exposures) -> list[tuple[str, Exposed | Network]]:
    firms = [("firm", one) for one in found.firms]
    return [*firms, *(("network", one) for one in found.networks)]


def _numbers(draws: Amounts) -> dict[str, Json]:
    """Three quantiles of each quantity."""
    levels = [QUANTILES[key] for key in TOLD]
    return {
        name: dict(zip(TOLD, (number(float(x)) for x in np.quantile(own, levels)), strict=True))
        for name, own in draws.items()
    }


def _firm(found: Exposures, one: Exposed) -> Json:
    stated = {} if np.isnan(one.stated) else {"stated": number(one.stated), "unit": one.unit}
    return {
        "id": one.firm,
        "name": one.name,
        "host": one.host,
        "segment": one.segment,
        "basis": one.basis,
        **stated,
        "first": one.first,
        "last": one.last,
        "source": one.source,
        "not_known": one.missing,
        "amounts": _numbers(one.draws),
        "shares": _numbers(found.shares(one)),
    }


def _network(found: Exposures, one: Network) -> Json:
    links = one.links[["firm", "other", "kind", "source", "note"]]
    return {
        "firms": list(one.firms),
        "links": links.to_dict("records"),
        "basis": one.basis,
        "counted": list(one.counted),
        "same_workers": list(one.same),
        "not_known": list(one.unknown),
        "amounts": _numbers(one.draws),
        "shares": _numbers(found.shares(one)),
    }
