"""Faulty inputs: one planted fault gives one fault, in its place, that says what to do."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.case.case import read_case
from model.case.faults import CaseError, Fault
from model.case.units import UnitError, conversion
from tests.cases import (
    COLUMNS,
    evidence_rows,
    prior_tables,
    priors_text,
    row,
    table_text,
    write_case,
)

E, S, G, F, X = "evidence.csv", "sources.csv", "segments.csv", "firms.csv", "fx.csv"
P, T, R = "priors.toml", "timeline.toml", "reading.toml"


class Planted(NamedTuple):
    """A change that plants a fault, and where and how it has to be told.

    ``row`` is a line's number, or a piece of the line.
    """

    changes: dict[str, Any]
    file: str
    row: int | str | None
    column: str | None
    words: tuple[str, ...]


def cell(name: str, column: str, text: str, *words: str, line: int) -> Planted:
    """Plant a fault in one cell of evidence.csv."""
    return Planted({"evidence": {name: {column: text}}}, E, line, column, words)


def key(file: str, path: str, value: Any, *words: str, line: str, column: str = "") -> Planted:
    """Plant a fault in one key of timeline.toml or reading.toml."""
    change = {file.removesuffix(".toml"): {path: value}}
    return Planted(change, file, line, column or path, words)


def prior(path: str, change: dict[str, Any], name: str, *words: str, line: str | None) -> Planted:
    """Plant a fault in one table of priors.toml."""
    return Planted({"priors": {path: change}}, P, line, name, words)


EVIDENCE = table_text(COLUMNS["evidence"], evidence_rows())
PRIORS_TEXT = priors_text(prior_tables())
WITHOUT_PLAN_GROWTH = priors_text(
    {path: table for path, table in prior_tables().items() if path != "plan_growth"}
)
FOLDER = "make a folder of it"
HEADER = EVIDENCE.splitlines()[0]

CELLS = {
    # what is measured
    "unknown quantity": cell(
        "payment", "quantity", "paymnt", "'paymnt'", "not a quantity", "'payment'", line=6
    ),
    "quantity far from any": cell(
        "payment", "quantity", "zzz", "'zzz'", "model/equations/quantities.py", line=6
    ),
    "no quantity": cell("payment", "quantity", "", "quantity is missing", line=6),
    "weight": cell("payment", "quantity", "segment_share.forestry", "segment_workers", line=6),
    "index missing": cell(
        "new", "quantity", "permit_inflow", "value for each phase", "permit_inflow.open", line=5
    ),
    "index unknown": cell(
        "new", "quantity", "permit_inflow.opne", "did you mean 'permit_inflow.open'", line=5
    ),
    "index where there is none": cell(
        "plan", "quantity", "plan_growth.open", "no parts", "plan_growth", line=8
    ),
    "total to fit": cell("official_total", "role", "fit", "never fitted", "holdout", line=11),
    # units
    "unit misspelt": cell(
        "payment", "unit", "RUB/moth",
        "'RUB/moth' is not a unit of payment; write 'RUB/month'", line=6,
    ),
    "unit missing": cell("payment", "unit", "", "unit of payment is missing", "RUB/month", line=6),
    "unit of another dimension": cell(
        "payment", "unit", "persons", "'persons'", "another dimension", "RUB/month", line=6
    ),
    "money without time": cell("payment", "unit", "RUB", "another dimension", line=6),
    "total without time": cell(
        "official_total", "unit", "million USD", "'million USD/year'", line=11
    ),
    "visas a year": cell("new", "unit", "permits/year", "'permits'", "start and end", line=5),
    "persons for permits": cell("new", "unit", "persons", "write 'permits'", line=5),
    "a total in another currency": cell(
        "official_total", "unit", "million CNY/year", "is in CNY", "RUB or USD", line=11
    ),
    "currency without a rate": cell(
        "payment", "unit", "KPW/month", "no rate of KPW for 2018-07", "fx.csv", line=6
    ),
    "rates of other years": cell(
        "payment", "unit", "EEK/month", "EEK from 1999-01-04 to 2010-12-31", line=6
    ),
    "an old currency's code": cell("payment", "unit", "RUR/month", "is it in RUB?", line=6),
    "currency in small letters": cell("payment", "unit", "rub/month", "'RUB/month'", line=6),
    "per in words": cell("kept", "unit", "USD per month", "write 'USD/month'", line=9),
    "days": cell("payment", "unit", "RUB/day", "[days_worked] with p05", line=6),
    "unit of operators": cell("payment", "unit", "**", "'**' is not a unit", line=6),
    "unit that divides by zero": cell("payment", "unit", "1/0", "not a unit", line=6),
    "unit that ends early": cell("payment", "unit", "RUB/", "not a unit", line=6),
    "unit without end": cell("payment", "unit", "a" * 10_000, "not a unit", "…", line=6),
    "unit of deep brackets": cell("payment", "unit", "(" * 50, "not a unit", line=6),
    "unit that is code": cell("payment", "unit", '__import__("os")', "not a unit", line=6),
    "power": cell("payment", "unit", "RUB**9**9**9", "not a unit", line=6),
    # bases
    "base missing": cell("handed_over", "base", "", "needs a base", "wage_fund", line=10),
    "base unknown": cell(
        "handed_over", "base", "wage_fnd", "'wage_fnd'", "did you mean 'wage_fund'", line=10
    ),
    "base of an amount": cell("payment", "base", "billings", "not a share", "blank", line=6),
    "base of a count": cell("workers", "base", "billings", "never a share", "blank", line=2),
    "share of itself": cell(
        "handed_over", "quantity", "wage_fund", "share of itself", line=10
    )._replace(column="base"),
    # figures
    "not a number": cell("payment", "value", "lots", "'lots' is not a number", line=6),
    "grouped thousands": cell("payment", "value", "100,000", "write 100000", line=6),
    "grouped with a space": cell("payment", "value", "100 000", "write 100000", line=6),
    "decimal comma": cell("payment", "value", "0,5", "'0,5' is not a number; write 0.5", line=6),
    "nan": cell("payment", "value", "NaN", "not a finite number", line=6),
    "infinity": cell("payment", "value", "-inf", "not a finite number", line=6),
    "overflow": cell("payment", "value", "1e999", "not a finite number", line=6),
    "negative money": cell("payment", "value", "-5", "'-5' is negative", line=6),
    "zero": cell("payment", "value", "0", "zero", "above zero", line=6),
    "no value": cell("payment", "value", "", "'about' takes value", "fill it in", line=6),
    "low beside value": cell("payment", "low", "90000", "'about' takes value", "blank", line=6),
    "value beside a spread": cell(
        "declared", "value", "18000", "'spread' takes low and high", "blank", line=7
    ),
    "no high": cell("declared", "high", "", "'spread' takes low and high", "fill", line=7),
    "low above high": cell("declared", "low", "30000", "30000 is not below high, 20000", line=7),
    "low above high held out": cell("official_total", "low", "3000", "not below", line=11),
    "share above one": cell(
        "handed_over", "value", "166", "166 percent", "between 0 and 1", line=10
    ),
    "percent as fraction": cell("handed_over", "unit", "fraction", "66 fraction", line=10)._replace(
        column="value"
    ),
    # words and grades
    "qualifier unknown": cell(
        "payment", "qualifier", "abuot", "'abuot' is not a qualifier", "'about'", line=6
    ),
    "qualifier far from any": cell(
        "payment", "qualifier", "zzz", "exact, about, nearly", "spread", line=6
    ),
    "reliability": cell("payment", "reliability", "G", "'G' is not a reliability", line=6),
    "credibility": cell("payment", "credibility", "7", "'7' is not a credibility", line=6),
    "credibility missing": cell("payment", "credibility", "", "credibility is missing", line=6),
    "role": cell("payment", "role", "fitt", "did you mean 'fit'", line=6),
    "origin": cell("payment", "origin", "a b", "'a b' is not an origin", line=6),
    # place and time
    "date": cell("payment", "start", "July 2018", "'July 2018' is not a date", line=6),
    "month 13": cell("payment", "end", "2018-13", "'2018-13'", "YYYY-MM", line=6),
    "day 30 of February": cell("payment", "start", "2018-02-30", "not a date", line=6),
    "date missing": cell("payment", "end", "", "the date is missing", line=6),
    "long ago": cell("world_total", "start", "1889-01", "1990", line=12),
    "outside the timeline": Planted(
        {"evidence": {"payment": {"start": "2019-02", "end": "2019-03"}}},
        E, 6, "start", ("2017-01 to 2018-12",),
    ),
    "ends before it starts": cell("payment", "end", "2018-01", "before the start", line=6),
    "ends a day before it starts": Planted(
        {"evidence": {"payment": {"start": "2018-07-02", "end": "2018-07-01"}}},
        E, 6, "end", ("before the start",),
    ),
    "host unknown": cell("payment", "host", "rusia", "did you mean 'russia'", line=6),
    "host missing": cell("world_total", "host", "", "host is missing", line=12),
    "segment unknown": cell(
        "payment", "segment", "constuction", "did you mean 'construction'", line=6
    ),
    "segment of nothing": cell(
        "payment", "segment", "not construction+forestry", "no segment", line=6
    ),
    "segment of a total": cell(
        "official_total", "segment", "forestry", "not measured by segment", line=11
    ),
    "segment of another host": cell(
        "world_total", "segment", "forestry", "not measured by segment", line=12
    ),
    "source unknown": cell(
        "payment", "source", "papper", "sources.csv", "did you mean 'paper'", line=6
    ),
    "source unlike any": cell("payment", "source", "zzz", "add it there", line=6),
    "source missing": cell("payment", "source", "", "source is missing", line=6),
    "id missing": cell("kept", "id", "", "an id is missing", line=9),
    "id with a comma": cell("kept", "id", "a,b", "'a,b' is not an id", line=9),
    "id twice": cell("kept", "id", "new", "'new' already occurs in row 5", line=9),
    "share without segment": Planted(
        {"evidence": {"share": row(
            "segment_workers", "2018-01", "2018-12", "about", "percent", value="40"
        )}},
        E, 13, "segment", ("needs its segments",),
    ),
    "share of every segment": Planted(
        {"evidence": {"share": row(
            "segment_workers", "2018-01", "2018-12", "about", "percent", value="40",
            segment="forestry+construction",
        )}},
        E, 13, "segment", ("every segment",),
    ),
}  # fmt: skip

TABLES = {
    "file missing": Planted({"evidence_csv": None}, E, None, None, ("no such file", "add")),
    "file is a folder": Planted({"evidence_csv": FOLDER}, E, None, None, ("a folder, not a file",)),
    "file empty": Planted({"evidence_csv": ""}, E, None, None, ("the file is empty",)),
    "file blank": Planted({"evidence_csv": " \n\n"}, E, None, None, ("the file is empty",)),
    "no header": Planted(
        {"fx_csv": "2018-01,RUB,56,bank\n"}, X, 1, None, ("names no column", "month,currency"),
    ),
    "unit column missing": Planted(
        {"evidence_csv": "\n".join(
            ",".join(c for i, c in enumerate(line.split(",")) if i != 10)
            for line in EVIDENCE.splitlines()
        )},
        E, 1, "unit", ("missing", "add it"),
    ),
    "rate's currency column missing": Planted(
        {"fx_csv": "month,per_usd,source\n2018-01,56,bank\n"}, X, 1, "currency", ("missing",),
    ),
    "header alone": Planted(
        {"evidence_csv": HEADER + "\n", "timeline": {"press_arithmetic": None}},
        E, None, None, ("no rows",),
    ),
    "latin-1": Planted(
        {"evidence_csv": EVIDENCE.replace("an official", "un émigré", 3).encode("latin-1")},
        E, 2, None, ("0xe9", "not UTF-8"),
    ),
    "utf-16": Planted({"evidence_csv": EVIDENCE.encode("utf-16")}, E, 1, None, ("UTF-16", "UTF-8")),
    "zero byte": Planted(
        {"evidence_csv": EVIDENCE.replace("24000", "24\0000")}, E, 2, None, ("zero byte",)
    ),
    "semicolons": Planted(
        {"evidence_csv": EVIDENCE.replace(",", ";")}, E, 1, None, ("semicolons", "commas")
    ),
    "tabs": Planted({"evidence_csv": EVIDENCE.replace(",", "\t")}, E, 1, None, ("tabs",)),
    "quotation mark left open": Planted(
        {"evidence_csv": EVIDENCE.replace("\nkept,", '\n"kept,')}, E, 9, None, ("quotation marks",)
    ),
    "quotation mark within": Planted(
        {"evidence_csv": EVIDENCE.replace("\nkept,", '\n"ke"pt,')}, E, 9, None, ("quotation",)
    ),
    "too many cells": Planted(
        {"evidence_csv": EVIDENCE.replace(",B,2,fit,\nkept", ",,B,2,fit,\nkept")},
        E, 8, None, ("20 cells", "19", "quotation marks"),
    ),
    "too few cells": Planted(
        {"evidence_csv": EVIDENCE.replace("an official,,B,2,fit,\nkept", "an official\nkept")},
        E, 8, None, ("14 cells", "19"),
    ),
    "column misspelt": Planted(
        {"evidence_csv": EVIDENCE.replace("qualifier", "qualifer", 1)},
        E, 1, "qualifer", ("unknown column", "did you mean 'qualifier'"),
    ),
    "column in capitals": Planted(
        {"evidence_csv": EVIDENCE.replace("quantity", "Quantity", 1)},
        E, 1, "Quantity", ("did you mean 'quantity'",),
    ),
    "column unknown": Planted(
        {"evidence_csv": "\n".join(
            line + (",weight" if i == 0 else ",1") for i, line in enumerate(EVIDENCE.splitlines())
        )},
        E, 1, "weight", ("unknown column", "remove it"),
    ),
    "column missing": Planted(
        {"evidence_csv": "\n".join(line[: line.rindex(",")] for line in EVIDENCE.splitlines())},
        E, 1, "note", ("missing", "add it"),
    ),
    "needed column missing": Planted(
        {"sources_csv": "id,publisher,date,url,accessed,note\n"
         "paper,,,,,\nnewspaper,,,,,\nresolution,,,,,\n"},
        S, 1, "title", ("missing", "add it"),
    ),
    "column twice": Planted(
        {"evidence_csv": "\n".join(
            line + (",unit" if i == 0 else ",") for i, line in enumerate(EVIDENCE.splitlines())
        )},
        E, 1, "unit", ("twice",),
    ),
    "source without title": Planted(
        {"sources": {"paper": {"title": ""}}}, S, 2, "title", ("title is missing",)
    ),
    "source's date": Planted(
        {"sources": {"newspaper": {"date": "2 August"}}}, S, 3, "date", ("not a date", "YYYY")
    ),
    "source's address": Planted(
        {"sources": {"newspaper": {"url": "example.org"}}}, S, 3, "url", ("https://",)
    ),
    "source twice": Planted(
        {"sources": {"new": {"id": "paper", "title": "again"}}},
        S, 5, "id", ("'paper' already occurs in row 2",),
    ),
    "share of a segment": Planted(
        {"segments": {"forestry": {"share_p95": "1.5"}}}, G, 3, "share_p95", ("not a share",)
    ),
    "share of a segment reversed": Planted(
        {"segments": {"forestry": {"share_p05": "0.95"}}}, G, 3, "share_p05", ("not below",)
    ),
    "share of a segment missing": Planted(
        {"segments": {"forestry": {"share_p05": ""}}}, G, 3, "share_p05", ("number is missing",)
    ),
    "segment's id": Planted(
        {"segments": {"fish.factory": {
            "host": "russia", "region": "far_east", "sector": "fish",
            "share_p05": "0.1", "share_p95": "0.2",
        }}},
        G, 4, "id", ("'fish.factory' is not a segment's id",),
    ),
    "segment's region with a plus": Planted(
        {"segments": {"forestry": {"region": "far+east"}}}, G, 3, "region", ("not a region",)
    ),
    "segment's host": Planted(
        {"segments": {"forestry": {"host": "rusia"}}}, G, 3, "host", ("did you mean 'russia'",)
    ),
    "host without segment": Planted(
        {"two_hosts": True, "segments": {"dandong_textiles": None}},
        G, None, None, ("'china'", "no segment"),
    ),
    "firm's workers": Planted(
        {"firms": {"firm_1": {"workers_approved": "-3"}}}, F, 2, "workers_approved", ("negative",)
    ),
    "firm's segment": Planted(
        {"firms": {"firm_1": {"segment": "forestri"}}}, F, 2, "segment", ("'forestry'",)
    ),
    "firm's source": Planted(
        {"firms": {"firm_1": {"source": "papers"}}}, F, 2, "source", ("'paper'",)
    ),
    "firm's dates": Planted(
        {"firms": {"firm_1": {"end": "2016-12"}}}, F, 2, "end", ("before the start",)
    ),
    "rate of zero": Planted(
        {"fx": {"1": {"month": "2018-01", "currency": "RUB", "per_usd": "0", "source": "bank"}}},
        X, 2, "per_usd", ("zero",),
    ),
    "rate's month": Planted(
        {"fx": {"1": {"month": "1/2018", "currency": "RUB", "per_usd": "56", "source": "bank"}}},
        X, 2, "month", ("not a month", "YYYY-MM"),
    ),
    "rate's currency": Planted(
        {"fx": {"1": {"month": "2018-01", "currency": "RUR", "per_usd": "56", "source": "bank"}}},
        X, 2, "currency", ("'RUR' is not a currency", "'RUB'"),
    ),
    "rate twice": Planted(
        {"fx": {
            n: {"month": "2018-01", "currency": "RUB", "per_usd": n, "source": "bank"}
            for n in ("56", "57")
        }},
        X, 3, "month", ("same month and currency",),
    ),
    "no rates": Planted(
        {"timeline": {"hosts.russia.currency": "MNT"},
         "evidence": {name: {"unit": "USD/month"} for name in ("payment", "declared")},
         "priors": {
             name: {"unit": "MNT/month"} for name in ("payment", "declared_salary", "upkeep")
        }},
        X, None, None, ("24 months from 2017-01 to 2018-12", "add fx.csv"),
    ),
}  # fmt: skip

BOUNDS = "did you mean 'p05'"
SETTINGS = {
    # priors.toml
    "prior missing": Planted(
        {"priors": {"upkeep": None}}, P, None, "upkeep", ("no prior", "RUB/month")
    ),
    "prior of one phase missing": Planted(
        {"priors": {"permit_exit": None, "permit_exit.open": {
            "p05": 0.1, "p95": 0.2, "unit": "1/month", "basis": "guess",
        }}},
        P, None, "permit_exit.banned", ("no prior",),
    ),
    "quantiles reversed": prior(
        "payment", {"p05": 200000}, "payment.p05", "200000", "not below", line="p05 = 200000"
    ),
    "quantiles equal": prior(
        "payment", {"p05": 100000}, "payment.p05", "not below", line="p05 = 100000"
    ),
    "quantile of zero": prior("payment", {"p05": 0}, "payment.p05", "above zero", line="p05 = 0\n"),
    "quantile below zero": prior(
        "payment", {"p05": -7}, "payment.p05", "-7", "above zero", line="p05 = -7"
    ),
    "fraction of one": prior(
        "keep_share", {"p95": 1}, "keep_share.p95", "between 0 and 1", line="p95 = 1\n"
    ),
    "percents as fraction": prior(
        "keep_share", {"p95": 77}, "keep_share.p95", "77", "between 0 and 1", line="p95 = 77\n"
    ),
    "prior's unit": prior(
        "payment", {"unit": "RUB/moth"}, "payment.unit", "write 'RUB/month'", line="RUB/moth"
    ),
    "prior's dimension": prior(
        "payment", {"unit": "persons"}, "payment.unit", "another dimension", line='"persons"'
    )._replace(row="[payment]+3"),
    "prior in dollars": prior(
        "payment", {"unit": "USD/month"}, "payment.unit", "is in USD", "RUB", line="[payment]+3"
    ),
    "plan in rubles": prior(
        "plan", {"unit": "RUB/month"}, "plan.unit", "is in RUB", "USD", line="[plan]+3"
    ),
    "basis blank": prior("payment", {"basis": " "}, "payment.basis", "blank", line='basis = " "'),
    "basis missing": prior(
        "payment", {"basis": None}, "payment.basis", "missing", "add it", line="[payment]"
    ),
    "key misspelt": prior(
        "payment", {"p05": None, "p5": 1}, "payment.p5", "unknown key", BOUNDS, line="p5 = 1"
    ),
    "key unknown": prior(
        "payment", {"colour": "red"}, "payment.colour", "unknown key", "remove it", line="colour"
    ),
    "quantile in quotation marks": prior(
        "payment", {"p05": "40000"}, "payment.p05", "'40000' is not a number", line='p05 = "40000"'
    ),
    "quantile of true": prior(
        "payment", {"p05": True}, "payment.p05", "not a number", line="p05 = true"
    ),
    "label misspelt": Planted(
        {"priors": {"upkeep": None, "upkep": {
            "p05": 4000, "p95": 15000, "unit": "RUB/month", "basis": "guess",
        }}},
        P, "[upkep]", "upkep", ("'upkep'", "did you mean 'upkeep'"),
    ),
    "label unknown": prior(
        "zzz", {"p05": 1, "p95": 2, "unit": "1", "basis": "guess"},
        "zzz", "no basic quantity 'zzz'", "model/equations/quantities.py", line="[zzz]",
    ),
    "phase misspelt": prior(
        "permit_exit.opne", {"p05": 0.1, "p95": 0.2, "unit": "1/month", "basis": "guess"},
        "permit_exit.opne", "no phase 'opne'", "'open'", line="[permit_exit.opne]",
    ),
    "index of a quantity without": prior(
        "plan.open", {"p05": 1, "p95": 2, "unit": "1", "basis": "guess"},
        "plan.open", "no index", line="[plan.open]",
    ),
    "prior of a share": prior(
        "segment_share", {"p05": 0.1, "p95": 0.2, "unit": "1", "basis": "guess"},
        "segment_share", "segments.csv", line="[segment_share]",
    ),
    "prior that is no table": Planted(
        {"priors_toml": "plan_growth = 3\n" + WITHOUT_PLAN_GROWTH},
        P, 1, "plan_growth", ("not a table", "[plan_growth]"),
    ),
    "ratio of another host's segment": Planted(
        {"two_hosts": True, "evidence": {"payment": {"quantity": "payment_ratio.dandong_textiles",
                                                     "unit": "1", "value": "1.1"}}},
        E, 6, "quantity",
        ("'dandong_textiles' belongs to another host", "change the host"),
    ),
    "second host's money": Planted(
        {"two_hosts": True, "priors": {"china.upkeep": None}},
        P, None, "china.upkeep", ("no prior in CNY", "[china.upkeep]"),
    ),
    "host that is no table": Planted(
        {"priors_toml": "russia = 3\n" + PRIORS_TEXT}, P, 1, "russia", ("not a table",)
    ),
    "host misspelt": Planted(
        {"two_hosts": True, "priors": {"china.upkeep": None, "chna.upkeep": {
            "p05": 200, "p95": 800, "unit": "CNY/month", "basis": "guess",
        }}},
        P, "[chna.upkeep]", "chna", ("no host 'chna'", "did you mean 'china'"),
    ),
    "TOML": Planted(
        {"priors_toml": "[payment]\np05 = 4\np95 = \n"}, P, 3, None, ("not valid TOML",)
    ),
    "TOML key twice": Planted(
        {"priors_toml": "[payment]\np05 = 4\np05 = 5\n"}, P, 3, None, ("not valid TOML",)
    ),
    "TOML without end": Planted(
        {"priors_toml": '[payment]\np05 = 4\nbasis = "'}, P, 3, None, ("not valid TOML",)
    ),
    "TOML too deep": Planted(
        {"priors_toml": "a = " + "[" * 10_000}, P, 1, None, ("nested more than 20 deep",)
    ),
    "TOML in latin-1": Planted(
        {"priors_toml": "# é\n".encode("latin-1")}, P, 1, None, ("not UTF-8",)
    ),
    "infinite prior": prior(
        "payment", {"p95": float("inf")}, "payment.p95", "not a finite number", line="p95 = inf"
    ),
    "prior of nan": prior(
        "payment", {"p05": float("nan")}, "payment.p05", "not a finite number", line="p05 = nan"
    ),
    "prior beyond floats": prior(
        "payment", {"p95": 10**400}, "payment.p95", "number", line="p95 = 1000000000"
    ),
    # timeline.toml
    "no title": key(T, "title", None, "missing", line="", column="title")._replace(row=None),
    "title of a number": key(T, "title", 5, "5", "quotation marks", line="title = 5"),
    "start": key(T, "start", "January", "'January' is not a month", line='start = "January"'),
    "end before start": key(T, "end", "2016-12", "before the start", line="end = "),
    "reference outside": key(T, "reference", "2019-07", "outside", line="reference = "),
    "headline outside": key(T, "headline", 2030, "2030", "covered in full", line="headline = "),
    "headline in quotation marks": key(T, "headline", "2018", "whole number", line="headline = "),
    "timeline's key": key(
        T, "titel", "x", "unknown key", "did you mean 'title'", line="titel = "
    ),
    "host's currency": key(
        T, "hosts.russia.currency", "RUR", "'RUR' is not a currency", "'RUB'", line="currency = "
    ),
    "host's name": Planted(
        {"timeline": {"hosts.plan": {"title": "Plan", "currency": "RUB"}},
         "segments": {"another": {
            "host": "plan", "region": "x", "sector": "y", "share_p05": "0.1", "share_p95": "0.2",
         }}},
        T, "[hosts.plan]", "hosts.plan", ("name of a quantity",),
    ),
    "no hosts": key(T, "hosts", {}, "empty", "at least one", line="[hosts]"),
    "phase's start": key(
        T, "phases.0.start", "2017-02", "2017-01", line="[[phases]]+2", column="phases[1].start"
    ),
    "phases out of order": key(
        T, "phases.1.start", "2016-02", "order", line='start = "2016-02"', column="phases[2].start"
    ),
    "phase after the end": key(
        T, "phases.1.start", "2019-02", "outside", line='start = "2019-02"',
        column="phases[2].start",
    ),
    "phase twice": key(
        T, "phases.1.name", "open", "twice", line="banned", column="phases[2].name"
    )._replace(row="no ban yet+3"),
    "phase called unit": key(
        T, "phases.1.name", "unit", "reserved word", line='"unit"', column="phases[2].name"
    ),
    "phase without reason": key(
        T, "phases.1.because", None, "missing", line="no ban yet+2", column="phases[2].because"
    ),
    "tax period's name": key(
        T, "tax_periods.0.name", "before 2019", "not a name", line='"before 2019"',
        column="tax_periods[1].name",
    ),
    "sanction's date": key(
        T, "sanctions.0.date", "2017-09", "YYYY-MM-DD", line='"2017-09"',
        column="sanctions[1].date",
    ),
    "sanction's source": key(
        T, "sanctions.0.source", "resolutoin", "sources.csv", "'resolution'",
        line="resolutoin", column="sanctions[1].source",
    ),
    "press row": key(
        T, "press_arithmetic.workers", "worker", "evidence.csv", "'workers'", line="workers = "
    ),
    "press amount in another currency": key(
        T, "press_arithmetic.payment_usd", "payment", "'payment'", "not an amount in USD",
        line="payment_usd = ",
    ),
    "press count of no persons": key(
        T, "press_arithmetic.workers", "plan", "'plan'", "not a count of persons",
        line="workers = ",
    ),
    # reading.toml
    "letter missing": key(
        R, "reliability.C", None, "missing", line="[reliability]"
    ),
    "deviation of zero": key(R, "reliability.C", 0, "above 0", line="C = "),
    "number unknown": key(
        R, "credibility.7", 0.1, "unknown key", line="7 = "
    ),
    "tail misspelt": key(
        R, "tails.upto", 0.1, "did you mean 'up_to'", line="upto = "
    ),
    "coverage": key(R, "range.coverage", 80, "below 1", line="coverage = "),
    "spread reversed": key(R, "spread.units_p05", 300, "not below", line="units_p05 = "),
    "factor": key(R, "slips.factor", 1, "above 1", line="factor = "),
    "basis of the reading": key(R, "echo.basis", "", "blank", line='basis = ""'),
    "table missing": key(R, "errors", None, "missing", line="")._replace(row=None),
    "table misspelt": key(
        R, "slip", {"factor": 2}, "unknown key", "'slips'", line="[slip]"
    ),
}  # fmt: skip

PLANTED = CELLS | TABLES | SETTINGS


def faults_of(folder: Path, *, strict: bool = False) -> tuple[Fault, ...]:
    """Return the faults of a case, of which there must be some."""
    with pytest.raises(CaseError) as error:
        read_case(folder, strict=strict)
    return error.value.faults


def line_number(path: Path, place: int | str | None) -> int | None:
    """Return the number of a line named by a piece of it, perhaps with lines to count on."""
    if not isinstance(place, str):
        return place
    piece, _, further = place.partition("+")
    text = path.read_text() + "\n"
    return text[: text.index(piece)].count("\n") + 1 + int(further or 0)


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_planted_fault_is_told_once_in_its_place(planted: Planted, tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", **planted.changes)
    if FOLDER in planted.changes.values():
        (folder / planted.file).unlink()
        (folder / planted.file).mkdir()
    faults = faults_of(folder)
    assert len(faults) == 1, "\n".join(map(str, faults))
    (fault,) = faults
    line = line_number(folder / planted.file, planted.row)
    assert (fault.file, fault.row, fault.column) == (planted.file, line, planted.column), fault
    for word in planted.words:
        assert word in fault.message
    assert len(str(fault)) < 400


def test_faults_of_all_files_come_in_one_report(tmp_path: Path) -> None:
    folder = write_case(
        tmp_path / "small",
        evidence={
            "payment": {"unit": "RUB/moth", "start": "2018-13", "source": "papper"},
            "declared": {"low": "30000"},
            "kept": {"qualifier": "abuot", "unit": "USD/moth"},
        },
        sources={"paper": {"title": ""}},
        segments={"forestry": {"share_p05": "-1"}},
        firms={"firm_1": {"workers_approved": "many"}},
        fx={"1": {"month": "2018-01", "currency": "RUB", "per_usd": "", "source": "bank"}},
        priors={"payment": {"p05": 200000}, "upkeep": None, "plan": {"unit": "persons"}},
        timeline={"sanctions.0.source": "x", "press_arithmetic.workers": "y"},
        reading={"range.coverage": 80},
    )
    found = [(fault.file, fault.row, fault.column) for fault in faults_of(folder)]
    line = line_number(folder / P, "p05 = 200000")
    plan = line_number(folder / P, "[plan]+3")
    assert found == [
        (E, 6, "source"), (E, 6, "start"), (E, 6, "unit"),
        (E, 7, "low"),
        (E, 9, "qualifier"), (E, 9, "unit"),
        (F, 2, "workers_approved"),
        (X, 2, "per_usd"),
        (P, None, "upkeep"), (P, line, "payment.p05"), (P, plan, "plan.unit"),
        (R, line_number(folder / R, "coverage"), "range.coverage"),
        (G, 3, "share_p05"),
        (S, 2, "title"),
        (T, line_number(folder / T, '"x"'), "sanctions[1].source"),
        (T, line_number(folder / T, '"y"'), "press_arithmetic.workers"),
    ]  # fmt: skip


def test_files_are_checked_though_the_timeline_cannot_be_read(tmp_path: Path) -> None:
    folder = write_case(
        tmp_path / "small",
        timeline_toml="title =",
        evidence={"payment": {"unit": "RUB/moth"}},
        priors={"payment": {"p05": 200000}},
    )
    found = [(fault.file, fault.column) for fault in faults_of(folder)]
    assert found == [(E, "unit"), (P, "payment.p05"), (T, None)]


def test_report_is_one_line_a_fault_below_its_head(tmp_path: Path) -> None:
    folder = write_case(
        tmp_path / "small", evidence={"payment": {"unit": "RUB/moth"}, "kept": {"role": ""}}
    )
    with pytest.raises(CaseError) as error:
        read_case(folder)
    assert str(error.value).splitlines() == [
        f"2 errors in {folder}: nothing was written",
        "evidence.csv, row 6, unit: 'RUB/moth' is not a unit of payment; write 'RUB/month'",
        "evidence.csv, row 9, role: the role is missing; write one of fit, holdout, context",
    ]


@pytest.mark.parametrize("make", ["nothing", "file"])
def test_folder_has_to_be_one(make: str, tmp_path: Path) -> None:
    path = tmp_path / "small"
    if make == "file":
        path.write_text("")
    (fault,) = faults_of(path)
    assert fault.file == str(path)
    assert ("no such folder" if make == "nothing" else "this is a file") in fault.message


def test_empty_folder_lacks_every_file(tmp_path: Path) -> None:
    assert [fault.file for fault in faults_of(tmp_path)] == [E, F, P, R, G, S, T]


def test_rows_are_counted_as_an_editor_shows_them(tmp_path: Path) -> None:
    rows = evidence_rows()
    rows["workers"]["note"] = "a note\nof three\nlines"
    rows["kept"]["unit"] = "USD/moth"
    text = table_text(COLUMNS["evidence"], rows).replace("\npayment,", "\n\n,,\npayment,")
    folder = write_case(tmp_path / "small", evidence_csv=text)
    (fault,) = faults_of(folder)
    assert fault.row == 9 + 2 + 2 == line_number(folder / E, "kept,")


SLIPS = {
    "rubles for thousands": ("payment", "unit", "thousand RUB/month", "value", 6),
    "dollars for rubles": ("payment", "value", "1600", "value", 6),
    "million dollars a year": ("plan", "unit", "million USD/year", "value", 8),
    "people for thousands": ("workers", "unit", "million persons", "value", 2),
    "one permit a year": ("new", "value", "70", "value", 5),
    "low of a range": ("kept", "low", "0.01", "low", 9),
    "basic quantity": ("plan", "quantity", "permit_cost", "value", 8),
}


@pytest.mark.parametrize(("name", "column", "text", "told", "line"), SLIPS.values(), ids=SLIPS)
def test_probable_slip_of_unit_is_a_warning_or_strictly_a_fault(
    name: str, column: str, text: str, told: str, line: int, tmp_path: Path
) -> None:
    change: dict[str, Any] = {name: {column: text}}
    if text == "1600":  # what a contractor pays in rubles, printed for dollars or the other way
        change[name] = {"value": "1600000", "unit": "USD/month"}
    elif text == "70":
        change[name] = {"value": "7"}
    elif text == "permit_cost":
        change[name] |= {"value": "72000"}
    folder = write_case(tmp_path / "small", evidence=change, timeline={"press_arithmetic": None})
    (warning,) = read_case(folder).warnings
    assert (warning.file, warning.row, warning.column) == (E, line, told)
    assert "slip of unit" in warning.message
    assert faults_of(folder, strict=True) == (warning,)


def test_host_that_is_nearly_one_of_the_case_is_a_warning(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", evidence={"official_total": {"host": "rusia"}})
    (warning,) = read_case(folder).warnings
    assert (warning.row, warning.column) == (11, "host")
    assert "did you mean 'russia'" in warning.message


def test_a_place_that_is_nearly_a_host_is_told_once(tmp_path: Path) -> None:
    slips = {one: {"host": "rusia"} for one in ("official_total", "world_total")}
    (warning,) = read_case(write_case(tmp_path / "small", evidence=slips)).warnings
    assert warning.row == 11
    assert warning.message.endswith("did you mean 'russia'? (and 1 more row)")


@given(st.text(max_size=30) | st.text("RUBSDmonthyear/*1 ()-.0[]", max_size=30))
def test_unit_is_read_or_refused_with_advice(text: str) -> None:
    try:
        factor, currency = conversion(text, "money/month", ("RUB", "USD"), "payment")
    except UnitError as error:
        factor, currency, message = 1.0, "USD", str(error)
    else:
        message = "write 'nothing else'"
    assert factor > 0
    assert currency in ("RUB", "USD")
    assert "write '" in message


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    file=st.sampled_from([E, S, G, F, P, T, R]),
    piece=st.binary(min_size=1, max_size=4),
    place=st.floats(0, 1),
    gap=st.integers(0, 3),
)
def test_a_file_with_any_bytes_is_read_or_refused(
    file: str, piece: bytes, place: float, gap: int, tmp_path: Path
) -> None:
    folder = write_case(tmp_path / "small")
    content = (folder / file).read_bytes()
    at = int(place * len(content))
    (folder / file).write_bytes(content[:at] + piece + content[at + gap :])
    with contextlib.suppress(CaseError):
        assert read_case(folder).title


def test_a_name_that_cannot_be_seen_is_listed_by_its_code(tmp_path: Path) -> None:
    """An unassigned character, which is no fault by itself where any text may stand."""
    segments = {"fore\U0001239astry": {"host": "russia", "region": "east", "sector": "forestry",
                                       "share_p05": "0.1", "share_p95": "0.3"}}  # fmt: skip
    folder = write_case(
        tmp_path / "small", segments=segments, firms={"firm_1": {"segment": "mines"}}
    )
    faults = faults_of(folder)
    assert any("write one of" in one.message and "U0001239a" in one.message for one in faults)
    assert all(str(one).isprintable() for one in faults)
