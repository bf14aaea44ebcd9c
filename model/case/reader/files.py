"""Read and decode the files of a case, reporting those that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from model.case.faults import Report
from model.case.folders import bytes_of


@dataclass(frozen=True, slots=True)
class Folder:
    """A case's folder, its report and the bytes of each file read."""

    path: Path
    report: Report
    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str, *, required: bool = True) -> str | None:
        """Return the text of a file, or None if it cannot be read.

        Line ends are unchanged; a byte-order mark is dropped. Every failure is reported as an
        error, except the absence of a file that is not required.
        """
        try:
            content = bytes_of(self.path / name)
        except FileNotFoundError:
            if required:
                self.report.add(name, None, None, f"there is no such file; add {name} to the case")
            return None
        except OSError as error:
            self.report.add(name, None, None, f"cannot be read: {error.strerror}")
            return None
        self.files[name] = content
        return self._decode(name, content)

    def _decode(self, name: str, content: bytes) -> str | None:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            self.report.add(name, 1, None, "the encoding is UTF-16; save the file as UTF-8")
            return None
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            row = content[: error.start].count(b"\n") + 1
            got = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
            self.report.add(name, row, None, got)
            return None
        if "\0" in text:
            row = text[: text.index("\0")].count("\n") + 1
            self.report.add(name, row, None, "contains a zero byte; save the file as plain text")
            return None
        if not text.strip():
            self.report.add(name, None, None, "the file is empty; fill it in")
            return None
        return text
