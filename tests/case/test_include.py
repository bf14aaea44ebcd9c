"""A host taken from another case: read as if it were written here, and kept whole with a run."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.archive.crate import METADATA
from model.archive.exporting import export
from model.archive.plain_netcdf import read_group
from model.case.at_hand import folder_of
from model.case.case import Case, read_case
from model.case.completion import names_in
from model.case.datapackage import described
from model.case.faults import CaseError, Fault
from model.case.folders import TITLES, files_of
from model.case.including import TABLES
from model.case.meaning import content_hashes
from model.case.reader.included_priors import AT_REFERENCE, AT_START
from model.case.reader.tables import TABLES as SCHEMAS
from model.case.reader.titles import of_nothing
from model.equations.quantities import BASIC
from model.evidence.synthesis import synthesis
from reports.saved_run import SavedRun
from tests.cases import (
    CHINA_PRIORS,
    COLUMNS,
    Rows,
    evidence_rows,
    firm_rows,
    prior_tables,
    priors_text,
    recorded_bytes,
    row,
    segment_rows,
    source_rows,
    table_text,
    write_case,
)
from tests.reports.runs import write_run

NO_PRESS = {"press_arithmetic": None}
CHINAS = {
    "phases": [
        {"name": "before", "start": "2017-01", "because": "a guess"},
        {"name": "after", "start": "2018-03", "because": "a guess"},
    ],
    "tax_periods": [{"name": "all", "start": "2017-01", "because": "no tax"}],
}
RUSSIAS = {
    "phases": [
        {"name": "open", "start": "2017-01", "because": "no ban yet"},
        {"name": "banned", "start": "2017-10", "because": "the resolution of September 2017"},
    ],
    "tax_periods": [{"name": "before_2019", "start": "2017-01", "because": "18% tax"}],
}
#: What the included case says without a word: irregular work is cut as permits are.
RUSSIAS["irregular_phases"] = RUSSIAS["phases"]
RUSSIA = {"title": "Russia", "currency": "RUB"}
CHINA = {"title": "China", "currency": "CNY"}
TAKEN = {"include": "../russia"}
#: Priors of the host that the including case has itself.
CHINA_TABLES: Rows = {
    f"china.{path}": table for path, table in prior_tables().items() if "." not in path
} | {
    path: {"p05": p05, "p95": p95, "unit": unit, "basis": "a guess for the tests"}
    for path, (p05, p95, unit) in CHINA_PRIORS.items()
    if not path.endswith("open")
}
OWN = {"china_payment": row("payment", "2018-01", "2018-12", "about", "CNY/month", value="3000",
                            host="china")}  # fmt: skip
DANDONG = {"dandong": {"host": "china", "region": "dandong", "sector": "textiles",
                       "share_p05": "0.5", "share_p95": "0.9", "note": "guess"}}  # fmt: skip
READINGS = """
[one]
title = "The plan"
weight = 1
follows = "plan"
leave_out = ["handed_over"]
basis = "a guess"
[one.priors]
"{0}payment_growth" = {{ p05 = 1.0, p95 = 1.2, unit = "1", basis = "a guess" }}
"{0}permit_inflow.open" = {{ p10 = 300, p90 = 1000, unit = "persons/month", basis = "a guess" }}

[two]
title = "The share"
weight = 2
follows = "earnings"
leave_out = ["plan"]
basis = "a guess"
[two.bases]
handed_over = "net_of_tax"
"""


def russia(folder: Path, **changes: Any) -> Path:
    """The case that is taken, with readings and links unless changed."""
    timeline = NO_PRESS | changes.pop("timeline", {})
    links = table_text(COLUMNS["links"], {})
    return write_case(folder / "russia", timeline=timeline, **{"links_csv": links} | changes)


def tables(hosts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What `write_case` is to write for China and, perhaps, Russia."""
    whole = "include" not in hosts["russia"]
    own = {
        "evidence": (evidence_rows() if whole else {}) | OWN,
        "segments": (segment_rows() if whole else {}) | DANDONG,
        "firms": firm_rows() if whole else {},
        "sources": source_rows() if whole else {
            name: source_rows()[name] for name in ("paper", "resolution")
        },
    }  # fmt: skip
    priors = {f"russia.{path}": one for path, one in prior_tables().items()} if whole else {}
    priors |= CHINA_TABLES
    found: dict[str, Any] = {
        f"{name}_csv": table_text(COLUMNS[name], rows | changes.pop(name, {}))
        for name, rows in own.items()
    }
    priors |= changes.pop("priors", {})
    timeline = NO_PRESS | CHINAS | {"hosts": hosts} | changes.pop("timeline", {})
    return {**found, "priors_toml": priors_text(priors), "timeline": timeline, **changes}


