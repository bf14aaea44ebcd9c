"""A table that grows by whole lines, so that long work can be interrupted and resumed."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class GrowingTable:
    """Numbered lines of a CSV file.

    Attributes
    ----------
    path : Path
    columns : tuple of str
        The first holds the number.
    """

    path: Path
    columns: tuple[str, ...]

    def read(self) -> dict[int, list[str]]:
        """Read the cells of each complete line, by number; drop a line cut short by a crash.

        A file with other columns is not one of ours and is renamed.
        """
        if not self.path.exists():
            return {}
        text = self.path.read_text(encoding="utf-8", errors="replace")
        # a line without a line ending was being written when the program stopped
        lines = list(csv.reader(text.split("\n")[:-1]))
        if not lines or lines[0] != list(self.columns):
            os.replace(self.path, self.path.with_suffix(".old"))
            return {}
        whole = [line for line in lines[1:] if len(line) == len(self.columns) and line[0].isdigit()]
        if len(whole) + 1 < len(lines) or not text.endswith("\n"):
            draft = self.path.with_suffix(".draft")
            with draft.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([list(self.columns), *whole])
            os.replace(draft, self.path)
        return {int(line[0]): line[1:] for line in whole}

    def add(self, number: int, cells: Sequence[Any]) -> None:
        """Add a line; it has been handed to the operating system when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if new:
                writer.writerow(self.columns)
            writer.writerow([number, *cells])
