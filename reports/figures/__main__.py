"""Write every figure of a saved run as SVG and PNG."""

from __future__ import annotations

from model.terminal.output import command_line
from reports.command import figures

if __name__ == "__main__":
    command_line(figures)
