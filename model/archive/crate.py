"""The metadata of a run as an RO-Crate 1.1: its files, what made them, when, and on what terms."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from model.archive.placing import MANIFEST
from model.archive.store import CHECKS, DRIVERS, INPUTS, NOT_CONVERGED, POSTERIOR, SUMMARY
from model.case.folders import CASE_FILES, PROSPECTS, TITLES
from model.case.including import INCLUDED
from model.question import described
from model.terminal.plain_text import cleaned

Json = dict[str, Any]

METADATA = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
CONFORMS = "https://w3id.org/ro/crate/1.1"
#: The command that makes each file which is not the estimate's.
ADDED = {CHECKS: "model.criticism", DRIVERS: "model.drivers"}
TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".nc": "application/x-netcdf",
    ".toml": "application/toml",
}
#: What the files are, but for the tables of ``datapackage.json``.
MEANINGS = {
    SUMMARY: "The answer: revenue by year, definition and scenario, with intervals; priors and "
    "posteriors; rows of evidence with their predictions.",
    "revenue.csv": "Revenue by month, scenario, host, definition and currency.",
    "workers.csv": "Workers by month, scenario and host.",
    "exchange_rates.csv": "Exchange rates used, with their sources.",
    POSTERIOR: "Draws of every basic quantity and of yearly revenue.",
    CHECKS: "Results of the checks of the estimate.",
    DRIVERS: "What drives the estimate.",
    MANIFEST: "What was asked, by which program, and the SHA-256 of each other file.",
    NOT_CONVERGED: "Mark of a run whose numbers are not to be used.",
}
PROGRAM, LICENCE, MIT = "#sent-workers", "#licence", "https://spdx.org/licenses/MIT"
UNSTATED = (
    "The case states no licence for its data: published figures, quoted with their sources, and "
    "judgements. Ask those who made the case before reusing them. The program is under the MIT "
    "licence."
)


def metadata(manifest: Json, sizes: Mapping[str, int], licence: str = "") -> Json:
    """Content of ``ro-crate-metadata.json``.

    Parameters
    ----------
    manifest : dict
        Of the run.
    sizes : mapping of str to int
        Bytes of each of its files and of its manifest, by name.
    licence : str
        What the case says of the terms of its data; blank if it says nothing.
    """
    files = [_file(name, size, manifest) for name, size in sorted(sizes.items())]
    actions = _actions(manifest, sizes)
    verdict = "" if manifest["convergence"]["converged"] else "NOT CONVERGED: do not use. "
    what_if = "; ".join(described(manifest["what_if"]))
    asked = f" Asked: {what_if}." if what_if else ""
    title = manifest.get("title") or manifest["read"]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{title}: an estimate of revenue" + (", what if" if what_if else ""),
        "description": f"{verdict}{manifest['read']}.{asked}",
        **_dated("datePublished", manifest),
        "license": _to(LICENCE),
        "hasPart": [_to(one["@id"]) for one in files],
        "mentions": [_to(one["@id"]) for one in actions],
    }
    descriptor = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": _to("./"),
        "conformsTo": _to(CONFORMS),
    }
    terms = {
        "@id": LICENCE,
        "@type": "CreativeWork",
        "name": "Terms of the case's data" if licence else "No licence stated",
        "description": licence or UNSTATED,
    }
    graph = [descriptor, root, terms, *_software(manifest), *actions, *files]
    # the context of version 1.1 is older than this word of schema.org's
    context = [CONTEXT, {"sha256": "http://schema.org/sha256"}]
    return {"@context": context, "@graph": cleaned(graph)}


def _to(name: str) -> Json:
    return {"@id": name}


def _path(name: str) -> str:
    """A file's identifier: its path as part of an address."""
    return quote(name)


def _dated(key: str, manifest: Json) -> Json:
    return {key: manifest["date"]} if manifest.get("date") else {}


def _file(name: str, size: int, manifest: Json) -> Json:
    """A file of the run."""
    suffix = PurePosixPath(name).suffix
    found = {
        "@id": _path(name),
        "@type": "File",
        "name": name,
        "description": _meaning(name),
        "encodingFormat": TYPES.get(suffix, "text/plain"),
        "contentSize": str(size),
    }
    digest = manifest["files"].get(name)
    return found | ({"sha256": digest} if digest else {})


def _meaning(name: str) -> str:
    inner = name.removeprefix(INPUTS)
    if inner == name:
        return MEANINGS.get(name, "A file of the run.")
    if inner == PROSPECTS:
        return "Input: sources that might be found."
    if inner == TITLES:
        return "Input: the case's titles in other languages."
    if inner.startswith(f"{INCLUDED}/"):
        return "Input: a part of a case that a host is taken from."
    return "Input: a part of the case." if inner in CASE_FILES else "Input: a scenario."


def _software(manifest: Json) -> list[Json]:
    """The program, and the libraries that do its arithmetic."""
    versions = dict(manifest["versions"])
    own = f"{versions.pop('model')} (source {versions.pop('source')})"
    libraries = [
        {
            "@id": f"#{name}",
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": version,
        }
        for name, version in sorted(versions.items())
    ]
    program = {
        "@id": PROGRAM,
        "@type": "SoftwareApplication",
        "name": "sent-workers",
        "description": "What a state earns from the workers it sends abroad: a Bayesian evidence "
        "synthesis.",
        "softwareVersion": own,
        "license": _to(MIT),
        "softwareRequirements": [_to(one["@id"]) for one in libraries],
    }
    mit = {"@id": MIT, "@type": "CreativeWork", "name": "MIT License"}
    return [program, mit, *libraries]


def _actions(manifest: Json, names: Iterable[str]) -> list[Json]:
    """What was done: the estimate, and each command that added to it."""
    inputs = sorted(name for name in names if name.startswith(INPUTS))
    outputs = sorted({*names} - {*inputs, *ADDED})
    command = shlex.join(["python", "-m", "model.estimate", *(manifest.get("arguments") or [])])
    found = [_action("estimate", command, inputs, outputs, manifest)]
    # the day on which it was made stands in the manifest; when others were added does not
    found[0] |= _dated("endTime", manifest)
    seconds = manifest["seconds"].get("in_all")
    if seconds is not None:
        found[0]["description"] += f" It took {seconds:g} seconds."
    for name, module in ADDED.items():
        if name in names:
            command = f"python -m {module} RUN"
            own = _action(module.partition(".")[2], command, [*inputs, POSTERIOR], [name], manifest)
            found.append(own)
    return found


def _action(
    name: str, command: str, inputs: Iterable[str], outputs: Iterable[str], manifest: Json
) -> Json:
    sampler = manifest["sampler"]
    size = f"{sampler['chains']} chains of {sampler['draws']} draws, seed {sampler['seed']}"
    return {
        "@id": f"#{name}",
        "@type": "CreateAction",
        "name": command,
        "description": f"Run from the program's folder. The draws: {size}.",
        "instrument": _to(PROGRAM),
        "object": [_to(_path(one)) for one in inputs],
        "result": [_to(_path(one)) for one in outputs],
    }
