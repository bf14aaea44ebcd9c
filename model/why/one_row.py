"""What one claim does: how it is read, what the model says of it, the answer without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.archive import store
from model.case.case import Case, read_case
from model.case.faults import choose, quote
from model.case.folders import COPY
from model.case.in_words import in_words
from model.why.chain import Chain, Pull

Json = dict[str, Any]


class NoSuchRowError(ValueError):
    """A row that the run's case does not have; the text says which are near."""


@dataclass(frozen=True, repr=False)
class Claim:
    """One row of evidence and its part in the answer.

    Attributes
    ----------
    run : str
    row : str
    quantity, place, dates : str
        What it speaks of, where and when.
    read : str
        How its figure is read, in words.
    role : {"fit", "holdout", "context", "struck out"}
    source, origin : str
    weight : float
        Of a fitted row, 1 unless the question or the readings change it; else 0.
    predicted : dict or None
        Distribution of what the model says the figure is, in ``unit``.
    observed : float
    unit : str
    surprise : float
        Share of that which lies nearer its middle than the figure; NaN if unknown.
    pulls : tuple of Pull or None
        What leaving out its source and its origin does; None if that is not known.
    """

    run: str
    row: str
    quantity: str
    place: str
    dates: str
    read: str
    role: str
    source: str
    origin: str
    weight: float
    predicted: Json | None
    observed: float
    unit: str
    surprise: float
    pulls: tuple[Pull, ...] | None

    def __repr__(self) -> str:
        """The sentences that the command prints."""
        from model.why.told import claim_lines

        return "\n".join(claim_lines(self))


def claims(folder: Path, rows: Iterable[str], of: Chain) -> list[Claim]:
    """What claims do in the answer of a run.

    Raises
    ------
    NoSuchRowError
    CaseError
        If the run's inputs cannot be read, for example because an older program wrote them.
    DamagedRunError
    """
    asked = list(dict.fromkeys(rows))
    if not asked:
        return []
    case, summary = read_case(folder / COPY), store.read_summary(folder)
    ids = case.evidence["id"].tolist()
    for row in asked:
        if row not in ids:
            near = choose(row, ids)
            raise NoSuchRowError(f"there is no row {quote(row)} in evidence.csv; {near}")
    with store.agreeing(folder):
        return [_claim(case, summary, row, of) for row in asked]


def claim(folder: Path, row: str, of: Chain) -> Claim:
    """What one claim does; see `claims`."""
    return claims(folder, [row], of)[0]


def _claim(case: Case, summary: Json, name: str, of: Chain) -> Claim:
    row: Any = next(one for one in case.evidence.itertuples() if one.id == name)
    role = "struck out" if name in case.struck else row.role
    fitted = summary["evidence"].get(name, {}) if role == "fit" else {}
    held = summary["holdout"].get(name, {}) if role == "holdout" else {}
    found = fitted or held
    pulls = None if of.pulls is None else tuple(one for one in of.pulls if name in one.rows)
    return Claim(
        run=of.run,
        row=name,
        quantity=row.quantity,
        place=", ".join(row.segments) or row.host,
        dates=str(row.start) if row.start == row.end else f"{row.start} to {row.end}",
        read=in_words(case.reading, row),
        role=role,
        source=row.source,
        origin=row.origin,
        weight=float(fitted.get("weight", 0.0)),
        predicted=found.get("predicted"),
        observed=float(found.get("observed") or "nan"),
        unit=str(found.get("unit", row.unit)),
        surprise=float(fitted["surprise"]) if fitted.get("surprise") is not None else float("nan"),
        pulls=pulls if role == "fit" else (),
    )
