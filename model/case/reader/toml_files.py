"""Read TOML files against their schemas, with errors by line and key in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pandas as pd
from pydantic import BaseModel, ValidationError

from model.case.faults import Report, closest, cut, quote
from model.case.reader.characters import fault_in, place_of_fault
from model.case.reader.files import Folder
from model.case.reader.numbers import (
    explain,
    is_percentage,
    plain_number,
    two_readings,
    without_percent,
)
from model.case.reader.prior_tables import UNSEEN
from model.case.reader.settings import Table
from model.case.reader.toml_places import (
    DEEPEST,
    Place,
    TooDeepError,
    dotted,
    line_of,
    toml_of,
)

Toml = dict[str, Any]


def read_toml(folder: Folder, file: str, *, required: bool = True) -> tuple[Toml, str] | None:
    """Return a TOML file's content and text, or None if it cannot be read."""
    text = folder.read(file, required=required)
    if text is None:
        return None
    report = folder.report
    try:
        content = toml_of(text)
    except TooDeepError as error:
        report.add(file, error.row, None, str(error))
        return None
    except ValueError as error:
        row = place_of_fault(text)
        if row is not None:
            report.add(file, row, None, str(fault_in(text)))
        else:
            report.add(file, *_syntax_fault(str(error), text))
        return None
    clean = _without_unseen(file, content, text, report)
    return (content, text) if clean else None


def _syntax_fault(error: str, text: str) -> tuple[int | None, None, str]:
    """Return line, column and message for an error of the parser."""
    why, _, at = error.rpartition(" (at ")
    words = at.split()  # line 3, column 5
    row = int(words[1].rstrip(",")) if words[:1] == ["line"] else None
    if at.startswith("end"):
        row = text.count("\n") + 1
    return row, None, f"not valid TOML: {cut((why or error).partition(';')[0])}; correct it"


def _without_unseen(file: str, content: Toml, text: str, report: Report) -> bool:
    """Return whether no text holds a character that must not be there; report those that do."""
    clean = True
    for place, piece in _texts(content):
        wrong = fault_in(piece) if len(place) <= DEEPEST else str(TooDeepError(0))
        if wrong is not None:
            report.add(file, line_of(text, place), dotted(place), wrong)
            clean = False
    row = place_of_fault(text) if clean else None
    if row is not None:  # in a comment
        report.add(file, row, None, str(fault_in(text)))
    return clean and row is None


def _texts(content: Toml) -> Iterator[tuple[Place, str]]:
    """Yield place and text of each key and each string in a file, and tables too deep inside."""
    rest: list[tuple[Place, Any]] = [((), content)]
    while rest:
        place, node = rest.pop()
        if isinstance(node, str) or len(place) > DEEPEST:
            yield place, str(node) if isinstance(node, str) else ""
            continue
        inner = node.items() if isinstance(node, dict) else ()
        for key, value in inner:
            yield (*place, key), key
            rest.append(((*place, key), value))
        if isinstance(node, list):
            rest += [((*place, number), one) for number, one in enumerate(node)]


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
        missing: dict[Any, dict[str, None]] = {}  # keys in their order, by table
        for error in found:
            if error["type"] == "missing":
                *table, key = error["loc"]
                missing.setdefault(tuple(table), {})[str(key)] = None
        for error in sorted(found, key=lambda error: error["type"] != "extra_forbidden"):
            location: Place = tuple(part for part in error["loc"] if part not in UNSEEN)
            absent = missing.get(error["loc"][:-1], {})
            if error["type"] == "missing" and str(location[-1]) not in absent:
                continue  # misspelt: reported at the key found in its place
            path = (*inside, *location)
            message = _explain(error, path)
            if error["type"] == "extra_forbidden":
                near = closest(str(location[-1]), absent or known_keys(model, location[:-1]))
                message += f"; did you mean {near!r}?" if near else "; remove it"
                absent.pop(near or "", None)
            report.add(file, line_of(text, path), dotted(path), message)
        return None


def known_keys(model: type[BaseModel], location: Place) -> list[str]:
    """Return the keys allowed in a table inside a model; empty if any key is allowed."""
    schema = _schema(model)
    node: Toml = schema
    for part in location:
        inner = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        node = inner or node.get("additionalProperties") or {}
        forms = node.get("anyOf") or node.get("oneOf") or []
        node = next((one for one in forms if "$ref" in one), node)
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    return list(node.get("properties", {}))


@lru_cache
def _schema(model: type[BaseModel]) -> Toml:
    return model.model_json_schema()


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
    "less_than_equal": "{got} is too large; write a number of {le:g} or less",
    "too_short": "this is empty; write at least one",
    "too_long": "these are {actual_length}; write {max_length} at most",
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
    if kind == "float_type" and isinstance(error["input"], str):
        return _explain_quoted(error["input"])
    if kind in _KINDS:
        return _KINDS[kind].format(got=got, **error.get("ctx", {}))
    return f"{got}: {error['msg']}"


def _explain_quoted(text: str) -> str:
    """Describe the error in a text where a number belongs."""
    plain, bare = plain_number(without_percent(text)), "without quotation marks"
    asked = two_readings(text)
    if asked or plain is None:
        return asked or explain(text)
    unit = " and unit = 'percent'" if is_percentage(text) else ""
    return f"{quote(text)} is not a number; write {cut(plain)} {bare}{unit}"


def period(text: str) -> pd.Period:
    """Return the month of a checked text."""
    return pd.Period(text, freq="M")
