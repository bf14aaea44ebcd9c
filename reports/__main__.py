"""Write the brief, the annex and all figures of a saved run."""

from __future__ import annotations

from model.terminal.output import command_line
from reports.command import report

if __name__ == "__main__":
    command_line(report)
