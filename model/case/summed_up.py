"""What was read of a case, as a line and as a page for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from model.terminal import html
from model.terminal.plain_text import one_line

if TYPE_CHECKING:
    from model.case.case import Case


class SummedUp(html.Shown):
    """How a case shows itself."""

    __slots__ = ()

    @property
    def in_short(self) -> str:
        """One-line summary of what was read."""
        return _line(cast("Case", self))

    def __repr__(self) -> str:
        """What was read, in a sentence."""
        return one_line(self.in_short)

    def _repr_html_(self) -> str:
        """What was read, and the claims by quantity and role."""
        evidence = cast("Case", self).evidence
        counts = evidence.groupby(["quantity", "role"]).size().unstack(fill_value=0)
        cells = zip(counts.index, counts.to_numpy(), strict=True)
        rows = [(quantity, *row) for quantity, row in cells]
        return html.paragraph(self.in_short, strong=True) + html.table(
            ("claims about", *counts.columns), rows, most=len(rows)
        )


def _line(case: Case) -> str:
    """Title, months and numbers of claims and sources."""
    roles = case.evidence.loc[~case.evidence["id"].isin(case.struck), "role"].value_counts()
    months = case.timeline.months
    struck = f"{len(case.struck)} struck out, " if case.struck else ""
    return (
        f"{case.title}; {months[0]} to {months[-1]}; "
        f"{roles.get('fit', 0)} claims fitted, {roles.get('holdout', 0)} held out, "
        f"{struck}{roles.get('context', 0)} kept as context; {len(case.sources)} sources"
    )
