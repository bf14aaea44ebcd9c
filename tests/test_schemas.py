"""The published schemas are the code's, and say of files what the program says."""

from __future__ import annotations

import json
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from model.archive import store
from model.archive.schemas import Definition
from model.case.checkout import INPUTS
from model.equations.quantities import DEFINITIONS
from tests.reports import runs
from tools import schemas

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "model" / "case" / "template"
TOML = [
    *((path, path.stem) for folder in (INPUTS, TEMPLATE) for path in sorted(folder.glob("*.toml"))),
    *((path, "scenario") for folder in (INPUTS, TEMPLATE)
      for path in sorted((folder / "scenarios").glob("*.toml"))),
]  # fmt: skip


def validator(name: str) -> Any:
    schema = json.loads((schemas.FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_schemas_are_the_codes() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in schemas.FOLDER.iterdir()}
    made = {name: schemas.text(schema) for name, schema in schemas.published().items()}
    assert found == made, "renew them: make schemas"


def test_the_data_packages_are_the_codes() -> None:
    made = schemas.packages()
    assert INPUTS / "datapackage.json" in made
    for path, content in made.items():
        assert path.read_text(encoding="utf-8") == schemas.text(content), "renew it: make schemas"


@pytest.mark.parametrize(("path", "name"), TOML, ids=lambda one: str(one).replace("/", "-")[-40:])
def test_the_cases_here_are_of_the_published_form(path: Path, name: str) -> None:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    check = validator(name)
    assert not list(check.iter_errors(content))
    table = next(value for value in content.values() if isinstance(value, dict | list | str))
    if isinstance(table, dict):
        table["misspelt"] = "x"
    else:
        content["misspelt"] = "x"
    assert list(check.iter_errors(content))


def test_the_definitions_are_the_codes() -> None:
    assert set(get_args(Definition)) == set(DEFINITIONS)


def test_a_run_is_of_the_published_form(tiny_folder: Path, tmp_path: Path) -> None:
    folder = runs.write_whole(tmp_path, tiny_folder)
    studies = (folder.parent / store.CALIBRATIONS).glob("*/*.json")
    files = {path.stem: path for path in (*folder.glob("*.json"), *studies)}
    own = {"manifest", "summary", "checks", "drivers"}
    assert set(files) == own | {"calibration", "misspecified"}
    for name, path in files.items():
        content = json.loads(path.read_text(encoding="utf-8"))
        assert not list(validator(name).iter_errors(content)), name
        assert list(validator(name).iter_errors(content | {"schema": 99})), name


def test_editors_find_the_schemas() -> None:
    rules = tomllib.loads((ROOT / ".taplo.toml").read_text(encoding="utf-8"))["rule"]
    named = {rule["schema"]["path"] for rule in rules}
    assert all((ROOT / path).is_file() for path in named)
    toml = {re.sub(r"\.schema\.json$", "", Path(path).name) for path in named}
    assert toml == {"timeline", "reading", "readings", "priors", "scenario", "titles"}
    for path, name in TOML:
        (rule,) = [one for one in rules if any(fnmatch(str(path), glob) for glob in one["include"])]
        assert rule["schema"]["path"].endswith(f"/{name}.schema.json")
