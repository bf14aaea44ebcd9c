"""Revenue by year as one table for machines: scenarios, what they change, and rival readings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

Json = dict[str, Any]

#: Numbers of a difference from the baseline, and their columns.
CHANGE = {
    key: key if key.startswith("probability") else f"change_{key}"
    for key in (
        "mean", "sd", "q05", "q25", "q50", "q75", "q95", "probability_lower", "probability_higher",
    )
}  # fmt: skip


def yearly_table(content: Json) -> pd.DataFrame:
    """Yearly revenue of a summary, a row for each scenario, year, definition and currency.

    Rows of the mixture come first, and then, if it mixes readings, those of each ``reading``,
    which is blank in the mixture's. Columns whose names begin with ``change`` or ``probability``
    tell the difference from the baseline, which itself has none; ``changes`` says in words what
    the scenario changes.
    """
    said = {name: changes_in_words(block) for name, block in content["scenarios"].items()}
    rows = [
        {**row, "converged": content["converged"], "reading": reading, **change,
         "changes": said[row["scenario"]]}
        for reading, scenarios in _answers(content)
        for row, change in _rows(scenarios)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def changes_in_words(block: Json) -> str:
    """What a scenario of a summary changes; blank for the baseline, and in runs made before."""
    return "; ".join(one["words"] for one in block.get("changes") or ())


def _answers(content: Json) -> Iterator[tuple[str, Json]]:
    """The mixture, without a name, and each reading with its scenarios."""
    yield "", content["scenarios"]
    for name, block in content.get("readings", {}).items():
        yield name, block["scenarios"]


def _rows(scenarios: Json) -> Iterator[tuple[Json, Json]]:
    for scenario, block in scenarios.items():
        versus = block.get("versus_baseline") or {}
        for year, definitions in block["annual"].items():
            for definition, currencies in definitions.items():
                for currency, numbers in currencies.items():
                    change = versus.get(year, {}).get(definition, {}).get(currency, {})
                    yield (
                        {
                            "scenario": scenario, "year": year, "definition": definition,
                            "currency": currency.upper(), **numbers,
                        },
                        {column: change.get(key) for key, column in CHANGE.items()},
                    )  # fmt: skip
