"""Kinds of case that the density has to be right for, each built into a folder.

``KINDS`` are cases and ``WHAT_IFS`` changes to one of them; ``parts_of`` takes a name of either.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from model.case.case import Case, read_case
from model.case.checkout import INPUTS
from model.equations.quantities import BASES
from model.equations.subjects import COUNTS, MEASURED_BY_NAME
from model.evidence.measurement import ITEMS
from model.evidence.synthesis import Synthesis, synthesis
from model.question import WhatIf
from model.sampling.whatif import changed_parts
from tests.cases import COLUMNS, Rows, row, table_text, write_case

ROOT = Path(__file__).parents[1]
NO_BAN = "no ban yet"
QUALIFIERS = (
    "exact", "at_least", "range", "up_to", "about", "more_than", "spread", "nearly", "as_much_as",
    "almost", "incomplete",
)  # fmt: skip
WINDOWS = (("2017-01", "2018-12"), ("2018-07", "2018-07"), ("2017-03", "2018-02"))
SEGMENTS = ("", "forestry", "not forestry", "spb_construction + forestry")
#: How often a worker crosses the border, by which crossings are read.
CROSSINGS = {"p05": 1.5, "p95": 4, "unit": "crossings/person/year", "basis": "a guess for tests"}


class Teller:
    """Rows of evidence that go through qualifiers, windows, segments and grades in turn."""

    def __init__(self, **cells: Any) -> None:
        self.rows: Rows = {}
        self._always = cells
        turns = (QUALIFIERS, WINDOWS, SEGMENTS, "ABCDEF", "21345")
        self._turns = [cycle(turn) for turn in turns]

    def tell(self, quantity: str, unit: str, figure: float, **cells: Any) -> None:
        """One more row; what is named is not taken in turn."""
        qualifier, (start, end), segment, letter, number = (next(turn) for turn in self._turns)
        cells = {
            "start": start, "end": end, "qualifier": qualifier, "segment": segment,
            "reliability": letter, "credibility": number, **self._always, **cells,
        }  # fmt: skip
        if cells["qualifier"] in ("range", "spread"):
            cells |= {"low": f"{0.8 * figure:.3g}", "high": f"{1.2 * figure:.3g}"}
        else:
            cells |= {"value": f"{figure:.3g}"}
        self.rows[f"row_{len(self.rows):02}"] = row(quantity, unit=unit, **cells)

    def case(self, folder: Path, **changes: Any) -> Case:
        """The small case with these rows in place of its own."""
        changes["timeline"] = {"press_arithmetic": None} | changes.get("timeline", {})
        text = table_text(COLUMNS["evidence"], self.rows)
        return read_case(write_case(folder, evidence_csv=text, **changes))


def tiny(folder: Path) -> Case:
    return read_case(write_case(folder))


def real(folder: Path) -> Case:
    """The case that the repository is about; nothing is written."""
    return read_case(INPUTS)


def two_hosts(folder: Path) -> Case:
    """Two currencies, rows of every group for the second host too."""
    china = Teller(host="china")
    china.tell("entries", "persons", 20_000, segment="")
    china.tell("visas_issued", "visas", 9_000, segment="seafood")
    china.tell("quota", "persons", 40_000, segment="dandong")
    china.tell("segment_workers", "percent", 40, segment="dandong_textiles")
    china.tell("state_take", "CNY/month", 1_500, segment="")
    china.tell("wage_fund", "USD/month", 300, segment="seafood")
    china.tell("worker_keeps", "percent", 30, base="declared_salary", segment="")
    china.tell("keep_share", "fraction", 0.5, segment="")
    china.tell("permit_inflow.banned", "persons/month", 300, segment="")
    china.tell("payment_ratio.dalian_seafood", "1", 1.1, segment="")
    segment = {
        "host": "china", "region": "dalian", "sector": "seafood",
        "share_p05": "0.2", "share_p95": "0.5", "note": "guess",
    }  # fmt: skip
    rows = {f"china_{name}": cells for name, cells in china.rows.items()}
    return read_case(
        write_case(folder, two_hosts=True, evidence=rows, segments={"dalian_seafood": segment})
    )


def no_rows(folder: Path) -> Case:
    """Priors alone: the file's one row is for context."""
    teller = Teller(role="context")
    teller.tell("working", "persons", 30_000)
    return teller.case(folder)


def counts(folder: Path) -> Case:
    """Every count, of all the workers and of some."""
    teller = Teller()
    for quantity in (*COUNTS, *COUNTS):
        teller.tell(quantity, MEASURED_BY_NAME[quantity].unit, 10_000)
    return teller.case(folder, priors={"crossings_per_year": CROSSINGS})


