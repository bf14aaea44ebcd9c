"""What-ifs on evidence and priors, applied to the arrays of a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from model.case.case import Case
from model.case.contents import Prior
from model.case.faults import CaseError, Report, choose, closest, quote
from model.case.publication import last_day
from model.case.reader.numbers import option_figures
from model.case.statements import struck_out
from model.case.units import UnitError, canonical_unit, conversion
from model.equations.quantities import BASIC_BY_NAME
from model.equations.subjects import MADE_OF
from model.evidence.economy import Layout
from model.evidence.likelihood import recounted
from model.evidence.synthesis import Synthesis
from model.question import WhatIf
from model.terminal.wording import counted

Floats = NDArray[np.float64]

#: Quantities of the rows that each side of the accounts has: what the state claims and takes, and
#: what contractors pay.
SIDES = {
    "plan": (
        "plan", "plan_growth", "plan_ratio", "levies", "claim", "plan_collected", "state_take",
    ),
    "payments": (
        "payment", "payment_growth", "payment_ratio", "utilisation", "billings", "net_of_tax",
        "wedge", "surplus", "left_with_firms",
    ),
}  # fmt: skip


def what_if_of(
    *,
    fixed: Sequence[str] = (),
    priors: Sequence[str] = (),
    drop_sources: Sequence[str] = (),
    drop_rows: Sequence[str] = (),
    weights: Sequence[str] = (),
    without: Sequence[str] = (),
    as_of: str = "",
    readings: Sequence[str] = (),
    believe: Sequence[str] = (),
) -> WhatIf:
    """Read what-ifs as they are written on the command line.

    Parameters
    ----------
    fixed : sequence of ``QUANTITY=VALUE [UNIT]``
    priors : sequence of ``QUANTITY=P05:P95 [UNIT]``
    drop_sources, drop_rows : sequence of ids
    weights : sequence of ``ROW=W``
    without : sequence of {"plan", "payments"}
    as_of : str
        ``YYYY-MM-DD``, or a month or year, of which the last day counts.
    readings : sequence of ``NAME=WEIGHT``
    believe : sequence of ids

    Raises
    ------
    CaseError
        With every argument that cannot be read.
    """
    report = Report()

    def parts(
        option: str, text: str, form: str, figures: int, *, unit: bool = True
    ) -> tuple[str, list[float], str]:
        name, _, said = (piece.strip() for piece in text.partition("="))
        read = option_figures(said, figures, unit_of(name)) if name else ""
        if not isinstance(read, str):
            numbers, rest = read
            if unit or not rest:
                return name, numbers, rest
            if rest == "percent":
                return name, [number / 100 for number in numbers], ""
        why = f"; {read}" if isinstance(read, str) and read else ""
        report.add(option, None, None, f"{quote(text)} cannot be read; write {form}{why}")
        return "", [0.0] * figures, ""

    set_to = [parts("--set", text, "QUANTITY=VALUE, with an optional unit", 1) for text in fixed]
    between = [parts("--prior", text, "QUANTITY=P05:P95", 2) for text in priors]
    weighed = [
        parts("--weight", text, "ROW=W, a factor of at least 0", 1, unit=False) for text in weights
    ]
    rivals = [
        parts("--reading", text, "NAME=WEIGHT, from 0 to 1", 1, unit=False) for text in readings
    ]
    day = last_day(as_of)
    if as_of and day is None:
        message = f"{quote(as_of)} is not a date; write YYYY-MM-DD, YYYY-MM or YYYY"
        report.add("--as-of", None, None, message)
    if report.faults:
        raise CaseError("the arguments", report.faults)
    return WhatIf(
        fixed=tuple(sorted((name, value, unit) for name, (value,), unit in set_to)),
        priors=tuple(sorted((name, low, high, unit) for name, (low, high), unit in between)),
        drop_sources=tuple(sorted(set(drop_sources))),
        drop_rows=tuple(sorted(set(drop_rows))),
        weights=tuple(sorted((row, weight) for row, (weight,), _ in weighed)),
        without=tuple(sorted(set(without))),
        as_of=day.isoformat() if day else "",
        readings=tuple(sorted((name, weight) for name, (weight,), _ in rivals)),
        believe=tuple(sorted(set(believe))),
    )


def unit_of(label: str) -> str:
    """Return the catalogue's unit of a basic quantity named by its label; blank if it is none."""
    named = [BASIC_BY_NAME[part].unit for part in label.split(".") if part in BASIC_BY_NAME]
    return canonical_unit(named[0], "USD") if named else ""


