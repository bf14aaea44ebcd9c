"""Writes docs/schemas/, JSON Schemas of a case's and a run's files, and the cases' data packages.

Run by `make schemas`; a test compares them with the code, from which they are made.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from model.archive import schemas
from model.archive.summary_schema import Summary
from model.case import datapackage
from model.case.checkout import CASES
from model.case.reader import prior_tables, scenario_tables, settings
from model.case.reader import titles as titles_file
from model.equations.quantities import BASIC

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "schemas"
Json = dict[str, Any]

#: Files with one table each, by their models.
WHOLE = {
    "timeline": settings.TimelineFile,
    "reading": settings.ReadingFile,
    "scenario": scenario_tables.ScenarioFile,
    "manifest": schemas.Manifest,
    "summary": Summary,
    "checks": schemas.Checks,
    "drivers": schemas.DriversFile,
    "calibration": schemas.Calibration,
    "misspecified": schemas.Misspecified,
}


def published() -> dict[str, Json]:
    """Every schema, by the name of its file."""
    found = {name: model.model_json_schema() for name, model in WHOLE.items()}
    found |= {"priors": priors(), "readings": readings(), "titles": titles()}
    return {
        f"{name}.schema.json": {"$schema": "https://json-schema.org/draft/2020-12/schema", **one}
        for name, one in sorted(found.items())
    }


def priors() -> Json:
    """priors.toml: a table for each quantity, with those of its index, for all hosts or for one."""
    table = prior_tables.PriorTable.model_json_schema()
    stated = prior_tables.StatedPrior.model_json_schema()
    own = {
        "type": "object",
        "properties": stated["properties"] | table["properties"],
        "patternProperties": stated["patternProperties"],
    }
    inner = {"additionalProperties": {"$ref": "#/$defs/AnyPrior"}}
    either = {"oneOf": [{"$ref": "#/$defs/PriorTable"}, {"$ref": "#/$defs/StatedPrior"}]}
    one = {"$ref": "#/$defs/AnyPrior"}
    quantities = {
        basic.name: {"description": f"{basic.definition} ({basic.unit})"}
        | ({"anyOf": [one, own | inner]} if basic.index else one)
        for basic in BASIC
    }
    host = {"type": "object", "properties": quantities, "additionalProperties": False}
    return {
        "title": "PriorsFile",
        "description": "priors.toml: [QUANTITY], [QUANTITY.ENTRY], [HOST.QUANTITY].",
        "type": "object",
        "properties": quantities,
        "additionalProperties": {"$ref": "#/$defs/Host"},
        "$defs": {"PriorTable": table, "StatedPrior": stated, "AnyPrior": either, "Host": host},
    }


def readings() -> Json:
    """readings.toml: a table for each rival reading."""
    table = prior_tables.RivalTable.model_json_schema()
    inner = table.pop("$defs")
    return {
        "title": "ReadingsFile",
        "description": "readings.toml: [NAME].",
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/RivalTable"},
        "$defs": {**inner, "RivalTable": table},
    }


def titles() -> Json:
    """titles.toml: a table for each language, and in it one for each kind of title."""
    table = titles_file.TitlesTable.model_json_schema()
    language = {f"^{titles_file.LANGUAGE.pattern}$": {"$ref": "#/$defs/TitlesTable"}}
    return {
        "title": "TitlesFile",
        "description": "titles.toml: [LANGUAGE.KIND].",
        "type": "object",
        "patternProperties": language,
        "additionalProperties": False,
        "$defs": {"TitlesTable": table},
    }


def packages() -> dict[Path, Json]:
    """The data package of every case here, by its file."""
    cases = (path.parent for path in sorted(CASES.glob("*/timeline.toml")))
    return {case / datapackage.FILE: datapackage.described(case) for case in cases}


def text(schema: Json) -> str:
    """A schema as it is published."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the schemas and data packages anew."""
    FOLDER.mkdir(exist_ok=True)
    made = {FOLDER / name: schema for name, schema in published().items()} | packages()
    for path, content in made.items():
        path.write_text(text(content), encoding="utf-8")
        sys.stdout.write(f"Wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
