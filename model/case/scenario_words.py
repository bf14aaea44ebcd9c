"""What a scenario changes, change by change, as values for machines and in words for people."""

from __future__ import annotations

from typing import Any

from model.case.case import Case
from model.case.contents import Change, Scenario
from model.case.reader.impossible import EXCHANGE_RATE
from model.case.reader.priors import label
from model.case.units import canonical_unit
from model.equations.quantities import BASIC_BY_NAME
from model.terminal.wording import ENGLISH

Json = dict[str, Any]

#: How units are said behind a number; the others stand as they are.
SAID = {"1": "", "fraction": "", "1/month": " a month", "1/year": " a year"}


def changes_told(case: Case, scenario: Scenario) -> list[Json]:
    """Each change of a scenario: quantity, months, its value as a file has it, unit and words.

    The value stands under the name of its kind: ``set``, ``scale``, ``path`` (by month) or
    ``as_in`` (a month). Figures are in the catalogue's unit; ``to`` is None up to the horizon.
    """
    return [_told(case, one) for one in scenario.changes]


def _told(case: Case, change: Change) -> Json:
    name = label(change.quantity, change.host, change.segment, case.hosts[0].name)
    figures = {str(when): figure for when, figure in change.figures}
    first = next(iter(figures.values()))
    value: Any = {
        "set": first, "scale": first, "path": figures, "as_in": next(iter(figures)),
    }[change.how]  # fmt: skip
    unit = _unit(case, change)
    return {
        "quantity": name,
        "from": str(change.first),
        "to": None if change.last is None else str(change.last),
        change.how: value,
        "unit": unit,
        "words": f"{name} {_words(change, unit)}, {_months(change)}",
    }


def _unit(case: Case, change: Change) -> str:
    """Unit of a change's figures; factors have none, nor what is as in another month."""
    if change.how in ("scale", "as_in"):
        return "1"
    currency = next(host.currency for host in case.hosts if host.name == change.host)
    if change.quantity == EXCHANGE_RATE:
        return f"{currency}/USD"
    own = BASIC_BY_NAME[change.quantity].unit
    if change.currency:
        own = own.replace("USD", change.currency)
    return canonical_unit(own, change.currency or currency)


def _words(change: Change, unit: str) -> str:
    first, last = (ENGLISH.plain(change.figures[end][1]) for end in (0, -1))
    behind = SAID.get(unit, f" {unit}")
    return {
        "set": f"set to {first}{behind}",
        "scale": f"times {first}",
        "as_in": f"as in {change.figures[0][0]}",
        "path": f"from {first} to {last}{behind} in {len(change.figures)} steps",
    }[change.how]


def _months(change: Change) -> str:
    if change.last is None:
        return f"from {change.first} on"
    if change.last == change.first:
        return f"in {change.first}"
    return f"{change.first} to {change.last}"