def changed_parts(parts: Synthesis, case: Case, what_if: WhatIf) -> Synthesis:
    """The arrays of a case under what-ifs.

    Raises
    ------
    CaseError
        With every unknown name and every impossible figure.
    """
    report = Report()
    layout = _changed_priors(parts.layout, case, what_if, report)
    rows = _left_out(case, parts, what_if, report)
    back = [*standing(case, date.fromisoformat(what_if.as_of))] if what_if.as_of else []
    factors = _factors(parts, what_if, report)
    if report.faults:
        raise CaseError("the arguments", report.faults)
    if rows or back:
        parts = left_out(parts, case, rows, back)
    said = replace(parts.evidence, weight=parts.evidence.weight * factors)
    return replace(parts, layout=layout, evidence=said)


def left_out(
    parts: Synthesis, case: Case, rows: Iterable[str], back: Iterable[str] = ()
) -> Synthesis:
    """The arrays of a case without some rows of evidence, which keep their place with zero weight.

    Rows that already had zero weight stay out, and factors on weights are kept.

    Parameters
    ----------
    parts : Synthesis
        Arrays of the case, perhaps under what-ifs.
    case : Case
    rows : iterable of str
        Ids of fitted rows.
    back : iterable of str
        Ids of rows with zero weight that count, unless they are among ``rows``.
    """
    said = parts.evidence
    counting = said.weight > 0.0
    before = recounted(case, said, counting)
    factor = np.ones_like(said.weight)
    np.divide(said.weight, before.weight, out=factor, where=counting)
    counts = (counting | np.isin(said.ids, list(back))) & ~np.isin(said.ids, list(rows))
    after = recounted(case, said, counts)
    changed = replace(after, weight=after.weight * factor)
    return replace(parts, evidence=changed)


def _changed_priors(layout: Layout, case: Case, what_if: WhatIf, report: Report) -> Layout:
    location, scale = layout.location.copy(), layout.scale.copy()
    priors = {prior.label: prior for prior in case.priors}
    told: set[str] = set()
    changes = [
        *(("--set", name, (value,), unit) for name, value, unit in what_if.fixed),
        *(("--prior", name, (low, high), unit) for name, low, high, unit in what_if.priors),
    ]
    for option, name, figures, unit in changes:
        if name not in priors:
            report.add(option, None, None, _unknown(name, list(priors)))
            continue
        if name in told:
            report.add(option, None, None, f"{name} is given twice; give it once")
        told.add(name)
        converted = _converted(option, priors[name], figures, unit, case, report)
        if converted is None:
            continue
        place = layout.index[name]
        if option == "--set":
            location[place], scale[place] = _transformed(priors[name], converted[0]), 0.0
        else:
            prior = replace(priors[name], p05=converted[0], p95=converted[1])
            location[place], scale[place] = prior.location, prior.scale
    return replace(layout, location=location, scale=scale)


def _unknown(name: str, labels: list[str]) -> str:
    family = [label for label in labels if label.rpartition(".")[0] == name]
    if family:
        return f"{name} has several entries; write one of {', '.join(family)}"
    if name == "exchange_rate":
        return "exchange_rate is not an unknown; change it in a scenario"
    parts = MADE_OF.get(name.rpartition(".")[2], ())
    if parts:
        return (
            f"{name} is worked out from basic quantities; set one of them instead: "
            f"{_named(parts, labels)}. A figure known from a source is a row of evidence (python "
            "-m model.case add), and a change in some months is a scenario"
        )
    near = closest(name, labels)
    advice = (
        f"did you mean {near!r}?" if near else "see model/equations/quantities.py for the names"
    )
    return f"no basic quantity {quote(name)}; {advice}"


def _named(families: Iterable[str], labels: list[str]) -> str:
    """Those families of which a case has quantities, with what their entries are."""
    known = {part for label in labels for part in label.split(".")}
    indices = {name: BASIC_BY_NAME[name].index.replace("_", " ") for name in families}
    return ", ".join(
        f"{name} (by {index})" if index else name
        for name, index in indices.items()
        if name in known
    )


