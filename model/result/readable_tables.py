"""Tables of a summary for people: columns that read as words, amounts in the unit asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.case.case import Case

if TYPE_CHECKING:
    pass

Json = dict[str, Any]

#: Columns of tables, by their keys in ``summary.json``.
READABLE = {"q05": "5%", "q25": "25%", "q50": "median", "q75": "75%", "q95": "95%"}
#: Units in which amounts can be asked for.
UNITS = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
#: Columns of the inputs repeated in a table of evidence, and quantiles shown of a distribution.
STATED = ("quantity", "qualifier", "source", "origin")
THREE = ("q50", "q05", "q95")


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """A table with the names of columns that people read."""
    return table.rename(columns=READABLE)


def known[T](name: T, names: Sequence[T] | Mapping[Any, Any]) -> T:
    """Return a name that is one of several.

    Raises
    ------
    KeyError
        If it is not; the text lists those available.
    """
    if name not in names:
        raise KeyError(f"{name!r}; write one of: {', '.join(map(str, names)) or 'none'}")
    return name


def _three(numbers: Json | None, before: str = "") -> Json:
    return {before + READABLE[key]: (numbers or {}).get(key, np.nan) for key in THREE}


def quantities(summary: Json, case: Case) -> pd.DataFrame:
    """Unit, prior, posterior and basis of each basic quantity."""
    bases = {prior.label: prior.basis for prior in case.priors}
    lines = {
        label: {
            "unit": block["unit"],
            **_three(block["prior"], "prior "),
            **_three(block["posterior"], "posterior "),
            "basis": bases.get(label, ""),
        }
        for label, block in summary["quantities"].items()
    }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("quantity")


def evidence(summary: Json, case: Case) -> pd.DataFrame:
    """Statement, prediction and surprise of each fitted row."""
    rows = case.evidence.set_index("id")
    lines = {
        row: {
            **{key: rows.loc[row, key] for key in STATED},
            "grade": f"{rows.loc[row, 'reliability']}{rows.loc[row, 'credibility']}",
            "unit": said["unit"], "observed": said["observed"],
            **_three(said["predicted"]),
            **{key: said[key] for key in ("surprise", "error", "tail", "weight")},
        }
        for row, said in summary["evidence"].items()
    }  # fmt: skip
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("id")


def held_out(summary: Json) -> pd.DataFrame:
    """Figure, estimate and probability above it of each held-out row."""
    lines = {
        row: {
            "observed": said["observed"], "unit": said["unit"],
            **_three(said["predicted"]),
            "probability_above": said["probability_above"],
        }
        for row, said in summary["holdout"].items()
    }  # fmt: skip
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("id")
