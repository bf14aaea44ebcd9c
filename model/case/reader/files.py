"""Read and decode the files of a case, reporting those that cannot be read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from model.case.faults import Report
from model.case.folders import bytes_of, workbook_of
from model.case.including import copy_of, included_folder, leads_outside
from model.case.reader.workbooks import (
    INSTEAD,
    OTHERS,
    WorkbookError,
    csv_of_workbook,
    is_workbook,
)

if TYPE_CHECKING:
    from model.case.reader.taken_hosts import Included


@dataclass(frozen=True, slots=True)
class Folder:
    """A case's folder, its report and the bytes of each file read.

    Attributes
    ----------
    included : dict
        Other cases of which a host is taken, by host.
    root : Path or None
        Folder that no link may lead out of.
    """

    path: Path
    report: Report
    files: dict[str, bytes] = field(default_factory=dict)
    included: dict[str, Included] = field(default_factory=dict)
    root: Path | None = None

    @property
    def all_files(self) -> dict[str, bytes]:
        """Bytes of each file read, by the names that they have in a copy."""
        taken = {
            f"{copy_of(host)}/{name}": content
            for host, one in self.included.items()
            for name, content in one.folder.files.items()
        }
        return dict(sorted((self.files | taken).items()))

    def other(self, host: str, stated: str) -> tuple[Folder, str]:
        """Open the folder that a host is taken from; the text names it in messages.

        Raises
        ------
        IncludeError
        """
        path, root, shown = included_folder(self.path, host, stated)
        return Folder(path, self.report.inside(shown), root=root), shown

    def read(self, name: str, *, required: bool = True) -> str | None:
        """Return the text of a file, or None if it cannot be read.

        Line ends are unchanged; a byte-order mark is dropped. Every failure is reported as an
        error, except the absence of a file that is not required.
        """
        found = self._found(name)
        if self.root is not None and leads_outside(self.path / found, self.root):
            message = "is a link that leads outside; put a copy of the file in its place"
            self.report.add(found, None, None, message)
            return None
        try:
            content = bytes_of(self.path / found)
        except FileNotFoundError:
            self._report_absence(name, required=required)
            return None
        except OSError as error:
            self.report.add(found, None, None, f"cannot be read: {error.strerror}")
            return None
        if is_workbook(content) and not name.endswith(".toml"):
            # a run keeps what was read, as CSV
            try:
                content = csv_of_workbook(content, Path(name).stem).encode()
            except WorkbookError as error:
                self.report.add(found, error.row, error.column, str(error))
                return None
            except UnicodeEncodeError:
                self.report.add(found, None, None, "holds a code that is no character; delete it")
                return None
        self.files[name] = content
        return self._decode(name, content)

    def _found(self, name: str) -> str:
        """Return the file that holds a table: the CSV file, or the workbook in its place."""
        workbook = workbook_of(name)
        if workbook is None or not os.path.exists(self.path / workbook):
            return name
        if not os.path.exists(self.path / name):
            self.report.show_as(name, workbook)
            return workbook
        message = f"is not read, because {name} lies beside it; remove the one that is out of date"
        self.report.warn(workbook, None, None, message)
        return name

    def _report_absence(self, name: str, *, required: bool) -> None:
        stem = name.removesuffix(".csv")
        for ending, what in OTHERS.items() if stem != name else ():
            if os.path.exists(self.path / f"{stem}{ending}"):
                message = f"this is {what}, which is not read; {INSTEAD}"
                self.report.add(f"{stem}{ending}", None, None, message)
                return
        if required:
            self.report.add(name, None, None, f"there is no such file; add {name} to the case")

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
