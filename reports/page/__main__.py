"""Write the what-if page of a saved run."""

from __future__ import annotations

from model.terminal.output import command_line
from reports.command import page

if __name__ == "__main__":
    command_line(page)
