"""Read TOML files against their schemas, with errors by line and key in plain words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pandas as pd
from pydantic import BaseModel, ValidationError

from model.case.faults import Report, closest, quote
from model.case.reader.files import Folder
from model.case.reader.settings import Table

Toml = dict[str, Any]
Place = tuple[str | int, ...]


def read_toml(folder: Folder, file: str, *, required: bool = True) -> tuple[Toml, str] | None:
    """Return a TOML file's content and text, or None if it cannot be read."""
    text = folder.read(file, required=required)
    if text is None:
        return None
    try:
        return tomllib.loads(text), text
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        at = re.search(r"at line (\d+)", str(error))
        row = int(at[1]) if at else text.count("\n") + 1 if "end of doc" in str(error) else None
        why = re.sub(r" \(at .*\)$", "", str(error)).partition(";")[0]
        folder.report.add(file, row, None, f"not valid TOML: {why}; correct it")
        return None


def validate[T: Table](
    model: type[T], content: Any, file: str, text: str, report: Report, inside: Place = ()
) -> T | None:
    """Return content as a checked table, or None with its errors reported.

    Parameters
    ----------
    text : str
        The file, to find the line of each error.
    inside : tuple
        Place of the content in the file.
    """
    try:
        return model.model_validate(content)
    except ValidationError as errors:
        found = errors.errors(include_url=False, include_context=True)
        missing = {error["loc"] for error in found if error["type"] == "missing"}
        for error in sorted(found, key=lambda error: error["type"] != "extra_forbidden"):
            location: Place = tuple(part for part in error["loc"] if part != "[key]")
            if error["type"] == "missing" and error["loc"] not in missing:
                continue  # misspelt: reported at the key found in its place
            path = (*inside, *location)
            message = _explain(error, path)
            if error["type"] == "extra_forbidden":
                siblings = [str(m[-1]) for m in missing if m[:-1] == error["loc"][:-1]]
                near = closest(str(location[-1]), siblings or known_keys(model, location[:-1]))
                message += f"; did you mean {near!r}?" if near else "; remove it"
                missing.discard((*error["loc"][:-1], near or ""))
            report.add(file, line_of(text, path), dotted(path), message)
        return None


def known_keys(model: type[BaseModel], location: Place) -> list[str]:
    """Return the keys allowed in a table inside a model; empty if any key is allowed."""
    schema = model.model_json_schema()
    node: Toml = schema
    for part in location:
        inner = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        node = inner or node.get("additionalProperties") or {}
        node = next((one for one in node.get("anyOf", []) if "$ref" in one), node)
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    return list(node.get("properties", {}))


_KINDS = {
    "missing": "this key is missing; add it",
    "extra_forbidden": "unknown key",
    "string_type": "{got} is not text; put it in quotation marks",
    "float_type": "{got} is not a number; write digits without quotation marks",
    "int_type": "{got} is not a whole number; write digits without quotation marks",
    "finite_number": "{got} is not a finite number; write the figure",
    "greater_than": "{got} is too small; write a number above {gt:g}",
    "greater_than_equal": "{got} is too small; write a number of {ge:g} or more",
    "less_than": "{got} is too large; write a number below {lt:g}",
    "too_short": "this is empty; write at least one",
}
_TABLES = ("model_type", "dict_type", "model_attributes_type")


def _explain(error: Any, path: Place) -> str:
    """Describe the error in a value, in words for the person editing the file."""
    kind, got = error["type"], quote(error["input"])
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in _TABLES:
        return f"{got} is not a table; write [{dotted(path)}]"
    if kind == "list_type":
        return f"this is not a list of tables; write [[{dotted(path)}]]"
    if kind in _KINDS:
        return _KINDS[kind].format(got=got, **error.get("ctx", {}))
    return f"{got}: {error['msg']}"


# Places in a TOML file


def dotted(path: Place) -> str:
    """Return a key's place as a dotted path, with list entries counted from one."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def line_of(text: str, path: Place) -> int | None:
    """Return the line of a key, or of the table that should contain it."""
    lines = _lines(text)
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


@lru_cache(maxsize=16)
def _lines(text: str) -> dict[Place, int]:
    """Return the first line of each table and key; cached, as one file may have many errors."""
    lines: dict[Place, int] = {}
    for place, row in _keys(text):
        lines.setdefault(place, row)
    return lines


def _keys(text: str) -> Iterator[tuple[Place, int]]:
    """Yield the place and line of each table and key, without telling text in strings apart."""
    table: Place = ()
    counts: dict[Place, int] = {}
    for row, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(#.*)?$", line)
        key = re.match(r"""\s*([\w.\- "']+?)\s*=""", line)
        if header:
            table = _parts(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            for length in range(1, len(table) + 1):
                yield table[:length], row
        elif key:
            yield (*table, *_parts(key[1])), row


def _parts(dotted_key: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in dotted_key.split("."))


def period(text: str) -> pd.Period:
    """Return the month of a checked text."""
    return pd.Period(text, freq="M")