def shares(folder: Path) -> Case:
    """Shares of segments with every hedge."""
    teller = Teller()
    for qualifier in QUALIFIERS:
        teller.tell("segment_workers", "percent", 70, qualifier=qualifier, segment="forestry")
    return teller.case(folder)


def amounts(folder: Path) -> Case:
    """Every item of the accounts, as an amount in either currency."""
    teller = Teller()
    for quantity in ITEMS:
        teller.tell(quantity, "RUB/month", 30_000)
        teller.tell(quantity, "USD/year", 6_000)
    return teller.case(folder)


def shares_of_bases(folder: Path) -> Case:
    """Items of the accounts as shares of every base."""
    teller = Teller()
    for base in BASES:
        for quantity in ("state_take", "worker_keeps", "withheld", "surplus", "payment"):
            teller.tell(quantity, "percent", 40, base=base)
    return teller.case(folder)


def basic_quantities(folder: Path) -> Case:
    """A row about every basic quantity that a row may speak of, near its prior's centre."""
    teller = Teller(segment="")
    for prior in read_case(write_case(folder / "before")).priors:
        label = ".".join(part for part in (prior.name, prior.index) if part)
        if prior.name not in MEASURED_BY_NAME and prior.name != "segment_share":
            teller.tell(label, prior.unit, (prior.p05 * prior.p95) ** 0.5)
    return teller.case(folder / "after")


def spreads(folder: Path) -> Case:
    """Lowest and highest of counts, shares, items and a basic quantity; two have one origin."""
    teller = Teller(qualifier="spread")
    teller.tell("permitted", "persons", 20_000, segment="")
    teller.tell("segment_workers", "percent", 60, segment="forestry")
    teller.tell("declared_salary", "RUB/month", 18_000, origin="one_voice/same", segment="")
    teller.tell("plan", "USD/month", 500, origin="one_voice/opposite", segment="forestry")
    teller.tell("state_take", "percent", 50, base="wage_fund", segment="")
    teller.tell("upkeep_growth", "1", 1.05, segment="")
    return teller.case(folder)


def origins(folder: Path) -> Case:
    """Origins with several rows: different statements, and copies of one with other grades.

    Some err together on different quantities, alike or in opposite directions.
    """
    teller = Teller()
    for quantity, unit, figure in (
        ("permitted", "persons", 24_000),
        ("payment", "RUB/month", 90_000),
        ("new_permits", "permits", 700),
    ):
        teller.tell(quantity, unit, figure, origin="one_voice/same", segment="")
        teller.tell(quantity, unit, 0.9 * figure, origin="another", segment="")
        teller.tell(quantity, unit, 1.1 * figure, origin="another", segment="")
    for letter, qualifier in zip("ABD", ("about", "more_than", "spread"), strict=True):
        teller.tell(
            "state_take", "percent", 60, origin="echo", base="wage_fund", start="2017-01",
            end="2017-12", segment="", reliability=letter, qualifier=qualifier,
        )  # fmt: skip
    for quantity, way in (("state_take", "same"), ("worker_keeps", "opposite"), ("upkeep", "same")):
        teller.tell(quantity, "percent", 30, base="wage_fund", origin=f"both/{way}", segment="")
    return teller.case(folder)


def told_together(folder: Path, **reading: float) -> Case:
    """The small case with two origins of several rows, and another reading."""
    together = {"kept": {"origin": "ministry/opposite"}, "handed_over": {"origin": "ministry/same"}}
    return read_case(write_case(folder, evidence=together, reading=reading))


def nothing_alike(folder: Path) -> Case:
    """Errors that have nothing in common within origins."""
    return told_together(folder, **{"echo.shared": 0.0})


def grades_as_they_stand(folder: Path) -> Case:
    """No factors of letters, and no figure that is off."""
    return told_together(folder, **{"errors.letter_sd": 0.0, "errors.off_share": 0.0})


def letters_alone(folder: Path) -> Case:
    """Factors of letters, and no figure that is off."""
    return told_together(folder, **{"errors.letter_sd": 0.3, "errors.off_share": 0.0})


def often_off(folder: Path) -> Case:
    """Figures that are off, often and by much, and no factors of letters."""
    errors = {"errors.letter_sd": 0.0, "errors.off_share": 0.4, "errors.off_by": 2.0}
    return told_together(folder, **errors)