def both(folder: Path, hosts: dict[str, Any] | None = None, **changes: Any) -> Path:
    """China, with Russia from the folder beside it."""
    hosts = {"russia": TAKEN, "china": CHINA} if hosts is None else hosts
    return write_case(folder / "both", **tables(hosts, **changes))


def whole(folder: Path, hosts: dict[str, Any] | None = None, **changes: Any) -> Path:
    """The same case written whole."""
    hosts = {"russia": RUSSIA | RUSSIAS, "china": CHINA} if hosts is None else hosts
    return write_case(folder / "whole", **tables(hosts, **changes))


def assert_same(one: Case, other: Case) -> None:
    """All that an estimate is made from."""
    assert one.hosts == other.hosts
    assert one.priors == other.priors
    assert one.segments == other.segments
    assert one.readings == other.readings
    assert one.timeline.own == other.timeline.own
    for name in ("evidence", "sources", "firms", "links"):
        frames = [getattr(case, name).drop(columns="row") for case in (one, other)]
        pd.testing.assert_frame_equal(*frames)
    ours, theirs = synthesis(one), synthesis(other)
    assert ours.layout.labels == theirs.layout.labels
    assert recorded_bytes(ours) == recorded_bytes(theirs)


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(CaseError) as error:
        read_case(folder)
    return error.value.faults


def copied(case: Case, folder: Path) -> Path:
    """The copy of a case that a run keeps."""
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


# What is read


@pytest.mark.parametrize("first", ["russia", "china"])
def test_a_host_taken_is_as_one_written_here(first: str, tmp_path: Path) -> None:
    """Also where labels name it, because another host is the first."""
    order = sorted({"russia", "china"}, key=lambda name: name != first)
    prefix = "" if first == "russia" else "russia."
    russia(tmp_path, readings_toml=READINGS.format(""))
    hosts: dict[str, Any] = {"russia": TAKEN, "china": CHINA}
    case = read_case(both(tmp_path, {name: hosts[name] for name in order}))
    hosts |= {"russia": RUSSIA | RUSSIAS}
    text = READINGS.format(prefix)
    other = read_case(whole(tmp_path, {name: hosts[name] for name in order}, readings_toml=text))
    assert_same(case, other)
    assert [one.name for one in case.hosts] == order
    assert case.readings[0].priors[0][0] == f"{prefix}payment_growth"
    assert not case.warnings
    assert len(case.notes) == 3  # the readings, a prior in them, what was taken
    assert "11 rows of evidence and 1 source of its own" in str(case.notes[-1])


def test_lines_are_those_of_each_file(tmp_path: Path) -> None:
    russia(tmp_path)
    case = read_case(both(tmp_path))
    lines = case.evidence.set_index("id")["row"]
    assert (lines["china_payment"], lines["workers"], lines["quota"]) == (2, 2, 3)


def test_priors_of_its_own_win(tmp_path: Path) -> None:
    """Of one entry, of all of them, and of those that the included case gives its host."""
    table = {"p05": 1.0, "p95": 2.0, "unit": "persons/month", "basis": "another guess"}
    narrow = {"p05": 11.0, "p95": 12.0, "unit": "persons/month", "basis": "of the host"}
    growth = {"p05": 0.9, "p95": 1.3, "unit": "1", "basis": "another guess"}
    russia(tmp_path, priors={"russia.irregular_inflow": narrow})
    own = {"russia.permit_inflow.open": table, "russia.plan_growth": growth}
    case = read_case(both(tmp_path, priors=own))
    found = {prior.label: prior for prior in case.priors}
    assert found["permit_inflow.open"].p95 == 2.0
    assert found["permit_inflow.banned"].p95 == 300.0
    assert found["plan_growth"].basis == "another guess"
    assert found["china.plan_growth"].p95 == 1.1
    assert found["irregular_inflow.open"].basis == "of the host"
    case = read_case(both(tmp_path, priors={"russia.permit_inflow": table}))
    found = {prior.label: prior for prior in case.priors}
    assert found["permit_inflow.open"].p95 == found["permit_inflow.banned"].p95 == 2.0


