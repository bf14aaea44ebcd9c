"""Writes small valid cases for the tests, whole or with pieces changed.

``write_case(folder, **changes)`` writes the host `russia`, 2017-01 to 2018-12, two phases and two
segments. A change is named after a file, with ``_`` for the dot::

    write_case(folder, evidence_csv="…")                    # another text, or bytes; None: no file
    write_case(folder, evidence={"payment": {"unit": "RUB/moth"}})     # cells of rows, by id
    write_case(folder, evidence={"payment": None})                     # without a row
    write_case(folder, evidence={"another": {"quantity": "plan", …}})  # one more row
    write_case(folder, priors={"payment": {"p05": 5}, "upkeep": None}) # keys of tables, by path
    write_case(folder, timeline={"headline": 2017, "phases": {…}})     # keys, by dotted path

and likewise ``sources``, ``segments``, ``firms`` and ``fx`` by id, ``reading`` by dotted path.
``two_hosts=True`` adds the host `china` in yuan: rows and tables only.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.evidence.synthesis import Synthesis, program

Cells = dict[str, Any]
Rows = dict[str, Cells]

_COLUMNS = {
    "evidence": "id quantity host segment start end qualifier low value high unit base source "
    "said_by origin reliability credibility role note",
    "sources": "id title publisher date url accessed note",
    "segments": "id host region sector share_p05 share_p95 note",
    "firms": "id name host segment workers_approved start end linked_by source note",
    "links": "firm other kind source note",
    "fx": "month currency per_usd source",
}
#: Columns of each table, in the order of the design.
COLUMNS = {table: columns.split() for table, columns in _COLUMNS.items()}
#: Columns that are written only if a row has one of them.
OPTIONAL = (
    "coverage", "panel", "replaces", "status", "contract", "contract_currency", "same_workers_as",
)  # fmt: skip


def row(quantity: str, start: str, end: str, qualifier: str, unit: str, **cells: Any) -> Cells:
    return {
        "quantity": quantity,
        "host": "russia",
        "start": start,
        "end": end,
        "qualifier": qualifier,
        "unit": unit,
        "source": "paper",
        "said_by": "an official",
        "reliability": "B",
        "credibility": "2",
        "role": "fit",
        **cells,
    }


def evidence_rows() -> Rows:
    """Return the rows of evidence.csv by id: eight to fit, one held out, one for context."""
    return {
        "workers": row("permitted", "2017-12", "2017-12", "about", "persons", value="24000"),
        "quota": row("quota", "2017-01", "2017-12", "up_to", "persons", value="47000"),
        "arrivals": row(
            "work_registrations", "2017-10-01", "2018-06-30", "more_than", "registrations",
            value="10000", origin="newspaper", source="newspaper",
        ),
        "new": row(
            "new_permits", "2018-01", "2018-12", "at_least", "permits", value="700",
            origin="newspaper", source="newspaper",
        ),
        "payment": row(
            "payment", "2018-07", "2018-07", "about", "RUB/month", value="100000",
            segment="spb_construction",
        ),
        "declared": row(
            "declared_salary", "2018-07", "2018-07", "spread", "RUB/month", low="16000",
            high="20000", segment="spb_construction",
        ),
        "plan": row("plan", "2017-01", "2017-12", "exact", "USD/year", value="7200"),
        "kept": row(
            "worker_keeps", "2017-01", "2018-12", "range", "USD/month", low="100", high="200"
        ),
        "handed_over": row(
            "state_take", "2017-01", "2018-12", "nearly", "percent", value="66", base="wage_fund",
        ),
        "official_total": row(
            "total_state_take", "2017-01", "2017-12", "range", "million USD/year", low="150",
            high="300", role="holdout",
        ),
        "world_total": row(
            "total_billings", "2012-01", "2012-12", "as_much_as", "million USD/year",
            value="2000", host="world", role="context", reliability="f", credibility="6",
        ),
    }  # fmt: skip


def source_rows() -> Rows:
    """Return the rows of sources.csv by id."""
    return {
        "paper": {"title": "A study", "publisher": "A university", "date": "2018"},
        "newspaper": {
            "title": "A report",
            "publisher": "A newspaper",
            "date": "2018-08-02",
            "url": "https://example.org/report",
            "accessed": "2024-05",
        },
        "resolution": {"title": "Resolution 2375", "publisher": "UN", "date": "2017-09-11"},
    }


def segment_rows() -> Rows:
    """Return the rows of segments.csv by id."""
    return {
        "spb_construction": {
            "host": "russia", "region": "st_petersburg", "sector": "construction",
            "share_p05": "0.1", "share_p95": "0.3", "note": "guess",
        },
        "forestry": {
            "host": "russia", "region": "far_east", "sector": "forestry",
            "share_p05": "0.5", "share_p95": "0.9", "note": "guess",
        },
    }  # fmt: skip


def firm_rows() -> Rows:
    """Return the rows of firms.csv by id."""
    return {
        "firm_1": {
            "name": "A firm, of builders", "host": "russia", "segment": "spb_construction",
            "workers_approved": "120", "start": "2017-01", "end": "2017-12",
            "linked_by": "register", "source": "paper",
        },
    }  # fmt: skip


#: Quantiles and unit of each basic quantity's prior, by path in priors.toml.
PRIORS: dict[str, tuple[float, float, str]] = {
    "permitted_at_start": (25000, 40000, "persons"),
    "permit_inflow": (200, 2000, "persons/month"),
    "permit_inflow.banned": (10, 300, "persons/month"),
    "permit_exit": (0.01, 0.1, "1/month"),
    "irregular_at_start": (200, 3000, "persons"),
    "irregular_inflow": (20, 500, "persons/month"),
    "irregular_exit": (0.1, 2, "1/year"),
    "irregular_working": (0.3, 0.95, "fraction"),
    "share_present": (0.85, 0.99, "fraction"),
    "quota_use": (60, 95, "percent"),
    "permits_per_year": (0.8, 1.5, "permits/person/year"),
    "visas_per_entry": (0.8, 2, "visas/person"),
    "registrations_per_entry": (1, 2.5, "registrations/person"),
    "payment": (40000, 100000, "RUB/month"),
    "payment_growth": (0.95, 1.15, "1"),
    "payment_ratio": (0.6, 1.6, "1"),
    "utilisation": (0.6, 0.95, "1"),
    "declared_salary": (12000, 25000, "RUB/month"),
    "declared_growth": (1, 1.15, "1"),
    "declared_ratio": (0.6, 1.6, "1"),
    "vat_rate": (0.15, 0.21, "fraction"),
    "vat_share": (0.2, 0.8, "fraction"),
    "simplified_rate": (0.04, 0.08, "fraction"),
    "income_tax_rate": (0.12, 0.31, "fraction"),
    "contribution_rate": (0.02, 0.3, "fraction"),
    "permit_cost": (100, 800, "USD/year"),
    "broker_margin": (0.02, 0.2, "fraction"),
    "managers_share": (0.02, 0.2, "fraction"),
    "upkeep": (4000, 15000, "RUB/month"),
    "upkeep_growth": (1, 1.1, "1"),
    "keep_share": (0.2, 0.8, "fraction"),
    "plan": (400, 900, "USD/month"),
    "plan_growth": (0.95, 1.1, "1"),
    "plan_ratio": (0.6, 1.6, "1"),
    "levies": (1.0, 1.3, "1"),
    "own_firms": (0.1, 0.9, "fraction"),
}

#: What the second host adds.
CHINA_PRIORS: dict[str, tuple[float, float, str]] = {
    "china.payment": (2000, 5000, "CNY/month"),
    "china.declared_salary": (1500, 3500, "CNY/month"),
    "china.upkeep": (200, 800, "CNY/month"),
    "china.permit_inflow.open": (500, 5000, "persons/month"),
}


def prior_tables() -> Rows:
    """Return the tables of priors.toml by path."""
    return {
        path: {"p05": p05, "p95": p95, "unit": unit, "basis": "a guess for the tests"}
        for path, (p05, p95, unit) in PRIORS.items()
    }


def timeline_keys() -> dict[str, Any]:
    """Return timeline.toml as nested tables."""
    return {
        "title": "A small case",
        "start": "2017-01",
        "end": "2018-12",
        "reference": "2018-07",
        "headline": 2018,
        "hosts": {"russia": {"title": "Russia", "currency": "RUB"}},
        "phases": [
            {"name": "open", "start": "2017-01", "because": "no ban yet"},
            {"name": "banned", "start": "2017-10", "because": "the resolution of September 2017"},
        ],
        "tax_periods": [{"name": "before_2019", "start": "2017-01", "because": "18% tax"}],
        "sanctions": [
            {
                "date": "2017-09-11",
                "instrument": "UNSCR 2375, para 17",
                "requires": "no new permits",
                "source": "resolution",
            }
        ],
        "press_arithmetic": {
            "workers": "workers",
            "payment": "payment",
            "payment_usd": "plan",
            "declared": "declared",
        },
    }


def reading_keys() -> dict[str, Any]:
    """Return reading.toml as nested tables."""
    tables: dict[str, Any] = {
        "reliability": {"A": 0.03, "B": 0.08, "C": 0.18, "D": 0.35, "E": 0.6, "F": 0.45},
        "credibility": {"1": 0.03, "2": 0.08, "3": 0.15, "4": 0.3, "5": 0.6, "6": 0.4},
        "tails": {
            "nearly": 0.03, "almost": 0.03, "at_least": 0.3, "more_than": 0.15,
            "incomplete": 1.0, "up_to": 0.3, "as_much_as": 0.4,
        },
        "rounding": {"cap": 0.1},
        "range": {"coverage": 0.8},
        "spread": {"units_p05": 5, "units_p95": 200, "deviation_p05": 0.05, "deviation_p95": 1.0},
        "echo": {"shared": 0.8},
        "errors": {"letter_sd": 0.5, "off_share": 0.1, "off_by": 0.8},
        "slips": {"factor": 30},
    }  # fmt: skip
    return {name: {**table, "basis": "a guess for the tests"} for name, table in tables.items()}


# Writing


def table_text(columns: list[str], rows: Mapping[str, Cells]) -> str:
    """Return rows as the text of a CSV file; cells that are not given are blank."""
    out = io.StringIO()
    told = {column for cells in rows.values() for column in cells}
    columns = [*columns, *(one for one in OPTIONAL if one in told)]
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    for name, cells in rows.items():
        writer.writerow(({"id": name} if "id" in columns else {}) | cells)
    return out.getvalue()


def toml_text(keys: Mapping[str, Any], path: str = "") -> str:
    """Return nested tables as the text of a TOML file."""
    plain, tables = [], []
    for key, value in keys.items():
        place = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            tables.append(f"\n[{place}]\n{toml_text(value, place)}")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            tables += [f"\n[[{place}]]\n{toml_text(one, place)}" for one in value]
        else:
            bare = isinstance(value, float)  # TOML writes inf and nan as Python does
            plain.append(f"{key} = {value if bare else json.dumps(value, ensure_ascii=False)}\n")
    return "".join(plain + tables)


def changed_rows(rows: Rows, changes: Mapping[str, Any] | None) -> Rows:
    """Return rows (or tables) with cells changed, rows taken out (None) or added."""
    rows = {name: dict(cells) for name, cells in rows.items()}
    for name, cells in (changes or {}).items():
        if cells is None:
            del rows[name]
        else:
            merged = rows.get(name, {}) | cells
            rows[name] = {key: value for key, value in merged.items() if value is not None}
    return rows


def changed_keys(keys: dict[str, Any], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return nested tables with keys set by dotted path, or taken out (None)."""
    for path, value in (changes or {}).items():
        *tables, last = path.split(".")
        inner: Any = keys
        for part in tables:
            inner = inner[int(part)] if isinstance(inner, list) else inner.setdefault(part, {})
        place = int(last) if isinstance(inner, list) else last
        if value is None:
            del inner[place]
        else:
            inner[place] = value
    return keys


