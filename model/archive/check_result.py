"""The result of a check of the model: verdict, sentence and table, the same for every reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from model.projection.prediction import number
from model.terminal import html
from model.terminal.tables import cell

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class CheckResult(html.Shown):
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

    def __repr__(self) -> str:
        """Name, verdict and finding."""
        return f"{self.name}: {self.verdict}. {self.sentence}"

    def _repr_html_(self) -> str:
        """The finding, how to read the table, and its first rows."""
        rows = [[cell(one) for one in row] for row in self.table.itertuples(index=False)]
        return (
            html.paragraph(f"{self.name}: {self.verdict}.", strong=True)
            + html.paragraph(self.sentence, self.reading)
            + (html.table(list(self.table.columns), rows) if rows else "")
        )

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
            "rows": [[plain(one) for one in row] for row in self.table.itertuples(index=False)],
        }

    @classmethod
    def of(cls, name: str, content: Json) -> CheckResult:
        """The result from which ``content`` was made."""
        table = pd.DataFrame(content["rows"], columns=content["columns"])
        said = {key: content[key] for key in ("passed", "sentence", "reading", "figure")}
        return cls(name=name, table=table, **said)


class Checks(list[CheckResult]):
    """Several checks, in the order of the report."""

    def __repr__(self) -> str:
        """A line each."""
        return "\n".join(map(repr, self))

    def _repr_html_(self) -> str:
        """Names, verdicts and findings."""
        rows = [(one.name, one.verdict, one.sentence) for one in self]
        return html.table(("check", "verdict", "finding"), rows, most=len(rows))


def plain(value: Any) -> Any:
    """A cell as JSON allows it: numbers that are not finite become null."""
    if isinstance(value, np.generic):
        value = value.item()
    return number(value) if isinstance(value, float) else value


def chance(probability: float, draws: int) -> str:
    """A probability in words for a sentence, no finer than the draws can resolve."""
    least = 2.0 / draws
    return f"below {least:.2g}" if probability < least else f"{probability:.2g}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first few names, for a sentence."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
