"""Read a case from bytes in memory, as a case that was changed there keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.case.including import copy_of
from model.case.reader.files import Folder


@dataclass(frozen=True, slots=True)
class KeptFiles(Folder):
    """The files of a case as bytes by name; nothing is read from the folder itself."""

    kept: Mapping[str, bytes] = field(default_factory=dict)

    def other(self, host: str, stated: str) -> tuple[Folder, str]:
        """Open the folder that a host is taken from, which is kept too."""
        inside = f"{copy_of(host)}/"
        own = {
            name.removeprefix(inside): content
            for name, content in self.kept.items()
            if name.startswith(inside)
        }
        return KeptFiles(self.path, self.report.inside(stated), kept=own), stated

    def read(self, name: str, *, required: bool = True) -> str | None:
        """Return the text of a file, or None if it cannot be read."""
        if name not in self.kept:
            if required:
                self.report.add(name, None, None, f"there is no such file; add {name} to the case")
            return None
        self.files[name] = self.kept[name]
        return self._decode(name, self.kept[name])
