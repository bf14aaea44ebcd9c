"""Schema of scenarios: a title, a description and changes of quantities in time."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.case.reader.settings import Filled, Line, Month, NotNegative, Table


class ChangeTable(Table):
    """One of ``[[changes]]``, with one of ``set``, ``scale``, ``path`` and ``as_in``."""

    quantity: Filled
    host: Filled | None = None
    segment: Filled | None = None
    since: Annotated[Month, Field(alias="from")]
    until: Annotated[Month | None, Field(alias="to")] = None
    set: NotNegative | None = None
    scale: NotNegative | None = None
    path: Annotated[dict[Month, NotNegative], Field(min_length=1)] | None = None
    as_in: Month | None = None
    unit: str | None = None


class ScenarioFile(Table):
    """A scenario."""

    title: Line
    description: Filled
    basis: str = ""
    sources: list[Filled] = Field(default=[])
    horizon: Month | None = None
    changes: list[ChangeTable] = Field(default=[])
