"""The result of a check of the model: verdict, sentence and table, the same for every reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from model.projection.prediction import number

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check.

    Attributes
    ----------
    name : str
        Its key in ``summary.json`` and ``checks.json``.
    passed : bool or None
        None if the check only informs and cannot be passed or failed.
    sentence : str
        The finding.
    reading : str
        How to read the table.
    table : DataFrame
    figure : str
        Name of the module of ``reports.figures`` that draws it; blank if none does.
    """

    name: str
    passed: bool | None
    sentence: str
    reading: str
    table: pd.DataFrame
    figure: str = ""

    @property
    def verdict(self) -> str:
        """The verdict in one word."""
        return "reported" if self.passed is None else "passed" if self.passed else "FAILED"

    def block(self) -> Json:
        """The short form, for ``summary.json``."""
        return {"passed": self.passed, "sentence": self.sentence}

    def content(self) -> Json:
        """The whole result as plain JSON."""
        return {
            **self.block(),
            "reading": self.reading,
            "figure": self.figure,
            "columns": list(self.table.columns),
            "rows": [[plain(cell) for cell in row] for row in self.table.itertuples(index=False)],
        }

    @classmethod
    def of(cls, name: str, content: Json) -> CheckResult:
        """The result from which ``content`` was made."""
        table = pd.DataFrame(content["rows"], columns=content["columns"])
        said = {key: content[key] for key in ("passed", "sentence", "reading", "figure")}
        return cls(name=name, table=table, **said)


def plain(cell: Any) -> Any:
    """A cell as JSON allows it: numbers that are not finite become null."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    return number(cell) if isinstance(cell, float) else cell


def chance(probability: float, draws: int) -> str:
    """A probability in words for a sentence, no finer than the draws can resolve."""
    least = 2.0 / draws
    return f"below {least:.2g}" if probability < least else f"{probability:.2g}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first few names, for a sentence."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