def test_what_is_stated_of_the_host_wins(tmp_path: Path) -> None:
    russia(tmp_path)
    stated = TAKEN | {"title": "The north", "phases": CHINAS["phases"]}
    case = read_case(both(tmp_path, {"russia": stated, "china": CHINA}))
    assert case.hosts[0].title == "The north"
    names = [one.name for one in case.timeline.stretches("phase", "russia")]
    assert names == ["before", "after"]
    # those that the included case cuts its own way, by its phases for want of others
    assert [one.name for one in case.timeline.stretches("irregular_phase", "russia")] == [
        "open", "banned",
    ]  # fmt: skip


LATER = {
    "start": "2017-04", "phases.0.start": "2017-04", "tax_periods.0.start": "2017-04",
}  # fmt: skip
START = {f"russia.{name}": prior_tables()[name] for name in AT_START}


def test_phases_are_extended_to_an_earlier_start(tmp_path: Path) -> None:
    russia(tmp_path, timeline=LATER)
    case = read_case(both(tmp_path, priors=START))
    assert_same(case, read_case(whole(tmp_path)))
    (note,) = case.notes
    assert "covers 2017-04 to 2018-12, and its phases are made to cover 2017-01 to" in note.message


def test_phases_are_cut_to_a_shorter_window(tmp_path: Path) -> None:
    """Those outside are left out, with their priors."""
    phases = [
        {"name": "early", "start": "2016-01", "because": "a guess"},
        *RUSSIAS["phases"],
        {"name": "late", "start": "2019-02", "because": "a guess"},
    ]
    longer = {
        "start": "2016-01", "end": "2019-12", "phases": phases,
        "tax_periods.0.start": "2016-01",
    }  # fmt: skip
    odd = {"p05": 5.0, "p95": 6.0, "unit": "persons/month", "basis": "a guess"}
    russia(tmp_path, timeline=longer, priors={"permit_inflow.early": odd})
    case = read_case(both(tmp_path, priors=START))
    assert_same(case, read_case(whole(tmp_path)))


def test_rates_and_prices_are_taken_too(tmp_path: Path) -> None:
    """They are part of how rows are read; a row in both is one."""
    fx = {"a": {"month": "2018-07", "currency": "RUB", "per_usd": "65", "source": "a bank"}}
    index = "month,currency,index,source\n2018-07,RUB,100,a bureau\n"
    russia(tmp_path, fx=fx, prices_csv=index)
    case = read_case(both(tmp_path, fx=fx))
    assert case.rates.of("RUB")[18] == 65.0
    assert case.prices["RUB"][pd.Period("2018-07", "M")] == 100.0
    assert case.rates.own is not None
    assert len(case.rates.own) == 1


def test_a_case_may_take_all_its_rows(tmp_path: Path) -> None:
    russia(tmp_path)
    only = dict.fromkeys(("evidence", "segments", "sources", "firms"), "")
    headers = {f"{name}_csv": table_text(COLUMNS[name], {}) for name in only}
    folder = write_case(
        tmp_path / "only", timeline=NO_PRESS | {"hosts": {"russia": TAKEN}, "sanctions": []},
        priors_toml="# none of its own\n", **headers,
    )  # fmt: skip
    plain = read_case(tmp_path / "russia")
    assert recorded_bytes(synthesis(read_case(folder))) == recorded_bytes(synthesis(plain))