def periods(folder: Path) -> Case:
    """Several tax periods, phases of the irregular of their own, and years covered in part."""
    teller = Teller()
    teller.tell("net_of_tax", "percent", 90, base="billings", segment="")
    teller.tell("irregular_registrations", "registrations", 3_000, segment="")
    teller.tell("irregular", "persons", 2_000, segment="")
    teller.tell("vat_rate.after", "percent", 20, segment="")
    teller.tell("irregular_inflow.late", "persons/month", 100, segment="")
    timeline = {
        "start": "2016-05",
        "end": "2019-02",
        "phases": [
            {"name": "open", "start": "2016-05", "because": NO_BAN},
            {"name": "banned", "start": "2017-10", "because": "the ban"},
        ],
        "irregular_phases": [
            {"name": "early", "start": "2016-05", "because": NO_BAN},
            {"name": "middle", "start": "2017-02", "because": "a guess"},
            {"name": "late", "start": "2018-09", "because": "a guess"},
        ],
        "tax_periods": [
            {"name": "before", "start": "2016-05", "because": "18% tax"},
            {"name": "between", "start": "2017-06", "because": "19% tax"},
            {"name": "after", "start": "2018-04", "because": "20% tax"},
        ],
    }
    return teller.case(folder, timeline=timeline)


def own_phases(folder: Path) -> Case:
    """Two hosts, one of which is cut into phases and tax periods of its own, with rows on them."""
    china = Teller(host="china", segment="")
    china.tell("permit_inflow.late", "persons/month", 300)
    china.tell("irregular_inflow.early", "persons/month", 90)
    china.tell("vat_rate.low", "percent", 6)
    china.tell("entries", "persons", 20_000)
    china.tell("net_of_tax", "percent", 90, base="billings")
    china.tell("working", "persons", 30_000)
    china.tell("irregular", "persons", 2_000)
    own = {
        "phases": [
            {"name": "early", "start": "2017-01", "because": NO_BAN},
            {"name": "middle", "start": "2017-05", "because": "a guess"},
            {"name": "late", "start": "2018-09", "because": "a guess"},
        ],
        "irregular_phases": [
            {"name": "early", "start": "2017-01", "because": NO_BAN},
            {"name": "open", "start": "2018-02", "because": "a guess"},
        ],
        "tax_periods": [
            {"name": "high", "start": "2017-01", "because": "17% tax"},
            {"name": "low", "start": "2018-05", "because": "16% tax"},
        ],
    }
    timeline = {f"hosts.china.{key}": stretches for key, stretches in own.items()}
    return read_case(
        write_case(
            folder, two_hosts=True, evidence={f"china_{k}": v for k, v in china.rows.items()},
            timeline=timeline, priors={"china.permit_inflow.open": None},
        )
    )  # fmt: skip


def uneven_arrivals(folder: Path) -> Case:
    """Two hosts whose arrivals vary by quarter; what a quarter or a phase has lasts."""
    basis = "a guess for the tests"
    rows = {
        f"{host}_{quarter}": row(
            "new_permits", start, end, "about", "permits", value="900", host=host
        )
        for host in ("russia", "china")
        for quarter, start, end in (
            ("first", "2017-01", "2017-03"),
            ("across", "2017-09", "2018-02"),
            ("last", "2018-10", "2018-12"),
        )
    }
    ratio = {"p05": 0.5, "p95": 2.0, "unit": "1", "lasting": 0.6, "basis": basis}
    low = {"p05": 0.7, "p95": 1.5, "unit": "1", "lasting": 0.2, "basis": basis}
    share = {"p05": 20, "p95": 500, "unit": "persons/month", "lasting": 0.4, "basis": basis}
    priors = {"arrivals_ratio": ratio, "china.arrivals_ratio": low, "irregular_inflow": share}
    return read_case(write_case(folder, two_hosts=True, evidence=rows, priors=priors))


