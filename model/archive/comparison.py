"""How two runs differ: the rows and keys of their inputs, and the effect on the results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.case.faults import cut
from model.case.folders import bytes_of, hidden
from model.case.reader.cells import rows_of_text
from model.case.reader.toml_places import toml_of
from model.case.statements import Struck
from model.equations.quantities import DEFINITIONS
from model.terminal.plain_text import one_line
from model.terminal.wording import MILLION, interval, percent

Json = dict[str, Any]


def changed_inputs(first: Path, second: Path) -> list[str]:
    """Describe each row, cell or key in which two copies of inputs differ."""
    ours, theirs = (_files(folder) for folder in (first, second))
    lines = []
    for name in sorted({*ours, *theirs}):
        if name not in ours or name not in theirs:
            lines.append(f"{name}: only in the {'first' if name in ours else 'second'}")
        elif ours[name] != theirs[name]:
            try:
                found = _changed(_entries(name, ours[name]), _entries(name, theirs[name]))
            except ValueError as error:
                lines.append(f"{name}: differs and cannot be compared ({cut(str(error))})")
                continue
            lines += [f"{name}, {line}" for line in found] or [f"{name}: only its layout differs"]
    return [one_line(line) for line in lines]


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): bytes_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and not hidden(path.name)
    }


def _entries(name: str, content: bytes) -> dict[str, str]:
    """Every cell of a table by id and column, or every key of a TOML file by its path.

    Raises
    ------
    ValueError
        If the file is no table or no TOML.
    """
    text = content.decode("utf-8-sig")
    if name.endswith(".toml"):
        return dict(_leaves("", toml_of(text)))
    return {
        f"{row.get('id', f'row {number}')}, {column}": cell
        for number, row in rows_of_text(text)
        for column, cell in row.items()
        if cell
    }


def _leaves(path: str, node: Any) -> list[tuple[str, str]]:
    if isinstance(node, dict):
        inner = [(f"{path}.{key}" if path else key, value) for key, value in node.items()]
    elif isinstance(node, list):
        inner = [(f"{path}[{place + 1}]", value) for place, value in enumerate(node)]
    else:
        return [(path, str(node))]
    return [leaf for key, value in inner for leaf in _leaves(key, value)]


def _changed(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """Differing entries; a row missing from one side gives one line, not one per cell."""
    lines = []
    rows, others = ({key.partition(", ")[0] for key in side} for side in (ours, theirs))
    for row in sorted(rows ^ others):
        lines.append(f"{row}: only in the {'first' if row in rows else 'second'}")
    for key in sorted({*ours, *theirs}):
        before, after = ours.get(key, ""), theirs.get(key, "")
        if before != after and key.partition(", ")[0] in rows & others:
            lines.append(f"{key}: {cut(before) or 'blank'} -> {cut(after) or 'blank'}")
    return lines


def changed_results(first: Json, second: Json) -> list[str]:
    """Describe differences in convergence and in each scenario, year and definition."""
    lines = []
    for side, one in (("first", first), ("second", second)):
        if not one["converged"]:
            lines.append(f"the {side} did NOT CONVERGE")
    for name in sorted({*first["scenarios"], *second["scenarios"]}):
        ours, theirs = (one["scenarios"].get(name) for one in (first, second))
        if ours is None or theirs is None:
            lines.append(f"{name}: only in the {'first' if theirs is None else 'second'}")
            continue
        lines += _changed_years(name, ours["annual"], theirs["annual"])
    lines += _changed_evidence(first, second)
    draws = [one["convergence"]["min_ess_bulk"] for one in (first, second)]
    if lines and all(draws):
        noise = 2.0 * sum(1.0 / effective for effective in draws) ** 0.5
        lines.append(f"(changes of up to {noise:.2f} sd may be Monte Carlo error)")
    return lines


def _changed_years(name: str, ours: Json, theirs: Json) -> list[str]:
    lines = []
    for year in sorted({*ours, *theirs}):
        if year not in ours or year not in theirs:
            lines.append(f"{name} {year}: only in the {'first' if year in ours else 'second'}")
            continue
        for definition in reversed(DEFINITIONS):
            a, b = (one[year][definition]["usd"] for one in (ours, theirs))
            if a != b:
                lines.append(f"{name} {year} {definition}: {_cell(a)} -> {_cell(b)}{_moved(a, b)}")
    return lines


def _cell(numbers: Json) -> str:
    values = [numbers[name] for name in ("q50", "q05", "q95")]
    if None in values:
        return "not finite"
    return interval(*(value / MILLION for value in values))


def _moved(a: Json, b: Json) -> str:
    """Change of the median in standard deviations of the first run."""
    if not a["sd"] or None in (a["q50"], b["q50"]):
        return ""
    # adding zero turns minus zero into zero
    return f", by {round((b['q50'] - a['q50']) / a['sd'], 2) + 0.0:+.2f} sd"


def _changed_evidence(first: Json, second: Json) -> list[str]:
    """Rows that count in one only, or have become much more or much less surprising."""
    lines = []
    struck, others = (one.get("struck") or {} for one in (first, second))
    for row in sorted({*struck} ^ {*others}):
        side, found = ("first", struck) if row in struck else ("second", others)
        lines.append(f"{row}: struck out in the {side}, {Struck(**found[row])}")
    ours, theirs = first["evidence"], second["evidence"]
    for row in sorted({*ours} & {*theirs}):
        a, b = ours[row]["surprise"], theirs[row]["surprise"]
        if a is not None and b is not None and abs(a - b) > 0.1:
            lines.append(f"surprise of {row}: {percent(a)} -> {percent(b)}")
    return lines