@pytest.mark.parametrize("first", ["russia", "china"])
def test_two_hosts_may_be_taken(first: str, tmp_path: Path) -> None:
    """Of two cases, which share a source; the order of the hosts is the timeline's."""
    order = sorted({"russia", "china"}, key=lambda name: name != first)
    russia(tmp_path)
    china = tables({"russia": TAKEN}, timeline={"hosts": {"china": CHINA}})
    write_case(tmp_path / "china", **china)
    empty = {
        f"{name}_csv": table_text(COLUMNS[name], {}) for name in ("evidence", "segments", "firms")
    }
    hosts = {name: {"include": f"../{name}"} for name in order}
    case = read_case(both(tmp_path, hosts, **empty, priors_toml="# none of its own\n"))
    written = {"russia": RUSSIA | RUSSIAS, "china": CHINA | CHINAS | {
        "irregular_phases": CHINAS["phases"]
    }}  # fmt: skip
    assert_same(case, read_case(whole(tmp_path, {name: written[name] for name in order})))
    told = " ".join(str(note) for note in case.notes)
    assert "11 rows of evidence and 1 source of its own are taken from ../russia" in told
    assert "1 row of evidence and 0 sources of its own are taken from ../china" in told
    # a row of both of them is told by both
    path = tmp_path / "china/evidence.csv"
    path.write_text(path.read_text().replace("china_payment", "payment"))
    (fault,) = faults_of(case.folder)
    after, before = reversed(order), order
    rows = {"russia": 6, "china": 2}
    file = f"../{next(after)}/evidence.csv"
    assert (fault.file, fault.row) == (file, rows[order[1]])
    assert f"payment is in ../{before[0]}/evidence.csv, row {rows[first]}, too" in fault.message


def test_a_data_package_has_no_keys_into_another_case(tmp_path: Path) -> None:
    russia(tmp_path)
    found = described(both(tmp_path))
    assert found["title"] == "A small case"
    assert not [one for one in found["resources"] if "foreignKeys" in one.get("schema", {})]


def test_rows_for_the_record_may_name_a_group(tmp_path: Path) -> None:
    """An included case knows no groups; a row of this case that sums payments is still wrong."""
    cells = row("payment", "2018-01", "2018-12", "about", "USD/month", value="300", host="gulf",
                role="context")  # fmt: skip
    russia(tmp_path, evidence={"elsewhere": cells})
    groups = {"groups": {"gulf": ["russia", "china"]}}
    assert "elsewhere" in set(read_case(both(tmp_path, timeline=groups)).evidence["id"])
    (fault,) = faults_of(both(tmp_path, timeline=groups, evidence={"here": cells}))
    assert (fault.file, fault.column) == ("evidence.csv", "host")


def test_a_workbook_is_read_but_not_at_once(tmp_path: Path) -> None:
    """As in a case's own folder: what is in it is known once it has been read."""
    folder = russia(tmp_path)
    (folder / "links.xlsx").write_bytes(b"no workbook")
    (folder / "links.csv").unlink()
    case = both(tmp_path)
    assert files_of(case, ()) is None
    assert faults_of(case)[0].file == "../russia/links.xlsx"


# Errors


def spoilt(name: str, cells: dict[str, Any]) -> Callable[[Path], Path]:
    """Write both cases, with a cell of a row of the included one changed."""

    def write(folder: Path) -> Path:
        russia(folder, **{name: cells})
        return both(folder)

    return write


def stated(value: str, text: str | None = None) -> Callable[[Path], Path]:
    """Write both cases, with something else to include."""

    def write(folder: Path) -> Path:
        russia(folder)
        if text is not None:
            (folder / "russia/timeline.toml").write_text(text)
        return both(folder, {"russia": {"include": value}, "china": CHINA})

    return write


def nested(folder: Path) -> Path:
    write_case(folder / "third", timeline=NO_PRESS)
    russia(folder, timeline={"hosts.russia": {"include": "../third"}})
    return both(folder)


def linked(folder: Path) -> Path:
    """A file of the included case is a link out of the folder of cases."""
    (folder / "cases").mkdir()
    inner = russia(folder / "cases")
    shutil.move(inner / "firms.csv", folder / "firms.csv")
    (inner / "firms.csv").symlink_to(folder / "firms.csv")
    return both(folder / "cases")


def led_out(folder: Path) -> Path:
    """The included folder is such a link."""
    inner = russia(folder / "elsewhere")
    (folder / "cases").mkdir()
    (folder / "cases/russia").symlink_to(inner)
    return both(folder / "cases")


def both_have_readings(folder: Path) -> Path:
    russia(folder, readings_toml=READINGS.format(""))
    china = tables({"russia": TAKEN, "china": CHINA}, timeline={"hosts": {"china": CHINA}})
    text = READINGS.format("").replace("handed_over", "china_payment")
    write_case(folder / "china", **china, readings_toml=text)
    hosts = {"russia": TAKEN, "china": {"include": "../china"}}
    empty = {f"{name}_csv": table_text(COLUMNS[name], {}) for name in ("evidence", "segments")}
    return both(folder, hosts, **empty)


