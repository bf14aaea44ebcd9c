"""Read scenario files: changes to the baseline by quantity and month, fully checked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from model.case.contents import Change, Host, How, Scenario
from model.case.faults import CaseError, Listed, Report, choose, closest, quote
from model.case.folders import (
    BASELINE,
    SCENARIOS,
    fault_in_name,
    scenario_names,
    scenario_paths,
)
from model.case.reader.dates import month
from model.case.reader.files import Folder
from model.case.reader.impossible import EXCHANGE_RATE, impossible
from model.case.reader.scenario_tables import ChangeTable, ScenarioFile
from model.case.reader.toml_files import period, read_toml, validate
from model.case.reader.toml_places import Place, dotted, line_of
from model.case.units import UnitError, conversion, is_pure, pure_factor
from model.equations.quantities import BASIC_BY_NAME

if TYPE_CHECKING:
    from model.case.case import Case

#: Quantities that may differ by segment.
BY_SEGMENT = ("payment", "declared_salary", "plan")
#: Quantities that a scenario can change from month to month.
BY_MONTH = (
    "permit_inflow", "permit_exit", "irregular_inflow", "irregular_exit", "irregular_working",
    "payment", "utilisation", "declared_salary", "vat_rate", "vat_share", "simplified_rate",
    "income_tax_rate", "contribution_rate", "permit_cost", "broker_margin", "managers_share",
    "upkeep", "keep_share", "plan", "levies", "own_firms", EXCHANGE_RATE,
)  # fmt: skip
#: Quantities of the projection without a value by month, and what to change instead.
INSTEAD = {
    "permitted_at_start": "it precedes the first month; use --set, or change permit_inflow",
    "irregular_at_start": "it precedes the first month; use --set, or change irregular_inflow",
    "segment_share": "it does not vary by month; use --set",
    "arrivals_ratio": "change permit_inflow, which it multiplies",
    "days_worked": "rows are read by it, and the accounts are by the month; change payment",
    "hours_worked": "rows are read by it, and the accounts are by the month; change payment",
    "crossings_per_year": "rows are read by it, and it changes no worker; change permit_inflow",
    **{
        f"{stem}_{ending}": f"it does not vary by month; change {whole} with a path or a segment"
        for stem, whole in (
            ("payment", "payment"), ("declared", "declared_salary"), ("plan", "plan"),
            ("upkeep", "upkeep"),
        )
        for ending in ("growth", "ratio")
    },
}  # fmt: skip

#: Longest projection past the data: beyond it, the last phase's rates are no longer informative.
MOST_MONTHS = 60

WAYS: tuple[How, ...] = ("set", "scale", "path", "as_in")


class ScenarioReader:
    """Reader of scenarios of one case that collects the errors of all of them."""

    def __init__(self, case: Case, horizon: str = "") -> None:
        self.timeline, self.hosts = case.timeline, case.hosts
        self.segments, self.sources = case.segments, case.sources
        self.report = Report("the scenarios")
        self.asked = period(horizon) if self._horizon_fits("--horizon", None, horizon) else None

    def read(self, paths: Sequence[Path]) -> tuple[Scenario, ...]:
        """Read scenarios.

        Raises
        ------
        CaseError
            With every error in every file.
        """
        found = [self._read(path) for path in paths]
        names = [path.stem for path in paths]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.report.add(f"{name}.toml", None, None, "two scenarios have this name; rename one")
        if self.report.faults:
            asked = [str(path) for path in paths if path.stem != BASELINE]
            where = ", ".join(asked) if len(asked) <= 3 else f"{len(asked)} scenarios"
            raise CaseError(where or "the arguments", self.report.faults)
        return tuple(one for one in found if one is not None)

    def _read(self, path: Path) -> Scenario | None:
        if not os.path.exists(path) and path.parent.is_dir():
            message = f"there is no file {path}; name an existing one"
            if path.parent.name == SCENARIOS:
                known = scenario_names(path.parents[1])
                message = f"there is no scenario {quote(path.stem)} in {path.parent}"
                message += f"; {choose(path.stem, known)}"
            self.report.add(path.name, None, None, message)
            return None
        wrong = fault_in_name(path)
        if wrong is not None:
            self.report.add(path.name, None, None, wrong)
            return None
        folder = Folder(path.parent, self.report)
        read = read_toml(folder, path.name)
        if read is None:
            return None
        content, text = read
        file = validate(ScenarioFile, content, path.name, text, self.report)
        if file is None:
            return None
        one = _OneFile(self, path.name, text)
        self._horizon_fits(path.name, line_of(text, ("horizon",)), file.horizon or "")
        listed = Listed(self.sources["id"], "sources.csv")
        for place, source in enumerate(file.sources):
            wrong = listed.unlisted(source)
            if wrong:
                one.fault(("sources", place), wrong)
        if path.stem == BASELINE and file.changes:
            one.fault(("changes",), "the baseline is what happened; put changes in another file")
        if path.stem != BASELINE and not file.changes:
            one.fault((), "this scenario changes nothing; add [[changes]]")
        changes = [one.change(place, table) for place, table in enumerate(file.changes)]
        one.overlaps([change for change in changes if change is not None])
        return Scenario(
            name=path.stem,
            title=file.title,
            description=file.description,
            basis=file.basis,
            sources=tuple(file.sources),
            horizon=period(file.horizon) if file.horizon else None,
            changes=tuple(change for change in changes if change is not None),
            content=folder.files[path.name],
        )

    def _horizon_fits(self, file: str, row: int | None, text: str) -> bool:
        """Whether a horizon is a month that can be projected to; an invalid one is reported."""
        if not text:
            return False
        column = "horizon" if file != "--horizon" else None
        last, end = month(text), self.timeline.months[-1]
        if last is None or len(text) != len("2018-01"):
            message = f"{quote(text)} is not a month; write YYYY-MM"
        elif last < end:
            message = f"{text} is before the end of the data, {end}; write that or a later month"
        elif last > end + MOST_MONTHS:
            message = (
                f"{text} is more than {MOST_MONTHS} months past the data, which end in {end}; "
                f"write {end + MOST_MONTHS} or an earlier month"
            )
        else:
            return True
        self.report.add(file, row, column, message)
        return False


class _OneFile:
    """Checker of the changes in one file."""

    def __init__(self, reader: ScenarioReader, file: str, text: str) -> None:
        self.reader, self.file, self.text = reader, file, text

    def fault(self, path: Place, message: str) -> None:
        place = tuple("from" if p == "since" else "to" if p == "until" else p for p in path)
        column = dotted(place) or None
        self.reader.report.add(self.file, line_of(self.text, place), column, message)

    def change(self, place: int, table: ChangeTable) -> Change | None:
        """Return one change, or None with its errors reported."""
        before = len(self.reader.report.faults)
        at: Place = ("changes", place)
        if table.quantity not in BY_MONTH:
            self.fault((*at, "quantity"), _not_by_month(table.quantity))
            return None
        host = self._host(at, table)
        if table.segment is not None and host is not None:
            self._segment(at, table, host)
        ways = [way for way in WAYS if getattr(table, way) is not None]
        if len(ways) != 1:
            got = " and ".join(ways) or "none of them"
            self.fault(at, f"write one of {', '.join(WAYS)}; got {got}")
            return None
        (how,) = ways
        self._months(at, table)
        converted = self._figures(at, table, how, host) if host is not None else None
        if converted is None or host is None or len(self.reader.report.faults) > before:
            return None
        figures, currency = converted
        return Change(
            quantity=table.quantity,
            host=host.name,
            segment=table.segment or "",
            first=period(table.since),
            last=period(table.until) if table.until else None,
            how=how,
            figures=figures,
            currency=currency,
        )

    def _host(self, at: Place, table: ChangeTable) -> Host | None:
        hosts = self.reader.hosts
        if table.host is None and len(hosts) == 1:
            return hosts[0]
        names = [host.name for host in hosts]
        if table.host in names:
            return hosts[names.index(table.host)]
        got = (
            "the host is missing" if table.host is None else f"there is no host {quote(table.host)}"
        )
        self.fault((*at, "host"), f"{got}; {choose(table.host or '', names)}")
        return None

    def _segment(self, at: Place, table: ChangeTable, host: Host) -> None:
        own = [segment.id for segment in self.reader.segments if segment.host == host.name]
        if table.quantity not in BY_SEGMENT:
            message = f"{table.quantity} is the same for all segments; remove the segment"
            self.fault((*at, "segment"), message)
        elif table.segment not in own:
            message = f"{quote(table.segment)} is not a segment of {host.name}"
            self.fault((*at, "segment"), f"{message}; {choose(str(table.segment), own)}")

    def _months(self, at: Place, table: ChangeTable) -> None:
        """Check that months are in order and inside the timeline or the longest projection."""
        start = self.reader.timeline.months[0]
        latest = self.reader.timeline.months[-1] + MOST_MONTHS
        named: dict[str, str | None]
        named = {"since": table.since, "until": table.until, "as_in": table.as_in}
        for key, text in named.items():
            if text and not start <= period(text) <= latest:
                message = f"{text} lies outside {start} to {latest}; write a month inside"
                self.fault((*at, key), message)
        if table.until and period(table.until) < period(table.since):
            message = f"{table.until} is before the start, {table.since}; put them in order"
            self.fault((*at, "until"), message)
        for when in table.path or {}:
            if period(when) < period(table.since) or (
                table.until and period(when) > period(table.until)
            ):
                message = f"{when} lies outside the months changed, from {table.since}"
                self.fault((*at, "path"), f"{message} to {table.until or 'the horizon'}; move it")
        if table.as_in is not None and period(table.as_in) > self.reader.timeline.months[-1]:
            self.fault((*at, "as_in"), f"{table.as_in} is past the data; name a month they cover")

    def _figures(
        self, at: Place, table: ChangeTable, how: How, host: Host
    ) -> tuple[tuple[tuple[pd.Period, float], ...], str] | None:
        """Return figures in the catalogue's unit, and their currency if not the quantity's own."""
        if how in ("scale", "as_in"):
            if table.unit is not None and not (how == "scale" and is_pure(table.unit)):
                advice = "remove the unit" if how == "as_in" else "a factor has none; remove it"
                self.fault((*at, "unit"), f"{quote(table.unit)} does not belong here: {advice}")
                return None
            if table.as_in is not None:
                return ((period(table.as_in), 1.0),), ""
            assert table.scale is not None
            factor = pure_factor(table.unit or "1")
            assert factor is not None
            if table.scale * factor == 1.0:
                self.fault((*at, "scale"), "a factor of one changes nothing; write another")
            if isinf(table.scale * factor):
                self.fault((*at, "scale"), impossible(table.quantity, table.scale * factor))
            return ((period(table.since), table.scale * factor),), ""
        found = self._conversion(at, table, host)
        if found is None:
            return None
        factor, currency = found
        stated = table.path if table.path is not None else {table.since: table.set}
        figures = tuple(
            sorted((period(when), float(figure or 0.0) * factor) for when, figure in stated.items())
        )
        for _, figure in figures:
            message = impossible(table.quantity, figure)
            if message:
                self.fault((*at, how), message)
        return figures, currency

    def _conversion(self, at: Place, table: ChangeTable, host: Host) -> tuple[float, str] | None:
        if table.quantity == EXCHANGE_RATE:
            wanted = f"{host.currency}/USD"
            if table.unit == wanted and host.currency != "USD":
                return 1.0, ""
            got = (
                "the unit is missing"
                if table.unit is None
                else f"{quote(table.unit)} is not a unit of it"
            )
            self.fault((*at, "unit"), f"{got}; write {wanted!r}, units per dollar")
            return None
        basic = BASIC_BY_NAME[table.quantity]
        own = "USD" if "USD" in basic.unit else host.currency
        try:
            factor, currency = conversion(
                table.unit or "", basic.unit, list(dict.fromkeys([own, host.currency, "USD"])),
                table.quantity,
            )  # fmt: skip
        except UnitError as error:
            self.fault((*at, "unit"), str(error))
            return None
        return factor, "" if currency in ("", own) else currency

    def overlaps(self, changes: Sequence[Change]) -> None:
        """Report the first pair of changes that both set a quantity in the same month."""
        told: dict[tuple[str, str, str], list[Change]] = {}
        for change in changes:
            if change.how == "scale":
                continue
            former = told.setdefault((change.quantity, change.host, change.segment), [])
            for other in former:
                if (other.last is None or change.first <= other.last) and (
                    change.last is None or other.first <= change.last
                ):
                    both = max(change.first, other.first)
                    message = f"{change.quantity} is set twice in {both}; end the first earlier"
                    self.fault(("changes",), message)
                    return
            former.append(change)


def _not_by_month(name: str) -> str:
    """Explain why a scenario cannot change the name given."""
    if name in INSTEAD and name in BASIC_BY_NAME:
        return f"{name} cannot change by month: {INSTEAD[name]}"
    if name in BASIC_BY_NAME:
        return f"{name} is used only to read the evidence, not to project; remove the change"
    near = closest(name, BY_MONTH)
    advice = f"did you mean {near!r}?" if near else f"write one of {', '.join(BY_MONTH)}"
    return f"there is no quantity {quote(name)} to change; {advice}"


def read_scenarios(case: Case, scenarios: Sequence[str], horizon: str = "") -> tuple[Scenario, ...]:
    """Read scenarios of a case, given by name or as a file.

    Parameters
    ----------
    case : Case
    scenarios : sequence of str
    horizon : str
        Last month to project (YYYY-MM), if any.

    Raises
    ------
    CaseError
        With every error in every file.
    """
    return ScenarioReader(case, horizon).read(scenario_paths(case.folder, scenarios))
