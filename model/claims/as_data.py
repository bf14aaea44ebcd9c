"""A checked text as data: one table with a row for each meaning, and JSON with the same numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from model.claims.paragraph import Figure, Meaning, Paragraph
from model.claims.told import sentence
from model.equations.subjects import MEASURED_BY_NAME

Json = dict[str, Any]
#: Quantiles told of a distribution.
TOLD = ("q05", "q25", "q50", "q75", "q95")
COLUMNS = (
    "figure", "sentence", "text", "qualifier", "low", "high", "unit", "negated", "measures",
    "place", "dates", "quantity", "base", *TOLD, "probability", "reached", "agreement", "verdict",
    "figure_verdict", "unsure", "because",
)  # fmt: skip


def table(found: Paragraph) -> pd.DataFrame:
    """A row for each meaning of each figure; one for a figure that means nothing modelled.

    Returns
    -------
    DataFrame
        ``verdict`` is that of the meaning, ``figure_verdict`` that of the most favourable.
    """
    lines = [
        _line(number, figure, meaning)
        for number, figure in enumerate(found.figures, start=1)
        for meaning in figure.meanings or (None,)
    ]
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    numbers = ["low", "high", *TOLD, "probability", "reached", "agreement"]
    return frame.astype(dict.fromkeys(numbers, float))


def _line(number: int, figure: Figure, meaning: Meaning | None) -> Json:
    known = {name: getattr(figure, name) for name in COLUMNS if hasattr(figure, name)}
    known |= {"figure": number, "figure_verdict": figure.verdict.value}
    known["verdict"] = figure.verdict.value
    if meaning is None:
        return known
    return known | {
        "quantity": meaning.quantity,
        "base": meaning.base,
        **{key: meaning.posterior[key] for key in TOLD},
        "probability": meaning.probability,
        "reached": meaning.reached,
        "agreement": meaning.agreement,
        "verdict": meaning.verdict.value,
    }


def content(found: Paragraph) -> Json:
    """The same as JSON, with the sentence that says what each figure is worth."""
    return {
        "run": found.run,
        "converged": found.converged,
        "cut": found.cut,
        "figures": [_figure(one) for one in found.figures],
    }


def _figure(one: Figure) -> Json:
    told = asdict(one) | {"unsure": one.unsure, "said": sentence(one)}
    told["meanings"] = [
        asdict(meaning) | {"definition": MEASURED_BY_NAME[meaning.quantity].definition}
        for meaning in one.meanings
    ]
    return told