def other_months(key: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        russia(folder, timeline=LATER if key == "start" else {"reference": "2018-06"})
        return both(folder)

    return write


WORKERS = evidence_rows()["workers"]
FAULTS: dict[str, tuple[Callable[[Path], Path], list[tuple[str, int | None, str]]]] = {
    "a cell": (
        spoilt("evidence", {"payment": {"unit": "RUB/moth"}}),
        [("../russia/evidence.csv", 6, "'RUB/moth' is not a unit of payment")],
    ),
    "a row that breaks off": (
        lambda folder: (
            russia(folder, firms_csv=table_text(COLUMNS["firms"], firm_rows()) + "a,b\n"),
            both(folder),
        )[1],
        [("../russia/firms.csv", 3, "2 cells, but the header has 10")],
    ),
    "a prior": (
        spoilt("priors", {"payment": {"p05": -5}}),
        [("../russia/priors.toml", None, "-5 RUB/month is impossible for payment")],
    ),
    "an entry": (
        spoilt("priors", {"permit_inflow.bannd": prior_tables()["permit_inflow"]}),
        [("../russia/priors.toml", None, "there is no phase 'bannd'; did you mean 'banned'?")],
    ),
    "a row about another host": (
        spoilt("evidence", {"workers": {"host": "china"}}),
        [("../russia/evidence.csv", 2, "'china' is not the host that is taken from this case")],
    ),
    "a segment of another host": (
        spoilt("segments", {"forestry": {"host": "china"}}),
        [("../russia/segments.csv", 3, "'china' is not the host that is taken")],
    ),
    "a row of the same id": (
        lambda folder: (russia(folder), both(folder, evidence={"workers": WORKERS}))[1],
        [("../russia/evidence.csv", 2, "workers is in evidence.csv, row 3, too; rename one")],
    ),
    "another source of the same id": (
        spoilt("sources", {"paper": {"date": "2019"}}),
        [("../russia/sources.csv", 2, "paper is in sources.csv, row 2, too, with another date")],
    ),
    "other rates of a month": (
        lambda folder: (
            russia(folder, fx={"a": fx_row("65")}), both(folder, fx={"a": fx_row("66")}),
        )[1],
        [("../russia/fx.csv", 2, "2018-07 RUB is in fx.csv, row 2, too, with another per_usd")],
    ),
    "no such folder": (stated("../rusia"), [("timeline.toml", 10, "'../rusia' is not there")]),
    "a file": (stated("../russia/firms.csv"), [("timeline.toml", 10, "is a file")]),
    "an absolute path": (stated("/russia"), [("timeline.toml", 10, "is no folder relative")]),
    "a drive": (stated("C:/russia"), [("timeline.toml", 10, "is no folder relative")]),
    "a path out": (stated("../../russia"), [("timeline.toml", 10, "leads to no other folder")]),
    "itself": (stated("../both"), [("timeline.toml", 10, "leads to no other folder beside")]),
    "a hidden folder": (stated("../.russia"), [("timeline.toml", 10, "is hidden")]),
    "a backslash": (stated("..\\\\russia"), [("timeline.toml", 10, "has a backslash")]),
    "no timeline in it": (
        stated("../russia", "title = "),
        [("../russia/timeline.toml", 1, "not valid TOML")],
    ),
    "another host in it": (
        spoilt("timeline", {"hosts": {"mongolia": RUSSIA}}),
        [("../russia/timeline.toml", 7, "the case has mongolia, but russia is to be taken")],
    ),
    "two hosts in it": (
        spoilt("timeline", {"hosts.china": CHINA}),
        [("../russia/timeline.toml", 7, "the case has russia, china, but russia is to be")],
    ),
    "a group in it": (
        spoilt("timeline", {"groups": {"all": ["russia"]}}),
        [("../russia/timeline.toml", None, "has one host and no group")],
    ),
    "a case that includes": (
        nested, [("../russia/timeline.toml", None, "russia is taken from a third case")],
    ),
    "a link that leads out": (
        linked, [("../russia/firms.csv", None, "is a link that leads outside")],
    ),
    "a folder that leads out": (led_out, [("timeline.toml", 10, "leads to no other folder")]),
    "two with readings": (
        both_have_readings,
        [("readings.toml", None, "the cases that russia and china are taken from both have")],
    ),
    "another start": (
        other_months("start"),
        [
            ("priors.toml", None, f"begins in 2017-01, ../russia/priors.toml speaks of 2017-04; "
             f"state [russia.{name}] here")
            for name in sorted(AT_START)
        ],
    ),
    "another reference month": (
        other_months("reference"),
        [
            ("priors.toml", None, f"of 2018-07, those of ../russia/priors.toml of 2018-06; "
             f"state [russia.{name}] here, or let")
            for name in sorted(AT_REFERENCE)
        ],
    ),
    "a quantity that others lack": (
        spoilt("priors", {"arrivals_ratio": {"p05": 0.6, "p95": 1.6, "unit": "1", "basis": "a"}}),
        [("priors.toml", None, "none for china; state [arrivals_ratio] here, or write without")],
    ),
}  # fmt: skip


def fx_row(rate: str) -> dict[str, str]:
    return {"month": "2018-07", "currency": "RUB", "per_usd": rate, "source": "a bank"}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_name_the_file_and_what_to_do(name: str, tmp_path: Path) -> None:
    write, expected = FAULTS[name]
    found = faults_of(write(tmp_path))
    assert [fault.file for fault in found] == [file for file, *_ in expected], found
    for fault, (_, line, words) in zip(found, expected, strict=True):
        assert words in fault.message
        assert line is None or fault.row == line
        assert ";" in fault.message


def test_warnings_and_references_name_the_file(tmp_path: Path) -> None:
    """Where one row refers to another, the other folder's is named."""
    again = firm_rows()["firm_1"] | {"name": "A Firm of Builders Ltd"}
    russia(tmp_path)
    case = read_case(
        both(tmp_path, firms={"again": again}, evidence={"more": WORKERS | {"value": "24000"}})
    )
    told = [str(one) for one in case.warnings]
    assert any(one.startswith("../russia/firms.csv, row 2") and "row 2," in one for one in told), (
        told
    )
    assert any("'workers' says what 'more' says (row 3:" in one for one in told), told
    assert any(one.startswith("../russia/evidence.csv, row 2, origin") for one in told)


def test_a_place_of_the_other_case_is_no_slip(tmp_path: Path) -> None:
    """It cannot know this case's hosts: once it is told how its place is read, as no warning."""
    place = WORKERS | {"host": "chin", "value": "9", "role": "context"}
    later = place | {"start": "2018-06", "end": "2018-06"}
    russia(tmp_path, evidence={"abroad": place, "abroad_too": later})
    case = read_case(both(tmp_path))
    assert not case.warnings
    (told,) = (one for one in case.notes if one.column == "host")
    assert told.file == "../russia/evidence.csv"
    assert told.message == (
        "'chin' is not modelled here, and is not taken for 'china' (and 1 more row)"
    )


def test_a_quantity_may_be_left_out(tmp_path: Path) -> None:
    ratio = {"p05": 0.6, "p95": 1.6, "unit": "1", "basis": "a guess"}
    russia(tmp_path, priors={"arrivals_ratio": ratio})
    left = TAKEN | {"without": ["arrivals_ratio"]}
    folder = both(tmp_path, {"russia": left, "china": CHINA})
    case = read_case(folder)
    assert_same(case, read_case(whole(tmp_path)))
    assert "arrivals_ratio.2017q1" not in names_in(folder, "quantities")
    case = read_case(both(tmp_path, priors={"arrivals_ratio": ratio}))
    assert {"arrivals_ratio.2017q1", "china.arrivals_ratio.2017q1"} <= {
        prior.label for prior in case.priors
    }
    wrong = {"russia": TAKEN | {"without": ["payment"]}, "china": CHINA | {"without": ["levies"]}}
    found = [one for one in faults_of(both(tmp_path, wrong)) if one.file == "timeline.toml"]
    assert [one.column for one in found] == ["hosts.russia.without[1]", "hosts.china.without[1]"]
    assert "'payment' is no quantity that a case may leave out; write one of" in found[0].message
    assert "taken from no other case" in found[1].message


# Keys, copies and what is done with a run


def test_the_key_is_of_what_is_taken(tmp_path: Path) -> None:
    inner, folder = russia(tmp_path, readings_toml=READINGS.format("")), both(tmp_path)

    def hashes() -> dict[str, str]:
        case, found = read_case(folder), files_of(folder, ())
        assert found is not None
        assert content_hashes(found[0]) == case.hashes
        return case.hashes

    before = hashes()
    assert {name.rpartition("/")[2] for name in before if name.startswith("included/russia/")} == {
        "evidence.csv", "sources.csv", "segments.csv", "firms.csv", "links.csv", "priors.toml",
        "timeline.toml", "readings.toml",
    }  # fmt: skip
    path = inner / "evidence.csv"
    text = path.read_text()
    header, *rows = text.splitlines()
    path.write_text("\n".join([header, *reversed(rows)]) + "\n")
    (inner / "reading.toml").unlink()
    (inner / "prospects.csv").write_text("not read")
    assert hashes() == before
    path.write_text(text.replace("24000", "24001"))
    apart = hashes()
    assert {name for name in before if before[name] != apart[name]} == {
        "included/russia/evidence.csv"
    }
    path.write_text(text)
    # readings of its own take the place of those
    (folder / "readings.toml").write_text(READINGS.format(""))
    assert "included/russia/readings.toml" not in hashes()
    readings = inner / "readings.toml"
    (folder / "readings.toml").unlink()
    one, two = readings.read_text().split("\n[two]")
    readings.write_text(f"[two]{two}\n{one}")
    assert hashes() != before  # their order is read


def test_a_copy_is_whole(tmp_path: Path) -> None:
    """It reads the same where there is no other case, and reports read all of it."""
    russia(tmp_path, readings_toml=READINGS.format(""))
    case = read_case(both(tmp_path))
    quantities = names_in(case.folder, "quantities")
    copy = copied(case, tmp_path / "elsewhere/run/inputs")
    shutil.rmtree(tmp_path / "russia")
    shutil.rmtree(tmp_path / "both")
    again = read_case(copy)
    assert_same(again, case)
    assert again.hashes == case.hashes
    found = files_of(copy, ())
    assert found is not None
    assert content_hashes(found[0]) == case.hashes
    assert set(names_in(copy, "quantities")) == set(quantities)
    assert set(quantities) == {prior.label for prior in case.priors}
    assert set(names_in(copy, "rows")) == set(case.evidence.query("role == 'fit'")["id"])
    assert names_in(copy, "readings") == ["one", "two"]
    saved = SavedRun(copy.parent, {}, {})
    assert set(saved.evidence) == set(case.evidence["id"])
    assert set(saved.sources) == set(case.sources["id"])
    assert {name: host["currency"] for name, host in saved.hosts.items()} == {
        "russia": "RUB", "china": "CNY",
    }  # fmt: skip
    for prior in case.priors:
        basis = prior.basis.removeprefix("segments.csv: ")
        assert saved.basis(prior.label) == basis, prior.label
    # a fault in the copy is told by its name there
    path = copy / "included/russia/evidence.csv"
    path.write_text(path.read_text().replace("RUB/month", "RUB/moth"))
    assert {fault.file for fault in faults_of(copy)} == {"included/russia/evidence.csv"}


def test_rows_are_added_to_the_cases_own(tmp_path: Path) -> None:
    russia(tmp_path)
    case = read_case(both(tmp_path))
    cells: dict[str, Any] = {
        "quantity": "payment", "host": "russia", "start": "2018-08", "qualifier": "about",
        "value": "95000", "unit": "RUB/month", "source": "newspaper", "grade": "B2",
    }  # fmt: skip
    new = case.add(**cells)
    assert len(new.evidence) == len(case.evidence) + 1
    apart = {name for name in new.files if new.files[name] != case.files[name]}
    assert apart == {"evidence.csv"}
    assert list(case.typed_evidence["id"]) == ["china_payment"]
    with folder_of(case) as folder:
        assert folder == case.folder
    with folder_of(new) as folder:
        assert folder != case.folder
        assert_same(read_case(folder), new)


ITS_TITLES = """
[ko.hosts]
russia = "러시아"
china = "남의 나라"
[ko.phases]
open = "제한 없음"
no_such = "없음"
[ko.speakers]
payment = "신문"
[ko.readings]
one = "하나"
[ru.hosts]
russia = "Россия"
"""
OWN_TITLES = """
[ko.hosts]
china = "중국"
[ko.speakers]
payment = "이 사례의 말"
"""


def test_titles_of_what_is_taken_are_taken(tmp_path: Path) -> None:
    inner = russia(tmp_path, readings_toml=READINGS.format(""))
    (inner / TITLES).write_text(ITS_TITLES, encoding="utf-8")
    folder = both(tmp_path)
    plain = read_case(folder)
    assert plain.titles == {}  # a case without titles has none of another's
    (folder / TITLES).write_text(OWN_TITLES, encoding="utf-8")
    case = read_case(folder)
    assert list(case.titles) == ["ko"]  # in languages that it has
    found = {kind: dict(titles) for kind, titles in case.titles["ko"].items() if titles}
    assert found == {
        "hosts": {"russia": "러시아", "china": "중국"},
        "phases": {"open": "제한 없음"},
        "speakers": {"payment": "이 사례의 말"},
        "readings": {"one": "하나"},  # as its readings are
    }
    assert of_nothing(case)["ko"] == []
    # no fit depends on them, a run has another key, and its reports have what the case has
    taken = "included/russia/titles.toml"
    assert case.hashes == plain.hashes
    held = files_of(folder, [])
    assert held is not None
    assert taken in held[1]
    assert taken not in held[0]
    run = write_run(tmp_path / "runs", folder)
    assert (run / "inputs" / taken).read_text(encoding="utf-8") == ITS_TITLES
    kept = SavedRun.open(run).titles["ko"]
    assert {kind: dict(kept[kind]) for kind in ("hosts", "speakers")} == {
        kind: found[kind] for kind in ("hosts", "speakers")
    }
    assert read_case(run / "inputs").titles == case.titles


def test_a_fault_in_titles_that_are_taken_names_their_file(tmp_path: Path) -> None:
    (russia(tmp_path) / TITLES).write_text("[ko.hosts]\nrussia = 1\n", encoding="utf-8")
    folder = both(tmp_path)
    (folder / TITLES).write_text(OWN_TITLES, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    (fault,) = caught.value.faults
    assert (fault.file, fault.row) == ("../russia/titles.toml", 2)


def test_a_run_keeps_what_was_taken(tmp_path: Path) -> None:
    """It is exported with it, and reports find each quantity, though hosts differ in phases."""
    russia(tmp_path)
    folder = write_run(tmp_path / "runs", both(tmp_path))
    shutil.rmtree(tmp_path / "russia")
    saved = SavedRun.open(folder)
    case = read_case(folder / "inputs")
    assert saved.manifest["inputs"] == case.hashes
    assert set(saved.quantity_draws) == {prior.label for prior in case.priors}
    draws = read_group(folder / "posterior.nc", "posterior")["permit_inflow"]
    for label, entry in (("permit_inflow.banned", "russia.banned"),
                         ("china.permit_inflow.after", "china.after")):  # fmt: skip
        expected = draws.sel(host_phase=entry).to_numpy()
        np.testing.assert_array_equal(saved.quantity_draws[label], expected)
    export(folder, tmp_path / "run.zip")
    name = "inputs/included/russia/evidence.csv"
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        (kept,) = [one for one in archive.namelist() if one.endswith(name)]
        assert archive.read(kept) == case.files[name.removeprefix("inputs/")]
        graph = json.loads(archive.read(next(one for one in archive.namelist() if METADATA in one)))
    said = {one["@id"]: one.get("description", "") for one in graph["@graph"]}
    assert said[name] == "Input: a part of a case that a host is taken from."


def test_lists_of_quantities_are_those_of_the_catalogue() -> None:
    """Which speak of the start, or of the reference month, is told by their definitions."""
    money = [one.name for one in BASIC if "reference month" in one.definition or
             "reference" in one.definition]  # fmt: skip
    assert sorted(money) == sorted(AT_REFERENCE)
    start = [one.name for one in BASIC if one.name.endswith("_at_start")]
    assert sorted(start) == sorted(AT_START)
    assert set(TABLES) == set(SCHEMAS) - {"prospects.csv"}


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_a_link_between_cases_is_followed(tmp_path: Path) -> None:
    inner = russia(tmp_path)
    shutil.move(inner, tmp_path / "moscow")
    (tmp_path / "russia").symlink_to(tmp_path / "moscow")
    assert read_case(both(tmp_path)).hosts[0].name == "russia"
