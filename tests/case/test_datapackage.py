"""A case's data package says of its tables what the reader says, by another's program."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import frictionless
import pandas as pd
import pandera.errors
import pytest

from model.case import read_case
from model.case.checkout import INPUTS
from model.case.datapackage import FILE, datapackage, described
from model.case.folders import files_of, scenario_names
from model.case.meaning import content_hashes
from model.case.reader.tables import TABLES
from model.case.scaffold import TEMPLATE

#: Cells as people write them, of which each column takes some and refuses others.
CELLS = (
    "", "a", "a b", "not a", "a.b", "é", "_a", "russia", "RUB", "rub", "exact", "Exact", "fit", "A",
    "b", "1", "7", "0", "-1", "0.5", ".5", "1e3", "45%", "45 percent", "1,600", "1.600", "9999",
    "10000", "about 5", "inf", "nan", "2017", "2017-01", "2017-13", "2017-01-31", "2017Q3",
    "2017-Q5", "FY2017/04", "FY 2017/04", "FY2017", "31.1.2017", "http://a.b/c", "www.a.b",
    "an-id", "an-id/same", "an-id/other", "retracted", "retracted 2019", "retracted soon",
    "net_of_tax", "wage_fund", "x" * 81,
)  # fmt: skip
COLUMNS = [(file, name) for file, schema in TABLES.items() for name in schema.columns]


def field_of(file: str, name: str) -> frictionless.Field:
    column = TABLES[file].columns[name]
    return frictionless.Field.from_descriptor({"name": name, **column.metadata})


def taken(file: str, name: str, cell: str) -> bool:
    """Whether the reader takes a cell."""
    column = TABLES[file].columns[name].set_name(name)
    try:
        column.validate(pd.DataFrame({name: [cell]}))
    except (pandera.errors.SchemaError, pandera.errors.SchemaErrors):
        return False
    return True


@pytest.mark.parametrize(("file", "name"), COLUMNS)
def test_a_field_takes_what_the_reader_takes(file: str, name: str) -> None:
    field = field_of(file, name)
    read = field.create_cell_reader()
    verdicts = {cell: (taken(file, name, cell), not read(cell)[1]) for cell in CELLS}
    stricter = [cell for cell, (reader, said) in verdicts.items() if reader and not said]
    assert not stricter
    refused = [cell for cell, (reader, _) in verdicts.items() if not reader]
    if refused:  # and refuses some of what it refuses, blanks at once
        assert any(not verdicts[cell][1] for cell in refused)
        assert verdicts[""][0] == verdicts[""][1]
    if field.type == "string" and "pattern" not in field.constraints:
        assert all(reader == said for reader, said in verdicts.values())


@pytest.mark.parametrize(("file", "name"), COLUMNS)
def test_every_column_says_what_it_means(file: str, name: str) -> None:
    assert TABLES[file].columns[name].description.endswith(".")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(INPUTS, tmp_path / "russia"))


def errors_of(case: Path) -> list[str]:
    (case / FILE).write_text(json.dumps(described(case)), encoding="utf-8")
    report = frictionless.validate(str(case / FILE))
    return [kind for (kind,) in report.flatten(["type"])]


def test_the_shipped_case_is_of_its_data_package() -> None:
    report = frictionless.validate(str(INPUTS / FILE))
    assert report.valid, report.flatten(["title", "message"])
    paths = {resource["path"] for resource in described(INPUTS)["resources"]}
    there = {path.relative_to(INPUTS).as_posix() for path in INPUTS.rglob("*.*")}
    assert paths == there - {FILE}


@pytest.mark.parametrize(
    ("file", "old", "new", "error"),
    [
        ("evidence.csv", ",exact,", ",exactly,", "constraint-error"),
        ("evidence.csv", "quota-2017,", "quota-2015,", "unique-error"),
        ("evidence.csv", "nknews-2015-04", "nowhere", "foreign-key"),
        ("evidence.csv", ",47364,", ",some,", "type-error"),
        ("segments.csv", "0.08,0.30", ",0.30", "constraint-error"),
        ("firms.csv", "wsj-2018-08-02", "nowhere", "foreign-key"),
    ],
)
def test_a_fault_is_found_by_both(case: Path, file: str, old: str, new: str, error: str) -> None:
    text = (case / file).read_text(encoding="utf-8")
    (case / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert error in errors_of(case)
    with pytest.raises(Exception, match=file):
        read_case(case)


def test_columns_may_stand_in_any_order_and_cells_between_semicolons(case: Path) -> None:
    path = case / "firms.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    text = table[table.columns[::-1]].to_csv(index=False, sep=";", lineterminator="\r\n")
    path.write_text(f"sep=;\r\n{text}", encoding="utf-8-sig", newline="")
    assert errors_of(case) == []
    read_case(case)


def test_names_of_scenarios_in_any_script_are_told_apart() -> None:
    files = {
        name: (TEMPLATE / "timeline.toml").read_bytes()
        for name in ("timeline.toml", "scenarios/война.toml", "scenarios/мир.toml")
    }
    names = [one["name"] for one in datapackage(files)["resources"]]
    assert names == ["scenarios-", "scenarios--2", "timeline"]


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\x00 nothing"])
def test_it_is_neither_an_input_nor_a_fault(case: Path, content: bytes | None) -> None:
    if content is None:
        (case / FILE).unlink()
    else:
        (case / FILE).write_bytes(content)
    read = read_case(case)
    assert FILE not in read.files
    assert read.hashes == read_case(INPUTS).hashes
    names = scenario_names(INPUTS)
    ours, theirs = files_of(case, names), files_of(INPUTS, names)
    assert ours == theirs
    assert ours is not None
    assert FILE not in content_hashes(ours[0])
