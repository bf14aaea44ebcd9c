"""How two runs differ: what was asked, the rows and keys of their inputs, the effect on results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.case.faults import cut
from model.case.folders import BASELINE, bytes_of, hidden
from model.case.reader.cells import rows_of_text
from model.case.reader.toml_places import toml_of
from model.case.statements import Struck
from model.question import described
from model.terminal.plain_text import one_line
from model.terminal.wording import percent

Json = dict[str, Any]
#: What the two runs are called.
Sides = tuple[str, str]

FIRST_SECOND = ("the first", "the second")
#: Entries of a manifest in words.
SAMPLER = {
    "draws": "draws a chain",
    "tune": "warm-up draws a chain",
    "target_accept": "target acceptance rate",
}
VERSIONS = {"model": "program's version", "source": "program's source"}


def changed_options(first: Json, second: Json, sides: Sides = FIRST_SECOND) -> list[str]:
    """Describe what two runs were asked otherwise, and what else made them, from manifests."""
    asked = [[*described(one["what_if"]), *_scenarios(one)] for one in (first, second)]
    lines = [
        f"only in {side}: {one}"
        for side, ours, theirs in ((sides[0], *asked), (sides[1], *reversed(asked)))
        for one in ours
        if one not in theirs
    ]
    pairs = [("last month", first["horizon"], second["horizon"])]
    for block, words in (("sampler", SAMPLER), ("versions", VERSIONS)):
        ours, theirs = first[block], second[block]
        pairs += [
            (words.get(key, key), ours.get(key), theirs.get(key))
            for key in sorted({*ours, *theirs} - {"gradients", "efficiency"})
        ]
    pairs.append(("draws", *(one["answered_by"]["how"] for one in (first, second))))
    lines += [f"{what}: {_said(a)} -> {_said(b)}" for what, a, b in pairs if a != b]
    return [one_line(line) for line in lines]


def _scenarios(manifest: Json) -> list[str]:
    return [f"scenario {name}" for name in manifest["scenarios"]]


def _said(value: Any) -> str:
    """A value of a manifest in words."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(one)}" for key, one in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def changed_inputs(first: Path, second: Path, sides: Sides = FIRST_SECOND) -> list[str]:
    """Describe each row, cell or key in which two copies of inputs differ."""
    ours, theirs = (files_in(folder) for folder in (first, second))
    lines = []
    for name in sorted({*ours, *theirs}):
        if name not in ours or name not in theirs:
            lines.append(f"{name}: only in {sides[name not in ours]}")
        elif ours[name] != theirs[name]:
            try:
                found = _changed(entries(name, ours[name]), entries(name, theirs[name]), sides)
            except ValueError as error:
                lines.append(f"{name}: differs and cannot be compared ({cut(str(error))})")
                continue
            lines += [f"{name}, {line}" for line in found] or [f"{name}: only its layout differs"]
    return [one_line(line) for line in lines]


def files_in(folder: Path) -> dict[str, bytes]:
    """Bytes of the inputs in a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): bytes_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and not hidden(path.name)
    }


def entries(name: str, content: bytes) -> dict[str, str]:
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


def _changed(ours: dict[str, str], theirs: dict[str, str], sides: Sides) -> list[str]:
    """Differing entries; a row missing from one side gives one line, not one per cell."""
    lines = []
    rows, others = ({key.partition(", ")[0] for key in side} for side in (ours, theirs))
    for row in sorted(rows ^ others):
        lines.append(f"{row}: only in {sides[row not in rows]}")
    for key in sorted({*ours, *theirs}):
        before, after = ours.get(key, ""), theirs.get(key, "")
        if before != after and key.partition(", ")[0] in rows & others:
            lines.append(f"{key}: {cut(before) or 'blank'} -> {cut(after) or 'blank'}")
    return lines


def changed_results(first: Json, second: Json, sides: Sides = FIRST_SECOND) -> list[str]:
    """Describe differences of summaries besides revenue: its years, and the evidence."""
    lines = []
    for name in sorted({*first["scenarios"]} & {*second["scenarios"]}):
        ours, theirs = ({*one["scenarios"][name]["annual"]} for one in (first, second))
        under = "" if name == BASELINE else f" under {name}"
        lines += [
            f"{year}{under}: only in {sides[year not in ours]}" for year in sorted(ours ^ theirs)
        ]
    return lines + _changed_evidence(first, second, sides)


def _changed_evidence(first: Json, second: Json, sides: Sides) -> list[str]:
    """Rows that count in one only, or have become much more or much less surprising."""
    lines = []
    struck, others = (one.get("struck") or {} for one in (first, second))
    for row in sorted({*struck} ^ {*others}):
        side, found = (sides[0], struck) if row in struck else (sides[1], others)
        lines.append(f"{row}: struck out in {side}, {Struck(**found[row])}")
    ours, theirs = first["evidence"], second["evidence"]
    for row in sorted({*ours} & {*theirs}):
        a, b = ours[row]["surprise"], theirs[row]["surprise"]
        if a is not None and b is not None and abs(a - b) > 0.1:
            lines.append(f"surprise of {row}: {percent(a)} -> {percent(b)}")
    return lines
