"""Describes the files of a case as a Frictionless Data Package: every column, its type and meaning.

It is made from the schemas that the reader checks the tables with, so that the two cannot differ.
A case reads the same with it and without.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

from model.case.folders import (
    BESIDE,
    CASE_FILES,
    SCENARIOS,
    bytes_of,
    scenario_file,
    scenario_names,
)
from model.case.including import stated_includes
from model.case.reader.cells import SEPARATOR, fitted, records
from model.case.reader.tables import TABLES
from model.case.reader.toml_places import toml_of

Json = dict[str, Any]

FILE = "datapackage.json"
#: What the files that are no tables hold.
SETTINGS = {
    "timeline.toml": "The months covered, hosts and currencies, phases and dates of sanctions.",
    "priors.toml": "Each basic quantity's prior, as quantiles, with its unit and basis.",
    "reading.toml": "How hedges, grades and repetition are read, and how far grades are trusted.",
    "readings.toml": "Rival readings of what no row settles, with their weights.",
    "titles.toml": "The case's own titles in other languages, which reports print.",
}
SCENARIO = "A scenario: changes against what happened."


def described(case: Path) -> Json:
    """The data package of a checked case.

    Parameters
    ----------
    case : Path
        Its folder. Tables in a workbook are not described.

    Returns
    -------
    dict
        Content of ``datapackage.json``. It does not depend on the rows of the tables.
    """
    names = [name for name in (*CASE_FILES, *BESIDE) if (case / name).exists()]
    names += [scenario_file(name) for name in scenario_names(case)]
    return datapackage({name: bytes_of(case / name) for name in names})


def datapackage(files: Mapping[str, bytes]) -> Json:
    """The data package of a case's files, by name."""
    texts = {name: content.decode("utf-8-sig") for name, content in files.items()}
    timeline = toml_of(texts["timeline.toml"])
    # rows may refer to those of another case
    keyed = "sources.csv" in texts and not stated_includes(timeline)
    found = [
        _table(name, text, keyed=keyed) if name in TABLES else _settings(name, text)
        for name, text in sorted(texts.items())
    ]
    taken: set[str] = set()
    for one in found:
        # names in any script and case become plain ones, which may then be alike
        plain = re.sub(r"[^a-z0-9_-]+", "-", one["path"].rpartition(".")[0].lower())
        numbered = (f"{plain}-{number}" for number in count(2))
        name = next(name for name in chain([plain], numbered) if name not in taken)
        taken.add(name)
        one["name"] = name
    return {"profile": "data-package", "title": timeline["title"], "resources": found}


def _resource(name: str, description: str, **more: Any) -> Json:
    return {"name": "", "path": name, "description": description, "encoding": "utf-8", **more}


def _table(name: str, text: str, *, keyed: bool) -> Json:
    """A table by its columns, in the order that they have in the file."""
    schema = TABLES[name]
    cells = records(text)[0][1]
    header = fitted(cells, 0, len(cells))
    fields = [
        {"name": column, "description": known.description, **known.metadata}
        for column in header
        for known in [schema.columns[column]]
    ]
    keys: Json = {"primaryKey": schema.unique or "id"}
    if keyed and schema.metadata:
        keys |= schema.metadata
    found = _resource(
        name,
        schema.description,
        profile="tabular-data-resource",
        format="csv",
        mediatype="text/csv",
        schema={"fields": fields, **keys},
    )
    named = SEPARATOR.match(text)
    if named:
        # its line is no row
        first = text[: text.index("=") + 1]
        found["dialect"] = {"delimiter": named[1], "commentChar": first}
    return found


def _settings(name: str, text: str) -> Json:
    folder, _, _ = name.partition("/")
    said = SETTINGS[name] if folder != SCENARIOS else f"{SCENARIO} {toml_of(text)['title']}."
    return _resource(name, said, format="toml", mediatype="application/toml")