def alike_hosts(folder: Path, **files: Any) -> Case:
    """Three hosts, whose priors are alike, in time too; segments are alike among all of them."""
    basis = "a guess for the tests"
    tables = {
        f"china.{name}": {"p05": low, "p95": high, "unit": "CNY/month", "alike": 0.6}
        for name, low, high in (
            ("payment", 2000, 5000), ("declared_salary", 1500, 3500), ("upkeep", 200, 800)
        )
    } | {
        f"kuwait.{name}": {"p05": low, "p95": high, "unit": "USD/month", "alike": 0.6}
        for name, low, high in (
            ("payment", 300, 1000), ("declared_salary", 200, 700), ("upkeep", 40, 200)
        )
    }  # fmt: skip
    priors: dict[str, Any] = {path: {"basis": basis} | table for path, table in tables.items()}
    priors |= {
        "payment": {"alike": 0.6},
        "keep_share": {"alike": 0.3},
        "kuwait.keep_share": {"p05": 0.1, "p95": 0.5, "unit": "1", "basis": basis},
        "payment_ratio": {"alike": 0.5},
        "permit_exit": {"alike": 0.4},
        "irregular_inflow": {"alike": 0.7, "lasting": 0.4},
        "arrivals_ratio": {
            "p05": 0.5, "p95": 2.0, "unit": "1", "lasting": 0.6, "alike": 0.25, "basis": basis,
        },
        "kuwait.permitted_at_start": {
            "p05": 1000, "p95": 6000, "unit": "persons", "basis": basis,
        },
        **files.pop("priors", {}),
    }  # fmt: skip
    rows = {
        "kuwait_working": row(
            "working", "2017-08", "2017-08", "about", "persons", value="1800", host="kuwait"
        ),
        "china_entries": row(
            "entries", "2017-01", "2017-12", "about", "persons", value="9000", host="china"
        ),
        "kuwait_pay": row(
            "payment", "2017-01", "2017-12", "range", "USD/month", low="830", high="1000",
            host="kuwait",
        ),
    }  # fmt: skip
    segment = {
        "host": "kuwait", "region": "kuwait", "sector": "construction",
        "share_p05": "0.5", "share_p95": "0.9", "note": "guess",
    }  # fmt: skip
    return read_case(
        write_case(
            folder, two_hosts=True, evidence=rows | files.pop("evidence", {}),
            segments={"kuwait_construction": segment}, priors=priors,
            timeline={
                "hosts.kuwait": {"title": "Kuwait", "currency": "USD"},
                **files.pop("timeline", {}),
            },
        )
    )  # fmt: skip


def several_hosts(folder: Path) -> Case:
    """Rows about sums over hosts, and about changes of a host or of a sum, with every hedge."""
    teller = Teller(segment="", reliability="B", credibility="2")
    for number, quantity in enumerate(COUNTS):
        host = ("world", "asia")[number % 2]
        teller.tell(quantity, MEASURED_BY_NAME[quantity].unit, 20_000, host=host)
    now = {"start": "2018-07", "end": "2018-12"}
    for host, base in (
        ("world", "2017-08"), ("asia", "2017-01..2017-06"), ("russia", "2017-12"),
    ):  # fmt: skip
        for quantity in ("working", "permitted", "quota", "entries"):
            teller.tell(quantity, "percent", 60, host=host, base=f"{quantity}@{base}", **now)
    for qualifier in ("below", "above"):
        change = {"base": "working@2017-08", "qualifier": qualifier}
        teller.tell("working", "percent", 110, host="world", **change, **now)
    for quantity in ("payment", "state_take"):
        base = f"{quantity}@2017-01..2017-12"
        teller.tell(quantity, "percent", 105, base=base, segment="forestry", **now)
    groups = {"asia": ["china", "kuwait"], "world": ["russia", "china", "kuwait"]}
    rows = {f"several_{name}": cells for name, cells in teller.rows.items()}
    priors = {"crossings_per_year": CROSSINGS, "china.crossings_per_year": CROSSINGS | {"p95": 9}}
    return alike_hosts(folder, evidence=rows, timeline={"groups": groups}, priors=priors)


def time_worked(folder: Path) -> Case:
    """Two hosts with pay by the day and hour, other currencies, and sums over days."""
    basis = "a guess for the tests"
    priors = {
        "days_worked": {"p05": 22, "p95": 30, "unit": "shifts/month", "basis": basis},
        "china.days_worked": {"p05": 5, "p95": 7, "unit": "days/week", "basis": basis},
        "hours_worked": {"p05": 8, "p95": 16, "unit": "hours/day", "basis": basis},
    }
    paid = Teller()
    for host in ("russia", "china"):
        segment = {"host": host} if host == "russia" else {"host": host, "segment": ""}
        paid.tell("payment", "RUB/day", 3_300, **segment)
        paid.tell("declared_salary", "EUR/hour", 2, **segment)
        paid.tell("plan", "KRW/month", 700_000, **segment)
        paid.tell("wage_fund", "USD/shift", 40, **segment)
        paid.tell("upkeep", "RUB/week", 1_500, **segment)
        for start, end in (("2017-04-11", "2017-04-20"), ("2018-01-16", "2018-02-15")):
            days = {"start": start, "end": end, **segment}
            paid.tell("entries", "persons", 900, **days)
            paid.tell("permits_issued", "permits", 400, **days)
    paid.tell("days_worked", "shifts/month", 26, segment="", host="russia")
    return read_case(write_case(folder, two_hosts=True, evidence=paid.rows, priors=priors))


