"""Departures and border crossings against a loop over months, person-months added one by one."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.evidence.economy import Calendar, Layout, workers
from model.evidence.row_equations import log_quantities
from model.evidence.synthesis import program, synthesis
from tests.cases import row, write_case
from tests.kinds import CROSSINGS, alike_hosts

HOSTS = ("russia", "china", "kuwait")
POINTS = 4
Values = Callable[[str, str], float]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Three hosts whose arrivals vary by quarter, with rows about those who leave and cross."""
    rows = {}
    for quantity, unit in (("departures", "persons"), ("crossings", "crossings")):
        for name, host, start, end, more in (
            ("first", "russia", "2017-01", "2017-01", {}),
            ("year", "kuwait", "2017-07", "2018-06", {}),
            ("days", "china", "2017-11-16", "2018-02-14", {}),
            ("some", "russia", "2018-01", "2018-03", {"segment": "forestry"}),
            ("world", "world", "2017-04", "2018-12", {}),
            ("asia", "asia", "2018-10", "2018-12", {}),
        ):
            rows[f"{quantity}_{name}"] = row(
                quantity, start, end, "about", unit, value="5000", host=host, **more
            )
        rows[f"{quantity}_change"] = row(
            quantity, "2018-01", "2018-06", "about", "percent", value="80", host="world",
            base=f"{quantity}@2017-01..2017-06",
        )  # fmt: skip
    groups = {"asia": ["china", "kuwait"], "world": list(HOSTS)}
    priors = {"crossings_per_year": CROSSINGS, "china.crossings_per_year": CROSSINGS | {"p05": 2}}
    return alike_hosts(
        tmp_path_factory.mktemp("leaving"), evidence=rows, timeline={"groups": groups},
        priors=priors,
    )  # fmt: skip


def month_by_month(case: Case, host: str, value: Values) -> list[tuple[float, float]]:
    """Who leaves in each month, and the worker-years of the month, from the equations in words."""
    timeline = case.timeline
    phases, irregular_phases, quarters = (
        [
            timeline.stretches(kind, host)[place].name
            for place in timeline.stretch_of_month(kind, host)
        ]
        for kind in ("phase", "irregular_phase", "quarter")
    )
    permitted, irregular = value("permitted_at_start", ""), value("irregular_at_start", "")
    present, works = value("share_present", ""), value("irregular_working", "")
    found = []
    for phase, irregular_phase, quarter in zip(phases, irregular_phases, quarters, strict=True):
        arriving = value("permit_inflow", phase) * value("arrivals_ratio", quarter)
        visiting = value("irregular_inflow", irregular_phase)
        permitted_then = permitted * math.exp(-value("permit_exit", phase)) + arriving
        irregular_then = irregular * math.exp(-value("irregular_exit", "")) + visiting
        leaving = present * (permitted + arriving - permitted_then)
        leaving += works * (irregular + visiting - irregular_then)
        permitted, irregular = permitted_then, irregular_then
        found.append((leaving, (present * permitted + works * irregular) / 12))
    return found


def expected(case: Case, told: Any, values: dict[str, Values]) -> float:
    """A row's quantity, added up month by month and host by host."""
    crossing = told["quantity"] == "crossings"

    def total(start: str, end: str, first_part: float, last_part: float) -> float:
        months = [str(month) for month in case.timeline.months]
        first, last = months.index(start), months.index(end)
        of_all = 0.0
        for host in case.members(told["host"]):
            paths = month_by_month(case, host, values[host])
            for month in range(first, last + 1):
                part = first_part if month == first else last_part if month == last else 1.0
                leaving, years = paths[month]
                often = values[host]("crossings_per_year", "") if crossing else 0.0
                of_all += part * (years * often if crossing else leaving)
        return of_all

    own = total(str(told["start"]), str(told["end"]), told["first_part"], told["last_part"])
    if told["base"]:
        own /= total(*told["base"].partition("@")[2].split(".."), 1.0, 1.0)
    if told["segments"]:
        weights = {
            one.id: values["russia"]("segment_share", one.id)
            for one in case.segments
            if one.host == "russia"
        }
        own *= sum(weights[one] for one in told["segments"]) / sum(weights.values())
    return own


def values_of(host: str, layout: Layout, point: np.ndarray) -> Values:
    """A host's basic quantities at a point, by name and index."""

    def value(name: str, index: str) -> float:
        label = ".".join(part for part in (host, name, index) if part)
        place = layout.index.get(label, layout.index.get(label.removeprefix("russia.")))
        assert place is not None, label
        return float(point[place])

    return value


