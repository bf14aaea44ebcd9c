"""The result of a check of the model: verdict, sentence and table, the same for every reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from model.archive.finding import Finding, in_english
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
    said : tuple of Finding
        What the sentence is made of; empty in results that were saved without it.
    """

    name: str
    passed: bool | None
    sentence: str
    reading: str
    table: pd.DataFrame
    figure: str = ""
    said: tuple[Finding, ...] = ()

    @classmethod
    def saying(
        cls,
        name: str,
        passed: bool | None,
        said: Sequence[Finding],
        reading: str,
        table: pd.DataFrame,
        figure: str = "",
    ) -> CheckResult:
        """A result whose sentence is what some findings say in English."""
        return cls(name, passed, in_english(said), reading, table, figure, tuple(said))

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
            "said": [one.content() for one in self.said],
            "reading": self.reading,
            "figure": self.figure,
            "columns": list(self.table.columns),
            "rows": [[plain(one) for one in row] for row in self.table.itertuples(index=False)],
        }

    @classmethod
    def of(cls, name: str, content: Json) -> CheckResult:
        """The result from which ``content`` was made."""
        table = pd.DataFrame(content["rows"], columns=content["columns"])
        kept = {key: content[key] for key in ("passed", "sentence", "reading", "figure")}
        said = tuple(map(Finding.of, content.get("said", ())))
        return cls(name=name, table=table, said=said, **kept)


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
