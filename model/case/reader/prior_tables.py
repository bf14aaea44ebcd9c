"""Schemas of priors, as p05 and p95 or stated in another way, and of readings that hold some."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from model.case.reader.settings import BelowOne, Filled, Line, Table

# priors.toml


class PriorTable(Table):
    """``[QUANTITY]`` of priors.toml, without the tables of its index."""

    p05: float
    p95: float
    unit: str
    basis: Filled
    lasting: BelowOne = 0.0
    alike: BelowOne = 0.0


#: Keys of any other quantiles, from p01 to p99.
QUANTILE = re.compile(r"p(?!00)\d\d", re.ASCII)
_QUANTILES = "[quantiles]"


def _stated_schema(schema: dict[str, Any]) -> None:
    """Publish the quantiles as keys of the table, which they are in the file."""
    del schema["properties"][_QUANTILES]
    schema["not"] = {"required": ["p05", "p95"]}  # which is the other form
    schema["patternProperties"] = {f"^{QUANTILE.pattern}$": {"type": "number"}}


class StatedPrior(Table):
    """``[QUANTITY]`` with two other quantiles, or with a mean and a standard deviation."""

    model_config = ConfigDict(json_schema_extra=_stated_schema)

    quantiles: dict[str, float] = Field(default_factory=dict, alias=_QUANTILES)
    mean: float | None = None
    sd: float | None = None
    unit: str
    basis: Filled
    lasting: BelowOne = 0.0
    alike: BelowOne = 0.0

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, content: dict[str, Any]) -> dict[str, Any]:
        quantiles = {key: value for key, value in content.items() if QUANTILE.fullmatch(key)}
        rest = {key: value for key, value in content.items() if key not in quantiles}
        return rest if _QUANTILES in rest else {**rest, _QUANTILES: quantiles}

    @model_validator(mode="after")
    def _enough(self) -> StatedPrior:
        moments = [key for key in ("mean", "sd") if key in self.stated]
        if (len(self.quantiles), len(moments)) not in ((2, 0), (0, 2)):
            got = ", ".join(self.stated)
            raise ValueError(
                f"write two quantiles, such as p10 and p90 (a median is p50), or mean and sd; "
                f"got {got}"
            )
        return self

    @property
    def stated(self) -> dict[str, float]:
        """The figures in the table, by key."""
        moments = {"mean": self.mean, "sd": self.sd}
        given = {key: figure for key, figure in moments.items() if figure is not None}
        return dict(sorted(self.quantiles.items())) | given


def form_of(content: object) -> str:
    """Return which form the table of a prior has: ``[p05]`` or ``[stated]``."""
    keys = set(content) if isinstance(content, dict) else set()
    others = {key for key in keys if QUANTILE.fullmatch(key)} - {"p05", "p95"}
    return "[stated]" if others or keys & {"mean", "sd"} else "[p05]"


AnyPrior = Annotated[
    Annotated[PriorTable, Tag("[p05]")] | Annotated[StatedPrior, Tag("[stated]")],
    Discriminator(form_of),
]
#: Parts of a place that pydantic adds: they stand in no file.
UNSEEN = ("[key]", "[p05]", "[stated]", _QUANTILES)


# readings.toml


class RivalTable(Table):
    """``[NAME]`` of readings.toml."""

    title: Line
    weight: Annotated[float, Field(gt=0, le=1e9)]  # of which many add up to a number
    follows: Literal["plan", "earnings"]
    basis: Filled
    leave_out: list[Filled] = Field(default_factory=list)
    bases: dict[Filled, Filled] = Field(default_factory=dict)
    priors: dict[Filled, AnyPrior] = Field(default_factory=dict)