def test_rows_are_what_a_loop_over_months_adds_up(case: Case) -> None:
    parts, layout = synthesis(case), Layout.of(case)
    points = layout.natural(np.random.default_rng(8).normal(size=(POINTS, layout.size)))
    found = np.exp(log_quantities(layout, parts.measured, points))
    rows = case.evidence.set_index("id")
    own = [name for name in parts.measured.ids if name.split("_")[0] in ("departures", "crossings")]
    assert len(own) == 14
    for point, drawn in zip(points, found, strict=True):
        values = {host: values_of(host, layout, point) for host in HOSTS}
        for name in own:
            told = rows.loc[name]
            at = parts.measured.ids.index(name)
            assert drawn[at] == pytest.approx(expected(case, told, values), rel=1e-10), name


def test_who_has_come_has_left_or_is_there(case: Case) -> None:
    """Over all months: those at the start and those who arrive are those who leave and stay."""
    layout = Layout.of(case)
    values = layout.by_family(layout.natural(np.zeros((1, layout.size))))
    force = workers(values, Calendar.of(case))
    start = values["share_present"] * values["permitted_at_start"]
    start = start + values["irregular_working"] * values["irregular_at_start"]
    came = force.share_present * force.permit_entries
    came = came + force.irregular_working * force.irregular_entries
    stay = start + came.sum(axis=-1) - force.departures().sum(axis=-1)
    np.testing.assert_allclose(stay, force.working[..., -1], rtol=1e-12)


def test_a_case_without_crossings_has_no_quantity_for_them(tmp_path: Path) -> None:
    plain, known = (
        read_case(write_case(tmp_path / name, priors=priors))
        for name, priors in (("plain", {}), ("known", {"crossings_per_year": CROSSINGS}))
    )
    assert "crossings_per_year" not in Layout.of(plain).labels
    assert set(Layout.of(known).labels) - set(Layout.of(plain).labels) == {"crossings_per_year"}
    # no row is about those who leave, and the program does not work them out
    lengths = [len(program(synthesis(one)).code) for one in (plain, known)]
    assert lengths[0] == lengths[1]
    row_ = row("departures", "2017-01", "2017-06", "about", "persons", value="900")
    leaving = read_case(write_case(tmp_path / "leaving", evidence={"leaving": row_}))
    other = row("new_permits", "2017-01", "2017-06", "about", "permits", value="900")
    arriving = read_case(write_case(tmp_path / "arriving", evidence={"leaving": other}))
    assert len(program(synthesis(leaving)).code) > len(program(synthesis(arriving)).code)


@pytest.mark.parametrize(
    ("cells", "priors", "column", "told"),
    [
        ({"quantity": "crossings", "unit": "crossings"}, {}, "quantity", "[crossings_per_year]"),
        ({"quantity": "crossings", "unit": "persons"}, None, "unit", "write 'crossings'"),
        ({"quantity": "crossings", "unit": "entries"}, None, "unit", "write 'crossings'"),
        ({"quantity": "departures", "unit": "crossings"}, None, "unit", "write 'persons'"),
        ({"quantity": "departures", "unit": "percent"}, None, "unit", "write 'persons'"),
        ({"quantity": "departures", "unit": "persons/month"}, None, "unit", "state the period"),
        ({"quantity": "departures", "segment": "china"}, None, "segment", "china"),
        ({"quantity": "departures", "host": "asia"}, None, "host", "asia"),
        ({"quantity": "departures", "base": "working"}, None, "base", "working"),
        ({"quantity": "crossings_per_year", "unit": "crossings/person/year"}, {}, "quantity",
         "[crossings_per_year]"),
        ({"quantity": "days_worked", "unit": "days/month"}, {}, "quantity", "[days_worked]"),
        ({"quantity": "arrivals_ratio.2017q1", "unit": "1"}, {}, "quantity", "[arrivals_ratio]"),
    ],
)  # fmt: skip
def test_faults_name_the_cell(
    cells: dict[str, str], priors: dict[str, Any] | None, column: str, told: str, tmp_path: Path
) -> None:
    own = row(**{"quantity": "", "start": "2017-01", "end": "2017-06", "qualifier": "about",
                 "unit": "persons", "value": "900"} | cells)  # fmt: skip
    known = {"crossings_per_year": CROSSINGS} if priors is None else priors
    with pytest.raises(CaseError) as error:
        read_case(write_case(tmp_path, evidence={"own": own}, priors=known))
    (fault,) = error.value.faults
    assert (fault.file, fault.column) == ("evidence.csv", column)
    assert told in fault.message


def test_what_is_kept_for_the_record_needs_no_prior(tmp_path: Path) -> None:
    own = row("crossings", "2017-01", "2017-06", "about", "crossings", value="900", role="context")
    often = row(
        "crossings_per_year", "2017-01", "2017-06", "about", "crossings/person/year", value="3",
        role="context",
    )  # fmt: skip
    kept = read_case(write_case(tmp_path, evidence={"own": own, "often": often}))
    assert {"own", "often"} <= set(kept.evidence["id"])
