"""The inputs that a saved run was made from, with what was taken from other cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from model.case.folders import COPY, READINGS, SCENARIOS, TITLES, bytes_of
from model.case.including import copy_of, hosts_of_copy, with_host, with_priors, with_titles
from model.case.reader.cells import as_read, rows_of_text
from model.case.reader.toml_places import toml_of
from model.terminal.plain_text import cleaned

Json = dict[str, Any]


class ReportError(Exception):
    """A report cannot be made; the message states what is missing and what to do."""


class RunInputs:
    """The inputs of the run in ``folder``, read as when the run was made."""

    folder: Path

    @cached_property
    def evidence(self) -> dict[str, dict[str, str]]:
        """Rows of ``evidence.csv`` by id, in their order."""
        return {name: as_read(row) for name, row in self.table("evidence").items()}

    @cached_property
    def sources(self) -> dict[str, dict[str, str]]:
        """Rows of ``sources.csv`` by id."""
        return self.table("sources")

    @cached_property
    def segments(self) -> dict[str, dict[str, str]]:
        """Rows of ``segments.csv`` by id."""
        return self.table("segments")

    @cached_property
    def priors(self) -> Json:
        """Content of ``priors.toml``, with the priors of hosts taken from other cases."""
        return self._whole("priors", with_priors)

    @cached_property
    def timeline(self) -> Json:
        """Content of ``timeline.toml``, with hosts taken from other cases."""
        return self._whole("timeline", with_host)

    @cached_property
    def hosts(self) -> dict[str, Json]:
        """Hosts by name, with title and currency."""
        return dict(self.timeline["hosts"])

    @cached_property
    def reading(self) -> Json:
        """Content of ``reading.toml``."""
        return self._toml("reading")

    @cached_property
    def one_reading(self) -> bool:
        """Whether the case itself states one reading only, of which none was chosen."""
        own = (self.folder / COPY / READINGS).exists()
        return own and len(self._toml("readings")) == 1

    def scenario_file(self, name: str) -> Json:
        """Content of a scenario's file."""
        return self._toml(f"{SCENARIOS}/{name}")

    @cached_property
    def titles(self) -> Json:
        """Content of ``titles.toml``, by language; empty if the case has none."""
        if not (self.folder / COPY / TITLES).exists():
            return {}
        readings = not (self.folder / COPY / READINGS).exists()
        found = self._toml("titles")
        for host in hosts_of_copy(self.folder / COPY):
            if (self.folder / COPY / copy_of(host) / TITLES).exists():
                inner = self._toml(f"{copy_of(host)}/titles")
                found = with_titles(found, host, inner, readings=readings)
        return found

    def basis(self, label: str) -> str:
        """The basis of a basic quantity's prior, as stated in the inputs."""
        path = label.split(".")
        if path[-2:-1] == ["segment_share"]:
            return self.segments[path[-1]]["note"]
        # a table may apply to every entry of a family and to every host; labels omit the first
        first = [next(iter(self.hosts)), *path]
        for keys in (first, first[:-1], path, path[:-1], path[1:], path[1:-1]):
            node: Any = self.priors
            for key in keys:
                node = node.get(key, {}) if isinstance(node, dict) else {}
            if isinstance(node, dict) and "basis" in node:
                return str(node["basis"])
        return ""

    def table(self, name: str) -> dict[str, dict[str, str]]:
        """Rows of a table of the inputs by id, as text."""
        found: dict[str, dict[str, str]] = {}
        for inner in ("", *(f"{copy_of(host)}/" for host in hosts_of_copy(self.folder / COPY))):
            for _, row in self._read_input(f"{inner}{name}.csv", rows_of_text):
                found.setdefault(row.get("id", ""), cleaned(row))
        return found

    def _whole(self, name: str, joined: Callable[[Json, str, Json], Json]) -> Json:
        """Content of a file of the inputs, with what cases that hosts are taken from say in it."""
        found = self._toml(name)
        for host in hosts_of_copy(self.folder / COPY):
            found = joined(found, host, self._toml(f"{copy_of(host)}/{name}"))
        return found

    def _toml(self, name: str) -> Json:
        return dict(cleaned(self._read_input(f"{name}.toml", toml_of)))

    def _read_input[T](self, file: str, read: Callable[[str], T]) -> T:
        """Content of a file of the inputs, read as when the run was made."""
        path = self.folder / COPY / file
        try:
            return read(bytes_of(path).decode("utf-8-sig"))
        except (OSError, ValueError) as error:
            raise ReportError(f"{path} cannot be read ({error}); no report was made") from None