def _converted(
    option: str, prior: Prior, figures: tuple[float, ...], unit: str, case: Case, report: Report
) -> list[float] | None:
    """Figures in the catalogue's unit, or None after reporting the error."""
    basic = BASIC_BY_NAME[prior.name]
    currency = next(host.currency for host in case.hosts if host.name == prior.host)
    own = "USD" if "USD" in basic.unit else currency
    factor = 1.0
    if unit:
        try:
            factor, _ = conversion(unit, basic.unit, (own,), prior.name)
        except UnitError as error:
            report.add(option, None, None, str(error))
            return None
    values = [figure * factor for figure in figures]
    limit = 1.0 if prior.support == "fraction" else np.inf
    if not all(0.0 < value < limit for value in values):
        where = "between 0 and 1" if limit == 1.0 else "above zero"
        got = " and ".join(f"{figure:g} {unit or prior.unit}" for figure in figures)
        report.add(option, None, None, f"{prior.label} must lie {where}; got {got}")
        return None
    if len(values) == 2 and values[0] >= values[1]:
        message = f"{prior.label}: {figures[0]:g} is not below {figures[1]:g}; write P05:P95"
        report.add(option, None, None, message)
        return None
    return values


def _transformed(prior: Prior, value: float) -> float:
    return float(np.log(value / (1 - value)) if prior.support == "fraction" else np.log(value))


def _left_out(case: Case, parts: Synthesis, what_if: WhatIf, report: Report) -> list[str]:
    """Ids of the fitted rows that are left out."""
    table = case.evidence
    fitted = table[table["role"] == "fit"]
    known = set(parts.evidence.ids)
    rows = set()
    for source in what_if.drop_sources:
        own = fitted[fitted["source"] == source]
        if source not in set(case.sources["id"]):
            advice = choose(source, case.sources["id"])
            report.add("--drop-source", None, None, f"{quote(source)} is not a source; {advice}")
        elif own.empty:
            message = f"no fitted row is from {source}; leaving it out changes nothing"
            report.add("--drop-source", None, None, message)
        rows |= set(own["id"])
    for row in what_if.drop_rows:
        if row not in known:
            report.add("--drop-row", None, None, _no_row(row, case, known))
        rows.add(row)
    if what_if.as_of:
        later = unpublished(case, date.fromisoformat(what_if.as_of))
        if len(later) == len(fitted):
            dates = [day for day in case.sources["date"].map(last_day) if day is not None]
            first = f"; the first dated source is of {min(dates)}" if dates else ""
            message = f"no fitted row had been published by {what_if.as_of}{first}"
            report.add("--as-of", None, None, message)
        rows |= set(later)
    for side in what_if.without:
        rows |= set(fitted[fitted["quantity"].str.split(".").str[0].isin(SIDES[side])]["id"])
    return sorted(rows)


def unpublished(case: Case, day: date) -> list[str]:
    """Ids of the fitted rows whose source had not been published by a day, or has no date."""
    fitted = case.evidence[case.evidence["role"] == "fit"]
    return list(fitted.loc[~fitted["source"].isin(case.published_by(day)), "id"])


def standing(case: Case, day: date) -> set[str]:
    """Ids of the rows that are struck out, and were not yet by a day."""
    return set(case.struck) - set(struck_out(case.evidence, case.sources, day))


def published_line(case: Case, day: str) -> str:
    """How many of the fitted rows had been published by a day, in a sentence."""
    then = struck_out(case.evidence, case.sources, date.fromisoformat(day))
    rows = case.evidence[~case.evidence["id"].isin(then)]
    fitted = rows[rows["role"] == "fit"]
    later = len(set(unpublished(case, date.fromisoformat(day))) & set(fitted["id"]))
    dates = case.sources.set_index("id")["date"]
    undated = counted(int((fitted["source"].map(dates) == "").sum()), "row has", "rows have")
    return (
        f"Published by {day}: {len(fitted) - later} of {counted(len(fitted), 'row', 'rows')}; "
        f"{undated} no date and {'is' if undated.startswith('1 ') else 'are'} left out."
    )


def _no_row(row: str, case: Case, known: set[str]) -> str:
    if row in set(case.evidence["id"]):
        return f"{row} is not fitted; leaving it out changes nothing"
    return f"{quote(row)} is not a fitted row of evidence.csv; {choose(row, sorted(known))}"


def _factors(parts: Synthesis, what_if: WhatIf, report: Report) -> Floats:
    factors = np.ones(len(parts.evidence.ids))
    known = list(parts.evidence.ids)
    for row, weight in what_if.weights:
        if row not in known:
            advice = choose(row, sorted(known))
            message = f"{quote(row)} is not a fitted row of evidence.csv; {advice}"
            report.add("--weight", None, None, message)
        elif not 0.0 <= weight < np.inf:
            report.add("--weight", None, None, f"{row}={weight:g}: write a factor of at least 0")
        else:
            factors[known.index(row)] = weight
    return factors