def as_published(folder: Path) -> Case:
    """Bare bounds, lopsided ranges, a panel, and rows that were taken back."""
    rows: dict[str, dict[str, Any]] = {
        f"expert_{one}": row(
            "permitted", "2018-06", "2018-06", "about", "persons", value=value, panel="experts"
        )
        for one, value in (("a", "10000"), ("b", "20000"), ("c", "40000"))
    }
    rows |= {
        "few": row("new_permits", "2018-11", "2018-12", "below", "permits", value="5"),
        "none": row("visas_issued", "2018-12", "2018-12", "below", "visas", value="0"),
        "more": row("working", "2018-06", "2018-06", "above", "persons", value="9000"),
        "longer_above": row(
            "worker_keeps", "2018-06", "2018-06", "range", "USD/month",
            low="120", value="150", high="220", coverage="0.95",
        ),
        "longer_below": row(
            "plan", "2018-06", "2018-06", "range", "USD/month",
            low="400", value="600", high="650", coverage="90%",
        ),
        "revised": row(
            "permitted", "2017-12", "2017-12", "about", "persons", value="30000",
            replaces="workers", origin="register",
        ),
    }  # fmt: skip
    return read_case(
        write_case(folder, evidence=rows, sources={"newspaper": {"status": "retracted"}})
    )


def one_year(folder: Path) -> Case:
    """One year, one phase, one segment."""
    teller = Teller(segment="", start="2017-01", end="2017-12")
    for quantity, unit in (("working", "persons"), ("payment", "RUB/month"), ("plan", "USD/year")):
        teller.tell(quantity, unit, 30_000)
    timeline = {
        "start": "2017-01",
        "end": "2017-12",
        "headline": 2017,
        "reference": "2017-01",
        "phases": [{"name": "open", "start": "2017-01", "because": NO_BAN}],
    }
    return teller.case(
        folder, timeline=timeline, priors={"permit_inflow.banned": None},
        segments={"spb_construction": None}, firms={"firm_1": None},
    )  # fmt: skip


def little_left(folder: Path) -> Case:
    """Uses that exceed billings at many points of the prior: what is left has no logarithm."""
    teller = Teller()
    for base in ("", "", "wage_fund", "billings"):
        for quantity in ("wage_fund", "withheld", "surplus", "wedge"):
            if quantity != base:
                teller.tell(quantity, *(("percent", 50) if base else ("RUB/month", 9e3)), base=base)
    return teller.case(folder, priors={"declared_salary": {"p05": 40_000, "p95": 200_000}})


KINDS: dict[str, Callable[[Path], Case]] = {
    build.__name__: build
    for build in (
        tiny, real, two_hosts, no_rows, counts, shares, amounts, shares_of_bases,
        basic_quantities, spreads, origins, nothing_alike, grades_as_they_stand, letters_alone,
        often_off, periods, own_phases, uneven_arrivals, alike_hosts, several_hosts,
        time_worked, as_published, one_year,
        little_left,
    )
}  # fmt: skip

#: What-ifs, and the kind that each changes.
WHAT_IFS: dict[str, tuple[str, WhatIf]] = {
    "without_plan_and_payments": ("tiny", WhatIf(without=("plan", "payments"))),
    "quarters_set": (
        "uneven_arrivals",
        WhatIf(
            fixed=(("arrivals_ratio.2017q2", 1.4, ""),),
            priors=(("china.arrivals_ratio.2018q1", 0.3, 3.0, ""),),
        ),
    ),
    "rows_left_out": ("spreads", WhatIf(drop_rows=("row_00", "row_02", "row_04"))),
    "nothing_said": ("tiny", WhatIf(drop_sources=("newspaper", "paper"))),
    "set_and_weighed": (
        "periods",
        WhatIf(
            fixed=(
                ("keep_share", 0.4, ""),
                ("permit_exit.banned", 0.05, ""),
                ("plan", 600.0, "USD/month"),
                ("vat_rate.between", 19.0, "percent"),
            ),
            priors=(("upkeep", 3_000.0, 9_000.0, "RUB/month"),),
            weights=(("row_00", 0.3), ("row_01", 2.0), ("row_02", 0.0)),
        ),
    ),
}

ALL = (*KINDS, *WHAT_IFS)


def parts_of(name: str, folder: Path) -> tuple[Case, Synthesis]:
    """The case and the arrays of a kind, or of a what-if."""
    kind, what_if = WHAT_IFS.get(name, (name, WhatIf()))
    case = KINDS[kind](folder)
    return case, changed_parts(synthesis(case), case, what_if)
