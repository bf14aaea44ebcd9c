"""Read readings.toml: rival readings of what no row settles, each checked against the case."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from model.case.changes import is_change
from model.case.contents import Prior, RivalReading
from model.case.faults import choose, quote
from model.case.folders import READINGS
from model.case.reader.characters import WORD
from model.case.reader.elicited import StatedError, quantiles_of, told
from model.case.reader.files import Folder
from model.case.reader.prior_tables import PriorTable, RivalTable, StatedPrior
from model.case.reader.priors import label
from model.case.reader.toml_files import Toml, read_toml, validate
from model.case.reader.toml_places import Place, dotted, line_of
from model.equations.quantities import BASES


def read_readings(
    folder: Folder, evidence: pd.DataFrame, priors: Sequence[Prior]
) -> tuple[RivalReading, ...]:
    """Return the readings in the file's order; none if the case has no file.

    A case without the file has the readings of the case that it takes a host from. Every error is
    in ``folder.report``.

    Parameters
    ----------
    folder : Folder
    evidence : DataFrame
        Checked rows of evidence.
    priors : sequence of Prior
    """
    by_label = {prior.label: prior for prior in priors}
    read = read_toml(folder, READINGS, required=False)
    if read is None:
        taken = _of_included(folder)
        if taken is None:
            return ()
        host, folder, read = taken
        folder.report.note(READINGS, None, None, "is taken, because this case has none")
        # as the case itself, of one host, names its quantities
        by_label = {
            label(one.name, host, one.index, host): one for one in priors if one.host == host
        }
    content, text = read
    report = folder.report
    rows = evidence[evidence["role"] == "fit"].drop_duplicates("id").set_index("id")

    def fault(path: Place, message: str) -> None:
        report.add(READINGS, line_of(text, path), dotted(path), message)

    found = []
    for name, inner in content.items():
        if not WORD.fullmatch(name):
            fault((name,), f"{quote(name)} is not a name; write letters, digits and '_'")
        table = validate(RivalTable, inner, READINGS, text, report, (name,))
        if table is None:
            continue
        for key, named in (("leave_out", table.leave_out), ("bases", table.bases)):
            for row in named:
                if row not in rows.index:
                    advice = choose(row, rows.index)
                    fault((name, key), f"{quote(row)} is not a fitted row; {advice}")
        for row, base in table.bases.items():
            if base not in BASES:
                fault((name, "bases", row), f"{quote(base)} is not a base; {choose(base, BASES)}")
            elif row in rows.index and not rows.loc[row, "base"]:
                fault((name, "bases", row), f"{row} is an amount and has no base; remove it")
            elif row in rows.index and is_change(rows.loc[row, "base"]):
                why = "is compared with another date and has no other base"
                fault((name, "bases", row), f"{row} {why}; remove it")
        for quantity, prior in table.priors.items():
            # without a timeline no quantity has a prior
            message = _prior_fault(quantity, prior, by_label) if by_label else None
            place = (name, "priors", quantity)
            if message is not None:
                fault(place, message)
            elif isinstance(prior, StatedPrior) and quantity in by_label:
                support = by_label[quantity].support
                said = told(prior, 1.0, support, *quantiles_of(prior, 1.0, support))
                report.note(READINGS, line_of(text, place), dotted(place), said)
        if not report.faulty:
            found.append(_reading(name, table, by_label))
    if not content:
        report.add(READINGS, None, None, "there is no reading; add one, or remove the file")
    return tuple(found)


def _of_included(folder: Folder) -> tuple[str, Folder, tuple[Toml, str]] | None:
    """Return host, folder and file of the included case whose readings are taken, if any has."""
    found = [
        (one.host, one.folder, read)
        for one in folder.included.values()
        if (read := read_toml(one.folder, READINGS, required=False)) is not None
    ]
    if len(found) > 1:
        several = " and ".join(host for host, *_ in found)
        message = f"the cases that {several} are taken from both have readings"
        folder.report.add(READINGS, None, None, f"{message}; write those that hold here")
        return None
    return found[0] if found else None


def _prior_fault(
    label: str, table: PriorTable | StatedPrior, priors: Mapping[str, Prior]
) -> str | None:
    """Explain why a reading cannot give a quantity this prior; None if it can."""
    if label not in priors:
        return f"no basic quantity {quote(label)} has a prior; {choose(label, priors)}"
    own = priors[label]
    if table.unit != own.unit:
        return f"{quote(table.unit)} is not the unit of {label}; write {own.unit!r}"
    if isinstance(table, StatedPrior):
        try:
            quantiles_of(table, 1.0, own.support)
        except StatedError as error:
            return str(error)
        return None
    limit = 1.0 if own.support == "fraction" else math.inf
    if not 0.0 < table.p05 < table.p95 < limit:
        where = "between 0 and 1" if limit == 1.0 else "above zero"
        return f"p05 must be below p95 and both {where}; got {table.p05:g} and {table.p95:g}"
    return None


def _reading(name: str, table: RivalTable, priors: Mapping[str, Prior]) -> RivalReading:
    def ends(named: str, one: PriorTable | StatedPrior) -> tuple[float, float]:
        if isinstance(one, StatedPrior):
            return quantiles_of(one, 1.0, priors[named].support)
        return one.p05, one.p95

    return RivalReading(
        name=name,
        title=table.title,
        weight=table.weight,
        follows=table.follows,
        basis=table.basis,
        leave_out=tuple(table.leave_out),
        bases=tuple(table.bases.items()),
        priors=tuple(
            (priors[named].label, *ends(named, one), one.unit)
            for named, one in sorted(table.priors.items())
        ),
    )
