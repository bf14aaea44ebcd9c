"""Copies of the shipped case with a row more, another date, a segment more, a second host."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from tests.benchmarks.measuring import ROOT
from tests.cases import CHINA_PRIORS, Cells

INPUTS = ROOT / "inputs" / "russia"
#: A row of the shipped case, and the month that it is moved to begin in.
MOVED, MONTH = "authorisations-2015-2018", "2015-07"


def unchanged(folder: Path) -> Path:
    """The case as it is shipped."""
    return Path(shutil.copytree(INPUTS, folder))


def row_added(folder: Path) -> Path:
    """One more figure of the stock."""
    lines = table(unchanged(folder) / "evidence.csv")
    like = next(line for line in lines if line["quantity"] == "permitted" and line["role"] == "fit")
    lines.append(like | {"id": "one-more", "start": "2016-06", "end": "2016-06", "origin": ""})
    write(folder / "evidence.csv", lines)
    return folder


def date_changed(folder: Path) -> Path:
    """The same rows, one of them about another window."""
    lines = table(unchanged(folder) / "evidence.csv")
    next(line for line in lines if line["id"] == MOVED)["start"] = MONTH
    write(folder / "evidence.csv", lines)
    return folder


def segment_added(folder: Path) -> Path:
    """A small segment more."""
    write(
        unchanged(folder) / "segments.csv",
        [
            *table(folder / "segments.csv"),
            {
                "id": "seafood", "host": "russia", "region": "far_east", "sector": "seafood",
                "share_p05": "0.01", "share_p95": "0.08", "note": "judgement: a guess",
            },
        ],
    )  # fmt: skip
    return folder


def host_added(folder: Path) -> Path:
    """China in yuan, with one segment and one row; what is no money it inherits from Russia."""
    timeline = unchanged(folder) / "timeline.toml"
    host = '[hosts.china]\ntitle = "China"\ncurrency = "CNY"\n'
    text = timeline.read_text(encoding="utf-8")
    timeline.write_text(text.replace("[[phases]]", f"{host}\n[[phases]]", 1), encoding="utf-8")
    with (folder / "priors.toml").open("a", encoding="utf-8") as priors:
        for path, (p05, p95, unit) in CHINA_PRIORS.items():
            said = f'p05 = {p05}\np95 = {p95}\nunit = "{unit}"\nbasis = "judgement: a guess"\n'
            priors.write(f"\n[{path}]\n{said}")
    segments = table(folder / "segments.csv")
    textiles = {"id": "textiles", "host": "china", "region": "dandong", "sector": "textiles"}
    write(folder / "segments.csv", [*segments, segments[0] | textiles])
    rows = table(folder / "evidence.csv")
    wanted = {"host": "china", "quantity": "payment", "role": "fit"}
    like = next(row for row in rows if row["quantity"] == "payment" and row["value"])
    figure = {"id": "china-payment", "value": "3000", "unit": "CNY/month", "origin": ""}
    write(folder / "evidence.csv", [*rows, like | wanted | figure | {"segment": "", "base": ""}])
    return folder


def table(path: Path) -> list[Cells]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Cells]) -> None:
    """Write rows to a CSV file, under the columns of the first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


CHANGES = {
    "a row added": row_added,
    "a date changed": date_changed,
    "a segment added": segment_added,
    "a second host": host_added,
}