def write_case(
    folder: Path,
    *,
    two_hosts: bool = False,
    evidence: Mapping[str, Any] | None = None,
    sources: Mapping[str, Any] | None = None,
    segments: Mapping[str, Any] | None = None,
    firms: Mapping[str, Any] | None = None,
    fx: Mapping[str, Any] | None = None,
    priors: Mapping[str, Any] | None = None,
    timeline: Mapping[str, Any] | None = None,
    reading: Mapping[str, Any] | None = None,
    **files: str | bytes | None,
) -> Path:
    """Write a small valid case with changes, as the module says, and return its folder."""
    rows, tables, dates = evidence_rows(), prior_tables(), timeline_keys()
    split = segment_rows()
    if two_hosts:
        dates["hosts"]["china"] = {"title": "China", "currency": "CNY"}
        split["dandong_textiles"] = {
            "host": "china", "region": "dandong", "sector": "textiles",
            "share_p05": "0.5", "share_p95": "0.9", "note": "guess",
        }  # fmt: skip
        tables |= {
            path: {"p05": p05, "p95": p95, "unit": unit, "basis": "a guess for the tests"}
            for path, (p05, p95, unit) in CHINA_PRIORS.items()
        }
        rows["china_payment"] = row(
            "payment", "2018-01", "2018-12", "about", "CNY/month", value="3000", host="china"
        )
    texts: dict[str, str | bytes | None] = {
        "evidence.csv": table_text(COLUMNS["evidence"], changed_rows(rows, evidence)),
        "sources.csv": table_text(COLUMNS["sources"], changed_rows(source_rows(), sources)),
        "segments.csv": table_text(COLUMNS["segments"], changed_rows(split, segments)),
        "firms.csv": table_text(COLUMNS["firms"], changed_rows(firm_rows(), firms)),
        "priors.toml": priors_text(changed_rows(tables, priors)),
        "timeline.toml": toml_text(changed_keys(dates, timeline)),
        "reading.toml": toml_text(changed_keys(reading_keys(), reading)),
    }
    if fx is not None:
        texts["fx.csv"] = table_text(COLUMNS["fx"], changed_rows({}, fx))
    texts |= {name[::-1].replace("_", ".", 1)[::-1]: text for name, text in files.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        if text is not None:
            (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def priors_text(tables: Rows) -> str:
    """Return tables by path as the text of priors.toml."""
    return "".join(f"[{path}]\n{toml_text(keys)}\n" for path, keys in tables.items())


def recorded_bytes(parts: Synthesis) -> bytes:
    """All that the kernel is given of a case."""
    found = program(parts)
    return b"".join(one.tobytes() for one in (found.code, found.places, found.data, found.terms))
